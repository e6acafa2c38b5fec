"""The language of a claim's test: comparisons of named figures, read without running anything.

A test is a truth value made of numbers, names of figures (letters, digits and ``_``, joined by
dots; a hyphen inside a name stands between two letters or digits without spaces), ``+ - * /``, the
functions ``min``, ``max`` and ``abs``, comparisons, ``and``, ``or``, ``not`` and parentheses. A
minus between two names needs spaces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from countervail.errors import ExpressionError

LONGEST = 500
"""Characters that a test may have."""

DEEPEST = 20
"""How deep parentheses and the like may be nested."""

FUNCTIONS = {"min": (1, None), "max": (1, None), "abs": (1, 1)}
"""Functions, with the least and the most arguments that each takes."""

_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_WORDS = ("and", "or", "not")
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.]))"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:[.-][A-Za-z0-9][A-Za-z0-9_]*)*)"
    r"|(?P<sign><=|>=|==|!=|[<>+\-*/(),])"
    r"|(?P<space>\s+)"
)
_WORD = re.compile(r"[\w.]+|.", re.DOTALL)  # what an error shows of what has no meaning


@dataclass(frozen=True)
class Number:
    """A plain number."""

    value: float


@dataclass(frozen=True)
class Name:
    """A figure by its name, and where it stands (column from 1)."""

    name: str
    column: int


@dataclass(frozen=True)
class Sum:
    """``left`` and ``right`` joined by ``+``, ``-``, ``*`` or ``/``."""

    sign: str
    left: Value
    right: Value
    column: int


@dataclass(frozen=True)
class Negative:
    """Minus ``part``."""

    part: Value


@dataclass(frozen=True)
class Call:
    """A function of ``FUNCTIONS`` with its arguments."""

    function: str
    parts: tuple[Value, ...]
    column: int


Value = Number | Name | Sum | Negative | Call


@dataclass(frozen=True)
class Compare:
    """Values with a comparison between each two: ``0 < x < 1`` has two."""

    parts: tuple[Value, ...]
    signs: tuple[str, ...]
    column: int


@dataclass(frozen=True)
class Both:
    """All of ``parts`` (``and``), or one of them (``or``)."""

    word: str
    parts: tuple[Truth, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of ``part``."""

    part: Truth


Truth = Compare | Both | Not
_Part = Callable[[], "Truth | Value"]


