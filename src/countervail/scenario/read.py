"""Reading a scenario file: all of its errors at once, each with its line and its remedy."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from countervail.errors import CountervailError, ScenarioError, nearest, require_kind
from countervail.scenario.checks import INCONSISTENT, inconsistencies
from countervail.scenario.claim_checks import claim_problems
from countervail.scenario.lines import line_index
from countervail.scenario.names import name_notices, name_problems
from countervail.scenario.problems import Path, Problem
from countervail.scenario.schema import Scenario

if TYPE_CHECKING:
    from countervail.world.labels import WorldLabels

_LARGEST_FILE = 4_000_000  # bytes; a scenario is a page or two
_LISTS = ("threat", "deal", "project", "financier", "variant", "observed", "claim")


def bundled_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, in alphabetical order."""
    folder = files("countervail.data").joinpath("scenarios")
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def scenario_text(name_or_path: str | os.PathLike[str]) -> tuple[str, str]:
    """The text of a scenario and the name to call it by in messages.

    ``name_or_path`` is a bundled name such as ``canada-2026`` or the path of a
    TOML file; a file of that very name in the working folder wins only if it is
    written as a path (``./canada-2026``). Raises ``ScenarioError`` where there is
    no such scenario or the file cannot be read as text, ``OptionError`` for what is neither.
    """
    require_kind(name_or_path, "the scenario", (str, os.PathLike), "'canada-2026'")
    name = os.fspath(name_or_path)
    if name in bundled_scenarios():
        source = files("countervail.data").joinpath("scenarios", f"{name}.toml")
        return source.read_text(encoding="utf-8"), f"{name}.toml"
    path = FilePath(name)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ScenarioError(
                f"{name} is larger than {_LARGEST_FILE // 1_000_000} MB; a scenario is a short "
                "text file.",
                "Check the path.",
            )
        return path.read_bytes().decode("utf-8-sig"), name
    except (FileNotFoundError, NotADirectoryError):
        raise ScenarioError(
            f"there is no scenario {name!r}: neither a bundled name nor a file here.",
            f"{nearest(name, bundled_scenarios())} "
            "Start a file of your own with: countervail new FILE",
        ) from None
    except IsADirectoryError:
        raise ScenarioError(
            f"{name} is a folder, not a scenario file.", "Name the file inside it."
        ) from None
    except (OSError, ValueError) as error:
        why = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ScenarioError(
            f"cannot read {name}: {why}.", "Save the file as UTF-8 text that you may read."
        ) from None


def read_scenario(
    name_or_path: str | os.PathLike[str], labels: WorldLabels | None = None
) -> Scenario:
    """Read and check a scenario: a bundled name, or the path of a TOML file.

    ``labels`` are those of a world to use in place of the scenario's own. Returns an
    immutable ``Scenario``. Raises ``ScenarioError`` with one line of
    evidence for every error in the file, in the order of the file: keys that do
    not exist, values of the wrong kind or size, contradictions between fields,
    and names that the world lacks. A file that is not TOML gets the one error
    that its parser found.
    """
    return parse_scenario(*scenario_text(name_or_path), labels)


def parse_scenario(
    text: str, where: str = "scenario.toml", labels: WorldLabels | None = None
) -> Scenario:
    """Check a scenario given as TOML ``text``; ``where`` is the name used in messages.

    Returns and raises as ``read_scenario``.
    """
    raw = _parsed(text, where)
    scenario, problems = _checked(raw, labels, str(FilePath(where).parent))
    if scenario is None or problems:
        lines = line_index(text)
        found = {(_line(p.path, lines), _shown(p.path, raw), p.text) for p in problems}
        rows = [f"{where}, line {line}: {key}: {said}" for line, key, said in sorted(found)]
        raise ScenarioError(
            f"{where} has {len(rows)} error{'s' if len(rows) != 1 else ''}.",
            f"Correct the lines named and check again: countervail check {where}",
            rows,
        )
    return scenario.read_from(where, text).in_folder(str(FilePath(where).parent))


def scenario_notices(scenario: Scenario, labels: WorldLabels | None = None) -> tuple[str, ...]:
    """What is no error but belongs beside the results, one sentence each.

    Parties that the world does not hold by themselves, deals without the
    protagonist, and entries without a source. ``labels`` are those of another
    world than the scenario's own. Raises ``CountervailError`` where the world
    cannot be read.
    """
    from countervail.world.labels import read_labels

    return tuple(name_notices(scenario, labels or read_labels(scenario.world)))


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: bad TOML, or endless digits
        place = re.search(r" ?\(at line (\d+), column (\d+)\)", str(error))
        if place:
            line = f"line {place[1]}, column {place[2]}"
        elif "end of document" in str(error):
            line = f"line {text.count(chr(10)) + 1}"
        else:
            line = "somewhere"
        deep = isinstance(error, RecursionError)
        said = "nested too deeply" if deep else re.sub(r" ?\(at .*\)$", "", str(error))
        raise ScenarioError(
            f"{where} is not valid TOML.",
            "Correct this line first; further errors can only be found after that. "
            "Text stands in quotes, lists in [ ], tables in { }.",
            [f"{where}, {line}: {said}"],
        ) from None


