"""A changed figure of the founding case is a decision, never an accident.

Where this fails on purpose: ``make golden``, and say why in CHANGELOG.md.
"""

from __future__ import annotations

import json

import pytest

from tests.golden.figures import FILE, figures


def _same(before: list[float | None], after: list[float | None]) -> bool:
    known = [v for v in before if v is not None]
    return [v is None for v in before] == [v is None for v in after] and known == pytest.approx(
        [v for v in after if v is not None], rel=1e-6, abs=1e-5
    )


def test_the_bundled_scenario_gives_the_stored_figures() -> None:
    stored, found = json.loads(FILE.read_text("utf-8")), figures()
    assert found["world"] == stored["world"], "the shipped world has changed"
    assert list(found["figures"]) == list(stored["figures"])
    changed = {
        name: (stored["figures"][name], values)
        for name, values in found["figures"].items()
        # The solver stops at 1e-10 in logs; percent and billions are coarser by 100 to 1,000.
        if not _same(stored["figures"][name], values)
    }
    assert not changed
