"""Results, text and terminal tables load nothing heavy, so that small commands stay quick."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("numpy", "pandas", "jax", "scipy", "xarray", "altair", "vl_convert", "jinja2", "rich")
MODULES = (
    "results",
    "text",
    "tables",
    "views",
    "terminal",
    "manifest",
    "report",
    "questions.trust",
    "rows.channels",
    "questions.deals",
    "questions.whose",
    "questions.pipeline",
    "questions.routed",
    "questions.tied",
    "questions.limits",
    "world_sheet",
    "questions.world_tables",
)


@pytest.mark.parametrize("module", MODULES)
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = (
        f"import sys, json, countervail.brief.{module}; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(json.loads(done.stdout)).isdisjoint(HEAVY)
