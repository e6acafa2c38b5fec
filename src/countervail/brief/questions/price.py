"""At what price: the coercion frontier in words."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.questions import beyond
from countervail.brief.results import Results
from countervail.brief.rows.leverage import FrontierRow, FrontierSectorRow

CERTAIN = 1e-4
"""Percent of real income: a frontier is certified where no fresh search finds more than that."""

_OWN = "of its own real income"
_NAMED = 3
_MATTERS = 0.02  # part of a point's harm below which a sector is not named
AT_MOST = "at most with these instruments"
WITHDRAWAL = "capital-withdrawal"


def known(results: Results, rows: tuple[FrontierRow, ...] | None = None) -> list[FrontierRow]:
    """The points that have figures, from cheap to dear; ``rows`` are those of the frontier."""
    found = [
        row
        for row in (results.frontier if rows is None else rows)
        if row.harm_percent is not None and row.cost_percent is not None
    ]
    return sorted(found, key=lambda row: (row.cost_percent, row.point))


def asked(results: Results) -> list[FrontierRow]:
    """The points that answer an asked price, the lowest price first.

    The dearest point answers every price above its cost, whatever its role.
    """
    found = [row for row in known(results) if row.asked_percent is not None]
    return sorted(found, key=lambda row: (row.asked_percent or 0.0, row.point))


def harmless(results: Results) -> bool:
    """Whether nothing on the frontier hurts the protagonist."""
    return all((row.harm_percent or 0.0) < text.NOTHING for row in known(results))


def price(row: FrontierRow) -> str:
    """What the coercer is ready to pay at a point, as an adverb: "at no cost to itself"."""
    if row.role == "largest" or capped(row):
        return f"{AT_MOST}, {_paid(row)} {_OWN}"
    return _wanted(row.cost_percent if row.asked_percent is None else row.asked_percent)


def _wanted(percent: float | None) -> str:
    if percent is None or abs(percent) < text.NOTHING:
        return "at no cost to itself"
    if percent < 0:
        return f"while it gains {text.size(percent)}"
    return f"for {text.rate(percent / 100)} {_OWN}"


def _paid(row: FrontierRow) -> str:
    gains = (row.cost_percent or 0.0) < -text.NOTHING
    return f"at a {'gain' if gains else 'cost'} of {text.size(row.cost_percent)}"


def tag(row: FrontierRow) -> str:
    """The price of an asked point in few words: "at no cost", "for 0.1 %"."""
    if row.role == "largest" or capped(row):
        return "at most"
    return beyond.price_tag(row.asked_percent)


def capped(row: FrontierRow) -> bool:
    """Whether the price asked is above the dearest point, so that less than it is paid."""
    return (
        row.asked_percent is not None
        and row.cost_percent is not None
        and row.cost_percent < row.asked_percent - CERTAIN
    )


def finding(results: Results) -> str:
    """How much harm each asked price buys, in one sentence without its full stop."""
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    if not known(results):
        return "The coercion frontier was not computed"
    if harmless(results):
        return text.capital(f"{theirs} cannot hurt {mine} with these instruments, whatever it pays")
    rows = asked(results) or [known(results)[-1]]
    first, *others = [_part(row, results) for row in _distinct(rows, results)]
    amount, rest = first.split("%", 1)
    said = f"If {mine} does not answer, {theirs} can cost it {amount}% of real income{rest}"
    return text.capital(f"{said}, {text.listed(others)}" if others else said)


def _part(row: FrontierRow, results: Results) -> str:
    """What one price buys: "3.9 % for 0.1 % of its own"; a cut-off that does more goes first."""
    cut_off = beyond.cut_off_for(row, results)
    if cut_off is None:
        return f"{text.size(row.harm_percent)} {price(row).replace(_OWN, 'of its own')}"
    return (
        f"{text.size(cut_off.harm_percent)} "
        f"{_wanted(row.asked_percent).replace(_OWN, 'of its own')} "
        f"(by a full cut-off, which {beyond.does(cut_off.cost_percent)})"
    )


def _distinct(rows: list[FrontierRow], results: Results) -> list[FrontierRow]:
    """The rows without those that are answered by the same as the row before."""
    kept: list[FrontierRow] = []
    for row in rows:
        if not kept or _answer(row, results) != _answer(kept[-1], results):
            kept.append(row)
    return kept


def _answer(row: FrontierRow, results: Results) -> tuple[float | None, float | None, bool]:
    return row.cost_percent, row.harm_percent, beyond.cut_off_for(row, results) is None


def shown(results: Results) -> list[FrontierRow]:
    """The asked points whose sectors are shown: each once, those with sectors on record."""
    held = {row.point for row in results.frontier_sectors}
    points = {row.point: row for row in asked(results) if row.point in held}
    return list(points.values())


def sentences(results: Results) -> list[str]:
    """What the frontier says: the coercer's own optimum, each asked price, the far end."""
    if not known(results) or harmless(results):
        return []
    said = [optimum_sentence(results)]
    rows = _distinct(asked(results), results)
    said += [_asked_sentence(row, results) for row in rows]
    said += [
        _largest_sentence(results),
        beyond.tariffs_sentence(results, known(results, results.frontier_tariffs)),
        beyond.answered_sentence(rows, results),
        elasticity_sentence(results),
        beyond.law_sentence(results),
    ]
    return [sentence for sentence in said if sentence]


