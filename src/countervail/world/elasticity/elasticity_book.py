"""The elasticities of one set or file, by sector of the registry, by world label and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from countervail.errors import CountervailError, LabelError, UnknownLabelError, nearest
from countervail.world import registry, schemes
from countervail.world.elasticity.elasticity_file import Line, read_lines
from countervail.world.registry import Elasticity

_SHOWN = 8


@dataclass(frozen=True)
class Book:
    """The elasticities of one set or file, by sector and by group of sectors.

    ``sectors``: by label of the registry or of the world; ``groups``: by group, for the
    sectors of it that have no row of their own.
    """

    name: str
    sectors: Mapping[str, Elasticity]
    groups: Mapping[str, Elasticity]
    source: str
    sha256: str = ""
    notes: tuple[str, ...] = ()

    def registry_row(self, sector: str) -> Elasticity | None:
        """The row of a sector of the registry, or that of the smallest group that holds it."""
        if sector in self.sectors:
            return self.sectors[sector]
        known = registry.groups_of("sector", tuple(registry.sectors()))
        return self.group_row(sector, known)

    def group_row(self, sector: str, groups: Mapping[str, Sequence[str]]) -> Elasticity | None:
        """The row of the smallest of ``groups`` that holds ``sector``; ``all`` holds every one."""
        holding = [g for g in self.groups if g == "all" or sector in groups.get(g, ())]
        if not holding:
            return None
        smallest = min(holding, key=lambda g: (g == "all", len(groups.get(g, ()))))
        return replace(self.groups[smallest], sector=sector)


def read_book(
    path: Path, labels: Sequence[str], groups: Mapping[str, Sequence[str]], scheme: str = ""
) -> Book:
    """The elasticities in the CSV file at ``path``, for a world with ``labels`` and ``groups``.

    ``scheme``: whose codes the lines without a ``scheme`` of their own use. Raises
    ``ElasticityFileError`` (no such file, not a table), ``UnknownLabelError``,
    ``LabelError`` (a sector twice), ``NotANumberError``, ``NegativeValueError`` and
    ``UnitError``, each with the lines.
    """
    lines, notes, sha256 = read_lines(path, scheme)
    sectors, of_groups, means = _places(path, lines, labels, groups)
    if means:
        notes.append(
            f"{len(means)} sectors have several codes in the file and take their mean, with "
            f"equal weights: {', '.join(means)}."
        )
    return Book(
        path.name,
        sectors,
        of_groups,
        "; ".join(dict.fromkeys(line.row.source for line in lines)),
        sha256,
        tuple(notes),
    )


def _places(
    path: Path,
    lines: Sequence[Line],
    labels: Sequence[str],
    groups: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Elasticity], dict[str, Elasticity], list[str]]:
    """Rows by sector and by group, and the sectors that take a mean over several codes."""
    exact: dict[str, Line] = {}
    of_group: dict[str, Line] = {}
    of_code: dict[str, list[Line]] = {}
    unknown: list[CountervailError] = []
    for line in lines:
        try:
            kind, names = _meaning(line, labels, groups)
        except CountervailError as error:
            error.evidence = (f"{path}, line {line.number}: {error.cause} {error.remedy}",)
            unknown.append(error)
            continue
        if kind == "code":
            for name in names:
                of_code.setdefault(name, []).append(line)
            continue
        once = exact if kind == "sector" else of_group
        if names[0] in once:
            first = once[names[0]].number
            raise LabelError(
                f"{path} gives {names[0]} twice, in lines {first} and {line.number}.",
                "Keep one of them.",
            )
        once[names[0]] = line
    if unknown:
        raise UnknownLabelError(
            f"{path} names sectors that are not known ({len(unknown)}).",
            "Use this world's sectors, our slugs, ISIC Rev. 4 codes (C29), groups (services), or "
            f"codes of a scheme: {', '.join(sorted({c.scheme for c in schemes.codes()}))}.",
            [error.evidence[0] for error in unknown[:_SHOWN]],
        )
    _no_code_twice(path, of_code)
    sectors = {name: _over_codes(name, rows) for name, rows in of_code.items()}
    sectors.update({name: replace(line.row, sector=name) for name, line in exact.items()})
    means = [name for name, rows in of_code.items() if len(rows) > 1 and name not in exact]
    return sectors, {name: line.row for name, line in of_group.items()}, means


def _meaning(
    line: Line, labels: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> tuple[str, tuple[str, ...]]:
    """What a line names: one ``sector``, one ``group``, or the sectors of a ``code``."""
    name = line.sector
    if line.scheme:
        return "code", schemes.sectors_of(name, line.scheme)
    if name in labels:
        return "sector", (name,)
    slug = name if name in registry.sectors() else registry.aliases("sector").get(name.lower())
    if slug is not None:
        # One code of several that make the sector (C28 of C28,C33) speaks for a part only.
        codes = registry.sectors()[slug].isic4.lower().split(",")
        return "code" if len(codes) > 1 and name.lower() in codes else "sector", (slug,)
    if name == "all" or name in groups or name in registry.groups("sector"):
        return "group", (name,)
    try:
        return "code", schemes.sectors_of(name)
    except UnknownLabelError as error:
        known = [*labels, *registry.sectors(), *registry.groups("sector")]
        raise UnknownLabelError(f"no sector is called {name!r}.", nearest(name, known)) from error


def _no_code_twice(path: Path, of_code: Mapping[str, Sequence[Line]]) -> None:
    for rows in of_code.values():
        seen: dict[tuple[str, str], int] = {}
        for line in rows:
            key = (line.scheme, line.sector.lower())
            if key in seen:
                raise LabelError(
                    f"{path} gives {line.sector} twice, in lines {seen[key]} and {line.number}.",
                    "Keep one of them.",
                )
            seen[key] = line.number


def _over_codes(sector: str, lines: Sequence[Line]) -> Elasticity:
    """One line as it is, or the mean of several codes that make up one sector."""
    rows = [line.row for line in lines]
    if len(rows) == 1:
        note = f"code {rows[0].sector}" + (f"; {rows[0].note}" if rows[0].note else "")
        return replace(rows[0], sector=sector, note=note)
    lows = [row.low for row in rows if row.low is not None]
    highs = [row.high for row in rows if row.high is not None]
    return Elasticity(
        sector=sector,
        value=fmean(row.value for row in rows),
        low=fmean(lows) if len(lows) == len(rows) else None,
        high=fmean(highs) if len(highs) == len(rows) else None,
        parameter="",
        source="; ".join(dict.fromkeys(row.source for row in rows)),
        status="judgement",
        note=f"mean of the codes {', '.join(row.sector for row in rows)}; equal weights",
    )
