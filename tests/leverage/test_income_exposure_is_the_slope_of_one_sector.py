"""The matrices of Kleinman, Liu & Redding are the slopes of a one-sector world, and published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError, NegativeValueError, NotANumberError, ShapeError
from tests.cp2015 import load_cp2015
from tests.equilibrium.cases import few, world_of

THETA = 5.0


def one_good(seed: int) -> cv.World:
    return world_of(seed, 12, 1, io=False, tariffs=False, deficits=False, elasticity=THETA)


@few
@given(st.integers(0, 50), st.integers(0, 11))
def test_productivity_moves_income_and_welfare_as_an_exact_solve(seed: int, source: int) -> None:
    world = one_good(seed)
    found = cv.income_exposure(world, THETA)
    step = 1e-4
    up, down = (
        cv.solve(
            world,
            cv.Shock(world).productivity(world.regions[source], factor=float(np.exp(sign * step))),
            tolerance=1e-13,
        )
        for sign in (1, -1)
    )
    wage = np.log(up.wages.values / down.wages.values) / (2 * step)
    welfare = (up.welfare_percent - down.welfare_percent) / (200 * step)
    np.testing.assert_allclose(found.income.values[:, source], wage, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.welfare.values[:, source], welfare, rtol=1e-5, atol=1e-7)
    table = found.after_productivity({world.regions[source]: 2.0})
    np.testing.assert_allclose(table["welfare"], 2 * found.welfare.values[:, source])


@few
@given(st.integers(0, 50))
def test_costs_move_income_and_welfare_as_an_exact_solve(seed: int) -> None:
    world = one_good(seed)
    cost = np.random.default_rng(seed).normal(size=(12, 12)) * (1 - np.eye(12))
    step = 1e-4
    up, down = (
        cv.solve(
            world, cv.Shock(world, trade_cost=np.exp(sign * step * cost)[None]), tolerance=1e-13
        )
        for sign in (1, -1)
    )
    found = cv.income_exposure(world, THETA).after_costs(cost)
    wage = np.log(up.wages.values / down.wages.values) / (2 * step)
    welfare = (up.welfare_percent - down.welfare_percent) / (200 * step)
    np.testing.assert_allclose(found["income"], wage, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["welfare"], welfare, rtol=1e-5, atol=1e-6)


def test_growth_everywhere_is_growth() -> None:
    world = world_of(7, 4, 3)
    found = cv.income_exposure(world)
    assert found.theta == 4.0  # theta.aggregate_long
    table = found.after_productivity({"all": 1.0})
    np.testing.assert_allclose(table["welfare"], 1.0)
    np.testing.assert_allclose(table["income"], 0.0, atol=1e-12)
    # World income is the yardstick.
    size = found.plain["Q"][0]
    np.testing.assert_allclose(size @ found.plain["W"], 0.0, atol=1e-12)
    np.testing.assert_allclose(found.plain["T"].sum(1), 1.0)


@pytest.mark.shared
def test_the_published_figure_for_canada_and_china() -> None:
    data = load_cp2015()
    world = cv.World.from_flows(
        data["flows"].sum(0)[None],
        elasticity=THETA,
        regions=data["regions"],
        sectors=["all"],
        base_year=1993,
    )
    found = cv.income_exposure(world, THETA)
    percent = found.after_productivity({"CHN": 1.0}).loc["CAN", "welfare"]
    assert percent == pytest.approx(0.000196, abs=5e-7)
    # And by an exact solve of the world that the matrices describe.
    share, income = found.plain["S"], found.plain["Q"][0]
    balanced = cv.World.from_flows(
        (share * income[:, None])[None] * 1e7, elasticity=THETA, regions=data["regions"]
    )
    shock = cv.Shock(balanced).productivity("CHN", factor=1.01)
    exact = float(cv.solve(balanced, shock, tolerance=1e-13).welfare.sel(region="CAN"))
    assert exact == pytest.approx(0.000196, abs=2e-6)


def test_bad_questions_are_refused() -> None:
    world = world_of(7, 4, 3)
    for theta in (0.0, -1.0, float("nan")):
        with pytest.raises(NegativeValueError, match="above 0"):
            cv.income_exposure(world, theta)
    found = cv.income_exposure(world)
    with pytest.raises(NotANumberError, match="R01"):
        found.after_productivity({"R01": float("nan")})
    with pytest.raises(ShapeError):
        found.after_costs(np.zeros((3, 3)))
    with pytest.raises(InputError, match="diagonal"):
        found.after_costs(np.eye(4))
    with pytest.raises(NotANumberError, match="importer R00, exporter R01"):
        found.after_costs(np.where(np.arange(16).reshape(4, 4) == 1, np.nan, 0.0))
    apart = np.kron(np.eye(2), np.ones((2, 2)))[None]
    with pytest.raises(InputError, match="do not buy from each other"):
        cv.income_exposure(cv.World.from_flows(apart, elasticity=4.0))
