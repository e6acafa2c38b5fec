"""Tables as a reader meets them: headers with units, figures rounded, sorted by size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from countervail.brief import marks, text
from countervail.brief.results import LadderRow, ParameterRow, Results, ThreatRow, rungs

_BY_SECTOR = "elasticity."


@dataclass(frozen=True)
class Column:
    """A column: its heading, its unit, and whether it holds figures (set flush right)."""

    name: str
    unit: str = ""
    figures: bool = True


@dataclass(frozen=True)
class Table:
    """A table ready to show: ``groups`` are (heading, number of columns) above the columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    csv: str = ""


def dollar_unit(results: Results) -> str:
    """The unit of amounts: US$ bn of the base year."""
    year = results.world.base_year
    return f"US$ bn{f' of {year}' if year is not None else ''}"


@dataclass(frozen=True)
class Sides:
    """Whose harm, whose cost, and the unit of the amounts: what a table of rungs must name."""

    mine: str
    theirs: str
    unit: str


def sides(results: Results) -> Sides:
    """The two sides of the results and the unit of their amounts."""
    return Sides(results.protagonist_name, results.coercer_name, dollar_unit(results))


def ladder_tables(results: Results, energy: str = "included") -> list[Table]:
    """One table for each horizon: every rung, without and with retaliation."""
    made = (ladder_table(results.ladder, h, energy, sides(results)) for h in results.horizons)
    return [table for table in made if table is not None]


def ladder_table(rows: Sequence[LadderRow], horizon: str, energy: str, who: Sides) -> Table | None:
    """Every rung at one horizon; ``None`` where nothing was asked for."""
    cells = [r for r in rows if (r.horizon, r.energy) == (horizon, energy)]
    if not cells:
        return None
    kinds = [k for k in LadderRow.RETALIATIONS if any(r.retaliation == k for r in cells)]
    groups: list[tuple[str, int]] = [("", 1)]
    columns = [Column("Added tariff", "", False)]
    for kind in kinds:
        answered = kind != "none"
        label = f"{who.mine} answers in proportion" if answered else "No retaliation"
        groups.append((label, 5 if answered else 4))
        if answered:
            columns.append(Column(f"{who.mine}\u2019s tariff", "%"))
        for name in (who.mine, who.theirs):
            columns += [Column(f"{name} loses", "%"), Column("", "US$ bn")]
    lines, notes = [], []
    shown = figures(cells)
    for rung in rungs(cells):
        found = {r.retaliation: r for r in cells if r.rung == rung}
        line = [text.rung(next(iter(found.values())))]
        for kind in kinds:
            cell = found.get(kind)
            line += _figures(cell, kind != "none", shown)
            if cell is not None and cell.note:
                notes.append(f"{text.rung(cell)}, retaliation {kind}: {cell.note}")
        lines.append(tuple(line))
    left_out = ", energy left out" if energy == "exempt" else ""
    return Table(
        f"{text.run_title(horizon)}{left_out}: loss of real income in percent and in {who.unit}",
        tuple(columns),
        tuple(lines),
        tuple(groups),
        tuple(dict.fromkeys(notes)),
        "ladder",
    )


Show = Callable[[float | None], str]


def figures(rows: Sequence[LadderRow | ThreatRow]) -> tuple[Show, Show, Show, Show]:
    """How a table shows harm and its amount, cost and its amount: small ones must not be hidden.

    The two sides apart, since one may be a thousand times the size of the other.
    """
    return (
        text.column([row.harm_percent for row in rows]),
        text.column([row.harm_bn for row in rows], 1),
        text.column([row.cost_percent for row in rows]),
        text.column([row.cost_bn for row in rows], 1),
    )


def sides_shown(row: LadderRow | ThreatRow, shown: Sequence[Show]) -> list[str]:
    """The cells of one row: harm and its amount, cost and its amount."""
    values = (row.harm_percent, row.harm_bn, row.cost_percent, row.cost_bn)
    return [show(value) for show, value in zip(shown, values, strict=True)]


def _never_hidden(show: Show) -> Show:
    """As ``show``, and two significant digits of what would be a row of zeros there."""

    def shown(value: float | None) -> str:
        usual = show(value)
        hidden = value is not None and abs(value) >= text.NOTHING and not usual.strip("0.")
        return text.number(value) if hidden else usual

    return shown


def _figures(cell: LadderRow | None, answered: bool, shown: Sequence[Show]) -> list[str]:
    if cell is None:
        return [text.DASH] * (5 if answered else 4)
    own = (
        []
        if not answered
        else [text.fixed(None if cell.retaliation_rate is None else 100 * cell.retaliation_rate, 1)]
    )
    return [*own, *sides_shown(cell, shown)]


def answered(results: Results) -> bool:
    """Whether the ladder holds cells in which the protagonist answers."""
    return any(row.retaliation != "none" for row in results.ladder)


