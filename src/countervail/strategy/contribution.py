"""What each deal contributes: alone, as the last one, and on average over all orders of signing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import factorial
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from countervail.errors import OptionError, ShapeError
from countervail.strategy.futures import masks_of
from countervail.strategy.pairs import Pairs
from countervail.strategy.worth import Worth

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

AT_MOST = 1300
"""Bundles that are valued at most: all of ten deals, or a sample of more."""

_LOW, _HIGH = 10, 90
_TIE = 1e-8  # percent of real income: what certificates leave open


@dataclass(frozen=True)
class Contribution:
    """What one deal contributes to one measure.

    ``alone``, ``last``, ``shapley``: with every deal delivered; ``standard_error``: of the last,
    0 where it is exact; ``mean``, ``low``, ``median``, ``high``: of the Shapley value over
    futures of delivery (10th, 50th and 90th percentile), in which a deal that is not delivered
    contributes nothing.
    """

    deal: str
    measure: str
    alone: float
    last: float
    shapley: float
    standard_error: float
    mean: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Contributions:
    """The contributions of all deals, in the unit of the worth (percent of real income).

    ``method``: ``exact``, or ``sampled`` where bundles are too many; ``valued``: bundles that were
    valued; ``in_futures`` (draw, deal, measure): the Shapley values of each future; ``total``
    (measure,): what all deals do together, which the Shapley values sum to.
    """

    deals: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[Contribution, ...]
    total: Array
    method: Literal["exact", "sampled"]
    valued: int
    in_futures: Array = field(repr=False)

    def __repr__(self) -> str:
        return f"<Contributions of {len(self.deals)} deals, {self.method}>"

    def row(self, deal: str, measure: str) -> Contribution:
        """The contribution of one deal to one measure; ``KeyError`` if there is none."""
        return next(r for r in self.rows if (r.deal, r.measure) == (deal, measure))

    def above(self, measure: str) -> Array:
        """(deal, other): the part of futures in which the deal contributes more; ties count half.

        Of exposure: in which it lowers it more.
        """
        values = self.in_futures[:, :, self.measures.index(measure)]
        values = -values if measure.startswith("exposure") else values
        gap = values[:, :, None] - values[:, None, :]
        found: Array = ((gap > _TIE) + 0.5 * (np.abs(gap) <= _TIE)).mean(0)
        return found

    @property
    def table(self) -> pd.DataFrame:
        """One row for each deal and measure, percent of the protagonist's real income."""
        import pandas as pd

        frame = pd.DataFrame([asdict(row) for row in self.rows])
        frame.attrs.update(unit="percent of real income", method=self.method, valued=self.valued)
        return frame


def contribution(
    worth: Worth,
    delivered: npt.NDArray[np.bool_],
    *,
    at_most: int = AT_MOST,
    seed: int = 0,
) -> Contributions:
    """What each deal contributes to each measure of ``worth``.

    ``delivered`` (draw, deal): the futures, common to all deals. In a future D the game is
    v(S & D): what is not delivered contributes nothing. ``at_most``: bundles to value; where
    there are more, all bundles of up to two deals are valued, the game that has no other
    interactions is solved exactly, and what it misses is sampled over orders of signing, each
    with its reverse (``seed``): futures then rest on the game of pairs. The Shapley values sum to
    the total either way. Raises ``ShapeError``, ``OptionError`` and what ``worth`` raises.

    Source: Shapley (1953); antithetic orders after Mitchell et al. (2022).
    """
    n = len(worth.deals)
    if delivered.ndim != 2 or delivered.shape[1] != n or not len(delivered):
        raise ShapeError(
            f"delivered has shape {delivered.shape}; (draw, deal) with {n} deals is needed."
        )
    least = 2 + n + n * (n - 1) // 2 + 2 * n
    if at_most < least and 2**n > at_most:
        raise OptionError(
            f"at_most={at_most}: {n} deals need {least} bundles or more.", "Allow more bundles."
        )
    whole = 2**n - 1
    singles = [1 << k for k in range(n)]
    if 2**n <= at_most:
        table = worth.of(range(2**n))
        shapley, error = _shapley(table, n), np.zeros((n, table.shape[1]))
        futures = _in_futures(table, masks_of(delivered), n)
        valued, exact = 2**n, True
    else:
        pairs = Pairs(n, worth.of)
        rest, error, valued = _sampled(worth, pairs, at_most, seed)
        shapley = pairs.shapley(whole) + rest
        masks, place = np.unique(masks_of(delivered), return_inverse=True)
        futures = np.stack([pairs.shapley(int(mask)) for mask in masks])[place]
        exact = False
    nothing, all_of = worth.of([0, whole])
    alone = worth.of(singles) - nothing
    last = all_of - worth.of([whole ^ bit for bit in singles])
    rows = [
        _row(name, measure, alone[k, m], last[k, m], shapley[k, m], error[k, m], futures[:, k, m])
        for m, measure in enumerate(worth.measures)
        for k, name in enumerate(worth.deals)
    ]
    return Contributions(
        deals=tuple(worth.deals),
        measures=tuple(worth.measures),
        rows=tuple(rows),
        total=all_of - nothing,
        method="exact" if exact else "sampled",
        valued=valued,
        in_futures=futures,
    )


