"""The deals of a scenario, solved: what each does alone, and what all of them do together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from countervail.brief.results import DealRow
from countervail.channels.amounts import describe
from countervail.channels.case import Case, Layers
from countervail.channels.deals import RULE, combined, move_of
from countervail.channels.delivery import delivery_of, draw_deliveries
from countervail.channels.move import Move
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import AXES, Shock
from countervail.equilibrium.solve import solve_batch
from countervail.errors import OptionError, nearest
from countervail.leverage.effect import effect
from countervail.scenario.deals import Deal
from countervail.scenario.origin import found_in
from countervail.scenario.schema import Scenario
from countervail.sheets.worlds import region_name
from countervail.world.core import World

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 200
"""Futures drawn for the range of what all deals do together."""

SEED = 0

Told = Callable[[int, int], None] | None


@dataclass(frozen=True, eq=False)
class Struck:
    """A deal with its move in full and at its own chance of delivery."""

    deal: Deal
    full: Move
    expected: Move

    @property
    def acts(self) -> bool:
        """Whether the deal, in full, differs from what stands without it."""
        return not (self.full.shock.is_empty and self.full.standing.is_empty)


def struck(
    world: World, scenario: Scenario, closure: Closure, coercer: tuple[str, ...] = ()
) -> tuple[Struck, ...]:
    """Every deal of the scenario as moves. Raises what the channels raise for bad input."""
    target = protagonist_of(world, scenario)
    case = Case(world, target, closure, Layers.of(world, scenario), coercer)
    found = []
    for deal in scenario.deals:
        with found_in(scenario, "deal", deal.id):
            found.append(Struck(deal, move_of(case, deal, 1.0), move_of(case, deal)))
    return tuple(found)


def protagonist_of(world: World, scenario: Scenario) -> str:
    """The scenario's protagonist as a label of the world."""
    return world.labels.resolve_regions(scenario.protagonist)[0]


