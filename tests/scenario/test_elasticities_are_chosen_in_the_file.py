"""The key ``elasticities``: checked with the rest, relative to its file, kept when written."""

from __future__ import annotations

from pathlib import Path

import pytest

import countervail as cv
from countervail.scenario.read import parse_scenario, read_scenario
from countervail.scenario.write import scenario_toml, write_scenario

from .cases import HEAD, only_error

CHOSEN = HEAD + 'elasticities = "three-sector"\n'
OWN = "sector,elasticity\ngoods,3\nservices,5\n"


@pytest.mark.parametrize("choice", ["three-sector", "4.5"])
def test_it_is_written_as_it_was_read(choice: str, tmp_path: Path) -> None:
    scenario = parse_scenario(HEAD + f'elasticities = "{choice}"\n')
    assert scenario.elasticities == scenario.elasticity_choice == choice
    assert parse_scenario(scenario_toml(scenario)) == scenario
    assert read_scenario(write_scenario(scenario, tmp_path / "again.toml")) == scenario


def test_a_file_is_looked_for_beside_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "own.csv").write_text(OWN)
    (folder / "case.toml").write_text(HEAD + 'elasticities = "own.csv"\n')
    monkeypatch.chdir(tmp_path)
    scenario = read_scenario("cases/case.toml")
    assert scenario.elasticities == "own.csv"
    assert scenario.elasticity_choice == str(Path("cases/own.csv"))
    assert 'elasticities = "own.csv"' in scenario_toml(scenario)
    found = cv.ladder(
        scenario.model_copy(
            update={
                "ladder": scenario.ladder.model_copy(
                    update={"rates": (0.25,), "cut_off": False, "energy": False}
                )
            }
        )
    )
    assert set(found.world.arrays.elasticity.tolist()) == {3.0, 5.0}


def test_nothing_is_chosen_where_nothing_is_written() -> None:
    assert parse_scenario(HEAD).elasticity_choice is None


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ('"thre-sector"', "Nearest: three-sector"),
        ('"absent.csv"', "absent.csv"),
        ('"400"', "percent per percent"),
        ('"0"', "not above 0"),
        ("4", "text in quotes"),
        ('""', "empty"),
    ],
)
def test_a_choice_that_cannot_be_is_named_with_its_line(choice: str, says: str) -> None:
    only_error(HEAD + f"elasticities = {choice}\n", 5, "elasticities", says)


def test_errors_inside_the_file_are_shown(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("sector,elasticity\nfoods,3\nall,5\n")
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'elasticities = "own.csv"\n')
    with pytest.raises(cv.CountervailError, match=r"line 2: .*Nearest: food"):
        read_scenario(path)