def _checked(
    raw: dict[str, Any], labels: WorldLabels | None, folder: str
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario if it fits the schema, and every problem of the file."""
    scenario: Scenario | None = None
    problems = inconsistencies(raw)
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as failure:
        problems += _schema_problems(failure.errors(include_url=False), raw)
    if scenario is not None:
        problems += claim_problems(scenario.in_folder(folder))
    world = raw.get("world")
    if labels is not None:
        problems += name_problems(raw, labels, folder)
    elif isinstance(world, str) and world.strip():
        from countervail.world.labels import read_labels

        try:
            problems += name_problems(raw, read_labels(world), folder)
        except CountervailError as error:
            problems.append(Problem(("world",), f"given {world!r}: {error.cause} {error.remedy}"))
    return scenario, problems


def _schema_problems(errors: Sequence[ErrorDetails], raw: Mapping[str, Any]) -> list[Problem]:
    found: dict[Path, str] = {}
    for error in errors:
        kind = error["type"]
        if kind == INCONSISTENT or (kind == "too_short" and error["input"]):
            continue  # the first were found with their places, the second are wrong item by item
        path = _present(error["loc"], raw)
        if kind == "extra_forbidden":
            known = _keys(path[:-1])
            text = f"unknown key {path[-1]!r}. {nearest(str(path[-1]), known)}"
        elif kind == "missing":
            path = tuple(error["loc"])
            text = f"this key is missing. {_about(path)}"
        else:
            text = f"given {_given(error['input'])}; {_wanted(error, path)}"
        if path in found:  # each way in which an either-or was missed
            found[path] = found[path].rstrip(".") + " or " + text.partition("; ")[2]
        else:
            found[path] = text
    return [Problem(path, text) for path, text in found.items()]


def _wanted(error: ErrorDetails, path: Path) -> str:
    """What would have been right there, in the words of this program."""
    kind, given = error["type"], error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    bounds = {"greater_than": "gt", "less_than_equal": "le", "greater_than_equal": "ge"}
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context.get("expected", ""))
        if not allowed:
            return f"{str(context.get('expected', '')).lower()}, without quotes."
        close = f" {nearest(given, allowed)}" if isinstance(given, str) else ""
        return f"allowed: {', '.join(allowed)}.{close if 'Nearest' in close else ''}"
    if kind in ("float_type", "int_type", "int_from_float"):
        what = "a whole number" if kind != "float_type" else "a number"
        quoted = isinstance(given, str) and re.fullmatch(
            r"\s*[-+]?[0-9.]+([eE][-+]?\d+)?\s*", given
        )
        return f"{what} is needed{', without quotes' if quoted else ''}."
    if kind in bounds:
        words = {"gt": "above", "le": "at most", "ge": "at least"}[bounds[kind]]
        bound = context[bounds[kind]]  # a date is text here
        said = bound if isinstance(bound, str) else f"{bound:g}"
        return f"it must be {words} {said}. {_about(path)}"
    if kind == "tuple_type":
        if len(path) == 1 and path[0] in _LISTS:
            return f"write [[{path[0]}]] with two brackets for each entry."
        return 'a list is needed, for example ["..."].'
    if kind == "string_pattern_mismatch":
        return _about(path)
    fixed = {
        "finite_number": "a finite number is needed.",
        "bool_type": "true or false is needed, without quotes.",
        "date_type": "a date such as 2026-08-19 is needed, without quotes and without a time.",
        "string_type": "text in quotes is needed.",
        "string_too_short": "the text is empty.",
        "string_too_long": f"at most {context.get('max_length')} characters.",
        "too_short": "the list is empty; give at least one entry, or remove the line.",
        "model_type": "a table is needed, for example { value = 1 }.",
        "dict_type": "a table is needed, for example { construction = 0.5 }.",
    }
    return fixed.get(kind, f"{error['msg']}.")


def _given(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if value is True or value is False:
        return str(value).lower()
    said = repr(value) if isinstance(value, (str, list)) else str(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


def _about(path: Path) -> str:
    """The description of a key and an example of it, from the schema."""
    *table, key = (step for step in path if isinstance(step, str))
    model = _model(tuple(table))
    for name, field in model.model_fields.items() if model else ():
        if key in (name, field.alias):
            example = f" For example: {field.examples[0]!r}." if field.examples else ""
            return f"{field.description}{example}"
    return "See the schema: countervail new --schema"


def _keys(path: Path) -> list[str]:
    model = _model(path)
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _model(path: Path) -> type[BaseModel] | None:
    """The schema's model for the table at ``path``."""
    model: type[BaseModel] | None = Scenario
    for key in path:
        if isinstance(key, int) or model is None:
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _inner(fields[key].annotation) if key in fields else None
    return model


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_inner, get_args(annotation)) if m is not None), None)


def _present(location: Sequence[str | int], raw: Any) -> Path:
    """The part of a schema location that is in the file; unions add steps that are not."""
    path: Path = ()
    for key in location:
        raw = _step(raw, key)
        if raw is None:
            break
        path = (*path, key)
    return path


def _line(path: Path, lines: Mapping[Path, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _shown(path: Path, raw: Mapping[str, Any]) -> str:
    """A path as a reader finds it: entries by their id, else by their number from 1."""
    said = ""
    value: Any = raw
    for key in path:
        value = _step(value, key)
        if isinstance(key, int):
            name = value.get("id") if isinstance(value, Mapping) else None
            said += f"[{name}]" if isinstance(name, str) else f"[{key + 1}]"
        else:
            said += f".{key}" if said else key
    return said or "the file"


def _step(value: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return value[key] if isinstance(value, list) and key < len(value) else None
    return value.get(key) if isinstance(value, Mapping) else None  # TOML has no null
