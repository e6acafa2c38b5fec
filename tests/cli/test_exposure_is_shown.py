"""``countervail exposure``: table, JSON and CSV from a scenario or from flags; bad input."""

from __future__ import annotations

import csv
import io
import json

import pytest

from countervail.cli import call

FLAGS = ["exposure", "--world", "world-2014", "--target", "CAN", "--coercer", "USA"]
QUICK = [*FLAGS, "--retaliation", "none,proportional"]


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    code = call(arguments)
    out = capsys.readouterr()
    assert code == 0, out.err
    return out.out


def test_the_table_holds_w_d_exposure_bypass_and_demand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(QUICK, capsys)
    for words in (
        *("Status quo", "Carried out", "Exposure", "tariff on goods", "Cut-off"),
        *("Bypass: ", "What could be demanded", "judgement", "closure: ", "Largest relative"),
    ):
        assert words in text


def test_what_a_threat_leaves_and_what_an_answer_brings_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ["--instruments", "transit-denial,cut-off", "--retaliation", "none,best-response"]
    text = " ".join(shown([*FLAGS, *flags], capsys).split())
    assert "Cut-off: Transit through the coercer stays open" in text
    assert "the target could have had these duties without the threat" in text


def test_narrow_terminals_get_percentages_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countervail.brief.terminal._PLAIN_WIDTH", 80)
    text = shown([*FLAGS, "--instruments", "tariff", "--retaliation", "none"], capsys)
    assert "W - d, %" in text
    assert "d, %" not in text.replace("W - d, %", "")
    assert "in a wider terminal" in text


def test_json_and_csv_hold_the_same_cells(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(shown([*QUICK, "--json"], capsys))
    rows = list(csv.DictReader(io.StringIO(shown([*QUICK, "--csv"], capsys))))
    assert (told["world"], told["base_year"], told["target"]) == ("world-2014", 2014, "CAN")
    assert "medium horizon" in told["closure"]
    assert len(told["cells"]) == len(rows) == 10
    for cell, row in zip(told["cells"], rows, strict=True):
        assert float(row["exposure_percent"]) == pytest.approx(cell["exposure_percent"])
        assert row["closure"] == told["closure"]
    assert {row["status"] for row in told["demands"]} == {"judgement"}


def test_flags_win_over_the_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--world", "world-2014", "--coercer", "MEX,USA", "--horizon", "long"]
    quick = ["--instruments", "cut-off", "--retaliation", "none", "--json"]
    told = json.loads(shown(["exposure", "canada-2026", *flags, *quick], capsys))
    assert (told["target"], told["coercer"], told["world"]) == ("CAN", "MEX+USA", "world-2014")
    assert {cell["horizon"] for cell in told["cells"]} == {"long"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["exposure"], "--coercer USA"),
        (["exposure", "--target", "CAN"], "--coercer"),
        ([*FLAGS, "--coercer", "CAN"], "both target and coercer"),
        (["exposure", "--target", "CNA", "--coercer", "USA"], "Nearest: CAN"),
        (["exposure", "--target", "EU", "--coercer", "USA"], "means 27 regions"),
        (["exposure", "--target", "EU", "--coercer", "USA"], "power --bloc EU"),
        (["exposure", "--target", "DEU", "--coercer", "EU"], "DEU is in EU"),
        (["exposure", "canada-2026", "--coercer", ","], "--coercer names nothing"),
        ([*FLAGS, "--horizon", "mediun"], "--horizon 'mediun'"),
        ([*FLAGS, "--instruments", "embargo"], "cut-off"),
        ([*FLAGS, "--instruments", ","], "no instruments named"),
        ([*FLAGS, "--retaliation", "tit-for-tat"], "proportional"),
        ([*FLAGS, "--rate", "25"], "0.25"),
        ([*FLAGS, "--rate", "lots"], "25%"),
        ([*FLAGS, "--rate=-5%"], "above 0"),
        ([*FLAGS, "--sectors", "godos"], "goods"),
        ([*FLAGS, "--sectors", "zzz"], "agriculture"),
        ([*FLAGS, "--transit-share", "10"], "between 0 and 1"),
        ([*FLAGS, "--transit-factor", "0.5"], "cannot be cheaper"),
        ([*FLAGS, "--json", "--csv"], "exclude"),
        (["exposure", "canada-2062"], "canada-2026"),
    ],
    ids=lambda v: " ".join(v)[-50:] if isinstance(v, list) else None,
)
def test_bad_input_is_a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(arguments) == 2
    out = capsys.readouterr()
    assert words in out.err
    assert "Traceback" not in out.err + out.out
