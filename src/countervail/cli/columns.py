"""What the tables of the commands share: figures that fit, short names, what a terminal holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from countervail.brief import numbers, terminal
from countervail.world.core import World

_SMALL = 0.05
_NARROW = 100
_RESOLVED = 1e-8  # percent


def figures(values: Iterable[float | None], decimals: int = 2) -> list[str]:
    """A column of figures; where all are small, the largest keeps two significant digits."""
    listed = list(values)
    largest = max((abs(v) for v in listed if v is not None), default=0.0)
    if numbers.NOTHING <= largest < _SMALL:
        decimals = max(decimals, 1 - math.floor(math.log10(largest)))
    return [numbers.fixed(v, decimals) for v in listed]


def found_on_top(gap: float) -> str:
    """How much more fresh searches found, in percent; below the solver's noise they say nothing."""
    return f"{max(gap, _RESOLVED):.0e} %"


def narrow() -> bool:
    """Whether the terminal is too narrow for the amounts beside the percentages."""
    return terminal.console().width < _NARROW


def left_out() -> tuple[str, ...]:
    """The note of a table that had to leave columns out."""
    return ("Amounts in US$ bn: in a wider terminal, or with --csv.",) if narrow() else ()


def region(world: World, code: str) -> str:
    """A region, or a group that was merged into one, by its short name."""
    name = world.labels.region_names.get(code, code)
    return name.split(",")[0] if code not in _countries() else name


def regions(world: World, codes: Sequence[str]) -> str:
    """Regions by short name with their codes: "China (CHN)"."""
    return ", ".join(f"{region(world, code)} ({code})" for code in codes)


def sectors_in_one(world: World, taxed: Sequence[str] | None) -> str:
    """What one rate for several sectors is for: those named, or the goods of the world, or all."""
    if taxed is not None:
        return "+".join(taxed)
    return "goods" if "goods" in world.sector_groups else "all"


def _countries() -> frozenset[str]:
    from countervail.world import registry

    return frozenset(registry.regions())
