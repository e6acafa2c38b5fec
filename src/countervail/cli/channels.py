"""``countervail channels``: what each deal and threat of a scenario moves, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import CaseHorizon, CaseWorld, case_of
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf

if TYPE_CHECKING:
    from countervail.brief.results import DealRow
    from countervail.cli.case import Case

_FIELDS = {
    "tariff": "tariffs",
    "export_tax": "export taxes",
    "trade_cost": "costs of trade",
    "productivity": "productivity",
    "labour": "factor supply",
    "transfer": "transfers",
}


def channels(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario or a TOML file.")
    ],
    deal: Annotated[
        str | None, typer.Option("--deal", help="One deal by its id, with all it moves.")
    ] = None,
    world: CaseWorld = None,
    horizon: CaseHorizon = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What each deal does: its channel, its chance of delivery, what it moves, what that brings."""
    form = emit.one_format(as_json, as_csv)
    case = case_of(
        scenario,
        world=world,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    from countervail.deal_sheet import combined_changes, deal_rows, only, solved_deals

    assert case.scenario is not None
    story = case.scenario if deal is None else only(case.scenario, deal)
    with emit.progress(quiet) as progress:
        deals = solved_deals(
            case.world,
            story,
            case.closure,
            case.coercer,
            progress=None if progress is None else lambda n, of: progress("deals", n, of),
        )
    found, changes = deal_rows(deals), combined_changes(deals)
    if form == "json":
        emit.document({**case.head(), **_plain(found), "combined": changes})
    elif form == "csv":
        emit.rows([{**case.head(), **row} for row in _flat(found["deals"])], form)
    else:
        _show(case, found, changes, detailed=deal is not None)


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    return {**found, "deals": [asdict(row) for row in found["deals"]]}


def _flat(rows: tuple[DealRow, ...]) -> list[dict[str, Any]]:
    from dataclasses import asdict

    flat = []
    for row in rows:
        values = asdict(row)
        values["parties"] = "+".join(row.parties)
        values["moves"], values["sources"] = "; ".join(row.moves), "; ".join(row.sources)
        values["indicators"] = "; ".join(
            f"{label}: {value:g} {unit}"
            for label, value, unit in row.indicators
            if value is not None
        )
        flat.append(values)
    return flat


def _show(
    case: Case, found: dict[str, Any], changes: list[dict[str, Any]], *, detailed: bool
) -> None:
    from countervail.brief import numbers, terminal, views
    from countervail.cli import columns
    from countervail.sheet import constructed_line

    rows: tuple[DealRow, ...] = found["deals"]
    if not rows:
        typer.echo("The scenario names no deals.")
        return
    heads = (
        ("full_percent", "In full"),
        ("expected_percent", "Expected"),
        ("threat_percent", "Under a cut-off"),
    )
    figures = {key: columns.figures([getattr(row, key) for row in rows], 3) for key, _ in heads}
    table = views.Table(
        f"What each deal adds to {case.target_name}'s real income, {case.horizon} run, percent",
        (
            views.Column("Deal", "", False),
            views.Column("Channel", "", False),
            views.Column("Status", "", False),
            views.Column("Delivery", "%"),
            *(views.Column(head, "%") for _, head in heads),
        ),
        tuple(
            (
                row.id,
                views.status(row.kind),
                views.status(row.status),
                numbers.DASH if row.delivery is None else f"{100 * row.delivery:.0f}",
                *(figures[key][n] for key, _ in heads),
            )
            for n, row in enumerate(rows)
        ),
    )
    terminal.show([table])
    typer.echo("")
    if found.get("deals_together_percent") is not None and len(rows) > 1:
        typer.echo(_together(found))
        typer.echo(f"{found['deals_rule']}")
        typer.echo("")
    for row in rows:
        typer.echo(f"{row.id}: {row.title}")
        for line in row.moves or (row.not_quantified,):
            typer.echo(f"  {numbers.typeset(line)}")
        if row.net_bn is not None and row.full_bn is not None:
            typer.echo(
                f"  worth US$ {numbers.number(row.full_bn)} bn a year, "
                f"{numbers.number(row.net_bn)} bn net of replacing worn-out capital"
            )
        if detailed:
            typer.echo(f"  Why: {numbers.typeset(row.why)}")
            for label, value, unit in row.indicators:
                shown = numbers.DASH if value is None else numbers.number(value)
                typer.echo(f"  {label}: {shown} {unit}")
    typer.echo("")
    typer.echo("Together these move, against the world as it stands:")
    for change in changes:
        what = _FIELDS[change["field"]]
        typer.echo(
            f"  {what} in {change['cells']:,} cells, most {change['where']}: "
            f"{change['largest']:+,.3g} {change['unit']}"
        )
    if not changes:
        typer.echo("  nothing in the equilibrium")
    typer.echo(f"World {case.world.name}; closure: {case.closure.describe()}.")
    typer.echo(
        "Chances of delivery are judgement. Amounts and effects: countervail explain CHANNEL."
    )
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


def _together(found: dict[str, Any]) -> str:
    from countervail.brief import numbers

    low, high = found["deals_drawn_low_percent"], found["deals_drawn_high_percent"]
    return (
        f"All at once: {numbers.percent(found['deals_together_percent'])} in full, "
        f"{numbers.percent(found['deals_expected_percent'])} expected; in "
        f"{found['deals_draws']} drawn futures from {numbers.percent(low)} to "
        f"{numbers.percent(high)} (10th to 90th percentile)."
        + (
            ""
            if found.get("deals_net_bn") is None
            else f" In money US$ {numbers.number(found['deals_together_bn'])} bn a year in full; "
            f"net of replacing worn-out capital {numbers.number(found['deals_net_bn'])} bn."
        )
    )
