"""Measures of leverage, each against what one would write with ``cv.solve`` and SciPy alone.

Each group holds countervail and a baseline that answers the same question, and the answers are
compared. SciPy's searches run as they come, with one-sided differences for slopes. Where they
would not end within minutes, both are timed on a smaller world, which the name of the group
says, and the full question is timed by itself. Worlds, compiled code and bases are warm;
nothing is read from the cache of finished pairs. A baseline is timed once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture
from scipy.optimize import approx_fprime, minimize
from tests.worlds import random_world

import countervail as cv

Array = NDArray[np.float64]

OURS = "countervail"
CLOSURE = cv.Closure.of_horizon("medium")
BOUNDS = (0.0, 4.0)
STEP = 1e-5
"""Of finite differences: small against 1, large against the solver's 1e-10."""
FEW = ("AUS", "BRA", "CAN", "CHN", "DEU", "GBR", "IND", "JPN", "KOR", "MEX", "RUS", "USA")
BLOCS = ("BRA", "CHN", "EU", "IND", "JPN", "USA")
SERVICES = {
    "power-water": ("electricity-gas", "water", "waste"),
    "trade": "trade-services",
    "transport": "transport-services",
    "information-services": "information",
    "financial": "finance",
    "professions": "professional",
    "social": ("public", "education", "health"),
}


@cache
def world_2014() -> cv.World:
    """44 regions x 50 sectors; the solver is compiled for it."""
    return warm(cv.load_world("world-2014"))


@cache
def small(regions: int, sectors: int) -> cv.World:
    """A random world, small enough for finite differences."""
    return warm(random_world(np.random.default_rng(1), regions, sectors))


@cache
def seven_by_33() -> cv.World:
    """world-2014 merged to six economies and the rest, its services to eleven sectors."""
    w = world_2014()
    grouped = {r for name in BLOCS for r in w.labels.resolve_regions(name)}
    rest = [r for r in w.regions if r not in grouped]
    return warm(w.aggregate({"EU": "EU", "rest": rest}, SERVICES))


def warm(w: cv.World) -> cv.World:
    """``w`` after a first solve, so that no timing holds compilation."""
    cv.solve(w, cv.Shock(w).trade_cost(w.regions[0], w.regions[1], factor=1.01), CLOSURE)
    return w


def timed(
    benchmark: BenchmarkFixture,
    group: str,
    calls: dict[str, Callable[[], Array]],
    how: str,
    agree: float,
) -> None:
    """Time one way of a group; a baseline must give our answer within ``agree``."""
    benchmark.group = group
    ours = calls[OURS]()
    found = benchmark.pedantic(calls[how], rounds=3 if how == OURS else 1)
    assert np.abs(found - ours).max() < agree


def welfare(w: cv.World, shock: cv.Shock) -> Array:
    """Percent change of real income of all regions."""
    return cv.solve(w, shock, CLOSURE).welfare_percent


# -- power matrix -------------------------------------------------------------------


def slope_by_differences(w: cv.World) -> Array:
    """The first-order matrix from one more solve for every pair of regions."""
    slope = np.zeros((len(w.regions), len(w.regions)))
    for b, second in enumerate(w.regions):
        for a, first in enumerate(w.regions[:b]):
            dearer = cv.Shock(w).trade_cost(first, second, factor=1 + STEP)
            dearer = dearer.trade_cost(second, first, factor=1 + STEP)
            lost = -0.01 / STEP * welfare(w, dearer)
            slope[a, b], slope[b, a] = lost[a], lost[b]
    return slope


@pytest.mark.parametrize("how", [OURS, "a solve for every pair"])
def test_first_order_power(benchmark: BenchmarkFixture, how: str) -> None:
    w = world_2014()
    calls = {
        OURS: lambda: cv.power(w, CLOSURE, exact=False).first_order.values,
        "a solve for every pair": lambda: slope_by_differences(w),
    }
    timed(benchmark, "power matrix, first order, 44 x 44 world-2014", calls, how, agree=1e-4)


def losses(w: cv.World, regions: tuple[str, ...] | None) -> Array:
    """The matrix of exact cut-offs among ``regions``."""
    return cv.power(w, CLOSURE, regions=regions, keep=False).loss.values


def losses_one_by_one(w: cv.World, regions: tuple[str, ...]) -> Array:
    """The same by a loop over pairs."""
    at = [w.regions.index(r) for r in regions]
    loss = np.zeros((len(at), len(at)))
    for b, second in enumerate(regions):
        for a, first in enumerate(regions[:b]):
            lost = -welfare(w, cv.Shock(w).cut_off(first, second))
            loss[a, b], loss[b, a] = lost[at[a]], lost[at[b]]
    return loss


@pytest.mark.parametrize("how", [OURS, "loop over pairs"])
def test_exact_power_of_a_few(benchmark: BenchmarkFixture, how: str) -> None:
    """Ours computes the first order besides."""
    w = world_2014()
    calls = {OURS: lambda: losses(w, FEW), "loop over pairs": lambda: losses_one_by_one(w, FEW)}
    group = "power matrix, exact, 132 pairs among 12 regions of world-2014"
    timed(benchmark, group, calls, how, agree=1e-6)


