"""The bundled case is valid, sourced, neutral, and says what its ledger says."""

from __future__ import annotations

import re

import pytest

from countervail.scenario.read import (
    bundled_scenarios,
    read_scenario,
    scenario_notices,
    scenario_text,
)
from countervail.scenario.schema import Scenario


@pytest.fixture(scope="module")
def case() -> Scenario:
    return read_scenario("canada-2026")


@pytest.mark.parametrize("name", bundled_scenarios())
def test_every_bundled_scenario_is_valid(name: str) -> None:
    assert read_scenario(name).title


def test_it_is_the_case_of_canada_and_the_united_states(case: Scenario) -> None:
    assert (case.protagonist, case.coercer, case.world) == ("CAN", ("USA",), "world-2023")
    assert case.ladder.rates == (0.10, 0.25, 0.35, 0.50, 1.00)
    assert case.ladder.cut_off
    assert len({entry.id for entry in (*case.threats, *case.deals, *case.claims)}) == sum(
        map(len, (case.threats, case.deals, case.claims))
    )


def test_every_entry_has_a_title_and_a_source(case: Scenario) -> None:
    for entry in (*case.threats, *case.deals):
        assert entry.title, entry.id
        assert entry.sources, entry.id
    for claim in case.claims:
        assert claim.test or (claim.evidence and claim.evidence.sources), claim.id


def test_every_threat_is_computed_or_says_why_not(case: Scenario) -> None:
    for threat in case.threats:
        assert (threat.rate is not None and threat.sectors) or threat.not_quantified, threat.id
        assert threat.bound != "upper" or "upper bound" in (threat.note or "").lower(), threat.id
        note = threat.note or ""
        assert threat.coverage == 1.0 or "exempt" in note or "Coverage:" in note, threat.id


def test_no_deal_or_threat_is_left_without_a_figure(case: Scenario) -> None:
    """Solved in `tests/channels/test_the_founding_case_is_quantified.py`; here: none opts out."""
    assert not [entry.id for entry in (*case.threats, *case.deals) if entry.not_quantified]


def test_every_sum_of_money_has_currency_year_and_basis(case: Scenario) -> None:
    amounts = {deal.id: deal.amount for deal in case.deals if deal.amount}
    assert set(amounts) == {"uae-pledge", "qatar-investment", "pension-ventures"}
    for amount in amounts.values():
        assert re.fullmatch(r"(tn|bn|m) [A-Z]{3}", amount.unit)
        assert amount.year
    assert amounts["qatar-investment"].basis == "claimed"
    assert amounts["uae-pledge"].basis == "published"
    assert amounts["pension-ventures"].basis == "illustrative"


def test_the_dates_and_rates_are_those_of_the_sources(case: Scenario) -> None:
    threats = {threat.id: threat for threat in case.threats}
    assert str(threats["ieepa-goods"].ended) == "2026-02-20"
    assert threats["s122-surcharge"].rate == 0.10
    assert threats["s122-surcharge"].duration_days == 150
    assert threats["tariff-100"].rate == 1.0
    assert str(threats["tariff-100"].announced) == "2026-01-24"
    assert {t.id for t in case.threats if t.authority == "Section 338, Tariff Act of 1930"} == {
        "s338-autos",
        "s338-alcohol",
        "s338-dairy",
    }
    products = {
        term.product: term
        for term in {deal.id: deal for deal in case.deals}["china-arrangement"].tariff
    }
    cars, canola = products["electric cars"], products["canola seed"]
    assert cars.quota
    assert (cars.before, cars.after, cars.quota.value) == (1.061, 0.061, 49000)
    assert (canola.before, canola.after) == (0.848, 0.149)


def test_every_party_is_a_region_and_what_a_world_cannot_show_is_said(case: Scenario) -> None:
    assert not scenario_notices(case)
    said = " ".join(scenario_notices(case.model_copy(update={"world": "world-2014"})))
    assert "Qatar (QAT)" in said
    assert "United Arab Emirates (ARE)" in said


def test_nobody_is_named() -> None:
    text = scenario_text("canada-2026")[0].lower()
    for word in ("carney", "trump", "biden", "trudeau", "emir ", "xi jinping"):
        assert word not in text


def test_no_claim_is_judged_without_saying_so(case: Scenario) -> None:
    findings = {claim.id: claim.evidence.finding for claim in case.claims if claim.evidence}
    assert findings["twenty-billion"] == "unsourced"
    assert findings["cover"] == "contradicted"
    assert findings["first-visit"] == "supported"
    assert {claim.id for claim in case.claims if claim.test} >= {"impossible-to-corner"}
