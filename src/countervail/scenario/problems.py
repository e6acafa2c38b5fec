"""What is wrong in a scenario file, and the plain checks that several tables share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where (path of keys and positions) and what, with the remedy."""

    path: Path
    text: str


def entries(raw: Mapping[str, Any], kind: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each table of the list ``kind`` (threat, deal, claim) with its path; other things skipped."""
    rows = raw.get(kind)
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        for position, row in enumerate(rows):
            if isinstance(row, Mapping):
                yield (kind, position), row


def share_problems(path: Path, into: Mapping[str, Any]) -> Iterator[Problem]:
    """Shares of one whole that add up to more than it."""
    total = sum(share for share in into.values() if is_number(share))
    # 1e-9 leaves room for the rounding of shares such as 0.7 + 0.2 + 0.1.
    if total > 1 + 1e-9:
        yield Problem(path, f"the shares add up to {total:g}; they may not exceed 1.")


def amount_problems(path: Path, amount: object) -> Iterator[Problem]:
    """A sum in another currency than the dollar without what that currency was worth."""
    if not isinstance(amount, Mapping):
        return
    unit = amount.get("unit")
    if isinstance(unit, str) and " " in unit and not unit.endswith(" USD") and "usd" not in amount:
        currency = unit.rpartition(" ")[2]
        yield Problem(
            path,
            f"an amount in {currency} needs `usd`, what one {currency} was worth in US dollars, "
            "for example usd = 0.74.",
        )


def is_number(value: object) -> TypeGuard[float]:
    """Whether ``value`` is a finite-precision number, not a truth value."""
    if isinstance(value, int) and value.bit_length() > 1000:
        return False  # beyond floating point; the schema refuses it
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