def test_exact_power_of_all(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "power matrix, exact, all 1,892 pairs of world-2014"
    w = world_2014()
    found = benchmark.pedantic(lambda: losses(w, None), rounds=1)
    assert np.isfinite(found).all()


# -- frontier -----------------------------------------------------------------------


def test_frontier(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "frontier, 12 points, 44 instruments, USA against CAN, world-2014"
    w = world_2014()
    found = benchmark.pedantic(
        lambda: cv.frontier(w, "USA", "CAN", points=12), rounds=1, warmup_rounds=1
    )
    assert found.gap <= 1e-4


def most_harm_by_slsqp(w: cv.World, coercer: str, target: str, price: float) -> Array:
    """The most harm at a price, by sequential quadratic programming on differences."""
    goods, base = list(w.resolve_sectors("goods")), cv.Shock(w)
    payer, hurt = w.regions.index(coercer), w.regions.index(target)

    @cache
    def lost(rates: bytes) -> Array:
        added = np.frombuffer(rates)
        tariff, tax = np.array(base.array("tariff")), np.array(base.array("export_tax"))
        tariff[goods, payer, hurt] += added[: len(goods)]
        tax[goods, hurt, payer] += added[len(goods) :]
        moved = -welfare(w, cv.Shock(w, tariff=tariff, export_tax=tax, confirm_units=True))
        return moved[[hurt, payer]]

    def harm(rates: Array) -> float:
        return -float(lost(rates.tobytes())[0])

    def left(rates: Array) -> float:
        return price - float(lost(rates.tobytes())[1])

    found = minimize(
        harm,
        np.full(2 * len(goods), 0.1),
        jac=lambda rates: approx_fprime(rates, harm, STEP),
        method="SLSQP",
        bounds=[BOUNDS] * (2 * len(goods)),
        constraints={
            "type": "ineq",
            "fun": left,
            "jac": lambda rates: approx_fprime(rates, left, STEP),
        },
    )
    assert found.success, found.message
    return np.array([-found.fun])


@pytest.mark.parametrize("how", [OURS, "SLSQP, differences"])
def test_frontier_at_one_price(benchmark: BenchmarkFixture, how: str) -> None:
    """Ours finds both ends besides, and tests every point by fresh searches."""
    w = seven_by_33()

    def ours() -> Array:
        found = cv.frontier(w, "USA", "CHN", points=2, prices=(0.0,))
        return np.array([found.at(0.0).harm_percent])

    calls = {
        OURS: ours,
        "SLSQP, differences": lambda: most_harm_by_slsqp(w, "USA", "CHN", 0.0),
    }
    group = "frontier, one price, 44 instruments, USA against CHN, 7 x 33 merged"
    timed(benchmark, group, calls, how, agree=1e-4)


# -- tariffs that are best ----------------------------------------------------------


def test_optimal_tariff(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "optimal tariffs of the USA, 43 partners x 22 sectors, world-2014"
    w = world_2014()
    found = benchmark.pedantic(lambda: cv.optimal_tariff(w, "USA"), rounds=1, warmup_rounds=1)
    assert found.gap <= 1e-4


def best_answer(w: cv.World, player: int, tariff: Array, sectors: Sequence[int]) -> Array:
    """``tariff`` with the player's own ones best given the others', by L-BFGS-B on differences."""
    own = np.ix_(sectors, [player], np.delete(np.arange(len(w.regions)), player))

    def with_own(rates: Array) -> Array:
        found = tariff.copy()
        found[own] = rates.reshape(tariff[own].shape)
        return found

    def lost(rates: Array) -> float:
        shock = cv.Shock(w, tariff=with_own(rates), confirm_units=True)
        return -float(welfare(w, shock)[player])

    start = tariff[own].reshape(-1)
    found = minimize(
        lost,
        start,
        jac=lambda rates: approx_fprime(rates, lost, STEP),
        method="L-BFGS-B",
        bounds=[BOUNDS] * start.size,
        options={"maxfun": 1_000_000},
    )
    return with_own(found.x)


@pytest.mark.parametrize("how", [OURS, "L-BFGS-B, differences"])
def test_optimal_tariff_of_a_smaller_world(benchmark: BenchmarkFixture, how: str) -> None:
    """Ours tests its answer by two fresh searches besides."""
    w = seven_by_33()
    us = w.regions.index("USA")

    def plain() -> Array:
        goods = w.resolve_sectors("goods")
        tariff = best_answer(w, us, np.array(w.arrays.tariff), goods)
        return welfare(w, cv.Shock(w, tariff=tariff, confirm_units=True))[[us]]

    calls = {
        OURS: lambda: cv.optimal_tariff(w, "USA").outcome.welfare_percent[[us]],
        "L-BFGS-B, differences": plain,
    }
    group = "optimal tariffs of the USA, 6 partners x 22 sectors, 7 x 33 merged"
    timed(benchmark, group, calls, how, agree=1e-4)


# -- Nash ---------------------------------------------------------------------------


def test_nash(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "Nash, 7 regions x 33 sectors (1,386 tariffs), merged from world-2014"
    w = seven_by_33()
    assert (len(w.regions), len(w.sectors)) == (7, 33)
    found = benchmark.pedantic(lambda: cv.nash(w, sectors="all"), rounds=1, warmup_rounds=1)
    assert found.gap is not None
    assert found.gap <= 1e-4


def nash_by_turns(w: cv.World) -> Array:
    """Each in turn answers all others, until no tariff moves by a hundredth of a point."""
    tariff = np.array(w.arrays.tariff)
    for _ in range(100):
        before = tariff
        for player in range(len(w.regions)):
            tariff = best_answer(w, player, tariff, range(len(w.sectors)))
        if np.abs(tariff - before).max() < 1e-4:
            return tariff
    raise RuntimeError("the best answers do not settle")


@pytest.mark.parametrize("how", [OURS, "best answers, differences"])
def test_nash_of_a_small_world(benchmark: BenchmarkFixture, how: str) -> None:
    """Ours tests every player by fresh searches besides."""
    w = small(4, 6)
    calls = {
        OURS: lambda: cv.nash(w).tariff.values,
        "best answers, differences": lambda: nash_by_turns(w),
    }
    timed(benchmark, "Nash, 72 tariffs, random world 4 x 6", calls, how, agree=1e-3)
