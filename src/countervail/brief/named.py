"""The figures of a run by name, so that two runs can be laid side by side.

Parts that a brief leads with are named one by one; of any other part every figure whose
field says its unit is taken, so that a part that is new here is compared too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from countervail.brief.results import LadderRow, Results

INCOME = "% of real income"
DOLLARS = "US$ bn"
_SUFFIXES = {
    "_percent": "%",
    "_bn": DOLLARS,
    "_points": "points",
    "_years": "years",
    "_share": "0 to 1",
    "_probability": "0 to 1",
    "_usd": "US$",
}
_IDENTITY = ("id", "key", "title", "name", "label", "what", "deal", "region", "measure", "case")
_KINDS = ("horizon", "variant", "measure", "order", "basis", "role", "other_title")
# Named one by one above, or no result of this run.
_NO_FIGURES = frozenset(
    {
        "bypass",
        "capital",
        "certificate_worst",
        "claims",
        "coalition",
        "deals",
        "deals_draws",
        "demands",
        "exposures",
        "frontier",
        "frontier_sectors",
        "frontier_tariffs",
        "ladder",
        "manifest",
        "parameters",
        "pipeline",
        "places",
        "poles",
        "power",
        "routes",
        "scenario",
        "screens",
        "spill",
        "threats",
        "ties",
        "tolerance",
        "why",
        "world",
    }
)
_TOGETHER = {
    "deals_together_percent": "All deals, in full",
    "deals_expected_percent": "All deals, at their odds",
    "deals_threat_percent": "All deals, under a full cut-off",
    "deals_struck_percent": "Loss by a full cut-off, without the deals",
    "deals_drawn_low_percent": "All deals, 10th percentile of drawn futures",
    "deals_drawn_median_percent": "All deals, median of drawn futures",
    "deals_drawn_high_percent": "All deals, 90th percentile of drawn futures",
}


@dataclass(frozen=True)
class Named:
    """One figure with its place in a brief, its words and its unit."""

    section: str
    label: str
    unit: str
    value: float | None
    headline: bool = False


def named(results: Results) -> dict[str, Named]:
    """Every figure of ``results`` that can be compared, by a key that is the same in any run."""
    parts = (
        _ladder,
        _threats,
        _deals,
        _exposures,
        _frontier,
        _demands,
        _capital,
        _projects,
        _routes,
        _ties,
        _why,
        _spill,
        _other,
    )
    return {key: figure for part in parts for key, figure in part(results)}


Found = Iterator[tuple[str, Named]]


def _ladder(r: Results) -> Found:
    for row in r.ladder:
        key = f"ladder|{row.rung}|{row.horizon}|{row.retaliation}|{row.energy}"
        words = f"{row.rung}, {row.horizon} run{_terms(row)}"
        main = (row.horizon, row.retaliation, row.energy) == (r.horizon, "none", "included")
        for side, value in (("harm", row.harm_percent), ("cost", row.cost_percent)):
            label = f"{side.capitalize()}, {words}"
            yield f"{key}|{side}", Named("Ladder", label, INCOME, value, main)


def _terms(row: LadderRow) -> str:
    answer = "" if row.retaliation == "none" else f", {row.retaliation} retaliation"
    return answer + ("" if row.energy == "included" else ", energy exempt")


def _threats(r: Results) -> Found:
    for row in r.threats:
        for side, value in (("harm", row.harm_percent), ("cost", row.cost_percent)):
            label = f"{side.capitalize()}, {row.title}"
            yield f"threat|{row.id}|{side}", Named("Threats", label, INCOME, value, side == "harm")


def _deals(r: Results) -> Found:
    for field, label in _TOGETHER.items():
        value = getattr(r, field)
        main = field in ("deals_together_percent", "deals_expected_percent")
        yield f"{field}", Named("Deals", label, INCOME, value, main and value is not None)
    for row in r.deals:
        values = {
            "in full": row.full_percent,
            "at its odds": row.expected_percent,
            "under a full cut-off": row.threat_percent,
        }
        for how, value in values.items():
            label = f"{row.title}, {how}"
            main = how == "at its odds"
            yield f"deal|{row.id}|{how}", Named("Deals", label, INCOME, value, main)
        yield (
            f"deal|{row.id}|delivery",
            Named("Deals", f"{row.title}, odds of delivery", "0 to 1", row.delivery),
        )


def _exposures(r: Results) -> Found:
    for row in r.exposures:
        key = f"exposure|{row.instrument}|{row.label}|{row.horizon}|{row.retaliation}"
        main = (row.horizon, row.retaliation) == (r.horizon, "none")
        answer = "" if row.retaliation == "none" else f", {row.retaliation} retaliation"
        label = f"Exposure, {row.label}, {row.horizon} run{answer}"
        yield key, Named("Exposure", label, INCOME, row.exposure_percent, main)
        yield (
            f"{key}|cost",
            Named("Exposure", f"Cost to the coercer: {label}", INCOME, row.cost_percent),
        )
    for bypass in r.bypass:
        label = f"Bypass, {bypass.horizon} run"
        main = bypass.horizon == r.horizon
        yield f"bypass|{bypass.horizon}", Named("Exposure", label, "%", bypass.bypass_percent, main)


def _frontier(r: Results) -> Found:
    for row in r.frontier:
        if row.role not in ("asked", "largest", "own-optimum"):
            continue
        price = "" if row.asked_percent is None else f" at a price of {row.asked_percent:g} %"
        label = (
            f"Largest harm{price}"
            if row.role != "own-optimum"
            else "Harm at the coercer's own best"
        )
        key = f"frontier|{row.role}|{row.asked_percent}"
        yield key, Named("Frontier", label, INCOME, row.harm_percent, row.role == "own-optimum")
    value = r.coalition_percent
    label = "Loss by the coalition together"
    yield "coalition", Named("Power", label, INCOME, value)


def _demands(r: Results) -> Found:
    for n, row in enumerate(r.demands):
        key = f"demand|{row.case}"
        yield (
            f"{key}|demand",
            Named("Demand", f"Demand, {row.case}", DOLLARS, row.demand_bn, n == 0),
        )
        yield f"{key}|rupture", Named("Demand", f"Rupture, {row.case}", "%", row.rupture_percent)


def _capital(r: Results) -> Found:
    if r.capital is None:
        return
    yield "capital|total", Named("Capital", "Inward direct investment", DOLLARS, r.capital.total_bn)
    for row in r.capital.rows:
        label = f"Held by {row.origin_name}"
        yield f"capital|{row.origin}", Named("Capital", label, "% of it", row.share_percent)
    for gone in r.capital.withdrawals:
        what = f"{gone.share_percent:g} % of {gone.origin_name}'s"
        label = f"Harm where {what} leaves, {gone.horizon} run"
        key = f"withdrawal|{gone.origin}|{gone.share_percent:g}|{gone.horizon}"
        yield key, Named("Capital", label, INCOME, gone.harm_percent, gone.horizon == r.horizon)


def _projects(r: Results) -> Found:
    if r.pipeline is None:
        return
    label = "All started projects together"
    yield "projects", Named("Projects", label, INCOME, r.pipeline.added_percent, True)
    for row in r.pipeline.projects:
        for how in ("all", "without_coercer", "without_partners"):
            year = getattr(row, f"start_{how}")
            value = None if year is None else float(year)
            words = "" if how == "all" else f", {how.replace('_', ' ')}"
            yield (
                f"project|{row.id}|{how}",
                Named("Projects", f"{row.title} starts{words}", "year", value, how == "all"),
            )


def _routes(r: Results) -> Found:
    for row in r.routes:
        label = f"{row.title}: part that avoids the coercer"
        yield f"routes|{row.id}|bypass", Named("Routes", label, "0 to 1", row.bypass_ratio, True)
        label = f"{row.title}: largest flow"
        yield f"routes|{row.id}|flow", Named("Routes", label, row.unit, row.max_flow)


def _ties(r: Results) -> Found:
    for row in r.ties.reach if r.ties else ():
        key = f"reach|{row.what}|{row.steps}"
        for when, value in (("before", row.before_percent), ("after", row.after_percent)):
            label = f"Reach of {row.what} within {row.steps}, {when} the deals"
            yield f"{key}|{when}", Named("Ties", label, "%", value, when == "after")


def _why(r: Results) -> Found:
    for row in r.why.of("step") if r.why else ():
        with_whom = f", {row.side}" if row.side else ""
        label = f"{row.channel.capitalize()}{with_whom}"
        yield f"why|{row.channel}|{row.side}", Named("Why", label, INCOME, row.percent)


def _spill(r: Results) -> Found:
    for row in r.spill:
        label = f"{row.name or row.region}: {r.spill_at}"
        yield f"spill|{row.region}", Named("Others", label, INCOME, row.welfare_percent)


def _other(r: Results) -> Found:
    """Every figure with a unit in its name, of the parts that are not named above."""
    for part in fields(r):
        if part.name not in _NO_FIGURES and part.name not in _TOGETHER:
            section = part.name.replace("_", " ").capitalize()
            yield from _inside(part.name, getattr(r, part.name), section, ())


def _inside(key: str, value: Any, section: str, above: tuple[str, ...]) -> Found:
    if isinstance(value, (tuple, list)):
        for n, item in enumerate(value):
            if is_dataclass(item):
                yield from _inside(f"{key}|{_identity(item) or n}", item, section, above)
    elif is_dataclass(value):
        called = _identity(value)
        here = (*above, called) if called else above
        for part in fields(value):
            yield from _inside(f"{key}|{part.name}", getattr(value, part.name), section, here)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        field = key.rpartition("|")[2]
        for suffix, unit in _SUFFIXES.items():
            if field.endswith(suffix):
                words = field.removesuffix(suffix).replace("_", " ")
                label = ": ".join((*above, words))
                label = label[:1].upper() + label[1:]
                yield key, Named(section, label, unit, float(value))


def _identity(row: Any) -> str:
    """What tells a row from its neighbours: its words that are no sentence, joined."""
    values: Mapping[str, Any] = {part.name: getattr(row, part.name) for part in fields(row)}
    names = [str(values[k]) for k in _IDENTITY if values.get(k)][:1]
    kinds = [str(values[k]) for k in _KINDS if values.get(k)]
    if not names and values.get("period"):
        kinds.append(f"period {values['period']}")
    if values.get("role") == "frontier":  # of many with this role
        kinds += values["deals"]
    return ", ".join(dict.fromkeys((*names, *kinds)))
