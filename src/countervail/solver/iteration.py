"""The joint map on (log w, log P, log X) and its accelerated iteration.

The map preconditions wages by the slope of each region's trade balance and lets
own prices and spending follow; Anderson's method (type II; Walker & Ni 2011)
accelerates it. What stops the iteration are the residuals of the economic
equations, never the length of a step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from countervail.solver.equations import residuals
from countervail.solver.problem import Problem

MEMORY = 10
_RIDGE = 1e-14  # Tikhonov, relative to the trace of the Gram matrix
_BLOW_UP = 10.0  # a residual this many times the best one calls the safeguard
_HARMLESS = 0.3  # ... unless it is smaller than this: near a solution a detour costs nothing
_RESTARTS = 8


def split(x: Any, p: Problem, specific: bool) -> tuple[Any, Any, Any]:
    """(log w, log P, log X) of the flat state ``x``."""
    j, n = p.spending.shape
    wages = j * n if specific else n
    log_wage = x[:wages].reshape(j, n) if specific else x[:wages]
    log_price = x[wages : wages + j * n].reshape(j, n)
    return log_wage, log_price, x[wages + j * n :].reshape(j, n)


def state_size(sectors: int, regions: int, specific: bool) -> int:
    """Length of the flat state."""
    wages = sectors * regions if specific else regions
    return wages + 2 * sectors * regions


def step(
    x: Any, p: Problem, specific: bool, taxed_exports: bool, careful: bool = False
) -> tuple[Any, Any]:
    """One application of the map: (its step f at x, the largest residual at x).

    Nominal variables move together (prices and spending follow the wage step and
    the numeraire), which is what lets large shocks converge without damping.
    """
    log_wage, log_price, log_spending = split(x, p, specific)
    r = residuals(p, log_wage, log_price, log_spending, specific, taxed_exports, careful)
    if specific:
        balance, market = r.wage
        weight = p.factor_income / p.factor_income.sum(0)
        regional = balance * p.wage_response
        active = p.factor_income > 0
        sectoral = jnp.where(active, market - (weight * market).sum(0), 0.0) * p.sector_response
        wage_step = regional + sectoral
        wage_residual = jnp.where(active, market, 0.0)
    else:
        regional = r.wage * p.wage_response
        wage_step, wage_residual = regional, r.wage
    price_step = r.price + p.own_price_response * regional - r.world_income
    spending_step = jnp.where(p.spending > 0, r.spending + regional - r.world_income, 0.0)
    f = jnp.concatenate(
        [(wage_step - r.world_income).ravel(), price_step.ravel(), spending_step.ravel()]
    )
    worst = jnp.stack(
        [
            jnp.max(jnp.abs(wage_residual)),
            jnp.max(p.elasticity[:, None] * jnp.abs(r.price)),
            jnp.max(jnp.where(p.spending > 0, jnp.abs(r.spending), 0.0)),
            jnp.max(jnp.abs(r.factor_market)),
            jnp.abs(r.world_income),
        ]
    )
    return f, jnp.max(worst)


class _State(NamedTuple):
    passes: Any
    x: Any
    f: Any
    residual: Any
    best_x: Any
    best_f: Any
    best: Any
    restarts: Any
    plain: Any  # plain damped steps still to take
    age: Any  # how many columns of the memory are valid
    dx: Any
    df: Any
    gram: Any


def iterate(
    x0: Any,
    p: Problem,
    tolerance: Any,
    max_passes: Any,
    *,
    specific: bool,
    taxed_exports: bool,
    careful: bool = False,
) -> tuple[Any, Any, Any, Any]:
    """Solve from ``x0``: (best state, its largest residual, passes, restarts)."""

    def evaluate(x: Any) -> tuple[Any, Any]:
        return step(x, p, specific, taxed_exports, careful)

    return accelerate(evaluate, x0, tolerance, max_passes)


def accelerate(
    evaluate: Any, x0: Any, tolerance: Any, max_passes: Any
) -> tuple[Any, Any, Any, Any]:
    """Anderson acceleration of x -> x + f(x), safeguarded; ``evaluate`` returns (f, residual)."""
    size = x0.shape[0]
    slots = jnp.arange(MEMORY)

    def going(s: _State) -> Any:
        return (s.best > tolerance) & (s.passes < max_passes) & (s.restarts <= _RESTARTS)

    def body(s: _State) -> _State:
        position = s.passes % MEMORY
        valid = ((position - 1 - slots) % MEMORY) < s.age
        ridge = _RIDGE * jnp.trace(s.gram) + 1e-300
        system = jnp.where(valid[:, None] & valid[None, :], s.gram, 0.0)
        system = system + jnp.diag(jnp.where(valid, ridge, 1.0))
        weights = jnp.linalg.solve(system, jnp.where(valid, s.df @ s.f, 0.0))
        accelerated = s.x + s.f - weights @ s.dx - weights @ s.df
        damping = jnp.maximum(0.1, 0.5 * 0.6**s.restarts)
        plain = s.x + damping * jnp.clip(s.f, -3.0, 3.0)
        x = jnp.where(s.plain > 0, plain, accelerated)
        f, residual = evaluate(x)

        failed = ~(jnp.isfinite(residual) & jnp.all(jnp.isfinite(f)))
        failed = failed | (residual > jnp.maximum(_BLOW_UP * s.best, _HARMLESS))
        dx = jnp.where(failed, 0.0, x - s.x)
        df = jnp.where(failed, 0.0, f - s.f)
        new_dx, new_df = s.dx.at[position].set(dx), s.df.at[position].set(df)
        column = new_df @ df
        gram = s.gram.at[position, :].set(column).at[:, position].set(column)

        better = ~failed & (residual < s.best)
        best_x = jnp.where(better, x, s.best_x)
        best_f = jnp.where(better, f, s.best_f)
        best = jnp.where(better, residual, s.best)
        restarts = s.restarts + failed
        return _State(
            passes=s.passes + 1,
            x=jnp.where(failed, best_x, x),
            f=jnp.where(failed, best_f, f),
            residual=jnp.where(failed, best, residual),
            best_x=best_x,
            best_f=best_f,
            best=best,
            restarts=restarts,
            plain=jnp.where(failed, 4 * restarts, jnp.maximum(s.plain - 1, 0)),
            age=jnp.where(failed | (s.plain > 0), 0, jnp.minimum(s.age + 1, MEMORY)),
            dx=new_dx,
            df=new_df,
            gram=gram,
        )

    f0, r0 = evaluate(x0)
    r0 = jnp.where(jnp.isfinite(r0), r0, jnp.inf)
    zero = jnp.zeros((), dtype=jnp.int64)
    memory = jnp.zeros((MEMORY, size))
    start = _State(
        zero, x0, f0, r0, x0, f0, r0, zero, zero, zero, memory, memory, jnp.zeros((MEMORY, MEMORY))
    )
    end = jax.lax.while_loop(going, body, start)
    return end.best_x, end.best, end.passes, end.restarts
