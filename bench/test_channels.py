"""Channels and layers, each against one warm equilibrium of the same world in the same run.

A channel's shock, a report on all routes and the allocation of money to fifty projects are timed
beside one solve of world-2023, so that their ratio says how many equilibria each costs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import countervail as cv
from countervail.channels.capital.allocation import allocate
from countervail.channels.capital.pipeline import Financier, Project
from countervail.channels.case import Case, Layers
from countervail.channels.deals import move_of

CLOSURE = cv.Closure.of_horizon("medium")


@cache
def case() -> Case:
    world = cv.load_world("world-2023")
    layers = Layers.of(world, cv.read_scenario("canada-2026"))
    cv.solve(world, cv.Shock(world).tariff("USA", "CAN", "goods", add=0.1), CLOSURE)
    made = Case(world, "CAN", CLOSURE, layers)
    for deal in cv.read_scenario("canada-2026").deals:
        move_of(made, deal, 1.0)
    return made


@pytest.mark.benchmark(group="one deal's shock on world-2023")
def test_one_solve(benchmark: BenchmarkFixture) -> None:
    """The reference: one counterfactual, certified."""
    shock = cv.Shock(case().world).tariff("USA", "CAN", "goods", add=0.25)
    benchmark(cv.solve, case().world, shock, CLOSURE)


@pytest.mark.benchmark(group="one deal's shock on world-2023")
@pytest.mark.parametrize("name", [d.id for d in cv.read_scenario("canada-2026").deals])
def test_one_deal(benchmark: BenchmarkFixture, name: str) -> None:
    """Every deal of the founding case, in full."""
    (deal,) = (d for d in cv.read_scenario("canada-2026").deals if d.id == name)
    benchmark(move_of, case(), deal, 1.0)


@pytest.mark.benchmark(group="routes")
@pytest.mark.parametrize("name", list(cv.read_routes()))
def test_report_on_a_network(benchmark: BenchmarkFixture, name: str) -> None:
    """Flow, bypass, worst edge, interdiction, worth of planned edges, netbacks."""
    network = cv.read_routes()[name]
    benchmark.pedantic(cv.route_report, args=(network, ("USA",)), rounds=3)


@pytest.mark.benchmark(group="money for fifty projects")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_allocation(benchmark: BenchmarkFixture, seed: int) -> None:
    """Fifty projects with prerequisites, ten financiers, fifteen years."""
    rng = np.random.default_rng(seed)
    names = [f"f{k}" for k in range(10)]
    projects = [
        Project(
            f"p{n}",
            "CAN",
            float(rng.uniform(200, 20_000)),
            int(rng.integers(2, 8)),
            earliest=2026 + int(rng.integers(0, 4)),
            needs=(f"p{n - 7}",) if n >= 7 and n % 5 == 0 else (),
            financiers=tuple(f for f in names if rng.random() < 0.6) or names[:1],
        )
        for n in range(50)
    ]
    payers = [
        Financier(
            f,
            "USA",
            float(rng.uniform(10_000, 60_000)),
            float(rng.uniform(1_000, 6_000)),
            largest_share=float(rng.choice([1.0, 0.49, 0.3])),
            return_rate=float(rng.uniform(0.04, 0.09)),
        )
        for f in names
    ]
    found = benchmark.pedantic(
        allocate, args=(projects, payers), kwargs={"first_year": 2026, "horizon": 15}, rounds=1
    )
    assert found.gap is not None
    assert found.gap < 0.05  # what is not proven is shown
