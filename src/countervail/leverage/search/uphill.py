"""Searches over lever settings: the best for one goal, or the most harm at a given price.

Bounded quasi-Newton methods of SciPy in scaled coordinates; values and slopes are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from countervail.leverage.search.landscape import Goal, Landscape

Array = npt.NDArray[np.float64]

ENOUGH = 1e-4
"""Percent of real income: a search that finds no more than this has found nothing better."""

_EXACT = 1e-9  # percent points by which a last step may still raise a goal
_OVER = 1e-6  # percent by which a place may cost more than it may
_STEPS = 400
_SHORT = 40  # steps; where a search under a limit takes more, rates are high and little is at stake


@dataclass(frozen=True, eq=False)
class Found:
    """Where a search ended: ``z``, the value of its goal there (percent), equilibria solved."""

    z: Array
    value: float
    solves: int


def highest(land: Landscape, goal: Goal, start: Array, bend: Array) -> Found:
    """Uphill from ``start`` to where ``goal`` is highest within the bounds.

    ``bend`` (K,): roughly the second derivative by each lever, which sets the scale.
    """
    before = land.valuation.solves
    scale = np.sqrt(bend)

    def loss(y: Array) -> tuple[float, Array]:
        z = _inside(land, y / scale)
        return -land.value(goal, z), -land.slope(goal, z) / scale

    result = minimize(
        loss,
        _inside(land, start) * scale,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(land.lower * scale, land.upper * scale, strict=True)),
        options={"ftol": 1e-15, "gtol": _gradient_tolerance(), "maxiter": _STEPS, "maxcor": 20},
    )
    z = _inside(land, result.x / scale)
    return Found(z, land.value(goal, z), land.valuation.solves - before)


def hardest(
    land: Landscape, harmed: Goal, payer: Goal, cost: float, start: Array, bend: Array
) -> Found:
    """From ``start`` to where ``harmed`` loses most while ``payer`` loses at most ``cost`` percent.

    ``value`` of what is found is the harm; minus infinity where the search ended at a place
    that costs over 1e-6 percent more than it may.
    """
    before = land.valuation.solves
    scale = np.sqrt(bend)

    def harm(y: Array) -> float:
        return land.value(harmed, _inside(land, y / scale))

    def harm_slope(y: Array) -> Array:
        return land.slope(harmed, _inside(land, y / scale)) / scale

    def slack(y: Array) -> float:
        return cost + land.value(payer, _inside(land, y / scale))

    def slack_slope(y: Array) -> Array:
        return land.slope(payer, _inside(land, y / scale)) / scale

    result = minimize(
        harm,
        _inside(land, start) * scale,
        jac=harm_slope,
        method="SLSQP",
        bounds=list(zip(land.lower * scale, land.upper * scale, strict=True)),
        constraints=[{"type": "ineq", "fun": slack, "jac": slack_slope}],
        options={"ftol": 1e-7, "maxiter": _SHORT},
    )
    z = _inside(land, result.x / scale)
    kept = cost + land.value(payer, z) >= -_OVER
    return Found(z, -land.value(harmed, z) if kept else -np.inf, land.valuation.solves - before)


def _inside(land: Landscape, z: Array) -> Array:
    found: Array = np.clip(z, land.lower, land.upper)
    return found


def _gradient_tolerance() -> float:
    # In scaled coordinates the second derivatives are near 1: a slope g is worth g^2 / 2.
    return float(np.sqrt(2 * _EXACT)) * 0.1
