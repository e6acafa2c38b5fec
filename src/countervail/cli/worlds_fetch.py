"""``countervail worlds fetch``: official source files, listed and brought here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit

if TYPE_CHECKING:
    from countervail.world.fetching.sources import Source


def fetch(
    source: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A source; without one, all are listed.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="A year that the file must hold; default: the newest.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the file; default: the user's cache folder.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch anew, whatever is here or was seen before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the path only.")] = False,
) -> None:
    """Fetch a source file (resumed, checked, whole or not at all), or list the sources."""
    if source is None:
        if year is not None or again:
            from countervail.errors import OptionError

            raise OptionError(
                "--year and --again need a source.", "Name one: countervail worlds fetch ID"
            )
        _show_list(out, as_json)
    else:
        _fetch_one(source, year, out, again, as_json, quiet)


def _fetch_one(
    source: str, year: int | None, out: Path | None, again: bool, as_json: bool, quiet: bool
) -> None:
    from countervail.world.fetching.fetch import fetch as bring

    with emit.progress(quiet) as bar:
        try:
            found = bring(
                source,
                year,
                out,
                again=again,
                progress=None if bar is None else _in_kilobytes(bar),
            )
        except KeyboardInterrupt:
            typer.echo("What has come is kept; the same command goes on from there.", err=True)
            raise
    if as_json:
        emit.document(
            {
                "id": found.source.id,
                "path": str(found.path),
                "bytes": found.size,
                "sha256": found.sha256,
                "fetched": found.fresh,
                "compared_with": found.checked,
                "licence": found.source.licence,
                "next": list(found.next_steps(year)),
            }
        )
        return
    if quiet:
        typer.echo(str(found.path))
        return
    typer.echo(f"{'Fetched' if found.fresh else 'Already here'}: {found.path}")
    typer.echo(f"  {found.size / 1e6:,.1f} MB, sha256 {found.sha256}")
    typer.echo(f"  Compared with {found.checked}.")
    typer.echo(f"  Licence: {found.source.licence} ({found.source.licence_status}).")
    steps = found.next_steps(year)
    for step in steps:
        typer.echo(f"Next: {step}")
    if not steps:
        typer.echo(f"  {found.source.note}")


def _in_kilobytes(bar: Callable[[str, int, int], None]) -> Callable[[int, int], None]:
    return lambda done, total: bar("fetch, kB", done // 1000, total // 1000)


def _show_list(out: Path | None, as_json: bool) -> None:
    from countervail.errors import FetchError
    from countervail.world.fetching.fetch import default_folder, present
    from countervail.world.fetching.sources import sources

    try:
        folder = out if out is not None else default_folder()
    except FetchError:  # no cache folder is wanted; the list is of use all the same
        folder = Path()
    rows = [_row(source, present(source, folder)) for source in sources().values()]
    if as_json:
        emit.document(rows)
        return
    from countervail.brief import terminal, views

    columns = ("ID", "What", "Years", "MB", "Licence", "Here")
    terminal.show(
        [
            views.Table(
                "Official sources",
                tuple(views.Column(name, "", name == "MB") for name in columns),
                tuple(
                    (
                        row["id"],
                        f"{row['title']}, {row['edition'].split(',')[0]}",
                        f"{row['years'][0]}-{row['years'][1]}",
                        "" if row["megabytes"] is None else f"{row['megabytes']:,.0f}",
                        row["licence"],
                        f"{len(row['here'])} of {row['files']}" if row["here"] else "",
                    )
                    for row in rows
                ),
            )
        ]
    )
    typer.echo(f"\nFolder: {folder}")
    typer.echo("Fetch one: countervail worlds fetch ID [--year YEAR] [--out FOLDER]")


def _row(source: Source, here: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "edition": source.edition,
        "years": list(source.years),
        "files": len(source.files),
        "megabytes": source.file().megabytes,
        "checksum": source.file().checksum,
        "licence": source.licence,
        "licence_status": source.licence_status,
        "landing": source.landing,
        "addresses": list(source.file().addresses),
        "address_status": source.address_status,
        "format": source.format,
        "here": list(here),
    }
