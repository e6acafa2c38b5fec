"""A tariff quota: slack, binding or exceeded, and where it binds just the quota enters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from countervail.channels.case import Case, Layers
from countervail.channels.deals import move_of
from countervail.channels.tariff_quota import margins, quantity_and_value
from countervail.channels.tariff_terms import products, shock_at
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import solve
from countervail.errors import InputError
from countervail.scenario.schema import Deal
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(2), 4, 3)
CLOSURE = Closure.of_horizon("medium")
CASE = Case(WORLD, "R00", CLOSURE, Layers(WORLD))
FLOW = float(WORLD.arrays.flows[1, 0, 1])
BASE = float(WORLD.arrays.tariff[1, 0, 1])


def deal(limit: float, **options: Any) -> Deal:
    term = {
        "product": "cars",
        "importer": "R00",
        "exporter": "R01",
        "sector": "good-01",
        "share": 0.4,
        "before": 1.0,
        "after": 0.02,
        "quota": {"value": limit, "unit": "m USD a year"},
        **options,
    }
    return Deal(
        id="quota", kind="tariff-quota", parties=["R00", "R01"], status="signed", tariff=[term]
    )


def entering(rate: float, one: Deal) -> float:
    items, _ = products(WORLD, one)
    shock = shock_at(WORLD, items, [rate], CLOSURE.elasticity_factor)
    return quantity_and_value(WORLD, solve(WORLD, shock, CLOSURE), items, [rate], 0, CLOSURE)[0]


def test_at_the_base_rate_the_share_of_the_flow_enters() -> None:
    assert entering(BASE, deal(1.0)) == pytest.approx(0.4 * FLOW, rel=1e-9)


def test_a_wide_quota_does_not_bind_and_is_the_plain_tariff() -> None:
    one = deal(10 * FLOW)
    (found,) = margins(WORLD, products(WORLD, one)[0], CLOSURE)
    assert (found.regime, found.rate, found.rent) == ("slack", 0.02, 0.0)
    assert found.quantity == pytest.approx(entering(0.02, one), rel=1e-9)


def test_where_it_binds_just_the_quota_enters_and_the_rent_is_the_difference() -> None:
    most, least = entering(0.02, deal(1.0)), entering(1.0, deal(1.0))
    quota = 0.6 * least + 0.4 * most
    (found,) = margins(WORLD, products(WORLD, deal(quota))[0], CLOSURE)
    assert found.regime == "binding"
    assert 0.02 < found.rate < 1.0
    assert found.quantity == pytest.approx(quota, rel=1e-6)
    assert entering(found.rate, deal(quota)) == pytest.approx(quota, rel=1e-6)
    items, _ = products(WORLD, deal(quota))
    shock = shock_at(WORLD, items, [found.rate], CLOSURE.elasticity_factor)
    outcome = solve(WORLD, shock, CLOSURE)
    value = quantity_and_value(WORLD, outcome, items, [found.rate], 0, CLOSURE)[1]
    assert found.rent == pytest.approx((found.rate - 0.02) * value, rel=1e-6)


def test_a_narrow_quota_is_exceeded_at_the_high_rate() -> None:
    least = entering(1.0, deal(1.0))
    (found,) = margins(WORLD, products(WORLD, deal(0.5 * least))[0], CLOSURE)
    assert (found.regime, found.rate) == ("exceeded", 1.0)
    assert found.quantity == pytest.approx(least, rel=1e-9)


def test_a_quota_of_nothing_is_the_high_rate() -> None:
    full = move_of(CASE, deal(0.0), 1.0)
    assert full.shock.array("tariff") == pytest.approx(full.standing.array("tariff"), rel=1e-12)


def test_the_rate_at_the_margin_falls_as_the_quota_grows() -> None:
    quotas = np.linspace(0.1, 1.5, 6) * FLOW
    rates = [margins(WORLD, products(WORLD, deal(q))[0], CLOSURE)[0].rate for q in quotas]
    assert (np.diff(rates) <= 1e-12).all()
    assert rates[0] > rates[-1]


def test_licences_of_exporters_take_the_rent_abroad() -> None:
    most, least = entering(0.02, deal(1.0)), entering(1.0, deal(1.0))
    quota = {"value": (most + least) / 2, "unit": "m USD a year"}
    ours = solve(WORLD, move_of(CASE, deal(1, quota=quota), 1.0).shock, CLOSURE)
    abroad = {**quota, "licences": "exporter"}
    theirs = solve(WORLD, move_of(CASE, deal(1, quota=abroad), 1.0).shock, CLOSURE)
    assert theirs.welfare_percent[0] < ours.welfare_percent[0]
    assert theirs.welfare_percent[1] > ours.welfare_percent[1]


@pytest.mark.parametrize("licences", ["importer", "exporter"])
@pytest.mark.parametrize("effect", [0.0, 0.35])
def test_just_the_quota_enters_under_all_that_the_deal_does(licences: str, effect: float) -> None:
    """With what an agreement takes off costs, and with what exporters are paid for licences."""
    quota = {"value": 0.5 * 0.4 * FLOW, "unit": "m USD a year", "licences": licences}
    one = deal(1, quota=quota).model_copy(
        update={"kind": "trade-agreement", "effect": effect, "sectors": ("good-01",)}
    )
    found = move_of(CASE, one, 1.0)
    (item,) = products(WORLD, one)[0]
    rates = [i.value / 100 for i in found.indicators if i.label.startswith("rate") and i.value]
    outcome = solve(WORLD, found.shock, CLOSURE)
    quantity, value = quantity_and_value(WORLD, outcome, [item], rates, 0, CLOSURE)
    cheaper = (1 + effect) ** (-1 / float(WORLD.arrays.elasticity[1]))
    assert quantity / cheaper == pytest.approx(item.quota, rel=1e-6)
    rent = found.indicators[-1].value
    assert rent == pytest.approx((rates[0] - item.inside) * value, rel=1e-6)


@pytest.mark.parametrize("options", [{"beyond": 0.02}, {"before": 0.02}])
def test_a_quota_that_limits_nothing_says_so(options: dict[str, Any]) -> None:
    found = move_of(CASE, deal(0.0, **options), 1.0)
    assert found.moves[0].endswith("limits nothing: no more is due beyond it")


def test_delivery_0_is_what_stands_and_1_is_the_whole_to_the_bit() -> None:
    one = deal(10 * FLOW)
    none, whole = move_of(CASE, one, 0.0), move_of(CASE, one, 1.0)
    np.testing.assert_array_equal(none.shock.array("tariff"), none.standing.array("tariff"))
    items, _ = products(WORLD, one)
    np.testing.assert_array_equal(
        whole.shock.array("tariff"),
        shock_at(WORLD, items, [0.02], CLOSURE.elasticity_factor).array("tariff"),
    )


def test_a_deal_without_a_rate_before_stands_on_the_base() -> None:
    found = move_of(CASE, deal(FLOW, before=None), 1.0)
    assert found.standing.is_empty


def test_two_quotas_are_met_at_once() -> None:
    term = deal(1.0).tariff[0]
    narrow = [
        term.model_copy(update={"product": name, "share": 0.3, "quota": quota})
        for name, quota in (
            ("a", term.quota.model_copy(update={"value": 0.2 * FLOW})),  # type: ignore[union-attr]
            ("b", term.quota.model_copy(update={"value": 0.25 * FLOW})),  # type: ignore[union-attr]
        )
    ]
    both = deal(1.0).model_copy(update={"tariff": tuple(narrow)})
    items, _ = products(WORLD, both)
    found = margins(WORLD, items, CLOSURE)
    assert {m.regime for m in found} == {"binding"}
    rates = [m.rate for m in found]
    outcome = solve(WORLD, shock_at(WORLD, items, rates, CLOSURE.elasticity_factor), CLOSURE)
    for k, item in enumerate(items):
        quantity, _ = quantity_and_value(WORLD, outcome, items, rates, k, CLOSURE)
        assert quantity == pytest.approx(item.quota, rel=1e-5)


def test_bad_quotas_name_the_entry() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        deal(-1.0)
    with pytest.raises(InputError, match="deal quota: trade in cars of US"):
        move_of(CASE, deal(1, share=None, trade=_trade(10 * FLOW)), 1.0)
    cars = {"value": 49000, "unit": "cars a year"}
    with pytest.raises(InputError, match="counts cars a year, and what one is worth"):
        move_of(CASE, deal(1, quota=cars), 1.0)
    coins = {"value": 5, "unit": "m USDT"}
    with pytest.raises(InputError, match="counts m USDT, and what one is worth"):
        move_of(CASE, deal(1, quota=coins), 1.0)
    twice = deal(FLOW).tariff[0].model_copy(update={"share": 0.7})
    with pytest.raises(InputError, match=r"deal quota: its products are 1\.4 times"):
        move_of(CASE, deal(1).model_copy(update={"tariff": (twice, twice)}), 1.0)


def _trade(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "m USD", "basis": "press", "year": 2023}
