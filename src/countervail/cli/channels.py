"""``countervail channels``: what each deal of a scenario moves and what that is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import CaseHorizon, CaseWorld, case_of
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf

if TYPE_CHECKING:
    from countervail.brief.results import DealRow


def channels(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario or a TOML file.")
    ],
    deal: Annotated[
        str | None,
        typer.Option(
            "--deal", help="Show one deal by its id: terms, chance, all it moves, sources."
        ),
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
    from countervail.sheets.deals import combined_changes, deal_rows, only, solved_deals

    assert case.scenario is not None
    if deal is not None:
        only(
            case.scenario, deal
        )  # refuses a name that the scenario lacks before anything is solved
    with emit.progress(quiet) as progress:
        # All of them, also where one is shown: a deal is worth what it changes, and the duties
        # that stand without the others are part of what it changes.
        deals = solved_deals(
            case.world,
            case.scenario,
            case.closure,
            case.coercer,
            progress=None if progress is None else lambda n, of: progress("deals", n, of),
        )
    found = deal_rows(deals)
    shown = found["deals"] if deal is None else (deals.row(deal),)
    changes = combined_changes(deals, *([] if deal is None else [deal]))
    if form == "json":
        emit.document({**case.head(), **found, "deals": _plain(shown), "combined": changes})
    elif form == "csv":
        emit.rows([{**case.head(), **row} for row in _flat(shown)], form)
    else:
        from countervail.cli.channel_tables import show_all, show_one

        if deal is None:
            show_all(case, found, changes)
        else:
            show_one(case, shown[0], changes)


def _plain(rows: tuple[DealRow, ...]) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(row) for row in rows]


def _flat(rows: tuple[DealRow, ...]) -> list[dict[str, Any]]:
    flat = _plain(rows)
    for row, values in zip(rows, flat, strict=True):
        values["parties"] = "+".join(row.parties)
        values["moves"], values["sources"] = "; ".join(row.moves), "; ".join(row.sources)
        values["indicators"] = "; ".join(
            f"{label}: {value:g} {unit}"
            for label, value, unit in row.indicators
            if value is not None
        )
    return flat
