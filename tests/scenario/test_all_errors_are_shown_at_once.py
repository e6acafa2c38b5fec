"""A file with ten errors shows ten, in the order of the file, each with line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.errors import InputError, ScenarioError
from countervail.scenario.read import parse_scenario, read_scenario, scenario_text
from countervail.scenario.write import scenario_toml

from .cases import CLAIM, DEAL, HEAD, MONEY, TARIFFS, THREAT, errors_of, only_error

TEN_ERRORS = """\
title = "Ten errors"
world = "world-2014"
protagonist = "CAN"
coercer = []
horizont = "long"

[ladder]
rates = [0.1, "0.25"]

[[threat]]
id = "cars"
instrument = "import-tarif"
rate = 25
sectors = ["motor-vehicels"]
status = "proclaimed"

[[threat]]
id = "cars"
instrument = "cut-off"
duration_days = 1.5

[[deal]]
id = "pledge"
kind = "investment"
parties = ["CAN", "QAT"]
amount = { value = 20, basis = "claimed", year = 2026 }
status = "claimed"
date = "2026-01-18"
"""


def test_ten_errors_give_ten_lines_in_file_order() -> None:
    found = errors_of(TEN_ERRORS)
    wanted = [
        (4, "coercer", "the list is empty"),
        (5, "horizont", "Nearest: horizon"),
        (8, "ladder.rates[2]", "a number is needed, without quotes"),
        (12, "threat[cars].instrument", "Nearest: import-tariff"),
        (13, "threat[cars].rate", "if 25 % is meant, write 0.25"),
        (14, "threat[cars].sectors[1]", "Nearest: motor-vehicles"),
        (18, "threat[cars].id", "already the id of threat number 1"),
        (20, "threat[cars].duration_days", "a whole number is needed"),
        (26, "deal[pledge].amount.unit", "this key is missing"),
        (28, "deal[pledge].date", "without quotes"),
    ]
    assert len(found) == len(wanted), "\n".join(found)
    for said, (line, key, words) in zip(found, wanted, strict=True):
        assert said.startswith(f"case.toml, line {line}: {key}: "), said
        assert words in said


def test_the_error_says_how_many_and_what_to_do() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(TEN_ERRORS, "case.toml")
    assert caught.value.cause == "case.toml has 10 errors."
    assert "countervail check case.toml" in caught.value.remedy
    assert str(caught.value).count("\n") == 11
    assert isinstance(caught.value, InputError)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("titel = 'x'\n" + HEAD, 1, ["unknown key 'titel'", "Nearest: title"]),
        (HEAD.replace('title = "Example"\n', ""), 1, ["title: this key is missing"]),
        (HEAD.replace('"Example"', '" "'), 1, ["the text is empty"]),
        (HEAD.replace('"Example"', "3"), 1, ["given 3", "text in quotes"]),
        (HEAD + 'as_of = "2026-01-01"\n', 5, ["as_of", "without quotes"]),
        (HEAD + "as_of = 2026-01-01T00:00:00\n", 5, ["without a time"]),
        (HEAD + "ladder = 3\n", 5, ["a table is needed"]),
        (HEAD + "[ladder]\nenergy = true\n", 6, ["given true", "text in quotes", "false"]),
        (HEAD + "[ladder]\ncut_off = 'yes'\n", 6, ["true or false"]),
        (HEAD + "[ladder]\nrates = [0.1, nan]\n", 6, ["given nan", "finite"]),
        (HEAD + "[ladder]\nrates = [-0.1]\n", 6, ["it must be above 0"]),
        (HEAD + THREAT.replace("[[threat]]", "[threat]"), 6, ["[[threat]] with two brackets"]),
        (HEAD + THREAT.replace('"cars"', '"Two Words"'), 7, ["lower-case letters"]),
        (HEAD + THREAT.replace("0.25", "true"), 9, ["given true", "a number is needed."]),
        (HEAD + THREAT.replace("0.25", "1" + "0" * 400), 9, ["a number is needed"]),
        (HEAD + THREAT + "coverage = 1.5\n", 11, ["at most 1"]),
        (HEAD + DEAL.replace('"announced"', '"anounced"'), 10, ["Nearest: announced"]),
        (
            HEAD + MONEY + 'amount = { value = 1, unit = "USD", basis = "press" }\n',
            12,
            ["three-letter currency", "'bn USD'"],
        ),
        (
            HEAD + TARIFFS + "[[deal.tariff]]\nproduct='x'\nimporter='CAN'\nexporter='CHN'\n"
            "after=0.1\nquota={value=-1, unit='m USD'}\nsector='food'\n",
            17,
            ["quota.value", "given -1", "at least 0"],
        ),
        (HEAD + CLAIM + "[claim.evidence]\nfinding = 'true'\nstatement = 'x'\n", 11, ["unsourced"]),
    ],
)
def test_one_wrong_value_gives_one_line(text: str, line: int, words: list[str]) -> None:
    only_error(text, line, *words)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = ", "line 1: Invalid value"),
        (HEAD + 'title = "again"\n', "line 5"),
        (HEAD + "[[threat]\n", "line 5"),
        (HEAD + 'x = """open\n', "line"),
        ("a = " + "[" * 20000, "somewhere: nested too deeply"),
        (HEAD + "x = 1" + "0" * 5000 + "\n", "somewhere: Exceeds the limit"),
    ],
)
def test_a_file_that_is_not_toml_gives_the_one_error_of_its_parser(text: str, place: str) -> None:
    (said,) = errors_of(text)
    assert said.startswith(f"case.toml, {place}"), said


LINES = scenario_text("canada-2026")[0].split("\n")
VALUES = [
    "1",
    "-1",
    '""',
    "[]",
    "{}",
    "[{}]",
    "true",
    "nan",
    "inf",
    "07:32:00",
    '["a", 1]',
    "x",
    '"',
]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from(range(len(LINES))), st.sampled_from(VALUES)), max_size=4),
    st.none() | st.sampled_from(range(len(LINES))),
)
def test_no_damage_to_a_file_gives_anything_but_an_error_of_ours(
    swaps: list[tuple[int, str]], cut: int | None
) -> None:
    lines = list(LINES)
    for place, value in swaps:
        lines[place] = f"{lines[place].partition('=')[0]}= {value}"
    text = "\n".join(lines[:cut])
    refused, scenario = None, None
    try:
        scenario = parse_scenario(text)
    except ScenarioError as error:
        refused = error
    assert refused is None or refused.evidence
    assert scenario is None or parse_scenario(scenario_toml(scenario)) == scenario


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + THREAT).replace("\n", "\r\n").encode())
    assert read_scenario(path).threats[0].rate == 0.25
    path.write_bytes((HEAD + THREAT + "ratio = 1\n").replace("\n", "\r\n").encode())
    with pytest.raises(ScenarioError, match=r"line 11: threat\[cars\]\.ratio"):
        read_scenario(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00t", b"\x00" * 5_000_000])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError):
        read_scenario(path)


def test_a_missing_scenario_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="Nearest: canada-2026"):
        read_scenario("canada-2062")
    with pytest.raises(ScenarioError, match="neither a bundled name nor a file"):
        read_scenario(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match="is a folder"):
        read_scenario(tmp_path)
