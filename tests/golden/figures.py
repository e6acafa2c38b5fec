"""The published figures of ``canada-2026``: ladder, threats, deals, exposure, layers, spill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import countervail as cv

FILE = Path(__file__).with_name("canada-2026.json")
_DIGITS = 9


def figures() -> dict[str, Any]:
    """Every figure of the bundled scenario by name, in percent and billion USD."""
    brief = cv.run("canada-2026", measures=("exposure", "demand", "capital", "routes", "ties"))
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
    for deal in results.deals:
        values = (deal.full_percent, deal.expected_percent, deal.threat_percent)
        found["figures"][f"deal {deal.id}"] = [_kept(v) for v in values]
    together = (
        results.deals_together_percent,
        results.deals_expected_percent,
        results.deals_threat_percent,
    )
    found["figures"]["deals together"] = [_kept(v) for v in together]
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
    for row in results.capital.withdrawals if results.capital else ():
        key = f"withdrawal {row.origin}, {row.horizon}"
        found["figures"][key] = [_kept(row.stock_bn), _kept(row.harm_percent)]
    if results.pipeline:
        found["figures"]["projects"] = [_kept(results.pipeline.added_percent)]
        for project in results.pipeline.projects:
            found["figures"][f"project {project.id}"] = [
                project.start_all,
                project.start_without_coercer,
                project.start_without_partners,
            ]
    for network in results.routes:
        found["figures"][f"routes {network.id}"] = [
            _kept(network.max_flow),
            _kept(network.bypass_ratio),
            _kept(network.worst_loss_percent),
        ]
    for way in results.ties.reach if results.ties else ():
        found["figures"][f"reach {way.what}, {way.steps}"] = [
            _kept(way.before_percent),
            _kept(way.after_percent),
            _kept(way.with_coercer_percent),
        ]
    if results.worth:
        for row in results.worth.rows:
            found["figures"][f"contribution {row.deal}, {row.measure}"] = [
                _kept(row.alone_percent),
                _kept(row.last_percent),
                _kept(row.shapley_percent),
                _kept(row.mean_percent),
            ]
        for bundle in results.worth.bundles:
            key = f"bundle {bundle.role}, {bundle.basis}: {', '.join(bundle.deals)}"
            found["figures"][key] = [_kept(bundle.peace_percent), _kept(bundle.exposure_percent)]
    if results.sequence:
        order = results.sequence
        values = (order.best_percent, order.waiting_percent, order.taken_percent)
        found["figures"]["order of signing"] = [_kept(v) for v in values]
    for claim in results.claims:
        sides = [value for a, _, b in claim.sides for value in (_kept(a.value), _kept(b.value))]
        found["figures"][f"claim {claim.id}: {claim.verdict}"] = sides
    if results.why:
        found["figures"]["why"] = [_kept(row.percent) for row in results.why.rows]
    return found


def _kept(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
