"""Denial of transit: trade with third countries that would have to go round the coercer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError, NotANumberError
from countervail.parameters import parameter
from countervail.world.borders import share_a_border
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]
Shares = float | Mapping[str, float]
"""One share for all sectors, or one by sector or group; those not named have none."""


@dataclass(frozen=True)
class Transit:
    """How much of the target's trade with third countries crosses the coercer, and the detour.

    ``share``: fraction of goods trade (imports and exports), one number or by sector;
    ``factor``: cost of the detour over the cost by the usual way, 1 or more.
    ``judgement`` says that the two are the program's own guess, not the user's. Raises
    ``NotANumberError`` and ``InputError`` for anything else.
    """

    share: Shares
    factor: float
    judgement: bool = False

    def __post_init__(self) -> None:
        shares = self.share if isinstance(self.share, Mapping) else {"trade": self.share}
        for name, value in shares.items():
            _check_share(name, value)
        _check_factor(self.factor)

    def describe(self) -> str:
        """One sentence: what is assumed."""
        share = (
            "by sector"
            if isinstance(self.share, Mapping)
            else f"{100 * self.share:g} % of trade with third countries in the sectors hit"
        )
        status = "judgement, not an estimate" if self.judgement else "as given"
        cost = f"the detour costs {self.factor:g} times as much"
        return f"Crosses the coercer: {share}; {cost} ({status})."


def assumed_transit(world: World, target: str, coercer: tuple[str, ...]) -> Transit | None:
    """The parameters ``transit.share`` and ``transit.cost_factor`` where a coercer is a neighbour.

    None where no coercer shares a land border with ``target`` on the map that ships:
    what crosses a country farther away cannot be guessed.
    """
    if not any(share_a_border(world.labels, target, region) for region in coercer):
        return None
    return Transit(
        parameter("transit.share").value, parameter("transit.cost_factor").value, judgement=True
    )


def transit_shock(
    world: World,
    target: str,
    coercer: tuple[str, ...],
    *,
    share: Shares,
    factor: float,
    sectors: Spec = "goods",
    closure: Closure,
) -> Shock:
    """The shock of ``coercer`` closing its territory to what ``target`` trades with others.

    Of each flow between the target and a third country, both ways, in ``sectors``, the
    part ``share`` pays the cost ``factor``; ``share`` is a fraction, or a mapping from
    sectors or groups to fractions (those not named: none). Trade with the coercer itself
    is not touched. The two parts of a flow are varieties with one unit cost, so that one
    cost factor ((1 - v) + v f^-theta)^(-1/theta) does the same to the flow and to the
    price index, at the elasticities of ``closure``. Raises ``InputError`` for a share
    outside 0 to 1, a factor below 1, or a sector outside ``sectors``; ``NotANumberError``;
    ``UnknownLabelError``.

    Source: definition of this program.
    """
    by_sector = _by_sector(world, share, sectors)
    _check_factor(factor)
    theta = world.arrays.elasticity * closure.elasticity_factor
    cost = detour_cost(by_sector, factor, theta)
    own = world.regions.index(target)
    third = [n for n, r in enumerate(world.regions) if r != target and r not in coercer]
    hats = np.ones((len(world.sectors), len(world.regions), len(world.regions)))
    hats[:, own, third] = cost[:, None]
    hats[:, third, own] = cost[:, None]
    return Shock(world, trade_cost=hats)


def detour_cost(share: Array, factor: float, theta: Array) -> Array:
    """The cost of flows of which the part ``share`` (fractions) costs ``factor`` times as much."""
    with np.errstate(divide="ignore"):  # a share of 0 or 1 leaves one part empty: log 0 is right
        parts = np.logaddexp(np.log1p(-share), np.log(share) - theta * np.log(factor))
    cost: Array = np.exp(-parts / theta)
    return cost


def _by_sector(world: World, share: Shares, sectors: Spec) -> Array:
    named = world.labels.resolve_sectors(sectors)
    shares = share if isinstance(share, Mapping) else dict.fromkeys(named, share)
    found = np.zeros(len(world.sectors))
    seen: set[str] = set()
    for name, value in shares.items():
        _check_share(name, value)
        members = world.labels.resolve_sectors(name)
        wrong = [s for s in members if s not in named or s in seen]
        if wrong:
            why = "is named twice" if wrong[0] in seen else "is not among the sectors hit"
            raise InputError(
                f"{wrong[0]} {why} in the shares in transit.",
                "Name only sectors that are hit, each once.",
            )
        seen.update(members)
        found[[world.sectors.index(s) for s in members]] = value
    return found


def _check_share(name: str, value: object) -> None:
    if not 0 <= _number(f"the share of {name} in transit", value) <= 1:
        raise InputError(
            f"the share of {name} in transit is {value:g}; it must lie between 0 and 1.",
            "A share is a fraction: write 0.1 for 10 %.",
        )


def _check_factor(factor: object) -> None:
    if _number("the cost factor of the detour", factor) < 1:
        raise InputError(
            f"the cost factor of the detour is {factor:g}; a detour cannot be cheaper.",
            "1.2 means that the goods cost a fifth more to bring.",
        )


def _number(what: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise NotANumberError(f"{what} is {value!r}, not a finite number.", "Give one number.")
    return value