def _row(
    deal: str, measure: str, alone: float, last: float, mean: float, error: float, drawn: Array
) -> Contribution:
    low, median, high = np.percentile(drawn, (_LOW, 50, _HIGH))
    return Contribution(
        deal,
        measure,
        float(alone),
        float(last),
        float(mean),
        float(error),
        float(drawn.mean()),
        float(low),
        float(median),
        float(high),
    )


def _shapley(table: Array, n: int) -> Array:
    """(deal, measure): the Shapley values of the game whose bundles are worth ``table``."""
    every = np.arange(2**n)
    size = np.bitwise_count(every.astype(np.uint64)).astype(np.intp)
    weight = np.array([factorial(s) * factorial(n - 1 - s) / factorial(n) for s in range(n)])
    found = np.zeros((n, table.shape[1]))
    for k in range(n):
        without = every[every >> k & 1 == 0]
        gains = table[without | 1 << k] - table[without]
        found[k] = weight[size[without]] @ gains
    return found


def _in_futures(table: Array, futures: npt.NDArray[np.int64], n: int) -> Array:
    """(draw, deal, measure): in each future the Shapley values among what is delivered in it."""
    distinct, place = np.unique(futures, return_inverse=True)
    found = np.zeros((len(distinct), n, table.shape[1]))
    for row, future in enumerate(distinct.tolist()):
        members = [k for k in range(n) if future >> k & 1]
        inner = np.zeros(2 ** len(members), dtype=np.int64)
        for j, k in enumerate(members):
            inner[np.arange(len(inner)) >> j & 1 == 1] |= 1 << k
        found[row, members] = _shapley(table[inner], len(members))
    return found[place]


def _sampled(worth: Worth, pairs: Pairs, at_most: int, seed: int) -> tuple[Array, Array, int]:
    """(Shapley values of what the pairs miss, their standard errors, bundles valued)."""
    n = len(worth.deals)
    rng = np.random.default_rng(seed)
    whole, bits = 2**n - 1, [1 << k for k in range(n)]
    known = {0, whole, *bits, *(whole ^ bit for bit in bits)}
    known |= {a | b for a in bits for b in bits}
    orders: list[Sequence[int]] = []
    while True:
        order = rng.permutation(n).tolist()
        fresh = {b for way in (order, order[::-1]) for b in _prefixes(way)} - known
        if orders and len(known) + len(fresh) > at_most:
            break
        known |= fresh
        orders.append(order)
        if len(orders) >= at_most:  # few deals: every bundle is known, and orders cost nothing
            break
    listed = sorted(known)
    missed = pairs.missed(listed)
    place = {bundle: row for row, bundle in enumerate(listed)}
    gains = np.zeros((len(orders), n, missed.shape[1]))
    for row, order in enumerate(orders):
        for way in (order, order[::-1]):
            values = missed[[place[b] for b in (0, *_prefixes(way))]]
            gains[row, way] += np.diff(values, axis=0) / 2
    error = gains.std(0, ddof=1) / np.sqrt(len(orders)) if len(orders) > 1 else np.abs(gains[0])
    return gains.mean(0), error, len(listed)


def _prefixes(order: Sequence[int]) -> list[int]:
    """The bundles that an order of signing passes through."""
    found, bundle = [], 0
    for k in order:
        bundle |= 1 << k
        found.append(bundle)
    return found
