"""What every search asks of its options."""

from __future__ import annotations

from countervail.equilibrium.threads import threads
from countervail.errors import OptionError


def checked_run(seed: int, workers: int | None = None, searches: int = 0) -> None:
    """Raise ``OptionError`` where seed, threads or the number of fresh searches cannot be one."""
    for name, value in (("seed", seed), ("searches", searches)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise OptionError(f"{name}={value!r}: it is a whole number of zero or more.")
    threads(workers)
