"""``countervail exposure``: what is at risk, by instrument, and what could be demanded."""

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
    Withdraw,
    asked_units,
    case_of,
    fraction,
    names_in,
    some_names,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf

if TYPE_CHECKING:
    from countervail.channels.transit import Transit
    from countervail.cli.case import Case
    from countervail.leverage.coercion.bargaining import Demand
    from countervail.leverage.coercion.exposure import Exposure, ExposureCell


def exposure(
    scenario: CaseScenario = None,
    world: CaseWorld = None,
    target: CaseTarget = None,
    coercer: CaseCoercer = None,
    instruments: Annotated[
        str,
        typer.Option(
            help="A list of tariff, export-tax, tariff+export-tax, export-ban, transit-denial, "
            "capital-withdrawal, cut-off."
        ),
    ] = "tariff,export-tax,export-ban,transit-denial,cut-off",
    rate: Annotated[str, typer.Option(help="Rate of the tariff and the export tax: 25%.")] = "25%",
    sectors: CaseSectors = None,
    horizon: CaseHorizon = None,
    retaliation: Annotated[
        str,
        typer.Option(help="The target's answers: a list of none, proportional, best-response."),
    ] = "none,proportional,best-response",
    transit_share: Annotated[
        str | None,
        typer.Option(help="Part of its goods trade with others that crosses the coercer: 10%."),
    ] = None,
    transit_factor: Annotated[
        float | None, typer.Option(help="Cost of the detour over the usual cost: 1.2.")
    ] = None,
    withdraw: Withdraw = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: ConfirmUnits = False,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What a threat puts at risk: welfare before, welfare after, and what could be demanded."""
    form = emit.one_format(as_json, as_csv)
    added = fraction(rate, "--rate")
    asked_units(added, f"--rate {rate}", confirm_units)
    through = _transit(transit_share, transit_factor)
    case = case_of(
        scenario,
        world=world,
        target=target,
        coercer=coercer,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    from countervail.leverage.coercion.exposure import exposure as measure

    with emit.progress(quiet) as progress:
        found = measure(
            case.world,
            case.target,
            case.coercer,
            instruments=names_in(instruments),
            rate=added,
            sectors=some_names(sectors, "--sectors", "Name sectors or groups: food,mining."),
            horizons=(case.horizon,),
            retaliation=names_in(retaliation),
            transit=through,
            withdrawal=case.withdrawal(withdraw),
            positions=case.positions(),
            progress=None if progress is None else lambda n, of: progress("exposure", n, of),
            confirm_units=confirm_units,
        )
    if form == "json":
        emit.document(_document(case, found))
    elif form == "csv":
        emit.rows([{**case.head(), **row} for row in _cells(found)], form)
    else:
        _show(case, found)


def _transit(share: str | None, factor: float | None) -> Transit | None:
    if share is None and factor is None:
        return None
    from countervail.channels.transit import Transit
    from countervail.parameters import parameter

    return Transit(
        parameter("transit.share").value if share is None else fraction(share, "--transit-share"),
        parameter("transit.cost_factor").value if factor is None else factor,
        judgement=share is None or factor is None,
    )


def _cells(found: Exposure) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [
        {**asdict(cell), "bypass_percent": found.bypass_percent[cell.horizon]}
        for cell in found.cells
    ]


def _document(case: Case, found: Exposure) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **case.head(),
        "cells": _cells(found),
        "demands": [
            {
                "instrument": cell.instrument,
                "retaliation": cell.retaliation,
                "status": "judgement",
                **asdict(row),
            }
            for cell in found.cells
            for row in _strip(cell)
        ],
    }


def _strip(cell: ExposureCell, falls: Sequence[float] | None = None) -> tuple[Demand, ...]:
    """Demands over noise and falls of the exposure; none where the cell has no figures."""
    from countervail.leverage.coercion.bargaining import FALLS, demands

    if cell.exposure_bn is None or cell.cost_bn is None:
        return ()
    return demands(cell.exposure_bn, cell.cost_bn, falls=FALLS if falls is None else falls)


def _show(case: Case, found: Exposure) -> None:
    from countervail.brief import numbers, terminal, text
    from countervail.sheets.worlds import constructed_line

    first = found.cells[0].retaliation
    demanded = [
        (cell, sorted(rows, key=lambda row: row.noise_bn))
        for cell in found.cells
        if cell.retaliation == first and (rows := _strip(cell, (0.0,)))
    ]
    tables = [_exposures(case, found)]
    if demanded:
        tables.append(_demanded(case, demanded))
    terminal.show(tables)
    works = found.bypass_percent[case.horizon]
    typer.echo("")
    if works is not None:
        typer.echo(
            f"Bypass: with all trade with {text.the(case.coercer_name)} ended, "
            f"{numbers.fixed(works, 1)} % of {case.target_name}'s real income is left."
        )
    typer.echo(f"World {case.world.name}; closure: {case.closure.describe()}.")
    typer.echo(f"Trade elasticities: {case.elasticities}.")
    worst = max((c.certificate for c in found.cells if c.certificate is not None), default=None)
    if worst is not None:
        typer.echo(f"Largest relative residual {worst:.1e}.")
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


def _exposures(case: Case, found: Exposure) -> Any:
    from countervail.brief import numbers, text, views
    from countervail.cli import columns

    mine, theirs = case.target_name, case.coercer_name
    heads = {
        "welfare_percent": (views.Column("Status quo", "W, %"), 2),
        "disagreement_percent": (views.Column("Carried out", "d, %"), 2),
        "exposure_percent": (views.Column("Exposure", "W - d, %"), 2),
        "exposure_bn": (views.Column("", case.unit), 1),
        "cost_percent": (views.Column(f"{theirs} loses", "%"), 2),
        "cost_bn": (views.Column("", case.unit), 1),
    }
    if columns.narrow():
        heads = {key: heads[key] for key in ("exposure_percent", "cost_percent")}
    figures = [
        columns.figures((getattr(cell, key) for cell in found.cells), decimals)
        for key, (_, decimals) in heads.items()
    ]
    return views.Table(
        f"{text.run_title(case.horizon)}: exposure of {text.the(mine)} to {text.the(theirs)}",
        (
            views.Column("Threat", "", False),
            views.Column("Answer", "", False),
            *(column for column, _ in heads.values()),
            views.Column("Ratio", "of losses"),
        ),
        tuple(
            (
                numbers.typeset(cell.label),
                _answer(cell),
                *(column[n] for column in figures),
                numbers.DASH
                if cell.leverage_ratio is None
                else numbers.number(cell.leverage_ratio),
            )
            for n, cell in enumerate(found.cells)
        ),
        notes=(*_notes(found), *columns.left_out()),
    )


def _answer(cell: ExposureCell) -> str:
    from countervail.brief import numbers

    if cell.retaliation_rate is None:
        return cell.retaliation
    return f"{cell.retaliation}, {numbers.percent(100 * cell.retaliation_rate, 3)}"


def _notes(found: Exposure) -> tuple[str, ...]:
    """Each note once, with what it is about: a threat, or a threat with certain answers."""
    about: dict[str, dict[str, list[str]]] = {}
    first: dict[str, str] = {}
    for cell in found.cells:
        common = first.setdefault(cell.label, cell.note)
        if cell.note == common and common:
            about.setdefault(common, {})[cell.label] = []
        elif own := cell.note.removeprefix(common).strip():
            about.setdefault(own, {}).setdefault(cell.label, []).append(cell.retaliation)
    return tuple(
        "; ".join(
            f"{label} ({', '.join(answers)})" if answers else label
            for label, answers in cells.items()
        )
        + f": {note}"
        for note, cells in about.items()
    )


def _demanded(case: Case, demanded: Sequence[tuple[ExposureCell, Sequence[Demand]]]) -> Any:
    from countervail.brief import numbers, views

    shares = [row.noise_share for row in demanded[0][1]]
    year = f" of {case.world.base_year}" if case.world.base_year else ""
    return views.Table(
        f"What could be demanded, US$ bn{year} a year, and the risk of rupture (judgement); "
        f"answer: {demanded[0][0].retaliation}",
        (
            views.Column("Threat", "", False),
            *(views.Column("Demand (rupture)", f"s = {share:.0%}") for share in shares),
        ),
        tuple(
            (numbers.typeset(cell.label), *(_bargain(row) for row in rows))
            for cell, rows in demanded
        ),
        notes=(
            "s is the half-width of what the coercer does not know of the target's resolve, in "
            "percent of the exposure; nothing observes it. See: countervail explain demand.",
        ),
    )


def _bargain(row: Demand) -> str:
    from countervail.brief import numbers

    if row.demand_bn is None:
        return "carried out"
    if row.regime == "no demand":
        return "none"
    return f"{numbers.fixed(row.demand_bn, 1)} ({100 * row.rupture:.0f} %)"
