"""Every reader finds the numbers that its file holds, whatever the file's order of columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countervail.world.core import World
from countervail.world.formats import BuildOptions, builder
from countervail.world.readers.codes import scheme
from countervail.world.readers.exiobase import read_exiobase
from countervail.world.readers.figaro import read_figaro
from countervail.world.readers.icio import read_icio
from countervail.world.readers.plain import read_plain
from countervail.world.readers.table import SourceTable
from countervail.world.readers.wiod import read_wiod_2013, read_wiod_2016
from tests.world import tables
from tests.world.tables import Known, known

RATE = 1.0 + 1.0 / 16.0  # exact in binary, so that it does not blur what is compared


def silent(what: str, part: float) -> None:
    """No progress."""


def same(
    table: SourceTable, expected: Known, regions: tuple[str, ...], sectors: tuple[str, ...]
) -> None:
    """``table`` holds the sums of ``expected`` under the labels that these stand for."""
    flows, inputs = expected.sums()
    n = [regions.index(r) for r in table.labels.regions]
    s = [sectors.index(x) for x in table.labels.sectors]
    np.testing.assert_allclose(table.flows, flows[np.ix_(s, n, n)], rtol=1e-12)
    np.testing.assert_allclose(table.inputs, inputs[np.ix_(n, s, s)], rtol=1e-12)
    order = [expected.cells.index(cell) for cell in table.layout.cells]
    np.testing.assert_allclose(table.sold, expected.output[order], rtol=1e-12)
    np.testing.assert_allclose(table.used, expected.flow.sum(axis=0)[order], rtol=1e-12)
    assert table.final.count == int((expected.final < 0).sum())
    assert table.final.total == pytest.approx(expected.final[expected.final < 0].sum())
    assert table.final.worst == pytest.approx(expected.final.min(), rel=1e-12)
    assert table.intermediate.count == 0


ICIO = known(("USA", "CAN", "ROW"), ("B05_06", "A01_02", "G", "C29"), tables.ICIO_FINALS)
ICIO_SECTORS = ("energy-mining", "agriculture-forestry", "wholesale-retail", "motor-vehicles")


def test_icio_2023(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "2020_SML.csv", tables.icio_lines(ICIO))
    table = read_icio(path, BuildOptions(), silent)
    same(table, ICIO, ICIO.regions, ICIO_SECTORS)
    assert table.labels.regions == ("CAN", "USA", "ROW")
    assert table.labels.sectors[0] == "agriculture-forestry"
    assert table.labels.base_year == 2020
    assert table.labels.name == "icio-2023-2020"
    np.testing.assert_allclose(table.output, table.sold, rtol=1e-12)
    np.testing.assert_allclose(table.value_added + table.used, table.sold, rtol=1e-12)
    assert any("left out" in note and "18" in note for note in table.notes)  # 3 x 6 final taxes


def test_icio_2025_is_told_apart_by_its_industries(tmp_path: Path) -> None:
    made = known(("CAN", "USA"), ("A01", "B06", "C24A", "C301"), tables.ICIO_FINALS)
    path = tables.write_csv(tmp_path / "2022_SML.csv", tables.icio_lines(made))
    table = read_icio(path, BuildOptions(), silent)
    same(
        table,
        made,
        made.regions,
        ("crops-animals", "oil-gas-extraction", "iron-steel", "ships-boats"),
    )
    assert table.labels.name == "icio-2025-2022"


def test_icio_in_a_zip_with_several_years(tmp_path: Path) -> None:
    content = tables.csv_text(tables.icio_lines(ICIO))
    members = {"2019_SML.csv": "nonsense", "2020_SML.csv": content, "ReadMe.xlsx": "x"}
    path = tables.write_zip(tmp_path / "2016-2020_SML.zip", members)
    for options in (BuildOptions(year=2020), BuildOptions(member="2020_SML.csv")):
        same(read_icio(path, options, silent), ICIO, ICIO.regions, ICIO_SECTORS)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_columns_changes_no_bit(seed: int, tmp_path: Path) -> None:
    lines = tables.icio_lines(ICIO)
    straight = read_icio(
        tables.write_csv(tmp_path / "2020a.csv", lines), BuildOptions(year=2020), silent
    )
    mixed = read_icio(
        tables.write_csv(tmp_path / "2020b.csv", tables.permuted(lines, seed)),
        BuildOptions(year=2020),
        silent,
    )
    assert np.array_equal(straight.flows, mixed.flows)
    assert np.array_equal(straight.inputs, mixed.inputs)
    assert np.array_equal(straight.sold, mixed.sold)
    assert np.array_equal(straight.value_added, mixed.value_added)


def test_the_order_of_rows_changes_nothing_that_is_seen(tmp_path: Path) -> None:
    lines = tables.icio_lines(ICIO)
    turned = [lines[0], *reversed(lines[1:])]
    path = tables.write_csv(tmp_path / "2020.csv", turned)
    same(read_icio(path, BuildOptions(), silent), ICIO, ICIO.regions, ICIO_SECTORS)


def test_parts_of_china_and_mexico_are_folded(tmp_path: Path) -> None:
    """Final uses stand under CHN and MEX, industries under their parts, as in extended files."""
    parts = known(
        ("CN1", "CN2", "MX1", "MX2", "CHN", "MEX", "USA"), ("A01_02", "C29"), tables.ICIO_FINALS
    )
    j, f = 2, len(tables.ICIO_FINALS)
    parts.flow[4 * j : 6 * j] = 0.0
    parts.final[4 * j : 6 * j] = 0.0
    parts.flow[:, 4 * j : 6 * j] = 0.0
    parts.final[:, : 4 * f] = 0.0
    path = tables.write_csv(tmp_path / "2018.csv", tables.icio_lines(parts))
    table = read_icio(path, BuildOptions(), silent)
    assert table.labels.regions == ("CHN", "MEX", "USA")
    flows, inputs = parts.sums()
    into = np.array(
        [[1, 0, 0]] * 2 + [[0, 1, 0]] * 2 + [[1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float
    )
    np.testing.assert_allclose(
        table.flows, np.einsum("sni,nN,iI->sNI", flows, into, into), rtol=1e-12
    )
    np.testing.assert_allclose(table.inputs, np.einsum("nks,nN->Nks", inputs, into), rtol=1e-12)
    assert any("CHN is the sum of CHN, CN1, CN2" in note for note in table.notes)


NACE = {"A": ("A01", 1), "B": ("B", 4), "V": ("C29", 20)}


@pytest.mark.parametrize("ending", ["xlsx", "dta"])
def test_wiod_2016(ending: str, tmp_path: Path) -> None:
    made = known(("AUS", "ROM", "RoW"), tuple(NACE), ("h", "n", "g", "f", "i"))
    finals = (57, 58, 59, 60, 61)
    if ending == "xlsx":
        path = tables.write_xlsx(
            tmp_path / "WIOT2014_Nov16_ROW.xlsx", tables.wiod_rows(made, NACE, finals)
        )
    else:
        path = tmp_path / "WIOT2014_October16_ROW.dta"
        stata(made, finals).to_stata(path, write_index=False)
    table = read_wiod_2016(path, BuildOptions(), silent)
    made.industries = ("A01", "B", "C29")
    same(table, made, ("AUS", "ROU", "ROW"), ("crops-animals", "mining", "motor-vehicles"))
    assert table.labels.base_year == 2014
    np.testing.assert_allclose(table.value_added + table.used, table.output, rtol=1e-12)


def stata(made: Known, finals: tuple[int, ...]):  # type: ignore[no-untyped-def]
    import pandas

    rows = tables.wiod_rows(made, NACE, finals)
    names = [f"v{r}{NACE[i][1]}" for r, i in made.cells]
    names += [f"v{r}{f}" for r in made.regions for f in finals] + ["TOT"]
    frame = pandas.DataFrame([row[4:] for row in rows[6:]], columns=names, dtype=float)
    labels = pandas.DataFrame(
        [[row[0], row[1], row[2], int(row[3][1:])] for row in rows[6:]],
        columns=["IndustryCode", "IndustryDescription", "Country", "RNr"],
    )
    labels["Year"] = 2014
    return pandas.concat([labels, frame], axis=1)


def test_wiod_2013(tmp_path: Path) -> None:
    codes = {"a": ("AtB", 1), "m": ("C", 2), "v": ("34t35", 15)}
    made = known(("AUS", "RoW"), tuple(codes), ("h", "n", "g", "f", "i"))
    rows = tables.wiod_rows(made, codes, (37, 38, 39, 41, 42))
    path = tables.write_xlsx(tmp_path / "WIOT07_ROW_Apr12.xlsx", rows, "WIOT_2007")
    table = read_wiod_2013(path, BuildOptions(), silent)
    made.industries = ("c1", "c2", "c15")
    same(
        table,
        made,
        ("AUS", "ROW"),
        ("agriculture-forestry-fishing", "mining", "vehicles-other-transport"),
    )
    assert table.labels.base_year == 2007


EXIO = known(
    ("AT", "US", "WA"),
    ("Cultivation of wheat", "Petroleum Refinery", "Education (80)"),
    tables.EXIOBASE_FINALS,
)


@pytest.mark.parametrize("form", ["zip", "folder", "two header lines"])
def test_exiobase(form: str, tmp_path: Path) -> None:
    files = tables.exiobase_files(EXIO, third_line=form != "two header lines")
    path = tmp_path / "IOT_2022_ixi"
    if form == "folder":
        path.mkdir()
        for name, content in files.items():
            (path / name).write_text(content, encoding="utf-8")
    else:
        members = {f"IOT_2022_ixi/{name}": content for name, content in files.items()}
        members["IOT_2022_ixi/satellite/Y.txt"] = "of an account"
        path = tables.write_zip(tmp_path / "IOT_2022_ixi.zip", members)
    table = read_exiobase(path, BuildOptions(), silent)
    same(
        table,
        EXIO,
        ("AUT", "USA", "ROW-ASIA-PACIFIC"),
        ("cultivation-wheat", "petroleum-refining", "education"),
    )
    assert table.labels.region_names["ROW-ASIA-PACIFIC"] == "Rest of Asia and Pacific"
    assert table.labels.base_year == 2022
    assert np.isfinite(table.output).all()
    assert not np.isfinite(table.value_added).any()


def test_exiobase_by_product(tmp_path: Path) -> None:
    made = known(
        ("AT", "US"),
        (
            "Wheat",
            "Motor Gasoline",
            "Retail  trade services, except of motor "
            "vehicles and motorcycles; repair services of personal and household goods (52)",
        ),
        tables.EXIOBASE_FINALS,
    )
    files = {f"{k}": v for k, v in tables.exiobase_files(made).items()}
    table = read_exiobase(
        tables.write_zip(tmp_path / "IOT_2019_pxp.zip", files), BuildOptions(), silent
    )
    assert table.labels.sectors == ("wheat", "motor-gasoline", "retail")
    np.testing.assert_allclose(table.flows.sum(), made.output.sum(), rtol=1e-12)


FIGARO = known(("AT", "GR", "FIGW1"), ("A01", "C10T12", "L"), tables.FIGARO_FINALS)
FIGARO_REGIONS = ("AUT", "GRC", "ROW")
FIGARO_SECTORS = ("crops-animals", "food", "real-estate")


def test_figaro_matrix(tmp_path: Path) -> None:
    path = tables.write_csv(
        tmp_path / "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv", tables.figaro_matrix(FIGARO)
    )
    table = read_figaro(path, BuildOptions(), silent)
    same(table, FIGARO, FIGARO_REGIONS, FIGARO_SECTORS)
    np.testing.assert_allclose(table.value_added + table.used, table.sold, rtol=1e-12)
    assert table.labels.base_year == 2021


@pytest.mark.parametrize(("prefix", "kind"), [("", "Ii"), ("CPA_", "Pp")])
def test_figaro_flat(prefix: str, kind: str, tmp_path: Path) -> None:
    content = tables.csv_text(tables.figaro_flat(FIGARO, prefix, kind))
    name = "flatfile_eu-ic-io_24ed_2021.csv"
    path = tables.write_zip(tmp_path / "flatfile_eu-ic-io_24ed_2021.zip", {name: content})
    table = read_figaro(path, BuildOptions(), silent)
    same(table, FIGARO, FIGARO_REGIONS, FIGARO_SECTORS)
    np.testing.assert_allclose(table.value_added + table.used, table.sold, rtol=1e-12)


PLAIN = known(
    ("CAN", "USA", "Atlantis"), ("motor-vehicles", "banking"), ("households", "government")
)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_plain_layout(ending: str, tmp_path: Path) -> None:
    lines = tables.plain_lines(PLAIN)
    path = tmp_path / f"mine-2020.{ending}"
    if ending == "csv":
        order = [4, 2, 0, 3, 1]
        mixed = [[line[k] for k in order] for line in lines]
        tables.write_csv(path, [mixed[0], *reversed(mixed[1:])])
    else:
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        frame = pandas.DataFrame(lines[1:], columns=lines[0])
        frame.astype({"value": float}).to_parquet(path)
    table = read_plain(path, BuildOptions(), silent)
    same(table, PLAIN, PLAIN.regions, PLAIN.industries)
    np.testing.assert_allclose(table.value_added + table.used, table.sold, rtol=1e-12)
    assert any("Atlantis" in note for note in table.notes)


def test_a_world_from_a_file_is_the_world_from_its_arrays(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "2020_SML.csv", tables.icio_lines(ICIO))
    world = builder("icio").build(path, options=BuildOptions(elasticities="4"))
    flows, inputs = ICIO.sums()
    direct = World.from_flows(
        flows,
        inputs=inputs,
        elasticity=4.0,
        regions=ICIO.regions,
        sectors=ICIO_SECTORS,
    )
    n = [ICIO.regions.index(r) for r in world.regions]
    s = [ICIO_SECTORS.index(x) for x in world.sectors]
    a, b = world.arrays, direct.arrays
    np.testing.assert_allclose(a.flows, b.flows[np.ix_(s, n, n)], rtol=1e-9)
    np.testing.assert_allclose(a.input_share, b.input_share[np.ix_(n, s, s)], rtol=1e-9)
    np.testing.assert_allclose(a.value_added_share, b.value_added_share[np.ix_(s, n)], rtol=1e-9)
    np.testing.assert_allclose(a.final_share, b.final_share[np.ix_(s, n)], rtol=1e-9)
    np.testing.assert_allclose(a.income, b.income[n], rtol=1e-9)
    assert np.array_equal(a.elasticity, np.full(4, 4.0))


def test_a_rate_turns_euros_into_dollars(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "figaro_2021.csv", tables.figaro_matrix(FIGARO))
    world = builder("figaro").build(path, options=BuildOptions(usd_per_unit=RATE))
    assert world.arrays.output.sum() == pytest.approx(RATE * FIGARO.output.sum(), rel=1e-9)
    assert world.provenance["usd_per_unit"] == RATE
    assert any("Converted from million EUR at 1.0625" in note for note in world.report.notes)


def test_every_built_world_has_the_groups_of_the_registry(tmp_path: Path) -> None:
    for format_name, path, options in (
        ("icio", tables.write_csv(tmp_path / "i2020.csv", tables.icio_lines(ICIO)), BuildOptions()),
        (
            "exiobase-3",
            tables.write_zip(tmp_path / "IOT_2022_ixi.zip", tables.exiobase_files(EXIO)),
            BuildOptions(usd_per_unit=1.05),
        ),
    ):
        world = builder(format_name).build(path, options=options)
        goods, services = set(world.sector_groups["goods"]), set(world.sector_groups["services"])
        assert goods | services == set(world.sectors)
        assert not goods & services
        assert set(world.sector_groups["energy"]) <= goods
        assert (world.arrays.elasticity > 0).all()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("icio-2023", 45),
        ("icio-2025", 50),
        ("wiod-2013", 35),
        ("wiod-2016", 56),
        ("figaro", 64),
        ("exiobase-3-ixi", 163),
        ("exiobase-3-pxp", 200),
    ],
)
def test_concordances_are_whole_and_agree_with_the_registry(name: str, count: int) -> None:
    import csv
    from importlib.resources import files

    from countervail.world import registry

    found = scheme(name)
    assert len(found.industries) == count
    assert len({x.label for x in found.industries}) == count
    groups = set(registry.groups("sector"))
    for industry in found.industries:
        assert set(industry.groups) <= groups
        assert ("goods" in industry.groups) != ("services" in industry.groups), industry
        assert industry.label not in groups
        if industry.label in registry.sectors():
            assert set(industry.groups) == set(registry.sectors()[industry.label].groups)
    text = files("countervail.data").joinpath("concordances", f"{name}.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        parts = row["registry_sectors"].split(";")
        assert set(parts) <= set(registry.sectors())
        assert row["label"] not in registry.sectors() or parts == [row["label"]]
