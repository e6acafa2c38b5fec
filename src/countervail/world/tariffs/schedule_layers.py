"""The rule that spreads a dated path of a country's mean tariff over chapters.

One snapshot gives the increase by chapter and exporter; a path gives each exporter's mean
increase at other dates. Proportional scaling would tax at one date what was exempt and
spare what was singled out, so the snapshot is split into two layers: *sector tariffs*
(metals, copper, cars, timber: what lies above the exporter's general rate) and the
*general tariff* (the rest). At each date the sector layer takes the rates in force and
the general layer whatever the path leaves; on dates when only one of them was in force it
takes the whole path. The source's lists leave out primary steel and aluminium before
April 2026, so these take over what it puts on goods made of metal, up to their legal rate.
Rates are never negative and every mean stays the path's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from countervail.world import registry
from countervail.world.arrays import Array
from countervail.world.tariffs.schedule_files import table

SNAPSHOT = "2025-08-07"
"""The date at which the chapter table equals the path."""

GENERAL_STARTS = "2025-04-05"
"""The first general tariff on all partners."""
ALONE_AT_FIRST = ("72", "73", "76", "87")
"""The chapters of primary metals and cars, whose tariffs began before it."""
EARLY = ("CHN", "HKG", "CAN", "MEX")
"""Exporters that paid a general tariff before all the others did."""
_GENERAL_VOID = "2026-02-20"
"""The day between two general tariffs: the courts had ended one, the next had not begun."""
_EXEMPT_SINCE = ("CAN", "MEX")
_SECTOR_ALONE = "2025-04-03"
NEEDED = (_SECTOR_ALONE, SNAPSHOT, _GENERAL_VOID)
"""The dates that a path must have for the rule to work."""
_EXEMPTIONS_START = "2025-04-11"
_SECTOR_RATE = 0.5
_HIGH_GENERAL = 0.45
_AUTOS_MISSING = ("CAN", "MEX")
_AUTOS = "87"
_AUTOS_CAP = 0.25
_DERIVED_METALS = 0.5
_WIDEST = 1.5
"""How far the sector layer may be widened: lists of derived goods grew after the snapshot."""


@dataclass(frozen=True)
class Action:
    """One line of the ledger of actions: from ``effective`` on, ``layer`` takes ``value``."""

    effective: str
    layer: str
    exporters: frozenset[str] | None
    chapters: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class Group:
    """Exporters that share one path: (chapter, member) imports and snapshot, and the path.

    ``imports`` million USD; ``snapshot`` and ``path`` (by date) fractions.
    """

    members: tuple[str, ...]
    imports: Array
    snapshot: Array
    path: Mapping[str, float]


def actions() -> tuple[Action, ...]:
    """The ledger ``data/schedules/us-2025-26-actions.csv``."""
    found = []
    for row in table(files("countervail.data").joinpath("schedules", "us-2025-26-actions.csv")):
        named = None if row["exporters"] == "all" else _expand(row["exporters"].split(";"))
        found.append(
            Action(
                row["effective"],
                row["layer"],
                named,
                tuple(c for c in row["chapters"].split(";") if c),
                float(row["value"]),
            )
        )
    return tuple(sorted(found, key=lambda action: action.effective))


def _expand(words: Sequence[str]) -> frozenset[str]:
    members = set()
    for word in words:
        inside = {r for r, entry in registry.regions().items() if word in entry.groups}
        members |= inside or {word}
    return frozenset(members)


def general_rate(imports: Array, increase: Array) -> Array:
    """Each exporter's general rate (exporter,): the increase that most of its chapters bear."""
    rates = np.zeros(imports.shape[1])
    for e in range(imports.shape[1]):
        values = increase[imports[:, e] > 0, e].round(8)
        if values.size:
            seen, count = np.unique(values, return_counts=True)
            rates[e] = seen[np.flatnonzero(count == count.max())[-1]]
    return rates


def sector_coverage(imports: Array, increase: Array) -> Array:
    """The part of each cell (chapter, exporter) that bore a sector tariff of 50 % in the snapshot.

    What lies above the general rate r is read as the part f with f 50 % + (1 - f) r. Where
    r is near 50 % nothing shows; such exporters take the others' import-weighted mean.
    """
    general = general_rate(imports, increase)
    seen = general < _HIGH_GENERAL
    room = np.where(seen, _SECTOR_RATE - general, 1.0)
    found = np.clip((increase - general) / room, 0.0, 1.0)
    weight = imports[:, seen].sum(axis=1)
    mean = (found * imports)[:, seen].sum(axis=1) / np.where(weight > 0, weight, 1.0)
    found[:, ~seen] = mean[:, None]
    return found


