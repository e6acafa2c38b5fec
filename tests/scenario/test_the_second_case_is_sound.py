"""The case whose outcome is known: sourced, derived as it says, and fitted to nothing."""

from __future__ import annotations

import re

import pytest

import countervail as cv
from countervail.channels.amounts import million_usd
from countervail.scenario.read import read_scenario, scenario_notices
from countervail.scenario.schema import Threat
from countervail.scenario.terms import Amount

CASE = read_scenario("australia-2020")
FLOW = re.compile(r"US\$ ([\d.]+) bn of 2014,? over the flow of US\$ ([\d.]+) bn")


def test_every_entry_is_sourced() -> None:
    for entry in (*CASE.threats, *CASE.deals, *CASE.observed):
        assert entry.sources, entry.id
    assert scenario_notices(CASE) == ()


def test_the_base_is_from_before_the_measures_and_nothing_is_fitted() -> None:
    world = cv.load_world(CASE.world)
    assert world.base_year is not None
    assert all(t.effective is None or t.effective.year > world.base_year for t in CASE.threats)
    assert (CASE.elasticities, CASE.tariffs_as_of, CASE.horizon) == (None, None, "medium")


@pytest.mark.parametrize("threat", [t for t in CASE.threats if t.coverage < 1], ids=lambda t: t.id)
def test_coverage_is_trade_over_flow_as_the_note_says(threat: Threat) -> None:
    found = FLOW.search(" ".join((threat.note or "").split()))
    assert found is not None
    trade, flow = map(float, found.groups())
    assert threat.coverage == pytest.approx(trade / flow, rel=0.02)
    world = cv.load_world(CASE.world)
    (sector,) = world.labels.resolve_sectors(threat.sectors)
    real = world.arrays.flows[
        world.sectors.index(sector), world.regions.index("CHN"), world.regions.index("AUS")
    ]
    assert flow == pytest.approx(real / 1000, rel=0.01)


@pytest.mark.parametrize(
    ("name", "value", "unit", "usd", "year"),
    [
        ("barley", 1.5, "bn AUD", 0.775, 2018),
        ("coal", 13.7, "bn AUD", 0.695, 2019),
        ("cotton", 0.9, "bn AUD", 0.715, 2019),
        ("wine", 1.17, "bn AUD", 0.675, 2020),
        ("beef", 328848 * 7500e-9 / 3, "bn AUD", 0.695, 2019),
        ("copper-ore", 783476 / 0.75 * 1618e-9, "bn USD", None, 2023),
    ],
)
def test_trade_is_moved_to_dollars_of_the_base(
    name: str, value: float, unit: str, usd: float | None, year: int
) -> None:
    world = cv.load_world(CASE.world)
    threat = next(t for t in CASE.threats if t.id == name)
    trade = million_usd(world, Amount(value=value, unit=unit, basis="press", usd=usd, year=year))
    (sector,) = world.labels.resolve_sectors(threat.sectors)
    flow = world.arrays.flows[
        world.sectors.index(sector), world.regions.index("CHN"), world.regions.index("AUS")
    ]
    assert threat.coverage == pytest.approx(trade / flow, abs=0.0006)
