"""The 2023 world meets its totals, says what is constructed, and comes from its sources."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from countervail.errors import WorldFileError
from countervail.world.checks import worst
from countervail.world.core import World
from countervail.world.registry import groups, regions, sectors
from countervail.world.status import CONSTRUCTED, UPDATED, value_by_status
from countervail.world.store import load_world
from countervail.world.totals import foreign_flows, trade_between
from countervail.world.updating import priors
from countervail.world.updating.build2023 import build_world2023
from countervail.world.updating.facts2023 import CARVED
from tests.cp2015 import SHARED

SOURCES = SHARED / "data"
needs_sources = pytest.mark.skipif(
    not (SOURCES / "trade2023").is_dir(), reason="needs the background data beside the checkout"
)


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("world-2023")


def test_every_identity_holds(world: World) -> None:
    assert world.arrays.flows.shape == (50, 68, 68)
    assert worst(world) < 1e-11


def test_the_gulf_and_the_g20_are_on_the_map(world: World) -> None:
    gulf = {code for code, entry in regions().items() if "GCC" in entry.groups}
    twenty = {code for code, entry in regions().items() if "G20" in entry.groups}
    assert gulf | twenty <= set(world.regions)
    assert "GCC" in groups("region")
    assert world.labels.region_that_holds("HKG") == "CHN"
    assert world.labels.region_that_holds("IRN") == "ROW"
    asia = world.aggregate({"ASIA": ["CHN", "JPN", "KOR"]})
    assert asia.labels.region_that_holds("HKG") == "ASIA"
    assert asia.labels.region_that_holds("CAN") == "CAN"


def test_final_demand_was_never_clipped(world: World) -> None:
    assert world.report.clipped_cells == 0


def test_the_accounts_have_no_absurd_balance(world: World) -> None:
    a = world.arrays
    assert (np.abs(a.transfer) < 0.4 * a.factor_income).all()
    # Without taxes on products, income is value added, revenue and the transfer.
    assert a.factor_income.sum() / 1e6 == pytest.approx(100, abs=5)  # trillion USD


def test_statuses_tell_data_from_construction(world: World) -> None:
    place = {r: n for n, r in enumerate(world.regions)}
    flows, goods = world.status.flows, list(world.resolve_sectors("goods"))
    assert (flows[:, place["CAN"], place["USA"]] == UPDATED).all()
    assert (flows[goods, place["CHN"], place["QAT"]] == CONSTRUCTED).all()
    assert (flows[goods, place["USA"], place["QAT"]] == UPDATED).all()
    assert (world.status.costs[:, place["QAT"]] == CONSTRUCTED).all()
    assert (world.status.costs[goods, place["NLD"]] == CONSTRUCTED).all()  # goods passed on
    assert (world.status.costs[:, place["NLD"]] == UPDATED).any()
    assert (world.status.costs[:, place["CAN"]] == UPDATED).all()
    assert (flows[goods, place["IND"], place["RUS"]] == CONSTRUCTED).all()
    shares = value_by_status(foreign_flows(world), flows)
    assert 0.2 < shares["constructed"] < 0.6
    assert sum(shares.values()) == pytest.approx(1.0)


def test_us_tariffs_are_those_collected_in_2024(world: World) -> None:
    a, n = world.arrays, world.regions.index("USA")
    bought = {}
    for exporter in ("CHN", "CAN", "MEX"):
        i = world.regions.index(exporter)
        goods = list(world.resolve_sectors("goods"))
        value = a.flows[goods, n, i]
        bought[exporter] = float((value * a.tariff[goods, n, i]).sum() / value.sum())
    # Section 301 on China; free trade with the neighbours.
    assert 0.08 < bought["CHN"] < 0.14
    assert bought["CAN"] < 0.005
    assert bought["MEX"] < 0.01


def test_no_pair_trades_free_by_accident(world: World) -> None:
    # Among economies that were inside one region there were no tariffs to carry over.
    goods = list(world.resolve_sectors("goods"))
    place = {r: k for k, r in enumerate(world.regions)}
    ruled = {
        (n, i)
        for rule in priors.tariff_rules()
        for n in world.labels.resolve_regions(list(rule.importers))
        for i in world.labels.resolve_regions(list(rule.exporters))
    }
    for importer in (*CARVED, "ROW"):
        for exporter in world.regions:
            if importer != exporter and (importer, exporter) not in ruled:
                assert world.arrays.tariff[goods, place[importer], place[exporter]].any(), (
                    importer,
                    exporter,
                )
    assert not world.arrays.tariff[goods, place["DEU"], place["FRA"]].any()


def test_agreements_are_in_the_base(world: World) -> None:
    goods = list(world.resolve_sectors("goods"))
    industry = [s for s in world.resolve_sectors("manufacturing") if world.sectors[s] != "food"]
    place = {r: k for k, r in enumerate(world.regions)}
    for importer, exporter, rows in (
        ("MEX", "USA", goods),
        ("MEX", "CAN", goods),
        ("CAN", "DEU", industry),
        ("CAN", "VNM", industry),
        ("SAU", "EGY", goods),
    ):
        assert not world.arrays.tariff[rows, place[importer], place[exporter]].any()


@needs_sources
@pytest.mark.shared
def test_pair_totals_are_those_of_the_trade_file(world: World) -> None:
    with (SOURCES / "trade2023" / "country_labels.csv").open(encoding="utf-8") as stream:
        codes = [row["iso3"] for row in csv.DictReader(stream)]
    with (SOURCES / "trade2023" / "trade_cepii.csv").open(encoding="utf-8") as stream:
        exports = [
            [float(cell) / 1e3 if cell else 0.0 for cell in row]
            for row in list(csv.reader(stream))[1:]
        ]
    for exporter, importer in [("CAN", "USA"), ("USA", "CAN"), ("QAT", "JPN"), ("SAU", "IND")]:
        known = exports[codes.index(exporter)][codes.index(importer)]
        assert trade_between(world, importer, exporter, "goods") == pytest.approx(known, rel=1e-9)
    merged = sum(exports[codes.index("QAT")][codes.index(c)] for c in ("CHN", "HKG", "MAC"))
    assert trade_between(world, "CHN", "QAT", "goods") == pytest.approx(merged, rel=1e-9)


@needs_sources
@pytest.mark.shared
def test_the_shipped_file_comes_from_its_sources(world: World) -> None:
    told: list[float] = []
    again = build_world2023(SOURCES, lambda what, part: told.append(part))
    assert told == sorted(told)
    assert told[-1] == 1.0
    for name in ("flows", "tariff", "input_share", "value_added_share", "final_share"):
        assert getattr(again.arrays, name) == pytest.approx(
            getattr(world.arrays, name), rel=1e-7, abs=1e-9
        )
    assert again.report.notes == world.report.notes
    assert dict(again.provenance) == dict(world.provenance)


@needs_sources
@pytest.mark.shared
def test_a_missing_source_is_named(tmp_path: Path) -> None:
    (tmp_path / "wiod").symlink_to(SOURCES / "wiod")
    with pytest.raises(WorldFileError, match="country_labels"):
        build_world2023(tmp_path)


def test_every_prior_has_a_source_and_an_honest_status() -> None:
    assert set(priors.counts()) <= {"read", "derived", "judgement"}
    for rows in priors.economies().values():
        for economy, row in rows.items():
            assert economy in regions()
            assert row.source
            assert row.unit
            # What was not read says so in both columns.
            assert row.source.startswith("general knowledge") <= (row.status == "judgement")


def test_compositions_of_exports_add_up() -> None:
    known = set(sectors())
    for economy in CARVED:
        rows = priors.export_composition()[economy]
        assert set(rows) <= known
        assert sum(row.value for row in rows.values()) == pytest.approx(1.0, abs=2e-3)
        fuel = priors.economies()["fuel_share"][economy].value
        assert 0.0 <= fuel <= 1.0


def test_tariff_rules_name_what_exists(world: World) -> None:
    for rule in priors.tariff_rules():
        for side in (rule.importers, rule.exporters):
            for word in side:
                assert world.labels.resolve_regions(word)
        for word in rule.sectors:
            assert world.labels.resolve_sectors(word.removeprefix("-"))
        assert 0.0 <= rule.rate.value <= 0.5
