"""Screens: closed forms and indicators of dependence, next to the exact cut-off losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.errors import InputError, require_kind
from countervail.leverage.power.matrix import AXES, Power
from countervail.parameters import parameter
from countervail.world.borders import is_rest
from countervail.world.core import World
from countervail.world.totals import foreign_flows

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]

MATRICES = ("cms", "liu_yang", "dependence", "asymmetry")
"""The screens that give a figure to every ordered pair, as ``rank_correlation`` names them."""


@dataclass(frozen=True, eq=False, repr=False)
class Screens:
    """Indicators of who depends on whom, from the accounts alone, without a solve.

    ``plain``: bare arrays, ``cms``, ``liu_yang``, ``dependence``, ``asymmetry`` by (target,
    coercer) and ``import_concentration``, ``export_concentration`` by region. ``unbounded``:
    (sector, target, coercer) where the coercer is the only supplier, so that ``cms`` is
    infinite there.
    """

    world: World
    closure: Closure
    plain: Mapping[str, Array]
    unbounded: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        return f"<Screens of {self.world.name}: {len(self.world.regions)} regions>"

    @property
    def cms(self) -> xr.DataArray:
        """Import-side power of the coercer (Clayton, Maggiori & Schreger), percent (100 x log).

        sum_s Omega_s x -ln(1 - omega_s) / theta_s: Omega the share of sector s in all that
        the target buys (inputs and final goods), omega the coercer's share of it, theta =
        sigma - 1. The cost of replacing it at given prices of all others.
        """
        return self._matrix("cms", "percent (100 x log) of the price of all that is bought")

    @property
    def liu_yang(self) -> xr.DataArray:
        """Asymmetric import dependence (Liu & Yang), percent; antisymmetric.

        100 sum_s (1 / theta_s) (imports of the target from the coercer / GDP of the target
        - imports of the coercer from the target / GDP of the coercer). GDP is factor income.
        """
        return self._matrix("liu_yang", "percent of GDP over trade elasticity")

    @property
    def dependence(self) -> xr.DataArray:
        """Trade with the coercer, both ways, in percent of the target's GDP (Hirschman)."""
        return self._matrix("dependence", "percent of GDP")

    @property
    def asymmetry(self) -> xr.DataArray:
        """``dependence`` of the target on the coercer less that of the coercer on the target."""
        return self._matrix("asymmetry", "percentage points of GDP")

    @property
    def import_concentration(self) -> xr.DataArray:
        """Sum of squared partner shares in a region's imports (Hirschman): 1 is one partner.

        The rest of the world counts as many small partners, here and below.
        """
        return self._region("import_concentration")

    @property
    def export_concentration(self) -> xr.DataArray:
        """Sum of squared partner shares in a region's exports (Hirschman): 1 is one partner."""
        return self._region("export_concentration")

    @property
    def dependencies(self) -> pd.DataFrame:
        """The sectors in which an importer fails all three tests of dependency, largest first.

        Imports concentrated on few exporters, the world's exports concentrated too, and
        imports above exports (thresholds: parameters ``dependency.*``). Columns ``sector``,
        ``importer``, ``import_concentration``, ``world_concentration``,
        ``imports_over_exports`` (infinite without exports), ``imports_million``,
        ``main_supplier``, ``main_share``. With sectors as wide as an input-output table's few
        or none fail: dependencies are of products, and averages hide them.
        """
        return _dependencies(self.world, self._attrs("see the column names"))

    def rank_correlation(self, power: Power, target: str | None = None) -> pd.DataFrame:
        """How well each screen, and the first order, rank the exact losses: Spearman's rho.

        Over the pairs of ``power`` with a certified loss, without those of the rest of the
        world, which is no actor (unless it is ``target``). Columns ``overall`` (all ordered
        pairs) and ``within_target``: over the coercers of one target, for ``target`` or, where
        None, the median over all targets. 1 is the same order; None where a row is too short
        or all alike. Raises ``InputError`` where the matrix is of another world, has first
        order alone, or does not hold ``target``.
        """
        if power.world != self.world:
            raise InputError(
                f"the power matrix is of {power.world.name!r}, the screens of {self.world.name!r}.",
                "Make both from one world.",
            )
        return _rank_correlation(self, power, target)

    def _attrs(self, unit: str) -> dict[str, object]:
        return {
            "unit": unit,
            "base_year": self.world.base_year,
            "world": self.world.name,
            "closure": self.closure.describe(),
        }

    def _matrix(self, name: str, unit: str) -> xr.DataArray:
        import xarray as xr

        coords = {axis: list(self.world.regions) for axis in AXES}
        return xr.DataArray(
            np.array(self.plain[name]), coords=coords, dims=AXES, name=name, attrs=self._attrs(unit)
        )

    def _region(self, name: str) -> xr.DataArray:
        import xarray as xr

        return xr.DataArray(
            np.array(self.plain[name]),
            coords={"region": list(self.world.regions)},
            dims=("region",),
            name=name,
            attrs=self._attrs("sum of squared shares, 0 to 1"),
        )


