"""``countervail channels``: a deal is worth the same alone and among others; nothing is hidden."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest

import countervail as cv
from countervail.cli import call
from countervail.scenario import words
from countervail.scenario.read import read_scenario, scenario_notices
from countervail.scenario.template import new_scenario_text
from countervail.sheets.deals import struck
from tests.equilibrium.cases import world_of

HEAD = """
title = "Deals of four"
world = "four.npz"
protagonist = "CAN"
coercer = ["USA"]
positions = "stocks.csv"
"""
STORY = (
    HEAD
    + """
[[deal]]
id = "fund"
title = "A fund"
kind = "investment"
parties = ["CAN", "MEX"]
amount = { value = 1, unit = "m USD", basis = "claimed", year = 2020 }
status = "announced"
sources = ["a paper, 2020-01-01"]

[[deal]]
id = "duty"
kind = "tariff-quota"
parties = ["CAN", "MEX"]
status = "signed"
bound = "upper"

[[deal.tariff]]
product = "bread"
importer = "MEX"
exporter = "CAN"
sector = "food"
before = 0.8
after = 0.1

[[deal.tariff]]
product = "dreams"
importer = "MEX"
exporter = "CAN"
after = 0.1

[[deal]]
id = "bare"
kind = "energy-route"
parties = ["CAN", "MEX"]
status = "claimed"
not_quantified = "No route was chosen."

[[deal]]
id = "beyond-means"
kind = "investment"
parties = ["CAN", "MEX"]
host = "MEX"
amount = { value = 900, unit = "tn USD", basis = "judgement", year = 2020 }
status = "withdrawn"
"""
)


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> cv.World:
    """A world of four regions and two scenarios in it; the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path / "cache"))
    a = world_of(7, 4, 3).arrays
    made = cv.World.from_flows(
        a.flows,
        a.tariff,
        a.input_share,
        a.value_added_share,
        a.elasticity,
        ["CAN", "USA", "MEX", "ROW"],
        ["agriculture", "food", "textiles"],
        base_year=2020,
        name="four",
    )
    made.save("four.npz")
    Path("stocks.csv").write_text("host,origin,year,value_musd\nCAN,USA,2020,1\n")
    Path("story.toml").write_text(STORY)
    Path("bare.toml").write_text(HEAD)
    return made


def shown(capsys: pytest.CaptureFixture[str], *asked: str) -> str:
    assert call(["channels", *asked]) == 0
    return capsys.readouterr().out


def test_a_deal_shown_alone_has_the_figures_that_it_has_among_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    every = json.loads(shown(capsys, "story.toml", "--json"))
    one = json.loads(shown(capsys, "story.toml", "--deal", "fund", "--json"))
    (fund,) = one["deals"]
    assert fund == every["deals"][0]
    assert fund["full_percent"] != 0
    # The duty that stands without the other deal is no part of what this one moves.
    assert {change["field"] for change in one["combined"]} == {"productivity", "transfer"}
    assert "tariff" in {change["field"] for change in every["combined"]}


def test_ranges_bounds_names_and_the_base_year_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(capsys, "story.toml")
    for said in ("30 (10–60)", "70 (50–90)", "upper bound", "base year 2020", "bn of 2020"):
        assert said in text
    assert "most on food, beverages and tobacco from Canada to Mexico: −" in text
    assert not re.search(r"(?<![\w.)-])-\d", text)  # no hyphen stands for a minus
    assert not re.search(r"\d %", text)


def test_what_is_left_out_and_why_a_deal_has_no_figures_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(capsys, "story.toml")
    assert "Left out: dreams: its sector is not given." in text
    assert "No figures: No route was chosen." in text
    beyond = text.split("beyond-means\n")[1]
    assert "No figures: No certified equilibrium" in beyond
    assert "become capital of Mexico" in beyond  # what it moves stands beside the reason
    assert "All at once: no certified equilibrium." in text


def test_one_deal_comes_with_its_sources_and_what_it_moves(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(capsys, "story.toml", "--deal", "fund")
    for said in ("Odds of delivery 30", "a paper, 2020-01-01", "1 m USD, claimed, 2020", "How: "):
        assert said in text
    assert "While it is built" in text


def test_csv_has_a_row_for_every_deal(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(capsys, "story.toml", "--csv"))))
    assert [row["id"] for row in rows] == ["fund", "duty", "bare", "beyond-means"]
    assert rows[0]["sources"] == "a paper, 2020-01-01"
    assert float(rows[0]["delivery_low"]) == 0.1


def test_lines_fit_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown(capsys, "story.toml", "--quiet"))
    assert "beyond-means" in plain
    assert max(len(line) for line in plain.splitlines()) <= 80


def test_without_deals_a_sentence_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "bare.toml").strip() == "The scenario names no deals."
    assert json.loads(shown(capsys, "bare.toml", "--json"))["deals"] == []


def test_a_wrong_name_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["channels", "story.toml", "--deal", "fnud"]) == 2
    assert "Nearest: fund" in capsys.readouterr().err


def test_the_scenario_to_start_from_names_every_kind_and_computes() -> None:
    text = new_scenario_text()
    for allowed in (words.DealKind, words.DealStatus, words.Instrument, words.Basis):
        assert not [word for word in get_args(allowed) if word not in text]
    Path("new.toml").write_text(text)
    scenario = read_scenario("new.toml")
    assert not scenario_notices(scenario)
    assert scenario.projects
    assert scenario.financiers
    shipped = cv.load_world(scenario.world)
    for one in struck(shipped, scenario, cv.Closure.of_horizon("medium"), ("USA",)):
        assert one.acts, one.deal.id
        assert not one.full.not_quantified
