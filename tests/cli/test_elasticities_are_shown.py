"""Whichever elasticities are used, the output, the manifest and the parameters name them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import countervail as cv
from countervail.api import base_world
from countervail.brief.views import parameter_table
from countervail.cli import call
from countervail.scenario.read import parse_scenario
from countervail.sheets.card import world_card
from countervail.world import registry

SMALL = """
title = "Example"
world = "world-2014"
elasticities = "three-sector"
protagonist = "CAN"
coercer = ["USA"]
[ladder]
rates = [0.25]
cut_off = false
horizons = ["medium"]
retaliation = ["none"]
energy = false
"""
FLAGS = ["--tariff", "USA:CAN:goods:+25%", "--top", "1"]


@pytest.mark.parametrize("choice", [*registry.elasticity_sets(), "4.5"])
def test_solve_names_the_set(choice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["solve", *FLAGS, "--elasticities", choice]) == 0
    assert f"Trade elasticities: {choice}" in capsys.readouterr().out


def test_the_ladder_takes_another_set_than_the_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(SMALL)
    assert call(["ladder", str(path)]) == 0
    assert "elasticities three-sector;" in capsys.readouterr().out
    assert call(["ladder", str(path), "--elasticities", "uniform"]) == 0
    assert "elasticities uniform;" in capsys.readouterr().out


def test_the_manifest_and_the_parameters_hold_every_sector() -> None:
    brief = cv.run(parse_scenario(SMALL), elasticities="uniform", measures=())
    manifest = brief.results.manifest
    assert manifest["world"]["elasticities"]["set"] == "uniform"
    rows = {row.name: row for row in brief.results.parameters}
    for sector, expected in registry.elasticities("uniform").items():
        row = rows[f"elasticity.{sector}"]
        assert (row.value, row.low, row.high, row.status) == (
            *(expected.value, expected.low, expected.high, expected.status),
        )
        assert "uniform" in row.used_for
        assert expected.source in row.source
        assert manifest["parameters"][row.name]["value"] == expected.value
    assert json.loads(json.dumps(manifest)) == manifest
    table = parameter_table(brief.results)
    (shown,) = [row for row in table.rows if row[0].startswith("elasticity.")]
    assert shown[0] == "elasticity.SECTOR, 50 sectors"
    assert shown[1] == "4"
    assert "uniform" in shown[4]


@pytest.mark.parametrize("choice", registry.elasticity_sets())
def test_the_card_names_the_source_of_the_set_in_use(choice: str) -> None:
    world = base_world(parse_scenario(SMALL), elasticities=choice)
    rows = {row.sector: row for row in world_card(world, "CAN", ("USA",), "them").sector_rows}
    for sector, expected in registry.elasticities(choice).items():
        row = rows[registry.sectors()[sector].name]
        assert (row.elasticity, row.source, row.status) == (
            *(expected.value, expected.source, expected.status),
        )


def test_a_file_is_known_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("sector,elasticity,source\nall,3,Somebody (2020)\n")
    brief = cv.run(parse_scenario(SMALL), elasticities=path, measures=())
    kept = brief.results.manifest["world"]["elasticities"]
    assert kept["set"] == "own.csv"
    assert len(kept["file_sha256"]) == 64
    assert {r.source for r in brief.results.world.sector_rows} == {"Somebody (2020)"}


@pytest.mark.parametrize(
    ("choice", "says"),
    [("uniforn", "Nearest: uniform"), ("none.csv", "none.csv"), ("400", "4, not 400")],
)
@pytest.mark.parametrize(
    "command", [["solve", *FLAGS], ["ladder", "canada-2026"]], ids=lambda v: v[0]
)
def test_a_bad_choice_is_a_sentence(
    command: list[str], choice: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call([*command, "--elasticities", choice]) == 2
    shown = capsys.readouterr()
    assert says in shown.err
    assert "Traceback" not in shown.err
