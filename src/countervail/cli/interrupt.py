"""Ctrl-C that always arrives: raised inside a garbage-collection hook it would be lost."""

from __future__ import annotations

import signal
from types import FrameType

# JAX runs this hook whenever Python collects garbage; what it raises is printed and dropped.
_DEAF = "_xla_gc_callback"
_LATER = 0.02


def listen() -> None:
    """Raise KeyboardInterrupt on Ctrl-C, a moment later where it would not be heard now."""
    if not hasattr(signal, "setitimer"):
        return  # other systems keep Python's own handling
    signal.signal(signal.SIGINT, _raise)
    signal.signal(signal.SIGALRM, _raise)


def _raise(number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_name == _DEAF:
            signal.setitimer(signal.ITIMER_REAL, _LATER)
            return
        frame = frame.f_back
    raise KeyboardInterrupt
