"""Rows of a run that say in which order to sign, and what the order taken was worth.

Worth is percent of one year's real income: sums over the periods and the months counted after
them, discounted to the start. Deals are named by their titles, odds are percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of

ORDERS = ("taken", "best", "waiting")


@dataclass(frozen=True)
class OrderRow:
    """One deal of an order: its period and what it is worth there.

    ``period`` of the best order: by which the deal is signed in half of the cases that begin so.
    ``worth_percent``: the order less the same without this deal (of the best: less the best
    that may not sign it). ``odds_percent``: that it is signed by the end. ``moved_to``: the period
    in which it alone would have been worth most, where that is another, and
    ``moved_gain_percent`` by how much more.
    """

    order: str
    period: int
    deal: str
    title: str
    worth_percent: float
    odds_percent: float = 100.0
    moved_to: int | None = None
    moved_gain_percent: float = 0.0

    def __post_init__(self) -> None:
        one_of("order", self.order, ORDERS[:2])


@dataclass(frozen=True)
class OddsRow:
    """The odds in one period of an order: retaliation in force, cover alive."""

    order: str
    period: int
    struck_percent: float
    covered_percent: float

    def __post_init__(self) -> None:
        one_of("order", self.order, ORDERS)


@dataclass(frozen=True)
class FlipRow:
    """One answer that changes within the range of one parameter, and at which value.

    ``question``: one of ``QUESTIONS``; ``before`` and ``after``: titles of deals in order (none:
    nothing is signed), or ``better`` and ``worse`` for the order taken against signing nothing.
    """

    parameter: str
    question: str
    value: float
    low: float
    high: float
    unit: str
    at: float
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    used_for: str = ""

    QUESTIONS: ClassVar[tuple[str, ...]] = ("first move", "order", "taken against waiting")

    def __post_init__(self) -> None:
        one_of("question", self.question, self.QUESTIONS)


@dataclass(frozen=True)
class SequencePage:
    """In which order to sign: the best order, the order taken, and what lies between them.

    ``retaliation`` says in words what the coercer does when it strikes. ``best_percent``,
    ``waiting_percent``, ``taken_percent``: what the best policy, signing nothing and the order
    taken are worth. ``swap``: the two deals of the order taken (sooner, later) whose exchange would
    have gained most, ``swap_percent``. ``cover``: the deal that gives cover; ``cover_ended``: the
    day on which it ended on record (ISO), or empty; ``cover_best_percent``: what it adds to the
    best policy, ``cover_taken_percent`` to the order taken, ``binding``: had it been irrevocable.
    ``income_bn``: one year's real income of the protagonist, US$ bn of the base year.
    ``best_odds_percent``: how likely the best order shown is, since the best policy answers to what
    happens; ``left_out``: deals that are not in it. ``miss_percent``: as of a ``WorthPage``.
    """

    periods: int
    months: float
    after_months: float
    retaliation: str
    best_percent: float
    waiting_percent: float
    taken_percent: float | None = None
    swap: tuple[str, ...] = ()
    swap_percent: float = 0.0
    cover: str = ""
    cover_ended: str = ""
    cover_best_percent: float | None = None
    cover_best_binding_percent: float | None = None
    cover_taken_percent: float | None = None
    cover_taken_binding_percent: float | None = None
    income_bn: float | None = None
    best_odds_percent: float = 100.0
    left_out: tuple[str, ...] = ()
    miss_percent: float = 0.0
    rows: tuple[OrderRow, ...] = ()
    odds: tuple[OddsRow, ...] = ()
    flips: tuple[FlipRow, ...] = ()

    def of(self, order: str) -> list[OrderRow]:
        """The steps of one order, by period."""
        return sorted((row for row in self.rows if row.order == order), key=lambda r: r.period)

    def odds_of(self, order: str) -> list[OddsRow]:
        """The odds of one order, by period."""
        return sorted((row for row in self.odds if row.order == order), key=lambda r: r.period)
