"""Units of the values in a claim's test: what is added or compared must fit together."""

from __future__ import annotations

from collections.abc import Mapping

from countervail.errors import ExpressionError, nearest
from countervail.scenario.expression import (
    Call,
    Compare,
    Name,
    Negative,
    Not,
    Number,
    Truth,
    Value,
    names,
)


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
                _instead(tree.name, units),
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


def _instead(name: str, units: Mapping[str, str]) -> str:
    """What to write for a name that is no figure: a minus with spaces, or the nearest name."""
    for place, sign in enumerate(name):
        if sign == "-" and name[:place] in units:
            return f"A minus needs spaces: {name[:place]} - {name[place + 1 :]}."
    return nearest(name, units)


def check_units(tree: Truth, units: Mapping[str, str]) -> None:
    """Raise ``ExpressionError`` for no or unknown figures, and for units that do not fit."""
    if not names(tree):
        raise ExpressionError(
            "the test names no figure, so that nothing could change its verdict.",
            "Compare a figure of the run, for example: exposure.after < exposure.before.",
        )
    _check_fit(tree, units)


def _check_fit(tree: Truth, units: Mapping[str, str]) -> None:
    if isinstance(tree, Compare):
        _one_unit([unit_of(part, units) for part in tree.parts], tree.column)
    elif isinstance(tree, Not):
        _check_fit(tree.part, units)
    else:
        for part in tree.parts:
            _check_fit(part, units)


def _one_unit(units: list[str], column: int) -> str:
    known = sorted({unit for unit in units if unit})
    if len(known) > 1:
        raise ExpressionError(
            f"column {column}: {known[0]} and {known[1]} do not fit together.",
            "Compare figures of one unit, or with a plain number.",
        )
    return known[0] if known else ""
