"""The source formats that a world can be built from, one builder each.

Nothing here loads NumPy, so that the command line can say what there is at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from countervail.errors import OptionError, UnknownLabelError, nearest

if TYPE_CHECKING:
    from countervail.world.core import World

Progress = Callable[[str, float], None]
"""Told what is being done and how much of the whole is (0 to 1)."""


@dataclass(frozen=True)
class BuildOptions:
    """What a user may say about a table that is read; None leaves it to the format.

    ``name`` and ``year`` of the world; ``member``: the file inside a zip; ``aggregate``: a
    CSV file (kind, from, to) of regions and sectors to merge while reading;
    ``concordance``: a CSV file (code, label, name, groups) of the sectors of a plain
    table; ``tariff``: a CSV file (sector, importer, exporter, tariff as a fraction), with
    ``tariff_default`` for pairs without a row; ``usd_per_unit``: US dollars per unit of the
    table's currency; ``elasticities``: a set, a file or a number; ``confirm_units``: tariffs
    above 400 % are meant as they stand.
    """

    name: str | None = None
    year: int | None = None
    member: str | None = None
    aggregate: str | os.PathLike[str] | None = None
    concordance: str | os.PathLike[str] | None = None
    tariff: str | os.PathLike[str] | None = None
    tariff_default: float | None = None
    usd_per_unit: float | None = None
    elasticities: str | os.PathLike[str] | float = "caliendo-parro"
    confirm_units: bool = False

    @property
    def given(self) -> list[str]:
        """The options that are not as they come, as they are written on the command line."""
        return [
            "--" + field.name.replace("_", "-")
            for field in fields(self)
            if getattr(self, field.name) != field.default
        ]


@dataclass(frozen=True)
class Builder:
    """One source format: what it reads, under which licence, and the function that does.

    ``takes`` are the options (as on the command line) that mean something for it.
    """

    name: str
    reads: str
    world: str
    licence: str
    module: str
    function: str
    takes: tuple[str, ...] = ()

    def build(
        self,
        path: str | os.PathLike[str],
        progress: Progress | None = None,
        options: BuildOptions | None = None,
    ) -> World:
        """The world made from the file at ``path``.

        Raises ``OptionError`` for an option that this format does not take,
        ``WorldFileError`` or ``TableError`` where the file cannot be read, and what
        making a world raises.
        """
        asked = options or BuildOptions()
        strange = [option for option in asked.given if option not in self.takes]
        if strange:
            raise OptionError(
                f"the format {self.name} does not take {', '.join(strange)}.",
                f"It takes {', '.join(self.takes) or 'no options but --out'}.",
            )
        function = getattr(import_module(self.module), self.function)
        made: World = function(path, progress, asked) if self.takes else function(path, progress)
        return made


_TABLE = (
    "--name",
    "--year",
    "--aggregate",
    "--tariff",
    "--tariff-default",
    "--elasticities",
    "--confirm-units",
)
_READERS = "countervail.world.readers"
_WIOD = "Creative Commons Attribution 4.0 (known of the source, not re-read)"
_OECD = "terms of the OECD, free use with attribution (known of the source, not re-read)"
_EXIOBASE = (
    "CC BY-SA 4.0 up to version 3.8.2; later ones may be for non-commercial use only (known of "
    "the source, not re-read)"
)
_EUROSTAT = "reuse policy of the European Commission, CC BY 4.0 (known of the source, not re-read)"


def _table(name: str, reads: str, licence: str, module: str, function: str, *more: str) -> Builder:
    return Builder(
        name, reads, f"{name}-YEAR", licence, f"{_READERS}.{module}", function, (*_TABLE, *more)
    )


FORMATS: Mapping[str, Builder] = MappingProxyType(
    {
        builder.name: builder
        for builder in (
            Builder(
                name="wiod-2014",
                reads="World Input-Output Database, 2016 release, year 2014, 44 regions x 50 "
                "sectors with applied tariffs, as one .npz file (keys Z_fob_jni, tau_jni, "
                "gamma_n_in_out, beta_jn, inventory_jn, iso, isic4)",
                world="world-2014",
                licence="CC BY 4.0 for the input-output tables",
                module="countervail.world.build2014",
                function="build_wiod2014",
            ),
            Builder(
                name="update-2023",
                reads="a folder with the sources of world-2023: wiod/ (the file above), trade2023/ "
                "(CEPII BACI totals), macro/ (World Development Indicators), gravity/ (CEPII "
                "distances)",
                world="world-2023",
                licence="see NOTICE; CC BY 4.0 and Etalab 2.0 for the main sources",
                module="countervail.world.updating.build2023",
                function="build_world2023",
            ),
            _table(
                "icio",
                "OECD Inter-Country Input-Output tables, 2023 edition (45 industries) or 2025 "
                "edition (50), one year as CSV, also inside a zip; CN1.. and MX1.. are folded",
                _OECD,
                "icio",
                "build_icio",
                "--member",
            ),
            _table(
                "wiod-2016",
                "World Input-Output Database, 2016 release, 44 regions x 56 industries, one year "
                "as .xlsb, .xlsx or Stata .dta",
                _WIOD,
                "wiod",
                "build_wiod_2016",
            ),
            _table(
                "wiod-2013",
                "World Input-Output Database, 2013 release, 41 regions x 35 industries, one year "
                "as .xlsx",
                _WIOD,
                "wiod",
                "build_wiod_2013",
            ),
            _table(
                "wiod-2011-npz",
                "World Input-Output Database, 2013 release, year 2011, as one .npz file (keys Z, "
                "F, Y, iso, industry)",
                _WIOD,
                "wiod_npz",
                "build_wiod2011_npz",
            ),
            _table(
                "exiobase-3",
                "EXIOBASE 3, monetary, by industry (163) or product (200), 49 regions, one year "
                "as the published zip or its unpacked folder (Z.txt, Y.txt, x.txt)",
                _EXIOBASE,
                "exiobase",
                "build_exiobase",
                "--usd-per-unit",
            ),
            _table(
                "figaro",
                "Eurostat FIGARO inter-country table, 64 industries or products, one year as CSV "
                "matrix or flat CSV, also inside a zip",
                _EUROSTAT,
                "figaro",
                "build_figaro",
                "--usd-per-unit",
                "--member",
            ),
            _table(
                "table",
                "any table in the plain layout of docs/tables.md (exporter, sector, importer, "
                "user, value), as CSV or Parquet",
                "that of the table's source",
                "plain",
                "build_plain",
                "--usd-per-unit",
                "--member",
                "--concordance",
            ),
        )
    }
)
"""Every builder by the name that ``countervail worlds build`` takes."""


def builder(name: str) -> Builder:
    """The builder called ``name``; ``UnknownLabelError`` with the nearest where there is none."""
    if name not in FORMATS:
        raise UnknownLabelError(f"no source format is called {name!r}.", nearest(name, FORMATS))
    return FORMATS[name]


def build_world(
    source: str,
    path: str | os.PathLike[str],
    options: BuildOptions | None = None,
    *,
    progress: Progress | None = None,
) -> World:
    """A world from a public input-output table, or from one of your own.

    ``source``: a format (``icio``, ``wiod-2016``, ``figaro``, ``exiobase-3``, ``table``, ...; all
    are in docs/tables.md); ``path``: its file; ``options``: year, what is merged, tariffs,
    rate to US dollars, elasticities (``BuildOptions``). ``progress`` is told each step.
    ``world.report`` says what was done to the table, ``world.provenance`` where it is from.

    Raises ``UnknownLabelError`` for an unknown format, ``OptionError`` for an option that the
    format does not take, ``TableError`` or ``NotANumberError`` where the file is not what it
    should be (with line and column), and what ``World.from_flows`` raises.
    """
    return builder(source).build(path, progress, options)
