"""Concentration: N equals are N poles, one alone is one, and everything lies between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError
from countervail.leverage.power.multipolarity import core_periphery, poles
from tests.equilibrium.cases import more, world_of

amounts = st.lists(st.floats(0.0, 1e12), min_size=2, max_size=30).filter(lambda x: max(x) > 1e-3)


def names(count: int) -> list[str]:
    return [f"R{k:02d}" for k in range(count)]


@more
@given(st.integers(1, 80), st.floats(1e-6, 1e15))
def test_equals_are_as_many_poles_as_they_are(count: int, amount: float) -> None:
    found = poles(names(count), [amount] * count)
    assert found.poles == pytest.approx(count)
    assert found.entropy_poles == pytest.approx(count)
    assert found.con == pytest.approx(0.0 if count > 1 else 1.0, abs=1e-6)
    assert found.gap == pytest.approx(0.0 if count > 1 else 1.0, abs=1e-12)


@more
@given(st.integers(1, 80), st.floats(1e-6, 1e15), st.integers(0, 79))
def test_one_alone_is_one_pole(count: int, amount: float, who: int) -> None:
    values = np.zeros(count)
    values[who % count] = amount
    found = poles(names(count), values)
    assert (found.poles, found.entropy_poles, found.con) == pytest.approx((1, 1, 1))
    assert found.first == f"R{who % count:02d}"
    assert (found.first_share, found.gap) == pytest.approx((1, 1))


@settings(more, max_examples=100)
@given(amounts)
def test_everything_else_lies_between(values: list[float]) -> None:
    found = poles(names(len(values)), values)
    assert 1 - 1e-9 <= found.poles <= found.entropy_poles + 1e-9
    assert found.entropy_poles <= len(values) + 1e-9
    assert 0 <= found.con <= 1 + 1e-9
    assert found.first_share == pytest.approx(max(values) / sum(values))
    assert found.second_share == pytest.approx(sorted(values)[-2] / sum(values))
    assert found.gap == pytest.approx(found.first_share - found.second_share)
    # Neither the unit nor the order matters.
    other = poles(names(len(values))[::-1], [7 * v for v in values[::-1]])
    assert other.hhi == pytest.approx(found.hhi)
    assert other.entropy_poles == pytest.approx(found.entropy_poles)


@settings(more, max_examples=100)
@given(amounts, st.integers(0, 29), st.floats(0.1, 1))
def test_taking_from_a_smaller_one_concentrates(values: list[float], who: int, part: float) -> None:
    largest, other = int(np.argmax(values)), who % len(values)
    moved = list(values)
    moved[largest] += part * values[other]
    moved[other] -= part * values[other]
    if other != largest:
        before, after = (poles(names(len(values)), v) for v in (values, moved))
        assert after.hhi >= before.hhi - 1e-12
        assert after.con >= before.con - 1e-9


@pytest.mark.parametrize(
    ("who", "what", "match"),
    [
        ([], [], "0 names"),
        (["A"], [1.0, 2.0], "1 names for 2"),
        (["A", "B"], [1.0, -1.0], "B"),
        (["A", "B"], [np.nan, 1.0], "A"),
        (["A", "B"], [0.0, 0.0], "nobody"),
    ],
)
def test_what_has_no_shares_is_refused(who: list[str], what: list[float], match: str) -> None:
    with pytest.raises(InputError, match=match):
        poles(who, what)


def test_a_product_of_corenesses_is_a_perfect_core() -> None:
    rng = np.random.default_rng(3)
    core = rng.lognormal(size=9)
    flows = np.triu(np.outer(core, core)) * 5e6  # one direction only: it is made symmetric
    assert core_periphery(flows) == pytest.approx(1.0, abs=1e-9)
    order = rng.permutation(9)
    noisy = flows * rng.lognormal(0, 0.5, (9, 9))
    found = core_periphery(noisy)
    assert found is not None
    assert 0 < found < 1
    assert core_periphery(noisy[np.ix_(order, order)]) == pytest.approx(found, abs=1e-9)


def test_two_blocs_are_no_core() -> None:
    blocs = np.kron(np.eye(2), np.ones((4, 4))) + 1e-3
    found = core_periphery(blocs)
    assert found is not None
    assert found < 0.75
    assert core_periphery(np.ones((3, 3))) is None
    assert core_periphery(np.ones((6, 6))) is None


def test_a_world_is_counted_without_its_rest() -> None:
    world = world_of(7, 4, 3)
    a = world.arrays
    rest = cv.World.from_flows(
        a.flows,
        a.tariff,
        a.input_share,
        a.value_added_share,
        a.elasticity,
        [*world.regions[:3], "ROW"],
        world.sectors,
    )
    power = cv.power(rest, keep=False)
    found = cv.multipolarity(rest, power)
    assert found.regions == world.regions[:3]
    assert found.gdp == poles(found.regions, a.factor_income[:3], "product")
    assert found.coercive_power == poles(
        found.regions, power.coercive_power.values[:3], "coercive power"
    )
    flows = a.flows.sum(0) * (1 - np.eye(4))
    assert found.trade is not None
    assert found.trade.hhi == pytest.approx(
        poles(found.regions, (flows.sum(0) + flows.sum(1))[:3]).hhi
    )
    assert cv.multipolarity(world).coercive_power is None
    with pytest.raises(InputError, match="Make it from this world"):
        cv.multipolarity(world_of(8, 4, 3), power)


def test_a_world_without_trade_has_no_poles_of_it() -> None:
    alone = cv.World.from_flows(np.eye(3)[None], elasticity=4.0)
    found = cv.multipolarity(alone, cv.power(alone, keep=False))
    assert found.gdp.poles == pytest.approx(3)
    assert found.trade is None
    assert found.coercive_power is None
