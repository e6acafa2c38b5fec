"""Several new routes to one market: no unit goes twice, and the best route is filled first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.case import Case, Layers
from countervail.channels.deals import combined, move_of
from countervail.channels.move import Move
from countervail.channels.pooled_routes import Way, cost_factor
from countervail.equilibrium.closure import Closure
from countervail.errors import InputError
from countervail.scenario.schema import Deal
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(6), 4, 3)
CLOSURE = Closure.of_horizon("medium")
CASE = Case(WORLD, "R00", CLOSURE, Layers(WORLD))
FLOW = float(WORLD.arrays.flows[0, 1, 0])
THETA = float(WORLD.arrays.elasticity[0]) * CLOSURE.elasticity_factor


def route(name: str, gain: float, part: float, delivery: float = 1.0) -> Move:
    given: dict[str, Any] = {
        "sector": "good-00",
        "markets": ["R01"],
        "gain": gain,
        "price": 100,
        "capacity": part * FLOW,
    }
    deal = Deal(id=name, kind="energy-route", parties=["R00"], status="signed", route=given)
    return move_of(CASE, deal, delivery)


def factor(*moves: Move) -> float:
    return float(combined(WORLD, moves).array("trade_cost")[0, 1, 0])


def test_halves_of_a_route_are_the_whole() -> None:
    halves = factor(route("a", 40, 0.02), route("b", 40, 0.02))
    assert halves == pytest.approx(factor(route("c", 40, 0.04)), rel=1e-12)
    assert halves**-THETA == pytest.approx(1.04)


def test_a_small_rich_route_does_not_make_a_wide_poor_one_rich() -> None:
    rich, poor = route("rich", 40, 0.001), route("poor", 1, 100.0)
    assert factor(rich, poor) == pytest.approx(min(factor(rich), factor(poor)), rel=1e-12)
    assert factor(rich, poor) == pytest.approx(0.99)


def test_the_order_of_the_deals_does_not_matter() -> None:
    moves = [route("a", 30, 0.01), route("b", 5, 0.3, 0.4), route("c", 2, 9.0)]
    assert factor(*moves) == factor(*reversed(moves))


def test_a_chance_counts_in_logs() -> None:
    whole, part = factor(route("a", 40, 0.02)), factor(route("a", 40, 0.02, 0.25))
    assert np.log(part) == pytest.approx(0.25 * np.log(whole), rel=1e-12)


def test_one_route_in_two_deals_counts_once() -> None:
    ways = [Way("oil/new", 0.4, 5.0, 0.3), Way("oil/new", 0.4, 5.0, 1.0)]
    assert cost_factor(ways, FLOW, THETA) == cost_factor(ways[1:], FLOW, THETA)


@pytest.mark.parametrize("seller", ["AUS", "DEU"])
def test_nobody_sells_over_an_edge_that_its_supplies_do_not_reach(seller: str) -> None:
    world = cv.load_world("world-2023")
    given = {"network": "canada-oil", "edge": "alberta-pacific-pipeline"}
    deal = Deal(id="odd", kind="energy-route", parties=[seller], status="signed", route=given)
    with pytest.raises(InputError, match=r"deal odd: .*supplies of .*Canada do"):
        move_of(Case(world, seller, CLOSURE, Layers(world)), deal, 1.0)


def test_tariffs_of_a_group_are_those_of_its_members() -> None:
    from countervail.channels.tariff_terms import products

    term = {"product": "cars", "sector": "good-01", "before": 0.9, "after": 0.05, "exporter": "R01"}
    flows = WORLD.arrays.flows[1]
    trade = 0.1 * float(flows[[0, 2, 3], 1].sum())
    money = {"value": trade, "unit": "m USD", "basis": "press", "year": WORLD.base_year or 2023}
    deal = Deal(
        id="group",
        kind="tariff-quota",
        parties=["R00", "R01"],
        status="signed",
        tariff=[{**term, "importer": "all", "trade": money}],
    )
    items, left_out = products(WORLD, deal)
    assert not left_out
    assert [item.cell for item in items] == [(1, 0, 1), (1, 2, 1), (1, 3, 1)]
    assert [item.share for item in items] == pytest.approx([0.1] * 3, rel=1e-6)


def test_a_quota_needs_one_pair_of_regions() -> None:
    from countervail.channels.tariff_terms import products

    term = {
        "product": "cars",
        "sector": "good-01",
        "importer": "all",
        "exporter": "R01",
        "before": 0.9,
        "after": 0.05,
        "quota": {"value": 5, "unit": "m USD a year"},
    }
    deal = Deal(
        id="group", kind="tariff-quota", parties=["R00", "R01"], status="signed", tariff=[term]
    )
    with pytest.raises(InputError, match="3 pairs of regions"):
        products(WORLD, deal)
