"""What there is to sign, when it may be signed, and what every signed set is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, NotANumberError, ShapeError, UnknownLabelError, nearest

Array = npt.NDArray[np.float64]
Plan = tuple[str | None, ...]
"""The deal that is signed in each period, or ``None``."""

Taken = Sequence[str | tuple[str, int]]
"""Deals with the period of each (from 1), or ids alone: one a period, each after the one before."""

_MOST = 12
_LONGEST = 120
_SHORTEST = 0.03  # months


@dataclass(frozen=True, eq=False)
class Signing:
    """Deals that may be signed, one a period, and what every signed set is worth.

    A set is an int: bit k of it is deal k of ``deals`` (at most 12). ``peace`` and ``struck``
    (2**n): real income of the protagonist against the status quo, percent, in peace and while
    retaliation is in force; ``cost`` (2**n): what a set costs the coercer, percent of its real
    income (minus: it gains); ``salience`` (n): how much in view signing each deal is, 0 to 1.
    ``cover``: the deal that switches cover on. ``periods`` of ``months`` each. ``needs``: deals
    that must be signed before; ``earliest``: first period of a deal (from 1); ``exclusive``:
    groups of which at most one deal is signed.

    Raises ``ShapeError``, ``NotANumberError``, ``UnknownLabelError`` or ``InputError``.
    """

    deals: tuple[str, ...]
    peace: Array
    struck: Array
    cost: Array
    salience: Array
    cover: str | None = None
    periods: int = 8
    months: float = 1.0
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    earliest: Mapping[str, int] = field(default_factory=dict)
    exclusive: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        self._check_deals()
        for name, size in (
            ("peace", 2 ** len(self.deals)),
            ("struck", 2 ** len(self.deals)),
            ("cost", 2 ** len(self.deals)),
            ("salience", len(self.deals)),
        ):
            object.__setattr__(self, name, self._numbers(name, size))
        if len(self.deals) and not (self.salience.min() >= 0 and self.salience.max() <= 1):
            worst = int(np.argmax(np.abs(self.salience - 0.5)))
            raise InputError(
                f"salience of {self.deals[worst]} is {self.salience[worst]:g}.",
                "Give 0 (unseen) to 1 (headline).",
            )
        self._check_time()
        self._check_rules()

    def _check_deals(self) -> None:
        if len(self.deals) > _MOST:
            raise InputError(
                f"{len(self.deals)} deals to put in order; at most {_MOST} are looked at.",
                "Name those that matter in `[sequence] deals`.",
            )
        twice = sorted({name for name in self.deals if self.deals.count(name) > 1})
        if twice:
            raise InputError(f"deals named twice: {', '.join(twice)}.", "Name each once.")
        if self.cover is not None:
            self.index(self.cover)

    def _numbers(self, name: str, size: int) -> Array:
        try:
            values = np.array(getattr(self, name), dtype=np.float64)
        except (TypeError, ValueError):
            raise NotANumberError(f"{name} is not a list of numbers.", "") from None
        if values.shape != (size,):
            what = "one for each deal" if name == "salience" else "one for each set of deals"
            raise ShapeError(
                f"{name} has shape {values.shape}; {what} is needed: ({size},).",
                "Bit k of a set's number is deal k.",
            )
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            which = int(bad[0])
            what = self.deals[which] if name == "salience" else self._said(which)
            raise NotANumberError(f"{name}[{which}] ({what}) is {values[which]}.", "Give a number.")
        values.setflags(write=False)
        return values

    def _said(self, signed: int) -> str:
        return ", ".join(self.names(signed)) or "no deal"

    def _check_time(self) -> None:
        whole = isinstance(self.periods, int) and not isinstance(self.periods, bool)
        if not whole or not 1 <= self.periods <= _LONGEST:
            raise InputError(
                f"periods={self.periods!r}.", f"Give a whole number from 1 to {_LONGEST}."
            )
        if not _SHORTEST <= self.months <= 120:
            raise InputError(
                f"months={self.months!r}: a period lasts {_SHORTEST} (a day) to 120 months.",
                "A week is 0.23.",
            )
        for name, period in self.earliest.items():
            self.index(name)
            self.period(name, period)

    def period(self, name: str, period: int) -> None:
        """Raise ``InputError`` where ``period``, that of ``name``, is not one of the periods."""
        if isinstance(period, bool) or not isinstance(period, int) or period < 1:
            raise InputError(f"{name} in period {period!r}: periods count from 1.", "")
        if period > self.periods:
            raise InputError(
                f"{name} in period {period}, beyond the horizon of {self.periods}.",
                f"Name a period from 1 to {self.periods}, or ask for more periods.",
            )

    def _check_rules(self) -> None:
        for name in [*self.needs, *(n for names in self.needs.values() for n in names)]:
            self.index(name)
        for group in self.exclusive:
            for name in group:
                self.index(name)
        try:
            TopologicalSorter({k: list(v) for k, v in self.needs.items()}).prepare()
        except CycleError as error:
            chain = list(reversed(error.args[1]))
            raise InputError(
                f"deals that need each other: {' needs '.join(chain)}.", "Remove one of these."
            ) from None

    def index(self, name: str) -> int:
        """The bit of a deal; ``UnknownLabelError`` with the nearest names where there is none."""
        if name not in self.deals:
            raise UnknownLabelError(
                f"there is no deal {name!r} in this sequence.", nearest(name, self.deals)
            )
        return self.deals.index(name)

    def names(self, signed: int) -> tuple[str, ...]:
        """The deals of a signed set."""
        return tuple(name for k, name in enumerate(self.deals) if signed >> k & 1)

    @cached_property
    def open(self) -> npt.NDArray[np.bool_]:
        """(deal, set): whether the deal may be signed where that set is, at some time."""
        sets = np.arange(2 ** len(self.deals))
        found = np.ones((len(self.deals), sets.size), dtype=np.bool_)
        for k, name in enumerate(self.deals):
            needed = sum(1 << self.index(other) for other in {*self.needs.get(name, ())})
            barred = {1 << k} | {
                1 << self.index(other)
                for group in self.exclusive
                if name in group
                for other in group
            }
            found[k] = (sets & needed == needed) & (sets & sum(barred) == 0)
        return found

    def first(self, name: str) -> int:
        """First period in which the deal may be signed, from 1."""
        return self.earliest.get(name, 1)

    def plan(self, taken: Taken) -> Plan:
        """Deals and their periods as a plan; each rule that it breaks is an error by name.

        Raises ``UnknownLabelError`` for a deal that is not there, ``InputError`` for a period
        beyond the horizon, two deals in one period, one deal twice, or a broken rule.
        """
        made: list[str | None] = [None] * self.periods
        for name, period in _dated(taken):
            self.index(name)
            self.period(name, period)
            if made[period - 1] is not None:
                raise InputError(
                    f"{made[period - 1]} and {name} are both signed in period {period}.",
                    "One deal is signed a period; give one of them another, or shorten periods.",
                )
            if name in made:
                raise InputError(f"{name} is signed twice.", "Name each deal once.")
            made[period - 1] = name
        broken = self.broken(tuple(made))
        if broken:
            raise InputError(broken, "Correct the order, or the rule.")
        return tuple(made)

    def broken(self, plan: Plan) -> str:
        """The first rule that a plan breaks, in words; empty where it keeps all."""
        signed = 0
        for period, name in enumerate(plan, 1):
            if name is None:
                continue
            if period < self.first(name):
                return (
                    f"{name} is signed in period {period}, before its first ({self.first(name)})."
                )
            if not self.open[self.index(name), signed]:
                missing = [n for n in self.needs.get(name, ()) if not signed >> self.index(n) & 1]
                if missing:
                    return f"{name} is signed in period {period} without {', '.join(missing)}."
                return f"{name} is signed in period {period} beside one that excludes it."
            signed |= 1 << self.index(name)
        return ""


def _dated(taken: Taken) -> Iterable[tuple[str, int]]:
    """Every deal with its period; an id alone comes in the period after the one before."""
    period = 0
    for step in taken:
        name, period = (step, period + 1) if isinstance(step, str) else step
        yield name, period
