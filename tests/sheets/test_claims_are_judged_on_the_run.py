"""The founding case's claims: every figure is found, variants differ, evidence stands by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import countervail as cv
from countervail.brief.questions import verdicts as words
from countervail.brief.results import Results
from countervail.scenario.figures import catalogue
from countervail.scenario.variants import Variant
from countervail.sheets.strategy import Strategy
from countervail.sheets.verdicts import figures_of, judged, needed


@cache
def case() -> tuple[cv.Scenario, Results, Strategy]:
    scenario = cv.read_scenario("canada-2026")
    results = cv.run(scenario, measures=needed(scenario)).results
    strategy = cv.weigh_deals(scenario)
    assert strategy is not None
    return scenario, results, strategy


def test_the_measures_that_claims_need_are_found() -> None:
    assert set(needed(case()[0])) == {"capital", "ties"}


def test_every_figure_of_the_catalogue_is_there_or_says_what_it_needs() -> None:
    scenario, results, strategy = case()
    for name, figure in figures_of(scenario, results, strategy).items():
        if figure.value is None:
            assert figure.about.endswith(")"), name
    have = {n for n, f in figures_of(scenario, results, strategy).items() if f.value is not None}
    assert {n for n in catalogue(scenario) if n.startswith(("exposure", "harm", "deal."))} <= have


def test_figures_are_those_of_the_run() -> None:
    scenario, results, strategy = case()
    found = figures_of(scenario, results, strategy)
    cut = next(
        row
        for row in results.ladder
        if (row.rate, row.horizon, row.retaliation, row.energy)
        == (None, "medium", "none", "included")
        and "ithdrawal" not in row.rung
    )
    assert found["harm.cut_off"].value == cut.harm_percent
    after = found["exposure.after"]
    assert after.value == pytest.approx(np.mean(after.draws), abs=1e-12)
    assert len(after.draws) == 1000
    total = sum(found[f"contribution.{deal.id}.peace"].value or 0.0 for deal in scenario.deals)
    assert total == pytest.approx(found["welfare.after"].value, abs=1e-9)


def test_a_variant_without_any_deal_is_the_status_quo() -> None:
    scenario, results, strategy = case()
    none = Variant(id="none", says="no deal", deals=())
    found = figures_of(scenario, results, strategy, none)
    assert found["exposure.after"].value == pytest.approx(found["exposure.before"].value, abs=1e-12)
    every = Variant(id="all", says="all", in_full=tuple(d.id for d in scenario.deals))
    full = figures_of(scenario, results, strategy, every)
    assert full["exposure.after"].value == pytest.approx(full["exposure.all_delivered"].value)


def test_a_variant_reaches_projects_and_ties() -> None:
    scenario, results, strategy = case()
    run = figures_of(scenario, results, strategy)
    names = [n for n in run if n.startswith(("projects.", "reach."))]
    every = figures_of(scenario, results, strategy, Variant(id="all", says="every deal"))
    assert {n: every[n] for n in names} == {n: run[n] for n in names}
    # Without the partners' deals nothing can start earlier; without any deal there is no after.
    none = figures_of(scenario, results, strategy, Variant(id="none", says="no deal", deals=()))
    assert run["projects.started_earlier"].value != 0
    assert none["projects.started_earlier"].value == 0
    for what in ("mediators", "gdp", "mediators.direct", "gdp.direct"):
        assert none[f"reach.{what}.after"].value == none[f"reach.{what}.before"].value
    assert none["reach.mediators.direct.after"].value < run["reach.mediators.direct.after"].value


def test_a_variant_reads_every_deal_anew_or_not_at_all() -> None:
    scenario, results, strategy = case()
    claim = scenario.claims[0].model_copy(
        update={"test": "contribution.uae-pledge.peace < 9 and portfolio.exposure < 9"}
    )
    asked = scenario.model_copy(update={"claims": (claim,)})
    only = Variant(id="v", says="one deal for certain", deals=("uae-pledge",), in_full="uae-pledge")
    found = figures_of(asked, results, strategy, only)
    alone = strategy.contributions.row("uae-pledge", "peace").alone
    for name in ("contribution.uae-pledge.peace", "welfare.after", "welfare.all_delivered"):
        assert found[name].value == pytest.approx(alone, abs=1e-9), name
    assert found["contribution.china-arrangement.peace"].value == 0.0
    assert found["deal.uae-pledge.delivery"].value == 1.0
    assert found["deal.uae-pledge.expected"].value == found["deal.uae-pledge.full"].value
    assert "does not count" in found["deal.china-arrangement.delivery"].about
    for name in ("portfolio.exposure", "sequence.best"):
        assert found[name].value is None
        assert "not computed again" in found[name].about
    (row,) = judged(asked.model_copy(update={"variants": (only,)}), results, strategy)
    assert (row.verdict, row.variants[0].verdict) == ("supported", "not testable")


def test_ranges_of_the_rows_are_those_of_the_figures() -> None:
    scenario, results, strategy = case()
    found = figures_of(scenario, results, strategy)
    for deal in results.deals:
        odds = found[f"deal.{deal.id}.delivery"]
        assert (odds.value, odds.low, odds.high) == (
            deal.delivery,
            deal.delivery_low,
            deal.delivery_high,
        )
    assert any(deal.delivery_low != deal.delivery_high for deal in results.deals)


def test_what_has_no_figure_says_why() -> None:
    scenario, results, strategy = case()
    first = replace(results.threats[0], harm_percent=None, not_quantified="Its terms are unknown.")
    assert results.pipeline is not None
    never = replace(results.pipeline.projects[0], start_all=None)
    page = replace(results.pipeline, projects=(never,))
    found = figures_of(scenario, replace(results, threats=(first,), pipeline=page), strategy)
    assert "(Its terms are unknown)" in found[f"threat.{first.id}.harm"].about
    assert "(it does not start within the plan)" in found[f"projects.{never.id}.start"].about
    bare = scenario.model_copy(update={"deals": (), "variants": (), "sequence": None})
    alone = figures_of(bare, results, None)
    assert "no deals" in alone["exposure.after"].about
    assert alone["exposure.before"].value == alone["harm.cut_off"].value is not None


def test_verdicts_are_those_of_tests_or_of_evidence_and_never_change() -> None:
    scenario, results, strategy = case()
    rows = judged(scenario, results, strategy)
    assert rows == judged(scenario, results, strategy) == results.claims
    for claim, row in zip(scenario.claims, rows, strict=True):
        assert row.verdict in row.VERDICTS
        if claim.test is None:
            assert claim.evidence is not None
            assert row.verdict == claim.evidence.finding
        else:
            assert row.sides
        # Every test of this case names a figure that changes with the deals.
        assert len(row.variants) == (len(scenario.variants) if claim.test else 0)


def test_without_the_measure_a_claim_is_not_testable_and_says_what_it_needs() -> None:
    scenario, results, strategy = case()
    row = next(
        r
        for r in judged(scenario, replace(results, ties=None), strategy)
        if r.id == "mediators-reach"
    )
    assert row.verdict == "not testable"
    assert "`ties`" in words.rests_on(row)


def test_every_number_in_the_words_is_composed_from_the_row() -> None:
    _, results, _ = case()
    row = next(r for r in results.claims if r.id == "impossible-to-corner")
    left, _, right = row.sides[0]
    moved = replace(row, sides=((replace(left, value=1.234), "<=", replace(right, value=56.7)),))
    assert "1.23" in words.rests_on(moved)
    assert "56.7" in words.rests_on(moved)
    assert words.finding(results).startswith(f"Of {len(results.claims)} claims")
