"""The checks find every broken identity and name its cell and size."""

from dataclasses import replace

import numpy as np
import pytest

from countervail.errors import AccountingError, NotANumberError
from countervail.world.arrays import Arrays
from countervail.world.checks import check, check_arrays, require, worst
from countervail.world.core import World
from tests.worlds import random_world

REGIONS, SECTORS = ("R00", "R01", "R02"), ("good-00", "good-01")


def world() -> World:
    return random_world(np.random.default_rng(6), 3, 2, export_taxes=True)


def broken(name: str, at: tuple[int, ...], factor: float = 1.0, plus: float = 0.0) -> Arrays:
    arrays = world().arrays
    values = getattr(arrays, name).copy()
    values[at] = values[at] * factor + plus
    return replace(arrays, **{name: values})


@pytest.mark.parametrize(
    ("name", "at", "identity", "cell"),
    [
        ("share", (1, 2, 0), "expenditure shares sum to 1", "[good-01, R02]"),
        ("input_share", (2, 0, 1), "input shares sum to 1", "[good-01, R02]"),
        ("value_added_share", (1, 2), "input shares sum to 1", "[good-01, R02]"),
        ("value_added_share", (1, 2), "factor income = value added", "[R02]"),
        ("final_share", (0, 1), "final shares sum to 1", "[R01]"),
        ("final_share", (0, 1), "spending = intermediate use + final use", "[good-00, R01]"),
        ("output", (1, 0), "output = sales", "[good-01, R00]"),
        ("spending", (0, 2), "spending = purchases", "[good-00, R02]"),
        ("income", (1,), "income = factor income + revenue + transfer", "[R01]"),
        ("income", (1,), "income = spending less intermediate use", "[R01]"),
        ("transfer", (0,), "transfer = spending and revenue less sales", "[R00]"),
        ("transfer", (0,), "transfers sum to zero", "[world]"),
    ],
)
def test_a_broken_identity_is_found_where_it_is(
    name: str, at: tuple[int, ...], identity: str, cell: str
) -> None:
    found = check_arrays(broken(name, at, 1.001), REGIONS, SECTORS, 1e-10)
    assert any(f.what.startswith(identity) and f.cell == cell for f in found), found
    assert [f.size for f in found] == sorted((f.size for f in found), reverse=True)


@pytest.mark.parametrize(
    ("name", "at", "what"),
    [
        ("flows", (0, 1, 2), "negative flow"),
        ("input_share", (0, 1, 1), "negative input share"),
        ("value_added_share", (0, 1), "negative value-added share"),
        ("final_share", (0, 1), "negative final share"),
        ("elasticity", (1,), "elasticity not above zero"),
        ("income", (1,), "income not above zero"),
    ],
)
def test_a_wrong_sign_is_found(name: str, at: tuple[int, ...], what: str) -> None:
    found = check_arrays(broken(name, at, -1.0), REGIONS, SECTORS, 1e-10)
    assert any(f.what == what for f in found)


def test_taxes_at_home_are_found() -> None:
    for name in ("tariff", "export_tax"):
        found = check_arrays(broken(name, (1, 0, 0), plus=0.1), REGIONS, SECTORS, 1e-10)
        assert any(f.what == f"{name} at home" and "R00, R00" in f.cell for f in found)


def test_a_cell_that_is_no_number_is_an_error() -> None:
    with pytest.raises(NotANumberError, match="flows"):
        check_arrays(broken("flows", (0, 0, 0), np.nan), REGIONS, SECTORS, 1e-10)


def test_a_sound_world_has_no_findings() -> None:
    assert check(world()) == ()
    assert 0 <= worst(world()) < 1e-12


def test_the_error_lists_the_worst_first() -> None:
    with pytest.raises(AccountingError) as caught:
        require(broken("output", (1, 0), 1.5), REGIONS, SECTORS)
    assert "identities fail" in caught.value.cause
    assert "good-01, R00" in caught.value.evidence[0]


def test_a_world_is_never_made_of_broken_arrays() -> None:
    whole = world()
    with pytest.raises(AccountingError):
        World(whole.labels, broken("final_share", (0, 1), 1.01), whole.report)
