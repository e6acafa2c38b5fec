"""Trade agreements: tariffs to the schedule, and costs that fall with the agreement's depth."""

from __future__ import annotations

from dataclasses import replace

from countervail.channels import say
from countervail.channels.case import Case, sides_of
from countervail.channels.move import Indicator, Move, nothing
from countervail.channels.tariff_quota import terms
from countervail.channels.ties.effects import trade_effect_hats
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.deals import Deal

_WHY = (
    "Costs of trade between our side and the other parties, both ways, fall to "
    "(1 + g)^(-1/theta) in every sector, theta being its long-run trade elasticity, so that "
    "trade rises by g at given prices in the long run; tariffs only as the deal says. g: {source}."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the agreement does at a chance of delivery p: g becomes p g, p of trade its tariffs.

    ``depth`` gives g (parameters ``pta.deep``, ``pta.shallow``), ``effect`` replaces it.
    Source: Mattoo, Mulabdic and Ruta (2022) for g; the cost factor follows from gravity.
    """
    world, sides = case.world, sides_of(case, deal)
    given = trade_effect(deal)
    effect, source = given or (0.0, "none given")
    sectors = list(deal.sectors) if deal.sectors else ["goods"]

    def cheaper(chance: float) -> Shock:
        """Costs at a chance of delivery."""
        if not sides.partners or not chance * effect:
            return Shock(world)
        hats = trade_effect_hats(
            world, [sides.ours], list(sides.partners), sectors, chance * effect, both_ways=True
        )
        return Shock(world, trade_cost=hats)

    tariffs = terms(case, deal, delivery, besides=cheaper(1.0))
    if not sides.partners or (given is None and tariffs.empty):
        reason = sides.reason or " ".join(
            ("Neither `depth` nor `effect` nor tariffs are given.", *tariffs.moves)
        )
        return nothing(world, deal.id, deal.kind, delivery, reason)
    struck = replace(tariffs.struck, rest=tariffs.struck.rest.plus(cheaper(delivery)))
    names = say.listed([case.name(r) for r in sides.partners])
    told = list(tariffs.moves)
    if effect:
        told.insert(
            0,
            f"Trade between {case.name(sides.ours)} and {names} in {case.sectors(sectors)}: "
            f"{say.percent(effect)} at given prices in the long run",
        )
    return Move(
        deal.id,
        deal.kind,
        delivery,
        struck,
        tariffs.stands,
        moves=tuple(told),
        why=_WHY.format(source=source),
        indicators=(
            Indicator("rise of trade at given prices", 100 * effect, "percent"),
            *tariffs.indicators,
        ),
    )


def trade_effect(deal: Deal) -> tuple[float, str] | None:
    """(g, where it is from) of an agreement; None where the deal says nothing of it."""
    if deal.effect is not None:
        return deal.effect, "as the entry says"
    if deal.depth is None:
        return None
    found = parameter(f"pta.{deal.depth}")
    low, high = found.low, found.high
    return found.value, f"{found.value:g} ({low:g} to {high:g}), {found.source}, {found.status}"
