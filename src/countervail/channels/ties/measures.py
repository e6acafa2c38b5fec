"""Whom a country reaches without another, through whom, and which new tie would add most."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countervail.channels.ties.graph import Ties
from countervail.errors import OptionError, require_kind
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

Neighbours = Mapping[str, set[str]]
STEPS = 2
_SAME = 1e-12  # gains closer than this share a rank


@dataclass(frozen=True)
class Reach:
    """What an actor reaches within ``steps`` ties.

    ``gdp_percent``: of the GDP of the whole world, the actor's own not among what is reached;
    ``mediators_percent``: of all mediators, the actor left out; ``most_percent``: the GDP of all
    that could be reached at all; ``way``: for each country reached, a shortest chain of countries
    to it, the actor left out; ``ways``: how many countries could be the last before it.
    """

    gdp_percent: float
    mediators_percent: float
    most_percent: float
    steps: int
    way: Mapping[str, tuple[str, ...]]
    ways: Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """How an actor stands in the whole network, the coercer included.

    ``partners``: those it is tied to; ``betweenness``: part of the shortest ways between two
    others that lead over it, 0 to 1, with its rank (1: most; equal ones share it);
    ``constraint``: Burt's, None without ties; ``dependence``: part of its own shortest ways to
    others that lead over the coercer, 0 to 1; ``unreached``: countries without any way;
    ``affinity``: how alike it votes with the coercer, 0 to 1 (the mean of several), with its rank
    among all countries (1: most alike).
    """

    partners: tuple[str, ...]
    betweenness: float
    betweenness_rank: int
    constraint: float | None
    dependence: float
    unreached: int
    affinity: float | None
    affinity_rank: int | None


@dataclass(frozen=True)
class NewTie:
    """What one tie that is absent would add.

    Points of percent of ``Reach.gdp_percent`` and ``Reach.mediators_percent``; ``adds_direct``:
    the partner's own part of world GDP; ``adds_betweenness``: 0 to 1; ``rank``: 1 adds most,
    equal gains share it; ``affinity`` (votes alike, 0 to 1) and ``distance_km`` to the partner.
    """

    partner: str
    rank: int
    adds_gdp: float
    adds_mediators: float
    adds_direct: float
    adds_betweenness: float
    affinity: float | None
    distance_km: float | None


@dataclass(frozen=True)
class NewTies:
    """Every absent tie of an actor with what it adds, the best first."""

    ties: Ties
    actor: str
    without: tuple[str, ...]
    layers: tuple[str, ...]
    steps: int
    rows: tuple[NewTie, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a table; units are in the column names."""
        import pandas as pd

        names = self.ties.names
        frame = pd.DataFrame(
            [
                {
                    "rank": row.rank,
                    "partner": row.partner,
                    "partner_name": names[row.partner],
                    "adds_gdp_points": row.adds_gdp,
                    "adds_mediators_points": row.adds_mediators,
                    "partner_gdp_percent": row.adds_direct,
                    "adds_betweenness": row.adds_betweenness,
                    "affinity": row.affinity,
                    "distance_km": row.distance_km,
                }
                for row in self.rows
            ]
        )
        frame.attrs.update(
            world=self.ties.world.name, base_year=self.ties.world.base_year, actor=self.actor
        )
        return frame


def reach(
    ties: Ties,
    actor: str,
    without: Spec = None,
    layers: Sequence[str] | None = None,
    steps: int = STEPS,
) -> Reach:
    """How much of the world ``actor`` reaches within ``steps`` ties of the chosen ``layers``.

    ``without``: regions or groups that are neither passed through nor counted as reached (the
    coercer); None: nobody. ``layers``: by default all that hold ties; a way may change between
    layers. Rests of the world are in the whole but cannot be reached. Raises ``OptionError``,
    ``UnknownLabelError``.

    Source: definition of this program.
    """
    who, left_out = _sides(ties, actor, without)
    return _reach(ties, ties.neighbours(layers), who, left_out, _counted(steps))


