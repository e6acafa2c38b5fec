"""The coercion frontier: the most harm that a coercer can do at every price to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from countervail.channels.arguments import finite, names_in, whole
from countervail.channels.capital_withdrawal import withdrawal_lever
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.equilibrium.threads import threads
from countervail.errors import OptionError, nearest, require_kind
from countervail.leverage.coercion.sides import check_withdrawal, two_sides
from countervail.leverage.coercion.trace import Aim, Trace
from countervail.leverage.effect import effect
from countervail.leverage.games.optimal_tariff import BOUNDS
from countervail.leverage.search.checks import checked_run
from countervail.leverage.search.kept import Kept
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.levers import (
    FIELDS,
    WITHDRAWAL,
    LeverSet,
    bilateral_levers,
    checked_bounds,
    lever_set,
    with_withdrawal,
)
from countervail.leverage.search.threads import one_blas_thread
from countervail.leverage.search.uphill import ENOUGH
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import pandas as pd

    from countervail.channels.capital.positions import Positions

Array = npt.NDArray[np.float64]

PRICES = (0.0, 0.1, 0.5)
"""Prices that are asked about by default: percent of the coercer's own real income."""

CAPITAL = "capital"
"""What stands for a sector where a lever moves capital, not the trade of one."""

_SEARCHED = (*FIELDS, WITHDRAWAL)
_NEARLY = 1e-9
_MOST_POINTS = 1000
_PATH = 16  # points of Gauss and Legendre along the way from no measure to the measures


