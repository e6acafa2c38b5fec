"""The lines of a route network on a map: their paths in pixels, colours and widths."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from countervail.brief.drawing.atlas import Point
from countervail.brief.drawing.draw import MINE, REST, THEIRS
from countervail.brief.drawing.projection import View
from countervail.brief.questions import routed
from countervail.brief.rows.channels import RouteEdgeRow, RouteNetworkRow, RouteNodeRow

_BEND = 0.16  # how far lines between the same two places bend apart, in parts of their length
_LITTLE = 0.01  # part of the whole flow below which a line of neither side is not drawn
_POINTS = 24  # points of a bent line
_SHORT = 7.0  # pixels: a shorter line is not drawn


@dataclass(frozen=True)
class Layout:
    """How large a map is: pixels, the size of letters, and how many lines and places are named.

    The first ``crossing`` names may stand across other lines where there is no better room.
    """

    width: int
    height: int
    pad: float
    letters: float
    lines: int
    places: int
    crossing: int


@dataclass(frozen=True)
class Line:
    """A line as it is drawn: its path in pixels, its colour, width, and how it is broken."""

    edge: RouteEdgeRow
    path: tuple[Point, ...]
    colour: str
    width: float
    leaves: str = ""  # the place beyond the window to which it leads


def lines(row: RouteNetworkRow, view: View, mine: str) -> list[Line]:
    """The lines of a network as they are drawn, thin ones last, so that none is hidden."""
    places = {n.id: n for n in row.nodes}
    largest = max((carries(e, row) for e in row.edges), default=0.0) or 1.0
    made: list[Line] = []
    for group in _between(e for e in row.edges if not (view.world and _idle(e, row, mine))):
        for k, edge in enumerate(group):
            start, end = places[edge.start], places[edge.end]
            # The same side for all lines between two places, whichever way each runs.
            bend = (k - (len(group) - 1) / 2) * (1 if edge.start <= edge.end else -1)
            width = 1.0 + 6.0 * math.sqrt(carries(edge, row) / largest)
            paths, leaves = _paths(start, end, bend, view)
            made += [
                Line(edge, path, _colour(edge, mine), width, leaves)
                for path in paths
                if sum(math.dist(p, q) for p, q in pairwise(path)) >= _SHORT
            ]
    return sorted(made, key=lambda line: (-line.width, line.edge.id))


def carries(edge: RouteEdgeRow, row: RouteNetworkRow) -> float:
    """What sets the width of a line: its capacity, or its flow where it has no known limit."""
    return (edge.used if routed.unlimited(edge, row) else edge.capacity) or 0.0


def _idle(edge: RouteEdgeRow, row: RouteNetworkRow, mine: str) -> bool:
    """Whether a line of neither side carries too little to be drawn on a map of the world."""
    flow = edge.capacity if edge.used is None else edge.used
    return _colour(edge, mine) == REST and (flow or 0.0) < _LITTLE * (row.max_flow or 0.0)


def _between(edges: Iterable[RouteEdgeRow]) -> list[list[RouteEdgeRow]]:
    """The edges by the two places they join; one that only leads back is left out."""
    groups: dict[tuple[str, ...], list[RouteEdgeRow]] = {}
    for edge in edges:
        group = groups.setdefault(tuple(sorted((edge.start, edge.end))), [])
        back = (edge.end, edge.start, edge.capacity, edge.controlled, edge.status)
        if all((e.start, e.end, e.capacity, e.controlled, e.status) != back for e in group):
            group.append(edge)
    return list(groups.values())


def _colour(edge: RouteEdgeRow, mine: str) -> str:
    if edge.controlled:
        return THEIRS
    return MINE if mine in edge.jurisdictions else REST


def at(node: RouteNodeRow, view: View) -> Point:
    """Where a place lies, in pixels."""
    return view.pixel((node.longitude, node.latitude))


def _paths(
    start: RouteNodeRow, end: RouteNodeRow, bend: float, view: View
) -> tuple[list[tuple[Point, ...]], str]:
    """The ways between two places in pixels, and the place beyond the window they lead to."""
    a, b = at(start, view), at(end, view)
    if not view.world:
        inside = view.holds(a), view.holds(b)
        if not any(inside):
            return [], ""
        if not all(inside):
            here, far = (a, end) if inside[0] else (b, start)
            return [(here, _edge_near(here, view, bend))], far.name
    elif abs(a[0] - b[0]) > view.width / 2:
        # The short way runs over the edge of the map: both parts are drawn, one out of sight.
        over = view.width if a[0] > b[0] else -view.width
        return [(a, (b[0] + over, b[1])), ((a[0] - over, a[1]), b)], ""
    return [tuple(_bent(a, b, bend))], ""


def _edge_near(here: Point, view: View, bend: float) -> Point:
    """The nearest point of the window's edge but the upper one, where there is ice, not sea;
    a little aside for a second line."""
    x, y = here
    aside = 14.0 * bend
    ends = (
        (x, (0.0, y + aside)),
        (view.width - x, (float(view.width), y + aside)),
        (view.height - y, (x + aside, float(view.height))),
    )
    return min(ends)[1]


def _bent(a: Point, b: Point, bend: float) -> list[Point]:
    """A line from a to b that bends to one side by ``bend`` steps."""
    if not bend:
        return [a, b]
    dx, dy = b[0] - a[0], b[1] - a[1]
    middle = ((a[0] + b[0]) / 2 - 2 * _BEND * bend * dy, (a[1] + b[1]) / 2 + 2 * _BEND * bend * dx)
    made = []
    for k in range(_POINTS + 1):
        t = k / _POINTS
        made.append(
            (
                (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * middle[0] + t**2 * b[0],
                (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * middle[1] + t**2 * b[1],
            )
        )
    return made
