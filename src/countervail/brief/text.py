"""Findings in words: every title of the brief is composed here from figures.

The ways to show a number, from ``numbers``, can be had here too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from countervail.brief.numbers import (
    DASH,
    MINUS,
    MISSING,
    NOTHING,
    THIN,
    TINY,
    capital,
    column,
    count,
    counted,
    day,
    dollars,
    effect,
    fixed,
    listed,
    number,
    percent,
    rate,
    scientific,
    sentence,
    size,
    tariff_figure,
    typeset,
)
from countervail.brief.results import LadderRow, Results, Spill

__all__ = [
    "DASH",
    "MINUS",
    "MISSING",
    "NOTHING",
    "THIN",
    "TINY",
    "adjective",
    "answer",
    "answer_sentence",
    "article",
    "capital",
    "column",
    "consequence",
    "count",
    "counted",
    "cut_off_row",
    "cut_off_sentence",
    "day",
    "dollars",
    "effect",
    "energy_finding",
    "energy_part",
    "finding",
    "fixed",
    "gains_sentence",
    "headline_row",
    "horizons_sentence",
    "is_cut_off",
    "listed",
    "number",
    "percent",
    "possessive",
    "rate",
    "retaliation_sentence",
    "run",
    "run_title",
    "rung",
    "scientific",
    "sentence",
    "size",
    "spill_finding",
    "subject",
    "tariff_figure",
    "the",
    "typeset",
    "verb",
]

_RUNS = {"short": "in the short run", "medium": "in the medium run", "long": "in the long run"}
_WITH_ARTICLE = ("United ", "European Union", "Netherlands", "Philippines", "Czech Rep")
_SHORT = {"USA": "US", "CHN": "Chinese", "CAN": "Canadian", "MEX": "Mexican"}


def the(name: str) -> str:
    """A country's name inside a sentence: "the United States", "Canada"."""
    if name.startswith("Rest of"):
        return f"the rest{name.removeprefix('Rest')}"
    return f"the {name}" if name.startswith(_WITH_ARTICLE) else name


def adjective(results: Results) -> str:
    """The coercer before a noun ("US tariff"); empty where no short form is known."""
    return results.coercer_short or _SHORT.get(results.coercer, "")


def verb(stem: str, results: Results) -> str:
    """The verb that follows the coercer's name: "gains" for one country, "gain" for several."""
    several = len(results.coercer.replace("+", ",").split(",")) > 1
    return stem if several else f"{stem}s"


def possessive(name: str) -> str:
    """Whose: "Canada's", "the United States'"."""
    return the(name) + ("'" if name.endswith("s") else "'s").replace("'", "\u2019")


def run(horizon: str) -> str:
    """A horizon as an adverb: "in the medium run"."""
    return _RUNS.get(horizon, f"at the horizon {horizon}")


def run_title(horizon: str) -> str:
    """A horizon as a heading: "Medium run"."""
    return capital(_RUNS[horizon].removeprefix("in the ")) if horizon in _RUNS else horizon


def is_cut_off(row: LadderRow) -> bool:
    """Whether a rung is the full cut-off, which has no tariff rate."""
    return row.rate is None and "cut" in row.rung.lower()


def rung(row: LadderRow) -> str:
    """The label of a rung: "25 %", "Full cut-off"."""
    if row.rate is not None:
        return rate(row.rate)
    if is_cut_off(row):
        return "Cut-off except energy" if row.energy == "exempt" else "Full cut-off"
    return capital(row.rung)


def article(words: str) -> str:
    """The words with "A" or "An" before them, by how a leading number is spoken."""
    figure = words.split(THIN)[0].split(" ")[0].split(".")[0]
    an = figure in {"11", "18"} or figure.startswith("8") or words[:1] in "aeioAEIO"
    return f"{'An' if an else 'A'} {words}"


