"""Rungs, retaliation, horizons and the energy variant, against shocks written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.leverage.coercion.ladder import Ladder, LadderCell
from countervail.scenario.schema import LadderSpec, Scenario

WORLD = cv.load_world("world-2014")
SCENARIO = Scenario(
    title="two rungs",
    world="world-2014",
    protagonist="CAN",
    coercer=("USA",),
    ladder=LadderSpec(rates=(0.25, 0.5), horizons=("short", "medium")),
)


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    return cv.ladder(SCENARIO, WORLD)


def cell(ladder: Ladder, *key: str) -> LadderCell:
    (found,) = [
        c for c in ladder.cells if (c.rung, c.horizon, c.retaliation, c.energy) == tuple(key)
    ]
    return found


def harm(shock: cv.Shock, horizon: str) -> tuple[float, float]:
    outcome = cv.solve(WORLD, shock, cv.Closure.of_horizon(horizon))
    return (
        -float(outcome.welfare.sel(region="CAN")),
        -float(outcome.equivalent_variation.sel(region="USA")) / 1000,
    )


def test_it_has_every_cell_once(ladder: Ladder) -> None:
    keys = [(c.rung, c.horizon, c.retaliation, c.energy) for c in ladder.cells]
    assert len(keys) == len(set(keys)) == 3 * 2 * 2 * 2
    assert all(c.certificate is not None and c.certificate < 1e-9 for c in ladder.cells)


@pytest.mark.parametrize("horizon", ["short", "medium"])
def test_a_rung_is_the_tariff_it_names(ladder: Ladder, horizon: str) -> None:
    shock = cv.Shock(WORLD).tariff("USA", "CAN", "goods", add=0.25)
    found = cell(ladder, "25 %", horizon, "none", "included")
    assert (found.harm_percent, found.cost_bn) == pytest.approx(harm(shock, horizon), rel=1e-9)


def test_proportional_retaliation_covers_the_same_duty(ladder: Ladder) -> None:
    found = cell(ladder, "50 %", "medium", "proportional", "included")
    goods = list(WORLD.resolve_sectors("goods"))
    usa, can = WORLD.regions.index("USA"), WORLD.regions.index("CAN")
    flows = WORLD.arrays.flows
    assert found.retaliation_rate is not None
    assert found.retaliation_rate * flows[goods, can, usa].sum() == pytest.approx(
        0.5 * flows[goods, usa, can].sum(), rel=1e-12
    )
    shock = cv.Shock(WORLD).tariff("USA", "CAN", "goods", add=0.5)
    shock = shock.tariff("CAN", "USA", "goods", add=found.retaliation_rate)
    assert found.harm_percent == pytest.approx(harm(shock, "medium")[0], rel=1e-9)


def test_the_energy_variant_leaves_energy_alone(ladder: Ladder) -> None:
    rest = [s for s in WORLD.sector_groups["goods"] if s not in WORLD.sector_groups["energy"]]
    shock = cv.Shock(WORLD).tariff("USA", "CAN", rest, add=0.25)
    found = cell(ladder, "25 %", "medium", "none", "exempt")
    assert found.harm_percent == pytest.approx(harm(shock, "medium")[0], rel=1e-9)


def test_the_cut_off_ends_all_trade_both_ways(ladder: Ladder) -> None:
    found = cell(ladder, "cut-off", "short", "none", "included")
    shock = cv.Shock(WORLD).cut_off("USA", "CAN")
    assert found.harm_percent == pytest.approx(harm(shock, "short")[0], rel=1e-9)
    again = cell(ladder, "cut-off", "short", "proportional", "included")
    assert again.harm_percent == found.harm_percent
    assert "adds nothing" in again.note


def test_a_group_of_coercers_acts_together() -> None:
    group = SCENARIO.model_copy(update={"coercer": ("USA", "MEX")})
    found = cell(cv.ladder(group, WORLD), "25 %", "medium", "none", "included")
    shock = cv.Shock(WORLD).tariff(["USA", "MEX"], "CAN", "goods", add=0.25)
    outcome = cv.solve(WORLD, shock, cv.Closure.of_horizon("medium"))
    value = outcome.equivalent_variation.sel(region=["USA", "MEX"]).sum()
    assert found.cost_bn == pytest.approx(-float(value) / 1000, rel=1e-9)
    share = -float(value) / float(WORLD.income.sel(region=["USA", "MEX"]).sum()) * 100
    assert found.cost_percent == pytest.approx(share, rel=1e-9)


def test_the_order_of_threads_changes_nothing() -> None:
    one = cv.ladder(SCENARIO, WORLD, workers=1).table
    two = cv.ladder(SCENARIO, WORLD, workers=2).table
    columns = ["harm_percent", "harm_bn", "cost_percent", "cost_bn"]
    assert np.array_equal(one[columns].to_numpy(), two[columns].to_numpy())


def test_no_imports_to_retaliate_on_is_said() -> None:
    a = WORLD.arrays
    flows = np.array(a.flows)
    can, usa = WORLD.regions.index("CAN"), WORLD.regions.index("USA")
    goods = list(WORLD.resolve_sectors("goods"))
    # What Canada bought from the United States it buys from Mexico instead.
    flows[goods, can, WORLD.regions.index("MEX")] += flows[goods, can, usa]
    flows[goods, can, usa] = 0.0
    world = cv.World.from_flows(
        flows,
        a.tariff,
        a.input_share,
        a.value_added_share,
        a.elasticity,
        WORLD.regions,
        WORLD.sectors,
        sector_groups=WORLD.sector_groups,
    )
    spec = LadderSpec(rates=(0.25,), horizons=("medium",), energy=False, cut_off=False)
    found = cv.ladder(SCENARIO.model_copy(update={"ladder": spec}), world)
    answer = cell(found, "25 %", "medium", "proportional", "included")
    assert answer.retaliation_rate is None
    assert "No imports" in answer.note
