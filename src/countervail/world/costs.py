"""Reading the cost side: which of several common conventions the numbers follow.

Inputs may be cost shares, shares of materials, or million USD; value added shares
or million USD. The convention is read from the identity that it closes, never
guessed from magnitudes, and what was read is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countervail.errors import NegativeValueError, ShareError
from countervail.world.arrays import Array, Mask
from countervail.world.inputs import axes_for, cells, read_array
from countervail.world.labels import WorldLabels

CLOSES = 1e-5
"""A cost column closes where it sums to one within this: tables are printed to six digits
(one column of the 1993 data sums to 1 - 1.6e-6), and dozens of cells add up."""

_EXACT = 1e-13
_SPECK = 1e-3
_LEAST_USE = 1e-3
_SHOWN = 8

_INPUTS = {
    "cost": "cost shares of output",
    "materials": "shares of materials",
    "levels": "million USD",
}
_VALUE_ADDED = {"shares": "shares of output", "levels": "million USD"}


@dataclass(frozen=True, eq=False)
class Costs:
    """The cost side: ``input_share`` (N,J,J), ``value_added_share`` (J,N), and what was decided."""

    input_share: Array
    value_added_share: Array
    decisions: tuple[str, ...]
    renormalised: int
    idle_set: int


@dataclass(frozen=True, eq=False)
class _Reading:
    inputs: str
    value_added: str | None
    input_share: Array
    value_added_share: Array
    sums: Array  # (J,N): what must be one

    def closes(self, active: Mask) -> bool:
        return bool((np.abs(self.sums - 1.0)[active] <= CLOSES).all())


def read_costs(inputs: Any, value_added: Any, output: Array, labels: WorldLabels) -> Costs:
    """Input and value-added shares of every industry from what was given.

    ``inputs`` (region, input, user) and ``value_added`` (sector, region) as in
    ``World.from_flows``; ``output`` (J,N) in million USD. ``ShareError`` names the
    worst columns under each reading where none closes, ``NegativeValueError`` the
    negative cells. Columns of industries without output are completed by value added.
    """
    use, specks = _read(inputs, "inputs", "input_share", labels)
    va, _ = _read(value_added, "value_added", "value_added_share", labels)
    made = output > 0
    if use is None:
        return _without_inputs(va, output, made, labels)
    readings = _readings(use, va, output, made)
    chosen = next((r for r in readings if r.closes(made)), None)
    if chosen is None:
        raise _open_columns(readings, made, labels)
    told = [f"Inputs were read as {_INPUTS[chosen.inputs]}."]
    if specks:
        told.append(
            f"{specks:,} negative inputs, none above {_SPECK:g} of its column, were set to zero."
        )
    if chosen.value_added is None:
        told.append("Value added is what the inputs leave of output.")
    else:
        told.append(f"Value added was read as {_VALUE_ADDED[chosen.value_added]}.")
    return _normalised(chosen, made, told)


def _without_specks(use: Array) -> Array:
    """Inputs without negative cells, where none exceeds a thousandth of its column.

    The column keeps its sum, so that the identity it closes is still seen.
    """
    specks = use < 0
    size = np.abs(use).sum(axis=1, keepdims=True)
    if (use < -_SPECK * size).any():
        return use
    kept = np.where(specks, 0.0, use)
    before, after = use.sum(axis=1, keepdims=True), kept.sum(axis=1, keepdims=True)
    touched = specks.any(axis=1, keepdims=True) & (after > 0)
    scaled: Array = kept * np.where(touched, before / np.where(after > 0, after, 1.0), 1.0)
    return scaled


def _read(given: Any, what: str, name: str, labels: WorldLabels) -> tuple[Array | None, int]:
    """The array and how many of its cells were below zero by a speck; None where not given."""
    if given is None:
        return None, 0
    axes = axes_for(name, labels.regions, labels.sectors)
    values = read_array(given, what, axes)
    specks = int((values < 0).sum())
    if name == "input_share" and specks:
        values = _without_specks(values)
    if (values < 0).any():
        raise NegativeValueError(
            f"{what} holds {int((values < 0).sum()):,} negative cells.",
            "Subsidies that exceed costs cannot be represented: correct the source or fold "
            "them into another cell, and say so.",
            cells(values, values < 0, axes),
        )
    return values, specks


def _without_inputs(va: Array | None, output: Array, made: Mask, labels: WorldLabels) -> Costs:
    count, regions = output.shape
    none = np.zeros((regions, count, count))
    ones = np.ones_like(output)
    if va is not None:
        scaled = va / np.where(made, output, 1.0)
        readings = [
            _Reading("none", kind, none, ones, sums)
            for kind, sums in (("shares", va), ("levels", scaled))
        ]
        if not any(r.closes(made) for r in readings):
            raise _open_columns(readings, made, labels)
    return Costs(none, ones, ("No intermediate use: value added is all of output.",), 0, 0)


def _readings(use: Array, va: Array | None, output: Array, made: Mask) -> list[_Reading]:
    per_output = 1.0 / np.where(made, output, 1.0)
    share_of_use = use * per_output.T[:, None, :]
    total = use.sum(axis=1).T
    total_share = share_of_use.sum(axis=1).T
    if va is None:
        # Nothing says what value added is, so the column may sum to anything below one;
        # columns that all sum to one would leave no factor income at all.
        if (np.abs(total - 1.0)[made] <= CLOSES).all():
            return [_Reading("materials", None, use, 1.0 - total, total + 1.0)]
        kinds = [("cost", use, total)]
        # Shares taken for million USD would leave next to no inputs anywhere.
        if not (total > 0).any() or total_share[made].max(initial=0.0) > _LEAST_USE:
            kinds.append(("levels", share_of_use, total_share))
        return [
            _Reading(kind, None, shares, 1.0 - sums, np.where(sums <= 1.0 + CLOSES, 1.0, sums))
            for kind, shares, sums in kinds
        ]
    found = []
    for kind, shares in (("shares", va), ("levels", va * per_output)):
        material = use * (1.0 - shares).T[:, None, :]
        material_sums = np.where((1.0 - shares <= CLOSES) & (total <= CLOSES), 1.0, total)
        found += [
            _Reading("cost", kind, use, shares, total + shares),
            _Reading("materials", kind, material, shares, material_sums),
            _Reading("levels", kind, share_of_use, shares, total_share + shares),
        ]
    # A share above one is no share, even where the columns of a careless source close.
    return [r for r in found if (r.value_added_share[made] <= 1.0 + CLOSES).all()] or found


def _normalised(chosen: _Reading, made: Mask, told: Sequence[str]) -> Costs:
    va = np.clip(chosen.value_added_share, 0.0, 1.0)
    shares = chosen.input_share.copy()
    sums = shares.sum(axis=1).T
    idle = ~made & (np.abs(sums + va - 1.0) > CLOSES)
    open_idle = idle & (sums <= 1.0)
    va[open_idle] = 1.0 - sums[open_idle]
    over = idle & (sums > 1.0)
    shares[over.T[:, None, :] & np.ones_like(shares, dtype=bool)] = 0.0
    va[over] = 1.0
    sums = shares.sum(axis=1).T
    va[sums == 0.0] = 1.0
    off = np.abs(sums + va - 1.0) > _EXACT
    factor = np.where(sums > 0, (1.0 - va) / np.where(sums > 0, sums, 1.0), 1.0)
    # Columns that close to rounding are left as they are, to the bit.
    shares = np.where(off.T[:, None, :], shares * factor.T[:, None, :], shares)
    return Costs(shares, va, tuple(told), int((off & ~idle).sum()), int(idle.sum()))


def _open_columns(readings: Sequence[_Reading], made: Mask, labels: WorldLabels) -> ShareError:
    lines = []
    for r in readings:
        gap = np.where(made, np.abs(r.sums - 1.0), 0.0)
        order = np.argsort(-gap, axis=None)[:2]
        worst = [
            f"{labels.regions[n]} {labels.sectors[s]} {r.sums[s, n]:.6g}"
            for s, n in (np.unravel_index(int(i), gap.shape) for i in order)
            if gap[s, n] > CLOSES
        ]
        how = "no inputs" if r.inputs == "none" else f"inputs as {_INPUTS[r.inputs]}"
        if r.value_added is not None:
            how += f", value added as {_VALUE_ADDED[r.value_added]}"
        lines.append(
            f"{how}: {int((gap > CLOSES).sum()):,} columns do not sum to 1; "
            f"worst {', '.join(worst)}"
        )
    if readings[0].value_added is None and readings[0].inputs == "materials":
        return ShareError(
            "every column of inputs sums to 1, which leaves no value added.",
            "If these are shares of materials, pass value_added= too.",
        )
    return ShareError(
        "the cost columns close under no reading: inputs and value added must sum to 1 "
        f"(or to output) within {CLOSES:g}.",
        "Check the columns named; a column is one industry of one region.",
        lines[:_SHOWN],
    )
