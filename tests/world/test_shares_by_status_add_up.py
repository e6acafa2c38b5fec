"""Shares by status are shares of value, and an economy is called what most of its output is."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.world import trust
from countervail.world.core import World
from countervail.world.status import CONSTRUCTED, OBSERVED, UPDATED, CellStatus
from tests.worlds import random_world

N, S = 4, 3


@pytest.fixture(scope="module")
def world() -> World:
    """Region R01 is constructed; what R02 buys abroad is updated; the rest is observed."""
    plain = random_world(np.random.default_rng(5), N, S)
    flows = np.zeros((S, N, N), dtype=np.uint8)
    flows[:, 2, :] = UPDATED
    flows[:, 1, :] = flows[:, :, 1] = CONSTRUCTED
    costs = np.zeros((S, N), dtype=np.uint8)
    costs[:, 1] = CONSTRUCTED
    status = CellStatus(flows, np.zeros_like(flows), costs)
    return World(plain.labels, plain.arrays, plain.report, status)


def abroad(world: World) -> np.ndarray:
    flows = np.array(world.arrays.flows)
    for n in range(N):
        flows[:, n, n] = 0
    return flows


def test_trade_of_the_world(world: World) -> None:
    flows, codes = abroad(world), world.status.flows
    shares = trust.trade_status(world)
    for code, name in ((OBSERVED, "observed"), (UPDATED, "updated"), (CONSTRUCTED, "constructed")):
        assert shares[name] == pytest.approx(flows[codes == code].sum() / flows.sum(), rel=1e-12)
    assert sum(shares.values()) == pytest.approx(1, rel=1e-12)


def test_trade_of_one_region_counts_both_ways(world: World) -> None:
    flows = abroad(world)[:, :, 0].sum() + abroad(world)[:, 0, :].sum()
    with_it = abroad(world)[:, 1, 0].sum() + abroad(world)[:, 0, 1].sum()
    shares = trust.trade_status(world, "R00")
    assert shares["constructed"] == pytest.approx(with_it / flows, rel=1e-12)
    assert trust.trade_status(world, "R01") == {"constructed": pytest.approx(1)}
    goods = trust.trade_status(world, "R00", "good-01")
    assert goods["constructed"] != pytest.approx(shares["constructed"], rel=1e-6)


def test_home_sales_and_output(world: World) -> None:
    assert trust.home_status(world, "R01") == {"constructed": 1.0}
    assert trust.home_status(world, "R02") == {"updated": 1.0}
    made = world.arrays.output[:, 1].sum() / world.arrays.output.sum()
    assert trust.output_status(world)["constructed"] == pytest.approx(made, rel=1e-12)


def with_costs(world: World, costs: np.ndarray, flows: np.ndarray) -> World:
    return World(
        world.labels, world.arrays, world.report, CellStatus(flows, world.status.tariff, costs)
    )


def test_an_economy_is_what_most_of_its_market_and_costs_are(world: World) -> None:
    assert trust.constructed_regions(world) == ("R01",)
    costs = np.zeros((S, N), dtype=np.uint8)
    costs[:, 3] = CONSTRUCTED
    flows = np.zeros((S, N, N), dtype=np.uint8)
    # Constructed costs alone do not make an economy constructed; its own market must be so too.
    assert trust.region_status(with_costs(world, costs, flows), "R03") == "observed"
    flows[:, 3, 3] = CONSTRUCTED
    assert trust.region_status(with_costs(world, costs, flows), "R03") == "constructed"
    assert trust.region_status(world, "R03") == "observed"


def test_constructed_regions_come_largest_first(world: World) -> None:
    costs = np.full((S, N), CONSTRUCTED, dtype=np.uint8)
    all_made = with_costs(world, costs, np.full((S, N, N), CONSTRUCTED, dtype=np.uint8))
    income = dict(zip(world.regions, world.arrays.factor_income, strict=True))
    found = trust.constructed_regions(all_made)
    assert [income[r] for r in found] == sorted(income.values(), reverse=True)
