"""How a coercion frontier is found: its two ends, then every place between, from many starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
_FRESH = 0.25  # fresh starts are drawn up to this part of the widest rates, in logs
_FLATTEST = 1e-9  # percent; keeps a lever without trade left from an infinite scale
_END_SEARCHES = 2
_THROWS = 1  # starts with thrown levers for each drawn one
_MODEST = 0.1


@dataclass(eq=False)
class Aim:
    """One place of a frontier: its role, the cost it may have (percent), the best found so far.

    ``asked``: the price that was asked about, where one was. ``gap``: how much more harm
    (percent) the last fresh searches found, None without. ``bend``: the scale in which to
    search there.
    """

    role: str
    asked: float | None
    cost: float
    best: Found
    bend: Array | None = None
    gap: float | None = None
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
        self._searches, self._seed, self._workers = searches, seed, workers
        world = levers.world
        self._harmed = Goal.of(world, closure, target)
        self._payer = Goal.of(world, closure, coercer)
        self._every = [Landscape(levers, closure) for _ in range(workers)]
        self._lands: SimpleQueue[Landscape] = SimpleQueue()
        for land in self._every:
            self._lands.put(land)
        # What holds without the measures: costs count from there, not from the base.
        self._given = self._on(lambda land: land.value(self._payer, land.clipped(0.0)))

    @property
    def solves(self) -> int:
        """Equilibria solved so far."""
        return sum(land.valuation.solves for land in self._every)

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
            gaps = pool.map(lambda at: self._test(*at), enumerate(inner))
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

    def _by_curves(self, curves: Curves, cost: float) -> tuple[Found, Array]:
        starts = self._on(lambda land: curves.starts_at(land, cost - self._given))
        found = []
        for start, price in starts:
            bend = self._bend(start, price)
            found.append((self._climb(cost, start, bend), bend))
        return max(found, key=lambda one: one[0].value)

    def _bend(self, z: Array, price: float) -> Array:
        """Roughly how fast slopes change at ``z``: trade left x elasticity, over both incomes.

        Trade that is left, not base trade: where a rate has ended most of it, little bends.
        """

        def bend(land: Landscape) -> Array:
            land.log_real(z)
            trade = 100.0 * land.valuation.responsive_trade()
            harmed, payer = (float(land.income @ (g.share != 0)) for g in goals)
            found: Array = np.maximum(trade * (1.0 / harmed + price / payer), _FLATTEST)
            return found

        goals = (self._harmed, self._payer)
        return self._on(bend)

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
                reached = self._climb(aim.cost, z, _some(aim.bend))
                found.append((aim, reached))
                z = reached.z if np.isfinite(reached.value) else aim.best.z
                tell.one()
            return found

        for found in pool.map(along, (aims[:-1], aims[-2:0:-1])):
            for aim, other in found:
                if other.value > aim.best.value:
                    aim.best = other

    def _test(self, number: int, aim: Aim) -> float | None:
        """What fresh searches find on top; better places are taken over. None: no search.

        One round walks from rates drawn between the bounds, and from the place itself with a few
        drawn levers thrown to the other end of their range: another hill, if there is one.
        """
        rng = np.random.default_rng((self._seed, number))
        gap = None
        for _ in range(_ROUNDS if self._searches else 0):
            gap, better = 0.0, aim.best
            for start in self._fresh_starts(aim, rng):
                found = self._climb(aim.cost, start, _some(aim.bend))
                if found.value - aim.best.value > gap:
                    gap, better = found.value - aim.best.value, found
            aim.best = better
            if gap <= ENOUGH:
                break
        return gap

    def _fresh_starts(self, aim: Aim, rng: np.random.Generator) -> Iterator[Array]:
        for _ in range(self._searches):
            yield self._on(lambda land: _drawn(land, rng))
            for _ in range(_THROWS):
                yield self._on(lambda land: _thrown(land, aim.best.z, rng))

    def _on(self, task: Callable[[Landscape], T]) -> T:
        land = self._lands.get()
        try:
            land.reset()
            return task(land)
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
        dear.note = f"Asked at a cost of {_listed(beyond)} %: more than the largest harm costs."
    below = [p for p in prices if p <= cheap.cost + _NEARLY]
    if below:
        cheap.note = f"Asked at a cost of {_listed(below)} %: the coercer cannot gain as much."
    width = dear.cost - cheap.cost
    fill = max(0, points - 2 - len(asked)) if width > _NEARLY else 0
    grid = cheap.cost + width * np.linspace(0.0, 1.0, fill + 2)[1:-1] ** 2
    places: list[tuple[str, float | None, float]] = [("asked", p, p) for p in asked]
    places += [("traced", None, float(cost)) for cost in grid]
    return sorted(places, key=lambda place: place[2])


def _listed(prices: Sequence[float]) -> str:
    *first, last = (f"{price:g}" for price in prices)
    return f"{', '.join(first)} and {last}" if first else last


def _some(bend: Array | None) -> Array:
    assert bend is not None  # only the ends have none, and they are not searched again
    return bend


def _thrown(land: Landscape, z: Array, rng: np.random.Generator) -> Array:
    """``z`` with up to three drawn levers at the other end of their range."""
    thrown = z.copy()
    some = rng.choice(z.size, size=min(z.size, int(rng.integers(1, 4))), replace=False)
    low = z[some] < (land.lower + land.upper)[some] / 2
    thrown[some] = np.where(low, land.upper[some], land.lower[some])
    return thrown


def _drawn(land: Landscape, rng: np.random.Generator) -> Array:
    width = land.upper - land.lower
    drawn: Array = land.lower + _FRESH * width * rng.random(width.size)
    return drawn
