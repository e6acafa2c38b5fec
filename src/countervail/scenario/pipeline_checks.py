"""Checks of projects and financiers that need more than one entry of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from countervail.errors import nearest
from countervail.scenario.problems import (
    Path,
    Problem,
    amount_problems,
    entries,
    is_number,
    range_problems,
    share_problems,
)


def pipeline_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction among ``[[project]]`` and ``[[financier]]`` tables of a plain scenario.

    Ids that do not exist, prerequisites in a circle, sums without a currency's worth or a year,
    years that run backward.
    """
    projects = dict(_by_id(raw, "project"))
    payers = dict(_by_id(raw, "financier"))
    deals = dict(_by_id(raw, "deal"))
    for path, project in entries(raw, "project"):
        yield from amount_problems((*path, "cost"), project.get("cost"))
        into = project.get("into")
        if isinstance(into, Mapping):
            yield from share_problems((*path, "into"), into)
        yield from _known((*path, "needs"), project.get("needs"), projects, "project")
        yield from _known((*path, "financiers"), project.get("financiers"), payers, "financier")
        if "cost" not in project and "not_quantified" not in project:
            yield Problem(
                path, "a project needs its `cost`, or `not_quantified` with the reason why not."
            )
    yield from _circles(raw, projects)
    for path, payer in entries(raw, "financier"):
        for key in ("amount", "per_year"):
            yield from amount_problems((*path, key), payer.get(key))
        yield from _known((*path, "deal"), payer.get("deal"), deals, "deal")
        yield from range_problems(
            (*path, "return_rate"), payer.get("return_rate"), "capital.return", payer
        )
        first, last = payer.get("from_year"), payer.get("until_year")
        if is_number(first) and is_number(last) and last < first:
            yield Problem((*path, "until_year"), f"given {last}, before `from_year` ({first}).")


def _by_id(raw: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Path]]:
    for path, row in entries(raw, kind):
        if isinstance(row.get("id"), str):
            yield row["id"], path


def _known(path: Path, names: object, known: Mapping[str, Path], kind: str) -> Iterator[Problem]:
    for name in _names(names):
        if name not in known:
            hint = nearest(name, known) if known else f"Add a [[{kind}]] table with this id."
            yield Problem(path, f"there is no {kind} {name!r} in this file. {hint}")


def _circles(raw: Mapping[str, Any], projects: Mapping[str, Path]) -> Iterator[Problem]:
    needs = {
        row["id"]: [name for name in _names(row.get("needs")) if name in projects]
        for _, row in entries(raw, "project")
        if isinstance(row.get("id"), str)
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        # graphlib lists each before what needs it; readers expect "a needs b".
        chain = list(reversed(error.args[1]))
        yield Problem(
            (*projects[chain[0]], "needs"),
            f"these projects wait for each other: {' needs '.join(chain)}; remove one of them.",
        )


def _names(names: object) -> list[str]:
    if isinstance(names, str):
        return [names]
    if isinstance(names, Sequence):
        return [name for name in names if isinstance(name, str)]
    return []
