"""Each lever's own curve: what a goal gains from it at every rate, read from a few gradients.

Since levers hardly act on each other (see ``landscape``), moving all of them together over
a grid of rates tells, for every lever, nearly its own slope at each rate. Summed up, the curves
say where *each lever by itself* is best over its whole range, which no search that walks
uphill from one start can say; the walk then takes the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from countervail.leverage.search.landscape import Goal, Landscape

Array = npt.NDArray[np.float64]

_NODES = 13
_FINE = 257
_ROUNDS = 5
_LARGEST_PRICE = 1e6  # percent of harm per percent of cost: cheaper than this is for nothing
_MODEST = 0.2  # log of one plus the rate from which the corrections start
_JUMP = 8  # places of the fine grid


class Curves:
    """Slopes of some goals along every lever's own range.

    ``at`` (F, K): the rates, as z; ``slopes[g]`` (F, K): the slope of goal g there.
    """

    def __init__(self, land: Landscape, goals: Sequence[Goal]) -> None:
        self.goals = tuple(goals)
        self._lower, self._width = land.lower, land.upper - land.lower
        # More nodes where rates are low: that is where slopes bend most.
        nodes = np.linspace(0.0, 1.0, _NODES) ** 1.5
        fine = np.linspace(0.0, 1.0, _FINE) ** 1.3
        taken: list[list[Array]] = [[] for _ in self.goals]
        for part in nodes:
            z = self._lower + part * self._width
            for slopes, goal in zip(taken, self.goals, strict=True):
                slopes.append(land.slope(goal, z))
        self.at: Array = land.lower + fine[:, None] * self._width
        self.slopes = [_between(nodes, np.array(slopes), fine) for slopes in taken]
        self._fine = fine

    def start(self, land: Landscape) -> Array:
        """Where the first goal is highest if every lever had its own curve, corrected."""
        z: Array = self.at[np.argmax(_summed(self.slopes[0], self.at), axis=0), self._levers]
        for _ in range(_ROUNDS):
            gain = self._through(land, z)[0]
            best = np.argmax(gain, axis=0)
            if np.array_equal(self.at[best, self._levers], z):
                break
            z = self.at[best, self._levers]
        return z

    def starts_at(self, land: Landscape, cost: float) -> list[tuple[Array, float]]:
        """Where the first goal loses most while the second loses ``cost`` percent, by the curves.

        Begins from modest rates and corrects the curves where it arrives. As the price of harm
        falls, a lever may jump from one hill of its curve to another; where that jump skips the
        cost, both sides of it are returned. With each: the price, that is what a further percent
        of cost would add in harm.
        """
        z = self._lower + np.minimum(self._width, _MODEST)
        for last in range(_ROUNDS, 0, -1):
            harm, loss = (-gain for gain in self._through(land, z))
            here = self._index(z)
            already = -land.value(self.goals[1], z) - loss[here, self._levers].sum()
            sides = _at_cost(harm, loss, cost - already)
            z = self.at[sides[0][0], self._levers]
            if last == 1:
                return [(self.at[best, self._levers], price) for best, price in sides]
        raise AssertionError

    @property
    def _levers(self) -> npt.NDArray[np.intp]:
        return np.arange(self.at.shape[1])

    def _index(self, z: Array) -> npt.NDArray[np.intp]:
        """The nearest place of the fine grid, by lever."""
        width = np.where(self._width > 0, self._width, 1.0)
        part = np.clip((z - self._lower) / width, 0.0, 1.0)
        found: npt.NDArray[np.intp] = np.searchsorted(self._fine, part)
        return found.clip(0, len(self._fine) - 1)

    def _through(self, land: Landscape, z: Array) -> list[Array]:
        """Every lever's gain along its range, (F, K), with the true slope at ``z``."""
        here = self._index(z)
        return [
            _summed(s + (land.slope(g, z) - s[here, self._levers]), self.at)
            for g, s in zip(self.goals, self.slopes, strict=True)
        ]


def _at_cost(harm: Array, loss: Array, cost: float) -> list[tuple[npt.NDArray[np.intp], float]]:
    """Every lever's place where harm less price x loss is highest, at the price of this cost.

    The place that costs no more, then the one just across, where a lever jumps between them.
    """
    levers = np.arange(harm.shape[1])

    def best(price: float) -> npt.NDArray[np.intp]:
        found: npt.NDArray[np.intp] = np.argmax(harm - price * loss, axis=0)
        return found

    low, high = 0.0, _LARGEST_PRICE
    if loss[best(low), levers].sum() <= cost:
        return [(best(low), low)]
    for _ in range(60):
        price = np.sqrt((low + 1e-4) * (high + 1e-4)) - 1e-4
        if loss[best(price), levers].sum() > cost:
            low = price
        else:
            high = price
    within, across = best(high), best(low)
    jumps = np.abs(within - across).max() > _JUMP
    return [(within, high), (across, low)] if jumps else [(within, high)]


def _between(nodes: Array, values: Array, fine: Array) -> Array:
    from scipy.interpolate import PchipInterpolator

    found: Array = PchipInterpolator(nodes, values, axis=0)(fine)
    return found


def _summed(slope: Array, at: Array) -> Array:
    """What a slope adds up to from the lower end of every lever's range, (F, K)."""
    parts = (slope[1:] + slope[:-1]) / 2 * np.diff(at, axis=0)
    return np.vstack([np.zeros(slope.shape[1]), np.cumsum(parts, axis=0)])
