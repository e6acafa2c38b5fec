"""Two scenarios, or two results, side by side: what differs in inputs, figures and verdicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from countervail.brief.named import DOLLARS, Named, named
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows.comparison import (
    Comparison,
    FigureChange,
    InputChange,
    Side,
    VerdictChange,
)
from countervail.errors import InputError
from countervail.scenario.diff import (
    RESULTS,
    Change,
    diff_scenarios,
    diff_texts,
    is_result,
    read_json,
    said,
)
from countervail.scenario.read import read_scenario
from countervail.scenario.schema import Scenario
from countervail.scenario.write import scenario_toml
from countervail.version import VERSION

QUICK = ("demand", "capital", "routes", "ties")
"""The measures of ``compare`` unless others are named: those that take seconds."""

Given = Scenario | Brief | Results | str | os.PathLike[str]


def compare(
    before: Given,
    after: Given,
    *,
    measures: Sequence[str] | None = QUICK,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Comparison:
    """What differs between two scenarios or results: inputs, figures, verdicts.

    ``before``, ``after``: a scenario (bundled name, path, or one that was read), which is then
    run with ``measures`` (as in ``run``; default: the quick ones; None: all), or a result: a
    folder that ``run`` has written, its ``results.json``, a ``Brief`` or its ``results``. Returns a
    ``Comparison``: ``.inputs`` (None where a result does not hold its scenario), ``.figures`` and
    ``.moved`` (those that differ by more than 1e-6 of their size), ``.verdicts`` and ``.turned``,
    ``.warnings`` (other world, year, closure, elasticities, version, protagonist), ``.same``.
    Dollars of different base years are shown, but not subtracted.

    Raises ``InputError`` for what is neither, or a result that this version cannot read, and
    what ``run`` raises.
    """
    first, second = _read(before), _read(after)
    if isinstance(first, Scenario) and isinstance(second, Scenario) and _alike(first, second):
        found = _results(first, measures, workers, progress)
        return compare_results(found, found, names=(_name(before), _name(after)), inputs=())
    sides = [
        _results(one, measures, workers, _which(progress, which))
        for one, which in ((first, "before"), (second, "after"))
    ]
    return compare_results(
        *sides, names=(_name(before), _name(after)), inputs=_inputs(first, second, *sides)
    )


def compare_results(
    before: Results,
    after: Results,
    *,
    names: tuple[str, str],
    inputs: Sequence[Change] | None,
) -> Comparison:
    """The comparison of two results under their ``names``; ``inputs`` are what differs in them."""
    sides = _side(before, names[0]), _side(after, names[1])
    old, new = named(before), named(after)
    same_year = sides[0].base_year == sides[1].base_year
    return Comparison(
        *sides,
        inputs=None
        if inputs is None
        else tuple(InputChange(c.path, c.kind, said(c.before), said(c.after)) for c in inputs),
        figures=tuple(
            _figure(key, old.get(key), new.get(key), same_year)
            for key in dict.fromkeys([*old, *new])
        ),
        verdicts=_verdicts(before, after),
        warnings=tuple(_warnings(*sides)),
    )


def _read(given: Given) -> Scenario | Results:
    if isinstance(given, (Scenario, Results)):
        return given
    if isinstance(given, Brief):
        return given.results
    return results_of(given) if is_result(given) else read_scenario(given)


def results_of(given: str | os.PathLike[str]) -> Results:
    """The results of a folder that a run has written, or of its ``results.json``.

    Raises ``InputError`` where there are none, they are damaged, or of a version whose results
    this one cannot read.
    """
    path = Path(given)
    file = path / RESULTS if os.path.isdir(path) else path
    values = read_json(file)
    try:
        return Results.from_dict(values)
    except InputError as error:
        version = _version(values.get("manifest", {}))
        if version and version != VERSION:
            raise InputError(
                f"{file} was written by countervail {version}; this is {VERSION} and cannot read "
                f"it: {error.cause}",
                "Run its scenario again with this version.",
            ) from error
        raise InputError(
            f"{file} is not a results file of countervail: {error.cause}",
            "Name a folder that `countervail run` has written, or a scenario.",
        ) from error


def _alike(first: Scenario, second: Scenario) -> bool:
    """Whether two scenarios say the same, read from the same folder: then one run is enough."""
    return first == second and not diff_scenarios(first, second)


def _results(
    given: Scenario | Results,
    measures: Sequence[str] | None,
    workers: int | None,
    progress: Callable[[str, int, int], None] | None,
) -> Results:
    if isinstance(given, Results):
        return given
    from countervail.api import run

    return run(given, measures=measures, workers=workers, progress=progress).results


def _inputs(
    first: Scenario | Results, second: Scenario | Results, before: Results, after: Results
) -> Sequence[Change] | None:
    """What differs in the scenarios; None where a result holds none of its own."""
    if isinstance(first, Scenario) and isinstance(second, Scenario):
        return diff_scenarios(first, second)
    texts = [
        scenario_toml(one) if isinstance(one, Scenario) else one.scenario for one in (first, second)
    ]
    if all(texts):
        return diff_texts(*texts)
    digests = [_part(r.manifest, "scenario", "hash") for r in (before, after)]
    return () if digests[0] and digests[0] == digests[1] else None


def _figure(key: str, old: Named | None, new: Named | None, same_year: bool) -> FigureChange:
    shown = new or old
    assert shown is not None
    return FigureChange(
        key=key,
        section=shown.section,
        label=shown.label,
        unit=shown.unit,
        before=None if old is None else old.value,
        after=None if new is None else new.value,
        headline=any(one is not None and one.headline for one in (old, new)),
        comparable=same_year or shown.unit != DOLLARS,
    )


def _verdicts(before: Results, after: Results) -> tuple[VerdictChange, ...]:
    old, new = ({claim.id: claim for claim in one.claims} for one in (before, after))
    return tuple(
        VerdictChange(
            id=name,
            says=(new.get(name) or old[name]).says,
            before=old[name].verdict if name in old else "",
            after=new[name].verdict if name in new else "",
        )
        for name in dict.fromkeys([*old, *new])
    )


def _side(results: Results, name: str) -> Side:
    manifest = results.manifest
    return Side(
        name=name,
        title=results.title,
        protagonist=results.protagonist_name,
        coercer=results.coercer_name,
        world=results.world.name,
        world_hash=_part(manifest, "world", "hash"),
        base_year=results.world.base_year,
        horizon=results.horizon,
        closure=results.closure,
        elasticities=_part(manifest, "world", "elasticities", "set"),
        tariffs_as_of=_part(manifest, "world", "tariffs_as_of"),
        version=_version(manifest),
    )


def _warnings(before: Side, after: Side) -> list[str]:
    """What makes the figures of the two sides mean different things."""
    told = (
        ("protagonist", before.protagonist, after.protagonist),
        ("coercer", before.coercer, after.coercer),
        ("world", before.world, after.world),
        ("base year", before.base_year, after.base_year),
        ("horizon of the headline", before.horizon, after.horizon),
        ("trade elasticities", before.elasticities, after.elasticities),
        (
            "day of the tariffs",
            before.tariffs_as_of or "base year",
            after.tariffs_as_of or "base year",
        ),
        ("version of countervail", before.version, after.version),
    )
    found = [f"The two differ in {what}: {a} and {b}." for what, a, b in told if a != b]
    same, other = ((side.world, side.elasticities, side.tariffs_as_of) for side in (before, after))
    if same == other and before.world_hash != after.world_hash:
        found.append(f"Both are called {before.world}, but hold different data.")
    if before.horizon == after.horizon and before.closure != after.closure:
        found.append("The two hold under different closures.")
    if before.base_year != after.base_year:
        found.append("US dollars of different years are shown, but not subtracted.")
    return found


def _version(manifest: Any) -> str:
    return _part(manifest, "versions", "countervail")


def _part(values: Any, *keys: str) -> str:
    for key in keys:
        values = values.get(key, "") if hasattr(values, "get") else ""
    return str(values or "")


def _name(given: Given) -> str:
    if isinstance(given, (Scenario, Results)):
        return given.title
    return given.results.title if isinstance(given, Brief) else os.fspath(given)


def _which(
    progress: Callable[[str, int, int], None] | None, which: str
) -> Callable[[str, int, int], None] | None:
    if progress is None:
        return None
    return lambda stage, done, total: progress(f"{which}: {stage}", done, total)
