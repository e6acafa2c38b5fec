"""An independent plain iteration in NumPy (tests/reference.py) finds the same equilibria."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import (
    FIELDS,
    Array,
    closures,
    few,
    more,
    random_levels,
    world_of,
    worlds,
)
from tests.reference import Reference, solve_plainly


def pair(
    world: cv.World, closure: cv.Closure, levels: dict[str, Array]
) -> tuple[Reference, Reference]:
    """Base and counterfactual by the plain iteration, under ``closure``."""
    theta = world.arrays.elasticity * closure.elasticity_factor
    specific = closure.labour == "specific"
    base, change = {}, dict(levels)
    if closure.balance == "balanced":
        base["transfer"] = 0.0 * world.arrays.transfer
        change["transfer"] = change.get("transfer", world.arrays.transfer) - world.arrays.transfer
    return (
        solve_plainly(world.arrays, theta, specific, **base),
        solve_plainly(world.arrays, theta, specific, **change),
    )


def compare(world: cv.World, closure: cv.Closure, levels: dict[str, Array], by: float) -> None:
    base, new = pair(world, closure, levels)
    out = cv.solve(world, cv.Shock(world, **levels), closure)
    size = new.income.sum()
    np.testing.assert_allclose(out.welfare.values / 100 + 1, new.real / base.real, rtol=by)
    np.testing.assert_allclose(out.prices.values, new.price / base.price, rtol=by)
    np.testing.assert_allclose(out.income.values, new.income, rtol=by)
    np.testing.assert_allclose(out.trade.values, new.trade, rtol=100 * by, atol=by * size)
    np.testing.assert_allclose(out.output.values, new.output, rtol=100 * by, atol=by * size)
    wage = new.wage / base.wage
    made = np.broadcast_to(world.arrays.output if wage.ndim == 2 else 1.0, wage.shape) > 0
    np.testing.assert_allclose(out.wages.values[made], wage[made], rtol=10 * by)


@pytest.mark.parametrize("field", FIELDS)
@few
@given(worlds(), closures, st.integers(0, 1000))
def test_one_kind_of_shock(field, world, closure, seed):
    compare(world, closure, random_levels(seed, world, (field,)), 1e-8)


@more
@given(worlds(), closures, st.integers(0, 1000))
def test_every_kind_at_once(world, closure, seed):
    compare(world, closure, random_levels(seed, world), 1e-8)


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
def test_horizons(horizon):
    world = world_of(31, 4, 3, export_taxes=True)
    compare(world, cv.Closure.of_horizon(horizon), random_levels(4, world), 1e-8)


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("balance", ["fixed", "balanced"])
def test_world_2014_under_an_american_tariff(balance, labour):
    world = cv.load_world("world-2014")
    tariff = cv.Shock(world).tariff(importer="USA", add=0.25).array("tariff")
    compare(world, cv.Closure(balance, labour), {"tariff": tariff}, 1e-7)
