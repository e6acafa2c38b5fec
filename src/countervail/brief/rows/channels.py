"""Rows of a run that say what deals, capital, routes and ties change.

Like all results they are plain frozen data. ``_percent`` is percent of real income unless the
row says otherwise, ``_bn`` billion US dollars of the world's base year; ``None`` is "not
computed", and the row's note says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of
from countervail.errors import InputError, nearest


@dataclass(frozen=True)
class DealRow:
    """One deal on record: who, what, how much by the sources, and what it changes.

    ``delivery`` is the expected part of the deal that is delivered, from 0 to 1, between
    ``delivery_low`` and ``delivery_high``; ``delivery_source`` says where the odds come from.
    ``full`` is what the protagonist gains (negative: loses) if the deal is delivered in full,
    ``expected`` at the expected delivery, ``threat`` what it gains in full while the coercer
    has cut it off, ``coercer`` what the coercer gains in full. ``net_bn`` is ``full_bn`` less
    what replaces worn-out capital, where a deal brings capital; ``building_percent`` is the
    gain in a year in which the money comes in. ``bound`` says whether the figures are the
    deal's own or an upper or lower bound. ``moves`` are what it changes in the equilibrium,
    in words with figures, ``why`` the channel's formula and source, ``indicators`` further
    figures as (label, value, unit). ``not_quantified`` is the reason why it has no figures.
    """

    id: str
    title: str
    kind: str
    parties: tuple[str, ...] = ()
    amount: str = ""
    status: str = ""
    date: str = ""
    note: str = ""
    not_quantified: str = ""
    sources: tuple[str, ...] = ()
    delivery: float | None = None
    delivery_low: float | None = None
    delivery_high: float | None = None
    delivery_source: str = ""
    bound: str = "point"
    full_percent: float | None = None
    full_bn: float | None = None
    expected_percent: float | None = None
    expected_bn: float | None = None
    threat_percent: float | None = None
    coercer_percent: float | None = None
    coercer_bn: float | None = None
    net_bn: float | None = None
    building_percent: float | None = None
    moves: tuple[str, ...] = ()
    why: str = ""
    indicators: tuple[tuple[str, float | None, str], ...] = ()
    certificate: float | None = None

    BOUNDS: ClassVar[tuple[str, ...]] = ("point", "upper", "lower")

    def __post_init__(self) -> None:
        one_of("bound", self.bound, self.BOUNDS)


@dataclass(frozen=True)
class CapitalRow:
    """What one economy holds of the host's inward direct investment.

    ``share_percent`` is its part in all of it, ``capital_percent`` in the capital stock of the
    host; ``status`` is ``observed``, ``updated`` or ``constructed``.
    """

    origin: str
    origin_name: str
    stock_bn: float | None
    share_percent: float | None
    capital_percent: float | None
    status: str = ""
    source: str = ""


@dataclass(frozen=True)
class WithdrawalRow:
    """What it does to both sides when a part of one origin's capital leaves the host.

    ``share_percent`` is the part that leaves, ``stock_bn`` its amount. Harm is positive where
    the host loses, cost where the origin loses; ``net_bn`` is the harm less what need no longer
    be spent to replace the capital that left, negative where that is more.
    """

    origin: str
    origin_name: str
    share_percent: float
    stock_bn: float | None
    harm_percent: float | None
    harm_bn: float | None
    cost_percent: float | None
    cost_bn: float | None
    horizon: str
    certificate: float | None = None
    note: str = ""
    net_bn: float | None = None


@dataclass(frozen=True)
class CapitalPage:
    """Whose capital works in the host, and what its leaving would do.

    ``total_bn`` is all inward direct investment, ``capital_bn`` the capital stock of the host,
    ``net_position_bn`` the host's own direct investment abroad less the inward;
    ``concentration`` is the sum of squared shares, from 0 to 1.
    """

    host: str
    host_name: str
    year: int | None
    total_bn: float | None
    capital_bn: float | None
    net_position_bn: float | None
    concentration: float | None
    rows: tuple[CapitalRow, ...] = ()
    withdrawals: tuple[WithdrawalRow, ...] = ()
    note: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProjectRow:
    """One project: what it costs, who pays, and in which year it can start.

    ``start_all`` is the year of its start with every financier, ``start_without_coercer`` without
    the coercer's money, ``start_without_partners`` without that of new partners; ``None`` is
    "not within the years looked at". ``financed`` are (financier, US$ bn) with every financier.
    """

    id: str
    title: str
    cost_bn: float | None = None
    sectors: tuple[str, ...] = ()
    capacity: str = ""
    earliest: int | None = None
    start_all: int | None = None
    start_without_coercer: int | None = None
    start_without_partners: int | None = None
    financed: tuple[tuple[str, float], ...] = ()
    stalled_by: str = ""
    not_quantified: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class FinancierRow:
    """One source of money: how much there is, how much of it the projects use, on which basis."""

    id: str
    title: str
    region: str = ""
    total_bn: float | None = None
    used_bn: float | None = None
    status: str = ""
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class PipelinePage:
    """The projects and who could pay for them, over ``horizon_years`` from ``first_year``.

    ``rule`` says in a sentence what the choice of starts maximises; ``added_percent`` is what
    all started projects add to the protagonist's real income once in place, returns to owners
    abroad paid; ``gap`` is how far the choice may be from the best, as a fraction.
    """

    projects: tuple[ProjectRow, ...] = ()
    financiers: tuple[FinancierRow, ...] = ()
    horizon_years: int = 0
    first_year: int = 0
    rule: str = ""
    added_percent: float | None = None
    added_bn: float | None = None
    gap: float | None = None
    note: str = ""


@dataclass(frozen=True)
class RouteNodeRow:
    """A place of a route network, with its position in degrees."""

    id: str
    name: str
    kind: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class RouteEdgeRow:
    """A line of a route network between two of its places.

    ``controlled`` says whether it crosses the coercer's ground; ``used`` is its flow where the
    network earns most, ``loss_percent`` the part of the largest flow that is lost without it,
    ``cost_usd`` the cost of passing a unit through.
    """

    id: str
    name: str
    start: str
    end: str
    commodity: str
    capacity: float | None
    unit: str
    jurisdictions: tuple[str, ...] = ()
    status: str = ""
    controlled: bool = False
    used: float | None = None
    loss_percent: float | None = None
    cost_usd: float | None = None
    basis: str = ""
    source: str = ""


@dataclass(frozen=True)
class PlannedEdgeRow:
    """A line that is not there yet, and what it would add.

    ``adds_flow`` and ``adds_bypass`` are in the unit of the network (largest flow with and
    without the coercer's ground), ``adds_bn`` is a year's gain in what the exports earn.
    """

    id: str
    name: str
    capacity: float | None
    unit: str
    adds_flow: float | None = None
    adds_bypass: float | None = None
    adds_bn: float | None = None
    status: str = ""
    source: str = ""


@dataclass(frozen=True)
class RouteNetworkRow:
    """The ways by which one commodity leaves, and how much of them avoids the coercer.

    ``max_flow`` is the most that can flow, ``bypass_flow`` the most without the coercer's
    ground, ``bypass_ratio`` the second over the first; ``interdiction`` are (lines closed,
    flow that remains) where the worst lines are closed. ``scope``: whether the flow is that to
    ``all`` markets or only that to those ``abroad``; the worst line and closures are always of all.

    Raises ``InputError`` where a line ends at a place that the network does not hold.
    """

    id: str
    title: str
    commodity: str
    unit: str
    nodes: tuple[RouteNodeRow, ...]
    edges: tuple[RouteEdgeRow, ...]
    max_flow: float | None
    bypass_flow: float | None
    bypass_ratio: float | None
    worst_edge: str = ""
    worst_edge_name: str = ""
    worst_loss_percent: float | None = None
    interdiction: tuple[tuple[int, float], ...] = ()
    planned: tuple[PlannedEdgeRow, ...] = ()
    netback_usd_per_unit: float | None = None
    scope: str = "all"
    note: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = [node.id for node in self.nodes]
        for edge in self.edges:
            for end in (edge.start, edge.end):
                if end not in known:
                    raise InputError(
                        f"network {self.id!r} has no place {end!r}, an end of {edge.id!r}.",
                        nearest(end, known),
                    )


@dataclass(frozen=True)
class TieRow:
    """Which layers of ties join the actor and one partner.

    ``affinity`` is how alike they vote, from 0 to 1; ``status`` says how the ties are known.
    """

    partner: str
    partner_name: str
    layers: tuple[str, ...] = ()
    affinity: float | None = None
    status: str = ""


@dataclass(frozen=True)
class ReachRow:
    """How much of something the actor reaches within ``steps`` ties, before and after the deals.

    The percents are of the whole of ``what`` ("world GDP", "mediators");
    ``with_coercer_percent`` is what is reached after the deals through the coercer too.
    """

    what: str
    before_percent: float | None
    after_percent: float | None
    with_coercer_percent: float | None
    steps: int
    note: str = ""


@dataclass(frozen=True)
class NewTieRow:
    """What one more tie would add to the actor's reach, in points of percent."""

    partner: str
    partner_name: str
    layer: str
    adds_gdp_percent: float | None
    adds_mediators_percent: float | None
    note: str = ""


@dataclass(frozen=True)
class TiesPage:
    """With whom the actor is tied, whom it reaches without the coercer, and through whom.

    ``betweenness`` (0 to 1) is how often it stands between two others, ``constraint`` Burt's
    measure of how much its ties hang on one partner; ``mediators`` are (name, how reached).
    """

    actor: str
    actor_name: str
    coercer_name: str
    layers: tuple[str, ...] = ()
    reach: tuple[ReachRow, ...] = ()
    ties: tuple[TieRow, ...] = ()
    new_ties: tuple[NewTieRow, ...] = ()
    betweenness: float | None = None
    betweenness_rank: int | None = None
    constraint: float | None = None
    affinity_coercer: float | None = None
    mediators: tuple[tuple[str, str], ...] = ()
    note: str = ""
    sources: tuple[str, ...] = ()
