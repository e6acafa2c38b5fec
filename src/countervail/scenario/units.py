"""Units of the values in a claim's test: what is added or compared must fit together."""

from __future__ import annotations

from collections.abc import Mapping

from countervail.errors import ExpressionError, nearest
from countervail.scenario.expression import Call, Compare, Name, Negative, Not, Number, Truth, Value


def unit_of(tree: Value, units: Mapping[str, str]) -> str:
    """The unit of a value; "" for a plain number, which fits every unit.

    ``units``: by figure. Raises ``ExpressionError`` where units that differ are added or compared,
    or a figure is not known.
    """
    if isinstance(tree, Number):
        return ""
    if isinstance(tree, Name):
        if tree.name not in units:
            raise ExpressionError(
                f"column {tree.column}: there is no figure {tree.name!r}.",
                nearest(tree.name, units),
            )
        return units[tree.name]
    if isinstance(tree, Negative):
        return unit_of(tree.part, units)
    if isinstance(tree, Call):
        return _one_unit([unit_of(p, units) for p in tree.parts], tree.column)
    left, right = unit_of(tree.left, units), unit_of(tree.right, units)
    if tree.sign in "+-":
        return _one_unit([left, right], tree.column)
    if tree.sign == "/":
        return "" if left == right else left if not right else f"{left or '1'} per {right}"
    return left if not right else right if not left else f"{left} x {right}"


def check_units(tree: Truth, units: Mapping[str, str]) -> None:
    """Raise ``ExpressionError`` for unknown figures and units that do not fit."""
    if isinstance(tree, Compare):
        _one_unit([unit_of(part, units) for part in tree.parts], tree.column)
    elif isinstance(tree, Not):
        check_units(tree.part, units)
    else:
        for part in tree.parts:
            check_units(part, units)


def _one_unit(units: list[str], column: int) -> str:
    known = sorted({unit for unit in units if unit})
    if len(known) > 1:
        raise ExpressionError(
            f"column {column}: {known[0]} and {known[1]} do not fit together.",
            "Compare figures of one unit, or with a plain number.",
        )
    return known[0] if known else ""
