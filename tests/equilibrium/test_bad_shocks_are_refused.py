"""What cannot be meant is refused before anything is solved, with the cell and the remedy."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import countervail as cv
from countervail.errors import (
    InputError,
    LabelError,
    NegativeValueError,
    NotANumberError,
    OptionError,
    ShapeError,
    UnitError,
    UnknownLabelError,
)
from tests.equilibrium.cases import FIELDS, world_of


@pytest.fixture(scope="module")
def world() -> cv.World:
    return world_of(1, 4, 3)


@pytest.fixture(scope="module")
def world_2014() -> cv.World:
    return cv.load_world("world-2014")


def changed(world: cv.World, field: str, cell: tuple[int, ...], value: float) -> np.ndarray:
    values = np.array(cv.Shock(world).array(field))
    values[cell] = value
    return values


# -- names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "wrong", "near"),
    [
        (lambda s: s.tariff(importer="CNA", add=0.1), "CNA", "CHN"),
        (lambda s: s.tariff(exporter="USB", add=0.1), "USB", "USA"),
        (lambda s: s.tariff(sectors="motor-vehicle", add=0.1), "motor-vehicle", "motor-vehicles"),
        (lambda s: s.export_tax(exporter="CHM", add=0.1), "CHM", "CHN"),
        (lambda s: s.trade_cost(importer=["CAN", "MEXX"], factor=1.1), "MEXX", "MEX"),
        (lambda s: s.cut_off("CAN", "UAS"), "UAS", "USA"),
        (lambda s: s.productivity("CAN", sectors="minning", factor=1.1), "minning", "mining"),
        (lambda s: s.labour("JPM", factor=1.1), "JPM", "JPN"),
        (lambda s: s.transfer("USA", "DEW", amount=1.0), "DEW", "DEU"),
    ],
)
def test_unknown_names_come_with_the_nearest(world_2014, call, wrong, near):
    with pytest.raises(UnknownLabelError) as caught:
        call(cv.Shock(world_2014))
    assert wrong in str(caught.value)
    assert near in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_sensitivity_of_an_unknown_region(world_2014):
    with pytest.raises(UnknownLabelError, match="MEX"):
        cv.sensitivity(world_2014, "MEXX")
    with pytest.raises(UnknownLabelError, match="MEX"):
        cv.sensitivity(world_2014, {"MEXX": 1.0})
    with pytest.raises(InputError, match="regions"):
        cv.sensitivity(world_2014, "EU")


def test_a_sensitivity_at_two_places(world):
    out = cv.solve(world)
    with pytest.raises(InputError, match="not both"):
        cv.sensitivity(world, "R00", closure=cv.Closure("balanced"), at=out)


# -- units -----------------------------------------------------------------------------


@pytest.mark.parametrize("tax", ["tariff", "export_tax"])
@pytest.mark.parametrize("how", ["add", "to"])
def test_25_is_asked_about_and_can_be_meant(world, tax, how):
    change = getattr(cv.Shock(world), tax)
    with pytest.raises(UnitError) as caught:
        change(**{how: 25})
    for part in ("2500 %", "0.25", "confirm_units"):
        assert part in str(caught.value)
    meant = change(**{how: 25}, confirm_units=True)
    assert meant.array(tax).max() >= 25


@pytest.mark.parametrize("tax", ["tariff", "export_tax"])
def test_25_in_a_whole_array(world, tax):
    values = changed(world, tax, (1, 2, 0), 25.0)
    with pytest.raises(UnitError) as caught:
        cv.Shock(world, **{tax: values})
    for part in ("good-01", "R02", "R00", "2500 %", "confirm_units"):
        assert part in str(caught.value)
    assert cv.Shock(world, **{tax: values}, confirm_units=True).array(tax)[1, 2, 0] == 25.0


def test_rates_up_to_400_percent_are_not_asked_about(world):
    assert cv.Shock(world).tariff(to=4.0).array("tariff").max() == 4.0


def test_steps_that_add_up_to_too_much_are_asked_about(world):
    shock = cv.Shock(world).tariff(to=3.0)
    with pytest.raises(UnitError):
        shock.tariff(add=3.0)


# -- cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_cell_that_is_not_a_number_is_named(world, field, value):
    cell = {3: (2, 1, 3), 2: (2, 1), 1: (1,)}[cv.Shock(world).array(field).ndim]
    with pytest.raises(NotANumberError) as caught:
        cv.Shock(world, **{field: changed(world, field, cell, value)})
    message = str(caught.value)
    assert field in message
    assert "R01" in message
    if len(cell) > 1:
        assert "good-02" in message
    if len(cell) == 3:
        assert "R03" in message


@pytest.mark.parametrize("field", ["trade_cost", "productivity", "labour"])
@pytest.mark.parametrize("value", [0.0, -0.5])
def test_hats_are_above_zero(world, field, value):
    cell = {3: (2, 1, 3), 2: (2, 1), 1: (1,)}[cv.Shock(world).array(field).ndim]
    with pytest.raises(NegativeValueError, match="R01"):
        cv.Shock(world, **{field: changed(world, field, cell, value)})
    call = getattr(cv.Shock(world), field)
    with pytest.raises(NegativeValueError, match="factor"):
        call("R01", factor=value)
    with pytest.raises(NotANumberError, match="factor"):
        call("R01", factor=float("nan"))


@pytest.mark.parametrize("tax", ["tariff", "export_tax"])
def test_a_subsidy_of_everything_is_refused(world, tax):
    with pytest.raises(NegativeValueError, match="good-01"):
        cv.Shock(world, **{tax: changed(world, tax, (1, 2, 0), -1.0)})
    # A subsidy of half is a policy like any other.
    subsidy = cv.Shock(world, **{tax: changed(world, tax, (1, 2, 0), -0.5)})
    assert cv.solve(world, subsidy).certificate.holds


@pytest.mark.parametrize("tax", ["tariff", "export_tax"])
def test_home_sales_bear_no_border_tax(world, tax):
    with pytest.raises(InputError, match="good-01 in R02") as caught:
        cv.Shock(world, **{tax: changed(world, tax, (1, 2, 2), 0.1)})
    assert "diagonal" in str(caught.value)


@pytest.mark.parametrize("field", ["tariff", "export_tax", "trade_cost"])
def test_bilateral_changes_leave_home_sales_alone(world, field):
    """Everyone's imports from everyone are meant, never what is sold at home."""
    amount = {"factor": 1.5} if field == "trade_cost" else {"add": 0.5}
    now = getattr(cv.Shock(world), field)(**amount).array(field)
    before = cv.Shock(world).array(field)
    home = np.eye(len(world.regions), dtype=bool)
    assert (now[:, home] == before[:, home]).all()
    assert (now[:, ~home] > before[:, ~home]).all()


