"""countervail: how far can a country be cornered by another, and which deals get it out?

Everything public is here; modules below are private. Names are loaded on first
use, so that reading a scenario never waits for the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from countervail.version import VERSION as __version__

if TYPE_CHECKING:
    from countervail.api import ladder as ladder
    from countervail.api import run as run
    from countervail.brief.report import Brief as Brief
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
    from countervail.errors import CountervailError as CountervailError
    from countervail.glossary import explain as explain
    from countervail.leverage.ladder import Ladder as Ladder
    from countervail.scenario.diff import diff as diff
    from countervail.scenario.read import read_scenario as read_scenario
    from countervail.scenario.schema import Scenario as Scenario
    from countervail.scenario.template import new_scenario_text as new_scenario_text
    from countervail.scenario.write import write_scenario as write_scenario
    from countervail.solver.certificate import Certificate as Certificate
    from countervail.world.core import World as World
    from countervail.world.formats import BuildOptions as BuildOptions
    from countervail.world.formats import build_world as build_world
    from countervail.world.store import load_world as load_world
    from countervail.world.tariffs.schedules import TariffSchedule as TariffSchedule
    from countervail.world.tariffs.schedules import read_schedule as read_schedule

_HOMES = {
    "Brief": "brief.report",
    "BuildOptions": "world.formats",
    "Certificate": "solver.certificate",
    "Closure": "equilibrium.closure",
    "CountervailError": "errors",
    "Failure": "equilibrium.outcome",
    "Ladder": "leverage.ladder",
    "Outcome": "equilibrium.outcome",
    "Scenario": "scenario.schema",
    "Sensitivity": "equilibrium.sensitivity",
    "Shock": "equilibrium.shock",
    "TariffSchedule": "world.tariffs.schedules",
    "World": "world.core",
    "build_world": "world.formats",
    "diff": "scenario.diff",
    "explain": "glossary",
    "ladder": "api",
    "load_world": "world.store",
    "new_scenario_text": "scenario.template",
    "read_scenario": "scenario.read",
    "read_schedule": "world.tariffs.schedules",
    "rebase": "equilibrium.rebase",
    "run": "api",
    "sensitivity": "equilibrium.sensitivity",
    "solve": "equilibrium.solve",
    "solve_batch": "equilibrium.solve",
    "with_tariffs": "equilibrium.as_of",
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
