"""What is done to a table on its way to a world: merging, cleaning, tariffs, totals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countervail.errors import TableError
from countervail.world.checks import worst
from countervail.world.core import World
from countervail.world.elasticity.elasticities import in_use
from countervail.world.formats import BuildOptions, builder
from countervail.world.readers.closing import LEAST_VALUE_ADDED, world_from_table
from countervail.world.readers.wiod_npz import read_wiod2011_npz
from countervail.world.status import CONSTRUCTED
from countervail.world.store import load_world
from tests.cp2015 import SHARED
from tests.world import tables
from tests.world.tables import Known, known

REGIONS = ("AUT", "CAN", "DEU", "USA", "ROW")
INDUSTRIES = ("A01_02", "B05_06", "C29", "C30", "G", "K")
MAP = """kind,from,to
region,USA,NAFTA
region,Canada,NAFTA
region,EU,EU-MEMBERS
sector,motor-vehicles,vehicles
sector,C30,vehicles
sector,K,services-all
sector,G,services-all
"""


def icio(path: Path, table: Known, name: str = "2020.csv") -> Path:
    return tables.write_csv(path / name, tables.icio_lines(table))


def build(path: Path, **options: object) -> World:
    return builder("icio").build(path, options=BuildOptions(**options))  # type: ignore[arg-type]


def without_negatives() -> Known:
    table = known(REGIONS, INDUSTRIES, tables.ICIO_FINALS, seed=3)
    table.final = np.abs(table.final)
    return table


def test_merging_while_reading_is_merging_the_world(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(MAP)
    path = icio(tmp_path, without_negatives())
    read = build(path, aggregate=tmp_path / "map.csv")
    whole = build(path)
    merged = whole.aggregate(
        {"NAFTA": ["USA", "CAN"], "EU-MEMBERS": ["AUT", "DEU"]},
        {
            "vehicles": ["motor-vehicles", "other-transport-equipment"],
            "services-all": ["banking-insurance", "wholesale-retail"],
        },
    )
    assert (read.regions, read.sectors) == (merged.regions, merged.sectors)
    assert read.sector_groups == merged.sector_groups
    assert read.region_groups == merged.region_groups
    assert dict(read.labels.sector_names) == dict(merged.labels.sector_names)
    for name in (
        "flows",
        "tariff",
        "input_share",
        "value_added_share",
        "final_share",
        "elasticity",
    ):
        np.testing.assert_allclose(
            getattr(read.arrays, name), getattr(merged.arrays, name), rtol=1e-9, atol=1e-15
        )
    assert read.labels.region_that_holds("CAN") == "NAFTA"
    assert [row.value for row in in_use(read).rows] == pytest.approx(list(read.arrays.elasticity))


def test_the_same_holds_for_lines_of_single_cells(tmp_path: Path) -> None:
    table = known(("CAN", "USA", "MEX"), ("motor-vehicles", "banking"), ("a", "b"))
    table.final = np.abs(table.final)
    path = tables.write_csv(tmp_path / "t.csv", tables.plain_lines(table))
    (tmp_path / "map.csv").write_text("kind,from,to\nregion,CAN,N\nregion,MEX,N\n")
    options = BuildOptions(year=2020, aggregate=tmp_path / "map.csv")
    read = builder("table").build(path, options=options)
    merged = (
        builder("table")
        .build(path, options=BuildOptions(year=2020))
        .aggregate({"N": ["CAN", "MEX"]})
    )
    for name in ("flows", "input_share", "value_added_share", "final_share", "elasticity"):
        np.testing.assert_allclose(
            getattr(read.arrays, name), getattr(merged.arrays, name), rtol=1e-9, atol=1e-15
        )


def test_every_built_world_is_an_equilibrium_and_survives_a_file(tmp_path: Path) -> None:
    world = build(icio(tmp_path, known(REGIONS, INDUSTRIES, tables.ICIO_FINALS, seed=5)))
    assert worst(world) < 1e-12
    assert load_world(world.save(tmp_path / "w.npz")) == world
    assert not world.status.flows.any()


def test_negative_purchases_are_set_to_zero_and_counted(tmp_path: Path) -> None:
    table = without_negatives()
    use = table.uses.index(("USA", "INVNT"))
    seller = table.cells.index(("CAN", "C29"))
    bought = table.flow[seller, 3 * 6 : 4 * 6].sum() + table.final[seller, 3 * 6 : 4 * 6].sum()
    table.final[seller, use] -= bought + 5.0
    world = build(icio(tmp_path, table))
    flow = world.flows.sel(sector="motor-vehicles", importer="USA", exporter="CAN").item()
    assert flow == 0.0
    notes = " ".join(world.report.notes)
    assert "1 purchases (all users together) were negative, -5 million USD in all" in notes
    assert "USA of motor-vehicles from CAN" in notes
    assert "1 final-use cells of the file are negative" in notes
    assert "CAN C29 to USA_INVNT" in notes


def test_a_negative_cell_that_others_outweigh_stays_in_the_sum(tmp_path: Path) -> None:
    table = without_negatives()
    table.final[0, 4] *= -0.5
    flows, _ = table.sums()
    world = build(icio(tmp_path, table))
    s = world.sectors.index("agriculture-forestry")
    n = world.regions.index("AUT")
    assert world.arrays.flows[s, n, n] == pytest.approx(flows[0, 0, 0], rel=1e-12)


def test_industries_that_use_more_than_they_sell(tmp_path: Path) -> None:
    table = without_negatives()
    buyer = table.cells.index(("DEU", "G"))
    table.flow[:, buyer] *= 1.3 * table.output[buyer] / table.flow[:, buyer].sum()
    lines = tables.icio_lines(table)
    world = build(tables.write_csv(tmp_path / "2020.csv", lines))
    share = world.value_added_share.sel(sector="wholesale-retail", region="DEU").item()
    assert share == pytest.approx(LEAST_VALUE_ADDED)
    scaled = world.sectors.index("wholesale-retail"), world.regions.index("DEU")
    assert [tuple(x) for x in np.argwhere(world.status.costs == CONSTRUCTED)] == [scaled]
    assert worst(world) < 1e-12
    assert any(
        "1 industries use inputs of more than 99 %" in x and "DEU" in x for x in world.report.notes
    )


def test_final_demand_below_zero_is_settled(tmp_path: Path) -> None:
    table = without_negatives()
    seller = [k for k, (r, i) in enumerate(table.cells) if i == "B05_06"]
    buyers = [k for k, (r, _) in enumerate(table.uses) if r == "AUT"]
    table.final[np.ix_(seller, buyers)] = 0.0
    table.final[seller[0], buyers[4]] = -0.3 * table.flow[seller[0], :6].sum()
    world = build(icio(tmp_path, table))
    assert world.report.clipped_cells == 1
    assert "energy-mining, region AUT" in world.report.clipped_worst[0]
    assert worst(world) < 1e-12


def test_taxes_on_products_are_value_added(tmp_path: Path) -> None:
    table = without_negatives()
    world = build(icio(tmp_path, table))
    assert world.arrays.factor_income.sum() == pytest.approx(table.value_added.sum(), rel=1e-9)


def test_tariffs_go_where_their_labels_say(tmp_path: Path) -> None:
    path = icio(tmp_path, known(("CAN", "USA"), ("A01_02", "C29"), tables.ICIO_FINALS))
    rows = [
        "sector,importer,exporter,tariff",
        "motor-vehicles,USA,CAN,0.025",
        "agriculture-forestry,CAN,USA,0.1",
    ]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    world = build(path, tariff=tmp_path / "t.csv", tariff_default=0.0)
    assert world.tariff.sel(sector="motor-vehicles", importer="USA", exporter="CAN").item() == 0.025
    assert (
        world.tariff.sel(sector="agriculture-forestry", importer="CAN", exporter="USA").item()
        == 0.1
    )
    assert world.arrays.tariff.sum() == pytest.approx(0.125)
    notes = " ".join(world.report.notes)
    assert "2 tariffs were read from t.csv" in notes
    assert "2 tariffs without a row were set to 0" in notes
    assert any("no import tariffs" in x for x in build(path).report.notes)


def test_rounding_to_whole_numbers_is_no_imbalance(tmp_path: Path) -> None:
    table = known(REGIONS, INDUSTRIES, tables.ICIO_FINALS, seed=3)
    rounded = tables.icio_lines(table)
    whole = [
        rounded[0],
        *([line[0], *(str(round(float(x))) for x in line[1:])] for line in rounded[1:]),
    ]
    world = build(tables.write_csv(tmp_path / "2020.csv", whole))
    assert any("differ by at most" in note for note in world.report.notes)
    off = [list(line) for line in rounded]
    off[1][-1] = repr(1.02 * float(off[1][-1]))
    with pytest.raises(TableError, match="do not add up"):
        build(tables.write_csv(tmp_path / "2020.csv", off))


def test_a_table_without_totals_says_so(tmp_path: Path) -> None:
    table = known(("AT", "US"), ("Cultivation of wheat", "Education (80)"), tables.EXIOBASE_FINALS)
    files = tables.exiobase_files(table)
    del files["x.txt"]
    path = tables.write_zip(tmp_path / "IOT_2022_ixi.zip", files)
    world = builder("exiobase-3").build(path, options=BuildOptions(usd_per_unit=1.0))
    notes = " ".join(world.report.notes)
    assert "gives no output totals" in notes
    assert "gives no value added" in notes


def test_a_concordance_gives_groups_and_names(tmp_path: Path) -> None:
    table = known(("CAN", "USA"), ("widgets", "advice"), ("a", "b"))
    path = tables.write_csv(tmp_path / "t.csv", tables.plain_lines(table))
    (tmp_path / "c.csv").write_text(
        "code,label,name,groups\nadvice,consulting,Good advice,services\nwidgets,machinery,,\n"
    )
    world = builder("table").build(
        path, options=BuildOptions(year=2020, concordance=tmp_path / "c.csv", elasticities="5")
    )
    assert world.sectors == ("consulting", "machinery")
    assert world.labels.sector_names["consulting"] == "Good advice"
    assert world.sector_groups["services"] == ("consulting",)
    assert world.sector_groups["goods"] == ("machinery",)


def test_elasticities_of_the_user_reach_the_world(tmp_path: Path) -> None:
    table = known(("CAN", "USA"), ("widgets", "banking"), ("a", "b"))
    path = tables.write_csv(tmp_path / "t.csv", tables.plain_lines(table))
    (tmp_path / "theta.csv").write_text("sector,elasticity\nwidgets,3.5\nbanking,6\n")
    options = BuildOptions(year=2020, elasticities=tmp_path / "theta.csv")
    world = builder("table").build(path, options=options)
    assert world.elasticity.to_series().to_dict() == {"widgets": 3.5, "banking": 6.0}


def test_progress_counts_rows(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    builder("icio").build(
        icio(tmp_path, without_negatives()), lambda what, part: told.append((what, part))
    )
    assert told[0] == ("row 30 of 30", 0.9)
    assert [part for _, part in told] == sorted(part for _, part in told)
    assert told[-1] == ("done", 1.0)


def test_what_a_world_says_of_its_source(tmp_path: Path) -> None:
    path = icio(tmp_path, without_negatives())
    provenance = build(path).provenance
    sources = provenance["sources"]
    assert isinstance(sources, list)
    assert {"part", "source", "licence", "status"} == set(sources[0])
    assert "edition 2023, year 2020" in sources[0]["source"]
    import hashlib

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert provenance["source_files"] == {"2020.csv": digest}


SOURCE = SHARED / "data" / "wiod" / "wiod2011_41x35.npz"


@pytest.mark.shared
def test_the_2011_table() -> None:
    if not SOURCE.is_file():
        pytest.skip("the 2011 table is not beside the checkout")
    table = read_wiod2011_npz(SOURCE)
    flows = dict(zip(table.labels.regions, range(41), strict=True))
    with np.load(SOURCE) as data:
        total, final, made = data["Z"].sum(), data["F"].sum(), data["Y"]
    assert table.flows.sum() == pytest.approx(float(total) + float(final), rel=1e-12)
    assert table.inputs.sum() == pytest.approx(float(total), rel=1e-12)
    assert np.abs(table.sold - table.output).max() == 108.0
    assert table.output.sum() == float(made.sum())
    added = table.output - table.used
    assert (added >= 0).all()
    # Known of the source: world value added near 69 trillion, the United States near 15.2.
    assert added.sum() / 1e6 == pytest.approx(69.3, abs=0.1)
    home = [k for k, cell in enumerate(table.layout.cells) if cell[0] == "USA"]
    assert added[home].sum() / 1e6 == pytest.approx(15.16, abs=0.02)
    mining = table.flows[table.labels.sectors.index("mining")]
    assert mining[flows["DEU"], flows["RUS"]] > 10 * mining[flows["RUS"], flows["DEU"]]
    assert (table.final.count, table.final.total) == (352, -170_065.0)
    world = world_from_table(table)
    assert worst(world) < 1e-12
    assert world.base_year == 2011
    assert world.report.clipped_cells == 6


def test_what_no_file_holds_is_constructed(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "2020.csv", tables.icio_lines(without_negatives()))
    world = builder("icio").build(path)
    abroad = ~np.eye(len(REGIONS), dtype=bool)
    assert (world.status.tariff == np.where(abroad, CONSTRUCTED, 0)).all()
    assert not world.status.flows.any()
    assert not world.status.costs.any()
    file = tmp_path / "t.csv"
    file.write_text("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,0\n")
    world = builder("icio").build(path, options=BuildOptions(tariff=file, tariff_default=0.1))
    s = world.sectors.index("motor-vehicles")
    n, i = world.regions.index("USA"), world.regions.index("CAN")
    assert world.status.tariff[s, n, i] == 0
    assert (
        int((world.status.tariff == CONSTRUCTED).sum())
        == len(world.sectors) * int(abroad.sum()) - 1
    )
