"""Defence ties: reach and hazards; no effect on trade unless a prior is given."""

from __future__ import annotations

from countervail.channels.case import Case
from countervail.channels.diplomatic_post import promotion
from countervail.channels.move import Move
from countervail.parameters import parameter
from countervail.scenario.deals import Deal

_WHY = (
    "A defence tie acts on the hazard of retaliation and on whom a country reaches, not on trade; "
    "an attache's effect on exports, g, is taken as: {source}."
)


def move(case: Case, deal: Deal, delivery: float) -> Move:
    """What the tie does at a chance of delivery: nothing in trade at the prior's value of 0."""
    return promotion(case, deal, delivery, parameter("attache.exports"), _WHY)
