"""Numbers that others have published come out again."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from tests.cp2015 import load_cp2015
from tests.equilibrium.test_autarky_is_the_closed_form import gains_from_trade, shut_down_trade
from tests.equilibrium.test_small_shocks_follow_the_matrices import responses

pytestmark = pytest.mark.shared

BALANCED = cv.Closure("balanced")
NAFTA = ("MEX", "CAN", "USA")


@pytest.fixture(scope="module")
def data():
    return load_cp2015()


@pytest.fixture(scope="module")
def world(data):
    return cv.World.from_flows(
        data["flows"],
        tariff=data["tariff1993"],
        inputs=data["inputs"],
        value_added=data["value_added"],
        elasticity=data["elasticity"],
        regions=data["regions"],
        sectors=data["sectors"],
        name="cp2015",
        base_year=1993,
    )


@pytest.fixture(scope="module")
def nafta(data, world):
    """The three members' tariffs on each other go from 1993 to 2005."""
    tariff = np.array(world.arrays.tariff)
    members = [world.regions.index(region) for region in NAFTA]
    for importer in members:
        for exporter in members:
            if importer != exporter:
                tariff[:, importer, exporter] = data["tariff2005"][:, importer, exporter]
    return cv.solve(world, cv.Shock(world, tariff=tariff), BALANCED)


@pytest.mark.parametrize(
    ("column", "digits", "printed"),
    [  # Caliendo & Parro (2015): Mexico, Canada, USA; percent
        ("terms_of_trade", 2, (-0.41, -0.11, 0.04)),
        ("volume_of_trade", 2, (1.72, 0.04, 0.04)),
        ("first_order_welfare", 2, (1.31, -0.06, 0.08)),
        ("real_wage", 2, (1.72, 0.32, 0.11)),
        # further digits, found by two other solvers
        ("first_order_welfare", 4, (1.3121, -0.0638, 0.0848)),
        ("real_wage", 3, (1.715, 0.323, 0.112)),
        ("welfare", 3, (0.007, -0.110, 0.074)),
    ],
)
def test_nafta_table_to_every_printed_digit(nafta, column, digits, printed):
    found = nafta.decomposition.loc[list(NAFTA), column]
    assert tuple(round(value, digits) for value in found) == printed


def test_nafta_is_certified(nafta):
    assert nafta.certificate.worst < 1e-9


def test_gains_from_trade_in_1993(world):
    """Autarky costs what the closed form says, wherever it applies (own shares above zero)."""
    base = cv.solve(world, None, BALANCED)
    gains, defined = gains_from_trade(world, base)
    assert defined[[world.regions.index(r) for r in ("CAN", "USA")]].all()
    lost = -cv.solve(world, shut_down_trade(world), BALANCED).real_wage.values / 100.0
    np.testing.assert_allclose(lost[defined], gains[defined], atol=1e-6)


def test_china_s_productivity_raises_canada_s_welfare_as_published(data):
    """1 % in China gives Canada .000196 %: single elasticity 5, incomes that balance.

    The published figure takes the spending shares of the data as they are, without
    tariffs, and the incomes that those shares balance at.
    """
    flows = data["flows"].sum(0)
    share = flows / flows.sum(1, keepdims=True)
    n = len(share)
    rows = np.vstack([share.T - np.eye(n), np.ones(n)])
    income = np.linalg.lstsq(rows, np.append(np.zeros(n), flows.sum()), rcond=None)[0]
    world = cv.World.from_flows(
        (share * income[:, None])[None], elasticity=5.0, regions=data["regions"], sectors=["all"]
    )
    can, chn = world.regions.index("CAN"), world.regions.index("CHN")
    matrix, _ = responses(share, income, 5.0)
    exact = cv.solve(world, cv.Shock(world).productivity("CHN", factor=1.01), BALANCED)
    slope = cv.sensitivity(world, "CAN", closure=BALANCED).productivity.sel(region="CHN")
    assert round(matrix[can, chn], 6) == 0.000196  # percent for 1 percent
    assert round(float(slope.item()) / 100, 6) == 0.000196
    # The exact step is 1 percent long: equal to the printed digits less one.
    assert float(exact.welfare.sel(region="CAN")) == pytest.approx(0.000196, abs=1.5e-6)
