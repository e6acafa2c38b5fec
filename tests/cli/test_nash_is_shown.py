"""``countervail nash`` shows players, ranges and the certificate, in all three forms."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.cli import call
from tests.worlds import random_flows

WAR = ["nash", "--players", "USA,CAN", "--world", "world-2014", "--vary", "partner"]


def test_the_forms_hold_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    found = cv.nash(cv.load_world("world-2014"), ["USA", "CAN"], vary="partner")
    assert call([*WAR, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["closure"] == found.game.closure.describe()
    assert document["gap_percent"] < 1e-4
    shown = {row["player"]: row["tariff_percent"] for row in document["players"]}
    assert list(shown.values()) == pytest.approx(100 * found.rates)
    assert call([*WAR, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["tariff_percent"]) for row in rows] == pytest.approx(100 * found.rates)
    assert {row["base_year"] for row in rows} == {"2014"}
    assert call([*WAR, "--csv", "--rates"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["player"], row["partner"]) for row in rows] == [("USA", "CAN"), ("CAN", "USA")]


def test_the_table_says_how_hard_it_was_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(WAR) == 0
    shown = capsys.readouterr().out
    assert "United States" in shown
    assert "Medium run: Nash tariffs on goods of the other players" in shown
    assert "change of real income (minus: loss)" in shown
    assert "No player gains more than 1e-" in shown
    assert "largest relative residual" in shown
    assert call([*WAR, "--cooperative"]) == 0
    shown = capsys.readouterr().out
    assert "best for all players together" in shown
    assert "Nobody is compensated." in shown


def test_a_player_without_tariffs_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = random_flows(np.random.default_rng(3), 5, 4)
    flows = parts["flows"].copy()
    flows[0, 2, [0, 1, 3, 4]] = 0.0
    path = cv.World.from_flows(**{**parts, "flows": flows}, elasticity=4.0).save(
        tmp_path / "world.npz"
    )
    asked = ["nash", "--world", str(path), "--sectors", "s0"]
    assert call(asked) == 0
    assert "r2 buys none of these goods from the others: sets no tariff." in " ".join(
        capsys.readouterr().out.split()
    )
    assert call([*asked, "--json"]) == 0
    rows = {row["player"]: row for row in json.loads(capsys.readouterr().out)["players"]}
    assert rows["r2"]["tariff_percent"] is None


def test_a_kept_game_is_taken_up_and_another_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "game.npz"
    kept = [*WAR, "--store", str(path)]
    assert call([*kept, "--json"]) == 0
    first = capsys.readouterr().out
    assert call([*kept, "--json"]) == 0
    assert capsys.readouterr().out == first
    assert call([*kept, "--bounds", "0..50%"]) == 2
    said = capsys.readouterr().err
    assert "bounds: kept 0.0 to 4.0, now 0.0 to 0.5" in said
    assert "players" not in said


def test_a_union_is_named_and_one_rate_says_what_it_is_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ["nash", "--players", "USA,EU", "--world", "world-2014", "--vary", "uniform"]
    assert call([*flags, "--csv", "--rates"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["player"], r["sector"], r["partner"]) for r in rows] == [
        ("USA", "goods", "other players"),
        ("EU", "goods", "other players"),
    ]
    monkeypatch.setattr("countervail.brief.terminal._PLAIN_WIDTH", 80)
    assert call(flags) == 0
    shown = capsys.readouterr().out
    assert "European Union" in shown
    assert "US$ bn of 2014" not in shown
    assert "in a wider terminal" in shown


def test_an_unwritable_store_names_its_own_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert call([*WAR, "--store", str(tmp_path / "file" / "game.npz")]) == 1
    said = capsys.readouterr().err
    assert "--store FILE" in said
    assert "--out" not in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--players", "USA"], "a game needs two players"),
        (["--players", "USA,CAN,NATO"], "is in two players"),
        (["--players", "USA,CNA"], "Nearest: CAN"),
        (["--players", "USA,CAN", "--bounds", "10%"], "cannot be read"),
        (["--players", "USA,CAN", "--vary", "all"], "--vary 'all'"),
        (["--players", "USA,CAN", "--seed", "-1"], "--seed"),
        (["--players", ","], "--players USA,CAN,EU"),
        (["--players", "USA,CAN", "--bounds", "0..5000%"], "--confirm-units"),
        (["--rates"], "Add --json or --csv."),
        (["--cooperative", "--store", "game.npz"], "Leave one of them out."),
        (["--players", "USA,CAN", "--horizon", "never"], "horizon"),
    ],
)
def test_bad_input_is_named(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["nash", "--world", "world-2014", *options]) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert not shown.out
