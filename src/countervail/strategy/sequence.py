"""Which deal to sign when, what the order taken was worth, and what cover was worth."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countervail.strategy.hazard import Coercer, coercer
from countervail.strategy.induction import WAIT, Course, Order, Programme
from countervail.strategy.signing import Plan, Signing, Taken

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """One deal of an order: its period and what it was worth there.

    ``odds``: that it is signed by the end (of the best policy, which answers to what happens).
    ``worth``: value of the order less its value without this deal (of the best policy: less that
    of the best policy that may not sign it). ``moved_to``, ``moved_gain``: the period in which it
    alone would have been worth most, and by how much more; 0 where it was best placed. All in
    percent of one year's real income.
    """

    deal: str
    period: int
    worth: float
    odds: float = 1.0
    moved_to: int | None = None
    moved_gain: float = 0.0


@dataclass(frozen=True)
class Swap:
    """The two deals of the order taken that would gain most by changing places, and the gain."""

    sooner: str
    later: str
    gain: float


@dataclass(frozen=True)
class CoverWorth:
    """What cover is worth, percent of one year's real income.

    ``best``: the best policy that may ask for it, less the best one that may not; ``best_binding``:
    the same, had it been irrevocable. ``taken``, ``taken_binding``: the order taken, less the same
    order without it; ``None`` where it is no part of it.
    """

    deal: str
    best: float
    best_binding: float
    taken: float | None = None
    taken_binding: float | None = None


@dataclass(frozen=True, eq=False)
class Sequence:
    """The best order of signing, the order taken, and what lies between them.

    ``best``, ``taken``, ``waiting``: values of the best policy, of the order taken (``None``
    without one) and of signing nothing, sums over all periods and the months after them, in
    percent of one year's real income. ``orders``: those in which the best policy may come to
    sign, the likeliest first; ``policy`` tells what it does in any state. ``best_steps`` (of the
    likeliest order), ``taken_steps``: what each deal is worth; ``swap``: which exchange of two
    deals would have gained most. ``best_course``, ``taken_course``, ``waiting_course``: odds of
    retaliation and of cover in each period.
    """

    signing: Signing
    coercer: Coercer
    best: float
    waiting: float
    taken: float | None
    orders: tuple[Order, ...]
    best_steps: tuple[Step, ...]
    taken_steps: tuple[Step, ...]
    swap: Swap | None
    cover: CoverWorth | None
    best_course: Course
    waiting_course: Course
    taken_course: Course | None
    programme: Programme = field(repr=False)

    @property
    def order(self) -> tuple[str, ...]:
        """The likeliest order of the best policy."""
        return self.orders[0].deals

    @property
    def first_move(self) -> str | None:
        """What to sign first, or ``None`` to wait."""
        return self.policy(1, mood=self.coercer.start)

    def policy(
        self, period: int, signed: tuple[str, ...] = (), mood: int = 0, covered: bool = False
    ) -> str | None:
        """The deal to sign in that state, or ``None`` to wait.

        ``period`` from 1; ``mood`` from 0 (calm) to the last (retaliation in force). Raises
        ``InputError`` for a period or mood that is not there, ``UnknownLabelError`` for a deal.
        """
        self.signing.period("the state asked for", period)
        self.coercer.mood("mood", mood)
        held = sum(1 << self.signing.index(name) for name in set(signed))
        k = self.programme.move(period, held, mood, covered)
        return None if k == WAIT else self.signing.deals[k]

    @property
    def table(self) -> pd.DataFrame:
        """Steps of both orders: order, period, deal, worth, odds, moved_to, moved_gain."""
        import pandas as pd

        columns = ["order", "period", "deal", "worth", "odds", "moved_to", "moved_gain"]
        rows = [
            (name, s.period, s.deal, s.worth, s.odds, s.moved_to, s.moved_gain)
            for name, steps in (("taken", self.taken_steps), ("best", self.best_steps))
            for s in steps
        ]
        return pd.DataFrame(rows, columns=columns)


def sequence(
    signing: Signing, behaviour: Coercer | None = None, taken: Taken | None = None
) -> Sequence:
    """The best order of signing, by exact backward induction, and what ``taken`` was worth.

    ``signing``: the deals, their values and their rules; ``behaviour``: the coercer, by default as
    the parameters describe it (all judgement); ``taken``: the order that was taken, as ids in
    order or (id, period), signed whatever the coercer does. Returns a ``Sequence``. Raises
    ``UnknownLabelError`` or ``InputError`` for an order that cannot be.

    Source: definition of this program (docs/strategy.md); backward induction after Bellman (1957).
    """
    behaviour = behaviour or coercer()
    plan = None if not taken else signing.plan(taken)
    programme = Programme(signing, behaviour)
    orders, course = programme.orders(), programme.course()
    nothing: Plan = (None,) * signing.periods
    return Sequence(
        signing=signing,
        coercer=behaviour,
        best=programme.value,
        waiting=programme.worth(nothing),
        taken=None if plan is None else programme.worth(plan),
        orders=orders,
        best_steps=_best_steps(programme, orders[0], course),
        taken_steps=() if plan is None else _taken_steps(programme, plan),
        swap=None if plan is None else best_swap(programme, plan),
        cover=_cover_worth(programme, plan),
        best_course=course,
        waiting_course=programme.course(nothing),
        taken_course=None if plan is None else programme.course(plan),
        programme=programme,
    )


def best_swap(programme: Programme, plan: Plan) -> Swap | None:
    """The exchange of two deals of ``plan`` that gains most; ``None`` where none gains."""
    now, found = programme.worth(plan), None
    signed = [t for t, name in enumerate(plan) if name is not None]
    for early, late in itertools.combinations(signed, 2):
        changed = list(plan)
        changed[early], changed[late] = plan[late], plan[early]
        if programme.signing.broken(tuple(changed)):
            continue
        gain = programme.worth(tuple(changed)) - now
        if gain > (found.gain if found else 0.0):
            found = Swap(str(plan[late]), str(plan[early]), gain)
    return found


def _best_steps(programme: Programme, order: Order, course: Course) -> tuple[Step, ...]:
    """The deals of the likeliest order, each against the best policy that may not sign it."""
    game = programme.signing
    made = []
    for deal, period in zip(order.deals, order.periods, strict=True):
        without = Programme(game, programme.coercer, barred=(deal,))
        odds = float(course.signed[-1, game.index(deal)])
        made.append(Step(deal, period, programme.value - without.value, odds))
    return tuple(made)


def _taken_steps(programme: Programme, plan: Plan) -> tuple[Step, ...]:
    now = programme.worth(plan)
    return tuple(
        Step(
            name,
            t + 1,
            now - programme.worth(_placed(plan, t, None)),
            1.0,
            *_moved(programme, plan, t),
        )
        for t, name in enumerate(plan)
        if name is not None
    )


def _moved(programme: Programme, plan: Plan, here: int) -> tuple[int | None, float]:
    """The free period in which one deal alone would be worth most, and what that gains."""
    now, found = programme.worth(plan), (None, 0.0)
    for there, held in enumerate(plan):
        changed = _placed(plan, here, there)
        if held is None and not programme.signing.broken(changed):
            gain = programme.worth(changed) - now
            if gain > found[1]:
                found = (there + 1, gain)  # type: ignore[assignment]
    return found


def _placed(plan: Plan, here: int, there: int | None) -> Plan:
    """The plan with the deal of one period moved to another, or to none."""
    changed = list(plan)
    changed[here] = None
    if there is not None:
        changed[there] = plan[here]
    return tuple(changed)


def _cover_worth(programme: Programme, plan: Plan | None) -> CoverWorth | None:
    game, behaviour = programme.signing, programme.coercer
    if game.cover is None:
        return None
    without = Programme(game, behaviour, barred=(game.cover,)).value
    binding = Programme(game, behaviour, binding=True)
    taken = taken_binding = None
    if plan is not None and game.cover in plan:
        bare = programme.worth(_placed(plan, plan.index(game.cover), None))
        taken, taken_binding = programme.worth(plan) - bare, binding.worth(plan) - bare
    return CoverWorth(
        game.cover, programme.value - without, binding.value - without, taken, taken_binding
    )
