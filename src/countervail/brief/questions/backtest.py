"""What the model says of threats that were carried out, beside what happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from countervail.brief import numbers, text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.strips import Lane, Spot, Strip
from countervail.brief.results import Results
from countervail.brief.rows.observed import AgreementRow, ForecastRow, ObservedPage, ObservedRow
from countervail.brief.views import Column, Table

_TWICE = 2.0
_DECADES = {-4: "1/10,000", -3: "1/1,000", -2: "1/100", -1: "1/10", 0: "as observed"}
_DECADES |= {1: "10 times", 2: "100 times", 3: "1,000 times", 4: "10,000 times"}


@dataclass(frozen=True)
class Named:
    """What the words need besides the rows: who acted, the horizon, the year of the dollars."""

    coercer: str
    horizon: str
    year: int | None


def named(results: Results) -> Named:
    """The names that a run holds."""
    return Named(results.coercer_name, results.horizon, results.world.base_year)


NAMES = {
    "exports-to-coercer": "exports of the goods that are hit to {coercer}",
    "exports-elsewhere": "exports of their sectors to others",
    "rerouted-share": "the part of lost exports that is sold elsewhere",
    "net-export-loss": "exports lost after sales elsewhere",
    "output": "output by volume",
    "real-income": "real income",
    "gdp": "real product",
    "share-in-exports": "{coercer}\u2019s share in exports",
    "share-in-imports": "the share in {coercer}\u2019s imports",
    "import-price": "what imports cost {coercer}",
}
"""What each figure is called in a sentence; {coercer} is who acts."""

READING = (
    "A product is a part of its sector here: what it loses is computed for the product, what is "
    "sold elsewhere in its place for the sector, since trade with others is not split. In the "
    "medium and the long run people and capital leave a sector that sells less, so that what is "
    "made up appears in the exports of all sectors; in the short run they stay, and the same goods "
    "are sold elsewhere at a lower price. A measure that ends all trade in a product is an "
    "assumption: that this trade falls is no success of the model."
)


def finding(page: ObservedPage, who: Named) -> str:
    """How many figures come near, and where the model misses most, without a full stop."""
    rows = [row for row in page.compared() if row.observed]
    if not rows:
        return "No observed figure can be compared"
    near = [row for row in rows if close(row)]
    said = (
        f"{text.capital(_word(len(near)))} of {numbers.count(len(rows), 'figure')} on record "
        f"{'lies' if len(near) == 1 else 'lie'} within a factor of two of the prediction"
    )
    worst = weakest(page)
    if worst is None:
        return said
    return (
        f"{said}; the model misses most in {name(worst.figure, who)}: "
        f"{value(worst.predicted_mean, worst.unit)} on average where "
        f"{value(worst.observed_mean, worst.unit)} was observed"
    )


def summary(results: Results) -> str:
    """How well the case was predicted, in one line for a terminal; empty without records."""
    if results.observed is None:
        return ""
    return f"What happened? {finding(results.observed, named(results))}."


def close(row: ObservedRow) -> bool:
    """Whether the prediction is between half and twice what was observed."""
    return row.ratio is not None and 1 / _TWICE <= row.ratio <= _TWICE


def weakest(page: ObservedPage) -> AgreementRow | None:
    """The kind of figure that is missed by most; None where all means come near."""
    found = [(_miss(row), row) for row in page.agreement]
    missed = [(miss, row) for miss, row in found if miss > math.log(_TWICE)]
    return max(missed, key=lambda item: item[0])[1] if missed else None


def sentences(page: ObservedPage, who: Named) -> list[str]:
    """How well it did: signs, order, what is comparable and what is not; how to read it."""
    rows = [row for row in page.compared() if row.observed]
    right = [row for row in rows if row.ratio is not None and row.ratio > 0]
    made = [
        f"The sign is right in {len(right)} of {numbers.count(len(rows), 'figure')}. Nothing was "
        "fitted to them: elasticities and parameters are those of every other run."
    ]
    like = [row for row in rows if row.like_for_like]
    if like and len(like) < len(rows):
        near = sum(map(close, like))
        measure, lie = (
            ("measures" if len(like) == 1 else "measure"),
            ("lies" if near == 1 else "lie"),
        )
        made.append(
            f"{text.capital(_word(len(like)))} of them {measure} what the model computes and "
            f"nothing else; {_word(near)} of these {lie} within a factor of two. What else is in "
            "the others is said below the table."
        )
    made += [said for row in page.agreement if (said := _order(row, who))]
    made += [
        f"Not compared: {text.typeset(row.says)}. {text.sentence(row.reason)}"
        for row in page.rows
        if row.predicted is None
    ]
    return [*made, READING]


def table(page: ObservedPage, who: Named) -> Table:
    """Every figure: observed with its range, predicted at each horizon, what else is in it."""
    horizons = [h for h in ("short", "medium", "long") if any(h in r.horizons for r in page.rows)]
    head = {"short": "Short run", "medium": "Medium run", "long": "Long run"}
    rows = []
    for row in page.rows:
        given = {**row.horizons}
        rows.append(
            (
                text.typeset(row.says),
                f"{_unit(row.unit)}; {text.typeset(row.period)}",
                _seen(row),
                *(numbers.number(given[h]) if h in given else text.DASH for h in horizons),
                text.DASH if row.ratio is None else numbers.number(row.ratio),
                "yes" if row.like_for_like else "no",
            )
        )
    return Table(
        "What happened and what the model says",
        (
            Column("Figure", "", False),
            Column("Unit and time", "", False),
            Column("Observed", "range"),
            *(Column(head[h], "predicted") for h in horizons),
            Column("Ratio", f"{who.horizon} run"),
            Column("Like for like", "", False),
        ),
        tuple(rows),
        csv="observed",
    )


def forecast_table(page: ObservedPage, who: Named) -> Table:
    """Each threat by itself at the scenario's own horizon, and all together."""
    rows = [row for row in page.forecasts if row.horizon == who.horizon]
    short = {row.id: row for row in page.forecasts if row.horizon == "short"}
    coercer = text.the(who.coercer)
    year = who.year
    return Table(
        f"Each measure by itself, {text.run(who.horizon)}",
        (
            Column("Measure", "", False),
            Column(f"Exports to {coercer} before", f"US$ bn{f' of {year}' if year else ''}"),
            Column("Lost", "US$ bn"),
            Column("Sold elsewhere, same sectors", "% of the loss"),
            *([Column("Same, short run", "% of the loss")] if short else []),
            Column("All sectors", "% of the loss"),
            Column("Real income lost", "%"),
        ),
        tuple(
            (
                text.typeset(row.title),
                numbers.fixed(row.base_bn),
                numbers.fixed(row.loss_bn),
                _shown(row.rerouted_percent),
                *([_shown(_share(short.get(row.id)))] if short else []),
                _shown(row.rerouted_in_all_percent),
                numbers.number(row.harm_percent),
            )
            for row in rows
        ),
        csv="forecasts",
    )


