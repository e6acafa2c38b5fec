"""Tariff quotas: a low rate up to a quantity, a high one beyond; the rate at the margin solves.

A quota can be slack (all enters at the low rate), binding (just the quota enters; the licence is
worth the difference between the rate that would bring about just that and the low rate), or
exceeded (the high rate rules at the margin, the licence saves the difference on the quota).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from countervail.channels import say
from countervail.channels.case import Case
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.channels.split_flow import part_of_trade
from countervail.channels.tariff_terms import (
    Product,
    parts_of,
    pieces_of,
    products,
    said,
    shock_at,
    without,
)
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.errors import NotConvergedError
from countervail.scenario.deals import Deal
from countervail.world.core import World

_PRECISE = 1e-7  # of the quota: what enters at the rate found, against the quota
_TRIES = 30
_ROUNDS = 40  # over all quotas of a deal, each given the others


@dataclass(frozen=True)
class Margin:
    """Where a product's trade ends up: the rate at the margin, the quantity, the licence's worth.

    ``rate``: fraction; ``quantity``, ``rent``: million USD a year, the first at base prices;
    ``regime``: ``free`` (no quota), ``idle`` (what exceeds it pays no more), ``slack``,
    ``binding``, or ``exceeded``.
    """

    rate: float
    quantity: float
    rent: float
    regime: str


_WHY = (
    "Each product is a part of its sector's flow with a tariff of its own; the parts substitute "
    "with the sector's trade elasticity. Up to the quota the low rate holds; where more would "
    "enter, the rate at the margin solves with the quantity in the full equilibrium, and the "
    "difference is the licence's worth. Definition of this program."
)


@dataclass(frozen=True, eq=False)
class Terms:
    """What the tariffs of a deal do: with it, without it, and what to say; or what is left out."""

    struck: Pieces
    stands: Pieces
    moves: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    left_out: str
    empty: bool


def terms(case: Case, deal: Deal, delivery: float, besides: Shock | None = None) -> Terms:
    """Every tariff and quota of ``deal`` at a chance of delivery: for that part of trade.

    ``besides``: what else the deal does in full, under which its quotas fill (None: nothing).
    """
    world, factor = case.world, case.closure.elasticity_factor
    items, left_out = products(world, deal)
    stands = without(world, items, factor)
    omitted = (f"Left out: {left_out}",) if left_out else ()
    if not items:
        return Terms(stands, stands, omitted, (), left_out, empty=True)
    found = margins(world, items, case.closure, besides)
    struck = pieces_of(world, items, [margin.rate for margin in found], factor, delivery)
    if delivery:
        struck = replace(struck, rest=rents(world, items, found, delivery))
    told, indicators = [], []
    for item, margin in zip(items, found, strict=True):
        told.append(said(case, item) + _outcome(item, margin))
        if item.quota is not None:
            indicators += [
                Indicator(f"quota on {item.name}", item.quota, "million USD a year"),
                Indicator(f"enters of {item.name}", margin.quantity, "million USD a year"),
                Indicator(f"rate at the margin on {item.name}", 100 * margin.rate, "percent"),
                Indicator(f"worth of licences for {item.name}", margin.rent, "million USD a year"),
            ]
    return Terms(struck, stands, (*told, *omitted), tuple(indicators), left_out, empty=False)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the tariffs and quotas of a deal do; at a chance of delivery, for that part of trade."""
    found = terms(case, deal, delivery)
    if found.empty:
        reason = found.left_out or "No tariff is given."
        return nothing(case.world, deal.id, deal.kind, delivery, reason)
    return Move(
        deal.id,
        deal.kind,
        delivery,
        found.struck,
        found.stands,
        moves=found.moves,
        why=_WHY,
        indicators=found.indicators,
    )


def _outcome(item: Product, margin: Margin) -> str:
    if item.quota is None:
        return ""
    limit = f"a quota of {say.money(item.quota)} a year"
    if margin.regime == "idle":
        return f"; {limit} limits nothing: no more is due beyond it"
    inside = f"; within {limit}, of which "
    if margin.regime == "slack":
        used = margin.quantity / item.quota if item.quota else 0.0
        return f"{inside}{100 * used:.0f} % is used: it does not bind"
    if margin.regime == "binding":
        return f"{inside}all is used: {say.rate(margin.rate)} at the margin"
    return f"{inside}more than all is used: {say.rate(margin.rate)} at the margin"


