"""A shock: the policy and technology levels of a counterfactual, on the labels of one world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.labelled import to_array
from countervail.errors import (
    InputError,
    NegativeValueError,
    NotANumberError,
    OptionError,
    ShapeError,
    UnitError,
)
from countervail.parameters import parameter
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]

# field -> (axes, may be changed by a level of tax, neutral value is read from the world or is 1)
AXES: Mapping[str, tuple[str, ...]] = {
    "tariff": ("sector", "importer", "exporter"),
    "export_tax": ("sector", "importer", "exporter"),
    "trade_cost": ("sector", "importer", "exporter"),
    "productivity": ("sector", "region"),
    "labour": ("region",),
    "transfer": ("region",),
}
_LEVELS = ("tariff", "export_tax", "transfer")
_HATS = ("trade_cost", "productivity", "labour")


class Shock:
    """The levels and hats of a counterfactual for ``world``; empty until something is changed.

    ``tariff``, ``export_tax``: ad valorem levels, fractions (0.25 = 25 %), axes
    (sector, importer, exporter); ``transfer``: million USD a year by region,
    summing to zero; ``trade_cost``, ``productivity``, ``labour``: hats, that is
    new over old (1 = no change), axes (sector, importer, exporter),
    (sector, region), (region). Arrays are labelled or in this axis order; what
    is not given stays as in the world.

    The methods return a new shock with one more change, so that they chain::

        Shock(world).tariff(importer="USA", exporter="CAN", sectors="goods", add=0.25)

    Regions and sectors are named by label, group, alias or a list of them; None
    means all. Home sales are never taxed and never touched by a bilateral change.

    Raises ``ShapeError``, ``LabelError``, ``NotANumberError``, ``UnitError`` (a rate
    above 400 % is asked about, not accepted), ``NegativeValueError``,
    ``UnknownLabelError``.
    """

    __slots__ = ("_changed", "world")

    def __init__(
        self,
        world: World,
        *,
        tariff: Any = None,
        export_tax: Any = None,
        trade_cost: Any = None,
        productivity: Any = None,
        labour: Any = None,
        transfer: Any = None,
        confirm_units: bool = False,
    ) -> None:
        self.world = world
        self._changed: dict[str, Array] = {}
        given = {
            "tariff": tariff,
            "export_tax": export_tax,
            "trade_cost": trade_cost,
            "productivity": productivity,
            "labour": labour,
            "transfer": transfer,
        }
        for field, value in given.items():
            if value is not None:
                array = to_array(world, value, AXES[field], field)
                self._set(field, _checked(world, field, array, confirm_units))

    # -- what it says ---------------------------------------------------------------

    def array(self, field: str) -> Array:
        """The whole array of ``field``: the world's own level, or ones, if unchanged."""
        if field in self._changed:
            return self._changed[field]
        arrays = self.world.arrays
        if field in _LEVELS:
            return np.asarray(getattr(arrays, field))
        if field not in AXES:
            raise OptionError(f"a shock has no {field!r}; it has {', '.join(AXES)}.")
        return np.ones(tuple(_length(self.world, axis) for axis in AXES[field]))

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that were set, in the documented order."""
        return tuple(field for field in AXES if field in self._changed)

    @property
    def is_empty(self) -> bool:
        """True where nothing differs from the world as it stands."""
        neutral = Shock(self.world)
        return all(np.array_equal(self.array(f), neutral.array(f)) for f in self.changed)

    def __repr__(self) -> str:
        if not self._changed:
            return f"Shock({self.world.name}: nothing changed)"
        neutral = Shock(self.world)
        parts = [
            f"{field} in {int(np.sum(self.array(field) != neutral.array(field)))} cells"
            for field in self.changed
        ]
        return f"Shock({self.world.name}: {', '.join(parts)})"

    # -- changes, each a new shock --------------------------------------------------

    def tariff(
        self,
        importer: Spec = None,
        exporter: Spec = None,
        sectors: Spec = None,
        *,
        add: float | None = None,
        to: float | None = None,
        confirm_units: bool = False,
    ) -> Shock:
        """Add ``add`` to, or set to ``to``, the import tariffs of ``importer`` on ``exporter``.

        Fractions: 0.25 is 25 percentage points. Give exactly one of the two.
        """
        return self._tax("tariff", importer, exporter, sectors, add, to, confirm_units)

    def export_tax(
        self,
        exporter: Spec = None,
        importer: Spec = None,
        sectors: Spec = None,
        *,
        add: float | None = None,
        to: float | None = None,
        confirm_units: bool = False,
    ) -> Shock:
        """Add to, or set, the export taxes that ``exporter`` levies on its sales to ``importer``.

        Fractions; the revenue stays with the exporter.
        """
        return self._tax("export_tax", importer, exporter, sectors, add, to, confirm_units)

    def trade_cost(
        self,
        importer: Spec = None,
        exporter: Spec = None,
        sectors: Spec = None,
        *,
        factor: float,
    ) -> Shock:
        """Multiply the iceberg cost of what ``importer`` buys from ``exporter`` by ``factor``."""
        _positive("factor", factor)
        return self._change("trade_cost", importer, exporter, sectors, lambda old: old * factor)

    def cut_off(self, a: Spec, b: Spec, sectors: Spec = None) -> Shock:
        """End all trade between ``a`` and ``b``, both ways, in ``sectors`` (None: all of them).

        A finite cost factor of 1000 stands for the ban (parameter ``cut_off.cost_factor``).
        """
        factor = parameter("cut_off.cost_factor").value
        one_way = self._change("trade_cost", a, b, sectors, lambda old: np.full_like(old, factor))
        return one_way._change("trade_cost", b, a, sectors, lambda old: np.full_like(old, factor))

    def productivity(self, region: Spec = None, sectors: Spec = None, *, factor: float) -> Shock:
        """Multiply the productivity of ``region`` in ``sectors`` by ``factor`` (> 0)."""
        _positive("factor", factor)
        new = np.array(self.array("productivity"))
        cells = np.ix_(self.world.resolve_sectors(sectors), self.world.resolve_regions(region))
        new[cells] *= factor
        return self._with("productivity", new)

    def labour(self, region: Spec = None, *, factor: float) -> Shock:
        """Multiply the supply of the composite factor of ``region`` by ``factor`` (> 0)."""
        _positive("factor", factor)
        new = np.array(self.array("labour"))
        new[list(self.world.resolve_regions(region))] *= factor
        return self._with("labour", new)

    def transfer(self, payer: Spec, receiver: Spec, *, amount: float) -> Shock:
        """Move ``amount`` million USD a year from ``payer`` to ``receiver``.

        Where several regions pay or receive, they share equally.
        """
        _number("amount", amount)
        if not np.isfinite(amount):
            raise NotANumberError(f"transfer(amount={amount}) is not a finite number.")
        new = np.array(self.array("transfer"))
        if set(self.world.resolve_regions(payer)) & set(self.world.resolve_regions(receiver)):
            raise InputError("transfer: a region cannot both pay and receive.", "Name two sides.")
        for regions, sign in ((payer, -1.0), (receiver, 1.0)):
            members = list(self.world.resolve_regions(regions))
            new[members] += sign * amount / len(members)
        return self._with("transfer", new)

    def plus(self, *others: Shock) -> Shock:
        """All shocks at once: what each adds to the world's levels is added up, hats multiply.

        Raises ``InputError`` for a shock of another world, and for what they cannot be
        together (a tariff at or below -100 %).
        """
        new = Shock(self.world)
        new._changed = dict(self._changed)
        mixed = set()
        for other in others:
            if other.world is not self.world and other.world != self.world:
                raise InputError(
                    f"a shock of {other.world.name!r} cannot join one of {self.world.name!r}.",
                    "Build both on one world.",
                )
            for field, array in other._changed.items():
                if field in new._changed:
                    mixed.add(field)
                    array = _joined(self.world, new._changed[field], array, field)
                new._changed[field] = array
        for field in mixed:
            new._set(field, _checked(self.world, field, new._changed[field], confirm_units=True))
        return new

    # -- inside ---------------------------------------------------------------------

    def _tax(
        self,
        field: str,
        importer: Spec,
        exporter: Spec,
        sectors: Spec,
        add: float | None,
        to: float | None,
        confirm_units: bool,
    ) -> Shock:
        value = to if add is None else add
        if value is None or (add is not None and to is not None):
            raise OptionError(
                f"{field}(add={add}, to={to}): give exactly one of the two.",
                "add=0.25 raises the rate by 25 percentage points; to=0.25 sets it to 25 %.",
            )
        _rate(field, value, confirm_units)
        changed = self._change(
            field,
            importer,
            exporter,
            sectors,
            lambda old: old + value if to is None else np.full_like(old, value),
        )
        _checked(self.world, field, changed.array(field), confirm_units)
        return changed

    def _change(
        self,
        field: str,
        importer: Spec,
        exporter: Spec,
        sectors: Spec,
        update: Callable[[Array], Array],
    ) -> Shock:
        n = len(self.world.regions)
        members = np.zeros((n, n), dtype=bool)
        members[
            np.ix_(self.world.resolve_regions(importer), self.world.resolve_regions(exporter))
        ] = True
        np.fill_diagonal(members, False)
        if not members.any() and n > 1:
            raise InputError(
                f"{field}: importer and exporter are the same; home sales are never touched.",
                "Name two different sides.",
            )
        new = np.array(self.array(field))
        for s in self.world.resolve_sectors(sectors):
            new[s][members] = update(new[s][members])
        return self._with(field, new)

    def _with(self, field: str, array: Array) -> Shock:
        new = Shock(self.world)
        new._changed = dict(self._changed)
        new._set(field, array)
        return new

    def _set(self, field: str, array: Array) -> None:
        own = np.array(array, dtype=np.float64, order="C")
        own.flags.writeable = False
        self._changed[field] = own


def _joined(world: World, a: Array, b: Array, field: str) -> Array:
    """Both changes of one field; a cell that only one of them changes keeps its bits."""
    if field in _HATS:
        return a * b
    own = np.asarray(getattr(world.arrays, field))
    return np.where(b == own, a, np.where(a == own, b, a + (b - own)))


def _length(world: World, axis: str) -> int:
    return len(world.sectors) if axis == "sector" else len(world.regions)


def _number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise NotANumberError(f"{name}={value!r} is not a number.", "Give one number.")


def _positive(name: str, value: float) -> None:
    _number(name, value)
    if not np.isfinite(value):
        raise NotANumberError(f"{name}={value} is not a finite number.")
    if value <= 0:
        raise NegativeValueError(
            f"{name}={value}: a hat is new over old and must be above 0.",
            "1 means no change, 1.1 ten percent more, 0.9 ten percent less.",
        )


def _rate(field: str, value: float, confirm_units: bool) -> None:
    _number(field, value)
    largest = parameter("units.largest_tariff").value
    if not np.isfinite(value):
        raise NotANumberError(f"{field}: the rate {value} is not a finite number.")
    if value > largest and not confirm_units:
        raise UnitError(
            f"{field}: a rate of {value:g} is {100 * value:g} %. Is {value / 100:g} meant?",
            "Rates are fractions: write 0.25 for 25 %. If the rate is really meant, "
            "pass confirm_units=True (on the command line --confirm-units).",
        )


def _checked(world: World, field: str, array: Array, confirm_units: bool) -> Array:
    """``array`` if it can be the ``field`` of a shock; else the error that names its worst cell."""
    shape = tuple(_length(world, axis) for axis in AXES[field])
    if array.shape != shape:
        raise ShapeError(f"{field} has shape {array.shape}; ({', '.join(AXES[field])}) is {shape}.")
    if not np.isfinite(array).all():
        cell = _cell(world, field, ~np.isfinite(array))
        raise NotANumberError(f"{field} is not a finite number at {cell}.", "Fill or remove it.")
    if field in _HATS and (array <= 0).any():
        cell = _cell(world, field, array <= 0)
        raise NegativeValueError(
            f"{field} is not above 0 at {cell}.", "A hat is new over old; 1 means no change."
        )
    if field in ("tariff", "export_tax"):
        # The world's own outliers were looked at when it was built; only new rates are asked about.
        own = getattr(world.arrays, field)
        # An outlier may rise by as much as any other rate: only what was added is asked about.
        largest = parameter("units.largest_tariff").value
        odd = (array > own) & (array > largest) & (array - own > np.where(own > 1, largest, 0))
        if odd.any():
            worst = np.unravel_index(int(np.argmax(np.where(odd, array, -np.inf))), shape)
            _rate(f"{field} at {_name(world, field, worst)}", float(array[worst]), confirm_units)
        if (array <= -1).any():
            cell = _cell(world, field, array <= -1)
            raise NegativeValueError(f"{field} is at or below −100 % at {cell}.")
        home = np.einsum("snn->sn", array)
        if (home != np.einsum("snn->sn", own)).any():
            s, n = np.argwhere(home != np.einsum("snn->sn", own))[0]
            raise InputError(
                f"{field} taxes home sales of {world.sectors[s]} in {world.regions[n]}.",
                "Set the diagonal (importer = exporter) to 0.",
            )
    if field == "transfer":
        total, scale = float(array.sum()), float(np.abs(array).max())
        if abs(total) > 1e-9 * max(scale, float(world.arrays.factor_income.sum()) * 1e-6):
            raise InputError(
                f"transfers sum to {total:g} million USD over all regions; they must sum to 0.",
                "What one region receives another pays.",
            )
    return array


def _cell(world: World, field: str, mask: npt.NDArray[np.bool_]) -> str:
    first = tuple(int(i) for i in np.argwhere(mask)[0])
    count = int(mask.sum())
    return _name(world, field, first) + (f" (and {count - 1} more cells)" if count > 1 else "")


def _name(world: World, field: str, cell: tuple[Any, ...]) -> str:
    parts = []
    for axis, index in zip(AXES[field], cell, strict=True):
        label = world.sectors[index] if axis == "sector" else world.regions[index]
        parts.append(f"{axis} {label}")
    return ", ".join(parts)
