"""What the final basket of one region is made of once its home production is unfolded.

The price of a basket is a chain: what is bought at home is made of own factors and
inputs, some of them bought at home again. Each link is log-linear with weights that are exact
for any size of change, so that the chain ends at own factors and at what crosses the border.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import DecompositionError
from countervail.solver.certificate import Recomputed
from countervail.solver.problem import Economy, Levels

Array = npt.NDArray[np.float64]

_CLEARED = 1e-6


@dataclass(frozen=True)
class Basket:
    """Exact weights of the log change of one region's price of final spending.

    ln P = factors . ln w - made . ln A + (bought . ln of delivered price) + lost, where
    ``factors`` (sector) belongs to own factors by the industry that uses them, ``made``
    (sector) to what is made at home, ``bought`` (sector, supplier) to what is bought, the home
    column being ``made`` again; ``lost`` (sector, supplier) is what suppliers that vanished
    altogether add to the price (less than 0: that appeared); ``rounding`` (sector) is what the
    solver's own tolerance adds.
    """

    factors: Array
    made: Array
    bought: Array
    lost: Array
    rounding: Array

    @property
    def imported(self) -> float:
        """The weight of all that crosses the border."""
        return float(self.bought.sum() - self.made.sum())


def unfold(a: Economy, n: int, shares: tuple[Array, Array], elasticity: Array) -> Basket:
    """The weights of region ``n`` between two states with the given ``shares`` (sector, supplier).

    Weights of suppliers are logarithmic means of their shares before and after, which are exact
    for constant elasticity (Sato 1976, Vartia 1976); a supplier that vanishes is the
    correction of Feenstra (1994). Home production is unfolded by its cost shares.
    """
    (before, old), (after, new) = (_closed(share) for share in shares)
    both = (before > 0) & (after > 0)
    gone, come = np.where(both, 0.0, before), np.where(both, 0.0, after)
    mean = log_mean(before / _left(gone), after / _left(come))
    weights = mean / np.where((total := mean.sum(1)) > 0, total, 1.0)[:, None]
    chain = np.eye(len(weights)) - weights[:, [n]] * a.input_share[n].T
    demand = np.linalg.solve(chain.T, a.final_share[:, n])
    bought = demand[:, None] * weights
    return Basket(
        factors=bought[:, n] * a.value_added_share[:, n],
        made=bought[:, n],
        bought=bought,
        lost=(demand / elasticity)[:, None] * (_variety(gone) - _variety(come)),
        rounding=demand * np.log(new / old) / elasticity,
    )


def _left(vanished: Array) -> Array:
    """The share of each market that is not with suppliers of one state only, (sector, 1)."""
    left: Array = 1.0 - vanished.sum(1, keepdims=True)
    return left


def _variety(vanished: Array) -> Array:
    """-ln of what is left of each market, parted among those who left by their shares."""
    total = vanished.sum(1, keepdims=True)
    part = np.divide(vanished, total, out=np.zeros_like(vanished), where=total > 0)
    found: Array = -np.log(_left(vanished)) * part
    return found


def embodied(a: Economy, n: int, levels: Levels, state: Recomputed) -> tuple[Array, Array]:
    """Own factor income in what region ``n`` sells abroad, and in what it makes for its own use.

    Million USD; (sector, buyer) by the good that is sold, 0 at home, and (sector) by the industry
    that earns. They are made to sum to factor income exactly, which they do within the
    tolerance of a certificate; ``DecompositionError`` where they do not.
    """
    received = state.trade[:, :, n] / (1.0 + levels.export_tax[:, :, n])
    spent = (state.trade[:, n, :] * (1.0 + levels.tariff[:, n, :])).sum(1)
    kept = np.divide(received[:, n], spent, out=np.zeros_like(spent), where=spent > 0)
    chain = np.eye(len(kept)) - kept[:, None] * a.input_share[n]
    income = a.value_added_share[:, n]
    abroad = np.linalg.solve(chain.T, income)[:, None] * received
    abroad[:, n] = 0.0
    home = income * np.linalg.solve(chain, kept * a.final_share[:, n] * state.income[n])
    earned = float(abroad.sum() + home.sum())
    scale = float(state.factor_income[n]) / earned
    if not abs(scale - 1.0) <= _CLEARED:
        raise DecompositionError(
            f"own work in all sales is {earned:,.6g} million USD, factor income "
            f"{state.factor_income[n]:,.6g}: the markets of this region do not clear.",
            "Please report the case.",
        )
    return abroad * scale, home * scale


def _closed(share: Array) -> tuple[Array, Array]:
    """Shares that sum to 1 as nearly as a computer can, and what they were divided by.

    The solver's own sum to 1 within its tolerance. A market without spending has no shares.
    """
    total = share.sum(1)
    total = np.where(total > 0, total, 1.0)
    return share / total[:, None], total


def log_mean(x: Array, y: Array) -> Array:
    """The logarithmic mean of two arrays that are nowhere negative; 0 where either is 0."""
    both = (x > 0) & (y > 0)
    safe_x, safe_y = np.where(both, x, 1.0), np.where(both, y, 1.0)
    gap = np.log(safe_y / safe_x)
    # (y - x) / ln(y / x), without a difference of near equals.
    near = np.abs(gap) < 1e-4  # where the quotient would be a difference of near equals
    quotient = (safe_y - safe_x) / np.where(near, 1.0, gap)
    series = np.sqrt(safe_x * safe_y) * (1.0 + gap**2 / 24.0)
    found: Array = np.where(both, np.where(near, series, quotient), 0.0)
    return found
