"""Rows of predicted against observed: one for each entry, at every horizon, with agreement."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.brief.rows.observed import ObservedRow
from countervail.scenario.read import parse_scenario
from countervail.sheets.observed import agreement, observed_page, rank_correlation

CASE = """
title = "Two neighbours"
world = "world-2014"
protagonist = "AUS"
coercer = ["CHN"]

[ladder]
horizons = ["short", "medium"]

[[threat]]
id = "wine"
instrument = "import-tariff"
rate = 0.8
sectors = ["food"]
coverage = 0.3

[[threat]]
id = "fish"
instrument = "import-ban"
sectors = ["fishing"]
not_quantified = "The flow cannot hold it."

[[threat]]
id = "meat"
instrument = "import-ban"
sectors = ["food"]
coverage = 0.2
"""
SEEN = """
[[observed]]
id = "{id}"
says = "{id}"
figure = "{figure}"
value = {value}
unit = "{unit}"
period = "2021"
status = "general-knowledge"
"""


def seen(name: str, figure: str, value: float, unit: str = "percent", more: str = "") -> str:
    return SEEN.format(id=name, figure=figure, value=value, unit=unit) + more


def test_without_entries_there_is_no_page() -> None:
    assert observed_page(cv.load_world("world-2014"), parse_scenario(CASE)) is None


def test_rows_hold_what_the_threats_do() -> None:
    story = parse_scenario(
        CASE
        + seen("wine-lost", "exports-to-coercer", -90, more='threats = ["wine"]\nlow = -99\n')
        + seen("fish-lost", "exports-to-coercer", -90, more='threats = ["fish"]\n')
        + seen("lost", "net-export-loss", 1, "bn AUD", "usd = 0.5\nyear = 2014\n")
        + seen("income", "real-income", -0.01)
    )
    world = cv.load_world("world-2014")
    page = observed_page(world, story)
    assert page is not None
    wine, fish, lost, income = page.rows
    assert set(wine.horizons) == {"short", "medium"}
    assert wine.predicted == wine.medium
    assert wine.medium is not None
    assert wine.short is not None
    assert -100 < wine.medium < wine.short < 0
    assert wine.ratio == pytest.approx(wine.medium / -90)
    assert wine.within is (wine.medium <= -90 and wine.medium >= -99)
    assert fish.predicted is None
    assert fish.reason == "The flow cannot hold it."
    assert (lost.observed, lost.unit, lost.within) == (0.5, "bn USD", None)
    # All threats with figures at once, as one shock.
    every = next(f for f in page.forecasts if (f.id, f.horizon) == ("all", "medium"))
    assert income.predicted == pytest.approx(-every.harm_percent)
    assert every.loss_bn == pytest.approx(
        sum(f.loss_bn for f in page.forecasts if f.horizon == "medium" and f.id != "all"), rel=1e-3
    )
    assert page.left_out == (("fish", "The flow cannot hold it."),)
    assert max(f.certificate for f in page.forecasts) < 1e-9


def test_threats_that_cannot_be_at_once_give_the_reason() -> None:
    text = CASE.replace("coverage = 0.2", "coverage = 0.9") + seen("income", "real-income", -0.01)
    page = observed_page(cv.load_world("world-2014"), parse_scenario(text))
    assert page is not None
    assert page.rows[0].predicted is None
    assert "1.2 times all that CHN buys of food from AUS" in page.rows[0].reason


def row(told: float, observed: float, threats: tuple[str, ...] = ("a",)) -> ObservedRow:
    return ObservedRow("r", "r", threats, "output", "percent", observed, predicted=told)


def test_agreement_by_hand() -> None:
    (found,) = agreement([row(1, 2), row(2, 3), row(-1, 5), row(9, 9, ("a", "b"))])
    assert (found.rows, found.signs) == (3, 2)
    assert found.error == pytest.approx((1 + 1 + 6) / 3)
    assert found.rank == pytest.approx(-0.5)
    assert agreement([row(1, 2)]) == []


def test_no_rank_without_variation() -> None:
    assert rank_correlation(np.array([1.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0])) is None
    assert rank_correlation(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
