"""Rows of a run that say what each deal is worth beside the others, and which of them to take.

All figures are percent of one year's real income of the protagonist. A contribution to the
exposure is a change of it: a deal helps where it is negative.
"""

from __future__ import annotations

from dataclasses import dataclass

from countervail.brief.rows.plain import one_of

MEASURES = ("peace", "threat", "exposure")
BASES = ("full", "odds")
ROLES = ("best", "greedy", "nothing", "everything", "taken", "frontier")


@dataclass(frozen=True)
class ContributionRow:
    """What one deal contributes to one measure.

    ``measure``: ``peace``, ``threat``, ``exposure``, or ``threat:NAME`` for a further threat.
    ``alone_percent``, ``last_percent``, ``shapley_percent``: all deals delivered in full;
    ``error_percent``: the standard error of the last, 0 where it is exact; ``mean``, ``low``,
    ``median``, ``high``: of the Shapley value over futures of delivery (10th, 50th and 90th
    percentile). ``delivery``: the odds of delivery, from 0 to 1.
    """

    deal: str
    title: str
    measure: str
    alone_percent: float
    last_percent: float
    shapley_percent: float
    error_percent: float
    mean_percent: float
    low_percent: float
    median_percent: float
    high_percent: float
    delivery: float | None = None


@dataclass(frozen=True)
class RankRow:
    """The part of futures in which a deal contributes more than another; ties count half.

    Of the exposure: in which it lowers it more.
    """

    measure: str
    deal: str
    title: str
    other: str
    other_title: str
    above_percent: float


@dataclass(frozen=True)
class BundleRow:
    """One bundle of deals: what it plays in the choice, its titles, and what it is worth.

    ``basis``: ``full`` (all that is in it delivered) or ``odds`` (mean over futures of delivery);
    ``role``: one of ``ROLES``; ``worst_percent``: real income under the worst of all threats.
    """

    basis: str
    role: str
    deals: tuple[str, ...]
    peace_percent: float
    threat_percent: float
    exposure_percent: float
    worst_percent: float

    def __post_init__(self) -> None:
        one_of("basis", self.basis, BASES)
        one_of("role", self.role, ROLES)


@dataclass(frozen=True)
class ChoiceRow:
    """How the best bundle was found: ``proof`` is ``enumerated`` or ``bounded``.

    ``allowed``: bundles that keep the limits (None: not counted); ``valued``: those that were
    valued; ``allowance_percent``: what bounds leave for three and more deals meeting, by deal;
    ``breach_percent``: by how much a bundle that was valued exceeded its bound at most;
    ``gap_percent``: how much better another bundle could be, as the search was cut short.
    """

    basis: str
    proof: str
    valued: int
    allowed: int | None = None
    allowance_percent: float = 0.0
    breach_percent: float = 0.0
    gap_percent: float = 0.0

    def __post_init__(self) -> None:
        one_of("basis", self.basis, BASES)
        one_of("proof", self.proof, ("enumerated", "bounded"))


@dataclass(frozen=True)
class WorthPage:
    """What each deal is worth, and the best bundle under the limits of the scenario.

    ``threat``: the threat that real income and exposure refer to, in words; ``method``: ``exact``
    or ``sampled``; ``valued``: bundles that were valued; ``draws``: futures of delivery; ``idle``:
    titles of deals that act on nothing. ``miss_percent``: where what larger bundles are worth at
    the odds comes from single deals and pairs, by how much that is off at most among those that
    were solved; 0 where all were. ``objective`` (empty where no bundle was sought),
    ``exposure_at_most_percent``, ``rules`` (the limits in words), ``choices`` and ``bundles``:
    the best bundle, and what stands beside it.
    """

    method: str
    valued: int
    draws: int
    threat: str = "a full cut-off"
    rows: tuple[ContributionRow, ...] = ()
    ranks: tuple[RankRow, ...] = ()
    idle: tuple[str, ...] = ()
    miss_percent: float = 0.0
    objective: str = ""
    exposure_at_most_percent: float | None = None
    rules: tuple[str, ...] = ()
    choices: tuple[ChoiceRow, ...] = ()
    bundles: tuple[BundleRow, ...] = ()

    def __post_init__(self) -> None:
        one_of("method", self.method, ("exact", "sampled"))

    def of(self, measure: str) -> list[ContributionRow]:
        """The contributions to one measure, in the order of the deals."""
        return [row for row in self.rows if row.measure == measure]

    def row(self, deal: str, measure: str) -> ContributionRow:
        """The contribution of one deal to one measure; ``KeyError`` if there is none."""
        for row in self.rows:
            if (row.deal, row.measure) == (deal, measure):
                return row
        raise KeyError((deal, measure))

    def bundle(self, role: str, basis: str) -> BundleRow | None:
        """The bundle that plays a role; None where there is none."""
        found = (row for row in self.bundles if (row.role, row.basis) == (role, basis))
        return next(found, None)

    def frontier(self, basis: str) -> list[BundleRow]:
        """The bundles that no other beats in both, the least exposed first."""
        return [row for row in self.bundles if (row.role, row.basis) == ("frontier", basis)]
