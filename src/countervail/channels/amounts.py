"""Sums of money in million US dollars of a world's base year."""

from __future__ import annotations

from countervail.errors import InputError
from countervail.parameters import parameter
from countervail.scenario.terms import Amount
from countervail.world.core import World

_SCALE = {"tn": 1e6, "bn": 1e3, "m": 1.0}


def million_usd(world: World, amount: Amount, year: int | None = None) -> float:
    """``amount`` in million US dollars at the prices of the world's base year.

    ``year``: of the prices, where the amount names none. Other currencies are turned into dollars
    at the amount's own ``usd``; dollars of other years by the parameter ``dollar.inflation``.
    Raises ``InputError`` for an amount without a year or without what its currency was worth, and
    for a dollar that is said to be worth another sum.
    """
    scale, currency = amount.unit.split()
    if currency == "USD" and amount.usd not in (None, 1.0):
        raise InputError(
            f"{describe(amount)}: it counts US dollars, and says that one was worth "
            f"{amount.usd:g}.",
            "Leave `usd` out, or name the currency that is meant in `unit`.",
        )
    worth = 1.0 if currency == "USD" else amount.usd
    if worth is None:
        raise InputError(
            f"{describe(amount)}: it is not said what one {currency} was worth in US dollars.",
            "Add `usd` to the amount, for example usd = 0.74.",
        )
    of = amount.year or year
    if of is None:
        raise InputError(
            f"{describe(amount)}: the year of its prices is missing.", "Add year = 2025."
        )
    years = 0 if world.base_year is None else world.base_year - of
    return float(amount.value * _SCALE[scale] * worth * inflation() ** years)


def inflation() -> float:
    """By what dollar prices are multiplied from one year to the next."""
    return 1.0 + parameter("dollar.inflation").value


def describe(amount: Amount) -> str:
    """The amount as its source gives it: "50 bn USD, published, 2025"."""
    parts = [f"{amount.value:g} {amount.unit}", amount.basis]
    return ", ".join(parts + ([str(amount.year)] if amount.year else []))
