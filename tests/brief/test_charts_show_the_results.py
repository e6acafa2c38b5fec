"""A chart holds the figures of the results and is a valid, repeatable drawing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import altair as alt
import pytest
from jsonschema import ValidationError

from countervail.brief.drawing import draw
from countervail.brief.figures import charts
from countervail.brief.figures.charts import Figure
from countervail.brief.results import Results, Spill

from . import channel_example, example


def called(name: str, figures: list[Figure]) -> Figure:
    [found] = [figure for figure in figures if figure.name == name]
    return found


def dataset(figure: Figure, part: str) -> list[dict[str, Any]]:
    held = figure.alone["datasets"]
    return [row for name, rows in held.items() if part in name for row in rows]


def test_every_computed_figure_is_a_point(results: Results, drawn: list[Figure]) -> None:
    points = {(p["row"], p["who"], p["hollow"], p["x"]) for p in dataset(drawn[0], "points")}
    for row in results.ladder:
        if row.energy == "included" and row.harm_percent is not None:
            label = charts.text.rung(row)
            hollow = row.retaliation != "none"
            assert (label, "mine", hollow, row.harm_percent) in points
            assert (label, "theirs", hollow, row.cost_percent) in points
    count = sum(2 for r in results.ladder if r.energy == "included" and r.harm_percent is not None)
    assert len(points) == count


def test_retaliation_that_changes_nothing_is_one_mark(results: Results) -> None:
    at_cut_off = [r for r in results.ladder if r.rate is None]
    idle = tuple(replace(r, retaliation="proportional") for r in at_cut_off)
    figure = charts.ladder_figure(replace(results, ladder=results.ladder + idle))
    assert figure is not None
    shown = [p for p in dataset(figure, "points") if p["row"] == "Full cut-off"]
    assert len(shown) == 2 * len(at_cut_off)
    assert {p["lane"] for p in shown} == {"only"}


def test_energy_is_compared_at_the_horizon_of_the_brief(drawn: list[Figure]) -> None:
    points = dataset(drawn[1], "points")
    assert {p["row"] for p in points} == {f"{r}\u202f%" for r in (10, 25, 35, 50, 100)}
    at = {(p["who"], p["hollow"]): p["x"] for p in points if p["row"].startswith("25")}
    assert at["mine", False] == pytest.approx(1.6789)
    assert at["mine", True] == pytest.approx(1.6789 * 0.84)


def test_others_are_ordered_by_size_and_bars_start_at_zero(drawn: list[Figure]) -> None:
    bars = called("spill", drawn).alone["datasets"]["bars"]
    assert [b["row"] for b in bars][:2] == ["Mexico", "United Kingdom"]
    assert [b["x"] for b in bars] == sorted(b["x"] for b in bars)
    [bar] = [la for la in called("spill", drawn).alone["layer"] if la["mark"]["type"] == "bar"]
    assert bar["encoding"]["x2"] == {"datum": 0}


def test_only_the_regions_moved_most_are_drawn() -> None:
    many = tuple(Spill(f"R{i:02}", i / 100) for i in range(40))
    figure = charts.spill_figure(example.results(spill=many))
    assert figure is not None
    assert {b["row"] for b in figure.alone["datasets"]["bars"]} == {f"R{i}" for i in range(26, 40)}


def test_a_cut_off_that_dwarfs_the_tariffs_gets_its_own_scale(results: Results) -> None:
    def blocks(factor: float) -> int:
        rows = tuple(
            replace(r, harm_percent=r.harm_percent * factor)
            if r.rate is None and r.harm_percent is not None
            else r
            for r in results.ladder
        )
        figure = charts.ladder_figure(replace(results, ladder=rows))
        assert figure is not None
        return len(figure.alone["vconcat"])

    assert blocks(1.0) == 1
    assert blocks(5.0) == 2


def test_specifications_follow_the_schema(drawn: list[Figure]) -> None:
    for figure in drawn:
        alt.Chart.from_dict(figure.alone)
    broken = {**called("spill", drawn).alone, "layer": [{"mark": {"type": "dumbbell"}}]}
    with pytest.raises(ValidationError):
        alt.Chart.from_dict(broken)


def test_drawings_repeat_to_the_byte(drawn: list[Figure]) -> None:
    again = charts.figures(channel_example.results())
    for one, other in zip(drawn, again, strict=True):
        assert (one.wide, one.narrow) == (other.wide, other.narrow)
    assert called("spill", drawn).svg() == called("spill", again).svg()
    assert called("spill", drawn).png() == called("spill", again).png()


def test_drawings_on_the_page_take_the_colours_of_the_page(drawn: list[Figure]) -> None:
    for figure in drawn:
        assert set(re.findall(r"#[0-9a-fA-F]{6}", figure.wide + figure.narrow)) == set()
        assert "var(--ink)" in figure.wide
        assert "var(" not in figure.svg()
    assert "var(--mine)" in drawn[0].wide
    assert "var(--theirs)" in drawn[0].wide


def test_the_finding_is_the_title_of_the_drawing_alone(drawn: list[Figure]) -> None:
    for figure in drawn:
        assert " ".join(figure.alone["title"]["text"]) == figure.finding
        assert figure.png().startswith(b"\x89PNG")


def test_ticks_stay_where_the_data_are() -> None:
    for low, high in ((0.0, 7.3), (-0.17, 10.0), (-3.0, 0.0), (0.0, 0.0), (0.0, 4e-4)):
        values = draw.ticks("x", [low, high]).to_dict()["values"]
        assert all(low - 1e-9 <= v <= high + 1e-9 for v in values)
        assert 0 in values
        assert len(values) <= 6
