"""``countervail power``: who can be cornered by whom, and how many poles the world has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from countervail.cli import emit
from countervail.cli.case import HORIZONS, CaseScenario, CaseWorld, case_of, one_of, some_names
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf

if TYPE_CHECKING:
    from countervail.world.core import World

_WORLD, _HORIZON = "world-2023", "medium"


def power(
    scenario: CaseScenario = None,
    world: CaseWorld = None,
    target: Annotated[
        str | None, typer.Option(help="Who can corner this region; default: the scenario's.")
    ] = None,
    coercer: Annotated[str | None, typer.Option(help="Whom this region can corner.")] = None,
    regions: Annotated[
        str | None, typer.Option(help="Only pairs among these: a list of regions or groups.")
    ] = None,
    bloc: Annotated[
        list[str] | None,
        typer.Option(help="A group that acts as one region, such as EU. Repeatable."),
    ] = None,
    first_order: Annotated[
        bool, typer.Option("--first-order", help="Small rises of trade costs only: in seconds.")
    ] = False,
    horizon: Annotated[
        str | None,
        typer.Option(help="short, medium or long; default: the scenario's, or medium."),
    ] = None,
    top: Annotated[
        int, typer.Option(min=0, help="Pairs shown, the largest loss first; 0 for all.")
    ] = 15,
    keep: Annotated[
        bool, typer.Option(help="Keep finished pairs in the cache folder, and use kept ones.")
    ] = True,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Who can be cornered by whom: every pair's losses if all trade between the two ends."""
    form = emit.one_format(as_json, as_csv)
    chosen = some_names(regions, "--regions", "Name regions or groups: USA,CAN,EU.")
    whose = "--target" if target is not None else "the scenario's target,"
    loaded, target, horizon = _base(scenario, world, target, horizon, elasticities, tariffs_as_of)
    for name in bloc or []:
        loaded = _merged(loaded, name)
    target = _one(loaded, target, chosen, whose)
    coercer = _one(loaded, coercer, chosen, "--coercer")
    _two(target, coercer)
    from countervail.cli import power_tables
    from countervail.equilibrium.closure import Closure
    from countervail.leverage.power.matrix import power as measure

    with emit.progress(quiet) as progress:
        found = measure(
            loaded,
            Closure.of_horizon(horizon),
            exact=not first_order,
            regions=chosen,
            progress=None if progress is None else lambda n, of: progress("pairs", n, of),
            keep=keep,
        )
    if form == "json":
        emit.document(power_tables.document(found, target, coercer))
    elif form == "csv":
        head = power_tables.head(found)
        emit.rows([{**head, **row} for row in power_tables.pair_rows(found, target, coercer)], form)
    else:
        power_tables.show(found, target, coercer, top, bloc or [])


def _base(
    scenario: str | None,
    world: str | None,
    target: str | None,
    horizon: str | None,
    elasticities: str | None,
    day: str | None,
) -> tuple[World, str | None, str]:
    """(world, target, horizon) of a scenario, of flags, or of both; a flag wins."""
    one_of(horizon, "--horizon", HORIZONS)
    if scenario is not None:
        case = case_of(
            scenario,
            world=world,
            target=target,
            horizon=horizon,
            elasticities=elasticities,
            tariffs_as_of=day,
        )
        return case.world, case.target, case.horizon
    from countervail.cli.flags import dated
    from countervail.world.store import load_world

    loaded = load_world(world or _WORLD)
    if elasticities is not None:
        loaded = loaded.with_elasticities(elasticities)
    if day is not None:
        loaded = dated(loaded, day)
    return loaded, target, horizon or _HORIZON


def _merged(world: World, name: str) -> World:
    """``world`` with the group ``name`` as one region, of that name."""
    from countervail.errors import OptionError

    members = world.labels.resolve_regions(name)
    if len(members) < 2:
        raise OptionError(
            f"--bloc {name}: that is one region already.",
            "Name a group of several: countervail worlds show lists the regions.",
        )
    return world.aggregate(regions={name: list(members)}, name=f"{world.name}, {name} as one")


def _one(world: World, side: str | None, chosen: list[str] | None, flag: str) -> str | None:
    """The label of the one region that ``side`` names; it must be among those asked for."""
    from countervail.errors import OptionError

    if side is None:
        return None
    found = world.labels.resolve_regions(side)
    if len(found) != 1:
        raise OptionError(
            f"{flag} {side}: that names {len(found)} regions.",
            f"Name one, or let them act as one: --bloc {side} {flag} {side}."
            if flag.startswith("--")
            else f"Name one region: --target CAN, or let them act as one: --bloc {side}.",
        )
    if chosen is not None and found[0] not in world.labels.resolve_regions(chosen):
        raise OptionError(
            f"{flag} {found[0]} is not among --regions {','.join(chosen)}.",
            "Add it there, or leave --regions out.",
        )
    return found[0]


def _two(target: str | None, coercer: str | None) -> None:
    """Refuse a region that is to corner itself."""
    from countervail.errors import OptionError

    if target is not None and target == coercer:
        raise OptionError(
            f"{target} is both --target and --coercer.", "Name two different regions."
        )
