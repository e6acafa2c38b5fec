"""Reading, comparing and explaining load no numerical library, so that they start at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "jax", "xarray", "pandas", "scipy", "altair")


@pytest.mark.parametrize(
    "work",
    [
        "from countervail.scenario.read import *; scenario_notices(read_scenario('canada-2026'))",
        "from countervail.scenario.diff import diff; diff('canada-2026', 'canada-2026')",
        "from countervail.scenario.template import new_scenario_text; new_scenario_text()",
        "from countervail.scenario.schema import schema_json; schema_json()",
        "from countervail.glossary import explain, render; render(explain('welfare'))",
    ],
)
def test_no_heavy_import(work: str) -> None:
    code = f"{work}\nimport sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_explaining_needs_not_even_the_schema() -> None:
    code = "import countervail.glossary, sys; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
