"""A world with the tariffs of a later day: dated schedules solved into a new base."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date

import numpy as np

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.rebase import rebase
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.errors import OptionError, require_kind
from countervail.world.core import World
from countervail.world.status import CONSTRUCTED, CellStatus
from countervail.world.tariffs.schedule_files import bundled_schedules
from countervail.world.tariffs.schedules import InForce, TariffSchedule, as_date, read_schedule

Schedules = Sequence[str | os.PathLike[str] | TariffSchedule]

ADJUSTMENT = Closure.of_horizon("medium")
"""How far trade has adapted to the schedules in a base: elasticities after three years, labour
mobile. Judgement: the measures are about a year and a half old, between the first year of the
short horizon and the three of the medium one; and labour fixed in its sector would have to
stay so in a base from which long horizons start."""

_COLLECTED = 2024

_WHY = (
    "the measures are one to two years old, which is between the short and the medium horizon, "
    "and a base in which labour cannot move would not fit the long one"
)


def with_tariffs(
    world: World,
    as_of: Date | str,
    schedules: Schedules | str | os.PathLike[str] | TariffSchedule | None = None,
    closure: Closure | None = None,
) -> World:
    """``world`` with the tariffs in force on a day, as a new base in which trade has adapted.

    ``as_of``: a date, or text such as ``2026-08-19``. ``schedules``: names, paths or schedules
    that were read, added up (default: all that ship with the package); ``closure``: how trade
    adapts (default: the medium horizon with transfers fixed, see ``docs/tariffs.md``).

    Returns a world whose tariffs are the old ones plus the schedules' increases, and whose flows
    are the equilibrium they lead to. Its provenance (``tariffs_as_of``) says day, schedules,
    entries used, unresolved share and closure. Changed tariffs count as constructed.

    Raises ``OptionError`` for a world that has the tariffs of a day already, and what
    ``read_schedule``, ``TariffSchedule.array`` and ``solve`` raise.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    day = as_date(as_of)
    before = world.provenance.get("tariffs_as_of")
    if isinstance(before, Mapping):
        raise OptionError(
            f"{world.name} has the tariffs of {before.get('date')} already.",
            "Start from the world it was made from, or schedules would count twice.",
        )
    closure = ADJUSTMENT if closure is None else closure
    chosen = _read(schedules)
    held = [schedule.at(day) for schedule in chosen]
    tariff = np.array(world.arrays.tariff)
    for schedule in chosen:
        tariff += schedule.array(world, day)
    outcome = solve(world, Shock(world, tariff=tariff, confirm_units=True), closure)
    made = rebase(
        outcome,
        f"{world.name}, tariffs of {day}",
        {
            "tariffs_as_of": _origin(world, day, chosen, held, closure),
            "sources": [*_items(world, "sources"), *map(_source, chosen)],
            "limits": [*_items(world, "limits"), *_limits(world, chosen, held, closure)],
        },
    )
    codes = np.where(tariff != world.arrays.tariff, CONSTRUCTED, made.status.tariff)
    status = CellStatus(made.status.flows, codes.astype(np.uint8), made.status.costs)
    return World(made.labels, made.arrays, made.report, status)


def _read(
    schedules: Schedules | str | os.PathLike[str] | TariffSchedule | None,
) -> list[TariffSchedule]:
    if schedules is None:
        schedules = list(bundled_schedules())
    elif isinstance(schedules, str | os.PathLike | TariffSchedule):
        schedules = [schedules]
    found = [s if isinstance(s, TariffSchedule) else read_schedule(s) for s in schedules]
    names = [schedule.header.name for schedule in found]
    if not found or len(set(names)) != len(names):
        raise OptionError(
            f"schedules={names}: each schedule is named once, and at least one.",
            "Leave it out for all that ship with the package.",
        )
    return found


def _origin(
    world: World,
    day: Date,
    chosen: Iterable[TariffSchedule],
    held: Iterable[InForce],
    closure: Closure,
) -> dict[str, object]:
    return {
        "date": day.isoformat(),
        "world": {"name": world.name, "hash": f"sha256:{world.digest}"},
        "closure": closure.describe(),
        "why": _WHY if closure == ADJUSTMENT else "as asked for",
        "schedules": [
            {
                "name": schedule.header.name,
                "file_sha256": schedule.header.sha256,
                "relative_to": schedule.header.relative_to,
                "entry": force.since.isoformat() if force.since else None,
                "status": schedule.header.status,
                "unresolved_share": round(schedule.unresolved_share, 6),
                "note": force.note,
            }
            for schedule, force in zip(chosen, held, strict=True)
        ],
    }


def _source(schedule: TariffSchedule) -> dict[str, str]:
    header = schedule.header
    return {
        "part": f"tariff schedule {header.name}, {header.relative_to}",
        "source": header.source,
        "licence": header.licence,
        "status": header.status,
    }


def _limits(
    world: World, chosen: Iterable[TariffSchedule], held: Iterable[InForce], closure: Closure
) -> Iterable[str]:
    for schedule, force in zip(chosen, held, strict=True):
        entry = f"the entry of {force.since}" if force.since else "no entry"
        said = f"tariffs as of {force.date} by {schedule.header.name} ({entry})"
        if schedule.unresolved_share:
            said += f"; {100 * schedule.unresolved_share:.1f} % of its trade is of no known sector"
        yield f"{said}; {force.note}" if force.note else said
    yield (
        f"tariffs of the schedules were solved into the base with {closure.describe()}"
        + (f": a judgement, since {_WHY}" if closure == ADJUSTMENT else "")
    )
    if world.base_year is not None and world.base_year < _COLLECTED - 1:
        yield (
            f"the schedules rise over the duties of {_COLLECTED}, the world's own tariffs are of "
            f"{world.base_year}: what changed between the two is in neither"
        )


def _items(world: World, key: str) -> list[object]:
    found = world.provenance.get(key, ())
    return list(found) if isinstance(found, list | tuple) else []
