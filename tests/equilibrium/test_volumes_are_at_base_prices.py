"""Volumes: nothing without a shock; product loses to second order; prices follow the accounts."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.equilibrium.volumes import (
    import_price_percent,
    output_volume,
    real_product_percent,
)
from tests.worlds import random_world

CLOSED = cv.Closure()


@pytest.fixture(scope="module")
def world() -> cv.World:
    return random_world(np.random.default_rng(5), 4, 3, tariffs=False)


def solved(world: cv.World, shock: cv.Shock | None) -> cv.Outcome:
    return cv.solve(world, shock, CLOSED)


def test_nothing_moves_without_a_shock(world: cv.World) -> None:
    still = solved(world, None)
    np.testing.assert_allclose(real_product_percent(still), 0.0, atol=1e-12)
    np.testing.assert_allclose(output_volume(still), still.base.recomputed.output, rtol=1e-12)
    np.testing.assert_allclose(import_price_percent(still, 0), 0.0, atol=1e-10)


def test_where_nothing_is_taxed_any_move_loses_product_to_second_order(world: cv.World) -> None:
    lost = []
    for rate in (0.005, 0.01):
        found = solved(world, cv.Shock(world).tariff("R01", "R00", "all", add=rate))
        product = real_product_percent(found)
        # The base maximises the value of output at its own prices: every other mix is worth less.
        assert (product <= 1e-9).all()
        lost.append(product[0])
    assert lost[1] == pytest.approx(4 * lost[0], rel=0.1)
    assert abs(lost[1]) < 0.1 * abs(found.welfare_percent[0])


def test_product_grows_with_workers(world: cv.World) -> None:
    found = solved(world, cv.Shock(world).labour("R00", factor=1.001))
    assert real_product_percent(found)[0] == pytest.approx(0.1, rel=0.01)


def test_a_tariff_on_everybody_shows_in_the_price_of_imports(world: cv.World) -> None:
    shock = cv.Shock(world).tariff("R00", ["R01", "R02", "R03"], "all", add=0.1)
    found = solved(world, shock)
    dearer = import_price_percent(found, 0)
    cost = found.state.recomputed.cost / found.base.recomputed.cost
    foreign = [1, 2, 3]
    low = 100 * (1.1 * cost[:, foreign].min(1) - 1)
    high = 100 * (1.1 * cost[:, foreign].max(1) - 1)
    assert ((low - 1e-9 <= dearer) & (dearer <= high + 1e-9)).all()
