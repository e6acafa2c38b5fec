"""``countervail frontier``: the most harm at every price, and which sectors carry it."""

from __future__ import annotations

from collections.abc import Sequence
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
    ConfirmUnits,
    Seed,
    Withdraw,
    bounds_of,
    case_of,
    names_in,
    percents,
    some_names,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError

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
    points: Annotated[
        int,
        typer.Option(min=2, help="How many points; at least the two ends and every asked price."),
    ] = 12,
    instruments: Annotated[
        str, typer.Option(help="A list of tariff, export-tax, capital-withdrawal.")
    ] = ("tariff,export-tax"),
    bounds: Annotated[
        str, typer.Option(help="Between which each added rate lies: 0..400%.")
    ] = "0..400%",
    sectors: CaseSectors = None,
    horizon: CaseHorizon = None,
    searches: Annotated[int, typer.Option(min=0, help="Fresh searches that test each point.")] = 1,
    seed: Seed = 0,
    withdraw: Withdraw = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: ConfirmUnits = False,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """How much a coercer can hurt a target at each price to itself, and with which sectors."""
    form = emit.one_format(as_json, as_csv)
    asked = percents(prices, "--prices", "Write 0,0.1,0.5 (percent of its real income).")
    between = _holding_zero(bounds_of(bounds, confirm_units), bounds)
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
            sectors=some_names(sectors, "--sectors", "Name sectors or groups: food,mining."),
            bounds=between,
            withdrawal=case.withdrawal(withdraw),
            positions=case.positions(),
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


def _holding_zero(bounds: tuple[float, float], given: str) -> tuple[float, float]:
    if not bounds[0] <= 0 <= bounds[1]:
        raise OptionError(
            f"--bounds {given}: what is added to the rates must be able to be nothing.",
            "Let the bounds hold 0: 0..100% is up to 100 points on top.",
        )
    return bounds


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


def _bounds(found: Frontier) -> str:
    """Between which bounds each kind of lever was searched."""
    from countervail.brief import numbers
    from countervail.leverage.search.levers import WITHDRAWAL

    low, high = found.bounds
    named = ", ".join(name for name in found.instruments if name != WITHDRAWAL)
    parts = []
    if named:
        parts.append(
            f"Rates ({named}) are added to those of the base, between {numbers.rate(low)} and "
            f"{numbers.rate(high)}"
        )
    if found.levers.withdrawal is not None:
        most = numbers.rate(float(found.levers.upper[found.levers.withdrawal.lever]))
        parts.append(f"of the coercer's direct investment, nothing to {most} is withdrawn")
    return numbers.capital("; ".join(parts)) + "."


def _show(case: Case, found: Frontier) -> None:
    from countervail.brief import terminal
    from countervail.cli.columns import figures
    from countervail.sheets.worlds import constructed_line

    if found.points:
        costs = figures((p.cost_percent for p in found.points), 3)
        carried = [
            _sectors(case, found, point, cost)
            for point, cost in zip(found.points, costs, strict=True)
            if point.role != "traced"
        ]
        terminal.show([_points(case, found, costs), *carried])
        typer.echo("")
        emit.say(_bounds(found))
    else:
        typer.echo(found.note)
    year = f", base year {case.world.base_year}" if case.world.base_year else ""
    typer.echo(f"World {case.world.name}{year}; closure: {case.closure.describe()}.")
    typer.echo(f"Trade elasticities: {case.elasticities}.")
    if found.points:
        typer.echo(_tested(found))
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


def _tested(found: Frontier) -> str:
    """How hard the points were tested, and how exactly they are solved."""
    from countervail.cli.columns import found_on_top

    if found.gap is None:
        said = "No fresh search tested this"
    else:
        said = f"Fresh searches from other starts found at most {found_on_top(found.gap)} more harm"
    worst = max(p.outcome.certificate.worst for p in found.points)
    return f"{said} ({found.solves:,} equilibria solved); largest relative residual {worst:.1e}."


_ROLES = {
    "own-optimum": "best for the coercer",
    "asked": "asked",
    "traced": "",
    "largest": "largest harm",
}


def _points(case: Case, found: Frontier, costs: Sequence[str]) -> Any:
    from countervail.brief import numbers, text, views
    from countervail.cli.columns import figures

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
            zip(
                (_ROLES[p.role] for p in found.points),
                costs,
                figures((p.cost_bn for p in found.points), 1),
                figures(p.harm_percent for p in found.points),
                figures((p.harm_bn for p in found.points), 1),
                strict=True,
            )
        ),
        notes=tuple(numbers.typeset(p.note) for p in found.points if p.note),
    )


def _sectors(case: Case, found: Frontier, point: FrontierPoint, shown_cost: str) -> Any:
    from countervail.brief import numbers, views
    from countervail.cli.columns import figures

    carried = found.carried(point).sort_values("harm_percent", ascending=False)
    rows = [
        (
            str(row["sector"]).replace("-", " "),
            str(row["instrument"]).replace("-", " "),
            numbers.fixed(row["rate_percent"], 0),
        )
        for row in carried.iloc[:_SHOWN_SECTORS].to_dict("records")
    ]
    harm, cost = (
        carried[key].iloc[:_SHOWN_SECTORS].tolist() for key in ("harm_percent", "cost_percent")
    )
    rest = carried.iloc[_SHOWN_SECTORS:]
    if len(rest):
        rows.append((f"{len(rest)} others", "", ""))
        harm.append(float(rest["harm_percent"].sum()))
        cost.append(float(rest["cost_percent"].sum()))
    role = _ROLES[point.role]
    if point.asked_percent is not None:
        role = f"{role}, asked at {point.asked_percent:g} %".removeprefix("asked, ")
    return views.Table(
        f"What carries it at a cost of {shown_cost} % ({numbers.typeset(role)})",
        (
            views.Column("Sector", "", False),
            views.Column("Instrument", "", False),
            views.Column("Rate added", "%"),
            views.Column(f"{case.target_name} loses", "%"),
            views.Column(f"{case.coercer_name} loses", "%"),
        ),
        tuple(
            (*row, *shown)
            for row, *shown in zip(rows, figures(harm), figures(cost, 3), strict=True)
        ),
    )