def standing(
    ties: Ties, actor: str, coercer: Spec, layers: Sequence[str] | None = None
) -> Standing:
    """How ``actor`` stands among all ties of the chosen ``layers``, and towards ``coercer``.

    Betweenness counts every two countries the same and leaves out the ends; Burt's constraint
    weighs a tie by the number of layers that hold it (times the value that a file gives).
    ``layers``: by default those that are complete (``Ties.complete``), since a layer known for some
    countries only would put those in the middle. Errors as in ``reach``.

    Source: Freeman (1977), Sociometry 40; Burt (1992), Structural Holes; networkx.
    """
    import networkx as nx

    who, against = _sides(ties, actor, coercer)
    layers = ties.complete if layers is None else layers
    around = ties.neighbours(layers)
    graph = _graph(around)
    nx.set_edge_attributes(graph, ties.strengths(layers), "strength")
    central = nx.betweenness_centrality(graph)
    # By number: networkx walks over sets, and sets of words change order with every process.
    numbered = nx.relabel_nodes(graph, {node: n for n, node in enumerate(around)})
    own = ties.nodes.index(who)
    tight = float(nx.constraint(numbered, nodes=[own], weight="strength")[own])
    dependence, unreached = _dependence(around, who, against)
    alike, rank = _alike(ties, who, against)
    return Standing(
        partners=tuple(sorted(around[who])),
        betweenness=float(central[who]),
        betweenness_rank=1 + sum(v > central[who] + _SAME for v in central.values()),
        constraint=None if math.isnan(tight) else tight,
        dependence=dependence,
        unreached=unreached,
        affinity=alike,
        affinity_rank=rank,
    )


def which_new_tie(
    ties: Ties,
    actor: str,
    without: Spec = None,
    layers: Sequence[str] | None = None,
    steps: int = STEPS,
) -> NewTies:
    """What each tie that ``actor`` lacks in the chosen ``layers`` would add, one at a time.

    Reach is recomputed with the tie, and so is betweenness (by default among complete layers, as
    in ``standing``). The order is by GDP reached, then mediators, then the partner's own GDP, then
    betweenness. Arguments and errors as in ``reach``; nobody in ``without`` is a partner.

    Source: definition of this program.
    """
    import networkx as nx

    who, left_out = _sides(ties, actor, without)
    around, far = ties.neighbours(layers), _counted(steps)
    before = _reach(ties, around, who, left_out, far)
    graph = _graph(ties.neighbours(ties.complete if layers is None else layers))
    between = nx.betweenness_centrality(graph)[who]
    found = []
    for partner in ties.nodes:
        if partner == who or partner in left_out or partner in around[who]:
            continue
        known = graph.has_edge(who, partner)
        graph.add_edge(who, partner)
        more = {**around, who: around[who] | {partner}, partner: around[partner] | {who}}
        after = _reach(ties, more, who, left_out, far)
        found.append(
            NewTie(
                partner=partner,
                rank=0,
                adds_gdp=after.gdp_percent - before.gdp_percent,
                adds_mediators=after.mediators_percent - before.mediators_percent,
                adds_direct=100 * ties.gdp[partner] / ties.world_gdp,
                adds_betweenness=nx.betweenness_centrality(graph)[who] - between,
                affinity=ties.affinity(who, partner),
                distance_km=ties.distance(who, partner),
            )
        )
        if not known:
            graph.remove_edge(who, partner)
    return NewTies(ties, who, left_out, ties.chosen(layers), far, _ranked(found))


def _ranked(found: list[NewTie]) -> tuple[NewTie, ...]:
    def gains(row: NewTie) -> tuple[float, ...]:
        values = (row.adds_gdp, row.adds_mediators, row.adds_direct, row.adds_betweenness)
        return tuple(round(value / _SAME) * _SAME for value in values)

    ordered = sorted(found, key=lambda row: ([-g for g in gains(row)], row.partner))
    ranked: list[NewTie] = []
    for n, row in enumerate(ordered, 1):
        same = bool(ranked) and gains(row) == gains(ranked[-1])
        ranked.append(replace(row, rank=ranked[-1].rank if same else n))
    return tuple(ranked)


