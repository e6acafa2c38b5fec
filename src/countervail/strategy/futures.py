"""Futures in which each deal is delivered or not, as bundles; and means over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Masks = npt.NDArray[np.int64]


def masks_of(delivered: npt.NDArray[np.bool_]) -> Masks:
    """(draw,): each future of ``delivered`` (draw, deal) as a bundle; bit k is deal k."""
    found: Masks = delivered @ (1 << np.arange(delivered.shape[1], dtype=np.int64))
    return found


def mask_of(deals: Sequence[str], names: Iterable[str]) -> int:
    """The bundle of those of ``names`` that are among ``deals``."""
    wanted = set(names)
    return sum(1 << k for k, name in enumerate(deals) if name in wanted)


def variant_of(futures: Masks, among: int, in_full: int = 0) -> Masks:
    """The futures in which only deals of ``among`` count, those of ``in_full`` always."""
    return (futures & among) | in_full


def expected(table: Array, futures: Masks) -> Array:
    """(bundle, measure): the mean over futures D of what S & D is worth, for every bundle S.

    ``table`` (2^n, measure): the worth of every bundle.
    """
    every = np.arange(len(table))
    found = np.zeros_like(table)
    for future, count in zip(*np.unique(futures, return_counts=True), strict=True):
        found += count * table[every & future]
    return found / len(futures)
