"""The one-sector check on 1993 data: deals with everybody else raise W and d nearly alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import countervail as cv
from tests.cp2015 import balanced_cp2015


@pytest.mark.shared
def test_a_cost_cut_with_all_others_raises_w_and_d_alike() -> None:
    data = balanced_cp2015()
    regions = data["regions"]
    n = len(regions)
    others = [r for r in regions if r not in ("USA", "CAN")]

    def measured(theta: float, factor: float) -> tuple[float, float, float]:
        """(W, d, exposure) in log points, all 40 sectors as one, no tariffs, no inputs."""
        world = cv.World.from_flows(
            data["flows"].sum(0)[None],
            np.zeros((1, n, n)),
            np.zeros((n, 1, 1)),
            np.ones((1, n)),
            np.array([theta]),
            regions,
            ["all-goods"],
        )
        deal = cv.Shock(world).trade_cost("CAN", others, factor=factor)
        deal = deal.trade_cost(others, "CAN", factor=factor)
        held = cv.exposure(
            world,
            "CAN",
            "USA",
            instruments="cut-off",
            horizons="long",
            retaliation="none",
            given=deal,
        )
        (cell,) = held.cells
        assert cell.welfare_percent is not None
        assert cell.disagreement_percent is not None
        assert cell.exposure_log_points is not None
        w, d = (100 * np.log1p(x / 100) for x in (cell.welfare_percent, cell.disagreement_percent))
        return float(w), float(d), cell.exposure_log_points

    # The source of the check does not state its elasticity: the exposure without a deal finds it.
    theta = brentq(lambda guess: measured(guess, 1.0)[2] - 2.245, 4.0, 5.0, xtol=1e-5)
    _, alone, _ = measured(theta, 1.0)
    w, d, left = measured(theta, 0.8)
    assert w == pytest.approx(1.433, abs=0.003)
    assert d - alone == pytest.approx(1.449, abs=0.003)
    assert left == pytest.approx(2.229, abs=0.001)
