"""Terms of trade and volume of trade: welfare to first order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from countervail.solver.certificate import Recomputed
from countervail.solver.problem import Levels

Array = npt.NDArray[np.float64]


def first_order(
    base: Recomputed, new: Recomputed, levels: tuple[Levels, Levels]
) -> tuple[Array, Array]:
    """(terms of trade, volume of trade) by region, percent of base income.

    Terms of trade: what a region's exports fetch more, less what its imports cost
    more, at the base's flows and before import tariffs. Volume of trade: what
    import tariffs earn on the change in the volume of imports. Percentage
    changes at base values (Caliendo & Parro 2015, equation 12).
    """
    n = base.income.shape[0]
    flows = base.trade.copy()
    flows[:, np.arange(n), np.arange(n)] = 0.0
    # Border price of what i sells to n: unit cost and export tax, in the base's units.
    price = (new.cost / base.cost)[:, None, :] * np.ones_like(flows)
    if any(level.taxed_exports for level in levels):
        price = price * (1.0 + levels[1].export_tax) / (1.0 + levels[0].export_tax)
    gain = flows * (price - 1.0)
    terms = gain.sum((0, 1)) - gain.sum((0, 2))
    ratio = np.where(flows > 0, new.trade / np.where(flows > 0, flows, 1.0), price)
    volume = (levels[0].tariff * flows * (ratio - price)).sum((0, 2))
    return 100.0 * terms / base.income, 100.0 * volume / base.income
