"""Small scenarios that the tests of this room share; every name in them is invented or neutral."""

from __future__ import annotations

import pytest

from countervail.errors import ScenarioError
from countervail.scenario.read import parse_scenario

HEAD = """\
title = "Example"
world = "world-2014"
protagonist = "CAN"
coercer = ["USA"]
"""
THREAT = """
[[threat]]
id = "cars"
instrument = "import-tariff"
rate = 0.25
sectors = ["motor-vehicles"]
"""
DEAL = """
[[deal]]
id = "pledge"
kind = "diplomatic-post"
parties = ["CAN", "QAT"]
status = "announced"
date = 2025-11-20
"""
MONEY = DEAL.replace("diplomatic-post", "investment")
TARIFFS = DEAL.replace("diplomatic-post", "tariff-quota").replace("QAT", "CHN")
CLAIM = """
[[claim]]
id = "safe"
says = "It is safe."
test = "exposure.before > 1"
"""


def errors_of(text: str) -> tuple[str, ...]:
    """The evidence lines of the error that reading ``text`` raises."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "case.toml")
    return caught.value.evidence


def only_error(text: str, line: int, *words: str) -> None:
    """Reading ``text`` gives exactly one error, on that line, that says all the ``words``."""
    found = errors_of(text)
    assert len(found) == 1, found
    assert found[0].startswith(f"case.toml, line {line}: "), found[0]
    for word in words:
        assert word in found[0], (word, found[0])
