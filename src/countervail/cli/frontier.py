"""``countervail frontier``: the most harm at every price, and which sectors carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import (
    CaseCoercer,
    CaseHorizon,
    CaseScenario,
    CaseSectors,
    CaseTarget,
    CaseWorld,
    bounds_of,
    case_of,
    fraction,
    names_in,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf

if TYPE_CHECKING:
    from countervail.cli.case import Case
    from countervail.leverage.coercion.frontier import Frontier, FrontierPoint

_SHOWN_SECTORS = 6


def frontier(
    scenario: CaseScenario = None,
    world: CaseWorld = None,
    target: CaseTarget = None,
    coercer: CaseCoercer = None,
    prices: Annotated[
        str,
        typer.Option(help="Costs to answer exactly, percent of the coercer's own real income."),
    ] = "0,0.1,0.5",
    points: Annotated[int, typer.Option(help="How many points in all.")] = 12,
    instruments: Annotated[str, typer.Option(help="A list of tariff, export-tax.")] = (
        "tariff,export-tax"
    ),
    bounds: Annotated[
        str, typer.Option(help="Between which each added rate lies: 0..400%.")
    ] = "0..400%",
    sectors: CaseSectors = None,
    horizon: CaseHorizon = None,
    searches: Annotated[int, typer.Option(help="Fresh searches that test each point.")] = 1,
    seed: Annotated[int, typer.Option(help="For the starts of the fresh searches.")] = 0,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """How much a coercer can hurt a target at each price to itself, and with which sectors."""
    form = emit.one_format(as_json, as_csv)
    asked = tuple(100 * fraction(f"{price}%", "--prices") for price in names_in(prices))
    between = bounds_of(bounds)
    case = case_of(
        scenario,
        world=world,
        target=target,
        coercer=coercer,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    from countervail.leverage.coercion.frontier import frontier as trace

    with emit.progress(quiet) as progress:
        found = trace(
            case.world,
            case.coercer,
            case.target,
            points=points,
            prices=asked,
            instruments=names_in(instruments),
            sectors=None if sectors is None else names_in(sectors),
            bounds=between,
            closure=case.closure,
            searches=searches,
            seed=seed,
            progress=None if progress is None else lambda n, of: progress("frontier", n, of),
        )
    if form == "table":
        _show(case, found)
    elif form == "csv":
        emit.rows(_rows(case, found), form)
    else:
        emit.document(_document(case, found))


def _rows(case: Case, found: Frontier) -> list[dict[str, Any]]:
    head = case.head()
    return [{**head, "point": n, **_plain(p)} for n, p in enumerate(found.points, 1)]


def _plain(point: FrontierPoint) -> dict[str, Any]:
    return {
        "role": point.role,
        "asked_percent": point.asked_percent,
        "cost_percent": point.cost_percent,
        "cost_bn": point.cost_bn,
        "harm_percent": point.harm_percent,
        "harm_bn": point.harm_bn,
        "gap_percent": point.gap,
        "certificate": point.outcome.certificate.worst,
        "note": point.note,
    }


def _document(case: Case, found: Frontier) -> dict[str, Any]:
    return {
        **case.head(),
        "instruments": list(found.instruments),
        "bounds": list(found.bounds),
        "solves": found.solves,
        "note": found.note,
        "points": [
            {**_plain(p), "sectors": found.carried(p).to_dict("records")} for p in found.points
        ],
    }


def _show(case: Case, found: Frontier) -> None:
    from countervail.brief import numbers, terminal
    from countervail.sheet import constructed_line

    if not found.points:
        typer.echo(found.note)
        return
    named = [p for p in found.points if p.role != "traced"]
    terminal.show([_points(case, found), *(_sectors(case, found, p) for p in named)])
    low, high = found.bounds
    typer.echo(
        f"\nRates are added to those of the base, between {numbers.percent(100 * low)} and "
        f"{numbers.percent(100 * high)}; instruments: {', '.join(found.instruments)}."
    )
    typer.echo(f"World {case.world.name}; closure: {case.closure.describe()}.")
    typer.echo(f"Trade elasticities: {case.elasticities}.")
    worst = max(p.outcome.certificate.worst for p in found.points)
    typer.echo(
        f"Certified: fresh searches from other starts found at most {found.gap:.0e} % more harm "
        f"({found.solves} equilibria solved); largest relative residual {worst:.1e}."
    )
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


_ROLES = {
    "own-optimum": "best for the coercer",
    "asked": "asked",
    "traced": "",
    "largest": "harm at any price",
}


def _points(case: Case, found: Frontier) -> Any:
    from countervail.brief import numbers, text, views

    mine, theirs = case.target_name, case.coercer_name
    unit = case.unit
    return views.Table(
        f"{text.run_title(case.horizon)}: the most harm to {text.the(mine)} at each price to "
        f"{text.the(theirs)}",
        (
            views.Column("", "", False),
            views.Column(f"{theirs} loses", "%"),
            views.Column("", unit),
            views.Column(f"{mine} loses", "%"),
            views.Column("", unit),
        ),
        tuple(
            (
                _ROLES[p.role],
                numbers.fixed(p.cost_percent, 3),
                numbers.fixed(p.cost_bn, 1),
                numbers.fixed(p.harm_percent),
                numbers.fixed(p.harm_bn, 1),
            )
            for p in found.points
        ),
        notes=tuple(p.note for p in found.points if p.note),
    )


def _sectors(case: Case, found: Frontier, point: FrontierPoint) -> Any:
    from countervail.brief import numbers, views

    carried = found.carried(point).sort_values("harm_percent", ascending=False)
    rest = carried.iloc[_SHOWN_SECTORS:]
    rows = [
        (
            str(row["sector"]).replace("-", " "),
            str(row["instrument"]).replace("-", " "),
            numbers.fixed(row["rate_percent"], 0),
            numbers.fixed(row["harm_percent"]),
            numbers.fixed(row["cost_percent"], 3),
        )
        for row in carried.iloc[:_SHOWN_SECTORS].to_dict("records")
    ]
    if len(rest):
        sums = rest[["harm_percent", "cost_percent"]].sum()
        rows.append(
            (
                f"{len(rest)} others",
                "",
                "",
                numbers.fixed(float(sums["harm_percent"])),
                numbers.fixed(float(sums["cost_percent"]), 3),
            )
        )
    asked = "" if point.asked_percent is None else f", asked at {point.asked_percent:g} %"
    return views.Table(
        f"What carries it at a cost of {numbers.fixed(point.cost_percent, 2)} %"
        f" ({_ROLES[point.role]}{asked})",
        (
            views.Column("Sector", "", False),
            views.Column("Instrument", "", False),
            views.Column("Rate added", "%"),
            views.Column(f"{case.target_name} loses", "%"),
            views.Column(f"{case.coercer_name} loses", "%"),
        ),
        tuple(rows),
    )
