"""``countervail verdicts``: which claims of a scenario hold, on which figures."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, ScenarioName
from countervail.errors import OptionError


def verdicts(
    scenario: ScenarioName,
    figures: Annotated[
        bool,
        typer.Option("--figures", help="Only list what claims may name; nothing is solved."),
    ] = False,
    elasticities: ElasticityChoice = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Whether each claim holds: the number it rests on, how sure that is, other readings."""
    form = emit.one_format(as_json, as_csv)
    from countervail.scenario.read import read_scenario

    found = read_scenario(scenario)
    if figures:
        _figures(found, form)
        return
    if not found.claims:
        raise OptionError(f"{scenario} has no claims.", "Add [[claim]] tables (docs/verdicts.md).")
    from countervail import api
    from countervail.brief.questions import verdicts as words
    from countervail.sheets.verdicts import needed

    with emit.progress(quiet) as progress:
        results = api.run(
            found, elasticities=elasticities, measures=needed(found), progress=progress
        ).results
    rows = words.plain_rows(results.claims)
    if form == "csv":
        emit.rows(rows, form)
        return
    head = {
        "world": results.world.name,
        "base_year": results.world.base_year,
        "horizon": results.horizon,
        "closure": results.closure,
    }
    if form == "json":
        from countervail.brief.rows.plain import to_plain

        emit.document({**head, "claims": to_plain(results.claims)})
        return
    _shown(results, head)


def _shown(results: Any, head: dict[str, Any]) -> None:
    from countervail.brief import text
    from countervail.brief.questions import verdicts as words

    emit.say(f"{words.finding(results)}.")
    for claim in words.ordered(results.claims):
        typer.echo("")
        emit.say(f"{words.MARKS[claim.verdict]} {claim.verdict}: {text.typeset(claim.says)}")
        emit.say(words.rests_on(claim), "  ")
        for line in words.variants(claim):
            emit.say(text.typeset(line), "  ")
        if claim.sources:
            emit.say(f"Sources: {'; '.join(claim.sources)}.", "  ")
    typer.echo("")
    if ranges := words.ranges_said(results):
        emit.say(ranges)
    emit.say(
        f"Percent of real income; world {head['world']}, base year {head['base_year']}, "
        f"{head['horizon']} run. Chances of delivery are judgement."
    )


def _figures(found: Any, form: str) -> None:
    from countervail.scenario.figures import catalogue

    rows = [
        {"figure": one.name, "unit": one.unit, "measure": one.measure, "about": one.about}
        for one in catalogue(found).values()
    ]
    if form != "table":
        emit.rows(rows, form)
        return
    for row in rows:
        unit = f" [{row['unit']}]" if row["unit"] else ""
        emit.say(f"{row['figure']}{unit}: {row['about']}")
