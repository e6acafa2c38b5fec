"""The words and tables of a brief: one file for each question that it answers."""
