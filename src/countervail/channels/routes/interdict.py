"""Which edges an adversary would take out, and which to protect.

A budget R buys edges at a price each (1 by default); what is left is the least maximum
flow. The minimum over removals of a maximum over flows becomes one mixed-integer
programme, since the flow's dual is a minimum cut: a cut edge counts with its capacity
unless it was removed (Wood 1993).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from countervail.channels.routes.flows import balance, max_flow
from countervail.channels.routes.network import RouteEdge, RouteNetwork
from countervail.errors import FlowError, OptionError

MOST_ENUMERATED = 30
_AGREEMENT = 1e-6


@dataclass(frozen=True)
class Interdiction:
    """The worst that a budget can do: the edges removed, and the flow that remains."""

    budget: float
    removed: tuple[str, ...]
    remaining: float


@dataclass(frozen=True)
class Protection:
    """What protecting one edge saves: the flow that remains when it cannot be removed."""

    edge: str
    remaining: float
    saved: float


def interdict(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    budget: float,
    *,
    prices: Mapping[str, float] | None = None,
    within: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> Interdiction:
    """The removal of edges for at most ``budget`` that leaves the least maximum flow.

    ``prices``: what removing an edge costs (1 where not named); ``within``: ids of the
    edges that can be removed at all (None: every one); ``sources`` and ``markets`` as in
    ``max_flow``. The flow that is handed out is computed anew without the removed edges.
    Raises ``OptionError`` for a negative budget or a price that is not positive, and
    ``FlowError`` where the programme and that flow disagree.

    Source: Wood (1993), Mathematical and Computer Modelling 17(2), by HiGHS.
    """
    cost = {e.id: 1.0 if prices is None else prices.get(e.id, 1.0) for e in edges}
    _sane(budget, cost)
    open_to = [e.id for e in edges if within is None or e.id in within]
    removed: tuple[str, ...] = ()
    bound = None
    if open_to and budget >= min(cost[name] for name in open_to):
        removed, bound = _programme(network, edges, budget, cost, set(open_to), sources, markets)

    def flow_without(gone: Collection[str]) -> float:
        left = [e for e in edges if e.id not in gone]
        return max_flow(network, left, sources=sources, markets=markets).value

    remaining = flow_without(removed)
    for name in removed:  # the budget may be larger than there is harm to do
        fewer = tuple(other for other in removed if other != name)
        if flow_without(fewer) <= remaining:
            removed = fewer
    scale = max(1.0, sum(network.amount(e) for e in edges))
    if bound is not None and abs(bound - remaining) > _AGREEMENT * scale:
        raise FlowError(
            f"{network.id}: interdiction leaves {bound:.9g} {network.unit} by the programme and "
            f"{remaining:.9g} by the flow that remains.",
            "Capacities that differ by many orders of magnitude can cause this; check the units.",
        )
    return Interdiction(budget, removed, remaining)


def _sane(budget: float, cost: Mapping[str, float]) -> None:
    if not budget >= 0 or budget == float("inf"):
        raise OptionError(
            f"a budget of {budget:g} cannot be spent.", "Give a number of edges: 0, 1, 2 or 3."
        )
    for name, price in cost.items():
        if not price > 0:
            raise OptionError(
                f"removing {name} costs {price:g}; a price is above 0.",
                "Leave the edge out of `within` if it cannot be removed.",
            )


def _programme(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    budget: float,
    cost: Mapping[str, float],
    open_to: set[str],
    sources: Collection[str] | None,
    markets: Collection[str] | None,
) -> tuple[tuple[str, ...], float]:
    """Columns: side of every node (0 with the source, 1 with the sink), cut arcs, removed edges."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = balance(network, edges, sources, markets)
    nodes, arcs, many = rows.matrix.shape[0], rows.upper.size, len(edges)
    # An arc is cut where its head lies farther over than its tail; the outside is fixed.
    sides = np.zeros((arcs, nodes + arcs + many))
    sides[:, :nodes] = -rows.matrix.T
    sides[:, nodes : nodes + arcs] = np.eye(arcs)
    sides[:many, nodes + arcs :] = np.eye(many)
    least = np.zeros(arcs)
    least[many + len(rows.supplies) :] = 1.0
    spent = np.concatenate([np.zeros(nodes + arcs), [cost[e.id] for e in edges]])
    scale = max(float(rows.upper[:many].max(initial=0.0)), 1e-300)
    upper = np.ones(nodes + arcs + many)
    upper[nodes + arcs :] = [1.0 if e.id in open_to else 0.0 for e in edges]
    found = milp(
        np.concatenate([np.zeros(nodes), rows.upper / scale, np.zeros(many)]),
        integrality=np.concatenate([np.zeros(nodes + arcs), np.ones(many)]),
        bounds=Bounds(0.0, upper),
        constraints=[
            LinearConstraint(sides, lb=least),
            LinearConstraint(spent[None, :], ub=budget),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if found.status != 0:
        raise FlowError(
            f"{network.id}: the interdiction could not be computed ({found.message}).",
            "Check the capacities and units of its edges.",
        )
    chosen = np.asarray(found.x)[nodes + arcs :] > 0.5
    removed = tuple(e.id for e, out in zip(edges, chosen, strict=True) if out)
    return removed, float(found.fun) * scale


def protect(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    budget: float,
    *,
    within: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> tuple[Protection, ...]:
    """What protecting each single edge saves against ``interdict``, the best first.

    By enumeration, so that it is exact: at most 30 edges may be open to removal
    (``OptionError`` above). An edge that the adversary would not take saves nothing.
    """
    open_to = [e.id for e in edges if within is None or e.id in within]
    if len(open_to) > MOST_ENUMERATED:
        raise OptionError(
            f"{network.id}: {len(open_to)} edges could be removed; protection is enumerated for "
            f"{MOST_ENUMERATED} at most.",
            "Name the edges that an adversary can reach (`within`).",
        )

    def worst(within: Collection[str]) -> Interdiction:
        return interdict(network, edges, budget, within=within, sources=sources, markets=markets)

    bare = worst(open_to)
    saved = []
    for name in bare.removed:
        rest = [other for other in open_to if other != name]
        left = worst(rest).remaining
        saved.append(Protection(name, left, left - bare.remaining))
    return tuple(sorted(saved, key=lambda one: (-one.saved, one.edge)))
