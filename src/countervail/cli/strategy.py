"""``countervail strategy``: what each deal is worth, which to take, and in which order to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from countervail.cli import emit
from countervail.cli.case import CaseHorizon, CaseWorld, case_of
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.brief.results import Results
    from countervail.cli.case import Case


def strategy(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario or a TOML file.")
    ],
    world: CaseWorld = None,
    horizon: CaseHorizon = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What each deal adds alone, last and on average; the best bundle; the order of signing."""
    form = emit.one_format(as_json, as_csv)
    case = case_of(
        scenario,
        world=world,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    assert case.scenario is not None
    from countervail import api

    asked = case.scenario.model_copy(update={"horizon": case.horizon})
    with emit.progress(quiet) as progress:
        # What stands beside the deals, such as the ladder, is short; the words need its names.
        results = api.run(asked, case.world, measures=(), progress=progress).results
    worth, order = results.worth, results.sequence
    if worth is None:
        raise OptionError(
            f"{scenario} has no deal that acts on the equilibrium.",
            "Add [[deal]] tables (docs/channels.md).",
        )
    from countervail.brief.rows.plain import to_plain

    if form == "json":
        emit.document({**case.head(), "worth": to_plain(worth), "sequence": to_plain(order)})
    elif form == "csv":
        emit.rows([{**case.head(), **row} for row in to_plain(worth.rows)], form)
    else:
        _show(case, results)


def _show(case: Case, results: Results) -> None:
    from countervail.brief import terminal
    from countervail.brief.questions import choice
    from countervail.brief.questions import order as orders
    from countervail.brief.questions import worth as words

    worth, order = results.worth, results.sequence
    assert worth is not None
    emit.say(f"{words.finding(worth)}.")
    _each(words.sentences(worth, results))
    terminal.show([words.table(worth)])
    if worth.objective:
        typer.echo("")
        emit.say(f"{choice.finding(worth, results)}.")
        _each(choice.sentences(worth))
        terminal.show([choice.table(worth)])
    if order is not None:
        typer.echo("")
        emit.say(f"{orders.finding(order)}.")
        _each(orders.sentences(order, results))
        terminal.show([orders.table(order), *([orders.flip_table(order)] if order.flips else [])])
    typer.echo("")
    emit.say(case.rests_on)


def _each(lines: Iterable[str]) -> None:
    for line in lines:
        emit.say(line, "  ")
