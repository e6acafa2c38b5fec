"""What a deal does, as a value: its shock, what stands without it, and what can be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from countervail.channels.capital.investment import productivity_of
from countervail.channels.pooled_routes import Way, pooled
from countervail.channels.public_capital import public_shock
from countervail.channels.split_flow import Cell, Part, split_shock
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError
from countervail.world.core import World

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Indicator:
    """One figure that a channel reports besides the equilibrium, with its unit."""

    label: str
    value: float | None
    unit: str


@dataclass(frozen=True, eq=False)
class Pieces:
    """A shock in pieces that can be pooled with those of other deals before they act.

    ``parts``: parts of flows with import tariffs of their own, which substitute at the long-run
    elasticity times ``factor``; ``capital``: what is added to capital by host, (sector,) million
    USD; ``public``: what is added to public capital by host, million USD; ``ways``: new routes that
    a flow may take; ``rest``: everything else, as a shock.
    """

    rest: Shock
    parts: Mapping[Cell, tuple[Part, ...]] = field(default_factory=dict)
    capital: Mapping[str, Array] = field(default_factory=dict)
    public: Mapping[str, float] = field(default_factory=dict)
    ways: Mapping[Cell, tuple[Way, ...]] = field(default_factory=dict)
    factor: float = 1.0


@dataclass(frozen=True, eq=False)
class Move:
    """One deal at one chance of delivery.

    ``struck``: from the base year to the world with the deal; ``stands``: from it to the world
    without the deal, where measures hold by now that the base year did not know (a duty that the
    deal lifts); its worth is the difference. ``cut``: the deal where all trade with the coercer
    has ended, if that changes what it is worth; ``building``: while it is built, money comes in
    that earns nothing yet; ``replacement``: million USD a year that keep the protagonist's new
    capital as it is, which real income does not subtract. ``moves``: what it moves, in words with
    figures; ``why``: formula and source. ``not_quantified``: why there is no shock; it is then
    empty, as it is where there is no evidence of an effect.
    """

    id: str
    kind: str
    delivery: float
    struck: Pieces
    stands: Pieces
    cut: Pieces | None = None
    building: Shock | None = None
    replacement: float = 0.0
    moves: tuple[str, ...] = ()
    why: str = ""
    indicators: tuple[Indicator, ...] = ()
    not_quantified: str = ""

    @property
    def shock(self) -> Shock:
        """The deal alone, as a change from the base year."""
        return joined([self.struck])

    @property
    def standing(self) -> Shock:
        """What stands without it, as a change from the base year."""
        return joined([self.stands])


def nothing(world: World, name: str, kind: str, delivery: float, reason: str = "") -> Move:
    """A move without any effect, with the reason if it is for want of data."""
    empty = Pieces(Shock(world))
    return Move(name, kind, delivery, empty, empty, not_quantified=reason)


def joined(pieces: Iterable[Pieces]) -> Shock:
    """One shock of several pieces.

    Parts of one flow are varieties side by side, money in one sector's capital, or in the public
    capital of one region, adds up before it acts, routes to one market share it, changes of
    transfers add up, other factors of costs and productivity multiply. Raises ``InputError`` where
    parts exceed their flow, or more capital leaves a sector than it has.
    """
    listed = list(pieces)
    found = [piece.rest for piece in listed]
    world = found[0].world
    added: dict[str, Array] = {}
    public: dict[str, float] = {}
    cells: dict[Cell, list[Part]] = {}
    ways: dict[Cell, list[Way]] = {}
    for piece in listed:
        for host, money in piece.capital.items():
            added[host] = added[host] + money if host in added else money
        for host, value in piece.public.items():
            public[host] = public.get(host, 0.0) + value
        for cell, parts in piece.parts.items():
            cells.setdefault(cell, []).extend(parts)
        for cell, offers in piece.ways.items():
            ways.setdefault(cell, []).extend(offers)
    for host, money in added.items():
        if money.any():
            found.append(Shock(world, productivity=productivity_of(world, host, money)))
    found.append(public_shock(world, public))
    if ways:
        factor = next(piece.factor for piece in listed if piece.ways)
        found.append(pooled(world, ways, factor))
    if cells:
        _fit(world, cells)
        tariff = world.arrays.tariff
        if any(part.rate != float(tariff[c]) for c, parts in cells.items() for part in parts):
            factor = next(piece.factor for piece in listed if piece.parts)
            found.append(split_shock(world, "tariff", cells, factor))
    return Shock(world).plus(*found)


def _fit(world: World, cells: Mapping[Cell, list[Part]]) -> None:
    for (s, n, i), parts in cells.items():
        total = sum(part.share for part in parts)
        if total > 1 + 1e-9:
            raise InputError(
                f"products of the deals are {total:.3g} times all that {world.regions[n]} buys of "
                f"{world.sectors[s]} from {world.regions[i]} in {world.name}.",
                "Give smaller `share` or `trade` of the products, or another sector.",
            )
