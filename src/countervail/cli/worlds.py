"""``countervail worlds``: what base data there are, and how to build them."""

from __future__ import annotations

from typing import Annotated

import typer

from countervail.cli import emit, worlds_build, worlds_fetch, worlds_show

app = typer.Typer(
    help="The base data: list, show, fetch, build.", no_args_is_help=True, rich_markup_mode=None
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


app.command()(worlds_show.show)
app.command()(worlds_build.build)
app.command()(worlds_fetch.fetch)
