"""What contradicts itself in `[portfolio]` is named with its line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import countervail as cv
from countervail.errors import ScenarioError
from countervail.scenario.write import scenario_toml

START = """
title = "A case"
world = "world-2023"
protagonist = "CAN"
coercer = ["USA"]

[[deal]]
id = "one"
kind = "forum"
parties = ["CAN", "USA"]
status = "signed"

[[deal]]
id = "two"
kind = "forum"
parties = ["CAN", "USA"]
status = "signed"

[portfolio]
"""


def read(tmp_path: Path, text: str) -> cv.Scenario:
    path = tmp_path / "case.toml"
    path.write_text(START + text)
    return cv.read_scenario(path)


def test_a_whole_portfolio_is_read_and_written_back(tmp_path: Path) -> None:
    given = """
objective = "most-welfare"
exposure_at_most = 6.5
at_most = 2
limits = { political = 3 }
uses = { political = { one = 1, two = 2 } }
exclusive = [["one", "two"]]
needs = { two = "one" }
"""
    found = read(tmp_path, given)
    assert found.portfolio is not None
    assert found.portfolio.needs == {"two": ("one",)}
    path = tmp_path / "again.toml"
    path.write_text(scenario_toml(found))
    assert cv.read_scenario(path) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("needs = { one = ['two'], two = ['one'] }", "need each other: .*needs"),
        ("needs = { one = ['tow'] }", "no deal 'tow'.*[Nn]earest.*two"),
        ("exclusive = [['one', 'twoo']]", "no deal 'twoo'"),
        ("uses = { money = { one = 1 } }", "how much there is of 'money'"),
        ("uses = { m = { on = 1 } }\nlimits = { m = 1 }", "no deal 'on'"),
        ("objective = 'most-welfare'", "needs `exposure_at_most`"),
        ("exposure_at_most = 3", "no other objective takes it"),
        ("at_most = -1", "at_most"),
        ("limits = { m = -2 }", "m"),
        ("objective = 'best'", "least-exposure"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read(tmp_path, text)
