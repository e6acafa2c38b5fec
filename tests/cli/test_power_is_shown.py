"""``countervail power``: the same figures in a terminal, as JSON and as CSV; bad input refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.cli import call
from tests.equilibrium.cases import world_of


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A world of four regions, one of them the rest, two of them a group."""
    a = world_of(7, 4, 3).arrays
    world = cv.World.from_flows(
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
    return str(world.save(tmp_path / "four.npz"))


def test_json_and_csv_hold_the_matrix(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["power", "--world", path, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    found = cv.power(cv.load_world(path), keep=False)
    assert (made["world"], made["base_year"]) == ("four", 2020)
    assert made["closure"] == found.closure.describe()
    assert len(made["pairs"]) == 12
    for row in made["pairs"]:
        at = {"target": row["target"], "coercer": row["coercer"]}
        assert row["loss_percent"] == pytest.approx(float(found.loss.sel(at)), abs=1e-9)
        assert row["cost_percent"] == pytest.approx(
            float(found.loss.sel(target=row["coercer"], coercer=row["target"])), abs=1e-9
        )
    losses = [row["loss_percent"] for row in made["pairs"]]
    assert losses == sorted(losses, reverse=True)
    assert [one["what"] for one in made["poles"]] == ["product", "trade", "coercive power"]
    assert call(["power", "--world", path, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["loss_percent"]) for row in rows] == losses
    assert {(row["world"], row["base_year"]) for row in rows} == {("four", "2020")}
    assert all(row["closure"] for row in rows)


def test_a_target_and_a_coercer_pick_their_pairs(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for flags, count in (
        (["--target", "Canada"], 3),
        (["--coercer", "USA"], 3),
        (["--target", "CAN", "--coercer", "USA"], 1),
        (["--regions", "CAN,USA"], 2),
    ):
        assert call(["power", "--world", path, "--json", *flags]) == 0
        assert len(json.loads(capsys.readouterr().out)["pairs"]) == count


def test_the_terminal_says_what_holds_and_what_is_left_out(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["power", "--world", path, "--top", "2"]) == 0
    shown = capsys.readouterr().out
    for part in (
        "Poles among 3 economies",
        "Who could be cornered by whom, if all trade between the two ended",
        "US$ bn of 2020",
        "World four; closure: transfers fixed",
        "The rest of the world (ROW) is no actor",
        "4 pairs with smaller figures are not shown",
        "Largest relative residual",
    ):
        assert part in shown
    assert call(["power", "--world", path, "--target", "ROW"]) == 0
    assert "Who could corner" in capsys.readouterr().out


def test_first_order_alone_solves_no_cut_off(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countervail.leverage.power.matrix.solve", None)
    assert call(["power", "--world", path, "--first-order", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert "loss_percent" not in made["pairs"][0]
    assert [one["what"] for one in made["poles"]] == ["product", "trade"]
    assert call(["power", "--world", path, "--first-order", "--target", "CAN"]) == 0
    assert "if trade between the two cost 1 % more" in capsys.readouterr().out.replace(
        "\u202f", " "
    )


def test_a_bloc_acts_as_one(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["power", "--world", path, "--bloc", "USMCA", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert {row["target"] for row in made["pairs"]} == {"USMCA", "ROW"}
    assert made["world"] == "four, USMCA as one"


def test_a_bloc_is_called_by_its_short_name_and_said_to_be_merged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ["--bloc", "EU", "--regions", "EU,USA,CAN", "--first-order", "--world", "world-2014"]
    assert call(["power", *flags]) == 0
    shown = capsys.readouterr().out
    assert "27 members" not in shown
    assert "European Union was merged into one region first" in shown


def test_a_target_that_the_scenario_names_is_not_called_a_flag(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(["power", "canada-2026", "--regions", "EU", "--world", "world-2014"]) == 2
    assert "the scenario's target, CAN is not among" in capsys.readouterr().err


def test_narrow_terminals_get_percentages_alone(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countervail.brief.terminal._PLAIN_WIDTH", 80)
    assert call(["power", "--world", path]) == 0
    shown = capsys.readouterr().out
    assert "US$ bn of 2020" not in shown
    assert "CON" not in shown
    assert "Entropy and concentration: in a wider terminal" in shown
    assert "Amounts in US$ bn: in a wider terminal" in shown


def test_a_scenario_names_the_target(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--regions", "CAN,USA,MEX", "--first-order", "--json", "--world", "world-2014"]
    assert call(["power", "canada-2026", *flags]) == 0
    assert {r["target"] for r in json.loads(capsys.readouterr().out)["pairs"]} == {"CAN"}


def test_a_world_without_trade_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = cv.World.from_flows(np.eye(4)[None].repeat(3, 0), elasticity=4.0, name="alone")
    path = str(alone.save(tmp_path / "alone.npz"))
    assert call(["power", "--world", path]) == 0
    assert "0.00" in capsys.readouterr().out
    assert call(["power", "--world", path, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert all(row["loss_percent"] == 0 for row in made["pairs"])
    assert all(row["leverage_ratio"] is None for row in made["pairs"])
    assert [one["what"] for one in made["poles"]] == ["product"]


BAD = [
    (["--target", "CNA"], "Nearest: CAN"),
    (["--target", "USMCA"], "--bloc USMCA --target USMCA"),
    (["--coercer", "Nowhere"], "Nowhere"),
    (["--regions", "CAN"], "two regions"),
    (["--regions", "CAN,USA", "--target", "MEX"], "--regions"),
    (["--bloc", "CAN"], "one region already"),
    (["--bloc", "EU"], "EU"),
    (["--target", "USA", "--coercer", "United States"], "two different regions"),
    (["--regions", ","], "--regions names nothing"),
    (["--top", "-1"], "--top"),
    (["--horizon", "soon"], "medium"),
    (["--json", "--csv"], "exclude"),
    (["--elasticities", "-3"], "-3"),
]


@pytest.mark.parametrize(("flags", "expected"), BAD, ids=lambda v: " ".join(v)[:40])
def test_bad_input_gets_cause_and_remedy(
    path: str, flags: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["power", "--world", path, *flags]) == 2
    shown = capsys.readouterr()
    assert expected in shown.err
    assert "Traceback" not in shown.err
    assert not shown.out
