"""Heat maps of figures for pairs of regions, for a page: who sells to whom, who can hurt whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from countervail.brief.drawing.draw import INK, MUTED, PAPER, Drawing, legend, pixel
from countervail.brief.drawing.scales import OUTSIDE, Scale

WIDE, NARROW = 80, 20
"""How many regions a heat map shows on a wide page and on a phone."""

HOME = "home sales, not shown"
ITSELF, UNKNOWN = "itself", "not computed"

_WIDTHS = {WIDE: 690, NARROW: 270}
_GROUPED_WIDTH = 560
_LARGEST_CELL = 26
_LETTER = 6.8
_ROOM_FOR_LEGEND = 480


@dataclass(frozen=True)
class Grid:
    """A square of figures: ``values`` is (row, column) in the order of ``labels``.

    ``labels`` must differ from each other. ``down`` and ``across`` say what a row and a
    column is, ``diagonal`` what stands where they meet. ``names`` are shown on the rows in
    place of the labels; the row and column of ``framed`` get a frame; ``groups`` are (heading,
    number of rows) with a line between them.
    """

    labels: Sequence[str]
    values: Sequence[Sequence[float | None]]
    down: str
    across: str
    diagonal: str
    names: Sequence[str] = ()
    framed: str = ""
    groups: Sequence[tuple[str, int]] = ()


def heat_map(
    name: str,
    labels: Sequence[str],
    values: Sequence[Sequence[float]],
    scale: Scale,
    unit: str,
) -> Drawing:
    """Importers down, exporters across, a cell for each pair; the first regions only where many.

    ``labels`` must differ from each other; ``values`` is (importer, exporter) in their order;
    the diagonal stands for home sales and has a colour of its own.
    """
    wide, narrow = (Grid(labels[:n], values, "buys", "sells", HOME) for n in (WIDE, NARROW))
    return Drawing(name, _matrix(wide, scale, unit, WIDE), _matrix(narrow, scale, unit, NARROW))


def power_map(name: str, wide: Grid, narrow: Grid, scale: Scale, unit: str) -> Drawing:
    """Targets down, coercers across, in groups, the protagonist framed."""
    return Drawing(name, _matrix(wide, scale, unit, WIDE), _matrix(narrow, scale, unit, NARROW))


def _matrix(grid: Grid, scale: Scale, unit: str, at_most: int) -> dict[str, Any]:
    labels, count = grid.labels, len(grid.labels)
    headed = at_most == WIDE and any(heading for heading, _ in grid.groups)
    cell = min(_LARGEST_CELL, (_GROUPED_WIDTH if headed else _WIDTHS[at_most]) / count)
    roomy = cell * count > _ROOM_FOR_LEGEND
    # Cells of the lowest step are the ground that the others lie on.
    cells = [
        {"row": labels[n], "column": labels[i], "step": step}
        for n in range(count)
        for i in range(count)
        if (step := _step(grid, scale, n, i)) != scale.labels[0]
    ]
    steps = {**scale.steps, grid.diagonal: OUTSIDE}
    if any(entry["step"] == UNKNOWN for entry in cells):
        steps[UNKNOWN] = PAPER
    lettering = max(5.0, min(11.0, 0.82 * cell))
    axis = {
        "domain": False,
        "ticks": False,
        "labelFontSize": lettering,
        "labelPadding": 3,
        "titlePadding": 14,
        "titleFontSize": 11.5,
        "labelLimit": 110 if grid.names else 90 if at_most == WIDE else 60,
        "labelOverlap": False,
    }
    order = {"domain": list(labels), "paddingInner": 0.06 if cell > 8 else 0}
    down = {**axis, "title": grid.down}
    if grid.names:
        shown = json.dumps(dict(zip(labels, grid.names, strict=True)))
        down["labelExpr"] = f"{shown}[datum.value]"
    filled = {
        "mark": {"type": "rect"},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "scale": order, "axis": down},
            "x": {
                "field": "column",
                "type": "nominal",
                "scale": order,
                "axis": {**axis, "title": grid.across, "orient": "top", "labelAngle": -90},
            },
            "fill": {
                "field": "step",
                "type": "nominal",
                "scale": {"domain": list(steps), "range": list(steps.values())},
                "legend": legend(unit)
                | {"columns": 4 if roomy else 1, "padding": 0 if roomy else 16},
            },
        },
    }
    side = cell * count
    return {
        "width": side,
        "height": side,
        "datasets": {"cells": cells},
        "data": {"name": "cells"},
        "view": {"fill": scale.colours[0], "stroke": None},
        "layer": [filled, *_groups(grid, side, headed), *_frame(grid, side)],
    }


def _step(grid: Grid, scale: Scale, n: int, i: int) -> str:
    value = grid.values[n][i]
    if n == i:
        return grid.diagonal
    return UNKNOWN if value is None else scale.label(value)


_BOX = {"x": pixel("x"), "y": pixel("y"), "x2": {"field": "x2"}, "y2": {"field": "y2"}}


def _groups(grid: Grid, side: float, headed: bool) -> list[dict[str, Any]]:
    """Lines between the groups, with their headings at the right where there is room."""
    if len(grid.groups) < 2:
        return []
    cell = side / len(grid.labels)
    ends = [0.0, *(cell * k for k in accumulate(size for _, size in grid.groups))]
    lines = [
        box
        for end in ends[1:-1]
        for box in (
            {"x": 0, "x2": side, "y": end, "y2": end},
            {"x": end, "x2": end, "y": 0, "y2": side},
        )
    ]
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "stroke": MUTED, "strokeWidth": 0.8},
            "encoding": _BOX,
        }
    ]
    if headed:
        headings = [
            {"x": side + 7, "y": (low + high) / 2, "heading": heading}
            for (heading, _), (low, high) in zip(grid.groups, pairwise(ends), strict=True)
        ]
        # Browsers' letters are wider than those that the drawing is measured with.
        room = 7 + _LETTER * max(len(heading) for heading, _ in grid.groups)
        layers.append(
            {
                "data": {"values": [{"x": side, "x2": side + room, "y": 0, "y2": 0}]},
                "mark": {"type": "rule", "opacity": 0},
                "encoding": _BOX,
            }
        )
        layers.append(
            {
                "data": {"values": headings},
                "mark": {"type": "text", "align": "left", "fill": MUTED, "fontSize": 11},
                "encoding": {
                    "x": pixel("x"),
                    "y": pixel("y"),
                    "text": {"field": "heading", "type": "nominal"},
                },
            }
        )
    return layers


def _frame(grid: Grid, side: float) -> list[dict[str, Any]]:
    """A frame around the row and the column of one region."""
    if grid.framed not in grid.labels:
        return []
    cell = side / len(grid.labels)
    low = cell * list(grid.labels).index(grid.framed)
    return [
        {
            "data": {
                "values": [
                    {"x": 0, "x2": side, "y": low, "y2": low + cell},
                    {"x": low, "x2": low + cell, "y": 0, "y2": side},
                ]
            },
            "mark": {"type": "rect", "fill": None, "stroke": INK, "strokeWidth": 1.8},
            "encoding": _BOX,
        }
    ]