def parse(text: str) -> Truth:
    """The test as a tree. Raises ``ExpressionError`` with the column of what is wrong."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the test has {len(text)} characters; at most {LONGEST} are read.", "Shorten it."
        )
    found = _Reader(list(_tokens(text))).whole()
    if isinstance(found, (Compare, Both, Not)):
        return found
    raise ExpressionError(
        "the test is a number, not something true or false.",
        "Compare two sides, for example: exposure.after < exposure.before.",
    )


def names(tree: Truth | Value) -> tuple[Name, ...]:
    """The figures that a test names, in their order, each place once."""
    if isinstance(tree, Name):
        return (tree,)
    if isinstance(tree, Number):
        return ()
    if isinstance(tree, (Not, Negative)):
        return names(tree.part)
    parts = (tree.left, tree.right) if isinstance(tree, Sum) else tree.parts
    return tuple(found for part in parts for found in names(part))


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ExpressionError(
                f"column {place + 1}: {_meaningless(text, place)!r} has no meaning in a test.",
                "Allowed are numbers, names of figures, + - * / < <= > >= == != ( ) , and, or, "
                "not, min, max, abs.",
            )
        kind = str(found.lastgroup)
        if kind == "name" and found[0] in _WORDS:
            kind = "word"
        if kind != "space":
            yield _Token(kind, found[0], place + 1)
        place = found.end()
    yield _Token("end", "", len(text) + 1)


def _meaningless(text: str, place: int) -> str:
    """The word or sign at ``place`` that no token begins with, at most 30 characters of it."""
    found = _WORD.match(text, place)
    return found[0][:30] if found else text[place]


class _Reader:
    """Reads tokens from left to right: or, and, not, comparison, sums, products, signs, atoms."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = self._depth = 0

    def whole(self) -> Truth | Value:
        found = self._any()
        if self._now.kind != "end":
            raise self._unexpected("an end or an operator")
        return found

    @property
    def _now(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> _Token | None:
        now = self._now
        if now.kind in ("sign", "word") and now.text in texts:
            self._place += 1
            return now
        return None

    def _any(self) -> Truth | Value:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                f"column {self._now.column}: nested more than {DEEPEST} deep.", "Simplify the test."
            )
        found = self._joined("or", ("and",))
        self._depth -= 1
        return found

    def _joined(self, word: str, inner: tuple[str, ...]) -> Truth | Value:
        def part() -> Truth | Value:
            return self._joined(inner[0], ()) if inner else self._negated()

        start = self._now
        parts = [part()]
        while self._take(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return Both(word, tuple(self._truth(p, start) for p in parts))

    def _negated(self) -> Truth | Value:
        start = self._now
        if self._take("not"):
            self._depth += 1
            if self._depth > DEEPEST:
                raise ExpressionError(
                    f"column {start.column}: too many `not`.", "Simplify the test."
                )
            found = Not(self._truth(self._negated(), start))
            self._depth -= 1
            return found
        return self._compared()

    def _compared(self) -> Truth | Value:
        start = self._now
        parts, signs = [self._sum()], []
        while sign := self._take(*_COMPARISONS):
            signs.append(sign.text)
            parts.append(self._sum())
        if not signs:
            return parts[0]
        return Compare(tuple(self._value(p, start) for p in parts), tuple(signs), start.column)

    def _sum(self) -> Truth | Value:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._signed))

    def _chain(self, signs: tuple[str, ...], part: _Part) -> Truth | Value:
        start = self._now
        found = part()
        while sign := self._take(*signs):
            right = part()
            found = Sum(
                sign.text, self._value(found, start), self._value(right, start), sign.column
            )
        return found

    def _signed(self) -> Truth | Value:
        start = self._now
        if self._take("-"):
            self._depth += 1
            if self._depth > DEEPEST:
                raise ExpressionError(
                    f"column {start.column}: too many minus signs.", "Simplify the test."
                )
            found = Negative(self._value(self._signed(), start))
            self._depth -= 1
            return found
        return self._atom()

    def _atom(self) -> Truth | Value:
        now = self._now
        if now.kind == "number":
            self._place += 1
            if not math.isfinite(float(now.text)):
                raise ExpressionError(
                    f"column {now.column}: {now.text} is too large.", "Write a smaller number."
                )
            return Number(float(now.text))
        if now.kind == "name":
            self._place += 1
            return self._call(now) if self._take("(") else Name(now.text, now.column)
        if self._take("("):
            found = self._any()
            if not self._take(")"):
                raise self._unexpected("a closing parenthesis")
            return found
        raise self._unexpected("a number or the name of a figure")

    def _call(self, name: _Token) -> Call:
        if name.text not in FUNCTIONS:
            raise ExpressionError(
                f"column {name.column}: a test cannot call {name.text!r}.",
                f"Only {', '.join(FUNCTIONS)} can be called; nothing is ever run.",
            )
        parts = [self._value(self._any(), name)]
        while self._take(","):
            parts.append(self._value(self._any(), name))
        if not self._take(")"):
            raise self._unexpected("a closing parenthesis")
        least, most = FUNCTIONS[name.text]
        if len(parts) < least or (most is not None and len(parts) > most):
            raise ExpressionError(
                f"column {name.column}: {name.text} takes {most or f'{least} or more'} "
                f"argument{'' if most == 1 else 's'}, not {len(parts)}.",
                "Arguments are separated by commas.",
            )
        return Call(name.text, tuple(parts), name.column)

    def _truth(self, found: Truth | Value, start: _Token) -> Truth:
        if isinstance(found, (Compare, Both, Not)):
            return found
        raise ExpressionError(
            f"column {start.column}: a number stands where something true or false is needed.",
            "Compare it with something.",
        )

    def _value(self, found: Truth | Value, start: _Token) -> Value:
        if isinstance(found, (Compare, Both, Not)):
            raise ExpressionError(
                f"column {start.column}: something true or false stands where a number is needed.",
                "Join comparisons with and, or.",
            )
        return found

    def _unexpected(self, wanted: str) -> ExpressionError:
        now = self._now
        what = f"{now.text!r} stands" if now.kind != "end" else "the test ends"
        return ExpressionError(
            f"column {now.column}: {what} where {wanted} should.",
            "A test compares figures, for example: exposure.after < exposure.before.",
        )