def only(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the deal called ``name`` alone; ``OptionError`` names the nearest."""
    known = [deal.id for deal in scenario.deals]
    if name not in known:
        raise OptionError(
            f"the scenario has no deal {name!r}; it has {', '.join(known) or 'none'}.",
            nearest(name, known),
        )
    kept = tuple(deal for deal in scenario.deals if deal.id == name)
    payers = tuple(payer for payer in scenario.financiers if payer.deal in (None, name))
    return scenario.model_copy(update={"deals": kept, "financiers": payers})


def combined_changes(found: Deals, *names: str) -> list[dict[str, Any]]:
    """What the deals named (none: all) move together in full: cells, and the largest change.

    By field, with the labels of the place of the largest; against what stands without any of
    them. Tariffs in percentage points, costs and productivity in percent, transfers in million USD.
    """
    shock = found.shock(*names)
    before = combined(found.world, [one.full for one in found.moves], on=())
    every = (_change(shock, before, field) for field in AXES)
    return [change for change in every if change is not None]


def _change(shock: Shock, standing: Shock, field: str) -> dict[str, Any] | None:
    hats = field in ("trade_cost", "productivity", "labour")
    after, before = shock.array(field), standing.array(field)
    if hats:
        moved = 100.0 * (after / before - 1.0)
    else:
        moved = (after - before) * (1.0 if field == "transfer" else 100.0)
    cells = int(np.count_nonzero(moved))
    if not cells:
        return None
    place = np.unravel_index(int(np.argmax(np.abs(moved))), moved.shape)
    labels = {"sector": shock.world.sectors}
    where = tuple(
        labels.get(axis, shock.world.regions)[int(k)]
        for axis, k in zip(AXES[field], place, strict=True)
    )
    unit = "million USD a year" if field == "transfer" else "percent" if hats else "points"
    return {
        "field": field,
        "cells": cells,
        "where": where,
        "largest": float(moved[place]),
        "unit": unit,
    }


@dataclass(frozen=True, eq=False, repr=False)
class Deals:
    """The deals of a scenario, solved: each alone, all together, and in drawn futures.

    ``rows``: one for each deal, with its gain in full, at the expected delivery and under a full
    cut-off, percent of the protagonist's real income and billion USD of the base year, against
    the status quo (the world with what stands without any of the deals). ``together``: the same
    of all at once, and the 10th, 50th and 90th percentile over futures in which each is
    delivered or not.
    """

    world: World
    protagonist: str
    closure: Closure
    moves: tuple[Struck, ...]
    rows: tuple[DealRow, ...]
    together: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "together", MappingProxyType(dict(self.together)))

    def __repr__(self) -> str:
        return f"<Deals of {self.protagonist} in {self.world.name}: {len(self.rows)}>"

    @property
    def table(self) -> pd.DataFrame:
        """One row for each deal; units are in the column names."""
        import pandas as pd

        frame = pd.DataFrame([asdict(row) for row in self.rows])
        frame.attrs.update(
            world=self.world.name,
            base_year=self.world.base_year,
            closure=self.closure.describe(),
            rule=RULE,
        )
        return frame

    def row(self, name: str) -> DealRow:
        """The row of the deal called ``name``; ``OptionError`` names the nearest."""
        for row in self.rows:
            if row.id == name:
                return row
        known = [row.id for row in self.rows]
        raise OptionError(f"there is no deal {name!r}.", nearest(name, known))

    def shock(self, *names: str, expected: bool = False) -> Shock:
        """The shock of the deals named (none: of all), in full or at the ``expected`` delivery.

        From the base year; what stands without the other deals is in it. See ``RULE``.
        """
        for name in names:
            self.row(name)
        on = names or tuple(row.id for row in self.rows)
        parts = [one.expected if expected and one.deal.id in on else one.full for one in self.moves]
        return combined(self.world, parts, on=on)


def solved_deals(
    world: World,
    scenario: Scenario,
    closure: Closure,
    coercer: Sequence[str],
    workers: int | None = None,
    progress: Told = None,
) -> Deals:
    """Every deal of the scenario, alone and together, in the full equilibrium.

    Raises what the channels raise for bad input; a deal without a certified equilibrium says so
    in its row.
    """
    every = struck(world, scenario, closure, tuple(coercer))
    target = protagonist_of(world, scenario)
    if not every:
        return Deals(world, target, closure, (), (), {})
    solver = _Solver(world, closure, target, tuple(coercer))
    drawn = _futures(scenario, every, target)
    found = solver.solve(_asked(world, every, solver, drawn), workers, progress)
    rows = tuple(_row(world, one, solver, found) for one in every)
    together = dict(_together(solver, found, drawn))
    worn = sum(one.full.replacement for one in every if one.acts) / 1000
    if worn and together["deals_together_bn"] is not None:
        together["deals_net_bn"] = together["deals_together_bn"] - worn
    return Deals(world, target, closure, every, rows, together)


def deal_rows(found: Deals) -> dict[str, Any]:
    """The fields of ``Results`` about deals."""
    if not found.rows:
        return {"deals": ()}
    return {"deals": found.rows, "deals_rule": RULE, **found.together}


def _asked(
    world: World, every: Sequence[Struck], solver: _Solver, drawn: Sequence[tuple[str, ...]]
) -> dict[str, Shock]:
    """Every shock that the sheet needs, by name."""
    full = [one.full for one in every]
    quo = combined(world, full, on=())
    cut = Shock(world).cut_off(solver.coercer, solver.target)
    asked: dict[str, Shock] = {"quo": quo, "quo|cut": quo.plus(cut)}
    for one in every:
        if not one.acts:
            continue
        name = one.deal.id
        alone = combined(world, full, on=(name,))
        asked[f"{name}|full"] = alone
        asked[f"{name}|cut"] = combined(world, full, on=(name,), cut=True).plus(cut)
        mixed = [one.expected if move.id == name else move for move in full]
        asked[f"{name}|expected"] = combined(world, mixed, on=(name,))
        if one.full.building is not None:
            asked[f"{name}|building"] = quo.plus(one.full.building)
    if any(one.acts or not one.full.not_quantified for one in every):
        asked["all|full"] = combined(world, full)
        asked["all|cut"] = combined(world, full, cut=True).plus(cut)
        asked["all|expected"] = combined(world, [one.expected for one in every])
    for future in set(drawn):
        asked[f"drawn|{'+'.join(future)}"] = combined(world, full, on=future)
    return asked


class _Solver:
    """Solves named shocks and says what each is worth against the status quo."""

    def __init__(
        self, world: World, closure: Closure, target: str, coercer: tuple[str, ...]
    ) -> None:
        self.world, self.closure = world, closure
        self.target, self.coercer = target, coercer

    def solve(
        self, asked: dict[str, Shock], workers: int | None, progress: Told
    ) -> dict[str, Outcome | Failure]:
        outcomes = solve_batch(
            self.world,
            list(asked.values()),
            self.closure,
            workers=workers,
            on_failure="record",
            progress=None if progress is None else lambda n: progress(n, len(asked)),
        )
        return dict(zip(asked, outcomes, strict=True))

    def gain(
        self,
        found: dict[str, Outcome | Failure],
        name: str,
        against: str = "quo",
        who: Sequence[str] | None = None,
    ) -> tuple[float | None, float | None]:
        """(percent of real income, US$ bn) that ``who`` gains in ``name`` over ``against``."""
        after, before = found.get(name), found.get(against)
        if not isinstance(after, Outcome) or not isinstance(before, Outcome):
            return None, None
        regions = (self.target,) if who is None else who
        then, now = effect(after, regions), effect(before, regions)
        return now[0] - then[0], now[1] - then[1]


def _row(
    world: World, one: Struck, solver: _Solver, found: dict[str, Outcome | Failure]
) -> DealRow:
    deal, name = one.deal, one.deal.id
    chance = delivery_of(deal)
    reason, certificate = one.full.not_quantified, None
    outcome = found.get(f"{name}|full")
    if isinstance(outcome, Failure):
        reason = f"No certified equilibrium: {outcome.error.cause}"
    elif outcome is not None:
        certificate = outcome.certificate.worst
    nothing = (0.0, 0.0) if not one.acts and not reason else (None, None)
    full = solver.gain(found, f"{name}|full") if one.acts else nothing
    expected = solver.gain(found, f"{name}|expected") if one.acts else nothing
    theirs = solver.gain(found, f"{name}|full", who=solver.coercer) if one.acts else nothing
    threat = solver.gain(found, f"{name}|cut", "quo|cut") if one.acts else nothing
    replacing = one.full.replacement
    return DealRow(
        id=name,
        title=deal.title or name,
        kind=deal.kind,
        parties=tuple(region_name(party, world) for party in deal.parties),
        amount="" if deal.amount is None else describe(deal.amount),
        status=deal.status,
        date=deal.date.isoformat() if deal.date else "",
        note=" ".join(part for part in (deal.terms, deal.note) if part),
        not_quantified=reason,
        sources=deal.sources,
        delivery=chance.expected,
        delivery_low=chance.low,
        delivery_high=chance.high,
        delivery_source=chance.source,
        bound=deal.bound,
        full_percent=full[0],
        full_bn=full[1],
        expected_percent=expected[0],
        expected_bn=expected[1],
        threat_percent=threat[0],
        coercer_percent=theirs[0],
        coercer_bn=theirs[1],
        net_bn=full[1] - replacing / 1000 if replacing and full[1] is not None else None,
        building_percent=solver.gain(found, f"{name}|building")[0],
        moves=one.full.moves,
        why=one.full.why,
        indicators=tuple((i.label, i.value, i.unit) for i in one.full.indicators),
        certificate=certificate,
    )


def _futures(scenario: Scenario, every: Sequence[Struck], target: str) -> list[tuple[str, ...]]:
    """The deals that are delivered in each drawn future, among those that act."""
    acting = [one.deal for one in every if one.acts]
    if not acting:
        return []
    drawn = draw_deliveries(acting, target, DRAWS, seed=SEED)
    return [tuple(d.id for d, done in zip(acting, row, strict=True) if done) for row in drawn]


def _together(
    solver: _Solver, found: dict[str, Outcome | Failure], drawn: Iterable[tuple[str, ...]]
) -> dict[str, Any]:
    full, expected = solver.gain(found, "all|full"), solver.gain(found, "all|expected")
    struck_gain = solver.gain(found, "quo|cut")[0]
    values = [solver.gain(found, f"drawn|{'+'.join(future)}")[0] for future in drawn]
    known = [v for v in values if v is not None]
    spread = np.percentile(known, (10, 50, 90)) if known else (None, None, None)
    low, median, high = (None if v is None else float(v) for v in spread)
    return {
        "deals_together_percent": full[0],
        "deals_together_bn": full[1],
        "deals_expected_percent": expected[0],
        "deals_expected_bn": expected[1],
        "deals_threat_percent": solver.gain(found, "all|cut", "quo|cut")[0],
        "deals_struck_percent": None if struck_gain is None else -struck_gain,
        "deals_drawn_low_percent": low,
        "deals_drawn_median_percent": median,
        "deals_drawn_high_percent": high,
        "deals_draws": len(known),
    }
