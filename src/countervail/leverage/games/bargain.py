"""The Nash product of a bargain: what it is worth, and where it is highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.leverage.games.game import Game
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.uphill import ENOUGH, highest

Array = npt.NDArray[np.float64]

_SMALLEST = 1e-6  # percent: a surplus that cannot be raised above this is none
_SOFT = 1.0  # percent: how far from the floor the first look is taken
_HOPELESS = 20.0  # a loss this many times the softness would have been given up before
_STAGES = 40
_ROUNDS = 5
_BEYOND = 0.1  # drawn starts go this far (logs) beyond twice the first start


@dataclass(frozen=True, eq=False)
class Product(Goal):
    """What a bargain maximises: the log of prod_p (gain_p − floor_p)^power_p, in percent.

    ``goals``: of the parties; ``floor`` (P,): what each has without agreement, percent;
    ``power`` (P,): summing to 1. Below a surplus of ``softness`` percent the logarithm goes
    on as its own second-order expansion, so that a search can start where somebody loses; at
    or above it the log is exact. Times ``softness``, it is of the size of the surpluses.
    ``share``: only to say whose income counts.
    """

    goals: tuple[Goal, ...]
    floor: Array
    power: Array
    softness: float

    @classmethod
    def among(cls, goals: Sequence[Goal], floor: Array, power: Array, softness: float) -> Product:
        """The product of these parties' surpluses."""
        share: Array = np.sum([goal.share for goal in goals], axis=0)
        return cls(share, tuple(goals), floor, power, softness)

    def surplus(self, log_real: Array) -> Array:
        """What each party has above its floor, percent, (P,)."""
        return np.array([goal.percent(log_real) for goal in self.goals]) - self.floor

    def percent(self, log_real: Array) -> float:
        s, e = self.surplus(log_real), self.softness
        short = (s - e) / e
        log = np.where(s >= e, np.log(np.maximum(s, e)), np.log(e) + short - short**2 / 2)
        return float(e * (self.power @ log))

    def weights(self, log_real: Array) -> Array:
        pull = self.pull(log_real)
        parts = [p * goal.weights(log_real) for p, goal in zip(pull, self.goals, strict=True)]
        found: Array = np.sum(parts, axis=0)
        return found

    def pull(self, log_real: Array) -> Array:
        """How much a percent more for each party adds, (P,) > 0."""
        s, e = self.surplus(log_real), self.softness
        slope = np.where(s >= e, 1.0 / np.maximum(s, e), 1.0 / e - (s - e) / e**2)
        found: Array = e * self.power * slope
        return found


@dataclass(frozen=True, eq=False)
class Bargain:
    """What was agreed: rates (K,), or None where somebody must lose.

    ``gap``: how much more a fresh search found, percent. Where pairs bargain: those ``apart``
    (positions of players), and the sweeps of all pairs.
    """

    rates: Array | None
    gap: float
    apart: tuple[tuple[int, int], ...] = ()
    sweeps: int = 0


@dataclass(frozen=True, eq=False)
class Agreement:
    """Where a bargain ends: ``z`` (K,), and the geometric mean of the surpluses, percent."""

    z: Array
    value: float


def best_agreement(
    game: Game, land: Landscape, floor: Array, power: Array, start: Array
) -> Agreement | None:
    """Where the Nash product is highest, from ``start`` (K,); None where somebody must lose."""
    z, surplus = start, _surplus(game, land, floor, start)
    least = float(surplus.min())
    softness = least / 2 if least > 0 else max(2 * abs(least), _SOFT)
    for _ in range(_STAGES):
        product = Product.among(game.goals, floor, power, softness)
        z = highest(land, product, z, _bend(game, land, product, z)).z
        surplus = _surplus(game, land, floor, z)
        least = float(surplus.min())
        if least >= softness:
            return Agreement(z, float(np.exp(power @ np.log(surplus))))
        # Once all gain, the exact product is in reach; else look closer to the floor.
        softness = least / 2 if least > 0 else softness / 4
        if softness < max(_SMALLEST, -least / _HOPELESS):
            break
    return None


def tested_agreement(
    game: Game, land: Landscape, floor: Array, power: Array, start: Array, searches: int, seed: int
) -> tuple[Agreement | None, float]:
    """(the best agreement, how much more the last fresh searches found, percent).

    Searched for from ``start``, then from drawn rates; one that finds more than ``ENOUGH``
    becomes the answer, and is tested again.
    """
    rng = np.random.default_rng(seed)
    land.reset()
    best = best_agreement(game, land, floor, power, start)
    gap = 0.0
    for _ in range(_ROUNDS):
        gap, better = 0.0, best
        for _ in range(searches):
            land.reset()
            reach = 2.0 * (start - land.lower) + _BEYOND
            drawn = np.minimum(land.lower + rng.random(start.size) * reach, land.upper)
            fresh = best_agreement(game, land, floor, power, drawn)
            if fresh is not None and (better is None or fresh.value > better.value):
                gap, better = fresh.value - (0.0 if best is None else best.value), fresh
        best = better
        if gap <= ENOUGH:
            break
    return best, gap


def _surplus(game: Game, land: Landscape, floor: Array, z: Array) -> Array:
    found: Array = np.array([land.value(goal, z) for goal in game.goals]) - floor
    return found


def _bend(game: Game, land: Landscape, product: Product, z: Array) -> Array:
    """Roughly how fast the product's slope changes by each lever: its owner's, by its pull."""
    pull = product.pull(land.log_real(z))
    found: Array = game.bend(land) * pull[game.owner]
    return found
