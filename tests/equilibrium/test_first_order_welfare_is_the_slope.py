"""Terms of trade, volume of trade and direct effects add up to welfare for any small shock."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from tests.equilibrium.cases import world_of

WORLD = world_of(5, 4, 3, export_taxes=True)
SMALL = 1e-6


def shocks() -> dict[str, cv.Shock]:
    rng = np.random.default_rng(3)
    shape = WORLD.arrays.flows.shape
    home = np.eye(shape[1], dtype=bool)
    noise = SMALL * np.where(home, 0.0, rng.uniform(0.5, 1.5, shape))
    moved = 1 + SMALL * rng.uniform(0.5, 1.5, shape)
    return {
        "tariff": cv.Shock(WORLD, tariff=WORLD.arrays.tariff + noise),
        "export tax": cv.Shock(WORLD, export_tax=WORLD.arrays.export_tax + noise),
        "trade cost, home included": cv.Shock(WORLD, trade_cost=moved),
        "productivity": cv.Shock(WORLD).productivity("R00", factor=1 + SMALL),
        "labour": cv.Shock(WORLD).labour("R01", factor=1 + SMALL),
        "transfer": cv.Shock(WORLD).transfer("R00", "R01", amount=SMALL * 1e4),
    }


@pytest.mark.parametrize("what", list(shocks()))
def test_the_parts_add_up(what: str) -> None:
    table = cv.solve(WORLD, shocks()[what], tolerance=1e-14, max_passes=2000).decomposition
    parts = table["terms_of_trade"] + table["volume_of_trade"] + table["direct"]
    np.testing.assert_allclose(table["first_order_welfare"], parts, rtol=1e-12)
    scale = np.abs(table["welfare"]).max()
    np.testing.assert_allclose(parts, table["welfare"], atol=1e-4 * scale)


def test_taxes_have_no_direct_part() -> None:
    for what in ("tariff", "export tax"):
        assert (cv.solve(WORLD, shocks()[what]).decomposition["direct"] == 0).all()
