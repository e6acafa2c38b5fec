"""Goals and slopes over lever settings, in the coordinates in which a search goes fast.

A lever is measured by z = log(1 + setting). In these coordinates the second derivatives of
welfare are nearly diagonal: a rate acts on its own flow far more than on any other. So a few
gradients with all levers moved together tell each lever's own curve, ``Curves``, from which
starts for every search are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import base_state
from countervail.equilibrium.valuation import Valuation
from countervail.leverage.search.levers import LeverSet
from countervail.world.core import World

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Goal:
    """Real income of a group of regions together, percent: what their members gain or lose.

    The group's equivalent variation over its base income, as a sum; ``share``: each region's
    part of the group's base income, (N,), zero outside. With political weights, income counts
    what is favoured more, in the base as after.
    """

    share: Array

    @classmethod
    def of(
        cls,
        world: World,
        closure: Closure,
        regions: Sequence[str],
        favour: Array | None = None,
    ) -> Goal:
        """The goal of ``regions`` together; ``favour`` (sector, region): as in a ``Landscape``."""
        base = base_state(world, closure).recomputed
        income = base.income
        if favour is not None:
            earned = world.arrays.value_added_share * base.output
            income = income + (favour * earned).sum(0)
        share = np.zeros(len(world.regions))
        where = [world.regions.index(r) for r in regions]
        share[where] = income[where] / income[where].sum()
        return cls(share)

    def percent(self, log_real: Array) -> float:
        """The group's gain in percent of its base income."""
        return float(100.0 * self.share @ np.expm1(log_real))

    def weights(self, log_real: Array) -> Array:
        """Derivatives of ``percent`` by every region's log real income."""
        return 100.0 * self.share * np.exp(log_real)


class Landscape:
    """Values and slopes of goals over z = log(1 + setting); remembers the last place."""

    def __init__(
        self,
        levers: LeverSet,
        closure: Closure,
        favour: Array | None = None,
    ) -> None:
        self.levers = levers
        self.income: Array = base_state(levers.world, closure).recomputed.income
        self.elasticity_factor = closure.elasticity_factor
        self.valuation = Valuation(levers.world, closure, levers.plain, levers.given, favour=favour)
        self.lower: Array = np.log1p(levers.lower)
        self.upper: Array = np.log1p(levers.upper)
        self._place: Array | None = None
        self._log_real: Array | None = None
        self._slopes: dict[Goal, Array] = {}

    def setting(self, z: Array) -> Array:
        """Lever settings (rates) at ``z``, within the bounds to the last bit."""
        return np.clip(np.expm1(z), self.levers.lower, self.levers.upper)

    def clipped(self, rate: float | Array) -> Array:
        """The place where every lever has this rate, or the nearest that its bounds allow."""
        found: Array = np.clip(np.log1p(rate) + np.zeros(len(self.levers)), self.lower, self.upper)
        return found

    def reset(self) -> None:
        """Forget where the last search went, so that the next one depends on its start alone."""
        self.valuation.forget()
        self._place = None

    def value(self, goal: Goal, z: Array) -> float:
        """The goal in percent of base real income at ``z``."""
        return goal.percent(self.log_real(z))

    def slope(self, goal: Goal, z: Array) -> Array:
        """Derivatives of the goal by z, (K,)."""
        log_real = self.log_real(z)
        if goal not in self._slopes:
            by_rate = self.valuation.slope(goal.weights(log_real))
            self._slopes[goal] = by_rate * (1.0 + self.setting(z))
        return self._slopes[goal]

    def log_real(self, z: Array) -> Array:
        """Log real income of every region against the base at ``z``, (N,)."""
        if self._log_real is None or self._place is None or not np.array_equal(z, self._place):
            self._log_real = self.valuation.at(self.setting(z))
            self._place = np.array(z)
            self._slopes = {}
        return self._log_real
