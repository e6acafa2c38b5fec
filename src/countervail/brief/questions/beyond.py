"""What stands beside the frontier: a cut-off, an answer, tariffs alone, and the law."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import text
from countervail.brief.results import LadderRow, Results
from countervail.brief.rows.leverage import FrontierRow


def cut_off_for(row: FrontierRow, results: Results) -> LadderRow | None:
    """The full cut-off where it costs less than the price asked of a point and harms more."""
    cut_off = text.cut_off_row(results)
    if cut_off is None or cut_off.cost_percent is None or cut_off.harm_percent is None:
        return None
    if row.asked_percent is None or cut_off.cost_percent > row.asked_percent:
        return None
    return cut_off if cut_off.harm_percent > (row.harm_percent or 0.0) + text.NOTHING else None


def cut_off_beside(row: FrontierRow, results: Results) -> str:
    """The full cut-off where it harms more than the most that the instruments can do."""
    cut_off = text.cut_off_row(results)
    if cut_off is None or (cut_off.harm_percent or 0.0) <= (row.harm_percent or 0.0):
        return ""
    return (
        f"A full cut-off is none of them: it costs {text.the(results.protagonist_name)} "
        f"{text.size(cut_off.harm_percent)} and "
        f"{does(cut_off.cost_percent, text.the(results.coercer_name))}."
    )


def does(cost: float | None, whom: str = "it") -> str:
    """What something costs the coercer, or brings it: "costs it 0.41 %"."""
    verb = "brings" if (cost or 0.0) < -text.NOTHING else "costs"
    return f"{verb} {whom} {text.size(cost)}"


def tariffs_sentence(results: Results, rows: Sequence[FrontierRow]) -> str:
    """What import tariffs alone can do; ``rows`` are their points with figures, cheap to dear."""
    if not rows:
        return ""
    wanted = [row for row in rows if row.asked_percent is not None]
    wanted.sort(key=lambda row: row.asked_percent or 0.0)
    # A price above the dearest point buys no more than that point, which is said as the most.
    paid = [row for row in wanted if row.role == "asked" and row is not rows[-1]]
    parts = [f"{text.size(row.harm_percent)} {price_tag(row.asked_percent)}" for row in paid]
    parts.append(f"{text.size(rows[-1].harm_percent)} at most")
    first, *others = parts
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    said = f"With import tariffs alone {theirs} can cost {mine} {first}"
    return f"{said}{f', {text.listed(others)}' if others else ''}."


def price_tag(percent: float | None) -> str:
    """An asked price in few words: "at no cost", "for 0.1 %", "at a gain of 0.1 %"."""
    if not percent:
        return "at no cost"
    return f"{'for' if percent > 0 else 'at a gain of'} {text.rate(abs(percent) / 100)}"


def answered_sentence(rows: Sequence[FrontierRow], results: Results) -> str:
    """What the measures of the asked points come to where the protagonist answers them."""
    parts = []
    for row in rows:
        cost, harm = row.answered_cost_percent, row.answered_harm_percent
        if cost is None or harm is None:
            continue
        if row.role == "largest":
            which = "the measures that do most harm"
        elif row.asked_percent:
            which = f"those {price_tag(row.asked_percent)}"
        else:
            which = f"the measures that cost {text.the(results.coercer_name)} nothing"
        parts.append((which, cost, harm))
    if not parts:
        return ""
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    said = []
    for index, (which, cost, harm) in enumerate(parts):
        whom = ("it", mine) if index or theirs in which else (theirs, mine)
        did, done = _do(cost, whom[0]), _do(harm, whom[1])
        same = did.split()[0] == done.split()[0]
        said.append(f"{which} {did} and {done.split(' ', 1)[1] if same else done}")
    return f"If {mine} answers with the import tariffs that are best for it, {'; '.join(said)}."


def _do(loss: float, whom: str) -> str:
    verb = "bring" if loss < -text.NOTHING else "cost"
    return f"{verb} {whom} {text.size(loss)}"


def law_sentence(results: Results) -> str:
    """What the frontier does not ask: whether the law allows the measures."""
    said = "Whether the law lets a government take these measures is not checked"
    if all(part.instrument != "export-tax" for part in results.frontier_sectors):
        return f"{said}."
    return (
        f"{said}: some constitutions, that of the United States among them (Article I, section 9; "
        "known, not read again here), forbid taxes on exports, and export controls in their "
        "place, which bring no revenue, would cost the coercer more."
    )
