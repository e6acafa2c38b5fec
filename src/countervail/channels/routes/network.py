"""A network of energy routes: places, the lines between them, who rules the ground below.

Nothing here computes; flows are in ``flows``, netbacks in ``netback``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from countervail.channels.arguments import names_in
from countervail.errors import OptionError, UnknownLabelError, nearest, require_kind
from countervail.parameters import parameter
from countervail.world import registry

NODE_KINDS = ("supply", "junction", "market", "demand")
EDGE_KINDS = ("pipeline", "terminal", "sea", "rail", "passage", "refinery", "delivery")
STATUSES = ("operating", "construction", "planned")
BASES = ("observed", "press", "cited", "judgement", "given")
UNITS = {"oil": "kb/d", "gas": "bcf/d", "lng": "Mt/y"}
"""The unit in which each commodity is counted."""

PRICE_UNITS = {"oil": "USD per barrel", "gas": "USD per MMBtu", "lng": "USD per MMBtu"}
DAYS = 365.0

_Item = TypeVar("_Item", "RouteNode", "RouteEdge")


@dataclass(frozen=True)
class RouteNode:
    """A place: a source, a junction, a market, or home demand (which is a market at home).

    ``volume``: what it can supply or take in the unit of the network, None without a limit;
    ``price_usd``: what a unit brings there; ``regions``: regions of a world that a market
    stands for, with weights that sum to 1; ``country`` is an ISO3 code.
    """

    id: str
    name: str
    kind: str
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    volume: float | None = None
    price_usd: float | None = None
    price_low: float | None = None
    price_high: float | None = None
    regions: tuple[tuple[str, float], ...] = ()
    basis: str = "given"
    source: str = ""

    @property
    def sells(self) -> bool:
        """Whether flows can end here."""
        return self.kind in ("market", "demand")


@dataclass(frozen=True)
class RouteEdge:
    """A line from one place to another, one way.

    ``capacity`` in ``unit`` (as in the file); ``jurisdictions``: ISO3 codes of the countries
    whose ground or waters it crosses; ``passage``: a strait or canal that it is;
    ``cost_usd``: what moving a unit costs, with ``cost_low`` and ``cost_high``; ``measure``:
    how the capacity follows from a published file (``build``).
    """

    id: str
    name: str
    start: str
    end: str
    commodity: str
    capacity: float
    unit: str
    jurisdictions: tuple[str, ...] = ()
    passage: str = ""
    cost_usd: float = 0.0
    cost_low: float | None = None
    cost_high: float | None = None
    status: str = "operating"
    since: int | None = None
    kind: str = "pipeline"
    basis: str = "given"
    source: str = ""
    cost_source: str = ""
    measure: str = ""
    note: str = ""

    @property
    def single(self) -> bool:
        """Whether it can fail at one stroke: no sea lane, no delivery over many lines."""
        return self.kind not in ("sea", "delivery")


@dataclass(frozen=True)
class RouteNetwork:
    """The routes of one commodity: nodes, edges, and the unit in which flows are counted.

    ``unit``: kb/d of oil, bcf/d of gas (LNG in a gas network is converted), Mt/y of LNG.
    """

    id: str
    title: str
    unit: str
    nodes: tuple[RouteNode, ...]
    edges: tuple[RouteEdge, ...]
    note: str = ""

    @property
    def commodity(self) -> str:
        """What flows are counted in: oil, gas or lng."""
        return next(name for name, unit in UNITS.items() if unit == self.unit)

    @property
    def price_unit(self) -> str:
        """The unit of prices and costs."""
        return PRICE_UNITS[self.commodity]

    @property
    def million_usd(self) -> float:
        """Million US dollars a year that one unit of flow is worth at a price of one dollar."""
        return {
            "oil": DAYS / 1000.0,
            "gas": DAYS * parameter("gas.heat_content").value,
            "lng": parameter("lng.heat_content").value,
        }[self.commodity]

    def node(self, name: str) -> RouteNode:
        """The node called ``name``; ``UnknownLabelError`` names the nearest otherwise."""
        return _named(self.nodes, name, "node", self.id)

    def edge(self, name: str) -> RouteEdge:
        """The edge called ``name``; ``UnknownLabelError`` names the nearest otherwise."""
        return _named(self.edges, name, "edge", self.id)

    def amount(self, edge: RouteEdge) -> float:
        """The capacity of ``edge`` in the unit of the network."""
        if edge.unit == self.unit:
            return edge.capacity
        return edge.capacity * gas_per_tonne() / DAYS  # LNG in a network of gas

    def open_edges(
        self, added: Iterable[str] = (), closed: Iterable[str] = ()
    ) -> tuple[RouteEdge, ...]:
        """The edges in use: those that operate and those ``added``, less those ``closed``.

        ``added``: edges that are being built or planned; ``closed``: edges or passages
        ("hormuz" closes both ways). Raises ``UnknownLabelError`` for what is neither, and
        ``OptionError`` for an added edge that operates already.
        """
        new = [self.edge(name) for name in names_in(added, "added", "['lng-canada-2']")]
        for edge in new:
            if edge.status == "operating":
                raise OptionError(
                    f"{edge.id} operates already in {self.id}; it cannot be added.",
                    f"Planned or being built: {', '.join(e.id for e in self.planned) or 'none'}.",
                )
        shut = set(names_in(closed, "closed", "['hormuz']"))
        known = {e.id for e in self.edges} | self.passages
        for name in sorted(shut - known):
            raise UnknownLabelError(
                f"{self.id} has no edge or passage {name!r}.", nearest(name, known)
            )
        wanted = {edge.id for edge in new}
        return tuple(
            e
            for e in self.edges
            if (e.status == "operating" or e.id in wanted)
            and e.id not in shut
            and e.passage not in shut
        )

    @property
    def planned(self) -> tuple[RouteEdge, ...]:
        """The edges that are being built or planned."""
        return tuple(e for e in self.edges if e.status != "operating")

    @property
    def passages(self) -> set[str]:
        """The straits and canals that edges are."""
        return {e.passage for e in self.edges if e.passage}

    @property
    def suppliers(self) -> tuple[str, ...]:
        """The countries that have supplies, each once."""
        return tuple(dict.fromkeys(n.country for n in self.nodes if n.kind == "supply"))

    def countries(self, codes: object, what: str) -> tuple[str, ...]:
        """``codes`` as ISO3 codes of countries, one or several; ``what``: their part, in words.

        Raises ``OptionError`` for none or for what is no text, ``UnknownLabelError`` with the
        nearest code.
        """
        given = names_in(codes, what, "['USA']")
        if not given:
            raise OptionError(f"no {what} is named.", "Name a country by its ISO3 code: USA.")
        known = registry.regions()
        for code in given:
            if code not in known:
                raise UnknownLabelError(
                    f"{code!r} is no ISO3 code of a country ({what} in {self.id}).",
                    nearest(code, known),
                )
        return given

    def sellers(self, codes: object) -> tuple[str, ...]:
        """``codes`` as countries that have supplies here; errors as in ``countries``."""
        given = self.countries(codes, "source")
        for code in given:
            if code not in self.suppliers:
                raise UnknownLabelError(
                    f"{self.id} has no supply in {code}.", nearest(code, self.suppliers)
                )
        return given

    def crosses(self, edge: RouteEdge, countries: Iterable[str]) -> bool:
        """Whether ``edge`` crosses the ground or waters of one of ``countries`` (ISO3 codes)."""
        return not set(countries).isdisjoint(edge.jurisdictions)


@dataclass(frozen=True)
class Routes(Mapping[str, RouteNetwork]):
    """Networks of routes by name, and the folder they come from."""

    networks: Mapping[str, RouteNetwork]
    origin: str

    def __getitem__(self, name: str) -> RouteNetwork:
        require_kind(name, "the network", str, "'canada-oil'")
        if name not in self.networks:
            raise UnknownLabelError(
                f"no network of routes is called {name!r} in {self.origin}.",
                nearest(name, self.networks),
            )
        return self.networks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.networks

    def holding(self, edge: str) -> RouteNetwork:
        """The network that has the edge; ``UnknownLabelError`` where none, or several, have it."""
        require_kind(edge, "edge", str, "'alberta-pacific-pipeline'")
        found = [n for n in self.networks.values() if any(e.id == edge for e in n.edges)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownLabelError(
                f"{edge!r} is an edge of {' and '.join(n.id for n in found)}.",
                "Name the network too.",
            )
        known = [e.id for n in self.networks.values() for e in n.edges]
        raise UnknownLabelError(f"no network has an edge {edge!r}.", nearest(edge, known))


def read_routes(path: str | os.PathLike[str] | None = None) -> Routes:
    """Networks of energy routes by name: those of the package, or a user's own.

    ``path``: a folder with ``nodes.csv`` and ``edges.csv`` (and ``networks.csv`` with
    titles, where wanted), or the path of an edges file beside a ``nodes.csv``; None: the
    package's canada-oil, canada-gas and world-lng. Columns are in docs/routes.md. Raises
    ``RouteFileError``, which lists every error with its file, line and key, and ``OptionError``
    for what is no path.
    """
    from countervail.channels.routes.read import networks_in

    if path is not None:
        require_kind(path, "path", (str, os.PathLike), "cv.read_routes('my-routes')")
    networks, origin = networks_in(None if path is None else os.fspath(path))
    return Routes(MappingProxyType({n.id: n for n in networks}), origin)


def gas_per_tonne() -> float:
    """Billion cubic feet of pipeline gas with the heat of a million tonnes of LNG."""
    return parameter("lng.heat_content").value / parameter("gas.heat_content").value


def _named(items: tuple[_Item, ...], name: str, what: str, where: str) -> _Item:
    require_kind(name, f"the {what}", str, repr(items[0].id) if items else "'a'")
    for item in items:
        if item.id == name:
            return item
    raise UnknownLabelError(
        f"{where} has no {what} {name!r}.", nearest(name, [item.id for item in items])
    )
