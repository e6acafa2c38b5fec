"""The certificate: the economic equations recomputed from a solution alone.

Written apart from the solver, in NumPy, in the log domain and without its
kernels, so that a mistake there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from countervail.solver.problem import Economy, Levels

Array = npt.NDArray[np.float64]

REQUIRED = 1e-9
"""No outcome is handed out whose worst relative residual exceeds this."""


@dataclass(frozen=True)
class Certificate:
    """How nearly the equations hold at a solution.

    ``worst``: the largest relative residual of any equation in any market;
    ``where``: which equation, sector and region; ``by_equation``: the worst of
    prices, goods markets, factor markets, budgets (trade balances) and of the
    numeraire, each with its place. Relative to the price, the market's spending,
    the wage bill, the region's income, world factor income.
    """

    worst: float
    where: str
    by_equation: dict[str, tuple[float, str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every residual is below 1e-9."""
        return bool(self.worst <= REQUIRED)

    def __str__(self) -> str:
        return f"worst relative residual {self.worst:.1e} ({self.where})"


@dataclass(frozen=True)
class Names:
    """What messages call the economy, its regions and its sectors."""

    economy: str
    regions: Sequence[str]
    sectors: Sequence[str]


@dataclass(frozen=True)
class Recomputed:
    """Every quantity of the counterfactual, recomputed from wages, prices and spending."""

    cost: Array  # (J,N) hat
    share: Array  # (J,N,N)
    trade: Array  # (J,N,N) border value, home sales included
    output: Array  # (J,N) producer value
    tariff_revenue: Array  # (N,)
    export_tax_revenue: Array  # (N,)
    factor_income: Array  # (N,)
    income: Array  # (N,)


def recompute(
    a: Economy, levels: Levels, log_wage: Array, log_price: Array, spending: Array
) -> Recomputed:
    """Flows, output, revenue and income that wages, prices and spending imply."""
    log_cost = a.value_added_share * log_wage + np.einsum("nks,kn->sn", a.input_share, log_price)
    if levels.productivity is not None:
        log_cost = log_cost - np.log(levels.productivity)
    delivered = log_cost[:, None, :] - log_price[:, :, None]
    for new, old in ((levels.tariff, a.tariff), (levels.export_tax, a.export_tax)):
        if new is not old:
            cells = np.nonzero(new != old)
            delivered[cells] += np.log1p(new[cells]) - np.log1p(old[cells])
    if levels.trade_cost is not None:
        cells = np.nonzero(levels.trade_cost != 1.0)
        delivered[cells] += np.log(levels.trade_cost[cells])
    delivered *= -levels.elasticity[:, None, None]
    np.copyto(delivered, 0.0, where=a.share == 0)  # no supplier, however cheap: not 0 x inf
    share = a.share * np.exp(delivered, out=delivered)
    paid = share * spending[:, :, None]
    trade = paid / (1.0 + levels.tariff)
    sales = trade / (1.0 + levels.export_tax) if levels.taxed_exports else trade
    income = a.value_added_share * a.output if log_wage.ndim == 2 else a.factor_income
    if levels.labour is not None:
        income = income * levels.labour
    wage_bill = np.exp(log_wage) * income
    factor_income = wage_bill.sum(0) if log_wage.ndim == 2 else wage_bill
    tariff_revenue = paid.sum((0, 2)) - trade.sum((0, 2))
    export_tax_revenue = trade.sum((0, 1)) - sales.sum((0, 1))
    return Recomputed(
        cost=np.exp(log_cost),
        share=share,
        trade=trade,
        output=sales.sum(1),
        tariff_revenue=tariff_revenue,
        export_tax_revenue=export_tax_revenue,
        factor_income=factor_income,
        income=factor_income + tariff_revenue + export_tax_revenue + levels.transfer,
    )


def certify(
    a: Economy,
    levels: Levels,
    log_wage: Array,
    log_price: Array,
    spending: Array,
    names: Names,
) -> tuple[Certificate, Recomputed]:
    """Check prices, goods markets, factor markets, budgets and the numeraire at a solution."""
    with np.errstate(all="ignore"):
        r = recompute(a, levels, log_wage, log_price, spending)
        # A price index is right where the shares that it implies add up.
        theta = levels.elasticity[:, None]
        price = np.abs(np.log(r.share.sum(2))) / theta
        demand = np.einsum("nks,sn->kn", a.input_share, r.output) + a.final_share * r.income
        goods = _relative(demand - spending, spending)
        earned = a.value_added_share * r.output
        if log_wage.ndim == 2:
            supply = np.ones(1) if levels.labour is None else levels.labour
            bill = np.exp(log_wage) * a.value_added_share * a.output * supply
            factor = _relative(earned - bill, bill)
        else:
            factor = _relative(earned.sum(0) - r.factor_income, r.factor_income)
        imports, exports = r.trade.sum((0, 2)), r.trade.sum((0, 1))
        budget = _relative(imports - exports - levels.transfer, r.income)
        world_income = r.factor_income.sum() / a.factor_income.sum() - 1.0
    places = {
        "price": (price, "price index of {s} in {n}"),
        "goods market": (goods, "market for {s} in {n}"),
        "factor market": (
            factor,
            "factor market of {s} in {n}" if factor.ndim == 2 else "factor market of {n}",
        ),
        "budget": (budget, "trade balance of {n}"),
        "numeraire": (np.abs(np.atleast_1d(world_income)), "world factor income"),
    }
    found = {name: _worst(names, values, text) for name, (values, text) in places.items()}
    worst, where = max(found.values(), key=lambda item: item[0])
    return Certificate(worst=worst, where=where, by_equation=found), r


def worst_markets(certificate: Certificate) -> list[str]:
    """The worst place of each equation, one line each, worst first."""
    ranked = sorted(certificate.by_equation.values(), key=lambda item: -item[0])
    return [f"{where}: relative residual {value:.2e}" for value, where in ranked]


def _relative(gap: Array, scale: Array) -> Array:
    """|gap| / scale; where the scale is 0 the gap must be 0 too."""
    safe = np.where(scale != 0, scale, 1.0)
    return np.where(scale != 0, np.abs(gap / safe), np.where(gap == 0, 0.0, np.inf))


def _worst(names: Names, values: Array, text: str) -> tuple[float, str]:
    values = np.where(np.isfinite(values), values, np.inf)
    index = np.unravel_index(int(np.argmax(values)), values.shape)
    region = names.regions[int(index[-1])] if "{n}" in text else ""
    sector = names.sectors[int(index[0])] if "{s}" in text else ""
    return float(values[index]), text.format(s=sector, n=region)
