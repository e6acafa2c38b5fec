"""Two runs side by side on one page: what differs, in words, tables and one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from countervail.brief import numbers, text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.strips import Lane, Piece, Spot, Strip
from countervail.brief.html import data_uri, page
from countervail.brief.named import INCOME
from countervail.brief.rows.comparison import Comparison, FigureChange, InputChange, Side
from countervail.brief.tables import rows_to_csv
from countervail.brief.views import Column, Table

_SHOWN = 12  # figures in the drawing
_LISTED = 25  # in the table before it is opened
_WIDE = 90  # letters of an entry in a table


def finding(c: Comparison) -> str:
    """How much differs, and by how much the figure that leads moves, without a full stop."""
    if c.same:
        return "Nothing differs: the same inputs, figures and verdicts"
    parts = [_inputs(c), _figures(c)]
    if c.verdicts:
        turned = len(c.turned)
        claims = text.counted(turned, "verdict") + (" differs" if turned == 1 else " differ")
        parts.append(claims if turned else "no verdict differs")
    said, row = text.capital(text.listed(parts)), _most(c)
    return said if row is None else f"{said}; most moves {_moves(row, c)}"


def _most(c: Comparison) -> FigureChange | None:
    """The figure of real income that moves most, among those that a brief leads with if any do."""
    moved = [row for row in c.moved if row.unit == INCOME and row.change is not None]
    lead = [row for row in moved if row.headline] or moved
    return max(lead, key=lambda row: abs(row.change or 0.0), default=None)


def _inputs(c: Comparison) -> str:
    if c.inputs is None:
        return "inputs are not known"
    count = len(c.inputs)
    return f"{text.counted(count, 'input')} {'differs' if count == 1 else 'differ'}"


def _figures(c: Comparison) -> str:
    shared = [row for row in c.figures if row.before is not None and row.after is not None]
    count = sum(row.moved for row in shared)
    said = (
        f"{count:,} of {text.count(len(shared), 'figure')} {'differs' if count == 1 else 'differ'}"
    )
    alone = len(c.moved) - count
    return (
        f"{said} ({alone:,} more {'is' if alone == 1 else 'are'} on one side only)"
        if alone
        else said
    )


def _moves(row: FigureChange, c: Comparison) -> str:
    """One figure with both its values: "harm, 25 %, medium run, from 1.7 % to 1.3 %"."""
    label = text.typeset(row.label)
    return (
        f"{label[:1].lower()}{label[1:]}, from {text.percent(row.before)} to "
        f"{text.percent(row.after)} of real income"
    )


def figure_text(value: float | None, unit: str) -> str:
    """One figure for a column; a year as it stands, a dash where there is none."""
    if value is None:
        return numbers.DASH
    return f"{value:.0f}" if unit == "year" else numbers.number(value, 3)


def basis_table(c: Comparison) -> Table:
    """What each side rests on."""
    rows = (
        ("Scenario", c.before.title, c.after.title),
        ("Cornered", c.before.protagonist, c.after.protagonist),
        ("By", c.before.coercer, c.after.coercer),
        ("World", c.before.world, c.after.world),
        ("Base year", _year(c.before), _year(c.after)),
        ("Horizon", f"{c.before.horizon} run", f"{c.after.horizon} run"),
        ("Trade elasticities", c.before.elasticities, c.after.elasticities),
        ("Tariffs of", c.before.tariffs_as_of or "the base", c.after.tariffs_as_of or "the base"),
        ("Computed by countervail", c.before.version, c.after.version),
    )
    heads = (Column("", "", False), *(Column(s.name, "", False) for s in (c.before, c.after)))
    return Table("Case, world and program", heads, rows)


def _year(side: Side) -> str:
    return str(side.base_year) if side.base_year else "not known"


def input_table(c: Comparison) -> Table:
    """Every entry of the scenario that differs."""
    return Table(
        "Inputs that differ",
        (
            Column("Entry", "", False),
            Column("Before", "", False),
            Column("After", "", False),
        ),
        tuple((row.path, _said(row, row.before), _said(row, row.after)) for row in c.inputs or ()),
    )


def _said(row: InputChange, value: str) -> str:
    short = value if len(value) <= _WIDE else f"{value[:_WIDE].rstrip()}\u2026"
    return text.typeset(short)


def figure_table(c: Comparison, rows: Sequence[FigureChange]) -> Table:
    """Some figures on both sides with their change."""
    apart = any(not row.comparable for row in rows)
    notes = ("US dollars of different years are not subtracted.",) if apart else ()
    return Table(
        "Figures that differ, those that a brief leads with first",
        (
            Column("Part", "", False),
            Column("Figure", "", False),
            Column("Unit", "", False),
            Column("Before"),
            Column("After"),
            Column("Change"),
        ),
        tuple(
            (
                row.section,
                text.typeset(row.label),
                row.unit,
                figure_text(row.before, row.unit),
                figure_text(row.after, row.unit),
                _change(row),
            )
            for row in rows
        ),
        notes=notes,
    )


def _change(row: FigureChange) -> str:
    if row.change is None:
        missing = row.before is None or row.after is None
        return ("new" if row.before is None else "gone") if missing else numbers.DASH
    shown = figure_text(row.change, "" if row.unit == "year" else row.unit)
    return f"+{shown}" if row.change > 0 else shown


def verdict_table(c: Comparison) -> Table:
    """Every claim whose verdict differs, or all where none does."""
    return Table(
        "Verdicts that differ" if c.turned else "Verdicts, the same on both sides",
        (
            Column("Claim", "", False),
            Column("Before", "", False),
            Column("After", "", False),
        ),
        tuple(
            (text.typeset(row.says), row.before or "not made", row.after or "not made")
            for row in c.turned or c.verdicts
        ),
    )


def changes_figure(c: Comparison) -> Figure | None:
    """The figures in percent of real income that move most, from before to after."""
    first = _most(c)
    if first is None:
        return None
    moved = [row for row in c.moved if row.unit == INCOME and row.change is not None]
    lead = [row for row in moved if row.headline] or moved
    shown = sorted(lead, key=lambda row: -abs(row.change or 0.0))[:_SHOWN]
    said = text.capital(f"most moves {_moves(first, c)}")
    note = "Open circle: before; filled circle: after. The line between them is the change."
    return figure_of(
        strips.strips("compare", [_strip(row) for row in shown], INCOME),
        finding=said,
        alt=f"Chart of {text.count(len(shown), 'figure')} with a mark before and a mark after, the "
        f"largest change first. {said}. All values are in the table below.",
        unit=INCOME,
        subtitle=f"{INCOME}; {c.before.name} and {c.after.name}. {note}",
        csv="figures",
        note=note,
    )


def _strip(row: FigureChange) -> Strip:
    before, after = row.before or 0.0, row.after or 0.0
    label = f"{text.percent(before)} to {text.percent(after)}"
    spots = (Spot(before, "circle", REST, True), Spot(after, "circle", MINE))
    low, high = min(before, after), max(before, after)
    return Strip(
        f"{row.section}: {text.typeset(row.label)}",
        (Lane(label, (Piece(low, high, REST, 0.35),), spots),),
    )


def csv(c: Comparison) -> dict[str, str]:
    """The tables as CSV text by name, unrounded: inputs, figures (all), verdicts (all)."""
    return {
        "inputs": rows_to_csv([asdict(row) for row in c.inputs or ()], _INPUTS),
        "figures": rows_to_csv(figure_rows(c), _FIGURES),
        "verdicts": rows_to_csv([asdict(row) for row in c.verdicts], _VERDICTS),
    }


_INPUTS = ("path", "kind", "before", "after")
_FIGURES = ("section", "label", "unit", "before", "after", "change", "moved", "headline", "key")
_VERDICTS = ("id", "says", "before", "after")


def figure_rows(c: Comparison) -> list[dict[str, Any]]:
    """Every figure as a plain row with its change."""
    return [{**asdict(row), "change": row.change, "moved": row.moved} for row in c.figures]


def plain(c: Comparison) -> dict[str, Any]:
    """The whole comparison, ready for JSON."""
    return {
        "same": c.same,
        "before": asdict(c.before),
        "after": asdict(c.after),
        "warnings": list(c.warnings),
        "inputs": None if c.inputs is None else [asdict(row) for row in c.inputs],
        "figures": figure_rows(c),
        "verdicts": [{**asdict(row), "moved": row.moved} for row in c.verdicts],
    }


def compare_page(c: Comparison) -> str:
    """The comparison as one self-contained HTML page; equal comparisons give equal bytes."""
    drawn = changes_figure(c)
    shown = [] if drawn is None else [drawn]
    sections = [("rests", "What each side rests on"), ("inputs", "Inputs"), ("figures", "Figures")]
    if c.verdicts:
        sections.append(("verdicts", "Verdicts"))
    return page(
        "compare.html",
        shown,
        {name: data_uri(content, "text/csv") for name, content in csv(c).items()},
        c=c,
        base=_Base(c),
        t=text,
        finding=finding(c),
        basis=basis_table(c),
        inputs=input_table(c),
        moved=figure_table(c, c.moved),
        leading=figure_table(c, c.moved[:_LISTED]),
        verdicts=verdict_table(c),
        sections=sections,
        figures={figure.name: figure for figure in shown},
    )


class _Base:
    """What the figure's caption calls the base data: one world where both have the same."""

    def __init__(self, c: Comparison) -> None:
        a, b = c.before, c.after
        self.name = a.world if a.world == b.world else f"{a.world} before, {b.world} after"
        self.base_year = a.base_year if a.base_year == b.base_year else None
