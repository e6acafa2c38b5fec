"""What each deal is worth beside the others: words and a table."""

from __future__ import annotations

import itertools

from countervail.brief import text
from countervail.brief.questions.deals import figure, points
from countervail.brief.results import Results
from countervail.brief.rows.strategy import ContributionRow, WorthPage
from countervail.brief.views import Column, Table

_APART = 0.1  # of the largest contribution: below it deals hardly act on each other
_SMALL = 0.01  # of the largest contribution: below it a deal is in the CSV file only
_SHOWN = 10  # deals
_NAMED = 4  # deals that a sentence names
_RARE = 0.1  # odds, below which a thousand futures hold few in which a deal comes about
_MOST = 0.5  # of a sum, from which one part is most of it
_MEASURES = (("peace", "in peace"), ("threat", "threatened"), ("exposure", "exposure"))


def acting(page: WorthPage) -> list[ContributionRow]:
    """What each deal adds in peace, the largest first; without those that change nothing."""
    found = [row for row in page.of("peace") if largest(page, row.deal) >= text.NOTHING]
    return sorted(
        found,
        key=lambda r: (-abs(r.shapley_percent), -largest(page, r.deal), r.deal),
    )


def shown(page: WorthPage) -> list[ContributionRow]:
    """What each deal adds in peace, without deals that are small beside the largest."""
    rows = acting(page)
    least = _SMALL * max((largest(page, row.deal) for row in rows), default=0.0)
    return [row for row in rows if largest(page, row.deal) >= least][:_SHOWN]


def small(page: WorthPage) -> str:
    """The deals that are too small to be shown, as a sentence; empty without any."""
    names = {row.deal for row in shown(page)}
    rest = [text.typeset(row.title) for row in acting(page) if row.deal not in names]
    return f"Much smaller, and in the CSV file only: {'; '.join(rest)}." if rest else ""


def largest(page: WorthPage, deal: str) -> float:
    """The largest of what a deal adds to any measure, in size."""
    return max(abs(row.shapley_percent) for row in page.rows if row.deal == deal)


def finding(page: WorthPage) -> str:
    """Which deal adds most, and which lowers the exposure most, without a full stop."""
    rows = acting(page)
    if not rows:
        return "No deal on record changes real income"
    first = rows[0]
    if len({row.deal for row in page.rows}) == 1:
        said = f"{quoted(first.title)} {_alone(first.shapley_percent)} in peace"
    else:
        said = (
            f"Counted with all others, {quoted(first.title)} {_adds(first.shapley_percent)} "
            "in peace"
        )
    least = min(page.of("exposure"), key=lambda r: r.shapley_percent, default=None)
    if least is None:
        return said
    if least.shapley_percent > -text.NOTHING:
        return f"{said}; no deal lowers the exposure"
    who = "it also" if least.deal == first.deal else quoted(least.title)
    most = " most" if len({row.deal for row in page.rows}) > 1 else ""
    return f"{said}; {who} lowers the exposure{most}, by {points(least.shapley_percent)}"


def summary(results: Results) -> str:
    """What each deal is worth, in one line for a terminal; empty without deals that act."""
    if results.worth is None or not acting(results.worth):
        return ""
    return f"What is each deal worth? {finding(results.worth)}."


def _adds(value: float) -> str:
    verb = "adds most" if value > 0 else "changes most"
    return f"{verb}: {figure(value)} of real income"


def _alone(value: float) -> str:
    if abs(value) < text.NOTHING:
        return "changes nothing"
    verb = "adds" if value > 0 else "takes"
    return f"{verb} {figure(abs(value))} of real income"


def quoted(title: str) -> str:
    """A title between quotation marks."""
    return f"\u201c{text.typeset(title)}\u201d"


def sentences(page: WorthPage, results: Results) -> list[str]:
    """What the contributions sum to, how deals act on each other, how likely it all is."""
    if not acting(page):
        return [said for said in (_idle(page),) if said]
    made = (
        _sum(page),
        _exposure(page),
        _together(page),
        _at_odds(page, results),
        _ranks(page),
        _idle(page),
        _method(page, results),
    )
    return [said for said in made if said]


def _total(page: WorthPage, measure: str, *, mean: bool = False) -> float | None:
    rows = page.of(measure)
    if not rows:
        return None
    return sum(row.mean_percent if mean else row.shapley_percent for row in rows)


