"""What theory says about policies, whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import (
    closures,
    few,
    more,
    random_levels,
    random_shock,
    rebuilt,
    world_of,
    worlds,
)

BALANCED = cv.Closure("balanced")
seeds = st.integers(0, 1000)


@more
@given(worlds(), st.sampled_from(("mobile", "specific")), st.sampled_from((0.1, 0.5, 2.0)), seeds)
def test_lerner_symmetry(world, labour, rate, seed):
    """A uniform tax on all imports does what the same tax on all exports does."""
    at = seed % len(world.regions)
    tariff, tax = (np.array(world.arrays.tariff), np.array(world.arrays.export_tax))
    others = np.arange(len(world.regions)) != at
    tariff[:, at, others] = (1 + tariff[:, at, others]) * (1 + rate) - 1
    tax[:, others, at] = (1 + tax[:, others, at]) * (1 + rate) - 1
    closure = cv.Closure("balanced", labour)
    imports = cv.solve(world, cv.Shock(world, tariff=tariff), closure)
    exports = cv.solve(world, cv.Shock(world, export_tax=tax), closure)
    np.testing.assert_allclose(imports.welfare.values, exports.welfare.values, atol=2e-7)
    if labour == "mobile":
        real = [out.real_wage.values[others] for out in (imports, exports)]
        np.testing.assert_allclose(*real, atol=2e-7)


def small_region(seed: int, regions: int) -> cv.World:
    """A world without taxes or transfers; its last region is a thousandth of the others."""
    world = world_of(seed, regions, 3, tariffs=False, deficits=False, io=seed % 2 == 0)
    size = np.ones(regions)
    size[-1] = 1e-3
    flows = world.arrays.flows * size[None, :, None] * size[None, None, :]
    at = regions - 1
    flows[:, at, at] = world.arrays.flows[:, at, at] * size[at]
    shrunk = rebuilt(world, flows=flows)
    # Without transfers once more, and clear of what cleaning may have left.
    base = cv.solve(shrunk, None, BALANCED)
    return rebuilt(shrunk, flows=base.trade.values)


@few
@given(seeds, st.sampled_from((4, 3, 2)), st.sampled_from(("mobile", "specific")))
def test_a_bigger_tariff_on_a_small_region_never_helps_it(seed, regions, labour):
    world = small_region(seed, regions)
    small, coercer = world.regions[-1], world.regions[0]
    welfare = [
        float(
            cv.solve(
                world,
                cv.Shock(world).tariff(importer=coercer, exporter=small, add=rate),
                cv.Closure("balanced", labour),
            ).welfare.sel(region=small)
        )
        for rate in (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
    ]
    assert (np.diff(welfare) < 0).all()


@pytest.mark.parametrize("target", ["CAN", "MEX", "LUX"])
def test_a_bigger_american_tariff_never_helps(target):
    world = cv.load_world("world-2014")
    welfare = [
        float(
            cv.solve(
                world, cv.Shock(world).tariff(importer="USA", exporter=target, add=rate)
            ).welfare.sel(region=target)
        )
        for rate in (0.0, 0.1, 0.25, 0.5, 1.0)
    ]
    assert (np.diff(welfare) < 0).all()


@few
@given(worlds(tariffs=False, export_taxes=False), closures)
def test_a_gift_helps_who_gets_it(world, closure):
    """Without taxes, and at elasticities above 1, no transfer paradox arises."""
    giver, taker = world.regions[0], world.regions[1]
    amount = 0.01 * float(world.factor_income.sel(region=giver))
    out = cv.solve(world, cv.Shock(world).transfer(giver, taker, amount=amount), closure)
    assert float(out.welfare.sel(region=taker)) > 0
    assert float(out.welfare.sel(region=giver)) < 0
    # Given and given back is nothing.
    there = cv.Shock(world).transfer(giver, taker, amount=amount)
    back = cv.solve(world, there.transfer(taker, giver, amount=amount), closure)
    np.testing.assert_allclose(back.welfare.values, 0.0, atol=1e-9)


def test_several_payers_share_equally():
    world = world_of(12, 4, 3)
    shock = cv.Shock(world).transfer(["R00", "R01"], "R02", amount=10.0)
    moved = shock.array("transfer") - world.arrays.transfer
    np.testing.assert_allclose(moved, [-5.0, -5.0, 10.0, 0.0], atol=1e-9)


@few
@given(worlds(), st.sampled_from(("mobile", "specific")), seeds)
def test_share_of_world_income_is_the_fixed_closure(world, labour, seed):
    shock = random_shock(seed, world)
    fixed = cv.solve(world, shock, cv.Closure("fixed", labour))
    share = cv.solve(world, shock, cv.Closure("share", labour))
    np.testing.assert_array_equal(fixed.welfare.values, share.welfare.values)


def test_horizons_are_ordered():
    short, medium, long = (
        cv.Closure(horizon=h).elasticity_factor for h in ("short", "medium", "long")
    )
    assert short < medium < long == cv.Closure().elasticity_factor == 1.0
    # theta(h) = long - (long - short) exp(-h / tau), at 0 and 3 years; 0.76, 2, 3 years.
    assert short == pytest.approx(0.76 / 2.0)
    assert medium == pytest.approx((2.0 - 1.24 * math.exp(-1.0)) / 2.0)
    assert cv.Closure.of_horizon("short").labour == "specific"
    assert cv.Closure.of_horizon("medium").labour == "mobile"


@few
@given(worlds(), st.sampled_from(("short", "medium")), seeds)
def test_a_horizon_is_a_world_with_other_elasticities(world, horizon, seed):
    closure = cv.Closure(horizon=horizon)
    factor = closure.elasticity_factor
    other = rebuilt(world, elasticity=world.arrays.elasticity * factor)
    levels = random_levels(seed, world)
    np.testing.assert_allclose(
        cv.solve(world, cv.Shock(world, **levels), closure).welfare.values,
        cv.solve(other, cv.Shock(other, **levels)).welfare.values,
        atol=2e-8,
    )


def test_a_cut_off_hurts_more_the_sooner_it_is_felt():
    world = cv.load_world("world-2014")
    cut = cv.Shock(world).cut_off("CAN", "USA")
    lost = {}
    for horizon in ("short", "medium", "long"):
        out = cv.solve(world, cut, cv.Closure(balance="balanced", horizon=horizon))
        lost[horizon] = float(out.welfare.sel(region="CAN"))
    assert lost["short"] < lost["medium"] < lost["long"] < 0


@more
@given(worlds(), st.sampled_from(("mobile", "specific")), seeds)
def test_one_shock_after_another_is_both_at_once(world, labour, seed):
    """Solve A, make a world of its outcome, solve B there: the same as A and B together."""
    closure = cv.Closure("fixed", labour)
    first = random_levels(seed, world)
    both = random_levels(seed + 5000, world)
    one = cv.solve(world, cv.Shock(world, **first), closure, tolerance=1e-13)
    between = rebuilt(
        world,
        flows=one.trade.values,
        tariff=first["tariff"],
        export_tax=first["export_tax"],
    )
    hats = ("trade_cost", "productivity", "labour")
    second = {name: both[name] / first[name] if name in hats else both[name] for name in both}
    second["transfer"] = second["transfer"] - (
        one.shock.array("transfer") - between.arrays.transfer
    )
    two = cv.solve(between, cv.Shock(between, **second), closure)
    at_once = cv.solve(world, cv.Shock(world, **both), closure)
    np.testing.assert_allclose(
        (1 + one.welfare / 100) * (1 + two.welfare / 100), 1 + at_once.welfare / 100, rtol=1e-8
    )
    np.testing.assert_allclose(
        one.prices.values * two.prices.values, at_once.prices.values, rtol=1e-8
    )


@few
@given(worlds(), closures, st.sampled_from((0.7, 1.1, 2.0)))
def test_more_labour_everywhere_is_more_of_everything(world, closure, factor):
    """Constant returns: twice the factors, everywhere, make everyone twice as well off."""
    if closure.balance == "fixed":
        world = rebuilt(world, flows=cv.solve(world, None, BALANCED).trade.values)
    out = cv.solve(world, cv.Shock(world).labour(factor=factor), closure)
    np.testing.assert_allclose(out.welfare.values, 100 * (factor - 1), rtol=1e-7)
    np.testing.assert_allclose(out.real_wage.values, 0.0, atol=1e-7)


@few
@given(worlds(io=False), closures, st.sampled_from((0.7, 1.1, 2.0)))
def test_higher_productivity_everywhere_is_lower_prices_everywhere(world, closure, factor):
    out = cv.solve(world, cv.Shock(world).productivity(factor=factor), closure)
    np.testing.assert_allclose(out.welfare.values, 100 * (factor - 1), rtol=1e-7)
    np.testing.assert_allclose(out.trade.values, cv.solve(world, None, closure).trade.values)


@few
@given(worlds(tariffs=False, export_taxes=False), st.integers(0, 1000))
def test_no_shared_loss_from_a_tariff(world, seed):
    """Where nothing is taxed yet, a large tariff costs the world as a whole."""
    shock = cv.Shock(world).tariff(importer=world.regions[seed % len(world.regions)], add=0.5)
    out = cv.solve(world, shock, BALANCED)
    assert float(out.equivalent_variation.sum()) < 0
