"""Writing changes what differs and nothing else; what is read back is what was written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from countervail.errors import InputError, OutputError, ScenarioError
from countervail.scenario.read import parse_scenario, read_scenario, scenario_text
from countervail.scenario.write import (
    new_scenario_text,
    scenario_toml,
    update,
    update_file,
    write_scenario,
)

from .cases import DEAL, HEAD, MONEY, THREAT

BUNDLED = scenario_text("canada-2026")[0]
COMMENTED = """\
# about this file
title = "Example"       # a title
world = "world-2014"
protagonist = "CAN"
coercer = "USA"         # one name, no list

[ladder]
rates = [ 0.10, 0.250 ] # odd spacing
cut_off = true          # the default, stated

# first threat
[[threat]]
id = "one"              # its id
instrument = "import-tariff"
rate = 0.250
sectors = [
    "motor-vehicles",   # cars
]

# second threat
[[threat]]
id = "two"
instrument = "cut-off"

# the end
"""


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    rows = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(old, new) for old, new in rows if old != new]


@pytest.mark.parametrize("text", [COMMENTED, BUNDLED, new_scenario_text()])
def test_writing_an_unchanged_scenario_changes_no_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    write_scenario(parse_scenario(text), path)
    assert path.read_text(encoding="utf-8") == text


def test_writing_a_change_touches_its_line_only(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(COMMENTED)
    scenario = read_scenario(path)
    one, two = scenario.threats
    changed = scenario.model_copy(
        update={"horizon": "medium", "threats": (one.model_copy(update={"rate": 0.5}), two)}
    )
    write_scenario(changed, path)
    assert changed_lines(COMMENTED, path.read_text()) == [("rate = 0.250", "rate = 0.5")]
    assert read_scenario(path) == changed


def test_entries_are_matched_by_id(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(COMMENTED)
    scenario = read_scenario(path)
    one, two = scenario.threats
    extra = parse_scenario(HEAD + THREAT).threats[0]
    write_scenario(scenario.model_copy(update={"threats": (two, extra, one)}), path)
    assert [threat.id for threat in read_scenario(path).threats] == ["two", "cars", "one"]
    for comment in ("# its id", "# cars", "# about this file", "# second threat", "# the end"):
        assert comment in path.read_text()


def test_removing_an_entry_keeps_the_comment_above_the_next(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(BUNDLED, encoding="utf-8")
    case = read_scenario(path)
    fewer = case.model_copy(update={"threats": case.threats[:-1], "projects": case.projects[:-1]})
    write_scenario(fewer, path)
    assert read_scenario(path) == fewer
    comments = [line for line in BUNDLED.splitlines() if line.startswith("#")]
    assert [line for line in path.read_text().splitlines() if line.startswith("#")] == comments


@pytest.mark.parametrize(
    "lists",
    [
        'threat = [ { id = "a", instrument = "cut-off" }, # first\n'
        '{ id = "cars", instrument = "cut-off" } ]\ndeal = []\n',
        '[[threat]]\nid = "a"\ninstrument = "cut-off"\n' + DEAL + THREAT + "# end\n",
        '"threat" = []\n[ "ladder" ]\n"rates" = [\n0.1,\n0.2]\n',
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_layout_of_the_lists_can_be_changed(tmp_path: Path, lists: str, end: str) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + lists, newline=end)
    changed = parse_scenario(HEAD + "[ladder]\nrates = [0.7]\n" + THREAT + DEAL)
    write_scenario(changed, path)
    assert read_scenario(path) == changed
    write_scenario(parse_scenario(HEAD + lists), path)
    assert read_scenario(path) == parse_scenario(HEAD + lists)


def test_a_key_added_inside_an_inline_list_is_written(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'threat = [{ id = "a", instrument = "cut-off" }]\n')
    (threat,) = read_scenario(path).threats
    noted = threat.model_copy(update={"note": "New."})
    write_scenario(read_scenario(path).model_copy(update={"threats": (noted,)}), path)
    assert read_scenario(path).threats[0].note == "New."


def test_a_layout_that_cannot_be_kept_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    dotted = HEAD + "ladder.cut_off = false\nladder.rates = [0.1]\n"
    path.write_text(dotted)
    with pytest.raises(OutputError, match="it was left as it is"):
        write_scenario(parse_scenario(HEAD + "[ladder]\nrates = [0.7]\n"), path)
    assert path.read_text() == dotted


def test_a_new_file_holds_the_whole_scenario(tmp_path: Path) -> None:
    case = read_scenario("canada-2026")
    path = write_scenario(case, tmp_path / "deeper" / "case.toml")
    assert read_scenario(path) == case
    assert [entry.name for entry in path.parent.iterdir()] == ["case.toml"]


def test_a_default_is_not_written_but_a_stated_default_stays() -> None:
    assert "horizon" not in scenario_toml(parse_scenario(HEAD))
    assert "cut_off = true" in update(COMMENTED, {"horizon": "long"})


def test_update_sets_adds_and_removes_single_keys() -> None:
    changes = {
        "threat[one].rate": 0.3,
        "ladder.energy": False,
        "threat[2].note": "Ends everything.",
        "ladder.cut_off": None,
    }
    text = update(COMMENTED, changes)
    scenario = parse_scenario(text)
    assert scenario.threats[0].rate == 0.3
    assert scenario.ladder.energy is False
    assert scenario.threats[1].note == "Ends everything."
    assert "cut_off" not in tomllib.loads(text)["ladder"]
    assert "# the end" in text
    assert "# odd spacing" in text


def test_update_removes_and_adds_whole_entries() -> None:
    less = parse_scenario(update(COMMENTED, {"threat[one]": None}))
    assert [threat.id for threat in less.threats] == ["two"]
    money = {"value": 1, "unit": "bn USD", "basis": "press"}
    pledge = MONEY + 'not_quantified = "No amount was published."\n'
    text = update(HEAD + pledge, {"deal[pledge].amount": money})
    amount = parse_scenario(text).deals[0].amount
    assert amount
    assert amount.value == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("threat[three].rate", "no entry 'three'"),
        ("thret[one].rate", "Nearest: threat"),
        ("threat[one]..rate", "not a key path"),
        ("", "not a key path"),
        ("threat[9].rate", "no entry '9'"),
    ],
)
def test_update_refuses_a_path_that_leads_nowhere(path: str, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("[", r"\[")):
        update(COMMENTED, {path: 1})


def test_update_refuses_a_value_that_toml_cannot_hold() -> None:
    with pytest.raises(InputError, match=r"threat\[one\]\.rate"):
        update(COMMENTED, {"threat[one].rate": object()})


def test_an_update_that_breaks_the_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(COMMENTED)
    with pytest.raises(ScenarioError, match=r"write 0\.25"):
        update_file(path, {"threat[one].rate": 25})
    assert path.read_text() == COMMENTED
    update_file(path, {"threat[one].rate": 0.5})
    assert read_scenario(path).threats[0].rate == 0.5


def test_a_scenario_changed_past_its_checks_is_not_written(tmp_path: Path) -> None:
    broken = parse_scenario(HEAD).model_copy(update={"coercer": ("CAN",)})
    with pytest.raises(ScenarioError, match="contradicts itself"):
        write_scenario(broken, tmp_path / "case.toml")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_toml_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text("title = ")
    with pytest.raises(ScenarioError, match="not valid TOML"):
        write_scenario(parse_scenario(HEAD), path)
    assert path.read_text() == "title = "


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_scenario(parse_scenario(HEAD), tmp_path / "file" / "case.toml")


def test_the_scenario_to_start_from_is_valid_and_explains_itself() -> None:
    text = new_scenario_text()
    assert parse_scenario(text).threats
    assert text.count("#") > 20
