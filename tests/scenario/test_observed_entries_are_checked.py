"""What contradicts itself in `[[observed]]` is named with its line and the remedy."""

from __future__ import annotations

import pytest

from countervail.scenario.read import parse_scenario
from countervail.scenario.write import scenario_toml
from tests.scenario.cases import HEAD, THREAT, errors_of, only_error

ENTRY = """
[[observed]]
id = "seen"
says = "What was sold"
threats = ["cars"]
figure = "rerouted-share"
value = 15
unit = "percent"
period = "2021"
sources = ["a page"]
"""
MONEY = ENTRY.replace("rerouted-share", "net-export-loss").replace('"percent"', '"bn AUD"')
CASE = HEAD + THREAT
FIRST = CASE.count("\n") + 2


def test_a_sound_entry_is_read_and_written_as_it_was() -> None:
    found = parse_scenario(CASE + ENTRY)
    assert found.observed[0].like_for_like
    assert parse_scenario(scenario_toml(found)).observed == found.observed


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('["cars"]', '["carz"]', 4, ("no threat 'carz'", "Nearest: cars")),
        ('["cars"]', '["cars", "cars"]', 4, ("named twice",)),
        ('"rerouted-share"', '"rerouted"', 5, ("allowed:", "Nearest: rerouted-share")),
        ('unit = "percent"', 'unit = "points"', 7, ("rerouted-share is counted in percent",)),
        ("value = 15", "value = 15\nlow = 16", 7, ("given 16, above the value 15",)),
        ("value = 15", "value = 15\nhigh = 2", 7, ("given 2, below the value 15",)),
        ("value = 15", "value = nan", 6, ("a finite number",)),
        ("value = 15", "value = 15\nlike_for_like = false", 1, ("needs `why_not`",)),
        ("value = 15", 'value = 15\nwhy_not = "Rain."', 7, ("goes with `like_for_like = false`",)),
        ("value = 15", "value = 15\nyear = 2019", 7, ("goes with money only",)),
        ('sources = ["a page"]', "", 1, ("needs `sources`",)),
        ("value = 15", 'value = 15\nsectors = ["carz"]', 7, ("carz",)),
    ],
)
def test_each_slip_is_named(old: str, new: str, line: int, words: tuple[str, ...]) -> None:
    assert old in ENTRY
    only_error(CASE + ENTRY.replace(old, new), FIRST + line - 1, *words)


def test_money_needs_its_year_and_what_its_currency_was_worth() -> None:
    found = errors_of(CASE + MONEY)
    assert len(found) == 2
    assert "needs `usd`" in found[1] or "needs `usd`" in found[0]
    assert any("needs the `year`" in line for line in found)
    assert parse_scenario(CASE + MONEY + "usd = 0.7\nyear = 2019\n").observed[0].usd == 0.7


def test_without_threats_there_is_nothing_to_observe() -> None:
    text = HEAD + ENTRY.replace('threats = ["cars"]\n', "")
    only_error(text, HEAD.count("\n") + 2, "there is no [[threat]] in this file")
