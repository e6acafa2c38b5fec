"""Exposure: what a target has in the status quo, and what is left of it if a threat is real."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, get_args

from countervail.channels.arguments import names_in
from countervail.channels.transit import Transit
from countervail.equilibrium.closure import Balance, Closure, Horizon
from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve_batch
from countervail.equilibrium.threads import threads
from countervail.errors import OptionError, nearest, require_kind
from countervail.leverage.coercion.best_response import best_response
from countervail.leverage.coercion.retaliation import proportional
from countervail.leverage.coercion.sides import check_withdrawal, two_sides
from countervail.leverage.coercion.threat_shocks import (
    CUT_OFF,
    INSTRUMENTS,
    TRANSIT,
    Means,
    ThreatShock,
    acts_on_nothing,
    hardly_acts,
    threat_shock,
)
from countervail.leverage.effect import effect
from countervail.leverage.search.threads import one_blas_thread
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import pandas as pd

    from countervail.channels.capital.positions import Positions

RETALIATIONS = ("none", "proportional", "best-response")
HORIZONS = get_args(Horizon)
_CLOSED = "Trade is closed both ways; retaliation adds nothing."
_TRANSIT_OPEN = "Transit through the coercer stays open; its denial is a threat of its own."
_NO_TRADE_LEFT = "Hardly any trade is left that this acts on."
_NO_HARM = "Neither side loses by it."
_BELOW_ZERO = "Below zero: the target could have had these duties without the threat."
_HARMLESS = 1e-6  # percent of real income: the solver's noise is near 1e-8; below, a ratio is noise


@dataclass(frozen=True)
class ExposureCell:
    """One threat at one horizon, with one answer of the target.

    ``welfare_percent`` is the target's welfare in the status quo (W),
    ``disagreement_percent`` with the threat carried out (d), both in percent of base
    real income; ``exposure_percent`` is W - d, ``exposure_log_points`` the same in
    hundredths of a log, ``exposure_bn`` in billion USD of the base year (equivalent
    variation). ``cost_percent``, ``cost_bn``: what carrying it out costs the coercers
    together, against the status quo; negative where they gain. ``leverage_ratio``:
    cost over exposure, in percent of each side's income; 1 is symmetric; None where the target
    is not harmed. ``retaliation_rate``: the fraction added in a proportional answer of one
    kind (``note`` has the rates where both kinds of duty are answered).
    Figures are None where there is no certified equilibrium or no figure; ``note`` says why.
    """

    instrument: str
    label: str
    horizon: str
    retaliation: str
    welfare_percent: float | None = None
    disagreement_percent: float | None = None
    exposure_percent: float | None = None
    exposure_log_points: float | None = None
    exposure_bn: float | None = None
    cost_percent: float | None = None
    cost_bn: float | None = None
    leverage_ratio: float | None = None
    retaliation_rate: float | None = None
    certificate: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Exposure:
    """All cells, and how much of the target's economy works without the coercer.

    ``bypass_percent`` by horizon: real income with all trade with the coercer ended over
    real income in the status quo, percent; None where there is no certified equilibrium.
    """

    world: World
    target: str
    coercer: tuple[str, ...]
    cells: tuple[ExposureCell, ...]
    bypass_percent: Mapping[str, float | None]
    closures: Mapping[str, Closure]

    def __repr__(self) -> str:
        sides = f"{self.target} to {'+'.join(self.coercer)}"
        return f"<Exposure of {sides} in {self.world.name}: {len(self.cells)} cells>"

    @property
    def table(self) -> pd.DataFrame:
        """The cells as a table, one row each; units are in the column names."""
        import pandas as pd

        frame = pd.DataFrame([asdict(cell) for cell in self.cells])
        frame.attrs.update(
            world=self.world.name,
            base_year=self.world.base_year,
            closures={name: closure.describe() for name, closure in self.closures.items()},
        )
        return frame

    def cell(self, instrument: str, horizon: str, retaliation: str = "none") -> ExposureCell:
        """The cell of one instrument, horizon and answer; ``OptionError`` where there is none."""
        wanted = (instrument, horizon, retaliation)
        keys = ("instrument", "horizon", "retaliation")
        for key, value in zip(keys, wanted, strict=True):
            known = list(dict.fromkeys(getattr(cell, key) for cell in self.cells))
            if value not in known:
                raise OptionError(
                    f"no cell has the {key} {value!r}.", f"There are {', '.join(known)}."
                )
        (found,) = (c for c in self.cells if (c.instrument, c.horizon, c.retaliation) == wanted)
        return found


@dataclass(frozen=True)
class _Plan:
    """A cell to come: ``whole`` holds deals, threat and answer together; None: no figure.

    ``note`` is about the answer; what there is to say of the threat stands with the threat.
    """

    threat: ThreatShock
    retaliation: str
    whole: Shock | None
    rate: float | None = None
    note: str = ""
    best: bool = False  # the target's best answer to ``whole`` is still to be found


@dataclass(frozen=True)
class _Sides:
    world: World
    target: str
    coercer: tuple[str, ...]
    status_quo: Shock


def exposure(
    world: World,
    target: str,
    coercer: Spec,
    *,
    instruments: Sequence[str] = ("tariff", "export-tax", "export-ban", "transit-denial", CUT_OFF),
    rate: float = 0.25,
    sectors: Spec = None,
    horizons: Sequence[str] = ("short", "medium", "long"),
    retaliation: Sequence[str] = RETALIATIONS,
    balance: Balance = "fixed",
    given: Shock | None = None,
    threats: Mapping[str, Shock] | None = None,
    transit: Transit | None = None,
    withdrawal: float | None = None,
    positions: Positions | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    confirm_units: bool = False,
) -> Exposure:
    """What ``coercer`` can do to ``target``: W, d and W - d, and what it costs the coercer.

    ``target``: a region. ``coercer``: a region, a group or a list; all of them act
    together. ``instruments``: among ``INSTRUMENTS``, each on ``sectors`` (default: goods,
    where the world says which) at ``rate`` (a fraction added to the rate in force) where it
    has them; a cut-off ends all trade between the two sides. ``threats``: further ones ready
    made, shocks by name, as changes from the world as it stands. ``given``: deals in force,
    a shock as well; W is welfare with these, d with these and the threat. ``transit``: see
    ``Transit`` (default: the assumption for neighbours, judgement). ``withdrawal``,
    ``positions``: the part of the coercers' direct investment that a withdrawal of capital takes
    away, and what they hold (see ``withdrawal_of``). ``horizons``, ``balance``
    (of trade): see ``Closure.of_horizon``. ``workers``: threads (default: the
    cores). ``progress(done, total)`` is called as solves finish.

    ``retaliation``: ``none``; ``proportional``: duties of the same value at base trade
    (see ``leverage.coercion.retaliation``); ``best-response``: the duties by sector on trade
    with the coercer that are best for the target once the threat is carried out: import tariffs
    against import tariffs, import tariffs and export taxes against everything else (see
    ``leverage.coercion.best_response``). A large country can gain by duties whether it is
    threatened or not, so the last can lie below zero.

    Returns an ``Exposure``: every instrument x horizon x answer, and the bypass by horizon.
    A cell without certified equilibrium, or without a figure, says so in its note.
    Raises ``OptionError`` for names that are not offered, ``InputError`` where the sides
    overlap, and what ``Shock`` raises for rates, sectors and regions.

    Source: definition of this program (docs/notation.md).
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    region, against = two_sides(world, target, coercer)
    own = _ready_made(threats)
    chosen = _named(instruments, "instruments", INSTRUMENTS, may_be_empty=bool(own))
    answers = _named(retaliation, "retaliation", RETALIATIONS)
    closures = {h: Closure.of_horizon(h, balance) for h in _named(horizons, "horizons", HORIZONS)}
    if given is not None:
        require_kind(given, "given", Shock, "cv.Shock(world).tariff(...)")
    check_withdrawal(withdrawal, positions)
    if transit is not None:
        require_kind(transit, "transit", Transit, "cv.Transit(share=0.1, factor=1.2)")
    if sectors is None:
        sectors = "goods" if "goods" in world.sector_groups else "all"
    world.labels.resolve_sectors(sectors)  # named wrongly they are so in every threat
    nothing = Shock(world)
    status_quo = nothing if given is None or given.is_empty else nothing.plus(given)
    sides = _Sides(world, region, against, status_quo)
    means = Means(rate, sectors, transit, confirm_units, withdrawal, positions)
    cut = status_quo.plus(nothing.cut_off(against, region))
    plans = {}
    for horizon, closure in closures.items():
        made = [threat_shock(world, name, region, against, means, closure) for name in chosen]
        made = [_beside(threat, chosen) for threat in made]
        plans[horizon] = [
            plan for threat in (*made, *own) for plan in _plans(sides, threat, answers, cut)
        ]
    tick = _ticker(progress, sum(_work(sides, cut, rows) for rows in plans.values()))
    cells: list[ExposureCell] = []
    bypass: dict[str, float | None] = {}
    for horizon, closure in closures.items():
        solved = _solved(sides, cut, plans[horizon], closure, workers, tick)
        before = solved[id(sides.status_quo)]
        bypass[horizon] = _bypass(before, solved[id(cut)], region)
        for plan, after in _answered(sides, plans[horizon], solved, sectors, workers, tick):
            cells.append(_cell(sides, plan, horizon, before, after))
    return Exposure(world, region, against, tuple(cells), bypass, closures)


