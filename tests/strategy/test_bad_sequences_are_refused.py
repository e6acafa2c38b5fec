"""An order that cannot be, or numbers that are none, are errors that name the culprit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countervail.errors import (
    InputError,
    NotANumberError,
    OptionError,
    ShapeError,
    UnknownLabelError,
)
from countervail.strategy.hazard import coercer
from countervail.strategy.sequence import sequence

from .signings import drawn


@pytest.mark.parametrize(
    ("taken", "error", "said"),
    [
        (["deal-9"], UnknownLabelError, "Nearest: deal-"),
        ([("deal-0", 5)], InputError, "beyond the horizon of 4"),
        ([("deal-0", 0)], InputError, "periods count from 1"),
        ([("deal-0", 2), ("deal-1", 2)], InputError, "deal-0 and deal-1 are both signed in"),
        (["deal-0", "deal-0"], InputError, "deal-0 is signed twice"),
        (["deal-2"], InputError, "without deal-0"),
        ([("deal-1", 1)], InputError, "before its first"),
        ([("deal-0", 1), ("deal-3", 2)], InputError, "excludes it"),
    ],
)
def test_an_order_that_cannot_be(taken: Any, error: type[Exception], said: str) -> None:
    game = drawn(
        4,
        0,
        needs={"deal-2": ["deal-0"]},
        earliest={"deal-1": 2},
        exclusive=[("deal-0", "deal-3")],
    )
    with pytest.raises(error) as caught:
        sequence(game, taken=taken)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"needs": {"deal-0": ["deal-1"], "deal-1": ["deal-0"]}}, InputError, "needs deal-"),
        ({"needs": {"deal-0": ["deal-7"]}}, UnknownLabelError, "deal-7"),
        ({"exclusive": [("deal-0", "dael-1")]}, UnknownLabelError, "Nearest: deal-1"),
        ({"cover": "forum"}, UnknownLabelError, "forum"),
        ({"peace": np.zeros(3)}, ShapeError, "(4,)"),
        ({"salience": np.zeros(4)}, ShapeError, "one for each deal"),
        ({"struck": np.array([0, 0, np.nan, 0])}, NotANumberError, "struck[2] (deal-1)"),
        ({"cost": np.array([0, 0, 0, np.inf])}, NotANumberError, "cost[3] (deal-0, deal-1)"),
        ({"peace": ["a"] * 4}, NotANumberError, "peace"),
        ({"salience": np.array([0.5, 1.5])}, InputError, "salience of deal-1 is 1.5"),
        ({"periods": 0}, InputError, "periods=0"),
        ({"periods": 2.5}, InputError, "periods=2.5"),
        ({"months": float("nan")}, InputError, "months=nan"),
        ({"earliest": {"deal-0": 9}}, InputError, "beyond the horizon"),
        ({"deals": ("deal-0", "deal-0")}, InputError, "named twice"),
    ],
)
def test_a_problem_that_is_none(changes: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        drawn(2, 0, **changes)
    assert said in str(caught.value)


def test_thirteen_deals_are_too_many_and_the_remedy_is_named() -> None:
    with pytest.raises(InputError, match="13 deals") as caught:
        drawn(13, 0)
    assert "[sequence] deals" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"calming": 1.2}, InputError, "calming=1.2 is not a probability"),
        ({"discount": -0.1}, InputError, "discount=-0.1"),
        ({"base": float("nan")}, NotANumberError, "base=nan"),
        ({"start": 5}, InputError, "not one of the 5 moods"),
        ({"start": 1.5}, InputError, "not one of the 5 moods"),
        ({"moods": 1}, InputError, "from 2 to 20"),
        ({"calmign": 0.1}, OptionError, "Nearest: calming"),
    ],
)
def test_a_coercer_that_cannot_be(changes: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        coercer(**changes)
    assert said in str(caught.value)


def test_a_state_that_is_not_there() -> None:
    found = sequence(drawn(2, 0))
    for bad in ({"period": 5}, {"period": 1, "mood": 9}, {"period": 1, "signed": ("x",)}):
        with pytest.raises(InputError):
            found.policy(**bad)  # type: ignore[arg-type]
