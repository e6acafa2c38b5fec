"""The figures of leverage: the frontier, what carries it, the power matrix, the demand."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.drawing import curves, heat, scales
from countervail.brief.drawing.curves import Bar, BarPanel, Point
from countervail.brief.drawing.draw import REST, THEIRS
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.questions import demanded, price, whom
from countervail.brief.results import Results
from countervail.brief.rows.leverage import FrontierRow, PowerMatrix

_SECTORS = 10
_OTHERS = "All other sectors"
_BESIDE = 3.0  # how far beyond the curve, in its own size, a cut-off is still drawn
_WIDE, _NARROW = 30, 12  # regions in the picture of the power matrix


def frontier_figure(results: Results) -> Figure | None:
    """Harm against cost along the frontier; ``None`` where nothing can be shown."""
    rows = price.known(results)
    if len(rows) < 2 or price.harmless(results):
        return None
    said = price.finding(results)
    mine, theirs = results.protagonist_name, results.coercer_name
    cut_off, alone = _cut_off(results, rows), _tariffs_alone(results)
    beside = ["the full cut-off as a mark"] * bool(cut_off)
    beside += ["import tariffs alone as a dashed line"] * bool(alone)
    return figure_of(
        curves.curve(
            "frontier",
            [*(_point(row, rows) for row in rows), *cut_off],
            f"cost to {text.the(theirs)}, % of its real income (left of zero: a gain)",
            f"harm to {text.the(mine)}, % of its real income",
            other=alone,
        ),
        finding=said,
        alt=f"Curve of the largest harm at each cost through {text.count(len(rows), 'point')}, "
        f"from cheap to dear{f'; beside it {text.listed(beside)}' if beside else ''}. {said}. "
        "All values are in the tables.",
        unit="percent of real income",
        subtitle=f"Largest harm at each cost, percent of real income. {terms(results)}",
        csv="frontier",
        note=terms(results),
    )


def _cut_off(results: Results, rows: list[FrontierRow]) -> list[Point]:
    """The full cut-off as a point beside the curve, where it would not dwarf the curve."""
    row = text.cut_off_row(results)
    if row is None or row.cost_percent is None or row.harm_percent is None:
        return []
    costs = [point.cost_percent or 0.0 for point in rows]
    reach = _BESIDE * max(max(costs) - min(costs), text.TINY)
    most = _BESIDE * max(point.harm_percent or 0.0 for point in rows)
    if abs(row.cost_percent) > reach or not 0 < row.harm_percent <= most:
        return []
    words = f"full cut-off: {text.size(row.harm_percent)} {_paid(row.cost_percent)}"
    return [Point(row.cost_percent, row.harm_percent, "cut-off", words)]


def _tariffs_alone(results: Results) -> list[Point]:
    """The frontier of import tariffs alone, named at its end."""
    rows = price.known(results, results.frontier_tariffs)
    if len(rows) < 2:
        return []
    words = f"import tariffs alone: {text.size(rows[-1].harm_percent)} at most"
    ends = ["" for _ in rows[:-1]] + [words]
    return [
        Point(row.cost_percent or 0.0, row.harm_percent or 0.0, "other", end)
        for row, end in zip(rows, ends, strict=True)
    ]


def terms(results: Results) -> str:
    """Which instruments the frontier uses, as a sentence."""
    return text.sentence(results.frontier_terms)


def _point(row: FrontierRow, rows: list[FrontierRow]) -> Point:
    """A point of the curve; where two points coincide, the later one is not named again."""
    cost, harm = row.cost_percent or 0.0, row.harm_percent or 0.0
    twin = any(
        (other.cost_percent, other.harm_percent) == (row.cost_percent, row.harm_percent)
        and other.role != "traced"
        for other in rows[: rows.index(row)]
    )
    return Point(cost, harm, row.role, "" if twin else _words(row))


def _words(row: FrontierRow) -> str:
    """What stands beside a point."""
    if row.role == "traced":
        return ""
    harm = text.size(row.harm_percent)
    if row.role == "own-optimum":
        gain = (row.cost_percent or 0.0) < -text.NOTHING
        return f"own optimum: {harm}, gains {text.size(row.cost_percent)}" if gain else ""
    if price.tag(row) == "at most":
        return f"at most: {harm} {_paid(row.cost_percent)}"
    return f"{price.tag(row)}: {harm}"


def _paid(cost: float | None) -> str:
    gains = (cost or 0.0) < -text.NOTHING
    return f"{'at a gain of' if gains else 'for'} {text.size(cost)}"


def carriers_figure(results: Results) -> Figure | None:
    """Which sectors carry the harm at the asked prices; ``None`` where they are not known."""
    rows = [row for row in price.shown(results) if price.carriers(row, results)]
    if not rows or price.harmless(results):
        return None
    said = price.carriers_finding(results)
    names = _largest_sectors(results, rows)
    others = any(
        part.sector_name not in names for row in rows for part in price.carriers(row, results)
    )
    labels = _labels(names)
    panels = [
        BarPanel(
            text.capital(price.tag(row)),
            "harm, % of real income" if i == 0 else " ",
            _bars(row, results, labels),
        )
        for i, row in enumerate(rows)
    ]
    hollow = any(bar.hollow for panel in panels for bar in panel.bars)
    key = "Filled: by a tariff; hollow: by an export tax. " if hollow else "All by tariffs. "
    taken = [p for p in results.frontier_sectors if p.instrument == price.WITHDRAWAL]
    key += f"{taken[0].sector_name}: by withdrawing it. " if taken else ""
    return figure_of(
        curves.bar_panels(
            "carriers", [*labels.values(), *([_OTHERS] if others else [])], panels, one_scale=True
        ),
        finding=said,
        alt=f"Bar chart in {text.count(len(panels), 'panel')}, one bar for each sector. {said}. "
        "All values are in the tables below.",
        unit="harm, percent of real income",
        subtitle=f"Harm by sector, percent of {text.possessive(results.protagonist_name)} real "
        f"income. {key}{terms(results)}",
        csv="frontier_sectors",
        note=f"{key}Each part is what its rate does as all rates rise together from nothing.",
    )


def _labels(names: list[str]) -> dict[str, str]:
    """What stands beside the bars of each sector: its name without brackets, if none shares it."""
    bare = [price.bare(name) for name in names]
    return {n: n if bare.count(b) > 1 else b for n, b in zip(names, bare, strict=True)}


def _bars(row: FrontierRow, results: Results, labels: dict[str, str]) -> tuple[Bar, ...]:
    """The harm at a point by sector and instrument, the smaller sectors added up."""
    sums: dict[tuple[str, bool], float] = {}
    for part in price.carriers(row, results):
        key = (labels.get(part.sector_name, _OTHERS), part.instrument == "export-tax")
        sums[key] = sums.get(key, 0.0) + part.harm_percent
    return tuple(Bar(label, value, hollow) for (label, hollow), value in sums.items())


def _largest_sectors(results: Results, rows: list[FrontierRow]) -> list[str]:
    """The names of the sectors that carry most at any of the points, the largest first."""
    most: dict[str, float] = {}
    for row in rows:
        at: dict[str, float] = {}
        for part in price.carriers(row, results):
            at[part.sector_name] = at.get(part.sector_name, 0.0) + part.harm_percent
        most = {name: max(most.get(name, 0.0), abs(at.get(name, 0.0))) for name in {*most, *at}}
    return sorted(most, key=lambda name: (-most[name], name))[:_SECTORS]


def power_figure(results: Results) -> Figure | None:
    """Who could hurt whom, the largest economies by bloc; ``None`` without a figure."""
    matrix = results.power
    pairs = whom.ordered(results)
    if matrix is None or not pairs or (pairs[0].loss_percent or 0.0) < text.NOTHING:
        return None
    said = whom.finding(results)
    scale = scales.growing(scales.half_decades(pairs[0].loss_percent or 0.0), scales.PERCENT)
    always = [results.protagonist, *whom.coercers(results)]
    wide, narrow = (_grid(matrix, size, always, results) for size in (_WIDE, _NARROW))
    note = " ".join(
        [
            _power_note(matrix, len(wide.labels), len(narrow.labels), results),
            *whom.mark_note(wide.labels, results),
        ]
    )
    return figure_of(
        heat.power_map("power", wide, narrow, scale, "what the target loses, real income"),
        finding=said,
        alt=f"Heat map of what each of {len(wide.labels)} economies loses if all trade with one "
        f"other ends. {said}. All values are in the CSV file, the largest in the tables below.",
        unit="loss, percent of real income",
        subtitle=note,
        csv="power",
        note=note,
    )


def _grid(matrix: PowerMatrix, at_most: int, always: list[str], results: Results) -> heat.Grid:
    shown = whom.picture(matrix, at_most, always, whom.actors(results))
    groups: dict[str, int] = {}
    for n in shown:
        groups[matrix.blocs[n]] = groups.get(matrix.blocs[n], 0) + 1
    return heat.Grid(
        labels=[matrix.regions[n] for n in shown],
        values=[[matrix.loss_percent[n][m] for m in shown] for n in shown],
        down="loses",
        across="ends all trade with it",
        diagonal=heat.ITSELF,
        names=[whom.shown_name(matrix.regions[n], matrix.names[n], results) for n in shown],
        framed=always[0],
        groups=tuple(groups.items()),
    )


def _power_note(matrix: PowerMatrix, wide: int, narrow: int, results: Results) -> str:
    said = "Each row is a target, each column a coercer; all trade between the two ends, both ways."
    total = len(whom.actors(results))
    if wide < total:
        said += (
            f" Of {total} economies the {wide} largest economies are drawn (on a narrow screen "
            f"{narrow}), the two sides among them; the CSV file has every pair."
        )
    if len({*matrix.blocs}) > 1:
        said += " Regions stand by bloc, the largest first."
    framed = text.possessive(results.protagonist_name)
    if results.protagonist in matrix.regions:
        said += f" Framed: {framed} row and column."
    if any((loss or 0.0) < -text.NOTHING for row in matrix.loss_percent for loss in row):
        said += " The lowest step holds small gains too."
    return f"{said} {text.sentence(matrix.closure)}".strip()


def demand_figure(results: Results) -> Figure | None:
    """The demand and the risk of rupture case by case; ``None`` without cases."""
    rows = results.demands
    if not rows:
        return None
    said = demanded.finding(results)
    names = [demanded.case(row, results) for row in rows]
    panels = [
        BarPanel(
            "What is demanded",
            "US$ bn",
            tuple(
                Bar(n, row.demand_bn)
                for n, row in zip(names, rows, strict=True)
                if row.demand_bn is not None
            ),
            THEIRS,
        ),
        BarPanel(
            "Risk of rupture",
            "%",
            tuple(Bar(n, row.rupture_percent) for n, row in zip(names, rows, strict=True)),
            REST,
        ),
    ]
    return figure_of(
        curves.bar_panels("demand", names, [p for p in panels if p.bars], one_scale=False),
        finding=said,
        alt=f"Two bar charts side by side, one bar for each of {text.count(len(rows), 'case')}: "
        f"what is demanded and the risk of rupture. {said}. All values are in the table below.",
        unit="billion US dollars, and percent",
        subtitle=f"Demand in US$ bn, risk of rupture in percent. {demanded.JUDGEMENT}",
        csv="demands",
        note=demanded.JUDGEMENT,
    )
