"""``frontier`` and ``optimal-tariff`` in a terminal, as JSON and as CSV; and what they refuse."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.cli import call

CASE = ["--world", "world-2014", "--target", "CAN", "--coercer", "USA"]
QUICK = ["--points", "3", "--prices", "0", "--sectors", "food,motor-vehicles,mining"]


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert call(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out.replace("\u202f", " ")  # thin spaces stand before %


def test_the_frontier_tells_price_harm_sectors_and_certificate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = shown(["frontier", *CASE, *QUICK, "--bounds", "0..100%"], capsys)
    assert "the most harm to Canada at each price to the United States" in out
    assert "best for the coercer" in out
    assert "largest harm" in out
    assert "motor vehicles" in out
    assert "between 0 % and 100 %" in out
    assert "Fresh searches from other starts found at most" in out
    assert "World world-2014, base year 2014; closure:" in out


def test_programs_read_the_same_points(capsys: pytest.CaptureFixture[str]) -> None:
    read = json.loads(shown(["frontier", *CASE, *QUICK, "--json"], capsys))
    assert (read["world"], read["base_year"]) == ("world-2014", 2014)
    assert [p["role"] for p in read["points"]] == ["own-optimum", "asked", "largest"]
    for point in read["points"]:
        parts = sum(row["harm_percent"] for row in point["sectors"])
        assert parts == pytest.approx(point["harm_percent"], abs=1e-3)
    rows = list(csv.DictReader(io.StringIO(shown(["frontier", *CASE, *QUICK, "--csv"], capsys))))
    assert [float(r["harm_percent"]) for r in rows] == pytest.approx(
        [p["harm_percent"] for p in read["points"]]
    )
    assert rows[0]["closure"] == read["closure"]


def test_best_tariffs_by_sector_with_weights(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["optimal-tariff", "--world", "world-2014", "--by", "CAN", "--against", "USA"]
    flags += ["--vary", "sector", "--sectors", "food,textiles", "--searches", "1"]
    plain = json.loads(shown([*flags, "--json"], capsys))
    led = json.loads(shown([*flags, "--favour", "food=50%", "--json"], capsys))
    assert {row["sector"] for row in plain["rates"]} == {"food", "textiles"}
    rate = {row["sector"]: row["tariff_percent"] for row in plain["rates"]}
    favoured = {row["sector"]: row["tariff_percent"] for row in led["rates"]}
    assert favoured["food"] > rate["food"] + 1
    assert led["gain_percent"] < plain["gain_percent"]
    out = shown(flags, capsys)
    assert "Change of real income, if nobody answers" in out
    assert "fresh search" in out


def test_weights_and_the_search_are_told_to_people_and_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ["optimal-tariff", "--world", "world-2014", "--by", "USMCA", "--against", "CHN"]
    flags += ["--vary", "uniform", "--sectors", "food,textiles", "--searches", "0"]
    flags += ["--favour", "food=50%"]
    read = json.loads(shown([*flags, "--json"], capsys))
    assert read["favour"] == {"food": 0.5}
    assert (read["vary"], read["sectors"]) == ("uniform", ["food", "textiles"])
    assert (read["against"], read["bounds"]) == (["CHN"], [0.0, 4.0])
    assert (read["gap_percent"], read["horizon"]) == (None, "medium")
    assert read["weighted_gain_percent"] > read["gain_percent"]
    assert [(r["sector"], r["partner"]) for r in read["rates"]] == [("food+textiles", "CHN")]
    out = shown(flags, capsys)
    assert "a dollar earned in food 1.5 times" in out
    assert "China (CHN)" in out
    assert "No fresh search tested this" in out
    assert "USA+" not in out


def test_one_rate_for_all_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["optimal-tariff", "--world", "world-2014", "--by", "CAN", "--searches", "0"]
    rows = csv.DictReader(io.StringIO(shown([*flags, "--vary", "uniform", "--csv"], capsys)))
    assert [(r["sector"], r["partner"]) for r in rows] == [("goods", "all others")]
    out = shown([*flags, "--against", "EU", "--vary", "sector", "--sectors", "food"], capsys)
    assert "European Union" in out
    assert "AUT" not in out


def test_a_heading_has_the_figure_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    # A cost of 0.0064 % beside one of 0.018 %: two digits of the larger, in both places.
    flags = ["--world", "world-2014", "--target", "CHE", "--coercer", "EU", "--points", "3"]
    flags += ["--prices", "0", "--sectors", "food,mining", "--searches", "0"]
    out = shown(["frontier", *flags], capsys)
    assert "the most harm to Switzerland at each price to the European Union" in out
    (row,) = [line for line in out.splitlines() if line.strip().startswith("best for the")]
    cost = next(word for word in row.split() if word.startswith("\u2212"))
    assert f"What carries it at a cost of {cost} % (best for the coercer)" in out


def test_without_trade_the_world_is_named_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = cv.World.from_flows(
        np.eye(4)[None].repeat(3, 0), elasticity=4.0, name="alone", base_year=2020
    )
    flags = ["--world", str(world.save(tmp_path / "alone.npz")), "--target", "r0"]
    out = shown(["frontier", *flags, "--coercer", "r1"], capsys)
    assert "does not trade these goods" in out
    assert "World alone, base year 2020; closure:" in out


def test_without_fresh_searches_nothing_is_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["frontier", *CASE, "--points", "3", "--sectors", "food", "--searches", "0"]
    flags += ["--prices=-5,0.01%"]
    out = shown(flags, capsys)
    assert "No fresh search tested this" in out
    assert "found at most" not in out
    assert "the coercer cannot gain as much" in out
    points = json.loads(shown([*flags, "--json"], capsys))["points"]
    assert {p["gap_percent"] for p in points} == {None}
    assert 0.01 in {p["asked_percent"] for p in points}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frontier", "--target", "CAN"], "--coercer"),
        (["frontier", *CASE, "--bounds", "100%..0"], "cross"),
        (["frontier", *CASE, "--bounds", "100"], "0..400%"),
        (["frontier", *CASE, "--prices", "abc"], "--prices"),
        (["frontier", *CASE, "--instruments", "tarif"], "tariff"),
        (["frontier", *CASE, "--points", "1"], "--points"),
        (["frontier", *CASE, "--prices", ","], "0,0.1,0.5 (percent"),
        (["frontier", *CASE, "--prices", "nan"], "0,0.1,0.5 (percent"),
        (["frontier", *CASE, "--bounds", "0..5000%"], "--confirm-units"),
        (["frontier", *CASE, "--bounds", "10%..50%"], "hold 0"),
        (["optimal-tariff", "--by", "CAN", "--favour", "food=50"], "--confirm-units"),
        (["optimal-tariff", "--by", "CAN", "--top", "-1"], "--top"),
        (["frontier", "--target", "CAN", "--coercer", "USMCA"], "CAN"),
        (["optimal-tariff", "--by", "CAM"], "CAN"),
        (["optimal-tariff", "--by", "CAN", "--vary", "sectors"], "sector"),
        (["optimal-tariff", "--by", "CAN", "--favour", "food"], "SECTORS=WEIGHT"),
        (["optimal-tariff", "--by", "CAN", "--against", "CAN"], "itself"),
    ],
)
def test_bad_input_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(arguments) == 2
    assert said in capsys.readouterr().err
