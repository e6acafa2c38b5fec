"""First order: what a small rise of all trade costs between two regions takes from each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from countervail.equilibrium import adjoint
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import base_state, benchmark
from countervail.errors import NotConvergedError
from countervail.solver import compiled
from countervail.solver.find import MAX_PASSES
from countervail.world.core import World

Array = npt.NDArray[np.float64]


def cost_slopes(
    world: World,
    closure: Closure,
    targets: Sequence[int],
    workers: int,
    done: Callable[[], None] = lambda: None,
) -> Array:
    """Real income lost per 1 % rise of the cost of all trade with a partner, both ways.

    Axes (target, region), percent; ``targets`` are positions on the region axis, the second
    axis holds all regions of the world; nothing is lost by trading with oneself. One
    transposed solve for each target gives its whole row; ``workers`` threads share them.
    ``done`` is called as each finishes.

    Raises ``NotConvergedError`` where a transposed system is not solved.
    """
    bench = benchmark(world, closure)
    base = base_state(world, closure)
    problem = bench.problem(base.levels)
    run = compiled.executable(
        adjoint.gradient,
        problem,
        specific=bench.specific,
        taxed_exports=base.levels.taxed_exports,
    )
    elasticity = bench.elasticity[:, None, None]
    # Each multiplies its own derivative; a cost moves all three kernels at once.
    kernels = {
        name: elasticity * getattr(problem, name)
        for name in ("kernel", "border_kernel", "producer_kernel")
    }

    def row(target: int) -> Array:
        weights = np.zeros(len(world.regions))
        weights[target] = 1.0
        by, _, residual, passes = run(
            base.x,
            problem,
            weights,
            np.zeros_like(problem.spending),
            np.zeros_like(base.x),
            np.float64(adjoint.TOLERANCE),
            np.int64(MAX_PASSES),
        )
        if not residual <= 100 * adjoint.TOLERANCE:
            raise NotConvergedError(
                f"{world.name}: the transposed system of {world.regions[target]} stopped at a "
                f"residual of {float(residual):.1e} after {int(passes)} passes.",
                "Please report the case.",
            )
        # A percent of income per percent of cost is a log per log.
        one_way: Array = sum(np.einsum("sni,sni->ni", by[name], k) for name, k in kernels.items())
        both: Array = (one_way + one_way.T)[target]
        both[target] = 0.0
        return both

    rows = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for found in pool.map(row, targets):
            rows.append(found)
            done()
    return np.array(rows).reshape(len(targets), len(world.regions))
