"""Points in a plane, joined by lines where they belong together, with words beside some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countervail.brief.drawing.draw import INK, MINE, MUTED, PAPER, Drawing, pixel, ticks, wrapped

_WIDE, _NARROW = (640, 340), (268, 280)  # pixels: width, height
_MARGIN = 0.07  # of the span of the points, free at each side
_LINE = 15.0  # pixels between two labels
_BELOW = 10.0  # pixels that words stand below their dot, off a line that rises
_LETTER = 6.5  # pixels a letter takes in a label


@dataclass(frozen=True)
class Dot:
    """A point; ``words`` stand beside it, ``shape`` is one of Vega's, ``small``: a mere step."""

    across: float
    up: float
    words: str = ""
    shape: str = "circle"
    colour: str = MINE
    hollow: bool = False
    small: bool = False


@dataclass(frozen=True)
class Path:
    """Points that a line joins, in their order."""

    points: tuple[tuple[float, float], ...]
    dashed: bool = False


def scatter(name: str, dots: Sequence[Dot], paths: Sequence[Path], across: str, up: str) -> Drawing:
    """Dots and paths on two axes, which reach as far as the points do and not to nothing.

    ``across`` and ``up`` are the titles of the axes.
    """
    wide, narrow = (
        _drawn(dots, paths, (across, up), width, height) for width, height in (_WIDE, _NARROW)
    )
    return Drawing(name, wide, narrow)


def _drawn(
    dots: Sequence[Dot],
    paths: Sequence[Path],
    titles: tuple[str, str],
    width: int,
    height: int,
) -> dict[str, Any]:
    points = [(d.across, d.up) for d in dots] + [p for path in paths for p in path.points]
    low_x, high_x = _reach([x for x, _ in points])
    low_y, high_y = _reach([y for _, y in points])
    place = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [low_x, high_x], "nice": False, "zero": False},
            "axis": {**_ticks(titles[0], low_x, high_x), "title": wrapped(titles[0], width // 7)},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": [low_y, high_y], "nice": False, "zero": False},
            "axis": {**_ticks(titles[1], low_y, high_y), "title": wrapped(titles[1], height // 6)},
        },
    }
    datasets: dict[str, Any] = {
        "dots": [
            {
                "x": d.across,
                "y": d.up,
                "shape": d.shape,
                "fill": PAPER if d.hollow else d.colour,
                "stroke": d.colour if d.hollow else PAPER,
                "size": 22 if d.small else 84,
            }
            for d in dots
        ],
        "words": _placed(dots, (low_x, high_x), (low_y, high_y), width, height),
    }
    layers: list[dict[str, Any]] = []
    for number, path in enumerate(paths):
        datasets[f"path-{number}"] = [
            {"x": x, "y": y, "order": n} for n, (x, y) in enumerate(path.points)
        ]
        layers.append(
            {
                "data": {"name": f"path-{number}"},
                "mark": {
                    "type": "line",
                    "stroke": MUTED,
                    "strokeWidth": 1.4,
                    **({"strokeDash": [5, 4]} if path.dashed else {}),
                },
                "encoding": {**place, "order": {"field": "order", "type": "quantitative"}},
            }
        )
    layers.append(_marks(place))
    layers += _words()
    return {"width": width, "height": height, "datasets": datasets, "layer": layers}


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """From the least to the largest value, with a margin at both ends."""
    low, high = min(values), max(values)
    margin = _MARGIN * (high - low) or max(abs(high), 1.0) * 0.01
    return low - margin, high + margin


def _ticks(title: str, low: float, high: float) -> dict[str, Any]:
    axis: dict[str, Any] = ticks(title, [low, high]).to_dict()
    return axis


def _marks(place: dict[str, Any]) -> dict[str, Any]:
    given = {"scale": None, "legend": None}
    return {
        "data": {"name": "dots"},
        "mark": {"type": "point", "strokeWidth": 1.6, "opacity": 1},
        "encoding": {
            **place,
            "shape": {"field": "shape", "type": "nominal", **given},
            "fill": {"field": "fill", "type": "nominal", **given},
            "stroke": {"field": "stroke", "type": "nominal", **given},
            "size": {"field": "size", "type": "quantitative", **given},
        },
    }


def _words() -> list[dict[str, Any]]:
    """The words at their pixels, a halo first, so that they stay legible across a line."""
    return [
        {
            "data": {"name": "words"},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "color": ink,
                "stroke": ink,
                "strokeWidth": thick,
                "fontSize": 12,
            },
            "encoding": {
                "x": pixel("px"),
                "y": pixel("py"),
                "text": {"field": "words", "type": "nominal"},
            },
        }
        for ink, thick in ((PAPER, 4.0), (INK, 0.0))
    ]


def _placed(
    dots: Sequence[Dot],
    across: tuple[float, float],
    up: tuple[float, float],
    width: int,
    height: int,
) -> list[dict[str, Any]]:
    """Where words stand, in pixels: right of their dot, or left where no room is; none on another.

    From the top down, words that would touch others go below them.
    """
    placed: list[dict[str, Any]] = []
    for dot in sorted((d for d in dots if d.words), key=lambda d: -d.up):
        x = (dot.across - across[0]) / (across[1] - across[0]) * width
        y = height - (dot.up - up[0]) / (up[1] - up[0]) * height + _BELOW
        long = _LETTER * len(dot.words)
        left = x + 9 if x + 9 + long <= width else max(0.0, x - 9 - long)
        for other in placed:
            beside = left + long < other["px"] or left > other["px"] + other["long"]
            if not beside and y - other["py"] < _LINE:
                y = other["py"] + _LINE
        placed.append({"words": dot.words, "px": left, "py": y, "long": long})
    return placed