def screens(world: World, closure: Closure | None = None) -> Screens:
    """Who depends on whom by closed forms: quick, and blind to what an equilibrium does.

    The measures of Clayton, Maggiori and Schreger, of Liu and Yang, and of Hirschman, and a
    test for dependencies by sector; ``rank_correlation`` says how well they order the exact
    losses. ``closure`` gives the elasticities of its horizon and is the default of ``power``
    (medium) if not given. Needs no solve: figures are of the world's accounts as they are.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    theta = world.arrays.elasticity * closure.elasticity_factor
    imports = foreign_flows(world)
    income = world.arrays.factor_income[:, None]
    weighted = 100.0 * np.einsum("sni,s->ni", imports, 1.0 / theta) / income
    total = imports.sum(0)
    dependence = 100.0 * (total + total.T) / income
    cms, unbounded = _cms(world, theta)
    actors = _actors(world)
    plain = {
        "cms": cms,
        "liu_yang": weighted - weighted.T,
        "dependence": dependence,
        "asymmetry": dependence - dependence.T,
        "import_concentration": concentration(total, 1, actors),
        "export_concentration": concentration(total, 0, actors),
    }
    for values in plain.values():
        values.flags.writeable = False
    return Screens(world, closure, plain, unbounded)


def concentration(values: Array, axis: int, actors: npt.NDArray[np.bool_]) -> Array:
    """Sum of squared shares of ``values`` (>= 0) along ``axis``; 0 where there is nothing.

    Those who are not ``actors`` count in the whole, but as many small holders, whose squares
    add nothing.
    """
    values = np.moveaxis(values, axis, -1)
    total = values.sum(-1, keepdims=True)
    share = values / np.where(total > 0, total, 1.0)
    found: Array = (share[..., actors] ** 2).sum(-1)
    return found


def _actors(world: World) -> npt.NDArray[np.bool_]:
    return np.array([not is_rest(region) for region in world.regions])


def _cms(world: World, theta: Array) -> tuple[Array, tuple[tuple[str, str, str], ...]]:
    a = world.arrays
    share = np.array(a.share)
    home = np.arange(share.shape[1])
    share[:, home, home] = 0.0
    weight = a.spending / a.spending.sum(0) / theta[:, None]
    only = (share >= 1.0) & (a.spending > 0)[:, :, None]
    with np.errstate(divide="ignore"):
        found = 100.0 * np.einsum("sn,sni->ni", weight, -np.log1p(-np.minimum(share, 1.0)))
    unbounded = tuple(
        (world.sectors[s], world.regions[n], world.regions[i]) for s, n, i in np.argwhere(only)
    )
    return found, unbounded


def _dependencies(world: World, attrs: Mapping[str, object]) -> pd.DataFrame:
    import pandas as pd

    flows = foreign_flows(world)
    bought, sold = flows.sum(2), flows.sum(1)
    actors = _actors(world)
    imports, exports = concentration(flows, 2, actors), concentration(sold, 1, actors)
    fails = (
        (imports > parameter("dependency.import_concentration").value)
        & (exports > parameter("dependency.world_concentration").value)[:, None]
        & (bought > parameter("dependency.imports_over_exports").value * sold)
    )
    rows = [
        {
            "sector": world.sectors[s],
            "importer": world.regions[n],
            "import_concentration": float(imports[s, n]),
            "world_concentration": float(exports[s]),
            "imports_over_exports": float(bought[s, n] / sold[s, n]) if sold[s, n] > 0 else np.inf,
            "imports_million": float(bought[s, n]),
            "main_supplier": world.regions[int(np.argmax(flows[s, n]))],
            "main_share": float(flows[s, n].max() / bought[s, n]),
        }
        for s, n in np.argwhere(fails)
    ]
    rows.sort(key=lambda row: -row["imports_million"])
    columns = (
        *("sector", "importer", "import_concentration", "world_concentration"),
        *("imports_over_exports", "imports_million", "main_supplier", "main_share"),
    )
    frame = pd.DataFrame(rows, columns=list(columns))
    frame.attrs.update(attrs)
    return frame


def _rank_correlation(screen: Screens, power: Power, target: str | None) -> pd.DataFrame:
    import pandas as pd

    loss = power.loss.values
    at = [screen.world.regions.index(region) for region in power.regions]
    rows = list(range(len(at)))
    if target is not None:
        (target,) = _one(screen.world, target)
        if target not in power.regions:
            raise InputError(
                f"the power matrix has no row for {target}.", "Compute it with this region."
            )
        rows = [power.regions.index(target)]
    counted = ~np.eye(len(at), dtype=bool) & ~np.isnan(loss)
    actors = np.array([not is_rest(region) for region in power.regions])
    counted &= actors & (actors[:, None] | (np.array(power.regions) == target)[:, None])
    figures = {name: screen.plain[name][np.ix_(at, at)] for name in MATRICES}
    figures["first_order"] = power.plain["first_order"]
    found = {}
    for name, values in figures.items():
        within = [
            rho
            for k in rows
            if (rho := _spearman(values[k, counted[k]], loss[k, counted[k]])) is not None
        ]
        found[name] = {
            "overall": _spearman(values[counted], loss[counted]),
            "within_target": float(np.median(within)) if within else None,
        }
    frame = pd.DataFrame.from_dict(found, orient="index")
    frame.index.name = "screen"
    return frame


def _one(world: World, region: str) -> tuple[str, ...]:
    found = world.labels.resolve_regions(region)
    if len(found) != 1:
        raise InputError(f"{region!r} means {len(found)} regions.", "Name one region.")
    return found


def _spearman(a: Array, b: Array) -> float | None:
    """Rank correlation; None where it is not defined."""
    from scipy.stats import spearmanr

    if len(a) < 3 or (a == a[0]).all() or (b == b[0]).all():
        return None
    return float(spearmanr(a, b).statistic)