def subject(row: LadderRow, results: Results) -> str:
    """What a rung is, as the subject of a sentence: "A 25 % US tariff"."""
    short = adjective(results)
    if is_cut_off(row):
        words = f"A full cut-off from {the(results.coercer_name)}"
    elif row.rate is None:
        words = capital(row.rung)
    elif short:
        words = article(f"{rung(row)} {short} tariff")
    else:
        words = article(f"{rung(row)} tariff by {the(results.coercer_name)}")
    if row.rate is not None and results.taxed:
        words += f" on {results.taxed}"
    if row.energy == "exempt":
        words += " that leaves energy out"
    if row.retaliation == "proportional":
        words += ", answered in proportion,"
    return words


def finding(row: LadderRow, results: Results) -> str:
    """What a cell of the ladder says, in one sentence without its full stop."""
    return f"{subject(row, results)} {consequence(row.harm_percent, row.cost_percent, results)}"


def consequence(harm: float | None, cost: float | None, results: Results) -> str:
    """What harm and cost, both in percent, mean for the two sides: the predicate of a finding."""
    mine, theirs = the(results.protagonist_name), the(results.coercer_name)
    if harm is None:
        first, joined = f"was not computed for {mine}", False
    elif harm < -NOTHING:
        first, joined = f"leaves {mine} {size(harm)} of real income better off", False
    else:
        amount = size(harm) + ("" if abs(harm) < NOTHING else " of real income")
        first, joined = f"costs {mine} {amount}", True
    if cost is None:
        return f"{first}, and was not computed for {theirs}"
    if cost < -NOTHING:
        return f"{first}, and {theirs} {verb('gain', results)} {size(cost)}"
    return f"{first} and {'' if joined else 'costs '}{theirs} {size(cost)}"


