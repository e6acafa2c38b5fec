"""The language of tests: read as written, never run, and refused with the place of the error."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import ExpressionError, ScenarioError
from countervail.scenario.expression import (
    DEEPEST,
    LONGEST,
    Both,
    Call,
    Compare,
    Name,
    Negative,
    Not,
    Number,
    Sum,
    names,
    parse,
)
from countervail.scenario.units import check_units


def python(tree: Any) -> Any:
    """The value of a tree without names: a second reading, straight from the structure."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negative):
        return -python(tree.part)
    if isinstance(tree, Not):
        return not python(tree.part)
    if isinstance(tree, Both):
        return (all if tree.word == "and" else any)(python(p) for p in tree.parts)
    if isinstance(tree, Call):
        values = [python(p) for p in tree.parts]
        return {"min": min, "max": max, "abs": lambda v: abs(v[0])}[tree.function](values)
    if isinstance(tree, Compare):
        values = [python(p) for p in tree.parts]
        table = {
            "<": float.__lt__,
            "<=": float.__le__,
            ">": float.__gt__,
            ">=": float.__ge__,
            "==": float.__eq__,
            "!=": float.__ne__,
        }
        return all(
            table[s](float(a), float(b))
            for a, s, b in zip(values, tree.signs, values[1:], strict=False)
        )
    assert isinstance(tree, Sum)
    left, right = python(tree.left), python(tree.right)
    return {"+": left + right, "-": left - right, "*": left * right}[tree.sign]


numbers = st.integers(0, 9).map(str)
sums = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda x: f"({x})"),
        inner.map(lambda x: f"-({x})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
    ),
    max_leaves=5,
)
tests = st.recursive(
    st.tuples(sums, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), sums).map(" ".join),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda x: f"not {x}"),
        inner.map(lambda x: f"({x})"),
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(text=tests)
def test_arithmetic_and_logic_mean_what_they_mean_in_python(text: str) -> None:
    """Python reads the same text, made of digits and signs only, in a namespace of its own."""
    expected = eval(text, {"__builtins__": {}, "max": max})
    if len(text) > LONGEST or text.count("(") + text.count("-") + text.count("not") > DEEPEST // 2:
        return  # long and deep ones are refused, which another test looks at
    assert python(parse(text)) == expected


def test_names_hold_dots_and_hyphens_and_a_minus_needs_spaces() -> None:
    tree = parse("deal.uae-pledge.full - exposure.before < 2")
    assert [(n.name, n.column) for n in names(tree)] == [
        ("deal.uae-pledge.full", 1),
        ("exposure.before", 24),
    ]
    assert [n.name for n in names(parse("a-b < 1"))] == ["a-b"]
    assert isinstance(tree, Compare)
    assert isinstance(tree.parts[0], Sum)
    assert isinstance(tree.parts[0].left, Name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__import__('os').system('x') < 1", "column 1: '__import__' has no meaning"),
        ("eval(x) < 1", "cannot call 'eval'"),
        ("a.__class__ < 1", "column 2: '.__class__' has no meaning"),
        ("12x < 1", "column 1: '12x' has no meaning"),
        ("1.5.2 < x", "column 1: '1.5.2' has no meaning"),
        ("import os", "column 8: 'os'"),
        ("lambda: 1", "column 7: ':'"),
        ("9 ** 9 < 1", "column 4: '\\*'"),
        ("(" * 100 + "1 < 2", "nested more than"),
        ("(" * 100_000 + "1", "100001 characters"),
        ("not " * 40 + "a < b", "too many `not`"),
        ("-" * 60 + "1 < 2", "too many minus"),
        ("1 + 2", "is a number"),
        ("a and 1 < 2", "a number stands"),
        ("a < (b < c)", "something true or false stands"),
        ("", "the test ends"),
        ("a <", "the test ends where a number"),
        ("min() < 1", "column 5"),
        ("abs(1, 2) < 1", "abs takes 1 argument, not 2"),
        ("1e999 < x", "too large"),
        ("x < ٣", "has no meaning"),
        ("a < 1; b < 2", "';'"),
        ("x < 1 if y", "'if'"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        parse(text)


UNITS = {"harm": "percent", "cost": "percent", "money": "US$ bn", "start": "year", "n": "count"}


@pytest.mark.parametrize(
    "text",
    [
        "harm < cost",
        "harm < 0.1 * cost + 1",
        "harm / cost > 0.5",
        "harm - cost < 2",
        "2 < harm",
        "harm * money < money * cost",
        "harm * cost / harm < cost",
        "harm / (cost * n) < 1 / n",
    ],
)
def test_units_that_fit_are_taken(text: str) -> None:
    check_units(parse(text), UNITS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("harm < money", "US\\$ bn and percent do not fit"),
        ("harm + start < 1", "percent and year"),
        ("max(harm, money) < 1", "do not fit"),
        ("1 < 2 and hram < 1", "no figure 'hram'.*harm"),
        ("harm * cost < cost", "do not fit"),
        ("harm / n * n < harm / (n * n)", "percent and percent per count per count"),
        ("n > harm", "count and percent"),
        ("1 < 2", "names no figure"),
        ("harm-cost < 1", "A minus needs spaces: harm - cost"),
        ("harm-1 < 1", "A minus needs spaces: harm - 1"),
    ],
)
def test_units_that_do_not_fit_and_unknown_figures_are_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check_units(parse(text), UNITS)
    assert re.search(said, str(caught.value).replace("\n", " "))


def test_check_names_file_line_and_nearest_figure(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(
        'title = "x"\nworld = "world-2023"\nprotagonist = "CAN"\ncoercer = ["USA"]\n\n'
        '[[claim]]\nid = "a"\nsays = "b"\ntest = "exposure.befor < 1"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        cv.read_scenario(path)
    said = str(caught.value)
    assert "line 9" in said
    assert "exposure.befor" in said
    assert "exposure.before" in said
