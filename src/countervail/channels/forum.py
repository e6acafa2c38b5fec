"""Seats in a forum: cover that lowers the hazard of retaliation until it is revoked."""

from __future__ import annotations

from countervail.channels.case import Case
from countervail.channels.move import Indicator, Move, Pieces
from countervail.channels.ties.effects import cover
from countervail.equilibrium.shock import Shock
from countervail.scenario.deals import Deal

_MONTHS = 12
_WHY = (
    "A seat acts on the hazard of retaliation, not on trade: cover holds until it is revoked, with "
    "the hazard h0 exp(g x salience) a month (parameters cover.base_revocation and "
    "cover.salience_slope: judgement)."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """How long the cover may last; the shock is empty. ``salience``: of what is done under it."""
    empty = Pieces(Shock(case.world))
    salience = 0.0 if deal.salience is None else deal.salience
    found = cover(_MONTHS, salience)
    ended = ""
    if deal.date is not None and deal.ended is not None:
        ended = f"; it was revoked after {(deal.ended - deal.date).days} days"
    said = "in view to the full" if salience == 1 else f"at a salience of {salience:g}"
    return Move(
        deal.id,
        deal.kind,
        delivery,
        empty,
        empty,
        moves=(
            "Nothing in trade. Cover from retaliation: "
            f"{100 * found.survival:.0f} % that it still holds after {_MONTHS} months {said}, "
            f"{found.expected_months:.0f} months expected{ended}",
        ),
        why=_WHY,
        indicators=(
            Indicator("hazard of losing the cover", 100 * found.hazard, "percent a month"),
            Indicator(f"cover holds after {_MONTHS} months", 100 * found.survival, "percent"),
        ),
    )
