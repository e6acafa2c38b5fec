"""Threats that act on trade: import tariffs, export taxes, bans, denial of transit, cut-offs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countervail.channels.transit import transit_shock
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.schema import Threat
from countervail.world.core import World

# Instruments whose channel does not act on trade between the two; said, never dropped.
_OTHER_CHANNELS = {
    "capital-withdrawal": "Acts through capital, which this version does not model.",
}


@dataclass(frozen=True)
class Applied:
    """What a threat does: its shock, or the reason why there is none."""

    shock: Shock | None
    not_quantified: str = ""


def apply_threat(
    world: World, threat: Threat, coercer: tuple[str, ...], protagonist: str, closure: Closure
) -> Applied:
    """The shock of ``threat`` by ``coercer`` against ``protagonist``, on top of the base policies.

    A tariff or export tax adds its rate to the rate in force, on the part
    ``coverage`` of each flow; the rest stays as it is (see ``_partly``, which needs
    the elasticities of ``closure``). A ban or a cut-off raises the iceberg cost to the
    factor that stands for none (parameter ``cut_off.cost_factor``); a denial of transit
    makes trade with third countries dearer (see ``transit_shock``). Raises
    ``UnknownLabelError`` for sectors that the world lacks.
    """
    if threat.not_quantified:
        return Applied(None, threat.not_quantified)
    if threat.instrument in _OTHER_CHANNELS:
        return Applied(None, _OTHER_CHANNELS[threat.instrument])
    exempt = set(world.labels.resolve_sectors(threat.exempt)) if threat.exempt else set()
    sectors = [s for s in world.labels.resolve_sectors(_hit(world, threat)) if s not in exempt]
    if not sectors:
        return Applied(None, "Every sector that it names is exempt.")
    shock, confirmed = Shock(world), threat.confirm_units
    if threat.coverage < 1 and threat.instrument in ("cut-off", "export-ban"):
        return Applied(None, "A ban on a part of a flow is not modelled in this version.")
    if threat.instrument == "cut-off":
        return Applied(shock.cut_off(coercer, protagonist, sectors))
    if threat.instrument == "export-ban":
        factor = parameter("cut_off.cost_factor").value
        return Applied(shock.trade_cost(protagonist, coercer, sectors, factor=factor))
    if threat.instrument == "transit-denial":
        return _denial(world, threat, coercer, protagonist, sectors, closure)
    if threat.rate is None:
        return Applied(None, "No rate is given.")
    rate = threat.rate
    if threat.instrument == "import-tariff":
        field = "tariff"
        shock = shock.tariff(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    else:
        field = "export_tax"
        shock = shock.export_tax(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    if threat.coverage < 1:
        shock = _partly(world, shock, field, threat.coverage, closure)
    return Applied(shock)


def _hit(world: World, threat: Threat) -> tuple[str, ...] | None:
    """The sectors that the threat names; routes carry goods, where the world has that group."""
    routes = threat.instrument == "transit-denial" and "goods" in world.sector_groups
    return ("goods",) if threat.sectors is None and routes else threat.sectors


def _denial(
    world: World,
    threat: Threat,
    coercer: tuple[str, ...],
    protagonist: str,
    sectors: list[str],
    closure: Closure,
) -> Applied:
    if threat.transit is None:
        return Applied(
            None,
            "Which part of the trade with others crosses the coercer, and at what cost it goes "
            "round, is not given (`transit`).",
        )
    shock = transit_shock(
        world,
        protagonist,
        coercer,
        share=threat.transit.share,
        factor=threat.transit.factor,
        sectors=sectors,
        closure=closure,
    )
    return Applied(shock)


def _partly(world: World, taxed: Shock, field: str, coverage: float, closure: Closure) -> Shock:
    """``taxed``, but with the part ``coverage`` of every flow taxed and the rest left alone.

    The two parts of a flow are separate varieties with the same unit cost. With
    f = (1 - v) + v r^-theta, where v is the part taxed and r the ratio of one plus
    the tax, the flow's spending moves as f. One tax and one cost factor do the same:
    the tax is the average that is paid after the switch to what is exempt, the cost
    factor (below one) makes the price index right.
    """
    theta = (world.arrays.elasticity * closure.elasticity_factor)[:, None, None]
    old, new = 1.0 + getattr(world.arrays, field), 1.0 + taxed.array(field)
    moved = new != old
    taxed_part = coverage * (new / old) ** -theta
    spent = (1.0 - coverage) + taxed_part
    average = np.where(moved, spent / ((1.0 - coverage) / old + taxed_part / new), old)
    cost = np.where(moved, spent ** (-1.0 / theta) * old / average, 1.0)
    levels = {field: average - 1.0, "trade_cost": cost}
    return Shock(world, confirm_units=True, **levels)
