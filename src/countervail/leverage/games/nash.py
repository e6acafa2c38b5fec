"""Tariffs at which no player gains by changing its own: the Nash equilibrium of a tariff war."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.errors import InputError, NoNashError, OptionError, require_kind
from countervail.leverage.games.deviations import SEARCHES, best_deviation
from countervail.leverage.games.game import CLOSED_FORM, Game, Played, game_of
from countervail.leverage.games.optimal_tariff import BOUNDS, Vary
from countervail.leverage.games.players import Favour, Players
from countervail.leverage.games.store import Stand, Store, question
from countervail.leverage.games.sweeps import SETTLED, sweep
from countervail.leverage.search.checks import checked_run
from countervail.leverage.search.landscape import Landscape
from countervail.leverage.search.threads import one_blas_thread
from countervail.leverage.search.uphill import ENOUGH
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]

_SWEEPS = 120  # in one round; what has not settled by then goes to best responses as it is
_ROUNDS = 8
_DIGITS = round(-np.log10(SETTLED))


class Progress(Protocol):
    """Told how far a stage is: ``done`` of ``total``, with a text to show."""

    def __call__(self, stage: str, done: int, total: int, shown: str) -> None:
        """``stage``: "sweeps" (digits settled) or "tests" (players tested)."""


@dataclass(frozen=True, eq=False, repr=False)
class Nash(Played):
    """Tariffs at which no player found a better answer, and the equilibrium under them.

    ``gaps``: by player, how much more (percent of its base real income) the best of
    ``searches`` fresh searches found with all others' tariffs held; below zero where they
    found less; None where nothing was tested. ``sweeps``: of all players at once, the last
    round alone; ``rounds``: how often tests ended in somebody moving; ``largest_step``: what
    any player still wished to change at the end, in logs of one plus a rate; ``solves``:
    equilibria solved in all.
    """

    gaps: Mapping[str, float] | None
    sweeps: int
    rounds: int
    largest_step: float
    searches: int
    solves: int

    def __repr__(self) -> str:
        if self.gap is None:
            tested = "not tested"
        else:
            tested = f"no player gains more than {max(self.gap, 0.0):.0e} % by a deviation found"
        return (
            f"<Nash of {len(self.game.players)} players in {self.game.world.name}: tariffs of "
            f"{100 * self.rates.min():.3g} to {100 * self.rates.max():.3g} %; {tested}>"
        )

    @property
    def iterations(self) -> int:
        """Sweeps of all players at once until nobody wished to move."""
        return self.sweeps

    @property
    def gap(self) -> float | None:
        """The most that any player gains by a deviation that was found, percent; None: untested."""
        return None if self.gaps is None else max(self.gaps.values())

    def _row(self, k: int) -> dict[str, object]:
        row = super()._row(k)
        note = row.pop("note")
        gap = None if self.gaps is None else self.gaps[self.game.players[k].name]
        return {**row, "deviation_percent": gap, "note": note}


def nash(
    world: World,
    players: Players = None,
    *,
    sectors: Spec = None,
    vary: Vary = "both",
    bounds: tuple[float, float] = BOUNDS,
    against: str = "players",
    favour: Favour = None,
    given: Shock | None = None,
    closure: Closure | None = None,
    start: str | float | Played = CLOSED_FORM,
    certify: bool = True,
    seed: int = 0,
    store: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Nash:
    """The tariffs of a trade war that has gone as far as it pays anybody.

    ``players``: a list of regions or groups; None means every region of the world. A group, or
    a list within the list, acts as one customs union: one tariff for all its members, tariffs
    among them as they are, and their equivalent variations added up. A player that buys none
    of the goods from the others sets nothing, and its row in ``table`` says so.
    ``sectors``: what is taxed (default: goods, where the world says which). ``vary``: one
    tariff for all (``uniform``), by ``sector``, by ``partner`` region, or by ``both``.
    ``bounds``: of the rates, fractions. ``against``: tariffs on the other ``players``
    alone, or on ``all`` other regions. ``favour``: political weights, player -> sector or
    group -> how much more a dollar of that sector's factor income counts for that player
    than another dollar. ``given``: a status quo other than the base. ``closure``: default the
    medium horizon.

    ``start``: ``closed-form`` (Lashkaripour 2021), one rate for all as a fraction (0: none),
    or an earlier result. ``certify``: test every player by fresh searches (``seed`` draws
    their starts) with the others' tariffs held; one that finds more than 1e-4 % moves there,
    and the game goes on. ``store``: a file in which an interrupted game is kept; the
    same call goes on from it, to the same figures. ``workers``: threads (default: the
    cores). ``progress(stage, done, total, shown)``: called as it goes on.

    Returns a ``Nash``: ``tariff``, ``table``, ``outcome`` (certified), ``gap``. The equilibrium
    meant is the interior one; tariffs that end all trade are always another, since
    nobody gains by opening alone. Rates *replace* the players' tariffs on these goods.

    Raises ``InputError`` for fewer than two players, a region in two of them, or where
    nobody has a tariff to set; ``NoNashError`` where somebody still gains after several
    rounds; ``StoreError`` for a file of another game; ``OptionError``, ``UnknownLabelError``,
    and what ``solve`` raises.

    Method: one solve and one slope for each player give every player's first-order condition;
    all step at once (see ``leverage/games/sweeps.py``). Definition: Nash (1950), PNAS 36(1).
    """
    checked_run(seed, workers)
    game = game_of(
        world,
        players,
        sectors=sectors,
        vary=vary,
        bounds=bounds,
        against=against,
        favour=favour,
        given=given,
        closure=closure,
    )
    rates = _start(game, start)
    if store is not None:
        require_kind(store, "store", (str, os.PathLike), "store='game.npz'")
    kept = Store(store, question(game, vary, against, favour, start, seed))
    return fought(game, rates, kept, seed=seed, certify=certify, workers=workers, progress=progress)


def fought(
    game: Game,
    rates: Array,
    store: Store,
    *,
    seed: int,
    certify: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Nash:
    """The Nash equilibrium of ``game``, searched for from ``rates`` (K,); see ``nash``."""
    table = _Table(game, store, seed, progress, workers or os.cpu_count() or 1)
    with one_blas_thread():
        stand = table.play(rates, certify)
    rates = table.land.setting(stand.place.z)
    names = [player.name for player in game.players]
    return Nash(
        game=game,
        rates=rates,
        outcome=solve(game.world, game.levers.shock(rates), game.closure),
        before=solve(game.world, game.given, game.closure),
        gaps=dict(zip(names, stand.gains.tolist(), strict=True)) if certify else None,
        sweeps=stand.place.count,
        rounds=stand.rounds,
        largest_step=stand.place.largest,
        searches=SEARCHES if certify else 0,
        solves=stand.solves,
    )


class _Table:
    """Where a game is played: sweeps, tests, and what is kept of them."""

    def __init__(
        self, game: Game, store: Store, seed: int, progress: Progress | None, workers: int
    ) -> None:
        self.game, self.store, self.seed, self.progress = game, store, seed, progress
        self.workers = workers
        self.land: Landscape = game.landscape()

    def play(self, rates: Array, certify: bool) -> Stand:
        """From the start, or from what is kept, to where nobody gains by moving."""
        count = len(self.game.players)
        stand = self.store.read(len(self.game.levers), count)
        if stand is None:
            stand = Stand.at(self.land.clipped(rates), count)
            self.store.write(stand)
        pool = ThreadPoolExecutor(max_workers=self.workers)
        try:
            return self._to_rest(stand, certify, pool)
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C must not wait for tests in the queue

    def _to_rest(self, stand: Stand, certify: bool, pool: ThreadPoolExecutor) -> Stand:
        """Sweeps and tests in turn, until no test finds anything."""
        while True:
            stand = self._swept(stand, pool)
            if not certify:
                return self._settled(stand)
            stand = self._tested(stand, pool)
            if not (stand.gains > ENOUGH).any():
                return stand
            if stand.rounds >= _ROUNDS:
                raise self._nobody_rests(stand)
            count = len(self.game.players)
            stand = Stand.at(stand.better, count, stand.rounds + 1, stand.solves)
            self.store.write(stand)

    def _swept(self, stand: Stand, pool: ThreadPoolExecutor) -> Stand:
        while not stand.place.settled and stand.place.count < _SWEEPS:
            place = sweep(self.game, self.land, stand.place, pool)
            stand = replace(stand, place=place, better=place.z.copy(), solves=stand.solves + 1)
            self.store.write(stand)
            if self.progress is not None:
                digits = int(np.clip(-np.log10(max(place.largest, SETTLED)), 0, _DIGITS))
                shown = f"sweep {place.count}, largest step {100 * place.largest:.2g} %"
                self.progress("sweeps", digits, _DIGITS, shown)
        return stand

    def _tested(self, stand: Stand, pool: ThreadPoolExecutor) -> Stand:
        game, z = self.game, stand.place.z
        open_ = np.flatnonzero(np.isnan(stand.gains)).tolist()
        found = pool.map(lambda player: best_deviation(game, player, z, self.seed), open_)
        for done, (player, one) in enumerate(zip(open_, found, strict=True), 1):
            gains, better = stand.gains.copy(), stand.better.copy()
            gains[player] = one.gain
            if one.gain > ENOUGH:
                better[game.own[player]] = one.z
            stand = replace(stand, gains=gains, better=better, solves=stand.solves + one.solves)
            self.store.write(stand)
            if self.progress is not None:
                total = len(game.players)
                self.progress("tests", total - len(open_) + done, total, "players tested")
        return stand

    def _settled(self, stand: Stand) -> Stand:
        if stand.place.settled:
            return stand
        raise NoNashError(
            f"after {stand.place.count} sweeps some player still wishes to change a tariff by "
            f"{100 * stand.place.largest:.2g} %.",
            "Ask for certify=True, which goes on with best responses, or for another start.",
        )

    def _nobody_rests(self, stand: Stand) -> NoNashError:
        order = np.argsort(-stand.gains)
        names = [player.name for player in self.game.players]
        first = names[int(order[0])]
        return NoNashError(
            f"no Nash equilibrium was found: after {stand.rounds} rounds of better answers "
            f"{first} still gains {stand.gains[order[0]]:.2g} % of real income by another one.",
            "Narrow the bounds, let tariffs vary by less, or start elsewhere.",
            [
                f"{names[k]} gains {stand.gains[k]:.2g} %"
                for k in order[:5].tolist()
                if stand.gains[k] > ENOUGH
            ],
        )


def _start(game: Game, start: str | float | Played) -> Array:
    """The rates that a search begins with, (K,)."""
    if isinstance(start, Played):
        tariff = start.shock.array("tariff")
        if start.game.world.regions != game.world.regions or (
            start.game.world.sectors != game.world.sectors
        ):
            raise InputError(
                f"the start is a result of {start.game.world!r}, not of {game.world!r}.",
                "Start from a result of a world with the same regions and sectors.",
            )
        return game.rates_in(tariff)
    if start == CLOSED_FORM:
        return game.closed_form()
    try:
        rate = float(start)
    except (TypeError, ValueError):
        rate = np.nan
    if isinstance(start, (bool, str)) or not rate > -1 or not np.isfinite(rate):
        raise OptionError(
            f"start={start!r}: it is {CLOSED_FORM!r}, a rate above −1, or an earlier result.",
            "start=0 starts from no tariffs, start=0.3 from 30 % everywhere.",
        )
    return np.full(len(game.levers), rate)
