"""What money does to a region's capital, and what its owners take home: national income."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, NegativeValueError, NotANumberError, ShareError
from countervail.parameters import parameter
from countervail.world.core import World

Array = npt.NDArray[np.float64]


class Stocks(Protocol):
    """Whoever knows what an origin has invested in a host, million USD."""

    def stock(self, host: str, origin: str) -> float:
        """Direct investment of ``origin`` in ``host``."""


@dataclass(frozen=True, eq=False)
class CapitalMove:
    """A change of capital as arrays of a shock, and what goes with it, million USD a year.

    ``productivity`` (sector, region): hats; ``transfer`` (region,): change of net transfers;
    ``capital_hat`` (sector,): of the host; ``added``: capital by host, (sector,) million USD;
    ``product``: what value added of the host gains at given prices; ``returns``: what leaves for
    the owners; ``replacement``: what must be spent to keep the new capital as it is. All negative
    where capital leaves.
    """

    productivity: Array
    transfer: Array
    capital_hat: Array
    added: Mapping[str, Array]
    product: float
    returns: float
    replacement: float


def capital_stock(world: World) -> Array:
    """Capital (sector, region), million USD: years of product, spread by value added.

    Constructed: no sector's stock is measured. Parameter ``capital.output_ratio``.
    """
    arrays = world.arrays
    stock: Array = (
        parameter("capital.output_ratio").value * arrays.value_added_share * arrays.output
    )
    return stock


def capital_in(
    world: World,
    host: str,
    origin: str,
    amount: float,
    into: Mapping[str, float] | None = None,
    *,
    delivery: float = 1.0,
) -> CapitalMove:
    """``amount`` million USD of ``origin`` become capital of ``host``, with chance ``delivery``.

    ``into``: sectors or groups with their shares (None, and what is left below 1: all sectors in
    proportion to value added). Capital of a sector rises to 1 + p F / K, its value added at
    given prices by that to the power of capital's share a, so that productivity moves by the
    power a x value-added share; r p F a year leaves for the owners. Delivery 0 is nothing, to the
    bit. Raises ``NegativeValueError``, ``NotANumberError``, ``ShareError`` for shares above 1 in
    all, ``UnknownLabelError`` for sectors and regions that the world lacks.

    Source: definition of this program (docs/capital.md); parameters ``capital.share``,
    ``capital.output_ratio``, ``capital.return``, ``capital.depreciation``.
    """
    _checked(amount, delivery)
    return _moved(world, host, {origin: delivery * amount}, _spread(world, host, into))


def construction(world: World, host: str, origin: str, amount: float, years: float) -> Array:
    """Transfers (region,) a year while ``amount`` million USD is being spent over ``years``."""
    _checked(amount, 1.0)
    if not years > 0:
        raise InputError(f"years={years:g}: building takes some time.", "Give years above 0.")
    transfer = np.zeros(len(world.regions))
    here, there = _place(world, host), _place(world, origin)
    if here != there:
        transfer[here] += amount / years
        transfer[there] -= amount / years
    return transfer


def withdrawal(
    world: World,
    host: str,
    origins: Sequence[str],
    share: float,
    positions: Stocks,
    into: Mapping[str, float] | None = None,
) -> CapitalMove:
    """The part ``share`` of what ``origins`` have invested in ``host`` leaves.

    Capital falls to 1 - F / K and the return on F is no longer paid. What the owners earn with it
    elsewhere is not counted: an upper bound on their cost. ``into``: whose capital leaves (None:
    all sectors in proportion to value added). Raises ``InputError`` where more would leave a
    sector than its capital, and as ``capital_in``.

    Source: definition of this program (docs/capital.md).
    """
    if not 0 <= share <= 1:
        raise InputError(
            f"share={share:g}: no such part of an investment can leave.",
            "Give a fraction between 0 and 1.",
        )
    taken = {origin: -share * positions.stock(host, origin) for origin in origins}
    return _moved(world, host, taken, _spread(world, host, into))


def treaty(world: World, a: str, b: str, positions: Stocks, effect: float) -> CapitalMove:
    """The stock of each of two parties in the other rises by ``effect`` (a fraction).

    Both ways at once; the figures and ``capital_hat`` are those of ``a`` as host. Raises as
    ``capital_in``.
    """
    here = capital_in(world, a, b, effect * positions.stock(a, b))
    there = capital_in(world, b, a, effect * positions.stock(b, a))
    return replace(
        here,
        productivity=here.productivity * there.productivity,
        transfer=here.transfer + there.transfer,
        added={**here.added, **there.added},
    )


def productivity_of(world: World, host: str, added: Array) -> Array:
    """Hats (sector, region) of productivity where ``added`` (sector,) million USD join capital.

    Raises ``InputError`` where more would leave a sector than it has.
    """
    n = _place(world, host)
    hats = np.ones((len(world.sectors), len(world.regions)))
    power = parameter("capital.share").value * world.arrays.value_added_share[:, n]
    hats[:, n] = _capital_hat(world, host, added) ** power
    return hats


def _capital_hat(world: World, host: str, added: Array) -> Array:
    n = _place(world, host)
    capital = capital_stock(world)[:, n]
    hat = np.ones(len(world.sectors))
    used = added != 0
    hat[used] = 1.0 + added[used] / capital[used]
    if (hat <= 0).any():
        s = int(np.argmin(hat))
        raise InputError(
            f"US$ {-added[s]:,.0f} m would leave {world.sectors[s]} in {host}, whose capital is "
            f"US$ {capital[s]:,.0f} m.",
            "Name more sectors, or a smaller part.",
        )
    return hat


def _moved(world: World, host: str, amounts: Mapping[str, float], spread: Array) -> CapitalMove:
    """Amounts by owner (million USD, negative where they leave) into capital of ``host``."""
    n, total = _place(world, host), sum(amounts.values())
    added = total * spread
    hat = _capital_hat(world, host, added)
    productivity = productivity_of(world, host, added)
    transfer = np.zeros(len(world.regions))
    rate = parameter("capital.return").value
    for owner, amount in amounts.items():
        there = _place(world, owner)
        if there != n:
            transfer[n] -= rate * amount
            transfer[there] += rate * amount
    earned = world.arrays.value_added_share[:, n] * world.arrays.output[:, n]
    a = parameter("capital.share").value
    return CapitalMove(
        productivity=productivity,
        transfer=transfer,
        capital_hat=hat,
        added={world.regions[n]: added},
        product=float((earned * (hat**a - 1.0)).sum()),
        returns=float(-transfer[n]),
        replacement=parameter("capital.depreciation").value * total,
    )


def _spread(world: World, host: str, into: Mapping[str, float] | None) -> Array:
    """What part of the money each sector gets, (sector,): as asked, the rest by value added."""
    n = _place(world, host)
    earned = (world.arrays.value_added_share * world.arrays.output)[:, n]
    spread = np.zeros(len(world.sectors))
    for name, share in (into or {}).items():
        _number(f"the share of {name}", share)
        if share < 0:
            raise NegativeValueError(f"the share of {name} is {share:g}.", "Shares are 0 or more.")
        members = list(world.resolve_sectors(name))
        weight = earned[members]
        if weight.sum() <= 0:
            raise InputError(
                f"{host} makes nothing in {name}: capital there has nothing to work with.",
                "Name other sectors.",
            )
        spread[members] += share * weight / weight.sum()
    left = 1.0 - spread.sum()
    if left < -1e-9:
        raise ShareError(
            f"the shares of the sectors add up to {spread.sum():g}.", "They may not exceed 1."
        )
    return spread + max(left, 0.0) * earned / earned.sum() if left > 1e-12 else spread


def _place(world: World, region: str) -> int:
    (place,) = world.resolve_regions(region)
    return place


def _checked(amount: float, delivery: float) -> None:
    _number("the amount", amount)
    _number("the chance of delivery", delivery)
    if amount < 0:
        raise NegativeValueError(
            f"the amount is {amount:g} million USD.", "Money that leaves is a withdrawal."
        )
    if not 0 <= delivery <= 1:
        raise InputError(f"the chance of delivery is {delivery:g}.", "Give 0 to 1.")


def _number(what: str, value: object) -> None:
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not math.isfinite(float(value)):  # type: ignore[arg-type]
        raise NotANumberError(f"{what} is {value!r}, not a finite number.", "Give one number.")
