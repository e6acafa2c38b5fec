"""Rows of bars and marks with the name of each row above it, so that long names stay whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countervail.brief.drawing.draw import INK, MUTED, PAPER, Drawing, pixel, ticks, wrapped

_WIDE, _NARROW = 680, 300  # pixels
_LINE, _LANE, _THICK, _GAP = 17.0, 16.0, 11.0, 9.0
_UNDER = 13.0  # pixels from a line of a label to the next
_WORDS = 0.62  # of the width, at most, for the words beside bars
_LETTER = 6.7  # pixels a letter takes in a label, on the wide side
_TITLE_LETTER = 7.7
_TICK = 38.0  # pixels between two ticks


@dataclass(frozen=True)
class Piece:
    """A bar from ``start`` to ``end``; ``hollow``: its outline only, ``bare``: no outline."""

    start: float
    end: float
    colour: str
    opacity: float = 1.0
    hollow: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Spot:
    """A mark at a value; ``shape`` is one of Vega's ("circle", "diamond", "square")."""

    at: float
    shape: str
    colour: str
    hollow: bool = False


@dataclass(frozen=True)
class Lane:
    """One line of a strip: its bars, its marks, and the words at their right end.

    ``span``: from where to where a thin line goes, for a range.
    """

    label: str
    pieces: tuple[Piece, ...] = ()
    spots: tuple[Spot, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Strip:
    """A named group of lanes."""

    title: str
    lanes: tuple[Lane, ...]


def strips(
    name: str,
    rows: Sequence[Strip],
    axis: str,
    domain: tuple[float, float] | None = None,
    marked: Mapping[float, str] | None = None,
) -> Drawing:
    """Strips one below the other on one axis, which holds zero unless ``domain`` is given.

    ``marked``: the ticks with their words, for an axis that is not in plain figures.
    """
    reach = domain or _reach(rows)
    wide, narrow = (_drawn(rows, axis, reach, width, marked) for width in (_WIDE, _NARROW))
    return Drawing(name, wide, narrow)


def _reach(rows: Sequence[Strip]) -> tuple[float, float]:
    values = [v for strip in rows for lane in strip.lanes for v in _values(lane)]
    low, high = min([0.0, *values]), max([0.0, *values])
    return low, high if high > low else low + 1.0


def _values(lane: Lane) -> list[float]:
    ends = [v for p in lane.pieces for v in (p.start, p.end)] + [s.at for s in lane.spots]
    return [*ends, *(lane.span or ())]


def _drawn(
    rows: Sequence[Strip],
    axis: str,
    reach: tuple[float, float],
    width: int,
    marked: Mapping[float, str] | None,
) -> dict[str, Any]:
    low, high = reach
    longest = max((len(lane.label) for strip in rows for lane in strip.lanes), default=0)
    room = min(_LETTER * longest + 14.0, _WORDS * width)
    span = width - room
    across = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "range": [0, span], "nice": False, "zero": False},
        "axis": _axis(axis, reach, span) if marked is None else _marked_axis(axis, marked),
    }

    def at(value: float) -> float:
        return (value - low) / (high - low) * span

    titles: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    bars: list[dict[str, Any]] = []
    spots: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    down = 0.0
    for strip in rows:
        for words in wrapped(strip.title, int(width / _TITLE_LETTER)):
            titles.append({"px": 0, "py": down + _LINE / 2, "words": words})
            down += _LINE
        for lane in strip.lanes:
            middle = down + _LANE / 2
            half = _THICK / 2
            bars += [
                {
                    "x": p.start,
                    "x2": p.end,
                    "top": middle - half,
                    "bottom": middle + half,
                    "fill": PAPER if p.hollow else p.colour,
                    "stroke": "transparent" if p.bare else p.colour,
                    "opacity": p.opacity,
                }
                for p in lane.pieces
            ]
            spots += [
                {
                    "x": s.at,
                    "py": middle,
                    "shape": s.shape,
                    "fill": PAPER if s.hollow else s.colour,
                    "stroke": s.colour if s.hollow else PAPER,
                }
                for s in lane.spots
            ]
            if lane.span is not None:
                spans.append({"x": lane.span[0], "x2": lane.span[1], "py": middle})
            beyond = at(max([max(low, 0.0), *_values(lane)])) + (9 if lane.spots else 6)
            lines = wrapped(lane.label, round((room - 14.0) / _LETTER)) or [""]
            labels += [
                {"px": beyond, "py": middle + k * _UNDER, "words": words}
                for k, words in enumerate(lines)
            ]
            down += _LANE + (len(lines) - 1) * _UNDER
        down += _GAP
    datasets = {
        "zero": [{"x": min(max(0.0, low), high)}],
        "bars": bars,
        **({"spans": spans} if spans else {}),
        "spots": spots,
        "titles": titles,
        "labels": labels,
    }
    return {
        "width": width,
        "height": max(down - _GAP / 2, 1.0),
        "datasets": datasets,
        "layer": [
            _zero(across),
            _bars(across),
            *([_spans(across)] if spans else []),
            *([_spots(across)] if spots else []),
            *_words("titles", INK, 12.5, 600),
            *_words("labels", INK, 11.5, 400),
        ],
    }


