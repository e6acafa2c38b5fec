"""Units, names, order and the fineness of identical parts do not matter to the results."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import (
    Array,
    closures,
    few,
    random_levels,
    random_shock,
    rebuilt,
    worlds,
)

seeds = st.integers(0, 1000)
PAIRS = ("tariff", "export_tax", "trade_cost")


@few
@given(worlds(), closures, seeds, st.sampled_from((1e-6, 1e-3, 7.0, 1e4)))
def test_units_of_money(world, closure, seed, unit):
    levels = random_levels(seed, world)
    other = rebuilt(world, flows=world.arrays.flows * unit)
    before = cv.solve(world, cv.Shock(world, **levels), closure)
    levels["transfer"] = levels["transfer"] * unit
    after = cv.solve(other, cv.Shock(other, **levels), closure)
    np.testing.assert_allclose(after.welfare.values, before.welfare.values, atol=1e-7)
    np.testing.assert_allclose(after.prices.values, before.prices.values, rtol=1e-8)
    np.testing.assert_allclose(
        after.equivalent_variation.values,
        unit * before.equivalent_variation.values,
        atol=1e-9 * unit * world.arrays.income.sum(),
    )


@few
@given(worlds(), closures, seeds)
def test_order_of_regions_and_sectors(world, closure, seed):
    rng = np.random.default_rng(seed)
    r = rng.permutation(len(world.regions))
    s = rng.permutation(len(world.sectors))
    a = world.arrays
    cube, plane = np.ix_(s, r, r), np.ix_(s, r)
    other = rebuilt(
        world,
        flows=a.flows[cube],
        tariff=a.tariff[cube],
        export_tax=a.export_tax[cube],
        inputs=a.input_share[np.ix_(r, s, s)],
        value_added=a.value_added_share[plane],
        elasticity=a.elasticity[s],
        regions=[world.regions[k] for k in r],
        sectors=[world.sectors[k] for k in s],
    )
    levels = random_levels(seed, world)
    moved = {
        name: values[cube] if name in PAIRS else values[plane] if values.ndim == 2 else values[r]
        for name, values in levels.items()
    }
    before = cv.solve(world, cv.Shock(world, **levels), closure)
    after = cv.solve(other, cv.Shock(other, **moved), closure)
    for figure in ("welfare", "real_wage", "prices", "output", "trade", "revenue"):
        ours, theirs = getattr(before, figure), getattr(after, figure)
        theirs = theirs.sel({dim: ours[dim] for dim in ("sector", "region") if dim in ours.dims})
        if figure == "trade":
            theirs = theirs.sel(importer=ours["importer"], exporter=ours["exporter"])
        scale = max(1.0, float(np.abs(ours.values).max()))
        np.testing.assert_allclose(theirs.values, ours.values, rtol=1e-7, atol=1e-9 * scale)


@few
@given(worlds(), seeds)
def test_order_of_labelled_arrays(world, seed):
    """A labelled array says the same in any order of its axes and labels."""
    import xarray as xr

    levels = random_levels(seed, world, ("tariff",))
    given_ = xr.DataArray(
        levels["tariff"],
        dims=("sector", "importer", "exporter"),
        coords={
            "sector": list(world.sectors),
            "importer": list(world.regions),
            "exporter": list(world.regions),
        },
    )
    turned = given_.transpose("exporter", "sector", "importer").isel(
        exporter=slice(None, None, -1), sector=slice(None, None, -1)
    )
    np.testing.assert_array_equal(cv.Shock(world, tariff=turned).array("tariff"), levels["tariff"])


def halves_of_sector(values: Array, axis: int, at: int, weight: float) -> Array:
    """``values`` with entry ``at`` of ``axis`` twice, each times ``weight``."""
    part = np.take(values, [at], axis=axis) * weight
    kept = np.delete(values, at, axis=axis)
    return np.concatenate([kept, part, part], axis=axis)


@few
@given(worlds(shapes=((4, 3),)), closures, seeds)
def test_a_sector_split_into_identical_halves(world, closure, seed):
    a, at = world.arrays, seed % len(world.sectors)
    inputs = halves_of_sector(halves_of_sector(a.input_share, 1, at, 0.5), 2, at, 1.0)
    finer = rebuilt(
        world,
        flows=halves_of_sector(a.flows, 0, at, 0.5),
        inputs=inputs,
        sectors=[*np.delete(world.sectors, at), "half-a", "half-b"],
        **{
            name: halves_of_sector(getattr(a, source), 0, at, 1.0)
            for name, source in (
                ("tariff", "tariff"),
                ("export_tax", "export_tax"),
                ("value_added", "value_added_share"),
                ("elasticity", "elasticity"),
            )
        },
    )
    levels = random_levels(seed, world)
    split = {
        name: values if values.ndim == 1 else halves_of_sector(values, 0, at, 1.0)
        for name, values in levels.items()
    }
    before = cv.solve(world, cv.Shock(world, **levels), closure)
    after = cv.solve(finer, cv.Shock(finer, **split), closure)
    np.testing.assert_allclose(after.welfare.values, before.welfare.values, atol=2e-7)
    np.testing.assert_allclose(after.real_wage.values, before.real_wage.values, atol=2e-7)
    output = after.output.values
    np.testing.assert_allclose(
        output[-2] + output[-1], before.output.values[at], rtol=1e-7, atol=1e-9 * output.sum()
    )


def halves_of_region(values: Array, axes: dict[int, float], at: int) -> Array:
    for axis, weight in axes.items():
        values = halves_of_sector(values, axis, at, weight)
    return values


@few
@given(worlds(shapes=((3, 3), (2, 3))), closures, seeds)
def test_a_region_split_into_identical_halves(world, closure, seed):
    a, at = world.arrays, seed % len(world.regions)
    both = {1: 1.0, 2: 1.0}
    finer = rebuilt(
        world,
        flows=halves_of_region(a.flows, {1: 0.5, 2: 0.5}, at),
        tariff=halves_of_region(a.tariff, both, at),
        export_tax=halves_of_region(a.export_tax, both, at),
        inputs=halves_of_region(a.input_share, {0: 1.0}, at),
        value_added=halves_of_region(a.value_added_share, {1: 1.0}, at),
        regions=[*np.delete(world.regions, at), "HALF-A", "HALF-B"],
    )
    levels = random_levels(seed, world)
    split = {name: halves_of_region(levels[name], both, at) for name in PAIRS}
    split["productivity"] = halves_of_region(levels["productivity"], {1: 1.0}, at)
    split["labour"] = halves_of_region(levels["labour"], {0: 1.0}, at)
    split["transfer"] = halves_of_region(levels["transfer"], {0: 0.5}, at)
    before = cv.solve(world, cv.Shock(world, **levels), closure).welfare.values
    after = cv.solve(finer, cv.Shock(finer, **split), closure).welfare.values
    np.testing.assert_allclose(after[:-2], np.delete(before, at), atol=2e-7)
    np.testing.assert_allclose(after[-2:], before[at], atol=2e-7)


@few
@given(worlds(), closures, seeds)
def test_where_the_search_begins(world, closure, seed):
    """The same shock gives the same figures by a wide and by a narrow tolerance."""
    shock = random_shock(seed, world)
    wide = cv.solve(world, shock, closure, tolerance=1e-10).welfare.values
    narrow = cv.solve(world, shock, closure, tolerance=1e-13).welfare.values
    np.testing.assert_allclose(wide, narrow, atol=5e-8)
