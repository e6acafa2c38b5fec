"""Maps of route networks: lines between places over the countries, with words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countervail.brief.drawing import atlas, projection
from countervail.brief.drawing.draw import INK, PAPER, REST, Drawing, pixel
from countervail.brief.drawing.projection import View
from countervail.brief.drawing.scales import BORDER, EVEN
from countervail.brief.figures.route_lines import Layout, Line, at, lines
from countervail.brief.figures.route_words import placed
from countervail.brief.questions import routed
from countervail.brief.rows.channels import RouteNetworkRow, RouteNodeRow

DASHES: dict[str, list[int]] = {routed.OPERATING: [1, 0], "construction": [7, 4]}
"""How a line is broken by its status; every other status is dotted."""

WIDE = Layout(740, 430, 44.0, 11.0, 10, 8, 6)
NARROW = Layout(320, 300, 26.0, 9.5, 4, 3, 3)

_DOTTED = [2, 4]
_REGIONAL = 0.6  # part of the places at home from which a map shows the home region only


def network_map(name: str, row: RouteNetworkRow, home: Sequence[str], mine: str) -> Drawing:
    """The map of a network; ``home`` are the countries of both sides, ``mine`` the first's code.

    A network mostly at home shows that part of the world, and what leads out of it ends at the
    edge of the map; any other shows the whole world.
    """
    return Drawing(name, _drawn(row, home, mine, WIDE), _drawn(row, home, mine, NARROW))


def view_of(row: RouteNetworkRow, home: Sequence[str], layout: Layout) -> View:
    """The window on the earth that fits the places of a network."""
    near = [(n.longitude, n.latitude) for n in row.nodes if n.country in home]
    if len(near) < _REGIONAL * len(row.nodes) or len(near) < 2:
        return projection.whole(layout.width)
    return projection.part(near, layout.width, layout.height, layout.pad)


def _drawn(row: RouteNetworkRow, home: Sequence[str], mine: str, layout: Layout) -> dict[str, Any]:
    view = view_of(row, home, layout)
    found = lines(row, view, mine)
    joined = {name for line in found for name in (line.edge.start, line.edge.end)}
    places = [n for n in row.nodes if n.id in joined and view.holds(at(n, view))]
    words = placed(row, found, places, view, layout)
    return {
        "width": view.width,
        "height": view.height,
        "datasets": {
            "land": _land(view),
            "lines": [
                {"px": round(x, 1), "py": round(y, 1), "line": k, "step": n}
                for k, line in enumerate(found)
                for n, (x, y) in enumerate(line.path)
            ],
            "places": [_dot(n, view) for n in places],
            "words": words,
        },
        "layer": [
            {
                "data": {"name": "land"},
                "projection": view.spec,
                "mark": {
                    "type": "geoshape",
                    "fill": EVEN,
                    "stroke": BORDER,
                    "strokeWidth": 0.4,
                    "clip": True,
                },
            },
            *(_stroke(k, line) for k, line in enumerate(found)),
            _dots(view.world),
            *_written(layout.letters),
        ],
    }


def _land(view: View) -> list[dict[str, Any]]:
    """The countries of which some part lies in the window, as far as they do."""
    made = []
    for country in atlas.countries():
        kept = [
            polygon
            for polygon in country.polygons
            if view.world or any(view.holds(view.pixel(p), 60.0) for p in polygon[0])
        ]
        if kept:
            shape = {"type": "MultiPolygon", "coordinates": kept}
            made.append({"type": "Feature", "properties": {}, "geometry": shape})
    return made


def _dot(node: RouteNodeRow, view: View) -> dict[str, Any]:
    x, y = at(node, view)
    return {"px": round(x, 1), "py": round(y, 1), "kind": node.kind, "name": node.name}


def _dots(world: bool) -> dict[str, Any]:
    return {
        "data": {"name": "places"},
        "mark": {
            "type": "point",
            "shape": "circle",
            "size": 9 if world else 26,
            "fill": INK,
            "stroke": PAPER,
            "strokeWidth": 0.8,
            "opacity": 1,
        },
        "encoding": {"x": pixel("px"), "y": pixel("py")},
    }


def _stroke(number: int, line: Line) -> dict[str, Any]:
    """One line as a layer of its own, since each is broken in its own way."""
    return {
        "data": {"name": "lines"},
        "transform": [{"filter": {"field": "line", "equal": number}}],
        "mark": {
            "type": "line",
            "stroke": line.colour,
            "strokeWidth": round(line.width, 2),
            "strokeDash": DASHES.get(line.edge.status, _DOTTED),
            "strokeOpacity": 0.55 if line.colour == REST else 0.9,
            "clip": True,
        },
        "encoding": {
            "x": pixel("px"),
            "y": pixel("py"),
            "order": {"field": "step", "type": "quantitative"},
        },
    }


def _written(letters: float) -> list[dict[str, Any]]:
    """Words with a halo, so that they can be read on land and lines alike."""
    return [
        {
            "data": {"name": "words"},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "fontSize": letters,
                "fontWeight": 600,
                "strokeJoin": "round",
                **({"color": PAPER, "stroke": PAPER, "strokeWidth": 3.2} if halo else {}),
            },
            "encoding": {
                "x": pixel("px"),
                "y": pixel("py"),
                "text": {"field": "words", "type": "nominal"},
                **({} if halo else {"color": {"field": "ink", "type": "nominal", "scale": None}}),
            },
        }
        for halo in (True, False)
    ]
