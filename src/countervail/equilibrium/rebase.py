"""The equilibrium after a shock as the base of a new world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from countervail.equilibrium.outcome import Failure, Outcome
from countervail.errors import InputError
from countervail.world.arrays import Array, Arrays, derive
from countervail.world.core import World
from countervail.world.labels import make_labels
from countervail.world.rebalance import Structure, resolve_spending
from countervail.world.report import BuildReport
from countervail.world.status import OBSERVED, UPDATED, CellStatus, Codes


def rebase(
    outcome: Outcome, name: str | None = None, provenance: Mapping[str, object] | None = None
) -> World:
    """The world economy after a shock, as a new world whose base it is.

    ``outcome``: what ``solve`` found. ``name``: of the new world (default: the old one's,
    "after a shock"). ``provenance``: entries to add to the old world's; which world, shock and
    closure it comes from is added in any case (``rebased_from``).

    Flows, tariffs, export taxes and transfers are those of the outcome, at its wages and prices
    (world factor income is the old one's); cost and final shares, the world's own elasticities
    and the base year stay. The identities are closed anew to rounding, so that no shock
    moves nothing, and undoing the shock leads back. Observed flows and changed taxes count
    as updated from then on; constructed ones stay so.

    Raises ``InputError`` for anything but an outcome, ``AccountingError`` where the solution does
    not close (a certificate beyond its bound).
    """
    if not isinstance(outcome, Outcome) or isinstance(outcome, Failure):
        raise InputError(
            f"rebase needs the outcome of a solve, not {type(outcome).__name__}.",
            "Pass what cv.solve(world, shock) returns.",
        )
    old = outcome.world
    arrays = _closed(outcome)
    labels = make_labels(
        name or f"{old.name} after a shock",
        old.base_year,
        old.regions,
        old.sectors,
        old.region_groups,
        old.sector_groups,
        old.labels.region_names,
        old.labels.sector_names,
        {**old.provenance, **_origin(outcome), **(provenance or {})},
    )
    return World(labels, arrays, _report(outcome, arrays), _status(old, arrays))


def _closed(outcome: Outcome) -> Arrays:
    """The arrays of the outcome, every identity closed to rounding."""
    a, levels, found = outcome.world.arrays, outcome.state.levels, outcome.state.recomputed
    # Shares that add up to one less a rounding would leak money in every later round.
    share = found.share / found.share.sum(axis=2, keepdims=True)
    fixed = Structure(
        share,
        levels.tariff,
        levels.export_tax,
        a.input_share,
        a.value_added_share,
        a.final_share,
        levels.transfer,
    )
    spending = resolve_spending(
        fixed, found.income, found.factor_income, outcome.world.labels.regions
    )
    flows: Array = share * spending[:, :, None] / (1.0 + levels.tariff)
    return derive(
        flows,
        levels.tariff,
        levels.export_tax,
        a.input_share,
        a.value_added_share,
        a.final_share,
        a.elasticity,
    )


def _origin(outcome: Outcome) -> dict[str, object]:
    return {
        "rebased_from": {
            "name": outcome.world.name,
            "digest": outcome.world.digest,
            "shock": repr(outcome.shock) if outcome.shock is not None else "none",
            "closure": outcome.closure.describe(),
            "certificate": outcome.certificate.worst,
        }
    }


def _report(outcome: Outcome, arrays: Arrays) -> BuildReport:
    home = np.arange(arrays.flows.shape[1])
    decision = (
        f"Rebased from {outcome.world.name}: the equilibrium after a shock, solved with "
        f"{outcome.closure.describe()} (largest relative residual {outcome.certificate.worst:.1e})."
    )
    return replace(
        BuildReport(),
        decisions=(decision,),
        zero_spending_markets=int((arrays.spending == 0).sum()),
        zero_outputs=int((arrays.output == 0).sum()),
        zero_own_shares=int((arrays.share[:, home, home] == 0).sum()),
        notes=tuple(f"{outcome.world.name}: {line}" for line in outcome.world.report.lines()),
    )


def _status(old: World, arrays: Arrays) -> CellStatus:
    def moved(codes: Codes, changed: np.typing.NDArray[np.bool_]) -> Codes:
        found: Codes = np.where(changed & (codes == OBSERVED), UPDATED, codes).astype(np.uint8)
        return found

    return CellStatus(
        moved(old.status.flows, np.ones(arrays.flows.shape, dtype=bool)),
        moved(old.status.tariff, arrays.tariff != old.arrays.tariff),
        old.status.costs,
    )
