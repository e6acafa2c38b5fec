"""``countervail worlds show``: what a world holds."""

from __future__ import annotations

from typing import Annotated

import typer

from countervail.cli import emit

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show(
    world: Annotated[str, typer.Argument(help="A bundled world or the path of a world file.")],
    as_json: Json = False,
) -> None:
    """What a world holds: regions by income, sectors, sources, and what building it moved."""
    import countervail as cv
    from countervail.brief import terminal
    from countervail.cli.world_tables import summary, world_tables

    loaded = cv.load_world(world)
    if as_json:
        emit.document(summary(loaded))
        return
    terminal.show(world_tables(loaded))
    typer.echo("\nSources and limits")
    from countervail.card import provenance_lines

    for line in provenance_lines(loaded):
        typer.echo(f"  - {line}")
    typer.echo("\nWhat building it moved")
    for line in loaded.report.lines():
        typer.echo(f"  - {line}")
