"""``worlds show`` answers for every world, in a terminal, as JSON and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.brief.terminal_heat import heat_lines
from countervail.cli import call
from countervail.sheets.worlds import world_sheet
from countervail.world.core import World

ODD = ["<script>alert(1)</script>", "日本の長い名前の地域", "A\x1b[31mred\u202e"]


def saved(folder: Path, regions: list[str], sectors: int = 2, trade: bool = True) -> str:
    rng = np.random.default_rng(1)
    flows = rng.uniform(1, 100, (sectors, len(regions), len(regions)))
    if not trade:
        flows *= np.eye(len(regions))
    world = World.from_flows(
        flows,
        elasticity=4.0,
        regions=regions,
        sectors=[f"s{i}" for i in range(sectors)],
        name='o<dd> "world"',
    )
    return str(world.save(folder / "w.npz"))


def test_the_bundled_world_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["worlds", "show", "world-2014", "--top", "5"]) == 0
    shown = capsys.readouterr().out
    for part in (
        "Regions by GDP (factor income), US$ bn of 2014: the 5 largest of 44",
        "Trade among the 12 largest, US$ bn of 2014",
        "Sectors by output: the 5 largest of 50",
        "What is observed, updated and constructed, by value",
        "Home supply",
        "Sources and limits",
        "What building it moved",
        "Trade elasticities: caliendo-parro",
    ):
        assert part in shown
    assert cv.load_world("world-2014").digest[:16] in shown


def test_the_heat_map_fits_and_holds_the_figures() -> None:
    sheet = world_sheet(cv.load_world("world-2014"))
    lines = heat_lines(sheet)
    assert max(len(line) for line in lines) <= 100
    [usa] = [line for line in lines if line.startswith("USA")]
    cells = usa.split()[-12:]
    canada = [r.region for r in sheet.regions].index("CAN")
    row = [r.region for r in sheet.regions].index("USA")
    assert sheet.trade_bn[row][canada] == pytest.approx(350, abs=5)
    assert any(cell.endswith("350") for cell in cells)
    assert cells[0] == "-"
    plain = heat_lines(sheet, "ascii")
    assert all(line.isascii() for line in plain[1:])
    assert len(plain) == len(lines)


def test_one_region_has_no_heat_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, ["X"])
    assert heat_lines(world_sheet(cv.load_world(path))) == []
    assert call(["worlds", "show", path]) == 0
    assert "Trade among" not in capsys.readouterr().out
    assert call(["worlds", "show", path, "--region", "X"]) == 0
    assert "Trade of X by sector" in capsys.readouterr().out
    page = tmp_path / "page.html"
    assert call(["worlds", "show", path, "--html", str(page)]) == 0
    assert "Nothing is traded between regions" in page.read_text("utf-8")


def test_a_world_without_trade_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, ["A", "B"], trade=False)
    assert call(["worlds", "show", path]) == 0
    assert call(["worlds", "show", path, "--html", str(tmp_path / "p.html")]) == 0
    assert "foreign trade is US$\u00a00" in capsys.readouterr().out


def test_odd_labels_act_on_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, ODD, sectors=200)
    assert call(["worlds", "show", path, "--top", "0"]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "日本の長い名前の地域" in shown
    page = tmp_path / "page.html"
    assert call(["worlds", "show", path, "--html", str(page)]) == 0
    html = page.read_text("utf-8")
    assert "<script" not in html
    assert "\u202e" not in html
    capsys.readouterr()
    assert call(["worlds", "show", path, "--json"]) == 0
    names = {r["region"] for r in json.loads(capsys.readouterr().out)["regions"]}
    assert names == set(ODD)  # data stay exact


def test_many_regions_are_cut_and_said_so(tmp_path: Path) -> None:
    path = saved(tmp_path, [f"Region number {i}" for i in range(90)])
    page = tmp_path / "page.html"
    assert call(["worlds", "show", path, "--html", str(page)]) == 0
    html = page.read_text("utf-8")
    assert "The 80 largest of 90, on small screens 20." in html
    assert "figure-status" not in html
    assert len(html) < 3_000_000
    lines = heat_lines(world_sheet(cv.load_world(path)))
    assert max(len(line) for line in lines) <= 100
    assert re.search(r"^1 Region number \d+ ", "\n".join(lines), re.MULTILINE)


def test_one_region_by_name_and_by_code(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for name in ("CAN", "Canada"):
        assert call(["worlds", "show", "world-2014", "--region", name, "--top", "3"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "Trade of Canada by partner, US$ bn of 2014: the 3 largest of 43" in shown[0]
    assert re.search(r"USA United States +\d+", shown[0])
    assert call(["worlds", "show", "world-2014", "--region", "CAN", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["region"]["region"] == "CAN"
    assert len(found["partners"]) == 43


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--region", "EU"], "names 27 regions"),
        (["--region", "Kanada"], "Nearest: Canada"),
        (["--html", "x.html", "--json"], "--html excludes"),
        (["--html", "x.html", "--region", "CAN"], "--html excludes"),
    ],
)
def test_bad_options_are_refused(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["worlds", "show", "world-2014", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["worlds", "show", saved(tmp_path, ["A", "B"]), "--html", str(tmp_path)]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_json_holds_what_the_table_rounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["worlds", "show", "world-2014", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    world = cv.load_world("world-2014")
    assert found["digest"] == world.digest
    assert found["unit"] == "US$ bn"
    assert found["regions"][0]["region"] == "USA"
    total = sum(map(sum, found["trade_bn"]))
    assert total == pytest.approx(sum(r["exports_bn"] for r in found["regions"]))
    assert found["provenance"]["sources"]
