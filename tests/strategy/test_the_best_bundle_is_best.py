"""The portfolio against brute force over every bundle, on games of every shape, and bad limits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.errors import InputError, NotANumberError, OptionError, UnknownLabelError
from countervail.strategy.limits import Limits
from countervail.strategy.portfolio import Portfolio, portfolio
from countervail.strategy.worth import TableWorth

NAMES = tuple("abcdefghij")
MEASURES = ("peace", "threat", "exposure", "threat:other")
LIMITS = {
    "none": Limits(),
    "few": Limits(at_most=3),
    "money": Limits(uses={"money": {"a": 3, "b": 2, "c": 2}}, capacity={"money": 4}),
    "rules": Limits(exclusive=[["a", "b"], ["c", "d"]], needs={"c": ["a"], "d": ["b"]}),
}


def game(n: int, seed: int, pairs: float = 0.3, more: float = 0.0) -> TableWorth:
    """Random worth: each deal, pairs of either sign, and ``more`` of everything else."""
    rng = np.random.default_rng(seed)
    inside = np.arange(2**n)[:, None] >> np.arange(n) & 1
    columns = []
    for _ in range(3):
        both = np.triu(rng.normal(scale=pairs, size=(n, n)), 1)
        value = inside @ rng.normal(size=n) + np.einsum("bi,ij,bj->b", inside, both, inside)
        columns.append(value + more * rng.normal(size=2**n))
    peace, threat, other = columns
    return TableWorth(NAMES[:n], MEASURES, np.stack([peace, threat, peace - threat, other], axis=1))


def by_hand(worth: TableWorth, limits: Limits, objective: str, most: float | None) -> float:
    """The best score over all allowed bundles, rule by rule."""
    n, best = len(worth.deals), -np.inf
    for size in range(n + 1):
        for chosen in itertools.combinations(worth.deals, size):
            if limits.at_most is not None and size > limits.at_most:
                continue
            if any(
                sum(limits.uses.get(r, {}).get(d, 0) for d in chosen) > cap
                for r, cap in limits.capacity.items()
            ):
                continue
            if any(len(set(group) & set(chosen)) > 1 for group in limits.exclusive):
                continue
            if any(d in chosen and not set(o) <= set(chosen) for d, o in limits.needs.items()):
                continue
            row = worth.table[sum(1 << worth.deals.index(d) for d in chosen)]
            if most is not None and row[2] > most:
                continue
            score = {"least-exposure": -row[2], "worst-case": min(row[1], row[3])}
            best = max(best, score.get(objective, row[0]))
    return float(best)


def score(found: Portfolio) -> float:
    values = found.best.values
    return {
        "least-exposure": -values["exposure"],
        "worst-case": min(values["threat"], values["threat:other"]),
        "most-welfare": values["peace"],
    }[found.objective]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 8),
    objective=st.sampled_from(["least-exposure", "worst-case", "most-welfare"]),
    kind=st.sampled_from(sorted(LIMITS)),
    more=st.sampled_from([0.0, 1.0]),
)
def test_enumerated_it_is_the_best_of_all(
    seed: int, n: int, objective: Any, kind: str, more: float
) -> None:
    worth = game(n, seed, more=more)
    limits = LIMITS[kind] if n >= 4 or kind in ("none", "few") else Limits()
    most = 1.0 if objective == "most-welfare" else None
    best = by_hand(worth, limits, objective, most)
    if best == -np.inf:
        with pytest.raises(InputError, match="the least is"):
            portfolio(worth, limits, objective, exposure_at_most=most)
        return
    found = portfolio(worth, limits, objective, exposure_at_most=most)
    assert found.proof == "enumerated"
    assert score(found) == pytest.approx(best, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    pairs=st.sampled_from([0.0, 0.1, 1.0]),
    objective=st.sampled_from(["least-exposure", "worst-case", "most-welfare"]),
    kind=st.sampled_from(sorted(LIMITS)),
)
def test_bounded_it_is_the_best_of_all_where_deals_meet_in_pairs(
    seed: int, pairs: float, objective: Any, kind: str
) -> None:
    worth, limits = game(8, seed, pairs), LIMITS[kind]
    most = 1.0 if objective == "most-welfare" else None
    found = portfolio(worth, limits, objective, exposure_at_most=most, at_most=10)
    assert found.proof == "bounded"
    assert found.breach <= 1e-9
    assert score(found) == pytest.approx(by_hand(worth, limits, objective, most), abs=1e-8)


def test_bounds_save_most_of_the_work_where_deals_nearly_add_up() -> None:
    worth = game(10, 3, pairs=0.02)
    found = portfolio(worth, LIMITS["few"], at_most=10)
    assert found.valued < 300
    assert score(found) == pytest.approx(by_hand(worth, LIMITS["few"], "least-exposure", None))


def test_over_futures_a_bundle_is_worth_what_is_delivered_of_it() -> None:
    worth = game(4, 9, pairs=1.0, more=1.0)
    futures = np.array([0b0011, 0b0011, 0b1000, 0b0000])
    found = portfolio(worth, futures=futures)
    means = np.array([worth.table[[b & f for f in futures.tolist()]].mean(0) for b in range(16)])
    assert found.best.values["exposure"] == pytest.approx(means[:, 2].min())
    assert found.everything.values["peace"] == pytest.approx(means[15, 0])
    # What no future delivers is never taken: of equals the smaller bundle is best.
    assert "c" not in found.best.deals


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), cap=st.floats(1, 6))
def test_more_room_never_makes_it_worse(seed: int, cap: float) -> None:
    worth = game(6, seed, more=1.0)
    uses = {"money": dict(zip("abcdef", (1, 2, 3, 1, 2, 3), strict=True))}
    tight, wide = (
        portfolio(worth, Limits(uses=uses, capacity={"money": c})) for c in (cap, cap + 1)
    )
    assert score(wide) >= score(tight) - 1e-8
    assert score(tight) >= -tight.greedy.values["exposure"] - 1e-8


def test_idle_deals_count_where_a_deal_needs_them() -> None:
    table = np.array([[0, 0, 0], [3, 6, -3.0], [1, 2, -1], [4, 8, -4]])
    worth = TableWorth(("a", "b"), MEASURES[:3], table)
    needs = {"a": ["seat"], "seat": ["visit"]}
    idle = ("visit", "seat", "other")
    found = portfolio(worth, Limits(needs=needs), idle=idle)
    assert found.best.deals == ("a", "b", "visit", "seat")
    assert found.allowed == 4
    for limits in (
        Limits(needs=needs, at_most=2),
        Limits(needs=needs, uses={"money": {"seat": 2, "b": 1}}, capacity={"money": 1}),
        Limits(needs=needs, exclusive=[["visit", "b"]], uses={"m": {"a": 1}}, capacity={"m": 0}),
    ):
        for at_most in (4, 2):
            tight = portfolio(worth, limits, idle=idle, at_most=at_most)
            assert tight.best.deals == tight.greedy.deals == ("b",)
    with pytest.raises(UnknownLabelError, match="seat"):
        portfolio(worth, Limits(needs=needs))


def test_a_search_that_is_cut_short_says_how_much_it_leaves_open() -> None:
    cut = 0
    for seed in range(8):
        worth = game(10, seed, pairs=0.3)
        best = by_hand(worth, Limits(), "least-exposure", None)
        short = portfolio(worth, at_most=10, most=62)
        assert short.valued <= 62 + 10 * 11 // 2  # the greedy choice comes on top
        assert score(short) >= -short.greedy.values["exposure"]
        assert score(short) >= best - short.gap - 1e-8
        cut += short.gap > 0
        assert portfolio(worth, at_most=10).gap == 0
    assert cut


def test_of_bundles_as_exposed_the_frontier_holds_the_better_one() -> None:
    table = np.array([[0, 0, 0], [1, 3, -2.0], [2, 4, -2.0 + 1e-13], [1, 2, -1]])
    found = portfolio(TableWorth(("a", "b"), MEASURES[:3], table))
    assert [b.deals for b in found.frontier] == [("b",)]


def test_nobody_on_the_frontier_is_beaten_and_all_others_are() -> None:
    worth = game(6, 4, more=1.0)
    found = portfolio(worth)
    points = [(b.values["peace"], b.values["exposure"]) for b in found.frontier]
    assert points == sorted(points)
    for row in worth.table:
        beaten = [p for p in points if p[0] >= row[0] - 1e-9 and p[1] <= row[2] + 1e-9]
        assert beaten


@pytest.mark.parametrize(
    ("limits", "error", "said"),
    [
        (Limits(needs={"a": ["b"], "b": ["c"], "c": ["a"]}), InputError, "needs .* needs"),
        (Limits(needs={"a": ["z"]}), UnknownLabelError, "'z'"),
        (Limits(exclusive=[["a", "bb"]]), UnknownLabelError, "'bb'"),
        (Limits(uses={"money": {"a": 1}}), UnknownLabelError, "how much of it there is"),
        (Limits(uses={"m": {"a": -1}}, capacity={"m": 1}), InputError, "m of a is -1"),
        (Limits(capacity={"m": float("nan")}), NotANumberError, "m is nan"),
        (Limits(at_most=-1), InputError, "at_most is -1"),
        (Limits(at_most=0), InputError, "exclude every deal"),
        (
            Limits(uses={"m": {"a": 2, "b": 2, "c": 3}}, capacity={"m": 1}),
            InputError,
            "exclude every deal",
        ),
        (Limits(needs={"a": ["b"]}, exclusive=[["a", "b"]]), InputError, "never be taken"),
    ],
)
def test_limits_that_cannot_be_are_refused(limits: Limits, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        portfolio(game(3, 0), limits)


def test_an_exposure_that_nothing_reaches_says_what_the_least_is() -> None:
    worth = game(4, 1)
    least = float(worth.table[:, 2].min())
    with pytest.raises(InputError, match=rf"the least is {least:.3g} %"):
        portfolio(worth, objective="most-welfare", exposure_at_most=least - 1)


@pytest.mark.parametrize(
    "options",
    [
        {"objective": "most"},
        {"objective": "most-welfare"},
        {"objective": "worst-case", "exposure_at_most": 1.0},
    ],
)
def test_objectives_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        portfolio(game(3, 0), **options)
