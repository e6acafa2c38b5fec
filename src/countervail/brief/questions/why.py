"""Why the protagonist's real income changed: words, one table, one figure; the terms sum to it."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import numbers, text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST, THEIRS
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.strips import Lane, Piece, Strip
from countervail.brief.results import Results
from countervail.brief.rows.why import WhyPage, WhyRow
from countervail.brief.views import Column, Table

_SMALL = 0.02  # of the largest step: what is smaller joins the rest of a figure,
_TINY = 0.001  # and of a table
_LARGE = 0.25  # of the largest step on its side: what the finding names
_NAMED = 2  # steps that the finding names on each side
_COLOURS = {"coercer": THEIRS, "home": MINE, "others": REST, "": REST}

# By channel: what a loss and what a gain is called; {} is who it is with.
_WORDS = {
    "export earnings": ("lower export earnings from {}", "higher export earnings from {}"),
    "home market": ("less work for the home market", "more work for the home market"),
    "import prices": (
        "imports from {} dearer than on average",
        "imports from {} cheaper than on average",
    ),
    "own tariffs": ("own tariffs on goods from {}", "lower own tariffs on goods from {}"),
    "tariff revenue": ("less tariff revenue on goods from {}", "tariff revenue on goods from {}"),
    "export taxes abroad": ("export taxes of {}", "lower export taxes of {}"),
    "export tax revenue": ("less export tax revenue from {}", "export tax revenue from {}"),
    "trade costs": ("higher costs of buying from {}", "lower costs of buying from {}"),
    "lost suppliers": ("suppliers lost in {}", "suppliers won in {}"),
    "productivity": ("lower productivity at home", "higher productivity at home"),
    "factor supply": ("fewer workers and less capital", "more workers and more capital"),
    "transfers": ("money that goes abroad", "money from abroad"),
}


def words(row: WhyRow, coercer: str) -> str:
    """What a step is called, by its sign: "lower export earnings from the United States"."""
    loss, gain = _WORDS[row.channel]
    who = {"coercer": text.the(coercer), "others": "all others", "home": "home"}.get(row.side, "")
    return (loss if row.percent < 0 else gain).format(who)


def steps(page: WhyPage, part: float = _SMALL) -> tuple[list[WhyRow], float]:
    """The steps worth showing, losses first, each side by size; and what the others sum to.

    Worth showing is what is at least ``part`` of the largest.
    """
    found = page.of("step")
    least = part * abs(found[0].percent) if found else 0.0
    shown = [row for row in found if abs(row.percent) >= least]
    rest = sum(row.percent for row in found if abs(row.percent) < least)
    return sorted(shown, key=lambda r: (r.percent > 0, -abs(r.percent))), rest


def finding(page: WhyPage, results: Results) -> str:
    """What weighs most on either side, without a full stop."""
    whose = text.possessive(results.protagonist_name)
    shown, _ = steps(page)
    if abs(page.percent) < text.NOTHING or not shown:
        return text.capital(f"{whose} real income does not change")
    lost = _leading([row for row in shown if row.percent < 0])
    won = _leading([row for row in shown if row.percent > 0])
    if page.percent < 0:
        said = f"{_sums(lost, results)} would take {_total(lost)} from {whose} real income"
        return text.capital(
            f"{said}; {_sums(won, results)} would give back {_total(won)}" if won else said
        )
    said = f"{_sums(won, results)} would add {_total(won)} to {whose} real income"
    return text.capital(
        f"{said}; {_sums(lost, results)} would take {_total(lost)}" if lost else said
    )


def summary(results: Results) -> str:
    """What the change by the event is made of, in one line for a terminal; empty without."""
    if results.why is None:
        return ""
    return f"Why? ({text.capital(results.why.event)}.) {finding(results.why, results)}."


def sentences(page: WhyPage, results: Results) -> list[str]:
    """What the terms sum to, by whom and by what, and how to read them."""
    mine = text.possessive(results.protagonist_name)
    partners = [row for row in page.of("partner") if row.partner not in ("", "transfers")]
    sectors = [row for row in page.of("sector") if row.sector not in ("", "transfers")]
    made = [
        f"All terms sum to the change of {mine} real income, {text.percent(page.percent)}, "
        f"exactly ({text.capital(text.typeset(page.event))})."
    ]
    losers = [row for row in sectors if row.percent * page.percent > 0][:3]
    if losers:
        named = text.listed([f"{_sector(row)} ({text.percent(row.percent)})" for row in losers])
        made.append(f"By product {named} weigh most.")
    others = [
        row
        for row in partners
        if row.percent * page.percent < 0 and row.partner != results.protagonist
    ][:3]
    if others:
        named = text.listed(
            [f"{text.the(row.partner_name)} ({text.percent(row.percent)})" for row in others]
        )
        does = "softens the loss most" if page.percent < 0 else "works against the gain most"
        made.append(f"Among partners, trade with {named} {does}.")
    return [*made, READING]


READING = (
    "Export earnings are the own work and capital in what is sold abroad, counted in what they buy "
    "of imports; work for the home market is counted after its cost to buyers at home. That a "
    "change of export prices against import prices stands with exports is a convention; which "
    "price moved first cannot be told from an equilibrium."
)


def table(page: WhyPage, results: Results) -> Table:
    """Every step that shows at the precision of a table, and their sum, percent."""
    shown, rest = steps(page, _TINY)
    figure = numbers.column([row.percent for row in shown])
    rows = [(text.capital(words(r, results.coercer_name)), figure(r.percent)) for r in shown]
    if abs(rest) >= text.NOTHING:
        rows.append(("All smaller terms", figure(rest)))
    rows.append(("All terms together", figure(page.percent)))
    return Table(
        f"Why {text.possessive(results.protagonist_name)} real income changes: "
        f"{text.typeset(page.event)}",
        (Column("Term", "", False), Column("Change", "% of real income")),
        tuple(rows),
    )


def figure(results: Results) -> Figure | None:
    """From nothing to the change, step by step; ``None`` without a decomposition."""
    page = results.why
    if page is None or not page.of("step") or abs(page.percent) < text.NOTHING:
        return None
    said = finding(page, results)
    shown, rest = steps(page)
    strip_rows, reached = [], 0.0
    for row in shown:
        label = text.percent(row.percent)
        piece = Piece(reached, reached + row.percent, _COLOURS[row.side])
        strip_rows.append(
            Strip(text.capital(words(row, results.coercer_name)), (Lane(label, (piece,)),))
        )
        reached += row.percent
    if abs(rest) >= text.NOTHING:
        piece = Piece(reached, reached + rest, REST, 0.5)
        strip_rows.append(Strip("All smaller terms", (Lane(text.percent(rest), (piece,)),)))
    total = Piece(0.0, page.percent, MINE, hollow=True)
    strip_rows.append(Strip("All terms together", (Lane(text.percent(page.percent), (total,)),)))
    note = (
        "Each bar starts where the one above it ends. Orange: with "
        f"{text.the(results.coercer_name)}; blue: at home; grey: with all others or with nobody."
    )
    return figure_of(
        strips.strips("why", strip_rows, "change of real income, %"),
        finding=said,
        alt=f"Waterfall chart of {text.count(len(shown), 'term')} that sum to "
        f"{text.percent(page.percent)} of real income. {said}. All values are in the table below.",
        unit="change of real income, percent",
        subtitle=f"{text.capital(text.typeset(page.event))}: change of "
        f"{text.possessive(results.protagonist_name)} real income in percent. {note}",
        csv="why",
        note=note,
    )


def _leading(rows: Sequence[WhyRow]) -> list[WhyRow]:
    """The first steps of one side that are not small against its largest."""
    return [row for row in rows[:_NAMED] if abs(row.percent) >= _LARGE * abs(rows[0].percent)]


def _sums(rows: Sequence[WhyRow], results: Results) -> str:
    return text.listed([words(row, results.coercer_name) for row in rows])


def _total(rows: Sequence[WhyRow]) -> str:
    return text.percent(abs(sum(row.percent for row in rows)))


def _sector(row: WhyRow) -> str:
    name = row.sector_name or row.sector
    return name[:1].lower() + name[1:]
