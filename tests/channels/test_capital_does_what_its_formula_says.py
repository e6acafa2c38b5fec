"""Money into capital: closed forms at given prices, income not product, halves and wholes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from countervail.channels.capital.investment import (
    capital_in,
    capital_stock,
    construction,
    treaty,
    withdrawal,
)
from countervail.channels.capital.positions import Positions
from countervail.channels.investment import shock_of
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import solve
from countervail.errors import (
    InputError,
    NegativeValueError,
    NotANumberError,
    OptionError,
    ShareError,
    UnknownLabelError,
)
from countervail.parameters import parameter
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(4), 4, 3)
A, R = parameter("capital.share").value, parameter("capital.return").value
RATIO = parameter("capital.output_ratio").value
VALUE_ADDED = WORLD.arrays.value_added_share * WORLD.arrays.output


class Owned:
    """R01 has invested a tenth of the capital of R00, R00 a hundredth of that of R01."""

    def stock(self, host: str, origin: str) -> float:
        part = {("R00", "R01"): 0.1, ("R01", "R00"): 0.01}.get((host, origin), 0.0)
        return part * float(capital_stock(WORLD)[:, WORLD.regions.index(host)].sum())


def test_capital_is_years_of_product() -> None:
    assert capital_stock(WORLD).sum(0) == pytest.approx(RATIO * WORLD.arrays.factor_income)


def test_money_without_sectors_raises_all_capital_alike() -> None:
    amount = 0.02 * RATIO * WORLD.arrays.factor_income[0]
    found = capital_in(WORLD, "R00", "R01", amount)
    assert found.capital_hat == pytest.approx(1.02)
    share = WORLD.arrays.value_added_share[:, 0]
    assert found.productivity[:, 0] == pytest.approx(1.02 ** (A * share))
    assert (found.productivity[:, 1:] == 1).all()
    assert found.product == pytest.approx(WORLD.arrays.factor_income[0] * (1.02**A - 1))
    assert found.transfer[:2] == pytest.approx([-R * amount, R * amount])
    assert found.transfer.sum() == 0


def test_one_sector_gets_all_of_it() -> None:
    amount = 0.1 * RATIO * VALUE_ADDED[1, 0]
    found = capital_in(WORLD, "R00", "R01", amount, {"good-01": 1.0})
    assert found.capital_hat == pytest.approx([1, 1.1, 1])


def test_a_small_inflow_is_worth_its_product_less_what_leaves() -> None:
    """To first order, with free trade at world prices, income gains MPK F - r F (envelope)."""
    world = random_world(np.random.default_rng(9), 4, 3, tariffs=False, elasticity=60.0)
    n, amount = 0, 1e-4 * world.arrays.factor_income[0]
    found = capital_in(world, "R00", "R01", amount)
    outcome = solve(world, shock_of(world, found), Closure(horizon=None))
    worth = outcome.equivalent_variation_million[n]
    assert worth == pytest.approx(found.product - found.returns, rel=0.1)


def test_delivery_0_changes_nothing_to_the_bit_and_half_of_it_is_half_the_money() -> None:
    assert shock_of(WORLD, capital_in(WORLD, "R00", "R01", 500.0, delivery=0.0)).is_empty
    half = capital_in(WORLD, "R00", "R01", 500.0, delivery=0.5)
    plain = capital_in(WORLD, "R00", "R01", 250.0)
    np.testing.assert_array_equal(half.productivity, plain.productivity)
    np.testing.assert_array_equal(half.transfer, plain.transfer)


def test_two_halves_are_the_whole_where_the_channel_is_linear() -> None:
    whole, half = (capital_in(WORLD, "R00", "R01", amount) for amount in (2.0, 1.0))
    assert 2 * half.transfer == pytest.approx(whole.transfer, rel=1e-14)
    assert 2 * (half.capital_hat - 1) == pytest.approx(whole.capital_hat - 1, rel=1e-9)
    assert 2 * half.product == pytest.approx(whole.product, rel=1e-4)


def test_withdrawal_undoes_an_inflow_of_the_same_size() -> None:
    gone = withdrawal(WORLD, "R00", ["R01"], 0.5, Owned())
    assert gone.capital_hat == pytest.approx(0.95)
    stock = Owned().stock("R00", "R01")
    assert gone.transfer[:2] == pytest.approx([R * stock / 2, -R * stock / 2])
    assert gone.product < 0
    assert shock_of(WORLD, withdrawal(WORLD, "R00", ["R01"], 0.0, Owned())).is_empty


def test_a_treaty_acts_both_ways() -> None:
    found = treaty(WORLD, "R00", "R01", Owned(), 0.03)
    assert (found.productivity[:, 0] > 1).all()
    assert (found.productivity[:, 1] > 1).all()
    net = R * 0.03 * (Owned().stock("R01", "R00") - Owned().stock("R00", "R01"))
    assert found.transfer[0] == pytest.approx(net)


def test_money_comes_in_while_it_is_built() -> None:
    assert construction(WORLD, "R00", "R01", 100.0, 5)[:2] == pytest.approx([20, -20])


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"amount": -1.0}, NegativeValueError, "-1 million"),
        ({"amount": float("nan")}, NotANumberError, "nan"),
        ({"into": {"ships": 0.5}}, UnknownLabelError, "ships"),
        ({"into": {"good-00": 0.7, "good-01": 0.5}}, ShareError, "1.2"),
        ({"into": {"good-00": -0.1}}, NegativeValueError, "good-00"),
        ({"host": "XYZ"}, UnknownLabelError, "XYZ"),
        ({"delivery": 1.5}, InputError, "1.5"),
    ],
)
def test_bad_money_is_refused(options: dict[str, Any], error: type, said: str) -> None:
    given: dict[str, Any] = {"host": "R00", "origin": "R01", "amount": 1.0, **options}
    with pytest.raises(error, match=said):
        capital_in(WORLD, given.pop("host"), given.pop("origin"), given.pop("amount"), **given)


def test_no_more_than_all_can_leave_a_sector() -> None:
    class Nearly:
        def stock(self, host: str, origin: str) -> float:
            return 0.9 * float(capital_stock(WORLD)[:, 0].sum())

    with pytest.raises(InputError, match="good-02"):
        withdrawal(WORLD, "R00", ["R01"], 1.0, Nearly(), {"good-02": 1.0})


def test_what_leaves_some_sectors_leaves_them_in_proportion_to_their_capital() -> None:
    from countervail.channels.capital_withdrawal import withdrawal_of

    stocks = np.zeros((4, 4))
    stocks[0, 1] = 0.1 * float(capital_stock(WORLD)[:, 0].sum())
    held = owned_by(stocks)
    taken = withdrawal_of(WORLD, "R00", ("R01",), 0.2, held, ["good-00", "good-01"])
    hats = taken.shock.array("productivity")[:, 0]
    capital = hats ** (1 / (A * WORLD.arrays.value_added_share[:, 0]))
    assert capital[0] == pytest.approx(capital[1])
    assert capital[2] == 1.0
    assert "need no longer replace it" in taken.note


def owned_by(stocks: np.ndarray) -> Positions:
    """A file's stocks: those above zero are given, and nothing is said of the rest."""
    status = np.where(stocks > 0, 0, 3).astype(np.int8)
    return Positions(WORLD, stocks, status, stocks.sum(1), stocks.sum(0), 2020, ("mine.csv, 2020",))


