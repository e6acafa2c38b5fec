"""Tariffs of an importer as one rate by sector times one factor by partner.

The sources of tariffs by sector and pair are not ours to pass on cell by cell. What a
shipped world holds is computed from them: for each importer the product of a sector
rate and a partner factor which collects, at the given trade, the same revenue in every
sector and from every partner. Means by pair and by sector are exact; what is special to
one partner in one sector is averaged out, and with it most errors of the source.
"""

from __future__ import annotations

import numpy as np

from countervail.errors import AccountingError
from countervail.world.arrays import Array

_ROUNDS = 5000
_CLOSE = 1e-12


def by_sector_and_partner(tariff: Array, flows: Array) -> Array:
    """Rates (J,N,N) of the form sector rate x partner factor, with the revenue of ``tariff``.

    ``tariff`` and ``flows`` (million USD before tariff) are (sector, importer, exporter);
    home cells are zero in the result. Pairs that do not trade get the product too, or
    zero where their importer collects nothing in the sector or from the partner. Raises
    ``AccountingError`` where no factors are found.
    """
    home = np.eye(flows.shape[1], dtype=bool)
    traded = np.where(home, 0.0, flows)
    found = np.zeros_like(tariff)
    for n in range(flows.shape[1]):
        found[:, n] = _factors(traded[:, n], traded[:, n] * tariff[:, n], n)
    found[:, home] = 0.0
    return found


def _factors(base: Array, revenue: Array, importer: int) -> Array:
    """Sector rate times partner factor (J,N) for one importer."""
    by_sector, by_partner = revenue.sum(axis=1), revenue.sum(axis=0)
    rate = (by_sector > 0).astype(np.float64)
    factor = (by_partner > 0).astype(np.float64)
    for _ in range(_ROUNDS):
        factor = _divide(by_partner, rate @ base)
        rate = _divide(by_sector, base @ factor)
        gap = np.abs(factor * (rate @ base) - by_partner).max()
        if gap <= _CLOSE * max(by_partner.max(), 1e-300):
            return np.outer(rate, factor)
    raise AccountingError(
        f"no sector rates and partner factors collect the tariff revenue of importer {importer}.",
        "Some partner pays in sectors where the importer collects nothing; check the source.",
    )


def _divide(wanted: Array, found: Array) -> Array:
    return np.asarray(np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 0.0))
