"""``countervail why``: table, JSON and CSV agree with the solved outcome; bad input is named."""

from __future__ import annotations

import csv
import io
import json

import pytest

import countervail as cv
from countervail.api import base_world
from countervail.channels.deals import combined
from countervail.cli import call
from countervail.scenario.read import read_scenario
from countervail.sheets.deals import struck
from countervail.sheets.why import why_rows

CASE = """
title = "Two neighbours"
world = "world-2014"
protagonist = "CAN"
coercer = ["USA"]

[ladder]
rates = [0.1, 0.3]

[[threat]]
id = "steel"
title = "Duty on metals"
instrument = "import-tariff"
rate = 0.25
sectors = ["basic-metals"]
status = "threatened"
sources = ["https://example.org/1"]

[[threat]]
id = "words"
title = "Only said"
instrument = "import-tariff"
status = "threatened"
not_quantified = "No rate was ever named."
sources = ["https://example.org/2"]
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("why") / "case.toml"
    path.write_text(CASE, "utf-8")
    return str(path)


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    code = call(arguments)
    out = capsys.readouterr()
    assert code == 0, out.err
    return out.out


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert call(arguments) == 2
    return capsys.readouterr().err


def test_the_table_says_what_it_holds_for(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(shown(["why", case, "--top", "3"], capsys).split())
    assert "Canada: −" in text
    for words in (
        *("30 % tariff on goods, no retaliation, medium run", "By channel", "By partner"),
        *("By sector", "Largest single terms", "World world-2014", "closure: ", "convention"),
    ):
        assert words in text


def test_json_and_csv_hold_every_term(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["why", case, "--threat", "steel", "--horizon", "short"]
    found = json.loads(shown([*asked, "--json"], capsys))
    assert found["event"] == "Duty on metals"
    assert abs(found["residual"]) < 1e-9
    world = cv.load_world("world-2014")
    shock = cv.Shock(world).tariff("USA", "CAN", "basic-metals", add=0.25)
    out = cv.solve(world, shock, cv.Closure.of_horizon("short"))
    assert found["percent"] == pytest.approx(float(out.welfare.sel(region="CAN")), abs=1e-9)
    for part in ("by_channel", "by_partner", "by_sector"):
        assert sum(found[part].values()) == pytest.approx(found["percent"], abs=1e-9)
    rows = list(csv.DictReader(io.StringIO(shown([*asked, "--csv"], capsys))))
    assert len(rows) == len(found["terms"])
    assert sum(float(row["percent"]) for row in rows) == pytest.approx(found["percent"], abs=1e-9)
    assert {row["world"] for row in rows} == {"world-2014"}


def test_another_region_and_an_answer_can_be_asked(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["why", case, "--rung", "10%", "--retaliation", "proportional", "--json"]
    mine = json.loads(shown(asked, capsys))
    theirs = json.loads(shown([*asked, "--region", "USA"], capsys))
    assert mine["by_channel"]["own tariffs"] < 0 < mine["by_channel"]["tariff revenue"]
    assert theirs["region"] == "USA"
    assert theirs["percent"] != mine["percent"]
    cut = json.loads(shown(["why", case, "--rung", "cut-off", "--json"], capsys))
    assert cut["by_channel"]["trade costs"] < 0


def test_deals_are_compared_with_the_world_without_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scenario = read_scenario("canada-2026")
    world, closure = base_world(scenario), cv.Closure.of_horizon(scenario.horizon)
    full = [one.full for one in struck(world, scenario, closure, ("USA",))]
    after, before = (cv.solve(world, combined(world, full, on=on), closure) for on in (None, ()))
    n = world.regions.index("CAN")
    ratio = (1 + after.welfare_percent[n] / 100) / (1 + before.welfare_percent[n] / 100)
    found = json.loads(shown(["why", "canada-2026", "--deals", "--json"], capsys))
    assert found["percent"] == pytest.approx(100 * (ratio - 1), abs=1e-8)
    assert found["by_channel"]["productivity"] > 0


def test_the_rows_of_a_brief_sum_three_times(case: str) -> None:
    scenario = read_scenario(case)
    world, closure = base_world(scenario), cv.Closure.of_horizon(scenario.horizon)
    page = why_rows(world, scenario, closure)
    assert page is not None
    for by in ("step", "partner", "sector"):
        total = sum(row.percent for row in page.of(by))
        assert total == pytest.approx(page.percent, abs=1e-9)
    assert page.event.startswith("30 % tariff")
    (harm,) = (
        cell.harm_percent
        for cell in cv.ladder(scenario).cells
        if (cell.rung, cell.horizon, cell.retaliation, cell.energy)
        == ("30 %", "medium", "none", "included")
    )
    assert page.percent == pytest.approx(-(harm or 0.0), abs=1e-9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--threat", "stel"], "steel"),
        (["--threat", "words"], "No rate was ever named"),
        (["--deal", "any"], "no deal 'any'"),
        (["--deals"], "no deal changes anything"),
        (["--rung", "many"], "--rung 'many' is not a number"),
        (["--rung", "25"], "--confirm-units"),
        (["--rung", "cut-off", "--retaliation", "proportional"], "no proportional answer"),
        (["--rung", "10%", "--threat", "steel"], "exclude each other"),
        (["--threat", "steel", "--retaliation", "proportional"], "goes with --rung only"),
        (["--retaliation", "some"], "not offered"),
        (["--region", "CAM"], "CAN"),
        (["--region", "EU"], "Name one region"),
        (["--json", "--csv"], "exclude each other"),
    ],
)
def test_bad_input_is_named(
    case: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(["why", case, *options], capsys)
