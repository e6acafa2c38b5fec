"""A curve of harm against cost, and bars in panels that share the names of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countervail.brief import text
from countervail.brief.drawing.draw import (
    INK,
    MINE,
    PAPER,
    THEIRS,
    Drawing,
    pixel,
    row_names,
    sized,
    ticks,
    wrapped,
)

_WIDE, _NARROW = (640, 330), (262, 250)  # pixels of a curve: width, height
_HEADROOM = 1.14  # how far the axis reaches above the highest point, for words
_LINE = 15.0  # pixels between two labels
_BESIDE = 2.0  # pixels that a label beside its point stands below it
_LETTER = 6.3  # pixels a letter takes, on the wide side
_LONGEST = 165  # pixels for the name of a row, as measured; browsers take a fifth more
_LOOKS: dict[str, dict[str, Any]] = {
    "traced": {"shape": "circle", "size": 16, "fill": MINE, "stroke": MINE},
    "asked": {"shape": "circle", "size": 74, "fill": MINE, "stroke": PAPER},
    "own-optimum": {"shape": "diamond", "size": 92, "fill": THEIRS, "stroke": PAPER},
    "largest": {"shape": "circle", "size": 70, "fill": PAPER, "stroke": MINE},
    "cut-off": {"shape": "square", "size": 80, "fill": INK, "stroke": PAPER},
}


@dataclass(frozen=True)
class Point:
    """One point of a curve; ``role`` sets its look, ``words`` stand beside it."""

    across: float
    up: float
    role: str
    words: str = ""


def curve(
    name: str, points: Sequence[Point], across: str, up: str, other: Sequence[Point] = ()
) -> Drawing:
    """A line through ``points`` with a line at nothing, the points marked and labelled.

    ``across`` and ``up`` are the titles of the axes. A point with the role ``cut-off`` stands
    beside the line; ``other`` are points of a second, dashed line, with the role ``other``.
    """
    wide, narrow = (
        _curve(points, other, (across, up), width, height) for width, height in (_WIDE, _NARROW)
    )
    return Drawing(name, wide, narrow)


def _curve(
    points: Sequence[Point],
    other: Sequence[Point],
    titles: tuple[str, str],
    width: int,
    height: int,
) -> dict[str, Any]:
    across, up = titles
    every = [*points, *other]
    low, high = min(0.0, *(p.across for p in every)), max(0.0, *(p.across for p in every))
    top = max(p.up for p in every)
    span = max(high - low, 1e-9)
    ends = (low - 0.05 * span, high + 0.05 * span)
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": list(ends), "nice": False, "zero": False},
        "axis": {**ticks(across, [low, high]).to_dict(), "title": wrapped(across, width // 7)},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, _HEADROOM * top], "nice": False},
        "axis": {**ticks(up, [0.0, top]).to_dict(), "titlePadding": 8},
    }
    place = {"x": x, "y": y}
    rows = [{"x": p.across, "y": p.up, "role": p.role} for p in points]
    line = [row for row in rows if row["role"] != "cut-off"]
    datasets: dict[str, Any] = {"points": line, "zero": [{"x": 0}]}
    layers: list[dict[str, Any]] = [
        {
            "data": {"name": "zero"},
            "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1},
            "encoding": {"x": x},
        },
        {
            "data": {"name": "points"},
            "mark": {"type": "line", "stroke": MINE, "strokeWidth": 2.2},
            "encoding": place,
        },
    ]
    if other:
        datasets["other"] = [{"x": p.across, "y": p.up} for p in other]
        dashed = {"type": "line", "stroke": MINE, "strokeWidth": 1.6, "strokeDash": [5, 4]}
        layers.append({"data": {"name": "other"}, "mark": dashed, "encoding": place})
    for role, look in _LOOKS.items():
        chosen = [row for row in rows if row["role"] == role]
        if chosen:
            datasets[role] = chosen
            layers.append(
                {
                    "data": {"name": role},
                    "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.6, **look},
                    "encoding": place,
                }
            )
    placed = _placed(every, ends, _HEADROOM * top, width, height)
    for align in ("left", "right"):
        chosen = [entry for entry in placed if entry["align"] == align]
        datasets[f"words-{align}"] = chosen
        # A halo first, so that words stay legible across the line at nothing.
        for ink, thick in ((PAPER, 5.0), (INK, 0.0)) if chosen else ():
            layers.append(
                {
                    "data": {"name": f"words-{align}"},
                    "mark": {
                        "type": "text",
                        "align": align,
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
            )
    return {"width": width, "height": height, "datasets": datasets, "layer": layers}


def _placed(
    points: Sequence[Point], ends: tuple[float, float], top: float, width: int, height: int
) -> list[dict[str, Any]]:
    """Where the words of the points stand, in pixels: none on the curve, none on another.

    They stand to the lower right of their point, where a curve that flattens leaves room, and
    beside the own optimum, from where it rises; near the right edge they end above their point,
    those of the other line below it. Where neither side has room they end at the right edge.
    """
    below: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for p in sorted((p for p in points if p.words), key=lambda p: -p.up):
        x = (p.across - ends[0]) / (ends[1] - ends[0]) * width
        y = height - p.up / top * height
        long = _LETTER * len(p.words)
        entry: dict[str, Any] = {"words": p.words}
        start = x + 8 if x + 8 + long < width else max(0.0, width - long)
        if start > x or long > x:
            down = _BESIDE if p.role == "own-optimum" else _LINE
            entry |= {"align": "left", "px": start, "py": y + down, "span": (start, start + long)}
            below.append(entry)
        elif p.role == "other":
            entry |= {"align": "right", "px": x + 4, "py": y + _LINE, "span": (x - long, x)}
            below.append(entry)
        else:
            entry |= {"align": "right", "px": x + 4, "py": y - 0.9 * _LINE, "span": (x - long, x)}
            above.append(entry)
    _part(below, 1)
    _part(above[::-1], -1)
    return [{key: entry[key] for key in ("words", "align", "px", "py")} for entry in above + below]


def _part(placed: list[dict[str, Any]], way: int) -> None:
    """Move words down (``way`` 1) or up (-1) until none stands on those before it."""
    for k, entry in enumerate(placed):
        low, high = entry["span"]
        for other in placed[:k]:
            beside = high < other["span"][0] or low > other["span"][1]
            if not beside and way * (entry["py"] - other["py"]) < _LINE:
                entry["py"] = other["py"] + way * _LINE


@dataclass(frozen=True)
class Bar:
    """One bar of a row; a ``hollow`` one continues where the filled one ends."""

    row: str
    value: float
    hollow: bool = False


@dataclass(frozen=True)
class BarPanel:
    """Bars under one title with the title of their axis; ``colour`` is that of the bars."""

    title: str
    axis: str
    bars: tuple[Bar, ...]
    colour: str = MINE


def bar_panels(
    name: str, rows: Sequence[str], panels: Sequence[BarPanel], *, one_scale: bool
) -> Drawing:
    """Panels of bars from zero: side by side when wide, one below the other when narrow.

    ``rows`` are the names at the left, shared by all; with ``one_scale`` all panels reach
    to the same value. The sum of a row stands at its end.
    """
    datasets: dict[str, Any] = {"zero": [{"x": 0}]}
    parts = [_pieces(panel) for panel in panels]
    reach = [[v for bar in bars for v in (bar["x"], bar["x2"])] for bars, _ in parts]
    every = [v for values in reach for v in values]
    cells = []
    for p, (panel, (bars, sums)) in enumerate(zip(panels, parts, strict=True)):
        values = every if one_scale else reach[p]
        domain = [min([0.0, *values]), max([0.0, *values])]
        cells.append(_bar_panel(f"{name}-{p}", panel, rows, domain, (bars, sums), datasets))
    width = max(110, (560 - 14 * len(panels)) // len(panels))
    return Drawing(
        name,
        {
            "hconcat": [sized(cell, width, labels=i == 0) for i, cell in enumerate(cells)],
            "spacing": 14,
            "datasets": datasets,
        },
        {
            "vconcat": [sized(cell, 180) for cell in cells],
            "spacing": 20,
            "datasets": datasets,
        },
    )


def _pieces(panel: BarPanel) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The bars of a panel laid end to end, gains to the left of nothing; and the sums."""
    reached: dict[tuple[str, bool], float] = {}
    bars: list[dict[str, Any]] = []
    sums: dict[str, float] = {}
    for bar in sorted(panel.bars, key=lambda bar: bar.hollow):
        start = reached.get((bar.row, bar.value < 0), 0.0)
        reached[bar.row, bar.value < 0] = start + bar.value
        bars.append({"row": bar.row, "x": start, "x2": start + bar.value, "hollow": bar.hollow})
        sums[bar.row] = sums.get(bar.row, 0.0) + bar.value
    ends = [
        {
            "row": row,
            "x": max(reached.get((row, False), 0.0), 0.0),
            "label": _figure(value),
        }
        for row, value in sums.items()
    ]
    return bars, ends


