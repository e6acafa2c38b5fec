"""An empty shock changes nothing, to the last bit, in one pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

import countervail as cv
from tests.equilibrium.cases import closures, few, worlds


def assert_still(out: cv.Outcome) -> None:
    assert not out.welfare.values.any()
    assert not out.real_wage.values.any()
    assert not out.equivalent_variation.values.any()
    assert not out.trade_change.values.any()
    assert not out.output_change.values.any()
    assert not out.decomposition.to_numpy().any()
    for hats in (out.wages, out.prices, out.price_index):
        assert (hats.values == 1.0).all()
    assert out.certificate.worst < 1e-9


@few
@given(worlds(), closures)
def test_no_shock(world, closure):
    assert_still(cv.solve(world, None, closure))
    assert_still(cv.solve(world, cv.Shock(world), closure))


@few
@given(worlds(), closures)
def test_a_shock_that_says_what_is_already_so(world, closure):
    a = world.arrays
    same = cv.Shock(world, tariff=a.tariff, transfer=a.transfer, labour=np.ones(len(world.regions)))
    assert same.changed
    assert same.is_empty
    out = cv.solve(world, same, closure)
    assert_still(out)
    assert out.diagnostics.passes <= 1


@few
@given(worlds())
def test_the_benchmark_is_an_equilibrium_already(world):
    out = cv.solve(world)
    assert out.diagnostics.passes <= 1
    np.testing.assert_allclose(out.trade.values, world.flows.values, rtol=1e-12, atol=0)
    np.testing.assert_allclose(out.output.values, world.output.values, rtol=1e-12, atol=0)
    np.testing.assert_allclose(out.income.values, world.income.values, rtol=1e-10)


@pytest.mark.parametrize("balance", ["fixed", "share", "balanced"])
@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_world_2014_stands_still(balance, labour):
    world = cv.load_world("world-2014")
    out = cv.solve(world, cv.Shock(world), cv.Closure(balance, labour))
    assert_still(out)
    if balance != "balanced":
        assert out.diagnostics.passes <= 1
