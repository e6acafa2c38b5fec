"""``countervail ties``: whom a country reaches without another, and which new tie would help."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import CaseWorld, some_names
from countervail.cli.options import Csv, Json, Quiet

if TYPE_CHECKING:
    from countervail.brief import views
    from countervail.channels.ties.report import TiesReport
    from countervail.scenario.schema import Scenario

_WORLD = "world-2023"


def ties(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A bundled scenario (canada-2026) or the path of a TOML file, whose deals make "
            "ties; without it, name --of and --without.",
        ),
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", help="Whose ties: a region; default: the scenario's.")
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(
            help="Regions or groups that are neither passed nor counted, a list (USA,MEX); "
            "default: the scenario's coercer."
        ),
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            help="A list of trade-agreement, investment-treaty, alliance, defence-tie, "
            "diplomatic-post, forum; default: all that hold ties."
        ),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=9, help="Ties in a row, at most.")] = 2,
    file: Annotated[
        str | None,
        typer.Option(help="Your own ties: a CSV file, or the lists of DESTA or UNCTAD."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=1900, max=2100, help="What was in force in that year.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many new ties are shown.")] = 10,
    world: CaseWorld = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Whom a country reaches by its ties without another, through whom, and what would add most."""
    form = emit.one_format(as_json, as_csv)
    chosen = some_names(layers, "--layers", "Name layers: --layers trade-agreement,alliance.")
    against = some_names(without, "--without", "Name a region or a group: --without USA.")
    story, base = _case(scenario, world)
    if story is not None:
        of = of or story.protagonist
        against = against or list(story.coercer)
        file = file or story.file_named("ties")
    if of is None or not against:
        from countervail.errors import OptionError

        raise OptionError(
            f"neither a scenario nor {'--of' if of is None else '--without'} is given.",
            "Name a scenario (canada-2026), or both: --of CAN --without USA.",
        )
    from countervail.channels.ties.graph import read_ties
    from countervail.channels.ties.report import ties_report
    from countervail.world.store import load_world

    with emit.progress(quiet) as progress:
        known = read_ties(load_world(base), file, year)
        if progress is not None:
            progress("ties", 1, 2)
        deals = () if story is None else story.deals
        report = ties_report(known, of, against, deals, chosen, steps)
    from countervail.channels import say
    from countervail.sheets.worlds import side_name

    whom = say.the(side_name(known.world, against))
    if form == "json":
        emit.document(_document(report, whom))
    elif form == "csv":
        emit.rows(_rows(report), form)
    else:
        _show(report, whom, top)


def _case(name: str | None, world: str | None) -> tuple[Scenario | None, str]:
    """The scenario, where one is named, and the world."""
    if name is None:
        return None, world or _WORLD
    from countervail.scenario.read import read_scenario
    from countervail.world.labels import read_labels

    found = read_scenario(name, None if world is None else read_labels(world))
    return found, world or found.world


def _head(report: TiesReport) -> dict[str, Any]:
    world = report.ties.world
    return {
        "world": world.name,
        "base_year": world.base_year,
        "of": report.actor,
        "without": "+".join(report.coercer),
        "layers": "+".join(report.layers),
    }


def _rows(report: TiesReport) -> list[dict[str, Any]]:
    """Every partner and every absent tie, one row each."""
    ties, head = report.ties, _head(report)
    tied = [
        {
            **head,
            "partner": partner,
            "partner_name": ties.names[partner],
            "tied_by": "+".join(report.layers_to(partner)),
            "affinity": ties.affinity(report.actor, partner),
            "distance_km": ties.distance(report.actor, partner),
            "partner_gdp_percent": 100 * ties.gdp[partner] / ties.world_gdp,
            "rank": None,
            "adds_within_steps": None,
            "adds_gdp_points": None,
            "adds_mediators_points": None,
            "adds_betweenness": None,
        }
        for partner in report.partners()
    ]
    absent = [
        {
            **head,
            "partner": row.partner,
            "partner_name": ties.names[row.partner],
            "tied_by": "",
            "affinity": row.affinity,
            "distance_km": row.distance_km,
            "partner_gdp_percent": row.adds_direct,
            "rank": row.rank,
            "adds_within_steps": report.new.steps,
            "adds_gdp_points": row.adds_gdp,
            "adds_mediators_points": row.adds_mediators,
            "adds_betweenness": row.adds_betweenness,
        }
        for row in report.new.rows
    ]
    return [*tied, *absent]


def _document(report: TiesReport, whom: str) -> dict[str, Any]:
    from countervail.channels.ties.rows import ties_page

    page = ties_page(report, whom)
    return {
        **_head(report),
        **{key: page[key] for key in ("reach", "ties", "mediators", "note", "sources")},
        "most_reachable_percent": report.reach[0].after.most_percent,
        "standing": asdict(report.standing),
        "standing_on_layers": list(report.central),
        "made_by_deals": [asdict(tie) for tie in report.made],
        "new_ties_within_steps": report.new.steps,
        "new_ties": [asdict(row) for row in report.new.rows],
    }