class Layers:
    """The two layers of one group of exporters, dated."""

    def __init__(self, group: Group, chapters: Sequence[str], coverage: Array) -> None:
        self._group = group
        self._chapters = chapters
        self._actions = actions()
        self._total = float(group.imports.sum())
        self._snapshot = group.snapshot.copy()
        self._coverage = coverage.copy()
        autos = chapters.index(_AUTOS)
        self._coverage[autos] = 1.0
        if set(group.members) & set(_AUTOS_MISSING):
            # The snapshot has no car tariff for these two; the path, built later, has.
            gap = group.path[SNAPSHOT] - self._mean(self._snapshot)
            self._snapshot[autos] += gap * self._total / group.imports[autos].sum()
        self._sector = np.minimum(_SECTOR_RATE * self._coverage, self._snapshot)
        self._sector[autos] = self._snapshot[autos]
        self._cap = np.full(self._sector.shape, _SECTOR_RATE)
        self._cap[autos] = np.maximum(_AUTOS_CAP, self._sector[autos])
        self._general = self._snapshot - self._sector

    def rates(self) -> dict[str, Array]:
        """The increase (chapter, member) at each date of the path, as fractions."""
        found: dict[str, Array] = {}
        before, earlier = 0.0, ""
        early = set(self._group.members) & set(_EXEMPT_SINCE)
        general_change = _EXEMPTIONS_START if early else GENERAL_STARTS
        for date in sorted(self._group.path):
            if self._some("metals", date) and date < general_change:
                start = found[earlier] if earlier else np.zeros_like(self._snapshot)
                found[date] = self._begun(start, earlier, date)
            else:
                found[date] = self._listed(
                    date, self._primary_first(date, self._base(date, before))
                )
            if not self._some("listed", date):
                before = self._group.path[date]
            earlier = date
        return found

    def _begun(self, start: Array, earlier: str, date: str) -> Array:
        """``start`` with the path's rise since ``earlier`` on the sector tariffs begun since."""
        goal, steps = self._group.path[date], []
        if self._value("metals", earlier).max() < self._value("metals", date).min():
            steps.append(self._primary_goal(date))
            rate = _SECTOR_RATE * self._value("metals", date)
            steps.append(start + self._made_of_metal() * np.maximum(rate - start, 0.0))
        if self._value("autos", earlier).max() < self._value("autos", date).min():
            cars = np.zeros_like(start)
            autos = self._chapters.index(_AUTOS)
            cars[autos] = self._sector[autos] * self._value("autos", date)
            steps.append(np.minimum(cars, _AUTOS_CAP))
        if self._mean(start) > goal:
            return self._scaled(start, goal)
        return self._raised(start, goal, [*steps, self._spread(date)])

    def _raised(self, rates: Array, goal: float, levels: Sequence[Array]) -> Array:
        """``rates`` raised to the mean ``goal``: to each of ``levels`` in turn, the last beyond."""
        for level in levels:
            room = np.maximum(level - rates, 0.0)
            mean, left = self._mean(room), goal - self._mean(rates)
            if mean > 0 and left > 0:
                rates = rates + room * min(1.0, left / mean)
        left = goal - self._mean(rates)
        return rates + self._scaled(levels[-1], left) if left > 0 else rates

    def _primary_first(self, date: str, rates: Array) -> Array:
        """``rates`` with the increase on goods made of metal moved to primary metals.

        The source counts the former at full value and leaves the latter out. They take it
        over up to their legal rate; what other goods bear, and the mean, stay as they were.
        """
        if self._some("primary-metals", date):
            return rates
        need = np.maximum(self._primary_goal(date) - rates, 0.0)
        above = np.maximum(rates - general_rate(self._group.imports, rates), 0.0)
        derived = _SECTOR_RATE * self._made_of_metal() * self._value("metals", date)
        derived[self._primary_goal(date).any(axis=1)] = 0.0
        movable = np.minimum(above, derived)
        moved = min(self._mean(need), self._mean(movable))
        if moved <= 0:
            return rates
        left: Array = np.maximum(rates - self._scaled(movable, moved), 0.0)
        return left + self._scaled(need, moved)

    def _made_of_metal(self) -> Array:
        """The covered part of each cell, but for cars and copper (tariffs of their own)."""
        found: Array = self._coverage.copy()
        found[[self._chapters.index(_AUTOS), self._chapters.index("74")]] = 0.0
        return found

    def _primary_goal(self, date: str) -> Array:
        """What primary metals bore by law (chapter, member), 0 elsewhere."""
        return self._level("primary-goal", date)

    def _spread(self, date: str) -> Array:
        """Chapters of which the source's lists name goods, at their legal rate, 0 elsewhere."""
        return self._level("spread", date)

    def _level(self, layer: str, date: str) -> Array:
        found = np.zeros_like(self._snapshot)
        for action in self._some(layer, date):
            members = [self._holds(action, member) for member in self._group.members]
            found[np.ix_(self._at(action), members)] = action.value
        return found

    def _base(self, date: str, before: float) -> Array:
        goal = before if self._some("listed", date) else self._group.path[date]
        primary, rest = self._sector_at(date)
        if self._has_general(date):
            factor = self._sector_factor(date)
        else:
            factor = self._fit(rest, goal - self._mean(primary), date)
        sector = primary + self._capped(rest, factor)
        if self._mean(sector) > goal:
            return self._scaled(primary + rest, goal)
        if not self._has_general(date) and not self._some("primary-metals", date):
            return self._raised(sector, goal, [self._primary_goal(date), self._spread(date)])
        return sector + self._scaled(self._general_at(date), goal - self._mean(sector))

    def _capped(self, rest: Array, factor: float) -> Array:
        capped: Array = np.minimum(rest * factor, self._cap)
        return capped

    def _fit(self, rest: Array, goal: float, date: str) -> float:
        """The factor on the sector layer that gives the mean ``goal``, within its bound."""
        low, high = 0.0, 1.0 if date < SNAPSHOT else _WIDEST
        for _ in range(60):
            middle = (low + high) / 2.0
            if self._mean(self._capped(rest, middle)) < goal:
                low = middle
            else:
                high = middle
        return high

    def _has_general(self, date: str) -> bool:
        members = set(self._group.members)
        if date < GENERAL_STARTS:
            return bool(members & set(EARLY))
        if date >= _GENERAL_VOID and members & set(_EXEMPT_SINCE):
            return False
        return date != _GENERAL_VOID

    def _sector_factor(self, date: str) -> float:
        """How much of the sector layer holds: set where it stood alone, one at the snapshot."""
        alone = _SECTOR_ALONE if date < SNAPSHOT else _GENERAL_VOID
        if SNAPSHOT <= date < _GENERAL_VOID or self._has_general(alone):
            return 1.0
        return self._fit(self._sector_at(alone)[1], self._group.path[alone], alone)

    def _sector_at(self, date: str) -> tuple[Array, Array]:
        """The sector layer at ``date`` (chapter, member): primary metals from 2026 on, the rest."""
        rest = self._sector * self._value("metals", date)
        copper, autos = self._chapters.index("74"), self._chapters.index(_AUTOS)
        rest[copper] = self._sector[copper] * self._value("copper", date)
        primary = np.zeros_like(rest)
        for action in self._some("primary-metals", date):
            primary[self._at(action)] = action.value
        if primary.any():
            rest = np.where(primary > 0, 0.0, rest * _DERIVED_METALS)
        rest[autos] = self._sector[autos] * self._value("autos", date)
        for action in self._some("timber", date):
            rest[self._at(action)] += action.value
        return primary, rest

    def _general_at(self, date: str) -> Array:
        """The pattern of the general tariff, exemptions of ``date`` taken out."""
        if date < _EXEMPTIONS_START:
            uncovered: Array = 1.0 - self._coverage * (self._value("metals", date) > 0)[None, :]
            autos = self._chapters.index(_AUTOS)
            uncovered[autos] = self._value("autos", date) == 0
            return uncovered
        pattern = np.where(self._sector_at(date)[0] > 0, 0.0, self._general)
        for action in self._actions:
            if action.layer == "exempt" and action.effective <= date:
                members = [self._holds(action, member) for member in self._group.members]
                pattern[np.ix_(self._at(action), members)] *= 1.0 - action.value
        return pattern

    def _listed(self, date: str, base: Array) -> Array:
        """``base`` with what lists of single goods add at ``date``, so that the path is met."""
        lists = self._some("listed", date)
        if not lists:
            return base
        weight = np.zeros_like(base)
        for action in lists:
            weight[self._at(action)] = action.value
        return base + self._scaled(weight, self._group.path[date] - self._mean(base))

    def _some(self, layer: str, date: str) -> list[Action]:
        return [
            a
            for a in self._actions
            if a.layer == layer
            and a.effective <= date
            and any(self._holds(a, member) for member in self._group.members)
        ]

    def _value(self, layer: str, date: str) -> Array:
        """The last value of a layer by member (0 before its first action)."""
        found = np.zeros(len(self._group.members))
        for action in self._actions:
            if action.layer == layer and action.effective <= date:
                for k, member in enumerate(self._group.members):
                    if self._holds(action, member):
                        found[k] = action.value
        return found

    @staticmethod
    def _holds(action: Action, member: str) -> bool:
        return action.exporters is None or member in action.exporters

    def _at(self, action: Action) -> list[int]:
        return [self._chapters.index(chapter) for chapter in action.chapters]

    def _mean(self, rates: Array) -> float:
        return float((rates * self._group.imports).sum()) / self._total

    def _scaled(self, pattern: Array, goal: float) -> Array:
        """``pattern`` scaled to the import-weighted mean ``goal``; even where it bears nothing."""
        mean = self._mean(pattern)
        if mean <= 0:
            return np.full(pattern.shape, goal)
        return pattern * (goal / mean)
