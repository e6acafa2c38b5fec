"""Writing scenarios so that a file stays its author's: comments, order and layout are kept."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Item, Table, Whitespace
from tomlkit.toml_document import TOMLDocument

from countervail.errors import InputError, OutputError, ScenarioError, nearest
from countervail.files import write_atomic
from countervail.scenario.read import parse_scenario, scenario_text
from countervail.scenario.schema import Scenario, plain
from countervail.scenario.template import new_scenario_text as new_scenario_text

_STEP = re.compile(r"([A-Za-z0-9_-]+)(?:\[([^\]]+)\])?$")
# Written as tables of their own; other tables stay inline.
_SUBTABLES = ("ladder", "evidence", "portfolio", "sequence")


def scenario_toml(scenario: Scenario) -> str:
    """The scenario as a new TOML text: keys in the order of the schema, defaults left out."""
    document = tomlkit.document()
    _fill(document, plain(scenario))
    return tomlkit.dumps(document)


def write_scenario(scenario: Scenario, path: str | os.PathLike[str]) -> Path:
    """Write the scenario to ``path`` whole or not at all, and return the path.

    Where a TOML file is there already, only what differs is changed in it:
    comments, order, layout and keys that state a default stay. Entries are
    matched by their id. Raises ``ScenarioError`` where the scenario contradicts
    itself or the file there is not TOML, ``OutputError`` where the path cannot be
    written.
    """
    target = Path(path)
    _sound(scenario)
    if not os.path.isfile(target):
        return write_atomic(target, scenario_toml(scenario))
    text, _ = scenario_text(target.resolve())
    document = _document(text, str(path))
    try:
        _merge(document, scenario.model_dump(by_alias=True), plain(scenario))
        changed = tomlkit.dumps(document)
    except (LookupError, TOMLKitError):  # rare layouts, such as a table spread over dotted keys
        changed = text
    return write_atomic(target, _proven(changed, scenario, str(path)))


def update(text: str, changes: Mapping[str, Any], where: str = "scenario.toml") -> str:
    """A scenario ``text`` with single values changed, all else left as it stands.

    ``changes`` maps key paths as error messages write them to new values, for
    example ``{"horizon": "long", "threat[s338-autos].rate": 0.25}``; an entry is
    named by its id or by its number from 1, and ``None`` removes a key. The
    result is checked: ``ScenarioError`` lists what would be wrong in it,
    ``InputError`` names a path that leads nowhere.
    """
    document = _document(text, where)
    for path, value in changes.items():
        try:
            _set(document, path, value)
        except (LookupError, TypeError, ValueError, TOMLKitError) as error:
            raise InputError(
                f"{path} in {where} cannot be set to {value!r}: {error}.",
                "Give a plain value; a table that is spread over dotted keys is edited by hand.",
            ) from None
    changed = tomlkit.dumps(document)
    parse_scenario(changed, where)
    return changed


def update_file(path: str | os.PathLike[str], changes: Mapping[str, Any]) -> Path:
    """``update`` on a file: it is written whole, and only if the result passes every check."""
    target = Path(path)
    text, _ = scenario_text(target.resolve())
    return write_atomic(target, update(text, changes, str(path)))


def _sound(scenario: Scenario) -> None:
    """Refuse a scenario that was changed past its checks, as ``model_copy`` can."""
    try:
        Scenario.model_validate(plain(scenario))
    except ValidationError as error:
        raise ScenarioError(
            "this scenario contradicts itself, so it was not written.",
            "Correct it where it was made.",
            [str(problem["msg"]) for problem in error.errors(include_url=False)],
        ) from None


def _document(text: str, where: str) -> TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ScenarioError(
            f"{where} is not valid TOML: {error}.", "Correct it, or write to another path."
        ) from None


def _proven(text: str, scenario: Scenario, where: str) -> str:
    """The text, if it says what the scenario says; a layout that cannot be kept is refused."""
    try:
        same = plain(Scenario.model_validate(tomllib.loads(text))) == plain(scenario)
    except ValueError:  # TOML and validation errors alike
        same = False
    if not same:
        raise OutputError(
            f"the layout of {where} could not be kept while changing it; it was left as it is.",
            "Write the scenario to a new path.",
        )
    return text


def _fill(table: MutableMapping[str, Any], values: Mapping[str, Any]) -> None:
    # Single values first: in TOML what follows a table's header belongs to that table.
    for key in sorted(values, key=lambda key: _is_block(key, values[key])):
        table[key] = _item(key, values[key])


def _is_block(key: str, value: Any) -> bool:
    return (isinstance(value, Mapping) and key in _SUBTABLES) or _is_tables(value)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _item(key: str, value: Any) -> Item:
    if _is_tables(value):
        tables = tomlkit.aot()
        for row in value:
            tables.append(_item("", row))
        return tables
    if isinstance(value, Mapping):
        inline = key not in (*_SUBTABLES, "")
        table = tomlkit.inline_table() if inline else tomlkit.table()
        _fill(table, value)
        return table
    item: Item = tomlkit.item(value)
    return item


def _inline(value: Any) -> Any:
    """A value on the right of an equals sign, tables within it included."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table[key] = _inline(inner)
        return table
    if isinstance(value, list):
        rows = tomlkit.array()
        for inner in value:
            rows.append(_inline(inner))
        return rows
    return value