def optimum_sentence(results: Results) -> str:
    """What the coercer would do for its own good, and whether it gains by it."""
    row = next((row for row in known(results) if row.role == "own-optimum"), None)
    if row is None:
        return ""
    theirs, mine = text.the(results.coercer_name), text.the(results.protagonist_name)
    if (row.cost_percent or 0.0) > -text.NOTHING:
        harmless = (row.harm_percent or 0.0) < text.NOTHING
        more = ", and at no cost to itself it can do no harm" if harmless else ""
        return text.capital(f"{theirs} cannot gain by any of these instruments{more}.")
    return text.capital(
        f"{theirs} {text.verb('gain', results)} by some of it: at its own optimum "
        f"{text.size(row.cost_percent)} of its real income "
        f"({text.dollars(abs(row.cost_bn or 0.0), results.world.base_year)}), which costs {mine} "
        f"{text.size(row.harm_percent)}."
    )


def _asked_sentence(row: FrontierRow, results: Results) -> str:
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    year = results.world.base_year
    said = (
        f"{text.capital(price(row))}, {theirs} can cost {mine} "
        f"{text.size(row.harm_percent)} ({text.dollars(row.harm_bn, year)})"
    )
    carriers = carried(row, results)
    said += f"{f', above all by {carriers}' if carriers else ''}."
    if row.role == "largest":
        said = f"{said} {text.sentence(row.note)}".strip()
    cut_off = beyond.cut_off_for(row, results)
    if cut_off is None:
        more = beyond.cut_off_beside(row, results) if row.role == "largest" else ""
        return f"{said} {more}".strip()
    return (
        f"{said} {text.capital(_wanted(row.asked_percent).replace(_OWN, 'of its own'))} it can "
        f"do more by a full cut-off, which {beyond.does(cut_off.cost_percent)}: {mine} loses "
        f"{text.size(cut_off.harm_percent)} ({text.dollars(cut_off.harm_bn, year)})."
    )


def _largest_sentence(results: Results) -> str:
    row = known(results)[-1]
    if row.role != "largest" or row in asked(results) or any(map(capped, asked(results))):
        return ""
    parts = (
        f"{text.capital(AT_MOST)} the harm reaches {text.size(row.harm_percent)}, {_paid(row)} to "
        f"{text.the(results.coercer_name)}.",
        text.sentence(row.note),
        beyond.cut_off_beside(row, results),
    )
    return " ".join(part for part in parts if part)


def carried(row: FrontierRow, results: Results) -> str:
    """The instruments that carry most of a point's harm: "a 34 % tariff on food (0.31 %) and"."""
    rows = carriers(row, results)
    named = [
        f"{_measure(part)} ({text.size(part.harm_percent)})"
        for part in rows[:_NAMED]
        if part.harm_percent > _MATTERS * (row.harm_percent or 0.0)
    ]
    return text.listed(named)


def _measure(part: FrontierSectorRow) -> str:
    """One part of a point in words: "a 34 % tariff on food"."""
    if part.instrument == WITHDRAWAL:
        return f"withdrawing {_rate(part)} of its {short(part.sector_name)}"
    named = part.instrument.replace("-", " ")
    return f"{text.article(_rate(part)).lower()} {named} on {short(part.sector_name)}"


