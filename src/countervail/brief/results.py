"""What a run found, as plain data: frozen rows that go to JSON and back unchanged.

Nothing here computes. The rows carry their units in their names: ``_percent`` is
percent of real income, ``_bn`` billion US dollars of the world's base year.
Every number is finite or ``None``; ``None`` means "not computed" and the row's
note says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from countervail.brief.rows.channels import CapitalPage, PipelinePage, RouteNetworkRow, TiesPage
from countervail.brief.rows.channels import DealRow as DealRow
from countervail.brief.rows.claims import ClaimRow as ClaimRow
from countervail.brief.rows.leverage import (
    BypassRow,
    CoalitionRow,
    DemandRow,
    ExposureRow,
    FrontierRow,
    FrontierSectorRow,
    PoleRow,
    PowerMatrix,
    ScreenRow,
)
from countervail.brief.rows.observed import ObservedPage
from countervail.brief.rows.plain import from_plain, leaves, one_of, to_plain
from countervail.brief.rows.sequence import SequencePage
from countervail.brief.rows.strategy import WorthPage
from countervail.brief.rows.why import WhyPage
from countervail.errors import InputError, NotANumberError


@dataclass(frozen=True)
class LadderRow:
    """One cell of the threat ladder: what a rung does to both sides.

    ``rung`` is the label shown ("25 %", "cut-off"), ``rate`` the added tariff as a
    fraction (``None`` for a cut-off). Harm is positive where the protagonist
    loses; cost is positive where the coercer loses, negative where it gains. A
    failed cell has ``None`` figures and a note. ``retaliation_rate`` is the
    tariff with which the protagonist answers, ``certificate`` the largest
    relative residual of the equilibrium.
    """

    rung: str
    rate: float | None
    horizon: str
    retaliation: str
    energy: str
    harm_percent: float | None
    harm_bn: float | None
    cost_percent: float | None
    cost_bn: float | None
    retaliation_rate: float | None = None
    certificate: float | None = None
    note: str = ""

    RETALIATIONS: ClassVar[tuple[str, ...]] = ("none", "proportional")
    ENERGIES: ClassVar[tuple[str, ...]] = ("included", "exempt")

    def __post_init__(self) -> None:
        one_of("retaliation", self.retaliation, self.RETALIATIONS)
        one_of("energy", self.energy, self.ENERGIES)


def rungs(rows: Iterable[LadderRow]) -> tuple[str, ...]:
    """The rungs of some rows, mildest first; rungs without a rate come last."""
    rates = {row.rung: row.rate for row in rows}
    return tuple(sorted(rates, key=lambda r: math.inf if rates[r] is None else rates[r] or 0.0))


@dataclass(frozen=True)
class ThreatRow:
    """One named threat: its terms, its standing, and its effect where it is quantified.

    ``rate`` and ``cap`` are fractions; ``coverage`` is the fraction of the sectors'
    trade on which the rate acts; ``bound`` says whether the figures are the
    threat's own (``point``) or an ``upper`` or ``lower`` bound, because the sectors are
    wider or narrower than the measure. ``not_quantified`` is the reason why the
    threat has no figures, empty where it has them. ``moves`` are what it changes in the
    equilibrium, in words with figures, ``why`` the channel behind it. Figures hold at the
    horizon of the brief, without retaliation.
    """

    id: str
    title: str
    instrument: str
    rate: float | None = None
    sectors: tuple[str, ...] = ()
    authority: str = ""
    cap: float | None = None
    status: str = ""
    effective: str = ""
    harm_percent: float | None = None
    harm_bn: float | None = None
    cost_percent: float | None = None
    cost_bn: float | None = None
    note: str = ""
    not_quantified: str = ""
    sources: tuple[str, ...] = ()
    certificate: float | None = None
    coverage: float = 1.0
    bound: str = "point"
    moves: tuple[str, ...] = ()
    why: str = ""

    BOUNDS: ClassVar[tuple[str, ...]] = ("point", "upper", "lower")

    def __post_init__(self) -> None:
        one_of("bound", self.bound, self.BOUNDS)


@dataclass(frozen=True)
class ParameterRow:
    """One behavioural parameter with range, unit, use, source and how the source is known."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    used_for: str = ""
    source: str = ""
    status: str = ""


