"""Reading networks of energy routes from CSV files, strictly: every error with file and line."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path

from countervail.channels.routes.network import (
    BASES,
    EDGE_KINDS,
    NODE_KINDS,
    STATUSES,
    UNITS,
    RouteEdge,
    RouteNetwork,
    RouteNode,
)
from countervail.errors import RouteFileError, nearest
from countervail.world import registry

_NODE_COLUMNS = ("network", *(f.name for f in fields(RouteNode)))
_RENAMED = {"start": "from", "end": "to"}
_EDGE_COLUMNS = ("network", *(_RENAMED.get(f.name, f.name) for f in fields(RouteEdge)))
_NODE_NEEDS = ("network", "id", "name", "kind")
_EDGE_NEEDS = (
    "network",
    *(_RENAMED.get(f.name, f.name) for f in fields(RouteEdge) if f.default is MISSING),
)
_SHOWN = 20


@dataclass
class _Row:
    """One line of a file: its cells, and where complaints about it go."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[str]

    def say(self, key: str, words: str) -> None:
        self.problems.append(f"{self.file}, line {self.line}, {key}: {words}")

    def text(self, key: str, default: str = "") -> str:
        return self.cells.get(key, "").strip() or default

    def needed(self, key: str) -> str:
        if not self.text(key):
            self.say(key, "is empty.")
        return self.text(key)

    def one_of(self, key: str, offered: Sequence[str], default: str) -> str:
        value = self.text(key, default)
        if value not in offered:
            self.say(key, f"{value!r} is not offered. {nearest(value, offered)}")
        return value

    def number(self, key: str, *, least: float | None = None) -> float | None:
        """The number in a cell, None where it is empty; what is not finite is a problem."""
        text = self.text(key)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            self.say(key, f"{text!r} is not a number.")
            return None
        if not math.isfinite(value):
            self.say(key, f"{text!r} is not a finite number.")
            return None
        if least is not None and value < least:
            self.say(key, f"{text} is below {least:g}.")
        return value

    def country(self, key: str, code: str) -> None:
        known = registry.regions()
        if code not in known:
            self.say(key, f"{code!r} is no ISO3 code of a country. {nearest(code, known)}")


def networks_in(path: str | None) -> tuple[list[RouteNetwork], str]:
    """The networks of a folder or file, and what to call the place; None: the package's own."""
    nodes_text, edges_text, titles_text, names = _texts(path)
    problems: list[str] = []
    node_rows = _rows(names[0], nodes_text, _NODE_COLUMNS, _NODE_NEEDS, problems)
    edge_rows = _rows(names[1], edges_text, _EDGE_COLUMNS, _EDGE_NEEDS, problems)
    columns = ("network", "title", "note")
    title_rows = _rows(names[2], titles_text, columns, ("network", "title"), problems)
    if not problems:
        titles = {row.text("network"): row for row in title_rows}
        by_network = dict.fromkeys(row.needed("network") for row in (*node_rows, *edge_rows))
        networks = [
            _network(
                name,
                titles.get(name),
                [row for row in node_rows if row.text("network") == name],
                [row for row in edge_rows if row.text("network") == name],
                problems,
            )
            for name in by_network
        ]
        bare = [name for name in by_network if name not in {r.text("network") for r in edge_rows}]
        problems += [f"{names[1]}: holds no edge of the network {name}." for name in bare]
        if not by_network:
            problems.append(f"{names[1]}: holds no edges.")
    if problems:
        more = [f"and {len(problems) - _SHOWN} more."] if len(problems) > _SHOWN else []
        raise RouteFileError(
            f"the energy routes in {path or 'the package'} have errors:",
            "Columns and their meaning: docs/routes.md.",
            [*problems[:_SHOWN], *more],
        )
    return networks, path or "the package"


def _texts(path: str | None) -> tuple[str, str, str, tuple[str, str, str]]:
    """The texts of nodes, edges and titles, and what to call the three files."""
    if path is None:
        home = files("countervail.data").joinpath("routes")
        found = [home.joinpath(f"{n}.csv").read_text("utf-8") for n in _FILES]
        return found[0], found[1], found[2], ("nodes.csv", "edges.csv", "networks.csv")
    given = Path(path)
    if not os.path.exists(given):
        raise RouteFileError(f"{path}: there is no such file or folder.", _WANTED)
    folder, edges = (given, given / "edges.csv") if os.path.isdir(given) else (given.parent, given)
    nodes, titles = folder / "nodes.csv", folder / "networks.csv"
    texts = (
        _text(nodes),
        _text(edges),
        _text(titles) if os.path.isfile(titles) else "network,title\n",
    )
    return *texts, (str(nodes), str(edges), str(titles))


