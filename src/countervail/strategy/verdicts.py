"""Whether a claim holds: its test on figures, over futures of delivery and over ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from countervail.errors import ExpressionError
from countervail.scenario.expression import (
    Both,
    Call,
    Compare,
    Name,
    Negative,
    Not,
    Number,
    Sum,
    Truth,
    Value,
    names,
    parse,
)
from countervail.scenario.units import check_units, unit_of
from countervail.strategy.spans import Span, Spans

Array = npt.NDArray[np.float64]
Outcome = Literal["supported", "contradicted", "undecided", "not testable"]

SURE = 0.9
"""The part of futures in which a test must hold (or fail) for a verdict; less is undecided."""


@dataclass(frozen=True)
class Figure:
    """One figure that claims may name.

    ``draws``: its value in common futures of delivery (the same place is the same future in all
    figures), none where it does not depend on them; ``low``, ``high``: its range where it has one
    otherwise; ``about``: what it is. ``value`` None: this run has no such figure, ``about`` says
    why.
    """

    name: str
    value: float | None
    unit: str = ""
    draws: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    about: str = ""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its value, its range (10th to 90th percentile over futures).

    ``said``: what it is, in words; empty for a plain number.
    """

    value: float
    low: float
    high: float
    unit: str
    said: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of one test.

    ``holds``: the part of futures in which it holds (None: it does not depend on them);
    ``sides``: of its comparisons, left and right; ``reason``: why it is not testable.
    """

    outcome: Outcome
    holds: float | None = None
    sides: tuple[tuple[Side, str, Side], ...] = ()
    reason: str = ""


def judge(test: str | Truth, figures: Mapping[str, Figure]) -> Verdict:
    """The verdict on ``test``.

    Supported where it holds at the central values and, wherever figures with a range lie inside
    it, in at least ``SURE`` of the futures; contradicted where it fails likewise; undecided
    between. Not testable where a figure is absent, or a value is without bounds. The same figures
    give the same verdict. Raises ``ExpressionError`` for a test that cannot be read, names a figure
    that is not known, or compares units that differ.

    Source: docs/verdicts.md; ranges by interval arithmetic (``spans``).
    """
    tree = parse(test) if isinstance(test, str) else test
    check_units(tree, {name: figure.unit for name, figure in figures.items()})
    used = {name.name: figures[name.name] for name in names(tree)}
    reason = next((said for said in map(_unusable, used.values()) if said), "")
    if reason:
        return Verdict("not testable", reason=reason)
    drawn = max((len(figure.draws) for figure in used.values()), default=0)
    centre = Spans({name: _at_centre(figure) for name, figure in used.items()})
    futures = Spans({name: _in_futures(figure, drawn) for name, figure in used.items()})
    with np.errstate(all="ignore"):
        held, _ = centre.truth(tree)
        holds, fails = futures.truth(tree)
        if centre.broken or futures.broken:
            return Verdict("not testable", reason=centre.broken or futures.broken)
        sides = tuple(_sides(tree, centre, futures, figures))
    return Verdict(
        _outcome(bool(held[0]), float(holds.mean()), float(fails.mean())),
        float(holds.mean()) if drawn else None,
        sides,
    )


def _outcome(centre: bool, holds: float, fails: float) -> Outcome:
    """``centre``: whether it holds there; then the parts of futures in which it must, cannot."""
    if centre and holds >= SURE:
        return "supported"
    if not centre and fails >= SURE:
        return "contradicted"
    return "undecided"


def _unusable(figure: Figure) -> str:
    """Why a figure cannot be compared; empty where it can."""
    if figure.value is None:
        return f"{figure.name}: {figure.about}"
    known = [figure.value, *figure.draws, figure.low or 0.0, figure.high or 0.0]
    return "" if np.isfinite(known).all() else f"{figure.name} is not a finite number"


def _at_centre(figure: Figure) -> Span:
    value = np.array([figure.value], dtype=np.float64)
    return value, value


def _in_futures(figure: Figure, drawn: int) -> Span:
    """The value in every future, or the whole range where it has one instead."""
    if figure.draws:
        if len(figure.draws) != drawn:
            raise ExpressionError(
                f"{figure.name} has {len(figure.draws)} futures, others {drawn}.",
                "Draw them together.",
            )
        values = np.array(figure.draws)
        return values, values
    ends = [figure.value if end is None else end for end in (figure.low, figure.high)]
    low, high = (np.full(max(drawn, 1), end, dtype=np.float64) for end in ends)
    return low, high


def _sides(
    tree: Truth, centre: Spans, futures: Spans, figures: Mapping[str, Figure]
) -> list[tuple[Side, str, Side]]:
    """Both sides of every comparison, in their order."""
    if isinstance(tree, Not):
        return _sides(tree.part, centre, futures, figures)
    if isinstance(tree, Both):
        parts = (_sides(part, centre, futures, figures) for part in tree.parts)
        return [side for part in parts for side in part]
    unit = _unit(tree, figures)
    made = []
    for part in tree.parts:
        low, high = futures.value(part)
        made.append(
            Side(
                float(centre.value(part)[0][0]),
                float(np.percentile(low, 10)),
                float(np.percentile(high, 90)),
                unit,
                "" if isinstance(part, Number) else _said(part, figures),
            )
        )
    return [(a, sign, b) for a, sign, b in zip(made, tree.signs, made[1:], strict=False)]


def _unit(tree: Compare, figures: Mapping[str, Figure]) -> str:
    units = {name: figure.unit for name, figure in figures.items()}
    return next((unit for unit in (unit_of(part, units) for part in tree.parts) if unit), "")


def _said(tree: Value, figures: Mapping[str, Figure]) -> str:
    """A value in words: its figures by what they are, numbers and signs between them."""
    if isinstance(tree, Number):
        return f"{tree.value:g}"
    if isinstance(tree, Name):
        return figures[tree.name].about or tree.name
    if isinstance(tree, Negative):
        said = _said(tree.part, figures)
        return f"minus ({said})" if isinstance(tree.part, Sum) else f"minus {said}"
    if isinstance(tree, Call):
        words = {"min": "the least of", "max": "the most of", "abs": "the size of"}
        return f"{words[tree.function]} {'; '.join(_said(p, figures) for p in tree.parts)}"
    words = {"+": "plus", "-": "less", "*": "times", "/": "over"}
    left, right = (_inside(tree, part, figures) for part in (tree.left, tree.right))
    return f"{left} {words[tree.sign]} {right}"


def _inside(tree: Sum, part: Value, figures: Mapping[str, Figure]) -> str:
    """A part of a sum or product in words, in parentheses where it would be read otherwise."""
    said = _said(part, figures)
    loose = isinstance(part, Sum) and part.sign in "+-"
    tight = tree.sign in "*/" or (tree.sign == "-" and part is tree.right)
    over = isinstance(part, Sum) and tree.sign == "/" and part is tree.right
    # Words of a figure with a comma run into what follows, unless only a number stands beside.
    long = tree.sign in "*/" and "," in said and not isinstance(tree.left, Number)
    return f"({said})" if (loose and tight) or over or long else said
