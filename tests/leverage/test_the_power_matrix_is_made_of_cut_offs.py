"""Every entry of the power matrix is a cut-off, or its slope, seen from one side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from countervail.errors import InputError, NoEquilibriumError, OptionError, UnknownLabelError
from countervail.leverage.power import matrix as room
from tests.equilibrium.cases import blocks, closures, few, rebuilt, world_of, worlds

MEDIUM = cv.Closure.of_horizon("medium")


@pytest.fixture(scope="module")
def world() -> cv.World:
    return world_of(7, 4, 3)


@pytest.fixture(scope="module")
def found(world: cv.World) -> cv.Power:
    return cv.power(world, keep=False)


def test_each_entry_is_what_the_target_loses_in_the_cut_off(
    world: cv.World, found: cv.Power
) -> None:
    outcome = cv.solve(world, cv.Shock(world).cut_off("R01", "R02"), MEDIUM)
    for target, coercer in (("R01", "R02"), ("R02", "R01")):
        at = {"target": target, "coercer": coercer}
        loss = -float(outcome.welfare.sel(region=target))
        value = -float(outcome.equivalent_variation.sel(region=target)) / 1000
        assert float(found.loss.sel(at)) == pytest.approx(loss, abs=1e-9)
        assert float(found.loss_bn.sel(at)) == pytest.approx(value, rel=1e-9)
    ratio = found.loss.sel(target="R02", coercer="R01") / found.loss.sel(
        target="R01", coercer="R02"
    )
    assert float(found.leverage_ratio.sel(target="R01", coercer="R02")) == float(ratio)
    assert found.certificate < 1e-9
    assert not np.diagonal(found.loss.values).any()


@few
@given(worlds(shapes=((4, 3),)), closures, st.integers(0, 3), st.integers(1, 3))
def test_the_first_order_is_the_slope_of_small_shocks(
    world: cv.World, closure: cv.Closure, target: int, step: int
) -> None:
    coercer = (target + step) % 4
    t, c = world.regions[target], world.regions[coercer]
    slope = cv.power(world, closure, exact=False, workers=1).first_order
    size = 1e-4

    def welfare(sign: int) -> float:
        factor = float(np.exp(sign * size))
        shock = cv.Shock(world).trade_cost(t, c, factor=factor).trade_cost(c, t, factor=factor)
        return float(cv.solve(world, shock, closure, tolerance=1e-12).welfare_percent[target])

    lost = (welfare(-1) - welfare(1)) / (2 * size) / 100
    assert float(slope.sel(target=t, coercer=c)) == pytest.approx(lost, rel=2e-5, abs=1e-8)


def test_the_order_of_regions_changes_nothing(world: cv.World, found: cv.Power) -> None:
    order = [2, 0, 3, 1]
    a = world.arrays
    moved = rebuilt(
        world,
        flows=a.flows[:, order][:, :, order],
        tariff=a.tariff[:, order][:, :, order],
        export_tax=a.export_tax[:, order][:, :, order],
        inputs=a.input_share[order],
        value_added=a.value_added_share[:, order],
        regions=[world.regions[k] for k in order],
    )
    again = cv.power(moved, keep=False)
    for name in ("loss", "first_order"):
        np.testing.assert_allclose(
            again.plain[name], found.plain[name][np.ix_(order, order)], atol=1e-7
        )


def test_a_pair_without_trade_loses_nothing_and_is_not_solved() -> None:
    apart = blocks(3, 2, 2)
    found = cv.power(apart, cv.Closure("balanced"), keep=False)
    across = found.table[found.table["note"] == room.NO_TRADE]
    assert len(across) == 8
    assert (across["loss_percent"] == 0).all()
    assert (across["certificate"] == 0).all()
    np.testing.assert_allclose(across["first_order"], 0, atol=1e-12)
    assert np.isinf(found.leverage_ratio.sel(target="R00", coercer="R02"))
    assert (found.table[found.table["note"] == ""]["loss_percent"] > 0).all()


def test_a_pair_without_equilibrium_stops_nothing(
    world: cv.World, found: cv.Power, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = room.solve

    def refuse(world: cv.World, shock: cv.Shock, closure: cv.Closure) -> cv.Outcome:
        outcome = whole(world, shock, closure)
        cut = shock.array("trade_cost")[0] > 1
        if cut[0, 1]:
            raise NoEquilibriumError("nothing is left of R00.")
        return outcome

    monkeypatch.setattr(room, "solve", refuse)
    rest = cv.power(world, keep=False)
    assert np.isnan(rest.plain["loss"]).sum() == 2
    assert rest.loss.attrs["without_certified_equilibrium"] == "R00-R01"
    noted = rest.table.set_index(["target", "coercer"])["note"]
    assert noted["R01", "R00"] == "No certified equilibrium: nothing is left of R00."
    known = ~np.isnan(rest.plain["loss"])
    np.testing.assert_array_equal(rest.plain["loss"][known], found.plain["loss"][known])
    lost = found.loss_bn.sel(target=["R02", "R03"], coercer="R00").sum()
    assert float(rest.coercive_power.sel(coercer="R00")) == pytest.approx(float(lost))


def test_part_of_the_world_is_part_of_the_matrix(world: cv.World, found: cv.Power) -> None:
    part = cv.power(world, regions=["R03", "R01"], keep=False)
    assert part.regions == ("R01", "R03")
    for name in ("loss", "first_order"):
        np.testing.assert_array_equal(part.plain[name], found.plain[name][np.ix_([1, 3], [1, 3])])


def test_coercive_power_adds_up_what_others_lose(found: cv.Power) -> None:
    table = found.table.groupby("coercer")["loss_bn"].sum()
    for coercer, value in table.items():
        assert float(found.coercive_power.sel(coercer=coercer)) == pytest.approx(value)
    lost = (found.loss / 100 * found.income_bn).sum("target")
    np.testing.assert_allclose(lost, found.coercive_power)


def test_one_thread_or_two_and_what_is_told_meanwhile(world: cv.World, found: cv.Power) -> None:
    told: list[tuple[int, int]] = []
    again = cv.power(world, workers=1, keep=False, progress=lambda *pair: told.append(pair))
    np.testing.assert_array_equal(again.plain["loss"], found.plain["loss"])
    assert told[-1] == (4 + 6, 4 + 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_figures_say_what_they_are(found: cv.Power, world: cv.World) -> None:
    for figure in (found.loss, found.loss_bn, found.first_order, found.leverage_ratio):
        assert figure.dims == ("target", "coercer")
        assert {"unit", "world", "base_year", "closure"} <= set(figure.attrs)
    assert found.loss.attrs["closure"] == MEDIUM.describe()
    assert world.name in repr(found)
    with pytest.raises(ValueError, match="read-only"):
        found.plain["loss"][0, 1] = 1.0


@pytest.mark.parametrize(
    ("ask", "error", "match"),
    [
        (lambda w: cv.power(w, regions="R01"), InputError, "two regions"),
        (lambda w: cv.power(w, regions=["R01", "R09"]), UnknownLabelError, "R09"),
        (lambda w: cv.power(w, workers=0), OptionError, "thread"),
        (lambda w: cv.power(w, "medium"), OptionError, "Closure"),
        (lambda w: cv.power("world-2023"), OptionError, "World"),
        (lambda w: cv.power(w, exact=False).loss, InputError, "first order alone"),
    ],
)
def test_bad_questions_are_refused(
    world: cv.World, ask: Callable[[cv.World], object], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        ask(world)


@pytest.mark.slow
def test_the_founding_pair_in_the_default_world() -> None:
    world = cv.load_world("world-2023")
    found = cv.power(world, regions=["USA", "CAN"], keep=False)
    outcome = cv.solve(world, cv.Shock(world).cut_off("USA", "CAN"), MEDIUM)
    assert float(found.loss.sel(target="CAN", coercer="USA")) == pytest.approx(
        -float(outcome.welfare.sel(region="CAN")), abs=1e-9
    )
    slope = cv.sensitivity(world, of="CAN", closure=MEDIUM).trade_cost.sum("sector")
    both = slope.sel(importer="CAN", exporter="USA") + slope.sel(importer="USA", exporter="CAN")
    assert float(found.first_order.sel(target="CAN", coercer="USA")) == pytest.approx(
        -float(both) / 100, rel=1e-9
    )
