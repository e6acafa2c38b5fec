"""Capital as a lever of a search: its slope, and the shock that it stands for."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.equilibrium.valuation import Valuation, Withdrawal
from countervail.leverage.search.levers import bilateral_levers, lever_set, with_withdrawal
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(11), 4, 3)


def levers(given: Shock | None = None):  # type: ignore[no-untyped-def]
    trade = bilateral_levers(WORLD, ["R00"], ["R01"], "tariff", WORLD.sectors)
    n = WORLD.regions.index("R01")
    income = WORLD.arrays.factor_income[n]
    taken = Withdrawal(
        lever=0,
        region=n,
        part=np.array([0.3, 0.0, 0.6]),
        exponent=0.35 * WORLD.arrays.value_added_share[:, n],
        transfer=0.02 * income * np.array([-1.0, 1.0, 0.0, 0.0]),
    )
    return with_withdrawal(lever_set(WORLD, given, trade, (0.0, 4.0), adds=True), taken, 0.5)


@pytest.mark.parametrize("horizon", ["short", "medium"])
@pytest.mark.parametrize("given", [None, Shock(WORLD).productivity("R01", factor=1.1)])
def test_value_and_slope_are_those_of_the_shock(horizon: str, given: Shock | None) -> None:
    found, closure = levers(given), Closure.of_horizon(horizon)
    valuation = Valuation(WORLD, closure, found.plain, given)
    setting = np.array([0.1, 0.3, 0.0, 0.25])
    exact = np.log1p(solve(WORLD, found.shock(setting), closure).welfare_percent / 100)
    assert valuation.at(setting) == pytest.approx(exact, abs=1e-8)
    weights = np.array([0.3, -1.0, 0.2, 0.0])
    slope = valuation.slope(weights)[-1]
    step = 1e-4
    ends = [weights @ valuation.at(setting + np.array([0, 0, 0, sign * step])) for sign in (1, -1)]
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5)
    assert abs(slope) > 1e-3


def test_nothing_withdrawn_is_nothing_to_the_bit() -> None:
    assert levers().shock(np.zeros(4)).is_empty
