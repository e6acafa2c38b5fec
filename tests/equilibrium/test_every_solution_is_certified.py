"""Hard cases are solved, and each solution's certificate is below 1e-9."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import (
    FIELDS,
    autarky,
    blocks,
    closures,
    everywhere,
    more,
    random_shock,
    rebuilt,
    world_of,
    worlds,
)
from tests.worlds import random_flows

LABOUR = ("mobile", "specific")
BALANCE = ("fixed", "balanced")
labour = st.sampled_from(LABOUR)
seeds = st.integers(0, 1000)


def certified(world: cv.World, shock: cv.Shock | None, closure: cv.Closure) -> cv.Outcome:
    out = cv.solve(world, shock, closure)
    assert out.certificate.worst < 1e-9
    assert out.certificate.holds
    assert cv.solve(world, None, closure).certificate.worst < 1e-9
    for figure in (out.welfare, out.prices, out.trade, out.output, out.income):
        assert np.isfinite(figure.values).all()
    assert (out.income > 0).all()
    return out


def steeper(world: cv.World, factor: float) -> cv.World:
    return rebuilt(world, elasticity=world.arrays.elasticity * factor)


@more
@given(worlds(), closures, seeds)
def test_large_shocks_of_every_kind(world, closure, seed):
    certified(world, random_shock(seed, world), closure)


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
@more
@given(worlds(), closures)
def test_a_tariff_of_100_percent_on_everything(factor, world, closure):
    world = steeper(world, factor)
    certified(world, everywhere(world, 1.0), closure)


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
@more
@given(worlds(), labour)
def test_autarky(factor, world, labour):
    """No own share need be positive: a market without home supply pays the cost factor."""
    world = steeper(world, factor)
    certified(world, autarky(world), cv.Closure("balanced", labour))


@more
@given(worlds(), labour, seeds)
def test_one_region_cut_off_from_all_others(world, labour, seed):
    region = world.regions[seed % len(world.regions)]
    certified(world, cv.Shock(world).cut_off(region, None), cv.Closure("balanced", labour))


@more
@given(worlds(shapes=((4, 3),)), closures)
def test_two_regions_cut_off_from_each_other(world, closure):
    certified(world, cv.Shock(world).cut_off("R00", "R03"), closure)


# Once each the worst of tens of thousands of random cases, residuals above 1e-9 at 3 theta.
@pytest.mark.parametrize(
    ("seed", "regions", "options", "closure"),
    [
        (3, 2, {}, cv.Closure()),
        (12, 3, {"zero_own": True, "zero_output": True, "export_taxes": True}, cv.Closure()),
        (24, 2, {"export_taxes": True}, cv.Closure("balanced", "specific")),
    ],
)
def test_steep_elasticities(seed, regions, options, closure):
    world = steeper(world_of(seed, regions, 3, **options), 3.0)
    for shock in (random_shock(seed, world), everywhere(world, 1.0)):
        certified(world, shock, closure)


@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("factor", [1e3, 1e4])
def test_autarky_where_nothing_is_made_at_home_at_an_outlying_elasticity(factor, labour):
    """64.85 is the published elasticity of petroleum; 1e4^-64.85 is 1e-259."""
    world = world_of(1, 4, 3, zero_own=True)
    theta = np.array(world.arrays.elasticity)
    own = np.einsum("snn->sn", world.arrays.share)
    assert (own[0] == 0).any()
    theta[0] = 64.85
    world = rebuilt(world, elasticity=theta)
    certified(world, autarky(world, factor), cv.Closure("balanced", labour))


@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("balance", BALANCE)
@pytest.mark.parametrize("sizes", [(2, 2), (3, 1), (2, 1, 1), (1, 1, 1, 1)])
def test_regions_that_do_not_trade_at_all(sizes, balance, labour):
    world = blocks(4, *sizes)
    closure = cv.Closure(balance, labour)
    shock = random_shock(9, world, [field for field in FIELDS if field != "transfer"])
    certified(world, shock, closure)
    certified(world, everywhere(world, 0.5), closure)
    if sizes[-1] == 1:  # what others tax is nothing to a region by itself
        out = cv.solve(world, everywhere(world, 0.5), closure)
        assert abs(float(out.welfare[-1])) < 1e-7


@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("balance", BALANCE)
def test_a_world_of_one_region(balance, labour):
    world = world_of(7, 1, 2)
    shock = random_shock(9, world, ["productivity", "labour", "trade_cost"])
    out = certified(world, shock, cv.Closure(balance, labour))
    assert abs(float(out.welfare.item())) > 0.1
    rounding = np.array([1e-16 * world.arrays.income[0]])
    certified(world, cv.Shock(world, transfer=rounding), cv.Closure(balance, labour))
    alone = certified(world, everywhere(world, 0.5), cv.Closure(balance, labour))
    assert alone.welfare.item() == 0


@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("balance", BALANCE)
def test_194_regions_in_one_sector(balance, labour):
    world = world_of(3, 194, 1, io=False, tariffs=False, deficits=True, elasticity=5.0)
    closure = cv.Closure(balance, labour)
    certified(world, everywhere(world, 1.0), closure)
    certified(world, cv.Shock(world).cut_off("R00", "R01"), closure)
    if balance == "balanced":
        certified(world, autarky(world), closure)


@pytest.fixture(scope="module")
def world_2014() -> cv.World:
    return cv.load_world("world-2014")


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("labour", LABOUR)
@pytest.mark.parametrize("balance", BALANCE)
def test_world_2014(world_2014, balance, labour, factor):
    world = world_2014 if factor == 1 else steeper(world_2014, factor)
    closure = cv.Closure(balance, labour)
    shocks = [
        cv.Shock(world).tariff(importer="USA", add=0.25),
        everywhere(world, 1.0),
        cv.Shock(world).cut_off("CAN", "USA"),
    ]
    if balance == "balanced":
        shocks += [autarky(world), cv.Shock(world).cut_off("CAN", None)]
    for shock in shocks:
        certified(world, shock, closure)


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
def test_world_2014_at_every_horizon(world_2014, horizon):
    shock = random_shock(3, world_2014, confirm_units=True)
    certified(world_2014, shock, cv.Closure.of_horizon(horizon))


def test_negative_final_demand_is_cleaned_into_an_equilibrium():
    """What accounts call inventories: a world made from raw numbers stands still all the same."""
    raw = random_flows(np.random.default_rng(2), 4, 3)
    raw["flows"][0, 1, :] *= 0.2  # buys less than its industries use
    world = cv.World.from_flows(**raw, elasticity=4.0)
    assert not np.allclose(world.arrays.flows, raw["flows"], rtol=1e-3)
    for closure in (cv.Closure(), cv.Closure("balanced", "specific")):
        assert not cv.solve(world, None, closure).welfare.values.any()
        certified(world, everywhere(world, 0.3), closure)
