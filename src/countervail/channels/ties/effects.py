"""What ties do to costs of trade, by cited elasticities only, and how long cover lasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, NotANumberError
from countervail.parameters import parameter
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]


def trade_effect_hats(
    world: World,
    exporters: Sequence[str],
    importers: Sequence[str],
    sectors: Spec,
    effect: float,
    *,
    both_ways: bool,
) -> Array:
    """Cost factors (sector, importer, exporter) under which trade rises by ``effect``.

    On what ``importers`` buy from ``exporters`` in ``sectors`` (and the other way, if
    ``both_ways``) the factor is (1 + effect)^(-1/theta) with the sector's own long-run trade
    elasticity: at given prices that trade is then 1 + effect times as large in the long run. An
    effect of 0 gives ones. Raises ``InputError`` for a negative effect, ``NotANumberError``,
    ``UnknownLabelError``.

    Source: gravity; the factor inverts its trade equation.
    """
    if isinstance(effect, bool) or not isinstance(effect, (int, float)) or math.isnan(effect):
        raise NotANumberError(f"effect={effect!r} is not a number.", "0.08 is 8 %.")
    if effect < 0 or math.isinf(effect):
        raise InputError(
            f"effect={effect:g}: a rise of trade is a fraction, 0 or more.", "0.08 is 8 %."
        )
    hats = np.ones((len(world.sectors), len(world.regions), len(world.regions)))
    sold = [world.regions.index(r) for r in world.labels.resolve_regions(list(exporters))]
    bought = [world.regions.index(r) for r in world.labels.resolve_regions(list(importers))]
    for s in world.resolve_sectors(sectors):
        factor = (1.0 + effect) ** (-1.0 / world.arrays.elasticity[s])
        for i in sold:
            for n in bought:
                if n != i:
                    hats[s, n, i] = factor
                    if both_ways:
                        hats[s, i, n] = factor
    return hats


@dataclass(frozen=True)
class Cover:
    """How long a seat protects: hazard of losing it a month, survival, months expected."""

    hazard: float
    survival: float
    expected_months: float


def cover(months: float, salience: float) -> Cover:
    """Cover of a forum after ``months``: exp(-h m) with h = h0 exp(g salience) a month.

    ``salience``: 0 (what is done meanwhile is not seen) to 1. h0 and g: the parameters
    ``cover.base_revocation`` and ``cover.salience_slope``, judgement. Raises ``InputError`` for
    negative months or a salience outside 0 to 1.

    Source: definition of this program.
    """
    if not months >= 0 or not 0 <= salience <= 1:
        raise InputError(
            f"months={months:g}, salience={salience:g}: cover is asked for a time ahead, at a "
            "salience from 0 to 1.",
            "For example months=12, salience=0.5.",
        )
    base = parameter("cover.base_revocation").value
    hazard = base * math.exp(parameter("cover.salience_slope").value * salience)
    return Cover(hazard, math.exp(-hazard * months), 1.0 / hazard)