def _named(
    names: Sequence[str], what: str, offered: Sequence[str], may_be_empty: bool = False
) -> tuple[str, ...]:
    """Each name once; ``OptionError`` for one that is not offered, or for none at all."""
    listed = tuple(dict.fromkeys(names_in(names, what, f"({offered[0]!r},)")))
    if not listed and not may_be_empty:
        raise OptionError(f"no {what} named.", f"Offered are {', '.join(offered)}.")
    for name in listed:
        if name not in offered:
            raise OptionError(
                f"{what}: {name!r} is not offered; offered are {', '.join(offered)}.",
                nearest(name, offered),
            )
    return listed


def _ready_made(threats: Mapping[str, Shock] | None) -> list[ThreatShock]:
    if threats is not None:
        require_kind(threats, "threats", Mapping, "{'a ban': cv.Shock(world).trade_cost(...)}")
    for name, shock in (threats or {}).items():
        require_kind(shock, f"threats[{name!r}]", Shock, "cv.Shock(world).tariff(...)")
        if name in INSTRUMENTS:
            raise OptionError(f"threats: {name!r} is the name of an instrument.", "Rename it.")
    return [ThreatShock(name, name, shock) for name, shock in (threats or {}).items()]


def _beside(threat: ThreatShock, chosen: Sequence[str]) -> ThreatShock:
    """A cut-off that is shown beside a denial of transit says that it does not hold one."""
    if threat.name == CUT_OFF and TRANSIT in chosen:
        return replace(threat, note=_sentences(threat.note, _TRANSIT_OPEN))
    return threat


