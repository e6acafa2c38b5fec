"""Real income and its slope at many settings of the same policy levers: what a search needs.

The same equations, solver and adjoint as ``solve`` and ``sensitivity``, without labels and
certificates, started from the last solution, and touching only the cells that a lever moves.
What a search ends with is solved and certified anew by ``solve``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.equilibrium import adjoint
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state, benchmark, levels_of, names_of
from countervail.errors import NotConvergedError
from countervail.solver import compiled
from countervail.solver.find import MAX_PASSES, find
from countervail.solver.problem import Levels, Problem
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

_TOLERANCE = 1e-10
_SLOPE_TOLERANCE = 1e-9  # relative; a search needs directions, not digits
_PATIENCE = 400  # passes from the last solution before a search starts from the base again


@dataclass(frozen=True, eq=False)
class Withdrawal:
    """A lever that takes capital away: at a setting u, the part u of somebody's capital leaves.

    ``lever``: its place among the levers; ``region``: whose capital shrinks; ``part`` (sector,):
    of each sector's capital what would leave at u = 1; ``exponent`` (sector,): by what power of
    capital the sector's productivity moves; ``transfer`` (region,): million USD a year at u = 1.
    """

    lever: int
    region: int
    part: Array
    exponent: Array
    transfer: Array

    def log_productivity(self, setting: float) -> Array:
        """By how much log productivity of the region's sectors moves, (sector,)."""
        return self.exponent * np.log1p(-self.part * setting)

    def slope(self, setting: float) -> Array:
        """The derivative of that by the setting, (sector,)."""
        return -self.exponent * self.part / (1.0 - self.part * setting)


@dataclass(frozen=True, eq=False)
class Levers:
    """Rates that are set together: lever k adds its setting to the rate of each of its cells.

    ``tariff``, ``export_tax``: for every cell moved, (its lever, its flat place in the
    (sector, importer, exporter) array). ``floor``: the rate that the setting is added to,
    for each cell: of the import tariffs first, then of the export taxes. ``withdrawal``: a lever
    that moves capital instead of a rate, where there is one.
    """

    count: int
    tariff: tuple[Index, Index]
    export_tax: tuple[Index, Index]
    floor: tuple[Array, Array]
    withdrawal: Withdrawal | None = None


