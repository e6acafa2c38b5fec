"""The dynamic programme finds what trying everything finds, and obeys what theory says of it."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.channels.ties.effects import cover as cover_alone
from countervail.strategy.hazard import Coercer, coercer
from countervail.strategy.induction import Programme
from countervail.strategy.sequence import sequence
from countervail.strategy.signing import Signing

from .signings import drawn


def chance(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def tree(game: Signing, c: Coercer, plan: dict[int, str] | None = None) -> float:
    """The same world written anew: every state by recursion, months of 1, no arrays.

    With ``plan`` (period to deal) that is signed; else the best move is looked for.
    """
    assert game.months == 1
    top, yearly = c.moods - 1, 1 / 12
    beta = (1 + c.discount) ** (-1 / 12)
    known: dict[tuple[int, frozenset[str], int, bool], float] = {}

    def number(signed: frozenset[str]) -> int:
        return sum(2 ** game.deals.index(name) for name in signed)

    def pays(signed: frozenset[str], mood: int) -> float:
        return float((game.struck if mood == top else game.peace)[number(signed)]) * yearly

    def moods(mood: int, up: float, calm: float) -> list[tuple[int, float]]:
        down = (c.ending if mood == top else calm) * (1 - up)
        worse, better = min(mood + 1, top), max(mood - 1, 0)
        return [(worse, up), (better, down), (mood, 1 - up - down)]

    def after(signed: frozenset[str], deal: str | None, mood: int, on: bool, period: int) -> float:
        now = signed | {deal} if deal else signed
        on = on or (deal is not None and deal == game.cover)
        x, seen = c.base + c.temper * mood - c.cover * on, 0.0
        if deal:
            seen = float(game.salience[game.deals.index(deal)])
            rise = float(game.cost[number(now)] - game.cost[number(signed)])
            x += c.cost * rise + c.salience * seen
        keep = math.exp(-c.revocation * math.exp(c.revocation_slope * seen)) if on else 0.0
        value = 0.0
        for there, odds in moods(mood, chance(x), 0.0 if deal else c.calming):
            for still, part in ((True, keep), (False, 1 - keep)):
                if part * odds:
                    value += odds * part * best(period + 1, now, there, still)
        return pays(now, mood) + beta * value

    def best(period: int, signed: frozenset[str], mood: int, on: bool) -> float:
        key = (period, signed, mood, on)
        if key in known:
            return known[key]
        if period > game.periods + round(c.after):
            return 0.0
        if period > game.periods:
            found = after(signed, None, mood, on, period)
        elif plan is not None:
            found = after(signed, plan.get(period), mood, on, period)
        else:
            found = max(
                after(signed, deal, mood, on, period) for deal in choices(game, period, signed)
            )
        known[key] = found
        return found

    return best(1, frozenset(), c.start, False)


def choices(game: Signing, period: int, signed: frozenset[str]) -> list[str | None]:
    return [
        None,
        *(
            deal
            for deal in game.deals
            if deal not in signed
            and period >= game.earliest.get(deal, 1)
            and signed.issuperset(game.needs.get(deal, ()))
            and not any(deal in group and signed & set(group) for group in game.exclusive)
        ),
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_trying_everything(n: int, seed: int) -> None:
    game = drawn(n, seed, cover=f"deal-{n - 1}" if seed else None)
    c = coercer(after=6, start=seed + 1, moods=4)
    assert Programme(game, c).value == pytest.approx(tree(game, c), rel=1e-12, abs=1e-12)


def test_it_equals_trying_everything_under_rules() -> None:
    game = drawn(
        5,
        11,
        cover="deal-1",
        needs={"deal-2": ("deal-0", "deal-1")},
        earliest={"deal-3": 3},
        exclusive=(("deal-3", "deal-4"),),
        periods=5,
    )
    c = coercer(after=4, salience=1.0)
    assert Programme(game, c).value == pytest.approx(tree(game, c), rel=1e-12)
    free = replace(game, needs={}, earliest={}, exclusive=())
    assert Programme(free, c).value > Programme(game, c).value


@pytest.mark.parametrize("seed", range(4))
def test_a_fixed_plan_is_worth_what_the_tree_says(seed: int) -> None:
    game, c = drawn(4, seed, cover="deal-2"), coercer(after=5)
    plan = game.plan([("deal-3", 1), ("deal-2", 2), ("deal-0", 4)])
    by_hand = tree(game, c, {1: "deal-3", 2: "deal-2", 4: "deal-0"})
    assert Programme(game, c).worth(plan) == pytest.approx(by_hand, rel=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(0, 999), st.floats(0.1, 6), st.integers(0, 4), st.data())
def test_nothing_fixed_beats_the_best(
    n: int, seed: int, months: float, start: int, data: st.DataObject
) -> None:
    game = drawn(n, seed, cover="deal-0", months=months)
    programme = Programme(game, coercer(start=start, after=12))
    names = data.draw(st.permutations([*game.deals, *[None] * (4 - n)]))
    kept = tuple(name if data.draw(st.booleans()) else None for name in names)
    assert programme.worth(kept) <= programme.value + 1e-12
    assert programme.worth((None,) * 4) <= programme.value + 1e-12


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 4),
    st.integers(0, 999),
    st.sampled_from(["base", "temper", "salience"]),
    st.floats(0.01, 3),
    st.floats(0.2, 3),
)
def test_a_higher_hazard_never_helps(
    n: int, seed: int, part: str, rise: float, months: float
) -> None:
    """Where retaliation hurts, at every mood and however provocation comes about."""
    game = drawn(n, seed, cover="deal-0", months=months)
    low = coercer(after=12)
    high = replace(low, **{part: getattr(low, part) + rise})
    assert Programme(game, high).value <= Programme(game, low).value + 1e-12
    values = Programme(game, high).best[0][:, 0]  # without cover: a worse mood is never better
    assert (np.diff(values, axis=1) <= 1e-12).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(0, 999), st.floats(0, 3))
def test_cover_that_takes_nothing_off_is_worth_only_its_deal(
    n: int, seed: int, slope: float
) -> None:
    game = drawn(n, seed, cover="deal-0")
    c = coercer(cover=0.0, revocation_slope=slope)
    without = Programme(replace(game, cover=None), c)
    assert Programme(game, c).value == pytest.approx(without.value, rel=1e-12)


def test_without_retaliation_deals_are_signed_by_value() -> None:
    """Closed form: each period the best that is left, each for all periods from then on."""
    values = np.array([0.01, 0.05, 0.03, -0.02])
    bits = np.arange(16)[:, None] >> np.arange(4) & 1
    game = Signing(
        tuple("abcd"), bits @ values, bits @ values - 5, np.zeros(16), np.ones(4), periods=6
    )
    c = coercer(base=-math.inf, after=24, start=0)
    found = sequence(game, c)
    assert found.order == ("b", "c", "a")
    weights = [(1 + c.discount) ** (-t / 12) / 12 for t in range(30)]
    by_hand = sum(v * sum(weights[t:]) for t, v in enumerate([0.05, 0.03, 0.01]))
    assert found.best == pytest.approx(by_hand, rel=1e-12)
    assert found.waiting == pytest.approx(0, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(0, 999), st.floats(0.1, 12), st.floats(-8, 8))
def test_chances_are_chances(n: int, seed: int, months: float, base: float) -> None:
    programme = Programme(drawn(n, seed, cover="deal-0", months=months), coercer(base=base))
    for signed in range(2**n):
        for k in [-1, *(k for k in range(n) if not signed >> k & 1)]:
            odds = programme._odds(signed, k)
            assert odds.min() >= -1e-15
            assert odds.sum(axis=1) == pytest.approx(1)
    course = programme.course()
    assert all(-1e-12 <= p <= 1 + 1e-12 for p in (*course.struck, *course.covered))
    assert (np.diff(course.signed, axis=0) >= -1e-12).all()


def test_a_period_of_three_months_is_three_of_one_where_nothing_is_signed() -> None:
    game, c = drawn(2, 3, periods=1), coercer()
    once = Programme(game, c)._odds(0, -1)
    quarter = Programme(replace(game, months=3.0), c)._odds(0, -1)
    assert quarter[0, 1] == pytest.approx(1 - (1 - once[0, 1]) ** 3)


def test_a_deal_provokes_once_however_long_the_period() -> None:
    """Thirty days in one period or in thirty: with no drift of its own, the same chance."""
    for months in (1 / 30, 1.0, 6.0):
        game = drawn(1, 2, months=months, salience=np.ones(1), cost=np.zeros(2))
        odds = Programme(game, coercer(base=-20.0, salience=19.0, temper=0.0))._odds(0, 0)
        assert odds[0, 1] == pytest.approx(chance(-1.0), rel=1e-6)


def test_cover_ends_as_the_channel_of_ties_says() -> None:
    for salience in (0.0, 0.4, 1.0):
        for months in (0.2, 1.0, 12.0):
            assert coercer().keeps(salience, months) == pytest.approx(
                cover_alone(months, salience).survival, rel=1e-12
            )


def test_the_odds_of_cover_are_those_of_its_hazard() -> None:
    game = drawn(2, 5, cover="deal-0", salience=np.array([0.0, 1.0]))
    c = coercer()
    covered = Programme(game, c).course(game.plan([("deal-0", 2), ("deal-1", 3)])).covered
    calm, seen = c.keeps(0, 1), c.keeps(1, 1)
    assert covered == pytest.approx((0, 1, calm, calm * seen))


def test_worth_is_what_is_lost_without_it() -> None:
    game, c = drawn(4, 1, cover="deal-1"), coercer()
    taken = [("deal-0", 1), ("deal-1", 2), ("deal-3", 4)]
    found = sequence(game, c, taken)
    value = Programme(game, c).worth
    assert found.taken == value(game.plan(taken))
    for step in found.taken_steps:
        rest = [one for one in taken if one[0] != step.deal]
        assert step.worth == pytest.approx(found.taken - value(game.plan(rest)), abs=1e-15)
        other = {p: value(game.plan([*rest, (step.deal, p)])) for p in (step.period, 3)}
        best = max(other, key=lambda p: other[p])
        assert (step.moved_to or step.period) == best
        assert step.moved_gain == pytest.approx(max(other.values()) - found.taken, abs=1e-15)
    assert found.cover is not None
    assert found.cover.taken == found.taken_steps[1].worth
    assert found.cover.best_binding >= found.cover.best >= 0


def test_the_best_exchange_of_two_is_found() -> None:
    game = drawn(3, 8, cover="deal-2", salience=np.array([1.0, 0.1, 0.0]))
    found = sequence(game, coercer(), ["deal-0", "deal-1", "deal-2"])
    value = Programme(game, coercer()).worth
    others = {
        ("deal-1", "deal-0"): ["deal-1", "deal-0", "deal-2"],
        ("deal-2", "deal-0"): ["deal-2", "deal-1", "deal-0"],
        ("deal-2", "deal-1"): ["deal-0", "deal-2", "deal-1"],
    }
    gains = {pair: value(game.plan(order)) - found.taken for pair, order in others.items()}
    best = max(gains, key=lambda pair: gains[pair])
    assert found.swap is not None
    assert (found.swap.sooner, found.swap.later) == best == ("deal-2", "deal-0")
    assert found.swap.gain == pytest.approx(gains[best], abs=1e-15)


def test_orders_share_out_all_cases_and_say_when() -> None:
    """Odds of orders add up, agree with the odds of deals, and walk the policy state by state."""
    game = drawn(4, 6, cover="deal-0", salience=np.array([0.0, 0.6, 0.3, 0.1]), periods=6)
    found = sequence(game, coercer(calming=0.4))
    assert len(found.orders) > 2
    assert sum(order.chance for order in found.orders) == pytest.approx(1)
    assert [o.chance for o in found.orders] == sorted(o.chance for o in found.orders)[::-1]
    for k, deal in enumerate(game.deals):
        total = sum(order.chance for order in found.orders if deal in order.deals)
        assert found.best_course.signed[-1, k] == pytest.approx(total)
    for order in found.orders:
        assert list(order.periods) == sorted(order.periods)
        assert all(1 <= period <= 6 for period in order.periods)
    calm = sequence(game, coercer(base=-math.inf))  # nothing happens: the one order is sure
    assert [order.chance for order in calm.orders] == [pytest.approx(1)]
    assert calm.orders[0].periods == tuple(range(1, len(calm.order) + 1))


def test_the_policy_can_be_asked_anywhere() -> None:
    game = drawn(3, 4, cover="deal-0")
    found = sequence(game)
    assert found.first_move == found.policy(1, mood=found.coercer.start)
    assert found.policy(4, game.deals, mood=0) is None
    assert found.table["order"].tolist() == ["best"] * len(found.order)


def test_the_promised_size_takes_less_than_a_second() -> None:
    game = drawn(12, 0, cover="deal-11", periods=8)
    start = time.perf_counter()
    Programme(game, coercer()).value  # noqa: B018
    assert time.perf_counter() - start < 1.0
