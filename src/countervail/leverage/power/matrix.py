"""The power matrix: who loses how much if who ends all trade with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state, solve
from countervail.equilibrium.threads import threads
from countervail.errors import InputError, SolveError, require_kind
from countervail.leverage.power.kept import Losses, Pair, PairLoss, Store
from countervail.leverage.power.slopes import cost_slopes
from countervail.world.core import World
from countervail.world.labels import Spec
from countervail.world.totals import foreign_flows

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]

AXES = ("target", "coercer")
NO_TRADE = "no trade between the two"
_HARMLESS = 1e-6  # percent of real income: the solver's noise is near 1e-8; below, a ratio is noise
_CHUNK = 64  # pairs between two writes to disk; also how long Ctrl-C waits


@dataclass(frozen=True, eq=False, repr=False)
class Power:
    """Losses by target and coercer in one world, labelled, with unit, world and closure.

    ``regions``: the labels on both axes, in the order of the world. ``plain`` holds the
    bare matrices (target, coercer): ``loss`` and ``certificate`` where the cut-offs were
    solved, and ``first_order``. ``notes`` says of a pair (target, coercer) why its figure
    is zero or missing; a pair without certified equilibrium is NaN in every matrix, named in
    ``attrs["without_certified_equilibrium"]``, and left out of sums.
    """

    world: World
    closure: Closure
    regions: tuple[str, ...]
    plain: Mapping[str, Array]
    notes: Mapping[tuple[str, str], str]

    def __repr__(self) -> str:
        what = "cut-offs and first order" if self.exact else "first order"
        most = self.plain["loss" if self.exact else "first_order"]
        n, m = np.unravel_index(int(np.nanargmax(most)), most.shape)
        unit = "%" if self.exact else "% per 1 % of cost"
        return (
            f"<Power in {self.world.name}: {len(self.regions)} regions, {what}; most: "
            f"{self.regions[n]} loses {most[n, m]:.3g} {unit} by {self.regions[m]}>"
        )

    @property
    def exact(self) -> bool:
        """Whether the cut-offs were solved, not only their first order."""
        return "loss" in self.plain

    @property
    def loss(self) -> xr.DataArray:
        """Percent of real income that the target loses if all its trade with the coercer ends."""
        return self._matrix("loss", self._solved("loss"), "percent of real income")

    @property
    def loss_bn(self) -> xr.DataArray:
        """``loss`` as a sum of money: equivalent variation at base prices, billion USD a year."""
        return self._matrix("loss_bn", self._bn(), "billion USD")

    @property
    def first_order(self) -> xr.DataArray:
        """Percent of the target's real income per 1 % rise of the cost of all trade with it."""
        unit = "percent of real income per 1 percent of trade cost, both ways"
        return self._matrix("first_order", self.plain["first_order"], unit)

    @property
    def leverage_ratio(self) -> xr.DataArray:
        """The coercer's loss over the target's at the cut-off, each in percent of its own income.

        1 is symmetric, small is cheap for the coercer, below 0 it gains. Infinite where
        the target is not harmed: nothing it would lose, at any price.
        """
        return self._matrix("leverage_ratio", self._ratio(), "ratio")

    @property
    def coercive_power(self) -> xr.DataArray:
        """What a coercer could take: the sum over targets of income times loss, billion USD."""
        return self._vector("coercive_power", np.nansum(self._bn(), axis=0), "coercer")

    @property
    def income_bn(self) -> xr.DataArray:
        """Income of each target in the base that losses are measured against, billion USD."""
        return self._vector("income_bn", self._income(), "target")

    @property
    def certificate(self) -> float:
        """The largest relative residual of any equation in any cut-off that was solved."""
        solved = self._solved("certificate")
        return float(np.nanmax(solved))

    @property
    def table(self) -> pd.DataFrame:
        """One row for every ordered pair of different regions, in the order of the world.

        Columns ``target``, ``coercer``, ``first_order``, and where cut-offs were solved
        ``loss_percent``, ``loss_bn``, ``cost_percent``, ``cost_bn`` (the coercer's own),
        ``leverage_ratio``, ``certificate``; ``note``. Missing (NaN, as pandas has it) where no
        certified equilibrium was found; the note then says why.
        """
        import pandas as pd

        n, m = np.nonzero(~np.eye(len(self.regions), dtype=bool))
        labels = np.array(self.regions, dtype=object)
        columns: dict[str, object] = {"target": labels[n], "coercer": labels[m]}
        if self.exact:
            loss, money = self.plain["loss"], self._bn()
            columns |= {
                "loss_percent": loss[n, m],
                "loss_bn": money[n, m],
                "cost_percent": loss[m, n],
                "cost_bn": money[m, n],
                "leverage_ratio": self._ratio()[n, m],
            }
        columns["first_order"] = self.plain["first_order"][n, m]
        if self.exact:
            columns["certificate"] = self.plain["certificate"][n, m]
        columns["note"] = [
            self.notes.get((self.regions[a], self.regions[b]), "")
            for a, b in zip(n, m, strict=True)
        ]
        frame = pd.DataFrame(columns)
        frame.attrs.update(self._attrs("see the column names"))
        return frame

    # -- inside ---------------------------------------------------------------------

    def _solved(self, name: str) -> Array:
        if not self.exact:
            raise InputError(
                "this power matrix holds the first order alone (exact=False).",
                "Ask for power(world, exact=True).",
            )
        return self.plain[name]

    def _income(self) -> Array:
        at = [self.world.regions.index(r) for r in self.regions]
        income: Array = base_state(self.world, self.closure).recomputed.income[at] / 1000.0
        return income

    def _bn(self) -> Array:
        return self._solved("loss") / 100.0 * self._income()[:, None]

    def _ratio(self) -> Array:
        loss = self._solved("loss")
        harmed = loss > _HARMLESS
        ratio = np.where(harmed, loss.T / np.where(harmed, loss, 1.0), np.inf)
        return np.where(np.isnan(loss), np.nan, ratio)

    def _attrs(self, unit: str) -> dict[str, object]:
        attrs: dict[str, object] = {
            "unit": unit,
            "base_year": self.world.base_year,
            "world": self.world.name,
            "closure": self.closure.describe(),
        }
        if self.exact:
            missing = np.argwhere(np.isnan(self.plain["loss"])).tolist()
            attrs["certificate"] = self.certificate
            attrs["without_certified_equilibrium"] = ", ".join(
                f"{self.regions[a]}-{self.regions[b]}" for a, b in missing if a < b
            )
        return attrs

    def _matrix(self, name: str, values: Array, unit: str) -> xr.DataArray:
        import xarray as xr

        coords = {axis: list(self.regions) for axis in AXES}
        return xr.DataArray(
            np.array(values), coords=coords, dims=AXES, name=name, attrs=self._attrs(unit)
        )

    def _vector(self, name: str, values: Array, axis: str) -> xr.DataArray:
        import xarray as xr

        return xr.DataArray(
            values,
            coords={axis: list(self.regions)},
            dims=(axis,),
            name=name,
            attrs=self._attrs("billion USD"),
        )


