"""With ``tariffs_as_of`` every figure starts from the dated base, and the record says so."""

from __future__ import annotations

from pathlib import Path

import countervail as cv
from countervail.api import base_world

TEXT = """\
title = "Example"
world = "world-2014"
tariffs_as_of = 2026-04-06
protagonist = "CAN"
coercer = ["USA"]

[ladder]
rates = [0.25]
cut_off = false
horizons = ["medium"]
retaliation = ["none"]
energy = false
"""


def test_the_base_is_dated_and_the_record_says_so(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(TEXT, "utf-8")
    dated = base_world(cv.read_scenario(path))
    assert dated.provenance["tariffs_as_of"]["date"] == "2026-04-06"  # type: ignore[index]
    found = cv.run(path, measures=()).results
    (cell,) = (row for row in found.ladder if row.rate == 0.25)
    direct = cv.solve(
        dated,
        cv.Shock(dated).tariff("USA", "CAN", "goods", add=0.25),
        cv.Closure.of_horizon("medium"),
    )
    harm = -float(direct.welfare.sel(region="CAN"))
    assert cell.harm_percent is not None
    assert abs(cell.harm_percent - harm) < 1e-9
    record = found.manifest["world"]["tariffs_as_of"]
    assert record["schedules"][0]["name"] == "us-2025-26"
    assert any("tariffs as of 2026-04-06" in line for line in found.world.provenance)
    path.write_text(TEXT.replace("tariffs_as_of = 2026-04-06\n", ""), "utf-8")
    (undated,) = (row for row in cv.ladder(path).cells if row.rate == 0.25)
    assert undated.harm_percent != cell.harm_percent