def test_transfers_sum_to_zero(world):
    values = np.array(world.arrays.transfer)
    values[0] += 1.0
    with pytest.raises(InputError, match="sum to 1"):
        cv.Shock(world, transfer=values)
    with pytest.raises(NotANumberError):
        cv.Shock(world).transfer("R00", "R01", amount=float("inf"))


# -- shapes and labels -----------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
def test_a_wrong_shape_names_the_axes(world, field):
    values = cv.Shock(world).array(field)
    with pytest.raises(ShapeError) as caught:
        cv.Shock(world, **{field: np.ones((*values.shape, 2))})
    assert field in str(caught.value)


def test_swapped_axes_are_refused(world):
    with pytest.raises(ShapeError, match="sector"):
        cv.Shock(world, tariff=world.arrays.tariff.transpose(1, 2, 0))
    with pytest.raises(ShapeError):
        cv.Shock(world, productivity=np.ones((4, 3)))


def test_labels_that_do_not_match_are_refused(world):
    tariff = world.tariff
    missing = tariff.isel(importer=slice(0, 3))
    renamed = tariff.assign_coords(exporter=["R00", "R01", "R02", "XXX"])
    for wrong in (missing, renamed):
        with pytest.raises(LabelError):
            cv.Shock(world, tariff=wrong)
    other_axes = xr.DataArray(tariff.values, dims=("a", "b", "c"))
    with pytest.raises((LabelError, ShapeError)):
        cv.Shock(world, tariff=other_axes)


