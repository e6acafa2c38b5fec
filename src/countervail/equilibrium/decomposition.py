"""Terms of trade, volume of trade and direct effects: welfare to first order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from countervail.solver.certificate import Recomputed
from countervail.solver.problem import Levels

Array = npt.NDArray[np.float64]


class FirstOrder(NamedTuple):
    """The parts of first-order welfare by region, percent of base income."""

    terms_of_trade: Array
    volume_of_trade: Array
    direct: Array


def first_order(base: Recomputed, new: Recomputed, levels: tuple[Levels, Levels]) -> FirstOrder:
    """What changed prices, changed volumes and the shock itself are worth, at the base's flows.

    Terms of trade: what a region's exports fetch more, less what its imports cost
    more, before import tariffs and iceberg costs. Volume of trade: what import
    tariffs in the base earn on the change in the volume of imports (and export taxes in
    the base on that of exports). Both as in Caliendo & Parro
    (2015), equation 12, percentage changes at base values. Direct: iceberg costs of
    what the region buys, its productivity, its factor supply and its transfer, which
    that equation leaves out since only tariffs change there.
    """
    before, after = levels
    n = base.income.shape[0]
    flows = base.trade.copy()
    flows[:, np.arange(n), np.arange(n)] = 0.0
    # Border price of what i sells to n: unit cost and export tax, in the base's units.
    price = (new.cost / base.cost)[:, None, :] * np.ones_like(flows)
    if before.taxed_exports or after.taxed_exports:
        price = price * (1.0 + after.export_tax) / (1.0 + before.export_tax)
    gain = flows * (price - 1.0)
    terms = gain.sum((0, 1)) - gain.sum((0, 2))

    iceberg = 1.0 if after.trade_cost is None else after.trade_cost
    delivered = price * iceberg
    ratio = np.where(flows > 0, new.trade / np.where(flows > 0, flows, 1.0), delivered)
    volume = (before.tariff * flows * (ratio - delivered)).sum((0, 2))
    if before.taxed_exports:
        # What is sold abroad costs less to make than it earns by the export tax.
        wedge = before.export_tax / (1.0 + before.export_tax)
        volume = volume + (wedge * flows * (ratio - price)).sum((0, 1))

    direct = after.transfer - before.transfer
    if after.trade_cost is not None:
        direct = direct - (base.trade * (after.trade_cost - 1.0)).sum((0, 2))
    if after.productivity is not None:
        direct = direct + (base.output * (after.productivity - 1.0)).sum(0)
    if after.labour is not None:
        direct = direct + base.factor_income * (after.labour - 1.0)
    percent = 100.0 / base.income
    return FirstOrder(terms * percent, volume * percent, direct * percent)
