"""Whose money builds which project when: a mixed-integer programme, checked after it is solved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from countervail.channels.arguments import each_a, names_in, whole
from countervail.channels.capital.pipeline import (
    LONGEST,
    Financier,
    Project,
    check_pipeline,
)
from countervail.errors import FlowError, UnknownLabelError, nearest, require_kind

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

RULE = (
    "First as many years of service within the plan as the money buys, each project's weighted by "
    "its cost (its last year of building counts as one); then, with those starts, the cheapest "
    "money. Costs are paid evenly over the years of building."
)
"""What the allocation seeks, in words."""

_GAP = 1e-4
_TOLERANCE = 1e-6
_LIMIT_S = 4.0
_SMALL = 300  # possible starts; up to here the search goes on until the best plan is proven
_NODES = 20_000
"""Seconds of search; what is not proven best by then is handed out with its gap."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """Which projects start when, and who pays.

    ``starts``: the first year of building by project, None where it does not start within the
    plan; ``finance`` (project, financier, year): million USD; ``service``: the objective, million
    USD x years; ``gap``: how far it may lie below the best (relative); ``violation``: the largest
    one of any cost balance, budget or share, recomputed from ``finance`` and relative to the
    largest cost.
    """

    projects: tuple[Project, ...]
    financiers: tuple[Financier, ...]
    first_year: int
    horizon: int
    starts: dict[str, int | None]
    finance: Array
    service: float
    gap: float
    violation: float

    def finished(self, project: str) -> int | None:
        """The first year of service of a project; None where it does not start."""
        place = self._place(project)
        start = self.starts[project]
        return None if start is None else start + self.projects[place].years

    def paid_for(self, project: str) -> dict[str, float]:
        """Who pays how much for a project, million USD, largest first."""
        return _largest_first(self.financiers, self.finance[self._place(project)].sum(1))

    def _place(self, project: str) -> int:
        known = [p.id for p in self.projects]
        require_kind(project, "the project", str, repr(known[0]) if known else "'line'")
        if project not in known:
            raise UnknownLabelError(
                f"there is no project {project!r} in this plan.", nearest(project, known)
            )
        return known.index(project)

    @property
    def used(self) -> dict[str, float]:
        """What each financier pays in all, million USD."""
        paid = self.finance.sum((0, 2))
        return {f.id: float(v) for f, v in zip(self.financiers, paid, strict=True)}

    @property
    def table(self) -> pd.DataFrame:
        """One row per payment: project, financier, year, million_usd."""
        import pandas as pd

        rows = np.argwhere(self.finance > 0)
        return pd.DataFrame(
            {
                "project": [self.projects[p].id for p, _, _ in rows],
                "financier": [self.financiers[f].id for _, f, _ in rows],
                "year": [self.first_year + int(y) for _, _, y in rows],
                "million_usd": [float(self.finance[p, f, y]) for p, f, y in rows],
            }
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same projects with all money and without some of it.

    ``years_gained``: by project, how much earlier it starts with all money; where it starts with
    all money only, the years from then to the end of the plan (a lower bound). Negative where
    money that leaves lets another project go first.
    """

    everybody: Allocation
    without: Allocation
    left_out: tuple[str, ...]

    @property
    def years_gained(self) -> dict[str, int]:
        """Years by project; 0 where it starts in neither plan."""
        end = self.everybody.first_year + self.everybody.horizon
        late = {k: end if y is None else y for k, y in self.without.starts.items()}
        soon = {k: end if y is None else y for k, y in self.everybody.starts.items()}
        return {k: late[k] - soon[k] for k in soon}

    @property
    def earlier(self) -> tuple[str, ...]:
        """Projects that start earlier, or at all, with all money."""
        return tuple(k for k, years in self.years_gained.items() if years > 0)


