"""Small known tables, and files that hold them in exactly the layouts of public sources."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from countervail.world.arrays import Array

ICIO_FINALS = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
FIGARO_FINALS = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
EXIOBASE_FINALS = (
    "Final consumption expenditure by households",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)",
    "Final consumption expenditure by government",
    "Gross fixed capital formation",
    "Changes in inventories",
    "Changes in valuables",
    "Exports: Total (fob)",
)


@dataclass
class Known:
    """A balanced table: ``flow`` (cell, cell), ``final`` (cell, region x use), by region."""

    regions: tuple[str, ...]
    industries: tuple[str, ...]
    finals: tuple[str, ...]
    flow: Array
    final: Array

    @property
    def cells(self) -> list[tuple[str, str]]:
        return [(r, i) for r in self.regions for i in self.industries]

    @property
    def uses(self) -> list[tuple[str, str]]:
        return [(r, f) for r in self.regions for f in self.finals]

    @property
    def output(self) -> Array:
        return np.asarray(self.flow.sum(axis=1) + self.final.sum(axis=1))

    @property
    def value_added(self) -> Array:
        return np.asarray(self.output - self.flow.sum(axis=0))

    def sums(self) -> tuple[Array, Array]:
        """Flows (J,N,N) [sector, importer, exporter] and inputs (N,J,J), by plain reshaping."""
        n, j = len(self.regions), len(self.industries)
        flow = self.flow.reshape(n, j, n, j)
        final = self.final.reshape(n, j, n, len(self.finals))
        flows = (flow.sum(axis=3) + final.sum(axis=3)).transpose(1, 2, 0)
        return flows, flow.sum(axis=0).transpose(1, 0, 2)


def known(
    regions: Sequence[str], industries: Sequence[str], finals: Sequence[str], seed: int = 0
) -> Known:
    """A random table in which every industry adds value, with a few negative inventories."""
    rng = np.random.default_rng(seed)
    n, j, f = len(regions), len(industries), len(finals)
    home = np.kron(np.eye(n) * 20 + 1, np.ones((j, j)))
    flow = 0.2 * rng.uniform(1, 10, (n * j, n * j)) * home
    final = rng.uniform(2, 20, (n * j, n * f)) * np.kron(np.eye(n) * 20 + 1, np.ones((j, f))) * j
    final[:: j + 1, f - 1 :: f] *= -0.01
    made = Known(tuple(regions), tuple(industries), tuple(finals), flow, final)
    assert made.value_added.min() > 0
    return made


def text(value: float) -> str:
    return repr(float(value))


def icio_lines(table: Known, names: dict[str, str] | None = None) -> list[list[str]]:
    """The cells of an ICIO file as text, header first; ``names`` renames labels."""
    rename = names or {}
    cells = ["_".join(c) for c in table.cells]
    uses = ["_".join(u) for u in table.uses]
    head = ["V1", *cells, *uses, "OUT"]
    lines = [head]
    for k, cell in enumerate(cells):
        row = [*table.flow[k], *table.final[k], table.output[k]]
        lines.append([cell, *map(text, row)])
    none = [0.0] * (len(uses) + 1)
    taxes = 0.1 * table.value_added
    final_taxes = [1.0] * len(uses)
    lines.append(["TLS", *map(text, [*taxes, *final_taxes, 0.0])])
    lines.append(["VA", *map(text, [*(table.value_added - taxes), *none])])
    lines.append(["OUT", *map(text, [*table.output, *none])])
    return [[rename.get(x, x) for x in line] for line in lines]


def write_csv(path: Path, lines: Sequence[Sequence[str]], separator: str = ",") -> Path:
    path.write_text("\n".join(separator.join(line) for line in lines) + "\n", encoding="utf-8")
    return path


def write_zip(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def csv_text(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(",".join(line) for line in lines) + "\n"


def permuted(lines: Sequence[Sequence[str]], seed: int) -> list[list[str]]:
    """The same table with its columns of numbers in another order."""
    order = np.random.default_rng(seed).permutation(len(lines[0]) - 1) + 1
    return [[line[0], *(line[k] for k in order)] for line in lines]


def figaro_matrix(table: Known) -> list[list[str]]:
    head = ["rowLabels", *("_".join(c) for c in table.cells), *("_".join(u) for u in table.uses)]
    lines = [head]
    for k, cell in enumerate(table.cells):
        lines.append(["_".join(cell), *map(text, [*table.flow[k], *table.final[k]])])
    none = [0.0] * len(table.uses)
    for row, part in (("W2_D21X31", 0.1), ("W2_OP_RES", 0.0), ("W2_D1", 0.5), ("W2_B2A3G", 0.4)):
        lines.append([row, *map(text, [*(part * table.value_added), *none])])
    return lines


def figaro_flat(table: Known, prefix: str = "", kind: str = "Ii") -> list[list[str]]:
    lines = [
        [
            "icioiRow",
            "icioiCol",
            "refArea",
            f"row{kind}",
            "counterpartArea",
            f"col{kind}",
            "obsValue",
        ]
    ]

    def add(r: str, i: str, n: str, u: str, value: float) -> None:
        lines.append([f"{r}_{i}", f"{n}_{u}", r, i, n, u, text(value)])

    for k, (r, i) in enumerate(table.cells):
        for m, (n, u) in enumerate(table.cells):
            add(r, prefix + i, n, prefix + u, table.flow[k, m])
        for m, (n, u) in enumerate(table.uses):
            add(r, prefix + i, n, u, table.final[k, m])
    for m, (n, u) in enumerate(table.cells):
        add("W2", "D1", n, prefix + u, 0.6 * table.value_added[m])
        add("W2", "B2A3G", n, prefix + u, 0.4 * table.value_added[m])
    return lines


def exiobase_files(table: Known, third_line: bool = True) -> dict[str, str]:
    """Z.txt, Y.txt and x.txt as pandas writes them: tabs, two or three header lines."""

    def matrix(columns: Sequence[tuple[str, str]], second: str, values: Array) -> str:
        lines = [
            ["region", "", *(c[0] for c in columns)],
            [second, "", *(c[1] for c in columns)],
        ]
        if third_line:
            lines.append(["region", "sector", *([""] * len(columns))])
        for cell, row in zip(table.cells, values, strict=True):
            lines.append([*cell, *map(text, row)])
        return "\n".join("\t".join(line) for line in lines) + "\n"

    made = [["region", "sector", "indout"]]
    made += [[*cell, text(x)] for cell, x in zip(table.cells, table.output, strict=True)]
    return {
        "Z.txt": matrix(table.cells, "sector", table.flow),
        "Y.txt": matrix(table.uses, "category", table.final),
        "x.txt": "\n".join("\t".join(line) for line in made) + "\n",
    }


def plain_lines(table: Known) -> list[list[str]]:
    lines = [["exporter", "sector", "importer", "user", "value"]]
    for k, (r, i) in enumerate(table.cells):
        lines += [[r, i, n, u, text(table.flow[k, m])] for m, (n, u) in enumerate(table.cells)]
        lines += [
            [r, i, n, f"final:{u}", text(table.final[k, m])] for m, (n, u) in enumerate(table.uses)
        ]
    lines += [
        [n, "value_added", n, u, text(table.value_added[m])] for m, (n, u) in enumerate(table.cells)
    ]
    return lines


def wiod_rows(
    table: Known, codes: dict[str, tuple[str, int]], finals: Sequence[int]
) -> list[list[Any]]:
    """A WIOD sheet: title, four header rows, industries, eight rows of totals.

    ``codes``: industry -> (code shown, number); ``finals``: the numbers of the final uses.
    """
    shown = [(codes[i][0], f"Name of {i}", r, f"c{codes[i][1]}") for r, i in table.cells]
    shown += [(f"use {f}", "final", r, f"c{f}") for r in table.regions for f in finals]
    shown += [("GO", "Total output", "TOT", f"c{max(finals) + 1}")]
    rows: list[list[Any]] = [["World Input-Output Table, 2014, millions of US$"], ["(by industry)"]]
    rows += [["", "", "", "", *(column[k] for column in shown)] for k in range(4)]
    for k, (r, i) in enumerate(table.cells):
        label = [codes[i][0], f"Name of {i}", r, f"r{codes[i][1]}"]
        rows.append([*label, *table.flow[k], *table.final[k], table.output[k]])
    none = [0.0] * (len(table.uses) + 1)
    used = table.flow.sum(axis=0)
    added = table.value_added
    for code, name, values in (
        ("II_fob", "Total intermediate consumption", used),
        ("TXSP", "taxes less subsidies on products", 0.1 * added),
        ("EXP_adj", "Cif/ fob adjustments on exports", 0.0 * added),
        ("PURR", "Direct purchases abroad by residents", 0.0 * added),
        ("PURNR", "Purchases on the domestic territory by non-residents", 0.0 * added),
        ("VA", "Value added at basic prices", 0.8 * added),
        ("IntTTM", "International Transport Margins", 0.1 * added),
        ("GO", "Output at basic prices", table.output),
    ):
        rows.append([code, name, "TOT", "r99", *values, *none])
    return rows


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], title: str = "2014") -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([None if isinstance(x, str) and not x else _plain(x) for x in row])
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(stream.getvalue())
    return path


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating) else value
