"""What is said of predicted against observed follows from its rows; without rows it is not said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief import text
from countervail.brief.html import report, sections
from countervail.brief.questions import backtest
from countervail.brief.results import Results
from countervail.brief.tables import csv_tables
from countervail.errors import OptionError

from . import example
from .observed_example import PAGE

WHO = backtest.Named("China", "medium", 2014)


def plain(words: str) -> str:
    return words.replace(text.THIN, " ").replace("\u00a0", " ").replace("\u2212", "-")


@pytest.fixture(scope="module")
def results() -> Results:
    return replace(example.results(), observed=PAGE)


def test_the_finding_counts_what_is_near_and_names_the_worst() -> None:
    assert plain(backtest.finding(PAGE, WHO)) == (
        "Two of 4 figures on record lie within a factor of two of the prediction; the model misses "
        "most in the part of lost exports that is sold elsewhere: 3.5 % on average where 50 % was "
        "observed"
    )
    good = replace(PAGE, rows=PAGE.rows[:1], agreement=())
    assert plain(backtest.finding(good, WHO)) == (
        "One of 1 figure on record lies within a factor of two of the prediction"
    )
    none = replace(PAGE, rows=PAGE.rows[4:])
    assert backtest.finding(none, WHO) == "No observed figure can be compared"


def test_signs_order_and_what_is_missing_are_said() -> None:
    said = plain(" ".join(backtest.sentences(PAGE, WHO)))
    assert "The sign is right in 3 of 4 figures" in said
    assert (
        "Three of them measure what the model computes and nothing else; two of these lie" in said
    )
    assert "over 3 products the rank correlation of predicted and observed is 0.50" in said
    assert "Not compared: Fish. The flow cannot hold it." in said


def test_the_table_holds_every_row_and_horizon() -> None:
    table = backtest.table(PAGE, WHO)
    assert [row[0] for row in table.rows] == [row.says for row in PAGE.rows]
    first = [plain(cell) for cell in table.rows[0]]
    assert first[2:] == ["-90 (-95 to -90)", "-60", "-80", "-92", "0.89", "yes"]
    assert table.rows[1][-1] == "no"
    assert [c.name for c in table.columns[3:6]] == ["Short run", "Medium run", "Long run"]
    each = backtest.forecast_table(PAGE, WHO)
    assert [row[0] for row in each.rows] == ["Salt", "All"]
    assert each.rows[0][-1] == "0.0061"


def test_the_figure_draws_what_has_a_logarithm(results: Results) -> None:
    figure = backtest.figure(results)
    assert figure is not None
    assert figure.finding == backtest.finding(PAGE, backtest.named(results))
    assert "one figure of the wrong sign not drawn" in figure.note
    assert "3 figures" in figure.alt
    assert "as observed" in figure.wide
    assert "Tin" not in figure.wide


def test_the_report_holds_the_section_only_with_entries(results: Results) -> None:
    page = report(results)
    assert 'id="observed"' in page
    assert "Not like for like: A good year." in page
    assert "\u22129 bn AUD of 2019" in page
    bare = example.results()
    assert "observed" not in dict(sections(bare))
    assert 'id="observed"' not in report(bare)


def test_rows_survive_json_and_csv(results: Results) -> None:
    assert Results.from_dict(results.to_dict()) == results
    tables = csv_tables(results)
    assert tables["observed"].count("\n") == 1 + len(PAGE.rows)
    assert tables["forecasts"].count("\n") == 1 + len(PAGE.forecasts)
    assert csv_tables(example.results())["observed"].count("\n") == 1


def test_a_figure_without_a_name_is_refused() -> None:
    with pytest.raises(OptionError, match="figure is 'jobs'"):
        replace(PAGE.rows[0], figure="jobs")
