"""The terms of ``why`` sum to the change of real income, and each means what its name says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.equilibrium.unfold import embodied, log_mean
from countervail.equilibrium.why import CHANNELS
from countervail.solver.certificate import recompute
from tests.equilibrium.cases import (
    closures,
    few,
    more,
    random_levels,
    random_shock,
    world_of,
    worlds,
)

seeds = st.integers(0, 1000)


def two(flows: list[list[float]], theta: float) -> cv.World:
    """Two regions, one sector, no inputs, no taxes; rows are buyers."""
    return cv.World.from_flows(
        flows=np.array([flows], dtype=float),
        inputs=np.zeros((2, 1, 1)),
        value_added=np.ones((1, 2)),
        elasticity=np.array([theta]),
        regions=["A", "B"],
        sectors=["all"],
        name="two",
    )


@more
@given(worlds(), closures, seeds)
def test_the_terms_sum_to_the_change(world, closure, seed):
    out = cv.solve(world, cv.Shock(world, **random_levels(seed, world)), closure)
    for n, region in enumerate(world.regions):
        found = cv.why(out, region)
        change = out.welfare_percent[n]
        assert abs(found.residual) < 1e-9
        for part in (found.by_channel, found.by_sector, found.by_partner, found.table["percent"]):
            assert part.sum() == pytest.approx(change, abs=1e-9)
        assert list(found.by_channel.index) == list(CHANNELS)


@few
@given(worlds(), closures, seeds, seeds)
def test_the_terms_sum_between_two_outcomes(world, closure, seed, other):
    first = cv.solve(world, random_shock(other, world), closure)
    second = cv.solve(world, random_shock(seed, world), closure)
    found = cv.why(second, world.regions[0], against=first)
    ratio = (1 + second.welfare_percent[0] / 100) / (1 + first.welfare_percent[0] / 100)
    assert found.by_channel.sum() == pytest.approx(100 * (ratio - 1), abs=1e-9)
    back = cv.why(first, world.regions[0], against=second)
    # In logs every term turns its sign; in percent they do so up to one common factor.
    np.testing.assert_allclose(
        found.by_channel / found.percent * np.log(ratio),
        back.by_channel / back.percent * np.log(ratio),
        atol=1e-9,
    )


@few
@given(worlds(), closures)
def test_nothing_explains_nothing(world, closure):
    found = cv.why(cv.solve(world, cv.Shock(world), closure), world.regions[0])
    assert found.percent == 0
    assert (found.by_channel == 0).all()
    assert len(found.table) == 0


@few
@given(worlds(), closures, seeds, st.floats(-2.0, 2.0))
def test_the_numeraire_does_not_matter(world, closure, seed, log_unit):
    out = cv.solve(world, random_shock(seed, world), closure)
    unit, state = np.exp(log_unit), out.state
    levels = replace(state.levels, transfer=state.levels.transfer * unit)
    wage, price = state.log_wage + log_unit, state.log_price + log_unit
    spending = state.spending * unit
    moved = replace(
        state,
        log_wage=wage,
        log_price=price,
        spending=spending,
        levels=levels,
        recomputed=recompute(world.arrays, levels, wage, price, spending),
    )
    plain = cv.why(out, world.regions[0])
    other = cv.why(replace(out, state=moved), world.regions[0])
    for name, values in plain.terms.items():
        np.testing.assert_allclose(other.terms[name], values, atol=1e-9, err_msg=name)
    assert other.transfers == pytest.approx(plain.transfers, abs=1e-9)


def test_two_alike_regions_pay_what_trade_costs():
    """Both alike: wages stay, so the gain and loss of sales cancel and the cost is all there is."""
    theta, kappa, home = 4.0, 1.3, 0.7
    world = two([[70.0, 30.0], [30.0, 70.0]], theta)
    out = cv.solve(world, cv.Shock(world).trade_cost(factor=kappa))
    found = cv.why(out, "A")
    real = (home + (1 - home) * kappa**-theta) ** (1 / theta)
    after = home / (home + (1 - home) * kappa**-theta)
    scale = 100 * (real - 1) / np.log(real)
    assert found.percent == pytest.approx(100 * (real - 1), abs=1e-8)
    assert found.by_channel["trade costs"] == pytest.approx(100 * (real - 1), abs=1e-8)
    assert found.by_channel["export earnings"] == pytest.approx(scale * (home - after), abs=1e-7)
    assert found.by_channel["home market"] == pytest.approx(scale * (after - home), abs=1e-7)
    weights = log_mean(np.array([0.7, 0.3]), np.array([after, 1 - after]))
    paid = -scale * np.log(kappa) * weights[1] / weights.sum()
    assert found.by_partner["B"] == pytest.approx(paid + scale * (home - after), abs=1e-7)


def test_own_work_in_exports_is_the_sum_over_all_rounds_of_home_inputs():
    """Followed supplier by supplier, as a series, instead of by one linear system."""
    world = world_of(4, 4, 3, io=True, zero_own=False)
    out = cv.solve(world, random_shock(4, world))
    a, n, r = world.arrays, 1, out.state.recomputed
    abroad, home = embodied(a, n, out.state.levels, r)
    received = r.trade[:, :, n] / (1 + out.state.levels.export_tax[:, :, n])
    kept = received[:, n] / (r.trade[:, n, :] * (1 + out.state.levels.tariff[:, n, :])).sum(1)
    for s in range(len(world.sectors)):
        made = np.zeros(len(world.sectors))
        made[s] = 1.0
        earned = 0.0
        for _ in range(200):
            earned += float(a.value_added_share[:, n] @ made)
            made = kept * (a.input_share[n] @ made)
        for m in (0, 2, 3):
            assert abroad[s, m] == pytest.approx(earned * received[s, m], rel=1e-7)
    assert (abroad[:, n] == 0).all()
    assert abroad.sum() + home.sum() == pytest.approx(r.factor_income[n], rel=1e-12)


def test_a_closed_economy_is_explained_by_its_productivity():
    world = world_of(3, 1, 2, tariffs=False, deficits=False)
    factor = 1.1
    found = cv.why(cv.solve(world, cv.Shock(world).productivity(factor=factor)), world.regions[0])
    assert found.percent > 10
    assert found.by_channel["productivity"] == pytest.approx(found.percent, abs=1e-8)
    assert found.by_channel.drop("productivity").abs().max() < 1e-8


def test_more_hands_at_home_are_factor_supply():
    world = world_of(3, 1, 2, tariffs=False, deficits=False)
    found = cv.why(cv.solve(world, cv.Shock(world).labour(factor=1.2)), world.regions[0])
    assert found.by_channel["factor supply"] == pytest.approx(20, abs=1e-8)
    assert found.percent == pytest.approx(20, abs=1e-8)


def test_a_gift_stands_under_transfers_and_a_tariff_under_tariffs():
    world = world_of(1, 4, 3, deficits=False, tariffs=False)
    a, b = world.regions[:2]
    gift = cv.why(cv.solve(world, cv.Shock(world).transfer(b, a, amount=0.02 * 1e5)), a)
    assert gift.by_channel["transfers"] > 0
    assert gift.by_channel[["own tariffs", "tariff revenue", "trade costs"]].abs().max() == 0
    duty = cv.why(cv.solve(world, cv.Shock(world).tariff(a, b, add=0.1)), a)
    assert duty.by_channel["own tariffs"] < 0 < duty.by_channel["tariff revenue"]
    paid = duty.table[duty.table["channel"].isin(["own tariffs", "tariff revenue"])]
    assert set(paid["partner"]) == {b}
    assert abs(duty.by_channel["transfers"]) < 1e-12


def test_a_foreign_tariff_shows_as_sales_lost_to_that_partner():
    world = world_of(2, 4, 3)
    a, b, *others = world.regions
    found = cv.why(cv.solve(world, cv.Shock(world).tariff(b, a, add=0.3)), a)
    table = found.table
    sold = table[table["channel"] == "export earnings"].groupby("partner")["percent"].sum()
    assert sold[b] < 0
    assert all(sold[other] > 0 for other in others)
    assert found.by_channel["own tariffs"] == 0


def test_names_of_regions_and_sectors_move_with_the_terms():
    world = world_of(5, 4, 3)
    out = cv.solve(world, random_shock(5, world))
    order, kinds = [2, 0, 3, 1], [1, 2, 0]
    a = world.arrays
    turned = cv.World.from_flows(
        flows=a.flows[np.ix_(kinds, order, order)],
        tariff=a.tariff[np.ix_(kinds, order, order)],
        export_tax=a.export_tax[np.ix_(kinds, order, order)],
        inputs=a.input_share[np.ix_(order, kinds, kinds)],
        value_added=a.value_added_share[np.ix_(kinds, order)],
        elasticity=a.elasticity[kinds],
        regions=[world.regions[n] for n in order],
        sectors=[world.sectors[s] for s in kinds],
    )
    levels = {
        "tariff": (kinds, order, order),
        "export_tax": (kinds, order, order),
        "trade_cost": (kinds, order, order),
        "productivity": (kinds, order),
        "labour": (order,),
        "transfer": (order,),
    }
    drawn = random_levels(5, world)
    shock = cv.Shock(turned, **{k: drawn[k][np.ix_(*axes)] for k, axes in levels.items()})
    ours = cv.why(out, "R01").table.set_index(["channel", "sector", "partner"])["percent"]
    theirs = cv.why(cv.solve(turned, shock), "R01").table
    theirs = theirs.set_index(["channel", "sector", "partner"])["percent"]
    large = ours[ours.abs() > 1e-6]
    np.testing.assert_allclose(theirs.reindex(large.index), large, atol=1e-6)


def test_a_supplier_that_vanishes_altogether_still_adds_up():
    """So dear that its share is 0 in a float: what variety is worth comes as lost suppliers."""
    world = world_of(7, 4, 3, elasticity=40.0)
    a, b = world.regions[:2]
    out = cv.solve(world, cv.Shock(world).trade_cost(a, b, factor=1e9))
    assert (out.state.recomputed.share[:, 0, 1] == 0).all()
    found = cv.why(out, a)
    lost = found.table[found.table["channel"] == "lost suppliers"]
    assert set(lost["partner"]) == {b}
    assert found.by_channel["lost suppliers"] < 0
    assert found.by_channel["trade costs"] == 0
    back = cv.why(cv.solve(world), a, against=out)
    assert back.by_channel["lost suppliers"] > 0
    assert found.by_partner.sum() == pytest.approx(found.percent, abs=1e-9)


def test_figures_carry_their_units_and_what_they_hold_for():
    world = world_of(1, 4, 3)
    found = cv.why(cv.solve(world, random_shock(1, world)), "R02")
    for table in (found.by_channel, found.by_sector, found.by_partner, found.table):
        assert table.attrs["unit"] == "percent of real income"
        assert table.attrs["region"] == "R02"
        assert table.attrs["world"] == world.name
        assert "transfers fixed" in table.attrs["closure"]
    assert list(found.table.columns) == ["channel", "sector", "partner", "percent"]
    assert set(found.table["sector"]) <= {*world.sectors, ""}


def test_what_cannot_be_taken_apart_is_refused():
    world = world_of(1, 4, 3)
    out = cv.solve(world, random_shock(1, world))
    with pytest.raises(cv.CountervailError, match="4 regions"):
        cv.why(out, list(world.regions))  # type: ignore[arg-type]
    with pytest.raises(cv.CountervailError, match="R03"):
        cv.why(out, "R30")
    with pytest.raises(cv.CountervailError, match="outcome is a"):
        cv.why(world, "R00")
    balanced = cv.solve(world, None, cv.Closure(balance="balanced"))
    with pytest.raises(cv.CountervailError, match="different closures"):
        cv.why(out, "R00", against=balanced)
    other = world_of(2, 4, 3)
    with pytest.raises(cv.CountervailError, match="Solve both on one world"):
        cv.why(out, "R00", against=cv.solve(other))
