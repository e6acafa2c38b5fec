"""The terminal shows what the report shows, cut nowhere and free of control codes in a pipe."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from countervail.brief import numbers, terminal
from countervail.brief.questions import backtest, choice, order, worth
from countervail.brief.results import Results
from countervail.brief.tables import tables
from countervail.brief.terminal_fit import fitted

from . import observed_example, sequence_example, worth_example


def printed(shown: list[terminal.views.Table]) -> str:
    stream = io.StringIO()
    terminal.show(shown, stream)
    return stream.getvalue()


def ladder(results: Results) -> list[terminal.views.Table]:
    return terminal.ladder(
        results.ladder, protagonist="Canada", coercer="United States", base_year=2014
    )


def test_every_figure_of_the_ladder_is_printed(results: Results) -> None:
    out = printed(ladder(results))
    lines = [line.split() for line in out.splitlines()]
    for row in results.ladder:
        cells = [
            numbers.fixed(row.harm_percent),
            numbers.fixed(row.harm_bn, 1),
            numbers.fixed(row.cost_percent),
            numbers.fixed(row.cost_bn, 1),
        ]
        assert any(line[-4:] == cells for line in lines), cells
    assert "\x1b" not in out
    assert "US$ bn of 2014" in out
    assert "the solver stopped before the equations held" in out


def test_the_ladder_fits_eighty_columns(results: Results) -> None:
    assert max(len(line.rstrip()) for line in printed(ladder(results)).splitlines()) <= 80


def test_threats_without_figures_are_listed_with_the_reason(results: Results) -> None:
    out = printed(terminal.threats(results))
    assert "50\u202f% tariff on motor vehicles" in out
    assert "the world has one food sector" in out


def test_a_tiny_threat_beside_a_large_one_is_no_row_of_zeros(results: Results) -> None:
    known = [t for t in results.threats if t.harm_percent is not None][:1] * 2
    tiny = {"harm_percent": 1.23e-4, "harm_bn": 0.0012, "cost_percent": -2e-6, "cost_bn": 0.0}
    shown = terminal.threats(replace(results, threats=(known[0], replace(known[1], **tiny))))[0]
    assert shown.rows[1][4:] == ("0.00012", "0.0012", "\N{MINUS SIGN}0.0000020", "0.0")


def test_square_brackets_are_shown_as_they_are() -> None:
    row = {"name": "[bold]x[/bold]", "base_year": None, "regions": 3, "sectors": 2, "what": "[a]"}
    out = printed([terminal.worlds([row])])
    assert "[bold]x[/bold]" in out
    assert "[a]" in out
    assert numbers.DASH in out


def test_the_headline_tells_every_finding_that_there_is(results: Results) -> None:
    pages = {
        "worth": (worth_example.PAGE, (worth, choice)),
        "sequence": (sequence_example.PAGE, (order,)),
        "observed": (observed_example.PAGE, (backtest,)),
    }
    for field, (page, questions) in pages.items():
        told = replace(results, **{field: page})
        for question in questions:
            assert question.summary(told) in terminal.headline(told).splitlines()
            assert question.summary(replace(results, **{field: None})) == ""


def test_the_headline_gives_answer_and_accuracy(results: Results) -> None:
    lines = terminal.headline(results).splitlines()
    assert lines[0].startswith("In the medium run")
    assert "10⁻¹²" in lines[-1]


@pytest.mark.parametrize("name", ["ladder", "threats", "spill", "parameters"])
def test_csv_and_json_hold_the_same_rows(results: Results, name: str) -> None:
    rows = tables(results)[name]
    from_json = json.loads(terminal.rows_to_json(rows))
    from_csv = list(csv.DictReader(io.StringIO(terminal.rows_to_csv(rows))))
    assert from_json == rows
    assert len(from_csv) == len(rows)
    for one, other in zip(from_csv, rows, strict=True):
        for key, value in other.items():
            shown = one[key]
            assert shown == "" if value is None else type(value)(shown) == value


def test_csv_quotes_what_would_break_it() -> None:
    text = terminal.rows_to_csv([{"a": 'x, "y"\nz', "b": 0.1}])
    assert list(csv.DictReader(io.StringIO(text))) == [{"a": 'x, "y"\nz', "b": "0.1"}]
    assert terminal.rows_to_csv([], ["a", "b"]) == "a,b\n"


def test_json_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError, match="JSON"):
        terminal.rows_to_json([{"a": float("nan")}])


@pytest.mark.parametrize("width", [30, 60, 80, 81, 100, 200])
def test_a_screen_of_any_width_cuts_no_figure_and_no_word(width: int) -> None:
    shown = [
        worth.table(worth_example.PAGE),
        choice.table(worth_example.PAGE),
        backtest.table(observed_example.PAGE, backtest.Named("China", "medium", 2014)),
    ]
    for table in shown:
        stream = io.StringIO()
        console = Console(file=stream, width=width, force_terminal=False)
        console.print(fitted(table, width))
        out = stream.getvalue()
        assert all(len(line) <= width for line in out.splitlines())
        words = " ".join(out.split()).split(" ")
        for row in table.rows:
            for cell in row:
                assert set(cell.split()) <= set(words), (width, cell)
        assert {word for c in table.columns[1:] for word in c.name.split()} <= {
            word.rstrip(":,") for word in words
        }