def margins(
    world: World, items: Sequence[Product], closure: Closure, besides: Shock | None = None
) -> tuple[Margin, ...]:
    """The rate at the margin of every product, with all quotas met at once.

    Each quota is solved in the full equilibrium, given ``besides`` (what else the deal does; None:
    nothing), the others' rates and what licences pay abroad, until none moves. Raises what
    ``solve`` raises, and ``NotConvergedError`` where quotas that hang together do not settle.
    """
    rates = [item.inside for item in items]
    found = [Margin(item.inside, math.nan, 0.0, "free") for item in items]
    limited = [k for k, item in enumerate(items) if item.quota is not None]
    # One quota whose licences stay at home changes nothing that it hangs on itself.
    once = len(limited) < 2 and all(items[k].licences == "importer" for k in limited)
    around = Shock(world) if besides is None else besides
    for _ in range(_ROUNDS):
        before = list(found)
        for k in limited:
            given = around.plus(rents(world, items, found))
            found[k] = _margin(world, items, rates, k, closure, given)
            rates[k] = found[k].rate
        if once or not any(_differ(a, b) for a, b in zip(before, found, strict=True)):
            return tuple(found)
    raise NotConvergedError(
        f"the quotas on {say.listed([items[k].name for k in limited])} do not settle together in "
        f"{world.name}.",
        "Name the products in deals of their own, or one quota for all of them.",
    )


def _differ(a: Margin, b: Margin) -> bool:
    return not (
        math.isclose(a.rate, b.rate, rel_tol=0.0, abs_tol=_PRECISE)
        and math.isclose(a.rent, b.rent, rel_tol=_PRECISE)
    )


def rents(
    world: World, items: Sequence[Product], found: Sequence[Margin], delivery: float = 1.0
) -> Shock:
    """What licences of exporters take out of the importer's revenue, as transfers."""
    shock = Shock(world)
    for item, margin in zip(items, found, strict=True):
        if item.licences == "exporter" and margin.rent > 0:
            _, n, i = item.cell
            shock = shock.transfer(
                world.regions[n], world.regions[i], amount=delivery * margin.rent
            )
    return shock


def _margin(
    world: World,
    items: Sequence[Product],
    rates: Sequence[float],
    k: int,
    closure: Closure,
    given: Shock,
) -> Margin:
    item = items[k]
    quota = item.quota
    assert quota is not None
    dearer = float(given.array("trade_cost")[item.cell])

    def entering(rate: float) -> tuple[float, float]:
        tried = [rate if j == k else r for j, r in enumerate(rates)]
        shock = given.plus(shock_at(world, items, tried, closure.elasticity_factor))
        outcome = solve(world, shock, closure)
        quantity, value = quantity_and_value(world, outcome, items, tried, k, closure)
        return quantity / dearer, value

    low, high = item.inside, max(item.inside, item.beyond)
    quantity, _ = entering(low)
    if high == low:
        return Margin(low, quantity, 0.0, "idle")
    if quantity <= quota * (1 + _PRECISE):
        return Margin(low, quantity, 0.0, "slack")
    most, value = entering(high)
    if most >= quota:
        return Margin(high, most, (high - low) * value * quota / most, "exceeded")
    rate = _rate_at(entering, quota, low, high)
    quantity, value = entering(rate)
    return Margin(rate, quantity, (rate - low) * value, "binding")


def _rate_at(
    entering: Callable[[float], tuple[float, float]],
    quota: float,
    low: float,
    high: float,
) -> float:
    from scipy.optimize import brentq

    def off(z: float) -> float:
        return math.log(max(entering(math.expm1(z))[0], 1e-300) / quota)

    # Quantities are nearly a power of one plus the rate: in logs the root is almost a line's.
    z: float = brentq(off, math.log1p(low), math.log1p(high), xtol=1e-9, maxiter=_TRIES)
    return math.expm1(z)


def quantity_and_value(
    world: World,
    outcome: Outcome,
    items: Sequence[Product],
    rates: Sequence[float],
    k: int,
    closure: Closure,
) -> tuple[float, float]:
    """What of product ``k`` crosses the border: (million USD at base prices, at those of then).

    At the costs of transport of the base: where they change, so does what a million buys.
    """
    s, n, i = cell = items[k].cell
    theta = float(world.arrays.elasticity[s]) * closure.elasticity_factor
    parts = parts_of(items, rates)[cell]
    place = [j for j, item in enumerate(items) if item.cell == cell].index(k)
    recomputed = outcome.state.recomputed
    part = part_of_trade(items[k].base, theta, parts, place)
    value = float(recomputed.trade[s, n, i]) * part
    return value / float(np.asarray(recomputed.cost)[s, i]), value
