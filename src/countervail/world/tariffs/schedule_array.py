"""A schedule in registry codes, brought to the regions and sectors of one world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from countervail.errors import ScheduleError, UnknownLabelError
from countervail.world import schemes
from countervail.world.arrays import Array, Mask
from countervail.world.tariffs.schedule_files import UNRESOLVED

if TYPE_CHECKING:
    from countervail.world.core import World
    from countervail.world.tariffs.schedules import Cell, TariffSchedule


def increase(schedule: TariffSchedule, world: World, rates: Mapping[Cell, float]) -> Array:
    """The work of ``TariffSchedule.array``; arguments and errors are described there."""
    shape = world.arrays.flows.shape
    weighted, weights, count, highest = (np.zeros(shape) for _ in range(4))
    unweighted: dict[tuple[int, int, int], Cell] = {}
    region = _Regions(world, schedule)
    sector = _sectors(world, {c[2] for c in rates} - {UNRESOLVED})
    for cell, rate in rates.items():
        importer, exporter, name = cell
        if name == UNRESOLVED:
            continue
        pair = region.importer(importer), region.exporter(exporter)
        if pair[0] == pair[1]:
            continue
        value = schedule.imports[cell]
        for place in sector[name]:
            at = (place, *pair)
            if value is None:
                unweighted[at] = cell
            weighted[at] += (value or 0.0) * rate
            weights[at] += value or 0.0
            count[at] += 1
            highest[at] = max(highest[at], rate)
    if not schedule.header.complete:
        # What a partial schedule does not list bears no increase; the world says how much it is.
        merged = np.argwhere((count > 0) & ~_alone(world, count))
        for at in map(tuple, merged):
            _require_weight(schedule, world, at, unweighted)
            weights[at] = max(weights[at], world.arrays.flows[at])
    # A cell of one partner and sector needs no weights, nor do rates that are all alike.
    plain = (weights <= 0) | (_alone(world, count) & (count == 1))
    found: Array = np.where(plain, highest, weighted / np.where(weights > 0, weights, 1.0))
    return found


class _Regions:
    """Where each partner of a schedule stands in a world."""

    def __init__(self, world: World, schedule: TariffSchedule) -> None:
        self._world = world
        self._schedule = schedule
        self._place = {region: n for n, region in enumerate(world.regions)}

    def importer(self, code: str) -> int:
        if code in self._place:
            return self._place[code]
        raise ScheduleError(
            f"{code}, whose tariffs the schedule {self._schedule.header.name} raises, is not a "
            f"region of its own in the world {self._world.name}.",
            "Use a world that shows it by itself.",
        )

    def exporter(self, code: str) -> int:
        holder = code if code in self._place else self._world.labels.region_that_holds(code)
        if holder is None:
            raise ScheduleError(
                f"{code}, which the schedule {self._schedule.header.name} names, is in no region "
                f"of the world {self._world.name}.",
                "Use a world with a rest of the world (ROW), or take the rows out.",
            )
        return self._place[holder]


def _sectors(world: World, names: Iterable[str]) -> dict[str, list[int]]:
    """The positions of the sectors of ``world`` that hold each of ``names``, all or in part."""
    covered = [_covered(world, label) for label in world.sectors]
    found = {name: [k for k, parts in enumerate(covered) if name in parts] for name in names}
    missing = sorted(name for name, places in found.items() if not places)
    if missing:
        raise UnknownLabelError(
            f"the sector {missing[0]!r} of the schedule is in no sector of the world {world.name}.",
            "Schedules are in the sectors of the registry; use a world in these, in a scheme of "
            f"docs/tables.md, or merged from them. This one has {', '.join(world.sectors[:8])}"
            f"{', ...' if len(world.sectors) > 8 else ''}.",
        )
    return found


def _covered(world: World, label: str) -> frozenset[str]:
    """The sectors of the registry in one label of ``world``, through its merges and its scheme."""
    labels = {label}
    history = world.provenance.get("aggregated_from")
    while isinstance(history, Mapping):
        merged = history.get("sectors")
        for new, parts in merged.items() if isinstance(merged, Mapping) else ():
            if new in labels:
                labels = (labels - {new}) | set(parts)
        history = history.get("aggregated_from")
    return frozenset(sector for part in labels for sector in schemes.covered_by(part))


def _alone(world: World, count: Array) -> Mask:
    """Which cells are one partner and one sector of the registry, not merged from several."""
    history = world.provenance.get("aggregated_from")
    merged = history if isinstance(history, Mapping) else {}

    def single(labels: tuple[str, ...], kind: str) -> Mask:
        parts = merged.get(kind)
        several = parts if isinstance(parts, Mapping) else {}
        return np.array([label not in several and label != "ROW" for label in labels])

    alone: Mask = np.broadcast_to(
        np.array([len(_covered(world, label)) < 2 for label in world.sectors])[:, None, None]
        & single(world.regions, "regions")[None, None, :],
        count.shape,
    )
    return alone


def _require_weight(
    schedule: TariffSchedule,
    world: World,
    at: tuple[int, int, int],
    unweighted: Mapping[tuple[int, int, int], Cell],
) -> None:
    if at not in unweighted:
        return
    cell = unweighted[at]
    raise ScheduleError(
        f"the schedule {schedule.header.name} gives no imports for {', '.join(cell)}, which the "
        f"world {world.name} shows only inside [{world.sectors[at[0]]}, {world.regions[at[1]]}, "
        f"{world.regions[at[2]]}].",
        "Fill the column imports (million USD), so that it can be weighed, or use a world that "
        "shows the partner and the sector by themselves.",
    )
