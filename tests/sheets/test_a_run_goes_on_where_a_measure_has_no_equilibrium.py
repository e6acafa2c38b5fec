"""A run tells what has no equilibrium, with the reason, and computes the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import countervail as cv
from tests.worlds import random_world

CASE = """
title = "A country of which little is left without trade"
world = "world-2023"
protagonist = "R00"
coercer = ["R01"]
[ladder]
rates = [0.1]
sectors = ["all"]
horizons = ["medium"]
retaliation = ["none"]
energy = false
[[deal]]
id = "agreement"
kind = "trade-agreement"
parties = ["R00", "R01"]
effect = 0.2
sectors = ["all"]
status = "signed"
"""


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (3, "What the coercer could do with other suppliers was not computed: R01+R02 against R00"),
        (2, "What bundles of deals are worth was not computed: no deal under a full cut-off"),
    ],
)
def test_what_cannot_be_computed_is_said_and_the_rest_is_there(
    regions: int, said: str, tmp_path: Path
) -> None:
    world = random_world(np.random.default_rng(7), regions, 2)
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    results = cv.run(path, world, measures=["power"]).results
    assert any(line.startswith(said) for line in results.notices)
    assert results.power is not None
    assert results.coalition == ()
    assert results.deals[0].full_percent is not None


def test_deals_that_move_no_trade_are_worth_nothing_together(tmp_path: Path) -> None:
    world = random_world(np.random.default_rng(7), 3, 2)
    path = tmp_path / "case.toml"
    head = CASE.split("[[deal]]")[0]
    seats = "".join(
        f'[[deal]]\nid = "{kind}"\nkind = "{kind}"\nparties = ["R00", "R01"]\nstatus = "signed"\n'
        for kind in ("forum", "defence-tie")
    )
    path.write_text(head + seats)
    found = cv.deals(path, world)
    for field in ("together_percent", "expected_percent", "threat_percent"):
        assert found.together[f"deals_{field}"] == 0.0