@dataclass(frozen=True)
class SectorRow:
    """One sector of the base data, seen from the protagonist.

    ``exports_bn`` are the protagonist's exports to the coercer (billion US dollars
    at border values), ``share_percent`` their part in all its exports of the
    sector, ``tariff_percent`` the coercer's tariff in the base.
    """

    sector: str
    exports_bn: float | None = None
    share_percent: float | None = None
    tariff_percent: float | None = None
    elasticity: float | None = None
    source: str = ""
    status: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the base data with its unit."""

    label: str
    value: float | None
    unit: str = ""


@dataclass(frozen=True)
class StatusRow:
    """How much of one part of a world is observed, updated and constructed, by value.

    ``part`` is one of ``PARTS``; ``label`` says it with names; ``value_bn`` is its value
    (billion US dollars of the base year), the shares are percent of that value.
    """

    part: str
    label: str
    value_bn: float
    observed_percent: float
    updated_percent: float
    constructed_percent: float

    PARTS: ClassVar[tuple[str, ...]] = (
        "protagonist-trade",
        "world-trade",
        "world-home",
        "world-output",
    )

    def __post_init__(self) -> None:
        one_of("part", self.part, self.PARTS)


@dataclass(frozen=True)
class Place:
    """One region of the world as the maps show it.

    ``numeric`` holds the ISO 3166-1 numeric codes of the countries that the map colours as
    this region: its own and those merged into it; none for the rest of the world, which
    the map leaves grey. ``status`` is ``observed``, ``updated`` or ``constructed`` (what most
    of its output is). ``exports_bn`` is what the protagonist sells to it, ``exports_percent``
    that as a part of all the protagonist sells abroad. ``welfare_percent`` is its change of
    real income where the map was asked for, negative for a loss.
    """

    region: str
    name: str
    role: str = "other"
    numeric: tuple[str, ...] = ()
    status: str = ""
    welfare_percent: float | None = None
    exports_bn: float | None = None
    exports_percent: float | None = None

    ROLES: ClassVar[tuple[str, ...]] = ("protagonist", "coercer", "other", "rest")

    def __post_init__(self) -> None:
        one_of("role", self.role, self.ROLES)


@dataclass(frozen=True)
class WorldCard:
    """What the base data are, where they come from, and what building them moved.

    ``status`` holds one line for each kind of data ("observed: ...",
    "adjusted: ...", "constructed: ..."), ``report`` what cleaning and
    re-balancing moved. ``statuses`` says how much of the data is of which kind,
    ``constructed_regions`` names the economies that are constructed, largest first.
    """

    name: str
    base_year: int | None
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    provenance: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    sector_rows: tuple[SectorRow, ...] = ()
    statuses: tuple[StatusRow, ...] = ()
    constructed_regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spill:
    """The change of real income of one other region, in percent; negative is a loss.

    ``status`` says what most of the region's data are: observed, updated or constructed.
    """

    region: str
    welfare_percent: float | None
    welfare_bn: float | None = None
    name: str = ""
    note: str = ""
    status: str = ""


@dataclass(frozen=True)
class Results:
    """All that one run found: the only thing that the brief reads.

    ``horizon`` is the horizon of the headline and of the threats; ``closure`` the
    closure in words; ``data_date`` says up to when the record of events was read;
    ``spill_at`` says at which rung, horizon and retaliation ``spill`` was taken;
    ``notices`` are lines that the reader must see first; ``coercer_short`` is a short
    form for titles ("US"), the name where it is empty; ``taxed`` says what the rungs tax
    ("goods"), ``latest_source`` when the newest source is from; ``places`` are the regions
    as the maps show them, their welfare that of ``spill_at`` and their exports those of
    ``places_trade`` ("goods", or empty for all that is sold). ``frontier_terms`` says in words
    which instruments the frontier uses, how far they may go and at which horizon;
    ``frontier_tariffs`` is the same frontier with import tariffs alone;
    ``coalition_percent`` is what the members of ``coalition`` cost the protagonist together;
    the first of ``demands`` is the central case. ``deals_together`` is what the protagonist gains
    from all deals at once in full, ``deals_expected`` at their expected delivery,
    ``deals_threat`` in full while the coercer has cut it off, ``deals_struck`` what that cut-off
    takes where none of them is struck; ``deals_drawn`` are the 10th, 50th
    and 90th percentile over ``deals_draws`` drawn futures; ``deals_rule`` says how deals on the
    same cells combine. ``why`` takes the change of real income at the main rung apart;
    ``scenario`` is the scenario as TOML text, so that a result can be run again and compared.
    Where ``certificate_worst`` or ``certificate_where`` is not given, the worst cell of ladder,
    threats, deals, withdrawals, exposures and frontier is taken.

    Raises ``NotANumberError`` naming the cell where a number is NaN or infinite, and
    ``InputError`` where sectors are given for a point that the frontier does not hold.
    """

    title: str
    question: str
    protagonist: str
    protagonist_name: str
    coercer: str
    coercer_name: str
    horizon: str
    world: WorldCard
    ladder: tuple[LadderRow, ...]
    closure: str = ""
    threats: tuple[ThreatRow, ...] = ()
    deals: tuple[DealRow, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    spill: tuple[Spill, ...] = ()
    spill_at: str = ""
    notices: tuple[str, ...] = ()
    data_date: str = ""
    coercer_short: str = ""
    taxed: str = ""
    latest_source: str = ""
    certificate_worst: float | None = None
    certificate_where: str = ""
    tolerance: float | None = None
    manifest: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    places_trade: str = ""
    exposures: tuple[ExposureRow, ...] = ()
    bypass: tuple[BypassRow, ...] = ()
    frontier: tuple[FrontierRow, ...] = ()
    frontier_sectors: tuple[FrontierSectorRow, ...] = ()
    frontier_terms: str = ""
    power: PowerMatrix | None = None
    poles: tuple[PoleRow, ...] = ()
    screens: tuple[ScreenRow, ...] = ()
    coalition: tuple[CoalitionRow, ...] = ()
    coalition_percent: float | None = None
    demands: tuple[DemandRow, ...] = ()
    frontier_tariffs: tuple[FrontierRow, ...] = ()
    deals_together_percent: float | None = None
    deals_together_bn: float | None = None
    deals_net_bn: float | None = None
    deals_expected_percent: float | None = None
    deals_expected_bn: float | None = None
    deals_threat_percent: float | None = None
    deals_struck_percent: float | None = None
    deals_drawn_low_percent: float | None = None
    deals_drawn_median_percent: float | None = None
    deals_drawn_high_percent: float | None = None
    deals_draws: int = 0
    deals_rule: str = ""
    capital: CapitalPage | None = None
    pipeline: PipelinePage | None = None
    routes: tuple[RouteNetworkRow, ...] = ()
    ties: TiesPage | None = None
    why: WhyPage | None = None
    sequence: SequencePage | None = None
    observed: ObservedPage | None = None
    worth: WorthPage | None = None
    scenario: str = ""

    def __post_init__(self) -> None:
        for where, value in leaves(self, type(self).__name__):
            if isinstance(value, float) and not math.isfinite(value):
                raise NotANumberError(
                    f"{where} is {value}.",
                    "A figure that could not be computed is None, with a note that says why.",
                )
        cases = [row.case for row in self.demands]
        if len(set(cases)) != len(cases):
            twice = next(case for case in cases if cases.count(case) > 1)
            raise InputError(f"demands holds the case {twice!r} twice: a figure would add them up.")
        points = {row.point for row in self.frontier}
        for part in self.frontier_sectors:
            if part.point not in points:
                raise InputError(
                    f"frontier_sectors has a row for point {part.point} ({part.sector}), which the "
                    "frontier does not hold."
                )
        if self.certificate_worst is None:
            worst, where = self._worst()
            object.__setattr__(self, "certificate_worst", worst)
            object.__setattr__(self, "certificate_where", self.certificate_where or where)

    def _worst(self) -> tuple[float | None, str]:
        cells = [
            (
                row.certificate,
                f"rung {row.rung}, {row.horizon} horizon, retaliation {row.retaliation}, "
                f"energy {row.energy}",
            )
            for row in self.ladder
            if row.certificate is not None
        ]
        cells += [
            (row.certificate, f"{kind} {row.id}")
            for kind, rows in (("threat", self.threats), ("deal", self.deals))
            for row in rows
            if row.certificate is not None
        ]
        cells += [
            (
                row.certificate,
                f"withdrawal of {row.share_percent:g} % of the capital of {row.origin}, "
                f"{row.horizon} horizon",
            )
            for row in (self.capital.withdrawals if self.capital else ())
            if row.certificate is not None
        ]
        cells += [
            (
                row.certificate,
                f"exposure to {row.label}, {row.horizon} horizon, retaliation {row.retaliation}",
            )
            for row in self.exposures
            if row.certificate is not None
        ]
        cells += [
            (row.certificate, f"point {row.point} of the {which}")
            for which, rows in (
                ("frontier", self.frontier),
                ("frontier of tariffs", self.frontier_tariffs),
            )
            for row in rows
            if row.certificate is not None
        ]
        return max(cells, key=lambda cell: cell[0] or 0.0) if cells else (None, "")

    @property
    def horizons(self) -> tuple[str, ...]:
        """The horizons of the ladder: short, medium, long first, then others as they come."""
        seen = dict.fromkeys(row.horizon for row in self.ladder)
        usual = [h for h in ("short", "medium", "long") if h in seen]
        return (*usual, *(h for h in seen if h not in usual))

    @property
    def rungs(self) -> tuple[str, ...]:
        """The rungs of the ladder, mildest first; rungs without a rate come last."""
        return rungs(self.ladder)

    def cell(
        self, rung: str, horizon: str, retaliation: str = "none", energy: str = "included"
    ) -> LadderRow | None:
        """The row of the ladder with these coordinates, ``None`` where it was not computed."""
        key = (rung, horizon, retaliation, energy)
        for row in self.ladder:
            if (row.rung, row.horizon, row.retaliation, row.energy) == key:
                return row
        return None

    def to_dict(self) -> dict[str, Any]:
        """The results as plain dictionaries, lists, numbers and text, ready for JSON."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The results that ``to_dict`` wrote; unknown and missing keys raise ``InputError``."""
        result: Self = from_plain(cls, data, cls.__name__)
        return result
