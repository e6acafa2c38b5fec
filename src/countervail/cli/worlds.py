"""``countervail worlds``: what base data there are, and how to build them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countervail.cli import emit

app = typer.Typer(
    help="The base data: list, show, build.", no_args_is_help=True, rich_markup_mode=None
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_worlds(as_json: Json = False) -> None:
    """The worlds that ship with the package."""
    from countervail.brief import terminal
    from countervail.world.labels import bundled_worlds

    rows = [
        {
            "name": world.name,
            "base_year": world.labels.base_year,
            "regions": len(world.labels.regions),
            "sectors": len(world.labels.sectors),
            "what": f"{world.size_bytes / 1e6:.1f} MB; countervail worlds show {world.name}",
        }
        for world in bundled_worlds()
    ]
    if as_json:
        emit.document(rows)
    else:
        terminal.show([terminal.worlds(rows)])


@app.command()
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


@app.command()
def build(
    source: Annotated[str, typer.Argument(metavar="FORMAT", help="Source format: wiod-2014.")],
    file: Annotated[Path, typer.Argument(help="The source file.")],
    out: Annotated[Path, typer.Option(help="World file to write.")] = Path("world.npz"),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Build a world from a source file and save it."""
    from countervail.world.formats import builder

    chosen = builder(source)
    with emit.progress(quiet) as bar:
        world = chosen.build(
            file,
            None if bar is None else lambda what, part: bar("build", round(100 * part), 100),
        )
    path = world.save(out)
    if not quiet:
        for line in world.report.lines():
            typer.echo(f"  - {line}")
    typer.echo(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB), digest {world.digest[:16]}")
