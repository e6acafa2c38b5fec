"""Demands against a search over a grid; corners, regimes, and what a falling exposure does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError, NegativeValueError, NotANumberError
from countervail.parameters import parameter

BN = st.floats(-50.0, 50.0).map(lambda x: round(x, 3))


def gains(x: np.ndarray, harm: float, cost: float, noise: float) -> np.ndarray:
    """The coercer's expected gain from demanding ``x``."""
    accept = np.clip((harm + noise - x) / (2 * noise), 0, 1) if noise else (x <= harm) * 1.0
    return x * accept - cost * (1 - accept)


@given(BN, BN, st.floats(0.0, 50.0).map(lambda x: round(x, 3)))
def test_no_demand_on_a_grid_does_better(harm: float, cost: float, noise: float) -> None:
    found = cv.demand(harm, cost, noise)
    top = max(harm + noise, 0.0) + 1.0
    grid = np.append(np.linspace(0.0, top, 4001), max(harm - noise, 0.0))
    best = max(float(gains(grid, harm, cost, noise).max()), 0.0)
    # Between two points of the grid the gain moves by at most its slope times half a step.
    step = top / 4000 * (1 + (top + abs(cost)) / (2 * noise) if noise else 1)
    assert best <= found.expected_gain_bn + 1e-9 * (1 + abs(best))
    assert found.expected_gain_bn <= best + step
    assert found.accept + found.rupture == 1.0
    assert 0.0 <= found.accept <= 1.0
    if found.demand_bn is not None and found.regime != "no demand":
        stated = float(gains(np.array([found.demand_bn]), harm, cost, noise)[0])
        assert found.expected_gain_bn == pytest.approx(stated, rel=1e-9, abs=1e-9)


def test_the_inner_solution_is_the_formula() -> None:
    found = cv.demand(30.0, 5.0, 20.0)
    assert found.demand_bn == (30 + 20 - 5) / 2
    assert found.accept == (30 + 20 + 5) / 80
    assert found.regime == "accepted or rupture"


@pytest.mark.parametrize(
    ("figures", "demand", "accept", "regime"),
    [
        ((30.0, 5.0, 10.0), 20.0, 1.0, "accepted for certain"),
        ((30.0, 40.0, 0.0), 30.0, 1.0, "accepted for certain"),
        ((10.0, 40.0, 20.0), 0.0, 1.0, "no demand"),
        ((0.0, 0.0, 0.0), 0.0, 1.0, "no demand"),
        ((-5.0, 3.0, 1.0), 0.0, 1.0, "no demand"),
        ((10.0, -40.0, 20.0), None, 0.0, "carried out"),
        ((-5.0, -3.0, 1.0), None, 0.0, "carried out"),
    ],
)
def test_corners(
    figures: tuple[float, float, float], demand: float | None, accept: float, regime: str
) -> None:
    found = cv.demand(*figures)
    assert (found.demand_bn, found.accept, found.regime) == (demand, accept, regime)


def test_a_coercer_that_gains_by_acting_is_said_to() -> None:
    gaining, paying = cv.demand(30.0, -5.0, 20.0), cv.demand(30.0, 5.0, 20.0)
    assert gaining.rupture > paying.rupture
    assert "credible and cheap" in gaining.words
    assert "credible" not in paying.words


def test_a_lower_exposure_lowers_the_demand_and_raises_the_risk() -> None:
    rows = cv.demands(100.0, 20.0, noise_share=(1.0,), falls=(0.0, 0.1, 0.25, 0.5))
    assert [row.noise_bn for row in rows] == [100.0] * 4
    assert [row.exposure_bn for row in rows] == [100.0, 90.0, 75.0, 50.0]
    for before, after in itertools.pairwise(rows):
        assert before.demand_bn is not None
        assert after.demand_bn is not None
        assert after.demand_bn < before.demand_bn
        assert after.rupture > before.rupture


@pytest.mark.parametrize("cost", [0.0, 20.0])
def test_with_doubt_in_proportion_a_fall_makes_rupture_no_likelier(cost: float) -> None:
    before, after = (cv.demand(harm, cost, 1.0 * harm) for harm in (100.0, 50.0))
    assert before.accept == pytest.approx(2 / 4 + cost / 400)
    assert (after.rupture < before.rupture) == (cost > 0)


@given(st.floats(1.0, 50.0), st.floats(-0.95, 0.95))
def test_the_demand_is_lowest_where_it_is_said_to_be(harm: float, ratio: float) -> None:
    cost = ratio * harm
    lowest = (harm + cost) / 3
    found = cv.demand(harm, cost, lowest).demand_bn
    assert found == pytest.approx((2 * harm - cost) / 3)
    for noise in np.linspace(0.0, 4 * harm, 41):
        other = cv.demand(harm, cost, float(noise)).demand_bn
        assert other is not None
        assert other >= found * (1 - 1e-9)


def test_a_dear_threat_has_doubts_at_which_nothing_is_demanded() -> None:
    made = [cv.demand(10.0, 15.0, noise).demand_bn for noise in (8.0, 30.0, 80.0)]
    assert made[0] == pytest.approx(2.0, abs=1.0)
    assert made[1] == 0.0
    assert made[2] == (10 + 80 - 15) / 2


def test_the_strip_covers_the_range_of_the_parameter() -> None:
    known = parameter("bargaining.noise_share")
    rows = cv.demands(100.0, 20.0)
    assert [row.noise_share for row in rows[::4]] == [known.value, known.low, known.high]
    assert [row.fall for row in rows[:4]] == [0.0, 0.1, 0.25, 0.5]
    assert {row.regime for row in cv.demands(-3.0, 20.0)} == {"no demand"}


def test_bad_input_is_named() -> None:
    with pytest.raises(NotANumberError, match="cost_bn"):
        cv.demand(1.0, float("nan"), 1.0)
    with pytest.raises(NegativeValueError, match="half-width"):
        cv.demand(1.0, 1.0, -1.0)
    with pytest.raises(InputError, match="between 0 and 1"):
        cv.demands(1.0, 1.0, falls=(25.0,))
    with pytest.raises(InputError, match="noise_share"):
        cv.demands(1.0, 1.0, noise_share=())
