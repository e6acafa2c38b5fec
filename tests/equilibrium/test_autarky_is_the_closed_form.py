"""Without trade the real wage falls by what the closed form with input-output loops says.

G = 1 - prod_s prod_k pi_nn,k^(alpha_s b_sk / theta_k), b = (I - A')^-1
(Costinot & Rodriguez-Clare 2014).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

import countervail as cv
from tests.equilibrium.cases import Array, autarky, more, world_of, worlds

BALANCED = cv.Closure("balanced")


def gains_from_trade(world: cv.World, base: cv.Outcome) -> tuple[Array, Array]:
    """(N,) gains as fractions at ``base``, and where no own share that matters is zero."""
    a = world.arrays
    paid = base.trade.values * (1.0 + a.tariff)
    own = np.einsum("snn->sn", paid) / paid.sum(2)
    exponent = np.stack(
        [
            a.final_share[:, n] @ np.linalg.inv(np.eye(len(own)) - a.input_share[n].T)
            for n in range(own.shape[1])
        ],
        axis=1,
    )
    exponent = exponent / a.elasticity[:, None]
    with np.errstate(divide="ignore"):
        logs = np.where(own > 0, np.log(own), 0.0)
    return 1.0 - np.exp((exponent * logs).sum(0)), ((own > 0) | (exponent == 0)).all(0)


def shut_down_trade(world: cv.World) -> cv.Shock:
    """Costs that leave exp(-200) of every import share, whatever the sector's elasticity.

    So little because some markets buy next to nothing at home.
    """
    n = len(world.regions)
    cost = np.exp(200.0 * (1.0 - np.eye(n)) / world.arrays.elasticity[:, None, None])
    return cv.Shock(world, trade_cost=cost)


@more
@given(worlds(zero_own=False, zero_output=False))
def test_real_wage_in_autarky(world):
    gains, defined = gains_from_trade(world, cv.solve(world, None, BALANCED))
    assert defined.all()
    out = cv.solve(world, autarky(world, 1e6), BALANCED)
    np.testing.assert_allclose(-out.real_wage.values / 100.0, gains, rtol=0, atol=1e-6)


@more
@given(worlds(zero_own=False, zero_output=False, tariffs=False, export_taxes=False))
def test_welfare_is_the_real_wage_where_nothing_is_taxed(world):
    gains, _ = gains_from_trade(world, cv.solve(world, None, BALANCED))
    out = cv.solve(world, shut_down_trade(world), BALANCED)
    np.testing.assert_allclose(-out.welfare.values / 100.0, gains, rtol=0, atol=1e-6)


@pytest.mark.parametrize("factor", [1e1, 1e2, 1e3])
def test_losses_grow_towards_autarky(factor):
    world = world_of(11, 4, 3)
    gains, _ = gains_from_trade(world, cv.solve(world, None, BALANCED))
    lost = -cv.solve(world, autarky(world, factor), BALANCED).real_wage.values / 100.0
    assert (lost < gains + 1e-9).all()
    assert (lost > cv.solve(world, autarky(world, factor / 2), BALANCED).real_wage / -100).all()


def test_world_2014_in_autarky():
    world = cv.load_world("world-2014")
    gains, defined = gains_from_trade(world, cv.solve(world, None, BALANCED))
    assert defined.sum() >= 25  # elsewhere some industry makes nothing or sells nothing at home
    lost = -cv.solve(world, shut_down_trade(world), BALANCED).real_wage.values / 100.0
    np.testing.assert_allclose(lost[defined], gains[defined], rtol=0, atol=1e-6)
