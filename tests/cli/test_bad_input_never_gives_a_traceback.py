"""Whatever is typed, the answer is a sentence with the cause and what to do, and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from countervail.cli import call

BAD = [
    (["solve", "--tariff", "USA:CAN:goods:25"], "0.25"),
    (["solve", "--tariff", "USA:CNA:goods:+25%"], "Nearest: CAN,"),
    (["solve", "--tariff", "USA:CAN:godos:+25%"], "goods"),
    (["solve", "--tariff", "USA:CAN:+25%"], "four are needed"),
    (["solve", "--tariff", "USA:CAN:goods:abc"], "not a number"),
    (["solve", "--tariff", "USA:CAN:goods:+nan"], "not a number"),
    (["solve", "--trade-cost", "USA:CAN:goods:+25%"], "factor"),
    (["solve", "--trade-cost", "USA:CAN:goods:-1"], "above 0"),
    (["solve", "--cut-off", "USA"], "--cut-off A:B"),
    (["solve", "--balance", "fixd"], "--balance 'fixd'"),
    (["solve", "--labour", "movable"], "mobile"),
    (["solve", "--horizon", "mediun"], "--horizon 'mediun'"),
    (["solve", "--world", "world-2041"], "world-2014"),
    (["solve", "--tariffs-as-of", "soon"], "2026-08-19"),
    (["solve", "--json", "--csv"], "exclude"),
    (["run", "canada-2062"], "canada-2026"),
    (["run", "nowhere/at-all.toml"], "nowhere"),
    (["run", "canada-2026", "--measures", ",", "--out", "zz"], "exposure"),
    (["run", "canada-2026", "--measures", "nosuch", "--out", "zz"], "nosuch"),
    (["solve", "--top", "-1"], "--top"),
    (["check", "nothing-here"], "canada-2026"),
    (["ladder", "canada-2026", "--horizon", "never"], "medium"),
    (["explain", "harmm"], "harm"),
    (["worlds", "show", "world-2041"], "world-2014"),
    (["worlds", "build", "wiod-2041", "x.npz"], "wiod-2014"),
    (["worlds", "build", "wiod-2014", "missing.npz"], "missing.npz"),
    (["frobnicate"], "frobnicate"),
    (["solve", "--tarif", "x"], "--tarif"),
    (["diff", "canada-2026"], "after"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD, ids=lambda v: " ".join(v)[:50])
def test_cause_and_remedy(
    arguments: list[str],
    expected: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code = call(arguments)
    shown = capsys.readouterr()
    assert code == 2
    assert expected in shown.err
    assert "Traceback" not in shown.err + shown.out
    assert not list(tmp_path.iterdir())


def test_ten_errors_of_a_scenario_are_all_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        """
world = "world-2014"
protagonist = "CAM"
coercer = ["USSA"]
horizon = "soon"

[[threat]]
id = "A b"
instrument = "import-tarif"
rate = "25"
sectors = ["motor-vehicels"]
satus = "proclaimed"

[[deal]]
id = "d"
kind = "investmant"
parties = ["CAN", "QATT"]
status = "sined"
""",
        encoding="utf-8",
    )
    assert call(["check", str(path)]) == 2
    shown = capsys.readouterr().err
    lines = [line for line in shown.splitlines() if line.startswith("  - ")]
    assert len(lines) >= 10, shown
    for word in ("motor-vehicles", "import-tariff", "status", "investment", "signed", "CAN"):
        assert word in shown


def test_a_damaged_world_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.npz"
    path.write_bytes(b"PK\x03\x04 not a world")
    assert call(["solve", "--world", str(path)]) == 2
    assert "damaged.npz" in capsys.readouterr().err


def test_an_unwritable_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert call(["run", "canada-2026", "--quiet", "--out", str(tmp_path / "file" / "out")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_new_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    assert call(["new", str(path)]) != 0
    assert "exists already" in capsys.readouterr().err
    assert path.read_text() == "precious"
