"""The adjoint gives the slope of welfare: central differences agree to six digits."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from tests.equilibrium.cases import FIELDS, Array, blocks, random_levels, world_of

TIGHT = 1e-13
CLOSURES = [
    cv.Closure(balance, labour)
    for balance in ("fixed", "balanced")
    for labour in ("mobile", "specific")
]


def slope(
    world: cv.World,
    closure: cv.Closure,
    levels: dict[str, Array],
    field: str,
    direction: Array,
    region: int,
    step: float,
) -> float:
    """d welfare / d step along ``direction``, by central differences of fourth order."""

    def at(times: float) -> float:
        moved = {**levels, field: levels[field] + times * step * direction}
        shock = cv.Shock(world, **moved, confirm_units=True)
        return float(cv.solve(world, shock, closure, tolerance=TIGHT).welfare_percent[region])

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)


def directions(world: cv.World, field: str, gradient: Array, seed: int) -> list[Array]:
    """Unit steps in entries drawn among those of decent size."""
    rng = np.random.default_rng(seed)
    size = np.abs(gradient)
    if field in ("tariff", "export_tax"):
        size = size * (1 - np.eye(len(world.regions)))
    entries = np.argwhere(size > 0.05 * size.max())
    found = []
    for k in rng.permutation(len(entries))[:2]:
        direction = np.zeros_like(gradient)
        direction[tuple(entries[k])] = 1.0
        if field == "transfer":
            income = world.arrays.factor_income
            direction = direction - income / income.sum()
        found.append(direction)
    return found


def check(world: cv.World, closure: cv.Closure, levels: dict[str, Array], seed: int) -> None:
    shock = cv.Shock(world, **{k: v for k, v in levels.items() if moved(world, k, v)})
    at = cv.solve(world, shock, closure, tolerance=TIGHT)
    region = seed % len(world.regions)
    found = cv.sensitivity(world, world.regions[region], at=at)
    for field in FIELDS:
        gradient = np.asarray(found.plain[field])
        step = 1e-3 * (world.arrays.factor_income.min() if field == "transfer" else 1.0)
        for direction in directions(world, field, gradient, seed):
            expected = slope(world, closure, levels, field, direction, region, step)
            assert (gradient * direction).sum() == pytest.approx(expected, rel=1e-6), (
                f"{field} at {np.argwhere(direction == direction.max())[0]}"
            )


def moved(world: cv.World, field: str, values: Array) -> bool:
    return not np.array_equal(cv.Shock(world).array(field), values)


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda c: f"{c.balance}-{c.labour}")
@pytest.mark.parametrize("taxed", [False, True], ids=["plain", "taxed"])
def test_where_nothing_has_moved_yet(closure, taxed):
    world = world_of(21, 4, 3, export_taxes=taxed)
    neutral = cv.Shock(world)
    check(world, closure, {field: neutral.array(field) for field in FIELDS}, 1)


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda c: f"{c.balance}-{c.labour}")
@pytest.mark.parametrize("seed", [5, 6])
def test_after_a_big_shock(closure, seed):
    world = world_of(seed, 4, 3, zero_own=seed == 6, zero_output=seed == 6)
    check(world, closure, random_levels(seed, world), seed)


def test_two_regions_cut_off_from_each_other():
    """Cost factors of 1000: the foreign part of every market is all but gone."""
    world = world_of(8, 4, 3)
    cut = cv.Shock(world).cut_off("R00", "R01")
    levels = {field: cut.array(field) for field in FIELDS}
    check(world, cv.Closure("balanced"), levels, 2)


@pytest.mark.parametrize("labour", ["mobile", "specific"])
@pytest.mark.parametrize("sizes", [(2, 2), (3, 1), (1, 1, 1, 1), (1,)])
def test_regions_that_do_not_trade(sizes, labour):
    """Without transfers, since those have no price between parts that do not trade."""
    world = world_of(7, 1, 2) if sizes == (1,) else blocks(4, *sizes)
    closure = cv.Closure("balanced", labour)
    levels = random_levels(3, world, ("productivity",))
    at = cv.solve(world, cv.Shock(world, **levels), closure, tolerance=TIGHT)
    for n in (0, len(world.regions) - 1):
        found = cv.sensitivity(world, world.regions[n], at=at).plain
        assert all(np.isfinite(values).all() for values in found.values())
        direction = np.zeros_like(found["productivity"])
        direction[0, n] = 1.0
        expected = slope(world, closure, levels, "productivity", direction, n, 1e-3)
        assert found["productivity"][0, n] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda c: f"{c.balance}-{c.labour}")
def test_a_transfer_is_paid_by_all_in_proportion(closure):
    """What a million to one region does, given by everyone in proportion to factor income."""
    world = world_of(21, 4, 3)
    found = cv.sensitivity(world, "R00", closure=closure).plain["transfer"]
    income = world.arrays.factor_income
    assert abs(found @ income) < 1e-10 * np.abs(found).max() * income.sum()
    assert found[0] == found.max() > 0


def test_weights_add_up():
    world = world_of(21, 4, 3)
    parts = [cv.sensitivity(world, region).plain for region in ("R00", "R02")]
    both = cv.sensitivity(world, {"R00": 0.25, "R02": 2.0}).plain
    for field in FIELDS:
        expected = 0.25 * parts[0][field] + 2.0 * parts[1][field]
        scale = np.abs(expected).max()
        np.testing.assert_allclose(both[field], expected, rtol=1e-7, atol=1e-8 * scale)


def test_labels_and_units():
    world = world_of(21, 4, 3)
    found = cv.sensitivity(world, "R01")
    for field in FIELDS:
        labelled = getattr(found, field)
        assert labelled.name == field
        assert "R01" in labelled.attrs["of"]
        assert labelled.attrs["unit"]
        np.testing.assert_array_equal(labelled.values, found.plain[field])
    assert found.tariff.dims == ("sector", "importer", "exporter")
    assert found.transfer.dims == ("region",)
    assert set(found.labour["region"].values) == set(world.regions)


def test_world_2014_along_one_direction():
    """All American tariffs up together: the sum of slopes is the slope of the sum."""
    world = cv.load_world("world-2014")
    usa = world.regions.index("USA")
    direction = np.zeros_like(world.arrays.tariff)
    direction[:, usa, :] = 1.0
    direction[:, usa, usa] = 0.0
    step = 2e-3
    for closure in (cv.Closure(), cv.Closure("balanced", "specific")):
        out = [
            cv.solve(
                world,
                cv.Shock(world, tariff=world.arrays.tariff + k * step * direction),
                closure,
                tolerance=1e-12,
            ).welfare_percent
            for k in (-2, -1, 1, 2)
        ]
        expected = (8 * (out[2] - out[1]) - (out[3] - out[0])) / (12 * step)
        for region in ("CAN", "USA", "MEX"):
            found = cv.sensitivity(world, region, closure=closure).plain["tariff"]
            assert (found * direction).sum() == pytest.approx(
                expected[world.regions.index(region)], rel=1e-5
            )
