"""Threats that act on trade: import tariffs, export taxes, export bans, cut-offs."""

from __future__ import annotations

from dataclasses import dataclass

from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.schema import Threat
from countervail.world.core import World

# Instruments whose channel does not act on trade between the two; said, never dropped.
_OTHER_CHANNELS = {
    "capital-withdrawal": "Acts through capital, which this version does not model.",
    "transit-denial": "Acts through transport routes, which this version does not model.",
}


@dataclass(frozen=True)
class Applied:
    """What a threat does: its shock, or the reason why there is none."""

    shock: Shock | None
    not_quantified: str = ""


def apply_threat(
    world: World, threat: Threat, coercer: tuple[str, ...], protagonist: str
) -> Applied:
    """The shock of ``threat`` by ``coercer`` against ``protagonist``, on top of the base policies.

    A tariff or export tax adds ``rate x coverage`` to the rate in force (where only
    part of a sector's trade is hit, the sector's average rate rises by that part).
    A ban or a cut-off raises the iceberg cost to the factor that stands for none
    (parameter ``cut_off.cost_factor``). Raises ``UnknownLabelError`` for sectors that
    the world lacks.
    """
    if threat.not_quantified:
        return Applied(None, threat.not_quantified)
    if threat.instrument in _OTHER_CHANNELS:
        return Applied(None, _OTHER_CHANNELS[threat.instrument])
    exempt = set(world.labels.resolve_sectors(threat.exempt)) if threat.exempt else set()
    sectors = [s for s in world.labels.resolve_sectors(threat.sectors) if s not in exempt]
    if not sectors:
        return Applied(None, "Every sector that it names is exempt.")
    shock, confirmed = Shock(world), threat.confirm_units
    if threat.instrument == "cut-off":
        return Applied(shock.cut_off(coercer, protagonist, sectors))
    if threat.instrument == "export-ban":
        factor = parameter("cut_off.cost_factor").value
        return Applied(shock.trade_cost(protagonist, coercer, sectors, factor=factor))
    if threat.rate is None:
        return Applied(None, "No rate is given.")
    rate = threat.rate * threat.coverage
    if threat.instrument == "import-tariff":
        shock = shock.tariff(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    else:
        shock = shock.export_tax(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    return Applied(shock)
