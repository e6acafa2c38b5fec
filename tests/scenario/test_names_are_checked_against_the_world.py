"""What the computation uses must be in the world; a party may be any country, and is told of."""

from __future__ import annotations

import pytest

from countervail.scenario.read import parse_scenario, scenario_notices

from .cases import DEAL, HEAD, MONEY, THREAT, errors_of, only_error


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD.replace('"CAN"', '"CAM"'), 3, ["protagonist", "CAM"]),
        (HEAD.replace('"CAN"', '"QAT"'), 3, ["protagonist", "QAT", "ROW"]),
        (HEAD.replace('"CAN"', '"EU"'), 3, ["a group of", "name one region"]),
        (HEAD.replace('"USA"', '"USX"'), 4, ["coercer[1]", "USX"]),
        (HEAD.replace('"USA"', '"USMCA"'), 4, ["coercer[1]", "includes the protagonist 'CAN'"]),
        (HEAD.replace('["USA"]', '"Canada"'), 4, ["includes the protagonist"]),
        (HEAD + "[ladder]\nsectors = ['gods']\n", 6, ["ladder.sectors[1]", "Nearest: goods"]),
        (HEAD + "[ladder]\nenergy = 'enrgy'\n", 6, ["ladder.energy", "Nearest: energy"]),
        (HEAD + THREAT.replace("motor-vehicles", "cheese"), 10, ["threat[cars].sectors[1]"]),
        (HEAD + THREAT + "exempt = ['enery']\n", 11, ["exempt[1]", "Nearest: energy"]),
        (HEAD + THREAT + "exempt = ['goods']\n", 11, ["leave no sector"]),
        (HEAD + DEAL.replace("QAT", "QTA"), 9, ["deal[pledge].parties[2]", "QTA"]),
        (
            HEAD + MONEY + "amount = {value=1, unit='bn USD', basis='press'}\n"
            "[deal.into]\nmagic = 1.0\n",
            14,
            ["deal[pledge].into.magic"],
        ),
        (HEAD.replace("world-2014", "world-2041"), 2, ["world", "world-2014"]),
    ],
)
def test_unknown_name(text: str, line: int, words: list[str]) -> None:
    only_error(text, line, *words)


def test_names_groups_and_codes_all_serve() -> None:
    text = HEAD.replace('"CAN"', '"Canada"').replace('["USA"]', '["EU", "United States"]')
    text += THREAT.replace("motor-vehicles", "C29") + "exempt = []\n" + DEAL.replace("QAT", "GCC")
    assert parse_scenario(text).coercer == ("EU", "United States")


def test_a_party_inside_the_rest_of_the_world_is_a_notice_and_no_error() -> None:
    scenario = parse_scenario(HEAD + DEAL + "sources = ['x']\n")
    (notice,) = scenario_notices(scenario)
    assert "Qatar (QAT) is not a region of world-2014" in notice
    assert "inside ROW" in notice
    assert "pledge" in notice


def test_notices_tell_of_missing_sources_and_of_deals_without_the_protagonist() -> None:
    text = HEAD + THREAT + 'status = "proclaimed"\n' + DEAL.replace("CAN", "MEX")
    said = " ".join(scenario_notices(parse_scenario(text)))
    assert "threat cars: status proclaimed, but no source" in said
    assert "deal pledge: status announced, but no source" in said
    assert "the protagonist CAN is not a party" in said


def test_a_sound_what_if_has_no_notice() -> None:
    assert scenario_notices(parse_scenario(HEAD + THREAT)) == ()


def test_an_unknown_world_hides_no_other_error() -> None:
    assert len(errors_of(HEAD.replace("world-2014", "nowhere") + THREAT + "cap = 0.1\n")) == 2
