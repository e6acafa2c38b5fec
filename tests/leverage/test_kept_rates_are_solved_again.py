"""Rates that a search found before give the same figures, and only for the same question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.leverage.coercion import best_response, frontier
from countervail.leverage.search import kept
from tests.worlds import random_world

LONG = cv.Closure()
WORLD = random_world(np.random.default_rng(3), 5, 4)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "cache_folder", lambda kind: tmp_path / kind)
    return tmp_path


def traced(**options: Any) -> cv.Frontier:
    given = {"points": 3, "prices": (), "bounds": (0, 2), "closure": LONG, **options}
    return cv.frontier(WORLD, "R00", "R02", **given)


def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(frontier, "Trace", never)
    monkeypatch.setattr(best_response, "best_tested", never)


def test_the_second_frontier_is_the_first_without_a_search(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = traced()
    no_search(monkeypatch)
    again = traced()
    for a, b in zip(first.points, again.points, strict=True):
        np.testing.assert_array_equal(a.rates, b.rates)
        assert (a.harm_percent, a.cost_percent, a.role, a.gap, a.note) == (
            b.harm_percent,
            b.cost_percent,
            b.role,
            b.gap,
            b.note,
        )
    assert again.solves == first.solves


@pytest.mark.parametrize(
    "other",
    [
        {"points": 4},
        {"bounds": (0, 1)},
        {"seed": 1},
        {"closure": cv.Closure(balance="balanced")},
        {"instruments": ("tariff",)},
        {"given": cv.Shock(WORLD).tariff("R00", "R02", add=0.1)},
    ],
)
def test_another_question_is_searched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    traced()
    no_search(monkeypatch)
    with pytest.raises(AssertionError, match="searched"):
        traced(**other)


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept["places"][1]["rates"].pop(),
        lambda kept: kept["places"][1]["rates"].__setitem__(0, 3.0),
        lambda kept: kept["places"][1]["rates"].__setitem__(0, float("nan")),
        lambda kept: kept["places"][1].pop("role"),
        lambda kept: kept.pop("solves"),
    ],
)
def test_a_damaged_file_is_searched_again(folder: Path, damage: Any) -> None:
    first = traced()
    (path,) = (folder / "frontier").iterdir()
    found = json.loads(path.read_text())
    damage(found)
    path.write_text(json.dumps(found))
    again = traced()
    np.testing.assert_array_equal(first.harm, again.harm)


def test_a_best_response_is_looked_up_and_solved_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered() -> Any:
        return cv.exposure(
            WORLD,
            "R02",
            "R00",
            instruments=("tariff",),
            horizons=("long",),
            retaliation=("best-response",),
            sectors="all",
        ).cells

    first = answered()
    no_search(monkeypatch)
    assert answered() == first
