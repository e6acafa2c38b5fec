"""The yardstick: the joint fixed point that one would write first, in plain NumPy.

Damped on wages, undamped on prices and spending, full arrays at every pass, and
stopped at the same residual of the equations as the solver.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countervail.world.core import World

Array = NDArray[np.float64]


def solve_plain(world: World, tariff: Array, tolerance: float = 1e-10) -> tuple[Array, int]:
    """(real income hat by region, passes) after the tariff levels ``tariff``."""
    a = world.arrays
    theta = a.elasticity[:, None]
    kernel = a.share * ((1 + tariff) / (1 + a.tariff)) ** -a.elasticity[:, None, None]
    seen = 1 / (1 + tariff)
    wage, price, spending = np.ones_like(a.transfer), np.ones_like(a.spending), a.spending.copy()
    damping = 1.0 / (1.0 + float(a.elasticity.mean()))
    for passes in range(1, 5001):
        wage *= a.factor_income.sum() / (wage @ a.factor_income)
        inputs = np.einsum("nks,kn->sn", a.input_share, np.log(price), optimize=True)
        supply = np.exp(-theta * (a.value_added_share * np.log(wage) + inputs))
        weight = kernel * supply[:, None, :]
        total = weight.sum(2)
        paid = weight * (spending / total)[:, :, None]
        trade = paid * seen
        output = trade.sum(1)
        income = wage * a.factor_income + (paid - trade).sum((0, 2)) + a.transfer
        demand = np.einsum("nks,sn->kn", a.input_share, output, optimize=True)
        demand += a.final_share * income
        excess = (a.value_added_share * output).sum(0) / (wage * a.factor_income)
        new_price = total ** (-1 / theta)
        used = spending > 0
        worst = max(
            float(np.abs(np.log(excess)).max()),
            float(np.abs(np.log(new_price / price)).max()),
            float(np.abs(np.log(demand[used] / spending[used])).max()),
        )
        if worst <= tolerance:
            real = income / a.income / np.exp((a.final_share * np.log(price)).sum(0))
            return real, passes
        wage, price, spending = wage * excess**damping, new_price, demand
    raise RuntimeError(f"the plain fixed point stopped at a residual of {worst:.1e}")
