"""``--help``, ``check``, ``diff``, ``new`` and ``explain`` never import the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("jax", "xarray", "pandas", "scipy", "altair")


@pytest.mark.parametrize(
    "command",
    [
        ["--help"],
        ["--version"],
        ["check", "canada-2026"],
        ["diff", "canada-2026", "canada-2026"],
        ["new"],
        ["explain", "harm"],
        ["explain"],
        ["explain", "elasticities"],
        ["verdicts", "canada-2026", "--figures"],
        ["worlds", "list"],
        ["worlds", "fetch"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(command: list[str]) -> None:
    program = (
        "import sys; from countervail.cli import call; "
        f"code = call({command!r}); "
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"
