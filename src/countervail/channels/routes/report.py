"""Everything about one network and one coercer: reach, bypass, weak points, worth of new edges."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countervail.channels.arguments import each_a, names_in, whole
from countervail.channels.routes.flows import MaxFlow, certified_flow, losses, max_flow
from countervail.channels.routes.interdict import Interdiction, interdict
from countervail.channels.routes.netback import Netback, market_netbacks, netback
from countervail.channels.routes.network import RouteEdge, RouteNetwork
from countervail.errors import require_kind

if TYPE_CHECKING:
    import pandas as pd

SCOPES = {
    "all": "all markets",
    "abroad": "markets abroad",
    "others": "markets outside the coercer",
}
"""The sets of markets that are told apart, in words."""
_MOST = 100  # edges removed at once; far more than any network could lose


@dataclass(frozen=True)
class Reach:
    """How much reaches a set of markets: over all edges, and over those the coercer lacks.

    ``flow`` and ``bypass`` in the unit of the network; ``ratio`` = bypass / flow, None where
    nothing flows.
    """

    scope: str
    flow: float
    bypass: float
    ratio: float | None


@dataclass(frozen=True)
class EdgeWorth:
    """What a new edge adds: flow and bypass flow in the unit of the network, money a year.

    ``adds_bypass_abroad``: the same to markets abroad; None where suppliers are everywhere.
    """

    edge: RouteEdge
    adds_flow: float
    adds_bypass: float
    adds_bypass_abroad: float | None
    adds_million_usd: float


@dataclass(frozen=True)
class RouteReport:
    """How much of a network's flow a coercer can stop, and what would change that.

    ``reach`` by scope; ``losses``: what the flow to all markets loses without each edge,
    unit of the network; ``flow.cut``: the edges that limit the flow; ``interdiction``: any
    single edges removed, budget 0 and up; ``controlled``: only edges on the coercer's ground;
    ``worth`` of edges that are planned or being built; ``netback`` and ``market_netbacks``
    (USD per unit); ``unclosed``: the flow to all markets with nothing closed;
    ``certificate``: relative gap of maximum flow, minimum cut and linear programme.
    """

    network: RouteNetwork
    coercer: tuple[str, ...]
    sources: tuple[str, ...] | None
    edges: tuple[RouteEdge, ...]
    reach: tuple[Reach, ...]
    flow: MaxFlow
    losses: dict[str, float]
    interdiction: tuple[Interdiction, ...]
    controlled: tuple[Interdiction, ...]
    worth: tuple[EdgeWorth, ...]
    netback: Netback
    market_netbacks: dict[str, float]
    unclosed: float
    certificate: float

    @property
    def bypass_ratio(self) -> float | None:
        """Flow to all markets without the coercer's ground, over that with it."""
        return self.reach[0].ratio

    @property
    def worst(self) -> RouteEdge | None:
        """The single edge without which most is lost; None where no edge is missed.

        Sea lanes and deliveries that stand for many lines do not count as one edge.

        Where two lose the same, a line comes before a country's plants taken together.
        """
        least = 1e-9 * self.flow.value
        lost = [e for e in self.edges if e.single and self.losses[e.id] > least]
        order = sorted(
            lost, key=lambda e: (-round(self.losses[e.id], 9), e.kind == "terminal", e.id)
        )
        return order[0] if order else None

    def loss_percent(self, edge: str) -> float | None:
        """Percent of the flow to all markets that is lost without ``edge``; None if not in use."""
        if edge not in self.losses or self.flow.value == 0.0:
            return None
        return 100.0 * self.losses[edge] / self.flow.value

    @property
    def table(self) -> pd.DataFrame:
        """One row per edge in use: capacity, flow, loss without it, cost, control, basis."""
        import pandas as pd

        unit = self.network.unit
        return pd.DataFrame(
            [
                {
                    "edge": e.id,
                    "name": e.name,
                    f"capacity ({unit})": self.network.amount(e),
                    f"used in the best sales ({unit})": self.netback.flows[e.id],
                    "lost without it (%)": self.loss_percent(e.id),
                    f"cost ({self.network.price_unit})": e.cost_usd,
                    f"worth of more capacity ({self.network.price_unit})": self.netback.shadow[
                        e.id
                    ],
                    "crosses the coercer": self.network.crosses(e, self.coercer),
                    "basis": e.basis,
                    "source": e.source,
                }
                for e in self.edges
            ]
        ).set_index("edge")


