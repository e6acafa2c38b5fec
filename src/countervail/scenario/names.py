"""Names in a scenario against the labels of its world: regions, sectors, groups, parties.

What the computation uses (protagonist, coercers, sectors hit) must be in the
world. A party to a deal may be any country of the region registry: a world that
counts it in its rest of the world can still tell the story, and a notice says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from countervail.errors import CountervailError
from countervail.scenario.deal_names import deal_name_problems
from countervail.scenario.labelled import (
    Resolve,
    listed,
    one_country_problems,
    region_problems,
    resolved,
    sector_problems,
)
from countervail.scenario.problems import Path, Problem, entries
from countervail.scenario.route_names import edges_in
from countervail.scenario.threats import LadderSpec
from countervail.world import registry

if TYPE_CHECKING:
    from countervail.scenario.schema import Scenario
    from countervail.world.labels import WorldLabels


def name_problems(
    raw: Mapping[str, Any], labels: WorldLabels, folder: str = "."
) -> Iterator[Problem]:
    """Every name in the plain scenario ``raw`` that the world with these ``labels`` lacks.

    ``folder``: where the paths in the scenario start.

    Also: a protagonist that is a group or among the coercers by another name,
    and a threat whose exemptions leave nothing.
    """
    yield from _players(raw, labels)
    yield from _elasticities(raw.get("elasticities"), labels, folder)
    yield from _schedules(raw, labels, folder)
    yield from _files(raw, folder)
    ladder = raw.get("ladder", {})
    if isinstance(ladder, Mapping):
        # What is not written is computed all the same: the default must exist in the world too.
        taxed = ladder.get("sectors", LadderSpec.model_fields["sectors"].default)
        yield from sector_problems(("ladder", "sectors"), taxed, labels)
        yield from sector_problems(("ladder", "energy"), ladder.get("energy"), labels)
    for path, threat in entries(raw, "threat"):
        for key in ("sectors", "exempt"):
            yield from sector_problems((*path, key), threat.get(key), labels)
        left = _left(threat, labels)
        if left is not None and not left:
            yield Problem((*path, "exempt"), "the exemptions leave no sector that is hit.")
    for path, row in entries(raw, "observed"):
        yield from sector_problems((*path, "sectors"), row.get("sectors"), labels)
    yield from _pipeline(raw, labels)
    routes = raw.get("routes")
    edges = edges_in(os.path.join(folder, routes) if isinstance(routes, str) else None)
    for path, deal in entries(raw, "deal"):
        yield from deal_name_problems(path, deal, labels, edges)


def _files(raw: Mapping[str, Any], folder: str) -> Iterator[Problem]:
    for key in ("positions", "routes", "ties"):
        name = raw.get(key)
        if not isinstance(name, str):
            continue
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            yield Problem((key,), f"given {name!r}: there is no such file, seen from {folder!r}.")
        elif os.path.isdir(path) and key != "routes":
            yield Problem((key,), f"given {name!r}, which is a folder; name the file inside it.")
        elif key == "routes":
            home = path if os.path.isdir(path) else os.path.dirname(path)
            needed = ("nodes.csv", "edges.csv") if home == path else ("nodes.csv",)
            absent = [file for file in needed if not os.path.isfile(os.path.join(home, file))]
            if absent:
                yield Problem(
                    (key,),
                    f"given {name!r}: there is no {' and no '.join(absent)} in "
                    f"{os.path.normpath(home)!r} (docs/routes.md).",
                )


def _pipeline(raw: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    for path, project in entries(raw, "project"):
        yield from one_country_problems((*path, "region"), project.get("region"), labels)
        into = project.get("into")
        for sector in into if isinstance(into, Mapping) else ():
            yield from sector_problems((*path, "into", sector), sector, labels)
    for path, payer in entries(raw, "financier"):
        yield from one_country_problems((*path, "region"), payer.get("region"), labels)


def name_notices(scenario: Scenario, labels: WorldLabels) -> Iterator[str]:
    """What is no error but should be said beside every result of this scenario."""
    outside: dict[str, list[str]] = {}
    for deal in scenario.deals:
        names = [*deal.parties, *(n for t in deal.tariff for n in (t.importer, t.exporter))]
        for name in dict.fromkeys(names):
            if _missing(name, labels.resolve_regions):
                outside.setdefault(name, []).append(deal.id)
    for name, deals in outside.items():
        holder = labels.region_that_holds(name)
        inside = f"; it is counted inside {holder} there" if holder else " and is not in it"
        country = registry.regions().get(name)
        said = f"{country.name} ({name})" if country else name
        yield f"{said} is not a region of {labels.name}{inside} (deals: {', '.join(deals)})."
    yield from _schedule_notices(scenario)
    protagonist = set(labels.resolve_regions(scenario.protagonist))
    for deal in scenario.deals:
        members = {r for n in deal.parties for r in resolved(n, labels.resolve_regions)}
        if not protagonist & members:
            yield f"deal {deal.id}: the protagonist {scenario.protagonist} is not a party."
    for threat in scenario.threats:
        if threat.status != "hypothetical" and not threat.sources:
            yield f"threat {threat.id}: status {threat.status}, but no source is given."
    for deal in scenario.deals:
        if not deal.sources:
            yield f"deal {deal.id}: status {deal.status}, but no source is given."


def _players(raw: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    protagonist, coercer = raw.get("protagonist"), raw.get("coercer")
    own: tuple[str, ...] = ()
    if isinstance(protagonist, str):
        yield from region_problems(("protagonist",), protagonist, labels)
        own = resolved(protagonist, labels.resolve_regions)
        if len(own) > 1:
            yield Problem(
                ("protagonist",),
                f"given {protagonist!r}, a group of {len(own)} regions; name one region.",
            )
    yield from region_problems(("coercer",), coercer, labels)
    for position, name in enumerate(listed(coercer)):
        inside = set(own) & set(resolved(name, labels.resolve_regions))
        if inside and name != protagonist:
            yield Problem(
                ("coercer", position) if not isinstance(coercer, str) else ("coercer",),
                f"{name!r} includes the protagonist {protagonist!r}; name only the others.",
            )


def _left(threat: Mapping[str, Any], labels: WorldLabels) -> set[str] | None:
    """Sectors that stay hit; None where that cannot be told or nothing is exempt."""
    hit, exempt = listed(threat.get("sectors")), listed(threat.get("exempt"))
    if not exempt or any(_missing(n, labels.resolve_sectors) for n in (*hit, *exempt)):
        return None
    taxed = {s for name in hit or ["all"] for s in resolved(name, labels.resolve_sectors)}
    return taxed - {s for name in exempt for s in resolved(name, labels.resolve_sectors)}


def _elasticities(choice: object, labels: WorldLabels, folder: str) -> Iterator[Problem]:
    if not isinstance(choice, str) or not choice.strip():
        return
    from countervail.world.elasticity.elasticities import for_sectors, located

    try:
        for_sectors(located(choice.strip(), folder), labels)
    except CountervailError as error:
        said = " ".join((error.cause, *error.evidence, error.remedy))
        yield Problem(("elasticities",), f"given {choice!r}: {said}")


def _schedules(raw: Mapping[str, Any], labels: WorldLabels, folder: str) -> Iterator[Problem]:
    if raw.get("tariffs_as_of") is None:
        return
    from countervail.world.tariffs.schedule_files import (
        bundled_schedules,
        located_schedule,
        read_header,
    )

    bundled = bundled_schedules()
    names = raw.get("schedules")
    for position, name in enumerate(list(bundled) if names is None else listed(names)):
        path: Path = ("tariffs_as_of",) if names is None else ("schedules", position)
        try:
            found = located_schedule(name, folder)
            importers = read_header(found).importers
            if name not in bundled:
                from countervail.world.tariffs.schedules import read_schedule

                importers = read_schedule(found).importers
        except CountervailError as error:
            yield Problem(path, " ".join((error.cause, *error.evidence, error.remedy)))
            continue
        for importer in importers:
            if importer not in labels.regions:
                yield Problem(
                    path,
                    f"the schedule {name} raises the tariffs of {importer}, which is not a region "
                    f"of its own in the world {labels.name}; use another world, or leave it out.",
                )


def _schedule_notices(scenario: Scenario) -> Iterator[str]:
    if scenario.tariffs_as_of is None:
        return
    from countervail.world.tariffs.schedule_files import bundled_schedules, note_on, read_header

    for name in scenario.schedule_choice or list(bundled_schedules()):
        note = note_on(read_header(name), scenario.tariffs_as_of)
        if note:
            yield f"tariffs as of {scenario.tariffs_as_of}: {note}."
    for threat in scenario.threats:
        started = threat.effective is not None and threat.effective <= scenario.tariffs_as_of
        over = threat.ended is not None and threat.ended <= scenario.tariffs_as_of
        real = threat.status in ("in-force", "proclaimed") and threat.instrument == "import-tariff"
        if started and real and not over and not threat.not_quantified:
            yield (
                f"the threat {threat.id}, effective {threat.effective}, may be in the tariffs of "
                f"{scenario.tariffs_as_of} that the case starts from; its figure then counts it "
                "twice."
            )


def _missing(name: str, resolve: Resolve) -> bool:
    return not resolved(name, resolve)
