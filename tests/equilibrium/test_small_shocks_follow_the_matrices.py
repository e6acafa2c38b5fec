"""Small shocks follow the gradient, and in one sector the matrices of Kleinman, Liu & Redding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import Array, closures, few, random_levels, world_of, worlds

BALANCED = cv.Closure("balanced")
THETA = 5.0


def responses(share: Array, income: Array, theta: float) -> tuple[Array, Array]:
    """(welfare by productivity, income by productivity), both (n, i): d ln of n by d ln z of i.

    ``share`` (n, i) of n's spending on i, ``income`` (n,), trade balanced.
    """
    to = share.T * income / income[:, None]
    world = np.ones((len(income), 1)) * income / income.sum()
    v = (to + theta * to @ share) / (theta + 1.0) - world
    m = to @ share - np.eye(len(income))
    earned = -(theta / (theta + 1.0)) * np.linalg.solve(np.eye(len(income)) - v, m)
    return (np.eye(len(income)) - share) @ earned + share, earned


def cost_response(share: Array, income: Array, theta: float, cost: Array) -> Array:
    """(n,) d ln welfare for small changes ``cost`` (n, i) of log iceberg costs."""
    to = share.T * income / income[:, None]
    world = np.ones((len(income), 1)) * income / income.sum()
    v = (to + theta * to @ share) / (theta + 1.0) - world
    paid_more = (share * cost).sum(1)
    b = theta * (to * (paid_more[None, :] - cost.T)).sum(1)
    wage = np.linalg.solve(np.eye(len(income)) - v, b) / (theta + 1.0)
    return wage - share @ wage - paid_more


@pytest.fixture(scope="module")
def one_good() -> cv.World:
    return world_of(3, 194, 1, io=False, tariffs=False, deficits=True, elasticity=THETA)


@pytest.fixture(scope="module")
def balanced(one_good) -> tuple[Array, Array]:
    trade = cv.solve(one_good, None, BALANCED, tolerance=1e-13).trade.values[0]
    return trade / trade.sum(1, keepdims=True), trade.sum(1)


@pytest.mark.parametrize("region", ["R00", "R77", "R193"])
def test_productivity_gradient_is_the_matrix(one_good, balanced, region):
    matrix, _ = responses(*balanced, THETA)
    found = cv.sensitivity(one_good, region, closure=BALANCED).productivity.values[0] / 100.0
    row = matrix[one_good.regions.index(region)]
    np.testing.assert_allclose(found, row, rtol=1e-6, atol=1e-9)


def test_income_follows_the_matrix(one_good, balanced):
    _, earned = responses(*balanced, THETA)
    step = 1e-5
    up, down = (
        cv.solve(
            one_good,
            cv.Shock(one_good).productivity("R05", factor=np.exp(sign * step)),
            BALANCED,
            tolerance=1e-13,
        )
        for sign in (1, -1)
    )
    found = np.log(up.wages.values / down.wages.values) / (2 * step)
    np.testing.assert_allclose(found, earned[:, 5], rtol=1e-5, atol=1e-7)


def test_trade_costs_follow_the_matrix(one_good, balanced):
    rng = np.random.default_rng(1)
    n = len(one_good.regions)
    cost = rng.normal(size=(n, n)) * (1 - np.eye(n))
    expected = cost_response(*balanced, THETA, cost)
    step = 1e-5
    up, down = (
        cv.solve(
            one_good,
            cv.Shock(one_good, trade_cost=np.exp(sign * step * cost)[None]),
            BALANCED,
            tolerance=1e-13,
        ).welfare_percent
        for sign in (1, -1)
    )
    np.testing.assert_allclose((up - down) / (200 * step), expected, rtol=1e-5, atol=1e-6)
    for region in ("R00", "R100"):
        slope = cv.sensitivity(one_good, region, closure=BALANCED).trade_cost.values[0] / 100.0
        at = one_good.regions.index(region)
        assert (slope * cost).sum() == pytest.approx(expected[at], rel=1e-6)


@few
@given(worlds(shapes=((4, 3),), export_taxes=False), closures, st.integers(0, 1000))
def test_a_small_shock_of_every_kind_is_the_gradient_times_the_shock(world, closure, seed):
    size = 1e-4
    up, down = random_levels(seed, world, size=size), random_levels(seed, world, size=-size)
    exact = [
        cv.solve(world, cv.Shock(world, **levels), closure, tolerance=1e-12).welfare_percent
        for levels in (up, down)
    ]
    for n, region in enumerate(world.regions):
        gradient = cv.sensitivity(world, region, closure=closure)
        expected = sum((gradient.plain[name] * (up[name] - down[name])).sum() for name in up)
        assert exact[0][n] - exact[1][n] == pytest.approx(expected, rel=2e-5, abs=1e-8)
