"""In which order to sign: words, tables and the figure of two orders with cover that may end."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import numbers, text
from countervail.brief.drawing import strips
from countervail.brief.drawing.draw import MINE, REST, THEIRS
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.drawing.strips import Lane, Piece, Strip
from countervail.brief.results import Results
from countervail.brief.rows.sequence import FlipRow, OddsRow, OrderRow, SequencePage
from countervail.brief.views import Column, Table

UNIT = "% of a year\u2019s real income"
_NAMED = 3  # deals left out that are named, where there are no more
_FAINT = 0.02  # odds below which a band is not drawn
_SURE = 99.5  # percent, from which on nothing is said of the odds
_NAMES = {
    "taken": "The order taken",
    "best": "The best order, in its likeliest course",
    "waiting": "Nothing signed",
}
_PARAMETERS = {
    "sequence.base": "How easily it is angered (log-odds a month)",
    "sequence.temper": "How much more once angry (log-odds per mood)",
    "sequence.cost": "Weight of what a deal costs it (log-odds per percent)",
    "sequence.salience": "Weight of headlines (log-odds)",
    "sequence.cover": "Protection by cover (log-odds)",
    "sequence.calming": "Chance to calm down (a month)",
    "sequence.ending": "Chance that retaliation ends (a month)",
    "sequence.discount": "Discount rate (a year)",
    "sequence.after": "Months counted afterwards",
    "sequence.start": "Mood at the start (0 calm to 4 retaliation)",
    "cover.base_revocation": "Hazard of losing cover unseen (a month)",
    "cover.salience_slope": "How headlines hasten that (log points)",
}
_QUESTIONS = {
    "first move": "What to sign first",
    "order": "The best order",
    "taken against waiting": "The order taken against signing nothing",
}


def finding(page: SequencePage) -> str:
    """What the order is worth, without a full stop."""
    if page.taken_percent is None:
        return _best_finding(page)
    if len(page.swap) == 2 and page.swap_percent >= text.NOTHING:
        sooner, later = (_quoted(title) for title in page.swap)
        said = f"Signing {sooner} before {later} would have been worth {worth(page.swap_percent)}"
    else:
        gain = page.taken_percent - page.waiting_percent
        said = (
            f"The order taken was worth {worth(abs(gain))} {'more' if gain >= 0 else 'less'} than "
            "signing nothing"
        )
    clause = _cover_clause(page)
    judged = f"{said}; {clause}, by judged odds" if clause else f"{said}, by judged odds"
    if clause and page.cover_ended:
        return f"{judged}, but ended on record on {numbers.day(page.cover_ended)}"
    return judged


def summary(results: Results) -> str:
    """What the order is worth, in one line for a terminal; empty without a sequence."""
    return f"In which order? {finding(results.sequence)}." if results.sequence else ""


def _best_finding(page: SequencePage) -> str:
    steps = page.of("best")
    if not steps:
        return "It would be best to sign nothing in these periods"
    gain = page.best_percent - page.waiting_percent
    first = f"It would be best to start with {_quoted(steps[0].title)}"
    return (
        f"{first}; the best order is worth {worth(gain)} more than signing nothing, by judged odds"
    )


def _cover_clause(page: SequencePage) -> str:
    value = page.cover_taken_percent
    if not page.cover:
        return ""
    if value is None:
        value = page.cover_best_percent or 0.0
        verb = "would be worth"
    else:
        verb = "would have been worth"
    return f"cover {verb} {worth(value)}"


def _hindsight(page: SequencePage) -> str:
    """What the order taken comes to without a cover that has ended on record."""
    if not page.cover_ended:
        return ""
    said = f"On record it ended on {numbers.day(page.cover_ended)}"
    if page.taken_percent is None or page.cover_taken_percent is None:
        return f"{said}."
    left = page.taken_percent - page.cover_taken_percent
    return (
        f"{said}; without it the order taken is worth {worth(left)} against the status quo, where "
        f"signing nothing is worth {worth(page.waiting_percent)}."
    )


def worth(value: float) -> str:
    """A sum: "0.12 % of a year's real income", or "nothing"."""
    if abs(value) < text.NOTHING:
        return "nothing"
    return f"{text.percent(value)} of a year\u2019s real income"


def sentences(page: SequencePage, results: Results) -> list[str]:
    """What both orders are worth, what cover was worth, and how it was found."""
    made = [
        _values(page, results),
        _best_said(page),
        _cover_said(page),
        _odds_said(page),
        _flips_said(page),
        _method(page, results),
    ]
    return [said for said in made if said]


def _values(page: SequencePage, results: Results) -> str:
    """Best, taken and nothing, in percent and money."""
    best = page.best_percent - page.waiting_percent
    lead = f"Against signing nothing the best policy is worth {worth(best)}"
    lead += _money(best, page, results)
    if page.taken_percent is None:
        return f"{lead}."
    taken = page.taken_percent - page.waiting_percent
    gap = page.best_percent - page.taken_percent
    return (
        f"{lead}, the order taken {worth(taken)}{_money(taken, page, results)}; it falls "
        f"{worth(gap)}{_money(gap, page, results)} short of the best."
    )


def _money(value: float, page: SequencePage, results: Results) -> str:
    if page.income_bn is None or abs(value) < text.NOTHING:
        return ""
    return f" ({text.dollars(value * page.income_bn / 100, results.world.base_year)})"


def _best_said(page: SequencePage) -> str:
    steps = page.of("best")
    if not steps:
        return "In its likeliest course the best policy signs nothing in these periods."
    named = text.listed([f"{_quoted(row.title)} (period {row.period})" for row in steps])
    said = (
        "The best policy answers to what happens. In its likeliest course "
        f"({text.percent(page.best_odds_percent)} of all) it signs {named}"
    )
    return f"{said}; {_left_out(page)}." if page.left_out else f"{said}."


def _left_out(page: SequencePage) -> str:
    if len(page.left_out) > _NAMED:
        return f"the other {text.counted(len(page.left_out), 'deal')} are left out"
    verb = "is" if len(page.left_out) == 1 else "are"
    return f"{text.listed([_quoted(title) for title in page.left_out])} {verb} left out"


def _cover_said(page: SequencePage) -> str:
    if not page.cover or page.cover_best_percent is None:
        return ""
    parts = []
    if page.cover_taken_percent is not None:
        parts.append(f"in the order taken, where it adds {worth(page.cover_taken_percent)}")
        if page.cover_taken_binding_percent is not None:
            parts[-1] += f" ({worth(page.cover_taken_binding_percent)} had it been irrevocable)"
    parts.append(f"in the best order, where it adds {worth(page.cover_best_percent)}")
    if page.cover_best_binding_percent is not None:
        parts[-1] += f" ({worth(page.cover_best_binding_percent)} had it been irrevocable)"
    return (
        f"Cover would come from {_quoted(page.cover)}: {'; '.join(parts)}. That is "
        f"counted before it is known how long it lasts. {_hindsight(page)}"
    ).rstrip()


def _odds_said(page: SequencePage) -> str:
    """How likely retaliation is at the end of each order, and nothing signed."""
    last = {name: rows[-1] for name in _NAMES if (rows := page.odds_of(name))}
    said = [
        f"{text.percent(last[name].struck_percent)} {words}"
        for name, words in (
            ("taken", "after the order taken"),
            ("best", "under the best policy"),
            ("waiting", "with nothing signed"),
        )
        if name in last
    ]
    return (
        f"In the last period retaliation ({page.retaliation}) would be in force with a chance of "
        f"{text.listed(said)}."
        if said
        else ""
    )


def _flips_said(page: SequencePage) -> str:
    if not page.flips:
        return "No single parameter changes these answers within its range."
    count = len({row.parameter for row in page.flips})
    first = {row.parameter for row in page.flips if row.question == "first move"}
    some = "also" if len(first) == count else text.counted(len(first), "of them", "of them")
    named = f", {some} what to sign first" if first else ""
    return (
        f"{text.capital(text.counted(count, 'parameter'))} of the coercer\u2019s behaviour, each "
        f"moved alone within its range, {'changes' if count == 1 else 'change'} an answer{named}."
    )


def _method(page: SequencePage, results: Results) -> str:
    months = "a month" if page.months == 1 else f"{page.months:g} months"
    pairs = (
        ", larger bundles from what single deals and pairs say of them (at most "
        f"{numbers.percent(page.miss_percent)} off in any that was solved)"
        if page.miss_percent
        else ""
    )
    return (
        f"Found by exact dynamic programming over {text.counted(page.periods, 'period')} of "
        f"{months}, with {page.after_months:g} months counted after them: one deal may be signed "
        "a period, none after the last, so that some are signed late for want of a later chance; "
        "what is signed may sour the mood of "
        f"{text.the(results.coercer_name)}, by what it costs it and by how much it is in view; "
        "cover makes that less likely until it is revoked. What deals are worth comes from the "
        f"equilibrium at their odds of delivery{pairs}; every parameter of the behaviour is "
        "judgement."
    )


def table(page: SequencePage) -> Table:
    """Every step of both orders, by period."""
    rows = [*page.of("taken"), *page.of("best")]
    figure = text.column([v for r in rows for v in (r.worth_percent, r.moved_gain_percent)], 3)
    return Table(
        "What each step is worth (the order less the same order without it), in percent of one "
        "year\u2019s real income",
        (
            Column("Order", "", False),
            Column("Period"),
            Column("Deal", "", False),
            Column("Signed", "% of cases"),
            Column("Worth", "%"),
            Column("Better in period"),
            Column("Gain by that", "%"),
        ),
        tuple(
            (
                "Taken" if row.order == "taken" else "Best",
                str(row.period),
                text.typeset(row.title),
                text.number(row.odds_percent),
                figure(row.worth_percent),
                text.DASH if row.moved_to is None else str(row.moved_to),
                text.DASH if row.moved_to is None else figure(row.moved_gain_percent),
            )
            for row in rows
        ),
    )


def flip_table(page: SequencePage) -> Table:
    """For each parameter and question the nearest value at which the answer changes."""
    return Table(
        "Which judgement changes the answer: one parameter at a time, within its range",
        (
            Column("Parameter", "", False),
            Column("Value"),
            Column("Range"),
            Column("Answer that changes", "", False),
            Column("From"),
            Column("It becomes", "", False),
        ),
        tuple(
            (
                _PARAMETERS.get(row.parameter, row.parameter),
                _plain(row.value),
                f"{_plain(row.low)} to {_plain(row.high)}",
                _QUESTIONS[row.question],
                _plain(row.at),
                _answer(row),
            )
            for row in nearest_flips(page)
        ),
    )


def nearest_flips(page: SequencePage) -> list[FlipRow]:
    """The nearest change of each answer by each parameter, those of the widest answer first."""
    nearest: dict[tuple[str, str], FlipRow] = {}
    for row in page.flips:
        known = nearest.get((row.parameter, row.question))
        if known is None or _far(row) < _far(known):
            nearest[row.parameter, row.question] = row
    ranks = {question: n for n, question in enumerate(("taken against waiting", "first move"))}
    return sorted(nearest.values(), key=lambda r: (ranks.get(r.question, 2), _far(r)))


def _far(row: FlipRow) -> float:
    """How far a change is from the value, as a part of the range on that side."""
    side = (row.high if row.at > row.value else row.low) - row.value
    return abs((row.at - row.value) / side) if side else 0.0


def _answer(row: FlipRow) -> str:
    if row.question == "taken against waiting":
        return f"{row.after[0]} than signing nothing"
    if not row.after:
        return "nothing is signed"
    if row.question == "first move":
        return _quoted(row.after[0])
    added = [_quoted(title) for title in row.after if title not in row.before]
    gone = [_quoted(title) for title in row.before if title not in row.after]
    parts = [f"with {text.listed(added)}"] if added else []
    parts += [f"without {text.listed(gone)}"] if gone else []
    return "; ".join(parts) or f"first {', then '.join(_quoted(title) for title in row.after)}"


def _plain(value: float) -> str:
    return text.typeset(f"{value:.3g}")


def figure(results: Results) -> Figure | None:
    """Both orders along the periods, cover and retaliation as bands; ``None`` without any."""
    page = results.sequence
    if page is None or not page.odds:
        return None
    said = finding(page)
    drawn: list[Strip] = []
    for order, value in (
        ("taken", page.taken_percent),
        ("best", page.best_percent),
        ("waiting", page.waiting_percent),
    ):
        if value is not None:
            drawn += _order_strips(page, order, value)
    note = (
        "Marks stand in the period of signing (in the best order, by which it is signed in half of "
        f"the cases), hollow ones where the step costs; figures are {UNIT}, of an order against "
        "the status quo. Bands: the stronger, the likelier; blue, that cover holds; orange, that "
        "retaliation is in force. All odds are judgement."
    )
    return figure_of(
        strips.strips("order", drawn, _axis(page), (0.0, float(page.periods))),
        finding=said,
        alt=f"Chart of {text.counted(page.periods, 'period')} with one block for each order of "
        f"signing. {said}. All values are in the tables below.",
        unit="percent of one year's real income",
        subtitle=note,
        csv="sequence",
        note=note,
    )


def _axis(page: SequencePage) -> str:
    if page.months == 1:
        return "months from the start"
    return f"periods of {text.number(page.months, 3)} months from the start"


def _order_strips(page: SequencePage, order: str, value: float) -> list[Strip]:
    """A block of the figure: the order's name and worth with its bands, then its steps."""
    odds = page.odds_of(order)
    bands = [Lane(_ends(odds, "struck"), _band(odds, "struck", THEIRS))]
    if any(row.covered_percent > 100 * _FAINT for row in odds):
        bands.append(Lane(_ends(odds, "covered"), _band(odds, "covered", MINE)))
    head = Strip(f"{_NAMES[order].upper()}: {text.percent(value)}", tuple(bands))
    return [head, *(_step(row) for row in page.of(order))]


