"""A set, a file or a number gives every sector its elasticity, with source and status."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.errors import CountervailError, LabelError, UnknownLabelError
from countervail.glossary import explain
from countervail.parameters import parameter, parameters
from countervail.world import registry, schemes
from countervail.world.arrays import GIVEN
from countervail.world.elasticity.elasticities import Choice, for_sectors, in_use, located
from countervail.world.store import load_world
from tests.cp2015 import SHARED
from tests.worlds import random_world

SETS = registry.elasticity_sets()
SLUGS = tuple(registry.sectors())
DOC = Path(__file__).parents[2] / "docs" / "elasticities.md"
MERGE = {"farm-food": ["food", "crops-animals"], "all-services": "services"}


@pytest.fixture(scope="module")
def world() -> cv.World:
    return load_world("world-2014")


def a_file(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SETS)
def test_a_set_has_a_row_with_source_and_status_for_every_sector(name: str) -> None:
    rows = registry.elasticities(name)
    assert set(rows) == set(SLUGS)
    for row in rows.values():
        assert row.value > 0
        assert row.source
        assert row.status in ("read", "cited", "judgement")
        assert row.status != "judgement" or row.note
        assert row.low is None or row.high is None or row.low <= row.value <= row.high


@pytest.mark.parametrize("name", ["three-sector", "uniform"])
def test_sets_agree_with_the_parameters_that_they_name(name: str) -> None:
    for row in registry.elasticities(name).values():
        named = parameter(row.parameter)
        assert (row.value, row.low, row.high) == (named.value, named.low, named.high)


def test_services_are_judgement_in_every_set() -> None:
    services = [s.label for s in registry.sectors().values() if "services" in s.groups]
    for name in SETS:
        assert {registry.elasticities(name)[s].status for s in services} == {"judgement"}


def test_the_glossary_lists_the_sets() -> None:
    text = explain("elasticities").what + explain("elasticities").title
    for name in SETS:
        assert name in text
        assert explain(name).name == f"elasticities.{name}"
        assert f"({name})" in explain("elasticity.mining").title


@pytest.mark.parametrize("choice", [*SETS, 4, 2.5])
def test_only_elasticities_differ(world: cv.World, choice: Choice) -> None:
    other = world.with_elasticities(choice)
    for name in set(GIVEN) - {"elasticity"}:
        assert np.array_equal(getattr(other.arrays, name), getattr(world.arrays, name)), name
    assert (other.labels.regions, other.status, other.name) == (
        world.labels.regions,
        world.status,
        world.name,
    )
    assert (other == world) == (choice == "caliendo-parro")


@pytest.mark.parametrize("choice", ["three-sector", "uniform", 7.5])
def test_nothing_moves_without_a_shock(world: cv.World, choice: Choice) -> None:
    other = world.with_elasticities(choice)
    still = cv.solve(other, cv.Shock(other))
    assert np.abs(still.welfare.values).max() < 1e-9


def test_harder_to_replace_costs_more_in_autarky() -> None:
    """One sector without inputs: real income in autarky is own share ** (1 / theta)."""
    base = random_world(np.random.default_rng(3), 3, 1, io=False, tariffs=False, deficits=False)
    others = 1.0 - np.eye(3)
    losses = []
    for theta in (2.0, 4.0, 8.0):
        world = base.with_elasticities(theta)
        # Costs that leave exp(-200) of every import share, whatever the elasticity.
        apart = cv.Shock(world, trade_cost=np.exp(200.0 / theta * others)[None])
        found = cv.solve(world, apart, cv.Closure(balance="balanced")).welfare.values
        own = np.diagonal(world.arrays.share[0])
        np.testing.assert_allclose(found, 100 * (own ** (1 / theta) - 1), rtol=1e-6)
        losses.append(found)
    assert (losses[0] < losses[1]).all()
    assert (losses[1] < losses[2]).all()


def test_the_choice_is_recorded_and_survives_a_file(world: cv.World, tmp_path: Path) -> None:
    chosen = world.with_elasticities("three-sector")
    again = cv.load_world(chosen.save(tmp_path / "w.npz"))
    for each in (chosen, again):
        assert in_use(each).name == "three-sector"
        assert in_use(each).by_sector["mining"].high == 7.67
        record = each.provenance["elasticities"]
        assert isinstance(record, dict)
        assert record["sectors"]["retail"]["status"] == "judgement"
        sources = each.provenance["sources"]
        assert isinstance(sources, list)
        (named,) = [s for s in sources if s["part"] == "trade elasticities"]
        assert "Ignatenko" in named["source"]
        assert "30 of 50" in named["status"]


def test_a_second_choice_takes_the_place_of_the_first(world: cv.World) -> None:
    twice = world.with_elasticities("three-sector").with_elasticities("caliendo-parro")
    assert twice == world
    assert in_use(twice).name == "caliendo-parro"
    assert "Ignatenko" not in str(twice.provenance)


def test_what_a_world_holds_is_known_without_a_record(world: cv.World) -> None:
    assert "elasticities" not in world.provenance
    assert in_use(world).name == "caliendo-parro"
    assert in_use(world).by_sector["petroleum"].status == "judgement"


def test_other_values_are_given_with_the_world() -> None:
    world = random_world(np.random.default_rng(0), 2, 2)
    held = in_use(world)
    assert held.name == "given with the world"
    assert held.values.tolist() == world.arrays.elasticity.tolist()
    assert {row.source for row in held.rows} == {"given with the world"}


def test_a_record_that_does_not_fit_is_not_believed(world: cv.World, tmp_path: Path) -> None:
    labels = world.with_elasticities("uniform").labels
    lying = cv.World(labels, world.arrays, world.report)
    assert in_use(lying).name == "caliendo-parro"


@pytest.mark.parametrize("choice", SETS)
def test_merging_and_choosing_commute(world: cv.World, choice: str) -> None:
    first = world.with_elasticities(choice).aggregate(sectors=MERGE)
    last = world.aggregate(sectors=MERGE).with_elasticities(choice)
    np.testing.assert_allclose(first.arrays.elasticity, last.arrays.elasticity, rtol=1e-14)
    assert in_use(first).name == in_use(last).name == choice
    merged = in_use(last).by_sector["farm-food"]
    low, high = sorted(registry.elasticities(choice)[s].value for s in MERGE["farm-food"])
    assert low <= merged.value <= high
    assert ("foreign trade as weights" in merged.note) == (low < high)


def test_merging_twice_is_still_known(world: cv.World) -> None:
    def merge(start: cv.World) -> cv.World:
        once = start.aggregate(sectors=MERGE)
        twice = once.aggregate(sectors={"primary": ["farm-food", "mining"]})
        return twice.aggregate(regions={"NAM": ["USA", "CAN", "MEX"]})

    first, last = merge(world.with_elasticities("three-sector")), merge(world)
    last = last.with_elasticities("three-sector")
    np.testing.assert_allclose(first.arrays.elasticity, last.arrays.elasticity, rtol=1e-14)


def test_a_merged_sector_keeps_its_meaning_under_an_old_name(world: cv.World) -> None:
    merged = world.aggregate(sectors={"food": ["food", "mining"]})
    alone = registry.elasticities()["food"].value
    chosen = for_sectors("caliendo-parro", merged.labels).by_sector["food"]
    assert chosen.value != alone
    assert "mining" in chosen.note


def test_sectors_of_another_scheme_take_equal_weights_unless_weights_are_given() -> None:
    label, parts = "metals-metal-products", ("basic-metals", "metal-products")
    assert schemes.sectors_of_labels()[label] == parts
    thetas = [registry.elasticities()[p].value for p in parts]
    alike = for_sectors("caliendo-parro", [label]).rows[0]
    assert alike.value == pytest.approx(sum(thetas) / len(thetas))
    weights = {part: 1.0 + i for i, part in enumerate(parts)}
    weighted = for_sectors("caliendo-parro", [label], weights).rows[0]
    assert weighted.value == pytest.approx(np.average(thetas, weights=list(weights.values())))
    assert ("equal weights" in alike.note, "foreign trade" in weighted.note) == (True, True)


def test_a_code_that_means_two_things_needs_its_scheme() -> None:
    with pytest.raises(LabelError, match="wiod-2013"):
        schemes.sectors_of("c20")
    assert schemes.sectors_of("C20", "wiod-2016") == ("chemicals",)
    assert schemes.sectors_of("PPP") == ("paper", "printing")
    assert schemes.sectors_of("01T02", "icio-2023") == schemes.sectors_of("A01_02", "icio-2023")


def test_every_concordance_names_sectors_of_the_registry() -> None:
    gtap = [c for c in schemes.codes() if c.scheme == "gtap-10"]
    assert len({c.code for c in gtap}) == len(gtap) == 65
    assert {s for c in gtap for s in c.sectors} == set(SLUGS)
    for code in schemes.codes():
        assert set(code.sectors) <= set(SLUGS), code


def test_labels_are_read_without_numpy() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from countervail.world.elasticity.elasticities import for_sectors; "
        "from countervail.world.labels import read_labels; "
        "for_sectors('three-sector', read_labels('world-2014')); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_paths_in_a_scenario_start_from_its_folder() -> None:
    assert located("three-sector", "cases") == "three-sector"
    assert located("4.5", "cases") == "4.5"
    assert located("own.csv", "cases") == str(Path("cases/own.csv"))
    assert located("sub/own", "cases") == str(Path("cases/sub/own"))


@pytest.mark.parametrize("choice", ["thre-sector", "Caliendo-Parro-2015"])
def test_an_unknown_set_names_the_nearest(choice: str) -> None:
    with pytest.raises(UnknownLabelError, match=r"three-sector|caliendo-parro") as caught:
        for_sectors(choice, SLUGS)
    assert "Nearest" in caught.value.remedy


# ------------------------------------------------------------ a user's file


def test_the_file_in_the_documentation_is_read(tmp_path: Path, world: cv.World) -> None:
    blocks = re.findall(r"^```\n(sector,.*?)^```", DOC.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 2
    own = world.with_elasticities(a_file(tmp_path, blocks[0]))
    held = in_use(own).by_sector
    assert (held["motor-vehicles"].value, held["motor-vehicles"].low) == (5.1, 4.0)
    assert held["basic-metals"].value == 3.3
    assert (held["food"].value, held["food"].status) == (4.0, "read")
    assert (held["retail"].value, held["retail"].status) == (4.0, "judgement")
    record = own.provenance["elasticities"]
    assert isinstance(record, dict)
    assert len(record["sha256"]) == 64
    text = blocks[1] + "all,4,theta,,x\n"
    assert for_sectors(a_file(tmp_path, text), SLUGS).by_sector["motor-vehicles"].value == 5.0


def test_every_column_of_the_documentation_is_known_and_the_other_way_round() -> None:
    from countervail.world.elasticity.elasticity_file import COLUMNS

    told = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", DOC.read_text("utf-8"), re.M))
    assert {word for cell in told for word in re.findall(r"`(\w+)`", cell)} >= set(COLUMNS)


@pytest.mark.parametrize(
    ("kind", "number", "theta"),
    [("theta", "4", 4.0), ("", "4", 4.0), ("sigma", "5", 4.0), ("tariff", "-5", 4.0)],
)
def test_what_the_number_is(kind: str, number: str, theta: float, tmp_path: Path) -> None:
    path = a_file(tmp_path, f"sector,elasticity,kind\nall,{number},{kind}\n")
    found = for_sectors(path, SLUGS)
    assert set(found.values.tolist()) == {theta}
    assert bool(found.notes) == (kind in ("sigma", "tariff"))


def test_a_column_that_is_negative_throughout_is_turned_and_said(tmp_path: Path) -> None:
    path = a_file(tmp_path, "sector,elasticity,low,high\ngoods,-4,-6,-2\nservices,-3,-5,-1\n")
    found = for_sectors(path, SLUGS)
    row = found.by_sector["food"]
    assert (row.value, row.low, row.high) == (4.0, 2.0, 6.0)
    assert any("signs turned" in note for note in found.notes)


def test_several_codes_make_a_mean_and_say_so(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        "sector,elasticity,scheme\npdr,2,gtap-10\nwht,4,gtap-10\nC28,3,\nC33,5,\nppp,6,\nall,9,\n",
    )
    found = for_sectors(path, SLUGS)
    rows = found.by_sector
    assert rows["crops-animals"].value == 3.0
    assert "pdr, wht" in rows["crops-animals"].note
    assert rows["machinery"].value == 4.0
    assert rows["paper"].value == rows["printing"].value == 6.0
    assert rows["textiles"].value == 9.0
    assert any("equal weights" in note for note in found.notes)


def test_the_smallest_group_speaks_first(tmp_path: Path) -> None:
    path = a_file(tmp_path, "sector,elasticity\nall,2\ngoods,3\nenergy,5\nmining,7\n")
    rows = for_sectors(path, SLUGS).by_sector
    assert [rows[s].value for s in ("mining", "petroleum", "food", "retail")] == [7, 5, 3, 2]


def test_a_worlds_own_labels_and_groups(tmp_path: Path) -> None:
    flows = np.full((3, 2, 2), 5.0)
    world = cv.World.from_flows(
        flows,
        sectors=["widgets", "gears", "advice"],
        sector_groups={"things": ["widgets", "gears"]},
    )
    path = a_file(tmp_path, "sector,elasticity\nthings,3\nadvice,5\ngears,4\n")
    assert world.with_elasticities(path).arrays.elasticity.tolist() == [3, 4, 5]
    with pytest.raises(LabelError, match="widgets"):
        world.with_elasticities("uniform")


BAD = [
    ("unknown sector", "sector,elasticity\nfoods,4\nall,4\n", "line 2: .*'foods'.*Nearest: food"),
    ("unknown scheme", "sector,elasticity,scheme\npdr,4,gtap-12\n", "gtap-10"),
    ("missing sector", "sector,elasticity\ngoods,4\n", "28 of 50 sectors: electricity-gas"),
    ("percent", "sector,elasticity\nall,400\n", "400.*percent per percent"),
    ("percent sign", "sector,elasticity\nall,4%\n", "line 2.*'4%'"),
    ("text", "sector,elasticity\nall,four\n", "line 2.*'four'"),
    ("a NaN", "sector,elasticity\nall,nan\n", "line 2.*'nan'"),
    ("an infinity", "sector,elasticity\nall,1e999\n", "inf"),
    ("an empty cell", "sector,elasticity\nall,\n", "line 2 has no elasticity"),
    ("both signs", "sector,elasticity\ngoods,4\nservices,-4\n", "line 3"),
    ("zero", "sector,elasticity\nall,0\n", "line 2.* 0 is not above 0"),
    ("sigma of one", "sector,elasticity,kind\nall,1,sigma\n", "line 2.*not above 0"),
    ("a weak tariff", "sector,elasticity,kind\nall,-0.9,tariff\n", "line 2.*-0.1"),
    ("a positive tariff", "sector,elasticity,kind\nall,5,tariff\n", "line 2.*lower trade"),
    ("doubled", "sector,elasticity\nfood,4\nall,4\nC10-C12,3\n", "food twice, in lines 2 and 4"),
    ("a code doubled", "sector,elasticity\npdr,4\nPDR,3\nall,1\n", "twice, in lines 2 and 3"),
    ("a group doubled", "sector,elasticity\nall,4\nall,3\n", "lines 2 and 3"),
    ("semicolons", "sector;elasticity\nall;4\n", "semicolons"),
    ("a decimal comma", "sector,elasticity\nall,4,5\n", "line 2 has 3 columns"),
    ("a wrong column", "sector,elasticty\nall,4\n", "Nearest: elasticity"),
    ("no column", "sector,source\nall,x\n", "lacks the column elasticity"),
    ("a column twice", "sector,elasticity,low,low\nall,4,1,1\n", "low twice"),
    ("a wrong kind", "sector,elasticity,kind\nall,4,armington\n", "sigma"),
    ("a wrong status", "sector,elasticity,status\nall,4,guess\n", "judgement"),
    ("outside its range", "sector,elasticity,low,high\nall,4,5,6\n", "not between"),
    ("no lines", "sector,elasticity\n", "no line"),
    ("nothing", "", "empty"),
]


@pytest.mark.parametrize(("text", "says"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_file_is_refused_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CountervailError) as caught:
        for_sectors(a_file(tmp_path, text), SLUGS)
    assert re.search(says, " ".join(str(caught.value).split())), str(caught.value)
    assert caught.value.remedy
    assert caught.value.exit_code == 2


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("sector,elasticity\nfödo,4\n".encode("latin-1"))
    (tmp_path / "nul.csv").write_bytes(b"sector,elasticity\nall,\x004\n")
    (tmp_path / "large.csv").write_bytes(b"x" * 1_000_001)
    for name, says in (
        ("latin.csv", "UTF-8"),
        ("nul.csv", "line 2"),
        ("large.csv", "larger"),
        ("absent.csv", "no file"),
        (".", "folder"),
    ):
        with pytest.raises(CountervailError, match=says):
            for_sectors(tmp_path / name, SLUGS)


@pytest.mark.parametrize("number", [0, -4, 400, float("nan"), "-3"])
def test_a_number_that_is_no_elasticity(number: Choice, world: cv.World) -> None:
    with pytest.raises(CountervailError, match=r"not above 0|percent per percent"):
        world.with_elasticities(number)


def test_the_parameters_of_the_three_sectors_exist() -> None:
    assert {"theta.ilms.agriculture", "theta.ilms.manufacturing", "theta.ilms.mining"} <= set(
        parameters()
    )


@pytest.mark.shared
def test_a_published_table_by_gtap_sector_is_read(tmp_path: Path, world: cv.World) -> None:
    source = SHARED / "data" / "elasticities" / "final_tariff_GTAP_2020_10_08.dta"
    if not source.is_file():
        pytest.skip("the published table is not beside the checkout")
    import pandas as pd

    table = pd.read_stata(source).dropna(subset=["epsilon_GTAP"])
    path = tmp_path / "gtap.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["sector", "elasticity", "kind", "scheme"])
        for code, value in zip(table["gtap_sector"], table["epsilon_GTAP"], strict=True):
            rows.writerow([code, repr(float(value)), "tariff", "gtap-10"])
        rows.writerow(["services", 4, "theta", ""])
    found = for_sectors(path, world.labels)
    by_code = dict(zip(table["gtap_sector"], table["epsilon_GTAP"], strict=True))
    rows_found = found.by_sector
    assert rows_found["motor-vehicles"].value == pytest.approx(-by_code["mvh"] - 1)
    metals = -(by_code["i_s"] + by_code["nfm"]) / 2 - 1
    assert rows_found["basic-metals"].value == pytest.approx(metals)
    assert rows_found["retail"].value == 4.0
    chosen = world.with_elasticities(path)
    shock = cv.Shock(chosen).tariff("USA", "CAN", "goods", add=0.25)
    assert -5 < cv.solve(chosen, shock).welfare.sel(region="CAN").item() < 0
