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
    applied = apply_threat(WORLD, threat(sectors=["motor-vehicles"]), ("USA",), "CAN", cv.Closure())
    assert moved(applied.shock, "tariff") == {(AUTOS, USA, CAN)}
    assert applied.shock is not None
    added = applied.shock.array("tariff") - WORLD.arrays.tariff
    assert added[AUTOS, USA, CAN] == pytest.approx(0.25, abs=1e-15)


def test_coverage_is_a_sector_split_into_a_taxed_and_an_exempt_part() -> None:
    part, closure = 0.2, cv.Closure.of_horizon("medium")
    applied = apply_threat(
        WORLD,
        threat(sectors=["motor-vehicles"], coverage=part),
        ("USA",),
        "CAN",
        closure,
    )
    found = cv.solve(WORLD, applied.shock, closure)

    # The same world with the sector written as two, alike but for their size.
    a = WORLD.arrays
    order = [*range(len(WORLD.sectors)), AUTOS]
    weight = np.ones(len(order))
    weight[AUTOS], weight[-1] = part, 1 - part
    inputs = a.input_share[:, order][:, :, order] * weight[None, :, None]
    split = cv.World.from_flows(
        a.flows[order] * weight[:, None, None],
        a.tariff[order],
        inputs,
        a.value_added_share[order],
        a.elasticity[order],
        WORLD.regions,
        [*WORLD.sectors, "exempt"],
    )
    shock = cv.Shock(split).tariff("USA", "CAN", "motor-vehicles", add=0.25)
    # Two nests in place of one: the same to first order in the share of this pair.
    other = cv.solve(split, shock, closure)
    assert float(found.welfare.sel(region="CAN")) == pytest.approx(
        float(other.welfare.sel(region="CAN")), rel=0.1
    )


def test_coverage_at_given_costs_is_the_split_to_the_digit() -> None:
    part, closure = 0.125, cv.Closure.of_horizon("medium")
    applied = apply_threat(
        WORLD, threat(sectors=["motor-vehicles"], coverage=part), ("USA",), "CAN", closure
    ).shock
    assert applied is not None
    theta = float(WORLD.arrays.elasticity[AUTOS]) * closure.elasticity_factor
    old = 1 + WORLD.arrays.tariff[AUTOS, USA, CAN]
    tax = 1 + applied.array("tariff")[AUTOS, USA, CAN]
    cost = applied.array("trade_cost")[AUTOS, USA, CAN]
    hit, free = part * ((old + 0.25) / old) ** -theta, 1 - part
    spent = (cost * tax / old) ** -theta
    assert spent == pytest.approx(hit + free, rel=1e-12)
    assert spent / tax == pytest.approx(hit / (old + 0.25) + free / old, rel=1e-12)


def test_full_coverage_is_the_plain_tariff_and_none_is_nothing() -> None:
    whole = threat(sectors=["motor-vehicles"])
    plain = apply_threat(WORLD, whole, ("USA",), "CAN", cv.Closure()).shock
    nearly = apply_threat(
        WORLD, whole.model_copy(update={"coverage": 1 - 1e-12}), ("USA",), "CAN", cv.Closure()
    ).shock
    hardly = apply_threat(
        WORLD, whole.model_copy(update={"coverage": 1e-12}), ("USA",), "CAN", cv.Closure()
    ).shock
    a, b = (cv.solve(WORLD, s).welfare_percent for s in (plain, nearly))
    np.testing.assert_allclose(a, b, atol=1e-7)
    np.testing.assert_allclose(cv.solve(WORLD, hardly).welfare_percent, 0.0, atol=1e-7)


def test_exempt_sectors_are_left_alone() -> None:
    applied = apply_threat(
        WORLD, threat(sectors=["goods"], exempt=["energy"]), ("USA",), "CAN", cv.Closure()
    )
    goods = set(WORLD.resolve_sectors("goods")) - set(WORLD.resolve_sectors("energy"))
    assert moved(applied.shock, "tariff") == {(s, USA, CAN) for s in goods}


def test_an_export_tax_is_on_what_the_coercer_sells() -> None:
    applied = apply_threat(
        WORLD, threat(instrument="export-tax", sectors=["food"]), ("USA",), "CAN", cv.Closure()
    )
    food = WORLD.sectors.index("food")
    assert moved(applied.shock, "export_tax") == {(food, CAN, USA)}


def test_a_ban_and_a_cut_off() -> None:
    ban = apply_threat(
        WORLD,
        threat(instrument="export-ban", rate=None, sectors=["food"]),
        ("USA",),
        "CAN",
        cv.Closure(),
    )
    assert moved(ban.shock, "trade_cost") == {(WORLD.sectors.index("food"), CAN, USA)}
    cut = apply_threat(
        WORLD, threat(instrument="cut-off", rate=None), ("USA",), "CAN", cv.Closure()
    )
    both = {(s, a, b) for s in range(50) for a, b in ((USA, CAN), (CAN, USA))}
    assert moved(cut.shock, "trade_cost") == both
    outcome = cv.solve(WORLD, cut.shock)
    assert float(outcome.trade.sel(importer="USA", exporter="CAN").sum()) < 1.0  # million USD


@pytest.mark.parametrize(
    "values",
    [
        {"not_quantified": "the sector is too wide"},
        {"instrument": "transit-denial", "rate": None},
        {"sectors": ["mining"], "exempt": ["energy"]},
    ],
)
def test_what_is_not_quantified_says_why(values: dict[str, Any]) -> None:
    applied = apply_threat(WORLD, threat(**values), ("USA",), "CAN", cv.Closure())
    assert applied.shock is None
    assert applied.not_quantified