def _sum(page: WorthPage) -> str:
    """The parts sum to what all deals do together."""
    peace, threat, exposure = (_total(page, name) for name in ("peace", "threat", "exposure"))
    if len(acting(page)) == 1:
        return ""
    said = (
        "A deal\u2019s part is what it adds on average over all orders of signing (Shapley), so "
        f"that the parts sum to what all do together: {figure(peace)} in peace"
    )
    if threat is None or exposure is None:
        return f"{said}."
    verb = "lower" if exposure < 0 else "raise"
    tail = (
        "the exposure stays as it is"
        if abs(exposure) < text.NOTHING
        else f"they {verb} the exposure by {points(exposure)}"
    )
    return f"{said}, {figure(threat)} under {page.threat}; {tail}."


def _exposure(page: WorthPage) -> str:
    """Which deals raise the exposure, and why that can be."""
    rows = sorted(page.of("exposure"), key=lambda r: -r.shapley_percent)
    raising = [row for row in rows if row.shapley_percent >= text.TINY / 10]
    if not raising:
        return ""
    named = [f"{quoted(row.title)} (by {points(row.shapley_percent)})" for row in raising[:_NAMED]]
    verb = "raises" if len(raising) == 1 else "raise"
    whose = "it adds" if len(raising) == 1 else "they add"
    return (
        f"{text.listed(named)} {verb} the exposure: {whose} more in peace than under "
        f"{page.threat}, so that more is at stake."
    )


def _together(page: WorthPage) -> str:
    """Whether deals get in each other's way, by what they add alone and as the last one."""
    rows = acting(page)
    if len(rows) < 2:
        return ""
    gaps = {row.deal: row.last_percent - row.alone_percent for row in rows}
    widest = max(rows, key=lambda r: abs(gaps[r.deal]))
    gap = abs(gaps[widest.deal])
    if gap < _APART * abs(rows[0].shapley_percent):
        return (
            "The deals hardly act on each other: none adds in peace as the last one more or less "
            f"than alone by over {points(gap)}."
            if gap >= text.NOTHING
            else "The deals do not act on each other: each adds as the last one what it adds alone."
        )
    way = "get in each other\u2019s way" if gaps[widest.deal] < 0 else "help each other"
    return (
        f"Some deals {way}: {quoted(widest.title)} adds {figure(widest.alone_percent)} alone and "
        f"{figure(widest.last_percent)} once all others are in force."
    )


def _at_odds(page: WorthPage, results: Results) -> str:
    """What is left on average over futures of delivery, and on which deal most of it rests."""
    expected = _total(page, "peace", mean=True)
    rows = sorted(acting(page), key=lambda r: -abs(r.mean_percent))
    if not expected or all(row.delivery in (None, 1.0) for row in rows):
        return ""
    over = f"On average over {text.count(page.draws, 'drawn future')} of delivery"
    whole = f"{figure(expected)} in peace{_scaled(expected, results)}"
    if len(rows) == 1:
        return f"{over} it comes to {whole}."
    first = rows[0]
    most = "most of it" if first.mean_percent / expected > _MOST else "above all"
    said = (
        f"{over} they come to {whole}, {most} by {quoted(first.title)} "
        f"({figure(first.mean_percent)}, {_odds(first)})"
    )
    exposure = [r for r in page.of("exposure") if abs(r.mean_percent) >= text.NOTHING]
    least = min(exposure, key=lambda r: r.mean_percent, default=None)
    if least is None or least.mean_percent > 0:
        return f"{said}."
    return (
        f"{said}; the exposure then changes by {_signed(_total(page, 'exposure', mean=True))}, "
        f"with {quoted(least.title)} lowering it most ({points(least.mean_percent)}, "
        f"{_odds(least)})."
    )


def _scaled(mean: float, results: Results) -> str:
    """Why the question before has another figure at the odds; empty where it has the same."""
    other = figure(results.deals_expected_percent)
    if results.deals_expected_percent is None or other == figure(mean):
        return ""
    return f" ({other} above, where each deal is counted in part, by its odds)"


def _odds(row: ContributionRow) -> str:
    return f"odds {text.rate(row.delivery)}" if row.delivery is not None else "no odds on record"


