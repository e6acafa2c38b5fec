"""`[sequence]` is checked against the deals and threats of its file, and survives writing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countervail.scenario.read import parse_scenario
from countervail.scenario.schema import plain
from countervail.scenario.sequence_checks import covering, participants
from countervail.scenario.write import scenario_toml, write_scenario

from .cases import DEAL, HEAD, THREAT, errors_of

SEAT = """
[[deal]]
id = "seat"
kind = "forum"
parties = ["CAN", "USA"]
status = "withdrawn"
"""
FILE = HEAD + "{sequence}" + THREAT + DEAL + SEAT


def text(body: str) -> str:
    return FILE.format(sequence="\n[sequence]\n" + body)


def test_a_whole_table_is_read() -> None:
    found = parse_scenario(
        text(
            'periods = 6\nmonths = 0.5\nretaliation = "cars"\ncover = "seat"\n'
            'taken = [{ deal = "pledge", period = 2 }, { deal = "seat" }]\n'
            "earliest = { pledge = 2 }"
        )
    )
    assert found.sequence is not None
    assert found.sequence.steps == (("pledge", 2), ("seat", 3))
    assert found.sequence.retaliation == "cars"
    assert participants(plain(found)) == ["pledge", "seat"]
    assert covering(plain(found)) == "seat"


def test_what_was_withdrawn_takes_part_only_if_it_is_named() -> None:
    bare = plain(parse_scenario(text("periods = 3")))
    assert participants(bare) == ["pledge"]
    assert covering(bare) is None
    named = plain(parse_scenario(text('taken = ["seat"]')))
    assert participants(named) == ["pledge", "seat"]
    assert covering(named) == "seat"
    only = plain(parse_scenario(text('deals = "seat"')))
    assert participants(only) == ["seat"]
    assert parse_scenario(FILE.format(sequence="")).sequence is None


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        ('retaliation = "carz"', "sequence.retaliation", "Nearest: cars"),
        ('cover = "pledge"', "sequence.cover", "only a forum gives cover"),
        ('cover = "seet"', "sequence.cover", "Nearest: seat"),
        ('deals = ["pledge", "x"]', "sequence.deals[2]", "no deal 'x'"),
        ('taken = ["plegde"]', "sequence.taken[1]", "Nearest: pledge"),
        ('taken = ["pledge", "pledge"]', "sequence.taken[2]", "signed twice"),
        (
            'taken = [{ deal = "pledge", period = 1 }, { deal = "seat", period = 1 }]',
            "sequence.taken[2]",
            "'pledge' and 'seat' are both signed in period 1",
        ),
        (
            'periods = 1\ntaken = ["pledge", "seat"]',
            "sequence.taken[2]",
            "period 2 is beyond the last (1)",
        ),
        ('taken = [{ deal = "pledge", period = 9 }]', "sequence.taken[1]", "beyond the last (8)"),
        ('taken = [{ deal = "pledge", period = 0 }]', "period", "at least 1"),
        ("taken = [{ period = 2 }]", "sequence.taken[1].deal", "missing"),
        ('taken = [""]', "sequence.taken[1]", "empty"),
        ("taken = [4]", "sequence.taken[1]", "a table is needed"),
        ("earliest = { pledge = 9 }", "sequence.earliest.pledge", "beyond the last"),
        ("earliest = { x = 1 }", "sequence.earliest.x", "no deal 'x'"),
        ("months = 0", "sequence.months", "at least 0.03"),
        ("periods = 0", "sequence.periods", "at least 1"),
        ("periods = 2.5", "sequence.periods", "a whole number"),
        ("taken = 3", "sequence.taken", "list"),
        ("period = 3", "sequence.period", "Nearest: periods"),
    ],
)
def test_every_mistake_is_named_with_its_place(body: str, key: str, said: str) -> None:
    found = errors_of(text(body))
    assert len(found) == 1, found
    assert key in found[0]
    assert said in found[0]
    assert re.match(r"case.toml, line (6|7|8): ", found[0]), found[0]


def test_a_threat_without_figures_cannot_be_the_retaliation() -> None:
    bare = text('retaliation = "cars"').replace("rate = 0.25", 'not_quantified = "No rate."')
    (found,) = errors_of(bare)
    assert "has no figures" in found


def test_two_forums_need_one_that_gives_cover() -> None:
    two = FILE.format(sequence='\n[sequence]\ndeals = ["seat", "club"]\n')
    two += SEAT.replace('"seat"', '"club"')
    (found,) = errors_of(two)
    assert "seat, club" in found
    assert parse_scenario(two.replace("[sequence]\n", '[sequence]\ncover = "club"\n'))


def test_what_a_deal_needs_takes_part_too() -> None:
    wants = '\n[portfolio]\nneeds = { pledge = "seat" }\n'
    (found,) = errors_of(text('deals = "pledge"\n') + wants)
    assert "needs.pledge" in found
    assert "'pledge' takes part in the sequence, and seat, which it needs, does not" in found
    assert parse_scenario(text('deals = ["pledge", "seat"]\n') + wants)


def test_more_than_twelve_deals_are_refused() -> None:
    many = text("periods = 3") + "".join(DEAL.replace("pledge", f"p{n}") for n in range(12))
    (found,) = errors_of(many)
    assert "13 deals take part; name at most 12" in found
    assert parse_scenario(many.replace("periods = 3", 'deals = ["pledge", "p3"]'))


def test_it_is_written_as_it_was_read(tmp_path: Path) -> None:
    source = text('taken = ["pledge", { deal = "seat", period = 4 }]  # as it went\n')
    found = parse_scenario(source)
    assert plain(parse_scenario(scenario_toml(found))) == plain(found)
    path = tmp_path / "case.toml"
    path.write_text(source)
    write_scenario(found.model_copy(update={"horizon": "long"}), path)
    assert "# as it went" in path.read_text()
    assert 'taken = ["pledge", { deal = "seat", period = 4 }]' in path.read_text()
