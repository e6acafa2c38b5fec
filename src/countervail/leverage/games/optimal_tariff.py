"""The tariffs that are best for one region, or for a group with a common tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from countervail.channels.arguments import finite
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.labelled import labelled
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state, solve
from countervail.errors import InputError, OptionError, SolveError, nearest, require_kind
from countervail.leverage.effect import effect
from countervail.leverage.games.oracle import closed_form_tariff
from countervail.leverage.search.checks import checked_run
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.levers import Cell, Lever, LeverSet, lever_set
from countervail.leverage.search.threads import one_blas_thread
from countervail.leverage.search.uphill import ENOUGH, Found, highest
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]
Vary = Literal["uniform", "sector", "partner", "both"]

BOUNDS = (0.0, 4.0)
"""Between which a searched tariff lies unless bounds are given: none, and 400 %."""


@dataclass(frozen=True, eq=False, repr=False)
class OptimalTariff:
    """The best tariffs of ``by``, the equilibrium under them, and how hard they were tested.

    ``gain_percent`` and ``gain_bn``: what they add to the real income of ``by``, against the
    status quo (``given``, or the base), in percent of its base income and in billion USD of
    the base year. ``closed_form``: the uniform tariff that the one-factor formula gives with
    the shares of this equilibrium, to compare. ``gap``: how much more (percent of the goal) the
    best of ``searches`` fresh searches found; None where none was made. ``favour``: political
    weights by sector or group; ``weighted_gain_percent``: the gain in income that counts what
    is favoured more, which is what was maximised (``gain_percent`` without weights).
    """

    by: tuple[str, ...]
    against: tuple[str, ...]
    vary: Vary
    levers: LeverSet
    rates: Array
    outcome: Outcome
    gain_percent: float
    gain_bn: float
    closed_form: float
    gap: float | None
    searches: int
    solves: int
    favour: Mapping[str, float]
    weighted_gain_percent: float

    def __repr__(self) -> str:
        low, high = 100 * self.rates.min(), 100 * self.rates.max()
        return (
            f"<OptimalTariff of {'+'.join(self.by)} by {self.vary}: {low:.3g} to {high:.3g} %, "
            f"gain {self.gain_percent:.3g} %; {tested(self.searches, self.gap)}>"
        )

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which every rate could lie, fractions."""
        return float(self.levers.lower[0]), float(self.levers.upper[0])

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors whose imports are taxed, in the order of the world."""
        world = self.outcome.world
        taxed = {cell[1] for cells in self.levers.cells for cell in cells}
        return tuple(world.sectors[s] for s in sorted(taxed))

    @property
    def shock(self) -> Shock:
        """The status quo with the best tariffs in place of those of ``by``."""
        assert self.outcome.shock is not None
        return self.outcome.shock

    @property
    def tariff(self) -> xr.DataArray:
        """Import tariffs after the change, fractions, (sector, importer, exporter): all of them."""
        outcome = self.outcome
        attrs = {"unit": "fraction", "world": outcome.world.name, "gap_percent": self.gap}
        axes = ("sector", "importer", "exporter")
        return labelled(outcome.world, self.shock.array("tariff"), axes, "tariff", attrs)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each rate that was set: sector, partner, rate, rate before, trade taxed."""
        import pandas as pd

        world = self.outcome.world
        tariff, flows = world.arrays.tariff, world.arrays.flows
        before = [
            sum(tariff[c[1:]] * flows[c[1:]] for c in cells) / value
            for cells, value in zip(self.levers.cells, self.levers.value, strict=True)
        ]
        frame = pd.DataFrame(
            {
                "sector": [lever.sector or "all" for lever in self.levers.levers],
                "partner": [lever.partner or "all" for lever in self.levers.levers],
                "tariff_percent": 100 * self.rates,
                "base_tariff_percent": 100 * np.array(before),
                "imports_bn": self.levers.value / 1000.0,
            }
        )
        frame.attrs.update(
            world=world.name,
            base_year=world.base_year,
            closure=self.outcome.closure.describe(),
            gap_percent=self.gap,
        )
        return frame


