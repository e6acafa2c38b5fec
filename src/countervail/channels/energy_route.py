"""Energy routes: what a new way to market is worth becomes lower costs of selling there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countervail.channels import say
from countervail.channels.case import Case, sides_of
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.channels.pooled_routes import Way
from countervail.channels.routes.hats import RouteHats, route_cost_hats
from countervail.channels.routes.netback import route_effect, sellers_over
from countervail.channels.routes.network import RouteNetwork
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError
from countervail.scenario.deals import Deal
from countervail.world import registry

_MOST = 0.99  # of the price: what is left of a cost is never nothing
_WHY = (
    "What a unit brings more at the new market than without the route, over its price, is the fall "
    "in the cost of selling the sector's goods there; it goes no further than to where the extra "
    "trade, at given prices, fills the capacity: cost factor = max(1 - gain/price, "
    "(1 + capacity/trade)^(-1/theta)). Routes to one market share it: those that gain most are "
    "filled first. Gain: {source}. Definition of this program."
)


@dataclass(frozen=True)
class Reach:
    """What a route offers: gain and price (USD a unit), capacity (million USD a year), markets."""

    id: str
    name: str
    gain: float
    price: float
    capacity: float
    markets: Mapping[str, float]
    source: str


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the route does at a chance of delivery p: costs fall, in logs, p times as much.

    ``route``: a planned edge of a network, or markets, gain, price and capacity. Where the
    coercer has ended all trade, the gain of an edge is found anew with its lines shut. Raises
    ``InputError`` where an edge or a market is not known.
    """
    world = case.world
    if deal.route is None:
        return nothing(world, deal.id, deal.kind, delivery, "No route is given (`route`).")
    ours = sides_of(case, deal).ours or case.protagonist
    reach = _reach(case, deal, ours, shut=False)
    if isinstance(reach, str):
        return nothing(world, deal.id, deal.kind, delivery, reach)
    named = world.labels.resolve_sectors(deal.route.sector)
    if len(named) != 1:
        raise InputError(
            f"route.sector = {deal.route.sector!r} means {len(named)} sectors of {world.name}.",
            "Name the one sector that the energy belongs to, for example mining.",
        )
    (sector,) = named
    full = _hats(case, ours, reach, sector)
    bound = say.listed([case.name(m) for m in full.bound]) if full.bound else ""
    none = say.listed([case.name(m) for m in full.empty]) if full.empty else ""
    names = say.listed([case.name(m) for m in reach.markets])
    told = [
        f"{reach.name}: capacity for {say.money(reach.capacity)} a year to {names}, where a unit "
        f"brings US$ {reach.gain:.2g} more of US$ {reach.price:.3g}; costs of {case.name(ours)}'s "
        f"{case.sectors([sector])} there {say.percent(-reach.gain / reach.price)} at most"
        + (f", bound by capacity for {bound}" if bound else "")
        + (f"; nothing for {none}, which buys none today" if none else "")
    ]
    cut = None
    closed = _reach(case, deal, ours, shut=True) if case.coercer else reach
    if isinstance(closed, Reach) and closed.gain != reach.gain:
        cut = _struck(case, closed, _hats(case, ours, closed, sector), delivery)
        told.append(
            f"where the lines over the coercer's ground are shut a unit brings "
            f"US$ {closed.gain:.3g} more, and costs fall as far as capacity allows"
        )
    return Move(
        deal.id,
        deal.kind,
        delivery,
        _struck(case, reach, full, delivery),
        Pieces(Shock(world)),
        cut=cut,
        moves=tuple(told),
        why=_WHY.format(source=reach.source),
        indicators=(
            Indicator("gain per unit at the new market", reach.gain, "USD"),
            Indicator("capacity", reach.capacity, "million USD a year"),
        ),
    )


def _hats(case: Case, ours: str, reach: Reach, sector: str) -> RouteHats:
    return route_cost_hats(
        case.world,
        ours,
        reach.markets,
        sector,
        _gain(reach),
        reach.capacity,
        case.closure.elasticity_factor,
    )


def _gain(reach: Reach) -> float:
    return min(reach.gain / reach.price, _MOST)


def _struck(case: Case, reach: Reach, full: RouteHats, delivery: float) -> Pieces:
    gain = _gain(reach)
    ways = {
        cell: (Way(reach.id, gain, capacity, delivery),)
        for cell, capacity in full.capacity.items()
        if delivery and gain and capacity
    }
    return Pieces(Shock(case.world), ways=ways, factor=case.closure.elasticity_factor)


def _sellers(case: Case, deal: Deal, network: RouteNetwork, ours: str) -> list[str]:
    """The countries inside our side's region that can sell over the edge; an error if none can."""
    assert deal.route is not None
    assert deal.route.edge is not None
    able = sellers_over(network, deal.route.edge)
    found = [c for c in able if case.world.labels.region_that_holds(c) == ours]
    if not found:
        known = registry.regions()
        names = say.listed([say.the(known[c].name) if c in known else c for c in able])
        raise InputError(
            f"route.edge = {deal.route.edge!r}: nothing that {case.name(ours)} supplies reaches "
            f"it in the network {network.id}; supplies of {names or 'no country'} do.",
            "Name an edge that the deal's own side can sell over, or give `markets`, `gain`, "
            "`price` and `capacity`.",
        )
    return found


def _reach(case: Case, deal: Deal, ours: str, *, shut: bool) -> Reach | str:
    route = deal.route
    assert route is not None
    found: Reach | None = None
    if route.edge is not None:
        network = case.layers.routes.holding(route.edge)
        if route.network is not None:
            network = case.layers.routes[route.network]
        theirs = [e.id for e in network.edges if set(e.jurisdictions) & set(case.coercer)]
        effect = route_effect(
            case.layers.routes,
            route.edge,
            network=network.id,
            sources=_sellers(case, deal, network, ours),
            closed=theirs if shut else (),
        )
        found = Reach(
            f"{network.id}/{route.edge}",
            effect.name,
            effect.gain,
            effect.price,
            effect.million_usd,
            effect.markets,
            effect.source,
        )
    gain, price, capacity = (
        getattr(found, key, None) if given is None else given
        for key, given in (
            ("gain", route.gain),
            ("price", route.price),
            ("capacity", route.capacity),
        )
    )
    markets = found.markets if found else {}
    if route.markets is not None:
        named = case.world.labels.resolve_regions(list(route.markets))
        markets = dict.fromkeys(named, 1.0 / len(named))
    markets = {m: share for m, share in markets.items() if m in case.world.regions}
    if gain is None or price is None or capacity is None or not markets:
        return "A route needs a planned `edge`, or its `markets`, `gain`, `price` and `capacity`."
    if gain >= price:
        raise InputError(
            f"a gain of {gain:g} on a price of {price:g} leaves no cost.",
            "Give gain and price per unit, in US dollars; the gain is the smaller.",
        )
    name = found.name if found else "A new route"
    source = found.source if found else "the entry"
    return Reach(found.id if found else deal.id, name, gain, price, capacity, markets, source)
