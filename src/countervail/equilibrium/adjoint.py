"""The adjoint: derivatives of welfare by the arrays of a problem, in one transposed solve."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from countervail.solver.equations import incomes, markets, unit_cost
from countervail.solver.iteration import accelerate, split, step
from countervail.solver.problem import Problem

TOLERANCE = 1e-11
"""Relative residual of the transposed system at which its iteration stops."""

BY = (
    "kernel",
    "border_kernel",
    "producer_kernel",
    "home_kernel",
    "log_productivity",
    "factor_income",
    "transfer",
)
"""The arrays of a problem by which ``gradient`` differentiates."""


def log_real_income(x: Any, p: Problem, favour: Any, *, specific: bool) -> Any:
    """Log of income over the price index by region at a solution, (N,).

    ``favour`` (sector, region): what a dollar of the sector's factor income counts more than
    a dollar of any other income; zeros for plain real income.
    """
    log_wage, log_price, log_spending = split(x, p, specific)
    log_cost = unit_cost(p, log_wage, log_price)
    m = markets(p, log_cost, log_spending, taxed_exports=True)
    _, _, income = incomes(p, m, log_wage, specific)
    favoured = (favour * p.value_added_share * (m.receipts + m.home)).sum(0)
    return jnp.log(income + favoured) - (p.final_share * log_price).sum(0)


def kernel_worth(x: Any, p: Problem, *, specific: bool) -> tuple[Any, Any]:
    """What a unit of a kernel stands for at a solution: two factors, (sector, region) each.

    The entry (s, n, i) of a kernel times the first at (s, i) times the second at (s, n)
    is million USD a year.
    """
    log_wage, log_price, log_spending = split(x, p, specific)
    supply = jnp.exp(-p.elasticity[:, None] * unit_cost(p, log_wage, log_price))
    total = jnp.einsum("sni,si->sn", p.kernel, supply) + p.home_kernel * supply
    return supply, p.spending * jnp.exp(log_spending) / total


def gradient(
    x: Any,
    p: Problem,
    weights: Any,
    favour: Any,
    start: Any,
    tolerance: Any,
    max_passes: Any,
    *,
    specific: bool,
    taxed_exports: bool,
) -> tuple[dict[str, Any], Any, Any, Any]:
    """Derivatives of ``weights @ log_real_income`` by the arrays in ``BY``.

    Direct ones plus the multipliers' share. ``start``: multipliers to begin from. Returns
    (derivatives by name, multipliers, relative residual of the transposed system, passes).
    """

    def welfare(x: Any, q: Problem) -> Any:
        return weights @ log_real_income(x, q, favour, specific=specific)

    direct_x = jax.grad(welfare)(x, p)
    _, transpose = jax.vjp(lambda y: step(y, p, specific, taxed_exports)[0], x)
    scale = jnp.max(jnp.abs(direct_x))

    def evaluate(multiplier: Any) -> tuple[Any, Any]:
        f = transpose(multiplier)[0] + direct_x
        return f, jnp.max(jnp.abs(f)) / scale

    multiplier, residual, passes, _ = accelerate(evaluate, start, tolerance, max_passes)

    def lagrangian(parts: dict[str, Any]) -> Any:
        q = p._replace(**parts)
        return welfare(x, q) + multiplier @ step(x, q, specific, True)[0]

    return jax.grad(lagrangian)({n: getattr(p, n) for n in BY}), multiplier, residual, passes
