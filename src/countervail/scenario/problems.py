"""What is wrong in a scenario file, and the plain checks that several tables share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeGuard

from countervail.parameters import parameter

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where (path of keys and positions) and what, with the remedy."""

    path: Path
    text: str


def entries(raw: Mapping[str, Any], kind: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each table of the list ``kind`` (threat, deal, claim) with its path; other things skipped."""
    for position, row in tables(raw.get(kind)):
        yield (kind, position), row


def tables(rows: object) -> list[tuple[int, Mapping[str, Any]]]:
    """The tables in a list of them, with their positions; other things skipped."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return []
    return [(position, row) for position, row in enumerate(rows) if isinstance(row, Mapping)]


def in_words(words: Sequence[str]) -> str:
    """Words in a row: a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def share_problems(path: Path, into: Mapping[str, Any]) -> Iterator[Problem]:
    """Shares of one whole that add up to more than it."""
    total = sum(share for share in into.values() if is_number(share))
    # 1e-9 leaves room for the rounding of shares such as 0.7 + 0.2 + 0.1.
    if total > 1 + 1e-9:
        yield Problem(path, f"the shares add up to {total:g}; they may not exceed 1.")


def amount_problems(path: Path, amount: object, year: bool = True) -> Iterator[Problem]:
    """A sum without what its currency was worth in dollars, or (``year``) without a year."""
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
    if isinstance(unit, str) and unit.endswith(" USD") and amount.get("usd", 1) != 1:
        yield Problem(
            path,
            f"it counts US dollars, and says that one was worth {amount['usd']!r}; leave `usd` "
            "out, or name the currency that is meant in `unit`.",
        )
    if year and "year" not in amount:
        yield Problem(path, "an amount needs the `year` of its prices, for example year = 2025.")


def tariff_problems(path: Path, value: object, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """A rate so high that it is likelier to be percent, unless ``entry`` confirms it."""
    limit = parameter("units.largest_tariff").value
    if is_number(value) and value > limit and entry.get("confirm_units") is not True:
        yield Problem(
            path,
            f"given {value:g}, which is {100 * value:g} %; if {value:g} % is meant, write "
            f"{value / 100:g}, or add confirm_units = true to this table to keep it.",
        )


def range_problems(
    path: Path, value: object, prior: str, entry: Mapping[str, Any]
) -> Iterator[Problem]:
    """A fraction above the range of the parameter ``prior``, unless ``entry`` confirms it."""
    known = parameter(prior)
    high = known.value if known.high is None else known.high
    if is_number(value) and value > high and entry.get("confirm_units") is not True:
        slip = f"if {value:g} % is meant, write {value / 100:g}, or " if value >= 1 else ""
        yield Problem(
            path,
            f"given {value:g} ({100 * value:g} %), above the range of the parameter {prior}, "
            f"{known.low:g} to {high:g}; {slip}add confirm_units = true to this table to keep it.",
        )


def order_problems(path: Path, entry: Mapping[str, Any], keys: Sequence[str]) -> Iterator[Problem]:
    """Dates under ``keys`` that do not run forward."""
    days = [(key, entry[key]) for key in keys if _is_day(entry.get(key))]
    for (early, first), (late, second) in itertools.pairwise(days):
        if second < first:
            yield Problem(
                (*path, late), f"given {second}, before `{early}` ({first}); dates run forward."
            )


def is_number(value: object) -> TypeGuard[float]:
    """Whether ``value`` is a finite-precision number, not a truth value."""
    if isinstance(value, int) and value.bit_length() > 1000:
        return False  # beyond floating point; the schema refuses it
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)
