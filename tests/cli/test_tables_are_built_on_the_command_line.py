"""``worlds build`` for a user's table: what is printed, what is written, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from countervail.cli import call
from countervail.world.store import load_world
from tests.world import tables
from tests.world.tables import known

PLAIN = known(("CAN", "USA", "ROW"), ("motor-vehicles", "banking"), ("households", "stocks"))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tables.write_csv(tmp_path / "mine-2023.csv", tables.plain_lines(PLAIN))


def test_a_table_becomes_a_file_that_can_be_shown_and_solved(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        call(["worlds", "build", "table", "mine-2023.csv", "--out", "mine", "--name", "my-world"])
        == 0
    )
    shown = capsys.readouterr().out
    assert "Taxes on products" in shown
    assert "Written: mine.npz" in shown
    assert "my-world, 3 regions x 2 sectors" in shown
    world = load_world("mine.npz")
    assert (world.name, world.base_year) == ("my-world", 2023)
    assert call(["worlds", "show", "mine.npz"]) == 0
    assert "mine-2023.csv" in capsys.readouterr().out
    assert call(["solve", "--world", "mine.npz", "--tariff", "USA:CAN:goods:+25%", "--json"]) == 0


def test_quiet_prints_one_line(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["worlds", "build", "table", str(table), "-q"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert Path("world.npz").is_file()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["tabel", "mine-2023.csv"], "Nearest: table"),
        (["table", "absent.csv"], "absent.csv"),
        (["table", "."], "folder"),
        (["icio", "mine-2023.csv"], "no OECD ICIO table"),
        (["figaro", "mine-2023.csv", "--usd-per-unit", "1.1"], "no FIGARO table"),
        (["table", "mine-2023.csv", "--year", "nineteen"], "--year"),
        (["table", "mine-2023.csv", "--aggregate", "absent.csv"], "absent.csv"),
        (["table", "mine-2023.csv", "--elasticities", "caliendo"], "caliendo-parro"),
        (["table", "mine-2023.csv", "--tariff-default", "0"], "--tariff FILE"),
        (["wiod-2014", "mine-2023.csv", "--year", "2014"], "does not take --year"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)
def test_what_is_refused(
    arguments: list[str], word: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(Path().iterdir())
    assert call(["worlds", "build", *arguments]) == 2
    shown = capsys.readouterr()
    assert word in shown.err
    assert "Traceback" not in shown.err + shown.out
    assert sorted(Path().iterdir()) == before


def test_no_file_but_a_world_is_written_over(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = table.read_bytes()
    Path("letter.txt").write_text("dear")
    for out, word in (("mine-2023.csv", "source file itself"), ("letter.txt", "no world file")):
        assert call(["worlds", "build", "table", "mine-2023.csv", "--out", out]) == 2
        assert word in capsys.readouterr().err
    assert (table.read_bytes(), Path("letter.txt").read_text()) == (before, "dear")
    for _ in range(2):
        assert call(["worlds", "build", "table", "mine-2023.csv", "-q"]) == 0
