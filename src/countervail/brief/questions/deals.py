"""What the deals change, in words and in one table; money claimed or illustrative is called so."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.channels import DealRow
from countervail.brief.views import BOUNDS, READINGS, Column, Table, dollar_unit, status

_LITTLE = 0.1  # of the gain: what is left is then no figure to build on
_MOSTLY = 0.8  # of a change, from which one deal may be named for it
_SPOKEN = 1e-5  # percent of the coercer's real income: below it a gain is worth no sentence
_UNFOLDED = 6  # lines of what one deal moves
_LEFT_OUT = "Left out"
_UNSOURCED = {
    "claimed": "is only claimed, by a text that names no source",
    "illustrative": "is illustrative: nobody names one",
}


def known(results: Results) -> list[DealRow]:
    """The deals with figures, the largest effect first."""
    rows = [row for row in results.deals if row.full_percent is not None]
    return sorted(
        rows,
        key=lambda row: (-abs(row.full_percent or 0.0), -abs(row.threat_percent or 0.0), row.id),
    )


def acting(results: Results) -> list[DealRow]:
    """The deals that change something, the largest effect first."""
    return [row for row in known(results) if _most(row) >= text.NOTHING]


def idle(results: Results) -> list[DealRow]:
    """The deals that were computed and change nothing."""
    return [row for row in known(results) if _most(row) < text.NOTHING]


def without_figures(results: Results) -> list[DealRow]:
    """The deals that could not be computed, in the order of the scenario."""
    return [row for row in results.deals if row.full_percent is None]


def ordered(results: Results) -> list[DealRow]:
    """Every deal: those that change most first, those without figures last."""
    return [*known(results), *without_figures(results)]


def _most(row: DealRow) -> float:
    return max(abs(row.full_percent or 0.0), abs(row.threat_percent or 0.0))


def adds(value: float | None, whose: str) -> str:
    """What a gain in percent does: "add 0.12 % to Canada's real income"; a loss takes it."""
    if value is not None and abs(value) < text.NOTHING:
        return f"leave {whose} real income as it is"
    verb, to = ("add", "to") if (value or 0.0) > 0 else ("take", "from")
    return f"{verb} {figure(None if value is None else abs(value))} {to} {whose} real income"


def finding(results: Results) -> str:
    """What all deals at once would change, without its full stop."""
    whose = text.possessive(results.protagonist_name)
    rows = acting(results)
    if results.deals_together_percent is not None and rows:
        said = (
            f"{_all(results)}, delivered in full, would "
            f"{adds(results.deals_together_percent, whose)}"
        )
        if results.deals_expected_percent is not None:
            said += (
                f"; at {_their(results)} odds of delivery {figure(results.deals_expected_percent)}"
            )
        return said
    if rows:
        first = rows[0]
        return (
            f"The deal that changes most would {adds(first.full_percent, whose)}: "
            f"{text.typeset(first.title)}"
        )
    if known(results):
        some = "The deals that could be computed" if without_figures(results) else _all(results)
        return f"{some} would {adds(0.0, whose)}"
    if len(results.deals) == 1:
        return "One deal is on record; what it changes was not computed"
    count = text.capital(text.counted(len(results.deals), "deal"))
    return f"{count} are on record; what they change was not computed"


def _all(results: Results) -> str:
    count = len(results.deals)
    if count == 1:
        return "The one deal on record"
    return "Both deals at once" if count == 2 else f"All {text.counted(count, 'deal')} at once"


def _their(results: Results) -> str:
    return "its" if len(results.deals) == 1 else "their"


def figure(value: float | None) -> str:
    """A gain in percent, a loss with its sign: small ones in full, since most deals are small."""
    if value is None:
        return text.MISSING
    return "nothing" if abs(value) < text.NOTHING else text.percent(value)


def header(results: Results) -> str:
    """What the deals change, for the head of the report and for a terminal."""
    if not results.deals:
        return ""
    return " ".join(part for part in (f"{finding(results)}.", exposure_sentence(results)) if part)


def summary(results: Results) -> str:
    """What the deals change in one line for a terminal; empty without figures."""
    return f"What do the deals change? {header(results)}" if known(results) else ""


def exposure_sentence(results: Results) -> str:
    """Whether the deals make a full cut-off hurt less, beyond what they add in peace."""
    peace, threat = results.deals_together_percent, results.deals_threat_percent
    if peace is None or threat is None or not acting(results):
        return ""
    theirs = text.the(results.coercer_name)
    change = threat - peace
    they = "it" if len(results.deals) == 1 else "they"
    lead = (
        f"Under a full cut-off from {theirs}{_costs(results)} {they} would be worth "
        f"{figure(threat)}"
    )
    if abs(change) < text.NOTHING:
        return f"{lead}, as much as in peace: the exposure stays as it is."
    turned = "falls" if change > 0 else "rises"
    return f"{lead}: the exposure to it {turned} by {points(change)}{_by_whom(results, change)}."


def _costs(results: Results) -> str:
    """What the cut-off takes where none of the deals is struck, and why the ladder says another."""
    row = text.cut_off_row(results)
    ladder = None if row is None else row.harm_percent
    cost = ladder if results.deals_struck_percent is None else results.deals_struck_percent
    if cost is None or cost <= text.TINY:
        return ""
    said = f", which costs {text.size(cost)} without {_them(results)}"
    if ladder is not None and text.size(ladder) != text.size(cost):
        place = f"without what stands in {_their(results)} place"
        said += f" ({text.size(ladder)} in the base year, {place})"
    return f"{said},"


def apart(results: Results) -> str:
    """Why a cut-off costs another sum beside the deals than in the ladder; empty where it does not.

    Shown to three digits, which is how tables show both.
    """
    row, struck = text.cut_off_row(results), results.deals_struck_percent
    if row is None or row.harm_percent is None or struck is None:
        return ""
    if text.percent(row.harm_percent, 3) == text.percent(struck, 3):
        return ""
    return (
        f"Beside the deals a full cut-off takes {text.percent(struck, 3)} where the ladder has "
        f"{text.percent(row.harm_percent, 3)}: deals are measured against the base year with what "
        "would stand without them, such as duties that one of them lifts."
    )


def _them(results: Results) -> str:
    return "it" if len(results.deals) == 1 else "them"


def _by_whom(results: Results, change: float) -> str:
    """The one deal that most of a change of the exposure rests on, with its odds."""
    rows = [r for r in acting(results) if r.threat_percent is not None and len(results.deals) > 1]
    if not rows:
        return ""
    parts = {r.id: (r.threat_percent or 0.0) - (r.full_percent or 0.0) for r in rows}
    row = max(rows, key=lambda r: parts[r.id] / change)
    if parts[row.id] / change < _MOSTLY:
        return ""
    chance = "" if row.delivery is None else f" (odds {text.rate(row.delivery)})"
    return f", nearly all by \u201c{text.typeset(row.title)}\u201d{chance}"


def points(value: float) -> str:
    """A difference of percentages: "0.031 percentage points"."""
    size = abs(value)
    return "nothing" if size < text.NOTHING else f"{text.number(size)} percentage points"


def sentences(results: Results) -> list[str]:
    """What all deals do together, how sure that is, and which have no figures."""
    made = (
        together_sentence,
        net_sentence,
        drawn_sentence,
        exposure_sentence,
        _rule,
        idle_sentence,
        withdrawn_sentence,
    )
    return [said for make in made if (said := make(results))] + unsourced_sentences(results)


def together_sentence(results: Results) -> str:
    """All deals at once in money, in full and at their expected delivery."""
    whole, part = results.deals_together_bn, results.deals_expected_bn
    if whole is None or not acting(results):
        return ""
    year = results.world.base_year
    said = f"In money {_all(results).lower()} come to {text.dollars(whole, year)} a year in full"
    if len(results.deals) == 1:
        said = f"In money the deal comes to {text.dollars(whole, year)} a year in full"
    if part is not None:
        said += f", {text.dollars(part)} at {_their(results)} odds of delivery"
    missing = len(without_figures(results))
    if missing:
        verb = "is" if missing == 1 else "are"
        said += f"; {text.counted(missing, 'deal')} without figures {verb} not in it"
    return f"{said}."


def net_sentence(results: Results) -> str:
    """What is left of all deals once worn-out capital is replaced, where any brings capital."""
    whole, net = results.deals_together_bn, results.deals_net_bn
    if whole is None or net is None or not acting(results):
        return ""
    small = ", about nothing" if abs(net) < _LITTLE * abs(whole) else ""
    said = (
        f"Real income does not subtract what replaces worn-out capital, "
        f"{text.dollars(whole - net)} a year for the new capital: net of it "
        f"{'it comes' if len(results.deals) == 1 else 'they come'} to {text.dollars(net)}{small}."
    )
    if not small:
        return said
    return f"{said} At these parameters foreign capital brings about what it costs."


def drawn_sentence(results: Results) -> str:
    """The range over drawn futures in which each deal is delivered or not."""
    low, high = results.deals_drawn_low_percent, results.deals_drawn_high_percent
    if low is None or high is None or not results.deals_draws:
        return ""
    middle = results.deals_drawn_median_percent
    inner = "" if middle is None else f"; the median is {figure(middle)}"
    said = f"the gain lies between {figure(low)} and {figure(high)} of real income in eight cases "
    said += f"of ten{inner}"
    if figure(low) == figure(high):
        gained = "nothing is gained" if figure(low) == "nothing" else f"the gain is {figure(low)}"
        said = f"{gained} in at least eight cases of ten"
    return (
        f"Over {text.count(results.deals_draws, 'drawn future')}, in which {_each(results)}, "
        f"{said}. The odds behind it are judgement."
    )


def _each(results: Results) -> str:
    if len(results.deals) == 1:
        return "the deal is delivered or not"
    return (
        "each deal is delivered or not and deals with partners of one region tend to stand or fall "
        "together"
    )


def _rule(results: Results) -> str:
    return text.sentence(results.deals_rule) if len(acting(results)) > 1 else ""


def idle_sentence(results: Results) -> str:
    """The deals that were computed and change nothing, in one line."""
    rows = idle(results)
    if not rows:
        return ""
    names = "; ".join(text.typeset(row.title) for row in rows)
    return f"Computed, and without effect on any figure here: {names}."


def withdrawn_sentence(results: Results) -> str:
    """Deals that would act and are off the table: in every sum in full, at odds of 0."""
    rows = [row for row in acting(results) if row.status == "withdrawn"]
    if not rows:
        return ""
    names = text.listed([f"\u201c{text.typeset(row.title)}\u201d" for row in rows])
    was, it, it_stood = (
        ("was", "it", "it stood") if len(rows) == 1 else ("were", "them", "they stood")
    )
    return (
        f"{names} {was} withdrawn: what is said of deals in full counts {it} as if {it_stood}, "
        f"what is said at the odds leaves {it} out."
    )


def unsourced_sentences(results: Results) -> list[str]:
    """Whose sums are only claimed or illustrative, said once for each kind."""
    made = []
    for basis, words in _UNSOURCED.items():
        rows = [row for row in results.deals if basis in row.amount.split(", ")]
        if rows:
            names = text.listed([f"\u201c{text.typeset(row.title)}\u201d" for row in rows])
            made.append(f"The sum of {names} {words}.")
    return made


def odds(row: DealRow) -> str:
    """How likely delivery is, with its range and where that comes from."""
    if row.delivery is None:
        return ""
    said = f"Odds of delivery {text.rate(row.delivery)}"
    low, high = row.delivery_low, row.delivery_high
    if low is not None and high is not None and low < high:
        said += f", between {text.rate(low).removesuffix(text.THIN + '%')} and {text.rate(high)}"
    return f"{said} ({row.delivery_source})." if row.delivery_source else f"{said}."


def worth(row: DealRow, results: Results) -> list[str]:
    """What the deal is worth to both sides, in sentences."""
    if row.full_percent is None:
        reason = text.sentence(row.not_quantified or "no reason was recorded")
        return [f"No figures: {reason}"]
    whose = text.possessive(results.protagonist_name)
    if _most(row) < text.NOTHING:
        return ["It changes no figure here."]
    money = (
        "" if row.full_bn is None else f" ({text.dollars(row.full_bn, results.world.base_year)})"
    )
    said = f"Delivered in full it would {adds(row.full_percent, whose)}{money}"
    if row.expected_percent is not None:
        said += f", at the expected delivery {figure(row.expected_percent)}"
    if row.threat_percent is not None:
        said += f"; under a full cut-off it would be worth {figure(row.threat_percent)}"
    return [f"{said}.", *beside(row, results.coercer_name)]


def beside(row: DealRow, coercer_name: str) -> list[str]:
    """What belongs to a deal's figures: bound, the coercer's gain, replacement, building."""
    made = []
    if row.bound != "point":
        made.append(f"Read the figures as {BOUNDS[row.bound]}.")
    theirs = text.the(coercer_name)
    if row.coercer_percent is not None and abs(row.coercer_percent) >= _SPOKEN:
        verb = "gain" if row.coercer_percent > 0 else "lose"
        made.append(
            text.capital(f"{theirs} would {verb} {figure(abs(row.coercer_percent))} by it.")
        )
    return [*made, *_capital(row)]


def _capital(row: DealRow) -> list[str]:
    """What is left of the gain where capital comes in: it wears out, and building it takes time."""
    made = []
    if row.net_bn is not None and row.full_bn is not None and abs(row.full_bn) >= text.TINY:
        spent = row.full_bn - row.net_bn
        made.append(
            f"Of the gain, {text.dollars(spent)} a year would go into replacing worn-out capital, "
            f"which leaves {text.dollars(row.net_bn)}."
        )
    if row.building_percent is not None:
        verb = "higher" if row.building_percent > 0 else "lower"
        size = figure(abs(row.building_percent))
        made.append(
            "While it is built and the money comes in, real income is "
            + ("as it was." if size == "nothing" else f"{size} {verb}.")
        )
    return made


def unfolded(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of what a deal moves that are always shown, and those that are folded away.

    A deal with a group has lines for every member. What is left out is never folded.
    """
    if len(lines) <= _UNFOLDED + 1:
        return lines, ()
    first, rest = lines[:_UNFOLDED], lines[_UNFOLDED:]
    return (
        first + tuple(line for line in rest if line.startswith(_LEFT_OUT)),
        tuple(line for line in rest if not line.startswith(_LEFT_OUT)),
    )


