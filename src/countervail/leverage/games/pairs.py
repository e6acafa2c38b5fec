"""Nash-in-Nash: every pair bargains by itself, given what all other pairs agreed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.shock import Shock
from countervail.errors import NoNashError
from countervail.leverage.games.bargain import Bargain, tested_agreement
from countervail.leverage.games.game import Game
from countervail.leverage.search.levers import LeverSet

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

_MOVED = 1e-6  # a pair that changes its rates by no more has not moved
_SWEEPS = 100


def pairwise(
    game: Game,
    fallback: Array,
    power: Array,
    searches: int,
    seed: int,
    progress: Callable[[int, float], None] | None,
) -> Bargain:
    """What all pairs of a game agree on: every pair in turn, given all others, until none moves.

    ``fallback`` (K,): the rates that a pair without agreement goes back to. ``searches``: fresh
    ones that test each pair once nothing moves. Raises ``NoNashError`` where pairs go on moving.
    """
    pairs = [pair for pair in _pairs(game) if pair.at.size]
    rates, still = fallback.copy(), False
    for sweep in range(1, _SWEEPS + 1):
        # Once nothing moves, fresh searches test every pair; what they find moves things again.
        tests = searches if still else 0
        bargains, moved = [], 0.0
        for pair in pairs:
            found = _agreed(game, pair, rates, fallback, power, tests, seed)
            new = fallback[pair.at] if found.rates is None else found.rates
            moved = max(moved, float(np.abs(new - rates[pair.at]).max()))
            rates[pair.at] = new
            bargains.append(found)
        if progress is not None:
            progress(sweep, moved)
        if still and moved <= _MOVED:
            return _all(pairs, bargains, rates, sweep)
        still = moved <= _MOVED
    raise NoNashError(
        f"after {_SWEEPS} sweeps the pairs still move a tariff by {100 * moved:.2g} %.",
        "Let tariffs vary by partner alone, or all bargain together (pairs=False).",
    )


def _all(pairs: Sequence[_Pair], bargains: Sequence[Bargain], rates: Array, sweeps: int) -> Bargain:
    """What all pairs together agreed; no rates where no pair did."""
    apart = [(p.a, p.b) for p, found in zip(pairs, bargains, strict=True) if found.rates is None]
    nothing = len(apart) == len(pairs)
    gap = max(found.gap for found in bargains)
    return Bargain(None if nothing else rates, gap, tuple(apart), sweeps)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two players and their levers on each other: ``first`` of a, ``second`` of b, ``at`` both."""

    a: int
    b: int
    first: Index
    second: Index
    at: Index


def _pairs(game: Game) -> list[_Pair]:
    found = []
    for a, b in itertools.combinations(range(len(game.players)), 2):
        first, second = _facing(game, a, b), _facing(game, b, a)
        found.append(_Pair(a, b, first, second, np.concatenate([first, second])))
    return found


def _facing(game: Game, player: int, other: int) -> Index:
    """Where the levers of ``player`` on ``other`` lie among all levers of the game."""
    partners = game.players[other].regions
    own = range(len(game.levers))[game.own[player]]
    return np.array([k for k in own if game.levers.levers[k].partner in partners], dtype=np.intp)


def _agreed(
    game: Game, pair: _Pair, rates: Array, fallback: Array, power: Array, searches: int, seed: int
) -> Bargain:
    """What one pair agrees on with all other rates as they are."""
    two = [pair.a, pair.b]
    held = game.levers.shock(rates)
    sets = tuple(_subset(game.levers, at, held) for at in (pair.first, pair.second))
    own = replace(game, given=held, players=tuple(game.players[k] for k in two), sets=sets)
    land = own.landscape()
    alone = land.log_real(land.clipped(fallback[pair.at]))
    floor = np.array([goal.percent(alone) for goal in own.goals])
    strength = power[two] / power[two].sum()
    start = land.clipped(rates[pair.at])
    found, gap = tested_agreement(own, land, floor, strength, start, searches, seed)
    return Bargain(None if found is None else land.setting(found.z), gap)


def _subset(levers: LeverSet, at: Index, given: Shock) -> LeverSet:
    """The levers at the places ``at``, with ``given`` as what holds besides."""
    chosen = at.tolist()
    return LeverSet(
        world=levers.world,
        given=given,
        levers=tuple(levers.levers[k] for k in chosen),
        cells=tuple(levers.cells[k] for k in chosen),
        adds=False,
        lower=levers.lower[chosen],
        upper=levers.upper[chosen],
    )
