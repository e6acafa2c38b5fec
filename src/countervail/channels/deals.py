"""Deals by the channel that carries each: what it does alone, and what several do together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from countervail.channels import (
    defence_tie,
    diplomatic_post,
    energy_route,
    forum,
    infrastructure,
    investment,
    investment_treaty,
    say,
    tariff_quota,
    trade_agreement,
)
from countervail.channels.case import Case, sides_of
from countervail.channels.delivery import delivery_of
from countervail.channels.move import Move, Pieces, joined, nothing
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError
from countervail.scenario.deals import Deal
from countervail.world.core import World

CHANNELS: Mapping[str, Callable[[Case, Deal, float], Move]] = {
    "trade-agreement": trade_agreement.move,
    "tariff-quota": tariff_quota.move,
    "investment": investment.move,
    "investment-treaty": investment_treaty.move,
    "infrastructure": infrastructure.move,
    "energy-route": energy_route.move,
    "diplomatic-post": diplomatic_post.move,
    "defence-tie": defence_tie.move,
    "forum": forum.move,
}
"""Every kind of deal with what turns it into a move."""

RULE = (
    "Products in one flow are parts of it side by side, money in one sector's capital, or in the "
    "public capital of one region, adds up before it acts, routes to one market share it and a "
    "route that two deals build counts once, changes of transfers add up, other factors of costs "
    "and productivity multiply; a quota's rate is the one solved with its deal alone."
)
"""How moves combine, in words."""


def move_of(case: Case, deal: Deal, delivery: float | None = None) -> Move:
    """What ``deal`` does at a chance of delivery (None: its own); 0 leaves what stands, 1 is whole.

    Raises what the deal's channel raises for bad input.
    """
    chance = delivery_of(deal).expected if delivery is None else delivery
    if deal.not_quantified:
        return nothing(case.world, deal.id, deal.kind, chance, deal.not_quantified)
    try:
        found = CHANNELS[deal.kind](case, deal, chance)
    except InputError as error:
        if f"deal {deal.id}" in error.cause:
            raise
        raise type(error)(f"deal {deal.id}: {error.cause}", error.remedy, error.evidence) from None
    missing = sides_of(case, deal).left_out
    if not missing or found.not_quantified:
        return found
    said = f"Left out: {say.listed(missing)}, no region of {case.world.name}"
    return replace(found, moves=(*found.moves, said))


def combined(
    world: World, moves: Iterable[Move], on: Iterable[str] | None = None, *, cut: bool = False
) -> Shock:
    """One shock of several deals: those in ``on`` (ids; None: all) struck, the others not.

    A deal that is not struck leaves what stands without it. ``cut``: what they do where all trade
    with the coercer has ended. ``RULE`` says how they combine. Raises ``InputError`` where
    products of several deals exceed their flow.
    """
    kept = None if on is None else set(on)
    pieces = [Pieces(Shock(world))]
    for move in moves:
        if kept is not None and move.id not in kept:
            pieces.append(move.stands)
        else:
            pieces.append(move.cut if cut and move.cut is not None else move.struck)
    return joined(pieces)
