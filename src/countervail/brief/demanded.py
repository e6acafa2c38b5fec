"""What could be demanded: the bargaining rows in words and tables. Judgement throughout."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.leverage_rows import DemandRow
from countervail.brief.results import Results
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
            f"{theirs} would carry the threat out whatever {mine} offers (judgement)"
        )
    if row.demand_bn < text.NOTHING:
        return text.capital(
            f"No demand that {theirs} could make of {mine} is worth its risk (judgement)"
        )
    return text.capital(
        f"{theirs} could demand of {mine} {text.dollars(row.demand_bn, results.world.base_year)} "
        f"({text.size(row.demand_percent)} of its real income), with a risk of rupture of "
        f"{_risk(row.rupture_percent)} (judgement)"
    )


def _risk(percent: float) -> str:
    """A probability in whole percent: the assumptions behind it bear no more."""
    return f"{text.fixed(percent, 0)}{text.THIN}%"


def sentences(results: Results) -> list[str]:
    """What the strip says: a coercer that gains, and what a smaller exposure and noise change."""
    row = central(results)
    if row is None:
        return []
    said = [
        _gain_sentence(row, results),
        _fall_sentence(row, results),
        _noise_sentence(row, results),
    ]
    return [sentence for sentence in said if sentence]


def _gain_sentence(row: DemandRow, results: Results) -> str:
    if row.cost_bn >= -text.NOTHING:
        return ""
    theirs = text.the(results.coercer_name)
    return text.capital(
        f"{theirs} {text.verb('gain', results)} {text.dollars(-row.cost_bn)} by carrying the "
        "threat out, so that the threat is credible and a rupture costs it nothing."
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
        f"from {_risk(row.rupture_percent)} to {_risk(other.rupture_percent)}."
    )


def _amount(row: DemandRow) -> str:
    return "none that could be met" if row.demand_bn is None else text.dollars(row.demand_bn)


def _noise_sentence(row: DemandRow, results: Results) -> str:
    """Between which values demand and risk lie as the judgement on the noise is varied."""
    rows = [o for o in results.demands if o.exposure_bn == row.exposure_bn]
    noises = {o.noise_percent for o in rows}
    if len(noises) < 2:
        return ""
    demands = [o.demand_bn for o in rows if o.demand_bn is not None]
    risks = [o.rupture_percent for o in rows]
    if not demands:
        return ""
    return (
        f"Across what the coercer may not know ({text.rate(min(noises) / 100)} to "
        f"{text.rate(max(noises) / 100)} of the exposure to either side) the demand lies between "
        f"{text.dollars(min(demands))} and {text.dollars(max(demands))}, the risk of "
        f"rupture between {_risk(min(risks))} and {_risk(max(risks))}."
    )


def summary(results: Results) -> str:
    """The question "what could be demanded?" in one line for a terminal; empty without rows."""
    return f"What could be demanded? {finding(results)}." if results.demands else ""


def demand_table(results: Results) -> Table:
    """Every case: what could be demanded and how that could end, the central case first."""
    costs = {row.cost_bn for row in results.demands}
    one = len(costs) == 1
    mine, theirs = text.the(results.protagonist_name), results.coercer_name
    notes = [
        f"Unknown: half-width of what the coercer does not know of what refusal costs {mine}, in "
        "percent of the exposure of the central case."
    ]
    if one:
        notes.append(
            f"Carrying the threat out costs {text.the(theirs)} {text.dollars(costs.pop())} in "
            "every case (a minus sign is a gain)."
        )
    return Table(
        f"What could be demanded, case by case, in {dollar_unit(results)} and in percent of "
        f"{text.possessive(results.protagonist_name)} real income (judgement)",
        (
            Column("Case (the threat first)", "", False),
            Column("Unknown", "%"),
            Column("Exposure", "US$ bn"),
            *([] if one else [Column(f"{theirs} loses", "US$ bn")]),
            Column("Demand", "US$ bn"),
            Column("", "%"),
            Column("Accepted", "%"),
            Column("Rupture", "%"),
            Column("How it stands", "", False),
        ),
        tuple(
            (
                text.typeset(text.capital(row.case)),
                text.tariff_figure(row.noise_percent / 100),
                text.fixed(row.exposure_bn, 1),
                *([] if one else [text.fixed(row.cost_bn, 1)]),
                text.fixed(row.demand_bn, 1),
                text.fixed(row.demand_percent),
                text.fixed(row.accept_percent, 0),
                text.fixed(row.rupture_percent, 0),
                row.regime,
            )
            for row in results.demands
        ),
        notes=tuple(notes),
        csv="demands",
    )
