"""Which deals to take: words and a table of the best bundle and those beside it."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import text
from countervail.brief.questions.deals import figure, points
from countervail.brief.questions.worth import quoted
from countervail.brief.results import Results
from countervail.brief.rows.strategy import BundleRow, ChoiceRow, WorthPage
from countervail.brief.views import Column, Table

_OBJECTIVES = {
    "least-exposure": "the least exposure",
    "worst-case": "the most real income under the worst threat",
    "most-welfare": "the most real income in peace",
}
_ROLES = {
    "best": "Best",
    "greedy": "Greedy: one by one, the best first",
    "taken": "As taken",
    "nothing": "Nothing signed",
    "everything": "All deals that act",
}
_AIMS = {
    "least-exposure": "exposure",
    "worst-case": "real income under the worst threat",
    "most-welfare": "real income in peace",
}
_BASES = {"full": "delivered in full", "odds": "at the odds of delivery"}


def finding(page: WorthPage, results: Results) -> str:
    """Which bundle is best and what it does, without a full stop."""
    basis = "full" if page.bundle("best", "full") else "odds"
    best, nothing = page.bundle("best", basis), page.bundle("nothing", basis)
    if best is None or nothing is None:
        return ""
    if not best.deals:
        return f"For {_OBJECTIVES[page.objective]} it is best to sign nothing"
    said = f"{_goal(page)} comes with {members(best, page)}: {_does(page, best, nothing, results)}"
    other = page.bundle("best", "odds") if basis == "full" else None
    if other is None:
        return said
    start = page.bundle("nothing", "odds") or nothing
    # The odds change what a bundle does, and sometimes which one is best.
    if set(other.deals) == set(best.deals):
        return f"{said}, at the odds of delivery {_reached(page, other, start)}"
    if not other.deals:
        return f"{said}; at the odds of delivery it is best to sign nothing"
    return f"{said}; at the odds of delivery another bundle is best"


def summary(results: Results) -> str:
    """Which deals to take, in one line for a terminal; empty where nothing was to be chosen."""
    said = finding(results.worth, results) if results.worth and results.worth.choices else ""
    return f"Which to take? {said}." if said else ""


def _goal(page: WorthPage) -> str:
    said = text.capital(_OBJECTIVES[page.objective])
    if page.exposure_at_most_percent is not None:
        said += f" with exposure of at most {text.percent(page.exposure_at_most_percent, 3)}"
    return said


def members(row: BundleRow, page: WorthPage) -> str:
    """A bundle in words: its deals, or how many and without which."""
    every = page.bundle("everything", row.basis)
    names = every.deals if every else row.deals
    left = [title for title in names if title not in row.deals]
    if not row.deals:
        return "no deal"
    if not left:
        return _all(names)
    if len(row.deals) <= 3:  # more titles are no sentence
        return text.listed([quoted(title) for title in row.deals])
    if len(left) <= 3:
        return f"all deals but {text.listed([quoted(title) for title in left])}"
    few = text.counted(len(row.deals), "deal").split(" ")[0]
    return f"{few} of {text.counted(len(names), 'deal')}"


def _all(names: Sequence[str]) -> str:
    if len(names) == 2:
        return "both deals"
    return f"all {text.counted(len(names), 'deal')}" if len(names) > 1 else quoted(names[0])


def _does(page: WorthPage, best: BundleRow, nothing: BundleRow, results: Results) -> str:
    before, after = _score(page, nothing), _score(page, best)
    mine = text.possessive(results.protagonist_name)
    if page.objective == "least-exposure":
        to = text.the(results.coercer_name)
        return (
            f"exposure to {to} goes from {_close(before, after)} to {_close(after, before)} of "
            f"{mine} real income"
        )
    if page.objective == "worst-case":
        now, then = _close(before, after), _close(after, before)
        return f"{mine} real income then changes by {then}, not {now}"
    return f"it adds {figure(after)} to {mine} real income"


def _reached(page: WorthPage, best: BundleRow, nothing: BundleRow) -> str:
    after = _score(page, best)
    if page.objective == "most-welfare":
        return figure(after)
    return f"to {_close(after, _score(page, nothing))}"


def _score(page: WorthPage, row: BundleRow) -> float:
    return {
        "least-exposure": row.exposure_percent,
        "worst-case": row.worst_percent,
    }.get(page.objective, row.peace_percent)


def _close(value: float, other: float) -> str:
    """A percentage with as many digits as tell it from ``other``, two at least and six at most."""
    for digits in range(2, 6):
        if text.number(value, digits) != text.number(other, digits):
            return text.percent(value, digits)
    return text.percent(value, 6)


def sentences(page: WorthPage) -> list[str]:
    """The limits, what is best on either basis, the greedy choice, and how sure it is."""
    made = [_limits(page)]
    for basis in ("full", "odds"):
        made.append(_best(page, basis))
        made.append(_greedy(page, basis))
    made.append(_taken(page))
    made += [_proof(choice) for choice in page.choices[:1]]
    return [said for said in made if said]


def _limits(page: WorthPage) -> str:
    if not page.rules:
        every = page.bundle("everything", "full") or page.bundle("everything", "odds")
        several = every is None or len(every.deals) > 1
        return "No limits are set: any of the deals can be had together." if several else ""
    return f"Limits: {text.typeset('; '.join(page.rules))}."


def _best(page: WorthPage, basis: str) -> str:
    best = page.bundle("best", basis)
    if best is None:
        return ""
    named = text.listed([quoted(title) for title in best.deals]) or "nothing"
    figures = (
        f"real income {_change(best.peace_percent)} in peace and {_change(best.threat_percent)} "
        f"under {page.threat}, exposure {text.percent(best.exposure_percent, 3)}"
    )
    return f"Best {_BASES[basis]}: {named} ({figures})."


def _change(value: float) -> str:
    """A change of real income with its sign."""
    if abs(value) < text.NOTHING:
        return f"0{text.THIN}%"
    return f"{'+' if value > 0 else ''}{text.percent(value)}"


def _greedy(page: WorthPage, basis: str) -> str:
    best, greedy = page.bundle("best", basis), page.bundle("greedy", basis)
    if best is None or greedy is None or set(best.deals) == set(greedy.deals):
        return ""
    gap = abs(_score(page, best) - _score(page, greedy))
    off = "as good as the best" if gap < text.NOTHING else f"{points(gap)} short of the best"
    return f"Taking deals one by one, the best first, ends with {members(greedy, page)}, {off}."


def _taken(page: WorthPage) -> str:
    """How far the bundle that was taken is from the best, at the odds where they are known."""
    basis = "odds" if page.bundle("taken", "odds") else "full"
    best, taken = page.bundle("best", basis), page.bundle("taken", basis)
    if best is None or taken is None:
        return ""
    gain = _score(page, taken) - _score(page, best)
    better = gain < 0 if page.objective == "least-exposure" else gain > 0
    off = f"{points(gain)} {'better' if better else 'worse'} than"
    if abs(gain) < text.NOTHING:
        off = "as good as"
    said = f"What was taken ({members(taken, page)}) is {off} the best within the limits"
    return f"{said}, {_BASES[basis]}, in {_AIMS[page.objective]}."


def _proof(choice: ChoiceRow) -> str:
    if choice.proof == "enumerated":
        kept = f"; {choice.allowed:,} keep the limits" if choice.allowed else ""
        if choice.allowed == choice.valued:
            kept = ""
        return f"Exact: every one of {text.count(choice.valued, 'bundle')} was valued{kept}."
    said = (
        f"Found by branch and bound with {text.count(choice.valued, 'bundle')} valued, exact if "
        "no three or more deals meeting add more than "
        f"{figure(choice.allowance_percent)} a deal beyond what pairs say"
    )
    if choice.breach_percent >= text.NOTHING:
        over = figure(choice.breach_percent)
        said = f"{said}; a bundle that was valued exceeded its bound by {over}"
    else:
        said = f"{said}; no bundle that was valued exceeded its bound"
    if choice.gap_percent:
        short = "the search was cut short there, and another bundle could be better by at most"
        return f"{said}; {short} {figure(choice.gap_percent)}."
    return f"{said}."


def table(page: WorthPage) -> Table:
    """The best bundle on either basis with those beside it."""
    rows = [
        row
        for basis in _BASES
        for role in _ROLES
        if (row := page.bundle(role, basis)) is not None and _shown(page, row)
    ]
    return Table(
        "Bundles of deals: real income against the status quo, and what the threat takes away",
        (
            Column("Bundle", "", False),
            Column("Counted", "", False),
            Column("Deals", "", False),
            Column("In peace", "%"),
            Column("Under the threat", "%"),
            Column("Exposure", "%"),
        ),
        tuple(
            (
                _ROLES[row.role],
                _BASES[row.basis] if row.deals else text.DASH,
                _listed(row),
                text.fixed(row.peace_percent, 3),
                text.fixed(row.threat_percent, 3),
                text.fixed(row.exposure_percent, 3),
            )
            for row in rows
        ),
        notes=(f"The threat: {page.threat}. Exposure: in peace less under the threat.",),
        csv="bundles",
    )


def _listed(row: BundleRow) -> str:
    """The deals of a bundle, each by its title; those of all need none."""
    if row.role == "everything":
        return text.typeset(row.deals[0]) if len(row.deals) == 1 else text.capital(_all(row.deals))
    return "; ".join(text.typeset(title) for title in row.deals) or text.DASH


def _shown(page: WorthPage, row: BundleRow) -> bool:
    """Whether a bundle has a line: nothing signed once, a greedy choice where it differs."""
    if row.role == "nothing":
        return row.basis == _bases(page)[0]
    best = page.bundle("best", row.basis)
    return row.role != "greedy" or best is None or set(row.deals) != set(best.deals)


def _bases(page: WorthPage) -> Sequence[str]:
    return [basis for basis in _BASES if page.bundle("best", basis)]
