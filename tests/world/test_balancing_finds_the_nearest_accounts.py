"""Balanced accounts meet every total, and no accounts that do are nearer to the prior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.errors import AccountingError, NotANumberError
from countervail.world.arrays import Array
from countervail.world.updating.balance import HOME_WEIGHT, Balanced, Prior, Totals, balance
from tests.worlds import random_world

SHAPES = st.sampled_from([(2, 3), (3, 4), (5, 6)])


def problem(seed: int, sectors: int, regions: int) -> tuple[Prior, Totals]:
    """A random economy and totals that it does not meet (but that can be met)."""
    rng = np.random.default_rng(seed)
    a = random_world(rng, regions, sectors).arrays
    inputs = a.input_share * a.output.T[:, None, :]
    prior = Prior(a.flows, a.tariff, inputs, a.final_share * a.income, a.value_added_share)
    goods = np.arange(sectors) < max(1, sectors - 1)
    pairs = a.flows[goods].sum(axis=0) * rng.lognormal(0.0, 0.2, (regions, regions))
    value_added = a.factor_income * rng.lognormal(0.1, 0.1, regions)
    deficit = np.full(regions, np.nan)
    deficit[0] = a.transfer[0] + 0.01 * a.income[0]
    slack = np.zeros(regions)
    deficit[1], slack[1] = a.transfer[1], 0.1 * a.income[1]
    return prior, Totals(goods, pairs, value_added, deficit, slack)


def solve(prior: Prior, totals: Totals) -> Balanced:
    return balance(prior, totals, [f"R{n}" for n in range(len(totals.value_added))])


def deficits(flows: Array) -> Array:
    bilateral = flows.sum(axis=0) * (1.0 - np.eye(flows.shape[1]))
    return np.asarray(bilateral.sum(axis=1) - bilateral.sum(axis=0))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), shape=SHAPES)
def test_every_total_and_identity_is_met(seed: int, shape: tuple[int, int]) -> None:
    prior, totals = problem(seed, *shape)
    found = solve(prior, totals)
    abroad = ~np.eye(len(totals.value_added), dtype=bool)
    output = found.flows.sum(axis=1)
    made = (prior.value_added_share * output).sum(axis=0)
    assert found.flows[totals.goods].sum(axis=0)[abroad] == pytest.approx(
        totals.pairs[abroad], rel=1e-12
    )
    assert made == pytest.approx(totals.value_added, rel=1e-9)
    assert deficits(found.flows)[0] == pytest.approx(
        totals.deficit[0], abs=1e-9 * totals.value_added.mean()
    )
    assert (found.flows >= 0).all()
    assert (found.final >= 0).all()
    assert found.input_share.sum(axis=1).T + prior.value_added_share == pytest.approx(1.0)
    demand = np.einsum("nks,sn->kn", found.input_share, output) + found.final
    assert (found.flows * (1.0 + prior.tariff)).sum(axis=2) == pytest.approx(demand, rel=1e-9)


def constraints(prior: Prior, totals: Totals) -> Array:
    """The constraint matrix, row by row from its definition; columns: flows, inputs, final."""
    sectors, count = prior.final.shape
    va, rows = prior.value_added_share, []

    def row(flows: Array, inputs: Array | None = None, final: Array | None = None) -> None:
        inputs = np.zeros_like(prior.inputs) if inputs is None else inputs
        final = np.zeros_like(prior.final) if final is None else final
        rows.append(np.concatenate([flows.ravel(), inputs.ravel(), final.ravel()]))

    for n in range(count):
        for i in range(count):
            if i != n:
                flows = np.zeros_like(prior.flows)
                flows[totals.goods, n, i] = 1.0
                row(flows)
        flows = np.zeros_like(prior.flows)
        flows[:, :, n] = va[:, n][:, None]
        row(flows)
        for s in range(sectors):
            flows, inputs = np.zeros_like(prior.flows), np.zeros_like(prior.inputs)
            flows[s, n] = 1.0 + prior.tariff[s, n]
            inputs[n, s] = -1.0
            final = np.zeros_like(prior.final)
            final[s, n] = -1.0
            row(flows, inputs, final)
            flows, inputs = np.zeros_like(prior.flows), np.zeros_like(prior.inputs)
            flows[s, :, n] = -(1.0 - va[s, n])
            inputs[n, :, s] = 1.0
            row(flows, inputs)
    for n in range(count):
        if not np.isnan(totals.deficit[n]):
            flows = np.zeros_like(prior.flows)
            flows[:, n, :] += 1.0
            flows[:, :, n] -= 1.0
            row(flows)
    return np.array(rows)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_nothing_that_meets_the_totals_is_nearer(seed: int) -> None:
    # The criterion's slope must be a combination of the constraints (Karush, Kuhn, Tucker):
    # then, the criterion being convex, the point is the nearest one.
    prior, totals = problem(seed, 3, 4)
    totals = replace(totals, deficit=np.array([totals.deficit[0], *3 * [np.nan]]))
    found = solve(prior, totals)
    home = np.eye(4, dtype=bool)
    weight = np.broadcast_to(np.where(home, HOME_WEIGHT, 1.0), prior.flows.shape)
    use = found.input_share * found.flows.sum(axis=1).T[:, None, :]
    slope = np.concatenate(
        [
            (weight * np.log(found.flows / prior.flows)).ravel(),
            (HOME_WEIGHT * np.log(use / prior.inputs)).ravel(),
            (HOME_WEIGHT * np.log(found.final / prior.final)).ravel(),
        ]
    )
    matrix = constraints(prior, totals)
    multipliers = np.linalg.lstsq(matrix.T, slope, rcond=None)[0]
    assert np.abs(matrix.T @ multipliers - slope).max() < 1e-8
    assert np.abs(slope).max() > 1e-3


@pytest.mark.parametrize("seed", [3288, *range(4)])
@pytest.mark.parametrize("less", [1.0, 0.5, 1e-3])
def test_totals_are_refused_exactly_where_none_can_meet_them(seed: int, less: float) -> None:
    from scipy.optimize import linprog

    prior, totals = problem(seed, 3, 4)
    value_added = totals.value_added.copy()
    value_added[2] *= less
    totals = replace(totals, slack=np.zeros(4), value_added=value_added)
    right: list[float] = []
    for n in range(4):
        right += [totals.pairs[n, i] for i in range(4) if i != n]
        right += [value_added[n], *6 * [0.0]]
    right += [x for x in totals.deficit if not np.isnan(x)]
    matrix = constraints(prior, totals)
    cost = np.zeros(matrix.shape[1])
    possible = linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, None)).status == 0
    if possible:
        assert solve(prior, totals).residual < 1e-11
    else:
        with pytest.raises(AccountingError, match="cannot be met"):
            solve(prior, totals)


def test_accounts_that_meet_the_totals_are_left_alone() -> None:
    a = random_world(np.random.default_rng(1), 4, 3).arrays
    goods = np.array([True, True, False])
    prior = Prior(
        a.flows,
        a.tariff,
        a.input_share * a.output.T[:, None, :],
        a.final_share * a.income,
        a.value_added_share,
    )
    totals = Totals(
        goods, a.flows[goods].sum(axis=0), a.factor_income, np.full(4, np.nan), np.zeros(4)
    )
    found = solve(prior, totals)
    assert found.flows == pytest.approx(a.flows, rel=1e-10)
    assert found.input_share == pytest.approx(a.input_share, rel=1e-10)


def test_a_soft_balance_moves_towards_its_target_and_not_beyond() -> None:
    prior, totals = problem(3, 3, 4)
    free = replace(totals, deficit=np.full(4, np.nan))
    start = deficits(solve(prior, free).flows)[1]
    gaps = []
    for slack in (1e-3, 1.0, 1e3):
        soft = replace(totals, slack=np.array([0.0, slack, 0.0, 0.0]) * prior.flows.sum())
        soft = replace(soft, deficit=np.array([np.nan, start + 5.0, np.nan, np.nan]))
        gaps.append(start + 5.0 - deficits(solve(prior, soft).flows)[1])
    assert 0 < gaps[0] < gaps[1] < gaps[2] < 5.0


def test_what_is_zero_stays_zero() -> None:
    prior, totals = problem(5, 3, 4)
    flows = prior.flows.copy()
    flows[0, 1, 2] = flows[2, 0, 0] = 0.0
    found = solve(replace(prior, flows=flows), totals)
    assert found.flows[0, 1, 2] == found.flows[2, 0, 0] == 0.0


def test_totals_that_contradict_each_other_are_named() -> None:
    prior, totals = problem(7, 3, 4)
    poor = totals.value_added.copy()
    poor[2] = 1e-6 * poor[2]
    with pytest.raises(AccountingError, match="cannot be met") as caught:
        solve(prior, replace(totals, value_added=poor))
    assert any("R2" in line for line in caught.value.evidence)


def test_a_total_without_any_prior_cell_is_named() -> None:
    prior, totals = problem(8, 3, 4)
    flows = prior.flows.copy()
    flows[totals.goods, 3, 1] = 0.0
    with pytest.raises(AccountingError, match="no prior flow") as caught:
        solve(replace(prior, flows=flows), totals)
    assert "R3 from R1" in caught.value.evidence[0]


def test_a_prior_that_is_not_a_number_is_refused() -> None:
    prior, totals = problem(9, 3, 4)
    final = prior.final.copy()
    final[0, 0] = np.nan
    with pytest.raises(NotANumberError, match="final"):
        solve(replace(prior, final=final), totals)
