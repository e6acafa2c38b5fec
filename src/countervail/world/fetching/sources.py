"""The registry of official sources: where each is, under which licence, what builds a world of it.

Read from ``data/sources.toml``, without NumPy and without the network.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from countervail.errors import OptionError, UnknownLabelError, nearest


@dataclass(frozen=True)
class SourceFile:
    """One file of a source.

    ``years``: first and last year in it. ``addresses``: where it is, the first one first;
    none where no direct address is known. ``size`` in bytes, exact, or None;
    ``about_mb`` for show where it is not. ``checksum`` as ``algorithm:hex``, empty where
    the publisher states none.
    """

    name: str
    years: tuple[int, int]
    addresses: tuple[str, ...]
    size: int | None = None
    about_mb: float | None = None
    checksum: str = ""

    @property
    def megabytes(self) -> float | None:
        """The size in million bytes as far as it is known."""
        return self.size / 1e6 if self.size is not None else self.about_mb


@dataclass(frozen=True)
class Source:
    """One official source with its files, licence, and how each of these is known.

    ``format`` is the name that ``countervail worlds build`` takes (empty where no world is
    built from it alone), ``build`` the rest of that command, ``first`` what to do with the
    file before. ``kind`` is what a file must be: ``zip`` or ``csv``.
    """

    id: str
    title: str
    edition: str
    files: tuple[SourceFile, ...]
    landing: str
    address_status: str
    licence: str
    licence_status: str
    kind: str
    format: str
    build: str
    by_hand: str
    note: str = ""
    first: str = ""

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that its files hold."""
        return min(f.years[0] for f in self.files), max(f.years[1] for f in self.files)

    def file(self, year: int | None = None) -> SourceFile:
        """The file with ``year``, or the newest; ``OptionError`` says which years there are."""
        if year is None:
            return max(self.files, key=lambda file: file.years)
        for file in self.files:
            if file.years[0] <= year <= file.years[1]:
                return file
        first, last = self.years
        raise OptionError(
            f"{self.id} has no file with the year {year}.", f"It has {first} to {last}."
        )

    def next_steps(self, file: SourceFile, path: str, year: int | None = None) -> tuple[str, ...]:
        """What makes a world of the file at ``path``, the command last; empty where nothing does.

        RATE, FOLDER and the like are for the user to fill in.
        """
        if not self.format:
            return ()
        words = {"path": path, "year": year or file.years[1]}
        command = f"countervail worlds build {self.format} {self.build.format(**words)}"
        return (self.first.format(**words), command) if self.first else (command,)


@cache
def sources() -> Mapping[str, Source]:
    """Every source of the registry by its id, in the order of the file."""
    text = files("countervail.data").joinpath("sources.toml").read_text(encoding="utf-8")
    found = (_source(row) for row in tomllib.loads(text)["source"])
    return MappingProxyType({source.id: source for source in found})


def source(name: str) -> Source:
    """The source called ``name``; ``UnknownLabelError`` with the nearest where there is none."""
    known = sources()
    if name not in known:
        raise UnknownLabelError(
            f"no source is called {name!r}.",
            f"{nearest(name, known)} countervail worlds fetch lists them.",
        )
    return known[name]


def _source(row: Mapping[str, Any]) -> Source:
    made = [file for entry in row["files"] for file in _files(entry)]
    return Source(**{**row, "files": tuple(made)})


def _files(entry: Mapping[str, Any]) -> list[SourceFile]:
    """One file, or one per year where the name says {year}."""
    first, last = entry["years"]
    single = "{year}" not in entry["name"]
    spans = [(first, last)] if single else [(year, year) for year in range(first, last + 1)]
    checksums = entry.get("checksums", {})
    found = []
    for span in spans:
        name = entry["name"].replace("{year}", str(span[0]))
        found.append(
            SourceFile(
                name=name,
                years=span,
                addresses=tuple(a.replace("{year}", str(span[0])) for a in entry["addresses"]),
                size=entry.get("size"),
                about_mb=entry.get("about_mb"),
                checksum=checksums.get(name, entry.get("checksum", "")),
            )
        )
    return found
