"""A flip is a value of a parameter on whose two sides the answer differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countervail.parameters import parameter
from countervail.strategy.flips import AGAINST_WAITING, FIRST, ORDER, Flip, flips
from countervail.strategy.hazard import PARAMETERS, coercer
from countervail.strategy.sequence import Sequence, sequence

from .signings import drawn

FIELDS = {name: part for part, name in PARAMETERS.items()}


@pytest.fixture(scope="module")
def found() -> Sequence:
    game = drawn(4, 7, cover="deal-3", salience=np.array([1.0, 0.4, 0.2, 0.0]))
    return sequence(game, taken=["deal-0", "deal-3", "deal-1"])


@pytest.fixture(scope="module")
def flipped(found: Sequence) -> tuple[Flip, ...]:
    return flips(found, found.signing.plan(["deal-0", "deal-3", "deal-1"]))


def answer(found: Sequence, flip: Flip, value: float) -> tuple[str, ...]:
    part = FIELDS[flip.parameter]
    changed = int(value) if part == "start" else value
    there = sequence(
        found.signing,
        replace(found.coercer, **{part: changed}),  # type: ignore[arg-type]
        ["deal-0", "deal-3", "deal-1"],
    )
    if flip.question == AGAINST_WAITING:
        assert there.taken is not None
        return ("better" if there.taken > there.waiting else "worse",)
    if flip.question == FIRST:
        return () if there.first_move is None else (there.first_move,)
    return there.order


def test_the_answer_differs_there_and_not_just_before(
    found: Sequence, flipped: tuple[Flip, ...]
) -> None:
    assert len({flip.question for flip in flipped}) >= 2
    for flip in flipped:
        assert answer(found, flip, flip.value) == flip.before != flip.after
        assert answer(found, flip, flip.at) == flip.after
        assert flip.low <= flip.at <= flip.high
        if flip.parameter != "sequence.start":
            step = (flip.high - flip.low) / 256 * (1 if flip.at > flip.value else -1)
            assert answer(found, flip, flip.at - step) == flip.before


def test_what_is_not_named_changes_nothing_at_its_ends(
    found: Sequence, flipped: tuple[Flip, ...]
) -> None:
    named = {(flip.parameter, flip.question) for flip in flipped}
    silent = [name for name in FIELDS if (name, FIRST) not in named]
    assert silent
    for name in silent:
        known = parameter(name)
        flip = Flip(name, FIRST, known.value, known.low or 0, known.high or 0, "", 0, (), ())
        for end in (flip.low, flip.high):
            assert answer(found, flip, end) == answer(found, flip, flip.value)


def test_without_an_order_taken_it_is_not_asked_about() -> None:
    found = sequence(drawn(2, 1))
    assert {flip.question for flip in flips(found)} <= {FIRST, ORDER}


def test_a_value_outside_its_range_is_left_alone() -> None:
    found = sequence(drawn(2, 1), coercer(base=-9.0))
    assert all(flip.parameter != "sequence.base" for flip in flips(found))
