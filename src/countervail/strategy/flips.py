"""Which judgement parameter changes an answer about the order of signing, and at which value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from countervail.parameters import parameter
from countervail.strategy.hazard import PARAMETERS, Coercer
from countervail.strategy.induction import WAIT, Programme
from countervail.strategy.sequence import Sequence
from countervail.strategy.signing import Plan, Signing

FIRST, ORDER, AGAINST_WAITING = "first move", "order", "taken against waiting"
QUESTIONS = (FIRST, ORDER, AGAINST_WAITING)

_STEPS = 8  # of a range, looked at before bisecting
_CLOSE = 1 / 256  # of a range: how exactly the value at which an answer changes is found

_Answer = tuple[str, ...]


@dataclass(frozen=True)
class Flip:
    """One answer that changes within the range of one parameter.

    ``question``: one of ``QUESTIONS``; ``value``, ``low``, ``high``: of the parameter; ``at``:
    where the answer first changes on this side of the value; ``before``, ``after``: the answers
    (deals, or "better" and "worse" of the order taken against signing nothing).
    """

    parameter: str
    question: str
    value: float
    low: float
    high: float
    unit: str
    at: float
    before: _Answer
    after: _Answer


def flips(found: Sequence, taken: Plan | None = None) -> tuple[Flip, ...]:
    """Every answer that changes within the range of a parameter of the coercer, nearest value.

    One parameter at a time, the others as they are in ``found``; the range is looked at in eighths
    and the first change on either side bisected to 1/256 of it. ``taken``: the order taken, as a
    plan; without it that question is not asked. Parameters without a range, or whose value in
    ``found`` lies outside it, are left out.

    Source: definition of this program.
    """
    made = []
    for part, name in PARAMETERS.items():
        known = parameter(name)
        value = float(getattr(found.coercer, part))
        if known.low is None or known.high is None or not known.low <= value <= known.high:
            continue
        answers = _Answers(found.signing, found.coercer, part, taken)
        for question in QUESTIONS if taken is not None else QUESTIONS[:2]:
            for end in (known.low, known.high):
                at = answers.change(question, value, end, known.high - known.low)
                if at is not None:
                    made.append(
                        Flip(
                            name,
                            question,
                            value,
                            known.low,
                            known.high,
                            known.unit,
                            at,
                            answers.of(value)[question],
                            answers.of(at)[question],
                        )
                    )
    return tuple(made)


class _Answers:
    """What the answers are at each value of one parameter; each value is solved once."""

    def __init__(self, signing: Signing, behaviour: Coercer, part: str, taken: Plan | None) -> None:
        self._signing, self._behaviour, self._part, self._taken = signing, behaviour, part, taken
        self._whole = isinstance(getattr(behaviour, part), int)
        self._known: dict[float, dict[str, _Answer]] = {}

    def of(self, value: float) -> dict[str, _Answer]:
        if value not in self._known:
            self._known[value] = self._asked(value)
        return self._known[value]

    def change(self, question: str, value: float, end: float, width: float) -> float | None:
        """The first value between ``value`` and ``end`` with another answer; ``None``: none."""
        now = self.of(value)[question]
        last = value
        for place in self._grid(value, end, width):
            if self.of(place)[question] != now:
                return place if self._whole else self._bisected(question, last, place, width)
            last = place
        return None

    def _grid(self, value: float, end: float, width: float) -> list[float]:
        step = 1.0 if self._whole else width / _STEPS
        sign = 1.0 if end > value else -1.0
        count = int(abs(end - value) / step + 1e-9)
        places = [value + sign * step * n for n in range(1, count + 1)]
        if abs(end - value) > count * step * (1 + 1e-9):
            places.append(end)
        return places

    def _bisected(self, question: str, same: float, other: float, width: float) -> float:
        now = self.of(same)[question]
        while abs(other - same) > _CLOSE * width:
            middle = (same + other) / 2
            if self.of(middle)[question] == now:
                same = middle
            else:
                other = middle
        return other

    def _asked(self, value: float) -> dict[str, _Answer]:
        changed: float = int(value) if self._whole else value
        programme = Programme(
            self._signing,
            replace(self._behaviour, **{self._part: changed}),  # type: ignore[arg-type]
        )
        first = programme.move(1, 0, programme.coercer.start, False)
        found = {
            FIRST: () if first == WAIT else (self._signing.deals[first],),
            ORDER: programme.orders()[0].deals,
        }
        if self._taken is not None:
            nothing: Plan = (None,) * self._signing.periods
            gain = programme.worth(self._taken) - programme.worth(nothing)
            found[AGAINST_WAITING] = ("better" if gain > 0 else "worse",)
        return found