def _plans(
    sides: _Sides, threat: ThreatShock, answers: Sequence[str], cut: Shock
) -> Iterator[_Plan]:
    """The cells of one threat; answers that change nothing share one shock."""
    if threat.shock is None:
        yield from (_Plan(threat, answer, None) for answer in answers)
        return
    if acts_on_nothing(threat.shock):
        note = "There is no trade that this acts on: no harm, and nothing to answer."
        yield from (_Plan(threat, answer, sides.status_quo, note=note) for answer in answers)
        return
    closed = threat.name == CUT_OFF
    whole = cut if closed else sides.status_quo.plus(threat.shock)
    for answer in answers:
        if answer == "none":
            yield _Plan(threat, answer, whole)
        elif closed:
            yield _Plan(threat, answer, whole, note=_CLOSED)
        elif answer == "proportional":
            found = proportional(threat.shock, sides.target, sides.coercer, onto=whole)
            rate = next(iter(found.rates.values())) if len(found.rates) == 1 else None
            shock = found.shock if found.rates else whole
            yield _Plan(threat, answer, shock, rate, found.note)
        else:
            yield _Plan(threat, answer, whole, best=True)


def _ticker(report: Callable[[int, int], None] | None, total: int) -> Callable[[], None]:
    """What to call as each solve finishes."""
    count = itertools.count(1)
    return lambda: None if report is None else report(next(count), total)


def _shocks(sides: _Sides, cut: Shock, plans: Sequence[_Plan]) -> dict[int, Shock]:
    """Each shock that is solved as it stands, once, by identity."""
    wanted = [p.whole for p in plans if p.whole is not None]
    return {id(shock): shock for shock in (sides.status_quo, cut, *wanted)}


