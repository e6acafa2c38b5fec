"""``countervail worlds build``: a world from a source file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countervail.cli import emit


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
