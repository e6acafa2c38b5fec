"""What is observed and what is constructed, in words and in one table."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import text, views
from countervail.brief.results import Results, StatusRow

MATTERS = 10.0
"""Percent of the protagonist's foreign trade above which constructed cells are spoken of."""

_NAMED = 5
_ITS = "come from priors, not from a table"


def constructed_line(
    rows: Sequence[StatusRow],
    constructed: Sequence[str],
    parties: Sequence[str],
    mine: str = "",
    first: Sequence[str] = (),
) -> str:
    """What the reader must know about constructed data, or nothing where it does not matter.

    ``rows`` and ``constructed`` (names of regions) are those of a world's card, ``parties`` the
    names of the two sides, ``mine`` that of the protagonist; ``first`` are names to mention
    before others. It matters where a region is constructed, or more than ``MATTERS`` percent
    of the protagonist's foreign trade.
    """
    shares = {row.part: row.constructed_percent for row in rows}
    own = shares.get("protagonist-trade", 0.0)
    if not constructed and own < MATTERS:
        return ""
    sides = [name for name in parties if name in constructed]
    ordered = [n for n in first if n in constructed] + list(constructed)
    others = [name for name in dict.fromkeys(ordered) if name not in sides]
    said = [_sides(sides), _others(others, bool(sides)), _shares(shares, mine)]
    return " ".join(sentence for sentence in said if sentence)


def _sides(names: Sequence[str]) -> str:
    if not names:
        return ""
    who = text.capital(text.listed([text.the(n) for n in names]))
    return (
        f"{who} is a constructed economy: its sectors {_ITS}."
        if len(names) == 1
        else f"{who} are constructed economies: their sectors {_ITS}."
    )


def _others(names: Sequence[str], also: bool) -> str:
    if not names:
        return ""
    shown = [text.the(n) for n in names[:_NAMED]]
    more = len(names) - len(shown)
    who = text.capital(text.listed([*shown, *([text.count(more, "other")] if more else [])]))
    one = len(names) == 1
    if also:
        return f"{who} {'is one' if one else 'are such'} too."
    what = "is a constructed economy: its" if one else "are constructed economies: their"
    return f"{who} {what} sectors {_ITS}."


def _shares(shares: dict[str, float], mine: str) -> str:
    parts = [
        f"{text.size(shares[part])} of {whose} foreign trade"
        for part, whose in (("protagonist-trade", text.possessive(mine)), ("world-trade", "all"))
        if shares.get(part, 0.0) > text.NOTHING
    ]
    return f"Constructed cells carry {text.listed(parts)}." if parts else ""


def of_results(results: Results) -> str:
    """``constructed_line`` for a run: the two sides, then the parties to its deals."""
    sides = [p.name for p in results.places if p.role in ("protagonist", "coercer")]
    deals = [party for deal in results.deals for party in deal.parties]
    world = results.world
    return constructed_line(
        world.statuses, world.constructed_regions, sides, results.protagonist_name, deals
    )


def status_table(rows: Sequence[StatusRow], unit: str) -> views.Table:
    """How much of each part of the base data is observed, updated and constructed."""
    return views.Table(
        "What is observed, updated and constructed, by value",
        (
            views.Column("Part of the data", "", False),
            views.Column("Value", unit),
            views.Column("Observed", "%"),
            views.Column("Updated", "%"),
            views.Column("Constructed", "%"),
        ),
        tuple(
            (
                row.label,
                text.number(row.value_bn, 3),
                text.fixed(row.observed_percent, 1),
                text.fixed(row.updated_percent, 1),
                text.fixed(row.constructed_percent, 1),
            )
            for row in rows
        ),
        notes=(
            "Observed: taken from a source for the base year. Updated: an observed figure of an "
            "earlier year, moved to totals of the base year. Constructed: computed from priors, "
            "because no source has the figure.",
        ),
        csv="statuses",
    )
