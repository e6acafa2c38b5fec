"""``countervail verdicts``: text, JSON and CSV agree, figures are listed, errors are told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import countervail as cv
from countervail.cli import call
from countervail.scenario.figures import catalogue

CASE = """\
title = "Small"
world = "world-2023"
protagonist = "CAN"
coercer = ["USA"]
ladder = { rates = [0.25], horizons = ["medium"], retaliation = ["none"] }

[[claim]]
id = "high"
says = "A cut-off costs more than a tariff."
test = "exposure.before > harm.tariff_25"

[[claim]]
id = "low"
says = "Deals lower it."
test = "exposure.after < exposure.before"

[[claim]]
id = "read"
says = "It was announced."

[claim.evidence]
finding = "unsourced"
statement = "No source was found."
"""
VERDICTS = {"high": "supported", "low": "not testable", "read": "unsourced"}


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    path.write_text(CASE)
    return str(path)


def test_each_claim_is_shown_with_what_it_rests_on(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["verdicts", case, "--quiet"]) == 0
    shown = capsys.readouterr().out
    first = "Of 3 claims, 1 is supported, 1 is unsourced and 1 is not testable."
    assert shown.splitlines()[0] == first
    assert "✓ supported: A cut-off costs more than a tariff." in shown
    assert "the scenario has no deals" in shown
    assert "No source was found." in shown
    assert "base year 2023, medium run" in shown.replace("\n", " ")


def test_json_and_csv_hold_the_same_verdicts(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["verdicts", case, "--json", "--quiet"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {claim["id"]: claim["verdict"] for claim in document["claims"]} == VERDICTS
    assert (document["world"], document["base_year"]) == ("world-2023", 2023)
    assert call(["verdicts", case, "--csv", "--quiet"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["id"]: row["verdict"] for row in rows} == VERDICTS
    left = document["claims"][0]["sides"][0][0]
    assert float(rows[0]["left"]) == pytest.approx(left["value"])
    assert left["unit"] == rows[0]["unit"] == "percent"


def test_figures_are_listed_without_solving(capsys: pytest.CaptureFixture[str]) -> None:
    known = catalogue(cv.read_scenario("canada-2026"))
    assert call(["verdicts", "canada-2026", "--figures", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["figure"] for row in rows] == list(known)
    assert all(row["about"] and row["unit"] for row in rows)
    assert call(["verdicts", "canada-2026", "--figures"]) == 0
    assert "exposure.after [percent]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("exposure.befor > 1", "exposure.before"),
        ("open(1) > 1", "cannot call 'open'"),
        ("exposure.before > deal.x.full", "no figure 'deal.x.full'"),
        ("1 < 2", "names no figure"),
    ],
)
def test_bad_tests_are_named_with_their_line(
    case: str, test: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CASE.replace("exposure.before > harm.tariff_25", test)
    Path(case).write_text(text)
    assert call(["verdicts", case]) == 2
    shown = capsys.readouterr().err
    assert "line 10" in shown
    assert said in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["canada-2025"], "Nearest: canada-2026"),
        (["canada-2026", "--json", "--csv"], "exclude each other"),
        (["canada-2026", "--figures", "--json", "--csv"], "exclude each other"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["verdicts", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_scenario_without_claims_is_told_so(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(case).write_text(CASE[: CASE.index("[[claim]]")])
    assert call(["verdicts", case]) == 2
    assert "has no claims" in capsys.readouterr().err
