"""How a coercion frontier is found: its two ends, then every place between, from many starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.leverage.games.optimal_tariff import best_tested
from countervail.leverage.search.curves import Curves
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.levers import LeverSet
from countervail.leverage.search.uphill import ENOUGH, Found, hardest

Array = npt.NDArray[np.float64]
T = TypeVar("T")

_ROUNDS = 4  # of fresh searches at one place, while they find something better
_NEARLY = 1e-9
_FRESH = 0.5  # fresh starts are drawn up to this part of the widest rates, in logs
_END_SEARCHES = 2
_MODEST = 0.1


@dataclass(eq=False)
class Aim:
    """One place of a frontier: its role, the cost it may have (percent), the best found so far.

    ``asked``: the price that was asked about, where one was. ``gap``: how much more harm
    (percent) the last fresh searches found. ``bend``: the scale in which to search there.
    """

    role: str
    asked: float | None
    cost: float
    best: Found
    bend: Array | None = None
    gap: float = 0.0
    note: str = ""


class Trace:
    """The search for all places of one frontier.

    Every single search begins from its start alone, so that results depend neither on the
    order of the searches nor on the threads that run them.
    """

    def __init__(
        self,
        levers: LeverSet,
        closure: Closure,
        target: Sequence[str],
        coercer: Sequence[str],
        searches: int,
        seed: int,
        workers: int,
    ) -> None:
        self.solves = 0
        self._searches, self._seed, self._workers = searches, seed, workers
        world = levers.world
        self._harmed = Goal.of(world, closure, target)
        self._payer = Goal.of(world, closure, coercer)
        self._lands: SimpleQueue[Landscape] = SimpleQueue()
        for _ in range(workers):
            self._lands.put(Landscape(levers, closure))
        # What holds without the measures: costs count from there, not from the base.
        self._given = self._on(lambda land: land.value(self._payer, land.clipped(0.0)))

    def setting(self, aim: Aim) -> Array:
        """The rates found for a place, (K,)."""
        return self._on(lambda land: land.setting(aim.best.z))

    def run(
        self,
        points: int,
        prices: Sequence[float],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Aim]:
        """All places from cheap to dear."""
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            cheap, dear = pool.map(self._end, ("own-optimum", "largest"))
            costs = _costs(cheap, dear, points, prices)
            if not costs:
                return [cheap, dear]
            curves = self._on(lambda land: Curves(land, (self._harmed, self._payer)))
            total = 1 + 4 * len(costs)
            tell = _Count(progress, total, 2)
            first = pool.map(lambda at: self._start(curves, *at), costs)
            aims = [cheap, *tell.each(first), dear]
            self._trace(pool, aims, tell)
            inner = aims[1:-1]
            gaps = pool.map(lambda at: self._test(curves, *at), enumerate(inner))
            for aim, gap in zip(inner, tell.each(gaps), strict=True):
                aim.gap = gap
        return aims

    # -- searches -------------------------------------------------------------------

    def _end(self, role: str) -> Aim:
        """An end of the frontier: the best for the coercer, or the worst for the target."""
        own = role == "own-optimum"
        goal = self._payer if own else Goal(-self._harmed.share)

        def search(land: Landscape) -> Aim:
            start = _MODEST if own else land.setting(Curves(land, (goal,)).start(land))
            searches = _END_SEARCHES if self._searches else 0
            found, gap, _ = best_tested(land, goal, start, searches, self._seed)
            cost = self._given - land.value(self._payer, found.z)
            return Aim(role, None, cost, found, gap=gap)

        return self._on(search)

    def _start(self, curves: Curves, role: str, asked: float | None, cost: float) -> Aim:
        """A place found from all levers' own curves."""
        found, bend = self._by_curves(curves, cost)
        return Aim(role, asked, cost, found, bend)

    def _by_curves(
        self, curves: Curves, cost: float, z: Array | None = None
    ) -> tuple[Found, Array]:
        starts = self._on(lambda land: curves.starts_at(land, cost - self._given, z))
        found = []
        for start, price in starts:
            bend = curves.bend(start, (-1.0, price))
            found.append((self._climb(cost, start, bend), bend))
        return max(found, key=lambda one: one[0].value)

    def _climb(self, cost: float, start: Array, bend: Array) -> Found:
        return self._on(
            lambda land: hardest(land, self._harmed, self._payer, cost - self._given, start, bend)
        )

    def _trace(self, pool: Executor, aims: list[Aim], tell: _Count) -> None:
        """Go along the frontier both ways, each place from the last one; keep what is better.

        The way back starts from the dearest place between the ends: at the end itself, where
        any price is paid, hardly any trade is left that could show a direction.
        """

        def along(way: list[Aim]) -> list[tuple[Aim, Found]]:
            found: list[tuple[Aim, Found]] = []
            z = way[0].best.z
            for aim in way[1:]:
                assert aim.bend is not None
                found.append((aim, self._climb(aim.cost, z, aim.bend)))
                z = found[-1][1].z
                tell.one()
            return found

        for found in pool.map(along, (aims[:-1], aims[-2:0:-1])):
            for aim, other in found:
                if other.value > aim.best.value:
                    aim.best = other

    def _test(self, curves: Curves, number: int, aim: Aim) -> float:
        """What fresh searches from drawn rates find on top; better places are taken over."""
        rng = np.random.default_rng((self._seed, number))
        gap = 0.0
        for _ in range(_ROUNDS if self._searches else 0):
            gap = 0.0
            for _ in range(self._searches):
                z = self._on(lambda land: _drawn(land, rng))
                found, _ = self._by_curves(curves, aim.cost, z)
                if found.value - aim.best.value > gap:
                    gap, better = found.value - aim.best.value, found
            if gap > 0:
                aim.best = better
            if gap <= ENOUGH:
                break
        return gap

    def _on(self, task: Callable[[Landscape], T]) -> T:
        land = self._lands.get()
        try:
            before = land.valuation.solves
            land.reset()
            result = task(land)
            self.solves += land.valuation.solves - before
            return result
        finally:
            self._lands.put(land)


class _Count:
    """Tells progress, whoever of several threads finishes something."""

    def __init__(self, progress: Callable[[int, int], None] | None, total: int, done: int) -> None:
        self._progress, self._total, self._done = progress, total, done

    def one(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)

    def each(self, results: Iterable[T]) -> Iterable[T]:
        for result in results:
            yield result
            self.one()


def _costs(
    cheap: Aim, dear: Aim, points: int, prices: Sequence[float]
) -> list[tuple[str, float | None, float]]:
    """(role, asked price, cost) between the ends: asked prices, and a grid dense where cheap."""
    asked = [p for p in prices if cheap.cost + _NEARLY < p < dear.cost - _NEARLY]
    beyond = [p for p in prices if p >= dear.cost - _NEARLY]
    if beyond:
        dear.asked = beyond[0]
        listed = ", ".join(f"{p:g}" for p in beyond)
        dear.note = f"Asked at a cost of {listed} %: more than the largest harm costs."
    width = dear.cost - cheap.cost
    fill = max(0, points - 2 - len(asked)) if width > _NEARLY else 0
    grid = cheap.cost + width * np.linspace(0.0, 1.0, fill + 2)[1:-1] ** 2
    places: list[tuple[str, float | None, float]] = [("asked", p, p) for p in asked]
    places += [("traced", None, float(cost)) for cost in grid]
    return sorted(places, key=lambda place: place[2])


def _drawn(land: Landscape, rng: np.random.Generator) -> Array:
    width = land.upper - land.lower
    drawn: Array = land.lower + _FRESH * width * rng.random(width.size)
    return drawn
