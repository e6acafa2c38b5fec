"""Rows of a run that say why the protagonist's real income changed: terms that sum to the change.

All figures are percent of real income; a loss is negative here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of


@dataclass(frozen=True)
class WhyRow:
    """One term, or a sum of terms, of the change.

    ``by`` says what is summed: ``step`` (channel, and whether with the coercer, with others or
    at home: ``side``), ``partner``, ``sector``, or ``term`` (one channel, sector and partner;
    only the largest are kept). The steps, the partners and the sectors each sum to the change.
    """

    by: str
    channel: str = ""
    side: str = ""
    partner: str = ""
    partner_name: str = ""
    sector: str = ""
    sector_name: str = ""
    percent: float = 0.0

    BYS: ClassVar[tuple[str, ...]] = ("step", "partner", "sector", "term")
    SIDES: ClassVar[tuple[str, ...]] = ("", "coercer", "others", "home")

    def __post_init__(self) -> None:
        one_of("by", self.by, self.BYS)
        one_of("side", self.side, self.SIDES)


@dataclass(frozen=True)
class WhyPage:
    """Why one event changes the real income of the protagonist.

    ``event`` is the event in words, ``percent`` the change, ``residual`` that less the sum of
    all terms, ``terms`` how many there are.
    """

    event: str
    percent: float
    residual: float
    terms: int
    closure: str = ""
    certificate: float | None = None
    rows: tuple[WhyRow, ...] = ()

    def of(self, by: str) -> list[WhyRow]:
        """The rows of one kind, the largest first."""
        return sorted((r for r in self.rows if r.by == by), key=lambda r: -abs(r.percent))
