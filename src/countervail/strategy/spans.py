"""Values of a test as intervals, in every future at once: where it must hold, where it must fail.

Interval arithmetic as in Moore, Kearfott & Cloud (2009), "Introduction to Interval Analysis",
chapter 2. It never claims too much: a figure that stands twice in a test moves as if it were two,
so that ``x - x`` with a range around ``x`` is a range around zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from countervail.scenario.expression import Both, Name, Negative, Not, Number, Sum, Truth, Value

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Span = tuple[Array, Array]

EQUAL = 1e-7
"""Values nearer than this count as equal, relative to the larger one, or absolutely below 1.

Solutions are certified to about 1e-10, so that percentages are sure to about 1e-8.
"""


class Spans:
    """The parts of a test as spans ``(low, high)``, an entry for each future.

    ``given``: the span of each figure; equal ends where a figure has no range. ``broken``: why a
    value came out without bounds, empty while none did.
    """

    def __init__(self, given: Mapping[str, Span]) -> None:
        self._given = given
        self._size = max((len(low) for low, _ in given.values()), default=1)
        self.broken = ""

    def truth(self, tree: Truth) -> tuple[Mask, Mask]:
        """Where the test must hold, and where it must fail, whatever lies inside the spans."""
        if isinstance(tree, Not):
            holds, fails = self.truth(tree.part)
            return fails, holds
        if isinstance(tree, Both):
            held, failed = zip(*(self.truth(part) for part in tree.parts), strict=True)
            if tree.word == "and":
                return np.all(held, axis=0), np.any(failed, axis=0)
            return np.any(held, axis=0), np.all(failed, axis=0)
        values = [self.value(part) for part in tree.parts]
        pairs = [
            _compared(sign, left, right)
            for sign, left, right in zip(tree.signs, values, values[1:], strict=False)
        ]
        held, failed = zip(*pairs, strict=True)
        return np.all(held, axis=0), np.any(failed, axis=0)

    def value(self, tree: Value) -> Span:
        """The span of a value in every future."""
        low, high = self._value(tree)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            self.broken = self.broken or "a value of its test is without bounds"
        return low, high

    def _value(self, tree: Value) -> Span:
        if isinstance(tree, Number):
            same = np.full(self._size, tree.value)
            return same, same
        if isinstance(tree, Name):
            return self._given[tree.name]
        if isinstance(tree, Negative):
            low, high = self.value(tree.part)
            return -high, -low
        if isinstance(tree, Sum):
            return self._joined(tree)
        spans = [self.value(part) for part in tree.parts]
        if tree.function == "abs":
            return _size_of(*spans[0])
        pick = np.minimum if tree.function == "min" else np.maximum
        return pick.reduce([low for low, _ in spans]), pick.reduce([high for _, high in spans])

    def _joined(self, tree: Sum) -> Span:
        left, right = self.value(tree.left), self.value(tree.right)
        if tree.sign == "+":
            return left[0] + right[0], left[1] + right[1]
        if tree.sign == "-":
            return left[0] - right[1], left[1] - right[0]
        if tree.sign == "/":
            zero = (right[0] <= 0) & (right[1] >= 0)
            if zero.any():
                self.broken = self.broken or _zero(tree.column, zero)
            right = 1 / right[1], 1 / right[0]
        ends = [a * b for a, b in itertools.product(left, right)]
        return np.min(ends, axis=0), np.max(ends, axis=0)


def near(left: Array, right: Array) -> Mask:
    """Where two values count as equal."""
    scale = np.maximum(1.0, np.maximum(abs(left), abs(right)))
    return np.asarray(np.abs(left - right) <= EQUAL * scale)


def _zero(column: int, zero: Mask) -> str:
    where = "" if len(zero) == 1 else f" in {int(zero.sum())} of {len(zero)} futures"
    return f"a division by zero at column {column} of its test{where}"


def _size_of(low: Array, high: Array) -> Span:
    across = (low < 0) & (high > 0)
    sizes = np.abs(low), np.abs(high)
    return np.where(across, 0.0, np.minimum(*sizes)), np.maximum(*sizes)


def _compared(sign: str, left: Span, right: Span) -> tuple[Mask, Mask]:
    """Where a comparison must hold, and where it must fail."""
    if sign in (">", ">="):
        return _compared({">": "<", ">=": "<="}[sign], right, left)
    if sign == "!=":
        holds, fails = _compared("==", left, right)
        return fails, holds
    below, above = _below(left[1], right[0]), _below(right[1], left[0])
    if sign == "==":
        same = near(left[0], right[1]) & near(left[1], right[0])
        return same, below | above
    if sign == "<":
        return below, ~_below(left[0], right[1])
    return ~_below(right[0], left[1]), above


def _below(left: Array, right: Array) -> Mask:
    """Where ``left`` is less than ``right`` by more than rounding."""
    return (left < right) & ~near(left, right)
