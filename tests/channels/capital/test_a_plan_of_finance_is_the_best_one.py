"""Several payers with shares and lists: no other plan serves more, none asks for less."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from countervail.channels.capital.allocation import allocate, compare
from countervail.channels.capital.pipeline import Financier, Project


def project(name: str, cost: float | None = 100.0, years: int = 2, **more: object) -> Project:
    return Project(name, "R00", cost, years, **more)  # type: ignore[arg-type]


def payer(name: str, total: float, per_year: float, **more: object) -> Financier:
    return Financier(name, "R01", total, per_year, **more)  # type: ignore[arg-type]


def test_nobody_pays_more_than_its_share_nor_for_what_it_may_not() -> None:
    half = [payer("f", 100, 100, largest_share=0.5)]
    assert allocate([project("a")], half, first_year=2030, horizon=4).starts == {"a": None}
    both = [*half, payer("g", 100, 100, return_rate=0.09)]
    plan = allocate([project("a")], both, first_year=2030, horizon=4)
    assert plan.paid_for("a") == pytest.approx({"f": 50, "g": 50})
    only = allocate([project("a", financiers=("g",))], both, first_year=2030, horizon=4)
    assert only.paid_for("a") == pytest.approx({"g": 100})


def test_a_payer_without_a_limit_by_the_year_does_not_stop_the_plan() -> None:
    """HiGHS once took this for infeasible; to start nothing always is a plan."""
    projects = [project("late", 300, 1, earliest=2029), project("long", 300, 3)]
    payers = [
        payer("slow", 800, 40, largest_share=0.5, return_rate=0.09),
        payer("broke", 0, float("inf"), return_rate=0.03),
    ]
    plan = allocate(projects, payers, first_year=2026, horizon=6)
    assert plan.starts == {"late": None, "long": None}


def drawn(seed: int) -> tuple[list[Project], list[Financier]]:
    """Five projects and three payers with little money, shares, lists and a prerequisite."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(20, 120, 5)
    projects = [
        project(
            f"p{k}",
            float(cost[k]),
            int(rng.integers(1, 4)),
            earliest=2030 + int(rng.integers(0, 2)),
            needs=("p0",) if k == 4 else (),
            financiers=("f0", "f1") if k == 1 else (),
        )
        for k in range(5)
    ]
    totals = cost.sum() * rng.uniform(0.15, 0.35, 3)
    payers = [
        payer(
            f"f{f}",
            float(totals[f]),
            float(totals[f]) / 2,
            largest_share=(1.0, 0.6, 0.5)[f],
            return_rate=0.03 * (f + 1),
        )
        for f in range(3)
    ]
    return projects, payers


def every_start(
    projects: list[Project], first: int, horizon: int
) -> Iterator[tuple[int | None, ...]]:
    """All starts that years and prerequisites allow, None for a project that is not built."""
    choices: list[list[int | None]] = [
        [None, *range(max(0, (p.earliest or first) - first), horizon - p.years + 1)]
        for p in projects
    ]
    place = {p.id: k for k, p in enumerate(projects)}
    for starts in product(*choices):
        ends = [None if s is None else s + p.years for s, p in zip(starts, projects, strict=True)]
        if all(
            s is None or all((ends[place[n]] or 10**6) <= s for n in p.needs)
            for s, p in zip(starts, projects, strict=True)
        ):
            yield starts


def cheapest(
    projects: list[Project], payers: list[Financier], starts: tuple[int | None, ...], horizon: int
) -> float | None:
    """The least returns asked for these starts, None where they cannot be paid: a plain LP."""
    due = np.zeros((len(projects), horizon))
    for k, (s, p) in enumerate(zip(starts, projects, strict=True)):
        if s is not None and p.cost is not None:
            due[k, s : s + p.years] = p.cost / p.years
    shape = (len(projects), len(payers), horizon)
    index = np.arange(np.prod(shape)).reshape(shape)
    equal, less, bound = [], [], []
    for k, y in np.ndindex(len(projects), horizon):
        equal.append(_row(index[k, :, y], index.size))
    for f, one in enumerate(payers):
        groups = [(index[:, f, y], one.per_year) for y in range(horizon)]
        groups.append((index[:, f].ravel(), one.total))
        for k, p in enumerate(projects):
            open_to = not p.financiers or one.id in p.financiers
            groups.append((index[k, f], one.largest_share * due[k].sum() if open_to else 0.0))
        for cells, most in groups:
            less.append(_row(cells, index.size))
            bound.append(most)
    rates = np.broadcast_to(np.array([f.return_rate for f in payers])[None, :, None], shape)
    found = linprog(
        rates.ravel(), A_ub=np.array(less), b_ub=bound, A_eq=np.array(equal), b_eq=due.ravel()
    )
    return float(found.fun) if found.status == 0 else None


def _row(cells: np.ndarray, size: int) -> np.ndarray:
    row = np.zeros(size)
    row[cells] = 1.0
    return row


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_no_other_plan_serves_more(seed: int) -> None:
    horizon, first = 4, 2030
    projects, payers = drawn(seed)

    def service(starts: tuple[int | None, ...]) -> float:
        return sum(
            (p.cost or 0.0) * (horizon - s - p.years + 1)
            for s, p in zip(starts, projects, strict=True)
            if s is not None
        )

    ranked = sorted(every_start(projects, first, horizon), key=service, reverse=True)
    best = next(s for s in ranked if cheapest(projects, payers, s, horizon) is not None)
    assert best != ranked[0], "money does not bind: the test would prove nothing"
    plan = allocate(projects, payers, first_year=first, horizon=horizon)
    assert plan.service == pytest.approx(service(best), rel=2e-4)
    chosen = tuple(None if (y := plan.starts[p.id]) is None else y - first for p in projects)
    least = cheapest(projects, payers, chosen, horizon)
    asked = sum(f.return_rate * plan.used[f.id] for f in payers)
    assert asked == pytest.approx(least, rel=1e-6)


def test_without_a_payer_its_projects_wait_for_others() -> None:
    projects = [project("ours", financiers=("f",)), project("any")]
    payers = [payer("f", 200, 100), payer("g", 100, 50, return_rate=0.09)]
    found = compare(projects, payers, ["f"], first_year=2030, horizon=6)
    assert found.everybody.starts == {"ours": 2030, "any": 2030}
    # A list that held only the payer who left must not come to mean "anybody".
    assert found.without.starts == {"ours": None, "any": 2030}
    assert found.years_gained == {"ours": 6, "any": 0}
    assert found.earlier == ("ours",)
    assert found.without.used["f"] == 0


@pytest.mark.slow
def test_fifty_projects_are_planned_within_five_seconds() -> None:
    import time

    rng = np.random.default_rng(0)
    cost = np.exp(rng.normal(np.log(5000.0), 1.0, 50))
    projects = [
        project(f"p{k}", float(c), int(rng.integers(2, 8)), earliest=2026 + int(rng.integers(0, 5)))
        for k, c in enumerate(cost)
    ]
    totals = 0.6 * cost.sum() * rng.dirichlet(np.ones(10))
    payers = [
        payer(f"f{f}", float(t), float(t) / 6, largest_share=0.6) for f, t in enumerate(totals)
    ]
    clock = time.perf_counter()
    plan = allocate(projects, payers, first_year=2026, horizon=15)
    assert time.perf_counter() - clock < 5.0
    assert plan.violation <= 1e-6
    assert plan.gap < 0.1
