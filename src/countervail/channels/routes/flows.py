"""How much can flow: maximum flows with their minimum cuts, bypass, the loss of each edge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countervail.channels.routes.network import RouteEdge, RouteNetwork, RouteNode
from countervail.errors import FlowError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

AGREEMENT = 1e-9
"""How far, relatively, two ways of computing a maximum flow may differ."""

_SOURCE, _SINK = ("source", ""), ("sink", "")


@dataclass(frozen=True)
class MaxFlow:
    """The most that can flow, in the unit of the network, and what limits it.

    ``flows``: by edge, one way of reaching it; ``cut``: edges whose capacities, with the
    limits of the nodes ``cut_nodes``, add up to ``value``: the proof that no more is possible.
    """

    value: float
    flows: dict[str, float]
    cut: tuple[str, ...]
    cut_nodes: tuple[str, ...]


def ends(
    network: RouteNetwork, sources: Collection[str] | None, markets: Collection[str] | None
) -> tuple[list[RouteNode], list[RouteNode]]:
    """Supplies in the countries ``sources`` and markets called ``markets``; None: all of them."""
    supplies = [
        n for n in network.nodes if n.kind == "supply" and (sources is None or n.country in sources)
    ]
    sold = [n for n in network.nodes if n.sells and (markets is None or n.id in markets)]
    return supplies, sold


def max_flow(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    *,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> MaxFlow:
    """The maximum flow over ``edges`` from supplies to markets, with a minimum cut.

    ``sources``: ISO3 codes of the countries whose supplies count; ``markets``: ids of the
    nodes that do (None: all). Source: Ford & Fulkerson (1956); augmenting along shortest
    paths, which ends whatever the capacities (Edmonds & Karp 1972).
    """
    import networkx as nx

    graph, _ = _graph(network, edges, sources, markets)
    residual = nx.algorithms.flow.shortest_augmenting_path(graph, _SOURCE, _SINK)
    reached = _reachable(residual)
    cut = [v for u, v in graph.edges if u in reached and v not in reached]
    # An arc without capacity is not in the residual graph at all.
    flows = {
        e.id: max(0.0, residual[("node", e.start)].get(("edge", e.id), {"flow": 0.0})["flow"])
        for e in edges
    }
    touched = [u if v == _SINK else v for u, v in graph.edges if u in reached and v not in reached]
    return MaxFlow(
        value=float(residual.graph["flow_value"]),
        flows=flows,
        cut=tuple(sorted(name for kind, name in cut if kind == "edge")),
        cut_nodes=tuple(sorted(name for kind, name in touched if kind == "node")),
    )


def _graph(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    sources: Collection[str] | None,
    markets: Collection[str] | None,
) -> tuple[Any, float]:
    """A graph whose edges pass through a node of their own, so that parallel ones stay apart."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from((_SOURCE, _SINK))
    for edge in edges:
        inside = ("edge", edge.id)
        graph.add_edge(("node", edge.start), inside, capacity=network.amount(edge))
        graph.add_edge(inside, ("node", edge.end))
    supplies, sold = ends(network, sources, markets)
    # An unlimited node is limited by its edges; a stated bound keeps the sums finite.
    most = sum(network.amount(edge) for edge in edges) + 1.0
    for node in supplies:
        graph.add_edge(_SOURCE, ("node", node.id), capacity=_limit(node, most))
    for node in sold:
        graph.add_edge(("node", node.id), _SINK, capacity=_limit(node, most))
    return graph, most


def _limit(node: RouteNode, most: float) -> float:
    return most if node.volume is None else node.volume


def _reachable(residual: Any) -> set[object]:
    """What can still be reached from the source when the flow is maximal."""
    scale = max((a["capacity"] for _, _, a in residual.edges(data=True)), default=1.0)
    scale = min(scale, residual.graph["inf"])
    seen: set[object] = {_SOURCE}
    waiting = [_SOURCE]
    while waiting:
        u = waiting.pop()
        for v, arc in residual[u].items():
            if v not in seen and arc["capacity"] - arc["flow"] > 1e-12 * scale:
                seen.add(v)
                waiting.append(v)
    return seen


def cut_capacity(network: RouteNetwork, found: MaxFlow) -> float:
    """The capacity of the minimum cut of ``found``: equal to its value."""
    nodes = sum(network.node(name).volume or 0.0 for name in found.cut_nodes)
    return sum(network.amount(network.edge(name)) for name in found.cut) + nodes


