"""A scenario may start from the tariffs of a day: day and schedules are checked with the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from countervail.scenario.read import parse_scenario, read_scenario, scenario_notices
from countervail.scenario.write import scenario_toml

from .cases import HEAD, only_error

OWN = "importer,exporter,sector,imports,2026-01-01\nUSA,CAN,food,1,0.1\n"


def test_a_day_is_enough() -> None:
    scenario = parse_scenario(HEAD + "tariffs_as_of = 2026-04-06\n")
    assert scenario.tariffs_as_of == date(2026, 4, 6)
    assert scenario.schedule_choice is None
    assert parse_scenario(scenario_toml(scenario)) == scenario
    assert not [n for n in scenario_notices(scenario) if "tariffs as of" in n]


def test_what_the_source_did_not_know_is_a_notice() -> None:
    scenario = parse_scenario(HEAD + "tariffs_as_of = 2026-08-19\n")
    (notice,) = [n for n in scenario_notices(scenario) if "tariffs as of" in n]
    assert "not verified" in notice


def test_errors_carry_their_line() -> None:
    only_error(HEAD + "schedules = ['us-2025-26']\n", 5, "schedules", "tariffs_as_of")
    only_error(HEAD + "tariffs_as_of = '2026-08-19'\n", 5, "tariffs_as_of")
    text = HEAD + "tariffs_as_of = 2026-08-19\nschedules = 'us-2025-62'\n"
    only_error(text, 6, "schedules", "us-2025-26")
    text = HEAD + "tariffs_as_of = 2026-08-19\nschedules = ['us-2025-26', 'us-2025-26']\n"
    only_error(text, 6, "once")


def test_an_own_schedule_is_found_beside_the_file_and_checked(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "own.csv").write_text(OWN, "utf-8")
    path = folder / "case.toml"
    path.write_text(HEAD + "tariffs_as_of = 2026-01-02\nschedules = 'own.csv'\n", "utf-8")
    scenario = read_scenario(path)
    assert scenario.schedules == ("own.csv",)
    assert scenario.schedule_choice == [str(folder / "own.csv")]
    wrong = (HEAD + "tariffs_as_of = 2026-01-02\nschedules = ['{}']\n").format(folder / "own.csv")
    (folder / "own.csv").write_text(OWN.replace("0.1", "10"), "utf-8")
    only_error(wrong, 6, "schedules", "line 2", "1000 %")
    (folder / "own.csv").write_text(OWN.replace("USA", "QAT"), "utf-8")
    only_error(wrong, 6, "QAT", "not a region of its own")


def test_checking_it_needs_no_numbers() -> None:
    code = (
        "import sys\n"
        "from countervail.scenario.read import parse_scenario, scenario_notices\n"
        f"s = parse_scenario({HEAD + 'tariffs_as_of = 2026-08-19'!r})\n"
        "scenario_notices(s)\n"
        "print(sorted({'numpy', 'jax', 'xarray', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
