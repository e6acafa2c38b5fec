"""Worlds in the schemes of published tables understand schedules and the registry's sectors."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.errors import UnknownLabelError
from countervail.world import schemes
from countervail.world.core import World
from countervail.world.readers.codes import scheme
from countervail.world.tariffs.schedules import read_schedule

SCHEMES = ("icio-2023", "icio-2025", "wiod-2013", "wiod-2016", "figaro", "exiobase-3-ixi")
DAY = "2026-08-19"


def world_in(name: str) -> World:
    labels = [industry.label for industry in scheme(name).industries]
    rng = np.random.default_rng(0)
    flows = rng.uniform(1.0, 2.0, (len(labels), 4, 4))
    return World.from_flows(
        flows,
        elasticity=4.0,
        regions=["USA", "CAN", "CHN", "ROW"],
        sectors=labels,
        name=name,
        base_year=2022,
    )


@pytest.mark.parametrize("name", SCHEMES)
def test_a_schedule_reaches_every_sector_that_covers_goods(name: str) -> None:
    schedule = read_schedule("us-2025-26")
    world = world_in(name)
    found = schedule.array(world, DAY)
    rates = {c[2]: rate for c, rate in schedule.at(DAY).rates.items() if c[:2] == ("USA", "CHN")}
    for place, label in enumerate(world.sectors):
        inside = [rates[s] for s in schemes.covered_by(label) if s in rates]
        reached = found[place, 0, 2]
        if inside:
            assert min(inside) - 1e-12 <= reached <= max(inside) + 1e-12
        else:
            assert reached == 0.0
    assert not found[:, 1:].any()


@pytest.mark.parametrize("name", ["icio-2023", "icio-2025", "exiobase-3-ixi"])
def test_a_finer_scheme_answers_to_the_sector_that_its_own_make_up(name: str) -> None:
    world = world_in(name)
    found = world.labels.resolve_sectors("mining")
    assert len(found) > 1
    assert all(schemes.covered_by(label) == ("mining",) for label in found)


def test_a_sector_that_is_only_part_of_one_is_refused() -> None:
    # Paper and printing are one industry there: printing alone cannot be taxed.
    world = world_in("icio-2023")
    with pytest.raises(UnknownLabelError, match="printing"):
        world.labels.resolve_sectors("printing")
