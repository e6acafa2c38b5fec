"""``countervail capital``: owners, a withdrawal, projects; as table, JSON and CSV; bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import countervail as cv
from countervail.cli import call
from tests.equilibrium.cases import world_of

STOCKS = "host,origin,year,value_musd\nCAN,USA,2020,{}\nCAN,MEX,2020,{}\nUSA,CAN,2020,{}\n"
STORY = """
title = "Three projects"
world = {world!r}
protagonist = "CAN"
coercer = ["USA"]
positions = "stocks.csv"
as_of = 2026-01-01

[[deal]]
id = "pledge"
kind = "investment"
parties = ["CAN", "MEX"]
amount = {{ value = 1, unit = "m USD", basis = "claimed", year = 2020 }}
status = "announced"

[[project]]
id = "mine"
title = "A mine"
cost = {{ value = 2, unit = "m USD", basis = "press", year = 2020 }}
into = {{ food = 1.0 }}
years = 2

[[project]]
id = "unknown"
not_quantified = "Nobody says what it costs."

[[financier]]
id = "home"
region = "CAN"
amount = {{ value = 1, unit = "m USD", basis = "judgement", year = 2020 }}

[[financier]]
id = "new"
region = "MEX"
amount = {{ value = 5, unit = "m USD", basis = "judgement", year = 2020 }}
deal = "pledge"
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> cv.World:
    """A world of four regions beside a file of stocks; the working folder."""
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
    product = made.arrays.factor_income[0]
    Path("stocks.csv").write_text(STOCKS.format(0.3 * product, 0.1 * product, 0.2 * product))
    Path("story.toml").write_text(STORY.format(world="four.npz"))
    return made


FLAGS = ["--world", "four.npz", "--host", "CAN", "--positions", "stocks.csv"]


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert call(["capital", *words]) == 0
    return capsys.readouterr().out


def test_json_holds_owners_and_what_a_withdrawal_does(
    world: cv.World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = json.loads(shown(capsys, *FLAGS, "--withdraw", "50%", "--json"))
    assert (made["world"], made["base_year"], made["host"]) == ("four", 2020, "CAN")
    assert made["origin_asked"] == "USA"  # the largest owner
    first, second = made["owners"]
    assert (first["origin"], first["status"]) == ("USA", "observed")
    assert first["share_percent"] == pytest.approx(75)
    assert first["capital_percent"] == pytest.approx(100 * 0.3 / 3)
    assert second["origin"] == "MEX"
    assert made["concentration"] == pytest.approx(0.75**2 + 0.25**2)
    (left,) = made["withdrawals"]
    assert left["stock_bn"] == pytest.approx(0.15 * world.arrays.factor_income[0] / 1e3)
    # By hand: a twentieth of the capital leaves; its return is no longer paid.
    from countervail.channels.capital.investment import capital_in, withdrawal
    from countervail.channels.investment import shock_of

    owned = cv.positions(world, "stocks.csv")
    shock = shock_of(world, withdrawal(world, "CAN", ["USA"], 0.5, owned))
    outcome = cv.solve(world, shock, cv.Closure.of_horizon("medium"))
    assert left["harm_percent"] == pytest.approx(-outcome.welfare_percent[0])
    assert left["harm_percent"] > 0
    assert capital_in(world, "CAN", "USA", 1.0).returns > 0


def test_csv_has_one_row_for_every_owner(
    world: cv.World, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(capsys, *FLAGS, "--csv"))))
    assert [row["origin"] for row in rows] == ["USA", "MEX"]
    assert {row["world"] for row in rows} == {"four"}
    assert rows[0]["source"] == "stocks.csv, 2020"


def test_the_table_names_units_status_and_bound(
    world: cv.World, capsys: pytest.CaptureFixture[str]
) -> None:
    text = " ".join(shown(capsys, *FLAGS, "--withdraw", "10%,25%").split())
    for word in ("US$ bn", "observed", "upper bound", "constructed", "World four", "residual"):
        assert word in text


def test_a_scenario_brings_its_sides_its_stocks_and_its_projects(
    world: cv.World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = json.loads(shown(capsys, "story.toml", "--json"))
    assert made["owners"][0]["source"] == "stocks.csv, 2020"
    page = json.loads(shown(capsys, "story.toml", "--projects", "--json"))
    mine, unknown = page["projects"]
    assert (mine["start_all"], mine["start_without_coercer"]) == (2026, 2026)
    assert (mine["start_without_partners"], mine["start_without_both"]) == (None, None)
    assert unknown["not_quantified"] == "Nobody says what it costs."
    assert unknown["start_all"] is None
    assert page["added_percent"] is not None
    rows = list(csv.DictReader(io.StringIO(shown(capsys, "story.toml", "--projects", "--csv"))))
    assert [row["id"] for row in rows] == ["mine", "unknown"]
    text = " ".join(shown(capsys, "story.toml", "--projects").split())
    assert "A mine" in text
    assert "real income" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--host"),
        (["--projects"], "needs a scenario"),
        ([*FLAGS, "--withdraw", "130%"], "fraction between 0 and 1"),
        ([*FLAGS, "--withdraw", "some"], "not a number"),
        ([*FLAGS, "--withdraw", ","], "names nothing"),
        ([*FLAGS, "--origin", "UAS"], "USA"),
        ([*FLAGS, "--origin", "CAN"], "two different sides"),
        (["--world", "four.npz", "--host", "CNA"], "CAN"),
        (
            ["--world", "four.npz", "--host", "MEX", "--positions", "stocks.csv"],
            "no region of four",
        ),
        ([*FLAGS[:4], "--positions", "none.csv"], "cannot be read"),
        ([*FLAGS, "--json", "--csv"], "exclude"),
        (["bare.toml", "--projects"], "names no projects"),
    ],
)
def test_bad_input_is_answered(
    world: cv.World, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    bare = STORY.format(world="four.npz").split("[[deal]]")[0]
    Path("bare.toml").write_text(bare)
    assert call(["capital", *words]) == 2
    seen = capsys.readouterr()
    assert said in seen.err
    assert "Traceback" not in seen.err
