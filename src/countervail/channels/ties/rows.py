"""The page of a brief about ties, as plain mappings: a brief knows no graph."""

from __future__ import annotations

from typing import Any

from countervail.channels import say
from countervail.channels.ties.report import ReachPair, TiesReport


def ties_page(report: TiesReport, coercer_name: str) -> dict[str, Any]:
    """The fields of ``TiesPage``; reach, ties and new ties are mappings too.

    Percents are of the GDP of the whole world, and of all mediators but the actor.
    """
    ties, actor, stands = report.ties, report.actor, report.standing
    names = ties.names
    return {
        "actor": actor,
        "actor_name": names[actor],
        "coercer_name": coercer_name,
        "layers": report.layers,
        "reach": tuple(row for pair in report.reach for row in _reach(report, pair)),
        "ties": tuple(_tie(report, partner) for partner in report.partners()),
        "new_ties": tuple(
            {
                "partner": row.partner,
                "partner_name": names[row.partner],
                "layer": "any",
                "adds_gdp_percent": row.adds_gdp,
                "adds_mediators_percent": row.adds_mediators,
                "note": f"rank {row.rank}",
            }
            for row in report.new.rows
        ),
        "betweenness": stands.betweenness,
        "betweenness_rank": stands.betweenness_rank,
        "constraint": stands.constraint,
        "affinity_coercer": stands.affinity,
        "mediators": tuple(
            (names[node], report.how_reached(node))
            for node in sorted(ties.mediators, key=lambda node: names[node])
            if node != actor and node not in report.coercer
        ),
        "note": note(report, coercer_name),
        "sources": ties.sources,
    }


def note(report: TiesReport, coercer_name: str) -> str:
    """What a reader should know to judge the figures, in sentences."""
    first = report.reach[0]
    said = [
        f"World GDP includes that of {say.the(report.ties.names[report.actor])}, of "
        f"{say.the(coercer_name)} and of the rest of the world; all others together have "
        f"{first.after.most_percent:.1f} %."
    ]
    if report.new.steps != report.steps:
        said.append(
            f"Within {report.steps} ties no new tie adds anything, since what can be reached "
            "already is: shown is what each would add to direct ties."
        )
    if report.made:
        said.append("Deals count as if they were delivered in full.")
    if "investment-treaty" in set(report.layers) - set(report.ties.complete):
        said.append(
            "Investment treaties are listed for Canada, the United States and China, in part for "
            "Gulf states, and not for others."
        )
        said.append(
            "With them, who stands between others says little."
            if "investment-treaty" in report.central
            else f"Who stands between others is told by {say.listed(report.central)} alone."
        )
    return " ".join([*said, *report.ties.notes])


def _reach(report: TiesReport, pair: ReachPair) -> list[dict[str, Any]]:
    alone = pair.after.steps < report.steps
    rows = []
    for what, field in (("world GDP", "gdp_percent"), ("mediators", "mediators_percent")):
        rows.append(
            {
                "what": f"{what} by direct ties" if alone else what,
                "before_percent": None if pair.before is None else getattr(pair.before, field),
                "after_percent": getattr(pair.after, field),
                "with_coercer_percent": getattr(pair.with_coercer, field),
                "steps": pair.after.steps,
            }
        )
    return rows


def _tie(report: TiesReport, partner: str) -> dict[str, Any]:
    ties, actor = report.ties, report.actor
    held = ties.between(actor, partner, report.layers)
    known = dict.fromkeys(
        f"if delivered ({tie.status})" if tie.source == "deal" else tie.status for tie in held
    )
    return {
        "partner": partner,
        "partner_name": ties.names[partner],
        "layers": report.layers_to(partner),
        "affinity": ties.affinity(actor, partner),
        "status": ", ".join(known),
    }
