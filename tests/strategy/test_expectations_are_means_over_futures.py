"""Means over futures against sums by hand, and futures as bundles."""

from __future__ import annotations

import numpy as np

from countervail.strategy.futures import expected, mask_of, masks_of, variant_of

DELIVERED = np.array(
    [[True, False, True], [False, False, False], [True, True, True], [0, 1, 0]], bool
)


def test_a_future_is_the_bundle_of_what_is_delivered() -> None:
    assert masks_of(DELIVERED).tolist() == [0b101, 0, 0b111, 0b010]
    assert mask_of(("a", "b", "c"), ["c", "a", "elsewhere"]) == 0b101


def test_the_mean_is_that_of_what_is_signed_and_delivered() -> None:
    table = np.random.default_rng(0).normal(size=(8, 2))
    futures = masks_of(DELIVERED)
    found = expected(table, futures)
    for bundle in range(8):
        by_hand = sum(table[bundle & int(future)] for future in futures) / 4
        np.testing.assert_allclose(found[bundle], by_hand, rtol=1e-14)
    np.testing.assert_array_equal(found[0], table[0])


def test_all_delivered_is_the_table_and_a_variant_leaves_deals_out() -> None:
    table = np.random.default_rng(1).normal(size=(8, 1))
    np.testing.assert_array_equal(expected(table, np.array([7, 7])), table)
    assert variant_of(masks_of(DELIVERED), 0b011, 0b010).tolist() == [0b011, 0b010, 0b011, 0b010]
