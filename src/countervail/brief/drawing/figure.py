"""A figure of the brief: what it finds, in words for those who do not see it, and drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from countervail.brief.drawing import draw
from countervail.brief.drawing.draw import Drawing


@dataclass(frozen=True)
class Figure:
    """One figure: its finding, the words for those who do not see it, and its drawings.

    ``csv`` names the table that holds its figures, ``note`` what stands below it.
    """

    name: str
    finding: str
    alt: str
    unit: str
    wide: str
    narrow: str
    alone: dict[str, Any] = field(repr=False)
    csv: str = "ladder"
    note: str = ""

    def svg(self) -> str:
        """The figure alone as an SVG file's text, in its light colours."""
        return self._drawn

    def png(self) -> bytes:
        """The figure alone as PNG bytes, at twice its size."""
        import vl_convert

        return bytes(vl_convert.svg_to_png(self._drawn, scale=2))

    @cached_property
    def _drawn(self) -> str:
        return draw.svg(self.alone)


def figure_of(
    drawing: Drawing,
    *,
    finding: str,
    alt: str,
    unit: str,
    subtitle: str,
    csv: str,
    note: str = "",
) -> Figure:
    """The figure that a drawing makes with its finding as title."""
    return Figure(
        name=drawing.name,
        finding=finding,
        alt=alt,
        unit=unit,
        wide=drawing.wide(),
        narrow=drawing.narrow(),
        alone=drawing.alone(finding, subtitle),
        csv=csv,
        note=note,
    )
