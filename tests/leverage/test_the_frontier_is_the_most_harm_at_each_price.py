"""The frontier against its definition: no drawn measures hurt more for the same price."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import countervail as cv
from tests.worlds import random_world

LONG = cv.Closure()
PRICES = (-0.05, 0.0, 0.05)


@cache
def world(seed: int = 3) -> cv.World:
    return random_world(np.random.default_rng(seed), 5, 4)


@cache
def traced(seed: int = 3) -> cv.Frontier:
    w = world(seed)
    return cv.frontier(w, "R00", "R02", points=6, prices=(0.0, 0.02), bounds=(0, 2), closure=LONG)


def losses(f: cv.Frontier, rates: np.ndarray) -> tuple[float, float]:
    """(harm, cost) of some rates by a plain solve, percent."""
    outcome = cv.solve(f.world, f.levers.shock(rates), LONG)
    welfare = outcome.welfare
    return -float(welfare.sel(region="R02")), -float(welfare.sel(region="R00"))


def test_points_go_from_cheap_to_dear_and_harm_grows_with_the_price() -> None:
    f = traced()
    assert (np.diff(f.cost) > 0).all()
    assert (np.diff(f.harm) > 0).all()
    assert f.points[0].role == "own-optimum"
    assert f.points[-1].role == "largest"
    assert [p.asked_percent for p in f.points if p.role == "asked"] == [0.0, 0.02]


def test_the_cheap_end_is_the_coercers_own_optimum() -> None:
    w, f = world(), traced()
    assert f.points[0].cost_percent < 0
    # With tariffs alone it is the tariff that is best against the target.
    only = cv.frontier(
        w, "R00", "R02", points=2, prices=(), instruments=("tariff",), bounds=(0, 2), closure=LONG
    )
    rates = np.array([w.arrays.tariff[c[0][1:]] for c in only.levers.cells])
    best = cv.optimal_tariff(w, "R00", "R02", vary="sector", bounds=(0, 4), closure=LONG)
    inside = best.rates > rates
    assert inside.any()
    assert -only.points[0].cost_percent <= best.gain_percent + 1e-8
    if inside.all():
        assert -only.points[0].cost_percent == pytest.approx(best.gain_percent, abs=1e-7)
        np.testing.assert_allclose(only.points[0].rates + rates, best.rates, atol=2e-3)


def test_the_dear_end_is_the_largest_harm_at_any_price() -> None:
    f = traced()
    rng = np.random.default_rng(5)
    for _ in range(15):
        draw = np.where(rng.random(len(f.levers)) < 0.5, 2.0, rng.uniform(0, 2, len(f.levers)))
        assert losses(f, draw)[0] <= f.harm[-1] + 1e-6


def test_no_drawn_measures_hurt_more_for_their_price() -> None:
    f = traced()
    rng = np.random.default_rng(6)
    tried = 0
    for _ in range(40):
        near = f.points[rng.integers(len(f.points))].rates
        draw = np.clip(near * rng.lognormal(0, 0.4, near.size) + rng.uniform(0, 0.05), 0, 2)
        harm, cost = losses(f, draw)
        dearer = [p for p in f.points if p.cost_percent >= cost]
        if dearer:
            tried += 1
            assert harm <= dearer[0].harm_percent + 1e-6
    assert tried > 10


def test_a_price_is_met_and_the_rates_do_what_the_point_says() -> None:
    f = traced()
    for point in f.points:
        harm, cost = losses(f, point.rates)
        assert harm == pytest.approx(point.harm_percent, abs=1e-8)
        assert cost == pytest.approx(point.cost_percent, abs=1e-8)
        if point.role == "asked":
            assert cost == pytest.approx(point.asked_percent, abs=1e-5)
        assert point.gap is not None
        assert point.gap <= 1e-4
        assert point.outcome.certificate.holds


def test_an_own_search_with_a_plain_optimiser_finds_nothing_better() -> None:
    """SciPy from drawn starts with finite differences, on the asked price of nothing."""
    from scipy.optimize import minimize

    w = world()
    f = traced()
    point = f.at(0.0)
    rng = np.random.default_rng(1)
    for _ in range(2):
        start = rng.uniform(0, 0.5, len(f.levers))
        own = minimize(
            lambda u: -losses(f, np.clip(u, 0, 2))[0],
            start,
            method="SLSQP",
            bounds=[(0, 2)] * len(f.levers),
            constraints=[{"type": "ineq", "fun": lambda u: -losses(f, np.clip(u, 0, 2))[1]}],
            options={"maxiter": 60, "ftol": 1e-9, "eps": 1e-5},
        )
        harm, cost = losses(f, np.clip(own.x, 0, 2))
        if cost <= 1e-6:
            assert harm <= point.harm_percent + 1e-4
    assert w.regions[0] == "R00"


def test_what_the_sectors_carry_adds_up() -> None:
    f = traced()
    for point in (f.points[0], f.at(0.0), f.points[-1]):
        parts = f.carried(point)
        assert parts.attrs["residual"] < 1e-4
        assert parts["harm_percent"].sum() == pytest.approx(point.harm_percent, abs=1e-4)
        assert parts["cost_percent"].sum() == pytest.approx(point.cost_percent, abs=1e-4)


def test_neither_threads_nor_another_run_change_a_bit() -> None:
    w = world()
    once, again = (
        cv.frontier(
            w, "R00", "R02", points=4, prices=(0.0,), bounds=(0, 2), closure=LONG, workers=n
        )
        for n in (1, 2)
    )
    assert np.array_equal(once.harm, again.harm)
    assert np.array_equal(once.rates.values, again.rates.values)


def test_deals_already_in_force_are_the_status_quo() -> None:
    w = world()
    deal = cv.Shock(w).trade_cost("R02", "R03", factor=0.8).trade_cost("R03", "R02", factor=0.8)
    f = cv.frontier(w, "R00", "R02", points=2, prices=(), bounds=(0, 2), closure=LONG, given=deal)
    before = cv.solve(w, deal, LONG)
    for point in f.points:
        after = cv.solve(w, f.levers.shock(point.rates), LONG)
        fell = float((before.welfare - after.welfare).sel(region="R02"))
        assert point.harm_percent == pytest.approx(fell, abs=1e-8)
    assert f.points[0].cost_percent <= 1e-9


def test_without_a_search_nothing_is_claimed_and_prices_out_of_reach_are_said() -> None:
    f = cv.frontier(
        world(),
        "R00",
        "R02",
        points=2,
        prices=(-50.0, 50.0),
        bounds=(0, 2),
        closure=LONG,
        searches=0,
    )
    assert f.gap is None
    assert "cannot gain as much" in f.points[0].note
    assert "more than the largest harm costs" in f.points[-1].note
    assert "at their upper bound" in f.points[-1].note


def test_a_coalition_acts_as_one() -> None:
    w = world()
    f = cv.frontier(w, ["R00", "R03"], "R02", points=2, prices=(), bounds=(0, 2), closure=LONG)
    members = {cell[2] for cells in f.levers.cells for cell in cells if cell[0] == "tariff"}
    assert members == {0, 3}
    assert f.harm[-1] > traced().harm[-1]


def test_a_target_without_trade_is_not_hurt_and_this_is_said() -> None:
    flows = np.ones((2, 3, 3)) * 1e3
    flows[:, 0, 2] = flows[:, 2, 0] = 0.0
    w = cv.World.from_flows(flows, elasticity=4.0)
    f = cv.frontier(w, "r0", "r2")
    assert f.points == ()
    assert "harm 0" in f.note


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "R00"}, "both target and coercer"),
        ({"instruments": ()}, "empty"),
        ({"instruments": ("tarif",)}, "tariff"),
        ({"bounds": (1, 0)}, "cross"),
        ({"bounds": (0.1, 1)}, "nothing"),
        ({"searches": -1}, "whole number"),
        ({"points": 1}, "two ends"),
        ({"prices": (float("nan"),)}, "finite"),
        ({"coercer": "XYZ"}, "XYZ"),
    ],
)
def test_bad_input_is_told(options: dict[str, object], said: str) -> None:
    call = {"coercer": "R00", "target": "R02", **options}
    with pytest.raises(cv.CountervailError, match=said):
        cv.frontier(world(), **call)  # type: ignore[arg-type]
