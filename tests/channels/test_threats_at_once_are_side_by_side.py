"""Threats on parts of one flow act as different products; bans of a part end that part alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.threats_together import Together, together
from countervail.channels.trade_policy import apply_threat
from countervail.errors import InputError
from countervail.scenario.schema import Threat

WORLD = cv.load_world("world-2014")
CLOSURE = cv.Closure.of_horizon("medium")
AUS, CHN = WORLD.regions.index("AUS"), WORLD.regions.index("CHN")
FOOD = WORLD.sectors.index("food")
CELL = (FOOD, CHN, AUS)


def threat(name: str = "wine", **values: Any) -> Threat:
    given: dict[str, Any] = {"id": name, "instrument": "import-tariff", "sectors": ["food"]}
    if "instrument" not in values:
        given["rate"] = 0.8
    return Threat(**{**given, **values})


def both(*threats: Threat) -> Together:
    return together(WORLD, threats, ("CHN",), "AUS", CLOSURE)


def test_two_entries_of_one_product_are_one() -> None:
    one = both(threat(coverage=0.3))
    two = both(threat("a", coverage=0.1), threat("b", coverage=0.2))
    for field in ("tariff", "trade_cost"):
        np.testing.assert_allclose(two.shock.array(field), one.shock.array(field), rtol=1e-14)
    outcome = cv.solve(WORLD, one.shock, CLOSURE)
    parts = [two.product(outcome, name, CELL) for name in ("a", "b")]
    assert sum(p[1] for p in parts) == pytest.approx(one.product(outcome, "wine", CELL)[1])


@pytest.mark.parametrize("instrument", ["import-tariff", "import-ban", "export-tax", "export-ban"])
@pytest.mark.parametrize("coverage", [0.4, 1.0])
def test_one_threat_is_what_it_is_alone(instrument: str, coverage: float) -> None:
    rated = {"rate": 0.8} if "-t" in instrument else {}
    one = threat(instrument=instrument, coverage=coverage, **rated)
    alone = apply_threat(WORLD, one, ("CHN",), "AUS", CLOSURE).shock
    assert alone is not None
    for field in ("tariff", "export_tax", "trade_cost"):
        np.testing.assert_allclose(both(one).shock.array(field), alone.array(field), rtol=1e-13)


def test_a_ban_of_a_part_leaves_the_rest_of_the_flow() -> None:
    ban = both(threat(instrument="import-ban", coverage=0.25))
    theta = WORLD.arrays.elasticity[FOOD] * CLOSURE.elasticity_factor
    assert ban.shock.array("tariff")[CELL] == pytest.approx(WORLD.arrays.tariff[CELL])
    # Three quarters of the flow cost what they did: at given costs it falls by a quarter.
    assert ban.shock.array("trade_cost")[CELL] ** -theta == pytest.approx(0.75, rel=1e-6)
    outcome = cv.solve(WORLD, ban.shock, CLOSURE)
    before, after = ban.product(outcome, "wine", CELL)
    assert before == pytest.approx(0.25 * outcome.base.recomputed.trade[CELL])
    assert 0 <= after < 1e-4 * before  # what a thousandfold cost leaves


def test_a_ban_of_the_whole_flow_is_the_limit_of_its_parts() -> None:
    whole = both(threat(instrument="import-ban")).shock.array("trade_cost")[CELL]
    part = both(threat(instrument="import-ban", coverage=1.0 - 1e-13)).shock
    assert whole == pytest.approx(1000.0)
    assert part.array("trade_cost")[CELL] == pytest.approx(whole, rel=1e-3)


def test_threats_on_the_same_goods_are_refused() -> None:
    with pytest.raises(InputError, match=r"1\.2 times all that CHN buys of food from AUS"):
        both(threat("a", coverage=0.7), threat("b", coverage=0.5))


def test_what_has_no_figures_is_left_out_with_its_reason() -> None:
    found = both(threat(), threat("words", not_quantified="No rate was named."))
    assert found.left_out == {"words": "No rate was named."}


def test_a_tariff_of_nothing_changes_nothing() -> None:
    found = both(threat(rate=0.0, coverage=0.5))
    assert not found.shock.changed or np.array_equal(
        found.shock.array("trade_cost"), cv.Shock(WORLD).array("trade_cost")
    )
    outcome = cv.solve(WORLD, found.shock, CLOSURE)
    before, after = found.product(outcome, "wine", CELL)
    assert after == pytest.approx(before, rel=1e-9)
