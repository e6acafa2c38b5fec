"""Best tariffs against closed forms, grids, derivative-free searches and drawn rivals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

import countervail as cv
from tests.cp2015 import load_cp2015
from tests.worlds import random_world

LONG = cv.Closure()


def welfare(w: cv.World, shock: cv.Shock, region: str, closure: cv.Closure = LONG) -> float:
    return float(cv.solve(w, shock, closure).welfare.sel(region=region))


def test_a_uniform_tariff_is_the_top_of_the_curve() -> None:
    w = random_world(np.random.default_rng(11), 5, 4)
    found = cv.optimal_tariff(w, "R01", vary="uniform", closure=LONG)
    top = minimize_scalar(
        lambda t: -welfare(w, cv.Shock(w).tariff("R01", None, to=t, confirm_units=True), "R01"),
        bounds=(0, 4),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert found.rates[0] == pytest.approx(top.x, abs=1e-4)
    assert welfare(w, found.shock, "R01") == pytest.approx(-top.fun, abs=1e-8)
    assert found.gain_percent == pytest.approx(-top.fun, abs=1e-8)


def test_two_equal_regions_know_the_best_tariff_in_closed_form() -> None:
    """One sector, one factor: t = 1 / (theta x the part of its spending that the other keeps)."""
    theta, home = 4.0, 0.7
    flows = np.array([[[home, 1 - home], [1 - home, home]]]) * 1e5
    w = cv.World.from_flows(flows, elasticity=theta)
    found = cv.optimal_tariff(w, "r0", closure=LONG)

    # Independent of the package: both regions' shares at a tariff t of r0, wages cleared.
    def gap(log_wage: float, t: float) -> float:
        a, b = np.exp(-theta * log_wage), 1.0
        mine = home * a / (home * a + (1 - home) * b * (1 + t) ** -theta)
        theirs = (1 - home) * a / ((1 - home) * a + home * b)
        income = np.exp(log_wage) * 1.0
        spent = income / (1 - (1 - mine) * t / (1 + t))
        return float(theirs * 1.0 - spent * (1 - mine) / (1 + t))

    def foc(t: float) -> float:
        w0 = brentq(gap, -3, 3, args=(t,), xtol=1e-14)
        a = np.exp(-theta * w0)
        kept = home / ((1 - home) * a + home)
        return t - 1 / (theta * kept)

    assert found.rates[0] == pytest.approx(brentq(foc, 0, 2), abs=1e-5)
    assert found.closed_form == pytest.approx(found.rates[0], abs=1e-5)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), rival=st.integers(0, 10_000))
def test_no_drawn_tariffs_do_better(seed: int, rival: int) -> None:
    w = random_world(np.random.default_rng(seed), 5, 4)
    found = cv.optimal_tariff(w, "R00", closure=LONG, searches=1)
    assert found.gap <= 1e-4
    rng = np.random.default_rng(rival)
    best = welfare(w, found.shock, "R00")
    near = np.clip(found.rates * rng.lognormal(0, 0.3, found.rates.size), 0, 4)
    for rates in (near, rng.uniform(0, 1, found.rates.size), np.zeros(found.rates.size)):
        assert welfare(w, found.levers.shock(rates), "R00") <= best + 1e-7


def test_freer_levers_never_serve_worse() -> None:
    w = random_world(np.random.default_rng(3), 5, 4)
    gain = {
        vary: cv.optimal_tariff(w, "R02", vary=vary, closure=LONG).gain_percent  # type: ignore[arg-type]
        for vary in ("uniform", "sector", "partner", "both")
    }
    assert gain["uniform"] <= min(gain["sector"], gain["partner"]) + 1e-8
    assert max(gain["sector"], gain["partner"]) <= gain["both"] + 1e-8


def test_the_order_of_regions_and_the_seed_do_not_matter() -> None:
    w = random_world(np.random.default_rng(3), 5, 4)
    order = [4, 2, 0, 3, 1]
    a = w.arrays
    turned = cv.World.from_flows(
        a.flows[:, order][:, :, order],
        tariff=a.tariff[:, order][:, :, order],
        inputs=a.input_share[order],
        value_added=a.value_added_share[:, order],
        elasticity=a.elasticity,
        regions=[w.regions[i] for i in order],
        sectors=list(w.sectors),
    )
    one = cv.optimal_tariff(w, "R02", closure=LONG)
    other = cv.optimal_tariff(turned, "R02", closure=LONG, seed=9)
    mine = one.table.set_index(["sector", "partner"])["tariff_percent"]
    theirs = other.table.set_index(["sector", "partner"])["tariff_percent"]
    np.testing.assert_allclose(theirs.loc[mine.index], mine, rtol=2e-3, atol=1e-2)
    assert one.gain_percent == pytest.approx(other.gain_percent, abs=1e-7)


def test_a_favoured_sector_gets_a_higher_tariff_and_costs_real_income() -> None:
    w = random_world(np.random.default_rng(3), 5, 4)
    plain = cv.optimal_tariff(w, "R02", vary="sector", closure=LONG)
    led = cv.optimal_tariff(w, "R02", vary="sector", closure=LONG, favour={"good-01": 0.3})
    row = [lever.sector for lever in plain.levers.levers].index("good-01")
    assert led.rates[row] > plain.rates[row] + 0.01
    assert led.gain_percent < plain.gain_percent


def weighted(w: cv.World, outcome: cv.Outcome, regions: tuple[str, ...], weight: float) -> float:
    """What a group with ``weight`` on its first good maximises, from plain figures: percent."""
    gain = base_total = 0.0
    base = cv.solve(w, None, outcome.closure)
    for region in regions:
        made = []
        for one in (base, outcome):
            earned = (w.value_added_share * one.output).sel(sector="good-00", region=region)
            made.append(float(one.income.sel(region=region) + weight * earned))
        real = made[1] / float(outcome.price_index.sel(region=region))
        gain, base_total = gain + real - made[0], base_total + made[0]
    return 100 * gain / base_total


@pytest.mark.parametrize("seed", [0, 4])
def test_a_group_with_weights_is_not_beaten_on_what_it_counts(seed: int) -> None:
    w = random_world(np.random.default_rng(seed), 5, 4)
    group = ("R00", "R01")
    found = cv.optimal_tariff(
        w, list(group), vary="sector", closure=LONG, favour={"good-00": 2.0}, searches=1
    )
    best = weighted(w, found.outcome, group, 2.0)
    assert found.weighted_gain_percent == pytest.approx(best, abs=1e-6)
    rng = np.random.default_rng(1)
    for _ in range(12):
        rates = np.clip(found.rates + rng.normal(0, 0.1, found.rates.size), 0, 4)
        rival = cv.solve(w, found.levers.shock(rates), LONG)
        assert weighted(w, rival, group, 2.0) <= best + 1e-7


def test_subsidies_may_be_allowed_and_a_lost_search_is_no_failure() -> None:
    w = random_world(np.random.default_rng(0), 5, 4)
    free = cv.optimal_tariff(w, "R02", vary="partner", closure=LONG, searches=0)
    wide = cv.optimal_tariff(w, "R02", vary="partner", bounds=(-0.8, 3), closure=LONG)
    assert free.gap is None
    assert "not tested" in repr(free)
    assert wide.gain_percent >= free.gain_percent - 1e-7


def test_a_group_counts_its_members_money_together() -> None:
    w = random_world(np.random.default_rng(3), 5, 4)
    union = ("R00", "R03")
    found = cv.optimal_tariff(w, list(union), vary="uniform", closure=LONG)
    before, after = cv.solve(w, None, LONG), found.outcome
    gain = sum(float(after.equivalent_variation.sel(region=r)) for r in union)
    assert found.gain_bn == pytest.approx(gain / 1000, rel=1e-6)
    inside = found.tariff.sel(importer="R00", exporter="R03").values
    np.testing.assert_array_equal(inside, w.tariff.sel(importer="R00", exporter="R03").values)
    for t in (found.rates[0] - 0.01, found.rates[0] + 0.01):
        other = cv.solve(w, found.levers.shock(np.array([t])), LONG)
        assert sum(float(other.equivalent_variation.sel(region=r)) for r in union) < gain
    assert before.welfare_percent.any() is np.False_


@pytest.mark.shared
def test_the_formula_for_one_factor_is_within_half_a_point_in_1993() -> None:
    """Published: numerical and closed form differ by at most 0.005 in worlds of one factor."""
    data = load_cp2015()
    # Tariff-inclusive spending as flows, no intermediate inputs, no transfers.
    flows = (data["flows"] * (1 + data["tariff1993"]))[:20]
    w = cv.World.from_flows(
        flows,
        elasticity=data["elasticity"][:20],
        regions=data["regions"],
        sectors=data["sectors"][:20],
    )
    closure = cv.Closure(balance="balanced")
    for region in ("USA", "CAN", "MEX", "CHN", "DEU"):
        found = cv.optimal_tariff(
            w, region, vary="uniform", sectors=list(w.sectors), closure=closure, searches=1
        )
        assert abs(found.rates[0] - found.closed_form) < 0.005, region
        assert found.gap <= 1e-4


def test_bad_input_is_told() -> None:
    w = random_world(np.random.default_rng(11), 5, 4)
    with pytest.raises(cv.CountervailError, match="cross"):
        cv.optimal_tariff(w, "R00", bounds=(1, 0.5))
    with pytest.raises(cv.CountervailError, match="no tariff on itself"):
        cv.optimal_tariff(w, "R00", against=["R00", "R01"])
    with pytest.raises(cv.CountervailError, match="uniform, sector, partner, both"):
        cv.optimal_tariff(w, "R00", vary="sectors")  # type: ignore[arg-type]
    with pytest.raises(cv.CountervailError, match="finite"):
        cv.optimal_tariff(w, "R00", bounds=(0, np.inf))
    flows = np.ones((2, 3, 3)) * 1e3
    flows[:, 0, 1:] = 0.0
    alone = cv.World.from_flows(flows, elasticity=4.0)
    with pytest.raises(cv.CountervailError, match="no tariff"):
        cv.optimal_tariff(alone, "r0")
