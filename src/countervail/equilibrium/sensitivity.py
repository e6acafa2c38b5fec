"""The adjoint: how welfare responds to every policy and technology, in one transposed solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.equilibrium import adjoint
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.labelled import labelled
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import AXES, Shock
from countervail.equilibrium.solve import benchmark, solve
from countervail.errors import InputError, NotConvergedError
from countervail.solver import compiled
from countervail.solver.find import MAX_PASSES
from countervail.solver.problem import Benchmark, Problem
from countervail.world.core import World

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float64]

_PER = {
    **dict.fromkeys(("tariff", "export_tax"), "unit of the rate (1 = 100 points)"),
    **dict.fromkeys(("trade_cost", "productivity", "labour"), "unit of the hat (1 = no change)"),
    "transfer": "million USD received",
}


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """Derivatives of one welfare figure (percent) by every entry of a shock.

    ``tariff``, ``export_tax`` per unit of the rate (1 = 100 points), ``trade_cost``,
    ``productivity``, ``labour`` per unit of the hat, ``transfer`` per million USD
    paid by all regions in proportion to their factor income. Each is labelled
    in the documented axes; ``plain[name]`` is the bare array.
    """

    outcome: Outcome
    of: Mapping[str, float]
    plain: Mapping[str, Array]

    def __repr__(self) -> str:
        of = ", ".join(self.of)
        return f"<Sensitivity of welfare in {of} by {', '.join(self.plain)}; at {self.outcome!r}>"

    @property
    def tariff(self) -> xr.DataArray:
        """Percent of welfare per unit of import tariff (sector, importer, exporter)."""
        return self._labelled("tariff")

    @property
    def export_tax(self) -> xr.DataArray:
        """Percent of welfare per unit of export tax (sector, importer, exporter)."""
        return self._labelled("export_tax")

    @property
    def trade_cost(self) -> xr.DataArray:
        """Percent of welfare per unit of the iceberg hat (sector, importer, exporter)."""
        return self._labelled("trade_cost")

    @property
    def productivity(self) -> xr.DataArray:
        """Percent of welfare per unit of the productivity hat (sector, region)."""
        return self._labelled("productivity")

    @property
    def labour(self) -> xr.DataArray:
        """Percent of welfare per unit of the factor-supply hat (region)."""
        return self._labelled("labour")

    @property
    def transfer(self) -> xr.DataArray:
        """Percent of welfare per million USD received by a region (see the class)."""
        return self._labelled("transfer")

    def _labelled(self, name: str) -> xr.DataArray:
        world = self.outcome.world
        attrs = {
            "unit": f"percent of welfare per {_PER[name]}",
            "of": ", ".join(f"{w:g} x {r}" if w != 1 else r for r, w in self.of.items()),
            "base_year": world.base_year,
            "world": world.name,
            "closure": self.outcome.closure.describe(),
        }
        return labelled(world, self.plain[name], AXES[name], name, attrs)


def sensitivity(
    world: World,
    of: str | Mapping[str, float],
    shock: Shock | None = None,
    closure: Closure | None = None,
    *,
    at: Outcome | None = None,
) -> Sensitivity:
    """How the welfare of ``of`` responds to every tariff, tax, cost, productivity and transfer.

    ``of``: a region, or weights by region. The derivatives are those of
    ``Outcome.welfare`` (percent) at ``shock`` (default: none) under ``closure``, or
    at an outcome already solved (``at``). One transposed linear solve, whatever
    the number of entries. Raises what ``solve`` raises, ``UnknownLabelError``, and
    ``NotConvergedError`` where the transposed system is not solved.

    Method: implicit differentiation with the transpose of the solver's own map.
    """
    outcome = solve(world, shock, closure) if at is None else at
    if at is not None and (shock is not None or closure is not None):
        raise InputError("give either shock and closure, or at=, not both.")
    if outcome.world is not world and outcome.world != world:
        raise InputError(
            f"the outcome belongs to the world {outcome.world.name!r}, not to {world.name!r}.",
            "Pass the world that it was solved on.",
        )
    weights = _weights(world, of)
    bench = benchmark(world, outcome.closure)
    levels = outcome.state.levels
    problem = bench.problem(levels)
    run = compiled.executable(
        adjoint.gradient, problem, specific=bench.specific, taxed_exports=levels.taxed_exports
    )
    vector = np.zeros(len(world.regions))
    for region, weight in weights.items():
        # d(100 W) = 100 W d log W
        n = world.regions.index(region)
        vector[n] = weight * (100.0 + outcome.welfare_percent[n])
    x = outcome.state.x
    g, _, residual, passes = run(
        x,
        problem,
        vector,
        np.zeros_like(problem.spending),
        np.zeros_like(x),
        np.float64(adjoint.TOLERANCE),
        np.int64(MAX_PASSES),
    )
    if not residual <= 100 * adjoint.TOLERANCE:
        raise NotConvergedError(
            f"{world.name}: the transposed system stopped at a residual of {float(residual):.1e} "
            f"after {int(passes)} passes.",
            "Please report the case.",
        )
    plain = _chain(bench, outcome, problem, g)
    broken = [name for name, values in plain.items() if not np.isfinite(values).all()]
    if broken:
        raise NotConvergedError(
            f"{world.name}: the derivatives by {', '.join(broken)} are not finite.",
            "Please report the case.",
        )
    for values in plain.values():
        values.flags.writeable = False
    return Sensitivity(outcome=outcome, of=weights, plain=plain)


def _weights(world: World, of: str | Mapping[str, float]) -> dict[str, float]:
    if isinstance(of, str):
        (index,) = _single(world, of)
        return {world.regions[index]: 1.0}
    if not isinstance(of, Mapping) or not of:
        raise InputError(
            f"of={of!r} names no region.", "Give a region, or weights: {'DEU': 0.5, 'FRA': 0.5}."
        )
    weights: dict[str, float] = {}
    for region, weight in of.items():
        label = world.regions[_single(world, region)[0]]
        if label in weights:
            raise InputError(f"of={dict(of)!r} names {label} twice.", "Name each region once.")
        weights[label] = float(weight)
    if not all(np.isfinite(w) for w in weights.values()) or not any(weights.values()):
        raise InputError(f"of={dict(of)!r}: weights must be finite, and one of them not 0.")
    return weights


def _single(world: World, region: str) -> tuple[int, ...]:
    found = tuple(world.resolve_regions(region))
    if len(found) != 1:
        raise InputError(
            f"{region!r} means {len(found)} regions; a sensitivity is of one.",
            "Name one region, or give weights: {'DEU': 0.5, 'FRA': 0.5}.",
        )
    return found


def _chain(bench: Benchmark, outcome: Outcome, p: Problem, g: dict[str, Array]) -> dict[str, Array]:
    """From derivatives by the problem's arrays to those by the entries of a shock."""
    levels, theta = outcome.state.levels, bench.elasticity[:, None, None]
    border = g["border_kernel"] * p.border_kernel
    producer = g["producer_kernel"] * p.producer_kernel
    cost = -theta * (g["kernel"] * p.kernel + border + producer)
    tariff = (cost - border - producer) / (1.0 + levels.tariff)
    export_tax = (cost - producer) / (1.0 + levels.export_tax)
    home = np.arange(cost.shape[1])
    cost[:, home, home] = -theta[:, :, 0] * g["home_kernel"] * p.home_kernel
    if levels.trade_cost is not None:
        cost = cost / levels.trade_cost
    productivity = g["log_productivity"]
    if levels.productivity is not None:
        productivity = productivity / levels.productivity
    labour = g["factor_income"] * p.factor_income
    labour = labour.sum(0) if labour.ndim == 2 else labour
    if levels.labour is not None:
        labour = labour / levels.labour
    income = bench.arrays.factor_income
    transfer = g["transfer"] - (g["transfer"] @ income) / income.sum()
    return {
        "tariff": tariff,
        "export_tax": export_tax,
        "trade_cost": cost,
        "productivity": productivity,
        "labour": labour,
        "transfer": transfer,
    }
