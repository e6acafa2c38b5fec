"""The data of Caliendo & Parro (2015) go through the same door and stay what they are."""

import numpy as np
import pytest

from countervail.world.checks import worst
from countervail.world.core import World
from tests.cp2015 import balanced_cp2015, load_cp2015

pytestmark = pytest.mark.shared


def test_the_1993_data_become_an_equilibrium() -> None:
    data = load_cp2015()
    assert data["output_raised"] == 26
    assert data["inputs_zeroed"] == 1
    world = World.from_flows(
        data["flows"],
        data["tariff1993"],
        data["inputs"],
        data["value_added"],
        data["elasticity"],
        data["regions"],
        data["sectors"],
        base_year=1993,
    )
    assert worst(world) < 1e-12
    assert world.report.clipped_cells == 185
    assert "Inputs were read as shares of materials." in world.report.decisions
    sold = data["flows"].sum(axis=1)
    assert world.output.sum().item() == pytest.approx(sold.sum(), rel=0.05)


def test_removing_deficits_the_way_of_the_source_leaves_nothing_to_clean() -> None:
    data = balanced_cp2015()
    world = World.from_flows(
        data["flows"],
        data["tariff1993"],
        data["inputs"],
        data["value_added"],
        data["elasticity"],
        data["regions"],
        data["sectors"],
    )
    assert not world.report.moved
    assert worst(world) < 1e-12
    np.testing.assert_allclose(world.transfer / world.income, 0.0, atol=1e-11)
