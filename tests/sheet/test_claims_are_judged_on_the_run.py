"""The founding case's claims: every figure is found, variants differ, evidence stands by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import countervail as cv
from countervail.brief import verdicts as words
from countervail.brief.results import Results
from countervail.scenario.figures import catalogue
from countervail.strategy_sheet import Strategy
from countervail.verdict_sheet import figures_of, judged, needed


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
            assert "needs the measure" in figure.about or "no figure" in figure.about, name
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
    from countervail.scenario.variants import Variant

    scenario, results, strategy = case()
    none = Variant(id="none", says="no deal", deals=())
    found = figures_of(scenario, results, strategy, none)
    assert found["exposure.after"].value == pytest.approx(found["exposure.before"].value, abs=1e-12)
    every = Variant(id="all", says="all", in_full=tuple(d.id for d in scenario.deals))
    full = figures_of(scenario, results, strategy, every)
    assert full["exposure.after"].value == pytest.approx(full["exposure.all_delivered"].value)


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
    by_id = {row.id: row for row in rows}
    assert len(by_id["impossible-to-corner"].variants) == len(scenario.variants)
    assert not by_id["mediators-reach"].variants


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