# -- what belongs together -------------------------------------------------------------


def test_a_shock_of_another_world(world):
    other = world_of(2, 4, 3)
    with pytest.raises(InputError, match="belongs to the world"):
        cv.solve(world, cv.Shock(other).tariff(add=0.1))
    # An equal world is the same world.
    again = world_of.__wrapped__(1, 4, 3)
    assert again is not world
    assert cv.solve(world, cv.Shock(again).tariff(add=0.1)).certificate.holds


def test_exactly_one_of_add_and_to(world):
    for amounts in ({}, {"add": 0.1, "to": 0.2}):
        with pytest.raises(OptionError, match="exactly one"):
            cv.Shock(world).tariff(**amounts)


def test_a_field_that_no_shock_has(world):
    with pytest.raises(OptionError, match="tariff"):
        cv.Shock(world).array("tarif")


@pytest.mark.parametrize(
    ("options", "near"),
    [
        ({"balance": "fix"}, "fixed"),
        ({"balance": "balance"}, "balanced"),
        ({"labour": "mobil"}, "mobile"),
        ({"labour": "roy"}, "specific"),
        ({"horizon": "mediun"}, "medium"),
    ],
)
def test_closure_typos(options, near):
    with pytest.raises(OptionError) as caught:
        cv.Closure(**options)
    (name, value), *_ = options.items()
    for part in (name, repr(value), near):
        assert part in str(caught.value)


def test_a_horizon_that_is_not_offered():
    with pytest.raises(OptionError, match="short"):
        cv.Closure.of_horizon("soon")


# -- a shock is a value ----------------------------------------------------------------


def test_changes_make_new_shocks(world):
    empty = cv.Shock(world)
    one = empty.tariff("R00", "R01", add=0.1)
    two = one.labour("R02", factor=1.1)
    assert empty.changed == ()
    assert one.changed == ("tariff",)
    assert two.changed == ("tariff", "labour")
    assert empty.is_empty
    assert not one.is_empty
    np.testing.assert_array_equal(one.array("tariff"), two.array("tariff"))
    np.testing.assert_allclose(
        one.array("tariff")[:, 0, 1], world.arrays.tariff[:, 0, 1] + 0.1, rtol=1e-15
    )
    with pytest.raises(ValueError, match="read-only"):
        one.array("tariff")[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        empty.array("tariff")[0] = 0.0
    assert "tariff" in repr(one)


def test_an_array_handed_in_is_copied(world):
    values = np.ones(4)
    shock = cv.Shock(world, labour=values)
    values[0] = 2.0
    assert shock.is_empty


def test_groups_and_lists_name_their_members(world_2014):
    shock = cv.Shock(world_2014).tariff("USA", ["CAN", "MEX"], "goods", to=0.5)
    goods = set(world_2014.sector_groups["goods"])
    raised = world_2014.tariff.copy(data=shock.array("tariff")) - world_2014.tariff
    for sector in world_2014.sectors:
        for exporter in ("CAN", "MEX", "CHN", "USA"):
            moved = raised.sel(sector=sector, importer="USA", exporter=exporter).item() != 0
            assert moved == (sector in goods and exporter in ("CAN", "MEX"))
    assert not raised.drop_sel(importer="USA").values.any()


def test_a_cut_off_goes_both_ways(world):
    hats = cv.Shock(world).cut_off("R00", "R02", "good-01").array("trade_cost")
    assert hats[1, 0, 2] == hats[1, 2, 0] == 1000.0
    assert (hats != 1.0).sum() == 2
