"""Ties from files: the tables of the package, and a user's own, read strictly."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from pathlib import Path

from countervail.errors import TiesFileError, nearest
from countervail.world import registry

PAIRED = ("trade-agreement", "investment-treaty", "alliance", "defence-tie", "diplomatic-post")
LAYERS = (*PAIRED, "forum", "voting", "distance")
COLUMNS = ("a", "b", "layer", "since", "until", "value", "source", "status")
_SHIPPED = {
    "trade-agreement": "agreements.csv",
    "investment-treaty": "investment-treaties.csv",
    "alliance": "alliances.csv",
}
_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """One tie, or one value of a pair, between two countries by their ISO3 codes."""

    a: str
    b: str
    layer: str
    name: str = ""
    since: int | None = None
    until: int | None = None
    value: float | None = None
    depth: str = ""
    source: str = ""
    status: str = ""

    def in_force(self, year: int | None) -> bool:
        """Whether it held in ``year``; None: whether it has no end."""
        if year is None:
            return self.until is None
        return (self.since or year) <= year <= (self.until or year)


@dataclass(frozen=True)
class Mediator:
    """A country that mediated, hosted talks or stood surety in one conflict."""

    country: str
    conflict: str
    role: str
    year: int
    source: str
    status: str


@dataclass(frozen=True)
class Source:
    """What a file, or the package, says about ties."""

    rows: tuple[Row, ...]
    mediators: tuple[Mediator, ...] = ()
    positions: Mapping[str, float] | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shipped(Source):
    """The package's own, which always holds voting positions."""

    positions: Mapping[str, float]