def route_report(
    network: RouteNetwork,
    coercer: Sequence[str] = ("USA",),
    *,
    sources: Collection[str] | None = None,
    added: Collection[str] = (),
    closed: Collection[str] = (),
    budgets: Sequence[int] = (0, 1, 2, 3),
) -> RouteReport:
    """How much can flow, how much of it without the coercer's ground, and what would change it.

    ``coercer``: ISO3 codes of countries whose edges may be shut; ``sources``: ISO3 codes of
    the countries whose supplies count (None: all); ``added``: planned edges to take as built;
    ``closed``: edges or passages that are shut; ``budgets``: numbers of edges removed at once.
    Flows are in the unit of the network, money in million USD a year at the prices of its
    markets. Raises ``UnknownLabelError``, ``OptionError``, and ``FlowError`` where maximum
    flow, minimum cut and linear programme differ by more than 1e-9.

    Source: Ford & Fulkerson (1956) for flows and cuts, Wood (1993) for interdiction.
    """
    require_kind(network, "network", RouteNetwork, "cv.read_routes()['canada-oil']")
    against = network.countries(coercer, "coercer")
    supplying = None if sources is None else network.sellers(sources)
    closed = names_in(closed, "closed", "['hormuz']")
    counts = each_a(budgets, "budgets", int, "budgets=(0, 1, 2)")
    counts = tuple(whole(count, "a budget", 0, _MOST, "budgets=(0, 1, 2)") for count in counts)
    edges = network.open_edges(added, closed)
    most, gap = certified_flow(network, edges, sources=supplying)
    by_way_of = [e.id for e in edges if network.crosses(e, against)]
    single = [e.id for e in edges if e.single]
    reach = tuple(_reach(network, edges, against, supplying))
    sales = netback(network, edges, sources=supplying)
    return RouteReport(
        network=network,
        coercer=against,
        sources=supplying,
        edges=edges,
        reach=reach,
        flow=most,
        losses=losses(network, edges, most, sources=supplying),
        interdiction=tuple(
            interdict(network, edges, r, within=single, sources=supplying) for r in counts
        ),
        controlled=tuple(
            interdict(network, edges, r, within=by_way_of, sources=supplying) for r in counts
        ),
        worth=tuple(
            _worth(network, edges, new, against, supplying, reach, sales)
            for new in network.planned
            if _counts(network, new, edges, closed, supplying)
        ),
        netback=sales,
        market_netbacks=market_netbacks(network, edges, supplying),
        unclosed=max_flow(network, network.open_edges(added), sources=supplying).value,
        certificate=gap,
    )


def _counts(
    network: RouteNetwork,
    new: RouteEdge,
    edges: Sequence[RouteEdge],
    closed: Collection[str],
    sources: Collection[str] | None,
) -> bool:
    """Whether ``new`` is still to be built, may be, and does not start at a seller left out."""
    start = network.node(new.start)
    ours = sources is None or start.kind != "supply" or start.country in sources
    shut = new.id in closed or new.passage in closed
    return ours and not shut and new.id not in {e.id for e in edges}


def _reach(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    against: Collection[str],
    sources: Collection[str] | None,
    scopes: Collection[str] = tuple(SCOPES),
) -> list[Reach]:
    around = [e for e in edges if not network.crosses(e, against)]
    found = []
    for scope, markets in _scopes(network, against, sources).items():
        if scope not in scopes:
            continue
        flow = max_flow(network, edges, sources=sources, markets=markets).value
        bypass = max_flow(network, around, sources=sources, markets=markets).value
        found.append(Reach(scope, flow, bypass, bypass / flow if flow > 0 else None))
    return found


def _scopes(
    network: RouteNetwork, against: Collection[str], sources: Collection[str] | None
) -> dict[str, set[str] | None]:
    """Markets by scope; "abroad" only where one country sells."""
    sold = [n for n in network.nodes if n.sells]
    sellers = set(network.suppliers if sources is None else sources)
    scopes: dict[str, set[str] | None] = {"all": None}
    if len(sellers) == 1:
        scopes["abroad"] = {n.id for n in sold if n.country not in sellers}
    scopes["others"] = {n.id for n in sold if n.country not in against}
    return scopes


def _worth(
    network: RouteNetwork,
    edges: Sequence[RouteEdge],
    new: RouteEdge,
    against: Collection[str],
    sources: Collection[str] | None,
    before: Sequence[Reach],
    sales: Netback,
) -> EdgeWorth:
    """What ``new`` adds to the reach and the sales there are ``before``, if it alone is built."""
    more = (*edges, new)
    after = _reach(network, more, against, sources, ("all", "abroad"))
    known = {was.scope: was for was in before}
    pairs = {now.scope: (known[now.scope], now) for now in after}
    bypass = {scope: max(0.0, now.bypass - was.bypass) for scope, (was, now) in pairs.items()}
    earned = netback(network, more, sources=sources).million_usd
    return EdgeWorth(
        edge=new,
        adds_flow=max(0.0, pairs["all"][1].flow - pairs["all"][0].flow),
        adds_bypass=bypass["all"],
        adds_bypass_abroad=bypass.get("abroad"),
        adds_million_usd=max(0.0, earned - sales.million_usd),
    )
