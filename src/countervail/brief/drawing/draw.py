"""How marks become drawings: dumbbell panels and bars in Vega-Lite, then SVG or PNG.

The page's drawings carry CSS variables for colours, so that they follow light
and dark; drawings that stand alone keep the light colours.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from countervail.brief import text
from countervail.brief.drawing import scales

if TYPE_CHECKING:
    import altair as alt

INK, MUTED, RULE, PAPER = "#1b1f24", "#59636e", "#d5dae0", "#fffffe"
MINE, THEIRS, REST = "#1d5fa6", "#b3540e", "#6b7580"

_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    MINE: "var(--mine)",
    THEIRS: "var(--theirs)",
    REST: "var(--rest)",
    **scales.VARIABLES,
}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("right", "left", 8),
    ("left", "right", -8),
)
"""Which end a label stands at, how it is aligned, and how far off (pixels)."""


@dataclass(frozen=True)
class Mark:
    """One point of a dumbbell: on which row and lane, at which value, whose, filled or not."""

    row: str
    lane: str
    value: float
    who: str
    hollow: bool = False


@dataclass(frozen=True)
class Panel:
    """One of several small charts side by side: its title and its points."""

    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Block:
    """Rows that share one axis, and the axis' title."""

    rows: tuple[str, ...]
    axis: str


@dataclass(frozen=True)
class Drawing:
    """One figure as two Vega-Lite layouts without style: for wide and for narrow screens."""

    name: str
    wide_spec: dict[str, Any]
    narrow_spec: dict[str, Any]

    def wide(self) -> str:
        """The drawing for a wide page, as an SVG element whose colours are CSS variables."""
        return _inline(_styled(self.wide_spec), f"{self.name}-wide")

    def narrow(self) -> str:
        """The drawing for a phone, as an SVG element whose colours are CSS variables."""
        return _inline(_styled(self.narrow_spec), f"{self.name}-narrow")

    def alone(self, finding: str, subtitle: str) -> dict[str, Any]:
        """The specification of the drawing with its finding as title, in its light colours."""
        title = {
            "text": wrapped(finding, 88),
            "subtitle": wrapped(subtitle, 108),
            "anchor": "start",
            "fontSize": 16,
            "subtitleFontSize": 12,
            "subtitleColor": MUTED,
            "offset": 14,
        }
        return _styled(self.wide_spec, title)


