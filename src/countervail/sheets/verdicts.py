"""Verdicts on the claims of a scenario: its figures by name, and what each test makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.brief.results import Results
from countervail.brief.rows.claims import ClaimRow, SideRow, VariantVerdict
from countervail.channels.capital.plans import plans_of
from countervail.channels.case import Layers
from countervail.channels.ties.measures import STEPS, reach
from countervail.scenario.deals import Claim
from countervail.scenario.expression import names, parse
from countervail.scenario.figures import FigureName, catalogue, measures_of, rung_name
from countervail.scenario.schema import Scenario
from countervail.scenario.variants import Variant
from countervail.sheets.strategy import Strategy
from countervail.strategy.futures import mask_of
from countervail.strategy.verdicts import Figure, Verdict, judge

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Found:
    """A figure as found: its value, that in every future or its range; or why there is none."""

    value: float | None
    draws: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    why: str = ""


def figures_of(
    scenario: Scenario, results: Results, strategy: Strategy | None, variant: Variant | None = None
) -> dict[str, Figure]:
    """Every figure that a claim may name, as this run has it.

    ``variant``: under which deals count; figures that no variant changes are as in the run, and
    those that would have to be searched for again are absent.
    Raises ``UnknownLabelError`` for a variant that names no deal of the scenario.
    """
    found = {**_ladder(results), **_entries(results), **_layers(results), **_observed(results)}
    if strategy is not None:
        found |= _strategy(results, strategy, variant, tuple(d.id for d in scenario.deals))
        if variant is not None:
            found |= _counted(scenario, results, strategy, variant)
            found |= _anew(scenario, strategy, variant, found)
    made = {}
    for name, known in catalogue(scenario).items():
        one = found.get(name, _Found(None))
        about = known.about
        if one.value is None:
            about = f"{known.about} ({one.why.rstrip('.') or _absent(known, scenario, results)})"
        made[name] = Figure(name, one.value, known.unit, one.draws, one.low, one.high, about)
    return made


def _absent(known: FigureName, scenario: Scenario, results: Results) -> str:
    """Why a run has no such figure, and what gives it."""
    ran = {
        "capital": results.capital is not None,
        "frontier": bool(results.frontier),
        "routes": bool(results.routes),
        "ties": results.ties is not None,
    }
    if known.measure and not ran[known.measure]:
        return f"it needs the measure `{known.measure}`"
    if known.of_deals and not scenario.deals:
        return "the scenario has no deals"
    return "no figure in this run"


def judged(scenario: Scenario, results: Results, strategy: Strategy | None) -> tuple[ClaimRow, ...]:
    """Every claim of the scenario with its verdict, also for each variant that can differ."""
    base = figures_of(scenario, results, strategy)
    known = catalogue(scenario)
    readings = {
        variant.id: (variant, figures_of(scenario, results, strategy, variant))
        for variant in (scenario.variants if strategy is not None else ())
    }
    rows = []
    for claim in scenario.claims:
        row = _row(claim, base)
        if claim.test is not None:
            used = {name.name for name in names(parse(claim.test))}
            if any(known[name].of_deals for name in used):
                row = _with_variants(row, claim.test, readings.values())
        rows.append(row)
    return tuple(rows)


def needed(scenario: Scenario) -> tuple[str, ...]:
    """The measures of a run that the scenario's claims name figures of."""
    return measures_of(_named(scenario), catalogue(scenario))


def _named(scenario: Scenario) -> list[str]:
    """The figures that the scenario's claims name."""
    return [
        name.name
        for claim in scenario.claims
        if claim.test is not None
        for name in names(parse(claim.test))
    ]


def _row(claim: Claim, figures: Mapping[str, Figure]) -> ClaimRow:
    evidence = claim.evidence
    verdict = None if claim.test is None else judge(claim.test, figures)
    outcome = verdict.outcome if verdict is not None else "not testable"
    if evidence is not None and (verdict is None or outcome == "not testable"):
        outcome = evidence.finding  # type: ignore[assignment]
    return ClaimRow(
        id=claim.id,
        says=claim.says,
        test=claim.test or "",
        verdict=outcome,
        evidence=evidence.statement if evidence else "",
        sources=evidence.sources if evidence else (),
        sides=() if verdict is None else _sides(verdict),
        holds=None if verdict is None else verdict.holds,
        reason="" if verdict is None else verdict.reason,
        figures=_figures(claim, figures),
    )


def _figures(claim: Claim, figures: Mapping[str, Figure]) -> tuple[tuple[str, str], ...]:
    """Name and meaning of each figure that the test names."""
    if claim.test is None:
        return ()
    used = dict.fromkeys(name.name for name in names(parse(claim.test)))
    return tuple((name, figures[name].about) for name in used)


def _with_variants(
    row: ClaimRow, test: str, readings: Iterable[tuple[Variant, Mapping[str, Figure]]]
) -> ClaimRow:
    made = []
    for variant, figures in readings:
        verdict = judge(test, figures)
        made.append(
            VariantVerdict(
                variant.id,
                variant.says,
                verdict.outcome,
                _sides(verdict),
                verdict.holds,
                verdict.reason,
            )
        )
    return replace(row, variants=tuple(made))


