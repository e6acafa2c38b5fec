"""Rows on deals, capital, routes and ties survive JSON, reach every table, and are optional."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from types import ModuleType

import pytest

from countervail.brief.figures import channel_figures
from countervail.brief.html import report, results_text, sections
from countervail.brief.questions import deals
from countervail.brief.results import Results
from countervail.brief.rows import channels as channel_rows
from countervail.brief.tables import ROW_TYPES, csv_tables, tables
from countervail.errors import InputError, NotANumberError, OptionError

from . import channel_example, leverage_example

NEW = tuple(key for key in channel_example.parts() if key not in ("threats", "deals"))


def test_json_and_back_is_the_same(results: Results) -> None:
    back = Results.from_dict(json.loads(results_text(results)))
    assert back == results
    assert back.deals[0].indicators == (
        ("returns that leave", 3000.0, "million USD a year"),
        ("none", None, ""),
    )
    assert back.routes[0].interdiction == ((0, 5000.0), (1, 2900.0), (2, 2300.0))


def test_results_from_before_channels_are_still_read(results: Results) -> None:
    data = results.to_dict()
    for key in NEW:
        del data[key]
    for row in data["deals"]:
        for part in ("delivery", "full_percent", "moves", "indicators", "certificate"):
            del row[part]
    old = Results.from_dict(json.loads(json.dumps(data)))
    assert (old.capital, old.pipeline, old.routes, old.ties) == (None, None, (), None)
    assert old.deals[0].moves == ()


def test_pairs_of_the_wrong_length_are_refused(results: Results) -> None:
    data = results.to_dict()
    data["deals"][0]["indicators"][0] = ["returns that leave", 3000.0]
    with pytest.raises(InputError, match=r"indicators\[0\] has 2 entries; it must have 3"):
        Results.from_dict(data)
    data["deals"][0]["indicators"][0] = ["returns that leave", "much", "USD"]
    with pytest.raises(InputError, match=r"indicators\[0\]\[1\] must be a number"):
        Results.from_dict(data)


def test_a_number_that_is_none_names_its_cell(results: Results) -> None:
    page = results.capital
    assert page is not None
    broken = replace(page, withdrawals=(replace(page.withdrawals[0], harm_bn=float("nan")),))
    with pytest.raises(NotANumberError, match=r"capital\.withdrawals\[0\]\.harm_bn"):
        replace(results, capital=broken)
    with pytest.raises(OptionError, match="bound"):
        replace(results.deals[0], bound="least")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("deals", 9),
        ("capital", 14),
        ("withdrawals", 2),
        ("projects", 5),
        ("financiers", 4),
        ("routes", 18),
        ("planned_routes", 1),
        ("ties", 2),
        ("new_ties", 14),
        ("reach", 2),
    ],
)
def test_every_row_is_in_its_table(results: Results, name: str, count: int) -> None:
    rows = tables(results)[name]
    assert len(rows) == count
    shown = list(csv.DictReader(io.StringIO(csv_tables(results)[name])))
    assert len(shown) == count
    expected = [part.name for part in fields(ROW_TYPES[name])]
    network = ["network"] if name.endswith("routes") else []
    assert list(shown[0]) == network + expected


def test_a_line_to_nowhere_is_refused(results: Results) -> None:
    row = results.routes[0]
    lost = replace(row.edges[0], end="docks")
    with pytest.raises(InputError, match=r"'example-oil' has no place 'docks'") as caught:
        replace(row, edges=(lost, *row.edges[1:]))
    assert "dock" in caught.value.remedy


def test_lists_of_pairs_are_words_in_a_table(results: Results) -> None:
    rows = {row["id"]: row for row in tables(results)["projects"]}
    assert rows["port"]["financed"] == "home 0.9; funds 0.5"
    assert {row["network"] for row in tables(results)["routes"]} == {"example-oil", "example-gas"}


def test_the_worst_certificate_counts_deals_and_withdrawals(results: Results) -> None:
    first = replace(results.deals[0], certificate=3e-9)
    worse = replace(
        results, deals=(first, *results.deals[1:]), certificate_worst=None, certificate_where=""
    )
    assert (worse.certificate_worst, worse.certificate_where) == (3e-9, "deal uae")
    page = results.capital
    assert page is not None
    taken = (replace(page.withdrawals[0], certificate=4e-9), page.withdrawals[1])
    worst = replace(
        worse,
        capital=replace(page, withdrawals=taken),
        certificate_worst=None,
        certificate_where="",
    )
    assert worst.certificate_worst == 4e-9
    assert worst.certificate_where == ("withdrawal of 25 % of the capital of USA, medium horizon")


def test_empty_parts_leave_no_section() -> None:
    old = leverage_example.results(deals=())
    page = report(old, [])
    for anchor in ("capital", "routes", "ties"):
        assert anchor not in dict(sections(old))
        assert f'id="{anchor}"' not in page
    assert "The scenario names no deals." in page
    assert deals.header(old) == ""
    for make in ("deals_figure", "capital_figure", "projects_figure", "reach_figure"):
        assert getattr(channel_figures, make)(old) is None
    assert channel_figures.route_figures(old) == []


def test_projects_alone_have_their_section(results: Results) -> None:
    alone = replace(results, capital=None)
    assert "capital" in dict(sections(alone))
    page = report(alone, [])
    assert "Which projects would the money start?" in page
    assert "Owners as CSV" not in page


def test_every_figure_says_its_unit_in_its_name() -> None:
    free = {
        "delivery",
        "delivery_low",
        "delivery_high",
        "certificate",
        "concentration",
        "gap",
        "latitude",
        "longitude",
        "bypass_ratio",
        "betweenness",
        "constraint",
        "affinity",
        "affinity_coercer",
    }
    in_unit = {"capacity", "used", "adds_flow", "adds_bypass", "max_flow", "bypass_flow"}
    for row in rows_of(channel_rows):
        own = {part.name for part in fields(row)}
        for part in fields(row):
            if "float" in str(part.type) and "tuple" not in str(part.type):
                if part.name in in_unit:
                    assert "unit" in own, part.name
                elif part.name not in free:
                    assert part.name.endswith(("_percent", "_bn", "_usd", "_usd_per_unit"))


def rows_of(module: ModuleType) -> list[type]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
