"""Every accounting identity of a world, checked cell by cell.

A finding names the identity, the cell, both sides and the relative size. A
world that passes is an equilibrium at its own prices: with no shock nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countervail.errors import AccountingError, NotANumberError
from countervail.world.arrays import GIVEN, Array, Arrays, Mask, intermediate_use

if TYPE_CHECKING:
    from countervail.world.core import World

TOLERANCE = 1e-10
"""Largest relative violation that a world may have: rounding, and room for large sums."""

_SHOWN = 8


@dataclass(frozen=True)
class Finding:
    """One violated identity: ``what`` fails at ``cell``, by ``size`` in relative terms."""

    what: str
    cell: str
    size: float
    detail: str

    def __str__(self) -> str:
        return f"{self.what} at {self.cell}: {self.detail} (relative {self.size:.2e})"


def check(world: World, tolerance: float = TOLERANCE) -> tuple[Finding, ...]:
    """Every accounting identity that ``world`` violates by more than ``tolerance``, worst first.

    Checked: signs and finite values; shares, input shares and final shares sum to
    what they must; goods markets (spending = intermediate + final use); income =
    factor income + revenue + transfer = final demand; transfers equal trade
    deficits and sum to zero; no tax at home. Relative to the larger side.
    """
    return check_arrays(world.arrays, world.regions, world.sectors, tolerance)


def worst(world: World) -> float:
    """The largest relative violation of any identity (0 where all hold to the last bit)."""
    found = check_arrays(world.arrays, world.regions, world.sectors, 0.0)
    return found[0].size if found else 0.0


def require(
    arrays: Arrays,
    regions: Sequence[str],
    sectors: Sequence[str],
    tolerance: float = TOLERANCE,
    what: str = "the world",
) -> None:
    """Raise ``AccountingError`` with the worst violations where any identity fails."""
    found = check_arrays(arrays, regions, sectors, tolerance)
    if found:
        raise AccountingError(
            f"{what} is not an equilibrium: {len(found):,} accounting identities fail by more "
            f"than {tolerance:g}.",
            "Build it with World.from_flows, which closes every identity, or correct the source.",
            [str(finding) for finding in found[:_SHOWN]],
        )


def check_arrays(
    arrays: Arrays, regions: Sequence[str], sectors: Sequence[str], tolerance: float
) -> tuple[Finding, ...]:
    """``check`` for arrays with labels, before they are a world."""
    for name in GIVEN:
        values = getattr(arrays, name)
        if not np.isfinite(values).all():
            raise NotANumberError(
                f"{name} holds {int((~np.isfinite(values)).sum()):,} cells that are not numbers.",
                "Correct the source.",
            )
    a = arrays
    pairs = (sectors, regions, regions)
    goods = (sectors, regions)
    found: list[Finding] = []

    def compare(
        what: str, left: Array, right: Array, labels: tuple[Sequence[str], ...], scale: Array | None
    ) -> None:
        size = np.abs(left - right)
        base = np.maximum(np.abs(left), np.abs(right)) if scale is None else scale
        relative = np.where(size > 0, size / np.where(base > 0, base, 1.0), 0.0)
        for cell in np.argwhere(relative > tolerance):
            at = tuple(int(c) for c in cell)
            found.append(
                Finding(
                    what,
                    _name(at, labels),
                    float(relative[at]),
                    f"{left[at]:.6g} against {np.broadcast_to(right, left.shape)[at]:.6g}",
                )
            )

    def forbid(what: str, values: Array, wrong: Mask, labels: tuple[Sequence[str], ...]) -> None:
        for cell in np.argwhere(wrong):
            at = tuple(int(c) for c in cell)
            found.append(Finding(what, _name(at, labels), float("inf"), f"{values[at]:.6g}"))

    forbid("negative flow", a.flows, a.flows < 0, pairs)
    forbid("negative input share", a.input_share, a.input_share < 0, (regions, sectors, sectors))
    forbid("negative value-added share", a.value_added_share, a.value_added_share < 0, goods)
    forbid("negative final share", a.final_share, a.final_share < 0, goods)
    forbid("elasticity not above zero", a.elasticity, a.elasticity <= 0, (sectors,))
    forbid("income not above zero", a.income, a.income <= 0, (regions,))
    own = np.eye(len(regions), dtype=bool)[None]
    for name in ("tariff", "export_tax"):
        values = getattr(a, name)
        forbid(f"{name} at home", values, own & (values != 0), pairs)
        forbid(f"{name} of -100 % or less", values, values <= -1, pairs)

    ones = np.ones(goods_shape := (len(sectors), len(regions)))
    compare("expenditure shares sum to 1", a.share.sum(axis=2), ones, goods, None)
    compare(
        "input shares sum to 1 - value-added share",
        a.input_share.sum(axis=1).T,
        1.0 - a.value_added_share,
        goods,
        np.ones(goods_shape),
    )
    compare("final shares sum to 1", a.final_share.sum(axis=0), ones[0], (regions,), None)
    sold = a.flows / (1.0 + a.export_tax)
    paid = a.flows * (1.0 + a.tariff)
    compare("output = sales at producer prices", a.output, sold.sum(axis=1), goods, None)
    compare("spending = purchases with tariffs", a.spending, paid.sum(axis=2), goods, None)
    compare(
        "spending = intermediate use + final use",
        a.spending,
        intermediate_use(a.input_share, a.output) + a.final_share * a.income,
        goods,
        None,
    )
    revenue = (paid - a.flows).sum(axis=(0, 2)) + (a.flows - sold).sum(axis=(0, 1))
    turnover = a.spending.sum(axis=0)
    compare(
        "income = factor income + revenue + transfer",
        a.income,
        a.factor_income + revenue + a.transfer,
        (regions,),
        turnover,
    )
    compare(
        "income = spending less intermediate use",
        a.income,
        (a.spending - intermediate_use(a.input_share, a.output)).sum(axis=0),
        (regions,),
        turnover,
    )
    compare(
        "factor income = value added",
        a.factor_income,
        (a.value_added_share * a.output).sum(axis=0),
        (regions,),
        None,
    )
    compare(
        "transfer = spending and revenue less sales",
        a.transfer,
        a.spending.sum(axis=0) - revenue - a.output.sum(axis=0),
        (regions,),
        turnover,
    )
    compare(
        "transfers sum to zero",
        a.transfer.sum(keepdims=True),
        np.zeros(1),
        (("world",),),
        turnover.sum(keepdims=True),
    )
    return tuple(sorted(found, key=lambda finding: -finding.size))


def _name(at: tuple[int, ...], labels: tuple[Sequence[str], ...]) -> str:
    return "[" + ", ".join(names[i] for names, i in zip(labels, at, strict=True)) + "]"
