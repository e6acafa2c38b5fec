"""All players of a game at once: everybody steps towards its best rates given the others'.

A player's second derivatives by its own rates are nearly diagonal (see ``landscape``), so a
lever's slope over its bend is nearly the step to that player's best rate. One equilibrium and
one slope for each player give the steps of all. Anderson's method (type II; Walker & Ni
2011), weighted by what steps are worth to their owners, takes up what is left: that
rates act on each other, within a player and between players.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.leverage.games.game import Game
from countervail.leverage.search.landscape import Landscape

Array = npt.NDArray[np.float64]

SETTLED = 1e-7
"""Largest step, in logs of one plus a rate, that any player still wishes at a solution."""

_MEMORY = 14
_LONGEST = 0.5  # no step is longer, in logs of one plus a rate
_RANK = 1e-12


@dataclass(frozen=True, eq=False)
class Place:
    """Where the players stand (``z``), and the places and steps that led there.

    What follows depends on nothing else, so that a stored place goes on to the same bits.
    """

    z: Array
    places: Array
    steps: Array
    count: int
    largest: float

    @classmethod
    def at(cls, z: Array) -> Place:
        """A place without a past."""
        none = np.empty((0, z.size))
        return cls(z, none, none, 0, np.inf)

    @property
    def settled(self) -> bool:
        """Whether no player wishes to move."""
        return self.largest <= SETTLED


def sweep(game: Game, land: Landscape, place: Place, pool: ThreadPoolExecutor) -> Place:
    """The next place; the same one, now settled, where no player wishes to move."""
    land.reset()
    steps, bend = wishes(game, land, place.z, pool)
    largest = float(np.abs(steps).max())
    count = place.count + 1
    if largest <= SETTLED:
        return replace(place, count=count, largest=largest)
    places = np.vstack([place.places, place.z])[-_MEMORY - 1 :]
    taken = np.vstack([place.steps, steps])[-_MEMORY - 1 :]
    z = _accelerated(places, taken, np.sqrt(bend))
    # What would be carried over a bound was extrapolated too far.
    within = (z >= land.lower) & (z <= land.upper)
    return Place(np.where(within, z, place.z + steps), places, taken, count, largest)


def wishes(game: Game, land: Landscape, z: Array, pool: ThreadPoolExecutor) -> tuple[Array, Array]:
    """(the step that each lever's owner wishes at ``z``, how fast its slope changes), (K,) each."""
    land.log_real(z)  # solved once, before the threads ask for slopes there

    def slope(player: int) -> Array:
        return land.slope(game.goals[player], z)[game.own[player]]

    active = [k for k, levers in enumerate(game.sets) if len(levers)]
    slopes = np.concatenate(list(pool.map(slope, active)))
    bend = game.bend(land)
    step = np.clip(slopes / bend, -_LONGEST, _LONGEST)
    within: Array = np.clip(z + step, land.lower, land.upper) - z
    return within, bend


def _accelerated(places: Array, steps: Array, weight: Array) -> Array:
    """Where the last steps, extrapolated, would leave nothing to wish for."""
    z, step = places[-1], steps[-1]
    plain: Array = z + step
    if len(places) == 1:
        return plain
    moved, changed = np.diff(places, axis=0), np.diff(steps, axis=0)
    mixed = np.linalg.lstsq((changed * weight).T, weight * step, rcond=_RANK)[0]
    found: Array = plain - mixed @ (moved + changed)
    return found
