"""The optimal tariff in closed form, for worlds of one factor: a start for the exact search.

Lashkaripour (2021), "The cost of a global tariff war: a sufficient statistics approach",
Journal of International Economics 131: the tariff on all imports that is best for a region
equals the inverse of the elasticity of the demand for its exports.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from countervail.solver.find import State
from countervail.world.core import World

Array = npt.NDArray[np.float64]


def closed_form_tariff(
    world: World, by: Sequence[str], state: State, tariffs: Array | None = None
) -> float:
    """The uniform import tariff that is best for ``by``, a fraction, by Lashkaripour (2021).

    t_i = 1 / sum_jk chi_ijk theta_k [1 - (1 - delta_jk) lambda_ijk], with chi the part of i's
    exports that goes to market (j, k), lambda_ijk the part of that market's spending that i
    has, delta_jk = t_j lambda_jjk e_jk / (1 + t_j lambda_jj). It holds with the shares of the
    equilibrium under that tariff; at the base's ``state`` it is a first guess. One factor, no
    intermediate input and no transfer are assumed; elsewhere it is an approximation. ``by``
    acts as one region. ``tariffs`` (N,): the others' uniform tariffs t_j (default none).

    Returns 0 where ``by`` exports nothing.
    """
    r, theta = state.recomputed, state.levels.elasticity
    mine = np.isin(world.regions, list(by))
    sales = r.trade[:, ~mine][:, :, mine].sum(2)  # (k, j)
    if not sales.sum() > 0:
        return 0.0
    share = r.share[:, ~mine][:, :, mine].sum(2)
    delta = _dampening(state, tariffs)[:, ~mine]
    chi = sales / sales.sum()
    return float(1.0 / (chi * theta[:, None] * (1.0 - (1.0 - delta) * share)).sum())


def _dampening(state: State, tariffs: Array | None) -> Array:
    """How far a market's own tariff revenue dampens the demand for imports, (sector, region)."""
    if tariffs is None:
        return np.zeros_like(state.spending)
    own = np.einsum("snn->sn", state.recomputed.share)
    part = state.spending / state.spending.sum(0)
    found: Array = tariffs * own * part / (1.0 + tariffs * (own * part).sum(0))
    return found
