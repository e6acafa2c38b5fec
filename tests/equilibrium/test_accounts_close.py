"""Every identity of the system holds in the figures that are handed out.

Recomputed from the outcome's labelled arrays alone, by their labels and not by position.
"""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import countervail as cv
from tests.equilibrium.cases import closures, few, more, random_levels, worlds

seeds = st.integers(0, 1000)


def at_home(array: xr.DataArray) -> xr.DataArray:
    """(sector, region): the diagonal of (sector, importer, exporter)."""
    region = xr.DataArray(array["importer"].values, dims="region")
    return array.sel(importer=region, exporter=region).assign_coords(region=region.values)


def labelled(world: cv.World, name: str, shock: cv.Shock) -> xr.DataArray:
    like = getattr(world, name)
    return xr.DataArray(shock.array(name), coords=like.coords, dims=like.dims)


def purchases(array: xr.DataArray, over: str) -> xr.DataArray:
    """``array`` summed over one side of trade, the other renamed region."""
    kept = "importer" if over == "exporter" else "exporter"
    return array.sum(over).rename({kept: "region"})


@more
@given(worlds(), closures, seeds)
def test_money_adds_up(world, closure, seed):
    shock = cv.Shock(world, **random_levels(seed, world))
    out = cv.solve(world, shock, closure)
    tariff, tax = labelled(world, "tariff", shock), labelled(world, "export_tax", shock)
    size = float(out.income.sum())
    close = {"rtol": 1e-9, "atol": 1e-10 * size}

    sales = out.trade / (1 + tax)
    xr.testing.assert_allclose(out.output, purchases(sales, "importer"), **close)
    revenue = purchases(tariff * out.trade, "exporter").sum("sector") + purchases(
        tax * sales, "importer"
    ).sum("sector")
    xr.testing.assert_allclose(out.revenue, revenue, **close)

    # Factor markets and income: wages times base earnings times supply.
    earned = world.value_added_share * out.output
    labour = xr.DataArray(
        shock.array("labour"), dims="region", coords={"region": list(world.regions)}
    )
    base = cv.solve(world, None, closure)
    paid = world.value_added_share * base.output
    earned_before = paid if "sector" in out.wages.dims else paid.sum("sector")
    bill = out.wages * earned_before * labour
    dims = [d for d in earned.dims if d not in bill.dims]
    xr.testing.assert_allclose(earned.sum(dims), bill, **close)

    # Transfers: what is bought abroad beyond what is sold there.
    transfer = purchases(out.trade, "exporter").sum("sector") - purchases(
        out.trade, "importer"
    ).sum("sector")
    wanted = shock.array("transfer") - (
        world.arrays.transfer if closure.balance == "balanced" else 0.0
    )
    np.testing.assert_allclose(transfer.values, wanted, atol=1e-9 * size)
    assert abs(float(transfer.sum())) < 1e-10 * size
    xr.testing.assert_allclose(out.income, earned.sum("sector") + out.revenue + transfer, **close)

    # Goods markets: what is spent is what users and households want.
    spending = purchases(out.trade * (1 + tariff), "exporter")
    used = (world.input_share.rename(input="sector") * out.output.rename(sector="user")).sum("user")
    final = world.final_share * out.income
    xr.testing.assert_allclose(spending, (used + final).transpose(*spending.dims), **close)

    # Walras: the last market clears because all others do; nothing is lost or made.
    assert float(spending.sum()) == pytest.approx(
        float(out.output.sum() + out.revenue.sum()), rel=1e-10
    )
    # World income is what factors earn and states collect; transfers cancel.
    assert float(out.income.sum()) == pytest.approx(
        float(earned.sum() + out.revenue.sum()), rel=1e-10
    )


@few
@given(worlds(), closures, seeds)
def test_the_numeraire_is_world_factor_income(world, closure, seed):
    out = cv.solve(world, cv.Shock(world, **random_levels(seed, world)), closure)
    earned = (world.value_added_share * out.output).sum()
    assert float(earned) == pytest.approx(float(world.factor_income.sum()), rel=1e-9)


@few
@given(worlds(), closures, seeds)
def test_welfare_is_income_over_the_price_index(world, closure, seed):
    shock = cv.Shock(world, **random_levels(seed, world))
    out, base = cv.solve(world, shock, closure), cv.solve(world, None, closure)
    index = np.exp((world.final_share * np.log(out.prices)).sum("sector"))
    xr.testing.assert_allclose(out.price_index, index, rtol=1e-12)
    welfare = 100 * (out.income / base.income / index - 1)
    xr.testing.assert_allclose(out.welfare, welfare, rtol=1e-9, atol=1e-10)
    worth = base.income * out.welfare / 100
    xr.testing.assert_allclose(out.equivalent_variation, worth, rtol=1e-12)
    # Money spent at base prices that would be as good: I (W - 1).
    assert out.equivalent_variation.attrs["unit"] == "million USD"
    if closure.labour == "mobile":
        real = 100 * (out.wages / index - 1)
        xr.testing.assert_allclose(out.real_wage, real, rtol=1e-9, atol=1e-10)


