"""An update moves a table to new totals and to nothing else; carving splits and loses nothing."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.errors import LabelError, ShapeError
from countervail.world.core import World
from countervail.world.updating.balance import Totals
from countervail.world.updating.carve import Parts, carve
from countervail.world.updating.update import REEXPORT_MARGIN, Table, update
from tests.worlds import random_world

GOODS = np.array([True, True, True, False, False])


def example(seed: int = 0) -> tuple[World, Table]:
    world = random_world(np.random.default_rng(seed), 4, 5)
    return world, Table.of(world.arrays, world.regions)


def same_totals(table: Table) -> Totals:
    pairs = table.flows[GOODS].sum(axis=0)
    free = np.full(len(table.regions), np.nan)
    return Totals(GOODS, pairs, table.value_added, free, np.zeros_like(free))


def test_the_same_totals_give_the_same_table() -> None:
    _, table = example()
    found = update(table, same_totals(table))
    assert found.balanced.flows == pytest.approx(table.flows, rel=1e-9)
    assert found.balanced.input_share == pytest.approx(table.input_share, rel=1e-9)
    assert found.balanced.final == pytest.approx(table.final, rel=1e-9)


def test_a_world_twice_as_rich_is_the_same_world_doubled() -> None:
    _, table = example(1)
    totals = same_totals(table)
    doubled = Totals(
        GOODS, 2.0 * totals.pairs, 2.0 * totals.value_added, totals.deficit, totals.slack
    )
    found = update(table, doubled)
    assert found.balanced.flows == pytest.approx(2.0 * table.flows, rel=1e-9)


def test_new_totals_are_met_and_a_pair_without_old_trade_is_seeded() -> None:
    _, table = example(2)
    flows = table.flows.copy()
    flows[GOODS, 0, 1] = 0.0
    table = Table(
        table.regions,
        flows,
        table.tariff,
        table.input_share,
        table.value_added_share,
        table.final,
    )
    totals = same_totals(table)
    pairs = totals.pairs.copy()
    pairs[0, 1] = 0.01 * pairs[0, 0]
    found = update(table, Totals(GOODS, pairs, totals.value_added, totals.deficit, totals.slack))
    assert found.seeded == 1
    assert found.balanced.flows[GOODS, 0, 1].sum() == pytest.approx(pairs[0, 1], rel=1e-12)


def test_goods_passed_on_are_bought_and_sold_with_a_margin() -> None:
    _, table = example(3)
    totals = same_totals(table)
    exports = totals.pairs[:, 1].sum() - totals.pairs[1, 1]
    passed = np.array([0.0, 0.3 * exports, 0.0, 0.0])
    found = update(table, totals, reexports=passed)
    # Value added per unit of output falls towards the margin, inputs of the own good rise.
    share, old = found.value_added_share[:, 1], table.value_added_share[:, 1]
    assert (share[GOODS] < old[GOODS]).all()
    assert (share[GOODS] > REEXPORT_MARGIN).all()
    own = np.arange(5)
    assert (found.prior.inputs[1, own, own] > 0).all()
    assert found.value_added_share[:, [0, 2, 3]] == pytest.approx(
        table.value_added_share[:, [0, 2, 3]]
    )


def test_totals_of_another_size_are_refused() -> None:
    _, table = example()
    totals = same_totals(table)
    with pytest.raises(ShapeError, match="regions"):
        update(
            table,
            Totals(GOODS, totals.pairs[:3, :3], totals.value_added, totals.deficit, totals.slack),
        )


def parts(table: Table, seed: int = 0) -> Parts:
    rng = np.random.default_rng(seed)
    old = table.flows[GOODS].sum(axis=0)
    size = len(table.regions) - 1 + 3
    pairs = np.zeros((size, size))
    pairs[:3, :3] = old[:3, :3]
    split = np.array([0.5, 0.3, 0.2])
    pairs[:3, 3:] = old[:3, 3][:, None] * split
    pairs[3:, :3] = old[3, :3] * split[:, None]
    pairs[3:, 3:] = 0.02 * old[3, 3] * np.outer(split, split)
    np.fill_diagonal(pairs, np.nan)
    composition = rng.dirichlet(np.ones(3), 2).T
    near = rng.uniform(0.5, 1.5, (size, 3)) * split
    return Parts(("AAA", "BBB", table.regions[3]), pairs, composition, split, near, {}, {})


def test_carving_meets_pair_totals_and_the_composition_of_exports() -> None:
    _, table = example(4)
    given = parts(table)
    found = carve(table, GOODS, table.regions[3], given)
    abroad = ~np.eye(6, dtype=bool)
    goods = found.flows[GOODS].sum(axis=0)
    assert goods[abroad] == pytest.approx(given.pairs[abroad], rel=1e-8)
    for k in range(2):
        exports = found.flows[GOODS][:, :, 3 + k].sum(axis=1) - found.flows[GOODS, 3 + k, 3 + k]
        assert exports / exports.sum() == pytest.approx(given.composition[:, k], abs=1e-6)


def test_carving_loses_no_services_and_no_final_demand() -> None:
    _, table = example(5)
    found = carve(table, GOODS, table.regions[3], parts(table))
    services = ~GOODS
    assert found.flows[services][:, :3, 3:].sum(axis=2) == pytest.approx(
        table.flows[services][:, :3, 3]
    )
    assert found.flows[services][:, 3:, :3].sum(axis=1) == pytest.approx(
        table.flows[services][:, 3, :3]
    )
    assert found.final[:, 3:].sum(axis=1) == pytest.approx(table.final[:, 3])
    assert found.flows[:, :3, :3] == pytest.approx(table.flows[:, :3, :3])


def test_parts_tax_each_other_like_the_old_rest_taxed_the_others() -> None:
    _, table = example(6)
    found = carve(table, GOODS, table.regions[3], parts(table))
    rates, old = found.tariff, table.tariff[:, 3, :3]
    assert rates[:, 3:, :3] == pytest.approx(np.repeat(old[:, None], 3, axis=1))
    assert (rates[:, range(6), range(6)] == 0).all()
    mean = (table.flows[:, 3, :3] * old).sum(axis=1) / table.flows[:, 3, :3].sum(axis=1)
    for n, i in ((3, 4), (4, 3), (3, 5), (5, 4)):
        assert rates[:, n, i] == pytest.approx(mean)


def test_only_a_region_can_be_carved() -> None:
    _, table = example()
    with pytest.raises(LabelError, match="not the region"):
        carve(table, GOODS, "nowhere", parts(table))
