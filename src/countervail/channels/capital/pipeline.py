"""Projects that wait for money and who could pay for them, as plain values for the allocation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from countervail.channels.amounts import describe, million_usd
from countervail.channels.arguments import each_a, finite, names_in, whole
from countervail.errors import InputError, LabelError, UnknownLabelError, nearest, require_kind
from countervail.parameters import parameter
from countervail.scenario.origin import found_in
from countervail.scenario.pipeline import Financier as FinancierEntry
from countervail.scenario.pipeline import Project as ProjectEntry
from countervail.scenario.schema import Scenario
from countervail.world.core import World

_PROJECT = "[cv.Project('line', 'CAN', cost=6000.0, years=8)]"
_FINANCIER = "[cv.Financier('fund', 'ARE', total=5000.0, per_year=500.0)]"
_YEARS = (1, 9999)
LONGEST = 100
"""Years that building, and a plan, can take at most."""


@dataclass(frozen=True)
class Project:
    """One project: ``cost`` in million USD (None: not known), paid evenly over ``years``.

    ``region``: where it is built; ``into``: sectors of its capital with their shares; ``earliest``:
    the first year in which building could start (None: the first of the plan); ``needs``: ids of
    projects that must be finished first; ``financiers``: ids of who may pay (empty: all).
    """

    id: str
    region: str
    cost: float | None
    years: int
    title: str = ""
    into: Mapping[str, float] = field(default_factory=dict)
    earliest: int | None = None
    needs: tuple[str, ...] = ()
    financiers: tuple[str, ...] = ()
    capacity: str = ""
    not_quantified: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("needs", "financiers", "sources"):
            object.__setattr__(self, key, names_in(getattr(self, key), key, "('other',)"))


@dataclass(frozen=True)
class Financier:
    """One source of money: ``total`` in all and ``per_year`` at most, million USD.

    ``region``: where returns go; it pays from ``first_year`` to ``last_year`` (None: no limit),
    at most ``largest_share`` of one project, and asks ``return_rate`` a year. ``deal``: id of the
    deal that brings it, if one does; ``basis``: who gives the amount, in words.
    """

    id: str
    region: str
    total: float
    per_year: float
    title: str = ""
    first_year: int | None = None
    last_year: int | None = None
    largest_share: float = 1.0
    return_rate: float = 0.06
    deal: str = ""
    basis: str = ""
    note: str = ""


def pipeline_of(
    world: World, scenario: Scenario
) -> tuple[tuple[Project, ...], tuple[Financier, ...]]:
    """The projects and financiers of ``scenario`` in million USD of the base year of ``world``.

    Raises ``UnknownLabelError`` for a region or sector that the world lacks, ``InputError`` for
    sums without a year or what their currency was worth, naming the entry with its file and line.
    """
    projects, financiers = [], []
    for project in scenario.projects:
        with found_in(scenario, "project", project.id):
            projects.append(_project(world, project, scenario.protagonist))
    for financier in scenario.financiers:
        with found_in(scenario, "financier", financier.id):
            financiers.append(_financier(world, financier))
    return tuple(projects), tuple(financiers)


def check_pipeline(projects: Sequence[Project], financiers: Sequence[Financier]) -> None:
    """Refuse what no plan can be made of.

    ``OptionError`` for what is no list of projects or financiers, or no number; ``LabelError`` for
    an id given twice; ``UnknownLabelError`` for a prerequisite or financier that is not there;
    ``InputError`` for projects that wait for each other (the chain is named), costs that are not
    positive and finite, building times below a year, budgets that are negative or not finite,
    shares outside 0 to 1, and years that run backward.
    """
    projects = each_a(projects, "projects", Project, _PROJECT)
    financiers = each_a(financiers, "financiers", Financier, _FINANCIER)
    known = _distinct("project", projects)
    payers = _distinct("financier", financiers)
    for project in projects:
        _members(project.id, "project", project.needs, known)
        _members(project.id, "financier", project.financiers, payers)
        _check_project(project)
    for payer in financiers:
        _check_financier(payer)
    _no_circle(projects)


def _check_project(project: Project) -> None:
    where = f"project {project.id}"
    if project.cost is not None and finite(project.cost, f"{where}: cost", "cost=6000.0") <= 0:
        raise InputError(
            f"{where}: a cost of {project.cost:g} million USD.",
            "Give what it costs, or None where that is not known.",
        )
    whole(project.years, f"{where}: years", 1, LONGEST, "years=5")
    if project.earliest is not None:
        whole(project.earliest, f"{where}: earliest", *_YEARS, "earliest=2027")


def _check_financier(payer: Financier) -> None:
    where = f"financier {payer.id}"
    for name, value in (("total", payer.total), ("per_year", payer.per_year)):
        unlimited = name == "per_year" and value == math.inf
        if not unlimited and finite(value, f"{where}: {name}", f"{name}=5000.0") < 0:
            raise InputError(
                f"{where}: {name} is {value:g} million USD.", "Give a sum that is 0 or more."
            )
    finite(payer.return_rate, f"{where}: return_rate", "return_rate=0.06")
    if not 0 <= finite(payer.largest_share, f"{where}: largest_share", "largest_share=0.49") <= 1:
        raise InputError(
            f"{where}: a largest share of {payer.largest_share:g}.",
            "Give a fraction between 0 and 1.",
        )
    named = [y for y in (payer.first_year, payer.last_year) if y is not None]
    years = [whole(year, f"{where}: a year", *_YEARS, "first_year=2026") for year in named]
    if years != sorted(years):
        raise InputError(f"{where}: it pays from {years[0]} to {years[1]}.", "Years run forward.")


def _project(world: World, entry: ProjectEntry, protagonist: str) -> Project:
    where = f"project {entry.id}"
    try:
        (region,) = world.labels.resolve_regions(entry.region or protagonist)
        for sector in entry.into:
            world.labels.resolve_sectors(sector)
        cost = None if entry.cost is None else million_usd(world, entry.cost)
    except (UnknownLabelError, InputError) as error:
        raise type(error)(f"{where}: {error.cause}", error.remedy) from error
    except ValueError as error:
        raise InputError(
            f"{where}: {entry.region!r} is more than one region of {world.name}.", "Name one."
        ) from error
    years = entry.years or parameter("capital.construction_years").value
    capacity = entry.capacity
    return Project(
        id=entry.id,
        title=entry.title or entry.id,
        region=region,
        cost=None if entry.not_quantified else cost,
        years=max(1, math.ceil(years)),
        into=dict(entry.into),
        earliest=entry.earliest,
        needs=tuple(entry.needs),
        financiers=tuple(entry.financiers),
        capacity="" if capacity is None else f"{capacity.value:g} {capacity.unit}",
        not_quantified=entry.not_quantified or "",
        sources=tuple(entry.sources),
    )


def _financier(world: World, entry: FinancierEntry) -> Financier:
    try:
        (region,) = world.labels.resolve_regions(entry.region)
        total = million_usd(world, entry.amount)
        per_year = total if entry.per_year is None else million_usd(world, entry.per_year)
    except (UnknownLabelError, InputError) as error:
        raise type(error)(f"financier {entry.id}: {error.cause}", error.remedy) from error
    except ValueError as error:
        raise InputError(
            f"financier {entry.id}: {entry.region!r} is more than one region of {world.name}.",
            "Name the one to which returns go.",
        ) from error
    rate = entry.return_rate
    return Financier(
        id=entry.id,
        title=entry.title or entry.id,
        region=region,
        total=total,
        per_year=per_year,
        first_year=entry.from_year,
        last_year=entry.until_year,
        largest_share=1.0 if entry.largest_share is None else entry.largest_share,
        return_rate=parameter("capital.return").value if rate is None else rate,
        deal=entry.deal or "",
        basis=describe(entry.amount),
        note=entry.note or "",
    )


def _distinct(kind: str, entries: Iterable[Project | Financier]) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        require_kind(entry.id, f"the id of a {kind}", str, "'north-line'")
        if entry.id in found:
            raise LabelError(f"two {kind}s are called {entry.id!r}.", "Rename one of them.")
        found.add(entry.id)
    return found


def _members(project: str, kind: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownLabelError(
                f"project {project}: there is no {kind} {name!r}.", nearest(name, known)
            )


def _no_circle(projects: Sequence[Project]) -> None:
    try:
        TopologicalSorter({p.id: p.needs for p in projects}).prepare()
    except CycleError as error:
        # graphlib lists each before what needs it; readers expect "a needs b".
        chain = " needs ".join(reversed(error.args[1]))
        raise InputError(
            f"these projects wait for each other: {chain}.", "Remove one of the prerequisites."
        ) from error