@dataclass(frozen=True, eq=False, repr=False)
class FrontierPoint:
    """The most harm at one price, exactly solved.

    ``role``: ``own-optimum`` (what serves the coercer best), ``asked`` (at an asked price,
    ``asked_percent``), ``traced``, or ``largest`` (harm within the bounds, whatever it costs).
    Harm: what the target loses; cost: what the coercer loses, negative where it gains; both
    against the status quo, in percent of base real income and billion USD. ``rates`` (K,): what
    is added by each lever. ``gap``: how much more harm (percent; at the own optimum: gain) the
    last fresh searches found; None where none was made.
    """

    role: str
    asked_percent: float | None
    harm_percent: float
    harm_bn: float
    cost_percent: float
    cost_bn: float
    rates: Array
    outcome: Outcome
    gap: float | None
    note: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Frontier:
    """Points from cheap to dear, with the levers that they use."""

    world: World
    target: str
    coercer: tuple[str, ...]
    closure: Closure
    levers: LeverSet
    points: tuple[FrontierPoint, ...]
    instruments: tuple[str, ...]
    bounds: tuple[float, float]
    solves: int
    note: str = ""

    def __repr__(self) -> str:
        spans = ""
        if self.points:
            first, last = self.points[0], self.points[-1]
            spans = (
                f", {first.harm_percent:.3g} % at a cost of {first.cost_percent:.3g} % to "
                f"{last.harm_percent:.3g} % at {last.cost_percent:.3g} %"
            )
        return (
            f"<Frontier of {'+'.join(self.coercer)} against {self.target} in {self.world.name}: "
            f"{len(self.points)} points{spans}>"
        )

    @property
    def harm(self) -> Array:
        """What the target loses at each point, percent of real income, cheap to dear."""
        return np.array([p.harm_percent for p in self.points])

    @property
    def cost(self) -> Array:
        """What the coercer loses at each point, percent of its real income; negative: a gain."""
        return np.array([p.cost_percent for p in self.points])

    @property
    def gap(self) -> float | None:
        """The most harm (percent) that fresh searches found on top; None where none was made."""
        return max((p.gap for p in self.points if p.gap is not None), default=None)

    def at(self, price: float) -> FrontierPoint:
        """The point at an asked price (percent of the coercer's real income)."""
        for point in self.points:
            if point.asked_percent is not None and abs(point.asked_percent - price) < _NEARLY:
                return point
        if self.points and price >= self.points[-1].cost_percent:
            return self.points[-1]
        asked = ", ".join(
            f"{p.asked_percent:g}" for p in self.points if p.asked_percent is not None
        )
        raise OptionError(
            f"the frontier was not traced at a cost of {price:g} %.",
            f"It was asked for {asked or 'no price'}; name yours in prices=.",
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row for each point, cheap to dear; percent of real income and billion USD."""
        import pandas as pd

        names = ("role", "asked_percent", "cost_percent", "cost_bn", "harm_percent", "harm_bn")
        rows = [
            {
                **{name: getattr(p, name) for name in names},
                "gap_percent": p.gap,
                "certificate": p.outcome.certificate.worst,
                "note": p.note,
            }
            for p in self.points
        ]
        frame = pd.DataFrame(
            rows, columns=[*names, "gap_percent", "certificate", "note"], dtype=object
        ).infer_objects()
        frame.attrs.update(self._attrs())
        return frame

    @property
    def rates(self) -> pd.DataFrame:
        """What each lever adds at each point, percent: rows are points, columns levers."""
        import pandas as pd

        columns = pd.MultiIndex.from_tuples(
            [(lever.instrument, lever.sector or CAPITAL) for lever in self.levers.levers],
            names=["instrument", "sector"],
        )
        values = np.array([100 * p.rates for p in self.points]).reshape(-1, len(columns))
        frame = pd.DataFrame(values, columns=columns)
        frame.attrs.update(self._attrs())
        return frame

    def carried(self, point: FrontierPoint) -> pd.DataFrame:
        """What each lever carries of a point's harm and cost, percent: they add up to both.

        Every lever's part is its slope summed along the way on which all rates rise together
        from nothing to the point (Aumann & Shapley 1974); ``attrs["residual"]`` is the largest
        difference of the sums from the exact figures, left by the integration.
        """
        import pandas as pd

        land = Landscape(self.levers, self.closure)
        goals = (self._goal((self.target,)), self._goal(self.coercer))
        end = np.log1p(point.rates)
        nodes, weights = np.polynomial.legendre.leggauss(_PATH)
        parts = np.zeros((2, len(self.levers)))
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            for k, goal in enumerate(goals):
                parts[k] -= weight * land.slope(goal, node * end) * end
        exact = np.array([point.harm_percent, point.cost_percent])
        frame = pd.DataFrame(
            {
                "instrument": [lever.instrument for lever in self.levers.levers],
                "sector": [lever.sector or CAPITAL for lever in self.levers.levers],
                "rate_percent": 100 * point.rates,
                "harm_percent": parts[0],
                "cost_percent": parts[1],
            }
        )
        residual = float(np.abs(parts.sum(1) - exact).max())
        frame.attrs.update(self._attrs(), residual=residual)
        return frame

    def _goal(self, regions: Sequence[str]) -> Goal:
        return Goal.of(self.world, self.closure, regions)

    def _attrs(self) -> dict[str, object]:
        return {
            "world": self.world.name,
            "base_year": self.world.base_year,
            "closure": self.closure.describe(),
        }


def frontier(
    world: World,
    coercer: Spec,
    target: Spec,
    *,
    points: int = 12,
    prices: Sequence[float] = PRICES,
    instruments: Sequence[str] = ("tariff", "export-tax"),
    sectors: Spec = None,
    bounds: tuple[float, float] = BOUNDS,
    given: Shock | None = None,
    withdrawal: float | None = None,
    positions: Positions | None = None,
    closure: Closure | None = None,
    searches: int = 1,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """How much a coercer can hurt a target, for each price that it is ready to pay itself.

    ``coercer``: a region, a group, or a list acting together; ``target``: one region.
    ``instruments``: ``tariff`` on what the coercer buys from the target, ``export-tax`` on
    what it sells to it, each by sector of ``sectors`` (default: goods), added to the rates of
    the status quo (``given``, or the base) within ``bounds`` (fractions); and
    ``capital-withdrawal``: up to the part ``withdrawal`` (default: parameter
    ``capital.divestible``) of the coercer's direct investment in the target leaves, by
    ``positions`` (default: those of the package, constructed). ``prices``: costs to
    answer exactly, percent of the coercer's base real income; negative ones are gains.
    ``points``: how many, from the coercer's own optimum to the largest harm within the bounds;
    the two ends and the prices asked for are always there. ``closure``: default the medium horizon.

    Every point is the best of a start from all levers' own curves, of its neighbours on both
    sides (the frontier is traced from cheap to dear and back), and of ``searches`` rounds of
    fresh searches (``seed``): from drawn rates, and with a few drawn levers thrown to the other
    end of their range. It is then solved anew and certified. No answer of the target is
    counted; legal authority is not checked. A target that
    does not trade these goods with the coercer gives a frontier without points, and says so.

    Raises ``InputError`` where the sides overlap, ``OptionError`` for no or unknown
    instruments, crossed bounds and fewer than 2 points, and what ``solve`` raises.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    checked_run(seed, workers, searches)
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    hurt, against = two_sides(world, target, coercer)
    used = _instruments(instruments)
    check_withdrawal(withdrawal, positions)
    low, high = checked_bounds(bounds)
    if not low <= 0 <= high:
        raise OptionError(
            f"bounds={bounds!r}: what is added to the rates must be able to be nothing.",
            "Let the bounds hold 0: (0, 1) is up to 100 points on top.",
        )
    prices = _prices(prices)
    if whole(points, "points", 0, _MOST_POINTS, "points=12") < 2:
        raise OptionError(f"points={points}: a frontier has two ends.", "Ask for 2 or more.")
    if sectors is None and "goods" in world.sector_groups:
        sectors = "goods"
    labels = world.labels.resolve_sectors(sectors)
    wanted = [
        lever
        for name in used
        if name in FIELDS
        for lever in bilateral_levers(world, against, (hurt,), name, labels)
    ]
    levers = lever_set(world, given, wanted, bounds, adds=True)
    if WITHDRAWAL in used:
        taken, most = withdrawal_lever(world, hurt, against, withdrawal, positions)
        if most > 0 and taken.transfer.any():
            levers = with_withdrawal(levers, taken, most)
    between = (low, high)
    if not len(levers):
        note = (
            f"{hurt} does not trade these goods with {'+'.join(against)}: harm 0 at any price, "
            "and nothing to search."
        )
        return Frontier(world, hurt, against, closure, levers, (), used, between, 0, note)
    kept = Kept("frontier", levers, closure, hurt, against, points, prices, searches, seed)
    places, solves = _kept(kept) or ((), 0)
    if not places:
        trace = Trace(levers, closure, (hurt,), against, searches, seed, threads(workers))
        with one_blas_thread():
            places = tuple(_Place.of(a, trace) for a in trace.run(points, prices, progress))
        solves = trace.solves
        kept.write({"places": [place.plain() for place in places], "solves": solves})
    before = solve(world, given, closure)
    found = tuple(_point(levers, closure, before, hurt, against, place) for place in places)
    return Frontier(world, hurt, against, closure, levers, found, used, between, solves)


@dataclass(frozen=True, eq=False)
class _Place:
    """A place of the frontier as it was found: its rates, and what is said of the search."""

    role: str
    asked: float | None
    gap: float | None
    note: str
    rates: Array

    @classmethod
    def of(cls, aim: Aim, trace: Trace) -> _Place:
        return cls(aim.role, aim.asked, aim.gap, aim.note, trace.setting(aim))

    def plain(self) -> dict[str, Any]:
        return {**vars(self), "rates": self.rates.tolist()}


def _kept(kept: Kept) -> tuple[tuple[_Place, ...], int] | None:
    """The places that were found before, and with how many solves; None if they are not whole."""
    known = kept.read()
    try:
        rows = [] if known is None else list(known["places"])
        places = tuple(_Place(**{**row, "rates": kept.setting(row["rates"])}) for row in rows)
        whole = bool(places) and all(place.rates is not None for place in places)
        return (places, int(known["solves"])) if known is not None and whole else None
    except (KeyError, TypeError, ValueError):
        return None


def _point(
    levers: LeverSet,
    closure: Closure,
    before: Outcome,
    target: str,
    coercer: tuple[str, ...],
    place: _Place,
) -> FrontierPoint:
    """A place of the frontier, solved anew and certified."""
    rates = place.rates
    outcome = solve(levers.world, levers.shock(rates), closure)
    harm, cost = (
        np.array(effect(outcome, side)) - np.array(effect(before, side))
        for side in ((target,), coercer)
    )
    return FrontierPoint(
        role=place.role,
        asked_percent=place.asked,
        harm_percent=float(harm[0]),
        harm_bn=float(harm[1]),
        cost_percent=float(cost[0]),
        cost_bn=float(cost[1]),
        rates=rates,
        outcome=outcome,
        gap=place.gap,
        note=" ".join(part for part in (place.note, _bound_note(levers, place)) if part),
    )


def _bound_note(levers: LeverSet, place: _Place) -> str:
    """What a reader must know of the largest harm, and of a point that a search still raised."""
    said = []
    if place.role == "largest":
        held = int((place.rates >= levers.upper - _NEARLY).sum())
        said.append(f"{held} of {place.rates.size} rates are at their upper bound.")
    if place.gap is not None and place.gap > ENOUGH:
        said.append(f"The last fresh searches still found {place.gap:.0e} % more.")
    return " ".join(said)


def _instruments(instruments: Sequence[str]) -> tuple[str, ...]:
    given = names_in(instruments, "instruments", "('tariff', 'export-tax')")
    if not given:
        raise OptionError(
            "instruments is empty: a coercer without instruments does nothing.",
            f"Choose from {', '.join(_SEARCHED)}.",
        )
    for name in given:
        if name not in _SEARCHED:
            raise OptionError(
                f"instruments: {name!r} cannot be searched; {', '.join(_SEARCHED)} can.",
                nearest(name, _SEARCHED),
            )
    return tuple(dict.fromkeys(given))


def _prices(prices: Sequence[float]) -> tuple[float, ...]:
    if isinstance(prices, str) or not isinstance(prices, Iterable):
        raise OptionError(f"prices={prices!r} is no list of numbers.", "For example: (0.0, 0.1).")
    return tuple(sorted({finite(price, "a price", "prices=(0.0, 0.1)") for price in prices}))
