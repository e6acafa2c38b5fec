"""Money of sovereign funds, pension funds and firms put into a region's capital."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from countervail.channels import say
from countervail.channels.amounts import describe, million_usd
from countervail.channels.capital.investment import CapitalMove, capital_in, construction
from countervail.channels.case import Case, sides_of
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.channels.tariff_terms import one_region
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.deals import Deal
from countervail.world.core import World

Array = npt.NDArray[np.float64]

_WHY = (
    "Capital rises to 1 + F/K in the sectors named, value added there by that to the power of "
    "capital's share {share:g}; what the money earns, {rate:g} a year of it, leaves for its "
    "owners: national income, not product. K is {ratio:g} years of product, spread by value added "
    "(constructed). Additional money is taken to find nobody's place; what replaces worn-out "
    "capital is not subtracted, and is shown beside."
)


REPLACEMENT = "replacing worn-out capital"
"""The indicator that real income does not subtract."""


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the money does at a chance of delivery p: p F is what comes.

    ``amount`` F, ``into`` (sectors; without it, all in proportion to value added), ``host`` (else
    the protagonist, if a party); the other parties bring it, by the size of
    their product. Source: definition of
    this program (docs/capital.md).
    """
    world = case.world
    empty = Shock(world)
    reason = unquantified(case, deal)
    if reason:
        return nothing(world, deal.id, deal.kind, delivery, reason)
    host, owners = sides_of_money(case, deal)
    assert deal.amount is not None
    amount = million_usd(world, deal.amount, deal.date.year if deal.date else None)
    full = _shared(case, deal, host, owners, amount, 1.0)
    struck = Pieces(empty)
    if delivery * amount:
        part = full if delivery == 1 else _shared(case, deal, host, owners, amount, delivery)
        struck = pieces_of(world, part)
    into = f"in {case.sectors(list(deal.into))}" if deal.into else "in all sectors alike"
    rises = full.capital_hat[full.capital_hat != 1] - 1
    rise = say.percent(float(rises.max(initial=0.0)))
    rise += " at most" if np.ptp(rises) > 1e-9 else ""
    told = (
        f"{say.money(amount)} from {say.listed([case.name(r) for r in owners])} "
        f"({describe(deal.amount)}) become capital of {case.name(host)} {into}: "
        f"{rise}",
        f"value added {say.money(full.product)} a year at given prices; {say.money(full.returns)} "
        "a year of returns leave",
    )
    return Move(
        deal.id,
        deal.kind,
        delivery,
        struck,
        Pieces(empty),
        building=building_of(case, deal, host, owners, amount),
        replacement=full.replacement if host == case.protagonist else 0.0,
        moves=told,
        why=_WHY.format(
            share=parameter("capital.share").value,
            rate=parameter("capital.return").value,
            ratio=parameter("capital.output_ratio").value,
        ),
        indicators=indicators_of(full),
    )


def unquantified(case: Case, deal: Deal, alone: bool = False) -> str:
    """Why the money cannot be computed; empty where it can. ``alone``: its own money will do."""
    if deal.amount is None:
        return "No amount is given (`amount`)."
    host, owners = sides_of_money(case, deal)
    if not host:
        return f"The region in which it is invested is not one of {case.world.name} (`host`)."
    if not owners and not alone:
        return f"{sides_of(case, deal).reason} Nobody brings the money."
    return ""


def sides_of_money(case: Case, deal: Deal) -> tuple[str, tuple[str, ...]]:
    """(host, owners): where the money goes, and the other parties, who bring it."""
    sides = sides_of(case, deal)
    if deal.host is None:
        return sides.ours, sides.partners
    host = one_region(case.world, deal.host)
    label = "" if host is None else case.world.regions[host]
    return label, tuple(r for r in (sides.ours, *sides.partners) if r and r != label)


def shock_of(world: World, found: CapitalMove) -> Shock:
    """A change of capital as a shock; empty where nothing moves."""
    shock = Shock(world)
    if (found.productivity != 1).any():
        shock = Shock(world, productivity=found.productivity)
    return shock.plus(paid(world, found.transfer))


def pieces_of(world: World, found: CapitalMove) -> Pieces:
    """A change of capital that can be pooled with the money of other deals."""
    return Pieces(paid(world, found.transfer), capital=found.added)


def paid(world: World, change: Array) -> Shock:
    """Changes of transfers (region,), million USD a year, as a shock on top of the world's own."""
    if not change.any():
        return Shock(world)
    return Shock(world, transfer=world.arrays.transfer + change)


def return_shock(world: World, host: str, owners: tuple[str, ...], amount: float) -> Shock:
    """What ``amount`` million USD earns for its owners, leaving ``host`` every year."""
    earned = parameter("capital.return").value * amount
    change = earned * parts_of(world, owners)
    change[world.regions.index(host)] -= change.sum()
    return paid(world, change)


def parts_of(world: World, owners: tuple[str, ...]) -> Array:
    """What part of the money each region brings, (region,): owners by the size of their product."""
    part = np.zeros(len(world.regions))
    places = [world.regions.index(owner) for owner in owners]
    size = np.asarray(world.arrays.factor_income)[places]
    part[places] = size / size.sum() if places else 0.0
    return part


def building_of(
    case: Case, deal: Deal, host: str, owners: tuple[str, ...], amount: float
) -> Shock | None:
    """While it is built: the owners' money comes in; None where nobody else pays."""
    if not owners or not amount:
        return None
    years = deal.years or parameter("capital.construction_years").value
    whole = construction(case.world, host, owners[0], amount, years)
    coming = float(whole.sum() - whole.min())
    change = -coming * parts_of(case.world, owners)
    change[case.world.regions.index(host)] += coming
    return paid(case.world, change)


def indicators_of(found: CapitalMove) -> tuple[Indicator, ...]:
    """What goes with a change of capital."""
    unit = "million USD a year"
    return (
        Indicator("value added at given prices", found.product, unit),
        Indicator("returns that leave", found.returns, unit),
        Indicator(REPLACEMENT, found.replacement, unit),
    )


def _shared(
    case: Case, deal: Deal, host: str, owners: tuple[str, ...], amount: float, delivery: float
) -> CapitalMove:
    """The money of all owners as one change of capital."""
    whole = capital_in(case.world, host, owners[0], amount, deal.into or None, delivery=delivery)
    transfer = whole.returns * parts_of(case.world, owners)
    transfer[case.world.regions.index(host)] -= whole.returns
    return replace(whole, transfer=transfer)
