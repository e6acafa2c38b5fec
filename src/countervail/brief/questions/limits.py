"""What the figures leave out, said from what the results hold."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.questions import deals, exposed
from countervail.brief.results import Results


def lines(results: Results) -> list[str]:
    """What carries the effects and what does not, one sentence or two for each channel."""
    return [said for make in (_trade, _deals, _capital, _routes, _ties) if (said := make(results))]


def range_said(results: Results) -> str:
    """What the intervals of the report are, and what they leave out."""
    held = "parameters were held at the values listed above"
    if not _drawn(results):
        return f"No figure has a statistical interval: {held}."
    return (
        "Only figures with deals have an interval: eight in ten of the futures lie in it in which "
        f"each deal is delivered or not, by judged odds. Beside that {held}; figures without "
        "deals have no statistical interval."
    )


def random_numbers(results: Results, seed: int | None) -> str:
    """What random numbers were used for."""
    used = ["futures of delivery"] if _drawn(results) else []
    if seed is not None:
        used.append("starting points of searches")
    return f"for {text.listed(used)} alone, seed {seed or 0}" if used else "none used"


def _drawn(results: Results) -> bool:
    return bool(results.deals_draws or (results.worth is not None and results.worth.draws))


def _trade(results: Results) -> str:
    said = "Ladder, frontier and threats act on trade between countries."
    if exposed.transit_counted(results):
        said += " Closed routes are counted as the cost of a detour only, which is judgement."
    left = []
    if _withdrawn(results):
        said += " Withdrawn capital is counted by its amount, spread over all sectors."
    else:
        left.append("withdrawn capital")
    if not exposed.transit_counted(results) and not results.routes:
        left.append("closed routes")
    if results.deals and not deals.known(results):
        left.append("the deals listed above")
    if left:
        verb = "is" if left == ["withdrawn capital"] else "are"
        said += f" {text.capital(text.listed(left))} {verb} not in any figure."
    return said


def _withdrawn(results: Results) -> bool:
    """Whether anything here says what withdrawn capital would do."""
    taken = results.capital.withdrawals if results.capital else ()
    return (
        any(row.harm_percent is not None for row in taken)
        or any(row.instrument == "capital-withdrawal" for row in results.exposures)
        or any("withdrawal" in row.rung for row in results.ladder)
    )


def _deals(results: Results) -> str:
    known, missing = deals.known(results), deals.without_figures(results)
    if not known:
        return ""
    said = (
        "Ladder, frontier, demands and named threats are those of the base year, without the deals "
        "and without what stands in their place; what the deals change is told in sections of "
        "their own. How far a deal is delivered is judgement."
    )
    if missing:
        said += f" {text.capital(text.counted(len(missing), 'deal'))} could not be computed."
    return said


def _capital(results: Results) -> str:
    if results.capital is None and results.pipeline is None:
        return ""
    return (
        "Capital is counted by its amount and its usual product; what a project does that others "
        "would not do is not in it, nor are debts, exchange rates and funds that can be sold in a "
        "day."
    )


def _routes(results: Results) -> str:
    if not results.routes:
        return ""
    return (
        "Routes are counted at fixed prices and full use of each line; how long it takes to turn a "
        "flow to another line is not."
    )


def _ties(results: Results) -> str:
    if results.ties is None:
        return ""
    return "Ties say who can be reached, not who would help; their list is no census."
