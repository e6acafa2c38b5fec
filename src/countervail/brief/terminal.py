"""Tables for the terminal: coloured and fitted where a person reads, plain elsewhere.

``rows_to_csv`` and ``rows_to_json`` are the emitters behind ``--csv`` and ``--json``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from countervail.brief import text, views
from countervail.brief.questions import (
    backtest,
    choice,
    deals,
    demanded,
    order,
    pipeline,
    price,
    routed,
    tied,
    trust,
    verdicts,
    whom,
    whose,
    why,
    worth,
)
from countervail.brief.results import LadderRow, Results, rungs
from countervail.brief.tables import rows_to_csv, rows_to_json
from countervail.brief.terminal_fit import fitted, printable

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "console",
    "headline",
    "ladder",
    "printable",
    "rows_to_csv",
    "rows_to_json",
    "show",
    "threats",
    "worlds",
]

_PLAIN_WIDTH = 200


def console(stream: IO[str] | None = None) -> Console:
    """A console on ``stream`` (standard output by default): colour only on a terminal.

    Where the output is not a terminal nothing is cut to a screen's width.
    """
    from rich.console import Console

    out = stream if stream is not None else sys.stdout
    terminal = bool(getattr(out, "isatty", lambda: False)())
    return Console(
        file=out,
        highlight=False,
        width=None if terminal else _PLAIN_WIDTH,
        force_terminal=None if terminal else False,
        no_color=None if terminal else True,
        legacy_windows=False,
    )


def show(tables: Sequence[views.Table], stream: IO[str] | None = None) -> None:
    """Print tables with their captions and notes."""
    from rich.text import Text

    out = console(stream)
    for index, table in enumerate(tables):
        if index:
            out.print()
        out.print(Text(printable(table.caption), style="bold"))
        out.print(fitted(table, out.width))
        for note in table.notes:
            out.print(Text(printable(note), style="dim"))


def ladder(
    rows: Sequence[LadderRow],
    *,
    protagonist: str,
    coercer: str,
    base_year: int | None,
) -> list[views.Table]:
    """The ladder as narrow tables, one for each horizon with energy in and with energy out.

    ``protagonist`` and ``coercer`` are names to show; amounts are US$ bn of ``base_year``.
    """
    unit = f"US$ bn{f' of {base_year}' if base_year is not None else ''}"
    made = []
    for energy in LadderRow.ENERGIES:
        for horizon in dict.fromkeys(row.horizon for row in rows):
            cells = [r for r in rows if (r.horizon, r.energy) == (horizon, energy)]
            if cells:
                made.append(_rungs(cells, horizon, energy, protagonist, coercer, unit))
    return made


def _rungs(
    cells: Sequence[LadderRow], horizon: str, energy: str, mine: str, theirs: str, unit: str
) -> views.Table:
    left_out = ", energy left out" if energy == "exempt" else ""
    ordered = [r for rung in rungs(cells) for r in cells if r.rung == rung]
    shown = views.figures(ordered)
    return views.Table(
        f"{text.run_title(horizon)}{left_out}: loss of real income (minus: gain), {unit}",
        (
            views.Column("Added tariff", "", False),
            views.Column("Retaliation", "", False),
            views.Column(mine, "%"),
            views.Column(mine, "US$ bn"),
            views.Column(theirs, "%"),
            views.Column(theirs, "US$ bn"),
        ),
        tuple(
            (
                text.rung(r),
                "none" if r.retaliation == "none" else _answer(r),
                *views.sides_shown(r, shown),
            )
            for r in ordered
        ),
        notes=tuple(
            f"{text.rung(r)}, retaliation {r.retaliation}: {r.note}" for r in ordered if r.note
        ),
    )


def _answer(row: LadderRow) -> str:
    return text.percent(row.retaliation_rate * 100, 3) if row.retaliation_rate else row.retaliation


def threats(results: Results) -> list[views.Table]:
    """The named threats: those with figures, then those without and why."""
    made = [views.threat_table(results)] if views.quantified(results) else []
    unknown = views.unquantified(results)
    if unknown:
        made.append(
            views.Table(
                "Not yet quantified",
                (
                    views.Column("Threat", "", False),
                    views.Column("Status", "", False),
                    views.Column("Reason", "", False),
                ),
                tuple((t.title, t.status, t.not_quantified or text.DASH) for t in unknown),
            )
        )
    return made


def worlds(rows: Sequence[Mapping[str, Any]]) -> views.Table:
    """The worlds at hand: ``rows`` hold name, base_year, regions, sectors (counts) and what."""
    return views.Table(
        "Worlds",
        (
            views.Column("Name", "", False),
            views.Column("Base year"),
            views.Column("Regions"),
            views.Column("Sectors"),
            views.Column("What it is", "", False),
        ),
        tuple(
            tuple(
                text.DASH if row.get(key) is None else str(row[key])
                for key in ("name", "base_year", "regions", "sectors", "what")
            )
            for row in rows
        ),
    )


def headline(results: Results) -> str:
    """What to print after a run: the answer, which claims hold, the cut-off, where the coercer
    gains, at what price, who else, what could be demanded, what the deals change, what each is
    worth, which to take, in which order, what capital, routes and ties change, why, what was
    observed, what is constructed, how exact."""
    lines = [
        text.answer(results),
        verdicts.summary(results),
        text.cut_off_sentence(results),
        text.gains_sentence(results),
        price.summary(results),
        whom.summary(results),
        demanded.summary(results),
        deals.summary(results),
        worth.summary(results),
        choice.summary(results),
        order.summary(results),
        whose.summary(results),
        pipeline.summary(results),
        routed.summary(results),
        tied.summary(results),
        why.summary(results),
        backtest.summary(results),
        f"Trade elasticities: {used}." if (used := text.elasticity_set(results)) else "",
        f"Constructed data: {said}" if (said := trust.of_results(results)) else "",
        f"Largest relative error of any cell: {text.scientific(results.certificate_worst)}."
        if results.certificate_worst is not None
        else "",
    ]
    return "\n".join(line for line in lines if line)
