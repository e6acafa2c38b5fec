"""Ctrl-C during a run: exit code 130, no report, no temporary files."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from countervail.brief import report


@pytest.mark.parametrize("delay", [0.5, 2.5])
def test_interrupt(tmp_path: Path, delay: float) -> None:
    out = tmp_path / "out"
    # A pause in the drawing makes sure that the signal arrives before the last file.
    program = (
        "import sys, time, countervail.brief.html as html; real = html.report\n"
        "def slow(*a, **k):\n    time.sleep(30); return real(*a, **k)\n"
        "html.report = slow\n"
        "print('started', flush=True)\n"
        "from countervail.cli import main\n"
        f"main(['run', 'canada-2026', '--measures', 'none', '--quiet', '--out', {str(out)!r}])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "started"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_another_run_fills_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside(target: Path) -> Path:
        target.mkdir(parents=True)
        (target.parent / "other").mkdir()
        return target / "staging"

    monkeypatch.setattr(report, "_staging", beside)
    report.ensure_writable(tmp_path / "out" / "mine")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["other"]