def _sides(ties: Ties, actor: str, without: Spec) -> tuple[str, tuple[str, ...]]:
    require_kind(ties, "ties", Ties, "cv.read_ties(world)")
    who = ties.node(actor)
    left_out = ties.group(without)
    if who in left_out:
        raise OptionError(
            f"{actor} cannot do without itself.", "Name the coercer: another region or group."
        )
    return who, left_out


def _counted(steps: int) -> int:
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise OptionError(f"steps={steps!r}: a way has 1 tie or more.", "For example steps=2.")
    return steps


def _reach(
    ties: Ties, around: Neighbours, actor: str, left_out: Iterable[str], steps: int
) -> Reach:
    barred = {actor, *left_out}
    way, ways = _ways(ties, around, actor, barred, steps)
    others = [m for m in ties.mediators if m != actor]
    within = math.fsum(ties.gdp[node] for node in way)  # the order of the sum must not count
    most = math.fsum(gdp for node, gdp in ties.gdp.items() if node not in barred)
    return Reach(
        gdp_percent=100 * within / ties.world_gdp,
        mediators_percent=100 * sum(m in way for m in others) / len(others) if others else 0.0,
        most_percent=100 * most / ties.world_gdp,
        steps=steps,
        way=way,
        ways=ways,
    )


def _ways(
    ties: Ties, around: Neighbours, actor: str, barred: set[str], steps: int
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """(shortest ways to whatever lies within ``steps``, how many countries may come last before).

    Of several shortest ways the one over larger economies is kept.
    """
    way: dict[str, tuple[str, ...]] = {}
    ways: dict[str, int] = {}
    front = [actor]
    for _ in range(steps):
        behind: list[str] = []
        for node in front:
            for near in around[node] - barred - (way.keys() - behind):
                if near not in ways:
                    way[near], ways[near] = (*way.get(node, ()), near), 0
                    behind.append(near)
                ways[near] += 1
        front = sorted(behind, key=lambda node: (-ties.gdp[node], node))
    return way, ways


def _graph(around: Neighbours) -> nx.Graph[str]:
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(around)
    graph.add_edges_from((a, b) for a, near in around.items() for b in sorted(near))
    return graph


def _dependence(around: Neighbours, actor: str, against: Sequence[str]) -> tuple[float, int]:
    """(part of the shortest ways from ``actor`` to others over ``against``, others without a way).

    For each other country the part of its shortest ways that pass any of ``against``; the mean.
    """
    through = set(against)
    depth, ways, clean = {actor: 0}, {actor: 1}, {actor: 1}
    front = [actor]
    while front:
        behind: list[str] = []
        for node in front:
            for near in sorted(around[node]):
                if near not in depth:
                    depth[near], ways[near], clean[near] = depth[node] + 1, 0, 0
                    behind.append(near)
                if depth[near] == depth[node] + 1:
                    ways[near] += ways[node]
                    clean[near] += 0 if node in through else clean[node]
        front = behind
    others = [node for node in depth if node != actor and node not in through]
    missed = len(around) - 1 - len(through) - len(others)
    if not others:
        return 0.0, missed
    return sum(1 - clean[node] / ways[node] for node in others) / len(others), missed


def _alike(ties: Ties, actor: str, against: Sequence[str]) -> tuple[float | None, int | None]:
    """How alike ``actor`` votes with ``against``, and its rank among all countries."""

    def mean(node: str) -> float | None:
        known = [v for c in against if (v := ties.affinity(node, c)) is not None]
        return sum(known) / len(known) if known else None

    own = mean(actor)
    if own is None:
        return None, None
    others = [mean(node) for node in ties.nodes if node not in against]
    return own, 1 + sum(value is not None and value > own + _SAME for value in others)