def quantified(results: Results) -> list[ThreatRow]:
    """The threats that have figures, the largest harm first."""
    known = [t for t in results.threats if t.harm_percent is not None]
    return sorted(known, key=lambda t: (-(t.harm_percent or 0.0), t.id))


def unquantified(results: Results) -> list[ThreatRow]:
    """The threats without figures, in the order of the scenario."""
    return [t for t in results.threats if t.harm_percent is None]


READINGS = {"point": "as stated", "upper": "upper bound", "lower": "lower bound"}
"""How the figures of a threat are to be read, by its ``bound``."""


BOUNDS = {"upper": "an upper bound", "lower": "a lower bound"}
"""The same in a sentence, where figures are a bound."""


def threat_table(results: Results) -> Table:
    """The quantified threats with their figures."""
    mine, theirs = results.protagonist_name, results.coercer_name
    shown = [_never_hidden(show) for show in figures(quantified(results))]
    return Table(
        f"Loss of real income {text.run(results.horizon)}, no retaliation, in percent and in "
        f"{dollar_unit(results)}",
        (
            Column("Threat", "", False),
            Column("Status", "", False),
            Column("Reading", "", False),
            Column("Rate", "%"),
            Column(f"{mine} loses", "%"),
            Column("", "US$ bn"),
            Column(f"{theirs} loses", "%"),
            Column("", "US$ bn"),
        ),
        tuple(
            (
                text.typeset(threat.title),
                status(threat.status) or text.DASH,
                READINGS[threat.bound],
                text.tariff_figure(threat.rate),
                *sides_shown(threat, shown),
            )
            for threat in quantified(results)
        ),
        csv="threats",
    )


def status(word: str) -> str:
    """A status or kind as plain words: "in-force" reads "in force"."""
    return word.replace("-", " ")


def terms(threat: ThreatRow) -> str:
    """What is threatened, under which authority and limit, and since when: one line."""
    parts = [threat.instrument.replace("-", " ")]
    if threat.rate is not None:
        parts[0] += f" of {text.rate(threat.rate)}"
    if threat.sectors:
        parts[0] += f" on {text.listed([s.replace('-', ' ') for s in threat.sectors])}"
    if threat.coverage < 1:
        parts[0] += f", {text.rate(threat.coverage)} of their trade"
    if threat.bound != "point":
        parts.append(f"to be read as {BOUNDS[threat.bound]}")
    if threat.authority:
        parts.append(f"authority: {threat.authority}")
    if threat.cap is not None:
        parts.append(f"cap {text.rate(threat.cap)}")
    if threat.status:
        parts.append(status(threat.status))
    if threat.effective:
        parts.append(f"dated {text.day(threat.effective)}")
    return text.capital("; ".join(parts)) + "."


def spill_table(results: Results) -> Table:
    """The other regions, the largest loss first."""
    ordered = sorted(
        results.spill,
        key=lambda s: (s.welfare_percent is None, s.welfare_percent or 0.0, s.region),
    )
    return Table(
        f"Change of real income, {results.spill_at}" if results.spill_at else "Change of income",
        (
            Column("Region", "", False),
            Column("Code", "", False),
            Column("Change", "%"),
            Column("Change", dollar_unit(results)),
        ),
        tuple(
            (
                marks.marked(s.name or s.region, s.status),
                s.region,
                text.fixed(s.welfare_percent, 3),
                text.fixed(s.welfare_bn, 2),
            )
            for s in ordered
        ),
        notes=(
            *(line for line in [marks.legend(s.status for s in ordered)] if line),
            *(f"{s.name or s.region}: {s.note}" for s in ordered if s.note),
        ),
        csv="spill",
    )


def place_table(results: Results) -> Table:
    """What the protagonist sells to each region, the largest first, and what its data are."""
    year = dollar_unit(results)
    ordered = sorted(
        (p for p in results.places if p.role != "protagonist"),
        key=lambda p: (-(p.exports_bn or 0.0), p.region),
    )
    mine = text.possessive(results.protagonist_name)
    return Table(
        text.capital(f"{mine} {results.places_trade} exports by region").replace("  ", " "),
        (
            Column("Region", "", False),
            Column("Code", "", False),
            Column("Exports", year),
            Column("Share", "%"),
            Column("Data", "", False),
        ),
        tuple(
            (
                marks.marked(p.name, p.status),
                p.region,
                text.fixed(p.exports_bn, 2),
                text.fixed(p.exports_percent, 2),
                p.status,
            )
            for p in ordered
        ),
        notes=tuple(line for line in [marks.legend(p.status for p in ordered)] if line),
        csv="places",
    )


