"""A tariff game: who plays, which rates each player sets, and what each of them wants."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.labelled import labelled
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state
from countervail.errors import InputError, OptionError, require_kind
from countervail.leverage.games.optimal_tariff import tariff_levers
from countervail.leverage.games.oracle import closed_form_tariff
from countervail.leverage.games.players import Favour, Player, Players, favoured, players_of
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.levers import LeverSet
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

CLOSED_FORM = "closed-form"
NOTHING_TO_SET = "buys none of these goods from the others: sets no tariff"


@dataclass(frozen=True, eq=False)
class Game:
    """The players, their levers one after the other, and their goals, in one world.

    ``sets``: the tariffs of each player. ``favour`` (sector, region): political weights of
    each region's own player, or None.
    """

    world: World
    closure: Closure
    given: Shock | None
    players: tuple[Player, ...]
    sets: tuple[LeverSet, ...]
    favour: Array | None

    @cached_property
    def levers(self) -> LeverSet:
        """All players' levers in one set."""
        return LeverSet(
            world=self.world,
            given=self.given,
            levers=tuple(lever for s in self.sets for lever in s.levers),
            cells=tuple(cells for s in self.sets for cells in s.cells),
            adds=False,
            lower=np.concatenate([s.lower for s in self.sets]),
            upper=np.concatenate([s.upper for s in self.sets]),
        )

    @cached_property
    def owner(self) -> Index:
        """Whose lever each one is: the position of its player, (K,)."""
        return np.repeat(np.arange(len(self.players)), [len(s) for s in self.sets])

    @cached_property
    def own(self) -> tuple[slice, ...]:
        """Where each player's levers lie among all."""
        ends = np.cumsum([0, *(len(s) for s in self.sets)]).tolist()
        return tuple(slice(a, b) for a, b in itertools.pairwise(ends))

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        """What each player wants: its regions' real income together, with its political weights."""
        return tuple(
            Goal.of(self.world, self.closure, p.regions, self.favour) for p in self.players
        )

    @cached_property
    def plain_goals(self) -> tuple[Goal, ...]:
        """The players' real incomes without political weights: what a table shows."""
        return tuple(Goal.of(self.world, self.closure, p.regions) for p in self.players)

    @cached_property
    def income(self) -> Array:
        """Base income of each player, million USD, (P,)."""
        income = base_state(self.world, self.closure).recomputed.income
        return np.array([income[g.share > 0].sum() for g in self.goals])

    def landscape(self) -> Landscape:
        """All players' levers at once."""
        return Landscape(self.levers, self.closure, self.favour)

    def landscape_of(self, player: int, rates: Array) -> Landscape:
        """One player's levers, with all others' at ``rates`` (K,)."""
        others = replace(self.sets[player], given=self.levers.shock(rates))
        return Landscape(others, self.closure, self.favour)

    def bend(self, land: Landscape) -> Array:
        """How fast each lever's own slope changes at the last place of ``land``, (K,) > 0.

        Trade taxed x elasticity / income of the player, percent (see ``landscape``).
        """
        found = 100.0 * land.valuation.responsive_trade() / self.income[self.owner]
        floor: Array = np.maximum(found, 1e-300)
        return floor

    def rates_in(self, tariff: Array) -> Array:
        """Each lever's rate in a tariff array (sector, importer, exporter), (K,).

        The mean over its cells, weighted by base trade.
        """
        owner, cell = self.levers.plain.tariff
        trade = self.world.arrays.flows.reshape(-1)[cell]
        duty = np.bincount(
            owner, weights=trade * tariff.reshape(-1)[cell], minlength=len(self.levers)
        )
        found: Array = duty / self.levers.value
        return found

    @cached_property
    def rates_before(self) -> Array:
        """Each lever's rate in the status quo, (K,)."""
        given = Shock(self.world) if self.given is None else self.given
        return self.rates_in(given.array("tariff"))

    def closed_form(self) -> Array:
        """Every player's uniform closed-form tariff, as rates of all levers, (K,)."""
        base = base_state(self.world, self.closure)
        found = [closed_form_tariff(self.world, p.regions, base) for p in self.players]
        rates: Array = np.clip(np.array(found)[self.owner], self.levers.lower, self.levers.upper)
        return rates