def test_a_file_that_says_nothing_of_the_host_is_no_zero() -> None:
    from countervail.channels.capital_withdrawal import withdrawal_lever, withdrawal_of

    stocks = np.zeros((4, 4))
    stocks[2, 1] = 5.0
    for asked in (withdrawal_of, withdrawal_lever):
        with pytest.raises(OptionError, match="no stock that R00 hosts"):
            asked(WORLD, "R00", ("R01",), 0.2, owned_by(stocks))


def test_a_coercer_that_the_file_does_not_name_counts_as_none_and_is_said() -> None:
    from countervail.channels.capital_withdrawal import withdrawal_of

    stocks = np.zeros((4, 4))
    stocks[0, 2] = 5.0
    taken = withdrawal_of(WORLD, "R00", ("R01",), 0.2, owned_by(stocks))
    assert taken.shock.is_empty
    assert "mine.csv, 2020 has no stock of R01: it counts as none" in taken.note
    assert "US$ 0 m a year" in taken.note  # never -0


def test_positions_of_another_world_are_refused() -> None:
    from countervail.channels.capital_withdrawal import withdrawal_of

    other = replace(owned_by(np.ones((4, 4))), world=random_world(np.random.default_rng(5), 5, 3))
    with pytest.raises(OptionError, match="positions are those of"):
        withdrawal_of(WORLD, "R00", ("R01",), 0.2, other)


@pytest.mark.parametrize("part", [True, "a", float("nan"), -0.1, 1.1])
def test_a_part_that_is_no_fraction_is_refused(part: object) -> None:
    from countervail.channels.capital_withdrawal import divested

    with pytest.raises(OptionError, match="withdrawal="):
        divested(part)  # type: ignore[arg-type]
