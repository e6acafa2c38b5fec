"""Ctrl-C that always arrives, and that leaves no empty folder behind."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
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


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back while compiled code is imported, which does not survive an exception."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def no_empty_folder(folder: Path) -> Iterator[None]:
    """Where the work within fails, remove ``folder`` and its parents if they are new and empty."""
    new = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        yield
    except BaseException:
        for part in new:
            with contextlib.suppress(OSError):  # it holds something, or was never made
                part.rmdir()
        raise


def _raise(number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_name == _DEAF:
            signal.setitimer(signal.ITIMER_REAL, _LATER)
            return
        frame = frame.f_back
    raise KeyboardInterrupt
