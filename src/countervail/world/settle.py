"""Letting a cleaned economy settle: one solve with no shock, wages and prices free.

Once some final demand has been set to zero, the data are no longer an
equilibrium. The same system that solves shocks finds the one that they imply at
unchanged technology, factor endowments, tastes, tariffs and transfers (Caliendo &
Parro 2015 start from such a base). Its shares then go through ``rebalance``,
which closes the identities to the last digits.
"""

from __future__ import annotations

from dataclasses import dataclass

from countervail.errors import AccountingError, SolveError
from countervail.world.arrays import Array, Arrays
from countervail.world.labels import WorldLabels

_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Settled:
    """The economy after it settled: expenditure shares (J,N,N), income and factor income (N,)."""

    share: Array
    income: Array
    factor_income: Array


def settle(raw: Arrays, labels: WorldLabels) -> Settled:
    """The equilibrium in hats that ``raw`` (not one yet) implies at no shock.

    World factor income and every transfer are kept; wages, prices and with them
    shares move. ``AccountingError`` where there is none, with the worst markets.
    """
    # The solver is heavy; a world that needs no cleaning never loads it.
    from countervail.solver.certificate import Names
    from countervail.solver.find import find
    from countervail.solver.problem import Benchmark

    bench = Benchmark(raw, raw.elasticity, specific=False)
    names = Names(labels.name, labels.regions, labels.sectors)
    try:
        state = find(bench, bench.unchanged, names, tolerance=_TOLERANCE)
    except SolveError as error:
        raise AccountingError(
            f"after negative final demand was set to zero, no equilibrium was found: {error.cause}",
            "Look at the worst negative final demands in the source, or merge small regions.",
            error.evidence,
        ) from error
    found = state.recomputed
    # Shares that add up to one less a rounding would leak money in every later round.
    share = found.share / found.share.sum(axis=2, keepdims=True)
    return Settled(share, found.income, found.factor_income)
