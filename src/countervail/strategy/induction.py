"""The exact dynamic programme over signed deals, the coercer's mood, cover and time.

In each period the protagonist signs one deal or waits; income flows; the mood of the coercer
moves; cover, if alive, may be revoked. All moves of mood and cover come from one function,
``_expected``, so that the best policy, a fixed plan and the odds along either are the same world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from countervail.strategy.hazard import Coercer, over, turn
from countervail.strategy.signing import Plan, Signing

Array = npt.NDArray[np.float64]
WAIT = -1
_TIE = 1e-12  # of the largest value: a deal that adds no more than rounding is not signed


@dataclass(frozen=True)
class Course:
    """What happens under a policy or plan, period by period: chances before that period's move.

    ``struck``: that retaliation is in force; ``covered``: that cover is alive once the period's
    deal is signed; ``signed`` (period, deal): that the deal is signed by the end of the period.
    """

    struck: tuple[float, ...]
    covered: tuple[float, ...]
    signed: Array


@dataclass(frozen=True)
class Order:
    """An order that the best policy may come to: its deals, when each is signed, its chance.

    ``periods``: of each deal the one by which it is signed in half of all cases that begin so.
    """

    deals: tuple[str, ...]
    periods: tuple[int, ...]
    chance: float


@dataclass(frozen=True, eq=False)
class Programme:
    """One signing problem against one coercer: values, best policy, plans, odds.

    Values are sums over the periods and ``after`` months behind them, discounted to the start, in
    percent of one year's real income. ``barred``: deals that are never signed; ``binding``: cover
    cannot be revoked.
    """

    signing: Signing
    coercer: Coercer
    barred: tuple[str, ...] = ()
    binding: bool = False

    @cached_property
    def best(self) -> tuple[Array, npt.NDArray[np.int8]]:
        """Values (period, cover, mood, set) and the best move in each; the last value is the tail.

        Of moves that are worth the same, waiting comes first, then the deals in their order.
        """
        game, size = self.signing, 2 ** len(self.signing.deals)
        shape = (self._covers, self.coercer.moods, size)
        values = np.empty((game.periods + 1, *shape))
        moves = np.full((game.periods, *shape), WAIT, dtype=np.int8)
        values[-1] = (self._tail @ self._flow).reshape(shape)
        for t in reversed(range(game.periods)):
            ahead = values[t + 1]
            values[t] = self._pays[None] + self._discount * self._expected(ahead, WAIT)
            tie = _TIE * max(1.0, float(np.abs(values[t]).max()))
            for k, name in enumerate(game.deals):
                if name in self.barred or t + 1 < game.first(name):
                    continue
                # Sets without and with the deal, as views: no copying, no index arrays.
                halves = (*shape[:2], size >> (k + 1), 2, 1 << k)
                there = ahead.reshape(halves)[..., 1, :]
                pays = self._pays.reshape(halves[1:])[..., 1, :]
                found = pays[None] + self._discount * self._expected(there, k)
                found = np.where(self._open[k], found, -np.inf)
                here = values[t].reshape(halves)[..., 0, :]
                better = found > here + tie
                np.copyto(moves[t].reshape(halves)[..., 0, :], k, where=better)
                np.maximum(here, found, out=here)
        return values, moves

    @property
    def value(self) -> float:
        """What the best policy is worth from the start."""
        return float(self.best[0][0, 0, self.coercer.start, 0])

    def move(self, period: int, signed: int, mood: int, covered: bool) -> int:
        """The best move there: the number of a deal, or ``WAIT``."""
        covered = covered and self._covers == 2
        return int(self.best[1][period - 1, int(covered), mood, signed])

    def worth(self, plan: Plan) -> float:
        """What a plan is worth from the start, signed whatever the coercer does."""
        sets = self._sets(plan)
        value = self._tail @ self._flow[:, sets[-1]]
        for t in reversed(range(len(plan))):
            pays = np.tile(self._pays[:, sets[t + 1]], self._covers)
            value = pays + self._discount * (self._odds(sets[t], self._number(plan[t])) @ value)
        return float(value[self.coercer.start])

    def course(self, plan: Plan | None = None) -> Course:
        """The odds along a plan, or along the best policy where none is given."""
        choose = self._chooser(plan)
        game, moods = self.signing, self.coercer.moods
        now: dict[int, Array] = {0: self._start}
        struck, covered = [], []
        signed = np.zeros((game.periods, len(game.deals)))
        for t in range(game.periods):
            following: dict[int, Array] = {}
            struck.append(float(sum(p.reshape(-1, moods)[:, -1].sum() for p in now.values())))
            protected = 0.0
            for here, odds in now.items():
                for state in np.flatnonzero(odds):
                    cover, mood = divmod(int(state), moods)
                    k = choose(t + 1, here, mood, bool(cover))
                    there = here if k == WAIT else here | 1 << k
                    protected += odds[state] * (cover or (k == self._covering))
                    onward = odds[state] * self._odds(here, k)[state]
                    following[there] = following.get(there, 0.0) + onward
            covered.append(float(protected))
            now = following
            for there, odds in now.items():
                signed[t, [k for k in range(len(game.deals)) if there >> k & 1]] += odds.sum()
        return Course(tuple(struck), tuple(covered), signed)

    def orders(self) -> tuple[Order, ...]:
        """Every order in which the best policy may come to sign, the likeliest first."""
        game, moods = self.signing, self.coercer.moods
        now: dict[tuple[int, ...], Array] = {(): self._start}
        reached: dict[tuple[int, ...], Array] = {}
        for t in range(game.periods):
            following: dict[tuple[int, ...], Array] = {}
            for order, odds in now.items():
                signed = sum(1 << k for k in order)
                for state in np.flatnonzero(odds):
                    cover, mood = divmod(int(state), moods)
                    k = self.move(t + 1, signed, mood, bool(cover))
                    there = order if k == WAIT else (*order, k)
                    onward = odds[state] * self._odds(signed, k)[state]
                    following[there] = following.get(there, 0.0) + onward
                    if k != WAIT:
                        by_period = reached.setdefault(there, np.zeros(game.periods))
                        by_period[t] += odds[state]
            now = following
        return tuple(
            Order(
                tuple(game.deals[k] for k in order),
                tuple(_median(reached[order[: n + 1]]) for n in range(len(order))),
                float(odds.sum()),
            )
            for order, odds in sorted(now.items(), key=lambda item: (-item[1].sum(), item[0]))
        )

    @property
    def _start(self) -> Array:
        """(state,): all at the mood of the start, without cover."""
        odds = np.zeros(self._covers * self.coercer.moods)
        odds[self.coercer.start] = 1.0
        return odds

    def _chooser(self, plan: Plan | None) -> Callable[[int, int, int, bool], int]:
        if plan is None:
            return self.move
        return lambda period, signed, mood, covered: self._number(plan[period - 1])

    def _number(self, name: str | None) -> int:
        return WAIT if name is None else self.signing.index(name)

    def _sets(self, plan: Plan) -> list[int]:
        sets = [0]
        for name in plan:
            sets.append(sets[-1] if name is None else sets[-1] | 1 << self._number(name))
        return sets

    @cached_property
    def _covering(self) -> int | None:
        """The number of the deal that brings cover, where it may be signed."""
        name = self.signing.cover
        return None if name is None or name in self.barred else self.signing.index(name)

    @property
    def _covers(self) -> int:
        """States of cover: none at all, or off and on."""
        return 1 if self._covering is None else 2

    @cached_property
    def _flow(self) -> Array:
        """(mood, set): real income, percent; the last mood is retaliation in force."""
        moods = self.coercer.moods
        return np.stack([*[self.signing.peace] * (moods - 1), self.signing.struck])

    @property
    def _year(self) -> float:
        return self.signing.months / 12.0

    @cached_property
    def _pays(self) -> Array:
        """(mood, set): what one period adds, percent of a year's real income."""
        return self._year * self._flow

    @property
    def _discount(self) -> float:
        return float((1.0 + self.coercer.discount) ** -self._year)

    @cached_property
    def _tail(self) -> Array:
        """(state, mood): discounted years in each mood after the last period, nothing signed."""
        moods = self.coercer.moods
        once = np.tile(self._year * np.eye(moods), (self._covers, 1))
        odds = self._odds(0, WAIT)
        found = np.zeros_like(once)
        for _ in range(round(self.coercer.after / self.signing.months)):
            found = once + self._discount * (odds @ found)
        return found

    @cached_property
    def _open(self) -> list[npt.NDArray[np.bool_]]:
        """For each deal: whether it may be signed, by the set without it."""
        size = 2 ** len(self.signing.deals)
        return [
            self.signing.open[k].reshape(size >> (k + 1), 2, 1 << k)[:, 0, :]
            for k in range(len(self.signing.deals))
        ]

    @cached_property
    def _rise(self) -> list[Array]:
        """For each deal: what it costs the coercer more, by the set without it."""
        size = 2 ** len(self.signing.deals)
        made = []
        for k in range(len(self.signing.deals)):
            halves = self.signing.cost.reshape(size >> (k + 1), 2, 1 << k)
            made.append(halves[:, 1, :] - halves[:, 0, :])
        return made

    @cached_property
    def _drift(self) -> Array:
        """(cover, mood): log-odds of a month in which nothing is signed."""
        c = self.coercer
        by_mood = c.base + c.temper * np.arange(c.moods)
        return np.stack([by_mood - c.cover * on for on in range(self._covers)])

    @cached_property
    def _turns(self) -> list[Array]:
        """For each deal: chance (cover, mood, set without it) that the mood turns worse."""
        return [
            self._turn(k, self.coercer.cost * rise, (slice(None), slice(None), None, None))
            for k, rise in enumerate(self._rise)
        ]

    def _turn(self, k: int, extra: Array | float, axes: tuple[slice | None, ...]) -> Array:
        """Chance that the mood turns worse: after a deal that adds ``extra`` by its cost."""
        drift = self._drift[axes]
        if k == self._covering:  # cover is on as soon as it is signed
            drift = np.broadcast_to(drift[-1:], drift.shape)
        said = extra + self.coercer.salience * float(self.signing.salience[k])
        return turn(drift + said, drift, self.signing.months)

    def _expected(self, ahead: Array, k: int, up: Array | None = None) -> Array:
        """What ``ahead`` (cover, mood, ...) is expected to be before mood and cover move.

        ``k``: the deal that was signed; ``up``: the chance that the mood turns worse, where it is
        not that of all sets without the deal.
        """
        c, months = self.coercer, self.signing.months
        if up is None:
            up = self._up_waiting(ahead.ndim) if k == WAIT else self._turns[k]
        after = self._revoked(ahead, k)
        # At the top nothing is worse: retaliation goes on. It ends as other moods ease.
        worse = np.concatenate([after[:, 1:], after[:, -1:]], axis=1)
        better = np.concatenate([after[:, :1], after[:, :-1]], axis=1)
        ease = np.full(c.moods, over(c.calming, months) if k == WAIT else 0.0)
        ease[-1] = over(c.ending, months)
        ease = ease.reshape(1, -1, *[1] * (ahead.ndim - 2))
        stays = after + ease * (better - after)
        found: Array = stays + up * (worse - stays)
        return found

    def _up_waiting(self, dimensions: int) -> Array:
        up = turn(self._drift, self._drift, self.signing.months)
        return up.reshape(*up.shape, *[1] * (dimensions - 2))

    def _revoked(self, ahead: Array, k: int) -> Array:
        """``ahead`` before cover may be revoked; with the deal that brings it, it is alive."""
        if self._covers == 1:
            return ahead
        salience = 0.0 if k == WAIT else float(self.signing.salience[k])
        kept = 1.0 if self.binding else self.coercer.keeps(salience, self.signing.months)
        alive = ahead[1] * kept + ahead[0] * (1.0 - kept)
        return np.stack([alive if k == self._covering else ahead[0], alive])

    def _odds(self, signed: int, k: int) -> Array:
        """(state, next state): chances of cover and mood where ``k`` is signed on a set."""
        known = self._known_odds
        signed = 0 if k == WAIT else signed  # the chances of waiting are the same everywhere
        if (signed, k) not in known:
            states = self._covers * self.coercer.moods
            each = np.eye(states).reshape(self._covers, self.coercer.moods, states)
            up = None
            if k != WAIT:
                rise = self.signing.cost[signed | 1 << k] - self.signing.cost[signed]
                up = self._turn(k, self.coercer.cost * rise, (slice(None), slice(None), None))
            known[signed, k] = self._expected(each, k, up).reshape(states, states)
        return known[signed, k]

    @cached_property
    def _known_odds(self) -> dict[tuple[int, int], Array]:
        return {}


def _median(by_period: Array) -> int:
    """The period, from 1, by which half of what there is has come."""
    grown = np.cumsum(by_period)
    return int(np.searchsorted(grown, grown[-1] / 2)) + 1
