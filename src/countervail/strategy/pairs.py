"""The game of pairs: what bundles are worth if deals meet two at a time and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Pairs:
    """The game that has the worth of every bundle of up to two deals, and no other interaction.

    ``count``: how many deals; ``of``: the worth (bundle, measure) of bundles, asked for those of
    up to two deals, and for those named to ``missed``. A bundle is an int: bit k is deal k.
    """

    def __init__(self, count: int, of: Callable[[Sequence[int]], Array]) -> None:
        self._asked = of
        bits = [1 << k for k in range(count)]
        self.nothing = of([0])[0]
        self.single = of(bits) - self.nothing
        self.both = np.zeros((count, count, len(self.nothing)))
        places = [(j, k) for k in range(count) for j in range(k)]
        values = of([bits[j] | bits[k] for j, k in places]) - self.nothing
        for (j, k), value in zip(places, values, strict=True):
            extra = value - self.single[j] - self.single[k]
            self.both[j, k] = self.both[k, j] = extra

    def of(self, bundles: Sequence[int]) -> Array:
        """(bundle, measure): what the game says of bundles."""
        places = np.arange(len(self.single))
        inside = (np.asarray(bundles, dtype=np.int64)[:, None] >> places & 1).astype(np.float64)
        found: Array = self.nothing + inside @ self.single
        for m in range(len(self.nothing)):
            found[:, m] += ((inside @ self.both[:, :, m]) * inside).sum(1) / 2
        return found

    def shapley(self, bundle: int) -> Array:
        """(deal, measure): its Shapley values among the deals of ``bundle``; 0 outside."""
        inside = np.array([bool(bundle >> k & 1) for k in range(len(self.single))])
        shares = self.single + self.both[:, inside].sum(1) / 2
        found: Array = np.where(inside[:, None], shares, 0.0)
        return found

    def missed(self, bundles: Sequence[int]) -> Array:
        """(bundle, measure): the worth of bundles less what the game says of them."""
        found: Array = self._asked(bundles) - self.of(bundles)
        return found
