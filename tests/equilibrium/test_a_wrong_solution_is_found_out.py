"""The certificate fails on a wrong solution, and says where it is wrong.

The residuals are worked out once more here, in levels and by plain loops.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.solver.certificate import Certificate, Names, certify, worst_markets
from countervail.solver.find import State
from tests.equilibrium.cases import Array, closures, few, more, random_shock, world_of, worlds


def solved(seed: int, world: cv.World, closure: cv.Closure) -> State:
    return cv.solve(world, random_shock(seed, world), closure, tolerance=1e-13).state


def judge(world: cv.World, state: State, **wrong: Array) -> Certificate:
    given_ = {
        "log_wage": state.log_wage,
        "log_price": state.log_price,
        "spending": state.spending,
        "levels": state.levels,
    }
    parts = {**given_, **wrong}
    names = Names(world.name, world.regions, world.sectors)
    return certify(
        world.arrays,
        parts["levels"],
        parts["log_wage"],
        parts["log_price"],
        parts["spending"],
        names,
    )[0]


def by_hand(world: cv.World, state: State, **wrong: Array) -> dict[str, Array]:
    """Relative residuals by equation, in levels, market by market."""
    a, levels = world.arrays, state.levels
    wage = np.exp(wrong.get("log_wage", state.log_wage))
    price = np.exp(wrong.get("log_price", state.log_price))
    spending = wrong.get("spending", state.spending)
    count, n = spending.shape
    wages = np.broadcast_to(wage, (count, n))
    made, labour = levels.productivity, levels.labour
    cost = np.empty((count, n))
    for s in range(count):
        for i in range(n):
            inputs = np.prod(price[:, i] ** a.input_share[i, :, s])
            cost[s, i] = wages[s, i] ** a.value_added_share[s, i] * inputs / made[s, i]
    share = np.empty_like(a.share)
    for s in range(count):
        for m in range(n):
            for i in range(n):
                wedge = (1 + levels.tariff[s, m, i]) * (1 + levels.export_tax[s, m, i])
                wedge /= (1 + a.tariff[s, m, i]) * (1 + a.export_tax[s, m, i])
                ratio = levels.trade_cost[s, m, i] * wedge * cost[s, i] / price[s, m]
                share[s, m, i] = a.share[s, m, i] * ratio ** -levels.elasticity[s]
    trade = share * spending[:, :, None] / (1 + levels.tariff)
    sales = trade / (1 + levels.export_tax)
    output = sales.sum(1)
    earned = a.value_added_share * output
    bill = wages * a.value_added_share * a.output * labour
    if wage.ndim == 1:
        earned, bill = earned.sum(0), wage * a.factor_income * labour
    income = (bill if bill.ndim == 1 else bill.sum(0)) + levels.transfer
    income = income + (levels.tariff * trade).sum((0, 2))
    income = income + (levels.export_tax * sales).sum((0, 1))
    wanted = np.stack([a.input_share[m] @ output[:, m] for m in range(n)], 1)
    wanted = wanted + a.final_share * income
    index = share.sum(2) ** (-1 / levels.elasticity[:, None])

    def relative(gap: Array, scale: Array) -> Array:
        return np.abs(np.divide(gap, scale, out=np.zeros_like(gap), where=scale > 0))

    return {
        "price": np.abs(index - 1),
        "goods market": relative(wanted - spending, spending),
        "factor market": relative(earned - bill, bill),
        "budget": np.abs(trade.sum((0, 2)) - trade.sum((0, 1)) - levels.transfer) / income,
        "numeraire": np.abs(bill.sum(keepdims=True) / a.factor_income.sum() - 1).reshape(1),
    }


def place(world: cv.World, values: Array, at: int | None = None) -> list[str]:
    """Region, and sector where there is one, of the largest entry."""
    where = np.unravel_index(int(np.argmax(values)), values.shape)
    names = [world.regions[where[-1]]]
    return [*names, world.sectors[where[0]]] if values.ndim == 2 else names


def moved(values: Array, cell: tuple[int, ...], by: float) -> Array:
    values = np.array(values)
    values[cell] += by
    return values


@more
@given(
    worlds(zero_output=False, zero_own=False),
    closures,
    st.integers(0, 1000),
    st.sampled_from(("log_wage", "log_price", "spending")),
    st.sampled_from((1e-8, 1e-5, 1e-3)),
)
def test_size_and_place_are_those_worked_out_by_hand(world, closure, seed, what, by):
    state = solved(seed, world, closure)
    assert judge(world, state).worst < 1e-11
    rng = np.random.default_rng(seed)
    values = getattr(state, what)
    cell = tuple(rng.integers(length) for length in values.shape)
    wrong = {what: moved(values, cell, by * (values[cell] if what == "spending" else 1.0))}
    found, expected = judge(world, state, **wrong), by_hand(world, state, **wrong)
    assert not found.holds
    assert found.worst > by / 1000
    assert set(found.by_equation) == set(expected)
    for equation, (size, where) in found.by_equation.items():
        assert size == pytest.approx(expected[equation].max(), rel=max(0.02, 20 * by), abs=1e-11)
        ranked = np.sort(expected[equation].ravel())
        clear = ranked[-1] > 1e-10 and (len(ranked) == 1 or ranked[-2] < 0.95 * ranked[-1])
        if clear and equation != "numeraire":
            assert all(name in where for name in place(world, expected[equation])), where
    assert found.worst == max(size for size, _ in found.by_equation.values())


@few
@given(worlds(), closures, st.integers(0, 1000))
def test_a_wrong_price_is_found_where_it_is(world, closure, seed):
    state = solved(seed, world, closure)
    rng = np.random.default_rng(seed)
    cell = tuple(rng.integers(length) for length in state.log_price.shape)
    found = judge(world, state, log_price=moved(state.log_price, cell, 1e-6))
    s, n = cell
    assert not found.holds
    assert found.by_equation["price"][0] > 1e-7
    assert found.by_equation["price"][1] == (
        f"price index of {world.sectors[s]} in {world.regions[n]}"
    )


@pytest.mark.parametrize("labour", ["mobile", "specific"])
def test_a_wrong_wage_is_found_in_its_factor_market(labour):
    world = world_of(5, 4, 3)
    state = solved(5, world, cv.Closure(labour=labour))
    for n, region in enumerate(world.regions):
        cell = (n,) if labour == "mobile" else (1, n)
        found = judge(world, state, log_wage=moved(state.log_wage, cell, 1e-6))
        where = f"factor market of {'good-01 in ' if labour == 'specific' else ''}{region}"
        assert found.by_equation["factor market"][1] == where
        assert found.by_equation["factor market"][0] > 1e-6


@few
@given(worlds(), st.sampled_from(("mobile", "specific")), st.integers(0, 1000))
def test_only_the_numeraire_sees_a_change_of_money(world, labour, seed):
    """All wages, prices and spending up together is the same economy in other money."""
    state = solved(seed, world, cv.Closure(labour=labour))
    by = 1e-4
    from dataclasses import replace

    found = judge(
        world,
        state,
        log_wage=state.log_wage + by,
        log_price=state.log_price + by,
        spending=state.spending * np.exp(by),
        levels=replace(state.levels, transfer=state.levels.transfer * np.exp(by)),
    )
    assert found.where == "world factor income"
    assert found.worst == pytest.approx(np.expm1(by))
    others = [size for name, (size, _) in found.by_equation.items() if name != "numeraire"]
    assert max(others) < 1e-10


@few
@given(worlds(), closures, st.integers(0, 1000), st.sampled_from(("tariff", "export_tax")))
def test_the_solution_of_another_shock_does_not_pass(world, closure, seed, tax):
    from dataclasses import replace

    state = solved(seed, world, closure)
    other = np.array(getattr(state.levels, tax))
    traded = np.argwhere(world.arrays.flows * (1 - np.eye(len(world.regions))) > 0)
    other[tuple(traded[seed % len(traded)])] += 0.01
    found = judge(world, state, levels=replace(state.levels, **{tax: other}))
    assert not found.holds


@pytest.mark.parametrize("what", ["log_wage", "log_price", "spending"])
def test_what_is_not_a_number_does_not_pass(what):
    world = world_of(5, 4, 3)
    state = solved(5, world, cv.Closure())
    values = np.array(getattr(state, what))
    values[(0,) * values.ndim] = np.nan
    found = judge(world, state, **{what: values})
    assert not found.holds
    assert found.worst == np.inf


def test_every_equation_is_told_worst_first():
    world = world_of(5, 4, 3)
    state = solved(5, world, cv.Closure())
    found = judge(world, state, spending=moved(state.spending, (2, 1), state.spending[2, 1] / 100))
    lines = worst_markets(found)
    assert len(lines) == len(found.by_equation) == 5
    assert lines[0].startswith(found.where)
    sizes = [float(line.rsplit(" ", 1)[1]) for line in lines]
    assert sizes == sorted(sizes, reverse=True)
    assert "good-02 in R01" in found.by_equation["goods market"][1]
