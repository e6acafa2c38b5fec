"""The measures of leverage of one scenario, as the plain rows that its brief is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from countervail.brief.rows.leverage import (
    BypassRow,
    CoalitionRow,
    DemandRow,
    ExposureRow,
    FrontierRow,
    FrontierSectorRow,
    PoleRow,
    PowerMatrix,
    ScreenRow,
)
from countervail.channels.arguments import names_in
from countervail.channels.capital.positions import Positions
from countervail.channels.case import Layers
from countervail.equilibrium.closure import Closure
from countervail.errors import InputError, OptionError, SolveError, nearest
from countervail.leverage.coercion.bargaining import Demand, demands
from countervail.leverage.coercion.exposure import Exposure, ExposureCell, exposure
from countervail.leverage.coercion.frontier import CAPITAL, Frontier, FrontierPoint, frontier
from countervail.leverage.coercion.ladder import sides
from countervail.leverage.effect import effect
from countervail.leverage.games.optimal_tariff import optimal_tariff
from countervail.leverage.power.coalition import CoalitionPower, coalition_power
from countervail.leverage.power.matrix import Power, power
from countervail.leverage.power.multipolarity import Poles, multipolarity
from countervail.leverage.power.screens import screens
from countervail.leverage.search.levers import WITHDRAWAL
from countervail.scenario.schema import Scenario
from countervail.sheets.layers import LAYERS, layer_pages
from countervail.world import borders, registry
from countervail.world.core import World

MEASURES = ("exposure", "frontier", "power", "demand", *LAYERS)
"""What a run measures besides ladder and deals: leverage, and the layers behind the economy."""

SEED = 0
"""From which the fresh searches of a run draw their starts."""

_THREATS = ("tariff", "export-tax", "export-ban", "cut-off")
_RATE = 0.25
_SUPPLIERS = 4  # besides the coercer in the coalition that is looked at
_UNION = "EU"
_BLOCS = ("USMCA", "EU", "EFTA", "ASEAN", "GCC", "MERCOSUR")
_PLURALS = {"tariff": "tariffs", "export-tax": "export taxes"}
_WITHDRAWN = "withdrawal of up to {:.0f} % of its direct investment in the target"
_SCREENS = {
    "cms": ("Loss of variety in imports (Clayton, Maggiori and Schreger)", "percent, 100 × log"),
    "liu_yang": ("Balance of imports over elasticity (Liu and Yang)", "percent of product"),
    "dependence": ("Trade over product (Hirschman)", "percent of product"),
    "asymmetry": ("Asymmetry of trade over product", "percent of product"),
    "first_order": ("First order of the same model", "percent per 1 % of trade cost"),
}

Told = Callable[[str, int, int], None] | None


def wanted(measures: Sequence[str] | None) -> tuple[str, ...]:
    """The measures asked for (None: all), each once; ``OptionError`` names one not offered."""
    if measures is None:
        return MEASURES
    measures = names_in(measures, "measures", "['power', 'routes']")
    for name in measures:
        if name not in MEASURES:
            raise OptionError(
                f"measures: {name!r} is not offered; {', '.join(MEASURES)} are.",
                nearest(name, MEASURES),
            )
    return tuple(name for name in MEASURES if name in measures)


def measure(
    world: World,
    scenario: Scenario,
    measures: Sequence[str],
    workers: int | None = None,
    progress: Told = None,
) -> dict[str, Any]:
    """The fields of ``Results`` that the measures fill, at the scenario's own horizon.

    ``notices`` among them says what could not be computed, and why.
    """
    closure = Closure.of_horizon(scenario.horizon)
    target, coercer = sides(world, scenario)
    found: dict[str, Any] = {}
    risk = None
    if "exposure" in measures or "demand" in measures:
        risk = _risk(world, scenario, target, coercer, workers, progress)
    if risk is not None and "exposure" in measures:
        found |= _exposures(risk)
    if "frontier" in measures:
        found |= _frontiers(world, scenario, closure, target, coercer, workers, progress)
    if "power" in measures:
        matrix = power(world, closure, workers=workers, progress=_stage(progress, "power"))
        found |= _power(matrix, target, coercer)
        found["poles"] += _poles_of_union(world, closure, workers, progress)
        try:
            found |= _coalition(matrix, scenario, target, coercer, workers)
        except SolveError as error:  # without every subset there is no share of any
            said = f"What the coercer could do with other suppliers was not computed: {error.cause}"
            found["notices"] = (said,)
    if risk is not None and "demand" in measures:
        found["demands"] = _demands(risk)
    return found | layer_pages(world, scenario, closure, measures, progress)


def _stage(progress: Told, stage: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(stage, done, total)


# -- exposure and demand ------------------------------------------------------------


def _risk(
    world: World,
    scenario: Scenario,
    target: str,
    coercer: Sequence[str],
    workers: int | None,
    progress: Told,
) -> Exposure:
    """Every threat at every horizon of the ladder; the best response, slow, at the main one."""
    every = dict.fromkeys((scenario.horizon, *scenario.ladder.horizons))
    positions = _positions(world, scenario)
    parts = [
        exposure(
            world,
            target,
            coercer,
            instruments=_instruments(world, scenario, target, coercer),
            rate=_RATE,
            sectors=list(scenario.ladder.sectors),
            horizons=horizons,
            retaliation=answers,
            withdrawal=scenario.ladder.withdrawal or None,
            positions=positions,
            workers=workers,
            progress=_stage(progress, stage),
        )
        for horizons, answers, stage in (
            (tuple(every), ("none", "proportional"), "exposure"),
            ((scenario.horizon,), ("best-response",), "best response"),
        )
    ]
    return replace(parts[0], cells=(*parts[0].cells, *parts[1].cells))


def _positions(world: World, scenario: Scenario) -> Positions | None:
    """Who has invested what where, if the ladder asks what its withdrawal does."""
    if scenario.ladder.withdrawal is False:
        return None
    return Layers.of(world, scenario).positions


def _instruments(
    world: World, scenario: Scenario, target: str, coercer: Sequence[str]
) -> tuple[str, ...]:
    """The threats that can be made; a detour only where the coercer shares a land border.

    Withdrawal of capital where the scenario's ladder has that rung.
    """
    neighbours = any(borders.share_a_border(world.labels, target, c) for c in coercer)
    others: tuple[str, ...] = ("transit-denial",) if neighbours else ()
    if scenario.ladder.withdrawal is not False:
        others += ("capital-withdrawal",)
    return (*_THREATS[:-1], *others, _THREATS[-1])


def _exposures(found: Exposure) -> dict[str, Any]:
    names = tuple(field.name for field in fields(ExposureRow))
    return {
        "exposures": tuple(
            ExposureRow(**{name: getattr(cell, name) for name in names}) for cell in found.cells
        ),
        "bypass": tuple(BypassRow(h, value) for h, value in found.bypass_percent.items()),
    }


def _demands(found: Exposure) -> tuple[DemandRow, ...]:
    """The tariff, then one thing changed at a time: exposure, what is unknown, the threat."""
    first = found.cells[0].horizon
    cells = {c.instrument: c for c in found.cells if (c.horizon, c.retaliation) == (first, "none")}
    rows: list[DemandRow] = []
    for instrument in ("tariff", "cut-off"):
        cell = cells.get(instrument)
        if cell is None or cell.exposure_bn is None or cell.cost_bn is None:
            continue
        strip = demands(cell.exposure_bn, cell.cost_bn)
        central = strip[0].noise_share
        for one in strip:
            known = one.noise_share == central
            if known and one.fall == 0:
                rows.append(_demand(cell, one, cell.label))
            elif known and instrument == "tariff":
                rows.append(_demand(cell, one, f"Exposure {100 * one.fall:.0f} % lower"))
            elif one.fall == 0 and instrument == "tariff":
                noise = 100 * (one.noise_share or 0.0)
                rows.append(_demand(cell, one, f"{noise:.0f} % of it unknown"))
    return tuple(rows)


def _demand(cell: ExposureCell, one: Demand, case: str) -> DemandRow:
    assert cell.exposure_bn is not None
    assert cell.exposure_percent is not None
    percent_per_bn = cell.exposure_percent / cell.exposure_bn if cell.exposure_bn else 0.0
    return DemandRow(
        case=case,
        noise_percent=100 * (one.noise_share or 0.0),
        exposure_bn=one.exposure_bn,
        cost_bn=one.cost_bn,
        demand_bn=one.demand_bn,
        demand_percent=None if one.demand_bn is None else one.demand_bn * percent_per_bn,
        accept_percent=100 * one.accept,
        rupture_percent=100 * one.rupture,
        regime=one.regime,
    )


# -- frontier -----------------------------------------------------------------------


def _frontiers(
    world: World,
    scenario: Scenario,
    closure: Closure,
    target: str,
    coercer: Sequence[str],
    workers: int | None,
    progress: Told,
) -> dict[str, Any]:
    """The frontier of all that can be set, that of tariffs alone, and what answers change."""
    every: tuple[str, ...] = ("tariff", "export-tax")
    positions = _positions(world, scenario)
    if positions is not None:
        every += (WITHDRAWAL,)
    both, alone = (
        frontier(
            world,
            coercer,
            target,
            points=points,
            instruments=instruments,
            sectors=list(scenario.ladder.sectors),
            withdrawal=scenario.ladder.withdrawal or None,
            positions=positions,
            closure=closure,
            seed=SEED,
            workers=workers,
            progress=_stage(progress, stage),
        )
        for points, instruments, stage in (
            (10, every, "frontier"),
            (5, ("tariff",), "tariffs only"),
        )
    )
    low, high = both.bounds
    words = " and ".join(_PLURALS[name] for name in both.instruments if name in _PLURALS)
    return {
        "frontier": _frontier_rows(both, answered=True),
        "frontier_tariffs": _frontier_rows(alone),
        "frontier_sectors": _carried_rows(both),
        "frontier_terms": both.note
        or f"{words} by sector, added to the rates of the base, between {100 * low:g} and "
        f"{100 * high:g} %; {_drawn(scenario)}{scenario.horizon} run",
    }


def _frontier_rows(found: Frontier, answered: bool = False) -> tuple[FrontierRow, ...]:
    rows = []
    for n, p in enumerate(found.points, 1):
        harm = cost = None
        if answered and p.asked_percent is not None:
            harm, cost = _answered(found, p)
        rows.append(
            FrontierRow(
                point=n,
                role=p.role,
                cost_percent=p.cost_percent,
                cost_bn=p.cost_bn,
                harm_percent=p.harm_percent,
                harm_bn=p.harm_bn,
                asked_percent=p.asked_percent,
                certificate=p.outcome.certificate.worst,
                gap_percent=p.gap,
                note=p.note,
                answered_cost_percent=cost,
                answered_harm_percent=harm,
            )
        )
    return tuple(rows)


def _drawn(scenario: Scenario) -> str:
    part = scenario.ladder.withdrawal
    return "" if part is False else f"{_WITHDRAWN.format(100 * part)}; "


def _answered(found: Frontier, point: FrontierPoint) -> tuple[float | None, float | None]:
    """(harm, cost) of a point if the target answers with the import tariffs best for it."""
    sectors = sorted({lever.sector for lever in found.levers.levers if lever.sector is not None})
    shock = found.levers.shock(point.rates)
    try:
        answer = optimal_tariff(
            found.world,
            found.target,
            found.coercer,
            vary="sector",
            sectors=sectors,
            given=shock,
            closure=found.closure,
            searches=1,
        )
    except (SolveError, InputError):  # nothing to tax, or no equilibrium on the way: no figure
        return None, None
    harm, _ = effect(answer.outcome, (found.target,))
    cost, _ = effect(answer.outcome, found.coercer)
    return harm, cost


def _carried_rows(found: Frontier) -> tuple[FrontierSectorRow, ...]:
    named = {**found.world.labels.sector_names, CAPITAL: "Direct investment"}
    return tuple(
        FrontierSectorRow(
            point=n,
            sector=row["sector"],
            sector_name=named.get(row["sector"], row["sector"]),
            instrument=row["instrument"],
            rate=row["rate_percent"] / 100,
            harm_percent=row["harm_percent"],
            cost_percent=row["cost_percent"],
        )
        for n, point in enumerate(found.points, 1)
        if point.role != "traced"
        for row in found.carried(point).to_dict("records")
    )


# -- power --------------------------------------------------------------------------


def _power(found: Power, target: str, coercer: Sequence[str]) -> dict[str, Any]:
    world = found.world
    names = world.labels.region_names
    loss = found.loss.values
    rows = tuple(
        tuple(
            None if n == m or not np.isfinite(loss[n, m]) else float(loss[n, m])
            for m in range(len(found.regions))
        )
        for n in range(len(found.regions))
    )
    return {
        "power": PowerMatrix(
            regions=tuple(found.regions),
            names=tuple(names.get(r, r) for r in found.regions),
            blocs=tuple(_bloc(world, r) for r in found.regions),
            loss_percent=rows,
            income_bn=tuple(float(v) for v in found.income_bn.values),
            closure=found.closure.describe(),
            notes=tuple((n, m, note) for (n, m), note in found.notes.items()),
        ),
        "poles": _pole_rows(found),
        "screens": _screens(found, target, coercer) if len(coercer) == 1 else (),
    }


def _poles_of_union(
    world: World, closure: Closure, workers: int | None, progress: Told
) -> tuple[PoleRow, ...]:
    """The poles with the members of the customs union merged, since they set one tariff."""
    members = world.region_groups.get(_UNION, ())
    if len(members) < 2:
        return ()
    merged = world.aggregate(regions={_UNION: list(members)})
    matrix = power(merged, closure, workers=workers, progress=_stage(progress, "power, EU"))
    return tuple(
        replace(row, measure=f"{row.measure}, {_UNION} as one") for row in _pole_rows(matrix)
    )


def _pole_rows(found: Power) -> tuple[PoleRow, ...]:
    count = multipolarity(found.world, found)
    names = found.world.labels.region_names
    measured = {"GDP": count.gdp, "trade": count.trade, "coercive power": count.coercive_power}
    return tuple(_pole(name, p, names) for name, p in measured.items() if p is not None)


def _bloc(world: World, region: str) -> str:
    return next((b for b in _BLOCS if region in world.region_groups.get(b, ())), "")


def _pole(measure: str, found: Poles, names: Any) -> PoleRow:
    return PoleRow(
        measure=measure,
        poles=found.poles,
        entropy_poles=found.entropy_poles,
        concentration=found.con,
        first=names.get(found.first, found.first),
        first_percent=100 * found.first_share,
        second=names.get(found.second, found.second),
        second_percent=100 * found.second_share,
    )


def _screens(found: Power, target: str, coercer: Sequence[str]) -> tuple[ScreenRow, ...]:
    made = screens(found.world, found.closure)
    ranked = made.rank_correlation(found, target).to_dict("index")
    n, m = (found.world.regions.index(r) for r in (target, coercer[0]))
    rows = []
    for name, (title, unit) in _SCREENS.items():
        if name == "first_order":
            value = float(found.first_order.sel(target=target, coercer=coercer[0]))
        else:
            value = float(made.plain[name][n, m])
        rows.append(
            ScreenRow(
                screen=name,
                title=title,
                value=value if np.isfinite(value) else None,
                unit=unit,
                rank_correlation=_number(ranked[name]["overall"]),
                rank_correlation_target=_number(ranked[name]["within_target"]),
            )
        )
    return tuple(rows)


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _coalition(
    found: Power,
    scenario: Scenario,
    target: str,
    coercer: Sequence[str],
    workers: int | None,
) -> dict[str, Any]:
    """The coercer with those who could hurt the target most after it, each for itself."""
    losses = found.loss.sel(target=target).to_series().drop([target, *coercer])
    largest = losses[[r for r in losses.index if not borders.is_rest(r)]].nlargest(_SUPPLIERS)
    others = [str(r) for r in largest[largest > 0].index]
    if not others:
        return {}
    names: list[str] = list(scenario.coercer) if len(coercer) > 1 else [coercer[0]]
    together: CoalitionPower = coalition_power(
        found.world, target, [*names, *others], found.closure, workers=workers
    )
    alone = {e.members[0]: e.loss_percent for e in together.effects if len(e.members) == 1}
    shapley = together.shapley.to_series()
    called = found.world.labels.region_names
    groups = registry.groups("region")
    return {
        "coalition": tuple(
            CoalitionRow(
                member=member,
                member_name=called.get(member, groups[member].name if member in groups else member),
                alone_percent=alone[member],
                shapley_percent=float(shapley[member]),
            )
            for member in together.members
        ),
        "coalition_percent": max(
            e.loss_percent for e in together.effects if len(e.members) == len(together.members)
        ),
    }
