"""Interval arithmetic never claims more than is true wherever the figures may lie."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.scenario.expression import Compare, parse
from countervail.strategy.spans import Spans
from countervail.strategy.verdicts import Figure, judge

NAMES = ("a", "b", "c")

values = st.recursive(
    st.sampled_from([*NAMES, "1", "2.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda x: f"abs({x})"),
        inner.map(lambda x: f"-({x})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    ),
    max_leaves=4,
)
tests = st.recursive(
    st.tuples(values, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), values).map(" ".join),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
        inner.map(lambda x: f"not ({x})"),
    ),
    max_leaves=3,
)
ends = st.lists(st.integers(-4, 4), min_size=6, max_size=6)


def spans(ends: list[int]) -> dict[str, tuple[Any, Any]]:
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return {
        name: (np.array([float(min(pair))]), np.array([float(max(pair))]))
        for name, pair in zip(NAMES, pairs, strict=True)
    }


@settings(max_examples=300, deadline=None)
@given(text=tests, ends=ends)
def test_what_must_hold_holds_at_every_point_and_what_must_fail_fails(
    text: str, ends: list[int]
) -> None:
    """Every point of a grid inside the ranges is asked of Python itself."""
    given_spans = spans(ends)
    holds, fails = Spans(given_spans).truth(parse(text))
    grids = [np.linspace(low[0], high[0], 5) for low, high in given_spans.values()]
    names = {"__builtins__": {}, "abs": abs, "min": min, "max": max}
    for point in itertools.product(*grids):
        found = eval(text, {**names, **dict(zip(NAMES, map(float, point), strict=True))})
        assert not (holds[0] and not found), (text, point)
        assert not (fails[0] and found), (text, point)


@settings(max_examples=150, deadline=None)
@given(text=tests, ends=ends)
def test_without_ranges_every_test_is_decided(text: str, ends: list[int]) -> None:
    points = {name: (np.array([float(end)]),) * 2 for name, end in zip(NAMES, ends, strict=False)}
    holds, fails = Spans(points).truth(parse(text))
    assert holds[0] != fails[0]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a - b < 0", -1.0, 4.0),
        ("a * b < 0", -3.0, 9.0),
        ("abs(a) < 0", 0.0, 3.0),
        ("6 / (b + 1) < 0", 1.5, 6.0),
        ("max(a, b) < 0", 0.0, 3.0),
    ],
)
def test_spans_are_as_narrow_as_they_can_be(text: str, low: float, high: float) -> None:
    """Where a figure stands once, the ends are those that some point reaches."""
    given_spans = {
        "a": (np.array([-1.0]), np.array([3.0])),
        "b": (np.array([0.0]), np.array([3.0])),
    }
    if text.startswith("a - b"):
        given_spans["b"] = (np.array([-1.0]), np.array([0.0]))
    tree = parse(text)
    assert isinstance(tree, Compare)
    found = Spans(given_spans).value(tree.parts[0])
    assert (float(found[0][0]), float(found[1][0])) == (low, high)


def figures(**given: Any) -> dict[str, Figure]:
    return {name: Figure(name, **{"unit": "percent", **value}) for name, value in given.items()}


@pytest.mark.parametrize("test", ["abs(x) > 1", "x < -1 or x > 1", "not (-1 <= x <= 1)"])
def test_a_range_is_more_than_its_ends(test: str) -> None:
    """Both ends and the centre hold; what lies between does not."""
    given = figures(x={"value": 1.5, "low": -2.0, "high": 2.0})
    assert judge(test, given).outcome == "undecided"


def test_a_range_that_holds_zero_cannot_be_divided_by() -> None:
    found = judge("1 / x > 0", figures(x={"value": 1.5, "low": -2.0, "high": 2.0}))
    assert found.outcome == "not testable"
    assert "division by zero at column 3" in found.reason


def test_ranges_and_futures_meet() -> None:
    """In each future the range is looked at as a whole."""
    x = {"value": 1.0, "draws": (*[1.0] * 9, 3.0)}
    for high, outcome in ((1.9, "supported"), (2.5, "undecided")):
        y = {"value": 0.5, "low": 0.0, "high": high}
        assert judge("x + y < 3", figures(x=x, y=y)).outcome == outcome
        assert judge("x + y >= 3", figures(x=x, y=y)).outcome == (
            "contradicted" if outcome == "supported" else "undecided"
        )


def test_any_number_of_figures_may_have_ranges() -> None:
    ranged = {f"x{k}": {"value": 0.0, "low": 0.0, "high": 1.0} for k in range(20)}
    for limit, outcome in ((19.5, "undecided"), (20.5, "supported")):
        found = judge(f"{' + '.join(ranged)} < {limit}", figures(**ranged))
        assert found.outcome == outcome
        assert found.sides[0][0].high == 20.0
