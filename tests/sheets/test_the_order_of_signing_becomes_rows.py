"""Rows of the order of signing hold what was found, with titles for ids and percent for odds."""

from __future__ import annotations

import pytest

from countervail.sheets.order import sequence_rows
from countervail.strategy.flips import flips
from countervail.strategy.sequence import sequence
from tests.strategy.signings import drawn


def test_rows_say_what_was_found() -> None:
    game = drawn(4, 7, cover="deal-3")
    taken = ["deal-0", "deal-3"]
    found = sequence(game, taken=taken)
    turned = flips(found, game.plan(taken))
    page = sequence_rows(
        found,
        {"deal-0": "Pact"},
        retaliation="a ban",
        ended={"deal-0": "2026-01-01", "deal-3": "2026-01-22"},
        flips=turned,
        income_bn=10.0,
    )
    assert (page.best_percent, page.taken_percent) == (found.best, found.taken)
    assert [row.title for row in page.of("taken")] == ["Pact", "deal-3"]
    assert [row.worth_percent for row in page.of("best")] == [s.worth for s in found.best_steps]
    assert (page.cover, page.cover_ended) == ("deal-3", "2026-01-22")
    assert found.cover is not None
    assert page.cover_taken_percent == found.cover.taken
    assert page.best_odds_percent == pytest.approx(100 * found.orders[0].chance)
    assert [row.covered_percent for row in page.odds_of("taken")] == [
        100 * p for p in (found.taken_course.covered if found.taken_course else ())
    ]
    shown = {deal.title for deal in page.of("best")}
    assert shown.isdisjoint(page.left_out)
    assert len(shown) + len(page.left_out) == 4
    assert len(page.flips) == len(turned) > 0
    assert all(row.used_for for row in page.flips)


def test_without_cover_and_without_an_order_taken() -> None:
    found = sequence(drawn(2, 1))
    page = sequence_rows(found, {})
    assert page.taken_percent is None
    assert page.cover == ""
    assert page.of("taken") == []
    assert {row.order for row in page.odds} == {"best", "waiting"}
