"""Where words stand on a map of routes: beside their line or place, none on another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from countervail.brief import text
from countervail.brief.drawing.atlas import Point
from countervail.brief.drawing.draw import INK, MUTED, REST
from countervail.brief.drawing.projection import View
from countervail.brief.figures.route_lines import Layout, Line, at, carries
from countervail.brief.questions import routed
from countervail.brief.rows.channels import RouteEdgeRow, RouteNetworkRow, RouteNodeRow

Box = tuple[float, float, float, float]


def placed(
    row: RouteNetworkRow,
    found: Sequence[Line],
    places: Sequence[RouteNodeRow],
    view: View,
    layout: Layout,
) -> list[dict[str, Any]]:
    """Words beside lines and places, in pixels: none on another, none beyond the window.

    The line that matters most comes first, then new ones, then the largest flows; words for
    which there is no room are left out, since the tables have them all.
    """
    # On a map of the world places are specks, and there would be no room between them.
    taken: list[Box] = [] if view.world else [_around(at(n, view)) for n in places]
    crossed = [_around(p) for line in found for p in _every(line.path)]
    made: list[dict[str, Any]] = []
    crossing = 2 if view.world else layout.crossing

    def put(words: str, spots: Sequence[tuple[Point, float]], ink: str) -> bool:
        """Write the words beside a spot where there is room, best where no line runs."""
        room = _room(words, layout.letters)
        ways = [[*taken, *crossed], *([taken] if len(made) <= crossing else [])]
        for avoided in ways:
            box = _free(room, spots, avoided, view)
            if box is not None and words not in named:
                named.add(words)
                taken.append(box)
                made.append(_word(words, box, ink))
                return True
        return False

    named: set[str] = set()
    names = _place_words(row, found, places, view)
    for words, spot in names[: 0 if view.world else 1]:
        put(words, [(spot, 7.0)], INK)
    ordered = sorted(
        found,
        key=lambda line: (
            line.edge.id != row.worst_edge,
            line.edge.status == routed.OPERATING or line.colour == REST,
            line.colour == REST,
            -(line.edge.used if line.edge.used is not None else line.edge.capacity or 0.0),
            line.edge.id,
        ),
    )
    left = layout.lines
    for line in ordered:
        if left:
            spots = [(p, 5.0 + line.width / 2) for p in _along(line.path)]
            left -= put(_line_words(line.edge, row), spots, line.colour)
    left = 0 if view.world else layout.places
    for words, spot in names[1:]:
        if left:
            left -= put(words, [(spot, 7.0)], MUTED)
    return made


def _every(path: Sequence[Point]) -> list[Point]:
    """Points along a line, one every few pixels."""
    made = []
    for p, q in pairwise(path):
        steps = max(1, round(math.dist(p, q) / 6))
        made += [
            (p[0] + k / steps * (q[0] - p[0]), p[1] + k / steps * (q[1] - p[1]))
            for k in range(steps + 1)
        ]
    return made


def _room(words: str, letters: float) -> tuple[float, float]:
    """How wide and high words are, in pixels, on the wide side."""
    return 0.59 * letters * len(words), 1.25 * letters


def short_name(name: str) -> str:
    """A name without brackets and without parts after a comma that only describe it."""
    first, *others = name.split(" (")[0].split(", ")
    return ", ".join([first, *(part for part in others if part[:1].isupper())])


def _line_words(edge: RouteEdgeRow, row: RouteNetworkRow) -> str:
    shown = f" {text.number(carries(edge, row))}\u00a0{row.unit}"
    known = "" if edge.capacity is None else shown
    if routed.unlimited(edge, row):
        known = f", flow{shown}"
    new = "" if edge.status == routed.OPERATING else f", {edge.status.replace('-', ' ')}"
    return f"{text.typeset(short_name(edge.name))}{known}{new}"


def _place_words(
    row: RouteNetworkRow, found: Sequence[Line], places: Sequence[RouteNodeRow], view: View
) -> list[tuple[str, Point]]:
    """What places are called and where: where the flow begins, what lies beyond, the rest."""
    beyond = [(f"to {line.leaves}", line.path[-1]) for line in found if line.leaves]
    ranks = {"supply": 0, "market": 1, "demand": 2}
    inside = sorted(places, key=lambda n: (ranks.get(n.kind, 3), n.id))
    named = [(short_name(n.name), at(n, view)) for n in inside]
    first = [named[k] for k, n in enumerate(inside) if n.kind == "supply"][:1]
    return [*first, *beyond, *(entry for entry in named if entry not in first)]


def _along(path: Sequence[Point]) -> list[Point]:
    """Points of a line at which words can stand, its middle first."""
    whole = list(path)
    made = []
    for part in (0.5, 0.38, 0.62, 0.26, 0.74, 0.16, 0.84):
        place = part * (len(whole) - 1)
        k = min(int(place), len(whole) - 2)
        t = place - k
        made.append(
            (
                whole[k][0] + t * (whole[k + 1][0] - whole[k][0]),
                whole[k][1] + t * (whole[k + 1][1] - whole[k][1]),
            )
        )
    return made


def _free(
    room: tuple[float, float],
    spots: Sequence[tuple[Point, float]],
    taken: Sequence[Box],
    view: View,
) -> Box | None:
    """The first box beside one of the spots that stands on nothing; ``None`` without any."""
    wide, high = room
    for (x, y), off in spots:
        for left, top in (
            (x + off, y - high / 2),
            (x - off - wide, y - high / 2),
            (x - wide / 2, y - off - high),
            (x - wide / 2, y + off),
            (x + off, y - off - high),
            (x + off, y + off),
            (x - off - wide, y - off - high),
            (x - off - wide, y + off),
        ):
            box = (left, top, left + wide, top + high)
            inside = (
                left >= 2 and top >= 2 and box[2] <= view.width - 2 and box[3] <= view.height - 2
            )
            if inside and not any(overlap(box, other) for other in taken):
                return box
    return None


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes (left, top, right, bottom) share any point."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _around(spot: Point) -> Box:
    return (spot[0] - 3, spot[1] - 3, spot[0] + 3, spot[1] + 3)


def _word(words: str, box: Box, ink: str) -> dict[str, Any]:
    return {
        "words": words,
        "px": round(box[0], 1),
        "py": round((box[1] + box[3]) / 2, 1),
        "ink": ink,
        "box": [round(v, 1) for v in box],
    }