def _work(sides: _Sides, cut: Shock, plans: Sequence[_Plan]) -> int:
    return len(_shocks(sides, cut, plans)) + sum(plan.best for plan in plans)


def _solved(
    sides: _Sides,
    cut: Shock,
    plans: Sequence[_Plan],
    closure: Closure,
    workers: int | None,
    tick: Callable[[], None],
) -> dict[int, Outcome | Failure]:
    shocks = _shocks(sides, cut, plans)
    outcomes = solve_batch(
        sides.world,
        shocks.values(),
        closure,
        workers=workers,
        on_failure="record",
        progress=lambda _: tick(),
    )
    return dict(zip(shocks, outcomes, strict=True))


def _answered(
    sides: _Sides,
    plans: Sequence[_Plan],
    solved: Mapping[int, Outcome | Failure],
    sectors: Spec,
    workers: int | None,
    tick: Callable[[], None],
) -> Iterator[tuple[_Plan, Outcome | Failure | None]]:
    """Every plan with what follows from it, best responses searched for side by side."""

    def follow(plan: _Plan) -> tuple[_Plan, Outcome | Failure | None]:
        after = None if plan.whole is None else solved[id(plan.whole)]
        if not plan.best or not isinstance(after, Outcome):
            return plan, after
        assert plan.threat.shock is not None
        after, note = best_response(after, plan.threat.shock, sides.target, sides.coercer, sectors)
        return replace(plan, note=note), after

    if not any(plan.best for plan in plans):
        yield from map(follow, plans)
        return
    with one_blas_thread(), ThreadPoolExecutor(max_workers=threads(workers)) as pool:
        for plan, after in pool.map(follow, plans):
            if plan.best:
                tick()
            yield plan, after


def _bypass(before: Outcome | Failure, cut: Outcome | Failure, target: str) -> float | None:
    if isinstance(before, Failure) or isinstance(cut, Failure):
        return None
    return 100.0 * math.exp((_log_points(cut, target) - _log_points(before, target)) / 100.0)


def _log_points(outcome: Outcome, region: str) -> float:
    percent = outcome.welfare_percent[outcome.world.regions.index(region)]
    return 100.0 * math.log1p(percent / 100.0)


def _cell(
    sides: _Sides,
    plan: _Plan,
    horizon: str,
    before: Outcome | Failure,
    after: Outcome | Failure | None,
) -> ExposureCell:
    blank = ExposureCell(
        plan.threat.name,
        plan.threat.label,
        horizon,
        plan.retaliation,
        note=_sentences(plan.threat.note, plan.note),
    )
    failed = next((x for x in (before, after) if isinstance(x, Failure)), None)
    if failed is not None:
        said = f"No certified equilibrium: {failed.error.cause}"
        return replace(blank, note=_sentences(blank.note, said))
    if isinstance(before, Failure) or after is None or isinstance(after, Failure):
        return blank
    target = (sides.target,)
    was, becomes = effect(before, target), effect(after, target)
    spent = effect(before, sides.coercer), effect(after, sides.coercer)
    harm, cost = becomes[0] - was[0], spent[1][0] - spent[0][0]
    return replace(
        blank,
        note=_note(sides, plan, before, harm, cost),
        welfare_percent=-was[0],
        disagreement_percent=-becomes[0],
        exposure_percent=harm,
        exposure_log_points=_log_points(before, target[0]) - _log_points(after, target[0]),
        exposure_bn=becomes[1] - was[1],
        cost_percent=cost,
        cost_bn=spent[1][1] - spent[0][1],
        leverage_ratio=cost / harm if harm > _HARMLESS else None,
        retaliation_rate=plan.rate,
        certificate=max(before.certificate.worst, after.certificate.worst),
    )


def _note(sides: _Sides, plan: _Plan, before: Outcome, harm: float, cost: float) -> str:
    """What is to be said of a cell with figures: of the threat first, then of the answer."""
    threat, empty, below = plan.threat, "", ""
    if plan.whole is not sides.status_quo and threat.shock is not None:
        if hardly_acts(threat.shock, before):
            empty = _NO_TRADE_LEFT
        elif max(abs(harm), abs(cost)) < _HARMLESS:
            empty = _NO_HARM
        if plan.best and harm < -_HARMLESS:
            below = _BELOW_ZERO
    return _sentences(threat.note, empty, plan.note, below)


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)
