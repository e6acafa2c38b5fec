"""One counterfactual (a 25 % tariff of the largest region on all goods of everyone), warm.

Each group holds the plain NumPy fixed point and countervail; the figure in
brackets after each time is its ratio to the fastest of the group. The set-up
(the shock itself), the certificate and the labels are inside the measured call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from tests.worlds import random_world

import countervail as cv
from bench.plain import solve_plain

SIZES = ("31 x 40 random", "44 x 50 world-2014", "68 x 50 world-2023", "77 x 45 random")


@cache
def world(size: str) -> cv.World:
    """The world of a group."""
    if "world" in size:
        return cv.load_world(size.split()[-1])
    regions, sectors = (int(part) for part in size.split()[:3:2])
    return random_world(np.random.default_rng(1), regions, sectors)


def shock(w: cv.World) -> cv.Shock:
    """25 % on everything that the largest region imports (goods, where the world says which)."""
    largest = w.regions[int(np.argmax(w.arrays.income))]
    sectors = "goods" if "goods" in w.sector_groups else None
    return cv.Shock(w).tariff(importer=largest, sectors=sectors, add=0.25)


@pytest.mark.parametrize("size", SIZES)
def test_plain_numpy(benchmark: BenchmarkFixture, size: str) -> None:
    benchmark.group = f"one counterfactual to 1e-10, {size}"
    w = world(size)
    tariff = shock(w).array("tariff")
    real, _ = benchmark.pedantic(solve_plain, args=(w, tariff), rounds=5, warmup_rounds=1)
    exact = cv.solve(w, shock(w)).welfare_percent
    assert np.abs(100 * (real - 1) - exact).max() < 1e-6


@pytest.mark.parametrize("size", SIZES)
def test_countervail(benchmark: BenchmarkFixture, size: str) -> None:
    benchmark.group = f"one counterfactual to 1e-10, {size}"
    w = world(size)
    benchmark.pedantic(lambda: cv.solve(w, shock(w)), rounds=25, warmup_rounds=3)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", ["solve", "gradient"])
def test_gradient_against_solve(benchmark: BenchmarkFixture, size: str, what: str) -> None:
    """The full gradient (all tariffs, taxes, costs, productivities, transfers) of one region."""
    benchmark.group = f"gradient against solve, {size}"
    w = world(size)
    outcome = cv.solve(w, shock(w))
    calls: dict[str, Callable[[], object]] = {
        "solve": lambda: cv.solve(w, shock(w)),
        "gradient": lambda: cv.sensitivity(w, of=w.regions[5], at=outcome),
    }
    benchmark.pedantic(calls[what], rounds=25, warmup_rounds=3)


@pytest.mark.parametrize("how", ["one by one", "batch"])
def test_many_shocks(benchmark: BenchmarkFixture, how: str) -> None:
    """Forty tariffs on one world: a loop against threads that share the compiled solver."""
    benchmark.group = "40 counterfactuals, 44 x 50 world-2014"
    w = world(SIZES[1])
    shocks = [cv.Shock(w).tariff("USA", r, "goods", add=0.25) for r in w.regions[:40]]
    calls: dict[str, Callable[[], object]] = {
        "one by one": lambda: [cv.solve(w, s) for s in shocks],
        "batch": lambda: cv.solve_batch(w, shocks),
    }
    benchmark.pedantic(calls[how], rounds=3, warmup_rounds=1)
