"""Who is tied to whom: agreements, treaties, alliances, votes and distance between countries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from types import MappingProxyType

from countervail.channels.arguments import each_a, finite, names_in
from countervail.channels.capital.gravity import distances
from countervail.channels.capital.tables import places
from countervail.channels.ties.read import (
    TIED,
    Mediator,
    Package,
    Row,
    TiesFile,
    package,
    read_file,
)
from countervail.errors import OptionError, UnknownLabelError, nearest, require_kind
from countervail.scenario.deals import Deal
from countervail.world import registry
from countervail.world.borders import is_rest
from countervail.world.core import World
from countervail.world.labels import Spec

LAYERS = TIED
"""Kinds of ties, in the order in which they are shown."""
SHIPPED_WHOLE = ("trade-agreement", "alliance")
"""The layers that the package holds for every country of its worlds."""
_SHOWN = 5


@dataclass(frozen=True)
class Tie:
    """One tie of one layer between two nodes.

    ``since``: first year, None where not recorded; ``value``: how strong it is against other ties
    (1: as the others); ``depth``: of a trade agreement, deep or shallow (judgement); ``status``:
    how it is known.
    """

    a: str
    b: str
    layer: str
    name: str = ""
    since: int | None = None
    value: float = 1.0
    depth: str = ""
    source: str = ""
    status: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Ties:
    """The ties among the regions of a world.

    ``nodes``: the regions but for rests of the world; ``gdp`` (by node): million USD of the base
    year; ``world_gdp``: of all regions; ``mediators``: by node, what each mediated; ``voting``: by
    pair, 0 to 1; ``apart``: km by pair where a file gives them; ``complete``: the layers whose
    ties are known for every node; ``notes``: what was left out or replaced.
    """

    world: World
    nodes: tuple[str, ...]
    ties: tuple[Tie, ...]
    gdp: Mapping[str, float]
    world_gdp: float
    mediators: Mapping[str, tuple[Mediator, ...]]
    voting: Mapping[tuple[str, str], float]
    apart: Mapping[tuple[str, str], float]
    complete: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        pairs = len({(t.a, t.b) for t in self.ties})
        return f"<Ties of {self.world.name}: {len(self.nodes)} countries, {pairs} pairs tied>"

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that hold a tie, in the order of ``LAYERS``."""
        held = {tie.layer for tie in self.ties}
        return tuple(layer for layer in LAYERS if layer in held)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each node is called."""
        own = self.world.labels.region_names
        return MappingProxyType({n: own.get(n, n) for n in self.nodes})

    def chosen(self, layers: Sequence[str] | None) -> tuple[str, ...]:
        """The layers asked for, all that hold ties by default; ``OptionError`` for others."""
        if layers is None:
            return self.layers
        layers = names_in(layers, "layers", "layers=('alliance', 'trade-agreement')")
        for layer in layers:
            if layer not in LAYERS:
                raise OptionError(
                    f"there is no layer of ties called {layer!r}.", nearest(layer, LAYERS)
                )
        if not layers:
            raise OptionError("no layer of ties is chosen.", f"Layers: {', '.join(LAYERS)}.")
        return tuple(dict.fromkeys(layers))

    def node(self, name: str) -> str:
        """The node called ``name`` (code or name); ``UnknownLabelError`` names the nearest."""
        require_kind(name, "the country", str, "'CAN'")
        if name in self.nodes:
            return name
        meant = registry.aliases("region").get(name.lower())
        if meant in self.nodes:
            return str(meant)
        words = {*self.nodes, *self.names.values()}
        raise UnknownLabelError(
            f"{name!r} is no country among the ties of {self.world.name}.", nearest(name, words)
        )

    def group(self, spec: Spec) -> tuple[str, ...]:
        """The nodes that a region, a group of the world, or a list of those stands for."""
        if spec is None:
            return ()
        found: list[str] = []
        for name in names_in(spec, "the countries", "'USA', or ['USA', 'GBR']"):
            members = self.world.region_groups.get(name)
            found += [self.node(name)] if members is None else [m for m in members if m in self.gdp]
        return tuple(dict.fromkeys(found))

    def between(self, a: str, b: str, layers: Sequence[str] | None = None) -> tuple[Tie, ...]:
        """Every tie of the chosen layers between two nodes."""
        pair = _pair(self.node(a), self.node(b))
        kept = self.chosen(layers)
        return tuple(t for t in self.ties if (t.a, t.b) == pair and t.layer in kept)

    def strengths(self, layers: Sequence[str] | None = None) -> dict[tuple[str, str], float]:
        """By pair that is tied in a chosen layer: the sum over layers of the strongest tie."""
        kept = self.chosen(layers)
        strongest: dict[tuple[str, str, str], float] = {}
        for tie in self.ties:
            if tie.layer in kept:
                key = (tie.a, tie.b, tie.layer)
                strongest[key] = max(strongest.get(key, 0.0), tie.value)
        found: dict[tuple[str, str], float] = {}
        for (a, b, _), value in strongest.items():
            found[a, b] = found.get((a, b), 0.0) + value
        return found

    def neighbours(self, layers: Sequence[str] | None = None) -> dict[str, set[str]]:
        """For each node the nodes that a tie of a chosen layer joins it to."""
        found: dict[str, set[str]] = {node: set() for node in self.nodes}
        for a, b in self.strengths(layers):
            found[a].add(b)
            found[b].add(a)
        return found

    def affinity(self, a: str, b: str) -> float | None:
        """How alike two nodes vote in the UN General Assembly, 0 to 1; None where not known."""
        return self.voting.get(_pair(self.node(a), self.node(b)))

    def distance(self, a: str, b: str) -> float | None:
        """Kilometres between the main places of business of two nodes; None where not known."""
        pair = _pair(self.node(a), self.node(b))
        if pair in self.apart:
            return self.apart[pair]
        if not set(pair) <= set(places()):
            return None
        return float(distances(pair)[0, 1])

    def plus(self, added: Iterable[Tie]) -> Ties:
        """These ties and more; the nodes stay.

        Raises ``OptionError`` for a tie of a country with itself, a layer that does not exist and a
        value that is not above 0; ``UnknownLabelError`` for a country that is no node.
        """
        more = []
        for tie in each_a(added, "added", Tie, "[Tie('CAN', 'QAT', 'defence-tie')]"):
            a, b = _pair(self.node(tie.a), self.node(tie.b))
            if a == b:
                raise OptionError(f"a tie of {a} with itself.", "Name two countries.")
            self.chosen((tie.layer,))
            if finite(tie.value, f"the value of the tie {a}-{b}", "value=1.0") <= 0:
                raise OptionError(
                    f"the value of the tie {a}-{b} is {tie.value:g}.", "A tie is worth more than 0."
                )
            more.append(replace(tie, a=a, b=b))
        return replace(self, ties=(*self.ties, *more))

    def after(self, deals: Iterable[Deal]) -> Ties:
        """These ties and those that deals make between their parties, if they are delivered.

        Kinds of deals that are layers make ties. A deal that was withdrawn or has a day of
        ``ended`` makes none.
        Parties that are no nodes are passed over.
        """
        added = []
        for deal in each_a(deals, "deals", Deal, "cv.read_scenario('canada-2026').deals"):
            over = deal.ended is not None or deal.status == "withdrawn"
            if deal.kind not in LAYERS or over:
                continue
            parties = [p for name in deal.parties for p in self._known(name)]
            for a, b in combinations(dict.fromkeys(parties), 2):
                title = deal.title or deal.id
                added.append(Tie(a, b, deal.kind, title, source="deal", status=deal.status))
        return self.plus(added)

    def _known(self, name: str) -> tuple[str, ...]:
        try:
            return self.group(name)
        except UnknownLabelError:
            return ()


@dataclass(frozen=True)
class _Places:
    """Where the countries of rows are in a world: in a region, or nowhere that can be tied."""

    world: World

    def of(self, code: str) -> str | None:
        region = self.world.labels.region_that_holds(code)
        return None if region is None or is_rest(region) else region


def read_ties(
    world: World, source: str | os.PathLike[str] | None = None, year: int | None = None
) -> Ties:
    """The ties among the regions of ``world``.

    ``source``: None for those of the package; else the path of a CSV file with the columns a, b
    and layer (docs/ties.md), of the DESTA list of trade agreements (CSV), or of the UNCTAD list of
    investment treaties (.dta). A file replaces the layers that it holds; the others stay the
    package's. ``year``: what was in force in it; None: whatever has not ended. Countries inside a
    region count as that region; those inside a rest of the world are left out.
    Raises ``TiesFileError`` with every error of the file and its line, and ``OptionError`` for a
    year that is none and for what is no world or no path.

    Source: definition of this program; each tie names its own.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    if source is not None:
        require_kind(source, "source", (str, os.PathLike), "cv.read_ties(world, 'ties.csv')")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise OptionError(f"year={year!r} is no year.", "For example year=2023.")
    shipped = package()
    given = None if source is None else read_file(source)
    spots = _Places(world)
    nodes = tuple(r for r in world.regions if not is_rest(r))
    rows = _merged(shipped, given, year)
    ties = tuple(_tie(row, pair) for row in rows if row.layer in LAYERS for pair in _at(row, spots))
    product = world.arrays.factor_income
    mediators: dict[str, tuple[Mediator, ...]] = {}
    hidden = set()
    for one in shipped.mediators:
        region = world.labels.region_that_holds(one.country)
        if region in nodes:
            mediators[region] = (*mediators.get(region, ()), one)
        else:
            hidden.add(one.country)
    return Ties(
        world=world,
        nodes=nodes,
        ties=ties,
        gdp=MappingProxyType({n: float(product[..., world.regions.index(n)].sum()) for n in nodes}),
        world_gdp=float(product.sum()),
        mediators=MappingProxyType(mediators),
        voting=MappingProxyType(
            {**_alike(shipped.positions, nodes), **_values(rows, "voting", spots)}
        ),
        apart=MappingProxyType(_values(rows, "distance", spots)),
        complete=_complete(given),
        sources=shipped.sources if given is None else (*given.sources, *shipped.sources),
        notes=(
            *_notes(given, spots, world, hidden),
            *(() if year is None else _undated(ties, year)),
        ),
    )


