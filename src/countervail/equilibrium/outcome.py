"""What a solve hands out: labelled figures against the base, with their certificate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.decomposition import first_order
from countervail.equilibrium.labelled import labelled
from countervail.equilibrium.shock import Shock
from countervail.errors import SolveError
from countervail.solver.certificate import Certificate
from countervail.solver.find import Diagnostics, State
from countervail.solver.problem import Levels
from countervail.world.core import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Failure:
    """In a batch, the place of a shock without a certified solution; ``error`` says why."""

    world: World
    shock: Shock | None
    closure: Closure
    error: SolveError

    def __repr__(self) -> str:
        return f"<Failure {type(self.error).__name__}: {self.error.cause}>"


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """The world economy after a shock, against the base of the same closure.

    Every figure is labelled and carries its unit, base year, world and closure in
    ``attrs``. ``certificate`` says how nearly the equations hold.
    """

    world: World
    shock: Shock | None
    closure: Closure
    base: State
    state: State

    def __repr__(self) -> str:
        what = "no shock" if self.shock is None else repr(self.shock)
        most = int(np.argmax(np.abs(self.welfare_percent)))
        return (
            f"<Outcome of {what}; {self.closure.describe()}; real income moves most in "
            f"{self.world.regions[most]} ({self.welfare_percent[most]:+.3g} %); "
            f"worst relative residual {self.certificate.worst:.1e}>"
        )

    @property
    def certificate(self) -> Certificate:
        """``.worst`` (largest relative residual of any equation) and ``.where``."""
        return self.state.certificate

    @property
    def diagnostics(self) -> Diagnostics:
        """Passes, restarts and continuation steps of the solver."""
        return self.state.diagnostics

    # -- welfare --------------------------------------------------------------------

    @cached_property
    def welfare_percent(self) -> Array:
        """``welfare`` as a plain array (N,)."""
        values: Array = 100.0 * np.expm1(self._log_real(self._log_income))
        values.flags.writeable = False
        return values

    @property
    def welfare(self) -> xr.DataArray:
        """Exact change of real income by region, percent: 100 (I-hat / prod_s P_s^alpha_s - 1)."""
        return self._region("welfare", self.welfare_percent, "percent of real income")

    @cached_property
    def equivalent_variation_million(self) -> Array:
        """``equivalent_variation`` as a plain array (N,)."""
        return self.base.recomputed.income * self.welfare_percent / 100.0

    @property
    def equivalent_variation(self) -> xr.DataArray:
        """What the change is worth at base prices, by region, million USD a year: I (W - 1)."""
        return self._region(
            "equivalent_variation", self.equivalent_variation_million, "million USD"
        )

    @property
    def real_wage(self) -> xr.DataArray:
        """Change of the wage over the consumer price index by region, percent.

        With specific labour, of average factor income per unit supplied.
        """
        return self._region("real_wage", self._real_wage_percent, "percent")

    @cached_property
    def _real_wage_percent(self) -> Array:
        return 100.0 * np.expm1(self._log_real(self._log_mean_wage))

    @property
    def decomposition(self) -> pd.DataFrame:
        """First-order welfare by region, percent: terms of trade, volume of trade, direct.

        Columns ``terms_of_trade``, ``volume_of_trade`` (Caliendo & Parro 2015, equation
        12, at base values), ``direct`` (trade costs, productivity, factor supply,
        transfers; zero where only taxes change), ``first_order_welfare`` (their sum),
        and beside them the exact ``real_wage`` and ``welfare``. The first-order figure is
        published as welfare elsewhere; for large changes it differs much from the exact one.
        """
        import pandas as pd

        parts = first_order(self.base.recomputed, self.state.recomputed, self._levels)
        frame = pd.DataFrame(
            {
                "terms_of_trade": parts.terms_of_trade,
                "volume_of_trade": parts.volume_of_trade,
                "direct": parts.direct,
                "first_order_welfare": sum(parts),
                "real_wage": self._real_wage_percent,
                "welfare": self.welfare_percent,
            },
            index=pd.Index(self.world.regions, name="region"),
        )
        frame.attrs.update(self._attrs("percent"))
        return frame

    # -- prices, quantities, flows --------------------------------------------------

    @property
    def wages(self) -> xr.DataArray:
        """Hat of the price of the composite factor, by region (or sector and region)."""
        values = np.exp(self.state.log_wage - self.base.log_wage)
        axes = ("sector", "region") if values.ndim == 2 else ("region",)
        return labelled(self.world, values, axes, "wages", self._attrs("new / base"))

    @property
    def prices(self) -> xr.DataArray:
        """Hat of the price of each sector's composite good, axes (sector, region)."""
        values = np.exp(self.state.log_price - self.base.log_price)
        return self._sector("prices", values, "new / base")

    @property
    def price_index(self) -> xr.DataArray:
        """Hat of the consumer price index by region."""
        change = self.world.arrays.final_share * (self.state.log_price - self.base.log_price)
        return self._region("price_index", np.exp(change.sum(0)), "new / base")

    @property
    def trade(self) -> xr.DataArray:
        """Flows before import tariff, million USD, axes (sector, importer, exporter)."""
        return self._flows("trade", self.state.recomputed.trade, "million USD")

    @property
    def trade_change(self) -> xr.DataArray:
        """``trade`` minus that of the base, million USD."""
        change = self.state.recomputed.trade - self.base.recomputed.trade
        return self._flows("trade_change", change, "million USD")

    @property
    def output(self) -> xr.DataArray:
        """Gross output at producer prices, million USD, axes (sector, region)."""
        return self._sector("output", self.state.recomputed.output, "million USD")

    @property
    def output_change(self) -> xr.DataArray:
        """``output`` minus that of the base, million USD."""
        change = self.state.recomputed.output - self.base.recomputed.output
        return self._sector("output_change", change, "million USD")

    @property
    def revenue(self) -> xr.DataArray:
        """Import-tariff and export-tax revenue by region, million USD."""
        r = self.state.recomputed
        return self._region("revenue", r.tariff_revenue + r.export_tax_revenue, "million USD")

    @property
    def income(self) -> xr.DataArray:
        """Income by region: factors, import tariffs, export taxes and transfer, million USD."""
        return self._region("income", self.state.recomputed.income, "million USD")

    # -- inside ---------------------------------------------------------------------

    @property
    def _levels(self) -> tuple[Levels, Levels]:
        return self.base.levels, self.state.levels

    @property
    def _log_income(self) -> Array:
        # An unchanged state is zero to the last bit, not to rounding.
        change: Array = np.log(self.state.recomputed.income / self.base.recomputed.income)
        return change

    @property
    def _log_mean_wage(self) -> Array:
        change = self.state.log_wage - self.base.log_wage
        if change.ndim == 1:
            return change
        labour = self.state.levels.labour
        supply = np.zeros(len(self.world.regions)) if labour is None else np.log(labour)
        bill = np.log(self.state.recomputed.factor_income / self.base.recomputed.factor_income)
        mean: Array = bill - supply
        return mean

    def _log_real(self, log_nominal: Array) -> Array:
        change = self.world.arrays.final_share * (self.state.log_price - self.base.log_price)
        real: Array = log_nominal - change.sum(0)
        return real

    def _attrs(self, unit: str) -> dict[str, object]:
        return {
            "unit": unit,
            "base_year": self.world.base_year,
            "world": self.world.name,
            "closure": self.closure.describe(),
            "certificate": self.certificate.worst,
        }

    def _region(self, name: str, values: Array, unit: str) -> xr.DataArray:
        return labelled(self.world, values, ("region",), name, self._attrs(unit))

    def _sector(self, name: str, values: Array, unit: str) -> xr.DataArray:
        return labelled(self.world, values, ("sector", "region"), name, self._attrs(unit))

    def _flows(self, name: str, values: Array, unit: str) -> xr.DataArray:
        axes = ("sector", "importer", "exporter")
        return labelled(self.world, values, axes, name, self._attrs(unit))