def allocate(
    projects: Sequence[Project],
    financiers: Sequence[Financier],
    *,
    first_year: int,
    horizon: int = 15,
) -> Allocation:
    """Starts and finance of ``projects`` over ``horizon`` years from ``first_year``.

    Maximises service, sum over projects of cost x (years of the plan after building + 1), then
    minimises returns asked, sum of rate x money, with the starts found. A project starts at most
    once, is built without a break and within the plan, after what it needs; its yearly cost is
    paid in full; no financier pays above its yearly and total budget, outside its years or above
    its largest share of one project. Money is committed as it is spent, year by year: budgets are
    known by the year, and a single large project would otherwise never fit one.

    Projects without a cost do not start. Where there are more than 300 possible starts the search
    ends at the root of its tree, so that the same input gives the same plan, or after four
    seconds if the machine is too slow for that; ``gap`` says how much better a plan could be.

    Raises what ``check_pipeline`` raises, ``OptionError`` for a year or a horizon that is no whole
    number (a plan has 1 to 100 years), and ``FlowError`` where no solution could be certified.

    Source: definition of this program; solved by HiGHS through SciPy.
    """
    check_pipeline(projects, financiers)
    first_year = whole(first_year, "first_year", 1, 9999, "first_year=2026")
    horizon = whole(horizon, "horizon", 1, LONGEST, "horizon=15")
    plan = _Plan(tuple(projects), tuple(financiers), first_year, horizon)
    if not plan.starts:
        finance = np.zeros((len(projects), len(financiers), horizon))
        none = dict.fromkeys((p.id for p in projects), None)
        return Allocation(
            plan.projects, plan.financiers, first_year, horizon, none, finance, 0.0, 0.0, 0.0
        )
    first = plan.solve(plan.service_weights(), None)
    chosen = np.round(first.x[: len(plan.starts)])
    cheapest = plan.solve(plan.cost_weights(), chosen)
    return plan.result(chosen, cheapest.x, float(first.mip_gap or 0.0))


def compare(
    projects: Sequence[Project],
    financiers: Sequence[Financier],
    without: Iterable[str],
    *,
    first_year: int,
    horizon: int = 15,
) -> Comparison:
    """``allocate`` with all financiers and without those whose ids are in ``without``.

    Raises as ``allocate``, and ``UnknownLabelError`` for an id that no financier has.
    """
    left = names_in(without, "without", "['uae']")
    known = [f.id for f in each_a(financiers, "financiers", Financier, "financiers=[...]")]
    for name in left:
        if name not in known:
            raise UnknownLabelError(f"there is no financier {name!r}.", nearest(name, known))
    everybody = allocate(projects, financiers, first_year=first_year, horizon=horizon)
    return Comparison(everybody, reduced(everybody, left), left)


def reduced(full: Allocation, without: Iterable[str]) -> Allocation:
    """The allocation of the same projects when some financiers pay nothing."""
    left = set(without)
    if not left & {f.id for f in full.financiers}:
        return full
    rest = [f for f in full.financiers if f.id not in left]
    # Projects keep their lists of who may pay, less those who are gone; an emptied list must not
    # come to mean "all".
    projects = [_without(p, left) for p in full.projects]
    found = allocate(projects, rest, first_year=full.first_year, horizon=full.horizon)
    finance = np.zeros_like(full.finance)
    kept = [k for k, f in enumerate(full.financiers) if f.id not in left]
    finance[:, kept] = found.finance
    return Allocation(
        full.projects,
        full.financiers,
        full.first_year,
        full.horizon,
        found.starts,
        finance,
        found.service,
        found.gap,
        found.violation,
    )


def _without(project: Project, left: set[str]) -> Project:
    from dataclasses import replace

    if not project.financiers:
        return project
    kept = tuple(f for f in project.financiers if f not in left)
    return replace(project, financiers=kept, cost=project.cost if kept else None)


def _largest_first(financiers: Sequence[Financier], paid: Array) -> dict[str, float]:
    pairs = [(f.id, float(v)) for f, v in zip(financiers, paid, strict=True) if v > 0]
    return dict(sorted(pairs, key=lambda pair: -pair[1]))


def _in_a_year(payer: Financier) -> float:
    """What it can pay in one year: finite, since HiGHS takes some rows without bounds for false."""
    return min(payer.per_year, payer.total)