@few
@given(worlds(), closures, seeds)
def test_prices_and_trade_follow_from_wages(world, closure, seed):
    """Unit costs, price indices and shares, from wages and prices alone."""
    levels = random_levels(seed, world, ("tariff", "export_tax", "trade_cost", "productivity"))
    shock = cv.Shock(world, **levels)
    out, base = cv.solve(world, shock, closure), cv.solve(world, None, closure)
    logs = np.log(out.prices).rename(sector="input")
    cost = (
        out.wages**world.value_added_share
        * np.exp((world.input_share * logs).sum("input").rename(user="sector"))
        / labelled_hats(world, shock, "productivity")
    )
    tariff, tax = labelled(world, "tariff", shock), labelled(world, "export_tax", shock)
    wedge = (1 + tariff) * (1 + tax) / ((1 + world.tariff) * (1 + world.export_tax))
    wedge = wedge * labelled_hats(world, shock, "trade_cost")
    delivered = wedge * cost.rename(region="exporter")
    paid = base.trade * (1 + world.tariff)
    total = paid.sum("exporter")
    share = (paid / total.where(total > 0, 1.0)).transpose("sector", "importer", "exporter")
    pull = share * delivered ** (-world.elasticity)
    index = pull.sum("exporter")
    spent = total > 0
    price = (index.where(spent, 1.0) ** (-1 / world.elasticity)).rename(importer="region")
    xr.testing.assert_allclose(
        price.where(spent.rename(importer="region"), 1.0).transpose("sector", "region"),
        out.prices.where(spent.rename(importer="region"), 1.0),
        rtol=1e-9,
    )
    now = out.trade * (1 + tariff)
    bought = now.sum("exporter")
    expected = (pull / index.where(spent, 1.0) * bought).transpose(*now.dims)
    scale = float(bought.max())
    xr.testing.assert_allclose(now, expected, rtol=1e-8, atol=1e-9 * scale)


def labelled_hats(world: cv.World, shock: cv.Shock, name: str) -> xr.DataArray:
    like = world.tariff if name == "trade_cost" else world.value_added_share
    return xr.DataArray(shock.array(name), coords=like.coords, dims=like.dims)


@few
@given(worlds(), closures, seeds)
def test_changes_are_after_less_before(world, closure, seed):
    out = cv.solve(world, cv.Shock(world, **random_levels(seed, world)), closure)
    base = cv.solve(world, None, closure)
    xr.testing.assert_allclose(out.trade_change, out.trade - base.trade)
    xr.testing.assert_allclose(out.output_change, out.output - base.output)
    assert (out.trade >= 0).all()
    assert (out.output >= 0).all()


@few
@given(worlds(), closures, seeds)
def test_decomposition_adds_up(world, closure, seed):
    out = cv.solve(world, cv.Shock(world, **random_levels(seed, world)), closure)
    table = out.decomposition
    assert list(table.index) == list(world.regions)
    np.testing.assert_allclose(
        table["terms_of_trade"] + table["volume_of_trade"] + table["direct"],
        table["first_order_welfare"],
    )
    np.testing.assert_array_equal(table["welfare"], out.welfare.values)
    np.testing.assert_array_equal(table["real_wage"], out.real_wage.values)


@few
@given(worlds(), closures, seeds)
def test_terms_and_volume_of_trade_by_hand(world, closure, seed):
    """Exports at new less old prices, imports likewise; taxes on the change of volumes."""
    shock = cv.Shock(world, **random_levels(seed, world, ("tariff", "export_tax", "transfer")))
    out, base = cv.solve(world, shock, closure), cv.solve(world, None, closure)
    logs = np.log(out.prices).rename(sector="input")
    inputs = np.exp((world.input_share * logs).sum("input").rename(user="sector"))
    cost = (out.wages**world.value_added_share * inputs).rename(region="exporter")
    price = cost * (1 + labelled(world, "export_tax", shock)) / (1 + world.export_tax)
    abroad = base.trade["importer"] != base.trade["exporter"]
    before, after = base.trade.where(abroad, 0.0), out.trade.where(abroad, 0.0)
    dearer = before * (price - 1)
    terms = purchases(dearer, "importer").sum("sector") - purchases(dearer, "exporter").sum(
        "sector"
    )
    more_goods = (after / price - before) * price
    volume = purchases(world.tariff * more_goods, "exporter").sum("sector")
    wedge = world.export_tax / (1 + world.export_tax)
    volume = volume + purchases(wedge * more_goods, "importer").sum("sector")
    for name, value in (("terms_of_trade", terms), ("volume_of_trade", volume)):
        np.testing.assert_allclose(
            out.decomposition[name].to_numpy(), (100 * value / base.income).values, atol=1e-8
        )


@few
@given(worlds(export_taxes=False), closures, seeds)
def test_first_order_welfare_is_exact_for_small_tariffs(world, closure, seed):
    """Terms and volume of trade are the whole of a small change."""
    size = 1e-5
    tariff = random_levels(seed, world, ("tariff",), size)["tariff"]
    balanced = cv.Closure("balanced", closure.labour)
    out = cv.solve(world, cv.Shock(world, tariff=tariff), balanced, tolerance=1e-13)
    table = out.decomposition
    scale = np.abs(table[["terms_of_trade", "volume_of_trade"]].to_numpy()).max()
    # Where the tariffs of both sides cancel to first order, the second one is what is left.
    second = 100 * float(world.elasticity.max()) * size**2
    np.testing.assert_allclose(
        table["first_order_welfare"], table["welfare"], rtol=1e-3, atol=1e-3 * scale + second
    )


@few
@given(worlds(), closures, seeds)
def test_every_figure_says_what_it_is(world, closure, seed):
    out = cv.solve(world, cv.Shock(world, **random_levels(seed, world)), closure)
    for name in (
        "welfare",
        "real_wage",
        "equivalent_variation",
        "wages",
        "prices",
        "price_index",
        "trade",
        "trade_change",
        "output",
        "output_change",
        "revenue",
        "income",
    ):
        figure = getattr(out, name)
        assert figure.name == name
        assert figure.attrs["unit"]
        assert figure.attrs["world"] == world.name
        assert "base_year" in figure.attrs
        assert figure.attrs["closure"] == closure.describe()
        assert np.isfinite(figure.values).all()
