"""Whether a claim holds: its test on figures, over futures of delivery and over ranges."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from countervail.errors import ExpressionError
from countervail.scenario.expression import (
    Both,
    Call,
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

Array = npt.NDArray[np.float64]
Outcome = Literal["supported", "contradicted", "undecided", "not testable"]

SURE = 0.9
"""The part of futures in which a test must hold (or fail) for a verdict; less is undecided."""

EQUAL = 1e-7
"""Values nearer than this count as equal, relative to the larger one, or absolutely below 1.

Solutions are certified to about 1e-10, so that percentages are sure to about 1e-8.
"""

_CORNERS = 8  # figures with a range that are moved against each other, each to both ends


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
    """One side of a comparison: its value, its range over futures (10th to 90th percentile).

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

    Supported where it holds at the central values, in at least ``SURE`` of the futures, and
    wherever figures with a range are moved to its ends; contradicted where it fails likewise;
    undecided between. Not testable where a figure is absent or a value is none. The same figures
    give the same verdict. Raises ``ExpressionError`` for a test that cannot be read, names a figure
    that is not known, or compares units that differ.
    """
    tree = parse(test) if isinstance(test, str) else test
    check_units(tree, {name: figure.unit for name, figure in figures.items()})
    used = {name.name: figures[name.name] for name in names(tree)}
    absent = [f for f in used.values() if f.value is None]
    if absent:
        return Verdict("not testable", reason=f"{absent[0].name}: {absent[0].about}")
    drawn = max((len(f.draws) for f in used.values()), default=0)
    rows = _Rows({name: _column(f, drawn) for name, f in used.items()})
    with np.errstate(all="ignore"):
        found = rows.truth(tree)
        if rows.broken:
            return Verdict("not testable", reason="a division by zero, or a value without bounds")
        corners = _corners(tree, used)
    centre = bool(found[0])
    holds = float(found[1:].mean()) if drawn else None
    agreed = [centre, *corners]
    share = 1.0 if holds is None else holds
    if all(agreed) and share >= SURE:
        outcome: Outcome = "supported"
    elif not any(agreed) and (holds is None or share <= 1 - SURE + 1e-12):
        outcome = "contradicted"
    else:
        outcome = "undecided"
    return Verdict(outcome, holds, tuple(_sides(tree, rows, figures)))


def _column(figure: Figure, drawn: int) -> Array:
    """The central value, then the value in every future."""
    assert figure.value is not None
    if not figure.draws:
        return np.full(1 + drawn, figure.value)
    if len(figure.draws) != drawn:
        raise ExpressionError(
            f"{figure.name} has {len(figure.draws)} futures, others {drawn}.", "Draw them together."
        )
    return np.array([figure.value, *figure.draws])


class _Rows:
    """Values and truths of a tree, at the central values and in every future at once."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns = columns
        self.broken = False
        self.size = len(next(iter(columns.values()))) if columns else 1

    def truth(self, tree: Truth) -> npt.NDArray[np.bool_]:
        if isinstance(tree, Not):
            return ~self.truth(tree.part)
        if isinstance(tree, Both):
            parts = np.stack([self.truth(part) for part in tree.parts])
            return np.asarray(parts.all(0) if tree.word == "and" else parts.any(0))
        values = [self.value(part) for part in tree.parts]
        found = np.ones(self.size, dtype=np.bool_)
        for sign, left, right in zip(tree.signs, values, values[1:], strict=False):
            found &= _compared(sign, left, right)
        return found

    def value(self, tree: Value) -> Array:
        found = self._value(tree)
        self.broken |= not bool(np.isfinite(found).all())
        return found

    def _value(self, tree: Value) -> Array:
        if isinstance(tree, Number):
            return np.full(self.size, tree.value)
        if isinstance(tree, Name):
            return self.columns[tree.name]
        if isinstance(tree, Negative):
            return -self.value(tree.part)
        if isinstance(tree, Sum):
            left, right = self.value(tree.left), self.value(tree.right)
            operation = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[tree.sign]
            return np.asarray(operation(left, right))
        parts = np.stack([self.value(part) for part in tree.parts])
        if tree.function == "abs":
            return np.asarray(np.abs(parts[0]))
        return np.asarray(parts.min(0) if tree.function == "min" else parts.max(0))


def _compared(sign: str, left: Array, right: Array) -> npt.NDArray[np.bool_]:
    near = np.abs(left - right) <= EQUAL * np.maximum(1.0, np.maximum(abs(left), abs(right)))
    found = {
        "<": (left < right) & ~near,
        "<=": (left < right) | near,
        ">": (left > right) & ~near,
        ">=": (left > right) | near,
        "==": near,
        "!=": ~near,
    }[sign]
    return np.asarray(found)


def _corners(tree: Truth, used: Mapping[str, Figure]) -> list[bool]:
    """The test wherever figures with a range lie at one of its ends, others at the centre."""
    ranged = [f for f in used.values() if not f.draws and None not in (f.low, f.high)]
    centre = {name: np.array([f.value], dtype=np.float64) for name, f in used.items()}
    found = []
    for ends in itertools.product(*((f.low, f.high) for f in ranged[:_CORNERS])):
        moved = {
            f.name: np.array([end], dtype=np.float64)
            for f, end in zip(ranged[:_CORNERS], ends, strict=True)
        }
        rows = _Rows({**centre, **moved})
        held = bool(rows.truth(tree)[0])
        if not rows.broken:
            found.append(held)
    return found if ranged else []


def _sides(tree: Truth, rows: _Rows, figures: Mapping[str, Figure]) -> list[tuple[Side, str, Side]]:
    if isinstance(tree, Not):
        return _sides(tree.part, rows, figures)
    if isinstance(tree, Both):
        return [side for part in tree.parts for side in _sides(part, rows, figures)]
    units = {name: figure.unit for name, figure in figures.items()}
    unit = next((u for u in (unit_of(part, units) for part in tree.parts) if u), "")
    made = []
    for part in tree.parts:
        values = rows.value(part)
        low, high = np.percentile(values[1:], (10, 90)) if len(values) > 1 else (values[0],) * 2
        said = "" if isinstance(part, Number) else _said(part, figures)
        made.append(Side(float(values[0]), float(low), float(high), unit, said))
    return [(a, sign, b) for a, sign, b in zip(made, tree.signs, made[1:], strict=False)]


def _said(tree: Value, figures: Mapping[str, Figure]) -> str:
    """A value in words: its figures by what they are, numbers and signs between them."""
    if isinstance(tree, Number):
        return f"{tree.value:g}"
    if isinstance(tree, Name):
        return figures[tree.name].about or tree.name
    if isinstance(tree, Negative):
        return f"minus {_said(tree.part, figures)}"
    if isinstance(tree, Call):
        words = {"min": "the least of", "max": "the most of", "abs": "the size of"}
        return f"{words[tree.function]} {'; '.join(_said(p, figures) for p in tree.parts)}"
    words = {"+": "plus", "-": "less", "*": "times", "/": "over"}
    return f"{_said(tree.left, figures)} {words[tree.sign]} {_said(tree.right, figures)}"
