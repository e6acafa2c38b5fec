"""Each outcome of a test, over futures and over ranges, and that nothing else decides."""

from __future__ import annotations

from typing import Any

import pytest

from countervail.errors import ExpressionError
from countervail.strategy.verdicts import Figure, judge


def figures(**given: Any) -> dict[str, Figure]:
    made = {}
    for name, value in given.items():
        options = value if isinstance(value, dict) else {"value": value}
        made[name] = Figure(name, **{"unit": "percent", **options})
    return made


def drawn(*values: float) -> dict[str, Any]:
    return {"value": sum(values) / len(values), "draws": values}


@pytest.mark.parametrize(
    ("given", "outcome", "holds"),
    [
        ({"x": 1.0, "y": 2.0}, "supported", None),
        ({"x": 2.0, "y": 1.0}, "contradicted", None),
        ({"x": drawn(*[0.0] * 9, 5.0), "y": 1.0}, "supported", 0.9),
        ({"x": drawn(*[0.0] * 8, 2.0, 2.0), "y": 1.0}, "undecided", 0.8),
        ({"x": drawn(*[3.0] * 9, 0.0), "y": 1.0}, "contradicted", 0.1),
        ({"x": {"value": 1.0, "low": 0.5, "high": 1.5}, "y": 2.0}, "supported", None),
        ({"x": {"value": 1.0, "low": 0.5, "high": 2.5}, "y": 2.0}, "undecided", None),
        ({"x": {"value": 3.0, "low": 2.5, "high": 4.0}, "y": 2.0}, "contradicted", None),
    ],
)
def test_what_holds_where(given: dict[str, Any], outcome: str, holds: float | None) -> None:
    found = judge("x < y", figures(**given))
    assert found.outcome == outcome
    assert found.holds == holds
    assert judge("x < y", figures(**given)) == found


def test_futures_are_common_to_both_sides() -> None:
    """Figures that move together are compared future by future, not range against range."""
    values = [float(k) for k in range(20)]
    given = figures(x=drawn(*values), y=drawn(*(v + 0.1 for v in values)))
    assert judge("x < y", given).holds == 1.0


def test_the_sides_carry_value_range_and_meaning() -> None:
    given = figures(x={**drawn(0.0, 1.0, 2.0), "about": "loss"}, y={"value": 4.0, "about": "gain"})
    (((left, sign, right)),) = judge("x <= 0.5 * y", given).sides
    assert (left.value, left.low, left.high, left.unit) == (
        1.0,
        pytest.approx(0.2),
        pytest.approx(1.8),
        "percent",
    )
    assert (left.said, sign, right.said, right.value) == ("loss", "<=", "0.5 times gain", 2.0)


def test_all_parts_of_a_test_count() -> None:
    given = figures(x=1.0, y=2.0)
    assert judge("x < y and not y < x", given).outcome == "supported"
    assert judge("x > y or y == 2", given).outcome == "supported"
    assert judge("0 < x < y", given).outcome == "supported"
    assert judge("x != 1", given).outcome == "contradicted"
    assert len(judge("0 < x < y", given).sides) == 2


def test_equality_has_a_stated_tolerance() -> None:
    given = figures(x=1.0 + 5e-8, y=1.0 + 2e-7)
    assert judge("x == 1", given).outcome == "supported"
    assert judge("y == 1", given).outcome == "contradicted"
    # What rounding alone makes smaller is not smaller.
    assert judge("1 < x", given).outcome == "contradicted"
    assert judge("x <= 1", given).outcome == "supported"
    assert judge("1 < y", given).outcome == "supported"


@pytest.mark.parametrize(
    ("test", "given", "said"),
    [
        (
            "x < y",
            {"x": {"value": None, "about": "needs the measure `ties`"}, "y": 1.0},
            "x: needs",
        ),
        ("x / y < 1", {"x": 1.0, "y": 0.0}, "division by zero"),
        (
            "x / (y - 1) > 0",
            {"x": 1.0, "y": drawn(1.0, 2.0)},
            "division by zero at column 3 of its test in 1 of 2 futures",
        ),
        ("x < y", {"x": float("nan"), "y": 1.0}, "x is not a finite number"),
        ("x * 1e300 * 1e300 < y", {"x": 1.0, "y": 1.0}, "without bounds"),
    ],
)
def test_what_cannot_be_tested_says_why(test: str, given: dict[str, Any], said: str) -> None:
    found = judge(test, figures(**given))
    assert found.outcome == "not testable"
    assert said in found.reason


@pytest.mark.parametrize(
    ("test", "left", "right"),
    [
        ("x < 0.9 * (100 - y)", "loss, before", "0.9 times (100 less gain)"),
        ("x - (y - x) < 1", "loss, before less (gain less loss, before)", ""),
        ("x / y < 1", "(loss, before) over gain", ""),
        ("-(x + y) < 1", "minus (loss, before plus gain)", ""),
        ("max(x, y) < 1", "the most of loss, before; gain", ""),
    ],
)
def test_words_keep_the_parentheses(test: str, left: str, right: str) -> None:
    given = figures(x={"value": 1.0, "about": "loss, before"}, y={"value": 2.0, "about": "gain"})
    (found,) = judge(test, given).sides
    assert (found[0].said, found[2].said) == (left, right)


def test_a_test_needs_a_figure() -> None:
    with pytest.raises(ExpressionError, match="names no figure"):
        judge("1 < 2", figures(x=1.0))


def test_a_long_sum_is_read_and_judged() -> None:
    assert judge(f"x{'+1' * 240} < 500", figures(x=1.0)).outcome == "supported"


def test_unknown_figures_and_mixed_futures_are_errors() -> None:
    with pytest.raises(ExpressionError, match="no figure 'z'"):
        judge("z < 1", figures(x=1.0))
    with pytest.raises(ExpressionError, match="futures"):
        judge("x < y", figures(x=drawn(1.0, 2.0), y=drawn(1.0, 2.0, 3.0)))
