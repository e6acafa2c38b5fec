"""Closing every identity to the last digits: a linear system at unchanged shares.

Spending, output and income follow from the goods markets at the given
expenditure, input and final shares, tariffs and transfers, with world factor
income kept. After ``settle`` this moves nothing that can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from countervail.errors import AccountingError
from countervail.world.arrays import Array

_PASSES = 20_000
_CLOSED = 1e-15
_STALL = 500
_POLISH = 300
_RANK = 1e-11


@dataclass(frozen=True, eq=False)
class Structure:
    """What stays fixed while the base is re-solved: shares, taxes, transfers (as in Arrays)."""

    share: Array
    tariff: Array
    export_tax: Array
    input_share: Array
    value_added_share: Array
    final_share: Array
    transfer: Array


class _Flow:
    """Money passed on by spending; every method takes and returns (J,N,K), K columns at once."""

    def __init__(self, fixed: Structure) -> None:
        border = fixed.share / (1.0 + fixed.tariff)
        sold = border / (1.0 + fixed.export_tax)
        self._to_seller = np.ascontiguousarray(sold.transpose(0, 2, 1))
        self._duty = (border * fixed.tariff).sum(axis=2)
        self._export_duty = np.ascontiguousarray((border - sold).transpose(0, 2, 1))
        self._taxed = bool(fixed.export_tax.any())
        self._inputs = fixed.input_share
        self._value_added = fixed.value_added_share

    def output(self, spending: Array) -> Array:
        made: Array = np.matmul(self._to_seller, spending)
        return made

    def inputs(self, output: Array) -> Array:
        used: Array = np.matmul(self._inputs, output.transpose(1, 0, 2)).transpose(1, 0, 2)
        return used

    def factor_income(self, output: Array) -> Array:
        paid: Array = (self._value_added[:, :, None] * output).sum(axis=0)
        return paid

    def revenue(self, spending: Array) -> Array:
        taken: Array = (self._duty[:, :, None] * spending).sum(axis=0)
        if self._taxed:
            taken = taken + np.matmul(self._export_duty, spending).sum(axis=0)
        return taken


def resolve_spending(
    fixed: Structure, income: Array, factor_income: Array, regions: Sequence[str]
) -> Array:
    """Spending (J,N) that clears every market at the given shares, million USD.

    ``income`` and ``factor_income`` (N,) are those to start from: world factor income
    is kept, and where the system leaves more freedom (parts of the world that do not
    trade with each other) incomes stay as near to these as they can.
    ``AccountingError`` where a region's income would not be positive, or the
    system has no solution.
    """
    flow = _Flow(fixed)
    rounds = _all_rounds(flow, fixed.final_share)
    made = flow.output(rounds)
    earned = flow.factor_income(made)
    passed_on = earned + flow.revenue(rounds)

    # Income = passed on + transfer is singular by Walras' law; world factor income is
    # one more row. Unknowns are relative changes of income, the smallest that solve it.
    rows = (np.eye(len(income)) - passed_on) * income[None, :] / income[:, None]
    missing = (fixed.transfer + passed_on @ income - income) / income
    world = earned.sum(axis=0) * income / factor_income.sum()
    short = 1.0 - world.sum()
    change = np.linalg.lstsq(
        np.vstack([rows, world[None, :]]), np.append(missing, short), rcond=_RANK
    )[0]
    solved = income * (1.0 + change)
    poor = [regions[int(n)] for n in np.flatnonzero(~(solved > 0))]
    if poor:
        raise AccountingError(
            "after negative final demand was set to zero, no equilibrium leaves every region a "
            f"positive income: {', '.join(poor[:8])}.",
            "Their exports exceed what the flows let them earn; correct the source or merge them.",
        )
    spending: Array = np.matmul(rounds, solved)[:, :, None]
    for _ in range(_POLISH):
        made = flow.output(spending)
        earnings = flow.factor_income(made) + flow.revenue(spending)
        again = flow.inputs(made) + (
            fixed.final_share[:, :, None] * (earnings + fixed.transfer[:, None])
        )
        scale = np.where(again > 0, again, 1.0)
        step = float((np.abs(again - spending) / scale).max())
        spending = again
        if step <= _CLOSED:
            break
    if not (np.isfinite(spending).all() and (spending >= 0).all()) or step > 1e-12:
        raise AccountingError(
            "the base could not be re-solved after negative final demand was set to zero "
            f"(markets still differ by {step:.1e}).",
            "Look at the worst negative final demands in the source.",
        )
    return np.ascontiguousarray(spending[:, :, 0])


def _all_rounds(flow: _Flow, final_share: Array) -> Array:
    """Spending (J,N,N) set off by one unit of each region's income, through all input rounds."""
    count = final_share.shape[1]
    first = np.zeros((*final_share.shape, count))
    diagonal = np.arange(count)
    first[:, diagonal, diagonal] = final_share
    rounds = first
    before = np.inf
    for turn in range(_PASSES):
        again = flow.inputs(flow.output(rounds)) + first
        step = float(np.abs(again - rounds).max())
        rounds = again
        if step <= _CLOSED * float(np.abs(rounds).max()):
            return rounds
        if turn % _STALL == _STALL - 1:
            if step > 0.9 * before:
                break
            before = step
    raise AccountingError(
        "the base could not be re-solved after negative final demand was set to zero: the "
        "input-output loops do not die out.",
        "Check industries whose value-added share is zero.",
    )