def figure(results: Results) -> Figure | None:
    """Predicted over observed on a log scale; ``None`` where nothing can be drawn."""
    page = results.observed
    if page is None:
        return None
    rows = sorted(drawable(page), key=lambda row: row.ratio or 0.0)
    if not rows:
        return None
    who = named(results)
    said = finding(page, who)
    lanes = [Strip(text.typeset(row.says), (_lane(row),)) for row in rows]
    ends = [spot.at for strip in lanes for spot in strip.lanes[0].spots]
    low, high = math.floor(min([-1.0, *ends])), math.ceil(max([1.0, *ends]))
    marked = {float(power): _DECADES.get(power, f"1e{power}") for power in range(low, high + 1)}
    drawing = strips.strips(
        "observed", lanes, "predicted over observed", (float(low), float(high)), marked
    )
    hidden = len(page.compared()) - len(rows)
    note = (
        f"Full mark: {text.run(who.horizon)}; hollow: the other horizons. Thin line: where "
        "sources differ. Grey: the observed figure holds more than the model computes. Beside "
        "each: predicted, and observed in parentheses."
        + (f" {text.counted(hidden, 'figure')} of the wrong sign not drawn." if hidden else "")
    )
    return figure_of(
        drawing,
        finding=said,
        alt=f"Dot plot on a log scale of {numbers.count(len(rows), 'figure')}, predicted over "
        f"observed. {said}. All values are in the table below.",
        unit="predicted over observed",
        subtitle=note,
        csv="observed",
        note=note,
    )


