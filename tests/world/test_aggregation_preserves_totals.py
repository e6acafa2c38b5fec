"""Merging regions and sectors keeps totals and identities; two steps are one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.errors import LabelError, UnknownLabelError
from countervail.world.checks import worst
from countervail.world.core import World
from tests.worlds import random_world

REGION_MERGE = {"WEST": ["R00", "R03"], "EAST": ["R01", "R04"]}
SECTOR_MERGE = {"heavy": ["good-00", "good-02"], "light": ["good-01", "good-03"]}


def world_of(seed: int) -> World:
    return random_world(
        np.random.default_rng(seed),
        6,
        5,
        export_taxes=bool(seed % 2),
        zero_own=seed % 3 == 0,
        zero_output=seed % 5 == 0,
    )


def same_numbers(left: World, right: World, without: tuple[str, ...] = ()) -> None:
    assert left.regions == right.regions
    assert left.sectors == right.sectors
    traded, made = left.arrays.flows > 0, left.arrays.output > 0
    for name in ("flows", "tariff", "export_tax", "input_share", "final_share", "elasticity"):
        ours, theirs = getattr(left.arrays, name), getattr(right.arrays, name)
        if name in without:
            continue
        if name in ("tariff", "export_tax"):
            ours, theirs = ours[traded], theirs[traded]
        if name == "input_share":
            ours, theirs = ours * made.T[:, None, :], theirs * made.T[:, None, :]
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13, err_msg=name)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_totals_are_kept_and_identities_hold(seed: int) -> None:
    world = world_of(seed)
    merged = world.aggregate(REGION_MERGE, SECTOR_MERGE)
    assert worst(merged) < 1e-12
    assert merged.regions == ("WEST", "EAST", "R02", "R05")
    assert merged.sectors == ("heavy", "light", "good-04")
    a, b = world.arrays, merged.arrays
    place = np.array([0, 1, 2, 0, 1, 3])
    for name in ("income", "transfer"):
        summed = np.zeros(4)
        np.add.at(summed, place, getattr(a, name))
        np.testing.assert_allclose(getattr(b, name), summed, atol=1e-9 * a.income.sum())
    assert b.spending.sum() == pytest.approx(a.spending.sum(), rel=1e-12)
    np.testing.assert_allclose(
        merged.final_demand.sel(sector="light", region="EAST"),
        world.final_demand.sel(sector=SECTOR_MERGE["light"], region=REGION_MERGE["EAST"]).sum(),
        rtol=1e-11,
    )
    np.testing.assert_allclose(
        merged.flows.sel(sector="heavy", importer="EAST", exporter="WEST"),
        world.flows.sel(
            sector=SECTOR_MERGE["heavy"],
            importer=REGION_MERGE["EAST"],
            exporter=REGION_MERGE["WEST"],
        ).sum(),
        rtol=1e-12,
    )


def test_revenue_between_new_regions_is_kept_and_inside_becomes_value_added() -> None:
    world = world_of(1)
    merged = world.aggregate(REGION_MERGE)
    outside = {"importer": "EAST", "exporter": "WEST"}
    old = {"importer": REGION_MERGE["EAST"], "exporter": REGION_MERGE["WEST"]}
    duty = (world.flows * world.tariff).sel(old).sum()
    assert (merged.flows * merged.tariff).sel(outside).sum().item() == pytest.approx(duty.item())
    levied = world.flows * world.export_tax / (1 + world.export_tax)
    now = merged.flows * merged.export_tax / (1 + merged.export_tax)
    assert now.sel(outside).sum().item() == pytest.approx(levied.sel(old).sum().item())
    inner = {"importer": REGION_MERGE["EAST"], "exporter": REGION_MERGE["EAST"]}
    inside = ((world.flows * world.tariff) + levied).sel(inner).sum().item()
    assert inside > 0
    before = world.factor_income.sel(region=REGION_MERGE["EAST"]).sum().item()
    assert merged.factor_income.sel(region="EAST").item() == pytest.approx(before + inside)
    assert merged.tariff.sel(importer="EAST", exporter="EAST").sum().item() == 0.0


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_two_steps_are_one(seed: int) -> None:
    world = world_of(seed)
    once = world.aggregate({"A": ["R00", "R01", "R02"]}, {"x": ["good-00", "good-01", "good-04"]})
    regions = world.aggregate({"B": ["R00", "R01"]}).aggregate({"A": ["B", "R02"]})
    same_numbers(regions, world.aggregate({"A": ["R00", "R01", "R02"]}))
    sectors = world.aggregate(None, {"y": ["good-00", "good-04"]}).aggregate(
        None, {"x": ["y", "good-01"]}
    )
    same_numbers(sectors, world.aggregate(None, {"x": ["good-00", "good-01", "good-04"]}))
    # Elasticities are weighted by the foreign trade of the world that is merged.
    both = regions.aggregate(None, {"x": ["good-00", "good-01", "good-04"]})
    same_numbers(both, once, without=("elasticity",))
    same_numbers(sectors.aggregate({"A": ["R00", "R01", "R02"]}), once)


def test_merging_nothing_changes_nothing() -> None:
    world = world_of(3)
    assert world.aggregate() == world
    assert world.aggregate({"R00": "R00"}) == world


def test_the_whole_world_in_one_region_is_closed() -> None:
    world = world_of(2)
    one = world.aggregate({"WORLD": "all"}, {"everything": "all"})
    assert one.arrays.income.tolist() == pytest.approx([world.arrays.income.sum()])
    assert one.arrays.transfer.tolist() == [0.0]
    low, high = world.arrays.elasticity.min(), world.arrays.elasticity.max()
    assert low < one.arrays.elasticity[0] < high


def test_a_new_label_is_in_a_group_where_all_its_parts_are() -> None:
    flows = np.full((1, 4, 4), 5.0)
    world = World.from_flows(flows, regions=["CAN", "USA", "MEX", "BRA"], sectors=["food"])
    merged = world.aggregate({"NORTH": ["CAN", "USA"]})
    assert merged.region_groups["USMCA"] == ("NORTH", "MEX")
    assert "G7" in merged.region_groups
    wide = world.aggregate({"AMERICAS": ["CAN", "BRA"]})
    assert wide.region_groups["USMCA"] == ("USA", "MEX")


@pytest.mark.parametrize(
    ("merge", "kind", "said"),
    [
        ({"A": ["R00", "R01"], "B": ["R01"]}, LabelError, "R01"),
        ({"A": ["R00", "R99"]}, UnknownLabelError, "R99"),
        ({"R02": ["R00", "R01"]}, LabelError, "R02"),
        ({"A": []}, LabelError, "empty"),
    ],
)
def test_a_merge_that_is_not_one_is_an_error(
    merge: dict[str, list[str]], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        world_of(1).aggregate(merge)


def test_merged_elasticities_are_weighted_by_foreign_trade() -> None:
    flows = np.full((2, 2, 2), 100.0)
    flows[0, 0, 1], flows[0, 1, 0], flows[1, 0, 1], flows[1, 1, 0] = 10.0, 20.0, 60.0, 0.0
    world = World.from_flows(flows, elasticity=[2.0, 8.0], sectors=["a", "b"])
    merged = world.aggregate(None, {"c": ["a", "b"]})
    assert merged.arrays.elasticity.tolist() == pytest.approx([(30 * 2.0 + 60 * 8.0) / 90])


def test_where_nothing_is_traded_the_highest_tariff_of_the_parts_stands() -> None:
    flows = np.full((2, 2, 2), 100.0)
    flows[:, 0, 1] = 0.0
    tariff = np.zeros((2, 2, 2))
    tariff[:, 0, 1], tariff[:, 1, 0] = [0.3, 0.1], [0.2, 0.4]
    merged = World.from_flows(flows, tariff).aggregate(None, {"c": "all"})
    assert merged.arrays.tariff[0, 0, 1] == 0.3
    assert merged.arrays.tariff[0, 1, 0] == pytest.approx(0.3)
