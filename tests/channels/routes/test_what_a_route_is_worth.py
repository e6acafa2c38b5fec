"""Netbacks, the worth of new edges and what they do to costs, against hand calculations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.channels.routes.hats import route_cost_hats
from countervail.channels.routes.netback import market_netbacks, netback
from countervail.channels.routes.rows import brief_routes
from countervail.errors import CountervailError, InputError, OptionError, UnknownLabelError
from tests.channels.routes.small import files
from tests.worlds import random_world


@pytest.fixture
def routes(tmp_path: Path) -> cv.Routes:
    return cv.read_routes(files(tmp_path))


def test_the_flows_that_earn_most(routes: cv.Routes) -> None:
    """Ten units: three over the sea at 60 - 6, seven over land at 50 - 5."""
    found = netback(routes["own"], routes["own"].open_edges())
    per_day = 3 * 54.0 + 7 * 45.0
    assert found.million_usd == pytest.approx(per_day * 365 / 1000)
    assert found.sold == pytest.approx({"south": 7.0, "sea": 3.0})
    assert found.per_unit == pytest.approx(per_day / 10)
    # One more unit to the sea leaves the land: 54 - 45.
    assert found.shadow["west"] == pytest.approx(9.0)
    assert found.shadow["line"] == pytest.approx(0.0)
    assert market_netbacks(routes["own"], routes["own"].open_edges()) == {
        "south": 45.0,
        "sea": 54.0,
    }


def test_a_new_edge_earns_the_difference(routes: cv.Routes) -> None:
    """Four units move from 45 to 60 - 8."""
    found = cv.route_effect(routes, "wider")
    assert found.used == pytest.approx(4.0)
    assert found.gain == pytest.approx(7.0)
    assert found.price == 60.0
    assert found.million_usd == pytest.approx(4 * 60 * 365 / 1000)
    assert found.markets == pytest.approx({"JPN": 0.75, "KOR": 0.25})
    (worth,) = cv.route_report(routes["own"]).worth
    assert worth.adds_million_usd == pytest.approx(4 * 7 * 365 / 1000)
    assert (worth.adds_flow, worth.adds_bypass, worth.adds_bypass_abroad) == (0.0, 4.0, 4.0)


def test_what_earns_less_gains_nothing(tmp_path: Path) -> None:
    folder = files(tmp_path)
    text = (tmp_path / "edges.csv").read_text().replace("CAN,6,planned", "CAN,20,planned")
    (tmp_path / "edges.csv").write_text(text)
    found = cv.route_effect(cv.read_routes(folder), "wider")
    assert (found.gain, found.used) == (0.0, 0.0)
    assert "nothing flows" in found.note


def test_shut_lines_make_a_new_one_worth_more(routes: cv.Routes) -> None:
    """With the line south shut, the units on the new edge would else earn nothing."""
    assert cv.route_effect(routes, "wider", closed=["line"]).gain == pytest.approx(52.0)


def test_a_report_by_hand(routes: cv.Routes) -> None:
    found = cv.route_report(routes["own"])
    assert {r.scope: (r.flow, r.bypass) for r in found.reach} == {
        "all": (10.0, 3.0),
        "abroad": (10.0, 3.0),
        "others": (3.0, 3.0),
    }
    assert found.bypass_ratio == pytest.approx(0.3)
    assert found.worst is not None
    assert (found.worst.id, found.loss_percent("line")) == ("line", 70.0)
    assert [i.remaining for i in found.controlled] == [10.0, 3.0, 3.0, 3.0]
    assert found.table.loc["west", "crosses the coercer"] == np.False_


@pytest.fixture(scope="module")
def world() -> cv.World:
    return random_world(np.random.default_rng(4), 4, 3)


def test_cost_factors_in_closed_form(world: cv.World) -> None:
    home, near, far = world.regions[:3]
    sector = world.sectors[1]
    theta = float(world.arrays.elasticity[1])
    flows = [float(world.arrays.flows[1, world.regions.index(m), 0]) for m in (near, far)]
    capacity = 0.2 * flows[0]
    found = route_cost_hats(world, home, {near: 3.0, far: 1.0}, sector, 0.5, capacity)
    for market, share, flow in ((near, 0.75, flows[0]), (far, 0.25, flows[1])):
        n = world.regions.index(market)
        filled = (1 + share * capacity / flow) ** (-1 / theta)
        assert found.hats[1, n, 0] == pytest.approx(max(0.5, filled), rel=1e-14)
        # At given prices the trade that the bound creates fills the capacity.
        assert flow * (filled**-theta - 1) == pytest.approx(share * capacity)
    assert found.bound == (near, far)
    touched = np.argwhere(found.hats != 1.0)
    assert touched.tolist() == [[1, 1, 0], [1, 2, 0]]


def test_a_large_capacity_leaves_the_gain(world: cv.World) -> None:
    home, market = world.regions[:2]
    found = route_cost_hats(world, home, {market: 1.0}, world.sectors[0], 0.1, 1e12)
    assert found.hats[0, 1, 0] == 1 - 0.1
    assert found.bound == ()


@pytest.mark.parametrize(("gain", "capacity"), [(0.0, 1e6), (0.3, 0.0), (0.0, 0.0)])
def test_nothing_gained_changes_no_bit(world: cv.World, gain: float, capacity: float) -> None:
    home, market = world.regions[:2]
    found = route_cost_hats(world, home, {market: 1.0}, world.sectors[0], gain, capacity)
    assert np.array_equal(found.hats, np.ones_like(found.hats))


def test_a_market_without_trade_stays_without() -> None:
    base = cv.load_world("world-2023")
    home = base.regions.index("CAN")
    s, n = np.argwhere(base.arrays.flows[:, :, home] == 0.0)[0]
    market, sector = base.regions[n], base.sectors[s]
    found = route_cost_hats(base, "CAN", {market: 1.0}, sector, 0.1, 1e3)
    assert found.empty == (market,)
    assert (found.hats == 1.0).all()


def test_countries_inside_a_region_count_with_it() -> None:
    base = cv.load_world("world-2023")
    found = route_cost_hats(base, "CAN", {"GIB": 0.5, "JPN": 0.5}, "mining", 0.01, 1e6)
    rest = base.regions.index("ROW")
    assert found.hats[base.sectors.index("mining"), rest, base.regions.index("CAN")] < 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gain_fraction": 1.0}, "not between 0 and 1"),
        ({"gain_fraction": float("nan")}, "the gain of a route is nan"),
        ({"capacity_million_usd": -1.0}, "is negative"),
        ({"markets": {}}, "the shares of the markets"),
        ({"markets": {"CAN": 1.0}}, "is at home"),
        ({"markets": {"XYZ": 1.0}}, "XYZ"),
        ({"sector": "goods"}, "means 22 sectors"),
    ],
)
def test_numbers_that_mean_nothing(change: dict[str, object], says: str) -> None:
    base = cv.load_world("world-2023")
    given: dict[str, object] = {
        "exporter": "CAN",
        "markets": {"JPN": 1.0},
        "sector": "mining",
        "gain_fraction": 0.1,
        "capacity_million_usd": 10.0,
    }
    with pytest.raises(InputError, match=says):
        route_cost_hats(base, **{**given, **change})  # type: ignore[arg-type]


def test_what_cannot_be_asked(routes: cv.Routes) -> None:
    with pytest.raises(OptionError, match="operates already"):
        cv.route_effect(routes, "line")
    with pytest.raises(UnknownLabelError, match="Nearest: wider"):
        cv.route_effect(routes, "widr")
    with pytest.raises(UnknownLabelError, match="'USS' is no ISO3 code"):
        cv.route_report(routes["own"], ("USS",))
    with pytest.raises(UnknownLabelError, match="has no supply in JPN"):
        cv.route_report(routes["own"], sources=["JPN"])
    with pytest.raises(CountervailError, match="no edge or passage 'hormus'"):
        cv.route_report(cv.read_routes()["world-lng"], closed=["hormus"])


def test_rows_of_a_brief_are_plain_and_finite(routes: cv.Routes) -> None:
    (row,) = brief_routes(routes, ("USA",), "CAN")
    assert row["bypass_ratio"] == pytest.approx(0.3)
    assert row["worst_edge_name"] == "Line"
    assert row["interdiction"] == ((0, 10.0), (1, 3.0), (2, 3.0), (3, 3.0))
    assert [e["used"] for e in row["edges"]] == pytest.approx([7.0, 3.0, 3.0, None])
    assert row["planned"][0]["adds_bn"] == pytest.approx(4 * 7 * 365 / 1e6)
