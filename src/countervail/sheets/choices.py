"""The pages of a brief on strategy: what each deal is worth, which to take, in which order."""

from __future__ import annotations

from typing import Any

from countervail.brief.text import the
from countervail.channels.delivery import delivery_of
from countervail.scenario.schema import Scenario
from countervail.sheets.order import sequence_rows
from countervail.sheets.strategy import Strategy
from countervail.sheets.worth import worth_rows
from countervail.strategy.portfolio import Bundle


def strategy_pages(scenario: Scenario, found: Strategy | None, coercer_name: str) -> dict[str, Any]:
    """The fields of ``Results`` on strategy; none for a scenario without deals that act."""
    if found is None or not found.bundles.deals:
        return {}
    titles = {deal.id: deal.title or deal.id for deal in scenario.deals}
    worth = worth_rows(
        found.contributions,
        titles,
        {deal.id: delivery_of(deal).expected for deal in scenario.deals},
        threat=f"a full cut-off from {the(coercer_name)}",
        idle=found.idle,
        miss=found.miss,
        wanted=scenario.portfolio,
        full=found.portfolio,
        at_odds=found.expected,
        taken=_taken(scenario, found),
    )
    if found.sequence is None:
        return {"worth": worth}
    order = sequence_rows(
        found.sequence,
        titles,
        retaliation=_retaliation(scenario),
        ended={
            deal.id: deal.ended.isoformat()
            for deal in scenario.deals
            if deal.ended is not None and (scenario.as_of is None or deal.ended <= scenario.as_of)
        },
        flips=found.flips,
        income_bn=_income(found),
        miss=found.miss,
    )
    return {"worth": worth, "sequence": order}


def _taken(scenario: Scenario, found: Strategy) -> dict[str, Bundle]:
    """The deals of the order taken as a bundle: delivered in full, and at their odds."""
    if scenario.sequence is None or not scenario.sequence.taken:
        return {}
    names = [deal for deal, _ in scenario.sequence.steps]
    acting = tuple(name for name in names if name in found.bundles.deals)
    made = {}
    for basis, sure in (("full", names), ("odds", [])):
        values = found.worth(names, in_full=sure).mean(0).tolist()
        made[basis] = Bundle(acting, dict(zip(found.bundles.measures, values, strict=True)))
    return made


def _retaliation(scenario: Scenario) -> str:
    """What the coercer does when it strikes, in words."""
    name = None if scenario.sequence is None else scenario.sequence.retaliation
    threat = next((threat for threat in scenario.threats if threat.id == name), None)
    if threat is None:
        return "a full cut-off"
    return f"\u201c{threat.title}\u201d" if threat.title else str(name)


def _income(found: Strategy) -> float:
    """One year's real income of the protagonist, US$ bn of the base year."""
    world = found.world
    return float(world.arrays.income[world.regions.index(found.protagonist)]) / 1000.0
