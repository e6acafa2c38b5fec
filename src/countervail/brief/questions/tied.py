"""Whom the protagonist reaches without the coercer, and through whom: words and tables."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.channels import ReachRow, TiesPage
from countervail.brief.views import Column, Table, status

NEW = 10
"""How many new ties are shown."""


def finding(page: TiesPage) -> str:
    """How much is reached without the coercer before and after the deals, without full stop."""
    rows = [row for row in page.reach if row.after_percent is not None]
    mine, theirs = text.possessive(page.actor_name), text.the(page.coercer_name)
    if not rows:
        return f"Through whom {text.the(page.actor_name)} reaches others"
    row = rows[0]
    after = text.percent(row.after_percent)
    said = f"Without {theirs}, {mine} ties reach {after} of {_what(row)}"
    if row.before_percent is None:
        return said
    if text.percent(row.before_percent) == after:
        return f"{said}, as before the deals"
    return f"{said}; before the deals it was {text.percent(row.before_percent)}"


def _what(row: ReachRow) -> str:
    return {"mediators": "all mediators"}.get(row.what, row.what)


def sentences(page: TiesPage) -> list[str]:
    """The other measures of reach, brokerage, dependence on one partner, and votes."""
    made = [_reach(row, page) for row in page.reach[1:] if row.after_percent is not None]
    if page.reach and page.reach[0].steps:
        made.append(
            f"Reached means: at most {text.counted(page.reach[0].steps, 'tie')} away"
            + (
                f", by {text.listed([status(layer) for layer in page.layers])}."
                if page.layers
                else "."
            )
        )
    return [*made, *[said for make in (_between, _constraint, _votes) if (said := make(page))]]


def _reach(row: ReachRow, page: TiesPage) -> str:
    said = f"Of {_what(row)} they reach {text.percent(row.after_percent)}"
    if row.before_percent is not None:
        same = text.percent(row.before_percent) == text.percent(row.after_percent)
        said += ", as before" if same else f" ({text.percent(row.before_percent)} before the deals)"
    if row.with_coercer_percent is not None:
        said += f", and with {text.the(page.coercer_name)} {text.percent(row.with_coercer_percent)}"
    return f"{said}."


def _between(page: TiesPage) -> str:
    if page.betweenness is None:
        return ""
    rank = f", number {page.betweenness_rank} of all" if page.betweenness_rank else ""
    return (
        f"As a broker {text.the(page.actor_name)} stands on {text.percent(100 * page.betweenness)} "
        f"of the shortest ways between two others{rank}."
    )


def _constraint(page: TiesPage) -> str:
    if page.constraint is None:
        return ""
    return (
        "How much its ties hang on partners who are tied to each other (Burt\u2019s constraint): "
        f"{text.number(page.constraint)}; the lower, the freer."
    )


def _votes(page: TiesPage) -> str:
    if page.affinity_coercer is None:
        return ""
    return (
        f"It votes with {text.the(page.coercer_name)} to a degree of "
        f"{text.fixed(page.affinity_coercer)} on a scale from 0 to 1."
    )


def summary(results: Results) -> str:
    """Whom the ties reach in one line for a terminal; empty without figures."""
    page = results.ties
    if page is None or all(row.after_percent is None for row in page.reach):
        return ""
    return f"Through whom? {finding(page)}."


def mediator_table(page: TiesPage) -> Table:
    """Who has mediated, and how that one is reached."""
    return Table(
        f"Mediators and how {text.the(page.actor_name)} reaches them without "
        f"{text.the(page.coercer_name)}",
        (Column("Mediator", "", False), Column("Reached", "", False)),
        tuple(page.mediators),
    )


def new_tie_table(page: TiesPage) -> Table:
    """The new ties that would add most to the reach."""
    rows = sorted(
        page.new_ties,
        key=lambda row: (
            -(row.adds_gdp_percent or 0.0),
            -(row.adds_mediators_percent or 0.0),
            row.partner,
        ),
    )[:NEW]
    return Table(
        f"The {text.counted(len(rows), 'new tie')} that would add most",
        (
            Column("With", "", False),
            Column("Tie", "", False),
            Column("World GDP", "points"),
            Column("Mediators", "points"),
            Column("Note", "", False),
        ),
        tuple(
            (
                row.partner_name,
                status(row.layer),
                text.fixed(row.adds_gdp_percent),
                text.fixed(row.adds_mediators_percent, 1),
                row.note or text.DASH,
            )
            for row in rows
        ),
        csv="new_ties",
    )


def tie_table(page: TiesPage) -> Table:
    """Every partner with the layers that join the two."""
    return Table(
        f"Ties of {text.the(page.actor_name)}",
        (
            Column("Partner", "", False),
            Column("Ties", "", False),
            Column("Votes alike", "0 to 1"),
            Column("Data", "", False),
        ),
        tuple(
            (
                row.partner_name,
                "; ".join(status(layer) for layer in row.layers) or text.DASH,
                text.fixed(row.affinity),
                row.status or text.DASH,
            )
            for row in page.ties
        ),
        csv="ties",
    )
