"""What changed between two scenarios, or between two results: by name, never by position."""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from countervail.errors import InputError
from countervail.scenario.read import read_scenario
from countervail.scenario.schema import Scenario

RESULTS, MANIFEST = "results.json", "manifest.json"
# Rows of a table are told apart by the first of these that all rows have.
_ROW_NAMES = (
    ("id",),
    ("rung", "horizon", "retaliation", "energy"),
    ("by", "channel", "side", "partner", "sector"),
    ("name",),
    ("region",),
    ("sector",),
    ("label",),
)
_LONGEST = 400  # letters of a value in a line of text
_OF_THE_RUN = ("run", "command")  # differ without any input differing
_TOLERANCE = 1e-6  # of a figure's size
_NOISE = 1e-9  # in the units shown, no figure of this size means anything


@dataclass(frozen=True)
class Change:
    """One difference: where, what kind, and the values before and after (None: not there).

    Values are JSON-able; dates are text such as 2026-08-19.
    """

    path: str
    kind: Literal["changed", "added", "removed"]
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.kind == "added":
            return f"{self.path} added: {_short(self.after)}"
        if self.kind == "removed":
            return f"{self.path} removed: {_short(self.before)}"
        return f"{self.path}: {_short(self.before)} -> {_short(self.after)}{self._by()}"

    def _by(self) -> str:
        if not (_number(self.before) and _number(self.after)):
            return ""
        step = self.after - self.before
        relative = f", {100 * step / abs(self.before):+.3g} %" if self.before else ""
        return f" ({step:+.4g}{relative})"


@dataclass(frozen=True)
class Difference:
    """All changes between two things of one kind; ``unseen`` counts those below the tolerance."""

    kind: Literal["scenarios", "results"]
    before: str
    after: str
    changes: tuple[Change, ...]
    unseen: int = 0

    def rows(self) -> tuple[str, ...]:
        """The difference as lines of text: one per change, then what was left out."""
        lines = [str(change) for change in self.changes]
        if not lines:
            lines = [f"no difference between the two {self.kind}."]
        if self.unseen:
            plural = "figures differ" if self.unseen > 1 else "figure differs"
            lines.append(f"{self.unseen} {plural} by less than {_TOLERANCE:g} of its size.")
        return tuple(lines)


def diff(before: str | os.PathLike[str], after: str | os.PathLike[str]) -> Difference:
    """What changed from ``before`` to ``after``: two scenarios, or two result folders.

    A scenario is a bundled name or a TOML file; a result is a folder with
    ``results.json``, or that file itself. Raises ``InputError`` where one is a
    scenario and the other a result, or where either cannot be read.
    """
    kinds = [is_result(before), is_result(after)]
    if kinds[0] != kinds[1]:
        names = [os.fspath(before), os.fspath(after)]
        result, scenario = names if kinds[0] else reversed(names)
        raise InputError(
            f"{result} is a result and {scenario} a scenario; these cannot be compared.",
            "Name two scenarios, or two result folders.",
        )
    if kinds[0]:
        return diff_results(before, after)
    changes = diff_scenarios(read_scenario(before), read_scenario(after))
    return Difference("scenarios", os.fspath(before), os.fspath(after), changes)


def diff_scenarios(before: Scenario, after: Scenario) -> tuple[Change, ...]:
    """What changed from one scenario to another, defaults counted as if they were written.

    Threats, deals and claims are matched by their id; their order in the file
    means nothing and is not compared.
    """
    values = (one.model_dump(by_alias=True, mode="json") for one in (before, after))
    return tuple(_changes("", *values))


def diff_results(before: str | os.PathLike[str], after: str | os.PathLike[str]) -> Difference:
    """Which figures and inputs of two result folders differ, and by how much.

    Numbers that differ by less than 1e-6 of their size (or 1e-9 in all, the noise
    of certificates) are counted, not shown.
    Dates, timings, device and command of the run are passed over; digests of
    world and scenario are not. Raises ``InputError`` where a folder holds no
    readable results.
    """
    found: list[Change] = []
    unseen = 0
    for change in _changes("", _results(before), _results(after)):
        if _close(change):
            unseen += 1
        else:
            found.append(change)
    return Difference("results", os.fspath(before), os.fspath(after), tuple(found), unseen)


