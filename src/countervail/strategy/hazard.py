"""How the coercer's mood moves and how long cover lasts: chances from judgement parameters.

Nothing observes these parameters; ``sequence.*`` and ``cover.*`` in the table of parameters hold
them with their ranges, and ``flips`` says which of them change an answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, NotANumberError, OptionError, nearest
from countervail.parameters import parameter

if TYPE_CHECKING:
    from countervail.scenario.deals import Deal

Array = npt.NDArray[np.float64]

PARAMETERS: Mapping[str, str] = {
    "base": "sequence.base",
    "temper": "sequence.temper",
    "cost": "sequence.cost",
    "salience": "sequence.salience",
    "cover": "sequence.cover",
    "calming": "sequence.calming",
    "ending": "sequence.ending",
    "revocation": "cover.base_revocation",
    "revocation_slope": "cover.salience_slope",
    "discount": "sequence.discount",
    "after": "sequence.after",
    "start": "sequence.start",
}
"""The field of a ``Coercer`` and the parameter that it is read from."""

_CHANCES = ("calming", "ending")
_NOT_NEGATIVE = ("temper", "revocation", "discount", "after")
_LONGEST = 1200  # months: a century
_STEEP = 700.0  # e to this is still a number; cover is then lost at once


@dataclass(frozen=True)
class Coercer:
    """How the coercer answers; all of it judgement.

    ``base``: log-odds a month that the calmest mood turns worse by one (-inf: it never does);
    ``temper``: what each mood adds to them; ``cost``: what a percent of its real income that a deal
    costs it adds; ``salience``: what a deal in full view adds; ``cover``: what cover takes off.
    ``calming``: chance a month that the mood eases by one while nothing is signed; ``ending``: that
    retaliation ends. ``revocation`` (hazard a month at salience 0), ``revocation_slope``: how cover
    ends.
    ``discount``: a year; ``after``: months that are counted after the last period; ``start``: the
    mood at the start, from 0 (calm) to ``moods`` - 1 (retaliation is in force).

    Raises ``NotANumberError`` and ``InputError`` for what cannot be.
    """

    base: float
    temper: float
    cost: float
    salience: float
    cover: float
    calming: float
    ending: float
    revocation: float
    revocation_slope: float
    discount: float
    after: float
    start: int
    moods: int = 5

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            real = isinstance(value, Real) and not isinstance(value, bool)
            never = part.name == "base" and value == -math.inf  # the mood never turns by itself
            if not real or not (never or math.isfinite(value)):
                raise NotANumberError(
                    f"{part.name}={value!r} of the coercer is not a finite number.",
                    "countervail explain lists the parameters sequence.* with their ranges.",
                )
        for name in _CHANCES:
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(
                    f"{name}={getattr(self, name):g} is not a probability.", "Give 0 to 1."
                )
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise InputError(
                    f"{name}={getattr(self, name):g}: it is 0 or more.",
                    f"See: countervail explain {PARAMETERS[name]}",
                )
        if self.after > _LONGEST:
            raise InputError(
                f"after={self.after:g}: at most {_LONGEST} months are counted after the periods.",
                f"See: countervail explain {PARAMETERS['after']}",
            )
        if not 2 <= self.moods <= 20 or self.moods != int(self.moods):
            raise InputError(f"moods={self.moods!r}.", "Give a whole number from 2 to 20.")
        self.mood("start", self.start)
        for name in ("start", "moods"):
            object.__setattr__(self, name, int(getattr(self, name)))

    def mood(self, name: str, mood: int) -> None:
        """Raise ``InputError`` where ``mood``, that of ``name``, is not one of the moods."""
        if not 0 <= mood < self.moods or mood != int(mood):
            raise InputError(
                f"{name}={mood!r} is not one of the {self.moods} moods.",
                f"Give a whole number from 0 (calm) to {self.moods - 1} (retaliation in force).",
            )

    def keeps(self, salience: float, months: float) -> float:
        """Chance that cover outlives ``months`` in which something of this salience is done.

        As ``channels.ties.effects.cover`` says it; here the hazard may be varied.
        """
        steep = min(self.revocation_slope * salience, _STEEP)
        return math.exp(-self.revocation * math.exp(steep) * months)


def coercer(**changes: float) -> Coercer:
    """The coercer that the parameters describe, with single fields changed (``salience=2``).

    Raises ``OptionError`` for a field that does not exist, and as ``Coercer``.
    """
    known = [part.name for part in fields(Coercer)]
    for name in changes:
        if name not in known:
            raise OptionError(f"a coercer has no {name!r}.", nearest(name, known))
    values: dict[str, float] = {field: parameter(name).value for field, name in PARAMETERS.items()}
    values["start"] = int(values["start"])
    return replace(Coercer(**values), **changes)  # type: ignore[arg-type]


def turn(log_odds: Array | float, drift: Array | float, months: float) -> Array:
    """Chance that the mood turns worse in a period of ``months``.

    ``log_odds``: of the month in which something is signed; ``drift``: of a month in which nothing
    is. What is signed counts once, however long the period; with months = 1 the chance is
    logit^-1(log_odds).
    """
    stays = -np.logaddexp(0.0, log_odds) - (months - 1.0) * np.logaddexp(0.0, drift)
    found: Array = -np.expm1(np.minimum(stays, 0.0))
    return found


def over(chance: float, months: float) -> float:
    """A chance a month as a chance in ``months``."""
    return float(1.0 - (1.0 - chance) ** months)


def saliences(deals: Sequence[Deal], cover: str | None) -> tuple[float, ...]:
    """How much in view signing each deal is: what its entry says, else the parameter.

    A seat in the coercer's own forum (``cover``) is what it asks for: 0. (``salience`` of a
    forum's entry says how much in view is what is done under it.)
    """
    usual = parameter("sequence.deal_salience").value
    return tuple(
        0.0 if deal.id == cover else usual if deal.salience is None else deal.salience
        for deal in deals
    )