def _merged(shipped: Package, given: TiesFile | None, year: int | None) -> list[Row]:
    taken = set() if given is None else {row.layer for row in given.rows}
    rows = [row for row in shipped.rows if row.layer not in taken]
    rows += [] if given is None else given.rows
    return [row for row in rows if row.in_force(year)]


def _at(row: Row, spots: _Places) -> list[tuple[str, str]]:
    a, b = spots.of(row.a), spots.of(row.b)
    return [] if a is None or b is None or a == b else [_pair(a, b)]


def _tie(row: Row, pair: tuple[str, str]) -> Tie:
    return Tie(
        *pair,
        row.layer,
        name=row.name,
        since=row.since,
        value=1.0 if row.value is None else row.value,
        depth=row.depth,
        source=row.source,
        status=row.status,
    )


def _values(rows: Iterable[Row], layer: str, spots: _Places) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.layer == layer and row.value is not None:
            for pair in _at(row, spots):
                found.setdefault(pair, []).append(row.value)
    return {pair: sum(values) / len(values) for pair, values in found.items()}


def _alike(positions: Mapping[str, float], nodes: Sequence[str]) -> dict[tuple[str, str], float]:
    """1 less the distance of two voting positions over the largest distance of any two."""
    known = sorted(node for node in nodes if node in positions)
    reach = max(positions.values()) - min(positions.values())
    return {
        (a, b): 1.0 - abs(positions[a] - positions[b]) / reach for a, b in combinations(known, 2)
    }