@dataclass(frozen=True, eq=False, repr=False)
class Played:
    """Tariffs that a game came to, and the equilibrium under them.

    ``rates`` (K,): of the levers of ``game``; ``outcome``: certified; ``before``: the
    status quo (``given``, or the base), against which gains are counted.
    """

    game: Game
    rates: Array
    outcome: Outcome
    before: Outcome

    @property
    def shock(self) -> Shock:
        """The status quo with these tariffs in place of the players' own."""
        return Shock(self.game.world) if self.outcome.shock is None else self.outcome.shock

    @property
    def tariff(self) -> xr.DataArray:
        """All import tariffs of the world, fractions, (sector, importer, exporter)."""
        attrs = {"unit": "fraction", **self._attrs()}
        axes = ("sector", "importer", "exporter")
        return labelled(self.game.world, self.shock.array("tariff"), axes, "tariff", attrs)

    @property
    def gains_percent(self) -> Array:
        """What each player gains on the status quo, percent of its base real income, (P,)."""
        return gains(self.game, self.outcome) - gains(self.game, self.before)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each player: tariffs on the others before and now, and what it gains.

        Means are weighted by base trade. ``welfare_percent``, ``welfare_bn``: change of real
        income against the status quo, percent and billion USD of the base year.
        """
        import pandas as pd

        frame = pd.DataFrame([self._row(k) for k in range(len(self.game.players))])
        frame.attrs.update(self._attrs())
        return frame

    @property
    def rates_table(self) -> pd.DataFrame:
        """One row for each rate that was set: whose, on what, from whom, before and now."""
        import pandas as pd

        game = self.game
        frame = pd.DataFrame(
            {
                "player": [game.players[k].name for k in game.owner.tolist()],
                "sector": [lever.sector or "all" for lever in game.levers.levers],
                "partner": [lever.partner or "all" for lever in game.levers.levers],
                "tariff_before_percent": 100 * game.rates_before,
                "tariff_percent": 100 * self.rates,
                "imports_bn": game.levers.value / 1000.0,
            }
        )
        frame.attrs.update(self._attrs())
        return frame

    def _attrs(self) -> dict[str, object]:
        return {
            "world": self.game.world.name,
            "base_year": self.game.world.base_year,
            "closure": self.game.closure.describe(),
            "certificate": self.outcome.certificate.worst,
        }

    def _row(self, k: int) -> dict[str, object]:
        player, gain = self.game.players[k], float(self.gains_percent[k])
        own = self.game.own[k]
        now, before = self.rates[own], self.game.rates_before[own]
        value = self.game.sets[k].value
        sets = bool(now.size)
        return {
            "player": player.name,
            "regions": len(player.regions),
            "imports_bn": float(value.sum()) / 1000.0,
            "tariff_before_percent": 100 * float(before @ value / value.sum()) if sets else None,
            "tariff_percent": 100 * float(now @ value / value.sum()) if sets else None,
            "lowest_percent": 100 * float(now.min()) if sets else None,
            "highest_percent": 100 * float(now.max()) if sets else None,
            "welfare_percent": gain,
            "welfare_bn": gain / 100 * float(self.game.income[k]) / 1000.0,
            "note": "" if sets else NOTHING_TO_SET,
        }


def gains(game: Game, outcome: Outcome) -> Array:
    """What each player gains in ``outcome`` on the base, percent of base real income, (P,)."""
    log_real = np.log1p(outcome.welfare_percent / 100.0)
    return np.array([goal.percent(log_real) for goal in game.plain_goals])


def game_of(
    world: World,
    players: Players,
    *,
    sectors: Spec,
    vary: str,
    bounds: tuple[float, float],
    against: str = "players",
    favour: Favour = None,
    given: Shock | None = None,
    closure: Closure | None = None,
) -> Game:
    """The game of ``players`` (see ``nash``), each with the tariffs that it can set.

    Raises ``InputError`` for fewer than two players, a region in two of them, or where none
    has a tariff to set, and what the names, ``vary`` and bounds raise.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    if given is not None:
        require_kind(given, "given", Shock, "cv.Shock(world).tariff(...)")
        if given.world != world:
            raise InputError(
                f"given is a shock of {given.world.name!r}, not of {world.name!r}.",
                "Build it on the world of the game.",
            )
    if against not in ("players", "all"):
        raise OptionError(f"against={against!r}: it is 'players' or 'all'.")
    found = players_of(world, players)
    everybody = {region for player in found for region in player.regions}
    foreign = world.regions if against == "all" else [r for r in world.regions if r in everybody]
    sets = tuple(
        tariff_levers(
            world,
            player.regions,
            [r for r in foreign if r not in player.regions],
            vary,
            sectors,
            bounds,
            given,
        )
        for player in found
    )
    if not any(len(s) for s in sets):
        raise InputError(
            "no player buys any of these goods from the others: there is no tariff to set.",
            "Name other players or sectors.",
        )
    return Game(world, closure, given, found, sets, favoured(world, found, favour))
