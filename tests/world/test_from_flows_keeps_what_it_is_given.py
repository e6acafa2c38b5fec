"""Where nothing needs cleaning, a world is the given flows to the last bit."""

import pickle

import numpy as np
import pytest

from countervail.parameters import parameter
from countervail.world.checks import check, worst
from countervail.world.core import World
from tests.worlds import random_flows, random_world

SHAPES = [(1, 1), (1, 4), (2, 1), (2, 3), (5, 4), (40, 1)]


@pytest.mark.parametrize(("regions", "sectors"), SHAPES)
@pytest.mark.parametrize("plain", [True, False])
def test_given_arrays_come_back_unchanged(regions: int, sectors: int, plain: bool) -> None:
    rng = np.random.default_rng(regions * 100 + sectors)
    given = random_flows(
        rng, regions, sectors, zero_own=not plain, zero_output=not plain, export_taxes=not plain
    )
    world = World.from_flows(**given, elasticity=5.0)
    assert not world.report.moved
    assert np.array_equal(world.arrays.flows, given["flows"])
    assert np.array_equal(world.arrays.tariff, given["tariff"])
    assert np.array_equal(world.arrays.export_tax, given["export_tax"])
    np.testing.assert_allclose(world.arrays.input_share, given["inputs"], rtol=1e-12, atol=1e-15)
    assert worst(world) < 1e-12


def test_final_demand_is_what_intermediate_use_leaves() -> None:
    given = random_flows(np.random.default_rng(3), 4, 3, export_taxes=True)
    world = World.from_flows(**given, elasticity=5.0)
    output = (given["flows"] / (1 + given["export_tax"])).sum(axis=1)
    bought = (given["flows"] * (1 + given["tariff"])).sum(axis=2)
    used = np.zeros_like(bought)
    for n in range(4):
        used[:, n] = given["inputs"][n] @ output[:, n]
    np.testing.assert_allclose(world.final_demand.values, bought - used, rtol=1e-10)
    np.testing.assert_allclose(world.output.values, output, rtol=1e-14)
    np.testing.assert_allclose(world.spending.values, bought, rtol=1e-14)


def test_transfer_is_imports_less_exports_at_border_values() -> None:
    flows = np.array([[[10.0, 3.0], [1.0, 20.0]]])
    world = World.from_flows(flows, np.array([[[0.0, 0.5], [0.2, 0.0]]]))
    assert world.transfer.values.tolist() == [2.0, -2.0]
    assert world.income.sel(region="r0").item() == pytest.approx(10 + 3 * 1.5)


def test_no_inputs_means_value_added_is_all() -> None:
    world = World.from_flows(np.array([[[2.0, 1.0], [1.0, 2.0]]]))
    assert world.arrays.value_added_share.tolist() == [[1.0, 1.0]]
    assert not world.arrays.input_share.any()
    assert world.arrays.elasticity.tolist() == [parameter("theta.aggregate_long").value]
    assert "theta.aggregate_long" in " ".join(world.report.decisions)
    assert world.regions == ("r0", "r1")
    assert world.sectors == ("s0",)


def test_home_tariffs_are_set_to_zero_and_counted() -> None:
    flows = np.full((2, 3, 3), 5.0)
    tariff = np.full((2, 3, 3), 0.1)
    world = World.from_flows(flows, tariff)
    assert world.report.home_tariffs_reset == 6
    assert not np.einsum("snn->sn", world.arrays.tariff).any()
    assert world.arrays.tariff[0, 0, 1] == 0.1


def test_markets_without_spending_buy_at_home_and_nothing_is_undefined() -> None:
    flows = np.full((3, 2, 2), 4.0)
    flows[1] = 0.0
    world = World.from_flows(flows)
    assert world.report.zero_spending_markets == 2
    assert world.share.sel(sector="s1", importer="r0", exporter="r0").item() == 1.0
    assert world.share.sel(sector="s1", importer="r0", exporter="r1").item() == 0.0
    assert not check(world)


def test_a_world_cannot_be_changed() -> None:
    world = random_world(np.random.default_rng(1), 3, 2)
    with pytest.raises(AttributeError, match="cannot be changed"):
        world.name = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        world.arrays.flows[0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        world.tariff.values[0, 0, 0] = 1.0
    for name in ("flows", "share", "income", "elasticity"):
        values = getattr(world.arrays, name)
        assert values.flags.c_contiguous
        assert not values.flags.writeable


def test_worlds_are_equal_where_labels_and_numbers_are() -> None:
    left = random_world(np.random.default_rng(1), 3, 2)
    assert left == random_world(np.random.default_rng(1), 3, 2)
    assert left != random_world(np.random.default_rng(2), 3, 2)
    copy = pickle.loads(pickle.dumps(left))
    assert copy == left
    assert hash(copy) == hash(left)
    assert not copy.arrays.flows.flags.writeable


def test_the_input_array_is_not_shared_with_the_world() -> None:
    flows = np.full((1, 2, 2), 4.0)
    world = World.from_flows(flows)
    flows[0, 0, 0] = 99.0
    assert world.arrays.flows[0, 0, 0] == 4.0