def indicators(row: DealRow) -> str:
    """Further figures of a deal in one line."""
    parts = [
        f"{label} {text.number(value, 3)}{f' {unit}' if unit else ''}"
        for label, value, unit in row.indicators
        if value is not None
    ]
    return f"{text.capital(text.typeset('; '.join(parts)))}." if parts else ""


def table(results: Results) -> Table:
    """Every deal with its odds and its worth, the largest effect first."""
    rows = ordered(results)
    percent = text.column(
        [v for r in rows for v in (r.full_percent, r.expected_percent, r.threat_percent)], 3
    )
    amount = text.column([r.full_bn for r in rows], 1)
    return Table(
        f"What each deal alone would add to {text.possessive(results.protagonist_name)} real "
        f"income, in percent and in {dollar_unit(results)} (minus: a loss)",
        (
            Column("Deal", "", False),
            Column("Status", "", False),
            Column("Odds", "%"),
            Column("In full", "%"),
            Column("", "US$ bn"),
            Column("At the odds", "%"),
            Column("Under a cut-off", "%"),
            Column(f"{results.coercer_name} gains", "%"),
        ),
        tuple(
            (
                _titled(row),
                status(row.status) or text.DASH,
                text.tariff_figure(row.delivery),
                percent(row.full_percent),
                amount(row.full_bn),
                percent(row.expected_percent),
                percent(row.threat_percent),
                text.fixed(row.coercer_percent, 4),
            )
            for row in rows
        ),
        notes=(
            "Each deal alone, against the world without any of them; all at once they do not add "
            "up exactly. A dash: not computed, for the reason given with the deal."
            if len(rows) > 1
            else "Against the world without it. A dash: not computed, for the reason given below.",
        ),
        csv="deals",
    )


def _titled(row: DealRow) -> str:
    """A deal's title, with a word where its figures are a bound."""
    bound = row.bound != "point" and row.full_percent is not None
    return f"{text.typeset(row.title)}{f' ({READINGS[row.bound]})' if bound else ''}"
