"""``countervail why``: what makes up a change of real income, by channel, partner and sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import (
    CaseHorizon,
    CaseWorld,
    ConfirmUnits,
    asked_units,
    case_of,
    fraction,
    one_of,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from countervail.cli.case import Case
    from countervail.equilibrium.why import Why
    from countervail.sheets.why import Event

_ANSWERS = ("none", "proportional")
_CUT_OFF = "cut-off"


def why(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario or a TOML file.")
    ],
    threat: Annotated[str | None, typer.Option("--threat", help="A threat by its id.")] = None,
    rung: Annotated[
        str | None,
        typer.Option(
            "--rung",
            help="A rung of the ladder: a rate (25%) or cut-off. This is the default, at the rung "
            "nearest to 25 %.",
        ),
    ] = None,
    deal: Annotated[
        str | None, typer.Option("--deal", help="A deal by its id, delivered in full.")
    ] = None,
    deals: Annotated[bool, typer.Option("--deals", help="All deals at once, in full.")] = False,
    retaliation: Annotated[
        str, typer.Option("--retaliation", help="With a rung: none or proportional.")
    ] = "none",
    region: Annotated[
        str | None, typer.Option("--region", help="Whose real income; default: the protagonist's.")
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, help="Partners, sectors and terms shown; 0 for all.")
    ] = 10,
    world: CaseWorld = None,
    horizon: CaseHorizon = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: ConfirmUnits = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Why a threat or a deal changes real income: terms that sum to the change exactly."""
    form = emit.one_format(as_json, as_csv)
    _one_event(threat, rung, deal, deals)
    one_of(retaliation, "--retaliation", _ANSWERS)
    if retaliation != "none" and (threat or deal or deals):
        raise OptionError("--retaliation goes with --rung only.", "Leave it out.")
    rate = None if rung in (None, _CUT_OFF) else fraction(rung or "", "--rung")
    if rate is not None:
        asked_units(rate, f"--rung {rung}", confirm_units)
    case = case_of(
        scenario,
        world=world,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    from countervail.sheets import why as sheet

    story, closure = case.scenario, case.closure
    assert story is not None
    if threat is not None:
        event = sheet.threat_event(case.world, story, closure, threat)
    elif deal is not None or deals:
        event = sheet.deal_event(case.world, story, closure, deal)
    else:
        at = sheet.main_rung(story) if rung is None else rate
        event = sheet.rung_event(
            case.world,
            story,
            at,
            answered=retaliation != "none",
            confirm_units=confirm_units,
        )
    found = sheet.explained(case.world, event, closure, region or case.target)
    if form == "json":
        emit.document(_document(case, event, found))
    elif form == "csv":
        head = {**case.head(), "region": found.region, "event": event.words}
        emit.rows([{**head, **row} for row in _records(found.table)], form)
    else:
        _show(case, event, found, top)


def _one_event(threat: str | None, rung: str | None, deal: str | None, deals: bool) -> None:
    """Refuse two events at once."""
    given = {"--threat": threat, "--rung": rung, "--deal": deal, "--deals": deals or None}
    named = [option for option, value in given.items() if value is not None]
    if len(named) > 1:
        raise OptionError(f"{' and '.join(named)} exclude each other.", "Ask for one of them.")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _document(case: Case, event: Event, found: Why) -> dict[str, Any]:
    return {
        **case.head(),
        "region": found.region,
        "event": event.words,
        "unit": "percent of real income",
        "percent": found.percent,
        "residual": found.residual,
        "certificate": found.outcome.certificate.worst,
        "by_channel": found.by_channel.to_dict(),
        "by_partner": found.by_partner.to_dict(),
        "by_sector": found.by_sector.to_dict(),
        "terms": _records(found.table),
    }


def _show(case: Case, event: Event, found: Why, top: int) -> None:
    from countervail.brief import numbers, terminal
    from countervail.equilibrium.why import CHANNELS
    from countervail.sheets.worlds import constructed_line

    name = case.world.labels.region_names.get(found.region, found.region)
    typer.echo(
        f"{name}: {numbers.percent(found.percent, 3)} of real income. "
        f"{numbers.capital(numbers.typeset(event.words))}, {case.horizon} run"
        f"{', against the world without any deal' if event.against is not None else ''}."
    )
    labels = case.world.labels
    terminal.show(
        [
            _table(
                "By channel, percent of real income",
                ("Channel", "What it holds"),
                [
                    ((channel, CHANNELS[channel]), value)
                    for channel, value in _moved(found.by_channel, 0)
                ],
            ),
            _table(
                f"By partner, percent of real income ({found.region}: at home)",
                ("Partner",),
                [
                    ((labels.region_names.get(r, r),), value)
                    for r, value in _moved(found.by_partner, top)
                ],
            ),
            _table(
                "By sector, percent of real income",
                ("Sector",),
                [
                    ((labels.sector_names.get(s, s),), value)
                    for s, value in _moved(found.by_sector, top)
                ],
            ),
            _largest(found, top),
        ]
    )
    typer.echo(
        f"\nAll {len(found.table):,} terms sum to the change; what is left is "
        f"{abs(found.residual):.0e} %. Relative prices of exports and imports stand with export "
        "earnings, by convention: countervail explain why."
    )
    year = f", year {case.world.base_year}" if case.world.base_year else ""
    typer.echo(f"World {case.world.name}{year}; closure: {case.closure.describe()}.")
    typer.echo(f"Trade elasticities: {case.elasticities}.")
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        typer.echo(f"Constructed data: {made}")


def _moved(values: pd.Series[float], top: int) -> list[tuple[str, float]]:
    """The entries that are more than rounding, largest first; ``top`` of them, or all for 0."""
    from countervail.brief import numbers

    kept = [(str(k), float(v)) for k, v in values.items() if abs(v) >= numbers.NOTHING]
    kept.sort(key=lambda item: -abs(item[1]))
    return kept[:top] if top else kept


def _largest(found: Why, top: int) -> Any:
    """The largest single terms."""
    table = found.table.head(top) if top else found.table
    return _table(
        "Largest single terms, percent of real income",
        ("Channel", "Sector", "Partner"),
        [((r["channel"], r["sector"], r["partner"]), r["percent"]) for r in _records(table)],
    )


def _table(caption: str, heads: tuple[str, ...], rows: list[tuple[tuple[str, ...], float]]) -> Any:
    from countervail.brief import views
    from countervail.cli import columns

    shown = columns.figures([value for _, value in rows], 3)
    return views.Table(
        caption,
        (*(views.Column(head, "", False) for head in heads), views.Column("Change", "%")),
        tuple((*words, figure) for (words, _), figure in zip(rows, shown, strict=True)),
    )
