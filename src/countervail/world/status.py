"""Where each cell of a world comes from: observed, updated, or constructed."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]

NAMES = ("observed", "updated", "constructed")
"""The statuses by code. ``observed``: taken from a source for the base year (or as the user
gave it). ``updated``: an observed cell of an earlier year, moved to totals of the base year.
``constructed``: computed from priors, because no source has the cell."""

OBSERVED, UPDATED, CONSTRUCTED = range(len(NAMES))


@dataclass(frozen=True, eq=False)
class CellStatus:
    """The status code of every cell (see ``NAMES``), read-only.

    ``flows`` and ``tariff`` (sector, importer, exporter); ``costs`` (sector, region):
    the input column and value-added share of each industry.
    """

    flows: Codes
    tariff: Codes
    costs: Codes

    def __post_init__(self) -> None:
        for field in fields(self):
            values = np.array(getattr(self, field.name), dtype=np.uint8, order="C", copy=True)
            if values.size and values.max() >= len(NAMES):
                raise ValueError(f"{field.name} holds a code above {len(NAMES) - 1}")
            values.setflags(write=False)
            object.__setattr__(self, field.name, values)

    @classmethod
    def observed(cls, sectors: int, regions: int) -> CellStatus:
        """Every cell observed, for ``sectors`` x ``regions``."""
        pairs = np.zeros((sectors, regions, regions), dtype=np.uint8)
        return cls(pairs, pairs, pairs[:, :, 0])

    @property
    def all_observed(self) -> bool:
        """Whether no cell is updated or constructed."""
        return not any(getattr(self, field.name).any() for field in fields(self))


MEMBERS = tuple(field.name for field in fields(CellStatus))
"""The names of the status arrays, in the order in which files hold them."""


def value_by_status(values: NDArray[np.float64], codes: Codes) -> dict[str, float]:
    """The share of ``values`` (same shape as ``codes``) in each status; empty where all are zero.

    Fractions that sum to one; statuses without value are left out.
    """
    total = float(values.sum())
    if total <= 0:
        return {}
    sums = np.bincount(codes.ravel(), weights=values.ravel(), minlength=len(NAMES))
    return {name: float(x) / total for name, x in zip(NAMES, sums, strict=True) if x > 0}
