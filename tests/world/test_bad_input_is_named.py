"""Every kind of bad input has its own error, and the error says where."""

from typing import Any

import numpy as np
import pytest

from countervail.errors import (
    AccountingError,
    CountervailError,
    LabelError,
    NegativeValueError,
    NotANumberError,
    ShapeError,
    ShareError,
    UnitError,
)
from countervail.world.core import World

REGIONS, SECTORS = ["CAN", "USA", "MEX"], ["food", "mining"]


def build(**changes: Any) -> World:
    given: dict[str, Any] = {
        "flows": np.full((2, 3, 3), 10.0),
        "tariff": np.zeros((2, 3, 3)),
        "inputs": np.full((3, 2, 2), 0.2),
        "value_added": np.full((2, 3), 0.6),
        "elasticity": 4.0,
        "regions": REGIONS,
        "sectors": SECTORS,
    }
    given.update(changes)
    return World.from_flows(**given)


def with_cell(shape: tuple[int, ...], base: float, at: tuple[int, ...], value: float) -> np.ndarray:
    values = np.full(shape, float(base))
    values[at] = value
    return values


PAIRS = (2, 3, 3)
CELL = (1, 0, 2)
WRONG: list[tuple[str, dict[str, Any], type[CountervailError], list[str]]] = [
    (
        "negative flow",
        {"flows": with_cell(PAIRS, 10, CELL, -3)},
        NegativeValueError,
        ["1 negative", "mining", "CAN", "MEX", "-3"],
    ),
    (
        "NaN flow",
        {"flows": with_cell(PAIRS, 10, CELL, np.nan)},
        NotANumberError,
        ["flows", "sector mining, importer CAN, exporter MEX"],
    ),
    (
        "infinite tariff",
        {"tariff": with_cell(PAIRS, 0, CELL, np.inf)},
        NotANumberError,
        ["tariff", "importer CAN"],
    ),
    (
        "NaN input",
        {"inputs": with_cell((3, 2, 2), 0.2, (1, 0, 1), np.nan)},
        NotANumberError,
        ["region USA, input food, user mining"],
    ),
    ("text", {"flows": [[["a"]]]}, NotANumberError, ["flows"]),
    ("two axes", {"flows": np.ones((2, 3))}, ShapeError, ["(2, 3)"]),
    ("wrong shape", {"tariff": np.zeros((2, 3, 2))}, ShapeError, ["tariff", "(2, 3, 2)"]),
    ("scalar tariff", {"tariff": 0.1}, ShapeError, ["single number"]),
    ("short labels", {"regions": ["CAN", "USA"]}, ShapeError, ["flows"]),
    ("one text for a list", {"sectors": "food"}, LabelError, ["list"]),
    ("repeated label", {"regions": ["CAN", "USA", "CAN"]}, LabelError, ["CAN"]),
    ("empty label", {"regions": ["CAN", "USA", " "]}, LabelError, ["words"]),
    (
        "percent",
        {"tariff": with_cell(PAIRS, 0, CELL, 25.0)},
        UnitError,
        ["25", "percent", "Divide by 100", "confirm_units", "exporter MEX"],
    ),
    (
        "low percent",
        {"tariff": 2.5 * (1 - np.eye(3)) * np.ones(PAIRS)},
        UnitError,
        ["2.5", "percent", "Divide by 100", "confirm_units"],
    ),
    ("1 + t", {"tariff": np.full(PAIRS, 1.0)}, UnitError, ["1 + tax", "Subtract 1"]),
    (
        "tax of -100 %",
        {"tariff": with_cell(PAIRS, 0, CELL, -1.0)},
        NegativeValueError,
        ["-100 %", "importer CAN"],
    ),
    (
        "percent of export tax",
        {"export_tax": with_cell(PAIRS, 0, CELL, 30.0)},
        UnitError,
        ["export_tax", "percent"],
    ),
    ("elasticity of zero", {"elasticity": 0.0}, NegativeValueError, ["elasticity", "food"]),
    (
        "elasticity of an unknown sector",
        {"elasticity": {"food": 4, "minning": 4}},
        LabelError,
        ["minning"],
    ),
    ("elasticity that lacks one", {"elasticity": {"food": 4}}, LabelError, ["mining"]),
    (
        "open columns",
        {"value_added": with_cell((2, 3), 0.6, (1, 2), 0.5)},
        ShareError,
        ["MEX mining 0.9", "shares of materials", "million USD"],
    ),
    (
        "no value added left",
        {"inputs": np.full((3, 2, 2), 0.5), "value_added": None},
        ShareError,
        ["value_added"],
    ),
    ("value added without inputs", {"inputs": None}, ShareError, ["0.6", "no inputs"]),
    (
        "negative input",
        {"inputs": with_cell((3, 2, 2), 0.2, (0, 1, 0), -0.1)},
        NegativeValueError,
        ["region CAN, input mining, user food = -0.1"],
    ),
    (
        "a region that makes nothing",
        {"flows": np.where(np.arange(3) == 2, 0.0, np.full(PAIRS, 10.0))},
        AccountingError,
        ["MEX", "factor income"],
    ),
    ("no flows at all", {"flows": np.zeros(PAIRS)}, AccountingError, ["3 regions", "CAN"]),
    (
        "group of an unknown region",
        {"region_groups": {"duo": ["CAN", "USB"]}},
        LabelError,
        ["duo", "USB", "USA"],
    ),
    ("group with the name of a region", {"region_groups": {"CAN": ["USA"]}}, LabelError, ["CAN"]),
]


@pytest.mark.parametrize(
    ("changes", "kind", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG]
)
def test_bad_input_has_its_error_with_the_cell(
    changes: dict[str, Any], kind: type[CountervailError], said: list[str]
) -> None:
    with pytest.raises(CountervailError) as caught:
        build(**changes)
    assert type(caught.value) is kind
    for words in said:
        assert words in str(caught.value)
    assert caught.value.remedy


def test_the_good_neighbours_of_bad_input_pass() -> None:
    build()
    build(tariff=with_cell(PAIRS, 0, CELL, 3.9))
    assert (
        build(tariff=with_cell(PAIRS, 0, CELL, 25.0), confirm_units=True).arrays.tariff[CELL] == 25
    )
    assert build(tariff=with_cell(PAIRS, 0, CELL, -0.5)).arrays.tariff[CELL] == -0.5
    tariff = np.full(PAIRS, 1.5) * (1 - np.eye(3))
    assert build(tariff=tariff).arrays.tariff[CELL] == 1.5


def test_many_bad_cells_are_counted_and_the_worst_are_first() -> None:
    flows = np.full(PAIRS, 10.0)
    flows[0, 0, :] = [-1.0, -50.0, -2.0]
    with pytest.raises(NegativeValueError) as caught:
        build(flows=flows)
    assert "3 negative" in caught.value.cause
    assert caught.value.evidence[0] == "sector food, importer CAN, exporter USA = -50"