def optimal_tariff(
    world: World,
    by: Spec,
    against: Spec = None,
    *,
    vary: Vary = "both",
    sectors: Spec = None,
    bounds: tuple[float, float] = BOUNDS,
    favour: Mapping[str, float] | None = None,
    given: Shock | None = None,
    closure: Closure | None = None,
    searches: int = 2,
    seed: int = 0,
) -> OptimalTariff:
    """Which import tariffs serve ``by`` best, if nobody answers.

    ``by``: a region, or a group that sets one tariff for all its members and counts their
    equivalent variation together. ``against``: the partners whose goods are taxed (default:
    everybody else). ``vary``: one tariff for all (``uniform``), by ``sector``, by ``partner``,
    or by ``both``. ``sectors``: what is taxed (default: goods, where the world says which).
    ``bounds``: of the rates, fractions. ``favour``: political weights, sector or group of
    sectors -> how much more a dollar of its factor income counts than another dollar (0.5:
    half as much again). ``given``: a status quo other than the base. ``closure``: default
    the medium horizon. ``searches``: fresh searches from other starts (seeded) that test the
    answer; the best of all is returned.

    The search starts from the closed form of Lashkaripour (2021) and follows the exact
    gradient. Rates *replace* the tariffs of ``by`` on these goods. Raises ``InputError``
    where ``by`` buys none of the goods from ``against``, ``OptionError`` for crossed bounds
    or an unknown ``vary``, ``UnknownLabelError``, and what ``solve`` raises.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    checked_run(seed, searches=searches)
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    if given is not None:
        require_kind(given, "given", Shock, "cv.Shock(world).tariff(...)")
    mine, theirs = _parties(world, by, against)
    levers = tariff_levers(world, mine, theirs, vary, sectors, bounds, given)
    if not len(levers):
        raise InputError(
            f"{'+'.join(mine)} buys none of these goods from {_few(theirs)}: there is no tariff "
            "to set.",
            "Name other partners or sectors.",
        )
    weights = favour_array(world, favour)
    land = Landscape(levers, closure, weights)
    goal = Goal.of(world, closure, mine, weights)
    start = closed_form_tariff(world, mine, base_state(world, closure))
    with one_blas_thread():
        found, gap, solves = best_tested(land, goal, start, searches, seed)
    rates = land.setting(found.z)
    outcome = solve(world, levers.shock(rates), closure)
    before = solve(world, given, closure)
    lost, lost_before = (np.array(effect(one, mine)) for one in (outcome, before))
    gain = lost_before - lost
    weighted = found.value - _status_quo(levers, closure, weights, goal)
    return OptimalTariff(
        by=mine,
        against=theirs,
        vary=vary,
        levers=levers,
        rates=rates,
        outcome=outcome,
        gain_percent=float(gain[0]),
        gain_bn=float(gain[1]),
        closed_form=closed_form_tariff(world, mine, outcome.state),
        gap=gap,
        searches=searches,
        solves=solves,
        favour=dict(favour or {}),
        weighted_gain_percent=float(gain[0]) if weights is None else weighted,
    )


def tested(searches: int, gap: float | None) -> str:
    """What vouches for an answer, in words."""
    if gap is None:
        return "not tested by another search"
    return f"{searches} other searches found no more than {gap:.0e} % on top"


def _status_quo(levers: LeverSet, closure: Closure, favour: Array | None, goal: Goal) -> float:
    """The goal under the rates that hold already, percent against the base."""
    if levers.given is None:
        return 0.0
    land = Landscape(replace(levers, adds=True), closure, favour)
    return goal.percent(land.valuation.at(np.zeros(len(levers))))


def best_tested(
    land: Landscape, goal: Goal, start: float | Array, searches: int, seed: int
) -> tuple[Found, float | None, int]:
    """(the best place, how much more the last fresh searches found in percent, solves).

    Fresh searches start from no tariffs (or the nearest bound), and from rates drawn between the
    bounds; one that finds more than ``ENOUGH`` becomes the answer, and is tested again. One that
    meets no equilibrium on its way has found nothing. The gap is None without searches.
    """
    bend = steepness(land, goal)
    rng = np.random.default_rng(seed)
    land.reset()
    best = highest(land, goal, land.clipped(start), bend)
    solves, gap = best.solves, None
    for _ in range(_ROUNDS if searches else 0):
        gap, better = 0.0, best
        for number in range(searches):
            land.reset()
            try:
                fresh = highest(land, goal, _fresh(land, number, rng), bend)
            except SolveError:
                continue
            solves += fresh.solves
            if fresh.value - best.value > gap:
                gap, better = fresh.value - best.value, fresh
        best = better
        if gap <= ENOUGH:
            break
    return best, gap, solves


_ROUNDS = 5
_HIGHEST_START = 1.0  # above 100 % little trade is left, and slopes say little


def _fresh(land: Landscape, number: int, rng: np.random.Generator) -> Array:
    if number == 0:
        return land.clipped(0.0)
    high = np.minimum(land.upper, np.log1p(_HIGHEST_START))
    low = np.minimum(land.lower, high)
    drawn: Array = low + rng.random(land.lower.size) * (high - low)
    return drawn


def steepness(land: Landscape, goal: Goal) -> Array:
    """Roughly how fast each lever's slope changes, (K,): trade taxed x elasticity / income."""
    levers = land.levers
    income = float(land.income @ (goal.share != 0))
    found: Array = 100.0 * levers.value * levers.steepness * land.elasticity_factor / income
    return found


