"""The figures of what each deal is worth, and of the frontier that bundles of deals reach."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST, THEIRS
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.scatter import Dot, Path, scatter
from countervail.brief.drawing.strips import Lane, Piece, Spot, Strip
from countervail.brief.questions import choice, worth
from countervail.brief.results import Results
from countervail.brief.rows.strategy import BundleRow, ContributionRow, WorthPage

_LANES = (
    ("peace", "in peace", MINE, "%"),
    ("threat", "under the threat", THEIRS, "%"),
    ("exposure", "of exposure", REST, "points"),
)
_BASES = {"full": "in full", "odds": "at the odds"}


def worth_figure(results: Results) -> Figure | None:
    """For each deal three bars: in peace, under the threat, exposure; ``None`` if none acts."""
    page = results.worth
    if page is None or not worth.acting(page):
        return None
    shown = worth.shown(page)
    said = worth.finding(page)
    note = (
        "What each deal adds on average over all orders of signing. Bars: delivered in full, the "
        "stronger the colour the better the odds; dots: mean over futures in which deals are "
        f"delivered or not; lines: eight futures of ten. Threat: {page.threat}. Exposure: what the "
        f"threat takes away, minus is a relief. {worth.small(page)}"
    ).strip()
    return figure_of(
        strips.strips("worth", [_strip(page, row) for row in shown], "% of real income"),
        finding=said,
        alt=f"Bar chart with three bars for each of {text.count(len(shown), 'deal')}: real income "
        f"in peace, under the threat, and the change of exposure. {said}. All values are in the "
        "table below.",
        unit="percent of real income",
        subtitle=f"Percent of {text.possessive(results.protagonist_name)} real income. {note}",
        csv="contributions",
        note=note,
    )


def _strip(page: WorthPage, row: ContributionRow) -> Strip:
    odds = "" if row.delivery is None else f" (odds {text.rate(row.delivery)})"
    lanes = [
        _lane(page.row(row.deal, measure), words, colour, unit)
        for measure, words, colour, unit in _LANES
        if page.of(measure)
    ]
    return Strip(f"{text.typeset(row.title)}{odds}", tuple(lanes))


def _lane(row: ContributionRow, words: str, colour: str, unit: str) -> Lane:
    value = row.shapley_percent if abs(row.shapley_percent) >= text.NOTHING else 0.0
    figure = text.percent(value) if unit == "%" else f"{text.number(value)}{text.THIN}{unit}"
    return Lane(
        f"{figure} {words}",
        (Piece(0.0, row.shapley_percent, colour, strips.opacity(row.delivery)),),
        (Spot(row.mean_percent, "circle", colour),),
        (row.low_percent, row.high_percent),
    )


def frontier_figure(results: Results) -> Figure | None:
    """Bundles that no other beats, real income in peace against exposure; ``None`` without any."""
    page = results.worth
    if page is None or not page.choices:
        return None
    bases = [row.basis for row in page.choices]
    said = choice.finding(page, results)
    note = (
        "Lines: bundles within the limits that no other beats in both, solid if delivered in full, "
        "dashed as the mean over futures of delivery. Squares: all deals, limits aside; diamonds: "
        "what was taken. The axes do not start at nothing."
    )
    return figure_of(
        scatter(
            "bundles",
            _dots(page, bases),
            [_path(page, basis) for basis in bases],
            "real income in peace, % above the status quo",
            f"exposure to {text.the(results.coercer_name)}, % of real income",
        ),
        finding=said,
        alt=f"Bundles of deals by real income in peace (across) and exposure (up). {said}. "
        "All values are in the table below.",
        unit="percent of real income",
        subtitle=f"Percent of {text.possessive(results.protagonist_name)} real income. {note}",
        csv="bundles",
        note=note,
    )


def _path(page: WorthPage, basis: str) -> Path:
    points = [(row.peace_percent, row.exposure_percent) for row in page.frontier(basis)]
    return Path(tuple(points), dashed=basis == "odds")


def _dots(page: WorthPage, bases: list[str]) -> list[Dot]:
    """Steps of the frontier, and the bundles that have a name, each place named once."""
    dots = [
        Dot(row.peace_percent, row.exposure_percent, small=True)
        for basis in bases
        for row in page.frontier(basis)
    ]
    nothing = page.bundle("nothing", bases[0])
    if nothing is not None:
        dots.append(_dot(nothing, "nothing signed", "circle", True))
    for basis in bases:
        where = f", {_BASES[basis]}" if len(bases) > 1 else ""
        best, every = page.bundle("best", basis), page.bundle("everything", basis)
        taken = page.bundle("taken", basis)
        whole = best is not None and every is not None and set(best.deals) == set(every.deals)
        if best is not None and best.deals:
            dots.append(_dot(best, f"best{' (all)' if whole else ''}{where}", "circle"))
        if every is not None and not whole:
            dots.append(_dot(every, f"all{where}", "square", True))
        if taken is not None and (best is None or set(taken.deals) != set(best.deals)):
            dots.append(_dot(taken, f"taken{where}", "diamond", True))
    return dots


def _dot(row: BundleRow, words: str, shape: str, hollow: bool = False) -> Dot:
    return Dot(row.peace_percent, row.exposure_percent, words, shape, MINE, hollow)
