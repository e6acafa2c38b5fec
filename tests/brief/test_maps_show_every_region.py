"""A map colours each country as its region, shows small ones by a mark, and hides nothing."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countervail.brief.drawing import atlas, draw, scales
from countervail.brief.drawing.figure import Figure
from countervail.brief.figures import map_figures, maps
from countervail.brief.results import Place, Results
from countervail.world import registry

from . import example
from .test_charts_show_the_results import called

NO_SHAPE = {"292", "798"}  # Gibraltar and Tuvalu are too small for the source's scale
LEGEND_GREY = "counted inside the rest of the world"


def shapes(figure: Figure) -> dict[str, str]:
    """The step of every country by its code, or its name where the source has no code."""
    held = figure.alone["datasets"]["shapes"]
    names = [c.numeric or c.name for c in atlas.countries()]
    return {name: f["properties"]["step"] for name, f in zip(names, held, strict=True)}


def test_every_region_of_the_registry_joins_the_map() -> None:
    codes = [e.numeric for e in registry.regions().values() if e.numeric]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"\d{3}", code) for code in codes)
    assert set(codes) - atlas.codes() == NO_SHAPE
    assert {e.label for e in registry.regions().values() if not e.numeric} == {"ROW", "XKX"}


def test_names_agree_where_the_codes_join() -> None:
    drawn = {c.numeric: c.name for c in atlas.countries()}
    same = sum(drawn.get(e.numeric) == e.name for e in registry.regions().values())
    assert same > 175  # the rest are spellings and abbreviations, checked by eye
    assert (drawn["124"], drawn["634"], drawn["702"]) == ("Canada", "Qatar", "Singapore")


def test_the_map_is_the_file_that_the_note_names() -> None:
    folder = files("countervail.data").joinpath("maps")
    found = hashlib.sha256(folder.joinpath("countries-50m.json").read_bytes()).hexdigest()
    note = folder.joinpath("README.md").read_text("utf-8")
    assert found in note
    assert "ISC licence" in note
    assert "permission notice appear in all copies" in note


def test_no_country_is_turned_inside_out_or_lost() -> None:
    # Land without Antarctica is 135 million km2; a degree at the equator is 111.3 km long.
    total = sum(c.area for c in atlas.countries()) * 111.3**2 / 1e6
    assert total == pytest.approx(135, rel=0.03)
    assert "010" not in atlas.codes()
    for country in atlas.countries():
        for outer, *_ in country.polygons:
            assert atlas._area(outer) < 0, country.name  # the way of the source: clockwise
            assert outer[0] == outer[-1]
    large = [c for c in atlas.countries() if c.area > 1]
    assert all(c.polygons for c in large)


def test_simplified_shapes_keep_their_area_and_few_points() -> None:
    by_code = {c.numeric: c for c in atlas.countries()}
    for code in ("124", "076", "250", "682", "356"):
        country = by_code[code]
        drawn = sum(abs(atlas._area(p[0])) * atlas._shrink(p[0]) for p in country.polygons)
        assert drawn == pytest.approx(country.area, rel=0.06), country.name
    points = sum(len(r) for c in atlas.countries() for p in c.polygons for r in p)
    assert 4000 < points < 9000


def test_a_merged_region_is_one_colour(drawn: list[Figure]) -> None:
    for name in ("felt", "partners"):
        steps = shapes(called(name, drawn))
        assert steps["156"] == steps["344"] == steps["446"] != LEGEND_GREY


def test_colours_follow_the_figures(results: Results, drawn: list[Figure]) -> None:
    felt, sold = shapes(called("felt", drawn)), shapes(called("partners", drawn))
    assert felt["124"] == "loses 1\u202f% or more"
    assert felt["484"] == "loses 0.1 to 1\u202f%"
    assert felt["840"] == "gains 0.01 to 0.1\u202f%"
    assert felt["826"] == "less than 0.01\u202f% either way"
    assert sold["840"] == "10\u202f% or more"
    assert sold["156"] == "3 to 10\u202f%"
    assert sold["634"] == "less than 0.1\u202f%"
    assert sold["124"] == "Canada itself"


def test_what_is_in_no_region_is_grey_and_called_so(drawn: list[Figure]) -> None:
    steps = shapes(called("felt", drawn))
    for place in ("004", "Kosovo", "Somaliland", "732"):
        assert steps[place] == LEGEND_GREY
    alone = [p for p in example.places() if p.role != "rest"]
    figure = map_figures.felt_figure(example.results(places=tuple(alone)))
    assert figure is not None
    assert shapes(figure)["004"] == "not in this world"


def test_a_region_without_a_figure_is_grey_too(results: Results) -> None:
    missing = tuple(
        replace(p, welfare_percent=None) if p.region == "JPN" else p for p in results.places
    )
    figure = map_figures.felt_figure(replace(results, places=missing))
    assert figure is not None
    assert shapes(figure)["392"] == LEGEND_GREY


GULF = ("ARE", "BHR", "KWT", "OMN", "QAT", "SAU", "ISR", "SGP", "MLT", "LUX", "CYP")


def small_states() -> tuple[Place, ...]:
    known = registry.regions()
    return tuple(
        Place(r, known[r].name, "other", (known[r].numeric,), "constructed", 0.01) for r in GULF
    )


def test_small_states_have_marks_that_do_not_cover_each_other() -> None:
    figure = map_figures.felt_figure(
        example.results(places=(*example.places()[:2], *small_states()))
    )
    assert figure is not None
    marks = figure.alone["datasets"]["marks"]
    assert len(marks) == 8  # all but the Emirates, Oman and Saudi Arabia
    assert all(mark["made"] for mark in marks)
    apart = maps._degrees(maps.WIDE.mark**0.5, maps.WIDE)
    for i, a in enumerate(marks):
        for b in marks[:i]:
            assert abs(a["lon"] - b["lon"]) >= apart or abs(a["lat"] - b["lat"]) >= apart
    daggers = figure.alone["datasets"]["daggers"]
    assert len(daggers) == 3
    places = {(d["lon"], d["lat"]) for d in daggers}
    assert not places & {(m["lon"], m["lat"]) for m in marks}


def test_a_mark_has_the_colour_of_its_region(results: Results) -> None:
    moved = tuple(
        replace(p, welfare_percent=-0.5) if p.region == "QAT" else p for p in results.places
    )
    figure = map_figures.felt_figure(replace(results, places=moved))
    assert figure is not None
    [mark] = figure.alone["datasets"]["marks"]
    assert mark["step"] == shapes(figure)["634"] == "loses 0.1 to 1\u202f%"


def test_spots_lie_inside_their_country() -> None:
    by_code = {c.numeric: c for c in atlas.countries()}
    near = {"704": (107.9, 16.0), "152": (-71.0, -36.8), "578": (14.0, 64.6), "643": (88.0, 59.5)}
    for code, (lon, lat) in near.items():
        spot = by_code[code].spot
        assert abs(spot[0] - lon) < 3, by_code[code].name
        assert abs(spot[1] - lat) < 3, by_code[code].name


def test_a_world_off_the_map_has_no_map(results: Results) -> None:
    bare = tuple(replace(p, numeric=()) for p in results.places)
    assert map_figures.felt_figure(replace(results, places=bare)) is None
    assert map_figures.partners_figure(replace(results, places=bare)) is None
    assert map_figures.felt_figure(replace(results, places=())) is None


def test_the_title_says_whether_it_stays_with_the_protagonist(results: Results) -> None:
    assert map_figures.felt_finding(results) == (
        "It is Canada that is hit (−1.7\u202f%): no other region moves by more than "
        "0.31\u202f% (Mexico)"
    )
    far = tuple(
        replace(p, welfare_percent=-0.9) if p.region == "MEX" else p for p in results.places
    )
    assert map_figures.felt_finding(replace(results, places=far)) == (
        "Not only Canada is moved (−1.7\u202f%): Mexico moves by −0.90\u202f%"
    )


def test_the_title_names_the_largest_buyer(results: Results) -> None:
    assert map_figures.partners_finding(results) == (
        "The United States takes 75\u202f% of Canada\u2019s goods exports; the next largest buyer, "
        "China, takes 3.9\u202f%"
    )
    turned = tuple(
        replace(p, exports_percent=2.0) if p.role == "coercer" else p for p in results.places
    )
    assert map_figures.partners_finding(replace(results, places=turned)).startswith("China takes")


def test_the_rest_of_the_world_is_said_in_words(drawn: list[Figure]) -> None:
    note = called("partners", drawn).note
    assert "The rest of the world as a whole: 13\u202f%." in note
    assert "Natural Earth" in note
    assert "no opinion on status" in note
    assert "\u2020 or a square: constructed economy" in note


def test_maps_are_light_enough(drawn: list[Figure]) -> None:
    weight = sum(len(f.wide) + len(f.narrow) for f in drawn if f.name in ("felt", "partners"))
    assert 100_000 < weight < 1_000_000


def test_colours_of_the_page_are_those_of_the_drawings() -> None:
    css = files("countervail.brief").joinpath("templates", "brief.css").read_text("utf-8")
    blocks = [css.split("@media (prefers-color-scheme: dark)")[0], css.split("@media print")[1]]
    for block in blocks:
        known = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", block))
        for colour, variable in scales.VARIABLES.items():
            assert known[variable.removeprefix("var(").removesuffix(")")] == colour


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30))
def test_every_value_falls_into_a_step_that_holds_it(values: list[float]) -> None:
    scale = scales.around_nothing(values, "")
    assert len(scale.labels) == len(scale.colours) == len(scale.limits) + 1
    for value in values:
        label = scale.label(value)
        if label.startswith(("loses", "gains")):
            assert label.startswith("loses") == (value < 0)
            edges = [float(x) for x in re.findall(r"[\d.]+", label.replace(",", ""))]
            assert abs(value) >= edges[0]
            assert len(edges) == 1 or abs(value) < edges[1]
        elif label != "no change":
            [edge] = re.findall(r"[\d.]+", label)
            assert abs(value) < float(edge)
        else:
            assert abs(value) < 1e-6


def test_a_scale_ends_where_its_values_end() -> None:
    assert scales.around_nothing([-0.02, 0.5], "").labels == (
        "loses 0.01 to 0.1",
        "loses 0.001 to 0.01",
        "less than 0.001 either way",
        "gains 0.001 to 0.01",
        "gains 0.01 to 0.1",
        "gains 0.1 or more",
    )
    assert scales.around_nothing([0.0, 0.0], "").labels == ("no change",)


def test_drawings_of_maps_are_valid_and_repeat(results: Results, drawn: list[Figure]) -> None:
    import altair as alt

    figure = called("felt", drawn)
    alt.Chart.from_dict(figure.alone)
    again: Any = map_figures.felt_figure(results)
    assert again.wide == figure.wide
    assert json.dumps(again.alone) == json.dumps(figure.alone)
    assert draw.MINE not in figure.wide
