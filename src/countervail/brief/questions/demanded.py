"""What could be demanded: the bargaining rows in words and tables. Judgement throughout."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.leverage import DemandRow
from countervail.brief.views import Column, Table, dollar_unit

JUDGEMENT = (
    "Judgement: what the coercer does not know of the protagonist\u2019s loss is an assumption, "
    "not an estimate."
)


def central(results: Results) -> DemandRow | None:
    """The central case, which comes first."""
    return results.demands[0] if results.demands else None


def finding(results: Results) -> str:
    """What the coercer would demand in the central case, and the risk, without its full stop."""
    row = central(results)
    if row is None:
        return "What could be demanded was not computed"
    theirs, mine = text.the(results.coercer_name), text.the(results.protagonist_name)
    if row.demand_bn is None:
        return text.capital(
            f"{theirs} would carry out {_threat(row)} whatever {mine} offers (judgement)"
        )
    if row.demand_bn < text.NOTHING:
        return text.capital(
            f"Threatening {_threat(row)}, {theirs} could make no demand of {mine} that is worth "
            "its risk (judgement)"
        )
    return (
        f"Threatening {_threat(row)}, {theirs} could demand of {mine} "
        f"{text.dollars(row.demand_bn, results.world.base_year)} "
        f"({text.size(row.demand_percent)} of its real income), with a risk of rupture of "
        f"{_risk(row.rupture_percent)}, if {_part(row.noise_percent)} of the exposure is unknown "
        "to it (judgement)"
    )


def _threat(row: DemandRow) -> str:
    """The threat that a case is called after, inside a sentence: "a 25 % tariff on goods"."""
    words = text.typeset(row.case[:1].lower() + row.case[1:])
    return text.article(words).replace("A", "a", 1)


def _part(percent: float) -> str:
    return "half" if percent == 50 else "all" if percent == 100 else text.rate(percent / 100)


def case(row: DemandRow, results: Results) -> str:
    """What a row changes against the first: "100 % of exposure unknown"."""
    first = results.demands[0]
    varied = row.exposure_bn == first.exposure_bn and row.noise_percent != first.noise_percent
    if row is not first and varied:
        return f"{text.rate(row.noise_percent / 100)} of exposure unknown"
    return text.typeset(text.capital(row.case))


def _risk(percent: float) -> str:
    """A probability in whole percent: the assumptions behind it bear no more."""
    return f"{text.fixed(percent, 0)}{text.THIN}%"


def sentences(results: Results) -> list[str]:
    """What the strip says: what is assumed, what a gain means, and what each change does."""
    row = central(results)
    if row is None:
        return []
    said = [
        _bound_sentence(results),
        _gain_sentence(row, results),
        _above_sentence(row, results),
        _fall_sentence(row, results),
        _noise_sentence(row, results),
        *_other_threats(row, results),
    ]
    return [sentence for sentence in said if sentence]


def _bound_sentence(results: Results) -> str:
    theirs, mine = text.the(results.coercer_name), text.the(results.protagonist_name)
    return text.capital(
        f"{theirs} is assumed to be bound to carry the threat out if {mine} refuses, and not to if "
        "it accepts."
    )


def _gain_sentence(row: DemandRow, results: Results) -> str:
    if row.cost_bn >= -text.NOTHING:
        return ""
    theirs = text.the(results.coercer_name)
    return text.capital(
        f"{theirs} {text.verb('gain', results)} {text.dollars(-row.cost_bn)} by carrying the "
        "threat out, so that the threat is credible, and carrying it out costs it nothing beyond "
        "the demand forgone."
    )


def _above_sentence(row: DemandRow, results: Results) -> str:
    """Why a demand can be above the exposure, where one is."""
    if all((o.demand_bn or 0.0) <= o.exposure_bn + text.NOTHING for o in results.demands):
        return ""
    where = (
        "The" if (row.demand_bn or 0.0) > row.exposure_bn + text.NOTHING else "In some cases the"
    )
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    return (
        f"{where} demand is larger than the exposure as computed ({text.dollars(row.exposure_bn)} "
        f"for {_threat(row)}): what {mine} would lose may be larger by what is unknown, and "
        f"{theirs} asks for the sum that serves it best over all that the loss may be."
    )


def _fall_sentence(row: DemandRow, results: Results) -> str:
    """What a smaller exposure changes: the demand, and the risk of rupture with it."""
    smaller = [
        other
        for other in results.demands[1:]
        if other.noise_percent == row.noise_percent and other.exposure_bn < row.exposure_bn
    ]
    if not smaller or row.exposure_bn <= text.NOTHING:
        return ""
    other = min(smaller, key=lambda o: o.exposure_bn)
    fall = 100 * (1 - other.exposure_bn / row.exposure_bn)
    return (
        f"If the exposure falls by {text.percent(fall)}, the demand goes from "
        f"{_amount(row)} to {_amount(other)} and the risk of rupture "
        f"from {_risk(row.rupture_percent)} to {_risk(other.rupture_percent)}; what is unknown is "
        "held at the same amount in dollars."
    )


def _amount(row: DemandRow) -> str:
    return "none that could be met" if row.demand_bn is None else text.dollars(row.demand_bn)


def _noise_sentence(row: DemandRow, results: Results) -> str:
    """Demand and risk at each judgement on what is unknown, the least unknown first."""
    rows = [o for o in results.demands if o.exposure_bn == row.exposure_bn]
    rows.sort(key=lambda o: o.noise_percent)
    if len({o.noise_percent for o in rows}) < 2:
        return ""
    shares = text.listed([text.number(o.noise_percent) for o in rows])
    demands = text.listed(["nothing" if o.demand_bn is None else _amount(o) for o in rows])
    risks = text.listed([_risk(o.rupture_percent) for o in rows])
    return (
        f"With {shares}{text.THIN}% of the exposure unknown, to either side, the demand is "
        f"{demands}, the risk of rupture {risks}."
    )


def _other_threats(row: DemandRow, results: Results) -> list[str]:
    """A sentence for each case that is another threat: one that puts more at risk."""
    said = []
    for other in results.demands[1:]:
        same = other.noise_percent == row.noise_percent
        if same and other.exposure_bn > row.exposure_bn + text.NOTHING:
            demand = "nothing that would be met" if other.demand_bn is None else _amount(other)
            said.append(
                f"Threatening {_threat(other)} instead, it could demand {demand}, with a risk of "
                f"rupture of {_risk(other.rupture_percent)}; carrying it out would "
                f"{'bring' if other.cost_bn < 0 else 'cost'} it "
                f"{text.dollars(abs(other.cost_bn))}."
            )
    return said


def summary(results: Results) -> str:
    """The question "what could be demanded?" in one line for a terminal; empty without rows."""
    return f"What could be demanded? {finding(results)}." if results.demands else ""


def demand_table(results: Results) -> Table:
    """Every case: what could be demanded and how that could end, the central case first."""
    rows = results.demands
    costs = {row.cost_bn for row in rows}
    one = len(costs) == 1
    mine, theirs = text.the(results.protagonist_name), results.coercer_name
    percent = text.column([row.demand_percent for row in rows])
    amount = text.column(
        [v for row in rows for v in (row.exposure_bn, row.demand_bn, row.cost_bn)], 1
    )
    notes = [
        f"Unknown: how far what refusal costs {mine} may lie to either side of the exposure. "
        f"{text.rate(row.noise_percent / 100)} of the exposure of the threat where a case says "
        "nothing else, in dollars the same where the exposure is lower."
        for row in rows[:1]
    ]
    if one:
        notes.append(
            f"Carrying the threat out costs {text.the(theirs)} {text.dollars(costs.pop())} in "
            "every case (a minus sign is a gain)."
        )
    regimes = dict.fromkeys(row.regime for row in rows if row.regime)
    for regime in regimes:
        held = text.listed([case(row, results) for row in rows if row.regime == regime])
        words = text.sentence(regime).rstrip(".")
        notes.append(f"{words}: {held if len(regimes) > 1 else 'every case'}.")
    return Table(
        f"What could be demanded, case by case, in {dollar_unit(results)} and in percent of "
        f"{text.possessive(results.protagonist_name)} real income (judgement)",
        (
            Column("Case (the threat first)", "", False),
            Column("Exposure", "US$ bn"),
            Column("Demand", "US$ bn"),
            Column("", "%"),
            Column("Rupture", "%"),
            *([] if one else [Column(f"{theirs} loses", "US$ bn")]),
        ),
        tuple(
            (
                case(row, results),
                amount(row.exposure_bn),
                amount(row.demand_bn),
                percent(row.demand_percent),
                text.fixed(row.rupture_percent, 0),
                *([] if one else [amount(row.cost_bn)]),
            )
            for row in rows
        ),
        notes=tuple(notes),
        csv="demands",
    )
