"""The ``World``: an immutable economy that is an exact equilibrium at its own prices."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from countervail.errors import ShapeError
from countervail.world.arrays import DIMS, GIVEN, UNITS, Arrays, derive
from countervail.world.checks import TOLERANCE, require
from countervail.world.labels import Spec, WorldLabels
from countervail.world.report import BuildReport
from countervail.world.status import MEMBERS, CellStatus

if TYPE_CHECKING:
    import xarray

    from countervail.world.elasticity.elasticities import Choice


class World:
    """One benchmark economy with labels, numbers, provenance, and what building it moved.

    Make one with ``World.from_flows`` or ``load_world``; the constructor takes
    arrays that already satisfy every accounting identity and raises
    ``AccountingError`` where they do not. A world cannot be changed; two worlds are
    equal where labels, base year, groups and numbers are (``digest``).

    ``world.arrays`` holds plain read-only NumPy arrays (see ``Arrays``); ``flows``,
    ``tariff``, ``export_tax``, ``input_share``, ``value_added_share``,
    ``final_share``, ``elasticity``, ``transfer`` and the implied ``share``,
    ``spending``, ``output``, ``income``, ``factor_income``, ``final_demand`` are
    the same with labels (xarray).
    """

    def __init__(
        self,
        labels: WorldLabels,
        arrays: Arrays,
        report: BuildReport,
        status: CellStatus | None = None,
    ) -> None:
        require(arrays, labels.regions, labels.sectors, TOLERANCE, f"the world {labels.name}")
        found = status or CellStatus.observed(len(labels.sectors), len(labels.regions))
        if found.flows.shape != arrays.flows.shape or found.costs.shape != arrays.output.shape:
            raise ShapeError(
                f"the cell statuses have shape {found.flows.shape}, the flows "
                f"{arrays.flows.shape}.",
                "Give one status to every cell.",
            )
        self.__dict__.update(_labels=labels, _arrays=arrays, _report=report, _status=found)

    @classmethod
    def from_flows(
        cls,
        flows: Any,
        tariff: Any = None,
        inputs: Any = None,
        value_added: Any = None,
        elasticity: Any = None,
        regions: Sequence[str] | None = None,
        sectors: Sequence[str] | None = None,
        *,
        export_tax: Any = None,
        name: str = "custom",
        base_year: int | None = None,
        region_groups: Mapping[str, Sequence[str]] | None = None,
        sector_groups: Mapping[str, Sequence[str]] | None = None,
        region_names: Mapping[str, str] | None = None,
        sector_names: Mapping[str, str] | None = None,
        provenance: Mapping[str, object] | None = None,
        confirm_units: bool = False,
    ) -> World:
        """A world from who buys what from whom, closed to an exact equilibrium.

        ``flows`` (sector, importer, exporter): million USD before import tariff (with
        export tax), home sales on the diagonal. ``tariff``, ``export_tax``: the same
        axes, fractions (0.25 = 25 %), zero where None; taxes at home are set to zero
        and counted. ``inputs`` (region, input, user): cost shares, shares of
        materials, or million USD, read by the identity that they close; None means no
        intermediate use. ``value_added`` (sector, region): shares of output or
        million USD; None means what the inputs leave. ``elasticity``: one number, one
        per sector, or a mapping by sector; above zero. None means the long-run aggregate
        of the parameters (theta.aggregate_long) everywhere, which the report says.

        Each array may be plain (in this axis order, ``regions`` and ``sectors`` giving
        the labels), an xarray DataArray or a pandas Series or frame with labels, which
        are joined exactly and in any order. Where nothing has labels they are ``r0``,
        ``s0``, ... Output and trade balances are implied by the flows.

        Final demand is what the flows leave after intermediate use. Where some is
        negative it is set to zero and the economy is solved once with no shock: wages,
        prices and shares move, while factor endowments, transfers and world factor
        income are kept; ``world.report`` says how far that moved every region and
        sector. Otherwise flows stay as given, to the bit.

        Raises ``LabelError``, ``ShapeError``, ``NotANumberError``,
        ``NegativeValueError``, ``UnitError`` (``confirm_units=True`` accepts taxes above
        400 %), ``ShareError`` (inputs that close no identity within 1e-5) and
        ``AccountingError`` (a region without income), each with the worst cells.
        """
        from countervail.world.calibrate import world_from_flows

        return world_from_flows(
            flows,
            tariff,
            inputs,
            value_added,
            elasticity,
            regions,
            sectors,
            export_tax=export_tax,
            name=name,
            base_year=base_year,
            region_groups=region_groups,
            sector_groups=sector_groups,
            region_names=region_names,
            sector_names=sector_names,
            provenance=provenance,
            confirm_units=confirm_units,
        )

    @property
    def labels(self) -> WorldLabels:
        """All labels, names and groups of this world."""
        return self.__dict__["_labels"]  # type: ignore[no-any-return]

    @property
    def arrays(self) -> Arrays:
        """The plain, read-only arrays."""
        return self.__dict__["_arrays"]  # type: ignore[no-any-return]

    @property
    def report(self) -> BuildReport:
        """What cleaning and re-balancing moved when this world was built."""
        return self.__dict__["_report"]  # type: ignore[no-any-return]

    @property
    def status(self) -> CellStatus:
        """Whether each cell is observed, updated or constructed."""
        return self.__dict__["_status"]  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        """The world's name."""
        return self.labels.name

    @property
    def base_year(self) -> int | None:
        """The year of the data, or None where it was not said."""
        return self.labels.base_year

    @property
    def regions(self) -> tuple[str, ...]:
        """Region labels in axis order."""
        return self.labels.regions

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector labels in axis order."""
        return self.labels.sectors

    @property
    def region_groups(self) -> Mapping[str, tuple[str, ...]]:
        """Groups of regions by name, ``all`` among them."""
        return self.labels.region_groups

    @property
    def sector_groups(self) -> Mapping[str, tuple[str, ...]]:
        """Groups of sectors by name, ``all`` among them."""
        return self.labels.sector_groups

    @property
    def provenance(self) -> Mapping[str, object]:
        """Where the numbers come from and what was done to them (JSON values)."""
        return self.labels.provenance

    @cached_property
    def digest(self) -> str:
        """SHA-256 of labels, base year, arrays and statuses; equal worlds have equal ones."""
        return content_digest(self.labels, self.arrays, self.status)

    def resolve_regions(self, spec: Spec = None) -> tuple[int, ...]:
        """Positions on the region axis of what ``spec`` names (see ``WorldLabels``)."""
        place = {label: i for i, label in enumerate(self.regions)}
        return tuple(place[label] for label in self.labels.resolve_regions(spec))

    def resolve_sectors(self, spec: Spec = None) -> tuple[int, ...]:
        """Positions on the sector axis of what ``spec`` names (see ``WorldLabels``)."""
        place = {label: i for i, label in enumerate(self.sectors)}
        return tuple(place[label] for label in self.labels.resolve_sectors(spec))

    def aggregate(
        self,
        regions: Mapping[str, str | Sequence[str]] | None = None,
        sectors: Mapping[str, str | Sequence[str]] | None = None,
        name: str | None = None,
    ) -> World:
        """A coarser world; see ``countervail.world.aggregate.aggregate``."""
        from countervail.world.aggregate import aggregate

        return aggregate(self, regions, sectors, name)

    def with_elasticities(self, choice: Choice) -> World:
        """The same economy with other trade elasticities, which enter no accounting identity.

        ``choice``: a set (``caliendo-parro``, ``three-sector``, ``uniform``), the path of a
        CSV file (docs/elasticities.md), or one number for all sectors. A merged sector
        takes the mean of its parts, weighted by their foreign trade. The provenance
        records the set and the value, source and status of every sector. Raises as
        ``countervail.world.elasticity.elasticities.for_sectors``.
        """
        from countervail.world.elasticity.elasticities import for_sectors, provenance_with

        chosen = for_sectors(choice, self.labels)
        given = {name: getattr(self.arrays, name) for name in GIVEN}
        known = MappingProxyType(provenance_with(self.provenance, chosen))
        return World(
            replace(self.labels, provenance=known),
            derive(**{**given, "elasticity": chosen.values}),
            self.report,
            self.status,
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write this world to one compressed file, whole or not at all; returns the path."""
        from countervail.world.store import save_world

        return save_world(self, path)

    def __getattr__(self, name: str) -> xarray.DataArray:
        if name not in DIMS:
            raise AttributeError(f"a World has no attribute {name!r}")
        return _labelled(self, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a World cannot be changed; {name!r} was to be set.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a World cannot be changed; {name!r} was to be deleted.")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *DIMS})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (_plain(self.labels), self.arrays, self.report.to_dict(), self.status)

    def __repr__(self) -> str:
        year = f", {self.base_year}" if self.base_year is not None else ""
        return (
            f"<World {self.name}{year}: {len(self.regions)} regions x {len(self.sectors)} sectors>"
        )


def content_digest(labels: WorldLabels, arrays: Arrays, status: CellStatus) -> str:
    """SHA-256 (hex) of a world's labels, base year, groups, given arrays and statuses."""
    head = {
        "regions": labels.regions,
        "sectors": labels.sectors,
        "base_year": labels.base_year,
        "region_groups": {k: list(v) for k, v in sorted(labels.region_groups.items())},
        "sector_groups": {k: list(v) for k, v in sorted(labels.sector_groups.items())},
    }
    total = hashlib.sha256(json.dumps(head, sort_keys=True).encode("utf-8"))
    for name in GIVEN:
        values = getattr(arrays, name)
        total.update(f"{name}{values.shape}".encode())
        total.update(values.astype("<f8", copy=False).tobytes())
    if not status.all_observed:
        for name in MEMBERS:
            total.update(f"status.{name}".encode() + getattr(status, name).tobytes())
    return total.hexdigest()


def _labelled(world: World, name: str) -> xarray.DataArray:
    import xarray

    if name == "final_demand":
        values = world.arrays.final_share * world.arrays.income
        values.setflags(write=False)
    else:
        values = getattr(world.arrays, name)
    axis = {"sector": world.sectors, "input": world.sectors, "user": world.sectors}
    coords = {dim: list(axis.get(dim, world.regions)) for dim in DIMS[name]}
    return xarray.DataArray(
        values, coords=coords, dims=DIMS[name], name=name, attrs={"unit": UNITS[name]}
    )


def _plain(labels: WorldLabels) -> dict[str, object]:
    return {
        field: dict(value) if isinstance(value, Mapping) else value
        for field in WorldLabels.__dataclass_fields__
        for value in [getattr(labels, field)]
    }


def _restore(
    labels: dict[str, Any], arrays: Arrays, report: dict[str, object], status: CellStatus
) -> World:
    from countervail.world.labels import make_labels

    return World(make_labels(**labels), arrays, BuildReport.from_dict(report), status)


__all__ = ["World", "content_digest", "derive"]
