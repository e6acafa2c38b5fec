"""Whether a player could do better by itself: fresh searches with all others' rates held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import SolveError
from countervail.leverage.games.game import Game
from countervail.leverage.games.optimal_tariff import steepness
from countervail.leverage.search.landscape import Landscape
from countervail.leverage.search.uphill import highest

Array = npt.NDArray[np.float64]

SEARCHES = 2
"""Fresh searches for each player: from no tariffs, and from drawn ones."""

_SPREAD = 1.0  # drawn rates lie between 1/e and e times those that are tested


@dataclass(frozen=True, eq=False)
class Deviation:
    """The best that a player found by itself.

    ``gain``: percent of its base real income above what it has (below 0: nothing better was
    found, by so much); ``z``: where; ``solves``: equilibria solved on the way.
    """

    gain: float
    z: Array
    solves: int


def best_deviation(game: Game, player: int, z: Array, seed: int) -> Deviation:
    """What ``player`` gains at most by other rates than its own at ``z`` (K,), others' held.

    Searched for from no tariffs, and from rates drawn around its own by ``seed``.
    """
    own, goal = z[game.own[player]], game.goals[player]
    if not own.size:
        return Deviation(0.0, own, 0)
    land = game.landscape_of(player, np.expm1(z))
    now = land.value(goal, own)
    # Between how slopes change here and at base trade: a search from low rates meets both.
    here = 100.0 * land.valuation.responsive_trade() / game.income[player]
    bend = np.sqrt(np.maximum(here, 1e-300) * steepness(land, goal))
    tried = []
    for start in (land.clipped(0.0), _drawn(land, own, np.random.default_rng([seed, player]))):
        land.reset()
        try:
            tried.append(highest(land, goal, start, bend))
        except SolveError:  # on the way from this start there is no equilibrium: nothing found
            continue
    if not tried:
        return Deviation(0.0, own, land.valuation.solves)
    best = max(tried, key=lambda found: found.value)
    return Deviation(best.value - now, best.z, land.valuation.solves)


def _drawn(land: Landscape, own: Array, rng: np.random.Generator) -> Array:
    """Rates between a third and three times the player's own; its mean where it sets none."""
    rates = np.expm1(own)
    around = np.where(rates != 0, rates, rates.mean())
    return land.clipped(np.maximum(around * np.exp(rng.uniform(-_SPREAD, _SPREAD, own.size)), -0.9))
