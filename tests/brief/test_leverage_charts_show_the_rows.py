"""The charts of leverage hold the rows, mark what was asked, and never put words on words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import altair as alt
import pytest

from countervail.brief import text
from countervail.brief.drawing import curves
from countervail.brief.drawing.curves import Point
from countervail.brief.drawing.figure import Figure
from countervail.brief.figures import leverage_figures
from countervail.brief.results import Results

from . import leverage_example
from .test_charts_show_the_results import called


def sets(figure: Figure) -> dict[str, list[dict[str, Any]]]:
    held: dict[str, list[dict[str, Any]]] = figure.alone["datasets"]
    return held


def test_every_point_of_the_frontier_is_on_the_curve(results: Results, drawn: list[Figure]) -> None:
    figure = called("frontier", drawn)
    assert [(p["x"], p["y"]) for p in sets(figure)["points"]] == [
        (row.cost_percent, row.harm_percent) for row in results.frontier
    ]
    assert [p["x"] for p in sets(figure)["asked"]] == [0.0, 0.1, 0.5]
    assert [p["x"] for p in sets(figure)["own-optimum"]] == [results.frontier[0].cost_percent]


def test_asked_points_are_named_beside_them(drawn: list[Figure]) -> None:
    held = sets(called("frontier", drawn))
    words = {entry["words"] for side in ("left", "right") for entry in held[f"words-{side}"]}
    assert {w.replace("\u202f", " ") for w in words} == {
        "own optimum: 1.3 %, gains 0.023 %",
        "at no cost: 2.3 %",
        "for 0.1 %: 3.9 %",
        "for 0.5 %: 5.6 %",
        "at most: 5.9 % for 0.91 %",
        "full cut-off: 6.2 % for 0.68 %",
        "import tariffs alone: 2.0 % at most",
    }


def test_a_cut_off_and_tariffs_alone_stand_beside_the_curve(
    results: Results, drawn: list[Figure]
) -> None:
    held = sets(called("frontier", drawn))
    row = text.cut_off_row(results)
    assert row is not None
    assert [(p["x"], p["y"]) for p in held["cut-off"]] == [(row.cost_percent, row.harm_percent)]
    assert [(p["x"], p["y"]) for p in held["other"]] == [
        (point.cost_percent, point.harm_percent) for point in results.frontier_tariffs
    ]
    spec = called("frontier", drawn).alone
    axis = spec["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert axis[1] > (row.harm_percent or 0.0) > max(p["y"] for p in held["points"])


def test_a_cut_off_that_would_dwarf_the_curve_is_left_out(results: Results) -> None:
    ladder = tuple(
        replace(row, cost_percent=9.0) if text.is_cut_off(row) else row for row in results.ladder
    )
    figure = leverage_figures.frontier_figure(replace(results, ladder=ladder, frontier_tariffs=()))
    assert figure is not None
    assert "cut-off" not in sets(figure)
    assert "other" not in sets(figure)


@pytest.mark.parametrize("spread", [1.0, 0.02])
def test_words_never_stand_on_words(spread: float) -> None:
    points = [
        Point(0.1 * k * spread, 5.0 + spread * k, "asked", f"for 0.{k} %: a figure of {k} %")
        for k in range(4)
    ]
    placed = curves._placed(points, (0.0, 1.0), 10.0, 640, 330)
    assert len(placed) == 4
    for one, other in combinations(placed, 2):
        apart = abs(one["py"] - other["py"]) >= 14.9
        assert apart or abs(one["px"] - other["px"]) > 100


@pytest.mark.parametrize(("width", "height"), [curves._WIDE, curves._NARROW])
def test_words_stand_within_the_drawing(width: int, height: int) -> None:
    points = [
        Point(
            0.05 * k, 5.0 + k, "other" if k % 2 else "asked", "import tariffs alone: 2.0 % at most"
        )
        for k in range(20)
    ]
    for entry in curves._placed(points, (0.0, 1.0), 40.0, width, height):
        long = curves._LETTER * len(entry["words"])
        start = entry["px"] - (long if entry["align"] == "right" else 0)
        assert start >= 0
        assert start + long <= width + 5


def test_the_name_of_the_other_line_stands_below_it() -> None:
    one = curves._placed([Point(0.9, 5.0, "other", "tariffs alone")], (0.0, 1.0), 10.0, 640, 330)
    two = curves._placed([Point(0.9, 5.0, "asked", "for 0.1 %: 2 %")], (0.0, 1.0), 10.0, 640, 330)
    assert one[0]["py"] > 165 > two[0]["py"]


def test_a_sector_is_one_bar_that_starts_at_zero(results: Results, drawn: list[Figure]) -> None:
    held = sets(called("carriers", drawn))
    for p, row in enumerate(r for r in results.frontier if r.role == "asked"):
        sums = {entry["row"] for entry in held[f"carriers-{p}-sums"]}
        assert "All other sectors" in sums
        assert len(sums) == 11
        filled = held[f"carriers-{p}-bars"]
        hollow = {bar["row"]: bar for bar in held[f"carriers-{p}-hollow"]}
        assert all(bar["x"] == 0 for bar in filled)
        assert all(hollow[bar["row"]]["x"] == bar["x2"] for bar in filled)
        assert sum(bar["x2"] for bar in hollow.values()) == pytest.approx(row.harm_percent)


def test_gains_of_a_sector_go_to_the_left() -> None:
    panel = curves.BarPanel(
        "", "", (curves.Bar("a", -0.2), curves.Bar("a", 0.5, hollow=True), curves.Bar("b", 0.1))
    )
    bars, ends = curves._pieces(panel)
    assert [(b["row"], b["x"], b["x2"]) for b in bars] == [
        ("a", 0.0, -0.2),
        ("b", 0.0, 0.1),
        ("a", 0.0, 0.5),
    ]
    assert [(e["row"], e["x"], e["label"]) for e in ends] == [
        ("a", 0.5, "0.30"),
        ("b", 0.1, "0.10"),
    ]


def test_the_power_map_frames_the_protagonist(results: Results, drawn: list[Figure]) -> None:
    spec = called("power", drawn).alone
    [frame] = [la for la in spec["layer"] if la["mark"].get("strokeWidth") == 1.8]
    order = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    cell = spec["height"] / len(order)
    assert frame["data"]["values"][0]["y"] == pytest.approx(cell * order.index("CAN"))
    assert len(order) == 30
    assert {"USA", "CAN"} <= {*order}


def test_each_cell_has_the_step_of_its_loss(results: Results, drawn: list[Figure]) -> None:
    cells = {(c["row"], c["column"]): c["step"] for c in sets(called("power", drawn))["cells"]}
    labels = [region[0] for region in leverage_example.REGIONS]
    assert cells["CAN", "CAN"] == "itself"
    assert cells["CAN", "USA"].startswith("3")
    for (target, coercer), step in cells.items():
        if target == coercer or not step.startswith("1 to 3"):
            continue
        loss = leverage_example.loss(labels.index(target), labels.index(coercer))
        assert loss is not None
        assert 1 <= loss < 3


def test_a_pair_without_equilibrium_has_a_colour_of_its_own(results: Results) -> None:
    matrix = results.power
    assert matrix is not None
    row = list(matrix.loss_percent[0])
    row[1] = None
    broken = replace(matrix, loss_percent=(tuple(row), *matrix.loss_percent[1:]))
    figure = leverage_figures.power_figure(replace(results, power=broken))
    assert figure is not None
    cells = {(c["row"], c["column"]): c["step"] for c in sets(figure)["cells"]}
    assert cells["USA", "CHN"] == "not computed"


def test_demand_and_rupture_share_their_rows(results: Results, drawn: list[Figure]) -> None:
    held = sets(called("demand", drawn))
    assert [bar["x2"] for bar in held["demand-0-bars"]] == [r.demand_bn for r in results.demands]
    assert [bar["x2"] for bar in held["demand-1-bars"]] == [
        r.rupture_percent for r in results.demands
    ]
    assert "udgement" in called("demand", drawn).finding


def test_specifications_follow_the_schema(drawn: list[Figure]) -> None:
    for name in ("frontier", "carriers", "power", "demand"):
        alt.Chart.from_dict(called(name, drawn).alone)


def test_nothing_to_show_is_no_figure(results: Results) -> None:
    matrix = results.power
    assert matrix is not None
    zero = tuple(
        tuple(None if n == m else 0.0 for m in range(len(matrix.regions)))
        for n in range(len(matrix.regions))
    )
    calm = replace(
        results,
        power=replace(matrix, loss_percent=zero),
        frontier=results.frontier[:1],
        frontier_sectors=(),
        demands=(),
    )
    assert leverage_figures.power_figure(calm) is None
    assert leverage_figures.frontier_figure(calm) is None
    assert leverage_figures.carriers_figure(calm) is None
    assert leverage_figures.demand_figure(calm) is None
