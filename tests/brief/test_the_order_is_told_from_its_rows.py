"""The section on the order of signing says what its rows say, whichever way they point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief.figures.charts import figures
from countervail.brief.html import report
from countervail.brief.questions import order
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows.sequence import FlipRow, OddsRow, OrderRow, SequencePage
from countervail.brief.tables import csv_tables
from countervail.errors import OptionError

from .sequence_example import PAGE
from .test_findings_follow_the_figures import plain


@pytest.fixture(scope="module")
def told(results: Results) -> Results:
    return replace(results, sequence=PAGE)


def words(page: SequencePage, results: Results) -> str:
    return plain(" ".join(order.sentences(page, results)))


def test_the_finding_is_the_exchange_and_the_cover() -> None:
    assert plain(order.finding(PAGE)) == (
        "Signing “Seat” before “Pact” would have been worth 0.083 % of a year’s real income; "
        "cover would have been worth 0.052 % of a year’s real income, by judged odds"
    )


def test_a_cover_that_has_ended_is_counted_out_in_hindsight(results: Results) -> None:
    over = replace(PAGE, cover_ended="2026-01-22")
    assert plain(order.finding(over)).endswith(
        "by judged odds, but ended on record on 22 January 2026"
    )
    assert (
        "On record it ended on 22 January 2026; without it the order taken is worth −0.17 % of a "
        "year’s real income against the status quo, where signing nothing is worth −0.040 %"
    ) in words(over, results)
    assert "On record" not in words(PAGE, results)


def test_without_a_better_exchange_the_order_is_held_against_doing_nothing() -> None:
    alone = replace(PAGE, swap=(), swap_percent=0.0, cover="")
    assert plain(order.finding(alone)) == (
        "The order taken was worth 0.080 % of a year’s real income less than signing nothing, "
        "by judged odds"
    )
    good = replace(alone, taken_percent=0.06)
    assert "0.10 % of a year’s real income more than" in plain(order.finding(good))


def test_without_an_order_taken_the_best_is_told(results: Results) -> None:
    bare = replace(
        PAGE,
        taken_percent=None,
        swap=(),
        cover_taken_percent=None,
        rows=tuple(row for row in PAGE.rows if row.order == "best"),
        odds=tuple(row for row in PAGE.odds if row.order != "taken"),
    )
    assert plain(order.finding(bare)) == (
        "It would be best to start with “Seat”; the best order is worth 0.35 % of a year’s real "
        "income more than signing nothing, by judged odds"
    )
    assert "order taken" not in words(bare, results)
    none = replace(bare, rows=())
    assert plain(order.finding(none)) == "It would be best to sign nothing in these periods"
    assert "signs nothing" in words(none, results)


def test_sentences_hold_every_value(results: Results) -> None:
    said = words(PAGE, results)
    for part in (
        "best policy is worth 0.35 % of a year’s real income (US$ 7.0 bn of",
        "the order taken −0.080 % of a year’s real income (−US$ 1.6 bn of",
        "falls 0.43 % of a year’s real income (US$ 8.6 bn of",
        "(62 % of all) it signs “Seat” (period 1) and “Fund” (period 3); “Pact” is left out.",
        "where it adds 0.052 % of a year’s real income (0.094 % of a year’s real income had it",
        "where it adds 0.11 % of a year’s real income (0.21 %",
        "12 % after the order taken, 3.0 % under the best policy and 6.0 % with nothing signed",
        "Three parameters of the coercer’s behaviour",
        "one of them what to sign first",
        "over three periods of a month, with 36 months counted",
        "judgement",
    ):
        assert part in said, part
    silent = words(replace(PAGE, flips=(), cover="", income_bn=None), results)
    assert "No single parameter changes these answers" in silent
    assert "Cover would" not in silent
    assert "US$" not in silent
    many = replace(PAGE, left_out=("a", "b", "c", "d"))
    assert "the other four deals are left out" in words(many, results)


def test_the_table_holds_every_step() -> None:
    rows = [tuple(map(plain, row)) for row in order.table(PAGE).rows]
    assert rows == [
        ("Taken", "1", "Pact", "100", "−0.031", "3", "0.024"),
        ("Taken", "2", "Seat", "100", "0.052", "–", "–"),
        ("Best", "1", "Seat", "100", "0.110", "–", "–"),
        ("Best", "3", "Fund", "71", "0.046", "–", "–"),
    ]


def test_the_nearest_change_of_each_answer_is_shown() -> None:
    shown = [(row.parameter, row.at) for row in order.nearest_flips(PAGE)]
    assert shown == [
        ("sequence.cover", 0.9),
        ("sequence.cover", 0.3),
        ("sequence.temper", 2.0),
        ("sequence.base", 0.75),
    ]
    answers = [plain(row[-1]) for row in order.flip_table(PAGE).rows]
    assert answers[:2] == ["better than signing nothing", "nothing is signed"]
    assert set(answers[2:]) == {
        "first “Fund”, then “Seat”",
        "with “Pact”; without “Seat”",
    }


def test_the_figure_holds_both_orders_with_cover_and_retaliation(told: Results) -> None:
    drawn = order.figure(told)
    assert drawn is not None
    for part in ("THE ORDER TAKEN: −0.12", "NOTHING SIGNED: −0.040", "cover: 80", "cover: 90"):
        assert part in plain(drawn.wide), part
    assert "retaliation: 12" in plain(drawn.wide)
    assert ", in 71" in plain(drawn.wide)
    assert drawn.finding == order.finding(PAGE)
    assert drawn.finding in drawn.alt
    assert order.figure(replace(told, sequence=replace(PAGE, odds=()))) is None


def test_the_report_has_the_section_only_where_there_is_one(
    told: Results, results: Results
) -> None:
    page = report(told)
    assert page.count('id="order"') == 1
    assert "In which order?" in page
    assert 'id="order"' not in report(results)
    assert "order" in [figure.name for figure in figures(told)]
    without = replace(told, sequence=replace(PAGE, rows=(), odds=(), flips=()))
    assert 'id="order"' in report(without)


def test_rows_go_to_json_and_csv_and_back(told: Results) -> None:
    assert Results.from_dict(told.to_dict()).sequence == PAGE
    tables = csv_tables(told)
    assert tables["sequence"].splitlines()[1] == "taken,1,pact,Pact,-0.031,100.0,3,0.024"
    assert "waiting,3,6.0,0" in tables["sequence_odds"]
    assert "Seat; Fund,Fund; Seat" in tables["sequence_flips"]
    assert len(Brief(told).tables["sequence_flips"]) == 5


def test_words_that_do_not_exist_are_refused() -> None:
    with pytest.raises(OptionError, match="Nearest: taken"):
        OrderRow("takn", 1, "a", "A", 0.0)
    with pytest.raises(OptionError):
        OddsRow("first", 1, 0.0, 0.0)
    with pytest.raises(OptionError):
        FlipRow("sequence.base", "why", 1, 0, 2, "", 1)
