"""The tariffs that are best for all players of a game together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.leverage.games.game import Played, gains, game_of
from countervail.leverage.games.optimal_tariff import BOUNDS, Vary, best_tested, tested
from countervail.leverage.games.players import Players, per_player
from countervail.leverage.search.checks import checked_run
from countervail.leverage.search.landscape import Goal
from countervail.leverage.search.threads import one_blas_thread
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Cooperative(Played):
    """The tariffs that are best for all players together.

    ``weights``: by player, summing to 1. ``joint_percent``: the weighted sum of the players'
    gains on the base, percent; with weights that are income shares, of their joint income.
    ``gap``: how much more (percent) the best of ``searches`` fresh searches found.
    """

    weights: Mapping[str, float]
    joint_percent: float
    gap: float | None
    searches: int
    solves: int

    def __repr__(self) -> str:
        return (
            f"<Cooperative of {len(self.game.players)} players in {self.game.world.name}: tariffs "
            f"of {100 * self.rates.min():.3g} to {100 * self.rates.max():.3g} %; "
            f"{tested(self.searches, self.gap)}>"
        )


def cooperative(
    world: World,
    players: Players = None,
    *,
    weights: Mapping[str, float] | None = None,
    sectors: Spec = None,
    vary: Vary = "both",
    bounds: tuple[float, float] = BOUNDS,
    against: str = "players",
    given: Shock | None = None,
    closure: Closure | None = None,
    searches: int = 2,
    seed: int = 0,
) -> Cooperative:
    """The tariffs that raise the weighted sum of the players' real incomes most.

    ``weights``: by player, zero or more (default: shares in base income, so that the sum is
    money: their equivalent variations added up). ``searches``: fresh searches from other
    starts (``seed`` draws them) that test the answer. Everything else as in ``nash``.

    Free trade is efficient where nothing else stands in the way; what is best can lie off
    zero where other taxes remain (tariffs outside ``sectors`` or towards others, export
    taxes), and where weights or standing transfers make a dollar worth more to one than to
    another. Nobody is compensated: a player may lose.

    Returns a ``Cooperative``. Raises as ``nash`` does, and ``OptionError`` for weights that
    are not numbers, or not of these players.
    """
    checked_run(seed, searches=searches)
    game = game_of(
        world,
        players,
        sectors=sectors,
        vary=vary,
        bounds=bounds,
        against=against,
        given=given,
        closure=closure,
    )
    weight = per_player(game.players, "weights", weights, game.income)
    land = game.landscape()
    goal = Goal(np.sum([w * g.share for w, g in zip(weight, game.goals, strict=True)], axis=0))
    start = float(game.closed_form().mean())
    with one_blas_thread():
        found, gap, solves = best_tested(land, goal, start, searches, seed)
    rates = land.setting(found.z)
    outcome = solve(world, game.levers.shock(rates), game.closure)
    before = solve(world, given, game.closure)
    return Cooperative(
        game=game,
        rates=rates,
        outcome=outcome,
        before=before,
        weights=dict(zip((p.name for p in game.players), weight.tolist(), strict=True)),
        joint_percent=float(weight @ (gains(game, outcome) - gains(game, before))),
        gap=gap,
        searches=searches,
        solves=solves,
    )
