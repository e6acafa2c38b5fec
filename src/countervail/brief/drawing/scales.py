"""Colour scales in steps: a diverging one around nothing, and one that grows.

Steps rather than a smooth scale, since a step can be read off its legend. The diverging
hues (purple and green) are told apart by every common kind of colour vision and are not
those of the two sides of a case.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from countervail.brief.numbers import THIN

LOSS = ("#6b2a7d", "#a67dbb", "#ddcbe6")
EVEN = "#f1f0ea"
GAIN = ("#cfe8cb", "#72b573", "#1d7339")
PART = ("#eef3f9", "#cbdcef", "#9fc2e5", "#659cd1", "#2f73b4", "#123f78")
OUTSIDE, BORDER = "#b9bfc6", "#78828d"

VARIABLES = {
    **{
        colour: f"var(--loss-{word})"
        for colour, word in zip(LOSS, ("high", "mid", "low"), strict=True)
    },
    EVEN: "var(--even)",
    **{
        colour: f"var(--gain-{word})"
        for colour, word in zip(GAIN, ("low", "mid", "high"), strict=True)
    },
    **{
        colour: f"var(--part-{word})"
        for colour, word in zip(PART, ("a", "b", "c", "d", "e", "f"), strict=True)
    },
    OUTSIDE: "var(--outside)",
    BORDER: "var(--border)",
}
"""The CSS variable that stands for each colour on a page."""

_FLAT = 1e-6  # percent: below it nothing moves, and a scale has one step


@dataclass(frozen=True)
class Scale:
    """Steps from low to high: ``labels`` and ``colours``, with the ``limits`` between them."""

    limits: tuple[float, ...]
    labels: tuple[str, ...]
    colours: tuple[str, ...]

    @property
    def steps(self) -> dict[str, str]:
        """The colour of each step by its label, in order."""
        return dict(zip(self.labels, self.colours, strict=True))

    def step(self, value: float) -> int:
        """The step that a value falls into; a value at a limit belongs to the step above."""
        return bisect_right(self.limits, value)

    def label(self, value: float) -> str:
        """The label of the step that a value falls into."""
        return self.labels[self.step(value)]


def around_nothing(values: Iterable[float], unit: str) -> Scale:
    """Steps of a factor of ten to both sides of nothing, up to the largest of ``values``.

    The largest power of ten within ``values`` sets the steps; sides that no value reaches
    have none.
    """
    known = list(values)
    largest = max((abs(v) for v in known), default=0.0)
    if largest < _FLAT:
        return Scale((), ("no change",), (EVEN,))
    top = Decimal(10) ** math.floor(math.log10(largest))
    powers = (top / 100, top / 10, top)
    losses = sum(min(known) <= -float(power) for power in powers)
    gains = sum(max(known) >= float(power) for power in powers)
    down = [f"loses {words}" for words in _between(powers, unit)][:losses][::-1]
    up = [f"gains {words}" for words in _between(powers, unit)][:gains]
    return Scale(
        # A loss at a limit belongs to the larger loss, as a gain does to the larger gain.
        tuple(
            [math.nextafter(-float(p), math.inf) for p in powers[:losses]][::-1]
            + [float(p) for p in powers[:gains]]
        ),
        (*down, f"less than {_figure(powers[0])}{unit} either way", *up),
        (*LOSS[3 - losses :], EVEN, *GAIN[:gains]),
    )


def growing(limits: Sequence[float | Decimal], unit: str) -> Scale:
    """Steps from nothing upwards with five ``limits`` between them."""
    exact = [Decimal(str(limit)) for limit in limits]
    return Scale(
        tuple(float(limit) for limit in exact),
        (f"less than {_figure(exact[0])}{unit}", *_between(exact, unit)),
        PART,
    )


def half_decades(largest: float) -> tuple[Decimal, ...]:
    """Five limits 1, 3, 10, ... times a power of ten, the last at most ``largest``."""
    power = math.floor(math.log10(largest)) if largest > 0 else 0
    at = 2 * power + (1 if largest >= 3 * 10.0**power else 0)
    return tuple(
        Decimal(3 if k % 2 else 1) * Decimal(10) ** (k // 2) for k in range(at - 4, at + 1)
    )


def _between(limits: Sequence[Decimal], unit: str) -> list[str]:
    """Words for each step above a limit: "1 to 3 %", and "3 % or more" for the last."""
    words = [f"{_figure(a)} to {_figure(b)}{unit}" for a, b in pairwise(limits)]
    return [*words, f"{_figure(limits[-1])}{unit} or more"]


def _figure(limit: Decimal) -> str:
    return f"{limit.normalize():,f}"


PERCENT = f"{THIN}%"
"""The unit of a scale in percent."""
