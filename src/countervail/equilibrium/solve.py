"""Solving shocks of a world: one, or many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, overload
from weakref import WeakKeyDictionary

import numpy as np

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.threads import threads
from countervail.errors import InputError, OptionError, SolveError, require_kind
from countervail.solver.certificate import Names
from countervail.solver.find import MAX_PASSES, TOLERANCE, State, find
from countervail.solver.problem import Array, Benchmark, Levels
from countervail.world.core import World

_benchmarks: WeakKeyDictionary[World, dict[Closure, Benchmark]] = WeakKeyDictionary()
_bases: WeakKeyDictionary[World, dict[tuple[Closure, float], State]] = WeakKeyDictionary()


def solve(
    world: World,
    shock: Shock | None = None,
    closure: Closure | None = None,
    *,
    tolerance: float = TOLERANCE,
    max_passes: int = MAX_PASSES,
    start: Array | None = None,
) -> Outcome:
    """What the world economy looks like after ``shock``, once every market clears again.

    ``shock``: of the same world; None or empty gives an outcome of zeros.
    ``closure``: what is held fixed (default ``Closure()``: transfers fixed, labour
    mobile, the world's own elasticities). Changes are against the base of the
    same closure. ``tolerance``: largest residual of the economic equations, in
    logs, at which the iteration stops. ``start``: a flat state to begin from, such as the ``x`` of
    a like shock's state; it saves time and is certified like any other. Returns an ``Outcome`` with
    its certificate.

    Raises ``NoEquilibriumError`` where fixed transfers leave a region without
    income, ``NotConvergedError`` (with the worst markets) where no solution was
    reached or its certificate fails, ``InputError`` for a shock of another world.

    System: Caliendo & Parro (2015), with export taxes; docs/notation.md.
    """
    closure = _closure(closure)
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    if shock is not None:
        require_kind(shock, "shock", Shock, "cv.Shock(world).tariff(...)")
    if shock is not None and shock.world is not world and shock.world != world:
        raise InputError(
            f"the shock belongs to the world {shock.world.name!r}, not to {world.name!r}.",
            "Build it on the world that is solved: Shock(world).",
        )
    base = base_state(world, closure, tolerance=tolerance, max_passes=max_passes)
    bench = benchmark(world, closure)
    if shock is None or not shock.changed:
        return Outcome(world=world, shock=shock, closure=closure, base=base, state=base)
    state = find(
        bench,
        levels_of(bench, closure, shock),
        names_of(world),
        start=base.x if start is None else start,
        tolerance=tolerance,
        max_passes=max_passes,
    )
    return Outcome(world=world, shock=shock, closure=closure, base=base, state=state)


@overload
def solve_batch(
    world: World,
    shocks: Iterable[Shock | None],
    closure: Closure | None = None,
    *,
    workers: int | None = None,
    on_failure: Literal["raise"] = "raise",
    progress: Callable[[int], None] | None = None,
    tolerance: float = TOLERANCE,
    max_passes: int = MAX_PASSES,
) -> list[Outcome]: ...


@overload
def solve_batch(
    world: World,
    shocks: Iterable[Shock | None],
    closure: Closure | None = None,
    *,
    workers: int | None = None,
    on_failure: Literal["record"],
    progress: Callable[[int], None] | None = None,
    tolerance: float = TOLERANCE,
    max_passes: int = MAX_PASSES,
) -> list[Outcome | Failure]: ...


def solve_batch(
    world: World,
    shocks: Iterable[Shock | None],
    closure: Closure | None = None,
    *,
    workers: int | None = None,
    on_failure: Literal["raise", "record"] = "raise",
    progress: Callable[[int], None] | None = None,
    tolerance: float = TOLERANCE,
    max_passes: int = MAX_PASSES,
) -> list[Outcome] | list[Outcome | Failure]:
    """Solve many shocks of one world; the same figures as solving them one by one.

    ``workers`` threads (default: the cores) share the compiled solver.
    ``on_failure="record"`` puts a ``Failure`` in the place of a shock that has no
    certified solution instead of raising. ``progress`` is called with the number
    of finished shocks.
    """
    closure = _closure(closure)
    if on_failure not in ("raise", "record"):
        raise OptionError(f"on_failure={on_failure!r}: it is 'raise' or 'record'.")
    count = threads(workers)
    base_state(world, closure, tolerance=tolerance, max_passes=max_passes)

    def one(shock: Shock | None) -> Outcome | Failure:
        try:
            return solve(world, shock, closure, tolerance=tolerance, max_passes=max_passes)
        except SolveError as error:
            if on_failure == "raise":
                raise
            return Failure(world=world, shock=shock, closure=closure, error=error)

    with ThreadPoolExecutor(max_workers=count) as pool:
        results: list[Outcome | Failure] = []
        for result in pool.map(one, list(shocks)):
            results.append(result)
            if progress is not None:
                progress(len(results))
    return results


def benchmark(world: World, closure: Closure) -> Benchmark:
    """The part of the set-up that every shock of this world and closure shares."""
    known = _benchmarks.setdefault(world, {})
    if closure not in known:
        elasticity = world.arrays.elasticity * closure.elasticity_factor
        known[closure] = Benchmark(world.arrays, elasticity, closure.labour == "specific")
    return known[closure]


def base_state(
    world: World, closure: Closure, *, tolerance: float = TOLERANCE, max_passes: int = MAX_PASSES
) -> State:
    """The base against which changes are measured: re-solved without transfers if balanced."""
    known = _bases.setdefault(world, {})
    key = (closure, tolerance)
    if key not in known:
        bench = benchmark(world, closure)
        known[key] = find(
            bench,
            levels_of(bench, closure, None),
            names_of(world),
            tolerance=tolerance,
            max_passes=max_passes,
        )
    return known[key]


def levels_of(bench: Benchmark, closure: Closure, shock: Shock | None) -> Levels:
    """The counterfactual levels of ``shock`` under the closure's trade balance."""
    a = bench.arrays
    changed = () if shock is None else shock.changed

    def level(field: str, own: Array) -> Array:
        return own if shock is None or field not in changed else shock.array(field)

    def hat(field: str) -> Array | None:
        return None if shock is None or field not in changed else shock.array(field)

    transfer = level("transfer", a.transfer)
    if closure.balance == "balanced":
        # A shock to transfers is read as a deviation from the world without them.
        transfer = transfer - a.transfer
    return Levels(
        tariff=level("tariff", a.tariff),
        export_tax=level("export_tax", a.export_tax),
        trade_cost=hat("trade_cost"),
        productivity=hat("productivity"),
        labour=hat("labour"),
        transfer=np.ascontiguousarray(transfer),
        elasticity=bench.elasticity,
    )


def _closure(closure: Closure | None) -> Closure:
    if closure is None:
        return Closure()
    require_kind(closure, "closure", Closure, "cv.Closure(balance='balanced')")
    return closure


def names_of(world: World) -> Names:
    """What messages call the economy, its regions and its sectors."""
    return Names(economy=world.name, regions=world.regions, sectors=world.sectors)
