"""Investment treaties: somewhat more direct investment between the parties, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.channels import say
from countervail.channels.capital.investment import treaty
from countervail.channels.case import Case, Sides, sides_of
from countervail.channels.investment import indicators_of, paid
from countervail.channels.move import Indicator, Move, Pieces, nothing
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.deals import Deal

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions

Array = npt.NDArray[np.float64]

_FEW = 3  # partners that get a line each
_WHY = (
    "The stock of direct investment of each party in the other rises by b, and the rise acts as "
    "investment does. b: {source}."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the treaty does at a chance of delivery p: stocks rise by p b.

    ``effect`` replaces b. Source: Bellak and Reiter (2020).
    """
    world, sides = case.world, sides_of(case, deal)
    if not sides.partners:
        return nothing(world, deal.id, deal.kind, delivery, sides.reason)
    prior = parameter("bit.fdi")
    rise, source = (
        prior.value,
        (f"{prior.value:g} ({prior.low:g} to {prior.high:g}), {prior.source}, {prior.status}"),
    )
    if deal.effect is not None:
        rise, source = deal.effect, "as the entry says"
    change = np.zeros(len(world.regions))
    added: dict[str, Array] = {}
    worn = 0.0
    indicators: list[Indicator] = []
    positions = case.layers.positions
    for partner in sides.partners:
        full = treaty(world, sides.ours, partner, positions, rise)
        part = treaty(world, sides.ours, partner, positions, delivery * rise)
        change += part.transfer
        for host, money in part.added.items():
            added[host] = added.get(host, np.zeros_like(money)) + money
        worn += full.replacement if sides.ours == case.protagonist else 0.0
        indicators += indicators_of(full)
    return Move(
        deal.id,
        deal.kind,
        delivery,
        Pieces(paid(world, change), capital=added),
        Pieces(Shock(world)),
        replacement=worn,
        moves=_told(case, sides, positions, rise),
        why=_WHY.format(source=source),
        indicators=tuple(indicators),
    )


def _told(case: Case, sides: Sides, positions: Positions, rise: float) -> tuple[str, ...]:
    """A line for each pair, or one for each direction where there are many partners."""
    pairs = [(sides.ours, p) for p in sides.partners] + [(p, sides.ours) for p in sides.partners]
    if len(sides.partners) <= _FEW:
        return tuple(
            f"Direct investment of {case.name(origin)} in {case.name(host)} "
            f"({say.money(positions.stock(host, origin))}, {positions.status_of(host, origin)}): "
            f"{say.percent(rise)}"
            for host, origin in pairs
        )
    inward, outward = (
        sum(positions.stock(host, origin) for host, origin in half)
        for half in (pairs[: len(sides.partners)], pairs[len(sides.partners) :])
    )
    ours, many = case.name(sides.ours), len(sides.partners)
    return (
        f"Direct investment of {many} partners in {ours} ({say.money(inward)} in all): "
        f"{say.percent(rise)}",
        f"Direct investment of {ours} in {many} partners ({say.money(outward)} in all): "
        f"{say.percent(rise)}",
    )