def diff_texts(before: str, after: str) -> tuple[Change, ...]:
    """What changed from one scenario to another, both as TOML text, entry by entry.

    For scenarios whose files are not at hand; defaults that are left out are not counted.
    """
    return tuple(_changes("", entries(before), entries(after)))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if _tables(before) and _tables(after) and (before or after):
        before, after = _by_name([*before], [*after])
        for name in dict.fromkeys([*before, *after]):
            here = f"{path}[{name}]"
            if name not in after:
                yield Change(here, "removed", before[name], None)
            elif name not in before:
                yield Change(here, "added", None, after[name])
            else:
                yield from _changes(here, before[name], after[name])
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            here = f"{path}.{key}" if path else str(key)
            yield from _changes(here, before.get(key), after.get(key))
    elif not _equal(before, after):
        kind: Literal["changed", "added", "removed"] = (
            "added" if before is None else "removed" if after is None else "changed"
        )
        yield Change(path, kind, before, after)


def _tables(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(row, Mapping) for row in value)


def _by_name(*lists: list[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    rows = [row for part in lists for row in part]
    for keys in _ROW_NAMES:
        if all(all(key in row for key in keys) for row in rows):
            named = tuple({_row_name(row, keys): row for row in part} for part in lists)
            if all(len(names) == len(part) for names, part in zip(named, lists, strict=True)):
                return named
    return tuple({str(place + 1): row for place, row in enumerate(part)} for part in lists)


def _row_name(row: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return ", ".join(str(row[key]) for key in keys)


def _equal(before: Any, after: Any) -> bool:
    if _number(before) and _number(after) and math.isnan(before) and math.isnan(after):
        return True
    return bool(before == after)


def _close(change: Change) -> bool:
    before, after = change.before, change.after
    return (
        _number(before)
        and _number(after)
        and math.isclose(before, after, rel_tol=_TOLERANCE, abs_tol=_NOISE)
    )


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def said(value: Any) -> str:
    """A value of a scenario or a result in words."""
    if isinstance(value, Mapping):
        title = value.get("title") or value.get("says") or value.get("product")
        return str(title) if title else ", ".join(f"{k} {said(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(said, value)) or "nothing"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _short(value: Any) -> str:
    """A value in words that fit a few lines; a whole table is cut."""
    words = said(value)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()} …"


def is_result(name: str | os.PathLike[str]) -> bool:
    """Whether a name means a result (a folder, or a JSON file) and not a scenario."""
    path = Path(name)
    return os.path.isdir(path) or path.suffix == ".json"


def _results(name: str | os.PathLike[str]) -> dict[str, Any]:
    path = Path(name)
    results = path / RESULTS if os.path.isdir(path) else path
    values = read_json(results)
    manifest = results.with_name(MANIFEST)
    if os.path.isfile(manifest):
        values["manifest"] = read_json(manifest)
    if isinstance(values.get("manifest"), dict):
        kept = {k: v for k, v in values["manifest"].items() if k not in _OF_THE_RUN}
        values["manifest"] = kept
    if isinstance(values.get("scenario"), str):
        values["scenario"] = entries(values["scenario"])
    return values


def entries(text: str) -> Any:
    """A scenario's text as its entries, so that a difference is named and not the whole text."""
    try:
        return json.loads(json.dumps(tomllib.loads(text), default=str))
    except tomllib.TOMLDecodeError:
        return text


def read_json(path: Path) -> dict[str, Any]:
    """The content of a results file; ``InputError`` says what is missing or damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{path.parent} holds no results: there is no {path.name}.",
            "Name a folder that `countervail run` has written.",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"cannot read {path}: {error}.", "The file is damaged; run the scenario again."
        ) from None
    if not isinstance(values, dict):
        raise InputError(f"{path} is not a results file.", "Run the scenario again.")
    return values
