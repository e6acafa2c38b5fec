"""Whatever Python hands in that cannot be used is refused in words of ours, never passed over."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.ties.graph import Tie, Ties
from countervail.errors import NotANumberError, OptionError, UnknownLabelError
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(3), regions=4, sectors=2)
ROUTES = cv.read_routes()
OIL = ROUTES["canada-oil"]
EDGE = "alberta-pacific-pipeline"


@cache
def case() -> cv.Scenario:
    return cv.read_scenario("canada-2026")


@cache
def ties() -> Ties:
    return cv.read_ties(WORLD)


def draws(*given: Any, **more: Any) -> Any:
    return cv.draw_deliveries(case().deals, *given, **more)


def exposed(**more: Any) -> Any:
    return cv.exposure(WORLD, "R00", "R01", instruments=("tariff",), **more)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: draws("CAN", 2.5), "draws=2.5 is no whole number"),
        (lambda: draws("CAN", "a"), "draws='a'"),
        (lambda: draws("CAN", True), "draws=True"),
        (lambda: draws("CAN", 10**30), "from 1 to 10,000,000"),
        (lambda: draws("CAN", 5, seed="a"), "seed='a'"),
        (lambda: draws("CAN", 5, seed=-1), "seed=-1"),
        (lambda: draws("CAN", 5, seed=None), "seed=None"),
        (lambda: draws("CAN", 5, correlation="a"), "correlation='a'"),
        (lambda: draws("CAN", 5, correlation=math.nan), "correlation=nan"),
        (lambda: draws(None, 5), "protagonist is a NoneType"),
        (lambda: cv.draw_deliveries("canada-2026", "CAN", 5), "deals is a str"),
        (lambda: cv.draw_deliveries(case().deals[0], "CAN", 5), "deals is a Deal, not a list"),
        (lambda: cv.draw_deliveries([None], "CAN", 5), "number 1 of deals is a NoneType"),
        (lambda: cv.read_scenario(None), "the scenario is a NoneType"),
        (lambda: cv.positions("world-2023"), "world is a str"),
        (lambda: cv.positions(WORLD, 3), "source is a int"),
        (lambda: cv.positions(WORLD).stock(None, "R00"), "region is a NoneType"),
        (lambda: cv.read_ties(None), "world is a NoneType"),
        (lambda: cv.read_ties(WORLD, 3), "source is a int"),
        (lambda: cv.read_routes(3), "path is a int"),
        (lambda: ROUTES[3], "the network is a int"),
        (lambda: ROUTES.holding(None), "edge is a NoneType"),
        (lambda: cv.route_report(None), "network is a NoneType"),
        (lambda: cv.route_report(ROUTES), r"network is a Routes .*not a RouteNetwork"),
        (lambda: cv.route_report(OIL, None), "coercer=None"),
        (lambda: cv.route_report(OIL, [3]), r"coercer=\[3\]"),
        (lambda: cv.route_report(OIL, closed=[3]), r"closed=\[3\]"),
        (lambda: cv.route_report(OIL, added=3), "added=3"),
        (lambda: cv.route_report(OIL, sources=3), "source=3"),
        (lambda: cv.route_report(OIL, budgets=2), "budgets is a int"),
        (lambda: cv.route_report(OIL, budgets=[-1]), "a budget=-1"),
        (lambda: cv.route_report(OIL, budgets=["a"]), "number 1 of budgets is a str"),
        (lambda: cv.route_effect(OIL, EDGE), "routes is a RouteNetwork .*not a Routes"),
        (lambda: cv.route_effect(ROUTES, 3), "edge is a int"),
        (lambda: cv.route_effect(ROUTES, EDGE, network=OIL), "the network is a RouteNetwork"),
        (lambda: cv.ties_report(WORLD, "R00", "R01"), "ties is a World"),
        (lambda: cv.ties_report(ties(), None, "R01"), "the country is a NoneType"),
        (lambda: cv.ties_report(ties(), "R00", 3), "the countries=3"),
        (lambda: cv.ties_report(ties(), "R00", "R01", deals=None), "deals is a NoneType"),
        (lambda: cv.ties_report(ties(), "R00", "R01", layers=[3]), r"layers=\[3\]"),
        (lambda: cv.which_new_tie(None, "R00"), "ties is a NoneType"),
        (lambda: ties().plus([1]), "number 1 of added is a int"),
        (lambda: ties().plus([Tie("R00", "R00", "alliance")]), "a tie of R00 with itself"),
        (lambda: ties().plus([Tie("R00", "R01", "alianc")]), "no layer of ties called 'alianc'"),
        (lambda: ties().plus([Tie("R00", "R01", "alliance", value=0.0)]), "value .* is 0"),
        (lambda: exposed(transit=0.3), "transit is a float"),
        (lambda: exposed(horizons=3), "horizons=3: names are text"),
        (lambda: exposed(threats=["ban"]), "threats is a list"),
        (lambda: cv.frontier(WORLD, "R01", "R00", points="x"), "points='x' is no whole number"),
        (lambda: cv.frontier(WORLD, "R01", "R00", closure="long"), "closure is a str"),
        (lambda: cv.coalition_power(WORLD, "R00", 3), "coalition=3: names are text"),
        (lambda: cv.demands(1.0, 1.0, falls=0.5), "falls=0.5 is no list"),
        (lambda: cv.optimal_tariff(WORLD, "R00", "R01", favour="x"), "favour is a str"),
        (lambda: cv.nash(WORLD, [None]), "a player=None: names are text"),
        (lambda: cv.cooperative(WORLD, ["R00", "R01"], weights=3), "weights is a int"),
        (lambda: cv.multipolarity(WORLD, "x"), "power is a str"),
        (lambda: cv.Project("a", "CAN", 1.0, 1, needs=3), "needs=3"),
        (lambda: exposed(withdrawal="a"), "withdrawal='a' is not a number"),
        (lambda: exposed(withdrawal=True), "withdrawal=True is not a number"),
        (lambda: exposed(withdrawal=math.nan), "withdrawal=nan"),
        (lambda: exposed(withdrawal=-0.1), "withdrawal=-0.1"),
        (lambda: exposed(withdrawal=1.1), "withdrawal=1.1"),
        (lambda: exposed(positions="f.csv"), "positions is a str .'f.csv'., not a Positions"),
        (lambda: cv.frontier(WORLD, "R00", "R01", withdrawal="a"), "withdrawal='a'"),
        (lambda: cv.frontier(WORLD, "R00", "R01", positions="f.csv"), "positions is a str"),
        (lambda: cv.solve_batch(WORLD, [None], workers="a"), "workers is a str"),
    ],
)
def test_a_wrong_kind_is_refused_in_our_words(call: Callable[[], object], says: str) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        call()
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: draws("CNA", 5), "Nearest: CAN"),
        (lambda: cv.route_effect(ROUTES, EDGE, sources=["CNA"]), "Nearest: CAN"),
        (lambda: cv.route_report(OIL, closed="mainlin"), "no edge or passage 'mainlin'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(call: Callable[[], object], says: str) -> None:
    with pytest.raises(UnknownLabelError, match=says):
        call()


@pytest.mark.parametrize("read", [cv.positions, cv.read_ties])
def test_a_path_that_no_file_can_have_is_refused(read: Callable[..., object]) -> None:
    with pytest.raises(cv.CountervailError, match="cannot be read: embedded null byte"):
        read(WORLD, "a\0b.csv")


def test_a_rate_that_is_no_number_is_refused() -> None:
    with pytest.raises(NotANumberError, match="rate='x' is not a number"):
        exposed(rate="x")


def test_a_bare_name_is_one_name_not_its_letters() -> None:
    def bypass(**more: Any) -> list[tuple[float, float]]:
        found = cv.route_report(OIL, budgets=(0,), **more)
        return [(reach.flow, reach.bypass) for reach in found.reach]

    assert bypass(closed="mainline") == bypass(closed=["mainline"]) != bypass()
    assert bypass(closed=(name for name in ["mainline"])) != bypass()
    assert bypass(added=EDGE) == bypass(added=[EDGE]) != bypass()
    assert bypass(coercer="CAN") == bypass(coercer=["CAN"]) != bypass()
    alone, listed = (
        cv.route_effect(ROUTES, EDGE, closed=shut, sources=own)
        for shut, own in (("trans-mountain", "CAN"), (["trans-mountain"], ["CAN"]))
    )
    assert alone == listed
    assert alone.gain != cv.route_effect(ROUTES, EDGE, sources="CAN").gain


def test_no_deals_have_no_futures() -> None:
    assert cv.draw_deliveries([], "CAN", 5).shape == (5, 0)


def test_a_protagonist_may_go_by_its_name() -> None:
    np.testing.assert_array_equal(draws("Canada", 50), draws("CAN", 50))


def test_positions_cannot_be_written_to() -> None:
    found = cv.positions(WORLD)
    for name in ("stocks", "status", "inward", "outward"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(found, name)[0] = 1


def test_the_layers_keep_what_their_maker_goes_on_writing_to() -> None:
    stocks = np.ones((4, 4))
    found = cv.Positions(
        WORLD, stocks, np.zeros((4, 4), np.int8), np.ones(4), np.ones(4), 2023, ("x",)
    )
    stocks[0, 1] = 9.0
    assert found.stock("R00", "R01") == 1.0
    with pytest.raises(TypeError):
        ROUTES.networks["own"] = OIL  # type: ignore[index]
