"""Negative final demand is cleaned into an exact equilibrium, and what moved is said."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from countervail.errors import AccountingError
from countervail.world.arrays import Arrays, derive
from countervail.world.checks import check, worst
from countervail.world.core import World
from countervail.world.settle import settle
from tests.reference import solve_plainly
from tests.worlds import random_flows

SHAPES = st.sampled_from([(1, 3), (2, 3), (3, 5), (6, 4), (9, 8)])


def dirty_flows(seed: int, regions: int, sectors: int) -> dict[str, np.ndarray]:
    """Flows whose home sales in one cell per region are cut, so that inputs exceed purchases."""
    rng = np.random.default_rng(seed)
    flows = random_flows(rng, regions, sectors, export_taxes=bool(seed % 2), zero_own=seed % 3 == 0)
    for n in range(regions):
        s = int(rng.integers(sectors))
        flows["flows"][s, n, n] *= 0.05
        flows["inputs"][n, s, :] *= 2.0
    total = flows["inputs"].sum(axis=1, keepdims=True)
    flows["inputs"] *= (1.0 - flows["value_added"]).T[:, None, :] / total
    return flows


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), shape=SHAPES)
def test_every_identity_holds_to_rounding(seed: int, shape: tuple[int, int]) -> None:
    flows = dirty_flows(seed, *shape)
    try:
        world = World.from_flows(**flows, elasticity=4.0)
    except AccountingError as error:
        if "positive" not in error.cause:
            raise
        reject()  # a draw that leaves some region without income; too many would fail the test
    assert worst(world) < 1e-12
    assert not check(world, 1e-12)
    assert (world.arrays.flows >= 0).all()


def clipped_world(seed: int = 3) -> tuple[dict[str, np.ndarray], World]:
    flows = dirty_flows(seed, 3, 5)
    return flows, World.from_flows(**flows, elasticity=4.0)


def raw_arrays(flows: dict[str, np.ndarray], world: World) -> Arrays:
    """The data with negative final demand set to zero: what the cleaning starts from."""
    spending = (flows["flows"] * (1 + flows["tariff"])).sum(axis=2)
    output = (flows["flows"] / (1 + flows["export_tax"])).sum(axis=1)
    used = np.einsum("nks,sn->kn", flows["inputs"], output)
    final = np.maximum(spending - used, 0.0)
    return derive(
        flows["flows"],
        flows["tariff"],
        flows["export_tax"],
        flows["inputs"],
        flows["value_added"],
        final / final.sum(axis=0),
        world.arrays.elasticity,
    )


def test_cleaning_keeps_technology_transfers_and_world_factor_income() -> None:
    flows, world = clipped_world()
    assert world.report.clipped_cells > 0
    bilateral = flows["flows"].sum(axis=0)
    np.fill_diagonal(bilateral, 0.0)
    before = bilateral.sum(axis=1) - bilateral.sum(axis=0)
    scale = world.arrays.income.sum()
    np.testing.assert_allclose(world.arrays.transfer, before, atol=1e-12 * scale)
    output = (flows["flows"] / (1 + flows["export_tax"])).sum(axis=1)
    earned = (flows["value_added"] * output).sum()
    assert world.arrays.factor_income.sum() == pytest.approx(earned, rel=1e-12)
    np.testing.assert_allclose(world.arrays.input_share, flows["inputs"], atol=1e-14)
    np.testing.assert_allclose(world.arrays.value_added_share, flows["value_added"], atol=1e-14)


@pytest.mark.parametrize("seed", [2, 3])
def test_cleaning_finds_the_equilibrium_that_the_data_imply(seed: int) -> None:
    flows, world = clipped_world(seed)
    assert flows["export_tax"].any() == (seed % 2 == 1)
    assert world.report.moved
    plain = solve_plainly(raw_arrays(flows, world))
    np.testing.assert_allclose(world.arrays.flows, plain.trade, rtol=1e-9)
    np.testing.assert_allclose(world.arrays.income, plain.income, rtol=1e-9)


def test_closing_the_digits_moves_nothing_that_can_be_seen() -> None:
    flows, world = clipped_world()
    raw = raw_arrays(flows, world)
    settled = settle(raw, world.labels)
    np.testing.assert_allclose(world.arrays.share, settled.share, rtol=1e-10)
    np.testing.assert_allclose(world.arrays.income, settled.income, rtol=1e-10)


def test_the_report_says_what_moved_and_where() -> None:
    flows, world = clipped_world()
    report = world.report
    assert report.moved
    assert report.clipped_value < 0
    assert len(report.clipped_worst) == min(report.clipped_cells, 8)
    gap = np.abs(world.arrays.flows - flows["flows"])
    assert report.flows.absolute == pytest.approx(gap.max())
    assert set(report.region_moves) == set(world.regions)
    assert max(report.region_moves.values()) == pytest.approx(max(report.sector_moves.values()))
    said = "\n".join(report.lines())
    assert report.clipped_worst[0] in said
    assert type(report).from_dict(report.to_dict()) == report


def test_a_cleaned_world_is_clean() -> None:
    _, world = clipped_world()
    a = world.arrays
    again = World.from_flows(
        a.flows, a.tariff, a.input_share, a.value_added_share, a.elasticity, export_tax=a.export_tax
    )
    assert not again.report.moved
    assert np.array_equal(again.arrays.flows, a.flows)
    np.testing.assert_allclose(again.arrays.final_share, a.final_share, atol=1e-13)


def test_parts_of_the_world_that_do_not_trade_keep_their_own_factor_income() -> None:
    # Two economies in autarky; in each, inputs of the second good exceed its supply.
    flows = np.zeros((3, 2, 2))
    for n, size in ((0, 100.0), (1, 300.0)):
        flows[:, n, n] = size * np.array([1.0, 0.2, 0.5])
    inputs = np.zeros((2, 3, 3))
    inputs[:, 1, :] = 0.4
    world = World.from_flows(flows, inputs=inputs)
    assert world.report.clipped_cells == 2
    assert worst(world) < 1e-12
    np.testing.assert_allclose(world.arrays.factor_income, [102.0, 306.0], rtol=1e-12)


def test_a_region_that_cannot_earn_an_income_is_named() -> None:
    flows = np.array([[[1.0, 0.0], [5.0, 10.0]]])
    inputs = np.full((2, 1, 1), 0.5)
    with pytest.raises(AccountingError, match="no positive income") as caught:
        World.from_flows(flows, inputs=inputs)
    assert "r0" in str(caught.value)


def test_input_loops_that_never_die_out_are_an_error() -> None:
    # Both goods are made of the other alone, in a part of the world that nothing leaves.
    flows = np.zeros((3, 2, 2))
    flows[:, 0, 0] = [10.0, 30.0, 50.0]
    flows[:, 1, 1] = [20.0, 20.0, 50.0]
    inputs = np.zeros((2, 3, 3))
    inputs[0, 0, 1] = inputs[0, 1, 0] = 1.0
    inputs[0, 1, 2] = 0.1
    with pytest.raises(AccountingError, match="do not die out"):
        World.from_flows(flows, inputs=inputs)


def test_negative_by_rounding_is_not_cleaned_but_counted() -> None:
    # 0.1 + 0.2 of inputs against purchases of 0.3: a difference of one unit in the last place.
    assert 0.3 - (0.1 + 0.2) < 0.0
    flows = np.zeros((3, 1, 1))
    flows[:, 0, 0] = [0.3, 1.0, 1.0]
    inputs = np.zeros((1, 3, 3))
    inputs[0, 0, 1], inputs[0, 0, 2] = 0.1, 0.2
    world = World.from_flows(flows, inputs=inputs)
    assert world.report.rounding_cells == 1
    assert not world.report.moved
    assert np.array_equal(world.arrays.flows, flows)
    assert world.arrays.final_share[0, 0] == 0.0