def certified_flow(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    *,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> tuple[MaxFlow, float]:
    """``max_flow`` with its certificate: the relative gap to its cut and to a linear programme.

    The programme is solved by HiGHS, which shares nothing with the augmenting paths. Raises
    ``FlowError`` where they differ by more than 1e-9.
    """
    found = max_flow(network, edges, sources=sources, markets=markets)
    other = _flow_by_programme(network, edges, sources, markets)
    scale = max(found.value, 1e-300)
    gap = max(abs(cut_capacity(network, found) - found.value), abs(other - found.value)) / scale
    if found.value == other == 0.0:
        gap = 0.0
    if gap > AGREEMENT:
        raise FlowError(
            f"{network.id}: the maximum flow is {found.value:.12g} {network.unit} by augmenting "
            f"paths, {cut_capacity(network, found):.12g} by its cut and {other:.12g} by linear "
            "programming.",
            "Capacities that differ by many orders of magnitude can cause this; check the units.",
        )
    return found, gap


@dataclass(frozen=True)
class Balance:
    """The linear constraints of flows: columns are edges, then supplies, then sales.

    ``matrix`` (node, column) times the columns is zero; ``upper`` (column,) are the limits;
    every number is in the unit of the network.
    """

    matrix: Array
    upper: Array
    edges: tuple[RouteEdge, ...]
    supplies: tuple[RouteNode, ...]
    markets: tuple[RouteNode, ...]


def balance(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    sources: Collection[str] | None,
    markets: Collection[str] | None,
) -> Balance:
    """What flows in must flow out, at every node."""
    import numpy as np

    supplies, sold = ends(network, sources, markets)
    row = {node.id: n for n, node in enumerate(network.nodes)}
    matrix = np.zeros((len(row), len(edges) + len(supplies) + len(sold)))
    for n, edge in enumerate(edges):
        matrix[row[edge.start], n] -= 1.0
        matrix[row[edge.end], n] += 1.0
    for n, node in enumerate(supplies, len(edges)):
        matrix[row[node.id], n] = 1.0
    for n, node in enumerate(sold, len(edges) + len(supplies)):
        matrix[row[node.id], n] = -1.0
    amounts = [network.amount(edge) for edge in edges]
    limits = [_limit(node, sum(amounts) + 1.0) for node in (*supplies, *sold)]
    return Balance(
        matrix, np.array([*amounts, *limits]), tuple(edges), tuple(supplies), tuple(sold)
    )


def _flow_by_programme(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    sources: Collection[str] | None,
    markets: Collection[str] | None,
) -> float:
    import numpy as np

    found = balance(network, edges, sources, markets)
    gain = np.zeros(found.upper.size)
    gain[len(found.edges) + len(found.supplies) :] = -1.0
    return -float(programme(network, found, gain).fun)


def programme(network: RouteNetwork, rows: Balance, objective: Array) -> Any:
    """The least of ``objective`` over flows, by HiGHS; ``FlowError`` where it finds none."""
    import numpy as np
    from scipy.optimize import linprog

    found = linprog(
        objective,
        A_eq=rows.matrix,
        b_eq=np.zeros(rows.matrix.shape[0]),
        bounds=np.column_stack([np.zeros(rows.upper.size), rows.upper]),
        method="highs",
    )
    if found.status != 0:
        raise FlowError(
            f"{network.id}: the flows could not be computed ({found.message}).",
            "Check the capacities and units of its edges.",
        )
    return found


def losses(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    whole: MaxFlow,
    *,
    sources: Collection[str] | None = None,
    markets: Collection[str] | None = None,
) -> dict[str, float]:
    """What the maximum flow loses without each edge, in the unit of the network.

    Exact: one maximum flow for each edge that ``whole`` uses; without an edge that it does
    not use nothing is lost.
    """
    lost: dict[str, float] = {}
    for edge in edges:
        if whole.flows[edge.id] == 0.0:
            lost[edge.id] = 0.0
            continue
        others = [e for e in edges if e.id != edge.id]
        left = max_flow(network, others, sources=sources, markets=markets).value
        lost[edge.id] = max(0.0, whole.value - left)
    return lost
