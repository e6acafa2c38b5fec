"""The trade matrix of a world in a terminal: shades that can be read without colour."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from countervail.brief import text
from countervail.brief.drawing import scales
from countervail.brief.questions.world_tables import named, unit
from countervail.brief.world_sheet import WorldSheet

SHOWN = 12
SHADES = (" ", "\u00b7", "\u2591", "\u2592", "\u2593", "\u2588")
PLAIN_SHADES = (" ", ".", ":", "+", "#", "@")

_COLUMNS = 100
_CODE_ROOM, _MOST_ROOM = 14, 40


def heat_lines(sheet: WorldSheet, encoding: str | None = None) -> list[str]:
    """The trade of the largest regions among each other, one line each, at most 100 columns.

    Each cell has a shade for its step and its value in US$ bn. ``encoding`` is that of the
    stream; where it has no block characters the shades are letters of ASCII. Empty where the
    world has one region.
    """
    if len(sheet.regions) < 2:
        return []
    shown = [row[:SHOWN] for row in sheet.trade_bn[:SHOWN]]
    wide = max(5, *(len(_figure(x)) + 2 for row in shown for x in row))
    short = all(cell_len(r.region) < wide for r in sheet.regions[:SHOWN])
    # Codes name a row by themselves; long labels must be read whole.
    longest = max(cell_len(named(r.region, r.name)) for r in sheet.regions[:SHOWN])
    least = _CODE_ROOM if short else min(longest + 4, _MOST_ROOM)
    count = min(len(shown), (_COLUMNS - least) // wide)
    room = min(_COLUMNS - count * wide, longest + 4)
    regions, values = sheet.regions[:count], [row[:count] for row in shown[:count]]
    scale = scales.growing(scales.half_decades(max(map(max, values))), "")
    shades = SHADES if _has(encoding, "".join(SHADES)) else PLAIN_SHADES
    heads = [r.region if short else str(n) for n, r in enumerate(regions, 1)]
    lines = [
        f"Trade among the {count} largest, {unit(sheet.base_year)}; rows buy, columns sell",
        " " * room + "".join(" " * (wide - cell_len(h)) + h for h in heads),
    ]
    for n, region in enumerate(regions):
        label = named(region.region, region.name)
        cells = [
            "-" if n == i else shades[scale.step(value)].strip() + _figure(value)
            for i, value in enumerate(values[n])
        ]
        label = set_cell_size(label if short else f"{n + 1} {label}", room - 1)
        lines.append(f"{label} " + "".join(cell.rjust(wide) for cell in cells))
    steps = zip(shades[1:], scale.labels[1:], strict=True)
    key = "  ".join(f"{shade} {label}" for shade, label in steps)
    return [*lines, f"Shades: {key}", f"No shade: {scale.labels[0]}; -: home sales, not shown"]


def _figure(value: float) -> str:
    if value == 0:
        return "0"
    return "<.01" if value < text.TINY else text.number(value)


def _has(encoding: str | None, characters: str) -> bool:
    try:
        characters.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
