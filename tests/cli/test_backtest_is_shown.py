"""``countervail backtest``: table, JSON and CSV agree; a case without entries is told so."""

from __future__ import annotations

import csv
import io
import json

import pytest

import countervail as cv
from countervail.cli import call


def test_the_second_case_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["backtest", "australia-2020"]) == 0
    shown = capsys.readouterr().out
    assert "on record" in shown.splitlines()[0]
    assert "Wine sold elsewhere instead" in shown
    assert "World world-2014, base year 2014" in shown


def test_json_and_csv_hold_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    page = cv.backtest("australia-2020")
    assert page is not None
    assert call(["backtest", "australia-2020", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in found["rows"]] == [row.id for row in page.rows]
    assert found["rows"][1]["predicted"] == pytest.approx(page.rows[1].predicted)
    assert call(["backtest", "australia-2020", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["id"] for row in rows] == [row.id for row in page.rows]
    assert rows[0]["world"] == "world-2014"


def test_the_horizon_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["backtest", "australia-2020", "--horizon", "short", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert row["predicted"] == row["short"] != row["medium"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["canada-2026"], "canada-2026 has no [[observed]] entries"),
        (["australia-2021"], "Nearest: australia-2020"),
        (["australia-2020", "--json", "--csv"], "exclude each other"),
        (["australia-2020", "--horizon", "soon"], "soon"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["backtest", *arguments]) != 0
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
