"""The careful form of the solver: the same residuals where both work, and answers where powers
of costs leave the range of float64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

import countervail as cv
from countervail.equilibrium.solve import benchmark, levels_of
from countervail.solver import compiled
from tests.cp2015 import load_cp2015
from tests.equilibrium.cases import autarky, closures, more, random_shock, rebuilt, world_of, worlds


@more
@given(worlds(), closures)
def test_both_forms_find_the_same_wages_prices_and_spending(
    world: cv.World, closure: cv.Closure
) -> None:
    bench = benchmark(world, closure)
    levels = levels_of(bench, closure, random_shock(5, world))
    found = []
    for careful in (False, True):
        problem = bench.problem(levels, careful)
        run = compiled.solver(
            problem,
            specific=bench.specific,
            taxed_exports=levels.taxed_exports and not careful,
            careful=careful,
        )
        size = (2 + bench.specific) * problem.spending.size
        size += 0 if bench.specific else len(world.regions)
        x, residual, _, _ = run(np.zeros(size), problem, np.float64(1e-12), np.int64(2000))
        assert residual <= 1e-12
        found.append(x)
    used = np.concatenate(
        [
            np.ones(found[0].size - 2 * problem.spending.size, bool)
            if not bench.specific
            else (problem.factor_income > 0).ravel(),
            np.ones(problem.spending.size, bool),
            (problem.spending > 0).ravel(),
        ]
    )
    np.testing.assert_allclose(found[1][used], found[0][used], atol=1e-9)


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("factor", [1e3, 1e6])
def test_autarky_at_three_times_the_largest_published_elasticity(
    factor: float, labour: str
) -> None:
    """1e6^-195 is 1e-1167: no float64 holds it."""
    world = world_of(1, 4, 3, zero_own=True)
    theta = np.array(world.arrays.elasticity)
    theta[0] = 3 * 64.85
    world = rebuilt(world, elasticity=theta)
    outcome = cv.solve(world, autarky(world, factor), cv.Closure("balanced", labour))
    assert outcome.certificate.worst < 1e-9
    assert (outcome.welfare_percent < 0).all()


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("cost", [1e3, 1e6])
def test_the_1993_world_in_autarky(cost: float, factor: float, labour: str) -> None:
    data = load_cp2015()
    world = cv.World.from_flows(
        data["flows"],
        data["tariff1993"],
        data["inputs"],
        data["value_added"],
        data["elasticity"] * factor,
        data["regions"],
        data["sectors"],
    )
    outcome = cv.solve(world, autarky(world, cost), cv.Closure("balanced", labour))
    assert outcome.certificate.worst < 1e-9