_FILES = ("nodes", "edges", "networks")
_WANTED = (
    "Energy routes are a folder with nodes.csv and edges.csv, or an edges file beside a nodes.csv."
)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RouteFileError(
            f"{path} is not UTF-8 text (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from error
    except OSError as error:
        raise RouteFileError(
            f"{path} cannot be read: {error.strerror or error}.", _WANTED
        ) from error


def _rows(
    file: str, text: str, columns: Sequence[str], needs: Iterable[str], problems: list[str]
) -> list[_Row]:
    """The lines of a file; columns that are missing or unknown, and lines that break, are told."""
    reader = csv.reader(io.StringIO(text), strict=True)
    found: list[_Row] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if not any(header):
            problems.append(f"{file} is empty; its first line names the columns.")
            return []
        for name in header:
            if name not in columns:
                problems.append(
                    f"{file}, line 1: column {name!r} is not known. {nearest(name, columns)}"
                )
        for name in (*needs,):
            if name not in header:
                problems.append(f"{file}, line 1: column {name!r} is missing.")
        for name in {name for name in header if header.count(name) > 1}:
            problems.append(f"{file}, line 1: column {name!r} comes twice.")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = reader.line_num
            if len(cells) != len(header):
                problems.append(
                    f"{file}, line {line}: {len(cells)} cells where the header has {len(header)}."
                )
            found.append(_Row(file, line, dict(zip(header, cells, strict=False)), problems))
    except csv.Error as error:
        problems.append(f"{file}, line {reader.line_num}: {error}.")
    return found


def _network(
    name: str,
    title: _Row | None,
    node_rows: Sequence[_Row],
    edge_rows: Sequence[_Row],
    problems: list[str],
) -> RouteNetwork:
    nodes = [_node(row) for row in node_rows]
    edges = [_edge(row, [node.id for node in nodes]) for row in edge_rows]
    _once(name, node_rows, [node.id for node in nodes])
    _once(name, edge_rows, [edge.id for edge in edges])
    kinds = {edge.commodity for edge in edges}
    if "oil" in kinds and len(kinds) > 1:
        problems.append(f"{name}: oil and gas are two networks; flows cannot be added up.")
    if not {"supply"} <= {node.kind for node in nodes}:
        problems.append(f"{name}: has no node of kind supply.")
    if not any(node.sells for node in nodes):
        problems.append(f"{name}: has no node of kind market or demand.")
    commodity = "gas" if "gas" in kinds else min(kinds & set(UNITS), default="oil")
    return RouteNetwork(
        id=name,
        title=title.text("title", name) if title else name,
        unit=UNITS[commodity],
        nodes=tuple(nodes),
        edges=tuple(edges),
        note=title.text("note") if title else "",
    )


def _once(network: str, rows: Sequence[_Row], ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for row, name in zip(rows, ids, strict=True):
        if name in seen:
            row.say("id", f"{name!r} comes twice in {network}.")
        seen.add(name)


def _node(row: _Row) -> RouteNode:
    kind = row.one_of("kind", NODE_KINDS, "")
    country = row.text("country")
    if country:
        row.country("country", country)
    price = row.number("price_usd")
    if kind in ("market", "demand") and price is None:
        row.say("price_usd", "a market needs a price.")
    return RouteNode(
        id=row.needed("id"),
        name=row.needed("name"),
        kind=kind,
        country=country,
        latitude=row.number("latitude"),
        longitude=row.number("longitude"),
        volume=row.number("volume", least=0.0),
        price_usd=price,
        price_low=row.number("price_low"),
        price_high=row.number("price_high"),
        regions=_regions(row) or (((country, 1.0),) if country else ()),
        basis=row.one_of("basis", BASES, "given"),
        source=row.text("source"),
    )


def _regions(row: _Row) -> tuple[tuple[str, float], ...]:
    """``CHN=0.8 KOR=0.2``: regions and weights; they must sum to 1."""
    found: dict[str, float] = {}
    for part in row.text("regions").split():
        code, _, weight = part.partition("=")
        row.country("regions", code)
        try:
            found[code] = float(weight or "1")
        except ValueError:
            row.say("regions", f"{weight!r} is not a weight.")
            return ()
    total = sum(found.values())
    if found and (abs(total - 1.0) > 1e-6 or min(found.values()) < 0):
        row.say("regions", f"the weights sum to {total:g}; they must sum to 1, none below 0.")
    return tuple(found.items())


def _edge(row: _Row, nodes: Sequence[str]) -> RouteEdge:
    start, end = row.needed("from"), row.needed("to")
    for key, node in (("from", start), ("to", end)):
        if node and node not in nodes:
            row.say(key, f"there is no node {node!r}. {nearest(node, nodes)}")
    if start and start == end:
        row.say("to", f"the edge starts and ends at {start!r}.")
    commodity = row.one_of("commodity", tuple(UNITS), "")
    unit = row.needed("unit")
    if commodity in UNITS and unit and unit != UNITS[commodity]:
        row.say("unit", f"{commodity} is counted in {UNITS[commodity]}, not in {unit!r}.")
    row.needed("capacity")
    capacity = row.number("capacity", least=0.0)
    jurisdictions = tuple(row.text("jurisdictions").split())
    for code in jurisdictions:
        row.country("jurisdictions", code)
    since = row.number("since")
    if since is not None and since != int(since):
        row.say("since", f"{since:g} is not a year.")
    return RouteEdge(
        id=row.needed("id"),
        name=row.needed("name"),
        start=start,
        end=end,
        commodity=commodity,
        capacity=0.0 if capacity is None else capacity,
        unit=unit,
        jurisdictions=jurisdictions,
        passage=row.text("passage"),
        cost_usd=row.number("cost_usd", least=0.0) or 0.0,
        cost_low=row.number("cost_low", least=0.0),
        cost_high=row.number("cost_high", least=0.0),
        status=row.one_of("status", STATUSES, "operating"),
        since=None if since is None else int(since),
        kind=row.one_of("kind", EDGE_KINDS, "pipeline"),
        basis=row.one_of("basis", BASES, "given"),
        source=row.text("source"),
        cost_source=row.text("cost_source"),
        measure=row.text("measure"),
        note=row.text("note"),
    )
