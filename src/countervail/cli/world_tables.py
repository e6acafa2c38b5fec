"""What ``worlds show`` prints."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from countervail.brief import terminal
from countervail.brief.questions import trust, world_tables
from countervail.brief.terminal_heat import heat_lines
from countervail.brief.world_sheet import RegionSheet, WorldSheet


def show_world(sheet: WorldSheet, top: int, encoding: str | None) -> None:
    """Print a world: header, regions, trade, sectors, kinds of data, sources, building."""
    _say([sheet.name, *world_tables.header(sheet), ""])
    terminal.show([world_tables.largest(world_tables.region_table(sheet), top)])
    heat = heat_lines(sheet, encoding)
    _say(["", *heat, *([""] if heat else [])])
    terminal.show(
        [
            world_tables.largest(world_tables.sector_table(sheet, full=False), top),
            trust.status_table(sheet.statuses, world_tables.unit(sheet.base_year)),
        ]
    )
    _say(["", "Home supply", f"  - {world_tables.own_zero_sentence(sheet)}"])
    for title, lines in (
        ("Sources and limits", sheet.sources or ("No sources were recorded with this world.",)),
        ("What building it moved", sheet.report),
    ):
        _say(["", title, *(f"  - {line}" for line in lines)])


def show_region(sheet: RegionSheet, top: int) -> None:
    """Print one region: a few sentences, then its trade by partner and by sector."""
    _say([*world_tables.region_lines(sheet), ""])
    tables = [world_tables.partner_table(sheet), world_tables.product_table(sheet)]
    terminal.show([world_tables.largest(table, top) for table in tables if table.rows])


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(terminal.printable(line))
