"""The figures of deals, capital, projects, ties and routes."""

from __future__ import annotations

from countervail.brief import marks, text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST, THEIRS
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.strips import Lane, Piece, Spot, Strip
from countervail.brief.figures import route_maps
from countervail.brief.questions import deals, pipeline, routed, tied, whom, whose
from countervail.brief.results import Results
from countervail.brief.rows.channels import (
    DealRow,
    PipelinePage,
    ProjectRow,
    ReachRow,
    RouteNetworkRow,
    TiesPage,
)

_DEALS = 14
SCHEMATIC = (
    "Lines are schematic: they join places and do not follow the way; thicker ones can carry more. "
    "Countries as in Natural Earth 1:50m (public domain); they express no opinion on status."
)


def deals_figure(results: Results) -> Figure | None:
    """What each deal would add in full, at its odds, and under a cut-off; ``None`` if none acts."""
    rows = deals.acting(results)
    if not rows:
        return None
    shown = rows[:_DEALS]
    said = deals.finding(results)
    more = f" The {len(rows) - len(shown)} smallest are in the table." if len(rows) > _DEALS else ""
    note = (
        "Each deal alone. Bars: delivered in full, the stronger the colour the better the odds; "
        f"dots: at the odds of delivery; diamonds: in full under a full cut-off.{more}"
    )
    return figure_of(
        strips.strips("deals", [_deal(row) for row in shown], "gain in real income, %"),
        finding=said,
        alt=f"Bar chart with one bar for each of {text.count(len(shown), 'deal')}, the largest "
        f"effect first. {said}. All values are in the table below.",
        unit="gain in real income, percent",
        subtitle=f"Gain of {text.the(results.protagonist_name)} in percent of real income. {note}",
        csv="deals",
        note=note,
    )


def _deal(row: DealRow) -> Strip:
    full = row.full_percent or 0.0
    spots = [Spot(v, "diamond", THEIRS, True) for v in [row.threat_percent] if v is not None]
    spots += [Spot(v, "circle", MINE) for v in [row.expected_percent] if v is not None]
    label = f"{text.percent(full if abs(full) >= text.NOTHING else 0.0)} in full"
    struck = row.threat_percent or 0.0
    if abs(struck) >= text.NOTHING and abs(struck - full) > abs(full):
        # The words stand by the mark that is farthest out, which is then not what they say first.
        label += f", {text.percent(struck)} under a cut-off"
    if row.delivery is not None:
        label += f", odds {text.rate(row.delivery)}"
    if row.bound != "point":
        label += f", {row.bound} bound"
    piece = Piece(0.0, full, MINE, strips.opacity(row.delivery))
    return Strip(text.typeset(row.title), (Lane(label, (piece,), tuple(spots)),))


def capital_figure(results: Results) -> Figure | None:
    """Who holds the host's inward direct investment; ``None`` without figures."""
    page = results.capital
    rows = whose.held(page) if page else []
    if page is None or not rows:
        return None
    said = whose.finding(page, results)
    shown, rest = rows[: whose.SHOWN], rows[whose.SHOWN :]
    made = [
        Strip(
            marks.marked(row.origin_name, row.status),
            (
                Lane(
                    f"{text.number(row.stock_bn)} ({text.percent(row.share_percent)})",
                    (
                        Piece(
                            0.0,
                            row.stock_bn or 0.0,
                            THEIRS if whose.of_coercer(row, results) else REST,
                            hollow=row.status == "constructed",
                        ),
                    ),
                ),
            ),
        )
        for row in shown
    ]
    if rest:
        total = sum(row.stock_bn or 0.0 for row in rest)
        parts = [row.share_percent for row in rest if row.share_percent is not None]
        share = f" ({text.percent(sum(parts))})" if len(parts) == len(rest) else ""
        lane = Lane(f"{text.number(total)}{share}", (Piece(0.0, total, REST, 0.35),))
        made.append(Strip(f"{text.count(len(rest), 'other owner')} together", (lane,)))
    kinds = {row.status for row in rows}
    note = " ".join(
        [
            "Hollow bars: constructed." if "constructed" in kinds else "",
            whose.mark_note(rows),
            "Filled: observed or moved on from an observed figure." if len(kinds) > 1 else "",
        ]
    ).strip()
    return figure_of(
        strips.strips("capital", made, "direct investment, US$ bn"),
        finding=said,
        alt=f"Bar chart of {text.count(len(rows), 'owner')}, the largest first. {said}. "
        "All values are in the table below.",
        unit="billion US dollars",
        subtitle=f"Direct investment in {text.the(page.host_name)}, US$ bn. {note}",
        csv="capital",
        note=note,
    )


