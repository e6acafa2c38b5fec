"""Changing a figure that was handed out changes nothing behind it."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from tests.equilibrium.cases import world_of


def test_scribbling_on_figures_reaches_no_solution() -> None:
    world = world_of(3, 4, 3)
    shock = cv.Shock(world).tariff("R00", "R01", add=0.25)
    before = cv.solve(world, shock).welfare_percent.copy()
    base, outcome = cv.solve(world), cv.solve(world, shock)
    for value in (base, outcome):
        for name in ("income", "trade", "output", "welfare", "prices", "revenue", "wages"):
            figure = getattr(value, name)
            figure.values[:] = 7.0
            assert not (getattr(value, name).values == 7.0).all()
    gradient = cv.sensitivity(world, of="R01")
    gradient.tariff.values[:] = 7.0
    assert not (gradient.tariff.values == 7.0).all()
    np.testing.assert_array_equal(cv.solve(world, shock).welfare_percent, before)
    with pytest.raises(ValueError, match="read-only"):
        outcome.welfare_percent[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        outcome.base.recomputed.income[0] = 1.0


def test_missing_cells_and_other_numbers_are_refused() -> None:
    masked = np.ma.masked_array([[[90.0, 10.0], [20.0, 80.0]]], mask=[[[0, 1], [0, 0]]])
    with pytest.raises(cv.CountervailError, match="not finite"):
        cv.World.from_flows(masked)
    with pytest.raises(cv.CountervailError, match="complex"):
        cv.World.from_flows(np.array([[[90.0, 10.0], [20.0, 80.0j]]]))


@pytest.mark.parametrize(
    "call",
    [
        lambda w: cv.Shock(w).tariff("R00", "R00", add=0.25),
        lambda w: cv.Shock(w).cut_off("R00", "R00"),
        lambda w: cv.Shock(w).transfer("R00", "R00", amount=1.0),
        lambda w: cv.Shock(w).tariff("R00", "R01", add="0.25"),
        lambda w: cv.Shock(w).trade_cost("R00", "R01", factor="x"),
        lambda w: cv.Shock(w, tariff=100 * w.arrays.tariff),
        lambda w: cv.sensitivity(w, of={"R00": 0.0}),
        lambda w: cv.sensitivity(w, of={}),
        lambda w: cv.sensitivity(w, of="R00", at=cv.solve(world_of(9, 4, 3))),
        lambda w: cv.solve_batch(w, [None], on_failure="rasie"),
        lambda w: cv.solve_batch(w, [None], workers=0),
        lambda w: cv.solve(w, None, "balanced"),
    ],
)
def test_nothing_is_guessed(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(cv.CountervailError):
        call(world_of(3, 4, 3))
