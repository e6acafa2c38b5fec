"""Chances of delivery: their ladder, their draws, and the crisis that partners share."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.channels.delivery import bloc_of, delivery_of, draw_deliveries
from countervail.errors import OptionError
from countervail.parameters import parameter
from countervail.scenario.schema import Deal


def deal(name: str, partner: str = "QAT", **options: object) -> Deal:
    given = {"kind": "investment", "parties": ["CAN", partner], "status": "announced", **options}
    return Deal(id=name, **given)


@pytest.mark.parametrize("status", ["claimed", "announced", "memorandum", "signed", "in-force"])
def test_each_rung_has_its_prior(status: str) -> None:
    found, prior = (
        delivery_of(deal("a", status=status)),
        parameter(f"delivery.{status.replace('-', '_')}"),
    )
    assert (found.low, found.expected, found.high) == (prior.low, prior.value, prior.high)
    assert "judgement" in found.source


def test_the_ladder_rises() -> None:
    rungs = ["withdrawn", "claimed", "announced", "memorandum", "signed", "in-force", "delivered"]
    chances = [delivery_of(deal("a", status=s)).expected for s in rungs]
    assert chances == sorted(chances)
    assert (chances[0], chances[-1]) == (0.0, 1.0)


def test_an_entry_may_state_its_own_chance() -> None:
    assert delivery_of(deal("a", delivery=0.42)).expected == 0.42


def test_draws_have_the_stated_mean_and_come_again_from_the_same_seed() -> None:
    deals = [deal("a"), deal("b", "CHN", status="signed"), deal("c", status="withdrawn")]
    drawn = draw_deliveries(deals, "CAN", 40_000, seed=7)
    expected = [delivery_of(d).expected for d in deals]
    assert drawn.mean(0) == pytest.approx(expected, abs=0.01)
    assert not drawn[:, 2].any()
    np.testing.assert_array_equal(drawn, draw_deliveries(deals, "CAN", 40_000, seed=7))


def test_partners_of_one_region_are_struck_together() -> None:
    gulf = [deal("a", "QAT"), deal("b", "ARE"), deal("c", "CHN")]
    assert bloc_of(gulf[0], "CAN") == bloc_of(gulf[1], "CAN") == "GCC"
    drawn = draw_deliveries(gulf, "CAN", 40_000, seed=1, correlation=0.8).astype(float)
    together = np.corrcoef(drawn.T)
    assert together[0, 1] > 0.4
    assert abs(together[0, 2]) < 0.02
    apart = np.corrcoef(draw_deliveries(gulf, "CAN", 40_000, seed=1, correlation=0.0).T)
    assert abs(apart[0, 1]) < 0.02


def test_bad_draws_are_refused() -> None:
    with pytest.raises(OptionError, match="draws=0"):
        draw_deliveries([deal("a")], "CAN", 0)
    with pytest.raises(OptionError, match="correlation=2"):
        draw_deliveries([deal("a")], "CAN", 1, correlation=2.0)


def test_a_deal_has_its_own_futures_whoever_else_is_asked_about() -> None:
    deals = [deal("a"), deal("b", "ARE"), deal("c", "CHN"), deal("d", "JPN", status="withdrawn")]
    whole = draw_deliveries(deals, "CAN", 500, seed=3)
    np.testing.assert_array_equal(whole[:, ::-1], draw_deliveries(deals[::-1], "CAN", 500, seed=3))
    np.testing.assert_array_equal(whole[:, :2], draw_deliveries(deals[:2], "CAN", 500, seed=3))
