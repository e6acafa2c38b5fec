"""What was kept on disk is used only where the solver, asked again, says the same."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from countervail.leverage.power import kept
from countervail.leverage.power import matrix as room
from countervail.leverage.power.kept import Pair, PairLoss, Store
from tests.equilibrium.cases import world_of

MEDIUM = cv.Closure.of_horizon("medium")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path))
    return tmp_path / "power"


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[cv.Shock]:
    """The cut-offs that were solved."""
    shocks: list[cv.Shock] = []
    whole = room.solve

    def counting(world: cv.World, shock: cv.Shock, closure: cv.Closure) -> cv.Outcome:
        shocks.append(shock)
        return whole(world, shock, closure)

    monkeypatch.setattr(room, "solve", counting)
    return shocks


def test_a_kept_matrix_is_the_same_and_needs_only_the_check(
    folder: Path, solved: list[cv.Shock]
) -> None:
    world = world_of(7, 4, 3)
    first = cv.power(world)
    assert len(solved) == 6
    assert len(list(folder.iterdir())) == 1
    solved.clear()
    again = cv.power(world)
    assert len(solved) == 3
    for name, values in first.plain.items():
        np.testing.assert_array_equal(again.plain[name], values)


def test_another_world_closure_or_nothing_kept_is_solved_anew(
    folder: Path, solved: list[cv.Shock]
) -> None:
    world = world_of(7, 4, 3)
    cv.power(world)
    for changed, closure, keep in (
        (world.with_elasticities(3.0), MEDIUM, True),
        (world, cv.Closure.of_horizon("long"), True),
        (world, MEDIUM, False),
    ):
        solved.clear()
        cv.power(changed, closure, keep=keep)
        assert len(solved) == 6


def test_a_part_that_was_solved_is_not_solved_again(folder: Path, solved: list[cv.Shock]) -> None:
    world = world_of(7, 4, 3)
    cv.power(world, regions=["R00", "R01", "R02"])
    assert len(solved) == 3
    solved.clear()
    cv.power(world)
    assert len(solved) == 3 + 3  # the check, and what was missing


def _tampered(path: Path, change: float) -> None:
    with np.load(path) as archive:
        pairs, values = archive["pairs"], np.array(archive["values"])
    at = np.unravel_index(int(np.argmax(values[:, :2])), (len(values), 2))
    values[at] += change
    with path.open("wb") as stream:
        np.savez_compressed(stream, pairs=pairs, values=values)


@pytest.mark.parametrize("change", [1e-6, -1e-7])
def test_a_changed_figure_is_found_out(folder: Path, solved: list[cv.Shock], change: float) -> None:
    world = world_of(7, 4, 3)
    first = cv.power(world)
    (path,) = folder.iterdir()
    _tampered(path, change)
    solved.clear()
    again = cv.power(world)
    assert len(solved) > 6
    np.testing.assert_array_equal(again.plain["loss"], first.plain["loss"])
    solved.clear()
    cv.power(world)  # what was wrong is gone from the disk as well
    assert len(solved) == 3


BROKEN = {
    "no archive": lambda path: path.write_bytes(b"not a zip"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "empty": lambda path: path.write_bytes(b""),
    "other members": lambda path: np.savez(path, pairs=np.zeros((1, 2), int)),
    "other shape": lambda path: np.savez(path, pairs=np.zeros((1, 2), int), values=np.ones(3)),
    "no such region": lambda path: np.savez(path, pairs=np.array([[0, 9]]), values=np.ones((1, 3))),
    "not a number": lambda path: np.savez(
        path, pairs=np.array([[0, 1]]), values=np.full((1, 3), np.nan)
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_damaged_file_is_as_good_as_none(folder: Path, solved: list[cv.Shock], kind: str) -> None:
    world = world_of(7, 4, 3)
    first = cv.power(world)
    (path,) = folder.iterdir()
    BROKEN[kind](path)
    solved.clear()
    again = cv.power(world)
    assert len(solved) == 6
    np.testing.assert_array_equal(again.plain["loss"], first.plain["loss"])


def test_an_interrupted_run_goes_on_where_it_stopped(
    folder: Path, solved: list[cv.Shock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_CHUNK", 2)
    world = world_of(7, 4, 3)

    def stop(done: int, total: int) -> None:
        if done == 4 + 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cv.power(world, workers=1, progress=stop)
    solved.clear()
    cv.power(world)
    # Two of six were written; all kept pairs are checked, the rest is solved.
    assert len({s.array("trade_cost").tobytes() for s in solved}) == 6
    assert len(solved) == 3 + 4


def test_no_folder_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(7, 4, 3)
    expected = cv.power(world, keep=False).plain["loss"]
    (tmp_path / "file").write_text("no folder")
    for place in (str(tmp_path / "file"), "off"):
        monkeypatch.setenv("COUNTERVAIL_CACHE", place)
        np.testing.assert_array_equal(cv.power(world).plain["loss"], expected)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_folder_follows_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path))
    assert kept.cache_folder("power") == tmp_path / "power"
    monkeypatch.setenv("COUNTERVAIL_CACHE", "OFF")
    assert kept.cache_folder("power") is None
    monkeypatch.delenv("COUNTERVAIL_CACHE")
    usual = kept.cache_folder("power")
    assert usual is not None
    assert usual.name == "power"


def test_an_empty_matrix_can_be_kept(folder: Path) -> None:
    store = Store(world_of(7, 4, 3), MEDIUM)
    store.write({})

    def never(pair: Pair) -> PairLoss:
        raise AssertionError(pair)

    assert store.read(never) == {}
    assert os.listdir(folder)
