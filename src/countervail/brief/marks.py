"""The mark of a constructed economy, which says it without colour."""

from __future__ import annotations

from collections.abc import Iterable

MARK = "\u2020"
"""What stands beside the name of a constructed economy, on maps and in tables."""


def marked(name: str, status: str) -> str:
    """A region's name, with the mark where its economy is constructed."""
    return f"{name}\u00a0{MARK}" if status == "constructed" else name


def legend(statuses: Iterable[str], on_map: bool = False) -> str:
    """What the mark means, where any of the statuses is constructed; else nothing.

    ``on_map``: a map shows countries too small for the mark as squares.
    """
    if "constructed" not in statuses:
        return ""
    mark = f"{MARK} or a square" if on_map else MARK
    return f"{mark}: constructed economy, whose sectors come from priors, not from a table."
