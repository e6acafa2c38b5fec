"""The Shapley value of every supplier of a region in the closed-form screen, without subsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.errors import InputError, OptionError, require_kind
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float64]
Unbounded = Literal["raise", "leave_out"]

_STEP = 0.25  # in log s; the trapezoid's error falls as exp(-pi^2 / step), to 1e-17 here
_LOWEST = -40.0  # below exp(-40) the integrand, which is linear in s there, adds nothing
_DECAY = 45.0  # where home share x s exceeds this, exp(-home share x s) has vanished


def supplier_shapley(
    world: World,
    target: Spec,
    closure: Closure | None = None,
    *,
    sectors: Spec = None,
    unbounded: Unbounded = "raise",
) -> xr.DataArray:
    """How much of a region's dependence on all its suppliers together is due to each of them.

    The game: a set S of foreign suppliers stops selling to ``target``; the loss is that of
    the screen of Clayton, Maggiori and Schreger (see ``screens``), v(S) = sum_J Omega_J x
    -ln(1 - omega_J(S)) / theta_J, with all other prices held. It is convex: together
    suppliers do more than one by one. Returned is each supplier's Shapley value, percent,
    axis ``region`` (0 for the target itself); they sum to the loss without any imports.

    Exact without going through the 2^(N-1) subsets: since -ln(1 - x) is the integral over
    s > 0 of (exp(s x) - 1) exp(-s) / s, the value is a double integral of products over
    suppliers (multilinear extension, Owen 1972), done to rounding: Gauss-Legendre over the
    probability of joining, the trapezoidal rule over log s.

    ``closure`` gives the elasticities (default the medium horizon); ``sectors``: only these
    (default all). Where the target buys nothing at home in some sector, losing every supplier
    costs without bound: ``unbounded="raise"`` raises ``InputError`` with the sectors,
    ``"leave_out"`` leaves them out and names them in ``attrs["left_out"]``. ``InputError`` also
    where ``target`` is not one region.
    """
    import xarray as xr

    require_kind(world, "world", World, "cv.load_world('world-2023')")
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    if unbounded not in get_args(Unbounded):
        raise OptionError(f"unbounded={unbounded!r}: it is 'raise' or 'leave_out'.")
    found = world.resolve_regions(target)
    if len(found) != 1:
        raise InputError(f"{target!r} means {len(found)} regions.", "Name one region.")
    n = found[0]
    chosen = list(world.resolve_sectors(sectors))
    a = world.arrays
    spending = a.spending[:, n] / a.spending[:, n].sum()
    weight = spending / (a.elasticity * closure.elasticity_factor)
    bought = [s for s in chosen if spending[s] > 0]
    without = [s for s in bought if a.share[s, n, n] <= 0]
    left_out = ", ".join(world.sectors[s] for s in without)
    if without and unbounded == "raise":
        raise InputError(
            f"{world.regions[n]} buys nothing at home of {left_out}: without any supplier its "
            "loss has no bound there.",
            'Leave these sectors out: unbounded="leave_out", or name others (sectors=[...]).',
        )
    values = np.zeros(len(world.regions))
    for s in sorted(set(bought) - set(without)):
        abroad = np.array(a.share[s, n])
        abroad[n] = 0.0
        values += 100.0 * weight[s] * log_shapley(abroad)
    return xr.DataArray(
        values,
        coords={"region": list(world.regions)},
        dims=("region",),
        name="supplier_shapley",
        attrs={
            "unit": "percent (100 x log) of the price of all that the target buys",
            "target": world.regions[n],
            "left_out": left_out,
            "base_year": world.base_year,
            "world": world.name,
            "closure": closure.describe(),
        },
    )


def log_shapley(shares: Array) -> Array:
    """Shapley values of the game v(S) = -ln(1 - sum of ``shares`` over S), one per player.

    ``shares`` (n,): fractions from 0 on that sum to less than 1. The values sum to
    -ln(1 - sum of shares).
    """
    values = np.zeros(len(shares))
    active = shares > 0
    own = shares[active]
    if not len(own):
        return values
    left = 1.0 - own.sum()
    steps = np.arange(_LOWEST, np.log(_DECAY / left) + _STEP, _STEP)
    s = np.exp(steps)
    # Degree n - 1 in q: half as many nodes integrate it exactly.
    nodes, weights = np.polynomial.legendre.leggauss(len(own) // 2 + 1)
    q = (nodes + 1.0) / 2.0
    # (q, s, player): 1 - q + q exp(s a), over exp(s a), so that nothing overflows.
    fade = np.exp(-np.outer(s, own))
    mixed = q[:, None, None] + (1.0 - q)[:, None, None] * fade
    together = np.exp(-left * s) * mixed.prod(axis=2)
    inner = np.einsum("qs,qsi->qi", together, -np.expm1(-np.outer(s, own)) / mixed)
    values[active] = _STEP * (weights / 2.0) @ inner
    return values
