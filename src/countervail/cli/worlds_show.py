"""``countervail worlds show``: what a world holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countervail.cli import emit

if TYPE_CHECKING:
    from countervail.world.core import World

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show(
    world: Annotated[str, typer.Argument(help="A bundled world or the path of a world file.")],
    region: Annotated[
        str | None, typer.Option(help="One region only: its trade by partner and by sector.")
    ] = None,
    top: Annotated[int, typer.Option(help="Rows of each table, largest first; 0 for all.")] = 20,
    html: Annotated[Path | None, typer.Option(help="Write a page with all of it instead.")] = None,
    as_json: Json = False,
) -> None:
    """What a world holds: regions, trade, sectors, what is constructed, sources and limits."""
    import countervail as cv
    from countervail.brief.rows.plain import to_plain
    from countervail.cli import world_tables
    from countervail.errors import OptionError
    from countervail.sheets.card import provenance_lines
    from countervail.sheets.worlds import region_sheet, world_sheet

    if html is not None and (as_json or region is not None):
        raise OptionError("--html excludes --json and --region.", "Ask for one of them.")
    loaded = cv.load_world(world)
    if region is not None:
        one = region_sheet(loaded, _one_region(loaded, region))
        if as_json:
            emit.document({"unit": "US$ bn", **to_plain(one)})
        else:
            world_tables.show_region(one, top)
        return
    sheet = world_sheet(loaded, tuple(provenance_lines(loaded)))
    if html is not None:
        from countervail.brief.world_page import world_page
        from countervail.files import write_atomic

        typer.echo(f"Written: {write_atomic(html, world_page(sheet))}")
    elif as_json:
        emit.document(
            {"unit": "US$ bn", **to_plain(sheet), "provenance": to_plain(loaded.provenance)}
        )
    else:
        world_tables.show_world(sheet, top, sys.stdout.encoding)


def _one_region(world: World, name: str) -> str:
    from countervail.errors import OptionError

    found = world.labels.resolve_regions(name)
    if len(found) != 1:
        raise OptionError(
            f"--region {name}: that names {len(found)} regions: {', '.join(found[:8])}"
            f"{', ...' if len(found) > 8 else ''}.",
            "Name one of them.",
        )
    return found[0]
