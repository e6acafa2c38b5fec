"""Every key has a description, every number a unit, and editors accept what the reader accepts."""

from __future__ import annotations

import datetime
import json
import tomllib
from typing import Any

import jsonschema
import pytest

from countervail.scenario.read import scenario_text
from countervail.scenario.schema import schema_json, schema_tables
from countervail.scenario.template import new_scenario_text

from .cases import HEAD, THREAT

SCHEMA = schema_json()
TABLES = {"Scenario": SCHEMA, **SCHEMA["$defs"]}
KEYS = [
    pytest.param(table, key, value, id=f"{table}.{key}")
    for table, model in TABLES.items()
    for key, value in model["properties"].items()
]


def as_json(text: str) -> Any:
    return json.loads(json.dumps(tomllib.loads(text), default=datetime.date.isoformat))


def test_it_is_a_schema_of_the_draft_it_names() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize(("table", "key", "value"), KEYS)
def test_every_key_is_described(table: str, key: str, value: dict[str, Any]) -> None:
    said = value.get("description", "")
    assert len(said) > 8, (table, key)
    assert said.endswith("."), (table, key)


@pytest.mark.parametrize(("table", "key", "value"), KEYS)
def test_every_number_has_a_unit_and_every_plain_key_an_example(
    table: str, key: str, value: dict[str, Any]
) -> None:
    text = json.dumps(value)
    if '"number"' in text or '"integer"' in text:
        assert value.get("unit"), (table, key)
    if "$ref" not in text:
        assert value.get("examples"), (table, key)


@pytest.mark.parametrize("text", [scenario_text("canada-2026")[0], new_scenario_text()])
def test_editors_accept_the_files_that_ship(text: str) -> None:
    jsonschema.validate(as_json(text), SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + THREAT.replace("0.25", '"0.25"'),
        HEAD + THREAT + "ratio = 1\n",
        HEAD.replace('title = "Example"\n', ""),
        HEAD + THREAT.replace("import-tariff", "tariff"),
    ],
)
def test_editors_refuse_what_the_reader_refuses(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(text), SCHEMA, cls=jsonschema.Draft202012Validator)


def test_one_name_may_stand_for_a_list_of_one() -> None:
    text = HEAD.replace('["USA"]', '"USA"')
    jsonschema.validate(as_json(text), SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_tables_for_readers_hold_every_key() -> None:
    text = schema_tables()
    for _, key, value in (param.values for param in KEYS):
        assert f"| `{key}` |" in text
        assert value["description"] in text
    assert "`import-tariff`, `import-ban`, `export-tax`" in text
