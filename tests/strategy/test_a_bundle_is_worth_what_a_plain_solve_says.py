"""The table of bundles against plain solves of the same shocks, and pairs against the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.case import Case, Layers
from countervail.channels.deals import combined, move_of
from countervail.channels.move import Move
from countervail.equilibrium.closure import Closure
from countervail.errors import InputError, SolveError
from countervail.scenario.schema import Deal
from countervail.sheets import strategy as sheet
from countervail.sheets.strategy import _every as every_bundle
from countervail.strategy.bundles import Bundles, Menace
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(6), 4, 3)
CLOSURE = Closure.of_horizon("medium")
CASE = Case(WORLD, "R00", CLOSURE, Layers(WORLD), ("R01",))
CUT = cv.Shock(WORLD).cut_off("R01", "R00")
TAX = cv.Shock(WORLD).tariff("R01", "R00", add=0.25)
AMOUNT = {"value": 2, "unit": "m USD", "basis": "published", "year": 2023}
TERM = {
    "product": "cars",
    "importer": "R00",
    "exporter": "R02",
    "sector": "good-01",
    "share": 0.3,
    "before": 0.9,
    "after": 0.05,
}


def move(name: str, kind: str, chance: float = 1.0, **options: Any) -> Move:
    given = {"parties": ["R00", "R02"], "status": "signed", **options}
    return move_of(CASE, Deal(id=name, kind=kind, **given), chance)


MOVES = (
    move("pact", "trade-agreement", depth="deep", sectors=["good-00"]),
    move("quota", "tariff-quota", tariff=[TERM]),
    move("money", "investment", amount=AMOUNT),
)
MENACES = {"cut-off": Menace(CUT, cut=True), "tax": Menace(TAX)}


def bundles(moves: tuple[Move, ...] = MOVES, **options: Any) -> Bundles:
    return Bundles(WORLD, CLOSURE, "R00", ("R01",), moves, MENACES, **options)


def welfare(shock: cv.Shock, region: int = 0) -> float:
    return float(cv.solve(WORLD, shock, CLOSURE).welfare_percent[region])


def test_every_bundle_is_what_its_shock_solves_to() -> None:
    table = bundles()
    quo = combined(WORLD, MOVES, on=())
    found = table.of(range(8))
    assert table.measures == ("peace", "threat", "exposure", "threat:tax")
    for bundle in range(8):
        names = [m.id for k, m in enumerate(MOVES) if bundle >> k & 1]
        assert table.names(bundle) == tuple(names)
        shock = combined(WORLD, MOVES, on=names)
        peace, cut, tax = (
            welfare(shock.plus(more)) - welfare(quo) for more in (cv.Shock(WORLD), CUT, TAX)
        )
        assert found[bundle] == pytest.approx([peace, cut, peace - cut, tax], abs=1e-8)
        theirs = welfare(shock, 1) - welfare(quo, 1)
        assert table.theirs([bundle])[0] == pytest.approx(theirs, abs=1e-8)
    assert 0 < table.worst_certificate < 1e-9


def test_no_deal_in_peace_is_nothing() -> None:
    assert bundles().of([0])[0, 0] == 0.0


def test_nothing_is_solved_twice_and_order_does_not_matter() -> None:
    table = bundles()
    first = table.of([5, 0, 3])
    assert len(table.valued) == 3
    np.testing.assert_array_equal(table.of([3, 5, 0])[[1, 2, 0]], first)
    assert len(table.valued) == 3


def test_beyond_what_is_solved_pairs_tell_of_larger_bundles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = tuple(
        move(
            f"with-{k}",
            "trade-agreement",
            effect=0.5,
            sectors=["good-00"],
            parties=["R00", f"R0{k}"],
        )
        for k in (1, 2, 3)
    )
    table = bundles(large)
    exact, theirs, miss = every_bundle(table)
    assert (miss, len(table.valued)) == (0.0, 8)
    monkeypatch.setattr(sheet, "AT_MOST", 4)
    table = bundles(large)
    table.of([7])  # the only one that pairs can miss
    pairs, their_pairs, miss = every_bundle(table)
    np.testing.assert_allclose(pairs.table[:7], exact.table[:7], atol=1e-8)
    off = max(np.abs(pairs.table - exact.table).max(), np.abs(their_pairs - theirs).max())
    assert miss == pytest.approx(off, abs=1e-8)
    assert 1e-6 < miss < 0.05 * np.abs(exact.table[7]).max()


def test_what_stands_without_a_deal_outside_the_table_holds() -> None:
    table = Bundles(WORLD, CLOSURE, "R00", ("R01",), MOVES[2:], {}, standing=MOVES[1:2])
    quo = combined(WORLD, MOVES[1:], on=())
    gain = welfare(combined(WORLD, MOVES[1:], on=["money"])) - welfare(quo)
    assert table.measures == ("peace",)
    assert table.of([1])[0] == pytest.approx([gain], abs=1e-8)


def test_a_bundle_without_an_equilibrium_is_named() -> None:
    ruin = cv.Shock(WORLD).transfer("R00", "R02", amount=5 * float(WORLD.arrays.income[0]))
    broken = replace(MOVES[2], struck=replace(MOVES[2].struck, rest=ruin))
    table = bundles((*MOVES[:2], broken))
    table.of([3])
    with pytest.raises(SolveError, match=r"^pact, money: .*no equilibrium"):
        table.of([5])


def test_more_deals_than_a_table_holds_are_refused() -> None:
    many = tuple(replace(MOVES[0], id=f"d{k}") for k in range(17))
    with pytest.raises(InputError, match="17 deals"):
        bundles(many)
