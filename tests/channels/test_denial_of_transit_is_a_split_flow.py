"""A denial of transit: a detour for a part of third-country trade, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.channels.trade_policy import apply_threat
from countervail.channels.transit import Transit, assumed_transit, detour_cost, transit_shock
from countervail.errors import InputError, NotANumberError, UnknownLabelError
from countervail.parameters import parameter
from countervail.scenario.schema import Threat

WORLD = cv.load_world("world-2014")
CLOSURE = cv.Closure.of_horizon("short")
CAN, USA = WORLD.regions.index("CAN"), WORLD.regions.index("USA")
GOODS = list(WORLD.resolve_sectors("goods"))


def denial(**options: Any) -> cv.Shock:
    given: dict[str, Any] = {"share": 0.1, "factor": 1.2, "closure": CLOSURE}
    return transit_shock(WORLD, "CAN", options.pop("coercer", ("USA",)), **{**given, **options})


@given(st.floats(0.0, 1.0), st.floats(1.0, 1000.0), st.floats(0.1, 60.0))
def test_two_varieties_cost_what_one_with_the_factor_costs(
    share: float, factor: float, theta: float
) -> None:
    (cost,) = detour_cost(np.array([share]), factor, np.array([theta]))
    assert 1.0 - 1e-12 <= cost <= factor * (1 + 1e-12)
    split = (1 - share) + share * factor**-theta
    if split > 1e-200:
        assert -theta * np.log(cost) == pytest.approx(np.log(split), rel=1e-9, abs=1e-12)


def test_no_share_changes_nothing_to_the_bit_and_all_of_it_is_the_factor() -> None:
    assert denial(share=0.0).is_empty
    whole = denial(share=1.0).array("trade_cost")[np.ix_(GOODS, [CAN], [0])]
    np.testing.assert_allclose(whole, 1.2, rtol=1e-14)


def test_only_trade_in_goods_with_third_countries_is_touched() -> None:
    cost = denial(coercer=("USA", "MEX")).array("trade_cost")
    inside = [WORLD.regions.index(r) for r in ("CAN", "USA", "MEX")]
    third = [n for n in range(len(WORLD.regions)) if n not in inside]
    theta = WORLD.arrays.elasticity * CLOSURE.elasticity_factor
    expected = np.ones_like(cost)
    for s in GOODS:
        expected[s, CAN, third] = expected[s, third, CAN] = (0.9 + 0.1 * 1.2 ** -theta[s]) ** (
            -1 / theta[s]
        )
    np.testing.assert_allclose(cost, expected, rtol=1e-13)


def test_shares_can_differ_by_sector() -> None:
    cost = denial(share={"mining": 0.5, "food": 0.1}).array("trade_cost")
    mining = WORLD.sectors.index("mining")
    alike = denial(share=0.5).array("trade_cost")
    assert cost[mining, CAN, 0] == alike[mining, CAN, 0] > 1.0
    assert cost[WORLD.sectors.index("motor-vehicles"), CAN, 0] == 1.0


def test_more_in_transit_hurts_more() -> None:
    losses = [
        -float(cv.solve(WORLD, denial(share=v), CLOSURE).welfare.sel(region="CAN"))
        for v in (0.02, 0.1, 0.25)
    ]
    assert 0 < losses[0] < losses[1] < losses[2]


def test_the_assumption_is_for_neighbours() -> None:
    assumed = assumed_transit(WORLD, "CAN", ("USA", "JPN"))
    assert assumed is not None
    assert (assumed.share, assumed.factor) == (
        parameter("transit.share").value,
        parameter("transit.cost_factor").value,
    )
    assert "judgement" in assumed.describe()
    assert assumed_transit(WORLD, "CAN", ("JPN",)) is None


def test_a_threat_of_a_scenario_says_what_goes_round() -> None:
    given: dict[str, Any] = {"id": "route", "instrument": "transit-denial"}
    told = Threat(**given, transit={"share": 0.1, "factor": 1.2})
    applied = apply_threat(WORLD, told, ("USA",), "CAN", CLOSURE).shock
    assert applied is not None
    assert np.array_equal(applied.array("trade_cost"), denial().array("trade_cost"))
    untold = apply_threat(WORLD, Threat(**given), ("USA",), "CAN", CLOSURE)
    assert untold.shock is None
    assert "transit" in untold.not_quantified


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"share": 1.5}, InputError, "between 0 and 1"),
        ({"share": float("nan")}, NotANumberError, "share"),
        ({"factor": 0.9}, InputError, "cannot be cheaper"),
        ({"factor": float("inf")}, NotANumberError, "detour"),
        ({"share": {"fodo": 0.1}}, UnknownLabelError, "food"),
        ({"share": {"goods": 0.1, "mining": 0.1}}, InputError, "mining is named twice"),
        ({"share": {"construction": 0.1}}, InputError, "not among the sectors hit"),
    ],
    ids=str,
)
def test_bad_input_is_named(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        denial(**options)


@pytest.mark.parametrize(
    ("share", "factor"), [("a", "b"), ({"goods": "a"}, 1.2), (0.1, "b"), (0.1, 0.5), (2, 1)]
)
def test_what_is_assumed_of_transit_is_checked_at_once(share: Any, factor: Any) -> None:
    with pytest.raises((InputError, NotANumberError)):
        Transit(share, factor)
