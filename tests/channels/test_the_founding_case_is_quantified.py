"""In the founding case every deal and threat has figures, and what it moves and why."""

from __future__ import annotations

import math
from functools import cache

import pytest

import countervail as cv
from countervail.channels.case import Case, Layers
from countervail.channels.deals import move_of
from countervail.errors import OptionError
from countervail.sheets.deals import Deals


@cache
def found() -> Deals:
    return cv.deals("canada-2026")


def test_every_deal_has_figures_status_delivery_and_reasons() -> None:
    scenario = cv.read_scenario("canada-2026")
    assert [row.id for row in found().rows] == [deal.id for deal in scenario.deals]
    for row in found().rows:
        assert not row.not_quantified, row.id
        for value in (row.full_percent, row.full_bn, row.expected_percent, row.threat_percent):
            assert value is not None, row.id
            assert math.isfinite(value), row.id
        assert 0 < row.delivery <= 1 or row.status == "withdrawn", row.id
        assert row.moves, row.id
        assert row.why, row.id


def test_what_acts_is_certified_and_what_does_not_brings_exactly_nothing() -> None:
    acting = {move.deal.id for move in found().moves if move.acts}
    assert {"uae-pledge", "china-arrangement", "energy-routes"} <= acting
    assert "board-of-peace" not in acting
    for row in found().rows:
        if row.id in acting:
            assert row.certificate is not None, row.id
            assert row.certificate < 1e-9, row.id
        else:
            assert (row.certificate, row.full_percent, row.full_bn) == (None, 0, 0), row.id


def test_the_sheet_is_what_a_solve_by_hand_gives() -> None:
    world, closure = found().world, found().closure
    scenario = cv.read_scenario("canada-2026")
    case = Case(world, "CAN", closure, Layers.of(world, scenario))
    n = world.regions.index("CAN")
    standing = next(m.full.standing for m in found().moves if m.deal.id == "china-arrangement")
    quo = cv.solve(world, standing, closure).welfare_percent[n]
    (pledge,) = (deal for deal in scenario.deals if deal.id == "uae-pledge")
    for chance, value in (
        (1.0, found().row("uae-pledge").full_percent),
        (0.3, found().row("uae-pledge").expected_percent),
    ):
        shock = standing.plus(move_of(case, pledge, chance).shock)
        gain = cv.solve(world, shock, closure).welfare_percent[n] - quo
        assert value == pytest.approx(gain, abs=1e-8)


def test_expected_lies_between_nothing_and_the_whole() -> None:
    for row in found().rows:
        assert row.full_percent is not None
        assert row.expected_percent is not None
        low, high = sorted((0.0, row.full_percent))
        assert low - 1e-9 <= row.expected_percent <= high + 1e-9, row.id


def test_all_at_once_is_the_shock_of_all() -> None:
    world, n = found().world, found().world.regions.index("CAN")
    (stands,) = (m.full.standing for m in found().moves if m.deal.id == "china-arrangement")
    quo, whole = (
        cv.solve(world, shock, found().closure).welfare_percent[n]
        for shock in (stands, found().shock())
    )
    assert found().together["deals_together_percent"] == pytest.approx(whole - quo, abs=1e-8)
    drawn = [found().together[f"deals_drawn_{k}_percent"] for k in ("low", "median", "high")]
    assert drawn == sorted(drawn)
    assert found().together["deals_draws"] == 200


def test_a_bundle_leaves_the_other_deals_out() -> None:
    one = found().shock("qatar-investment")
    productivity = one.array("productivity")
    world = found().world
    assert productivity[world.sectors.index("mining"), world.regions.index("CAN")] == 1.0
    assert productivity[world.sectors.index("computing"), world.regions.index("CAN")] > 1.0
    with pytest.raises(OptionError, match="Nearest: qatar-investment"):
        found().shock("qatar-investmnt")
