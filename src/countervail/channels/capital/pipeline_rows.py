"""The page of a brief about projects and who could pay for them, as plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from countervail.channels.capital.allocation import RULE, Allocation
from countervail.channels.capital.built import built
from countervail.channels.capital.pipeline import Financier, Project
from countervail.channels.capital.plans import HORIZON, Plans, plans_of, stalled_by
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import solve
from countervail.scenario.schema import Scenario
from countervail.world.core import World

_BN = 1000.0


def pipeline_page(
    world: World,
    scenario: Scenario,
    closure: Closure | None = None,
    *,
    horizon: int = HORIZON,
) -> dict[str, Any] | None:
    """A mapping with the fields of ``PipelinePage``; its rows are mappings too.

    ``closure``: under which the started projects are put into the economy (None: not solved,
    ``added_percent`` and ``added_bn`` are None). None where the scenario has no projects. Money in
    US$ bn of the base year. Raises as ``plans_of``, ``built`` and ``solve``.
    """
    if not scenario.projects:
        return None
    plans = plans_of(world, scenario, horizon=horizon)
    percent, bn = (None, None) if closure is None else added(world, scenario, plans, closure)
    plan = plans.everybody
    statuses = {deal.id: deal.status for deal in scenario.deals}
    return {
        "projects": tuple(_project_row(world, plans, p) for p in plan.projects),
        "financiers": tuple(_financier_row(plan, f, statuses) for f in plan.financiers),
        "horizon_years": plan.horizon,
        "first_year": plan.first_year,
        "rule": RULE,
        "added_percent": percent,
        "added_bn": bn,
        "gap": plan.gap,
        "note": _note(plans, closure is not None),
    }


def added(world: World, scenario: Scenario, plans: Plans, closure: Closure) -> tuple[float, float]:
    """What all started projects in place add to the protagonist's real income: percent, US$ bn.

    National income: what others' money earns has left. Raises as ``built`` and ``solve``.
    """
    plan = plans.everybody
    shock = built(world, plan, plan.projects, plan.financiers)
    if shock.is_empty:
        return 0.0, 0.0
    ours = [world.regions.index(r) for r in world.labels.resolve_regions(scenario.protagonist)]
    outcome = solve(world, shock, closure)
    gain = float(np.sum(outcome.equivalent_variation_million[ours]))
    income = float(np.sum(outcome.base.recomputed.income[ours]))
    return 100.0 * gain / income, gain / _BN


def _project_row(world: World, plans: Plans, project: Project) -> dict[str, Any]:
    title = {f.id: f.title for f in plans.everybody.financiers}
    paid = plans.everybody.paid_for(project.id)
    return {
        "id": project.id,
        "title": project.title,
        "cost_bn": None if project.cost is None else project.cost / _BN,
        "sectors": tuple(world.labels.sector_names.get(s, s) for s in project.into),
        "capacity": project.capacity,
        "earliest": project.earliest,
        "start_all": plans.everybody.starts[project.id],
        "start_without_coercer": plans.without_coercer.starts[project.id],
        "start_without_partners": plans.without_partners.starts[project.id],
        "financed": tuple((title[name], value / _BN) for name, value in paid.items()),
        "stalled_by": "" if project.not_quantified else stalled_by(plans.everybody, project),
        "not_quantified": project.not_quantified,
        "sources": project.sources,
    }


def _financier_row(
    plan: Allocation, payer: Financier, statuses: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "id": payer.id,
        "title": payer.title,
        "region": payer.region,
        "total_bn": payer.total / _BN,
        "used_bn": plan.used[payer.id] / _BN,
        "status": statuses.get(payer.deal, ""),
        "basis": payer.basis,
        "note": payer.note,
    }


def _note(plans: Plans, solved: bool) -> str:
    known = sum(p.cost is not None for p in plans.everybody.projects)
    plural = "" if known == 1 else "s"
    parts = [
        f"Of {known} project{plural} with a known cost, {_started(plans.everybody)} start with "
        "all money, "
        f"{_started(plans.without_coercer)} without the coercer's, "
        f"{_started(plans.without_partners)} without the new partners', "
        f"{_started(plans.without_both)} without either.",
        "Amounts are as the entries give them, not weighed by their chance of delivery; money that "
        "a deal brings is the deal's own, so the two effects do not add up.",
    ]
    if solved:
        parts.append(
            "Money from home is counted as if it had no other use, and what replaces worn-out "
            "capital is not subtracted: upper bounds."
        )
    worst = max(
        p.gap
        for p in (
            plans.everybody,
            plans.without_coercer,
            plans.without_partners,
            plans.without_both,
        )
    )
    if worst > 1e-3:
        parts.append(f"The worst of the four plans may lie {100 * worst:.2g} % below the best.")
    return " ".join(parts)


def _started(plan: Allocation) -> int:
    return sum(start is not None for start in plan.starts.values())
