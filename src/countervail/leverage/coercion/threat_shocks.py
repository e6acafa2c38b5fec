"""Threats by instrument: what a coercer can do to a target, each as a shock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.channels.capital_withdrawal import withdrawal_of
from countervail.channels.transit import Transit, assumed_transit, transit_shock
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.errors import NegativeValueError, NotANumberError
from countervail.parameters import parameter
from countervail.world.core import World
from countervail.world.labels import Spec
from countervail.world.totals import foreign_flows

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions

Array = npt.NDArray[np.float64]

CUT_OFF = "cut-off"
TRANSIT = "transit-denial"
WITHDRAWAL = "capital-withdrawal"
INSTRUMENTS = (
    "tariff",
    "export-tax",
    "tariff+export-tax",
    "export-ban",
    TRANSIT,
    WITHDRAWAL,
    CUT_OFF,
)
"""The instruments that are offered by name."""

HARDLY = 1e-3
"""Of base trade: where less is left, trade is as good as closed; a cut-off leaves a little."""

_NO_BORDER = (
    "No share of transit is known: the two share no land border on the map that ships. "
    "Say which part of the target's trade crosses the coercer, and what the detour costs."
)


@dataclass(frozen=True)
class Means:
    """How the coercer acts: ``rate`` (fraction) on ``sectors``, and what is known of transit.

    ``withdrawal``: the part of its direct investment that leaves (None: the parameter), by
    ``positions`` (None: those that the package constructs).
    """

    rate: float
    sectors: Spec
    transit: Transit | None = None
    confirm_units: bool = False
    withdrawal: float | None = None
    positions: Positions | None = None


@dataclass(frozen=True)
class ThreatShock:
    """One threat: its name, a label to show, its shock (None: not quantified), what to say."""

    name: str
    label: str
    shock: Shock | None
    note: str = ""


def threat_shock(
    world: World,
    instrument: str,
    target: str,
    coercer: tuple[str, ...],
    means: Means,
    closure: Closure,
) -> ThreatShock:
    """What ``coercer`` does to ``target`` by ``instrument``, on top of the world's policies.

    A tariff is added to what the coercer buys of ``means.sectors`` from the target, an
    export tax to what it sells to it; a ban ends these sales (cost factor
    ``cut_off.cost_factor``); a denial of transit makes trade with third countries dearer
    (``transit_shock``); a withdrawal of capital takes part of its direct investment out of the
    target (``capital_withdrawal``); a cut-off ends all trade between the two, both ways.
    """
    if instrument == CUT_OFF:
        return ThreatShock(instrument, "Cut-off", Shock(world).cut_off(coercer, target))
    if instrument == TRANSIT:
        return _denial(world, target, coercer, means, closure)
    if instrument == WITHDRAWAL:
        taken = withdrawal_of(world, target, coercer, means.withdrawal, means.positions)
        return ThreatShock(instrument, taken.label, taken.shock, taken.note)
    if instrument == "export-ban":
        factor = parameter("cut_off.cost_factor").value
        shock = Shock(world).trade_cost(target, coercer, means.sectors, factor=factor)
        return ThreatShock(instrument, f"Export ban on {_listed(means.sectors)}", shock)
    _checked_rate(means.rate)
    what = _percent_on(means)
    shock = Shock(world)
    if "tariff" in instrument:
        shock = shock.tariff(
            coercer, target, means.sectors, add=means.rate, confirm_units=means.confirm_units
        )
    if "export-tax" in instrument:
        shock = shock.export_tax(
            coercer, target, means.sectors, add=means.rate, confirm_units=means.confirm_units
        )
    name = {"tariff": "tariff", "export-tax": "export tax"}.get(instrument, "tariff and export tax")
    return ThreatShock(instrument, f"{what[0]} {name} on {what[1]}", shock)


def acts_on_nothing(shock: Shock) -> bool:
    """Whether every cell that the shock changes is trade that there is none of in the base."""
    return _trade_moved(shock, foreign_flows(shock.world)) == 0.0


def hardly_acts(shock: Shock, before: Outcome) -> bool:
    """Whether of the base trade that the shock acts on hardly any is left in ``before``."""
    base = _trade_moved(shock, foreign_flows(shock.world))
    left = _trade_moved(shock, before.state.recomputed.trade)
    return math.isfinite(base) and left <= HARDLY * base


def _trade_moved(shock: Shock, trade: Array) -> float:
    """How much of ``trade`` (S, N, N) the shock acts on; infinite where it acts on more."""
    neutral = Shock(shock.world)
    touched = np.zeros(trade.shape, dtype=bool)
    for field in shock.changed:
        moved = shock.array(field) != neutral.array(field)
        if moved.shape == touched.shape:
            touched |= moved
        elif moved.any():
            return math.inf
    return float(trade[touched].sum())


def _denial(
    world: World, target: str, coercer: tuple[str, ...], means: Means, closure: Closure
) -> ThreatShock:
    label = "Denial of transit"
    transit = means.transit or assumed_transit(world, target, coercer)
    if transit is None:
        return ThreatShock(TRANSIT, label, None, _NO_BORDER)
    shock = transit_shock(
        world,
        target,
        coercer,
        share=transit.share,
        factor=transit.factor,
        sectors=means.sectors,
        closure=closure,
    )
    return ThreatShock(TRANSIT, label, shock, transit.describe())


def _checked_rate(rate: float) -> None:
    if isinstance(rate, bool) or not isinstance(rate, (int, float, np.number)) or np.isnan(rate):
        raise NotANumberError(f"rate={rate!r} is not a number.", "Write 0.25 for 25 %.")
    if rate <= 0:
        raise NegativeValueError(
            f"rate={rate:g}: a threat adds to the rate in force, so it must be above 0.",
            "Write 0.25 for 25 %.",
        )


def _percent_on(means: Means) -> tuple[str, str]:
    return f"{100 * means.rate:g} %", _listed(means.sectors)


def _listed(sectors: Spec) -> str:
    if sectors is None or sectors == "all":
        return "everything"
    names = [sectors] if isinstance(sectors, str) else list(sectors)
    return ", ".join(name.replace("-", " ") for name in names)
