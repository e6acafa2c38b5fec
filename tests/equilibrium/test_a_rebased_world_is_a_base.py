"""The equilibrium after a shock is a world of its own: nothing moves, and the way back is open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError, OptionError, ScheduleError
from countervail.world.checks import worst
from countervail.world.status import CONSTRUCTED, OBSERVED, UPDATED

from .cases import closures, few, random_levels, world_of, worlds

CERTIFIED = 1e-9


@few
@given(world=worlds(), closure=closures, seed=st.integers(0, 1000))
def test_identities_hold_and_nothing_moves(world: cv.World, closure: cv.Closure, seed: int) -> None:
    fields = ("tariff", "export_tax", "trade_cost", "productivity")
    shock = cv.Shock(world, **random_levels(seed, world, fields, size=0.3))
    made = cv.rebase(cv.solve(world, shock, closure))
    assert worst(made) < 1e-10
    assert np.abs(cv.solve(made).welfare_percent).max() < 1e-7
    np.testing.assert_array_equal(made.arrays.tariff, shock.array("tariff"))
    np.testing.assert_array_equal(made.arrays.elasticity, world.arrays.elasticity)


@few
@given(world=worlds(), seed=st.integers(0, 1000))
def test_its_flows_are_those_of_the_outcome(world: cv.World, seed: int) -> None:
    outcome = cv.solve(world, cv.Shock(world, **random_levels(seed, world, ("tariff",))))
    made = cv.rebase(outcome)
    trade = outcome.trade.values
    assert np.abs(made.arrays.flows - trade).max() <= CERTIFIED * trade.max()


@pytest.mark.parametrize("horizon", [None, "short", "medium"])
def test_undoing_the_shock_leads_back(horizon: str | None) -> None:
    world = world_of(11, 4, 3, tariffs=True, deficits=True)
    closure = cv.Closure(horizon=horizon)  # type: ignore[arg-type]
    outcome = cv.solve(world, cv.Shock(world).tariff("R00", "R01", add=0.3), closure)
    made = cv.rebase(outcome)
    back = cv.solve(made, cv.Shock(made, tariff=world.arrays.tariff), closure)
    flows = back.trade.values
    assert np.abs(flows - world.arrays.flows).max() <= 10 * CERTIFIED * world.arrays.flows.max()
    there = 1 + outcome.welfare_percent / 100
    np.testing.assert_allclose((1 + back.welfare_percent / 100) * there, 1.0, atol=1e-8)


def test_its_provenance_says_where_it_comes_from() -> None:
    world = world_of(11, 4, 3)
    outcome = cv.solve(world, cv.Shock(world).tariff("R00", add=0.1), cv.Closure(labour="specific"))
    made = cv.rebase(outcome, "after", {"why": "a test"})
    origin = made.provenance["rebased_from"]
    assert isinstance(origin, dict)
    assert (made.name, made.base_year) == ("after", world.base_year)
    assert origin["digest"] == world.digest
    assert "specific" in origin["closure"]
    assert made.provenance["why"] == "a test"
    assert (made.status.flows == UPDATED).all()
    moved = made.arrays.tariff != world.arrays.tariff
    assert (made.status.tariff[moved] == UPDATED).all()
    assert (made.status.tariff[~moved] == OBSERVED).all()


def test_only_an_outcome_can_become_a_base() -> None:
    with pytest.raises(InputError, match="outcome"):
        cv.rebase("outcome")  # type: ignore[arg-type]


def test_no_shock_keeps_the_economy() -> None:
    world = world_of(11, 4, 3)
    made = cv.rebase(cv.solve(world))
    np.testing.assert_allclose(made.arrays.flows, world.arrays.flows, rtol=1e-9)


OWN = """\
importer,exporter,sector,imports,2026-01-01,2026-07-01
CAN,USA,food,,0.1,0.2
"""


@pytest.fixture(scope="module")
def three() -> cv.World:
    """World-2014 cut to three regions, so that a solve is quick."""
    whole = cv.load_world("world-2014")
    return whole.aggregate(
        {"ROW": [r for r in whole.regions if r not in ("CAN", "USA")]}, name="three"
    )


def test_a_world_takes_the_tariffs_of_a_day(three: cv.World, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(OWN, "utf-8")
    made = cv.with_tariffs(three, "2026-03-01", path)
    food, can, usa = three.sectors.index("food"), three.regions.index("CAN"), 0
    usa = three.regions.index("USA")
    change = made.arrays.tariff - three.arrays.tariff
    assert change[food, can, usa] == pytest.approx(0.1)
    assert np.count_nonzero(change) == 1
    assert made.status.tariff[food, can, usa] == CONSTRUCTED
    assert made.arrays.flows[food, can, usa] < three.arrays.flows[food, can, usa]
    said = made.provenance["tariffs_as_of"]
    assert isinstance(said, dict)
    assert said["date"] == "2026-03-01"
    assert said["schedules"][0]["entry"] == "2026-01-01"
    assert "medium horizon" in said["closure"]
    limits = made.provenance["limits"]
    assert isinstance(limits, list)
    assert any("tariffs as of 2026-03-01" in str(line) for line in limits)
    assert worst(made) < 1e-10


def test_schedules_add_up_and_count_once(three: cv.World, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(OWN, "utf-8")
    own = cv.read_schedule(path)
    shipped = cv.read_schedule("us-2025-26")
    made = cv.with_tariffs(three, "2026-08-19", [own, shipped])
    expected = three.arrays.tariff + own.array(three, "2026-08-19")
    expected = expected + shipped.array(three, "2026-08-19")
    np.testing.assert_allclose(made.arrays.tariff, expected, rtol=1e-14)
    with pytest.raises(OptionError, match="already"):
        cv.with_tariffs(made, "2026-08-19")
    with pytest.raises(OptionError, match="once"):
        cv.with_tariffs(three, "2026-08-19", [own, own])
    with pytest.raises(OptionError):
        cv.with_tariffs(three, "2026-08-19", [])
    with pytest.raises(ScheduleError, match="not a date"):
        cv.with_tariffs(three, "today")


def test_a_day_before_the_schedule_changes_no_tariff(three: cv.World) -> None:
    made = cv.with_tariffs(three, "2024-06-01")
    np.testing.assert_array_equal(made.arrays.tariff, three.arrays.tariff)
    np.testing.assert_allclose(made.arrays.flows, three.arrays.flows, rtol=1e-8)


def test_it_is_saved_and_loaded_whole(three: cv.World, tmp_path: Path) -> None:
    made = cv.with_tariffs(three, "2026-08-19")
    assert cv.load_world(made.save(tmp_path / "dated.npz")) == made
