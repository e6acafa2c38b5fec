"""Verdicts on the claims of a scenario: its figures by name, and what each test makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.brief.claim_rows import ClaimRow, SideRow, VariantVerdict
from countervail.brief.results import Results
from countervail.scenario.deals import Claim
from countervail.scenario.expression import names, parse
from countervail.scenario.figures import catalogue, measures_of, rung_name
from countervail.scenario.schema import Scenario
from countervail.scenario.variants import Variant
from countervail.strategy.verdicts import Figure, Verdict, judge
from countervail.strategy_sheet import Strategy

Array = npt.NDArray[np.float64]

_ABSENT = "no figure in this run"


@dataclass(frozen=True)
class _Found:
    """A figure as found: its value, and its value in every future."""

    value: float | None
    draws: tuple[float, ...] = ()


def figures_of(
    scenario: Scenario, results: Results, strategy: Strategy | None, variant: Variant | None = None
) -> dict[str, Figure]:
    """Every figure that a claim may name, as this run has it.

    ``variant``: under which deals count; figures that no variant changes are as in the run.
    """
    found = {**_ladder(results), **_entries(results), **_layers(results), **_observed(results)}
    if strategy is not None:
        found |= _strategy(results, strategy, variant, tuple(d.id for d in scenario.deals))
    made = {}
    for name, known in catalogue(scenario).items():
        one = found.get(name, _Found(None))
        about = known.about
        if one.value is None:
            needed = f"it needs the measure `{known.measure}`" if known.measure else _ABSENT
            about = f"{known.about} ({needed})"
        made[name] = Figure(name, one.value, known.unit, one.draws, about=about)
    return made


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
    used = [
        name.name
        for claim in scenario.claims
        if claim.test is not None
        for name in names(parse(claim.test))
    ]
    return measures_of(used, catalogue(scenario))


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
                variant.id, variant.says, verdict.outcome, _sides(verdict), verdict.holds
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
    return found


def _entries(results: Results) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for threat in results.threats:
        found[f"threat.{threat.id}.harm"] = _Found(threat.harm_percent)
        found[f"threat.{threat.id}.cost"] = _Found(threat.cost_percent)
    for deal in results.deals:
        at = f"deal.{deal.id}"
        coercer = deal.coercer_percent
        found |= {
            f"{at}.full": _Found(deal.full_percent),
            f"{at}.expected": _Found(deal.expected_percent),
            f"{at}.threat": _Found(deal.threat_percent),
            f"{at}.coercer": _Found(None if coercer is None else -coercer),
            f"{at}.full_bn": _Found(deal.full_bn),
            f"{at}.net_bn": _Found(deal.full_bn if deal.net_bn is None else deal.net_bn),
            f"{at}.delivery": _Found(deal.delivery),
        }
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
        found[f"observed.{entry.id}.value"] = _Found(entry.observed)
        found[f"observed.{entry.id}.predicted"] = _Found(entry.predicted)
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
            found[f"{at}.before"] = _Found(row.before_percent)
            found[f"{at}.after"] = _Found(row.after_percent)
    return found


def _projects(results: Results) -> dict[str, _Found]:
    page = results.pipeline
    assert page is not None
    end = page.first_year + page.horizon_years
    sooner, found = 0, {}
    for project in page.projects:
        if project.not_quantified:
            continue
        start, without = project.start_all, project.start_without_partners
        sooner += start is not None and start < (end if without is None else without)
        at = f"projects.{project.id}"
        found[f"{at}.start"] = _Found(None if start is None else float(start))
        found[f"{at}.start_without_partners"] = _Found(None if without is None else float(without))
    found["projects.started_earlier"] = _Found(float(sooner))
    return found


def _strategy(
    results: Results, strategy: Strategy, variant: Variant | None, every: tuple[str, ...]
) -> dict[str, _Found]:
    """What depends on which deals are delivered, in every future."""
    measures = strategy.bundles.measures
    peace, threat, exposure = (measures.index(m) for m in ("peace", "threat", "exposure"))
    nothing, whole = strategy.bundles.of([0, 2 ** len(strategy.bundles.deals) - 1])
    counted = every if variant is None else variant.counted(every)
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
    values = strategy.contributions.in_futures
    for k, deal in enumerate(strategy.contributions.deals):
        for m, measure in enumerate(measures):
            if ":" not in measure:
                found[f"contribution.{deal}.{measure}"] = _mean(values[:, k, m])
    for deal in strategy.idle:
        for measure in ("peace", "threat", "exposure"):
            found[f"contribution.{deal}.{measure}"] = _Found(0.0)
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


def _mean(values: Array) -> _Found:
    return _Found(float(values.mean()), tuple(float(v) for v in values))


def _left(row: Array, peace: int, threat: int) -> float:
    """Real income that is left in a cut-off, percent of that in peace."""
    return 100.0 * (100.0 + float(row[threat])) / (100.0 + float(row[peace]))