def _step(row: OrderRow) -> Strip:
    gains = row.worth_percent >= 0
    colour, filled = (MINE if gains else REST), strips.opacity(row.odds_percent / 100)
    piece = Piece(row.period - 1.0, float(row.period), colour, filled, hollow=not gains)
    amount = 0.0 if abs(row.worth_percent) < text.NOTHING else row.worth_percent
    label = text.percent(amount)
    if row.odds_percent < _SURE:
        label += f", in {text.percent(row.odds_percent)} of cases"
    return Strip(text.typeset(row.title), (Lane(label, (piece,)),))


def _band(odds: Sequence[OddsRow], kind: str, colour: str) -> tuple[Piece, ...]:
    """One piece a period, filled as strongly as it is likely."""
    return tuple(
        Piece(
            row.period - 1.0,
            float(row.period),
            colour,
            strips.opacity(_odds(row, kind) / 100),
            bare=True,
        )
        for row in odds
        if _odds(row, kind) > 100 * _FAINT
    )


def _ends(odds: Sequence[OddsRow], kind: str) -> str:
    name = "retaliation" if kind == "struck" else "cover"
    return f"{name}: {text.percent(_odds(odds[-1], kind))} at the end"


def _odds(row: OddsRow, kind: str) -> float:
    return row.struck_percent if kind == "struck" else row.covered_percent


def _quoted(title: str) -> str:
    return f"\u201c{text.typeset(title)}\u201d"
