"""The names in the networks of energy routes, read without the numbers: enough to check a file."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

Edges = Mapping[str, Mapping[str, str]]
"""Status of every edge by network and id."""


def edges_in(path: str | None) -> Edges | None:
    """The networks of the folder or edges file at ``path``, or the package's own (None).

    None where the file cannot be read as one: whoever computes with it names its errors.
    """
    if path is None:
        return _shipped()
    given = Path(path)
    try:
        text = (given / "edges.csv" if os.path.isdir(given) else given).read_text("utf-8-sig")
        return _edges(text)
    except (OSError, ValueError, KeyError, csv.Error):
        return None


@cache
def _shipped() -> Edges:
    return _edges(files("countervail.data").joinpath("routes", "edges.csv").read_text("utf-8"))


def _edges(text: str) -> Edges:
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text), strict=True):
        network, edge = (row["network"] or "").strip(), (row["id"] or "").strip()
        status = (row.get("status") or "").strip() or "operating"
        found.setdefault(network, {})[edge] = status
    return found
