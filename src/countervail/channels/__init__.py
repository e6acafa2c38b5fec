"""How each move acts on the economy: one file per channel, ``move -> Shock``."""
