"""A saved brief is complete; what cannot be saved leaves nothing half-done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import countervail.brief.report as room
from countervail.brief import Brief
from countervail.brief.figures import charts
from countervail.brief.figures.charts import Figure
from countervail.brief.results import Results
from countervail.errors import OutputError

from . import example

FILES = {
    "report.html",
    "results.json",
    "manifest.json",
    *(
        f"tables/{name}.csv"
        for name in (
            "ladder",
            "threats",
            "deals",
            "claims",
            "spill",
            "parameters",
            "key_figures",
            "sectors",
            "places",
            "statuses",
            "exposures",
            "bypass",
            "frontier",
            "frontier_sectors",
            "frontier_tariffs",
            "power",
            "poles",
            "screens",
            "coalition",
            "demands",
            "capital",
            "withdrawals",
            "projects",
            "financiers",
            "routes",
            "planned_routes",
            "ties",
            "new_ties",
            "reach",
            "why",
            "observed",
            "agreement",
            "forecasts",
            "contributions",
            "ranks",
            "bundles",
            "sequence",
            "sequence_odds",
            "sequence_flips",
        )
    ),
    *(
        f"charts/{name}.{kind}"
        for name in (
            "ladder",
            "energy",
            "frontier",
            "carriers",
            "power",
            "demand",
            "deals",
            "capital",
            "projects",
            "routes-1",
            "routes-2",
            "reach",
            "felt",
            "spill",
            "partners",
        )
        for kind in ("svg", "png")
    ),
}


@pytest.fixture(scope="module")
def rendered(drawn: list[Figure]) -> dict[str, tuple[str, bytes]]:
    return {figure.name: (figure.svg(), figure.png()) for figure in drawn}


@pytest.fixture(autouse=True)
def _drawn_once(
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[Figure],
    rendered: dict[str, tuple[str, bytes]],
) -> None:
    """Drawing is tested elsewhere and is slow; every save here takes the same drawings."""
    monkeypatch.setattr(charts, "figures", lambda results: drawn)
    monkeypatch.setattr(Figure, "svg", lambda self: rendered[self.name][0])
    monkeypatch.setattr(Figure, "png", lambda self: rendered[self.name][1])


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_written(results: Results, html: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    index = Brief(results).save(folder)
    assert index == folder / "report.html"
    assert set(held(folder)) == FILES
    assert index.read_text("utf-8") == html
    assert json.loads((folder / "manifest.json").read_text("utf-8")) == results.manifest
    assert [p for p in folder.iterdir() if p.name.startswith(".")] == []


def test_saving_again_gives_the_same_bytes_and_keeps_other_files(
    results: Results, tmp_path: Path
) -> None:
    Brief(results).save(tmp_path)
    first = held(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "charts" / "photo.png").write_text("mine", "utf-8")
    (tmp_path / "tables" / "own.csv").write_text("mine", "utf-8")
    Brief(results).save(tmp_path)
    own = dict.fromkeys(("notes.txt", "charts/photo.png", "tables/own.csv"), b"mine")
    assert held(tmp_path) == {**first, **own}


def test_a_chart_that_is_no_longer_made_goes(
    results: Results, tmp_path: Path, drawn: list[Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    Brief(results).save(tmp_path)
    assert (tmp_path / "charts" / "spill.svg").exists()
    fewer = [figure for figure in drawn if figure.name != "spill"]
    monkeypatch.setattr(charts, "figures", lambda _: fewer)
    Brief(results).save(tmp_path)
    assert not (tmp_path / "charts" / "spill.svg").exists()
    assert (tmp_path / "charts" / "energy.svg").exists()


def test_an_unwritable_folder_is_refused_before_any_work(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Results) -> list[Figure]:
        raise AssertionError("work was done for a folder that cannot be written")

    monkeypatch.setattr(charts, "figures", never)
    blocker = tmp_path / "file"
    blocker.write_text("in the way", "utf-8")
    for folder in (blocker, blocker / "below"):
        with pytest.raises(OutputError, match="cannot write the brief"):
            Brief(results).save(folder)
    assert held(tmp_path) == {"file": b"in the way"}


@pytest.mark.parametrize("after", [0, 3, 12])
def test_an_interruption_while_writing_changes_nothing(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    Brief(results).save(tmp_path)
    before = held(tmp_path)
    calls = 0
    whole = room.write_atomic

    def interrupted(path: Path, content: bytes | str) -> Path:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return whole(path, content)

    monkeypatch.setattr(room, "write_atomic", interrupted)
    changed = example.results(title="Another title")
    with pytest.raises(KeyboardInterrupt):
        Brief(changed).save(tmp_path)
    assert held(tmp_path) == before


def test_an_interruption_while_moving_leaves_whole_files_and_no_manifest(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tmp_path / "good"
    Brief(results).save(good)
    whole = held(good)
    calls = 0
    replace = room.os.replace

    def interrupted(source: Path, target: Path) -> None:
        nonlocal calls
        if target.is_relative_to(tmp_path / "out") and ".unfinished-" not in str(target):
            calls += 1
            if calls == 5:
                raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(room, "_replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Brief(results).save(tmp_path / "out")
    left = held(tmp_path / "out")
    assert len(left) == 4
    assert all(whole[name] == content for name, content in left.items())
    assert "manifest.json" not in left


def test_tables_are_frames_with_every_row(results: Results) -> None:
    brief = Brief(results)
    assert len(brief.tables["ladder"]) == len(results.ladder)
    assert brief.tables["ladder"]["harm_percent"].isna().sum() == 1
    assert set(brief.tables["deals"]["parties"]) == {"Canada; Qatar"}
    assert brief.verdicts == {"impossible": "not yet tested", "amount": "unsourced"}
    assert brief.manifest is results.manifest
    assert "1.7" in repr(brief)
    empty = Brief(example.results(deals=()))
    assert list(empty.tables["deals"].columns)[:2] == ["id", "title"]
