"""The commands. Each parses, calls the library, and shows; heavy imports wait until needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from countervail.cli import (
    backtest,
    capital,
    channels,
    compare,
    emit,
    exposure,
    frontier,
    nash,
    optimal_tariff,
    power,
    routes,
    strategy,
    ties,
    verdicts,
    why,
    worlds,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, ScenarioName, TariffsAsOf

app = typer.Typer(
    name="countervail",
    help="How far can a country be cornered by another, and which deals get it out?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(worlds.app, name="worlds")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Options that stand before the command."""
    if version:
        from countervail import __version__

        typer.echo(f"countervail {__version__}")
        raise typer.Exit


@app.command()
def run(
    scenario: ScenarioName,
    out: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    elasticities: ElasticityChoice = None,
    measures: Annotated[
        str | None,
        typer.Option(
            help="A list of exposure, frontier, power, demand (leverage), capital, routes, ties "
            "(what lies behind), or none; default: all. Ladder and deals are always there."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario and write its report."""
    import countervail as cv
    from countervail.brief import terminal
    from countervail.brief.report import ensure_writable
    from countervail.cli.case import some_names
    from countervail.cli.interrupt import no_empty_folder, undisturbed

    with undisturbed():
        from countervail.sheets.leverage import MEASURES, wanted

    target = out if out is not None else Path("out") / Path(scenario).stem
    asked = some_names(measures, "--measures", f"Offered are {', '.join(MEASURES)}, or none.")
    if asked is not None:
        asked = [name for name in asked if name != "none"]
        wanted(asked)  # refuses what is not offered before anything is made
    cv.read_scenario(scenario)
    ensure_writable(target)
    with no_empty_folder(target), emit.progress(quiet) as progress:
        brief = cv.run(scenario, elasticities=elasticities, measures=asked, progress=progress)
        if progress is not None:
            progress("report", 0, 1)
        report = brief.save(target)
        if progress is not None:
            progress("report", 1, 1)
    if as_json:
        emit.document(brief.results.to_dict())
        return
    if not quiet:
        for line in brief.results.notices:
            typer.echo(f"Note: {line}", err=True)
        typer.echo(terminal.headline(brief.results).replace("\n", "\n\n"))
        typer.echo()
        terminal.show(
            terminal.ladder(
                [r for r in brief.results.ladder if r.horizon == brief.results.horizon],
                protagonist=brief.results.protagonist_name,
                coercer=brief.results.coercer_name,
                base_year=brief.results.world.base_year,
            )
        )
        typer.echo()
    typer.echo(f"Report: {report}")


@app.command()
def check(scenario: ScenarioName) -> None:
    """Check a scenario file; every error is listed at once."""
    from countervail.brief import numbers
    from countervail.scenario.read import read_scenario, scenario_notices

    found = read_scenario(scenario)
    for line in scenario_notices(found):
        typer.echo(f"Note: {line}")
    held = {
        "threat": found.threats,
        "deal": found.deals,
        "project": found.projects,
        "claim": found.claims,
    }
    counts = ", ".join(numbers.count(len(rows), word) for word, rows in held.items())
    typer.echo(f"{scenario}: no errors. {found.title}: {counts}, world {found.world}.")


@app.command()
def new(
    path: Annotated[Path | None, typer.Argument(help="File to write; without it, print.")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema for editors instead.")
    ] = False,
) -> None:
    """A commented scenario to start from."""
    from countervail.errors import OutputError
    from countervail.files import write_atomic
    from countervail.scenario.template import new_scenario_text

    if schema:
        from countervail.scenario.schema import schema_json

        emit.document(schema_json())
        return
    text = new_scenario_text()
    if path is None:
        typer.echo(text, nl=False)
        return
    if os.path.exists(path):
        raise OutputError(f"{path} exists already.", "Choose another name, or remove it first.")
    typer.echo(f"Written: {write_atomic(path, text)}")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A scenario, or a result folder.")],
    after: Annotated[str, typer.Argument(help="Another of the same kind.")],
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What changed between two scenarios, or between two results."""
    from countervail.scenario.diff import diff as compare

    form = emit.one_format(as_json, as_csv)
    found = compare(before, after)
    if form == "table":
        for line in found.rows():
            typer.echo(line)
        return
    emit.rows(
        [
            {"path": c.path, "kind": c.kind, "before": c.before, "after": c.after}
            for c in found.changes
        ],
        form,
    )


@app.command()
def solve(
    world: Annotated[str, typer.Option(help="A bundled world or the path of a world file.")] = (
        "world-2023"
    ),
    tariff: Annotated[
        list[str] | None,
        typer.Option(help="IMPORTER:EXPORTER:SECTORS:RATE; +25% adds, =25% sets. Repeatable."),
    ] = None,
    export_tax: Annotated[
        list[str] | None, typer.Option(help="EXPORTER:IMPORTER:SECTORS:RATE. Repeatable.")
    ] = None,
    trade_cost: Annotated[
        list[str] | None, typer.Option(help="IMPORTER:EXPORTER:SECTORS:FACTOR. Repeatable.")
    ] = None,
    cut_off: Annotated[
        list[str] | None, typer.Option(help="A:B or A:B:SECTORS, both ways. Repeatable.")
    ] = None,
    balance: Annotated[str, typer.Option(help="fixed, share or balanced.")] = "fixed",
    labour: Annotated[str, typer.Option(help="mobile or specific.")] = "mobile",
    horizon: Annotated[
        str | None, typer.Option(help="short, medium or long; default: the world's elasticities.")
    ] = None,
    top: Annotated[
        int, typer.Option(min=0, help="Regions shown, most affected first; 0 for all.")
    ] = 15,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: Annotated[
        bool, typer.Option("--confirm-units", help="Accept rates above 400 %.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Solve one shock, given as flags, and show every region's change of real income."""
    import countervail as cv
    from countervail.cli.case import HORIZONS, one_of
    from countervail.cli.flags import dated, shock_of
    from countervail.cli.tables import outcome_rows, show_outcome

    form = emit.one_format(as_json, as_csv)
    one_of(horizon, "--horizon", HORIZONS)
    one_of(balance, "--balance", ("fixed", "share", "balanced"))
    one_of(labour, "--labour", ("mobile", "specific"))
    loaded = cv.load_world(world)
    if elasticities is not None:
        loaded = loaded.with_elasticities(elasticities)
    if tariffs_as_of is not None:
        loaded = dated(loaded, tariffs_as_of)
    closure = cv.Closure(balance=balance, labour=labour, horizon=horizon)  # type: ignore[arg-type]
    shock = shock_of(
        loaded, tariff or [], export_tax or [], trade_cost or [], cut_off or [], confirm_units
    )
    outcome = cv.solve(loaded, shock, closure)
    if form == "table":
        show_outcome(outcome, top)
    else:
        emit.rows(outcome_rows(outcome, top), form)


@app.command()
def ladder(
    scenario: ScenarioName,
    horizon: Annotated[
        str | None, typer.Option(help="Show one horizon only: short, medium or long.")
    ] = None,
    elasticities: ElasticityChoice = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What each rung of the threat ladder costs both sides."""
    from dataclasses import asdict

    import countervail as cv
    from countervail.brief import terminal
    from countervail.brief.results import LadderRow
    from countervail.sheets.worlds import constructed_line
    from countervail.world.elasticity.elasticities import in_use

    form = emit.one_format(as_json, as_csv)
    with emit.progress(quiet) as progress:
        found = cv.ladder(scenario, elasticities=elasticities, progress=progress)
    cells = [c for c in found.cells if horizon in (None, c.horizon)]
    if not cells:
        from countervail.errors import OptionError

        known = ", ".join(found.closures)
        raise OptionError(f"the ladder has no horizon {horizon!r}.", f"It has {known}.")
    if form != "table":
        emit.rows([asdict(c) for c in cells], form)
        return
    names = found.world.labels.region_names
    terminal.show(
        terminal.ladder(
            [LadderRow(**asdict(c)) for c in cells],
            protagonist=names.get(found.protagonist, found.protagonist),
            coercer=found.coercer_name,
            base_year=found.world.base_year,
        )
    )
    worst = max((c.certificate for c in cells if c.certificate is not None), default=None)
    if worst is not None:
        thetas = in_use(found.world).name
        typer.echo(
            f"\nWorld {found.world.name}; trade elasticities {thetas}; "
            f"largest relative residual {worst:.1e}."
        )
    made = constructed_line(found.world, found.protagonist, found.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


app.command("capital")(capital.capital)
app.command("channels")(channels.channels)
app.command("compare")(compare.compare)
app.command("exposure")(exposure.exposure)
app.command("frontier")(frontier.frontier)
app.command("power")(power.power)
app.command("optimal-tariff")(optimal_tariff.optimal_tariff)
app.command("nash")(nash.nash)
app.command("routes")(routes.routes)
app.command("ties")(ties.ties)
app.command("why")(why.why)
app.command("backtest")(backtest.backtest)
app.command("strategy")(strategy.strategy)
app.command("verdicts")(verdicts.verdicts)


@app.command()
def explain(
    name: Annotated[str | None, typer.Argument(help="A figure, parameter or channel.")] = None,
    as_json: Json = False,
) -> None:
    """What a figure, parameter or term is, with formula, unit and source; no name lists all."""
    from countervail import glossary

    if name is None:
        if as_json:
            emit.document(list(glossary.all_names()))
            return
        for known in glossary.all_names():
            typer.echo(known)
        return
    entry = glossary.explain(name)
    if as_json:
        from dataclasses import asdict

        emit.document(asdict(entry))
        return
    width = 88 if sys.stdout.isatty() else 100
    typer.echo(glossary.render(entry, width))
