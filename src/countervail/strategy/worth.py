"""What strategy asks of whoever knows what bundles of deals are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Worth(Protocol):
    """The worth of bundles of deals. A bundle is an int: bit k of it is deal k."""

    @property
    def deals(self) -> tuple[str, ...]:
        """The deals, in the order of their bits."""
        ...

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured: ``peace``, ``threat``, ``exposure``, further threats."""
        ...

    def of(self, bundles: Sequence[int]) -> Array:
        """(bundle, measure), percent of real income."""
        ...


@dataclass(frozen=True, eq=False)
class TableWorth:
    """Worth that is known for every bundle: ``table`` (2^n, measure)."""

    deals: tuple[str, ...]
    measures: tuple[str, ...]
    table: Array

    def of(self, bundles: Sequence[int]) -> Array:
        """(bundle, measure), as in the table."""
        found: Array = self.table[np.asarray(bundles, dtype=np.intp)]
        return found
