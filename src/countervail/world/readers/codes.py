"""The region and industry codes of each source, and the labels that a world uses for them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from countervail.errors import TableError, nearest
from countervail.world import registry

COLUMNS = (
    "scheme",
    "code",
    "aliases",
    "label",
    "name",
    "isic4",
    "registry_sectors",
    "groups",
    "note",
)
"""The columns of a concordance of industries."""

PLAIN = "table"
"""The plain layout, whose codes are the user's own labels."""

_FOLDER = "concordances"
_REGIONS = "table-regions.csv"
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Industry:
    """One industry or product of a source: its code there, and what a world calls it."""

    code: str
    label: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """The industries of one source in its own order, found by code or by another spelling."""

    name: str
    industries: tuple[Industry, ...]
    by_code: Mapping[str, Industry]

    def find(self, code: str) -> Industry | None:
        """The industry that ``code`` means; None where the scheme has no such code."""
        return self.by_code.get(spelled(code))

    @property
    def known(self) -> list[str]:
        """Every code, in the scheme's order."""
        return [industry.code for industry in self.industries]


def spelled(code: str) -> str:
    """``code`` as codes are compared: one blank between words, no upper case."""
    return " ".join(code.split()).lower()


@cache
def scheme(name: str) -> Scheme:
    """The industries of the scheme called ``name``, from ``data/concordances``."""
    source = files("countervail.data").joinpath(_FOLDER, f"{name}.csv")
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    return _scheme(name, rows)


def scheme_of_file(path: str | os.PathLike[str]) -> Scheme:
    """A user's own concordance: a CSV file with at least the columns code and label.

    ``name`` and ``groups`` (parted by ``;``) are optional. ``TableError`` names the file,
    line and column of what is wrong.
    """
    rows = rows_of(path, needed=("code", "label"))
    known = registry.groups("sector")
    for number, row in rows:
        for column in ("code", "label"):
            if not row[column]:
                raise TableError(f"{path}, line {number}: {column} is empty.", "Fill it in.")
        for group in _words(row.get("groups", "")):
            if group not in known:
                raise TableError(
                    f"{path}, line {number}: no group of sectors is called {group!r}.",
                    nearest(group, known),
                )
    return _scheme(Path(path).stem, [row for _, row in rows])


def rows_of(
    path: str | os.PathLike[str], needed: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a small CSV file with their line numbers; values without outer blanks.

    ``TableError`` where the file cannot be opened, is no UTF-8, lacks one of the
    ``needed`` columns, or a line has more or fewer fields than the first.
    """
    where = Path(path)
    try:
        if where.stat().st_size > _LARGEST:
            raise TableError(
                f"{path} is larger than {_LARGEST:,} bytes.", "A mapping is a short list."
            )
        text = where.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TableError(
            f"{path} cannot be opened: {error.strerror or error}.", "Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path} is no UTF-8 text (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from error
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if any(x.strip() for x in line)]
    except csv.Error as error:
        raise TableError(f"{path}, line {reader.line_num}: {error}.", "Correct it.") from error
    if not lines:
        raise TableError(f"{path} is empty.", f"It needs the columns {', '.join(needed)}.")
    header = [x.strip() for x in lines[0][1]]
    missing = [x for x in needed if x not in header]
    if missing or len(set(header)) != len(header):
        semicolons = " It looks as if it were separated by semicolons." if ";" in header[0] else ""
        what = f"lacks the column {missing[0]!r}" if missing else "repeats a column"
        raise TableError(
            f"{path} {what}; its first line is {','.join(header)[:120]!r}.{semicolons}",
            f"It needs the columns {', '.join(needed)}, separated by commas.",
        )
    for number, line in lines[1:]:
        if len(line) != len(header):
            raise TableError(
                f"{path}, line {number}: {len(line)} fields where the first line has "
                f"{len(header)}.",
                "Put text that holds commas in double quotes.",
            )
    return [
        (number, dict(zip(header, (x.strip() for x in line), strict=True)))
        for number, line in lines[1:]
    ]


@cache
def _region_codes(name: str) -> Mapping[str, tuple[str, str]]:
    text = files("countervail.data").joinpath(_FOLDER, _REGIONS).read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["code"]: (row["label"], row["name"])
            for row in csv.DictReader(text.splitlines())
            if row["scheme"] == name
        }
    )


def region_label(source: str, code: str) -> str | None:
    """The label of a source's region: its own mapping, or an ISO code of the registry.

    A plain table (``PLAIN``) may name regions as it likes.
    """
    if source == PLAIN:
        return code
    own = _region_codes(source)
    if code in own:
        return own[code][0]
    return code if code in registry.regions() else None


def known_regions(source: str) -> list[str]:
    """Every region code that a source may hold."""
    return [*_region_codes(source), *registry.regions()]


def region_names(source: str, labels: Iterable[str]) -> dict[str, str]:
    """The names of labels that only the source's mapping knows."""
    named = {label: name for label, name in _region_codes(source).values() if name}
    return {label: named[label] for label in labels if label in named}


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Region labels by alphabet, rests of the world last."""
    return tuple(sorted(set(labels), key=lambda label: (label.startswith("ROW"), label)))


def _scheme(name: str, rows: Sequence[Mapping[str, str]]) -> Scheme:
    found: dict[str, Industry] = {}
    industries = []
    for row in rows:
        label = row["label"]
        entry = registry.sectors().get(label)
        groups = _words(row.get("groups") or "") or (entry.groups if entry else ())
        title = row.get("name") or (entry.name if entry else label)
        industry = Industry(row["code"], label, title, groups)
        industries.append(industry)
        for word in (row["code"], *_words(row.get("aliases") or "")):
            if found.setdefault(spelled(word), industry) is not industry:
                raise TableError(
                    f"the concordance {name} holds {word!r} twice.", "Keep one row for each code."
                )
    return Scheme(name, tuple(industries), MappingProxyType(found))


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
