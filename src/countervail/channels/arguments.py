"""What callers hand in from Python, checked: names, whole numbers, lists of one kind of thing."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import TypeVar

from countervail.errors import OptionError

_Kind = TypeVar("_Kind")


def names_in(value: object, name: str, example: str) -> tuple[str, ...]:
    """One name, or several, as a tuple; a bare text is one name, not its letters.

    ``name``: what the argument is called; ``example``: one that would do. Raises ``OptionError``.
    """
    several = isinstance(value, Iterable) and not isinstance(value, str)
    # Once: a generator has nothing left the next time.
    given: tuple[object, ...] = tuple(value) if several else (value,)  # type: ignore[arg-type]
    if not all(isinstance(one, str) for one in given):
        raise OptionError(f"{name}={value!r}: names are text.", f"For example: {example}.")
    return tuple(str(one) for one in given)


def each_a(values: object, name: str, kind: type[_Kind], example: str) -> tuple[_Kind, ...]:
    """``values`` as a tuple of things of one ``kind``; ``OptionError`` for anything else."""
    remedy = f"For example: {example}."
    if isinstance(values, (kind, str)) or not isinstance(values, Iterable):
        raise OptionError(
            f"{name} is a {type(values).__name__}, not a list of {kind.__name__}s.", remedy
        )
    found = []
    for place, one in enumerate(values, 1):
        if not isinstance(one, kind):
            raise OptionError(
                f"number {place} of {name} is a {type(one).__name__} ({repr(one)[:60]}), not a "
                f"{kind.__name__} of {kind.__module__}.",
                remedy,
            )
        found.append(one)
    return tuple(found)


def whole(value: object, name: str, least: int, most: int, example: str) -> int:
    """``value`` as a whole number from ``least`` to ``most``; ``OptionError`` for anything else."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or not least <= number <= most:
        raise OptionError(
            f"{name}={value!r} is no whole number from {least:,} to {most:,}.",
            f"For example: {example}.",
        )
    return number


def finite(value: object, name: str, example: str) -> float:
    """``value`` as a finite number; ``OptionError`` for anything else."""
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise OptionError(f"{name}={value!r} is no finite number.", f"For example: {example}.")
    return number