def key_figure_table(results: Results) -> Table:
    """The figures of the base data."""
    year = results.world.base_year
    return Table(
        f"The base data in figures{f', {year}' if year is not None else ''}",
        (Column("Figure", "", False), Column("Value"), Column("Unit", "", False)),
        tuple(
            (k.label, _rounded(k.value), k.unit.replace(" ", "\u00a0"))
            for k in results.world.key_figures
        ),
        csv="key_figures",
    )


def sector_table(results: Results) -> Table:
    """The protagonist's exports to the coercer by sector, the largest first."""
    ordered = sorted(results.world.sector_rows, key=lambda s: (-(s.exports_bn or 0.0), s.sector))
    mine, theirs = results.protagonist_name, results.coercer_name
    # Many sectors share a source: the column holds its number, the notes its words.
    sources = list(dict.fromkeys(s.source for s in ordered if s.source))
    return Table(
        f"{mine}\u2019s exports to {text.the(theirs)} by sector, and how buyers react there",
        (
            Column("Sector", "", False),
            Column("Exports", dollar_unit(results)),
            Column("Share of the sector\u2019s exports", "%"),
            Column("Tariff in the base", "%"),
            Column("Trade elasticity", "long run"),
            Column("Source", "", False),
        ),
        tuple(
            (
                _name(s.sector),
                text.fixed(s.exports_bn, 1),
                text.fixed(s.share_percent, 0),
                text.fixed(s.tariff_percent, 1),
                text.fixed(s.elasticity),
                _with_status(f"[{sources.index(s.source) + 1}]" if s.source else "", s.status),
            )
            for s in ordered
        ),
        notes=tuple(f"[{i}] {source}" for i, source in enumerate(sources, 1)),
        csv="sectors",
    )


def _name(sector: str) -> str:
    """A sector's name; a bare slug ("motor-vehicles") is put in words."""
    slug = sector.islower() and " " not in sector
    return text.capital(sector.replace("-", " ")) if slug else sector


def parameter_table(results: Results) -> Table:
    """Every behavioural parameter with range, use, source and how the source is known.

    The trade elasticities of the sectors take one row: the table of sectors has them all.
    """
    single = [p for p in results.parameters if not p.name.startswith(_BY_SECTOR)]

    def spread(p: ParameterRow) -> str:
        if p.low is None or p.high is None:
            return text.DASH
        return f"{_plain(p.low)} to {_plain(p.high)}"

    return Table(
        "Behavioural parameters",
        (
            Column("Parameter", "", False),
            Column("Value"),
            Column("Range"),
            Column("Unit", "", False),
            Column("Used for", "", False),
            Column("Source", "", False),
        ),
        tuple(
            (
                p.name,
                _plain(p.value),
                spread(p),
                p.unit,
                p.used_for,
                _with_status(p.source, p.status),
            )
            for p in single
        )
        + _elasticity_rows(results),
        notes=(
            "\u201cRead\u201d: the source was read for this figure. \u201cCited\u201d: known from "
            "the source, not read again. \u201cJudgement\u201d: our own choice.",
        ),
        csv="parameters",
    )


def _elasticity_rows(results: Results) -> tuple[tuple[str, ...], ...]:
    """What the trade elasticities of the sectors have in common: set, span, where they stand."""
    rows = [p for p in results.parameters if p.name.startswith(_BY_SECTOR)]
    if not rows:
        return ()
    low, high = min(p.value for p in rows), max(p.value for p in rows)
    return (
        (
            f"{_BY_SECTOR}SECTOR, {len(rows)} sectors",
            _plain(low) if low == high else f"{_plain(low)} to {_plain(high)}",
            text.DASH,
            rows[0].unit,
            rows[0].used_for,
            "by sector in the table of sectors, and in the CSV file",
        ),
    )


def first_rows(table: Table, count: int) -> Table:
    """The first rows of a table, with what they are said in the caption."""
    if len(table.rows) <= count:
        return table
    return replace(
        table, caption=f"{table.caption}: the {count} largest", rows=table.rows[:count], notes=()
    )


def version_table(versions: Iterable[tuple[str, str]]) -> Table:
    """The versions of the parts that made the result."""
    return Table(
        "Versions",
        (Column("Part", "", False), Column("Version", "", False)),
        tuple((str(part), str(version)) for part, version in versions),
    )


def _with_status(source: str, status: str) -> str:
    if not status or status.lower() in source.lower():
        return source or text.DASH
    return f"{source} ({status})" if source else status


def _rounded(value: float | None) -> str:
    return text.DASH if value is None else text.number(value, 3)


def _plain(value: float | None) -> str:
    if value is None:
        return text.DASH
    return f"{value:,.6g}".replace("-", text.MINUS)


def failed(results: Results) -> list[LadderRow]:
    """The cells of the ladder that could not be computed."""
    return [row for row in results.ladder if row.harm_percent is None or row.cost_percent is None]
