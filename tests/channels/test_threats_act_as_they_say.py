"""Each instrument changes exactly the cells that it names, on top of the base."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.trade_policy import apply_threat
from countervail.scenario.schema import Threat

WORLD = cv.load_world("world-2014")
USA, CAN = WORLD.regions.index("USA"), WORLD.regions.index("CAN")
AUTOS = WORLD.sectors.index("motor-vehicles")


def threat(**values: Any) -> Threat:
    return Threat(**{"id": "t", "instrument": "import-tariff", "rate": 0.25, **values})


def moved(shock: cv.Shock | None, field: str) -> set[tuple[int, ...]]:
    assert shock is not None
    neutral = cv.Shock(WORLD).array(field)
    return {tuple(int(i) for i in cell) for cell in np.argwhere(shock.array(field) != neutral)}


def test_a_tariff_adds_its_rate_to_the_base() -> None:
    applied = apply_threat(WORLD, threat(sectors=["motor-vehicles"]), ("USA",), "CAN")
    assert moved(applied.shock, "tariff") == {(AUTOS, USA, CAN)}
    assert applied.shock is not None
    added = applied.shock.array("tariff") - WORLD.arrays.tariff
    assert added[AUTOS, USA, CAN] == pytest.approx(0.25, abs=1e-15)


def test_coverage_scales_the_average_rate() -> None:
    part = apply_threat(WORLD, threat(sectors=["motor-vehicles"], coverage=0.2), ("USA",), "CAN")
    whole = apply_threat(WORLD, threat(sectors=["motor-vehicles"], rate=0.05), ("USA",), "CAN")
    assert part.shock is not None
    assert whole.shock is not None
    assert np.allclose(part.shock.array("tariff"), whole.shock.array("tariff"), atol=1e-15)


def test_exempt_sectors_are_left_alone() -> None:
    applied = apply_threat(WORLD, threat(sectors=["goods"], exempt=["energy"]), ("USA",), "CAN")
    goods = set(WORLD.resolve_sectors("goods")) - set(WORLD.resolve_sectors("energy"))
    assert moved(applied.shock, "tariff") == {(s, USA, CAN) for s in goods}


def test_an_export_tax_is_on_what_the_coercer_sells() -> None:
    applied = apply_threat(
        WORLD, threat(instrument="export-tax", sectors=["food"]), ("USA",), "CAN"
    )
    food = WORLD.sectors.index("food")
    assert moved(applied.shock, "export_tax") == {(food, CAN, USA)}


def test_a_ban_and_a_cut_off() -> None:
    ban = apply_threat(
        WORLD, threat(instrument="export-ban", rate=None, sectors=["food"]), ("USA",), "CAN"
    )
    assert moved(ban.shock, "trade_cost") == {(WORLD.sectors.index("food"), CAN, USA)}
    cut = apply_threat(WORLD, threat(instrument="cut-off", rate=None), ("USA",), "CAN")
    both = {(s, a, b) for s in range(50) for a, b in ((USA, CAN), (CAN, USA))}
    assert moved(cut.shock, "trade_cost") == both
    outcome = cv.solve(WORLD, cut.shock)
    assert float(outcome.trade.sel(importer="USA", exporter="CAN").sum()) < 1.0  # million USD


@pytest.mark.parametrize(
    "values",
    [
        {"not_quantified": "the sector is too wide"},
        {"instrument": "capital-withdrawal"},
        {"instrument": "transit-denial", "rate": None},
        {"sectors": ["mining"], "exempt": ["energy"]},
    ],
)
def test_what_is_not_quantified_says_why(values: dict[str, Any]) -> None:
    applied = apply_threat(WORLD, threat(**values), ("USA",), "CAN")
    assert applied.shock is None
    assert applied.not_quantified
