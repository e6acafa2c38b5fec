"""Many shocks at a time give the figures of one after another, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import NoEquilibriumError
from tests.equilibrium.cases import autarky, closures, few, random_shock, world_of, worlds


@few
@given(worlds(), closures, st.integers(0, 1000), st.sampled_from((1, 2, 5)))
def test_batch_is_loop(world, closure, seed, workers):
    shocks = [None, *(random_shock(seed + k, world) for k in range(4)), cv.Shock(world)]
    one_by_one = [cv.solve(world, shock, closure) for shock in shocks]
    batch = cv.solve_batch(world, shocks, closure, workers=workers)
    assert len(batch) == len(shocks)
    for ours, theirs in zip(one_by_one, batch, strict=True):
        np.testing.assert_array_equal(ours.welfare.values, theirs.welfare.values)
        np.testing.assert_array_equal(ours.trade.values, theirs.trade.values)
        assert theirs.shock is ours.shock


@few
@given(worlds(), st.integers(0, 1000))
def test_what_was_solved_before_does_not_matter(world, seed):
    shock, other = random_shock(seed, world), random_shock(seed + 1, world)
    first = cv.solve(world, shock).welfare.values
    cv.solve(world, other)
    cv.solve(world, other, cv.Closure("balanced"))
    np.testing.assert_array_equal(cv.solve(world, shock).welfare.values, first)


def test_progress_counts_every_shock():
    world, seen = world_of(2, 4, 3), []
    cv.solve_batch(world, [random_shock(k, world) for k in range(5)], progress=seen.append)
    assert seen == [1, 2, 3, 4, 5]


def test_no_shocks_no_results():
    assert cv.solve_batch(world_of(2, 4, 3), []) == []


def test_a_failed_shock_is_recorded_in_its_place():
    world = world_of(2, 4, 3)
    good, bad = random_shock(1, world), autarky(world)
    found = cv.solve_batch(world, [good, bad, None], on_failure="record")
    assert [type(result).__name__ for result in found] == ["Outcome", "Failure", "Outcome"]
    failure = found[1]
    assert isinstance(failure.error, NoEquilibriumError)
    assert failure.shock is bad
    assert failure.world is world
    assert failure.closure == cv.Closure()


def test_a_failed_shock_is_raised_where_that_is_wanted():
    world = world_of(2, 4, 3)
    with pytest.raises(NoEquilibriumError):
        cv.solve_batch(world, [None, autarky(world)])
