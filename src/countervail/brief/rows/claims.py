"""Rows of a run that say which claims hold, on which figures, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of


@dataclass(frozen=True)
class SideRow:
    """One side of a comparison: central value, its range, unit.

    ``low``, ``high``: 10th and 90th percentile over futures, or the ends of the range of figures
    that have one instead.

    ``said``: what it is, in words; empty for a plain number.
    """

    value: float
    low: float
    high: float
    unit: str = ""
    said: str = ""


@dataclass(frozen=True)
class VariantVerdict:
    """The verdict under another reading of which deals count; fields as in ``ClaimRow``."""

    id: str
    says: str
    verdict: str
    sides: tuple[tuple[SideRow, str, SideRow], ...] = ()
    holds: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """One claim made in public, in our words, with its test or recorded evidence and its verdict.

    ``sides``: the comparisons of the test as they came out; ``holds``: the part of futures of
    delivery in which it holds (None: it does not depend on them); ``reason``: why it is not
    testable; ``figures``: name and meaning of each figure; ``variants``: other readings.
    """

    id: str
    says: str
    test: str = ""
    verdict: str = "not yet tested"
    evidence: str = ""
    sources: tuple[str, ...] = ()
    sides: tuple[tuple[SideRow, str, SideRow], ...] = ()
    holds: float | None = None
    reason: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    variants: tuple[VariantVerdict, ...] = ()

    VERDICTS: ClassVar[tuple[str, ...]] = (
        "supported",
        "contradicted",
        "undecided",
        "unsourced",
        "not testable",
        "not yet tested",
    )

    def __post_init__(self) -> None:
        one_of("verdict", self.verdict, self.VERDICTS)