def projects_figure(results: Results) -> Figure | None:
    """From which year each project is under way, with whose money; ``None`` without any start."""
    page = results.pipeline
    rows = pipeline.looked_at(page) if page else []
    if page is None or all(row.start_all is None for row in rows):
        return None
    said = pipeline.finding(page, results)
    end = pipeline.last_year(page) + 1
    note = (
        f"Bars run from the start of a project to the end of {end - 1}; one bar where all three "
        "cases agree."
    )
    return figure_of(
        strips.strips(
            "projects",
            [_project(row, page, results) for row in rows],
            "year",
            (float(page.first_year), float(end)),
        ),
        finding=said,
        alt=f"Chart of {text.count(len(rows), 'project')} by year of start. {said}. "
        "All values are in the table below.",
        unit="year",
        subtitle=note,
        csv="projects",
        note=note,
    )


def _project(row: ProjectRow, page: PipelinePage, results: Results) -> Strip:
    cases: tuple[tuple[str, int | None, str], ...] = (
        ("with all", row.start_all, MINE),
        (f"without {text.the(results.coercer_name)}", row.start_without_coercer, THEIRS),
        ("without new partners", row.start_without_partners, REST),
    )
    if len({start for _, start, _ in cases}) == 1:
        cases = (("in every case", row.start_all, MINE),)
    lanes = tuple(_start(words, year, colour, page) for words, year, colour in cases)
    return Strip(text.typeset(row.title), lanes)


def _start(words: str, year: int | None, colour: str, page: PipelinePage) -> Lane:
    end = pipeline.last_year(page) + 1
    if year is None:
        return Lane(f"not by {end - 1} {words}")
    return Lane(f"{year} {words}", (Piece(float(year), float(end), colour, 0.85),))


def reach_figure(results: Results) -> Figure | None:
    """How much is reached before and after the deals; ``None`` without figures."""
    page = results.ties
    rows = [row for row in page.reach if row.after_percent is not None] if page else []
    if page is None or not rows:
        return None
    said = tied.finding(page)
    note = (
        f"Percent of the whole that lies within {text.counted(rows[0].steps, 'tie')}; the first "
        f"two without {text.the(page.coercer_name)}."
    )
    return figure_of(
        strips.strips("reach", [_reach(row, page) for row in rows], "%", (0.0, 100.0)),
        finding=said,
        alt=f"Bar chart of reach on a scale from 0 to 100. {said}. All values are in the CSV file.",
        unit="percent",
        subtitle=note,
        csv="reach",
        note=note,
    )


def _reach(row: ReachRow, page: TiesPage) -> Strip:
    lanes = (
        ("before the deals", row.before_percent, MINE, True),
        ("with the deals", row.after_percent, MINE, False),
        (f"with {text.the(page.coercer_name)} too", row.with_coercer_percent, THEIRS, False),
    )
    return Strip(
        text.capital(row.what),
        tuple(
            Lane(f"{text.percent(v)} {words}", (Piece(0.0, v, colour, hollow=hollow),))
            for words, v, colour, hollow in lanes
            if v is not None
        ),
    )


def route_figures(results: Results) -> list[Figure]:
    """One map for each network."""
    home = [results.protagonist, *whom.coercers(results)]
    made = []
    for number, row in enumerate(results.routes[: routed.MAPS], 1):
        if len(row.nodes) < 2 or not row.edges:
            continue
        said = routed.finding(row, results)
        note = _route_note(row, home, results)
        made.append(
            figure_of(
                route_maps.network_map(f"routes-{number}", row, home, results.protagonist),
                finding=said,
                alt=f"Map of {text.count(len(row.edges), 'line')} between "
                f"{text.count(len(row.nodes), 'place')}. {said}. All lines are in the table below.",
                unit=row.unit,
                subtitle=note,
                csv="routes",
                note=note,
            )
        )
    return made


def _route_note(row: RouteNetworkRow, home: list[str], results: Results) -> str:
    """What colours, strokes and widths mean on the map of a network."""
    states = {edge.status for edge in row.edges}
    parts = [
        f"Orange: crosses {routed.ground(results)}; blue: only that of "
        f"{text.the(results.protagonist_name)}; grey: neither.",
        "Dashed: being built." if "construction" in states else "",
        "Dotted: planned." if states - {routed.OPERATING, "construction"} else "",
        SCHEMATIC,
    ]
    if any(routed.unlimited(edge, row) for edge in row.edges):
        parts.append("Lines without a known limit are as thick as their flow.")
    if route_maps.view_of(row, home, route_maps.WIDE).world:
        parts.append("Grey lines with less than a hundredth of the flow are left out.")
    return " ".join(part for part in parts if part)