def _signed(value: float | None) -> str:
    """A change of the exposure with its sign."""
    if value is None or abs(value) < text.NOTHING:
        return "nothing"
    sign = text.MINUS if value < 0 else "+"
    return f"{sign}{points(value)}"


def _ranks(page: WorthPage) -> str:
    """How sure the order of deals is: neighbours by their mean, over the same futures."""
    rows = sorted(
        (r for r in acting(page) if abs(r.mean_percent) >= text.NOTHING),
        key=lambda r: -r.mean_percent,
    )
    known = {(r.deal, r.other): r.above_percent for r in page.ranks if r.measure == "peace"}
    said = [
        f"{quoted(row.title)} above {quoted(other.title)} in {_part(known[row.deal, other.deal])}"
        for row, other in itertools.pairwise(rows[:_NAMED])
        if (row.deal, other.deal) in known
    ]
    if not said:
        return ""
    return (
        f"Over the same {text.count(page.draws, 'drawn future')}, ordered by what they add on "
        f"average in peace: {text.listed(said)} (ties, as where neither is delivered, count half). "
        "A rarely delivered deal can be first on average and yet below another in most futures."
    )


def _part(percent: float) -> str:
    return f"{text.number(percent, 2)}{text.THIN}%"


def _idle(page: WorthPage) -> str:
    if not page.idle:
        return ""
    names = "; ".join(text.typeset(title) for title in page.idle)
    return f"Without effect on real income, and therefore worth nothing here: {names}."


def _method(page: WorthPage, results: Results) -> str:
    year = results.world.base_year
    where = f"{results.world.name}{f' of {year}' if year is not None else ''}"
    if page.method == "exact":
        every = text.count(page.valued, "bundle")
        how = f"Exact: all {every} of these deals were solved, in peace and under each threat"
        if page.valued == 2:
            how = "Exact: solved with the deal and without it, in peace and under each threat"
    else:
        worst = max(row.error_percent for row in page.rows)
        how = (
            f"Sampled over orders of signing, with {text.count(page.valued, 'bundle')} solved; the "
            f"largest standard error is {figure(worst)}. At their odds larger bundles are taken as "
            "what single deals and pairs say of them, at most "
            f"{figure(page.miss_percent)} off in any bundle that was solved"
        )
    said = f"{how} ({where}, {text.run(results.horizon)}). The odds are judgement."
    return f"{said} {_chance(page)}".strip()


def _chance(page: WorthPage) -> str:
    """How far drawn futures may miss small odds, by chance alone."""
    rows = [row for row in acting(page) if row.delivery and row.delivery < _RARE]
    if not rows or not page.draws:
        return ""
    odds = min(row.delivery or 0.0 for row in rows)
    spread = (odds * (1.0 - odds) / page.draws) ** 0.5
    low, high = (text.number(100 * max(odds + side * spread, 0.0)) for side in (-1, 1))
    return (
        f"Of {text.count(page.draws, 'drawn future')} a deal with odds of {text.rate(odds)} comes "
        f"about in {low} to {high}{text.THIN}%, by chance, and its mean moves with that."
    )


def table(page: WorthPage) -> Table:
    """For each deal and measure what it adds alone, as the last, on average, and at its odds."""
    rows = [
        (deal.title if n == 0 else "", words, page.row(deal.deal, measure))
        for deal in shown(page)
        for n, (measure, words) in enumerate(_MEASURES)
        if page.of(measure)
    ]
    told = text.column([value for _, _, row in rows for value in _figures(row)], 3)
    return Table(
        "What each deal adds alone, as the last of all, and on average over all orders; at the "
        "odds: mean, and eight futures of ten (exposure: minus is a relief)",
        (
            Column("Deal", "", False),
            Column("Counted", "", False),
            *(Column(name, "%") for name in ("Alone", "Last", "Average", "At the odds")),
            Column("From", "%"),
            Column("to", "%"),
        ),
        tuple(
            (text.typeset(title), words, *(told(value) for value in _figures(row)))
            for title, words, row in rows
        ),
        notes=tuple(
            note
            for note in (
                f"Threatened: under {page.threat}. Exposure in percentage points.",
                small(page),
            )
            if note
        ),
        csv="contributions",
    )


def _figures(row: ContributionRow) -> tuple[float, ...]:
    return (
        row.alone_percent,
        row.last_percent,
        row.shapley_percent,
        row.mean_percent,
        row.low_percent,
        row.high_percent,
    )
