"""One side against another: the ladder, exposure, the frontier, what could be demanded."""
