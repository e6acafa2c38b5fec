"""Strategy against one warm equilibrium of the same world in the same run.

The worth of every bundle of the founding case's deals, contributions of twelve deals that all act,
and the best order of twelve, beside one solve of world-2023.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import countervail as cv
from countervail.channels.move import Move
from countervail.sheets.deals import struck
from countervail.strategy.bundles import Bundles, Menace

CLOSURE = cv.Closure.of_horizon("medium")
SIDES = ("CAN", ("USA",))


@cache
def world() -> cv.World:
    return cv.load_world("world-2023")


@cache
def moves() -> tuple[Move, ...]:
    """Twelve deals that act: the eight of the founding case, four of them once more."""
    every = struck(world(), cv.read_scenario("canada-2026"), CLOSURE, SIDES[1])
    acting = [one.full for one in every if one.acts]
    return (*acting, *(replace(move, id=f"{move.id}-again") for move in acting[:3] + acting[4:5]))


def table(count: int) -> Bundles:
    cut = Menace(cv.Shock(world()).cut_off(SIDES[1], SIDES[0]), cut=True)
    cv.solve(world(), cut.shock, CLOSURE)
    return Bundles(world(), CLOSURE, *SIDES, moves()[:count], {"cut-off": cut})


@pytest.mark.benchmark(group="bundles of deals")
def test_one_solve(benchmark: BenchmarkFixture) -> None:
    """The reference: one counterfactual, certified."""
    benchmark(cv.solve, world(), table(1).menaces["cut-off"].shock, CLOSURE)


@pytest.mark.benchmark(group="bundles of deals")
def test_every_bundle_of_eight(benchmark: BenchmarkFixture) -> None:
    """256 bundles in peace and under a cut-off."""
    benchmark.pedantic(lambda b: b.of(range(256)), setup=lambda: ((table(8),), {}), rounds=2)


@pytest.mark.benchmark(group="bundles of deals")
def test_contributions_of_twelve(benchmark: BenchmarkFixture) -> None:
    """Sampled: 4,096 bundles are more than are valued."""
    delivered = np.random.default_rng(0).random((1000, 12)) < 0.4
    benchmark.pedantic(cv.contribution, setup=lambda: ((table(12), delivered), {}), rounds=1)


@pytest.mark.benchmark(group="order of twelve deals, five moods, eight periods")
def test_order(benchmark: BenchmarkFixture) -> None:
    """Backward induction over 164,000 states, values given."""
    rng = np.random.default_rng(1)
    inside = np.arange(2**12)[:, None] >> np.arange(12) & 1
    peace = inside @ rng.random(12)
    signing = cv.Signing(
        deals=tuple("abcdefghijkl"),
        peace=peace,
        struck=peace - 2,
        cost=inside @ rng.normal(scale=0.01, size=12),
        salience=rng.random(12),
        cover="l",
    )
    benchmark.pedantic(cv.sequence, args=(signing,), rounds=3)
