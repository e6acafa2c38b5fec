"""A second solver, for tests only: the equations written down plainly and iterated with damping.

Nothing of the package's solver is used. It is slow and has no safeguards; where
it settles, it settles on the equilibrium in hats (Caliendo & Parro 2015, with
export taxes), because it stops only where every equation holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countervail.world.arrays import Arrays

Array = NDArray[np.float64]


@dataclass
class Reference:
    """Hats ``wage`` (N,) or (J,N), ``price`` (J,N); levels of the rest, million USD."""

    wage: Array
    price: Array
    spending: Array
    trade: Array
    output: Array
    income: Array
    real: Array = field(repr=False)  # I / prod P^alpha, in units of base income


def solve_plainly(
    a: Arrays, theta: Array | None = None, specific: bool = False, **change: Any
) -> Reference:
    """The equilibrium of the economy ``a`` after ``change``.

    ``change``: levels ``tariff``, ``export_tax``, ``transfer`` and hats ``trade_cost``,
    ``productivity``, ``labour``, in the package's axes; ``transfer`` in units of a
    world factor income that stays what it is in ``a``.
    """
    theta = a.elasticity if theta is None else theta
    tariff, tax = change.get("tariff", a.tariff), change.get("export_tax", a.export_tax)
    transfer, made = change.get("transfer", a.transfer), change.get("productivity", 1.0)
    wedge = (1 + tariff) * (1 + tax) / ((1 + a.tariff) * (1 + a.export_tax))
    wedge = wedge * change.get("trade_cost", 1.0)
    base = a.value_added_share * a.output  # factor income by sector and region
    bill = (base if specific else base.sum(0)) * change.get("labour", 1.0)  # at old wages
    power, damping = -theta[:, None, None], 1.0 / (2.0 + theta.max())
    wage, price, spending = np.ones(bill.shape), np.ones(base.shape), a.spending.copy()
    for _ in range(60_000):
        wage = wage * base.sum() / (wage * bill).sum()
        materials = np.exp(np.einsum("nks,kn->sn", a.input_share, np.log(price)))
        cost = wage**a.value_added_share * materials / made
        weight = a.share * (wedge * cost[:, None, :]) ** power
        price_new = weight.sum(2) ** (-1.0 / theta[:, None])
        share = weight / weight.sum(2, keepdims=True)
        trade = share * spending[:, :, None] / (1 + tariff)
        sales = trade / (1 + tax)
        output = sales.sum(1)
        revenue = (tariff * trade).sum((0, 2)) + (tax * sales).sum((0, 1))
        earned = (wage * bill).sum(0) if specific else wage * bill
        income = earned + revenue + transfer
        spending_new = np.einsum("nks,sn->kn", a.input_share, output) + a.final_share * income
        demand = a.value_added_share * output if specific else (a.value_added_share * output).sum(0)
        excess = np.divide(demand, wage * bill, out=np.ones(bill.shape), where=bill > 0)
        scale = np.where(spending_new > 0, spending_new, 1.0)
        worst = max(
            np.abs(excess - 1).max(),
            np.abs(price_new / price - 1).max(),
            np.abs((spending_new - spending) / scale).max(),
        )
        wage, price, spending = wage * excess**damping, price_new, spending_new
        if worst < 2e-13:
            real = income / np.exp((a.final_share * np.log(price)).sum(0))
            return Reference(wage, price, spending, trade, output, income, real)
    raise AssertionError(f"the plain iteration did not settle: {worst:.1e}")
