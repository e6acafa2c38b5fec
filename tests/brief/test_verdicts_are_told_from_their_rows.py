"""The table that opens the report: every word and number of a verdict comes from its row."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from countervail.brief import terminal
from countervail.brief.html import report
from countervail.brief.numbers import THIN
from countervail.brief.questions import verdicts
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows.claims import ClaimRow, SideRow, VariantVerdict

from . import example
from .page import Page

LEFT = SideRow(6.853, 6.81, 6.912, "percent", "loss with the deals")
RIGHT = SideRow(0.687, 0.687, 0.687, "percent", "a tenth of the loss without")
CLAIM = ClaimRow(
    "corner",
    "It can no longer be cornered.",
    "exposure.after <= 0.1 * exposure.before",
    "contradicted",
    sides=((LEFT, "<=", RIGHT),),
    holds=0.0,
    figures=(("exposure.after", "loss with the deals"),),
    variants=(
        VariantVerdict("full", "All delivered", "contradicted", ((LEFT, "<=", RIGHT),), 0.0),
        VariantVerdict("few", "Few count", "not testable", reason="no such figure"),
    ),
)


def with_claims(*claims: ClaimRow) -> Results:
    return replace(example.results(), claims=claims)


def test_a_verdict_rests_on_both_sides_with_their_units() -> None:
    assert verdicts.rests_on(CLAIM) == (
        f"Loss with the deals: 6.85{THIN}% (6.81 to 6.91{THIN}%), above 0.687{THIN}% "
        "(a tenth of the loss without). It holds in no future of delivery that was drawn."
    )
    assert verdicts.variants(CLAIM) == [
        f"All delivered: contradicted (6.85{THIN}% (6.81 to 6.91{THIN}%), above 0.687{THIN}%).",
        "Few count: not testable (no such figure).",
    ]


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("year", 2027.0, "2027"),
        ("count", 3.0, "3"),
        ("", 10.0, "10"),
        ("probability", 0.25, "0.250"),
        ("US$ bn", 12.345, "US$ 12.3 bn"),
        ("percent", -0.5, f"−0.500{THIN}%"),
    ],
)
def test_each_unit_is_written_as_readers_expect(unit: str, value: float, said: str) -> None:
    side = SideRow(value, value, value, unit)
    row = replace(CLAIM, sides=((side, "<", replace(side, value=9e9, low=9e9, high=9e9)),))
    assert verdicts.rests_on(row).startswith(f"{said}, below ")


@pytest.mark.parametrize(
    ("right", "first", "second"),
    [(6.8534, "6.8530", "6.8534"), (6.853 + 1e-9, "6.85", "6.85")],
)
def test_sides_that_differ_look_different(right: float, first: str, second: str) -> None:
    left = SideRow(6.853, 6.853, 6.853, "percent")
    row = replace(CLAIM, sides=((left, "<", SideRow(right, right, right, "percent")),), holds=None)
    words = "below" if right > 6.8531 else "equal to"
    assert verdicts.rests_on(row) == f"{first}{THIN}%, {words} {second}{THIN}%."


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        (1.0, "in every future"),
        (0.999, f"in more than 99{THIN}% of"),
        (0.93, f"in 93{THIN}% of"),
        (0.001, f"in less than 1{THIN}% of"),
        (0.0, "in no future"),
    ],
)
def test_every_and_no_future_mean_what_they_say(holds: float, said: str) -> None:
    assert said in verdicts.rests_on(replace(CLAIM, holds=holds))


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("right", [1.0, 2.0, 3.0])
def test_the_words_of_a_comparison_are_true(sign: str, right: float) -> None:
    sides = (SideRow(2.0, 2.0, 2.0, "percent"), sign, SideRow(right, right, right, "percent"))
    said = verdicts.rests_on(replace(CLAIM, sides=(sides,), holds=None))
    words = said.split(f"{THIN}%, ")[1].rsplit(" ", 1)[0]
    truth = {
        "below": right > 2,
        "not below": right <= 2,
        "at most": right >= 2,
        "above": right < 2,
        "not above": right >= 2,
        "at least": right <= 2,
        "equal to": right == 2,
        "not equal to": right != 2,
        "other than": right != 2,
    }
    assert truth[words], said


def test_the_finding_counts_the_verdicts() -> None:
    held = replace(CLAIM, id="b", verdict="supported")
    assert verdicts.finding(with_claims(CLAIM, held, replace(held, id="c"))) == (
        "Of 3 claims, 2 are supported and 1 is contradicted"
    )
    assert verdicts.finding(with_claims(CLAIM)) == "The one claim is contradicted"
    assert verdicts.finding(with_claims(held, replace(held, id="c"))) == (
        "Both claims are supported"
    )
    assert verdicts.finding(with_claims()) == "The scenario holds no claims"


def test_what_figures_decide_is_told_apart() -> None:
    read = ClaimRow("r", "It was said.", verdict="unsourced", evidence="Nobody published it.")
    absent = ClaimRow("n", "It is so.", "x < 1", "not testable", reason="no such figure")
    results = with_claims(CLAIM, read, absent, replace(CLAIM, id="b", verdict="supported"))
    said = "Figures of this run test 2 of them (1 supported and 1 contradicted); "
    assert verdicts.by_figures(results) == f"{said}sources decide 1."
    alone = replace(results, claims=results.claims[:1])
    assert verdicts.by_figures(alone) == "It was tested on figures of this run."
    assert verdicts.by_figures(with_claims(read)) == ""
    assert verdicts.summary(results) in terminal.headline(results)
    assert verdicts.summary(with_claims()) == ""


def test_every_verdict_has_a_mark_of_its_own() -> None:
    assert set(verdicts.MARKS) == set(ClaimRow.VERDICTS)
    assert len(set(verdicts.MARKS.values())) == len(verdicts.MARKS)


def test_the_page_opens_with_the_table_and_says_each_verdict_in_words() -> None:
    results = with_claims(
        *(replace(CLAIM, id=f"c{n}", verdict=v) for n, v in enumerate(ClaimRow.VERDICTS))
    )
    page = Page(report(results, []))
    rows = page.tables["Claims, verdicts, and what they rest on"][1:]
    assert [row[1] for row in rows] == [f"{verdicts.MARKS[v]} {v}" for v in ClaimRow.VERDICTS]
    assert all("6.85" in row[2] and "0.687" in row[2] for row in rows)
    findings = [words for level, words in page.headings if level == 3]
    assert findings.index(verdicts.finding(results)) == 0


def test_the_csv_holds_the_numbers_and_the_json_everything() -> None:
    results = with_claims(CLAIM)
    (row,) = csv.DictReader(io.StringIO(Brief(results).tables["claims"].to_csv()))
    assert float(row["left"]) == LEFT.value
    assert float(row["left_high"]) == LEFT.high
    assert row["variants"] == "full: contradicted; few: not testable"
    assert Results.from_dict(json.loads(json.dumps(results.to_dict()))).claims == results.claims
