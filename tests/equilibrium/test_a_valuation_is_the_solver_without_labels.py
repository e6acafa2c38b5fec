"""The fast path of searches gives the figures of ``solve`` and slopes of central differences."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.equilibrium.valuation import Valuation
from countervail.leverage.search.levers import LeverSet, bilateral_levers, lever_set
from tests.worlds import random_world

CLOSURES = [
    cv.Closure.of_horizon("medium"),
    cv.Closure(labour="specific", horizon="short"),
    cv.Closure(balance="balanced"),
]


def levers_of(w: cv.World, given: cv.Shock | None = None) -> LeverSet:
    regions = w.regions
    wanted = [
        lever
        for name in ("tariff", "export-tax")
        for lever in bilateral_levers(w, regions[:2], regions[3:4], name, w.sectors)
    ]
    return lever_set(w, given, wanted, (0, 2), adds=True)


def world() -> cv.World:
    return random_world(np.random.default_rng(11), 5, 4, export_taxes=True)


@pytest.mark.parametrize("closure", CLOSURES, ids=str)
def test_values_are_those_of_solve(closure: cv.Closure) -> None:
    w = world()
    given = (
        cv.Shock(w)
        .trade_cost(w.regions[4], w.regions[3], factor=0.9)
        .labour(w.regions[0], factor=1.1)
    )
    levers = levers_of(w, given)
    valuation = Valuation(w, closure, levers.plain, given)
    rng = np.random.default_rng(0)
    for _ in range(3):
        u = rng.uniform(0, 2, len(levers))
        exact = cv.solve(w, levers.shock(u), closure).welfare_percent
        found = 100 * np.expm1(valuation.at(u))
        np.testing.assert_allclose(found, exact, atol=1e-7)
    # Back at nothing, nothing is left of where the search has been.
    np.testing.assert_allclose(
        100 * np.expm1(valuation.at(np.zeros(len(levers)))),
        cv.solve(w, given, closure).welfare_percent,
        atol=1e-7,
    )


@pytest.mark.parametrize("closure", CLOSURES, ids=str)
def test_slopes_are_central_differences(closure: cv.Closure) -> None:
    w = world()
    levers = levers_of(w)
    rng = np.random.default_rng(1)
    favour = rng.uniform(0, 0.5, (len(w.sectors), len(w.regions)))
    valuation = Valuation(w, closure, levers.plain, None, favour)
    u = rng.uniform(0.1, 1, len(levers))
    weights = rng.normal(size=len(w.regions))
    valuation.at(u)
    slope = valuation.slope(weights)
    # Solved to 1e-10: a wide step of high order keeps that noise below the tolerance here.
    step = 4e-3
    for k in range(len(levers)):
        e = np.zeros(len(levers))
        e[k] = step
        near, far = (weights @ (valuation.at(u + m * e) - valuation.at(u - m * e)) for m in (1, 2))
        expected = (8 * near - far) / (12 * step)
        assert slope[k] == pytest.approx(expected, rel=1e-5, abs=2e-7)


def test_where_it_has_been_does_not_matter_after_forgetting() -> None:
    w = world()
    levers = levers_of(w)
    closure = CLOSURES[0]
    u, elsewhere = np.full(len(levers), 0.3), np.full(len(levers), 1.5)
    weights = np.ones(len(w.regions))
    fresh = Valuation(w, closure, levers.plain)
    used = Valuation(w, closure, levers.plain)
    used.at(elsewhere)
    used.slope(weights)
    used.forget()
    assert np.array_equal(fresh.at(u), used.at(u))
    assert np.array_equal(fresh.slope(weights), used.slope(weights))


def test_levers_that_move_no_trade_are_left_out_and_the_others_named() -> None:
    flows = np.ones((2, 3, 3))
    flows[1, 0, 2] = 0.0  # region 0 buys nothing of sector 1 from region 2
    w = cv.World.from_flows(flows * 1e3, elasticity=4.0)
    levers = lever_set(
        w, None, bilateral_levers(w, ("r0",), ("r2",), "tariff", w.sectors), (0, 1), adds=True
    )
    assert [lever.sector for lever in levers.levers] == ["s0"]
    assert levers.value == pytest.approx([1e3])
