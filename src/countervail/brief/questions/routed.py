"""By which routes a commodity leaves, and how much of them avoids the coercer: words, tables."""

from __future__ import annotations

import math

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.channels import RouteEdgeRow, RouteNetworkRow
from countervail.brief.views import Column, Table, status

MAPS = 9
"""How many networks are drawn; those beyond are in the tables only."""

_PRICED = {"oil": "barrel", "gas": "MMBtu", "lng": "MMBtu"}
_UNITS = {
    "kb/d": "kb/d: thousand barrels a day",
    "bcf/d": "bcf/d: billion cubic feet a day",
    "Mt/y": "Mt/y: million tonnes a year",
    "MMBtu": "MMBtu: million British thermal units, a measure of heat",
}

OPERATING = "operating"
"""The status of a line that is there."""


def amount(value: float | None, unit: str) -> str:
    """A flow in its unit: "5,600 kb/d"."""
    return text.MISSING if value is None else f"{text.number(value)}\u00a0{unit}"


def ground(results: Results) -> str:
    """Whose ground it is: "US ground", "the ground of the United Kingdom"."""
    short = text.adjective(results)
    return f"{short} ground" if short else f"the ground of {text.the(results.coercer_name)}"


def finding(row: RouteNetworkRow, results: Results) -> str:
    """Which part can still flow without the coercer's ground, without its full stop."""
    if row.bypass_ratio is None:
        return text.typeset(row.title)
    part = text.percent(100 * row.bypass_ratio)
    return (
        f"{text.typeset(row.title)}: without {ground(results)}, {part} of the {_what(row)} is left"
    )


def _what(row: RouteNetworkRow) -> str:
    return "flow abroad" if row.scope == "abroad" else "flow"


def sentences(row: RouteNetworkRow, results: Results) -> list[str]:
    """Flow and bypass in their unit, the weakest line, and what closing more would leave."""
    made = []
    if row.max_flow is not None and row.bypass_flow is not None:
        made.append(
            f"At most {amount(row.max_flow, row.unit)} can flow"
            f"{' to markets abroad' if row.scope == 'abroad' else ''}, and "
            f"{amount(row.bypass_flow, row.unit)} without {ground(results)}."
        )
    if row.worst_edge and row.worst_loss_percent is not None:
        worst = text.typeset(row.worst_edge_name or row.worst_edge)
        made.append(
            f"The line that matters most is \u201c{worst}\u201d: without it "
            f"{_lost(row.worst_loss_percent)}."
        )
    made.append(_closed(row, results))
    if row.netback_usd_per_unit is not None:
        each = {"MMBtu": "an MMBtu"}.get(unit_of_price(row), f"a {unit_of_price(row)}")
        made.append(
            f"Where the network earns most, {each} brings "
            f"US$\u00a0{text.number(row.netback_usd_per_unit)} after the costs of the way."
        )
    return [
        said for said in (*made, planned_sentence(row, results), text.sentence(row.note)) if said
    ]


def _lost(percent: float) -> str:
    return (
        "nothing is lost" if percent < text.NOTHING else f"{text.size(percent)} of the flow is lost"
    )


def _closed(row: RouteNetworkRow, results: Results) -> str:
    """What remains where the coercer closes the worst lines on its ground, one after the other."""
    steps = [(n, left) for n, left in row.interdiction if n > 0]
    if not steps:
        return ""
    # What was closed first takes most, so that what further lines take can be nothing.
    shown = [text.number(value) for _, value in steps]
    last = next(k for k, value in enumerate(shown) if value == shown[-1])
    noun = "line" if steps[last][0] == 1 else "lines"
    lines = text.listed([text.counted(n, "line").split(" ")[0] for n, _ in steps[: last + 1]])
    left = text.listed(shown[: last + 1])
    whither = " to all markets, those at home included" if row.scope == "abroad" else ""
    said = (
        f"With {lines} {noun} on {ground(results)} closed where that hurts most, "
        f"{left}\u00a0{row.unit} can still flow{whither}"
    )
    before = next((text.number(value) for n, value in row.interdiction if n == 0), "")
    if shown[0] == before:
        return f"{said}, as much as with none closed."
    return f"{said}; closing more takes no more." if last + 1 < len(steps) else f"{said}."


def unit_of_price(row: RouteNetworkRow) -> str:
    """What prices and costs are for: "barrel", "MMBtu"."""
    return _PRICED.get(row.commodity, "unit")


