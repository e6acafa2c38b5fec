"""Threats by instrument: tariffs, export taxes, bans, transit, withdrawal of capital, cut-offs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countervail.channels.capital_withdrawal import withdrawal_of
from countervail.channels.split_flow import partly
from countervail.channels.transit import transit_shock
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.scenario.schema import Threat
from countervail.world.core import World

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions


@dataclass(frozen=True)
class Applied:
    """What a threat does: its shock, or the reason why there is none; and what to say of it."""

    shock: Shock | None
    not_quantified: str = ""
    moves: tuple[str, ...] = ()
    why: str = ""


def apply_threat(
    world: World,
    threat: Threat,
    coercer: tuple[str, ...],
    protagonist: str,
    closure: Closure,
    positions: Positions | None = None,
) -> Applied:
    """The shock of ``threat`` by ``coercer`` against ``protagonist``, on top of the base policies.

    A tariff or export tax adds its rate to the rate in force, on the part
    ``coverage`` of each flow; the rest stays as it is (see ``split_flow``, which needs
    the elasticities of ``closure``). A ban or a cut-off raises the iceberg cost of that part to
    the factor that stands for none (parameter ``cut_off.cost_factor``); a denial of transit
    makes trade with third countries dearer (see ``transit_shock``); a withdrawal of capital
    takes the part ``rate`` of the coercer's direct investment away, by ``positions`` (see
    ``withdrawal_of``). Raises
    ``UnknownLabelError`` for sectors that the world lacks.
    """
    if threat.not_quantified:
        return Applied(None, threat.not_quantified)
    if threat.instrument == "capital-withdrawal":
        taken = withdrawal_of(world, protagonist, coercer, threat.rate, positions, threat.sectors)
        return Applied(taken.shock, "", taken.moves, taken.why)
    sectors = hit_sectors(world, threat)
    if not sectors:
        return Applied(None, "Every sector that it names is exempt.")
    if threat.instrument == "transit-denial":
        return _denial(world, threat, coercer, protagonist, sectors, closure)
    if threat.instrument in ("import-tariff", "export-tax") and threat.rate is None:
        return Applied(None, "No rate is given.")
    shock = _whole(world, threat, coercer, protagonist, sectors)
    if threat.coverage < 1:
        shock = partly(shock, taxed_by(threat), threat.coverage, closure.elasticity_factor)
    return Applied(shock)


def taxed_by(threat: Threat) -> str:
    """The rate of a flow that the parts of it differ in under this threat."""
    return "export_tax" if threat.instrument == "export-tax" else "tariff"


def _whole(
    world: World,
    threat: Threat,
    coercer: tuple[str, ...],
    protagonist: str,
    sectors: list[str],
) -> Shock:
    """A tariff, an export tax, a ban or a cut-off on the whole of the flows that it names."""
    shock, rate, confirmed = Shock(world), threat.rate or 0.0, threat.confirm_units
    if threat.instrument == "import-tariff":
        return shock.tariff(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    if threat.instrument == "export-tax":
        return shock.export_tax(coercer, protagonist, sectors, add=rate, confirm_units=confirmed)
    if threat.instrument == "cut-off":
        return shock.cut_off(coercer, protagonist, sectors)
    buyer, seller = (
        (coercer, protagonist) if threat.instrument == "import-ban" else (protagonist, coercer)
    )
    factor = parameter("cut_off.cost_factor").value
    return shock.trade_cost(buyer, seller, sectors, factor=factor)


def hit_sectors(world: World, threat: Threat) -> list[str]:
    """The sectors that the threat hits: those that it names, less those that it exempts."""
    exempt = set(world.labels.resolve_sectors(threat.exempt)) if threat.exempt else set()
    return [s for s in world.labels.resolve_sectors(_hit(world, threat)) if s not in exempt]


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
