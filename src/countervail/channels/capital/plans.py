"""The plan of finance with everybody's money and without some of it, for one scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from countervail.channels.capital.allocation import Allocation, Comparison, allocate, reduced
from countervail.channels.capital.pipeline import Financier, Project, pipeline_of
from countervail.scenario.schema import Scenario
from countervail.world.core import World

HORIZON = 15
"""Years that a plan looks ahead."""


@dataclass(frozen=True, eq=False)
class Plans:
    """Four plans for the same projects.

    ``coercer``: ids of financiers whose region is the coercer's; ``partners``: of those that a
    deal brings. The plans: with all of them, without the one, without the other, without both.
    """

    everybody: Allocation
    without_coercer: Allocation
    without_partners: Allocation
    without_both: Allocation
    coercer: tuple[str, ...]
    partners: tuple[str, ...]

    @property
    def instead(self) -> Comparison:
        """What the partners' money changes where the coercer's stays away."""
        return Comparison(self.without_coercer, self.without_both, self.partners)


def plans_of(
    world: World, scenario: Scenario, *, first_year: int | None = None, horizon: int = HORIZON
) -> Plans:
    """Which projects of ``scenario`` start when, with and without the coercer and new partners.

    ``first_year``: of the plan (None: the year of the scenario's ``as_of``, else the earliest
    start that a project names, else the base year). Amounts are taken in full, whatever their
    chance of delivery; a financier whose deal is withdrawn pays nothing. Raises as
    ``pipeline_of`` and ``allocate``.
    """
    projects, financiers = pipeline_of(world, scenario)
    gone = {deal.id for deal in scenario.deals if deal.status == "withdrawn"}
    financiers = tuple(
        replace(f, total=0.0, per_year=0.0) if f.deal in gone else f for f in financiers
    )
    theirs = {r for name in scenario.coercer for r in world.labels.resolve_regions(name)}
    coercer = tuple(f.id for f in financiers if f.region in theirs)
    partners = tuple(f.id for f in financiers if f.deal)
    first = _first_year(world, scenario, projects) if first_year is None else first_year
    everybody = allocate(projects, financiers, first_year=first, horizon=horizon)
    return Plans(
        everybody,
        reduced(everybody, coercer),
        reduced(everybody, partners),
        reduced(everybody, (*coercer, *partners)),
        coercer,
        partners,
    )


def stalled_by(plan: Allocation, project: Project) -> str:
    """Why ``project`` starts later than it could under ``plan``, or not; empty where it does not.

    ``project``: one of the plan's.
    """
    if project.cost is None:
        return "its cost is not known"
    start = plan.starts[project.id]
    could = max(plan.first_year, project.earliest or plan.first_year)
    end = plan.first_year + plan.horizon - 1
    if could + project.years - 1 > end:
        return f"built from {could}, it would not be finished by {end}"
    late = [name for name in project.needs if (plan.finished(name) or end + 1) > could]
    if start is None:
        missing = [name for name in project.needs if plan.starts[name] is None]
        if missing:
            return f"it needs {_titles(plan, missing)}, which is not built within the plan"
        return _money(plan.financiers, project)
    if start == could:
        return ""
    # Where a prerequisite is ready just when it starts, that is what held it.
    if late and start == max(plan.finished(name) or start for name in late):
        return f"it waits for {_titles(plan, late)}"
    return f"money: it could start in {could}"


def _money(financiers: Iterable[Financier], project: Project) -> str:
    assert project.cost is not None
    may = [
        f
        for f in financiers
        if f.total > 0 and (not project.financiers or f.id in project.financiers)
    ]
    if not may:
        return "nobody who may pay for it has money"
    most = sum(min(f.largest_share * project.cost, f.total) for f in may)
    if most < project.cost:
        return f"those who may pay for it have {100 * most / project.cost:.0f} % of its cost"
    return "money: what there is builds more elsewhere, or comes too slowly"


def _titles(plan: Allocation, names: Iterable[str]) -> str:
    title = {p.id: p.title or p.id for p in plan.projects}
    return " and ".join(title[name] for name in names)


def _first_year(world: World, scenario: Scenario, projects: tuple[Project, ...]) -> int:
    if scenario.as_of is not None:
        return scenario.as_of.year
    named = [p.earliest for p in projects if p.earliest is not None]
    return min(named, default=world.base_year or 1)