def _figure(value: float) -> str:
    return text.number(value if abs(value) >= text.NOTHING else 0.0)


def _bar_panel(
    key: str,
    panel: BarPanel,
    rows: Sequence[str],
    domain: list[float],
    pieces: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    datasets: dict[str, Any],
) -> dict[str, Any]:
    """One panel without its width; what it shows goes to ``datasets`` under names of ``key``."""
    bars, sums = pieces
    span = max(domain[1] - domain[0], 1e-9)
    # A figure stands at the right end of each bar and needs a quarter of a small panel.
    shown = [domain[0] - 0.02 * span, domain[1] + 0.28 * span]
    across = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": shown, "nice": False, "zero": False},
        "axis": ticks(panel.axis, domain).to_dict(),
    }
    down = {
        "field": "row",
        "type": "nominal",
        "scale": {"domain": list(rows)},
        "axis": {**row_names(rows).to_dict(), "labelLimit": _LONGEST, "minExtent": _room(rows)},
    }
    layers: list[dict[str, Any]] = []
    for hollow in (False, True):
        chosen = [bar for bar in bars if bar["hollow"] == hollow]
        if chosen:
            datasets[f"{key}-{'hollow' if hollow else 'bars'}"] = chosen
            layers.append(
                {
                    "data": {"name": f"{key}-{'hollow' if hollow else 'bars'}"},
                    "mark": {
                        "type": "bar",
                        "height": 11,
                        "fill": PAPER if hollow else panel.colour,
                        "stroke": panel.colour,
                        "strokeWidth": 1.3,
                    },
                    "encoding": {"x": across, "x2": {"field": "x2"}, "y": down},
                }
            )
    datasets[f"{key}-sums"] = sums
    layers += [
        {
            "data": {"name": f"{key}-sums"},
            "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11.5},
            "encoding": {"x": across, "y": down, "text": {"field": "label", "type": "nominal"}},
        },
        {
            "data": {"name": "zero"},
            "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1},
            "encoding": {"x": across},
        },
    ]
    title = {"text": panel.title, "anchor": "start", "fontSize": 12.5, "offset": 6}
    return {
        "layer": layers,
        "height": 20 * len(rows),
        "title": title,
    }


def _room(rows: Sequence[str]) -> float:
    """Room for the names of the rows, in fonts wider than the one that the renderer measures."""
    return min(max((7.2 * len(row) for row in rows), default=0.0), 1.2 * _LONGEST) + 10
