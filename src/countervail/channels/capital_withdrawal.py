"""Withdrawal of a coercer's direct investment: as one threat, and as a lever of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countervail.channels import say
from countervail.channels.capital.investment import capital_stock, withdrawal
from countervail.channels.investment import shock_of
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.valuation import Withdrawal
from countervail.errors import OptionError
from countervail.parameters import parameter
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions

_WHY = (
    "Capital falls to 1 - F/K, F being the part that leaves; value added falls by that to the "
    "power of capital's share; the return on F is no longer paid abroad. What its owners earn "
    "with it elsewhere is not counted: an upper bound on their cost. By sector in proportion to "
    "value added (constructed)."
)


@dataclass(frozen=True, eq=False)
class Withdrawn:
    """A withdrawal as a threat: its label, shock, a note on the data, and what it moves."""

    label: str
    shock: Shock
    note: str
    moves: tuple[str, ...]
    why: str = _WHY


def withdrawal_of(
    world: World,
    target: str,
    coercer: tuple[str, ...],
    part: float | None = None,
    positions: Positions | None = None,
    sectors: Spec = None,
) -> Withdrawn:
    """``part`` of what ``coercer`` has invested in ``target`` leaves.

    ``part``: a fraction (None: parameter ``capital.divestible``); ``positions``: who has invested
    what where (None: those that the package constructs); ``sectors``: whose capital leaves (None:
    all, in proportion to value added). Raises ``OptionError`` for a part outside 0 to 1.

    Source: definition of this program (docs/capital.md).
    """
    leaving, owned = divested(part), held(world, target, positions)
    into = None
    if sectors is not None:
        named = world.resolve_sectors(sectors)
        made = capital_stock(world)[list(named), world.regions.index(target)]
        # In proportion to capital; sectors that make nothing have none that could leave.
        into = {
            world.sectors[s]: float(value / made.sum())
            for s, value in zip(named, made, strict=True)
            if value > 0
        }
    found = withdrawal(world, target, list(coercer), leaving, owned, into)
    stock = sum(owned.stock(target, origin) for origin in coercer)
    names = world.labels.region_names
    who = say.listed([names.get(r, r) for r in coercer])
    status = sorted({owned.status_of(target, origin) for origin in coercer})
    whole = float(capital_stock(world)[:, world.regions.index(target)].sum())
    moved = (
        f"{say.money(leaving * stock)} of {who}'s {say.money(stock)} of direct investment "
        f"({say.listed(status)}) leave {names.get(target, target)}: its capital "
        f"{say.percent(-leaving * stock / whole)}; {say.money(-found.returns)} a year of returns "
        "are no longer paid"
    )
    note = (
        f"{100 * leaving:g} % of {say.money(stock)} leave ({say.listed(status)}). Real income does "
        f"not count {say.money(-found.replacement)} a year that need no longer replace it."
    )
    absent = [names.get(o, o) for o in coercer if owned.status_of(target, o) == "not given"]
    if absent:
        note += f" {owned.sources[0]} has no stock of {say.listed(absent)}: it counts as none."
    return Withdrawn(
        f"{100 * leaving:g} % of capital withdrawn", shock_of(world, found), note, (moved,)
    )


def withdrawal_lever(
    world: World,
    target: str,
    coercer: tuple[str, ...],
    part: float | None,
    positions: Positions | None,
) -> tuple[Withdrawal, float]:
    """(the lever, the largest part that leaves): as ``withdrawal_of``, for every part up to it."""
    owned = held(world, target, positions)
    n = world.regions.index(target)
    stocks = {origin: owned.stock(target, origin) for origin in coercer}
    capital = capital_stock(world)[:, n]
    rate = parameter("capital.return").value
    transfer = np.zeros(len(world.regions))
    for origin, stock in stocks.items():
        transfer[n] += rate * stock
        transfer[world.regions.index(origin)] -= rate * stock
    share = sum(stocks.values()) / capital.sum()
    lever = Withdrawal(
        lever=0,
        region=n,
        part=np.where(capital > 0, share, 0.0),
        exponent=parameter("capital.share").value * world.arrays.value_added_share[:, n],
        transfer=transfer,
    )
    return lever, divested(part)


def divested(part: float | None) -> float:
    """The part of an investment that leaves: the one asked for, or the parameter.

    ``OptionError`` for one outside 0 to 1.
    """
    if part is None:
        return parameter("capital.divestible").value
    if isinstance(part, bool) or not isinstance(part, (int, float)):
        raise OptionError(
            f"withdrawal={part!r} is not a number.",
            "Give a fraction between 0 and 1: 0.25 is a quarter.",
        )
    if not 0 <= part <= 1:
        raise OptionError(
            f"withdrawal={part:g}: no such part of an investment can leave.",
            "Give a fraction between 0 and 1: 0.25 is a quarter.",
        )
    return float(part)


def held(world: World, target: str, positions: Positions | None) -> Positions:
    """``positions``, or those that the package constructs for ``world``.

    ``OptionError`` for those of another world, or of a file that says nothing of ``target``.
    """
    from countervail.channels.capital.positions import Positions
    from countervail.channels.capital.positions import positions as construct

    if positions is None:
        return construct(world)
    if not isinstance(positions, Positions):
        raise OptionError(
            f"positions={positions!r} is not a matrix of direct investment.",
            "Read a file with countervail.positions(world, path), and give what it returns.",
        )
    theirs = positions.world
    if theirs is not world and (theirs.name, theirs.regions, theirs.base_year) != (
        world.name,
        world.regions,
        world.base_year,
    ):
        raise OptionError(
            f"positions are those of {theirs.name}, and the world is {world.name}.",
            f"Read them for {world.name}: countervail.positions(world, path).",
        )
    if all(positions.status_of(target, origin) == "not given" for origin in world.regions):
        raise OptionError(
            f"{positions.sources[0]} has no stock that {target} hosts.",
            "Add its rows, or leave the file out: the package then constructs them.",
        )
    return positions