class Valuation:
    """Log real income of every region, against the base, as a function of lever settings.

    ``given``: what holds besides the levers. ``favour`` (sector, region): what a dollar of the
    sector's factor income counts more than another (see ``adjoint.log_real_income``). Not to
    be shared between threads: it holds its last solution.
    """

    def __init__(
        self,
        world: World,
        closure: Closure,
        levers: Levers,
        given: Shock | None = None,
        favour: Array | None = None,
    ) -> None:
        self.levers = levers
        self._names = names_of(world)
        self._bench = bench = benchmark(world, closure)
        self._specific = bench.specific
        given_levels = levels_of(bench, closure, given)
        self._levels = replace(
            given_levels,
            tariff=given_levels.tariff.copy(),
            export_tax=given_levels.export_tax.copy(),
        )
        self._taxed = bool(levers.export_tax[0].size) or given_levels.taxed_exports
        problem = bench.problem(given_levels)
        self._initial = problem
        if self._taxed and problem.producer_kernel is problem.border_kernel:
            problem = problem._replace(producer_kernel=problem.border_kernel.copy())
        self._problem: Problem = problem._replace(
            kernel=problem.kernel.copy(),
            border_kernel=problem.border_kernel.copy(),
            producer_kernel=problem.producer_kernel.copy(),
            log_productivity=np.array(problem.log_productivity),
            transfer=np.array(problem.transfer),
        )
        self._drawn = 0.0  # of the withdrawal
        self._given_tariff, self._given_tax = given_levels.tariff, given_levels.export_tax
        cells = np.unique(np.concatenate([levers.tariff[1], levers.export_tax[1]]))
        self._cells: Index = cells.astype(np.intp)
        regions = bench.arrays.spending.shape[1]
        self._theta = bench.elasticity[self._cells // regions**2]
        self.favour = np.zeros_like(bench.arrays.spending) if favour is None else favour
        base = base_state(world, closure)
        self._base_x = base.x
        self._base = self._real(base.x, bench.problem(base.levels))
        self._multipliers: dict[bytes, Array] = {}
        self.x = base.x
        self.solves = self.slopes = 0

    def at(self, setting: Array) -> Array:
        """Log real income by region, against the base, with the levers set to ``setting`` (K,).

        Raises what ``solve`` raises where there is no certified solution.
        """
        self._set(setting)
        problem = self._problem
        run = compiled.solver(problem, specific=self._specific, taxed_exports=self._taxed)
        for start in (self.x, self._base_x):
            x, residual, _, _ = run(start, problem, np.float64(_TOLERANCE), np.int64(_PATIENCE))
            if residual <= _TOLERANCE:
                break
        else:
            x = find(self._bench, self._copy(), self._names).x
        self.solves += 1
        self.x = x
        return self._real(x, problem) - self._base

    def slope(self, weights: Array) -> Array:
        """Derivatives of ``weights @ log real income`` by the levers, (K,), at the last setting.

        Slopes for weights on different regions may be asked for from several threads at once.
        """
        p = self._problem
        run = compiled.executable(
            adjoint.gradient, p, specific=self._specific, taxed_exports=self._taxed
        )
        key = (weights != 0).tobytes()
        scale = float(np.abs(weights).max())
        start = self._multipliers.get(key)
        g, multipliers, residual, _ = run(
            self.x,
            p,
            weights / scale,
            self.favour,
            np.zeros_like(self.x) if start is None else start,
            np.float64(_SLOPE_TOLERANCE),
            np.int64(MAX_PASSES),
        )
        if not residual <= 100 * _SLOPE_TOLERANCE:
            raise NotConvergedError(
                f"{self._names.economy}: the transposed system of a search stopped at a residual "
                f"of {float(residual):.1e}.",
                "Please report the case.",
            )
        self.slopes += 1
        self._multipliers[key] = multipliers
        return scale * self._by_lever(g)

    def responsive_trade(self) -> Array:
        """Trade that each lever taxes times its elasticity, million USD, (K,), at the last setting.

        At border values. How much trade a rate moves, and so how fast slopes change with it.
        """
        p, levers = self._problem, self.levers
        run = compiled.executable(adjoint.kernel_worth, p, specific=self._specific)
        supply, spending = run(self.x, p)
        n = supply.shape[1]
        sector, pair = np.divmod(self._cells, n * n)
        trade = p.border_kernel.reshape(-1)[self._cells] * supply[sector, pair % n]
        moved = self._theta * trade * spending[sector, pair // n]
        total = np.zeros(levers.count)
        for owner, cell in (levers.tariff, levers.export_tax):
            at = np.searchsorted(self._cells, cell)
            total += np.bincount(owner, weights=moved[at], minlength=levers.count)
        if levers.withdrawal is not None:
            total[levers.withdrawal.lever] = np.abs(levers.withdrawal.transfer).max()
        return total

    def forget(self) -> None:
        """Start the next solve from the base, so that it does not depend on earlier ones."""
        self.x = self._base_x
        self._multipliers.clear()

    # -- inside ---------------------------------------------------------------------

    def _set(self, setting: Array) -> None:
        """Rates and kernels at a setting: only the levers' cells are touched."""
        levers, levels, p = self.levers, self._levels, self._problem
        for (owner, cell), floor, array in (
            (levers.tariff, levers.floor[0], levels.tariff),
            (levers.export_tax, levers.floor[1], levels.export_tax),
        ):
            array.reshape(-1)[cell] = floor + setting[owner]
        at = self._cells
        tariff, tax = 1.0 + levels.tariff.reshape(-1)[at], 1.0 + levels.export_tax.reshape(-1)[at]
        before = 1.0 + self._given_tariff.reshape(-1)[at]
        ratio = tariff / before * tax / (1.0 + self._given_tax.reshape(-1)[at])
        kernel = self._initial.kernel.reshape(-1)[at] * np.exp(-self._theta * np.log(ratio))
        p.kernel.reshape(-1)[at] = kernel
        p.border_kernel.reshape(-1)[at] = kernel / tariff
        p.producer_kernel.reshape(-1)[at] = kernel / tariff / tax
        taken = levers.withdrawal
        if taken is not None:
            self._drawn = float(setting[taken.lever])
            moved = self._initial.log_productivity[:, taken.region]
            p.log_productivity[:, taken.region] = moved + taken.log_productivity(self._drawn)
            p.transfer[:] = self._initial.transfer + self._drawn * taken.transfer

    def _copy(self) -> Levels:
        moved = self.levers.withdrawal is not None
        return replace(
            self._levels,
            tariff=self._levels.tariff.copy(),
            export_tax=self._levels.export_tax.copy(),
            transfer=self._problem.transfer.copy() if moved else self._levels.transfer,
            productivity=(
                np.exp(self._problem.log_productivity) if moved else self._levels.productivity
            ),
        )

    def _real(self, x: Array, problem: Problem) -> Array:
        run = compiled.executable(adjoint.log_real_income, problem, specific=self._specific)
        found: Array = run(x, problem, self.favour)
        return found

    def _by_lever(self, g: dict[str, Array]) -> Array:
        levers, p, at = self.levers, self._problem, self._cells
        border = (g["border_kernel"] * p.border_kernel).reshape(-1)[at]
        producer = (g["producer_kernel"] * p.producer_kernel).reshape(-1)[at]
        kernel = (g["kernel"] * p.kernel).reshape(-1)[at]
        cost = -self._theta * (kernel + border + producer)
        total = np.zeros(levers.count)
        for (owner, cell), array, by_rate in (
            (levers.tariff, self._levels.tariff, cost - border - producer),
            (levers.export_tax, self._levels.export_tax, cost - producer),
        ):
            place = np.searchsorted(at, cell)
            slope = by_rate[place] / (1.0 + array.reshape(-1)[cell])
            total += np.bincount(owner, weights=slope, minlength=levers.count)
        taken = levers.withdrawal
        if taken is not None:
            by_capital = g["log_productivity"][:, taken.region] @ taken.slope(self._drawn)
            total[taken.lever] = by_capital + g["transfer"] @ taken.transfer
        return total