def headline_row(results: Results, energy: str = "included") -> LadderRow | None:
    """The cell the brief leads with: the 25 % rung, or the middle one, at the brief's horizon."""
    rows = [
        row
        for row in results.ladder
        if (row.horizon, row.retaliation, row.energy) == (results.horizon, "none", energy)
        and row.rate is not None
    ]
    if not rows:
        return None
    rows.sort(key=lambda row: row.rate or 0.0)
    return next((row for row in rows if row.rate == 0.25), rows[(len(rows) - 1) // 2])


def cut_off_row(results: Results) -> LadderRow | None:
    """The cut-off at the brief's horizon without retaliation, where it was computed."""
    for row in results.ladder:
        if is_cut_off(row) and (row.horizon, row.retaliation, row.energy) == (
            results.horizon,
            "none",
            "included",
        ):
            return row
    return None


def answer(results: Results) -> str:
    """The answer to the brief's question in one sentence, with the range over horizons."""
    row = headline_row(results)
    if row is None:
        return "No rung of the ladder was computed at this horizon."
    sentence = finding(row, results)
    if row.harm_bn is not None and row.harm_percent is not None and row.harm_percent > NOTHING:
        sentence = sentence.replace(
            " of real income",
            f" of real income ({dollars(row.harm_bn, results.world.base_year)})",
            1,
        )
    lead = run(row.horizon).capitalize()
    if row.retaliation == "none":
        lead += f" and if {the(results.protagonist_name)} does not answer"
    sentence = f"{lead}, {sentence[0].lower()}{sentence[1:]}"
    losses = [
        cell.harm_percent
        for cell in results.ladder
        if (cell.rung, cell.retaliation, cell.energy) == (row.rung, "none", "included")
        and cell.harm_percent is not None
    ]
    low, high = (min(losses), max(losses)) if losses else (0.0, 0.0)
    if len(losses) > 1 and low > NOTHING and size(low) != size(high):
        whose = possessive(results.protagonist_name)
        sentence += (
            f"; across the {counted(len(losses), 'horizon')} {whose} loss lies between "
            f"{size(low)} and {size(high)}"
        )
    return sentence + "."


def cut_off_sentence(results: Results) -> str:
    """What a full cut-off does at the brief's horizon, and how lopsided it is."""
    row = cut_off_row(results)
    if row is None or row.harm_percent is None:
        return ""
    cells = [r for r in results.ladder if is_cut_off(r) and r.energy == row.energy]
    losses = [r.harm_percent for r in cells if r.harm_percent is not None]
    sentence = f"{finding(row, results)} {run(row.horizon)}"
    if size(min(losses)) != size(max(losses)):
        sentence += f" (from {size(min(losses))} to {size(max(losses))} across the horizons)"
    sentence += "."
    if row.cost_percent is not None and row.harm_percent > TINY and row.cost_percent > TINY:
        ratio = row.cost_percent / row.harm_percent
        sentence += (
            f" For each 1{THIN}% that {the(results.protagonist_name)} loses, "
            f"{the(results.coercer_name)} {verb('lose', results)} {percent(ratio)}"
        )
        if row.harm_bn and row.cost_bn:
            sentence += (
                f"; in money, {dollars(row.cost_bn)} against {dollars(row.harm_bn)}, since "
                f"{'its' if verb('', results) else 'their'} economy is the "
                f"{'larger' if row.cost_bn / row.harm_bn > ratio else 'smaller'}"
            )
        sentence += "."
    return sentence


def horizons_sentence(results: Results) -> str:
    """The headline rung at each horizon: the harm and the cost as they change with time."""
    row = headline_row(results)
    if row is None:
        return ""
    parts = [
        f"{effect(cell.harm_percent)} {run(horizon)}"
        for horizon in results.horizons
        if (cell := results.cell(row.rung, horizon)) is not None
    ]
    if len(parts) < 2:
        return ""
    return f"{subject(row, results)} means for {the(results.protagonist_name)} {listed(parts)}."


def retaliation_sentence(results: Results) -> str:
    """What the protagonist's proportional answer changes for both sides at the headline rung."""
    row = headline_row(results)
    other = row and results.cell(row.rung, row.horizon, "proportional")
    if row is None or other is None:
        return ""
    if other.harm_percent is None:
        return f"With retaliation the {rung(row)} rung was not computed."
    return (
        f"If {the(results.protagonist_name)} answers the {rung(row)} tariff in proportion, it goes "
        f"from {effect(row.harm_percent)} to {effect(other.harm_percent)}, and "
        f"{the(results.coercer_name)} from {effect(row.cost_percent)} to "
        f"{effect(other.cost_percent)}."
    )


def answer_sentence(results: Results) -> str:
    """Where a proportional answer lowers the protagonist's own loss (energy included), in words."""
    found: list[str] = []
    for horizon in results.horizons:
        at = [
            rung(row)
            for row in results.ladder
            if (row.horizon, row.retaliation, row.energy) == (horizon, "none", "included")
            and (other := results.cell(row.rung, horizon, "proportional")) is not None
            and None not in (row.harm_percent, other.harm_percent)
            and (other.harm_percent or 0.0) < (row.harm_percent or 0.0) - NOTHING
        ]
        if at:
            found.append(f"at {listed(at)} {run(horizon)}")
    if not found:
        return ""
    mine = the(results.protagonist_name)
    return (
        f"Answering lowers {possessive(results.protagonist_name)} own loss {'; '.join(found)}: "
        f"a moderate tariff presses down the prices that {mine} pays for imports and keeps its "
        "revenue, as it does for the other side."
    )


def energy_part(results: Results) -> str:
    """How much of the headline loss rests on the energy sectors, in one sentence."""
    row = headline_row(results)
    spared = row and results.cell(row.rung, row.horizon, "none", "exempt")
    if not row or not spared or row.harm_percent is None or spared.harm_percent is None:
        return ""
    return (
        f"Much rests on few sectors: with energy left out, the loss at the {rung(row)} rung is "
        f"{size(spared.harm_percent)} in place of {size(row.harm_percent)}."
    )


def gains_sentence(results: Results) -> str:
    """Where the coercer gains by its own tariff (no retaliation, energy included), in words."""
    theirs = the(results.coercer_name)
    cells = [r for r in results.ladder if (r.retaliation, r.energy) == ("none", "included")]
    known = [r for r in cells if r.cost_percent is not None]
    if not known:
        return ""
    gains: dict[str, list[LadderRow]] = {}
    for row in known:
        if (row.cost_percent or 0.0) < -NOTHING:
            gains.setdefault(row.horizon, []).append(row)
    if not gains:
        return capital(f"{theirs} {verb('gain', results)} at no rung, even without retaliation.")
    # Horizons with the same rungs share one clause, so that the sentence stays short.
    clauses: dict[str, list[str]] = {}
    for horizon in results.horizons:
        found = sorted(gains.get(horizon, []), key=lambda r: math.inf if r.rate is None else r.rate)
        if found:
            clauses.setdefault(listed([rung(r).lower() for r in found]), []).append(horizon)
    parts = []
    for at, horizons in clauses.items():
        best = min((r for h in horizons for r in gains[h]), key=lambda r: r.cost_percent or 0.0)
        every = len(horizons) == len(results.horizons) > 1
        when = "at every horizon" if every else listed([run(h) for h in horizons])
        where = f", {run(best.horizon)}" if len(horizons) > 1 else ""
        several = len(horizons) > 1 or " and " in at
        parts.append(
            f"at {at} {when} ({'at most ' if several else ''}{size(best.cost_percent)}{where})"
        )
    return capital(f"without retaliation {theirs} {verb('gain', results)} {'; '.join(parts)}.")


def energy_finding(results: Results) -> str:
    """What exempting energy changes for the protagonist at the headline rung."""
    row, other = headline_row(results), headline_row(results, "exempt")
    if row is None or other is None or row.rung != other.rung:
        return ""
    if row.harm_percent is None or other.harm_percent is None:
        return "The variant that leaves energy out was not computed at this rung"
    mine = the(results.protagonist_name)
    before, after = effect(row.harm_percent), effect(other.harm_percent)
    if before == after:
        return f"Leaving energy out of a {rung(row)} tariff changes little: {before} for {mine}"
    return (
        f"Leaving energy out of {article(rung(row)).lower()} tariff takes {mine} "
        f"from {before} to {after}"
    )


def spill_finding(results: Results) -> str:
    """Who else loses most and who gains most, in one sentence without its full stop."""
    known = [s for s in results.spill if s.welfare_percent is not None]
    if not known:
        return "Effects on other countries were not computed" if results.spill else ""
    low = min(known, key=lambda s: s.welfare_percent or 0.0)
    high = max(known, key=lambda s: s.welfare_percent or 0.0)

    def called(one: Spill) -> str:
        made = " (constructed data)" if one.status == "constructed" else ""
        return f"{the(one.name or one.region)}{made}"

    if (low.welfare_percent or 0.0) < -NOTHING and (high.welfare_percent or 0.0) > NOTHING:
        return (
            f"Among the others {called(low)} loses most ({size(low.welfare_percent)}) and "
            f"{called(high)} gains most ({size(high.welfare_percent)})"
        )
    if (low.welfare_percent or 0.0) < -NOTHING:
        return f"No other country gains; {called(low)} loses most ({size(low.welfare_percent)})"
    if (high.welfare_percent or 0.0) > NOTHING:
        return f"No other country loses; {called(high)} gains most ({size(high.welfare_percent)})"
    return "No other country is touched"


def tariffs_line(results: Results) -> str:
    """Which tariffs the base holds: those of the base data, or of a later day by schedules."""
    world = results.manifest.get("world", {})
    dated = world.get("tariffs_as_of") if isinstance(world, Mapping) else None
    if not isinstance(dated, Mapping):
        return (
            f"Those of {results.world.name}; measures that came later are not in it, "
            "and every threat comes on top."
        )
    names = ", ".join(str(s.get("name")) for s in dated.get("schedules", ()))
    return f"Those of {dated.get('date')}, by {names}, on top of those of the base data."


def elasticity_set(results: Results) -> str:
    """The set of trade elasticities in use; empty where an older result does not say."""
    world = results.manifest.get("world", {})
    used = world.get("elasticities") if isinstance(world, Mapping) else None
    return str(used.get("set", "")) if isinstance(used, Mapping) else ""
