"""The whole way from a scenario to its brief, in one call."""

from __future__ import annotations

import os
import platform
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jax import default_backend

from countervail.brief.manifest import build_manifest, digest
from countervail.brief.report import Brief
from countervail.brief.results import (
    LadderRow,
    ParameterRow,
    Results,
    ThreatRow,
)
from countervail.brief.rows.observed import ObservedPage
from countervail.channels.case import Layers
from countervail.channels.trade_policy import apply_threat
from countervail.equilibrium.as_of import with_tariffs
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve_batch
from countervail.errors import OptionError, SolveError, require_kind
from countervail.leverage.coercion.ladder import CUT_OFF, Ladder, climb, sides
from countervail.leverage.effect import effect
from countervail.parameters import parameters
from countervail.scenario.read import read_scenario, scenario_notices
from countervail.scenario.schema import Scenario, Threat
from countervail.scenario.write import scenario_toml
from countervail.sheets import card, worlds
from countervail.sheets.choices import strategy_pages
from countervail.sheets.deals import Deals, deal_rows, solved_deals
from countervail.sheets.leverage import SEED, measure, wanted
from countervail.sheets.observed import observed_page
from countervail.sheets.strategy import Strategy, solved_strategy
from countervail.sheets.verdicts import judged
from countervail.sheets.why import why_rows
from countervail.solver.find import TOLERANCE
from countervail.version import VERSION
from countervail.world.core import World
from countervail.world.elasticity.elasticities import Choice, Elasticities, in_use
from countervail.world.store import load_world

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)`` while long work goes on."""

_SPILL_RATE = 0.25


def ladder(
    scenario: Scenario | str | os.PathLike[str],
    world: World | None = None,
    *,
    elasticities: Choice | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """What each rung of the threat ladder costs the protagonist and the coercer.

    ``scenario``: one that was read, a bundled name, or a path. ``world``,
    ``elasticities``: to use in place of the scenario's own. Returns every rung x
    horizon x retaliation x energy variant: harm and cost in percent of real income
    and billion USD (``.table``). Raises what ``read_scenario``, ``load_world`` and ``solve`` raise
    for bad input; a rung without a certified equilibrium is recorded in its cell.
    """
    scenario = _read(scenario, world)
    world = base_world(scenario, world, elasticities)
    found = climb(world, scenario, workers=workers, progress=_stage(progress, "ladder"))
    return replace(found, coercer_name=worlds.side_name(world, scenario.coercer))


def deals(
    scenario: Scenario | str | os.PathLike[str],
    world: World | None = None,
    *,
    elasticities: Choice | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Deals:
    """What each deal of a scenario brings its protagonist, alone and with all the others.

    ``scenario``, ``world``, ``elasticities``, ``workers``: as in ``ladder``. Returns ``Deals``:
    a row for each (``.rows``, ``.table``), what all do together (``.together``), the moves with
    their shocks (``.moves``), and the shock of any bundle (``.shock("a", "b")``), for example as
    ``given`` in ``exposure``. Raises what ``ladder`` raises, and ``InputError`` for a deal that
    cannot be.
    """
    scenario = _read(scenario, world)
    world = base_world(scenario, world, elasticities)
    _, coercer = sides(world, scenario)
    closure = Closure.of_horizon(scenario.horizon)
    return solved_deals(world, scenario, closure, coercer, workers, _stage(progress, "deals"))


def weigh_deals(
    scenario: Scenario | str | os.PathLike[str],
    world: World | None = None,
    *,
    elasticities: Choice | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Strategy | None:
    """What the deals of a scenario are worth one by one, which to take, and in which order.

    ``scenario``, ``world``, ``elasticities``, ``workers``: as in ``ladder``. Returns a
    ``Strategy``: ``.contributions`` (``.table``), ``.portfolio`` and ``.expected`` where the
    scenario has ``[portfolio]``, ``.sequence`` and ``.flips`` where it has ``[sequence]``, and
    ``.bundles``, the worth of every bundle; None for a scenario without deals. Percent of the
    protagonist's real income. Raises what ``deals`` raises, and ``InputError`` for limits that
    exclude everything.

    Source: docs/strategy.md.
    """
    scenario = _read(scenario, world)
    world = base_world(scenario, world, elasticities)
    _, coercer = sides(world, scenario)
    closure = Closure.of_horizon(scenario.horizon)
    tell = _stage(progress, "strategy")
    return solved_strategy(world, scenario, closure, coercer, None, workers, tell)


def backtest(
    scenario: Scenario | str | os.PathLike[str],
    world: World | None = None,
    *,
    elasticities: Choice | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ObservedPage | None:
    """What the model says of threats that were carried out, beside what happened.

    ``scenario``, ``world``, ``elasticities``, ``workers``: as in ``ladder``. Returns an
    ``ObservedPage``: ``.rows`` (each `[[observed]]` entry beside the prediction at each horizon),
    ``.agreement`` (rank correlation, mean error and signs by kind of figure), ``.forecasts`` (each
    threat by itself and all together); None for a scenario without such entries. Raises what
    ``ladder`` raises.

    Source: docs/backtest.md.
    """
    scenario = _read(scenario, world)
    world = base_world(scenario, world, elasticities)
    return observed_page(world, scenario, workers, _stage(progress, "observed"))


def run(
    scenario: Scenario | str | os.PathLike[str],
    world: World | None = None,
    *,
    elasticities: Choice | None = None,
    measures: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Brief:
    """Everything a scenario asks for: ladder, leverage, named threats, who else is hit, its record.

    ``scenario``: one that was read, a bundled name, or a path. ``world``,
    ``elasticities`` (see ``World.with_elasticities``): to use in place of the
    scenario's own. ``measures``: any of ``exposure``, ``frontier``, ``power``, ``demand`` (of
    leverage), ``capital``, ``routes``, ``ties`` (the layers behind the economy); default: all; an
    empty list leaves them out, which saves most of the time. ``workers``: threads (default: the
    cores). What cannot be computed is listed with the reason. Returns a
    ``Brief``; ``brief.save(folder)`` writes the report. Raises as ``ladder``.
    """
    clock = _Clock()
    # A scenario or a world that was made in Python cannot be named on a command line.
    named = isinstance(scenario, (str, Path)) and world is None
    asked = wanted(measures)
    command = _command(scenario, elasticities, measures) if named else ""
    scenario = _read(scenario, world)
    clock.lap("read")
    world = base_world(scenario, world, elasticities)
    clock.lap("world")
    rungs = climb(world, scenario, workers=workers, progress=_stage(progress, "ladder"))
    clock.lap("ladder")
    protagonist, coercer = rungs.protagonist, rungs.coercer
    closure = Closure.of_horizon(scenario.horizon)
    threats = _threats(world, scenario, closure, workers, _stage(progress, "threats"))
    clock.lap("threats")
    signed = solved_deals(world, scenario, closure, coercer, workers, _stage(progress, "deals"))
    clock.lap("deals")
    plan, notices = None, list(scenario_notices(scenario, world.labels))
    try:
        plan = solved_strategy(
            world, scenario, closure, coercer, signed.moves, workers, _stage(progress, "strategy")
        )
    except SolveError as error:
        notices.append(f"What bundles of deals are worth was not computed: {error.cause}")
    clock.lap("strategy")
    felt, spill_at = _spill(world, scenario, closure)
    clock.lap("spill")
    leverage = measure(world, scenario, asked, workers, progress)
    notices += leverage.pop("notices", ())
    clock.lap("leverage")
    why = why_rows(world, scenario, closure)
    clock.lap("why")
    observed = observed_page(world, scenario, workers, _stage(progress, "observed"))
    clock.lap("observed")
    names = world.labels.region_names
    thetas = in_use(world)
    shown = _parameters(thetas)
    results = Results(
        title=scenario.title,
        question=scenario.question or "",
        protagonist=protagonist,
        protagonist_name=names.get(protagonist, protagonist),
        coercer=coercer[0] if len(coercer) == 1 else "+".join(scenario.coercer),
        coercer_name=worlds.side_name(world, scenario.coercer),
        horizon=scenario.horizon,
        world=card.world_card(
            world, protagonist, coercer, worlds.side_name(world, scenario.coercer)
        ),
        ladder=tuple(LadderRow(**asdict(cell)) for cell in rungs.cells),
        closure=_closures(rungs),
        threats=threats,
        parameters=shown,
        spill=() if felt is None else worlds.spill_rows(world, protagonist, coercer, felt),
        spill_at=spill_at,
        places=worlds.places(world, protagonist, coercer, felt),
        places_trade=worlds.traded_group(world),
        taxed=_listed([name.replace("-", " ") for name in scenario.ladder.sectors]),
        notices=tuple(notices),
        data_date=scenario.as_of.isoformat() if scenario.as_of else "",
        latest_source=scenario.latest_source.isoformat() if scenario.latest_source else "",
        tolerance=TOLERANCE,
        **deal_rows(signed),
        why=why,
        observed=observed,
        scenario=scenario_toml(scenario),
        **leverage,
        **strategy_pages(scenario, plan, worlds.side_name(world, scenario.coercer)),
        manifest=build_manifest(
            command=command,
            versions=_versions(),
            world={
                "name": world.name,
                "base_year": world.base_year,
                "hash": f"sha256:{world.digest}",
                "elasticities": {"set": thetas.name, "file_sha256": thetas.sha256},
                "tariffs_as_of": world.provenance.get("tariffs_as_of"),
            },
            scenario={"name": scenario.title, "hash": digest(scenario_toml(scenario))},
            closure={name: value.describe() for name, value in rungs.closures.items()},
            tolerance=TOLERANCE,
            # Searches draw some of their starts, and deals their futures.
            seed=SEED if {"exposure", "frontier"} & set(asked) or scenario.deals else None,
            parameters=shown,
            device=f"{platform.machine()}, {os.cpu_count()} cores, jax on {default_backend()}",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            timings=clock.laps,
        ),
    )
    return Brief(replace(results, claims=judged(scenario, results, plan)))


def base_world(
    scenario: Scenario, world: World | None = None, elasticities: Choice | None = None
) -> World:
    """The economy that a scenario starts from: its world as it wants it, before any threat.

    ``world``, ``elasticities``: to use in place of the scenario's own. Tariffs of a later day
    are solved into it last. Raises what ``load_world``, ``World.with_elasticities`` and
    ``with_tariffs`` raise.
    """
    if world is not None:
        require_kind(world, "world", World, "cv.load_world('world-2023')")
    world = load_world(scenario.world) if world is None else world
    chosen = scenario.elasticity_choice if elasticities is None else elasticities
    world = world if chosen is None else world.with_elasticities(chosen)
    if scenario.tariffs_as_of is None:
        return world
    return with_tariffs(world, scenario.tariffs_as_of, scenario.schedule_choice)


def _command(
    scenario: Scenario | str | os.PathLike[str],
    elasticities: Choice | None,
    measures: Sequence[str] | None,
) -> str:
    words = ["countervail", "run", str(scenario)]
    if elasticities is not None:
        words += ["--elasticities", str(elasticities)]
    if measures is not None:
        words += ["--measures", ",".join(measures) or "none"]
    return shlex.join(words)


def _read(scenario: Scenario | str | os.PathLike[str], world: World | None) -> Scenario:
    if world is not None:
        require_kind(world, "world", World, "cv.load_world('world-2023')")
    if isinstance(scenario, Scenario):
        return scenario
    return read_scenario(scenario, None if world is None else world.labels)


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    if not callable(progress):
        raise OptionError(
            f"progress={progress!r} cannot be called.", "Give a function of stage, done and total."
        )
    return lambda done, total: progress(stage, done, total)


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = round(now - self._last, 3)
        self._last = now


def _threats(
    world: World,
    scenario: Scenario,
    closure: Closure,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[ThreatRow, ...]:
    """Every threat of the scenario, solved where it acts on trade, else with the reason."""
    protagonist, coercer = sides(world, scenario)
    layers = Layers.of(world, scenario)
    applied = [
        apply_threat(
            world,
            threat,
            coercer,
            protagonist,
            closure,
            layers.positions if threat.instrument == "capital-withdrawal" else None,
        )
        for threat in scenario.threats
    ]
    shocks = [a.shock for a in applied if a.shock is not None]
    outcomes = iter(
        solve_batch(
            world,
            shocks,
            closure,
            workers=workers,
            on_failure="record",
            progress=None if progress is None else lambda n: progress(n, len(shocks)),
        )
    )
    rows = []
    for threat, move in zip(scenario.threats, applied, strict=True):
        harm: tuple[float | None, float | None] = (None, None)
        cost: tuple[float | None, float | None] = (None, None)
        reason, certificate = move.not_quantified, None
        if move.shock is not None:
            outcome = next(outcomes)
            if isinstance(outcome, Failure):
                reason = f"No certified equilibrium: {outcome.error.cause}"
            else:
                harm, cost = effect(outcome, (protagonist,)), effect(outcome, coercer)
                certificate = outcome.certificate.worst
        row = _threat_row(threat, harm, cost, reason, certificate)
        rows.append(replace(row, moves=move.moves, why=move.why))
    return tuple(rows)


def _threat_row(
    threat: Threat,
    harm: tuple[float | None, float | None],
    cost: tuple[float | None, float | None],
    reason: str,
    certificate: float | None,
) -> ThreatRow:
    effective = threat.effective or threat.announced
    return ThreatRow(
        id=threat.id,
        title=threat.title or threat.id,
        instrument=threat.instrument,
        rate=threat.rate,
        sectors=threat.sectors or (),
        authority=threat.authority or "",
        cap=threat.cap,
        status=threat.status,
        effective=effective.isoformat() if effective else "",
        harm_percent=harm[0],
        harm_bn=harm[1],
        cost_percent=cost[0],
        cost_bn=cost[1],
        note=threat.note or "",
        not_quantified=reason,
        sources=threat.sources,
        certificate=certificate,
        coverage=threat.coverage,
        bound=threat.bound,
    )


def _spill(world: World, scenario: Scenario, closure: Closure) -> tuple[Outcome | None, str]:
    """What one rung does to everybody: the rung of 25 %, or the one nearest to it; and which."""
    protagonist, coercer = sides(world, scenario)
    spec = scenario.ladder
    rate = min(spec.rates, key=lambda r: abs(r - _SPILL_RATE))
    shock = Shock(world).tariff(
        coercer, protagonist, list(spec.sectors), add=rate, confirm_units=spec.confirm_units
    )
    (outcome,) = solve_batch(world, [shock], closure, workers=1, on_failure="record")
    if isinstance(outcome, Failure):
        return None, ""
    what = _listed([name.replace("-", " ") for name in spec.sectors])
    return outcome, f"{100 * rate:g} % tariff on {what}, {scenario.horizon} run, no retaliation"


def _parameters(thetas: Elasticities) -> tuple[ParameterRow, ...]:
    """The general parameters, then the trade elasticity of every sector."""
    general = [
        ParameterRow(**asdict(p))
        for p in parameters().values()
        # These act only through the rows of the sectors, which name them.
        if not p.name.startswith("theta.ilms.")
    ]
    sectors = [
        ParameterRow(
            name=f"elasticity.{row.sector}",
            value=row.value,
            low=row.low,
            high=row.high,
            unit="trade elasticity",
            used_for=f"long-run elasticity, set {thetas.name}",
            source=f"{row.source} ({row.note})" if row.note else row.source,
            status=row.status,
        )
        for row in thetas.rows
    ]
    return (*general, *sectors)


def _closures(rungs: Ladder) -> str:
    return "\n".join(f"{name}: {value.describe()}" for name, value in rungs.closures.items())


def _versions() -> dict[str, str]:
    found = {"countervail": VERSION, "python": platform.python_version()}
    for package in ("numpy", "jax", "jaxlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


__all__ = ["CUT_OFF", "backtest", "deals", "ladder", "run", "weigh_deals"]
