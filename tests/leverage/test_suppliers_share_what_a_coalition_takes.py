"""Coalitions: every subset is its cut-off, and the shares of the members add up to the whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError, LabelError, NoEquilibriumError, OptionError
from countervail.leverage.power.coalition import shapley_values
from countervail.leverage.power.suppliers import log_shapley
from tests.equilibrium.cases import few, world_of

MEDIUM = cv.Closure.of_horizon("medium")
BALANCED = cv.Closure.of_horizon("medium", "balanced")
WORLD = world_of(7, 4, 3)


@pytest.fixture(scope="module")
def found() -> cv.CoalitionPower:
    return cv.coalition_power(WORLD, "R00", ["R01", "R02", "R03"], BALANCED)


def test_every_subset_is_its_cut_off(found: cv.CoalitionPower) -> None:
    table = found.table.set_index("members")
    assert len(table) == 7
    for size in (1, 2, 3):
        for members in combinations(("R01", "R02", "R03"), size):
            outcome = cv.solve(WORLD, cv.Shock(WORLD).cut_off(list(members), "R00"), BALANCED)
            row = table.loc["+".join(members)]
            lost = -outcome.equivalent_variation
            income = outcome.base.recomputed.income
            at = [WORLD.regions.index(m) for m in members]
            cost = float(lost.sel(region=list(members)).sum())
            assert row["loss_percent"] == pytest.approx(
                -float(outcome.welfare.sel(region="R00")), abs=1e-9
            )
            assert row["loss_bn"] == pytest.approx(float(lost.sel(region="R00")) / 1000, rel=1e-9)
            assert row["cost_bn"] == pytest.approx(cost / 1000, rel=1e-9)
            assert row["cost_percent"] == pytest.approx(100 * cost / income[at].sum(), rel=1e-9)


def test_shares_sum_to_the_whole_and_are_means_over_orders(found: cv.CoalitionPower) -> None:
    shapley = found.shapley
    assert float(shapley.sum()) == pytest.approx(found.whole, abs=1e-9)
    losses = {frozenset(e.members): e.loss_percent for e in found.effects} | {frozenset(): 0.0}
    for member in found.members:
        added = [
            losses[frozenset(order[: order.index(member) + 1])]
            - losses[frozenset(order[: order.index(member)])]
            for order in permutations(found.members)
        ]
        assert float(shapley.sel(member=member)) == pytest.approx(float(np.mean(added)), rel=1e-12)
    assert found.superadditivity == pytest.approx(
        found.whole - sum(losses[frozenset((m,))] for m in found.members)
    )


def test_a_group_in_a_list_acts_as_one_and_alone_by_its_members() -> None:
    world = world_of(7, 4, 3)
    grouped = cv.World.from_flows(
        world.arrays.flows,
        world.arrays.tariff,
        world.arrays.input_share,
        world.arrays.value_added_share,
        world.arrays.elasticity,
        world.regions,
        world.sectors,
        region_groups={"PAIR": ["R01", "R02"]},
    )
    one = cv.coalition_power(grouped, "R00", ["PAIR", "R03"], BALANCED)
    assert one.members == ("PAIR", "R03")
    assert one.acting["PAIR"] == ("R01", "R02")
    two = cv.coalition_power(grouped, "R00", "PAIR", BALANCED)
    assert two.members == ("R01", "R02")
    assert two.whole == pytest.approx(one.table["loss_percent"][0], abs=1e-9)
    # A group can be the target too; it loses as one.
    both = cv.coalition_power(grouped, "PAIR", ["R03"])
    outcome = cv.solve(grouped, cv.Shock(grouped).cut_off("PAIR", "R03"), MEDIUM)
    lost = -float(outcome.equivalent_variation.sel(region=["R01", "R02"]).sum()) / 1000
    assert both.effects[0].loss_bn == pytest.approx(lost, rel=1e-9)


def test_a_subset_without_equilibrium_is_named() -> None:
    # Cut off from everybody, R00 cannot pay the transfer that is held fixed.
    with pytest.raises(NoEquilibriumError, match=r"^R01\+R02\+R03 against R00: .*fixed transfers"):
        cv.coalition_power(WORLD, "R00", ["R01", "R02", "R03"])


@pytest.mark.parametrize(
    ("ask", "error", "match"),
    [
        (lambda: cv.coalition_power(WORLD, "R00", ["R00", "R01"]), InputError, "R00 is in the tar"),
        (lambda: cv.coalition_power(WORLD, "R00", ["R01", "R01"]), InputError, "twice"),
        (lambda: cv.coalition_power(WORLD, "R00", []), LabelError, "no members"),
        (lambda: cv.coalition_power(WORLD, "R00", None), InputError, "R00 is in the target"),
        (lambda: cv.coalition_power(BIG, "R00", BIG.regions[1:10]), InputError, "8 are the most"),
        (lambda: cv.supplier_shapley(WORLD, ["R00", "R01"]), InputError, "2 regions"),
        (lambda: cv.supplier_shapley(WORLD, "R00", unbounded="no"), OptionError, "leave_out"),
    ],
)
def test_bad_coalitions_are_refused(
    ask: Callable[[], object], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        ask()


BIG = world_of(5, 12, 1)


@few
@given(
    st.integers(1, 10),
    st.sampled_from((0.9, 0.3, 1e-3, 1e-8)),
    st.integers(0, 10_000),
)
def test_the_integral_is_the_sum_over_all_subsets(count: int, home: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(count, 0.5)) * (1 - home)
    names = [str(k) for k in range(count)]
    values = {
        frozenset(chosen): -math.log1p(-sum(shares[int(k)] for k in chosen))
        for size in range(count + 1)
        for chosen in combinations(names, size)
    }
    brute = shapley_values(names, values)
    np.testing.assert_allclose(
        log_shapley(shares), [brute[name] for name in names], rtol=1e-11, atol=1e-13
    )


def test_many_suppliers_share_what_all_take() -> None:
    shares = np.random.default_rng(1).dirichlet(np.full(67, 0.2)) * 0.999
    values = log_shapley(shares)
    assert values.sum() == pytest.approx(-math.log(0.001), rel=1e-12)
    assert (np.diff(values[np.argsort(shares)]) >= -1e-15).all()
    assert not log_shapley(np.zeros(3)).any()
    # Convex: each matters more in company than alone.
    assert (values >= -np.log1p(-shares) - 1e-15).all()


def test_suppliers_of_a_region_add_up_to_the_screen_without_imports() -> None:
    a, theta = WORLD.arrays, WORLD.arrays.elasticity * MEDIUM.elasticity_factor
    found = cv.supplier_shapley(WORLD, "R02")
    weight = a.spending[:, 2] / a.spending[:, 2].sum()
    whole = 100 * (weight * -np.log(a.share[:, 2, 2]) / theta).sum()
    assert float(found.sum()) == pytest.approx(whole, rel=1e-10)
    assert float(found.sel(region="R02")) == 0
    one = cv.supplier_shapley(WORLD, "R02", sectors="good-01")
    assert float(one.sum()) == pytest.approx(
        100 * weight[1] * -math.log(a.share[1, 2, 2]) / theta[1], rel=1e-10
    )


def test_a_sector_without_home_supply_has_no_bound_and_is_named() -> None:
    world = world_of(11, 4, 3, zero_own=True)
    s, n = (int(k) for k in np.argwhere(np.einsum("snn->sn", world.arrays.share) <= 0)[0])
    region, sector = world.regions[n], world.sectors[s]
    with pytest.raises(InputError, match=f"{region} buys nothing at home of {sector}"):
        cv.supplier_shapley(world, region)
    rest = cv.supplier_shapley(world, region, unbounded="leave_out")
    assert rest.attrs["left_out"] == sector
    kept = [x for x in world.sectors if x != sector]
    np.testing.assert_allclose(rest, cv.supplier_shapley(world, region, sectors=kept))
