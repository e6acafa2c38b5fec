"""Every cell says where it comes from, and no operation forgets it."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from countervail.errors import CountervailError
from countervail.world.core import World
from countervail.world.status import CONSTRUCTED, OBSERVED, UPDATED, CellStatus, value_by_status
from countervail.world.store import load_world
from tests.worlds import random_world


def with_status(world: World, seed: int = 0) -> World:
    rng = np.random.default_rng(seed)
    shape = world.arrays.flows.shape
    return World(
        world.labels,
        world.arrays,
        world.report,
        CellStatus(
            rng.integers(0, 3, shape, dtype=np.uint8),
            rng.integers(0, 3, shape, dtype=np.uint8),
            rng.integers(0, 3, shape[:2], dtype=np.uint8),
        ),
    )


def test_saving_loading_and_pickling_keep_every_status(tmp_path: Path) -> None:
    world = with_status(random_world(np.random.default_rng(3), 4, 5))
    again = load_world(world.save(tmp_path / "w.npz"))
    for other in (again, pickle.loads(pickle.dumps(world))):
        assert other == world
        for name in ("flows", "tariff", "costs"):
            assert np.array_equal(getattr(other.status, name), getattr(world.status, name))


def test_a_status_that_differs_makes_another_world() -> None:
    world = random_world(np.random.default_rng(3), 4, 5)
    assert with_status(world) != world
    assert with_status(world, 1) != with_status(world, 2)


def test_a_merged_cell_is_as_uncertain_as_its_worst_part_with_value() -> None:
    world = with_status(random_world(np.random.default_rng(3), 4, 5))
    first, second = world.regions[:2]
    merged = world.aggregate({"both": [first, second]})
    for sector in range(len(world.sectors)):
        parts = world.status.flows[sector, 2, :2][world.arrays.flows[sector, 2, :2] > 0]
        assert merged.status.flows[sector, 1, 0] == (parts.max() if parts.size else OBSERVED)


def test_value_by_status_sums_to_one() -> None:
    values = np.array([1.0, 2.0, 5.0])
    shares = value_by_status(values, np.array([OBSERVED, UPDATED, CONSTRUCTED], dtype=np.uint8))
    assert shares == pytest.approx({"observed": 0.125, "updated": 0.25, "constructed": 0.625})
    assert value_by_status(np.zeros(3), np.zeros(3, dtype=np.uint8)) == {}


def test_statuses_of_another_shape_are_refused() -> None:
    world = random_world(np.random.default_rng(3), 4, 5)
    with pytest.raises(CountervailError, match="shape"):
        World(world.labels, world.arrays, world.report, CellStatus.observed(2, 2))
