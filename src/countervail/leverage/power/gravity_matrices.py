"""Friends and enemies to first order: how everyone's income hangs on everyone's productivity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.labelled import to_array
from countervail.errors import InputError, NegativeValueError, NotANumberError, require_kind
from countervail.parameters import parameter
from countervail.world.core import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]

_NOTHING = 1e-12  # of world income


@dataclass(frozen=True, eq=False, repr=False)
class IncomeExposure:
    """The matrices of Kleinman, Liu and Redding for one world and one trade elasticity.

    ``plain``, all (N,N): ``S`` [n, i] share of n's spending that goes to i, ``T`` [i, n] share
    of i's sales that go to n, ``Q`` [n, i] i's share of world income, ``M``, ``V``, and the
    answers ``W`` and ``U`` (see ``income`` and ``welfare``).
    """

    world: World
    theta: float
    plain: Mapping[str, Array]

    def __repr__(self) -> str:
        return f"<IncomeExposure of {self.world.name}, theta {self.theta:g}>"

    @property
    def income(self) -> xr.DataArray:
        """Percent of a region's nominal income per 1 % more productivity in ``source``.

        Axes (region, source); world income is the yardstick.
        """
        return self._matrix("income", "W")

    @property
    def welfare(self) -> xr.DataArray:
        """Percent of a region's real income per 1 % more productivity in ``source``.

        Axes (region, source). Above 0 the source's growth is good for the region, below 0
        it is bad.
        """
        return self._matrix("welfare", "U")

    def after_productivity(self, change: Mapping[str, float]) -> pd.DataFrame:
        """Income and welfare of every region, percent, after small changes of productivity.

        ``change``: percent by region or group; the others stay. Columns ``income``,
        ``welfare``, first order: halving the change halves the answer.
        """
        percent = np.zeros(len(self.world.regions))
        for region, value in change.items():
            if not np.isfinite(value):
                raise NotANumberError(f"productivity of {region}: {value} is not a finite number.")
            percent[list(self.world.resolve_regions(region))] = value
        return self._frame(self.plain["W"] @ percent, self.plain["U"] @ percent)

    def after_costs(self, change: Any) -> pd.DataFrame:
        """Income and welfare of every region, percent, after small changes of trade costs.

        ``change``: percent by (importer, exporter), labelled or in the order of the world;
        the diagonal must be 0. Columns as in ``after_productivity``.
        """
        cost = to_array(self.world, change, ("importer", "exporter"), "change")
        if not np.isfinite(cost).all():
            n, i = np.argwhere(~np.isfinite(cost))[0]
            raise NotANumberError(
                f"the cost change of importer {self.world.regions[n]}, exporter "
                f"{self.world.regions[i]} is not a finite number."
            )
        if np.diagonal(cost).any():
            raise InputError("costs at home change too.", "Set the diagonal to 0.")
        share, sales = self.plain["S"], self.plain["T"]
        dearer = (share * cost).sum(1)
        demand = self.theta * (sales * (dearer[None, :] - cost.T)).sum(1)
        wage = np.linalg.solve(np.eye(len(cost)) - self.plain["V"], demand) / (self.theta + 1.0)
        return self._frame(wage, wage - share @ wage - dearer)

    def _frame(self, income: Array, welfare: Array) -> pd.DataFrame:
        import pandas as pd

        frame = pd.DataFrame(
            {"income": income, "welfare": welfare},
            index=pd.Index(self.world.regions, name="region"),
        )
        frame.attrs.update(self._attrs("percent"))
        return frame

    def _matrix(self, name: str, letter: str) -> xr.DataArray:
        import xarray as xr

        labels = list(self.world.regions)
        return xr.DataArray(
            np.array(self.plain[letter]),
            coords={"region": labels, "source": labels},
            dims=("region", "source"),
            name=name,
            attrs=self._attrs("percent per percent"),
        )

    def _attrs(self, unit: str) -> dict[str, object]:
        return {
            "unit": unit,
            "base_year": self.world.base_year,
            "world": self.world.name,
            "closure": f"one sector, no inputs, no tariffs, balanced trade; theta {self.theta:g}",
        }


def income_exposure(world: World, theta: float | None = None) -> IncomeExposure:
    """Who gains and who loses, to first order, when another region grows or trade gets dearer.

    The world is read as one sector: all flows are summed, inputs and tariffs left out, and one
    trade elasticity ``theta`` taken (default: parameter ``theta.aggregate_long``). Spending
    shares are those of the data, incomes Y those at which trade then balances. In a world that
    is like that the matrices are the exact slope; elsewhere they are a screen, quick and
    transparent, and ``sensitivity`` is the slope.

    With S_ni spending shares, T_in = S_ni Y_n / Y_i, q shares of world income and Q = 1 q':

        M = T S - I,  V = (T + theta T S) / (theta + 1) - Q
        income  W = -theta / (theta + 1) (I - V)^-1 M
        welfare U = (I - S) W + S
        costs d:  dln w = (I - V)^-1 b / (theta + 1),
                  b_i = theta sum_n T_in (sum_h S_nh d_nh - d_ni)
                  dln u_n = dln w_n - sum_i S_ni (dln w_i + d_ni)

    Raises ``NegativeValueError`` for a theta that is not above 0, ``InputError`` where parts of
    the world do not trade with each other, so that nothing compares their incomes.

    Source: Kleinman, Liu & Redding (2020), International Friends and Enemies, NBER working
    paper 27587.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    theta = parameter("theta.aggregate_long").value if theta is None else theta
    require_kind(theta, "theta", (int, float), "theta=4.0")
    if not (np.isfinite(theta) and theta > 0):
        raise NegativeValueError(f"theta={theta}: a trade elasticity is a number above 0.")
    share, earned = _balanced(world)
    sales = share.T * earned / earned[:, None]
    size = np.tile(earned / earned.sum(), (len(earned), 1))
    identity = np.eye(len(earned))
    through = sales @ share
    cross = through - identity
    spread = (sales + theta * through) / (theta + 1.0) - size
    income = -(theta / (theta + 1.0)) * np.linalg.solve(identity - spread, cross)
    welfare = (identity - share) @ income + share
    plain = {
        "S": share,
        "T": sales,
        "Q": size,
        "M": cross,
        "V": spread,
        "W": income,
        "U": welfare,
    }
    for values in plain.values():
        values.flags.writeable = False
    return IncomeExposure(world, float(theta), plain)


def _balanced(world: World) -> tuple[Array, Array]:
    """Spending shares (importer, exporter), and the incomes that they let everyone earn."""
    flows = world.arrays.flows.sum(0)
    share = flows / flows.sum(1, keepdims=True)
    count = len(share)
    earns = np.vstack([np.eye(count) - share.T, np.ones(count)])
    income, _, rank, _ = np.linalg.lstsq(earns, np.append(np.zeros(count), 1.0))
    if rank < count or (income <= _NOTHING).any():
        n = int(np.argmin(income))
        raise InputError(
            f"{world.name}: at these spending shares no incomes balance trade everywhere "
            f"({world.regions[n]} would earn nothing), since parts of the world do not buy from "
            "each other.",
            "Leave out the regions that sell to nobody, or merge them with a partner.",
        )
    return share, income