def _sides(verdict: Verdict) -> tuple[tuple[SideRow, str, SideRow], ...]:
    return tuple(
        (SideRow(**vars(left)), sign, SideRow(**vars(right))) for left, sign, right in verdict.sides
    )


# -- figures of a run, by name ------------------------------------------------------


def _ladder(results: Results) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for row in results.ladder:
        if (row.horizon, row.retaliation, row.energy) != (results.horizon, "none", "included"):
            continue
        rung = row.rung.lower()
        name = rung_name(row.rate) if row.rate is not None else "cut_off"
        if "withdrawal" in rung:
            name = "withdrawal"
        found[f"harm.{name}"] = _Found(row.harm_percent)
        found[f"cost.{name}"] = _Found(row.cost_percent)
    if "harm.cut_off" in found:
        # A strategy, where there is one, puts in their place what stands without its deals.
        harm = found["harm.cut_off"]
        left = None if harm.value is None else 100.0 - harm.value
        found |= {"harm.cut_off.before": harm, "exposure.before": harm}
        found["bypass_share.before"] = _Found(left)
    return found


def _entries(results: Results) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for threat in results.threats:
        why = threat.not_quantified
        found[f"threat.{threat.id}.harm"] = _Found(threat.harm_percent, why=why)
        found[f"threat.{threat.id}.cost"] = _Found(threat.cost_percent, why=why)
    for deal in results.deals:
        coercer = deal.coercer_percent
        values = {
            "full": deal.full_percent,
            "expected": deal.expected_percent,
            "threat": deal.threat_percent,
            "coercer": None if coercer is None else -coercer,
            "full_bn": deal.full_bn,
            "net_bn": deal.full_bn if deal.net_bn is None else deal.net_bn,
        }
        found |= {
            f"deal.{deal.id}.{part}": _Found(value, why=deal.not_quantified)
            for part, value in values.items()
        }
        odds = _Found(deal.delivery, low=deal.delivery_low, high=deal.delivery_high)
        found[f"deal.{deal.id}.delivery"] = odds
    return found


def _observed(results: Results) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    page = results.observed
    if page is None:
        return found
    for row in page.forecasts:
        if (row.id, row.horizon) == ("all", results.horizon):
            found["threats.harm"] = _Found(row.harm_percent)
    for entry in page.rows:
        at = f"observed.{entry.id}"
        found[f"{at}.value"] = _Found(entry.observed, low=entry.low, high=entry.high)
        found[f"{at}.predicted"] = _Found(entry.predicted, why=entry.reason)
    return found


def _layers(results: Results) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for point in results.frontier:
        if point.asked_percent == 0:
            found["frontier.free"] = _Found(point.harm_percent)
    if results.capital is not None:
        sides = results.coercer.split("+")
        theirs = [row.share_percent for row in results.capital.rows if row.origin in sides]
        found["capital.share"] = _Found(sum(share or 0.0 for share in theirs) if theirs else None)
        main = [w for w in results.capital.withdrawals if w.horizon == results.horizon]
        if main:
            found["capital.withdrawal"] = _Found(main[0].harm_percent)
    if results.pipeline is not None:
        found |= _projects(results)
    for network in results.routes:
        ratio = network.bypass_ratio
        found[f"routes.{network.id}.bypass"] = _Found(None if ratio is None else 100 * ratio)
    if results.ties is not None:
        for row in results.ties.reach:
            what = "mediators" if "mediators" in row.what else "gdp"
            at = f"reach.{what}" + (".direct" if row.steps == 1 else "")
            # Without deals there is no before: nothing comes after.
            before = row.after_percent if row.before_percent is None else row.before_percent
            found[f"{at}.before"] = _Found(before)
            found[f"{at}.after"] = _Found(row.after_percent)
    return found


def _projects(results: Results) -> dict[str, _Found]:
    page = results.pipeline
    assert page is not None
    unknown = {project.id: project.not_quantified for project in page.projects}
    found = _starts(
        page.first_year + page.horizon_years,
        {
            project.id: (project.start_all, project.start_without_partners)
            for project in page.projects
            if not project.not_quantified
        },
    )
    for name in (name for name, why in unknown.items() if why):
        for part in ("start", "start_without_partners"):
            found[f"projects.{name}.{part}"] = _Found(None, why=unknown[name])
    return found


def _starts(end: int, years: Mapping[str, tuple[int | None, int | None]]) -> dict[str, _Found]:
    """By project: the year of start with all money and without the partners'.

    ``end``: the first year after the plan; ``years`` None: not within the plan.
    """
    sooner, found = 0, {}
    for name, (start, without) in years.items():
        sooner += start is not None and start < (end if without is None else without)
        for part, year in (("start", start), ("start_without_partners", without)):
            why = "it does not start within the plan" if year is None else ""
            at = f"projects.{name}.{part}"
            found[at] = _Found(None if year is None else float(year), why=why)
    found["projects.started_earlier"] = _Found(float(sooner))
    return found


