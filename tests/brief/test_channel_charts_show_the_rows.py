"""The charts of deals, capital, projects and ties hold the rows; maps of routes stay legible."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import altair as alt
import pytest

from countervail.brief.drawing import projection, strips
from countervail.brief.drawing.draw import MINE, REST, THEIRS, svg
from countervail.brief.drawing.figure import Figure
from countervail.brief.figures import channel_figures, route_lines, route_maps
from countervail.brief.figures.route_words import overlap
from countervail.brief.results import Results

from . import channel_example
from .test_charts_show_the_results import called

HOME = ["CAN", "USA"]


def sets(figure: Figure) -> dict[str, list[dict[str, Any]]]:
    held: dict[str, list[dict[str, Any]]] = figure.alone["datasets"]
    return held


def test_each_acting_deal_is_a_bar_from_zero(results: Results, drawn: list[Figure]) -> None:
    held = sets(called("deals", drawn))
    order = ["uae", "qatar", "china", "swap", "pension", "gulf-fta"]
    rows = {row.id: row for row in results.deals}
    assert [bar["x2"] for bar in held["bars"]] == [rows[name].full_percent for name in order]
    assert {bar["x"] for bar in held["bars"]} == {0.0}
    dots = [spot["x"] for spot in held["spots"] if spot["shape"] == "circle"]
    assert dots == [rows[name].expected_percent for name in order]
    diamonds = [spot["x"] for spot in held["spots"] if spot["shape"] == "diamond"]
    assert diamonds == [rows[name].threat_percent for name in order]
    faint = {bar["x2"]: bar["opacity"] for bar in held["bars"]}
    assert faint[rows["china"].full_percent] > faint[rows["uae"].full_percent] > 0.2
    labels = [entry["words"].replace("\u202f", " ") for entry in held["labels"]]
    assert labels[1] == "0.051 % in full, odds 10 %, upper bound"
    assert "Joint statement" not in {entry["words"] for entry in held["titles"]}


def test_more_deals_than_fit_are_said(results: Results) -> None:
    many = tuple(replace(results.deals[1], id=f"d{n}") for n in range(20))
    figure = channel_figures.deals_figure(replace(results, deals=many))
    assert figure is not None
    assert len(sets(figure)["bars"]) == 14
    assert "The 6 smallest are in the table." in figure.note


def test_owners_are_told_apart_by_mark_and_word(drawn: list[Figure]) -> None:
    figure = called("capital", drawn)
    held = sets(figure)
    titles = [entry["words"] for entry in held["titles"]]
    assert titles[:4] == ["United States", "Netherlands", "United Kingdom", "Luxembourg\u00a0†"]
    assert titles[-1] == "2 other owners together"
    assert held["bars"][0]["fill"] == THEIRS
    assert held["bars"][1]["fill"] == REST
    assert held["bars"][3]["fill"] != held["bars"][3]["stroke"] == REST
    assert "Hollow bars: constructed." in figure.note


def test_projects_that_start_alike_take_one_lane(drawn: list[Figure]) -> None:
    held = sets(called("projects", drawn))
    words = [entry["words"] for entry in held["labels"]]
    assert words[0] == "2026 in every case"
    assert words[1:4] == [
        "2028 with all",
        "2031 without the United States",
        "2030 without new partners",
    ]
    assert "not by 2040 without the United States" in words
    assert {bar["x2"] for bar in held["bars"]} == {2041.0}


def test_reach_is_on_a_scale_to_a_hundred(drawn: list[Figure]) -> None:
    held = sets(called("reach", drawn))
    assert [bar["x2"] for bar in held["bars"]] == [61.2, 63.4, 88.1, 55.6, 66.7, 77.8]
    layer = called("reach", drawn).alone["layer"][1]
    assert layer["encoding"]["x"]["scale"]["domain"] == [0.0, 100.0]


def test_words_of_strips_stand_on_lines_of_their_own(drawn: list[Figure]) -> None:
    for name in ("deals", "capital", "projects", "reach"):
        held = sets(called(name, drawn))
        heights = sorted(entry["py"] for entry in [*held["titles"], *held["labels"]])
        assert all(b - a >= 15.0 for a, b in pairwise(heights)), name


def test_a_flat_strip_can_still_be_drawn() -> None:
    drawing = strips.strips("flat", [strips.Strip("None", (strips.Lane("0"),))], "%")
    assert "None" in drawing.wide()


def test_specifications_follow_the_schema(drawn: list[Figure]) -> None:
    for name in ("deals", "capital", "projects", "routes-1", "routes-2", "reach"):
        alt.Chart.from_dict(called(name, drawn).alone)


def test_a_network_at_home_shows_home_and_any_other_the_world(results: Results) -> None:
    home, world = results.routes
    assert not route_maps.view_of(home, HOME, route_maps.WIDE).world
    assert route_maps.view_of(world, HOME, route_maps.WIDE).world


@pytest.mark.parametrize("layout", [route_maps.WIDE, route_maps.NARROW])
def test_a_window_holds_the_places_at_home(results: Results, layout: route_lines.Layout) -> None:
    row = results.routes[0]
    view = route_maps.view_of(row, HOME, layout)
    for node in row.nodes:
        inside = view.holds(route_lines.at(node, view), -layout.pad + 1)
        assert inside == (node.country in HOME), node.id


def test_pixels_are_those_of_the_renderer() -> None:
    """The renderer draws a square around a place where the formulas here say it is."""
    for view in (
        projection.part([(-125.0, 30.0), (-70.0, 55.0)], 740, 430, 40.0),
        projection.whole(740),
    ):
        lon, lat = -97.0, 49.5
        ring = [[lon - 1, lat - 1], [lon - 1, lat + 1], [lon + 1, lat + 1], [lon + 1, lat - 1]]
        shape = {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        drawn = svg(
            {
                "width": view.width,
                "height": view.height,
                "padding": 0,
                "data": {"values": [shape]},
                "projection": view.spec,
                "mark": {"type": "geoshape", "fill": "#123456"},
            }
        )
        path = re.search(r'<path [^>]*d="([^"]+)"[^>]*fill="#123456"', drawn)
        assert path is not None
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path[1])]
        corners = {(round(x), round(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)}
        for x, y in (view.pixel((p[0], p[1])) for p in ring):
            assert any(abs(x - a) <= 1 and abs(y - b) <= 1 for a, b in corners)


def test_colours_say_whose_ground_it_is(results: Results) -> None:
    row = results.routes[0]
    view = route_maps.view_of(row, HOME, route_maps.WIDE)
    found = {line.edge.name: line for line in route_lines.lines(row, view, "CAN")}
    assert found["Main line"].colour == THEIRS
    assert found["Northern line"].colour == MINE
    assert found["Main line"].width == max(line.width for line in found.values())
    assert "Tankers back" not in found
    assert found["Tankers to Asia"].leaves == "Asia"
    paths = {found[name].path[len(found[name].path) // 2] for name in ("Main line", "Third line")}
    assert len(paths) == 2, "lines between the same places must not cover each other"


def test_strokes_say_whether_a_line_is_there(results: Results, drawn: list[Figure]) -> None:
    layers = [
        layer["mark"]
        for layer in called("routes-1", drawn).alone["layer"]
        if layer["mark"]["type"] == "line"
    ]
    assert {tuple(mark["strokeDash"]) for mark in layers} == {(1, 0), (7, 4), (2, 4)}


def test_a_line_over_the_edge_of_the_map_is_drawn_at_both_ends(results: Results) -> None:
    row = results.routes[1]
    view = route_maps.view_of(row, HOME, route_maps.WIDE)
    pieces = [
        line.path
        for line in route_lines.lines(row, view, "CAN")
        if line.edge.name == "Across the ocean"
    ]
    assert len(pieces) == 2
    ends = [x for path in pieces for x, _ in path]
    assert min(ends) < 0
    assert max(ends) > view.width


def test_little_flows_of_others_are_left_out_of_a_world_map(results: Results) -> None:
    row = results.routes[1]
    idle = tuple(
        replace(e, used=0.1) if e.name in ("Round the Cape", "Plants at home") else e
        for e in row.edges
    )
    small = replace(row, edges=idle)
    view = route_maps.view_of(small, HOME, route_maps.WIDE)
    names = {line.edge.name for line in route_lines.lines(small, view, "CAN")}
    assert "Round the Cape" not in names
    assert "Plants at home" in names


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("part", ["wide_spec", "narrow_spec"])
def test_no_words_of_a_map_stand_on_others(results: Results, number: int, part: str) -> None:
    row = results.routes[number]
    spec = getattr(route_maps.network_map("map", row, HOME, "CAN"), part)
    words = spec["datasets"]["words"]
    assert len(words) >= 3
    for one, other in combinations(words, 2):
        assert not overlap(one["box"], other["box"]), (one["words"], other["words"])
    for entry in words:
        left, top, right, bottom = entry["box"]
        assert 0 <= left < right <= spec["width"], entry["words"]
        assert 0 <= top < bottom <= spec["height"], entry["words"]


def test_the_worst_and_the_new_line_are_named(results: Results) -> None:
    for part in ("wide_spec", "narrow_spec"):
        spec = getattr(route_maps.network_map("map", results.routes[0], HOME, "CAN"), part)
        words = " ".join(entry["words"] for entry in spec["datasets"]["words"])
        assert "Main line 3,000\u00a0kb/d" in words
        assert "planned" in words


def test_maps_of_routes_ask_no_network(drawn: list[Figure]) -> None:
    for name in ("routes-1", "routes-2"):
        figure = called(name, drawn)
        assert "url" not in str(figure.alone["datasets"].keys())
        assert "http" not in figure.wide.replace("http://www.w3.org", "")
        assert figure.wide.count("<path") > 20
        assert figure.finding in figure.alt


def test_more_networks_than_are_drawn_are_in_the_tables(results: Results) -> None:
    row = channel_example.world_network()
    many = replace(results, routes=tuple(replace(row, id=f"n{n}") for n in range(10)))
    assert len(channel_figures.route_figures(many)) == 9
