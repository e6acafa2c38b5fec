"""Shapley values against the mean over all orders by hand, axioms, and futures of delivery."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.errors import OptionError, ShapeError
from countervail.strategy.contribution import Contributions, contribution
from countervail.strategy.worth import TableWorth

MEASURES = ("peace", "threat", "exposure")
NAMES = tuple("abcdefghijkl")


def game(n: int, seed: int, smooth: float = 1.0) -> TableWorth:
    """Worth that nearly adds up (``smooth`` near 0), or any worth at all (1)."""
    rng = np.random.default_rng(seed)
    each = rng.normal(size=(n, 3))
    inside = np.arange(2**n)[:, None] >> np.arange(n) & 1
    table = inside @ each + smooth * rng.normal(size=(2**n, 3))
    return TableWorth(NAMES[:n], MEASURES, table)


def all_delivered(n: int, draws: int = 3) -> np.ndarray:
    return np.ones((draws, n), dtype=bool)


def shapley(found: Contributions) -> np.ndarray:
    return np.array([[found.row(d, m).shapley for m in found.measures] for d in found.deals])


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_it_is_the_mean_over_all_orders_and_sums_to_the_total(n: int, seed: int) -> None:
    worth = game(n, seed)
    by_hand = np.zeros((n, 3))
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        bundle = 0
        for k in order:
            by_hand[k] += worth.table[bundle | 1 << k] - worth.table[bundle]
            bundle |= 1 << k
    found = contribution(worth, all_delivered(n))
    np.testing.assert_allclose(shapley(found), by_hand / len(orders), atol=1e-12)
    total = worth.table[-1] - worth.table[0]
    np.testing.assert_allclose(shapley(found).sum(0), total, atol=1e-12)
    np.testing.assert_array_equal(found.total, total)


def test_alone_and_last_are_plain_differences() -> None:
    worth = game(3, 1)
    row = contribution(worth, all_delivered(3)).row("b", "threat")
    assert row.alone == worth.table[0b010, 1] - worth.table[0, 1]
    assert row.last == worth.table[0b111, 1] - worth.table[0b101, 1]


def test_deals_that_do_the_same_get_the_same_and_a_null_deal_nothing() -> None:
    size = np.array([bin(b & 0b011).count("1") for b in range(8)], float)
    worth = TableWorth(("a", "b", "null"), ("peace",), (size**2)[:, None])
    values = shapley(contribution(worth, all_delivered(3)))[:, 0]
    assert values[0] == pytest.approx(values[1], abs=1e-15)
    assert values[2] == 0.0


def test_in_a_future_only_what_is_delivered_contributes() -> None:
    worth = game(4, 2)
    delivered = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], bool)
    found = contribution(worth, delivered)
    values = found.in_futures
    assert not values[0, [1, 3]].any()
    assert not values[1].any()
    np.testing.assert_allclose(values[2], shapley(found), atol=1e-14)
    # In the first future the game is that of a and c alone.
    a, c, both = (worth.table[b] - worth.table[0] for b in (0b0001, 0b0100, 0b0101))
    np.testing.assert_allclose(values[0, 0], (a + both - c) / 2, atol=1e-14)
    row = found.row("a", "peace")
    assert row.mean == pytest.approx(values[:, 0, 0].mean())
    assert row.low <= row.median <= row.high


def test_who_ranks_above_whom_counts_futures() -> None:
    worth = TableWorth(
        ("a", "b"), ("peace", "exposure"), np.array([[0, 0], [2, -2], [1, -1], [3, -3.0]])
    )
    rounded = TableWorth(("a", "b"), ("peace",), np.array([[0], [1 + 1e-10], [1], [2]]))
    tied = contribution(rounded, all_delivered(2)).above("peace")
    np.testing.assert_allclose(tied, 0.5)
    delivered = np.array([[1, 1], [0, 1], [0, 0], [1, 1]], bool)
    found = contribution(worth, delivered)
    # Both: a above b, twice; b alone: b above a; none: a tie.
    expected = [[0.5, 2.5 / 4], [1.5 / 4, 0.5]]
    np.testing.assert_allclose(found.above("peace"), expected)
    np.testing.assert_allclose(found.above("exposure"), expected)


@pytest.mark.parametrize("smooth", [0.05, 1.0])
def test_a_sample_agrees_with_the_exact_values_within_its_errors(smooth: float) -> None:
    worth = game(9, 3, smooth)
    exact, sampled = (
        contribution(worth, all_delivered(9), at_most=most, seed=1) for most in (512, 200)
    )
    assert (exact.method, sampled.method) == ("exact", "sampled")
    assert sampled.valued <= 200
    errors = np.array([[sampled.row(d, m).standard_error for m in MEASURES] for d in worth.deals])
    assert (errors > 0).all()
    assert (np.abs(shapley(sampled) - shapley(exact)) <= 4 * errors).mean() >= 0.96
    total = worth.table[-1] - worth.table[0]
    np.testing.assert_allclose(shapley(sampled).sum(0), total, atol=1e-10)


def test_a_game_of_pairs_needs_no_more_than_pairs() -> None:
    rng = np.random.default_rng(5)
    inside = np.arange(2**8)[:, None] >> np.arange(8) & 1
    both = rng.normal(size=(8, 8))
    table = np.einsum("bi,ij,bj->b", inside, both, inside)[:, None]
    worth = TableWorth(NAMES[:8], ("peace",), table)
    exact = contribution(worth, all_delivered(8))
    delivered = rng.random((50, 8)) < 0.5
    sampled, drawn = (contribution(worth, delivered, at_most=most) for most in (100, 256))
    np.testing.assert_allclose(shapley(sampled), shapley(exact), atol=1e-10)
    np.testing.assert_allclose(sampled.in_futures, drawn.in_futures, atol=1e-10)


def test_the_same_seed_gives_the_same_sample() -> None:
    worth = game(9, 4)
    first, again = (contribution(worth, all_delivered(9), at_most=150, seed=7) for _ in range(2))
    assert first.rows == again.rows
    assert first.rows != contribution(worth, all_delivered(9), at_most=150, seed=8).rows


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ShapeError, match="2 deals"):
        contribution(game(2, 0), all_delivered(3))
    with pytest.raises(OptionError, match="9 deals need 65 bundles"):
        contribution(game(9, 0), all_delivered(9), at_most=40)
