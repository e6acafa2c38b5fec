"""What becomes of the goods that threats hit: figures agree with the flows of the solved world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.threats_together import together
from countervail.leverage.coercion.episode import Episode, predicted, rerouted_in_all
from countervail.scenario.schema import Threat
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(11), 4, 3)
CLOSURE = cv.Closure.of_horizon("medium")
GOOD = "good-00"


def episode(**values: Any) -> Episode:
    given: dict[str, Any] = {"id": "t", "instrument": "import-ban", "sectors": [GOOD], **values}
    threat = Threat(**given)
    found = together(WORLD, [threat], ("R01",), "R00", CLOSURE)
    outcome = cv.solve(WORLD, found.shock, CLOSURE)
    return Episode("R00", ("R01",), (threat,), found, outcome)


def test_a_ban_of_the_whole_flow_ends_it_and_part_of_it_is_sold_elsewhere() -> None:
    found = episode()
    assert predicted(found, "exports-to-coercer") == pytest.approx(-100, abs=0.01)
    share = predicted(found, "rerouted-share")
    everywhere = rerouted_in_all(found)
    assert share is not None
    assert everywhere is not None
    assert 0 < share < 100
    assert share < everywhere < 100


def test_figures_are_those_of_the_flows() -> None:
    found = episode(instrument="import-tariff", rate=0.4)
    change = np.asarray(found.outcome.trade_change)[0, :, 0]
    lost, gained = change[1], change[2] + change[3]
    assert predicted(found, "exports-to-coercer", money=True) == pytest.approx(lost / 1000)
    assert predicted(found, "exports-elsewhere", money=True) == pytest.approx(gained / 1000)
    assert predicted(found, "rerouted-share") == pytest.approx(-100 * gained / lost)
    assert predicted(found, "net-export-loss") == pytest.approx(-(lost + gained) / 1000)
    before, after = (
        s.recomputed.trade[:, 1:, 0].sum(0) for s in (found.outcome.base, found.outcome.state)
    )
    assert predicted(found, "share-in-exports") == pytest.approx(
        100 * (after[0] / after.sum() - before[0] / before.sum())
    )
    assert predicted(found, "real-income") == pytest.approx(found.outcome.welfare_percent[0])


def test_a_tariff_of_nothing_predicts_nothing() -> None:
    found = episode(instrument="import-tariff", rate=0.0, coverage=0.5)
    for figure in (
        *("exports-to-coercer", "exports-elsewhere", "rerouted-share", "net-export-loss", "output"),
        *("real-income", "gdp", "share-in-exports", "share-in-imports", "import-price"),
    ):
        assert predicted(found, figure) == pytest.approx(0.0, abs=1e-8), figure


def test_a_part_of_a_flow_loses_what_the_split_says() -> None:
    # Barely any trade is hit, so that prices stay: the closed form holds.
    found = episode(instrument="import-tariff", rate=0.5, coverage=1e-5)
    theta = float(WORLD.arrays.elasticity[0]) * CLOSURE.elasticity_factor
    old = float(WORLD.arrays.tariff[0, 1, 0])
    ratio = (1 + old + 0.5) / (1 + old)
    expected = 100 * (ratio ** (-theta - 1) - 1)
    assert predicted(found, "exports-to-coercer") == pytest.approx(expected, rel=1e-3)


def test_goods_that_are_not_traded_have_no_figure() -> None:
    found = episode(instrument="import-tariff", rate=0.4)
    base, change = found.to_coercer(["good-01"])
    assert (base, change) == (0.0, 0.0)
    assert predicted(found, "exports-to-coercer", ["good-01"]) is None
