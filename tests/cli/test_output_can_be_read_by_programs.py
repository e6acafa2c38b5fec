"""``--json`` and ``--csv`` hold the same figures as the tables, in full precision."""

from __future__ import annotations

import csv
import io
import json

import pytest

import countervail as cv
from countervail.cli import call

SHOCK = ["solve", "--tariff", "USA:CAN:goods:+25%", "--top", "0"]


def test_solve(capsys: pytest.CaptureFixture[str]) -> None:
    assert call([*SHOCK, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    world = cv.load_world("world-2023")
    shock = cv.Shock(world).tariff(importer="USA", exporter="CAN", sectors="goods", add=0.25)
    welfare = cv.solve(world, shock).welfare
    assert {row["region"] for row in rows} == set(world.regions)
    for row in rows:
        assert row["welfare_percent"] == float(welfare.sel(region=row["region"]))
    assert call([*SHOCK, "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["region"] for row in table] == [row["region"] for row in rows]
    assert float(table[0]["welfare_percent"]) == rows[0]["welfare_percent"]


def test_the_forms_of_a_rate_agree(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for rate in ("+25%", "+0.25", "0.25", "25%"):
        assert call(["solve", "--tariff", f"CHN:USA:motor-vehicles:{rate}", "--json"]) == 0
        shown.append(capsys.readouterr().out)
    assert len(set(shown)) == 1
    assert call(["solve", "--tariff", "CHN:USA:motor-vehicles:=25%", "--json"]) == 0
    assert capsys.readouterr().out != shown[0]  # set, not added to the tariff in force


def test_ladder(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["ladder", "canada-2026", "--json", "--quiet"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 6 * 3 * 2 * 2 + 3  # and the withdrawal of capital at each horizon
    assert all(row["certificate"] < 1e-9 for row in rows)


def test_explain_lists_and_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["explain", "--json"]) == 0
    names = json.loads(capsys.readouterr().out)
    assert "harm" in names
    assert call(["explain", "harm", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unit"]


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["new", "--schema"]) == 0
    assert "threat" in json.loads(capsys.readouterr().out)["properties"]
