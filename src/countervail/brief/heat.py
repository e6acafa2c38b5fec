"""A heat map of who sells how much to whom, for a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countervail.brief.draw import Drawing, legend
from countervail.brief.scales import OUTSIDE, Scale

WIDE, NARROW = 80, 20
"""How many regions a heat map shows on a wide page and on a phone."""

HOME = "home sales, not shown"

_WIDTHS = {WIDE: 690, NARROW: 270}
_LARGEST_CELL = 26
_ROOM_FOR_LEGEND = 480


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
    return Drawing(
        name,
        _matrix(labels[:WIDE], values, scale, unit, WIDE),
        _matrix(labels[:NARROW], values, scale, unit, NARROW),
    )


def _matrix(
    labels: Sequence[str],
    values: Sequence[Sequence[float]],
    scale: Scale,
    unit: str,
    at_most: int,
) -> dict[str, Any]:
    count = len(labels)
    cell = min(_LARGEST_CELL, _WIDTHS[at_most] / count)
    roomy = cell * count > _ROOM_FOR_LEGEND
    # Cells of the lowest step are the ground that the others lie on.
    cells = [
        {
            "importer": labels[n],
            "exporter": labels[i],
            "step": HOME if n == i else scale.label(values[n][i]),
        }
        for n in range(count)
        for i in range(count)
        if n == i or scale.step(values[n][i]) > 0
    ]
    steps = {**scale.steps, HOME: OUTSIDE}
    lettering = max(5.0, min(11.0, 0.82 * cell))
    axis = {
        "domain": False,
        "ticks": False,
        "labelFontSize": lettering,
        "labelPadding": 3,
        "titlePadding": 14,
        "titleFontSize": 11.5,
        "labelLimit": 90 if at_most == WIDE else 60,
        "labelOverlap": False,
    }
    order = {"domain": list(labels), "paddingInner": 0.06 if cell > 8 else 0}
    return {
        "width": cell * count,
        "height": cell * count,
        "datasets": {"cells": cells},
        "data": {"name": "cells"},
        "view": {"fill": scale.colours[0], "stroke": None},
        "mark": {"type": "rect"},
        "encoding": {
            "y": {
                "field": "importer",
                "type": "nominal",
                "scale": order,
                "axis": {**axis, "title": "buys"},
            },
            "x": {
                "field": "exporter",
                "type": "nominal",
                "scale": order,
                "axis": {
                    **axis,
                    "title": "sells",
                    "orient": "top",
                    "labelAngle": -90,
                },
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