def _merge(
    table: MutableMapping[str, Any], full: Mapping[str, Any], least: Mapping[str, Any]
) -> None:
    """Make ``table`` say ``full`` with the fewest changes; ``least`` leaves the defaults out."""
    for key in list(table):
        value = full.get(key)
        if value is None or (key not in least and not _same(table[key], value, None)):
            del table[key]
        elif isinstance(table[key], AoT) and _is_tables(_listed(value)):
            _merge_tables(table[key], _listed(value), least[key])
        elif isinstance(value, Mapping) and isinstance(table[key], MutableMapping):
            _merge(table[key], value, least.get(key, {}))
        elif not _same(table[key], value, least.get(key)):
            inline = isinstance(table[key], Array)
            table[key] = _inline(least[key]) if inline else _item(key, least[key])
    for key, value in least.items():
        if key not in table:
            table[key] = _item(key, value)


def _merge_tables(tables: AoT, full: list[Any], least: list[Any]) -> None:
    """Entries with an id are matched by it, others by their place."""
    names = [row.get("id", place) for place, row in enumerate(full)]
    present = [row.get("id", place) for place, row in enumerate(tables)]
    for place in reversed(range(len(present))):
        if present[place] not in names or present[place] in present[:place]:
            _drop(tables, place)
    kept = {row.get("id", place): row for place, row in enumerate(tables)}
    for name, row, small in zip(names, full, least, strict=True):
        if name in kept:
            _merge(kept[name], row, small)
        else:
            tables.append(_item("", small))
            kept[name] = tables[-1]
    if [row.get("id", place) for place, row in enumerate(tables)] != names:
        rows = [kept[name] for name in names]
        tables.clear()
        for row in rows:
            tables.append(row)


def _drop(tables: AoT, place: int) -> None:
    """Remove one entry; a comment that stands after it, above the next one, stays."""
    after = _trailing(tables[place])
    del tables[place]
    if place and after:
        last = _last_table(tables[place - 1])
        for item in after:
            last.value.body.append((None, item))


def _trailing(table: Table) -> list[Any]:
    body = _last_table(table).value.body
    after: list[Any] = []
    for key, item in reversed(body):
        if key is not None:
            break
        after.insert(0, item)
    while after and isinstance(after[0], Whitespace):
        after.pop(0)
    return after


def _last_table(table: Table) -> Table:
    """The innermost table at the end of ``table``: what follows in the text is kept there."""
    keyed = [item for key, item in table.value.body if key is not None]
    last = keyed[-1] if keyed else None
    if isinstance(last, AoT) and len(last):
        return _last_table(last[-1])
    return _last_table(last) if isinstance(last, Table) else table


def _same(given: Any, value: Any, least: Any) -> bool:
    """Whether a value of the file says the same as one of the model (``least``: no defaults)."""
    given = given.unwrap() if isinstance(given, Item) else given
    if isinstance(given, str) and not isinstance(value, str):
        given = [given]
    if isinstance(value, Mapping):
        small = least if isinstance(least, Mapping) else {}
        return (
            isinstance(given, Mapping)
            and all(value.get(key) is not None for key in given)
            and all(_same(item, value[key], small.get(key)) for key, item in given.items())
            and all(key in given for key in small)
        )
    if isinstance(value, (list, tuple)):
        rows = least if isinstance(least, list) else [None] * len(value)
        return (
            isinstance(given, list)
            and len(given) == len(value)
            and all(map(_same, given, value, rows))
        )
    if isinstance(given, str) and isinstance(value, str):
        return given.strip() == value
    return isinstance(given, bool) is isinstance(value, bool) and bool(given == value)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _set(document: TOMLDocument, path: str, value: Any) -> None:
    steps = [_STEP.match(step) for step in path.split(".")]
    if not path or not all(steps):
        raise InputError(
            f"{path!r} is not a key path.", "Write it like threat[s338-autos].rate or horizon."
        )
    table: Any = document
    for place, step in enumerate(steps):
        assert step is not None
        key, name = step.groups()
        last = place == len(steps) - 1
        if last and name is None:
            if value is not None:
                table[key] = _item(key, value)
            elif key in table:
                del table[key]
            return
        if key not in table and name is None and not last:
            table[key] = tomlkit.table()
        if key not in table or not isinstance(table[key], (MutableMapping, list)):
            raise InputError(f"{path!r} leads nowhere: there is no {key!r}.", nearest(key, table))
        table = table[key] if name is None else _entry(table, key, name, path, last, value)
        if table is None:
            return


def _entry(table: Any, key: str, name: str, path: str, last: bool, value: Any) -> Any:
    """One entry of a list by id or by number from 1; sets or removes it at a path's end."""
    rows = table[key]
    ids = [row.get("id") if isinstance(row, Mapping) else None for row in rows]
    place = ids.index(name) if name in ids else int(name) - 1 if name.isdigit() else -1
    if not 0 <= place < len(rows):
        raise InputError(
            f"{path!r} leads nowhere: {key!r} has no entry {name!r}.",
            nearest(name, [str(known) for known in ids if known]),
        )
    if not last:
        return rows[place]
    if value is not None:
        rows[place] = tomlkit.item(value)
    elif isinstance(rows, AoT):
        _drop(rows, place)
    else:
        del rows[place]
    return None
