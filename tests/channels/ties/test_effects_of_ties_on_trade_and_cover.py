"""Trade rises by what was said at given prices, by nothing for nothing, and cover decays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from countervail.channels.ties.effects import cover, trade_effect_hats
from countervail.errors import InputError, NotANumberError, UnknownLabelError
from countervail.parameters import parameter
from tests.channels.ties.small import WORLD


def test_no_effect_is_exactly_none() -> None:
    hats = trade_effect_hats(WORLD, ["R00"], ["R01", "R02"], None, 0.0, both_ways=True)
    assert (hats == 1.0).all()


@pytest.mark.parametrize("both_ways", [True, False])
def test_trade_at_given_prices_rises_by_the_effect(both_ways: bool) -> None:
    hats = trade_effect_hats(WORLD, ["R00"], ["R01", "R02"], None, 0.35, both_ways=both_ways)
    rise = hats ** -WORLD.arrays.elasticity[:, None, None]
    expected = np.ones_like(hats)
    expected[:, [1, 2], 0] = 1.35
    if both_ways:
        expected[:, 0, [1, 2]] = 1.35
    np.testing.assert_allclose(rise, expected, rtol=1e-14)


def test_nobody_trades_more_with_itself() -> None:
    hats = trade_effect_hats(WORLD, ["R00"], ["R00", "R01"], None, 0.35, both_ways=True)
    assert (hats[:, 0, 0] == 1.0).all()


def test_bad_effects_are_refused() -> None:
    for wrong in (math.nan, "0.1", True, None):
        with pytest.raises(NotANumberError):
            trade_effect_hats(WORLD, ["R00"], ["R01"], None, wrong, both_ways=True)  # type: ignore[arg-type]
    for wrong in (-0.1, math.inf):
        with pytest.raises(InputError, match="0 or more"):
            trade_effect_hats(WORLD, ["R00"], ["R01"], None, wrong, both_ways=True)
    with pytest.raises(UnknownLabelError):
        trade_effect_hats(WORLD, ["CAN"], ["R01"], None, 0.1, both_ways=True)


def test_cover_decays_with_the_hazard() -> None:
    base, slope = parameter("cover.base_revocation").value, parameter("cover.salience_slope").value
    assert cover(0, 1).survival == 1.0
    unseen, seen = cover(12, 0), cover(12, 1)
    assert unseen.survival == pytest.approx(math.exp(-12 * base))
    assert seen.hazard == pytest.approx(base * math.exp(slope))
    assert seen.expected_months == pytest.approx(1 / seen.hazard)
    assert cover(6, 0.5).survival ** 2 == pytest.approx(cover(12, 0.5).survival)
    for months, salience in ((-1, 0.5), (12, 1.1), (12, -0.1), (math.nan, 0.5), (12, math.nan)):
        with pytest.raises(InputError, match="salience from 0 to 1"):
            cover(months, salience)
