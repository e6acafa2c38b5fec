"""``Shock.plus``: levels add what each changes, hats multiply, and order does not matter."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.errors import InputError
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(11), 5, 4)
FIRST = (
    cv.Shock(WORLD)
    .tariff("R00", "R01", add=0.1)
    .trade_cost("R00", "R02", factor=0.9)
    .transfer("R00", "R01", amount=5.0)
)
SECOND = (
    cv.Shock(WORLD)
    .tariff("R00", ["R01", "R02"], "good-01", add=0.2)
    .trade_cost("R00", "R02", factor=1.5)
    .labour("R03", factor=1.1)
)


def test_it_is_both_changes_written_out() -> None:
    both = FIRST.plus(SECOND)
    chained = (
        FIRST.tariff("R00", ["R01", "R02"], "good-01", add=0.2)
        .trade_cost("R00", "R02", factor=1.5)
        .labour("R03", factor=1.1)
    )
    assert both.changed == chained.changed
    for field in both.changed:
        np.testing.assert_allclose(both.array(field), chained.array(field), rtol=1e-14)


def test_order_does_not_matter_and_nothing_is_neutral() -> None:
    for field in ("tariff", "trade_cost", "transfer", "labour"):
        one, other = FIRST.plus(SECOND).array(field), SECOND.plus(FIRST).array(field)
        np.testing.assert_allclose(one, other, rtol=1e-14)
        for same in (FIRST.plus(cv.Shock(WORLD)), cv.Shock(WORLD).plus(FIRST)):
            assert np.array_equal(same.array(field), FIRST.array(field))


def test_shocks_of_two_worlds_do_not_join() -> None:
    other = random_world(np.random.default_rng(12), 5, 4)
    with pytest.raises(InputError, match="cannot join"):
        FIRST.plus(cv.Shock(other))
