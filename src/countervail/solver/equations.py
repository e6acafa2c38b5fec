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


class Markets(NamedTuple):
    """What every market spends, and where it goes; million USD, axes (sector, region)."""

    log_total: Any  # log of sum_i share x (cost ratio x unit cost)^-theta: -theta log P
    spending: Any  # tariff-inclusive
    foreign: Any  # the part of spending that is spent on imports, duty included
    imports: Any  # at border prices
    exports: Any  # at border prices
    receipts: Any  # of exporters, after export tax
    home: Any  # home sales


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


def markets(p: Problem, log_cost: Any, log_spending: Any, taxed_exports: bool) -> Markets:
    """Demand of every market at given unit costs, foreign and home terms kept apart."""
    supply = jnp.exp(-p.elasticity[:, None] * log_cost)
    foreign = jnp.einsum("sni,si->sn", p.kernel, supply)
    home = p.home_kernel * supply
    total = foreign + home
    spending = p.spending * jnp.exp(log_spending)
    per_supply = spending / total
    receipts = jnp.einsum("sni,sn->si", p.producer_kernel, per_supply) * supply
    exports = receipts
    if taxed_exports:
        exports = jnp.einsum("sni,sn->si", p.border_kernel, per_supply) * supply
    return Markets(
        log_total=jnp.log(total) + p.log_scale,
        spending=spending,
        foreign=foreign * per_supply,
        imports=jnp.einsum("sni,si->sn", p.border_kernel, supply) * per_supply,
        exports=exports,
        receipts=receipts,
        home=home * per_supply,
    )


def careful_markets(p: Problem, log_cost: Any, log_spending: Any) -> Markets:
    """The same in the log domain, supplier by supplier, for a problem set up ``careful``.

    Several times slower, but costs may differ by hundreds of orders of magnitude
    once raised to the elasticity.
    """
    weight = p.kernel - p.elasticity[:, None, None] * log_cost[:, None, :]
    largest = weight.max(2)
    weight = jnp.exp(weight - largest[:, :, None])
    total = weight.sum(2)
    spending = p.spending * jnp.exp(log_spending)
    paid = weight * (spending / total)[:, :, None]
    abroad = paid * (1.0 - jnp.eye(paid.shape[1]))
    border = abroad * p.border_kernel
    return Markets(
        log_total=jnp.log(total) + largest,
        spending=spending,
        foreign=abroad.sum(2),
        imports=border.sum(2),
        exports=border.sum(1),
        receipts=(border * p.producer_kernel).sum(1),
        home=jnp.einsum("snn->sn", paid),
    )


def incomes(p: Problem, m: Markets, log_wage: Any, specific: bool) -> tuple[Any, Any, Any]:
    """(wage bill, factor income by region, income by region) in million USD."""
    wage_bill = jnp.exp(log_wage) * p.factor_income
    factor_income = wage_bill.sum(0) if specific else wage_bill
    tariff_revenue = (m.foreign - m.imports).sum(0)
    export_revenue = (m.exports - m.receipts).sum(0)
    return wage_bill, factor_income, factor_income + tariff_revenue + export_revenue + p.transfer


def residuals(
    p: Problem,
    log_wage: Any,
    log_price: Any,
    log_spending: Any,
    specific: bool,
    taxed_exports: bool,
    careful: bool = False,
) -> Residuals:
    """Every equation of the system at (w, P, X)."""
    log_cost = unit_cost(p, log_wage, log_price)
    if careful:
        m = careful_markets(p, log_cost, log_spending)
    else:
        m = markets(p, log_cost, log_spending, taxed_exports)
    wage_bill, factor_income, income = incomes(p, m, log_wage, specific)
    output = m.receipts + m.home
    demand = jnp.einsum("nks,sn->kn", p.input_share, output) + p.final_share * income
    earned = p.value_added_share * output
    # A region that does not trade has nothing to balance: its wage is its own affair.
    sold, bought = m.exports.sum(0), m.imports.sum(0)
    trades = (sold > 0) | (bought > 0)
    received = jnp.where(trades, sold + jnp.maximum(p.transfer, 0) + _TINY, 1.0)
    spent = jnp.where(trades, bought + jnp.maximum(-p.transfer, 0) + _TINY, 1.0)
    balance = jnp.log(received / spent)
    market = balance
    if specific:
        # Idle industries are masked before the logarithm, so that its slope is finite too.
        active = p.factor_income > 0
        market = jnp.log(jnp.where(active, earned, 1.0) / jnp.where(active, wage_bill, 1.0))
    used = p.spending > 0
    return Residuals(
        wage=(balance, market) if specific else balance,
        price=-m.log_total / p.elasticity[:, None] - log_price,
        spending=jnp.log(jnp.where(used, demand, 1.0) / jnp.where(used, m.spending, 1.0)),
        factor_market=earned.sum(0) / factor_income - 1.0,
        world_income=jnp.log(factor_income.sum() / p.numeraire),
    )
