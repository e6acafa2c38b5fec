"""The line index finds every key of a TOML text, however the text is laid out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import tomlkit
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from countervail.scenario.lines import Path, line_index

TRICKY = (
    """\
# [not.a.table] = 1
plain = 1   # [[comment]]
"quoted key" = 'it"""
    + "'"
    + '''  # literal
[table]
dotted.deep."er key" = [ # a ] in a comment
  "a ] in a string",

  { inner = 1, more.inner = [1,
    2] },
]
long = """first
[not-a-header]
escaped \\""" still ""\\""""
literal = \'\'\'
x = \\\'\'\'
quotes = """ends with two"""""
when = 1979-05-27 07:32:00
["quoted.table".sub]
inf = -inf
[[list]]
id = "a"
[list.sub]
k = {}
[[list.sub2]]
[[list.sub2]]
z = 1
[[ list ]]
list = []
[list . sub]
k = true
'''
)
WANTED: dict[Path, int] = {
    ("plain",): 2,
    ("quoted key",): 3,
    ("table",): 4,
    ("table", "dotted", "deep", "er key"): 5,
    ("table", "dotted", "deep", "er key", 0): 6,
    ("table", "dotted", "deep", "er key", 1): 8,
    ("table", "dotted", "deep", "er key", 1, "inner"): 8,
    ("table", "dotted", "deep", "er key", 1, "more", "inner", 1): 9,
    ("table", "long"): 11,
    ("table", "literal"): 14,
    ("table", "quotes"): 16,
    ("table", "when"): 17,
    ("quoted.table", "sub"): 18,
    ("quoted.table", "sub", "inf"): 19,
    ("list",): 20,
    ("list", 0): 20,
    ("list", 0, "id"): 21,
    ("list", 0, "sub", "k"): 23,
    ("list", 0, "sub2", 0): 24,
    ("list", 0, "sub2", 1): 25,
    ("list", 0, "sub2", 1, "z"): 26,
    ("list", 1): 27,
    ("list", 1, "list"): 28,
    ("list", 1, "sub"): 29,
    ("list", 1, "sub", "k"): 30,
}


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    rows = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        rows = enumerate(value)
    for key, inner in rows:
        yield from paths(inner, (*path, key))


def test_a_tricky_file() -> None:
    found = line_index(TRICKY)
    assert {path: found.get(path) for path in WANTED} == WANTED
    assert set(found) == set(paths(tomllib.loads(TRICKY)))


KEYS = st.text(max_size=4) | st.sampled_from(["a", "b", "a.b", "#", "[x]", '"', "'"])
SCALARS = st.integers() | st.booleans() | st.text(max_size=6) | st.dates() | st.datetimes()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_every_key_of_any_text_is_found_and_none_is_invented(values: dict[str, Any]) -> None:
    text = tomlkit.dumps(values)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        reject()  # the writer's text is not TOML: nothing to index
    assert set(line_index(text)) == set(paths(read))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["", "# [x]", "  # y", "list = [\n 1,\n]"]), max_size=6))
def test_lines_are_counted_through_whatever_stands_before(before: list[str]) -> None:
    lists = [place for place, part in enumerate(before) if "list" in part]
    kept = [part for place, part in enumerate(before) if place not in lists[1:]]  # a key once
    text = "\n".join([*kept, 'last = """', "x", '"""', "[end]", "key = 1"])
    found = line_index(text)
    lines = text.split("\n")
    assert lines[found["last",] - 1].startswith("last")
    assert lines[found["end", "key"] - 1] == "key = 1"
