"""Finding a certified solution: directly, else along a path, else saying why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import NoEquilibriumError, NotConvergedError
from countervail.solver import compiled
from countervail.solver.certificate import (
    Certificate,
    Names,
    Recomputed,
    certify,
    recompute,
    worst_markets,
)
from countervail.solver.iteration import state_size
from countervail.solver.problem import Benchmark, Levels

Array = npt.NDArray[np.float64]

TOLERANCE = 1e-10
MAX_PASSES = 500
_FIRST_STEP, _SMALLEST_STEP = 0.25, 1.0 / 512
_ROUNDING = 1e-9
_POOR = 0.02  # a region's income this small a part of its benchmark is about to vanish


@dataclass(frozen=True)
class Diagnostics:
    """How the solver got there: largest log residual, passes in all, restarts, path steps."""

    residual: float
    passes: int
    restarts: int
    continuation_steps: int


@dataclass(frozen=True, eq=False, repr=False)
class State:
    """A certified solution: wages and prices as logs of hats, spending in million USD."""

    x: Array
    log_wage: Array
    log_price: Array
    spending: Array
    levels: Levels
    recomputed: Recomputed
    certificate: Certificate
    diagnostics: Diagnostics


@dataclass(frozen=True)
class _Attempt:
    x: Array
    residual: float
    passes: int
    restarts: int


def find(
    bench: Benchmark,
    levels: Levels,
    names: Names,
    *,
    start: Array | None = None,
    tolerance: float = TOLERANCE,
    max_passes: int = MAX_PASSES,
) -> State:
    """The certified state at ``levels``.

    ``start``: a flat state to begin from (default: the benchmark). ``tolerance``:
    largest log residual of the economic equations. Raises ``NoEquilibriumError``
    where fixed transfers leave a region without income, ``NotConvergedError`` with
    the worst markets where no solution was reached or its certificate fails.
    """
    _isolated_regions_balance(bench, levels, names)
    run = _Runner(bench, tolerance, max_passes)
    nothing = np.zeros(run.size)
    attempt = run(levels, nothing if start is None else start)
    steps = 1
    if attempt.residual > tolerance and start is not None and start.any():
        attempt = run(levels, nothing)
    if attempt.residual > tolerance:
        attempt = run(levels, nothing, careful=True)
    if attempt.residual > tolerance:
        attempt, steps = _continued(bench, levels, names, run)
    log_wage, log_price, spending = parts(bench, attempt.x)
    certificate, recomputed = certify(bench.arrays, levels, log_wage, log_price, spending, names)
    if not np.isfinite(recomputed.income).all():
        raise NotConvergedError(
            f"{names.economy}: the solution is not finite ({certificate}).",
            "Try a smaller shock or a milder cost factor; please report the case.",
            worst_markets(certificate),
        )
    if not (recomputed.income > 0).all():
        n = int(np.argmin(recomputed.income))
        raise NoEquilibriumError(
            f"{names.economy}: no equilibrium under fixed transfers. The income of "
            f"{names.regions[n]} would be {recomputed.income[n]:,.0f} million USD with its "
            f"transfer of {levels.transfer[n]:,.0f} held fixed.",
            _NO_TRANSFERS,
        )
    if not certificate.holds:
        raise NotConvergedError(
            f"{names.economy}: the certificate fails, {certificate}.",
            "Try a smaller shock or a larger max_passes; please report the case if it persists.",
            worst_markets(certificate),
        )
    for array in (attempt.x, log_wage, log_price, spending, *vars(recomputed).values()):
        array.flags.writeable = False
    return State(
        x=attempt.x,
        log_wage=log_wage,
        log_price=log_price,
        spending=spending,
        levels=levels,
        recomputed=recomputed,
        certificate=certificate,
        diagnostics=Diagnostics(
            residual=attempt.residual,
            passes=run.passes,
            restarts=attempt.restarts,
            continuation_steps=steps,
        ),
    )


def _isolated_regions_balance(bench: Benchmark, levels: Levels, names: Names) -> None:
    """A region that trades with nobody can neither pay nor receive."""
    a = bench.arrays
    stuck = ~bench.trades & (np.abs(levels.transfer) > _ROUNDING * a.income)
    if stuck.any():
        n = int(np.argmax(stuck))
        raise NoEquilibriumError(
            f"{names.economy}: no equilibrium. {names.regions[n]} trades with nobody, so that no "
            f"goods can carry its transfer of {levels.transfer[n]:,.6g} million USD.",
            "Leave its transfer at 0.",
        )


def parts(bench: Benchmark, x: Array) -> tuple[Array, Array, Array]:
    """(log wage, log price, spending) of a flat state."""
    spending = bench.arrays.spending
    j, n = spending.shape
    wages = j * n if bench.specific else n
    log_wage = x[:wages].reshape(j, n) if bench.specific else x[:wages]
    log_price = x[wages : wages + j * n].reshape(j, n)
    return log_wage, log_price, spending * np.exp(x[wages + j * n :].reshape(j, n))


class _Runner:
    """Calls the compiled solver and counts its passes."""

    def __init__(self, bench: Benchmark, tolerance: float, max_passes: int) -> None:
        self.bench, self.tolerance, self.max_passes = bench, tolerance, max_passes
        j, n = bench.arrays.spending.shape
        self.size = state_size(j, n, bench.specific)
        self.passes = 0

    def __call__(self, levels: Levels, start: Array, careful: bool = False) -> _Attempt:
        problem = self.bench.problem(levels, careful)
        run = compiled.solver(
            problem,
            specific=self.bench.specific,
            taxed_exports=levels.taxed_exports and not careful,
            careful=careful,
        )
        x, residual, passes, restarts = run(
            start, problem, np.float64(self.tolerance), np.int64(self.max_passes)
        )
        self.passes += int(passes)
        return _Attempt(np.asarray(x), float(residual), int(passes), int(restarts))


def _continued(
    bench: Benchmark, levels: Levels, names: Names, run: _Runner
) -> tuple[_Attempt, int]:
    """Follow the solution from the benchmark: transfers first and alone, then all costs."""
    legs: list[Callable[[float], Levels]] = []
    if not np.array_equal(levels.transfer, bench.arrays.transfer):
        legs.append(lambda step: bench.transfers_only(levels, step))
    legs.append(lambda step: bench.blend(levels, step))
    attempt = _Attempt(np.zeros(run.size), 0.0, 0, 0)
    steps = 0
    for leg in legs:
        reached, size = 0.0, _FIRST_STEP
        while reached < 1.0:
            target = min(1.0, reached + size)
            aim = levels if leg is legs[-1] and target == 1.0 else leg(target)
            trial = run(aim, attempt.x)
            if trial.residual > run.tolerance:
                trial = run(aim, attempt.x, careful=True)
            steps += 1
            if trial.residual <= run.tolerance:
                attempt, reached, size = trial, target, size * 1.5
                continue
            size /= 2
            if size < _SMALLEST_STEP:
                _explain(bench, names, leg(reached), leg(target), attempt, trial, reached)
    return attempt, steps


def _explain(
    bench: Benchmark,
    names: Names,
    last: Levels,
    beyond: Levels,
    solved: _Attempt,
    failed: _Attempt,
    reached: float,
) -> None:
    """Raise the error that says what stopped the continuation, with the worst markets."""
    a = bench.arrays
    income = recompute(a, last, *parts(bench, solved.x)).income
    relative = income / a.income
    poorest = int(np.argmin(relative))
    pays = float(last.transfer[poorest])
    if last.transfer.any() and (relative[poorest] < _POOR or income.min() <= 0):
        raise NoEquilibriumError(
            f"{names.economy}: no equilibrium under fixed transfers. "
            f"{names.regions[poorest]} keeps {100 * max(0.0, relative[poorest]):.2g} % of its "
            f"income {100 * reached:.0f} % of the way to this shock, "
            f"with a transfer of {pays:,.0f} million USD held fixed, and none beyond.",
            _NO_TRANSFERS,
        )
    certificate, _ = certify(a, beyond, *parts(bench, failed.x), names)
    raise NotConvergedError(
        f"{names.economy}: not converged; the solution could be followed for "
        f"{100 * reached:.1f} % of the shock (residual beyond it {failed.residual:.1e}).",
        "Try a smaller shock, or Closure(balance='balanced') if transfers are large.",
        worst_markets(certificate),
    )


_NO_TRANSFERS = "Use Closure(balance='balanced'), or a smaller shock."