def _counted(
    scenario: Scenario, results: Results, strategy: Strategy, variant: Variant
) -> dict[str, _Found]:
    """Projects and ties that the claims name, where only the deals of ``variant`` count."""
    names = variant.counted(tuple(deal.id for deal in scenario.deals))
    measures = needed(scenario)
    found: dict[str, _Found] = {}
    if results.pipeline is not None and "capital" in measures:
        # A financier whose deal is withdrawn pays nothing.
        deals = tuple(
            deal if deal.id in names else deal.model_copy(update={"status": "withdrawn"})
            for deal in scenario.deals
        )
        plans = plans_of(strategy.world, scenario.model_copy(update={"deals": deals}))
        with_all, without = plans.everybody.starts, plans.without_partners.starts
        known = [p.id for p in plans.everybody.projects if not p.not_quantified]
        end = plans.everybody.first_year + plans.everybody.horizon
        found |= _starts(end, {name: (with_all[name], without[name]) for name in known})
    if results.ties is not None and "ties" in measures:
        ties = Layers.of(strategy.world, scenario).ties
        after = ties.after(deal for deal in scenario.deals if deal.id in names)
        for at, steps in (("", STEPS), (".direct", 1)):
            held = reach(after, results.protagonist, list(strategy.coercer), steps=steps)
            found[f"reach.mediators{at}.after"] = _Found(held.mediators_percent)
            found[f"reach.gdp{at}.after"] = _Found(held.gdp_percent)
    return found


def _strategy(
    results: Results, strategy: Strategy, variant: Variant | None, every: tuple[str, ...]
) -> dict[str, _Found]:
    """What depends on which deals are delivered, in every future."""
    measures = strategy.bundles.measures
    peace, threat, exposure = (measures.index(m) for m in ("peace", "threat", "exposure"))
    counted = every if variant is None else variant.counted(every)
    deals = strategy.bundles.deals
    nothing, whole = strategy.bundles.of([0, mask_of(deals, counted)])
    drawn = strategy.worth(counted, in_full=() if variant is None else variant.in_full)
    found = {
        "exposure.before": _Found(float(nothing[exposure])),
        "exposure.after": _mean(drawn[:, exposure]),
        "harm.cut_off.before": _Found(-float(nothing[threat])),
        "harm.cut_off.after": _mean(-drawn[:, threat]),
        "bypass_share.before": _Found(_left(nothing, peace, threat)),
        "bypass_share.after": _mean(100.0 * (100.0 + drawn[:, threat]) / (100.0 + drawn[:, peace])),
        "welfare.after": _mean(drawn[:, peace]),
        "welfare.all_delivered": _Found(float(whole[peace])),
        "exposure.all_delivered": _Found(float(whole[exposure])),
    }
    found |= _shares(strategy, strategy.contributions.in_futures)
    if strategy.portfolio is not None:
        best = strategy.portfolio.best.values
        found["portfolio.exposure"] = _Found(best["exposure"])
        found["portfolio.welfare"] = _Found(best["peace"])
    order = strategy.sequence
    if order is not None:
        cover = None if order.cover is None else order.cover.taken
        found |= {
            "sequence.best": _Found(order.best),
            "sequence.waiting": _Found(order.waiting),
            "sequence.taken": _Found(order.taken),
            "sequence.cover": _Found(cover),
        }
    return found


def _shares(strategy: Strategy, values: Array) -> dict[str, _Found]:
    """What each deal contributes; ``values`` (draw, deal, measure)."""
    found = {
        f"contribution.{deal}.{measure}": _mean(values[:, k, m])
        for k, deal in enumerate(strategy.bundles.deals)
        for m, measure in enumerate(strategy.bundles.measures)
        if ":" not in measure
    }
    for deal in strategy.idle:
        for measure in ("peace", "threat", "exposure"):
            found[f"contribution.{deal}.{measure}"] = _Found(0.0)
    return found


def _anew(
    scenario: Scenario, strategy: Strategy, variant: Variant, known: Mapping[str, _Found]
) -> dict[str, _Found]:
    """What each deal does as ``variant`` reads it; what it would have to search again is absent."""
    found = {
        name: _Found(None, why="it is not computed again for a variant")
        for name in known
        if name.startswith(("portfolio.", "sequence."))
    }
    every = tuple(deal.id for deal in scenario.deals)
    counted = variant.counted(every)
    for deal in every:
        at = f"deal.{deal}"
        if deal not in counted:
            uncounted = _Found(None, why="the deal does not count in this variant")
            found |= {f"{at}.delivery": uncounted, f"{at}.expected": uncounted}
        elif deal in variant.in_full:
            found |= {
                f"{at}.delivery": _Found(1.0),
                f"{at}.expected": known.get(f"{at}.full", _Found(None)),
            }
    if any(name.startswith("contribution.") for name in _named(scenario)):
        found |= _shares(strategy, strategy.shares(counted, in_full=variant.in_full))
    return found


def _mean(values: Array) -> _Found:
    return _Found(float(values.mean()), tuple(float(v) for v in values))


def _left(row: Array, peace: int, threat: int) -> float:
    """Real income that is left in a cut-off, percent of that in peace."""
    return 100.0 * (100.0 + float(row[threat])) / (100.0 + float(row[peace]))
