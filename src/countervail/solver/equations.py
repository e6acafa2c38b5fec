"""The equilibrium system in hats, one small function per equation (Caliendo & Parro 2015,
with export taxes added), and the residuals that the solver drives to zero.

Notation: ``docs/notation.md``. Wages and prices are logs of hats; spending is
million USD. Everything is traced by JAX; nothing here is specific to a solver.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from countervail.solver.problem import Problem

# Small enough to touch nothing else: 0/0 reads as "balanced" for a region that does not trade.
_TINY = 1e-300


class Residuals(NamedTuple):
    """Log residuals of the system; all zero in equilibrium."""

    wage: Any  # (N,) trade balance; with specific labour also (J,N) factor markets, as a pair
    price: Any  # (J,N)
    spending: Any  # (J,N)
    factor_market: Any  # (N,) relative
    world_income: Any  # () log of world factor income over the numeraire


def unit_cost(p: Problem, log_wage: Any, log_price: Any) -> Any:
    """log c = gamma_va log w + sum_k gamma log P_k - log A, axes (sector, region)."""
    inputs = jnp.einsum("nks,kn->sn", p.input_share, log_price)
    return p.value_added_share * log_wage + inputs - p.log_productivity


def residuals(
    p: Problem,
    log_wage: Any,
    log_price: Any,
    log_spending: Any,
    specific: bool,
    taxed_exports: bool,
) -> Residuals:
    """Every equation of the system at (w, P, X), foreign and home terms kept apart."""
    theta = p.elasticity[:, None]
    supply = jnp.exp(-theta * unit_cost(p, log_wage, log_price))
    foreign = jnp.einsum("sni,si->sn", p.kernel, supply)
    home = p.home_kernel * supply
    total = foreign + home
    spending = p.spending * jnp.exp(log_spending)
    per_supply = spending / total

    # Trade at border prices, and what producers receive of it.
    imports = jnp.einsum("sni,si->sn", p.border_kernel, supply) * per_supply
    receipts = jnp.einsum("sni,sn->si", p.producer_kernel, per_supply) * supply
    exports = receipts
    if taxed_exports:
        exports = jnp.einsum("sni,sn->si", p.border_kernel, per_supply) * supply
    output = receipts + home * per_supply

    # Income: factors, import tariffs, export taxes, transfer.
    wage_bill = jnp.exp(log_wage) * p.factor_income
    factor_income = wage_bill.sum(0) if specific else wage_bill
    tariff_revenue = (foreign * per_supply - imports).sum(0)
    export_revenue = (exports - receipts).sum(0)
    income = factor_income + tariff_revenue + export_revenue + p.transfer

    demand = jnp.einsum("nks,sn->kn", p.input_share, output) + p.final_share * income
    earned = p.value_added_share * output
    # A region that does not trade has nothing to balance: its wage is its own affair.
    sold, bought = exports.sum(0), imports.sum(0)
    trades = (sold > 0) | (bought > 0)
    received = jnp.where(trades, sold + jnp.maximum(p.transfer, 0) + _TINY, 1.0)
    spent = jnp.where(trades, bought + jnp.maximum(-p.transfer, 0) + _TINY, 1.0)
    balance = jnp.log(received / spent)
    market = balance
    if specific:
        # Idle industries are masked before the logarithm, so that its slope is finite too.
        active = p.factor_income > 0
        market = jnp.log(jnp.where(active, earned, 1.0) / jnp.where(active, wage_bill, 1.0))
    return Residuals(
        wage=(balance, market) if specific else balance,
        price=-(jnp.log(total) + p.log_scale) / theta - log_price,
        spending=jnp.log(
            jnp.where(p.spending > 0, demand, 1.0) / jnp.where(p.spending > 0, spending, 1.0)
        ),
        factor_market=earned.sum(0) / factor_income - 1.0,
        world_income=jnp.log(factor_income.sum() / p.numeraire),
    )