def units(results: Results) -> str:
    """The units of the networks shown, in words."""
    known = {row.unit for row in results.routes} | {unit_of_price(r) for r in results.routes}
    said = "; ".join(words for unit, words in _UNITS.items() if unit in known)
    return f"Units: {said}." if said else ""


def planned_sentence(row: RouteNetworkRow, results: Results) -> str:
    """The new line that would add most to what avoids the coercer."""
    rows = [p for p in row.planned if p.adds_bypass is not None]
    if not rows:
        return ""
    best = max(rows, key=lambda p: p.adds_bypass or 0.0)
    if (best.adds_bypass or 0.0) < text.NOTHING:
        return f"No new line on record would add to what avoids {ground(results)}."
    said = (
        f"Of the new lines on record \u201c{text.typeset(best.name)}\u201d would add most to what "
        f"avoids {ground(results)}: {amount(best.adds_bypass, row.unit)}"
    )
    if best.adds_bn is not None:
        said += f", worth {text.dollars(best.adds_bn)} a year at fixed prices"
    return f"{said}."


def unlimited(edge: RouteEdgeRow, row: RouteNetworkRow) -> bool:
    """Whether a line has no limit that is known: what stands for it is above all that can flow."""
    return edge.basis == "judgement" and (edge.capacity or 0.0) > (row.max_flow or math.inf)


def by_capacity(row: RouteNetworkRow) -> list[RouteEdgeRow]:
    """The lines, the largest capacity first; lines that are not there yet come last."""
    return sorted(
        row.edges, key=lambda e: (e.status != OPERATING, -(e.capacity or 0.0), e.name, e.id)
    )


def edge_table(row: RouteNetworkRow, results: Results) -> Table:
    """Every line with its capacity, its flow, and what is lost without it."""
    names = {place.region: text.typeset(place.name) for place in results.places}
    codes = any(code not in names for edge in row.edges for code in edge.jurisdictions)
    return Table(
        f"{text.typeset(row.title)}: lines, {row.unit}",
        (
            Column("Line", "", False),
            Column("Capacity", row.unit),
            Column("Used", row.unit),
            Column("Lost without it", "% of the flow"),
            Column("Cost", f"US$ per {unit_of_price(row)}"),
            Column("Ground of", "", False),
            Column("Status", "", False),
            Column("Source", "", False),
        ),
        tuple(
            (
                text.typeset(edge.name),
                "no limit" if unlimited(edge, row) else _figure(edge.capacity),
                _figure(edge.used),
                text.fixed(edge.loss_percent, 1),
                text.fixed(edge.cost_usd, 2),
                ", ".join(names.get(code, code) for code in edge.jurisdictions) or "no state",
                status(edge.status),
                _source(edge),
            )
            for edge in by_capacity(row)
        ),
        notes=(
            "Used: the flow where the network as a whole earns most. Judgement marks capacities "
            "and costs without a source of their own."
            + (" Codes of three letters (ISO 3166-1): no economy of its own here." * codes),
        ),
        csv="routes",
    )


def _figure(value: float | None) -> str:
    return text.DASH if value is None else text.number(value, 3)


def _source(edge: RouteEdgeRow) -> str:
    if not edge.source:
        return edge.basis or text.DASH
    return f"{edge.source} ({edge.basis})" if edge.basis else edge.source


def planned_table(row: RouteNetworkRow, results: Results) -> Table:
    """The lines that are not there yet and what each would add, the most first."""
    rows = sorted(row.planned, key=lambda p: (-(p.adds_bypass or 0.0), p.id))
    return Table(
        f"{text.typeset(row.title)}: what new lines would add, each alone",
        (
            Column("Line", "", False),
            Column("Capacity", row.unit),
            Column("Flow", row.unit),
            Column(f"Without {ground(results)}", row.unit),
            Column("Worth a year", "US$ bn"),
            Column("Status", "", False),
            Column("Source", "", False),
        ),
        tuple(
            (
                text.typeset(p.name),
                _figure(p.capacity),
                _added(p.adds_flow),
                _added(p.adds_bypass),
                text.fixed(p.adds_bn, 2),
                status(p.status),
                p.source or text.DASH,
            )
            for p in rows
        ),
        csv="planned_routes",
    )


def _added(value: float | None) -> str:
    if value is None:
        return text.DASH
    return "0" if abs(value) < 1e-6 else text.number(value, 3)


def summary(results: Results) -> str:
    """The networks in one line for a terminal; empty without any."""
    said = [finding(row, results) for row in results.routes if row.bypass_ratio is not None]
    return f"By which routes? {'. '.join(said)}." if said else ""
