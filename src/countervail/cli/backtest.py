"""``countervail backtest``: what the model says of past threats beside what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import CaseHorizon, CaseWorld, case_of
from countervail.cli.options import Csv, ElasticityChoice, Json
from countervail.errors import InputError

if TYPE_CHECKING:
    from countervail.brief.rows.observed import ObservedPage, ObservedRow
    from countervail.cli.case import Case


def backtest(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario or a TOML file.")
    ],
    world: CaseWorld = None,
    horizon: CaseHorizon = None,
    elasticities: ElasticityChoice = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What the model says of past threats, beside what happened."""
    form = emit.one_format(as_json, as_csv)
    case = case_of(scenario, world=world, horizon=horizon, elasticities=elasticities)
    from countervail.brief.rows.plain import to_plain
    from countervail.sheets.observed import observed_page

    assert case.scenario is not None
    story = case.scenario.model_copy(update={"horizon": case.horizon})
    page = observed_page(case.world, story)
    if page is None:
        raise InputError(
            f"{scenario} has no [[observed]] entries: nothing to compare with.",
            "Add what happened, figure by figure (docs/backtest.md), or see australia-2020.",
        )
    if form == "json":
        emit.document({**case.head(), **to_plain(page)})
    elif form == "csv":
        head = case.head()
        emit.rows([{**head, **_flat(row)} for row in page.rows], form)
    else:
        _show(case, page)


def _flat(row: ObservedRow) -> dict[str, Any]:
    from countervail.brief.rows.plain import to_plain

    return {
        key: "; ".join(value) if isinstance(value, list) else value
        for key, value in to_plain(row).items()
    }


def _show(case: Case, page: ObservedPage) -> None:
    from countervail.brief import terminal
    from countervail.brief.questions import backtest

    names = backtest.Named(case.coercer_name, case.horizon, case.world.base_year)
    typer.echo(f"{backtest.finding(page, names)}.")
    typer.echo()
    terminal.show([backtest.table(page, names), backtest.forecast_table(page, names)])
    typer.echo()
    for said in backtest.sentences(page, names):
        emit.say(said)
    typer.echo()
    story = case.scenario
    parts = story is not None and any(threat.coverage < 1 for threat in story.threats)
    if story is not None and parts and story.world != case.world.name:
        emit.say(
            f"The coverage of the threats is stated for {story.world}: in {case.world.name} the "
            "same parts of its flows are other amounts."
        )
    emit.say(case.rests_on)
    emit.say(f"Trade elasticities: {case.elasticities}.")
