"""Whatever stands in the head of a table, or under it, ``explain`` knows by that word."""

from __future__ import annotations

import pytest

from countervail.cli import call

WORDS = {
    "W": "status-quo-welfare",
    "d": "disagreement",
    "ratio of losses": "leverage-ratio",
    "first order": "power-first-order",
    "entropy": "poles",
    "CON": "con",
    "coreness": "core-periphery",
    "searches": "fresh-searches",
    "gap": "fresh-searches",
    "bypass": "bypass",
    "exposure": "exposure",
}


@pytest.mark.parametrize(("word", "entry"), WORDS.items())
def test_explained(word: str, entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["explain", word]) == 0
    assert capsys.readouterr().out.startswith(f"{entry}  (")
