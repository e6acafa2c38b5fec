"""How many threads share independent solves."""

from __future__ import annotations

import os

from countervail.errors import OptionError, require_kind


def threads(workers: int | None) -> int:
    """``workers``, or as many as there are cores; ``OptionError`` for anything but a count."""
    if workers is None:
        return os.cpu_count() or 1
    require_kind(workers, "workers", int, "workers=2")
    if isinstance(workers, bool) or workers < 1:
        raise OptionError(f"workers={workers}: at least one thread is needed.")
    return workers
