"""Rows on leverage survive JSON, refuse what does not fit, and are optional in old results."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace

import pytest

from countervail.brief.figures.leverage_figures import (
    carriers_figure,
    demand_figure,
    frontier_figure,
    power_figure,
)
from countervail.brief.html import report, results_text
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows import leverage as leverage_rows
from countervail.brief.rows.leverage import (
    ExposureRow,
    FrontierRow,
    FrontierSectorRow,
    PowerMatrix,
)
from countervail.brief.tables import csv_tables, tables
from countervail.errors import InputError, NotANumberError, OptionError

from . import channel_example, example, leverage_example

NEW = tuple(leverage_example.parts())


def test_json_and_back_is_the_same(results: Results) -> None:
    assert Results.from_dict(json.loads(results_text(results))) == results


def test_results_from_before_leverage_are_still_read(results: Results) -> None:
    data = results.to_dict()
    for key in NEW:
        del data[key]
    for key in channel_example.parts():
        if key not in ("threats", "deals"):
            del data[key]
    old = Results.from_dict(json.loads(json.dumps(data)))
    assert old == example.results(threats=channel_example.threats(), deals=channel_example.deals())
    page = report(old, [])
    for anchor in ("price", "power", "demand"):
        assert f'id="{anchor}"' not in page
        assert f'href="#{anchor}"' not in page
    for make in (frontier_figure, carriers_figure, power_figure, demand_figure):
        assert make(old) is None
    assert "works without" not in page


def test_a_number_that_is_none_names_its_cell(results: Results) -> None:
    rows = (replace(results.frontier[0], harm_percent=float("nan")), *results.frontier[1:])
    with pytest.raises(NotANumberError, match=r"frontier\[0\]\.harm_percent"):
        replace(results, frontier=rows)
    matrix = results.power
    assert matrix is not None
    broken = replace(
        matrix,
        loss_percent=((None, float("inf"), *matrix.loss_percent[0][2:]), *matrix.loss_percent[1:]),
    )
    with pytest.raises(NotANumberError, match=r"power\.loss_percent\[0\]\[1\]"):
        replace(results, power=broken)


def test_sectors_of_no_point_are_refused(results: Results) -> None:
    with pytest.raises(InputError, match=r"point 3 \(mining\)"):
        replace(results, frontier=results.frontier[:1])


def test_words_are_from_their_lists() -> None:
    with pytest.raises(OptionError, match="retaliation"):
        ExposureRow("tariff", "", "medium", "best", 0, 0, 0, 0, 0, 0)
    with pytest.raises(OptionError, match="role"):
        FrontierRow(1, "optimum", 0, 0, 0, 0)
    with pytest.raises(OptionError, match="instrument"):
        FrontierSectorRow(1, "food", "Food", "quota", 0.1, 0.1, 0.1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"names": ("A",)}, "names has 1 entries for 2 regions"),
        ({"regions": ("A", "A")}, "'A' twice"),
        ({"loss_percent": ((None, 1.0), (2.0,))}, "row of 'B'"),
        ({"loss_percent": ((0.0, 1.0), (2.0, None))}, "'A' by itself is 0.0"),
        ({"loss_percent": ((None, 1.0),)}, "loss_percent has 1 entries"),
        ({"notes": (("A", "C", "no trade"),)}, "no note on a pair"),
        ({"notes": (("A", "B"),)}, "no note on a pair"),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(change: dict[str, object], said: str) -> None:
    good = PowerMatrix(("A", "B"), ("A", "B"), ("", ""), ((None, 1.0), (2.0, None)), (10.0, 20.0))
    with pytest.raises(InputError, match=said):
        replace(good, **change)  # type: ignore[arg-type]


def test_a_pair_holds_both_sides_of_one_cut_off() -> None:
    matrix = PowerMatrix(
        ("A", "B"),
        ("Aland", "Bland"),
        ("", ""),
        ((None, 1.0), (4.0, None)),
        (200.0, 50.0),
        notes=(("B", "A", "known"),),
    )
    first, second = matrix.pairs()
    assert (first.target, first.coercer, first.loss_percent, first.cost_percent) == ("A", "B", 1, 4)
    assert (first.loss_bn, first.cost_bn) == (2.0, 2.0)
    assert (second.loss_percent, second.cost_percent) == (4.0, 1.0)
    assert (first.note, second.note) == ("", "known")


def test_every_pair_is_in_the_csv(results: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_tables(results)["power"])))
    count = len(leverage_example.REGIONS)
    assert len(rows) == count * (count - 1)
    by_pair = {(row["target"], row["coercer"]): row for row in rows}
    n, m = 9, 0
    assert float(by_pair["CAN", "USA"]["loss_percent"]) == leverage_example.loss(n, m)
    assert float(by_pair["CAN", "USA"]["cost_percent"]) == leverage_example.loss(m, n)
    assert by_pair["NOR", "VNM"]["loss_percent"] == ""
    assert by_pair["NOR", "VNM"]["note"] == "no certified equilibrium"


@pytest.mark.parametrize("name", [n for n in NEW if n not in ("frontier_terms", "power")])
def test_every_row_is_in_a_table(results: Results, name: str) -> None:
    held = getattr(results, name)
    if name == "coalition_percent":
        assert held == results.to_dict()[name]
        return
    assert len(tables(results)[name]) == len(held) > 0
    assert list(Brief(results).tables[name].columns) == [part.name for part in fields(held[0])]


def test_the_worst_certificate_counts_leverage(results: Results) -> None:
    frontier = (replace(results.frontier[0], certificate=3e-9), *results.frontier[1:])
    worse = replace(results, frontier=frontier, certificate_worst=None, certificate_where="")
    assert worse.certificate_worst == 3e-9
    assert worse.certificate_where == "point 1 of the frontier"
    exposures = (replace(results.exposures[0], certificate=4e-9), *results.exposures[1:])
    worst = replace(worse, exposures=exposures, certificate_worst=None, certificate_where="")
    assert worst.certificate_worst == 4e-9
    tariffs = (replace(results.frontier_tariffs[0], certificate=5e-9),)
    alone = replace(worst, frontier_tariffs=tariffs, certificate_worst=None, certificate_where="")
    assert alone.certificate_where == "point 1 of the frontier of tariffs"
    assert "25 % tariff on goods" in worst.certificate_where


def test_every_row_says_its_unit_in_its_names() -> None:
    for name in ("ExposureRow", "FrontierRow", "PairRow", "CoalitionRow", "DemandRow"):
        for part in fields(getattr(leverage_rows, name)):
            if "float" in str(part.type) and part.name not in ("certificate", "rate"):
                assert part.name.endswith(("_percent", "_bn")), part.name
