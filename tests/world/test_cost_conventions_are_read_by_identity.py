"""Shares of cost, of materials and million USD give one world; the reading is recorded."""

import numpy as np
import pytest

from countervail.errors import ShareError
from countervail.world.core import World
from tests.worlds import random_flows


def given() -> dict[str, np.ndarray]:
    return random_flows(np.random.default_rng(8), 4, 3)


def output(p: dict[str, np.ndarray]) -> np.ndarray:
    return p["flows"].sum(axis=1)


FORMS = [
    ("cost shares", "shares of output"),
    ("cost shares", "million USD"),
    ("cost shares", "what the inputs leave"),
    ("shares of materials", "shares of output"),
    ("shares of materials", "million USD"),
    ("million USD", "shares of output"),
    ("million USD", "million USD"),
    ("million USD", "what the inputs leave"),
]


@pytest.mark.parametrize(("inputs", "value_added"), FORMS)
def test_every_convention_gives_the_same_world(inputs: str, value_added: str) -> None:
    p = given()
    made = output(p)
    forms = {
        "cost shares": p["inputs"],
        "shares of materials": p["inputs"] / (1 - p["value_added"]).T[:, None, :],
        "million USD": p["inputs"] * made.T[:, None, :],
    }
    added = {
        "shares of output": p["value_added"],
        "million USD": p["value_added"] * made,
        "what the inputs leave": None,
    }
    world = World.from_flows(p["flows"], p["tariff"], forms[inputs], added[value_added])
    np.testing.assert_allclose(world.arrays.input_share, p["inputs"], rtol=1e-12)
    np.testing.assert_allclose(world.arrays.value_added_share, p["value_added"], rtol=1e-12)
    said = " ".join(world.report.decisions)
    assert f"Inputs were read as {inputs}" in said
    assert value_added in said


def test_sums_within_a_millionth_are_scaled_and_counted() -> None:
    p = given()
    inputs = p["inputs"].copy()
    inputs[1, :, 2] *= 1 + 4e-7
    world = World.from_flows(p["flows"], p["tariff"], inputs, p["value_added"])
    assert world.report.columns_renormalised == 1
    sums = world.arrays.input_share.sum(axis=1).T + world.arrays.value_added_share
    np.testing.assert_allclose(sums, 1.0, atol=1e-15)


def test_sums_beyond_a_millionth_are_an_error() -> None:
    p = given()
    inputs = p["inputs"].copy()
    inputs[1, :, 2] *= 1 + 1e-4
    with pytest.raises(ShareError, match="r1 s2"):
        World.from_flows(p["flows"], p["tariff"], inputs, p["value_added"])


def test_columns_without_output_are_completed_by_value_added() -> None:
    p = random_flows(np.random.default_rng(8), 4, 3, zero_output=True)
    s, n = (int(i[0]) for i in np.nonzero(output(p) == 0))
    p["inputs"][n, :, s] = 0.1
    p["value_added"][s, n] = 0.0
    world = World.from_flows(**p, elasticity=4.0)
    assert world.report.idle_columns_set == 1
    assert world.arrays.value_added_share[s, n] == pytest.approx(0.7)


def test_shares_with_an_impossible_column_are_not_taken_for_money() -> None:
    # One column above one, no value added to check against: reading the shares as million USD
    # would leave an economy without inputs, and no error.
    p = given()
    inputs = p["inputs"].copy()
    inputs[0, :, 0] *= 1.2 / inputs[0, :, 0].sum()
    with pytest.raises(ShareError, match="close under no reading"):
        World.from_flows(1e5 * p["flows"], p["tariff"], inputs)
