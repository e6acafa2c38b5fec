"""Policy levers by name: which rates move together, between which bounds, in which world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.shock import Shock
from countervail.equilibrium.valuation import Levers, Withdrawal
from countervail.errors import OptionError
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Cell = tuple[str, int, int, int]
"""(field, sector, importer, exporter): one rate."""

FIELDS = {"tariff": "tariff", "export-tax": "export_tax"}
"""Instruments of trade that a search can set, with the field of a shock that each moves."""

WITHDRAWAL = "capital-withdrawal"
"""The instrument of a lever that takes capital away, besides those on trade."""


@dataclass(frozen=True)
class Lever:
    """One rate that is set: the instrument, and the sector and partner that it is for.

    ``sector``, ``partner``: None where the lever moves all of them together.
    """

    instrument: str
    sector: str | None
    partner: str | None


@dataclass(frozen=True, eq=False)
class LeverSet:
    """Levers of one world with their cells and bounds, all of which move some trade.

    A setting u (K,) adds u_k to the ``floor`` of every cell of lever k: the rate that holds
    without it, or 0 where levers *set* rates. ``value``: base trade that each lever taxes,
    million USD; ``steepness``: its trade elasticity.
    """

    world: World
    given: Shock | None
    levers: tuple[Lever, ...]
    cells: tuple[tuple[Cell, ...], ...]
    adds: bool
    lower: Array
    upper: Array
    withdrawal: Withdrawal | None = None

    def __len__(self) -> int:
        return len(self.levers)

    @cached_property
    def value(self) -> Array:
        """Base trade that each lever taxes, million USD, (K,); of capital: what it earns abroad."""
        flows = self.world.arrays.flows
        found = np.array([float(sum(flows[cell[1:]] for cell in cells)) for cells in self.cells])
        if self.withdrawal is not None:
            found[self.withdrawal.lever] = np.abs(self.withdrawal.transfer).max()
        return found

    @cached_property
    def steepness(self) -> Array:
        """Long-run trade elasticity of each lever, weighted by trade; 1 for capital, (K,)."""
        flows, theta = self.world.arrays.flows, self.world.arrays.elasticity
        total = [sum(flows[cell[1:]] * theta[cell[1]] for cell in cells) for cells in self.cells]
        found: Array = np.array(total) / self.value
        if self.withdrawal is not None:
            found[self.withdrawal.lever] = 1.0
        return found

    @cached_property
    def plain(self) -> Levers:
        """The levers as index arrays, for a ``Valuation``."""
        n = len(self.world.regions)
        found = {}
        for field in ("tariff", "export_tax"):
            held = [
                (k, (s * n + importer) * n + exporter)
                for k, cells in enumerate(self.cells)
                for name, s, importer, exporter in cells
                if name == field
            ]
            owner, place = np.array(held, dtype=np.intp).reshape(-1, 2).T
            found[field] = (np.ascontiguousarray(owner), np.ascontiguousarray(place))
        return Levers(
            count=len(self),
            tariff=found["tariff"],
            export_tax=found["export_tax"],
            floor=(self._floor("tariff", found), self._floor("export_tax", found)),
            withdrawal=self.withdrawal,
        )

    def shock(self, setting: Array) -> Shock:
        """``given`` with the levers at ``setting``, as a shock that can be solved and certified."""
        given = Shock(self.world) if self.given is None else self.given
        arrays = {field: given.array(field) for field in given.changed}
        levers = self.plain
        for field, (owner, place), floor in (
            ("tariff", levers.tariff, levers.floor[0]),
            ("export_tax", levers.export_tax, levers.floor[1]),
        ):
            if place.size:
                array = np.array(given.array(field))
                array.reshape(-1)[place] = floor + setting[owner]
                arrays[field] = array
        if self.withdrawal is not None:
            taken, part = self.withdrawal, float(setting[self.withdrawal.lever])
            productivity = np.array(given.array("productivity"))
            productivity[:, taken.region] *= np.exp(taken.log_productivity(part))
            arrays["productivity"] = productivity
            arrays["transfer"] = given.array("transfer") + part * taken.transfer
        return Shock(self.world, confirm_units=True, **arrays)

    def _floor(self, field: str, found: dict[str, tuple[Index, Index]]) -> Array:
        place = found[field][1]
        if not self.adds:
            return np.zeros(place.size)
        given = Shock(self.world) if self.given is None else self.given
        floor: Array = given.array(field).reshape(-1)[place]
        return floor


def lever_set(
    world: World,
    given: Shock | None,
    wanted: Sequence[tuple[Lever, Sequence[Cell]]],
    bounds: tuple[float, float],
    *,
    adds: bool,
) -> LeverSet:
    """The levers among ``wanted`` that move any trade, all between the same two bounds."""
    lower, upper = checked_bounds(bounds)
    flows = world.arrays.flows
    kept: list[tuple[Lever, tuple[Cell, ...]]] = []
    for lever, cells in wanted:
        moved = tuple(cell for cell in cells if cell[2] != cell[3] and flows[cell[1:]] > 0)
        if moved:
            kept.append((lever, moved))
    return LeverSet(
        world=world,
        given=given,
        levers=tuple(lever for lever, _ in kept),
        cells=tuple(cells for _, cells in kept),
        adds=adds,
        lower=np.full(len(kept), lower),
        upper=np.full(len(kept), upper),
    )


def with_withdrawal(levers: LeverSet, taken: Withdrawal, most: float) -> LeverSet:
    """``levers`` and one more, last, that takes away up to the part ``most`` of some capital."""
    return replace(
        levers,
        levers=(*levers.levers, Lever(WITHDRAWAL, None, None)),
        cells=(*levers.cells, ()),
        lower=np.append(levers.lower, 0.0),
        upper=np.append(levers.upper, most),
        withdrawal=replace(taken, lever=len(levers)),
    )


def bilateral_levers(
    world: World, by: Sequence[str], against: Sequence[str], instrument: str, sectors: Sequence[str]
) -> list[tuple[Lever, list[Cell]]]:
    """One lever by sector of an instrument that ``by`` uses on trade with ``against``.

    A tariff falls on what ``by`` buys from ``against``, an export tax on what it sells to them.
    """
    mine = [world.regions.index(r) for r in by]
    theirs = [world.regions.index(r) for r in against]
    field = FIELDS[instrument]
    wanted: list[tuple[Lever, list[Cell]]] = []
    for sector in sectors:
        s = world.sectors.index(sector)
        pairs = [(a, b) if field == "tariff" else (b, a) for a in mine for b in theirs]
        partner = against[0] if len(against) == 1 else None
        wanted.append((Lever(instrument, sector, partner), [(field, s, n, i) for n, i in pairs]))
    return wanted


def checked_bounds(bounds: tuple[float, float]) -> tuple[float, float]:
    """The two bounds of a rate as numbers; ``OptionError`` where they cross or are none."""
    try:
        lower, upper = (float(b) for b in bounds)
    except (TypeError, ValueError):
        raise OptionError(
            f"bounds={bounds!r} are not two numbers.", "For example: bounds=(0, 1)."
        ) from None
    if not (np.isfinite(lower) and np.isfinite(upper)):
        raise OptionError(f"bounds={bounds!r}: both must be finite.", "For example: bounds=(0, 1).")
    if lower > upper:
        raise OptionError(
            f"bounds={bounds!r} cross: the lower one, {lower:g}, is above the upper one, "
            f"{upper:g}.",
            "Give the lower bound first, as fractions: bounds=(0, 1) is 0 to 100 %.",
        )
    if lower <= -1:
        raise OptionError(
            f"bounds={bounds!r}: a rate of −100 % or less has no meaning.",
            "A subsidy of half the price is −0.5.",
        )
    return lower, upper