def tariff_levers(
    world: World,
    by: Sequence[str],
    against: Sequence[str],
    vary: str,
    sectors: Spec = None,
    bounds: tuple[float, float] = BOUNDS,
    given: Shock | None = None,
) -> LeverSet:
    """The tariffs that ``by`` sets on ``against`` as levers, grouped as ``vary`` says."""
    if vary not in get_args(Vary):
        raise OptionError(
            f"vary={vary!r}: it is one of {', '.join(get_args(Vary))}.",
            nearest(str(vary), get_args(Vary)),
        )
    if sectors is None and "goods" in world.sector_groups:
        sectors = "goods"
    mine = [world.regions.index(r) for r in by]
    wanted: dict[Lever, list[Cell]] = {}
    for s in world.resolve_sectors(sectors):
        for partner in against:
            lever = Lever(
                "tariff",
                world.sectors[s] if vary in ("sector", "both") else None,
                partner if vary in ("partner", "both") else None,
            )
            i = world.regions.index(partner)
            wanted.setdefault(lever, []).extend(("tariff", s, n, i) for n in mine)
    return lever_set(world, given, list(wanted.items()), bounds, adds=False)


def favour_array(world: World, favour: Mapping[str, float] | None) -> Array | None:
    """Political weights by sector name or group as an array (sector, region)."""
    if favour is not None:
        require_kind(favour, "favour", Mapping, "{'steel': 0.5}")
    if not favour:
        return None
    found = np.zeros((len(world.sectors), len(world.regions)))
    for name, weight in favour.items():
        value = finite(weight, f"favour[{name!r}]", "favour={'steel': 0.5}")
        if value <= -1:
            raise OptionError(
                f"favour: {name} has the weight {weight}; it must be a number above −1.",
                "0.5 counts a dollar of the sector's income one and a half times.",
            )
        found[list(world.resolve_sectors(name))] = value
    return found


def _parties(world: World, by: Spec, against: Spec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if by is None:
        raise InputError("by=None: nobody is named who sets the tariffs.", "Name a region.")
    mine = world.labels.resolve_regions(by)
    if against is None:
        return mine, tuple(r for r in world.regions if r not in mine)
    theirs = world.labels.resolve_regions(against)
    both = [r for r in theirs if r in mine]
    if both:
        raise InputError(
            f"{', '.join(both)}: a region sets no tariff on itself.", "Name two different sides."
        )
    return mine, theirs


def _few(regions: Sequence[str]) -> str:
    shown = ", ".join(regions[:3])
    return shown if len(regions) <= 3 else f"{shown} and {len(regions) - 3} others"
