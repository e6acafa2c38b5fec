"""What ``countervail channels`` prints: all deals in one table, or one deal with all it moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from countervail.brief import numbers, terminal, text, views
from countervail.brief.questions import deals
from countervail.cli import columns
from countervail.cli.emit import say
from countervail.sheets.worlds import constructed_line

if TYPE_CHECKING:
    from countervail.brief.results import DealRow
    from countervail.cli.case import Case

_FIELDS = {
    "tariff": "tariffs",
    "export_tax": "export taxes",
    "trade_cost": "costs of trade",
    "productivity": "productivity",
    "labour": "factor supply",
    "transfer": "transfers",
}
_FLOWS = ("tariff", "export_tax", "trade_cost")
_UNITS = {"percent": f"{numbers.THIN}%", "points": " percentage points"}
_FINEST = 1e-4  # percent or US$ bn: what a table tells from nothing
_WIDE = 118  # columns that the whole table takes
_NEARLY = "\u22480"


def show_all(case: Case, found: dict[str, Any], changes: Sequence[dict[str, Any]]) -> None:
    """Every deal of the scenario: its worth, what it moves, and what all of them move."""
    rows: tuple[DealRow, ...] = found["deals"]
    if not rows:
        say("The scenario names no deals.")
        return
    terminal.show([_table(case, rows)])
    if any(row.full_percent is not None for row in rows) and len(rows) > 1:
        typer.echo("")
        for line in _together(case, found):
            say(line)
    for row in rows:
        typer.echo("")
        say(_called(row))
        shown, folded = deals.unfolded(row.moves)
        _say_each(_reason(row), "  ")
        _say_each(map(numbers.sentence, shown), "  ")
        if folded:
            more = numbers.count(len(folded), "more line")
            say(f"{more}: countervail channels ... --deal {row.id}", "  ")
        _say_each(deals.beside(row, case.coercer_name), "  ")
    typer.echo("")
    say("Together these move, against what stands without them:")
    _changes(case, changes)
    typer.echo("")
    say(
        "Chances of delivery are judgement. Terms, sources and further figures of a deal: --deal "
        "and its name; formula and parameters of a channel: countervail explain and its name."
    )
    _foot(case)


def show_one(case: Case, row: DealRow, changes: Sequence[dict[str, Any]]) -> None:
    """One deal: who and how sure, what it is worth, what it moves, and where that comes from."""
    terminal.show([_table(case, [row])])
    typer.echo("")
    day = f", {numbers.day(row.date)}" if row.date else ""
    say(_called(row))
    say(f"{numbers.capital(views.status(row.kind))}; {views.status(row.status)}{day}.", "  ")
    say(f"Parties: {numbers.listed(row.parties)}.", "  ")
    say(f"Amount: {row.amount or 'none in the sources'}.", "  ")
    _say_each([deals.odds(row), row.note and numbers.sentence(row.note)], "  ")
    _say_each([*_reason(row), *deals.beside(row, case.coercer_name)], "  ")
    if row.moves:
        say("What it says and moves:", "  ")
        _say_each(map(numbers.sentence, row.moves), "    ")
    if any(value is not None for _, value, _ in row.indicators):
        say("Further figures:", "  ")
        for label, value, unit in row.indicators:
            if value is not None:
                say(f"{label}: {numbers.number(value)} {unit}", "    ")
    if row.why:
        say(f"How: {numbers.sentence(row.why)}", "  ")
    say(f"Sources: {'; '.join(row.sources) or 'none given'}.", "  ")
    typer.echo("")
    say("In the equilibrium it moves, against what stands without it:")
    _changes(case, changes)
    typer.echo("")
    say("The other deals count as not delivered here. Chances of delivery are judgement.")
    _foot(case)


def _table(case: Case, rows: Sequence[DealRow]) -> views.Table:
    """What each deal alone is worth; a narrow terminal holds the percentages only."""
    made = [_cells(case, row) for row in rows]
    return views.Table(
        f"What each deal alone adds to {text.possessive(case.target_name)} real income, "
        f"{case.horizon} run{f', {case.unit}' if _wide() else ''}",
        tuple(made[0]),
        tuple(tuple(cells.values()) for cells in made),
        notes=_notes(case, made),
    )


def _notes(case: Case, made: Sequence[dict[views.Column, str]]) -> tuple[str, ...]:
    notes = [
        "Expected: at the chance of delivery. Cut off: in full, where all trade with "
        f"{text.the(case.coercer_name)} has ended. Minus: a loss."
    ]
    if any(_NEARLY in cells.values() for cells in made):
        notes[0] += f" {_NEARLY}: below {_FINEST} either way (--csv has it)."
    if _wide():
        notes[0] += f" Coercer: {text.the(case.coercer_name)}."
    else:
        notes.append(
            f"Channel, amounts in {case.unit} and what {text.the(case.coercer_name)} would gain: "
            "in a wider terminal, or with --csv."
        )
    return tuple(notes)


def _cells(case: Case, row: DealRow) -> dict[views.Column, str]:
    wide = _wide()
    cells = {views.Column("Deal", "", False): row.id}
    if wide:
        cells[views.Column("Channel", "", False)] = views.status(row.kind)
    cells[views.Column("Status", "", False)] = views.status(row.status)
    cells[views.Column("Delivery", "% (range)")] = _chance(row)
    cells[views.Column("In full", "%")] = _figure(row.full_percent)
    if wide:
        cells[views.Column("", "US$ bn")] = _figure(row.full_bn)
    cells[views.Column("Expected", "%")] = _figure(row.expected_percent)
    cells[views.Column("Cut off", "%")] = _figure(row.threat_percent)
    if wide:
        cells[views.Column("Coercer", "gains, %")] = _figure(row.coercer_percent)
    return cells


def _wide() -> bool:
    return terminal.console().width >= _WIDE


def _figure(value: float | None) -> str:
    """A gain to two significant digits, since deals differ in size by orders of magnitude."""
    if value is None:
        return numbers.DASH
    if abs(value) < numbers.NOTHING:
        return "0"
    if abs(value) < _FINEST:
        return _NEARLY
    return numbers.fixed(value, 4) if abs(value) < 10 * _FINEST else numbers.number(value)


def _chance(row: DealRow) -> str:
    if row.delivery is None:
        return numbers.DASH
    chance = numbers.tariff_figure(row.delivery)
    low, high = row.delivery_low, row.delivery_high
    if low is None or high is None or low == high:
        return chance
    return f"{chance} ({100 * low:.0f}{numbers.DASH}{100 * high:.0f})"


def _together(case: Case, found: dict[str, Any]) -> list[str]:
    """What all deals at once are worth, how sure that is, and how they combine."""
    year = case.world.base_year
    low, high = found["deals_drawn_low_percent"], found["deals_drawn_high_percent"]
    if found["deals_together_percent"] is None:
        return ["All at once: no certified equilibrium.", found["deals_rule"]]
    said = (
        f"All at once: {numbers.percent(found['deals_together_percent'])} in full, "
        f"{numbers.percent(found['deals_expected_percent'])} expected"
    )
    if low is not None and high is not None:
        said += (
            f"; in {numbers.count(found['deals_draws'], 'drawn future')} from "
            f"{numbers.percent(low)} to {numbers.percent(high)} (10th to 90th percentile)"
        )
    if found["deals_threat_percent"] is not None:
        said += f"; {numbers.percent(found['deals_threat_percent'])} in full under a cut-off"
    money = ""
    if found["deals_together_bn"] is not None:
        money = f" In money {numbers.dollars(found['deals_together_bn'], year)} a year in full"
        if found.get("deals_net_bn") is not None:
            net = numbers.dollars(found["deals_net_bn"])
            money += f", {net} net of replacing worn-out capital"
        money += "."
    return [f"{said}.{money}", found["deals_rule"]]


def _called(row: DealRow) -> str:
    return row.id if row.title == row.id else f"{row.id}: {numbers.typeset(row.title)}"


def _reason(row: DealRow) -> list[str]:
    """Why a deal has no figures, whether or not it says what it moves."""
    if row.full_percent is not None:
        return []
    return [f"No figures: {numbers.sentence(row.not_quantified or 'no reason was recorded')}"]


def _changes(case: Case, changes: Sequence[dict[str, Any]]) -> None:
    for change in changes:
        cells = numbers.count(change["cells"], "cell")
        sign, unit = "+" if change["largest"] > 0 else "", change["unit"]
        say(
            f"{_FIELDS[change['field']]} in {cells}, most {_place(case, change)}: "
            f"{sign}{numbers.number(change['largest'])}{_UNITS.get(unit, f' {unit}')}.",
            "  ",
        )
    if not changes:
        say("nothing", "  ")


def _place(case: Case, change: dict[str, Any]) -> str:
    """The place of the largest change by names: "motor vehicles from China to Canada"."""
    labels = case.world.labels
    *sector, last = change["where"]
    if not sector:
        return f"in {_region(case, last)}"
    what = labels.sector_names.get(sector[0], sector[0]).lower()
    if change["field"] in _FLOWS:
        return f"on {what} from {_region(case, last)} to {_region(case, sector[1])}"
    return f"in {what} of {_region(case, last)}"


def _region(case: Case, label: str) -> str:
    return text.the(columns.region(case.world, label))


def _foot(case: Case) -> None:
    say(case.rests_on)
    say(f"Trade elasticities: {case.elasticities}.")
    made = constructed_line(case.world, case.target, case.coercer)
    if made:
        say(f"Constructed data: {made}")


def _say_each(lines: Iterable[str], indent: str) -> None:
    for line in lines:
        if line:
            say(numbers.typeset(line), indent)
