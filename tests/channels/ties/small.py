"""Small graphs whose measures are known by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from countervail.channels.ties.graph import Tie, Ties, read_ties
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(7), regions=9, sectors=1)
BARE = read_ties(WORLD)  # none of its regions is a country: no tie, no mediator


def node(number: int) -> str:
    return f"R{number:02d}"


def graph(
    pairs: Iterable[tuple[int, int]], *, nodes: int = 9, even: bool = False, layer: str = "alliance"
) -> Ties:
    """The ties ``pairs`` among the first ``nodes`` regions; ``even``: all have the same GDP."""
    kept = BARE.nodes[:nodes]
    gdp = {n: 1.0 if even else BARE.gdp[n] for n in kept}
    small = replace(BARE, nodes=kept, gdp=MappingProxyType(gdp), world_gdp=sum(gdp.values()))
    return small.plus(Tie(node(a), node(b), layer) for a, b in pairs)