def _complete(given: TiesFile | None) -> tuple[str, ...]:
    """The layers that the package, or a file, holds for every country."""
    held = {*SHIPPED_WHOLE, *(row.layer for row in ([] if given is None else given.rows))}
    return tuple(layer for layer in LAYERS if layer in held)


def _notes(
    given: TiesFile | None, spots: _Places, world: World, hidden: set[str]
) -> tuple[str, ...]:
    notes = [] if given is None else list(given.notes)
    named = {code for row in given.rows for code in (row.a, row.b)} if given else set()
    dropped = sorted(code for code in named if spots.of(code) is None)
    if dropped:
        notes.append(
            f"In the file, but not in {world.name} by themselves, and left out: "
            f"{', '.join(dropped[:_SHOWN])}"
            f"{f' and {len(dropped) - _SHOWN} more' if len(dropped) > _SHOWN else ''}."
        )
    if hidden:
        names = registry.names_of("region", sorted(hidden))
        notes.append(
            f"Mediators that {world.name} does not show by themselves are not counted: "
            f"{', '.join(names.values())}."
        )
    return tuple(notes)


def _undated(ties: Iterable[Tie], year: int) -> tuple[str, ...]:
    """What is taken of ties whose first year is not recorded."""
    pairs = {(tie.layer, tie.a, tie.b) for tie in ties if tie.since is None}
    if not pairs:
        return ()
    kinds = ", ".join(layer for layer in LAYERS if layer in {layer for layer, _, _ in pairs})
    return (f"{len(pairs)} ties ({kinds}) have no first year and count as in force in {year}.",)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