def _show(report: TiesReport, whom: str, top: int) -> None:
    from countervail.brief import numbers, terminal
    from countervail.channels import say
    from countervail.channels.ties.rows import note

    stands = report.standing
    name = say.the(report.ties.names[report.actor])
    terminal.show([_reach(report, name, whom), _new(report, whom, top), _mediators(report, whom)])
    typer.echo("")
    emit.say(
        f"Tied to {numbers.count(len(report.partners()), 'country', 'countries')} by "
        f"{say.listed([_kind(layer) for layer in report.layers])}."
    )
    if report.made:
        made = dict.fromkeys(f"{_ends(report, t.a, t.b)} ({_kind(t.layer)})" for t in report.made)
        emit.say(f"Made by the deals, if delivered: {say.listed(list(made))}.")
    tight = "no ties" if stands.constraint is None else f"{stands.constraint:.3f}"
    between = numbers.percent(100 * stands.betweenness)
    over = numbers.percent(100 * stands.dependence)
    emit.say(
        f"Among all, by {say.listed([_kind(layer) for layer in report.central])}: on {between} of "
        f"the shortest ways between two others (number {stands.betweenness_rank} of "
        f"{len(report.ties.nodes)}); Burt's constraint {tight}; {over} of its own shortest ways "
        f"lead over {whom}."
    )
    if stands.affinity is not None:
        emit.say(
            f"Votes alike with {whom}: {stands.affinity:.2f} of 1 (number {stands.affinity_rank} "
            "of all), UN General Assembly 2015-19."
        )
    emit.say(note(report, whom))
    year = report.ties.world.base_year
    emit.say(f"World {report.ties.world.name}; GDP of {year}. Ties change no trade by themselves.")


def _kind(layer: str) -> str:
    return layer.replace("-", " ")


def _ends(report: TiesReport, a: str, b: str) -> str:
    names = report.ties.names
    return names[b if a == report.actor else a] if report.actor in (a, b) else f"{a}-{b}"


def _reach(report: TiesReport, name: str, whom: str) -> views.Table:
    from countervail.brief import numbers, views

    deals = report.reach[0].before is not None
    rows = []
    for pair in report.reach:
        for what, field in (("World GDP", "gdp_percent"), ("Mediators", "mediators_percent")):
            before = [] if pair.before is None else [getattr(pair.before, field)]
            values = [*before, getattr(pair.after, field), getattr(pair.with_coercer, field)]
            rows.append((what, str(pair.after.steps), *(numbers.fixed(v, 1) for v in values)))
    return views.Table(
        f"What {name} reaches by its ties",
        (
            views.Column("Of", "", False),
            views.Column("Within", "ties"),
            *((views.Column(f"Without {whom}, before the deals", "%"),) if deals else ()),
            views.Column(f"Without {whom}{', after' if deals else ''}", "%"),
            views.Column(f"With {whom}", "%"),
        ),
        tuple(rows),
    )


def _new(report: TiesReport, whom: str, top: int) -> views.Table:
    from countervail.brief import numbers, views
    from countervail.cli import columns

    narrow = columns.narrow()
    rows: list[dict[views.Column, str]] = []
    for new in report.new.rows[:top]:
        row = {
            views.Column("Rank", ""): str(new.rank),
            views.Column("With", "", False): report.ties.names[new.partner],
            views.Column("World GDP", "points"): numbers.fixed(new.adds_gdp, 2),
            views.Column("Mediators", "points"): numbers.fixed(new.adds_mediators, 1),
        }
        if not narrow:
            row[views.Column("Betweenness", "points")] = numbers.fixed(
                100 * new.adds_betweenness, 2
            )
            row[views.Column("Votes alike", "0 to 1")] = (
                numbers.DASH if new.affinity is None else numbers.fixed(new.affinity, 2)
            )
            row[views.Column("Distance", "km")] = (
                numbers.DASH if new.distance_km is None else numbers.fixed(new.distance_km, 0)
            )
        rows.append(row)
    within = f"{report.new.steps} ties" if report.new.steps > 1 else "direct ties"
    return views.Table(
        f"New ties that would add most to what is reached by {within} without {whom}",
        tuple(rows[0]) if rows else (views.Column("With", "", False),),
        tuple(tuple(row.values()) for row in rows),
        notes=() if rows else ("There is nobody left to be tied to.",),
    )


def _mediators(report: TiesReport, whom: str) -> views.Table:
    from countervail.brief import views

    ties = report.ties
    shown = [m for m in ties.mediators if m != report.actor and m not in report.coercer]
    return views.Table(
        f"Countries that mediated in 2020-26, and how they are reached without {whom}",
        (
            views.Column("Country", "", False),
            views.Column("Reached", "", False),
            views.Column("In", "", False),
        ),
        tuple(
            (
                ties.names[node],
                report.how_reached(node),
                "; ".join(f"{m.conflict} ({m.role})" for m in ties.mediators[node]),
            )
            for node in sorted(shown, key=lambda node: ties.names[node])
        ),
    )
