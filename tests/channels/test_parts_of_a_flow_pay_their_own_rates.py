"""One average tax and one cost factor do to a flow what several varieties with own taxes do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countervail.channels.split_flow import Part, part_of_trade, partly, split
from countervail.equilibrium.shock import Shock
from tests.worlds import random_world

RATES = st.floats(0.0, 3.0)
SHARES = st.lists(st.floats(0.0, 0.3), min_size=1, max_size=3)


@given(RATES, st.floats(0.2, 15.0), SHARES, st.lists(RATES, min_size=3, max_size=3))
def test_spending_border_value_and_price_are_those_of_the_varieties(
    old: float, theta: float, shares: list[float], rates: list[float]
) -> None:
    parts = [Part(v, r) for v, r in zip(shares, rates, strict=False)]
    average, cost = split(old, theta, parts)
    # The varieties themselves: same unit cost, so only their taxes tell them apart.
    weights = np.array([1 - sum(shares), *shares])
    taxes = np.array([old, *rates[: len(shares)]])
    spent = weights * ((1 + taxes) / (1 + old)) ** -theta
    assert (cost * (1 + average) / (1 + old)) ** -theta == pytest.approx(spent.sum(), rel=1e-9)
    border = (spent / (1 + taxes)).sum()
    assert spent.sum() / (1 + average) == pytest.approx(border, rel=1e-9)
    for k in range(len(parts)):
        own = spent[k + 1] / (1 + taxes[k + 1]) / border
        assert part_of_trade(old, theta, parts, k) == pytest.approx(own, rel=1e-9, abs=1e-15)


def test_a_part_at_the_old_rate_changes_nothing_to_the_bit() -> None:
    assert split(0.07, 8.22, [Part(0.4, 0.07), Part(0.3, 0.07)]) == (0.07, 1.0)


def test_the_whole_flow_as_one_part_is_the_plain_tariff() -> None:
    average, cost = split(0.05, 4.0, [Part(1.0, 0.5)])
    assert average == pytest.approx(0.5, rel=1e-14)
    assert cost == pytest.approx(1.0, rel=1e-14)


def test_coverage_of_all_is_the_tariff_and_coverage_of_none_is_nothing() -> None:
    world = random_world(np.random.default_rng(5), 4, 3)
    taxed = Shock(world).tariff("R00", "R01", None, add=0.4)
    whole = partly(taxed, "tariff", 1.0, 1.0)
    np.testing.assert_allclose(whole.array("tariff"), taxed.array("tariff"), rtol=1e-12)
    np.testing.assert_allclose(whole.array("trade_cost"), 1.0, rtol=1e-12)
    np.testing.assert_allclose(partly(taxed, "tariff", 0.0, 1.0).array("trade_cost"), 1.0)
