"""Errors in files of routes name file, line and column, all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import countervail as cv
from countervail.channels.routes.network import gas_per_tonne
from countervail.cli import call
from countervail.errors import RouteFileError
from tests.channels.routes.small import EDGES, NODES, files


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("oil,8,", "oil,-8,", "edges.csv, line 2, capacity: -8 is below 0."),
        ("oil,8,", "oil,eight,", "line 2, capacity: 'eight' is not a number."),
        ("oil,8,", "oil,nan,", "line 2, capacity: 'nan' is not a finite number."),
        ("oil,8,", "oil,,", "line 2, capacity: is empty."),
        ("well,south", "well,suoth", "line 2, to: there is no node 'suoth'. Nearest: south."),
        ("well,south", "well,well", "line 2, to: the edge starts and ends at 'well'."),
        ("own,west,", "own,line,", "line 3, id: 'line' comes twice in own."),
        ("oil,8,kb/d", "coal,8,kb/d", "line 2, commodity: 'coal' is not offered."),
        ("oil,8,kb/d", "oil,8,bcf/d", "line 2, unit: oil is counted in kb/d, not in 'bcf/d'."),
        ("oil,8,kb/d", "gas,8,bcf/d", "oil and gas are two networks"),
        ("5,operating", "5,operational", "line 2, status: 'operational' is not offered. Nearest"),
        ("CAN USA,5", "CAN USS,5", "line 2, jurisdictions: 'USS' is no ISO3 code"),
        ("CAN USA,5", "CAN USA,-5", "line 2, cost_usd: -5 is below 0."),
        ("CAN USA,5,operating", "CAN USA,5", "line 2: 10 cells where the header has 11."),
        (",unit,", ",units,", "line 1: column 'units' is not known. Nearest: unit."),
    ],
)
def test_errors_of_edges(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in EDGES
    with pytest.raises(RouteFileError) as caught:
        cv.read_routes(files(tmp_path, edges=EDGES.replace(old, new, 1)))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("supply,CAN,10", "supply,CAN,-1", "nodes.csv, line 2, volume: -1 is below 0."),
        ("market,USA,,50", "market,USA,,", "line 4, price_usd: a market needs a price."),
        ("KOR=0.25", "KOR=0.5", "the weights sum to 1.25"),
        ("Well,supply", "Well,well", "line 2, kind: 'well' is not offered."),
        ("Well,supply", "Well,junction", "own: has no node of kind supply."),
    ],
)
def test_errors_of_nodes(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(RouteFileError) as caught:
        cv.read_routes(files(tmp_path, nodes=NODES.replace(old, new, 1)))
    assert says in str(caught.value)


def test_all_errors_at_once(tmp_path: Path) -> None:
    broken = EDGES.replace("oil,8,", "oil,-8,").replace("oil,3,", "oil,x,")
    with pytest.raises(RouteFileError) as caught:
        cv.read_routes(files(tmp_path, edges=broken))
    assert len(caught.value.evidence) == 2


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(RouteFileError, match=r"nodes\.csv cannot be read"):
        cv.read_routes(str(tmp_path))
    files(tmp_path)
    (tmp_path / "edges.csv").write_bytes(b"network,\xff\xfe\n")
    with pytest.raises(RouteFileError, match="is not UTF-8"):
        cv.read_routes(str(tmp_path))


@pytest.mark.parametrize(
    ("nodes", "edges", "says"),
    [
        (NODES, "", r"edges\.csv is empty; its first line names the columns"),
        ("\n", EDGES, r"nodes\.csv is empty; its first line names the columns"),
        (NODES, EDGES.split("\n")[0], r"edges\.csv: holds no edge of the network own"),
    ],
)
def test_a_file_without_rows_is_refused(tmp_path: Path, nodes: str, edges: str, says: str) -> None:
    with pytest.raises(RouteFileError) as caught:
        cv.read_routes(files(tmp_path, nodes=nodes, edges=edges))
    (line,) = caught.value.evidence
    assert re.search(says, line)


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RouteFileError, match="none: there is no such file or folder"):
        cv.read_routes(tmp_path / "none")


def test_an_edges_file_stands_beside_its_nodes(tmp_path: Path) -> None:
    files(tmp_path)
    (tmp_path / "edges.csv").rename(tmp_path / "mine.csv")
    assert list(cv.read_routes(str(tmp_path / "mine.csv"))) == ["own"]


def test_lng_in_a_network_of_gas_is_counted_by_heat() -> None:
    gas = cv.read_routes()["canada-gas"]
    plant = gas.edge("lng-canada")
    assert (plant.capacity, plant.unit) == (14.0, "Mt/y")
    assert gas.amount(plant) == pytest.approx(14 * (52 / 1.037) / 365)
    # The worth of a flow is the same in both units.
    lng = cv.read_routes()["world-lng"]
    assert gas.million_usd * gas_per_tonne() / 365 == pytest.approx(lng.million_usd)


def test_the_command_refuses_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = files(tmp_path, edges=EDGES.replace("oil,8,", "oil,-8,"))
    for arguments, says in (
        (["--file", folder], "-8 is below 0"),
        (["--network", "canada-oli"], "Nearest: canada-oil"),
        (["--close", "hormus"], "Nearest: hormuz"),
        (["--with", "mainline", "--network", "canada-oil"], "operates already"),
        (["--coercer", "ZZZ"], "no ISO3 code"),
        (["--source", "LUX"], "no network has supplies"),
        (["--coercer", ","], "--coercer names nothing"),
    ):
        assert call(["routes", *arguments]) == 2, arguments
        shown = capsys.readouterr()
        assert says in shown.err, arguments
        assert "Traceback" not in shown.err


def test_the_command_speaks_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    import csv
    import json

    assert call(["routes", "canada-2026", "--network", "canada-oil", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["coercer"] == "USA"
    assert 0.2 < found["reach"][0]["ratio"] < 0.3
    assert call(["routes", "--network", "canada-oil", "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["edge"] for row in rows} >= {"mainline", "trans-mountain"}


def test_a_scenario_shows_what_its_protagonist_supplies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    story = tmp_path / "gulf.toml"
    case = 'title = "Gulf"\nworld = "world-2023"\nprotagonist = "Qatar"\ncoercer = ["{}"]\n'
    story.write_text(case.format("United States"))
    assert call(["routes", str(story), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["network"], found["sources"], found["coercer"]) == ("world-lng", "QAT", "USA")
    assert call(["routes", str(story), "--network", "all", "--json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert [one["sources"] for one in every] == ["all"] * 3


def test_tables_name_countries_edges_and_ties(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["routes", "--network", "canada-oil", "--interdict", "1"]) == 0
    text = capsys.readouterr().out
    assert "without the United States" in text
    assert "Enbridge Mainline at Gretna" in text
    assert "USA" not in text
    assert "A tie: US Gulf Coast, US Midwest and US Rocky Mountains pay the same" in text
    assert call(["routes", "--network", "canada-oil", "--interdict", "0"]) == 0
    assert "taken out:" not in capsys.readouterr().out
