"""The figures of a brief: what each of them shows."""
