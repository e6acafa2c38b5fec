"""Infrastructure: public capital that raises what a whole region produces."""

from __future__ import annotations

from countervail.channels import say
from countervail.channels.amounts import describe, million_usd
from countervail.channels.case import Case
from countervail.channels.investment import (
    REPLACEMENT,
    building_of,
    return_shock,
    sides_of_money,
    unquantified,
)
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.channels.public_capital import public_capital
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.deals import Deal

_WHY = (
    "Public capital G rises by F; value added of every sector rises to (1 + F/G) to the power "
    "{elasticity:g} ({source}). G is {ratio:g} years of product ({status}). Where others pay, what "
    "their money earns leaves; money from home costs nothing here but what "
    "replaces worn-out capital, which is shown beside."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What public capital of ``amount`` does at a chance of delivery p: p F is what is built.

    Source: Bom and Ligthart (2014) for the elasticity.
    """
    world = case.world
    empty = Shock(world)
    reason = unquantified(case, deal, alone=True)
    if reason:
        return nothing(world, deal.id, deal.kind, delivery, reason)
    host, owners = sides_of_money(case, deal)
    assert deal.amount is not None
    amount = million_usd(world, deal.amount, deal.date.year if deal.date else None)
    public = public_capital(world, host)
    elasticity, ratio = (
        parameter("public_capital.elasticity"),
        parameter("public_capital.output_ratio"),
    )
    struck = Pieces(empty)
    if delivery * amount:
        paid = return_shock(world, host, owners, delivery * amount)
        struck = Pieces(paid, public={host: delivery * amount})
    worn = parameter("capital.depreciation").value * amount
    return Move(
        deal.id,
        deal.kind,
        delivery,
        struck,
        Pieces(empty),
        building=building_of(case, deal, host, owners, amount),
        replacement=worn if host == case.protagonist else 0.0,
        moves=(
            f"Public capital of {case.name(host)} {say.percent(amount / public)} "
            f"({describe(deal.amount)}); value added of every sector "
            f"{say.percent((1 + amount / public) ** elasticity.value - 1)} at given prices",
        ),
        why=_WHY.format(
            elasticity=elasticity.value,
            source=elasticity.source,
            ratio=ratio.value,
            status=ratio.status,
        ),
        indicators=(
            Indicator("rise of public capital", 100 * amount / public, "percent"),
            Indicator(REPLACEMENT, worn, "million USD a year"),
        ),
    )