class _Plan:
    """The programme: binary starts (project, year), then money (project, financier, year)."""

    def __init__(
        self,
        projects: tuple[Project, ...],
        financiers: tuple[Financier, ...],
        first_year: int,
        horizon: int,
    ) -> None:
        self.projects, self.financiers = projects, financiers
        self.first_year, self.horizon = first_year, horizon
        self._unit = max((p.cost for p in projects if p.cost), default=1.0)
        startable = {p.id for p in projects if p.cost is not None}
        self.starts = [
            (k, t)
            for k, p in enumerate(projects)
            if p.id in startable
            for t in range(max(0, (p.earliest or first_year) - first_year), horizon - p.years + 1)
        ]
        self.money = [
            (k, f, t)
            for k, p in enumerate(projects)
            for f, payer in enumerate(financiers)
            if not p.financiers or payer.id in p.financiers
            for t in sorted({t0 + u for j, t0 in self.starts if j == k for u in range(p.years)})
            if self._pays(payer, t)
        ]

    def service_weights(self) -> Array:
        """Minus the service that each start brings."""
        weights = np.zeros(len(self.starts) + len(self.money))
        for c, (k, t) in enumerate(self.starts):
            weights[c] = -self._cost(k) * (self.horizon - t - self.projects[k].years + 1)
        return weights

    def cost_weights(self) -> Array:
        """What each payment asks for a year."""
        weights = np.zeros(len(self.starts) + len(self.money))
        for c, (_, f, _) in enumerate(self.money):
            weights[len(self.starts) + c] = self.financiers[f].return_rate
        return weights

    def solve(self, weights: Array, chosen: Array | None) -> Any:
        """The best solution by HiGHS; ``chosen``: starts that are held."""
        from scipy.optimize import Bounds, milp

        count = len(self.starts)
        low, high = np.zeros(len(weights)), np.full(len(weights), np.inf)
        high[:count] = 1.0
        if chosen is not None:
            low[:count] = high[:count] = chosen
        found = milp(
            weights,
            integrality=np.r_[np.full(count, chosen is None), np.zeros(len(self.money))],
            bounds=Bounds(low, high),
            constraints=self._constraints(),
            options={
                "mip_rel_gap": _GAP,
                "node_limit": _NODES if count <= _SMALL else 1,
                "time_limit": _LIMIT_S,
            },
        )
        if found.x is None:
            raise FlowError(
                f"no plan of finance was found: {found.message}",
                "Try a shorter plan or fewer projects.",
            )
        return found

    def result(self, chosen: Array, solution: Array, gap: float) -> Allocation:
        """The solution with its certificate; ``FlowError`` where it does not hold."""
        starts: dict[str, int | None] = dict.fromkeys((p.id for p in self.projects), None)
        for (k, t), on in zip(self.starts, chosen, strict=True):
            if on:
                starts[self.projects[k].id] = self.first_year + t
        finance = np.zeros((len(self.projects), len(self.financiers), self.horizon))
        paid = np.maximum(solution[len(self.starts) :], 0.0)
        for (k, f, t), value in zip(self.money, paid, strict=True):
            finance[k, f, t] = value * self._unit if value > 1e-12 else 0.0
        violation = self._violation(starts, finance) / self._unit
        if violation > _TOLERANCE:
            raise FlowError(
                f"a plan of finance breaks its own limits by {violation:.1e} of the largest cost.",
                "Please report it with the scenario.",
            )
        service = -float(self.service_weights()[: len(self.starts)] @ chosen) * self._unit
        return Allocation(
            self.projects,
            self.financiers,
            self.first_year,
            self.horizon,
            starts,
            finance,
            service,
            gap,
            violation,
        )

    def _constraints(self) -> list[Any]:
        """Once at most; paid in full; shares; budgets by year and in all; prerequisites."""
        rows = _Rows(len(self.starts) + len(self.money))
        begin = {key: c for c, key in enumerate(self.starts)}
        pay = {key: len(self.starts) + c for c, key in enumerate(self.money)}
        payers = range(len(self.financiers))
        for k, project in enumerate(self.projects):
            own = [(t, begin[k, t]) for j, t in self.starts if j == k]
            rows.add([(c, 1.0) for _, c in own], -np.inf, 1.0)
            for year in range(self.horizon):
                due = [
                    (c, -self._cost(k) / project.years)
                    for t, c in own
                    if 0 <= year - t < project.years
                ]
                paid = [(pay[k, f, year], 1.0) for f in payers if (k, f, year) in pay]
                rows.add([*due, *paid], 0.0, 0.0)
            for f, payer in enumerate(self.financiers):
                given = [(pay[k, f, y], 1.0) for y in range(self.horizon) if (k, f, y) in pay]
                if payer.largest_share < 1 and given:
                    most = -payer.largest_share * self._cost(k)
                    rows.add([*given, *((c, most) for _, c in own)], -np.inf, 0.0)
            self._after_needs(rows, k, own, begin)
        for f, payer in enumerate(self.financiers):
            of_all = []
            for year in range(self.horizon):
                of_year = [
                    (pay[k, f, year], 1.0) for k in range(len(self.projects)) if (k, f, year) in pay
                ]
                rows.add(of_year, -np.inf, _in_a_year(payer) / self._unit)
                of_all += of_year
            rows.add(of_all, -np.inf, payer.total / self._unit)
        self._all_money(rows, begin)
        return [rows.constraint()]

    def _all_money(self, rows: _Rows, begin: dict[tuple[int, int], int]) -> None:
        """Costs against everybody's money, by year and in all.

        Implied by the other rows; said of starts alone it bounds them better, and the search is
        faster.
        """
        every = [(begin[k, t], self._cost(k)) for k, t in self.starts]
        rows.add(every, -np.inf, sum(f.total for f in self.financiers) / self._unit)
        for year in range(self.horizon):
            due = [
                (begin[k, t], self._cost(k) / self.projects[k].years)
                for k, t in self.starts
                if 0 <= year - t < self.projects[k].years
            ]
            paid = sum(_in_a_year(f) for f in self.financiers if self._pays(f, year))
            rows.add(due, -np.inf, paid / self._unit)

    def _after_needs(
        self,
        rows: _Rows,
        k: int,
        own: list[tuple[int, int]],
        begin: dict[tuple[int, int], int],
    ) -> None:
        for name in self.projects[k].needs:
            j = next(i for i, p in enumerate(self.projects) if p.id == name)
            ready = self.projects[j].years
            for year, _ in own:
                by_now = [(c, 1.0) for t, c in own if t <= year]
                before = [
                    (begin[j, t], -1.0) for i, t in self.starts if i == j and t + ready <= year
                ]
                rows.add([*by_now, *before], -np.inf, 0.0)

    def _violation(self, starts: dict[str, int | None], finance: Array) -> float:
        """The largest excess over any limit, million USD."""
        worst = 0.0
        for k, project in enumerate(self.projects):
            due = np.zeros(self.horizon)
            start = starts[project.id]
            if start is not None and project.cost is not None:
                t = start - self.first_year
                due[t : t + project.years] = project.cost / project.years
            worst = max(worst, float(np.abs(finance[k].sum(0) - due).max()))
            for name in project.needs:
                needed = next(p for p in self.projects if p.id == name)
                began = starts[name]
                if start is not None and (began is None or began + needed.years > start):
                    worst = np.inf
            shares = [f.largest_share * due.sum() for f in self.financiers]
            worst = max(worst, float((finance[k].sum(1) - shares).max(initial=0.0)))
        for f, payer in enumerate(self.financiers):
            worst = max(worst, float(finance[:, f].sum()) - payer.total)
            worst = max(worst, float(finance[:, f].sum(0).max(initial=0.0)) - payer.per_year)
        return worst

    def _cost(self, k: int) -> float:
        return (self.projects[k].cost or 0.0) / self._unit

    def _pays(self, payer: Financier, t: int) -> bool:
        year = self.first_year + t
        return (payer.first_year or year) <= year <= (payer.last_year or year)


class _Rows:
    """Rows of a sparse linear constraint, collected one by one."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._cells: tuple[list[int], list[int], list[float]] = ([], [], [])
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        """low <= sum of factor x variable <= high; an empty sum says nothing."""
        if not terms:
            return
        for column, factor in terms:
            self._cells[0].append(len(self._low))
            self._cells[1].append(column)
            self._cells[2].append(factor)
        self._low.append(low)
        self._high.append(high)

    def constraint(self) -> Any:
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        rows, columns, values = self._cells
        matrix = csr_array((values, (rows, columns)), shape=(len(self._low), self._columns))
        return LinearConstraint(matrix, self._low, self._high)
