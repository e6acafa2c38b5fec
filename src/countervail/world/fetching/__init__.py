"""Official source files: where they are, and bringing them whole or not at all."""
