"""Which event of a scenario is asked about, and why it changes real income, as plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.brief.rows.why import WhyPage, WhyRow
from countervail.channels.case import Layers
from countervail.channels.deals import combined
from countervail.channels.trade_policy import apply_threat
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.equilibrium.why import CHANNELS, Why, why
from countervail.errors import InputError, OptionError, SolveError, nearest
from countervail.leverage.coercion.ladder import sides
from countervail.leverage.coercion.retaliation import proportional
from countervail.scenario.schema import Scenario
from countervail.sheets.deals import only, struck
from countervail.world.core import World

Array = npt.NDArray[np.float64]

_HEADLINE = 0.25
_TERMS = 40  # of thousands: the largest, for the table behind the figure


@dataclass(frozen=True)
class Event:
    """What happens, against what, and how to call it."""

    shock: Shock
    against: Shock | None
    words: str


def main_rung(scenario: Scenario) -> float:
    """The rate of the rung that a brief leads with, as a fraction: 25 %, or the nearest to it."""
    return min(scenario.ladder.rates, key=lambda rate: abs(rate - _HEADLINE))


def rung_event(
    world: World,
    scenario: Scenario,
    rate: float | None,
    *,
    answered: bool = False,
    confirm_units: bool = False,
) -> Event:
    """The scenario's ladder at ``rate`` (fraction; None: the cut-off of all trade).

    ``answered``: with the protagonist's proportional retaliation. Raises ``UnitError`` for a rate
    above 400 % that neither ``confirm_units`` nor the scenario confirms.
    """
    target, coercer = sides(world, scenario)
    spec = scenario.ladder
    if rate is None:
        if answered:
            raise OptionError("a cut-off levies no duty: it has no proportional answer.")
        return Event(Shock(world).cut_off(coercer, target), None, "cut-off of all trade")
    shock = Shock(world).tariff(
        coercer,
        target,
        list(spec.sectors),
        add=rate,
        confirm_units=confirm_units or spec.confirm_units,
    )
    words = (
        f"{100 * rate:g} % tariff on {', '.join(name.replace('-', ' ') for name in spec.sectors)}"
    )
    if not answered:
        return Event(shock, None, f"{words}, no retaliation")
    return Event(
        proportional(shock, target, coercer).shock, None, f"{words}, answered in proportion"
    )


def threat_event(world: World, scenario: Scenario, closure: Closure, name: str) -> Event:
    """The threat called ``name``. Raises ``OptionError`` with the nearest, and ``InputError`` with
    the reason where the threat has no figures."""
    known = {threat.id: threat for threat in scenario.threats}
    if name not in known:
        raise OptionError(
            f"the scenario has no threat {name!r}.", nearest(name, known) if known else ""
        )
    threat = known[name]
    target, coercer = sides(world, scenario)
    withdrawn = threat.instrument == "capital-withdrawal"
    positions = Layers.of(world, scenario).positions if withdrawn else None
    applied = apply_threat(world, threat, coercer, target, closure, positions)
    if applied.shock is None:
        raise InputError(f"the threat {name!r} has no figures: {applied.not_quantified}")
    return Event(applied.shock, None, threat.title or name)


def deal_event(world: World, scenario: Scenario, closure: Closure, name: str | None) -> Event:
    """The deal called ``name`` in full (None: all deals at once), against none of them.

    Raises ``OptionError`` with the nearest name, ``InputError`` where there is nothing to solve.
    """
    if name is not None:
        only(scenario, name)  # refuses a name that the scenario lacks
    _, coercer = sides(world, scenario)
    every = struck(world, scenario, closure, coercer)
    asked = [one for one in every if name in (None, one.deal.id)]
    if not any(one.acts for one in asked):
        reasons = [
            f"{one.deal.id}: {one.full.not_quantified}" for one in asked if one.full.not_quantified
        ]
        raise InputError(
            "no deal changes anything here."
            if name is None
            else f"the deal {name!r} changes nothing here.",
            "See countervail channels SCENARIO for what each deal moves.",
            reasons,
        )
    full = [one.full for one in every]
    on = None if name is None else (name,)
    title = "all deals at once" if name is None else asked[0].deal.title or asked[0].deal.id
    return Event(combined(world, full, on=on), combined(world, full, on=()), title)


def explained(world: World, event: Event, closure: Closure, region: str) -> Why:
    """Why ``event`` changes the real income of ``region``; raises as ``solve`` and ``why``."""
    against = None if event.against is None else solve(world, event.against, closure)
    return why(solve(world, event.shock, closure), region, against)


def why_rows(world: World, scenario: Scenario, closure: Closure) -> WhyPage | None:
    """Why the main rung of the scenario's ladder changes the protagonist's real income.

    None where that rung has no certified equilibrium.
    """
    target, coercer = sides(world, scenario)
    event = rung_event(world, scenario, main_rung(scenario))
    try:
        found = explained(world, event, closure, target)
    except SolveError:
        return None
    return why_page(found, coercer, f"{event.words}, {scenario.horizon} run")


def why_page(found: Why, coercer: Sequence[str], event: str) -> WhyPage:
    """The rows of one decomposition: by step, by partner, by sector, and its largest terms."""
    world = found.outcome.world
    largest = found.table.head(_TERMS).itertuples(index=False)
    rows = [
        *_steps(found, coercer),
        *(
            WhyRow("partner", partner=r, partner_name=_region(world, r), percent=value)
            for r, value in _named(found.by_partner)
        ),
        *(
            WhyRow("sector", sector=s, sector_name=_sector(world, s), percent=value)
            for s, value in _named(found.by_sector)
        ),
        *(
            WhyRow(
                "term",
                channel=str(term.channel),
                partner=str(term.partner),
                partner_name=_region(world, str(term.partner)),
                sector=str(term.sector),
                sector_name=_sector(world, str(term.sector)),
                percent=float(term.percent),
            )
            for term in largest
        ),
    ]
    return WhyPage(
        event=event,
        percent=found.percent,
        residual=found.residual,
        terms=len(found.table),
        closure=found.outcome.closure.describe(),
        certificate=found.outcome.certificate.worst,
        rows=tuple(rows),
    )


def _steps(found: Why, coercer: Sequence[str]) -> list[WhyRow]:
    """Each channel with the coercer, with all others, and at home; what is zero is left out."""
    regions = found.outcome.world.regions
    home = np.array([r == found.region for r in regions])
    theirs = np.array([r in coercer for r in regions]) & ~home
    groups: Mapping[str, npt.NDArray[np.bool_]] = {
        "coercer": theirs,
        "others": ~theirs & ~home,
        "home": home,
    }
    steps = []
    for channel in CHANNELS:
        if channel == "transfers":
            sums = {"": found.transfers}
        else:
            sums = {side: float(found.terms[channel][:, on].sum()) for side, on in groups.items()}
        steps += [
            WhyRow("step", channel=channel, side=side, percent=value)
            for side, value in sums.items()
            if value
        ]
    return steps


def _named(values: object) -> list[tuple[str, float]]:
    return [(str(k), float(v)) for k, v in values.items() if v]  # type: ignore[attr-defined]


def _region(world: World, label: str) -> str:
    return world.labels.region_names.get(label, label)


def _sector(world: World, label: str) -> str:
    return world.labels.sector_names.get(label, label)
