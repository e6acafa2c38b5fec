"""countervail: how far can a country be cornered by another, and which deals get it out?

Everything public is here; modules below are private. Names are loaded on first
use, so that reading a scenario never waits for the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from countervail.version import VERSION as __version__

if TYPE_CHECKING:
    from countervail.api import backtest as backtest
    from countervail.api import deals as deals
    from countervail.api import ladder as ladder
    from countervail.api import run as run
    from countervail.api import weigh_deals as weigh_deals
    from countervail.brief.report import Brief as Brief
    from countervail.brief.rows.comparison import Comparison as Comparison
    from countervail.brief.rows.observed import ObservedPage as ObservedPage
    from countervail.channels.capital.allocation import Allocation as Allocation
    from countervail.channels.capital.allocation import allocate as allocate
    from countervail.channels.capital.pipeline import Financier as Financier
    from countervail.channels.capital.pipeline import Project as Project
    from countervail.channels.capital.positions import Positions as Positions
    from countervail.channels.capital.positions import positions as positions
    from countervail.channels.delivery import draw_deliveries as draw_deliveries
    from countervail.channels.routes.netback import RouteEffect as RouteEffect
    from countervail.channels.routes.netback import route_effect as route_effect
    from countervail.channels.routes.network import RouteNetwork as RouteNetwork
    from countervail.channels.routes.network import Routes as Routes
    from countervail.channels.routes.network import read_routes as read_routes
    from countervail.channels.routes.report import RouteReport as RouteReport
    from countervail.channels.routes.report import route_report as route_report
    from countervail.channels.ties.graph import Ties as Ties
    from countervail.channels.ties.graph import read_ties as read_ties
    from countervail.channels.ties.measures import which_new_tie as which_new_tie
    from countervail.channels.ties.report import TiesReport as TiesReport
    from countervail.channels.ties.report import ties_report as ties_report
    from countervail.channels.transit import Transit as Transit
    from countervail.comparison import compare as compare
    from countervail.equilibrium.as_of import with_tariffs as with_tariffs
    from countervail.equilibrium.closure import Closure as Closure
    from countervail.equilibrium.outcome import Failure as Failure
    from countervail.equilibrium.outcome import Outcome as Outcome
    from countervail.equilibrium.rebase import rebase as rebase
    from countervail.equilibrium.sensitivity import Sensitivity as Sensitivity
    from countervail.equilibrium.sensitivity import sensitivity as sensitivity
    from countervail.equilibrium.shock import Shock as Shock
    from countervail.equilibrium.solve import solve as solve
    from countervail.equilibrium.solve import solve_batch as solve_batch
    from countervail.equilibrium.why import Why as Why
    from countervail.equilibrium.why import why as why
    from countervail.errors import CountervailError as CountervailError
    from countervail.glossary import explain as explain
    from countervail.leverage.coercion.bargaining import demand as demand
    from countervail.leverage.coercion.bargaining import demands as demands
    from countervail.leverage.coercion.exposure import Exposure as Exposure
    from countervail.leverage.coercion.exposure import exposure as exposure
    from countervail.leverage.coercion.frontier import Frontier as Frontier
    from countervail.leverage.coercion.frontier import frontier as frontier
    from countervail.leverage.coercion.ladder import Ladder as Ladder
    from countervail.leverage.games.cooperative import Cooperative as Cooperative
    from countervail.leverage.games.cooperative import cooperative as cooperative
    from countervail.leverage.games.nash import Nash as Nash
    from countervail.leverage.games.nash import nash as nash
    from countervail.leverage.games.negotiation import Negotiated as Negotiated
    from countervail.leverage.games.negotiation import negotiated as negotiated
    from countervail.leverage.games.optimal_tariff import OptimalTariff as OptimalTariff
    from countervail.leverage.games.optimal_tariff import optimal_tariff as optimal_tariff
    from countervail.leverage.power.coalition import CoalitionPower as CoalitionPower
    from countervail.leverage.power.coalition import coalition_power as coalition_power
    from countervail.leverage.power.gravity_matrices import IncomeExposure as IncomeExposure
    from countervail.leverage.power.gravity_matrices import income_exposure as income_exposure
    from countervail.leverage.power.matrix import Power as Power
    from countervail.leverage.power.matrix import power as power
    from countervail.leverage.power.multipolarity import Multipolarity as Multipolarity
    from countervail.leverage.power.multipolarity import multipolarity as multipolarity
    from countervail.leverage.power.screens import Screens as Screens
    from countervail.leverage.power.screens import screens as screens
    from countervail.leverage.power.suppliers import supplier_shapley as supplier_shapley
    from countervail.scenario.diff import diff as diff
    from countervail.scenario.read import read_scenario as read_scenario
    from countervail.scenario.schema import Scenario as Scenario
    from countervail.scenario.template import new_scenario_text as new_scenario_text
    from countervail.scenario.write import write_scenario as write_scenario
    from countervail.sheets.deals import Deals as Deals
    from countervail.sheets.strategy import Strategy as Strategy
    from countervail.solver.certificate import Certificate as Certificate
    from countervail.strategy.bundles import Bundles as Bundles
    from countervail.strategy.contribution import Contributions as Contributions
    from countervail.strategy.contribution import contribution as contribution
    from countervail.strategy.hazard import Coercer as Coercer
    from countervail.strategy.hazard import coercer as coercer
    from countervail.strategy.limits import Limits as Limits
    from countervail.strategy.portfolio import Portfolio as Portfolio
    from countervail.strategy.portfolio import portfolio as portfolio
    from countervail.strategy.sequence import Sequence as Sequence
    from countervail.strategy.sequence import sequence as sequence
    from countervail.strategy.signing import Signing as Signing
    from countervail.strategy.worth import TableWorth as TableWorth
    from countervail.world.core import World as World
    from countervail.world.formats import BuildOptions as BuildOptions
    from countervail.world.formats import build_world as build_world
    from countervail.world.store import load_world as load_world
    from countervail.world.tariffs.schedules import TariffSchedule as TariffSchedule
    from countervail.world.tariffs.schedules import read_schedule as read_schedule

_HOMES = {
    "Allocation": "channels.capital.allocation",
    "Brief": "brief.report",
    "BuildOptions": "world.formats",
    "Certificate": "solver.certificate",
    "Closure": "equilibrium.closure",
    "CoalitionPower": "leverage.power.coalition",
    "Coercer": "strategy.hazard",
    "Comparison": "brief.rows.comparison",
    "Cooperative": "leverage.games.cooperative",
    "CountervailError": "errors",
    "Exposure": "leverage.coercion.exposure",
    "Failure": "equilibrium.outcome",
    "Financier": "channels.capital.pipeline",
    "Frontier": "leverage.coercion.frontier",
    "IncomeExposure": "leverage.power.gravity_matrices",
    "Ladder": "leverage.coercion.ladder",
    "Multipolarity": "leverage.power.multipolarity",
    "Nash": "leverage.games.nash",
    "Negotiated": "leverage.games.negotiation",
    "ObservedPage": "brief.rows.observed",
    "OptimalTariff": "leverage.games.optimal_tariff",
    "Outcome": "equilibrium.outcome",
    "Positions": "channels.capital.positions",
    "Power": "leverage.power.matrix",
    "RouteEffect": "channels.routes.netback",
    "RouteNetwork": "channels.routes.network",
    "RouteReport": "channels.routes.report",
    "Routes": "channels.routes.network",
    "Project": "channels.capital.pipeline",
    "Scenario": "scenario.schema",
    "Screens": "leverage.power.screens",
    "Sensitivity": "equilibrium.sensitivity",
    "Shock": "equilibrium.shock",
    "TariffSchedule": "world.tariffs.schedules",
    "Ties": "channels.ties.graph",
    "TiesReport": "channels.ties.report",
    "Transit": "channels.transit",
    "Why": "equilibrium.why",
    "World": "world.core",
    "allocate": "channels.capital.allocation",
    "backtest": "api",
    "build_world": "world.formats",
    "coalition_power": "leverage.power.coalition",
    "coercer": "strategy.hazard",
    "compare": "comparison",
    "cooperative": "leverage.games.cooperative",
    "demand": "leverage.coercion.bargaining",
    "demands": "leverage.coercion.bargaining",
    "diff": "scenario.diff",
    "explain": "glossary",
    "exposure": "leverage.coercion.exposure",
    "frontier": "leverage.coercion.frontier",
    "income_exposure": "leverage.power.gravity_matrices",
    "deals": "api",
    "draw_deliveries": "channels.delivery",
    "Deals": "sheets.deals",
    "ladder": "api",
    "load_world": "world.store",
    "multipolarity": "leverage.power.multipolarity",
    "nash": "leverage.games.nash",
    "negotiated": "leverage.games.negotiation",
    "new_scenario_text": "scenario.template",
    "optimal_tariff": "leverage.games.optimal_tariff",
    "positions": "channels.capital.positions",
    "power": "leverage.power.matrix",
    "read_routes": "channels.routes.network",
    "read_scenario": "scenario.read",
    "read_schedule": "world.tariffs.schedules",
    "read_ties": "channels.ties.graph",
    "rebase": "equilibrium.rebase",
    "route_effect": "channels.routes.netback",
    "route_report": "channels.routes.report",
    "run": "api",
    "screens": "leverage.power.screens",
    "sensitivity": "equilibrium.sensitivity",
    "solve": "equilibrium.solve",
    "solve_batch": "equilibrium.solve",
    "supplier_shapley": "leverage.power.suppliers",
    "ties_report": "channels.ties.report",
    "which_new_tie": "channels.ties.measures",
    "why": "equilibrium.why",
    "with_tariffs": "equilibrium.as_of",
    "Bundles": "strategy.bundles",
    "Contributions": "strategy.contribution",
    "Limits": "strategy.limits",
    "Portfolio": "strategy.portfolio",
    "Sequence": "strategy.sequence",
    "Signing": "strategy.signing",
    "Strategy": "sheets.strategy",
    "TableWorth": "strategy.worth",
    "contribution": "strategy.contribution",
    "portfolio": "strategy.portfolio",
    "sequence": "strategy.sequence",
    "weigh_deals": "api",
    "write_scenario": "scenario.write",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'countervail' has no attribute {name!r}")
    value = getattr(import_module(f"countervail.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
