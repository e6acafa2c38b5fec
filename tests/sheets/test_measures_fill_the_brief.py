"""A run's rows of leverage are those that the library gives for the same case."""

from __future__ import annotations

from functools import cache

import pytest

import countervail as cv
from countervail.brief.report import Brief
from countervail.scenario.read import parse_scenario

TEXT = """
title = "small"
world = "world-2014"
protagonist = "CAN"
coercer = ["USA"]
horizon = "medium"

[ladder]
rates = [0.25]
horizons = ["medium", "long"]
retaliation = ["none"]
energy = false
sectors = ["food", "motor-vehicles"]
"""


@cache
def brief() -> Brief:
    return cv.run(parse_scenario(TEXT), measures=("exposure", "frontier", "demand"))


def test_exposures_of_every_horizon_and_the_best_response_of_the_main_one() -> None:
    rows = brief().results.exposures
    assert {r.horizon for r in rows} == {"medium", "long"}
    assert {r.horizon for r in rows if r.retaliation == "best-response"} == {"medium"}
    (tariff,) = (
        r for r in rows if (r.instrument, r.horizon, r.retaliation) == ("tariff", "long", "none")
    )
    w = cv.load_world("world-2014")
    shock = cv.Shock(w).tariff("USA", "CAN", ["food", "motor-vehicles"], add=0.25)
    welfare = cv.solve(w, shock, cv.Closure.of_horizon("long")).welfare
    assert tariff.exposure_percent == pytest.approx(-float(welfare.sel(region="CAN")), abs=1e-9)
    assert {b.horizon for b in brief().results.bypass} == {"medium", "long"}


def test_the_frontier_answers_the_asked_prices_with_its_sectors() -> None:
    results = brief().results
    assert [r.point for r in results.frontier] == list(range(1, len(results.frontier) + 1))
    assert results.frontier[0].role == "own-optimum"
    assert results.frontier[-1].role == "largest"
    answered = {r.asked_percent for r in results.frontier if r.asked_percent is not None}
    assert 0.0 in answered
    for row in results.frontier:
        parts = [p for p in results.frontier_sectors if p.point == row.point]
        if row.role == "traced":
            assert not parts
        else:
            assert sum(p.harm_percent for p in parts) == pytest.approx(row.harm_percent, abs=1e-3)
    assert "tariffs and export taxes" in results.frontier_terms


def test_demands_start_from_the_tariff_and_change_one_thing_at_a_time() -> None:
    results = brief().results
    first, *others = results.demands
    (tariff,) = (
        r
        for r in results.exposures
        if (r.instrument, r.horizon, r.retaliation) == ("tariff", "medium", "none")
    )
    assert first.exposure_bn == tariff.exposure_bn
    assert len({d.case for d in results.demands}) == len(results.demands)
    for row in others[:-1]:
        changed = (row.exposure_bn != first.exposure_bn) + (
            row.noise_percent != first.noise_percent
        )
        assert changed == 1


def test_measures_that_are_not_asked_for_are_not_made_and_said_in_the_command() -> None:
    results = brief().results
    assert results.power is None
    assert results.poles == ()
    with pytest.raises(cv.CountervailError, match="frontier"):
        cv.run(parse_scenario(TEXT), measures=("frontiers",))
    none = cv.run(parse_scenario(TEXT), measures=()).results
    assert (none.exposures, none.frontier, none.demands) == ((), (), ())


def test_the_report_shows_what_was_measured() -> None:
    page = brief().html()
    for anchor in ("price", "demand"):
        assert f'id="{anchor}"' in page
    assert 'id="power"' not in page
