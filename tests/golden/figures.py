"""The published figures of ``canada-2026``: ladder, exposure, threats, who else is hit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import countervail as cv

FILE = Path(__file__).with_name("canada-2026.json")
_DIGITS = 9


def figures() -> dict[str, Any]:
    """Every figure of the bundled scenario by name, in percent and billion USD."""
    brief = cv.run("canada-2026", measures=("exposure", "demand"))
    results = brief.results
    found: dict[str, Any] = {"world": results.manifest["world"]["hash"], "figures": {}}
    for row in results.ladder:
        place = f"{row.rung}, {row.horizon}"
        key = f"ladder {place}, retaliation {row.retaliation}, energy {row.energy}"
        found["figures"][key] = [
            _kept(row.harm_percent),
            _kept(row.harm_bn),
            _kept(row.cost_percent),
            _kept(row.cost_bn),
        ]
    for threat in results.threats:
        found["figures"][f"threat {threat.id}"] = [
            _kept(threat.harm_percent),
            _kept(threat.cost_percent),
        ]
    for cell in results.exposures:
        key = f"exposure {cell.label}, {cell.horizon}, retaliation {cell.retaliation}"
        found["figures"][key] = [_kept(cell.exposure_percent), _kept(cell.cost_percent)]
    for case in results.demands:
        found["figures"][f"demand {case.case}"] = [
            _kept(case.demand_bn),
            _kept(case.rupture_percent),
        ]
    for other in results.spill:
        found["figures"][f"spill {other.region}"] = [_kept(other.welfare_percent)]
    return found


def _kept(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
