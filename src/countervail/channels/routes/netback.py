"""What routes are worth: the flows that earn most at given prices, and what an edge adds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from countervail.channels.arguments import names_in
from countervail.channels.routes.flows import balance, programme
from countervail.channels.routes.network import RouteEdge, RouteNetwork, RouteNode, Routes
from countervail.errors import OptionError, require_kind

_USED = 1e-9
_NEAR = 0.02


@dataclass(frozen=True)
class Netback:
    """The flows that earn most when prices and costs are given.

    ``million_usd``: prices less costs of moving, a year; ``flows`` by edge and ``sold`` by
    market, in the unit of the network; ``shadow``: what one more unit of capacity of an edge
    would earn, USD per unit; ``per_unit``: the average over what is sold, USD per unit.
    """

    million_usd: float
    flows: Mapping[str, float]
    sold: Mapping[str, float]
    shadow: Mapping[str, float]
    per_unit: float | None


@dataclass(frozen=True)
class RouteEffect:
    """What a new route offers its owner: how much, where to, and the gain per unit.

    ``capacity`` in ``unit``; ``gain``: what a unit earns more with the edge than without it,
    USD per unit, never negative; ``price``: what a unit brings at the markets reached;
    ``million_usd``: the capacity at that price, a year; ``markets``: regions with the shares
    of it, by what the best-paying markets can take; ``used``: the flow in the optimum.
    """

    edge: str
    name: str
    network: str
    capacity: float
    unit: str
    gain: float
    price: float
    million_usd: float
    markets: Mapping[str, float]
    used: float
    source: str
    note: str


def netback(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    *,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> Netback:
    """The flows over ``edges`` that earn the most: prices at markets less costs on the way.

    A linear programme at given prices: nothing that is sold moves a price. ``sources`` and
    ``markets`` as in ``max_flow``. Raises ``FlowError``.
    """
    import numpy as np

    rows = balance(network, edges, sources, markets)
    costs = [edge.cost_usd for edge in rows.edges]
    prices = [node.price_usd or 0.0 for node in rows.markets]
    loss = np.array([*costs, *([0.0] * len(rows.supplies)), *(-price for price in prices)])
    found = programme(network, rows, loss)
    flow = np.maximum(found.x, 0.0)
    first = len(rows.edges) + len(rows.supplies)
    sold = float(flow[first:].sum())
    return Netback(
        million_usd=-float(found.fun) * network.million_usd,
        flows={e.id: float(f) for e, f in zip(rows.edges, flow, strict=False)},
        sold={m.id: float(f) for m, f in zip(rows.markets, flow[first:], strict=True)},
        shadow={
            e.id: max(0.0, -float(d))
            for e, d in zip(rows.edges, found.upper.marginals, strict=False)
        },
        per_unit=-float(found.fun) / sold if sold > _USED else None,
    )


def market_netbacks(
    network: RouteNetwork, edges: Sequence[RouteEdge], sources: Collection[str] | None = None
) -> dict[str, float]:
    """Price less the cheapest way there, by market, USD per unit; markets out of reach: none.

    Capacities are left aside: what a unit earns that finds room.
    """
    import networkx as nx

    graph = nx.DiGraph()
    for edge in edges:
        known = graph.get_edge_data(edge.start, edge.end)
        cost = edge.cost_usd if known is None else min(edge.cost_usd, known["weight"])
        graph.add_edge(edge.start, edge.end, weight=cost)
    starts = {
        n.id
        for n in network.nodes
        if n.kind == "supply" and n.id in graph and (sources is None or n.country in sources)
    }
    if not starts:
        return {}
    cheapest = nx.multi_source_dijkstra_path_length(graph, starts)
    return {
        n.id: (n.price_usd or 0.0) - cheapest[n.id]
        for n in network.nodes
        if n.sells and n.id in cheapest
    }


def sellers_over(network: RouteNetwork, edge: str) -> tuple[str, ...]:
    """The countries (ISO3 codes) whose supplies can reach ``edge`` over open edges."""
    import networkx as nx

    new = network.edge(edge)
    added = [] if new.status == "operating" else [edge]
    graph = nx.DiGraph((e.start, e.end) for e in network.open_edges(added))
    if new.start not in graph:
        return ()
    before = {new.start, *nx.ancestors(graph, new.start)}
    found = (n.country for n in network.nodes if n.kind == "supply" and n.id in before)
    return tuple(dict.fromkeys(found))


def route_effect(
    routes: Routes,
    edge: str,
    *,
    network: str | None = None,
    sources: Collection[str] | None = None,
    closed: Collection[str] = (),
) -> RouteEffect:
    """What one planned edge, or one that is being built, does for those who sell over it.

    ``edge``: its id; ``network``: which network it is in, where several have it; ``sources``:
    ISO3 codes of the sellers, None: the countries that supply a national network, else the
    country that the edge crosses; ``closed``: edges or passages that are shut meanwhile. The
    gain per unit is the difference of the largest earnings with and without the edge over the
    flow on it. Raises ``UnknownLabelError`` for what the network lacks, and ``OptionError`` for an
    edge that operates and for what is no networks, no name and no list of names.

    Source: definition of this program; prices do not move with what is sold.
    """
    require_kind(routes, "routes", Routes, "cv.read_routes()")
    chosen = routes[network] if network is not None else routes.holding(edge)
    new = chosen.edge(edge)
    closed = names_in(closed, "closed", "['hormuz']")
    if sources is None:
        sources = [c for c in chosen.suppliers if c in new.jurisdictions] or chosen.suppliers
    else:
        sources = chosen.sellers(sources)
    with_it = chosen.open_edges([edge], closed)
    without = [e for e in with_it if e.id != edge]
    if len(without) == len(with_it):
        raise OptionError(f"{edge} is both added and closed.", "Take it out of one of them.")
    after = netback(chosen, with_it, sources=sources)
    before = netback(chosen, without, sources=sources)
    used = after.flows[edge]
    gain, note = 0.0, "At these prices nothing flows over it: other routes earn more."
    if used > _USED:
        gain = max(0.0, after.million_usd - before.million_usd) / (used * chosen.million_usd)
        note = ""
    reached = _markets(chosen, with_it, new.end)
    price = sum(share * (node.price_usd or 0.0) for node, share in reached.values())
    markets: dict[str, float] = {}
    for node, share in reached.values():
        for region, weight in node.regions:
            markets[region] = markets.get(region, 0.0) + share * weight
    amount = chosen.amount(new)
    return RouteEffect(
        edge=edge,
        name=new.name,
        network=chosen.id,
        capacity=amount,
        unit=chosen.unit,
        gain=gain,
        price=price,
        million_usd=amount * price * chosen.million_usd,
        markets=markets,
        used=used,
        source=f"network {chosen.id}: {new.source or new.basis}",
        note=note,
    )


def _markets(
    network: RouteNetwork, edges: Sequence[RouteEdge], start: str
) -> dict[str, tuple[RouteNode, float]]:
    """The markets that pay best from ``start`` on, with shares in proportion to what they take.

    Those within 2 % of the best count as equal: which of them a programme would fill first
    says nothing.
    """
    costs = {start: 0.0}
    for _ in network.nodes:
        for edge in edges:
            if edge.start in costs:
                cost = costs[edge.start] + edge.cost_usd
                costs[edge.end] = min(cost, costs.get(edge.end, cost))
    earns = {
        n.id: (n.price_usd or 0.0) - costs[n.id] for n in network.nodes if n.sells and n.id in costs
    }
    if not earns:
        return {}
    best = max(earns.values())
    near = [network.node(name) for name, left in earns.items() if left >= best - _NEAR * abs(best)]
    takes = {
        n.id: min(
            sum(network.amount(e) for e in edges if e.end == n.id),
            float("inf") if n.volume is None else n.volume,
        )
        for n in near
    }
    total = sum(takes.values()) or 1.0
    return {n.id: (n, takes[n.id] / total) for n in near}
