"""A reader always learns which economies are constructed, and where it does not matter, nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from countervail.brief import marks, terminal, views
from countervail.brief.html import report
from countervail.brief.questions import trust
from countervail.brief.results import Results, StatusRow

from . import example
from .page import Page


def row(part: str, constructed: float) -> StatusRow:
    return StatusRow(part, part, 100.0, 100.0 - constructed, 0.0, constructed)


def line(constructed: tuple[str, ...], own: float, **more: Any) -> str:
    rows = (row("protagonist-trade", own), row("world-trade", 20.0))
    given: dict[str, Any] = {"parties": ("Canada", "United States"), "mine": "Canada", **more}
    return trust.constructed_line(rows, constructed, **given)


def test_nothing_is_said_where_it_does_not_matter() -> None:
    assert line((), 0.0) == ""
    assert line((), trust.MATTERS - 0.1) == ""


def test_a_large_part_of_trade_is_said_without_any_constructed_region() -> None:
    assert line((), trust.MATTERS) == (
        "Constructed cells carry 10\u202f% of Canada\u2019s foreign trade and 20\u202f% of all "
        "foreign trade."
    )


def test_a_party_comes_first() -> None:
    said = line(("Saudi Arabia", "Qatar"), 0.0, parties=("Qatar", "United States"), mine="Qatar")
    assert said == (
        "Qatar is a constructed economy: its sectors come from priors, not from a table. "
        "Saudi Arabia is one too. Constructed cells carry 20\u202f% of all foreign trade."
    )


def test_parties_to_deals_come_before_larger_economies() -> None:
    many = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Qatar", "Zeta")
    said = line(many, 1.0, first=("Qatar", "Utopia"))
    assert said.startswith("Qatar, Alpha, Beta, Gamma, Delta and 2 others are constructed")
    assert "Utopia" not in said


def test_the_head_says_it_and_the_tables_mark_it(results: Results, page: Page) -> None:
    head = page.text.split("Amounts")[1].split("How far can")[0]
    assert trust.of_results(results) in head
    spill = next(rows for title, rows in page.tables.items() if title.startswith("Change of real"))
    marked = {
        cells[0].removesuffix(f"\u00a0{marks.MARK}") for cells in spill if marks.MARK in cells[0]
    }
    assert marked == {"Qatar", "Rest of the world"}
    assert marks.legend(["constructed"]) in page.text
    kinds = page.tables["What is observed, updated and constructed, by value"]
    assert kinds[1] == ["Foreign trade of Canada", "900", "95.0", "1.0", "4.0"]


def test_a_run_without_constructed_data_says_nothing(results: Results) -> None:
    card = replace(results.world, statuses=(), constructed_regions=(), status=())
    places = tuple(replace(p, status="observed") for p in results.places)
    spill = tuple(replace(s, status="observed") for s in results.spill)
    clean = replace(results, world=card, places=places, spill=spill, capital=None)
    page = Page(report(clean))
    assert "onstructed" not in page.text
    assert marks.MARK not in page.text
    assert "onstructed" not in terminal.headline(clean)


def test_the_terminal_says_it_in_one_line(results: Results) -> None:
    said = [x for x in terminal.headline(results).splitlines() if x.startswith("Constructed data")]
    assert said == [f"Constructed data: {trust.of_results(results)}"]


def test_results_from_before_maps_and_statuses_are_still_read(results: Results) -> None:
    data = results.to_dict()
    for key in ("places", "places_trade"):
        del data[key]
    for key in ("statuses", "constructed_regions"):
        del data["world"][key]
    for spill in data["spill"]:
        del spill["status"]
    old = Results.from_dict(data)
    assert old.places == ()
    assert trust.of_results(old) == ""
    assert "figure-felt" not in report(old)


def test_every_place_is_in_the_table_of_partners(results: Results) -> None:
    table = views.place_table(results)
    assert [cells[1] for cells in table.rows] == [
        p.region
        for p in sorted(results.places, key=lambda p: -(p.exports_bn or 0.0))
        if p.role != "protagonist"
    ]
    assert table.rows[0][2:] == ("349.20", "74.80", "observed")


def test_a_line_names_no_more_than_it_knows() -> None:
    assert trust.constructed_line((), (), ()) == ""
    assert trust.of_results(example.results(places=(), deals=())).startswith("Qatar and the rest")
