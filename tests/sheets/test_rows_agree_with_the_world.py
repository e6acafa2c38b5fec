"""What tables, pages and maps show of a world are sums over its arrays, joined by label."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.sheets import worlds
from countervail.world.core import World
from countervail.world.status import CONSTRUCTED, CellStatus
from tests.worlds import random_world


@pytest.fixture(scope="module")
def world() -> World:
    return cv.load_world("world-2014")


@pytest.fixture(scope="module")
def made() -> World:
    """A world with a constructed region, a market without home supply, and no known names."""
    plain = random_world(np.random.default_rng(11), 5, 4, zero_own=True)
    flows = np.zeros((4, 5, 5), dtype=np.uint8)
    flows[:, 2, :] = flows[:, :, 2] = CONSTRUCTED
    costs = np.zeros((4, 5), dtype=np.uint8)
    costs[:, 2] = CONSTRUCTED
    return World(plain.labels, plain.arrays, plain.report, CellStatus(flows, flows, costs))


def test_places_join_by_iso_code(world: World) -> None:
    places = {p.region: p for p in worlds.places(world, "CAN", ("USA",))}
    assert places["CAN"].numeric == ("124",)
    assert (places["CAN"].role, places["USA"].role, places["ROW"].role) == (
        "protagonist",
        "coercer",
        "rest",
    )
    assert places["ROW"].numeric == ()
    assert all(len(p.numeric) == 1 for p in places.values() if p.role != "rest")


def test_merged_countries_are_part_of_their_region(world: World) -> None:
    parts = world.regions
    merged = world.aggregate(
        regions={"NAFTA": ["CAN", "USA", "MEX"]}
        | {r: [r] for r in parts if r not in ("CAN", "USA", "MEX")}
    )
    codes = worlds.numerics(merged)
    assert set(codes["NAFTA"]) == {"124", "840", "484"}
    assert codes["CHN"] == ("156",)
    every = [code for held in codes.values() for code in held]
    assert len(every) == len(set(every))


def test_exports_by_partner_sum_to_all(world: World) -> None:
    places = worlds.places(world, "CAN", ("USA",))
    sold = [p for p in places if p.region != "CAN"]
    assert sum(p.exports_percent or 0 for p in sold) == pytest.approx(100, rel=1e-12)
    goods = list(world.resolve_sectors("goods"))
    to_usa = world.arrays.flows[goods, world.regions.index("USA"), world.regions.index("CAN")].sum()
    [usa] = [p for p in places if p.region == "USA"]
    assert usa.exports_bn == pytest.approx(to_usa / 1e3, rel=1e-12)


def test_unknown_regions_are_on_no_map(made: World) -> None:
    assert set(worlds.numerics(made).values()) == {()}
    assert worlds.traded_group(made) == ""


def test_regions_and_sectors_agree_with_the_arrays(made: World) -> None:
    found = worlds.world_sheet(made)
    a = made.arrays
    income = sorted((a.factor_income / 1e3).tolist(), reverse=True)
    assert [r.gdp_bn for r in found.regions] == pytest.approx(income)
    assert sum(r.gdp_percent for r in found.regions) == pytest.approx(100)
    assert sum(r.exports_bn for r in found.regions) == pytest.approx(
        sum(r.imports_bn for r in found.regions)
    )
    for r in found.regions:
        n = made.regions.index(r.region)
        deficit = -a.transfer[n] / a.factor_income[n] * 100
        assert r.balance_percent == pytest.approx(deficit, abs=1e-9)
        assert r.openness_percent == pytest.approx(50 * (r.exports_bn + r.imports_bn) / r.gdp_bn)
        assert r.status == ("constructed" if r.region == "R02" else "observed")
    assert sum(s.output_bn for s in found.sectors) == pytest.approx(a.output.sum() / 1e3)
    assert found.constructed_regions == ("R02",)


def test_markets_without_home_supply_are_named(made: World) -> None:
    found = worlds.world_sheet(made)
    home = np.einsum("snn->sn", made.arrays.flows)
    expected = {
        (made.sectors[s], made.regions[n])
        for s, n in zip(*np.nonzero((home == 0) & (made.arrays.spending > 0)), strict=True)
    }
    assert expected
    assert {(z.sector, z.region) for z in found.own_zeros} == expected
    assert sum(r.own_zeros for r in found.regions) == len(expected)
    assert sum(s.own_zeros for s in found.sectors) == len(expected)


def test_the_matrix_is_in_the_order_of_the_regions(made: World) -> None:
    found = worlds.world_sheet(made)
    labels = [r.region for r in found.regions]
    for n, importer in enumerate(labels):
        for i, exporter in enumerate(labels):
            here = made.arrays.flows[
                :, made.regions.index(importer), made.regions.index(exporter)
            ].sum()
            assert found.trade_bn[n][i] == pytest.approx(0 if n == i else here / 1e3)
            share = found.trade_constructed_percent[n][i]
            expected = None if n == i else 100.0 if "R02" in (importer, exporter) else 0.0
            assert share == expected


def test_one_region_seen_by_partner_and_by_sector(made: World) -> None:
    found = worlds.region_sheet(made, "R00")
    for lines in (found.partners, found.products):
        assert sum(x.exports_bn for x in lines) == pytest.approx(found.region.exports_bn)
        assert sum(x.imports_bn for x in lines) == pytest.approx(found.region.imports_bn)
        assert sum(x.imports_percent or 0 for x in lines) == pytest.approx(100)
    by_label = {x.label: x for x in found.partners}
    assert by_label["R02"].imports_status == "constructed"
    assert by_label["R01"].imports_status == "observed"
    assert "R00" not in by_label


def test_a_world_of_one_region_has_rows_without_trade() -> None:
    one = World.from_flows(np.ones((2, 1, 1)), elasticity=4.0)
    found = worlds.world_sheet(one)
    assert found.trade_bn == ((0.0,),)
    assert found.trade_constructed_percent == ((None,),)
    assert [row.part for row in found.statuses] == ["world-home", "world-output"]
    assert found.regions[0].constructed_percent is None


def test_the_spread_of_a_shock_names_everybody_else(world: World) -> None:
    shock = cv.Shock(world).tariff(importer="USA", exporter="CAN", sectors="goods", add=0.25)
    outcome = cv.solve(world, shock)
    rows = worlds.spill_rows(world, "CAN", ("USA",), outcome)
    assert {r.region for r in rows} == set(world.regions) - {"CAN", "USA"}
    values = [r.welfare_percent for r in rows]
    assert values == sorted(values, key=lambda v: v or 0.0)
    places = {p.region: p for p in worlds.places(world, "CAN", ("USA",), outcome)}
    for r in rows:
        assert places[r.region].welfare_percent == r.welfare_percent
    assert places["CAN"].welfare_percent == float(outcome.welfare.sel(region="CAN"))
