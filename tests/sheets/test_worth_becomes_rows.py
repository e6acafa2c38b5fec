"""Rows of what deals are worth hold what was found, with titles, odds and limits in words."""

from __future__ import annotations

import numpy as np
import pytest

from countervail.scenario.portfolio import PortfolioSpec
from countervail.sheets.worth import rules, worth_rows
from countervail.strategy.contribution import contribution
from countervail.strategy.limits import Limits
from countervail.strategy.portfolio import Bundle, portfolio
from countervail.strategy.worth import TableWorth

MEASURES = ("peace", "threat", "exposure", "threat:other")


@pytest.fixture
def game() -> TableWorth:
    rng = np.random.default_rng(4)
    peace, threat, other = rng.normal(size=(3, 8))
    table = np.stack([peace, threat, peace - threat, other], axis=1)
    return TableWorth(("a", "b", "c"), MEASURES, table)


def test_rows_say_what_was_found(game: TableWorth) -> None:
    delivered = np.array([[1, 0, 1], [1, 1, 1], [0, 0, 1]], bool)
    found = contribution(game, delivered)
    page = worth_rows(found, {"a": "Pact"}, {"a": 0.6}, idle=["d"], threat="a ban")
    assert (page.method, page.valued, page.draws, page.threat) == ("exact", 8, 3, "a ban")
    assert (page.idle, page.objective, page.bundles) == (("d",), "", ())
    row = page.row("a", "threat:other")
    assert (row.title, row.delivery) == ("Pact", 0.6)
    assert row.shapley_percent == found.row("a", "threat:other").shapley
    assert page.row("b", "peace").delivery is None
    for measure, total in zip(found.measures, found.total, strict=True):
        assert sum(row.shapley_percent for row in page.of(measure)) == pytest.approx(total)
    ranks = {(row.measure, row.deal, row.other): row.above_percent for row in page.ranks}
    assert {measure for measure, _, _ in ranks} == {"peace", "threat", "exposure"}
    assert ranks["exposure", "a", "b"] == pytest.approx(100 * found.above("exposure")[0, 1])
    assert ranks["peace", "a", "b"] + ranks["peace", "b", "a"] == pytest.approx(100)


def test_bundles_keep_their_roles_and_both_bases(game: TableWorth) -> None:
    wanted = PortfolioSpec(objective="worst-case", at_most=2)
    full = portfolio(game, Limits(at_most=2), "worst-case")
    odds = portfolio(game, Limits(at_most=2), "worst-case", futures=np.array([1, 3, 7]))
    taken = Bundle(("b",), dict(zip(MEASURES, game.table[2].tolist(), strict=True)))
    page = worth_rows(
        contribution(game, np.ones((2, 3), bool)),
        {},
        {},
        wanted=wanted,
        full=full,
        at_odds=odds,
        taken={"odds": taken},
    )
    assert page.objective == "worst-case"
    assert [choice.basis for choice in page.choices] == ["full", "odds"]
    assert page.choices[0].allowed == 7
    best = page.bundle("best", "full")
    assert best is not None
    assert best.deals == full.best.deals
    assert best.worst_percent == min(best.threat_percent, full.best.values["threat:other"])
    assert len(page.frontier("odds")) == len(odds.frontier)
    assert page.bundle("taken", "full") is None
    row = page.bundle("taken", "odds")
    assert row is not None
    assert row.peace_percent == game.table[2, 0]


def test_limits_are_told_in_words() -> None:
    wanted = PortfolioSpec(
        at_most=1,
        limits={"political_capital": 3, "money": 2.5},
        uses={"political_capital": {"a": 2, "b": 1.5}},
        exclusive=[("a", "b", "c")],
        needs={"c": ("a", "b")},
    )
    assert rules(wanted, {"a": "Pact"}) == [
        "at most 1 deal",
        "political capital of at most 3 (Pact 2, b 1.5)",
        "money of at most 2.5 (used by none)",
        "no more than one of “Pact”, “b” and “c”",
        "“c” only with “Pact” and “b”",
    ]
    assert rules(PortfolioSpec(), {}) == []