def _axis(title: str, reach: tuple[float, float], span: float) -> dict[str, Any]:
    """The axis, with as many ticks as there is room for their labels."""
    axis: dict[str, Any] = ticks(title, [*reach]).to_dict()
    apart = span / max(len(axis["values"]), 1)
    return {
        **axis,
        "values": axis["values"][:: max(1, math.ceil(_TICK / apart))],
        "titleAnchor": "start",
    }


def _marked_axis(title: str, marked: Mapping[float, str]) -> dict[str, Any]:
    """An axis whose ticks are called as ``marked`` says."""
    words = " : ".join(f"datum.value == {at!r} ? {said!r}" for at, said in marked.items())
    return {
        **ticks(title, [0.0, 1.0]).to_dict(),
        "values": list(marked),
        "labelExpr": f"{words} : ''",
        "titleAnchor": "start",
    }


def _zero(across: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "rule", "stroke": MUTED, "strokeWidth": 1}
    return {"data": {"name": "zero"}, "mark": mark, "encoding": {"x": across}}


def _bars(across: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"name": "bars"},
        "mark": {"type": "rect", "strokeWidth": 1.2},
        "encoding": {
            "x": across,
            "x2": {"field": "x2"},
            "y": pixel("top"),
            "y2": {"field": "bottom"},
            "fill": _as_given("fill", "nominal"),
            "stroke": _as_given("stroke", "nominal"),
            "fillOpacity": _as_given("opacity", "quantitative"),
        },
    }


def _spans(across: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"name": "spans"},
        "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1.4},
        "encoding": {"x": across, "x2": {"field": "x2"}, "y": pixel("py")},
    }


def _spots(across: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"name": "spots"},
        "mark": {"type": "point", "size": 74, "strokeWidth": 1.6, "opacity": 1},
        "encoding": {
            "x": across,
            "y": pixel("py"),
            "shape": _as_given("shape", "nominal"),
            "fill": _as_given("fill", "nominal"),
            "stroke": _as_given("stroke", "nominal"),
        },
    }


def _words(rows: str, ink: str, size: float, weight: int) -> list[dict[str, Any]]:
    """Words at their pixels, a halo first, so that they stay legible across a line."""
    return [
        {
            "data": {"name": rows},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "color": colour,
                "stroke": colour,
                "strokeWidth": thick,
                "fontSize": size,
                "fontWeight": weight,
            },
            "encoding": {
                "x": pixel("px"),
                "y": pixel("py"),
                "text": {"field": "words", "type": "nominal"},
            },
        }
        for colour, thick in ((PAPER, 4.0), (ink, 0.0))
    ]


def _as_given(field: str, kind: str) -> dict[str, Any]:
    """A colour, shape or opacity that the data hold as such."""
    return {"field": field, "type": kind, "scale": None, "legend": None}


def opacity(part: float | None) -> float:
    """How strongly a bar is filled for a chance from 0 to 1; never so faint that it is unseen."""
    return 0.18 if part is None else 0.18 + 0.82 * min(max(part, 0.0), 1.0)
