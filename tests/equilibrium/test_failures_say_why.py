"""Where there is no certified equilibrium, nothing is returned, and the error says why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import NoEquilibriumError, NotConvergedError, SolveError
from tests.equilibrium.cases import autarky, few, more, random_shock, world_of, worlds


def paying(world: cv.World) -> list[str]:
    """The regions that pay others on balance."""
    return [r for r, d in zip(world.regions, world.arrays.transfer, strict=True) if d < 0]


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_no_transfer_can_be_paid_without_trade(seed, labour):
    world = world_of(seed, 4, 3)
    shock = autarky(world, 1e6)
    with pytest.raises(NoEquilibriumError) as caught:
        cv.solve(world, shock, cv.Closure("fixed", labour))
    message = str(caught.value)
    assert any(region in caught.value.cause for region in paying(world))
    assert "fixed transfers" in message
    assert "balanced" in message
    # And the remedy works.
    assert cv.solve(world, shock, cv.Closure("balanced", labour)).certificate.holds


@more
@given(worlds(deficits=True), st.sampled_from(("mobile", "specific")))
def test_a_transfer_without_trade_never_looks_harmless(world, labour):
    """What is not refused is an equilibrium in which someone has next to nothing left."""
    assume((np.abs(world.arrays.transfer) > 1e-3 * world.arrays.income).all())
    try:
        out = cv.solve(world, autarky(world, 1e6), cv.Closure("fixed", labour))
    except SolveError:
        return
    assert float(out.welfare.min()) < -90
    assert out.certificate.holds


def test_the_region_that_cannot_pay_is_named():
    world = cv.load_world("world-2014")
    with pytest.raises(NoEquilibriumError, match="CAN"):
        cv.solve(world, cv.Shock(world).cut_off("CAN", None))


@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_a_gift_beyond_all_income_is_no_equilibrium(labour):
    world = world_of(9, 2, 3)
    amount = 1.5 * float(world.income.sel(region="R00"))
    shock = cv.Shock(world).transfer("R00", "R01", amount=amount)
    with pytest.raises(NoEquilibriumError, match="R00"):
        cv.solve(world, shock, cv.Closure("fixed", labour))


@few
@given(worlds(), st.integers(0, 1000))
def test_too_few_passes_name_the_worst_markets(world, seed):
    with pytest.raises(NotConvergedError) as caught:
        cv.solve(world, random_shock(seed, world), max_passes=1)
    error = caught.value
    assert "not converged" in error.cause
    assert len(error.evidence) == 5
    for line in error.evidence:
        assert "residual" in line
    named = "\n".join(error.evidence)
    assert any(region in named for region in world.regions)
    assert any(sector in named for sector in world.sectors)
    assert error.remedy
    assert error.exit_code == 1
    assert isinstance(error, SolveError)


def test_too_few_passes_do_not_stick():
    """A failed attempt leaves nothing behind that a later solve would start from."""
    world, shock = world_of(10, 4, 3), random_shock(10, world_of(10, 4, 3))
    before = cv.solve(world, shock, cv.Closure("balanced")).welfare.values
    with pytest.raises(NotConvergedError):
        cv.solve(world, shock, cv.Closure("balanced"), max_passes=1)
    after = cv.solve(world, shock, cv.Closure("balanced")).welfare.values
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_a_loose_tolerance_does_not_get_past_the_certificate(tolerance):
    world = world_of(10, 4, 3)
    with pytest.raises(NotConvergedError, match="certificate fails") as caught:
        cv.solve(world, random_shock(1, world), tolerance=tolerance)
    assert len(caught.value.evidence) == 5


def test_an_impossible_tolerance_is_not_met_in_silence():
    world = world_of(10, 4, 3)
    with pytest.raises(NotConvergedError):
        cv.solve(world, random_shock(1, world), tolerance=1e-30, max_passes=50)