def power(
    world: World,
    closure: Closure | None = None,
    *,
    exact: bool = True,
    regions: Spec = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    keep: bool = True,
) -> Power:
    """Who can be cornered by whom: the loss of every target if a coercer ends all trade with it.

    For every ordered pair: ``loss``, percent of the target's real income if all trade
    between the two ends both ways (``Shock.cut_off``), exactly solved and certified; and
    ``first_order``, percent lost per 1 % rise of the cost of all trade between the two,
    both ways, by the adjoint. A cut-off is one shock seen from two sides: what it costs
    the coercer is the entry of the pair reversed, and one solve gives both. Pairs that do
    not trade lose exactly 0 and are not solved.

    ``closure``: default ``Closure.of_horizon("medium")``. ``exact=False``: first order
    alone. ``regions``: only pairs among these (default all; the others stay in the world).
    A group that should act as one is merged first (``world.aggregate``). ``workers``:
    threads (default: the cores). ``progress(done, total)``: called as targets and pairs
    finish. ``keep``: read and write finished pairs in the user's cache folder (see
    ``leverage/power/kept.py``), so that an interrupted run goes on where it stopped.

    A pair without certified equilibrium gets a note and stops nothing. Raises
    ``UnknownLabelError``; ``InputError`` for fewer than two regions; what ``solve`` raises
    for the base.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    cores = threads(workers)
    chosen = sorted(world.resolve_regions(regions))
    if len(chosen) < 2:
        raise InputError(
            f"a power matrix needs two regions, and here is {world.regions[chosen[0]]} alone.",
            "Name at least two, or leave regions out for all.",
        )
    pairs = [(a, b) for k, a in enumerate(chosen) for b in chosen[k + 1 :]]
    count = _Counter(progress, len(chosen) + (len(pairs) if exact else 0))
    slopes = cost_slopes(world, closure, chosen, cores, count.one)
    labels = tuple(world.regions[n] for n in chosen)
    if not exact:
        return Power(world, closure, labels, {"first_order": _sealed(slopes[:, chosen])}, {})
    trading = _trading(world)
    apart = [pair for pair in pairs if not trading[pair]]
    count.add(len(apart))
    solved, failed = _cut_offs(world, closure, [p for p in pairs if trading[p]], cores, keep, count)
    place = {n: k for k, n in enumerate(chosen)}
    loss, certificate = np.zeros((2, len(chosen), len(chosen)))
    for (a, b), one in solved.items():
        loss[place[a], place[b]], loss[place[b], place[a]] = one.first, one.second
        certificate[place[a], place[b]] = certificate[place[b], place[a]] = one.certificate
    notes = dict.fromkeys(apart, NO_TRADE)
    for (a, b), why in failed.items():
        notes[a, b] = f"No certified equilibrium: {why}"
        for matrix in (loss, certificate):
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = np.nan
    plain = {"loss": loss, "first_order": slopes[:, chosen], "certificate": certificate}
    return Power(
        world,
        closure,
        labels,
        {name: _sealed(values) for name, values in plain.items()},
        _both_ways(world, notes),
    )


class _Counter:
    """Counts what is finished, and tells the caller."""

    def __init__(self, progress: Callable[[int, int], None] | None, total: int) -> None:
        self.progress, self.total, self.finished = progress, total, 0

    def add(self, count: int) -> None:
        self.finished += count
        if self.progress is not None:
            self.progress(self.finished, self.total)

    def one(self) -> None:
        self.add(1)


def _cut_offs(
    world: World, closure: Closure, pairs: list[Pair], threads: int, keep: bool, count: _Counter
) -> tuple[Losses, dict[Pair, str]]:
    """(losses of the pairs that have a certified equilibrium, why the others have none)."""
    base_state(world, closure)  # what fails here fails for every pair

    def cut(pair: Pair) -> PairLoss:
        # The outcome itself, several arrays of (sector, region, region), is not kept.
        a, b = pair
        shock = Shock(world).cut_off(world.regions[a], world.regions[b])
        outcome = solve(world, shock, closure)
        lost = -outcome.welfare_percent
        return PairLoss(float(lost[a]), float(lost[b]), outcome.certificate.worst)

    def attempt(pair: Pair) -> PairLoss | SolveError:
        try:
            return cut(pair)
        except SolveError as error:
            return error

    store = Store(world, closure, keep)
    known = store.read(cut)
    wanted = set(pairs)
    solved = {pair: one for pair, one in known.items() if pair in wanted}
    failed: dict[Pair, str] = {}
    count.add(len(solved))
    missing = [pair for pair in pairs if pair not in known]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            for pair, found in zip(chunk, pool.map(attempt, chunk), strict=True):
                if isinstance(found, SolveError):
                    failed[pair] = found.cause
                else:
                    solved[pair] = known[pair] = found
                count.one()
            store.write(known)
    return solved, failed


def _trading(world: World) -> npt.NDArray[np.bool_]:
    """Which regions trade with each other at all, in either direction."""
    flows = foreign_flows(world).sum(0)
    trading: npt.NDArray[np.bool_] = (flows + flows.T) > 0
    return trading


def _both_ways(world: World, notes: Mapping[Pair, str]) -> dict[tuple[str, str], str]:
    labels = world.regions
    one_way = {(labels[a], labels[b]): why for (a, b), why in notes.items()}
    return one_way | {(b, a): why for (a, b), why in one_way.items()}


def _sealed(values: Array) -> Array:
    own = np.array(values) + 0.0
    own.flags.writeable = False
    return own
