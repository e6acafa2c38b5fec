"""What two runs differ in, as plain data: inputs, figures, verdicts, and what forbids comparing.

Nothing here computes anything but differences. Figures carry their unit; ``None`` is "not part of
this run".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of

RELATIVE, ABSOLUTE = 1e-6, 1e-9
"""What differs by less than this part of its size, or by less than this in all, has not moved."""


@dataclass(frozen=True)
class Side:
    """What one side rests on. ``version`` is that of the program that computed it."""

    name: str
    title: str
    protagonist: str
    coercer: str
    world: str
    world_hash: str
    base_year: int | None
    horizon: str
    closure: str
    elasticities: str
    tariffs_as_of: str
    version: str


@dataclass(frozen=True)
class InputChange:
    """One entry of the scenario that differs: its place, and what stands there on either side."""

    path: str
    kind: str
    before: str
    after: str

    KINDS: ClassVar[tuple[str, ...]] = ("changed", "added", "removed")

    def __post_init__(self) -> None:
        one_of("kind", self.kind, self.KINDS)


@dataclass(frozen=True)
class FigureChange:
    """One figure on both sides. ``headline`` ones are those that a brief leads with.

    ``comparable`` is False where the two are in different units: US dollars of different years.
    """

    key: str
    section: str
    label: str
    unit: str
    before: float | None
    after: float | None
    headline: bool = False
    comparable: bool = True

    @property
    def change(self) -> float | None:
        """After less before; ``None`` where one side is missing or they cannot be compared."""
        if self.before is None or self.after is None or not self.comparable:
            return None
        return self.after - self.before

    @property
    def moved(self) -> bool:
        """Whether the two sides differ by more than the noise of a solution, or one is missing."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return not math.isclose(self.before, self.after, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


@dataclass(frozen=True)
class VerdictChange:
    """One claim and what either side finds of it; empty where the side does not hold the claim."""

    id: str
    says: str
    before: str
    after: str

    @property
    def moved(self) -> bool:
        """Whether the two verdicts differ."""
        return self.before != self.after


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side. ``inputs`` is None where a side does not hold its scenario."""

    before: Side
    after: Side
    inputs: tuple[InputChange, ...] | None
    figures: tuple[FigureChange, ...]
    verdicts: tuple[VerdictChange, ...]
    warnings: tuple[str, ...] = ()

    @property
    def moved(self) -> tuple[FigureChange, ...]:
        """The figures that differ: headline ones first, each group by its order in a brief."""
        found = [row for row in self.figures if row.moved]
        return tuple(sorted(found, key=lambda row: not row.headline))

    @property
    def turned(self) -> tuple[VerdictChange, ...]:
        """The claims whose verdicts differ."""
        return tuple(row for row in self.verdicts if row.moved)

    @property
    def same(self) -> bool:
        """Whether nothing differs: no input, no figure, no verdict, no base."""
        return not (self.inputs or self.moved or self.turned or self.warnings)
