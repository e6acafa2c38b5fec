"""``countervail worlds build``: a world from a source file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countervail.cli import emit
from countervail.world.formats import FORMATS

_CSV = "CSV file with the columns"


def build(
    source: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"Source format: {', '.join(FORMATS)}.")
    ],
    file: Annotated[Path, typer.Argument(help="The source file (or folder).")],
    out: Annotated[
        Path, typer.Option(help="World file to write; .npz is added where it has no ending.")
    ] = Path("world.npz"),
    name: Annotated[str | None, typer.Option(help="What the world is called.")] = None,
    year: Annotated[
        int | None, typer.Option(help="Year of the table, where file names do not say it.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(help="Which file inside the zip, where it holds several.")
    ] = None,
    aggregate: Annotated[
        Path | None,
        typer.Option(metavar="MAP.csv", help=f"{_CSV} kind,from,to: merge while reading."),
    ] = None,
    concordance: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help=f"{_CSV} code,label,name,groups (format table)."),
    ] = None,
    tariff: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help=f"{_CSV} sector,importer,exporter,tariff (a fraction)."
        ),
    ] = None,
    tariff_default: Annotated[
        float | None, typer.Option(help="Tariff of pairs without a row, such as 0.")
    ] = None,
    usd_per_unit: Annotated[
        float | None,
        typer.Option(help="US dollars per unit of the table's currency (EXIOBASE, FIGARO: euro)."),
    ] = None,
    elasticities: Annotated[
        str, typer.Option(help="Trade elasticities: a set, a CSV file, or one number.")
    ] = "caliendo-parro",
    confirm_units: Annotated[
        bool, typer.Option("--confirm-units", help="Tariffs above 400 % are meant as they stand.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report.")] = False,
) -> None:
    """Build a world from a source file and save it.

    What each format reads, and how to bring the files, is in docs/tables.md.
    """
    from countervail.world.formats import BuildOptions, builder

    asked = BuildOptions(
        name=name,
        year=year,
        member=member,
        aggregate=aggregate,
        concordance=concordance,
        tariff=tariff,
        tariff_default=tariff_default,
        usd_per_unit=usd_per_unit,
        elasticities=elasticities,
        confirm_units=confirm_units,
    )
    chosen = builder(source)
    target = out if out.suffix else out.with_suffix(".npz")
    _require_free(target, file)
    with emit.progress(quiet) as bar:
        world = chosen.build(
            file,
            None if bar is None else lambda what, part: bar("build", round(100 * part), 100, what),
            asked,
        )
    path = world.save(target)
    if not quiet:
        for line in world.report.lines():
            typer.echo(f"  - {line}")
    typer.echo(
        f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB): {world.name}, "
        f"{len(world.regions)} regions x {len(world.sectors)} sectors, digest {world.digest[:16]}"
    )


def _require_free(target: Path, source: Path) -> None:
    """``OptionError`` where writing ``target`` would replace the source or what is no world."""
    from countervail.errors import OptionError, WorldFileError
    from countervail.world.container import read_meta

    if not target.exists():
        return
    remedy = "Give another file for the world: --out NAME.npz."
    if source.exists() and target.samefile(source):
        raise OptionError(f"--out {target} is the source file itself.", remedy)
    try:
        read_meta(target)
    except WorldFileError as error:
        raise OptionError(
            f"--out {target} is there already and is no world file; it is left as it is.", remedy
        ) from error
