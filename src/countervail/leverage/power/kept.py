"""Cut-off losses that were solved before, kept in the user's cache folder and checked on return."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from countervail.equilibrium.closure import Closure
from countervail.errors import OutputError, SolveError
from countervail.files import write_atomic
from countervail.leverage.search.kept import cache_folder
from countervail.parameters import parameter
from countervail.solver.find import TOLERANCE
from countervail.version import VERSION
from countervail.world.core import World

AGREEMENT = 1e-8
"""Percentage points by which a kept loss and the same one solved again may differ."""

_DRAWN = 2
_SEED = 20230101  # any number; fixed, so that a check can be repeated


class PairLoss(NamedTuple):
    """What the two sides of one cut-off lose, percent of real income, and how exactly."""

    first: float
    second: float
    certificate: float


Pair = tuple[int, int]
"""Positions of two regions on the region axis, the smaller one first."""

Losses = dict[Pair, PairLoss]


class Store:
    """The kept losses of one world under one closure.

    ``keep=False``, ``COUNTERVAIL_CACHE=off`` and a folder that cannot be written to
    all mean that nothing is kept: that costs time and changes no figure.
    """

    def __init__(self, world: World, closure: Closure, keep: bool = True) -> None:
        folder = cache_folder("power") if keep else None
        self.path = None if folder is None else folder / f"{_key(world, closure)}.npz"
        self._regions = len(world.regions)

    def read(self, solve_again: Callable[[Pair], PairLoss]) -> Losses:
        """The kept losses; none where the file is absent, damaged or disagrees with the solver.

        The largest loss and two drawn ones are solved again and compared.
        """
        if self.path is None:
            return {}
        found = _read(self.path, self._regions)
        try:
            checked = all(_agree(found[pair], solve_again(pair)) for pair in _sample(found))
        except SolveError:
            checked = False
        return found if checked else {}

    def write(self, losses: Mapping[Pair, PairLoss]) -> None:
        """Keep ``losses``, whole or not at all; where that is not possible, do without."""
        if self.path is None:
            return
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            pairs=np.array(list(losses), dtype=np.int64).reshape(-1, 2),
            values=np.array(list(losses.values()), dtype=np.float64).reshape(-1, 3),
        )
        try:
            write_atomic(self.path, buffer.getvalue())
        except OutputError:
            self.path = None


def _key(world: World, closure: Closure) -> str:
    """A name for everything that the losses depend on."""
    factor = parameter("cut_off.cost_factor").value
    parts = (world.digest, repr(closure), closure.elasticity_factor, factor, TOLERANCE, VERSION)
    return hashlib.sha256("\n".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def _read(path: Path, regions: int) -> Losses:
    try:
        # From memory: np.load leaves a file open that turns out to be damaged.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            pairs, values = archive["pairs"], archive["values"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}
    whole = (
        pairs.ndim == 2
        and pairs.shape[1] == 2
        and pairs.dtype.kind == "i"
        and values.shape == (len(pairs), 3)
        and values.dtype == np.float64
        and bool(np.isfinite(values).all())
        and bool(((pairs[:, 0] >= 0) & (pairs[:, 0] < pairs[:, 1]) & (pairs[:, 1] < regions)).all())
    )
    if not whole:
        return {}
    return {
        (a, b): PairLoss(*value)
        for (a, b), value in zip(pairs.tolist(), values.tolist(), strict=True)
    }


def _sample(found: Losses) -> list[Pair]:
    """The pair with the largest loss, and two others drawn with a fixed seed."""
    if not found:
        return []
    pairs = sorted(found)
    largest = max(pairs, key=lambda pair: max(found[pair][:2]))
    drawn = np.random.default_rng(_SEED).choice(len(pairs), min(_DRAWN, len(pairs)), replace=False)
    return [largest, *(pairs[k] for k in drawn)]


def _agree(kept: PairLoss, again: PairLoss) -> bool:
    return all(abs(a - b) <= AGREEMENT for a, b in zip(kept[:2], again[:2], strict=True))
