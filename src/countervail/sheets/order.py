"""The order of signing as the plain rows of a brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from countervail.brief.rows.sequence import FlipRow, OddsRow, OrderRow, SequencePage
from countervail.parameters import parameter
from countervail.strategy.flips import AGAINST_WAITING, Flip
from countervail.strategy.induction import Course
from countervail.strategy.sequence import Sequence as Found


def sequence_rows(
    found: Found,
    titles: Mapping[str, str],
    *,
    retaliation: str = "a full cut-off",
    ended: Mapping[str, str] | None = None,
    flips: Sequence[Flip] = (),
    income_bn: float | None = None,
    miss: float = 0.0,
) -> SequencePage:
    """What ``found`` says, as the page of a brief.

    ``titles``: what each deal is called (its id where it is missing); ``retaliation``: the threat
    in words; ``ended``: the days (ISO) on which deals ended on record; ``flips``: as
    ``strategy.flips`` found them; ``income_bn``: one year's real income of the protagonist, US$ bn
    of the base year; ``miss``: as of a ``Strategy``.
    """

    def title(deal: str) -> str:
        return titles.get(deal) or deal

    cover, swap = found.cover, found.swap
    courses = (
        ("taken", found.taken_course),
        ("best", found.best_course),
        ("waiting", found.waiting_course),
    )
    return SequencePage(
        periods=found.signing.periods,
        months=float(found.signing.months),
        after_months=float(found.coercer.after),
        retaliation=retaliation,
        best_percent=found.best,
        waiting_percent=found.waiting,
        taken_percent=found.taken,
        swap=() if swap is None else (title(swap.sooner), title(swap.later)),
        swap_percent=0.0 if swap is None else swap.gain,
        cover="" if cover is None else title(cover.deal),
        cover_ended="" if cover is None else (ended or {}).get(cover.deal, ""),
        cover_best_percent=None if cover is None else cover.best,
        cover_best_binding_percent=None if cover is None else cover.best_binding,
        cover_taken_percent=None if cover is None else cover.taken,
        cover_taken_binding_percent=None if cover is None else cover.taken_binding,
        income_bn=income_bn,
        best_odds_percent=100.0 * found.orders[0].chance,
        miss_percent=miss,
        left_out=tuple(title(deal) for deal in found.signing.deals if deal not in found.order),
        rows=tuple(
            OrderRow(
                name,
                step.period,
                step.deal,
                title(step.deal),
                step.worth,
                100.0 * step.odds,
                step.moved_to,
                step.moved_gain,
            )
            for name, steps in (("taken", found.taken_steps), ("best", found.best_steps))
            for step in steps
        ),
        odds=tuple(
            row for name, course in courses if course is not None for row in _odds(name, course)
        ),
        flips=tuple(_flip(flip, titles) for flip in flips),
    )


def _odds(order: str, course: Course) -> list[OddsRow]:
    return [
        OddsRow(order, period, 100.0 * struck, 100.0 * covered)
        for period, (struck, covered) in enumerate(
            zip(course.struck, course.covered, strict=True), 1
        )
    ]


def _flip(flip: Flip, titles: Mapping[str, str]) -> FlipRow:
    words = flip.question == AGAINST_WAITING
    before, after = (
        names if words else tuple(titles.get(name) or name for name in names)
        for names in (flip.before, flip.after)
    )
    return FlipRow(
        parameter=flip.parameter,
        question=flip.question,
        value=flip.value,
        low=flip.low,
        high=flip.high,
        unit=flip.unit,
        at=flip.at,
        before=before,
        after=after,
        used_for=parameter(flip.parameter).used_for,
    )
