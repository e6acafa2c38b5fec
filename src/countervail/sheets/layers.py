"""The layers behind the economy as pages of a brief: capital, projects, energy routes, ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from countervail.brief.rows.channels import (
    CapitalPage,
    CapitalRow,
    PipelinePage,
    RouteNetworkRow,
    TiesPage,
    WithdrawalRow,
)
from countervail.brief.rows.plain import from_plain
from countervail.channels import say
from countervail.channels.capital.investment import capital_stock
from countervail.channels.capital.pipeline_rows import pipeline_page
from countervail.channels.capital.positions import Positions
from countervail.channels.capital_withdrawal import divested, withdrawal_of
from countervail.channels.case import Layers
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.solve import solve_batch
from countervail.leverage.coercion.ladder import sides
from countervail.leverage.effect import effect
from countervail.parameters import parameter
from countervail.scenario.schema import Scenario
from countervail.sheets.worlds import side_name
from countervail.world.borders import is_rest
from countervail.world.core import World

LAYERS = ("capital", "routes", "ties")
"""The layers that a run can look at in their own right."""

HORIZONS = ("short", "medium", "long")
_OTHERS = 3  # origins besides the coercer whose withdrawal is computed

Told = Callable[[str, int, int], None] | None


def layer_pages(
    world: World,
    scenario: Scenario,
    closure: Closure,
    asked: Sequence[str],
    progress: Told = None,
) -> dict[str, Any]:
    """The fields of ``Results`` about the layers in ``asked``."""
    layers = Layers.of(world, scenario)
    makers: dict[str, Callable[[World, Scenario, Closure, Layers], dict[str, Any]]] = {
        "capital": _capital,
        "routes": _routes,
        "ties": _ties,
    }
    found: dict[str, Any] = {}
    wanted = [name for name in LAYERS if name in asked]
    for n, name in enumerate(wanted, 1):
        found |= makers[name](world, scenario, closure, layers)
        if progress is not None:
            progress("layers", n, len(wanted))
    return found


def _capital(world: World, scenario: Scenario, closure: Closure, layers: Layers) -> dict[str, Any]:
    """Who holds the protagonist's capital, and what it would do if they withdrew a part."""
    target, _ = sides(world, scenario)
    owned = layers.positions
    n = world.regions.index(target)
    names = world.labels.region_names
    rows = tuple(
        CapitalRow(
            origin=str(row["origin"]),
            origin_name=str(row["origin_name"]),
            stock_bn=float(row["stock_bn"]),
            share_percent=float(row["share_percent"]),
            capital_percent=float(row["capital_percent"]),
            status=str(row["status"]),
            source=owned.source_of(target, str(row["origin"])),
        )
        for row in owned.table(target).to_dict("records")
    )
    page = CapitalPage(
        host=target,
        host_name=names.get(target, target),
        year=owned.year,
        total_bn=float(owned.inward[n]) / 1000,
        capital_bn=float(capital_stock(world)[:, n].sum()) / 1000,
        net_position_bn=float(owned.outward[n] - owned.inward[n]) / 1000,
        concentration=owned.concentration(target),
        rows=rows,
        withdrawals=_withdrawals(world, scenario, closure, owned, rows),
        note=" ".join(owned.notes),
        sources=owned.sources,
    )
    plans = pipeline_page(world, scenario, closure)
    pipeline = None if plans is None else from_plain(PipelinePage, plans, "pipeline")
    return {"capital": page, "pipeline": pipeline}


def _withdrawals(
    world: World,
    scenario: Scenario,
    closure: Closure,
    owned: Positions,
    rows: Sequence[CapitalRow],
) -> tuple[WithdrawalRow, ...]:
    """The coercer's at every horizon, then at the scenario's own those of the largest others."""
    target, coercer = sides(world, scenario)
    part = divested(scenario.ladder.withdrawal or None)
    others = [r.origin for r in rows if r.origin not in coercer and not is_rest(r.origin)]
    asked = [(tuple(coercer), h) for h in dict.fromkeys((scenario.horizon, *HORIZONS))]
    asked += [((origin,), scenario.horizon) for origin in others[:_OTHERS]]
    names, group = world.labels.region_names, side_name(world, scenario.coercer)
    worn = parameter("capital.depreciation").value
    found = []
    for origins, horizon in asked:
        taken = withdrawal_of(world, target, origins, part, owned)
        stock = part * sum(owned.stock(target, o) for o in origins) / 1000
        (outcome,) = solve_batch(
            world, [taken.shock], Closure.of_horizon(horizon), workers=1, on_failure="record"
        )
        solved = isinstance(outcome, Outcome)
        harm = effect(outcome, (target,)) if isinstance(outcome, Outcome) else (None, None)
        cost = effect(outcome, origins) if isinstance(outcome, Outcome) else (None, None)
        found.append(
            WithdrawalRow(
                origin="+".join(origins),
                origin_name=names.get(origins[0], origins[0]) if len(origins) == 1 else group,
                share_percent=100 * part,
                stock_bn=stock,
                net_bn=None if harm[1] is None else harm[1] - worn * stock,
                harm_percent=harm[0],
                harm_bn=harm[1],
                cost_percent=cost[0],
                cost_bn=cost[1],
                horizon=horizon,
                certificate=outcome.certificate.worst if isinstance(outcome, Outcome) else None,
                note="" if solved else "No certified equilibrium.",
            )
        )
    return tuple(found)


def _routes(world: World, scenario: Scenario, closure: Closure, layers: Layers) -> dict[str, Any]:
    """The networks that the protagonist sells over."""
    from countervail.channels.routes.rows import brief_routes

    target, coercer = sides(world, scenario)
    own = {name: network for name, network in layers.routes.items() if target in network.suppliers}
    shown = replace(layers.routes, networks=own)
    rows = brief_routes(shown, coercer, target) if own else []
    return {"routes": tuple(from_plain(RouteNetworkRow, row, "routes") for row in rows)}


def _ties(world: World, scenario: Scenario, closure: Closure, layers: Layers) -> dict[str, Any]:
    """Whom the protagonist reaches without the coercer, before and after the deals."""
    from countervail.channels.ties.report import ties_report
    from countervail.channels.ties.rows import ties_page

    target, coercer = sides(world, scenario)
    who = say.the(side_name(world, scenario.coercer))
    report = ties_report(layers.ties, target, list(coercer), scenario.deals)
    return {"ties": from_plain(TiesPage, ties_page(report, who), "ties")}