def carriers(row: FrontierRow, results: Results) -> list[FrontierSectorRow]:
    """The parts of a point, the largest harm first."""
    found = [part for part in results.frontier_sectors if part.point == row.point]
    return sorted(found, key=lambda part: (-part.harm_percent, part.sector, part.instrument))


def bare(sector: str) -> str:
    """A sector's name without what stands in brackets behind it."""
    return sector.split(" (")[0]


def short(sector: str) -> str:
    """A sector's name inside a sentence."""
    name = bare(sector)
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _rate(part: FrontierSectorRow) -> str:
    return text.percent(100 * part.rate)


def carriers_finding(results: Results) -> str:
    """Which sector carries most at the first and the last asked price, without its full stop."""
    rows = [row for row in shown(results) if carriers(row, results)]
    if not rows:
        return ""
    (sector, share, at), *others = [(*_lead(row, results), _at(row, results)) for row in rows]
    if not others:
        return text.capital(f"{sector} carries the largest part of the harm: {share} {at}")
    other, other_share, other_at = others[-1]
    if sector == other:
        return text.capital(
            f"{sector} carries the largest part of the harm: {share} {at}, {other_share} {other_at}"
        )
    return text.capital(
        f"{sector} carries the largest part of the harm {at} ({share}), {other} {other_at} "
        f"({other_share})"
    )


def _at(row: FrontierRow, results: Results) -> str:
    """The price of an asked point as seen from outside: "at a cost of 0.5 %"."""
    said = tag(row)
    theirs = text.the(results.coercer_name)
    if said == "at most":
        return "where it is largest"
    return f"{said} to {theirs}" if said == "at no cost" else said.replace("for", "at a cost of")


def _lead(row: FrontierRow, results: Results) -> tuple[str, str]:
    """The sector that carries most of a point by both instruments, and its share."""
    sums: dict[str, float] = {}
    for part in carriers(row, results):
        sums[part.sector_name] = sums.get(part.sector_name, 0.0) + part.harm_percent
    most = max(sums, key=lambda name: (sums[name], name))
    return short(most), text.percent(100 * sums[most] / (row.harm_percent or 1.0))


def certificate(results: Results) -> str:
    """How sure the frontier is: what a fresh search from other starts found, and where."""
    every = known(results)
    rows = [row for row in every if row.gap_percent is not None]
    if not rows:
        return "No fresh search was made to certify these points." if every else ""
    worst = max(rows, key=lambda row: row.gap_percent or 0.0)
    gap = worst.gap_percent or 0.0
    searched = f"At {text.counted(len(rows), 'point')} a fresh search from other starts found"
    amount = f"{text.scientific(gap)}{text.THIN}%"
    if gap <= 0:
        said = f"{searched} no more harm at the same price"
    elif gap <= CERTAIN:
        said = f"{searched} nothing better than {amount} of real income"
    else:
        said = (
            f"{searched} up to {amount} of real income more harm (at point {worst.point}): "
            "the curve is a lower bound there"
        )
    untested = len(every) - len(rows)
    more = f"; no fresh search tested the other {text.count(untested, 'point')}" if untested else ""
    return f"{said}{more}."


def summary(results: Results) -> str:
    """The question "at what price?" answered in one line for a terminal; empty without points."""
    if not known(results):
        return ""
    gains = optimum_sentence(results)
    return f"At what price? {finding(results)}." + (
        f" {gains}" if "own optimum" in gains and not harmless(results) else ""
    )


def elasticities(results: Results) -> dict[str, float]:
    """The long-run trade elasticity of each sector by its name, where it is on record."""
    rows = results.world.sector_rows
    return {row.sector: row.elasticity for row in rows if row.elasticity is not None}


def elasticity_sentence(results: Results) -> str:
    """What the sectors in front owe to their trade elasticities; empty where none is known."""
    known = elasticities(results)
    named = dict.fromkeys(
        part.sector_name
        for row in shown(results)
        for part in carriers(row, results)[:_NAMED]
        if part.sector_name in known
    )
    if not named:
        return ""
    values = text.listed([f"{text.fixed(known[name])} for {short(name)}" for name in named])
    return (
        f"Trade elasticities decide much of this: {values}. Where buyers and sellers find no "
        "substitute (a low elasticity) a high export tax hurts, and pays; where they find many, a "
        "tariff ends the trade. They are among the least certain of the inputs."
    )