def dumbbells(
    name: str,
    panels: Sequence[Panel],
    blocks: Sequence[Block],
    lanes: Sequence[str],
) -> Drawing:
    """Panels of dumbbells: side by side when wide, one below the other when narrow.

    All panels of a block share its axis, which reaches from zero or below to the
    largest value.
    """
    datasets: dict[str, list[dict[str, Any]]] = {"zero": [{"x": 0}]}
    cells: list[list[dict[str, Any]]] = []
    for b, block in enumerate(blocks):
        marks = [mark for panel in panels for mark in panel.marks if mark.row in block.rows]
        domain = [min(0.0, *(m.value for m in marks)), max(0.0, *(m.value for m in marks))]
        cells.append([])
        for p, panel in enumerate(panels):
            inside = [mark for mark in panel.marks if mark.row in block.rows]
            key = f"{name}-{b}-{p}"
            cell = _panel(key, inside, block, domain, lanes, datasets)
            if b == 0:
                cell["title"] = {
                    "text": panel.title,
                    "anchor": "start",
                    "fontSize": 13,
                    "offset": 6,
                }
            cells[-1].append(cell)
    width = max(200, (740 - 14 * len(panels)) // max(len(panels), 1))
    wide = [
        {
            "hconcat": [sized(cell, width, labels=i == 0) for i, cell in enumerate(line)],
            "spacing": 14,
        }
        for line in cells
    ]
    narrow = [
        {"vconcat": [sized(line[p], 240) for line in cells], "spacing": 6}
        for p in range(len(panels))
    ]
    return Drawing(
        name,
        {"vconcat": wide, "spacing": 10, "datasets": datasets},
        {"vconcat": narrow, "spacing": 22, "datasets": datasets},
    )


def sized(cell: dict[str, Any], width: int, labels: bool = True) -> dict[str, Any]:
    """A panel at a width, with the names of its rows or without."""
    copied: dict[str, Any] = {**deepcopy(cell), "width": width}
    if not labels:
        for layer in copied["layer"]:
            axis = layer["encoding"].get("y", {}).get("axis")
            if axis is not None:
                axis.update(labels=False, minExtent=0)
    return copied


def _panel(
    key: str,
    marks: Sequence[Mark],
    block: Block,
    domain: list[float],
    lanes: Sequence[str],
    datasets: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    """One panel without its width; what it shows goes to ``datasets`` under names of ``key``."""
    import altair as alt

    across = alt.X(
        "x:Q",
        # The padding, in pixels, is the room for a label at both ends.
        scale=alt.Scale(domain=domain, nice=False, zero=False, padding=42),
        axis=ticks(block.axis, domain),
    )
    down = alt.Y(
        "row:N",
        scale=alt.Scale(domain=list(block.rows)),
        axis=row_names(block.rows),
    )
    lane = alt.YOffset("lane:N", scale=alt.Scale(domain=list(lanes), paddingOuter=0.2))

    def held(part: str, rows: list[dict[str, Any]]) -> alt.Chart:
        datasets[f"{key}-{part}"] = rows
        return alt.Chart(alt.NamedData(f"{key}-{part}"))

    bars, ends, points = _pieces(marks)
    layers: list[Any] = [
        alt.Chart(alt.NamedData("zero")).mark_rule(color=INK, strokeWidth=1).encode(x=across),
        held("bars", bars)
        .mark_rule(color=REST, strokeWidth=1.5, opacity=0.75)
        .encode(x=across, x2="x2:Q", y=down, yOffset=lane),
    ]
    for who, colour, shape in (("mine", MINE, "circle"), ("theirs", THEIRS, "diamond")):
        for side, align, dx in _SIDES:
            chosen = [e for e in ends if (e["who"], e["side"]) == (who, side)]
            if not chosen:
                continue
            # A halo first, so that a label stays legible across the zero line.
            for ink, thick in ((PAPER, 5.0), (colour, 0.0)):
                layers.append(
                    held(f"ends-{who}-{side}", chosen)
                    .mark_text(
                        align=align, dx=dx, color=ink, stroke=ink, strokeWidth=thick, fontSize=11.5
                    )
                    .encode(x=across, y=down, yOffset=lane, text="label:N")
                )
        for hollow in (False, True):
            chosen = [p for p in points if (p["who"], p["hollow"]) == (who, hollow)]
            if chosen:
                layers.append(
                    held(f"points-{who}-{hollow}", chosen)
                    .mark_point(
                        shape=shape,
                        size=62 if shape == "circle" else 68,
                        fill=PAPER if hollow else colour,
                        stroke=colour,
                        strokeWidth=1.6,
                        opacity=1,
                    )
                    .encode(x=across, y=down, yOffset=lane)
                )
    height = len(block.rows) * (14 * len(lanes) + 6 if len(lanes) > 1 else 26)
    return {"layer": [_part(layer) for layer in layers], "height": height}


def ticks(title: str, domain: list[float]) -> alt.Axis:
    """The axis of values, with ticks where there are data and none in the room for labels."""
    import altair as alt

    low, high = domain
    raw = max(high - low, 1e-9) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return alt.Axis(
        title=title,
        labelOverlap=True,
        labelSeparation=10,
        values=[round(k * step, 12) for k in range(first, last + 1)],
        # As many decimals as the step has: 0.025 must not be shown as 0.03.
        format=f".{_decimals(step)}f",
        grid=False,
        domain=False,
        tickColor=RULE,
    )


def _decimals(step: float) -> int:
    return next((d for d in range(12) if abs(round(step, d) - step) < 1e-9 * step), 12)


def row_names(rows: Sequence[str]) -> alt.Axis:
    """The axis of row names, with room for fonts wider than the one that the renderer measures."""
    import altair as alt

    room = min(max((7.4 * len(row) for row in rows), default=0.0), 172.0)
    return alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        grid=False,
        labelPadding=8,
        labelLimit=150,
        minExtent=room + 10,
    )


def _part(layer: Any) -> dict[str, Any]:
    """A layer as a plain specification, without what belongs to a whole chart only."""
    spec: dict[str, Any] = layer.to_dict(validate=False)
    return {k: v for k, v in spec.items() if k not in ("$schema", "config", "datasets")}


def _pieces(
    marks: Sequence[Mark],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """The bars between the ends of each dumbbell, the labels at its ends, and its points."""
    groups: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        groups.setdefault((mark.row, mark.lane), []).append(mark)
    bars, ends = [], []
    for (row, lane), group in groups.items():
        group = sorted(group, key=lambda mark: mark.value)
        low, high = group[0], group[-1]
        bars.append({"row": row, "lane": lane, "x": low.value, "x2": high.value})
        outer = [(high, "right")] if len(group) == 1 else [(low, "left"), (high, "right")]
        ends += [
            {
                "row": row,
                "lane": lane,
                "x": mark.value,
                "who": mark.who,
                "side": side,
                "label": label(mark.value),
            }
            for mark, side in outer
        ]
    points = [
        {"row": m.row, "lane": m.lane, "x": m.value, "who": m.who, "hollow": m.hollow}
        for m in marks
    ]
    return bars, ends, points


def bars(name: str, values: Sequence[tuple[str, float]], axis: str) -> Drawing:
    """Horizontal bars from zero, the value at each bar's end, in the order given."""
    import altair as alt

    data = [
        {"row": row, "x": value, "label": label(value), "side": "right" if value >= 0 else "left"}
        for row, value in values
    ]
    datasets: dict[str, list[dict[str, Any]]] = {"zero": [{"x": 0}], "bars": data}
    domain = [min(0.0, *(v for _, v in values)), max(0.0, *(v for _, v in values))]
    across = alt.X(
        "x:Q",
        scale=alt.Scale(domain=domain, nice=False, zero=False, padding=46),
        axis=ticks(axis, domain),
    )
    down = alt.Y(
        "row:N",
        scale=alt.Scale(domain=[row for row, _ in values]),
        axis=row_names([row for row, _ in values]),
    )
    layers: list[Any] = [
        alt.Chart(alt.NamedData("bars"))
        .mark_bar(color=REST, height=12)
        .encode(x=across, x2=alt.X2Datum(0), y=down)
    ]
    for side, align, dx in _SIDES:
        chosen = [entry for entry in data if entry["side"] == side]
        if chosen:
            datasets[side] = chosen
            layers.append(
                alt.Chart(alt.NamedData(side))
                .mark_text(align=align, dx=dx * 0.6, color=INK, fontSize=11.5)
                .encode(x=across, y=down, text="label:N")
            )
    layers.append(
        alt.Chart(alt.NamedData("zero")).mark_rule(color=INK, strokeWidth=1).encode(x=across)
    )
    cell = {"layer": [_part(layer) for layer in layers], "height": 20 * len(values)}
    return Drawing(
        name,
        {**sized(cell, 520), "datasets": datasets},
        {**sized(cell, 200), "datasets": datasets},
    )


def pixel(field: str) -> dict[str, Any]:
    """A place in pixels, past the scale of the other marks."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def label(value: float) -> str:
    """A value beside its mark: two significant digits, and 0.00 for what is smaller."""
    return text.number(value) if abs(value) >= text.TINY else text.fixed(value)


def wrapped(words: str, limit: int) -> list[str]:
    """Words in lines of at most ``limit`` letters, a figure never parted from its unit."""
    # Only ordinary blanks may break: a narrow space holds a figure and its unit together.
    held = words.replace(text.THIN, "\ue000").replace("\u00a0", "\ue001")
    lines = textwrap.wrap(held, limit, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\ue000", text.THIN).replace("\ue001", "\u00a0") for line in lines]


def _styled(spec: dict[str, Any], title: dict[str, Any] | None = None) -> dict[str, Any]:
    """A whole Vega-Lite specification in the house style; with a title it stands alone."""
    alone = title is not None
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        **({"title": title} if title else {}),
        **spec,
        "background": "white" if alone else "transparent",
        "padding": 16 if alone else 2,
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK,
                "titleColor": MUTED,
                "labelFontSize": 12,
                "titleFontSize": 11.5,
                "titleFontWeight": 400,
            },
            "title": {"color": INK, "fontWeight": 600},
        },
    }


def svg(spec: dict[str, Any]) -> str:
    """A specification drawn; identifiers are renumbered, since the renderer counts on and on."""
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(spec))
    known: dict[str, str] = {}
    for found in re.findall(r'\bid="([^"]+)"', drawn):
        known.setdefault(found, f"part{len(known)}")
    for old, new in known.items():
        drawn = drawn.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
    return drawn


def _inline(spec: dict[str, Any], prefix: str) -> str:
    """The drawing for the page: CSS colours, own identifiers, hidden where alt text is read."""
    drawn = svg(spec)
    drawn = drawn.replace('id="part', f'id="{prefix}-part').replace(
        "url(#part", f"url(#{prefix}-part"
    )
    drawn = re.sub(r'\s(?:aria-[a-z]+|role|font-family)="[^"]*"', "", drawn)
    for colour, variable in _VARIABLES.items():
        drawn = drawn.replace(f'"{colour}"', f'"{variable}"')
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 :]
    width, height = (size[1], size[2]) if size else ("800", "400")
    return (
        f'<svg viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-hidden="true" focusable="false">{body}'
    )


def legend(unit: str) -> dict[str, Any]:
    """How the legend of coloured steps looks, on maps and heat maps alike."""
    return {
        "title": unit,
        "orient": "bottom",
        "columnPadding": 34,  # browsers' letters are wider than those that are measured here
        "symbolType": "square",
        "symbolStrokeColor": scales.BORDER,
        "symbolStrokeWidth": 0.5,
        "symbolSize": 110,
        "labelLimit": 0,
        "labelColor": INK,
        "labelFontSize": 11,
        "titleColor": INK,
        "titleFontSize": 11.5,
        "titleFontWeight": 400,
        "titleLimit": 0,
    }
