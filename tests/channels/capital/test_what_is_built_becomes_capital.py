"""Started projects as one shock: capital where they stand, returns to whoever paid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countervail.channels.capital.allocation import Allocation, allocate
from countervail.channels.capital.built import built
from countervail.channels.capital.investment import capital_in, capital_stock
from countervail.channels.capital.pipeline import Financier, Project
from countervail.errors import LabelError
from countervail.parameters import parameter
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(4), 4, 3)
A = parameter("capital.share").value
CAPITAL = capital_stock(WORLD)
SHARE = WORLD.arrays.value_added_share


def plan(projects: list[Project], payers: list[Financier]) -> Allocation:
    found = allocate(projects, payers, first_year=2030, horizon=6)
    assert any(start is not None for start in found.starts.values())
    return found


def test_money_from_home_is_capital_without_returns_that_leave() -> None:
    projects = [Project("a", "R00", 100.0, 2, into={"good-01": 1.0})]
    payers = [Financier("home", "R00", 100, 50)]
    shock = built(WORLD, plan(projects, payers), projects, payers)
    hats = np.ones((3, 4))
    hats[1, 0] = (1 + 100 / CAPITAL[1, 0]) ** (A * SHARE[1, 0])
    np.testing.assert_allclose(shock.array("productivity"), hats, rtol=1e-12)
    assert shock.changed == ("productivity",)


def test_returns_go_to_each_payer_at_its_own_rate() -> None:
    projects = [Project("a", "R00", 100.0, 2), Project("b", "R00", 60.0, 1)]
    payers = [
        Financier("home", "R00", 60, 60, return_rate=0.01),
        Financier("near", "R01", 70, 70, return_rate=0.04),
        Financier("far", "R02", 30, 30, return_rate=0.09),
    ]
    found = plan(projects, payers)
    assert found.used == pytest.approx({"home": 60, "near": 70, "far": 30})
    shock = built(WORLD, found, projects, payers)
    moved = shock.array("transfer") - WORLD.arrays.transfer
    np.testing.assert_allclose(moved, [-(2.8 + 2.7), 2.8, 2.7, 0], atol=1e-9)
    both = capital_in(WORLD, "R00", "R00", 160.0)
    np.testing.assert_allclose(shock.array("productivity"), both.productivity, rtol=1e-12)


def test_capital_of_two_projects_in_one_sector_adds_up() -> None:
    """Before the power is taken: 1 + (F + G) / K, not (1 + F / K)(1 + G / K)."""
    half = 0.25 * float(CAPITAL[1, 0])
    projects = [
        Project("a", "R00", half, 1, into={"good-01": 1.0}),
        Project("b", "R00", half, 1, into={"good-01": 1.0}),
    ]
    payers = [Financier("f", "R00", 2 * half, 2 * half)]
    shock = built(WORLD, plan(projects, payers), projects, payers)
    assert shock.array("productivity")[1, 0] == pytest.approx(1.5 ** (A * SHARE[1, 0]), rel=1e-12)


def test_what_no_sector_is_named_for_goes_to_all_alike() -> None:
    projects = [
        Project("a", "R00", 90.0, 1, into={"good-02": 0.5}),
        Project("b", "R00", 30.0, 1, into={"good-01": 1.0}),
    ]
    payers = [Financier("f", "R00", 120, 120)]
    shock = built(WORLD, plan(projects, payers), projects, payers)
    added = 45 * CAPITAL[:, 0] / CAPITAL[:, 0].sum() + np.array([0, 30, 45])
    hats = (1 + added / CAPITAL[:, 0]) ** (A * SHARE[:, 0])
    np.testing.assert_allclose(shock.array("productivity")[:, 0], hats, rtol=1e-12)


def test_projects_stand_where_they_are_built() -> None:
    projects = [
        Project("here", "R00", 50.0, 1, into={"good-00": 1.0}),
        Project("there", "R03", 80.0, 1, into={"good-02": 1.0}),
    ]
    payers = [Financier("f", "R03", 130, 130, return_rate=0.05)]
    shock = built(WORLD, plan(projects, payers), projects, payers)
    raised = np.argwhere(shock.array("productivity") > 1).tolist()
    assert raised == [[0, 0], [2, 3]]
    # R03 is at home in its own project and abroad in the other.
    moved = shock.array("transfer") - WORLD.arrays.transfer
    np.testing.assert_allclose(moved, [-2.5, 0, 0, 2.5], atol=1e-9)


def test_what_is_not_started_does_nothing() -> None:
    projects = [Project("a", "R00", 100.0, 2), Project("b", "R00", None, 2)]
    payers = [Financier("f", "R01", 10, 10)]
    found = allocate(projects, payers, first_year=2030, horizon=5)
    assert found.starts == {"a": None, "b": None}
    assert built(WORLD, found, projects, payers).is_empty


def test_a_plan_of_other_projects_or_payers_is_refused() -> None:
    projects, payers = [Project("a", "R00", 100.0, 2)], [Financier("f", "R01", 100, 100)]
    found = plan(projects, payers)
    with pytest.raises(LabelError, match="projects b are not those of the plan, a"):
        built(WORLD, found, [replace(projects[0], id="b")], payers)
    with pytest.raises(LabelError, match="financiers none are not those of the plan, f"):
        built(WORLD, found, projects, [])
