"""Diplomatic posts: standing contact that promotes the exports of the country that keeps it."""

from __future__ import annotations

from countervail.channels import say
from countervail.channels.case import Case, sides_of
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.channels.ties.effects import trade_effect_hats
from countervail.equilibrium.shock import Shock
from countervail.parameters import Parameter, parameter
from countervail.scenario.deals import Deal

_WHY = (
    "The exports of the country that keeps the post to its host rise by g at given prices in the "
    "long run: costs fall to (1 + g)^(-1/theta). g: {source}."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What a post does at a chance of delivery: g becomes chance x g. Source: Rose (2007)."""
    return promotion(case, deal, delivery, parameter("post.exports"), _WHY)


def promotion(case: Case, deal: Deal, delivery: float, prior: Parameter, why: str) -> Move:
    """Exports of our side to the partners up by the deal's own effect, else by ``prior``."""
    world, sides = case.world, sides_of(case, deal)
    empty = Shock(world)
    if not sides.partners:
        return nothing(world, deal.id, deal.kind, delivery, sides.reason)
    effect, source = (
        prior.value,
        (f"{prior.value:g} ({prior.low:g} to {prior.high:g}), {prior.source}, {prior.status}"),
    )
    if deal.effect is not None:
        effect, source = deal.effect, "as the entry says"
    sectors = list(deal.sectors) if deal.sectors else ["goods"]
    shock = empty
    if delivery * effect:
        hats = trade_effect_hats(
            world, [sides.ours], list(sides.partners), sectors, delivery * effect, both_ways=False
        )
        shock = Shock(world, trade_cost=hats)
    names = say.listed([case.name(r) for r in sides.partners])
    told = (
        f"Exports of {case.name(sides.ours)} to {names} in {case.sectors(sectors)}: "
        f"{say.percent(effect)} at given prices in the long run"
        if effect
        else f"Nothing in trade of {case.name(sides.ours)} with {names}: no evidence of an effect"
    )
    return Move(
        deal.id,
        deal.kind,
        delivery,
        Pieces(shock),
        Pieces(empty),
        moves=(told,),
        why=why.format(source=source),
        indicators=(Indicator("rise of exports at given prices", 100 * effect, "percent"),),
    )
