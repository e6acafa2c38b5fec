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

Powers = dict[str, int]


def unit_of(tree: Value, units: Mapping[str, str]) -> str:
    """The unit of a value; "" for a plain number, which fits every unit.

    ``units``: by figure. Raises ``ExpressionError`` where units that differ are added or compared,
    or a figure is not known.
    """
    return _said(_powers(tree, units))


def _powers(tree: Value, units: Mapping[str, str]) -> Powers:
    """The unit of a value as powers of the units of figures, those with power 0 left out."""
    if isinstance(tree, Number):
        return {}
    if isinstance(tree, Name):
        if tree.name not in units:
            raise ExpressionError(
                f"column {tree.column}: there is no figure {tree.name!r}.",
                _instead(tree.name, units),
            )
        return {units[tree.name]: 1} if units[tree.name] else {}
    if isinstance(tree, Negative):
        return _powers(tree.part, units)
    if isinstance(tree, Call):
        return _one_unit([_powers(p, units) for p in tree.parts], tree.column)
    left, right = _powers(tree.left, units), _powers(tree.right, units)
    if tree.sign in "+-":
        return _one_unit([left, right], tree.column)
    sign = -1 if tree.sign == "/" else 1
    both = {unit: left.get(unit, 0) + sign * right.get(unit, 0) for unit in {**left, **right}}
    return {unit: power for unit, power in both.items() if power}


def _said(powers: Powers) -> str:
    """A unit in words, as ``percent x count per year``."""
    above = [unit for unit, power in sorted(powers.items()) for _ in range(power)]
    below = [unit for unit, power in sorted(powers.items()) for _ in range(-power)]
    return " per ".join([" x ".join(above) or "1", *below]) if powers else ""


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
        _one_unit([_powers(part, units) for part in tree.parts], tree.column)
    elif isinstance(tree, Not):
        _check_fit(tree.part, units)
    else:
        for part in tree.parts:
            _check_fit(part, units)


def _one_unit(units: list[Powers], column: int) -> Powers:
    known = [unit for unit in units if unit]
    for other in known[1:]:
        if other != known[0]:
            first, second = sorted((_said(known[0]), _said(other)))
            raise ExpressionError(
                f"column {column}: {first} and {second} do not fit together.",
                "Compare figures of one unit, or with a plain number.",
            )
    return known[0] if known else {}
