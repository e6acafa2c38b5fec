"""``countervail compare``: two scenarios or results side by side, in figures and verdicts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countervail.cli import emit
from countervail.cli.options import Csv, Json, Quiet

if TYPE_CHECKING:
    from countervail.brief.rows.comparison import Comparison

_SHOWN = 20


def compare(
    before: Annotated[str, typer.Argument(help="A scenario, or a result folder.")],
    after: Annotated[str, typer.Argument(help="Another, of either kind.")],
    measures: Annotated[
        str | None,
        typer.Option(
            help="What to compute for scenarios, as in run, or all; default: the quick ones "
            "(demand, capital, routes, ties)."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="HTML page to write.")] = None,
    top: Annotated[int, typer.Option(min=0, help="Figures shown; 0 for all.")] = _SHOWN,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What differs between two scenarios or results: inputs, figures, verdicts."""
    form = emit.one_format(as_json, as_csv)
    from countervail.cli.interrupt import undisturbed
    from countervail.scenario.diff import is_result
    from countervail.scenario.read import read_scenario

    for side in (before, after):  # a slip in the second is found before the first is run
        if not is_result(side):
            read_scenario(side)
    with undisturbed():
        from countervail.comparison import QUICK, compare, results_of

    for side in (before, after):
        if is_result(side):
            results_of(side)
    asked = list(QUICK) if measures is None else _measures(measures)
    if out is not None:
        _writable(out)
    with emit.progress(quiet) as progress:
        found = compare(before, after, measures=asked, progress=progress)
    from countervail.brief import compared

    if out is not None:
        from countervail.files import write_atomic

        write_atomic(out, compared.compare_page(found))
    if form == "json":
        emit.document(compared.plain(found))
    elif form == "csv":
        emit.rows(compared.figure_rows(found), form)
    else:
        _show(found, top)
        if out is not None:
            typer.echo(f"\nPage: {out}")


def _measures(words: str) -> list[str] | None:
    """The measures named, None for all of them; ``OptionError`` names what is not offered."""
    from countervail.cli.case import some_names
    from countervail.sheets.leverage import MEASURES, wanted

    if words.strip() == "all":
        return None
    offered = f"Offered are {', '.join(MEASURES)}, all, or none."
    named = [n for n in some_names(words, "--measures", offered) or [] if n != "none"]
    wanted(named)
    return named


def _writable(out: Path) -> None:
    """Refuse a place that cannot be written before anything is computed."""
    from countervail.errors import OutputError

    if os.path.isdir(out):
        raise OutputError(f"{out} is a folder.", "Name a file: --out compared.html.")
    if not os.path.isdir(out.parent):
        raise OutputError(f"there is no folder {out.parent}.", "Make it first, or name another.")


def _show(found: Comparison, top: int) -> None:
    from countervail.brief import compared, numbers, terminal

    for line in found.warnings:
        typer.echo(f"Note: {numbers.typeset(line)}", err=True)
    typer.echo(f"{compared.finding(found)}.")
    if found.same:
        return
    tables = [compared.basis_table(found)]
    if found.inputs is None:
        typer.echo("A result does not hold its scenario, so that its inputs are not known.")
    elif found.inputs:
        tables.append(compared.input_table(found))
    moved = found.moved[:top] if top else found.moved
    if moved:
        tables.append(compared.figure_table(found, moved))
    if found.turned:
        tables.append(compared.verdict_table(found))
    terminal.show(tables)
    hidden = len(found.moved) - len(moved)
    if hidden:
        typer.echo(f"{numbers.count(hidden, 'more figure')} that differ: --top 0, or --csv.")