def drawable(page: ObservedPage) -> list[ObservedRow]:
    """The rows whose ratio has a logarithm."""
    return [row for row in page.compared() if row.ratio is not None and row.ratio > 0]


def name(figure: str, who: Named) -> str:
    """What a figure is called in a sentence."""
    return NAMES[figure].format(coercer=text.the(who.coercer))


def value(figure: float, unit: str) -> str:
    """A figure with its unit in running text."""
    if unit == "percent":
        return text.percent(figure)
    return f"{numbers.number(figure)} {_unit(unit)}"


def _word(n: int) -> str:
    """A small number in a word."""
    return text.counted(n, "figure").split(" ")[0].replace("no", "none")


def _lane(row: ObservedRow) -> Lane:
    colour = MINE if row.like_for_like else REST
    spots = [
        Spot(math.log10(told / row.observed), "circle", colour, hollow=True)
        for told in row.horizons.values()
        if told / row.observed > 0 and told != row.predicted
    ]
    spots.append(Spot(math.log10(row.ratio or 1.0), "circle", colour))
    ends = [v / row.observed for v in (row.low, row.high) if v is not None]
    reach = [math.log10(end) for end in (*ends, 1.0) if end > 0]
    span = (min(reach), max(reach)) if ends else None
    return Lane(_told(row), spots=tuple(spots), span=span)


def _told(row: ObservedRow) -> str:
    if row.unit == "percent":
        return f"{text.percent(row.predicted)} ({text.percent(row.observed)})"
    said = f"{numbers.number(row.predicted)} ({numbers.number(row.observed)})"
    return f"{said} {_unit(row.unit)}"


def _order(row: AgreementRow, who: Named) -> str:
    """Whether the order of the rows is right, in a sentence; nothing where there are too few."""
    if row.rank is None:
        return ""
    return (
        f"{text.capital(name(row.figure, who))}: over {numbers.count(row.rows, 'product')} the "
        f"rank correlation of predicted and observed is {numbers.number(row.rank)} (1 is the same "
        f"order), and the mean error is {numbers.number(row.error)} "
        f"{'points' if row.unit == 'percent' else _unit(row.unit)}."
    )


def _miss(row: AgreementRow) -> float:
    """By which factor the means differ, in logs; infinite where their signs do."""
    if not row.observed_mean or not row.predicted_mean:
        return math.inf
    ratio = row.predicted_mean / row.observed_mean
    return abs(math.log(ratio)) if ratio > 0 else math.inf


def _seen(row: ObservedRow) -> str:
    ends = [v for v in (row.low, row.high) if v is not None]
    if not ends:
        return numbers.number(row.observed)
    reach: Sequence[float] = sorted({row.observed, *ends})
    shown = [numbers.number(end) for end in reach]
    return f"{numbers.number(row.observed)} ({shown[0]} to {shown[-1]})"


def _share(row: ForecastRow | None) -> float | None:
    return None if row is None else row.rerouted_percent


def _shown(value: float | None) -> str:
    return text.DASH if value is None else numbers.number(value)


def _unit(unit: str) -> str:
    return {"percent": "%", "points": "points", "bn USD": "US$ bn"}[unit]
