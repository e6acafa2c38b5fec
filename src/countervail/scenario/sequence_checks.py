"""Checks of `[sequence]` against the deals and threats of the file, and which deals take part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countervail.errors import nearest
from countervail.scenario.problems import Path, Problem, entries
from countervail.scenario.sequence import SequenceSpec

MOST = 12


def sequence_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between `[sequence]` and the rest of a plain scenario.

    Ids that do not exist, a retaliation without figures, cover by a deal of another kind or by
    none of several, two deals in one period, periods beyond the last, more than 12 deals, one that
    needs (in `[portfolio]`) another that takes no part.
    """
    table = raw.get("sequence")
    if not isinstance(table, Mapping):
        return
    deals = {row["id"]: row for _, row in entries(raw, "deal") if isinstance(row.get("id"), str)}
    yield from _retaliation(table, raw)
    yield from _cover(table, deals)
    yield from _listed(table, deals)
    yield from _taken(table, deals)
    yield from _needed(raw, deals)
    earliest = table.get("earliest")
    for name, period in earliest.items() if isinstance(earliest, Mapping) else ():
        path = ("sequence", "earliest", name)
        yield from _known(path, name, deals)
        yield from _within(path, period, table)


def participants(raw: Mapping[str, Any]) -> list[str]:
    """The deals that take part, in the order of the file; unknown ids are passed over."""
    table = raw.get("sequence")
    spec: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
    rows = [row for _, row in entries(raw, "deal") if isinstance(row.get("id"), str)]
    named = _names(spec.get("deals"))
    also = {name for _, name, _ in _steps(spec.get("taken"))} | set(_names(spec.get("cover")))
    chosen = (
        set(named)
        if spec.get("deals") is not None
        else {row["id"] for row in rows if row.get("status") != "withdrawn"}
    )
    return [row["id"] for row in rows if row["id"] in chosen | also]


def covering(raw: Mapping[str, Any]) -> str | None:
    """The deal that gives cover: the one named, else the only forum that takes part."""
    table = raw.get("sequence")
    named = table.get("cover") if isinstance(table, Mapping) else None
    if isinstance(named, str):
        return named
    kinds = {row.get("id"): row.get("kind") for _, row in entries(raw, "deal")}
    forums = [name for name in participants(raw) if kinds.get(name) == "forum"]
    return forums[0] if len(forums) == 1 else None


def _retaliation(table: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[Problem]:
    name = table.get("retaliation")
    if not isinstance(name, str):
        return
    path: Path = ("sequence", "retaliation")
    threats = {
        row["id"]: row for _, row in entries(raw, "threat") if isinstance(row.get("id"), str)
    }
    if name not in threats:
        hint = nearest(name, threats) if threats else "Add a [[threat]] table with this id."
        yield Problem(path, f"there is no threat {name!r} in this file. {hint}")
    elif "not_quantified" in threats[name]:
        yield Problem(path, f"the threat {name!r} has no figures; name one that is computed.")


def _cover(table: Mapping[str, Any], deals: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    name = table.get("cover")
    if not isinstance(name, str):
        return
    path: Path = ("sequence", "cover")
    yield from _known(path, name, deals)
    kind = deals[name].get("kind") if name in deals else "forum"
    if kind != "forum":
        yield Problem(path, f"{name!r} is of kind {kind!r}; only a forum gives cover.")


def _listed(table: Mapping[str, Any], deals: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    names = table.get("deals")
    for position, name in enumerate(_names(names)):
        path: Path = (
            ("sequence", "deals")
            if isinstance(names, str)
            else (
                "sequence",
                "deals",
                position,
            )
        )
        yield from _known(path, name, deals)
    here: Path = ("sequence", "deals") if "deals" in table else ("sequence",)
    raw = {"sequence": table, "deal": list(deals.values())}
    members = participants(raw)
    if len(members) > MOST:
        yield Problem(
            here, f"{len(members)} deals take part; name at most {MOST} of them as `deals`."
        )
    forums = [name for name in members if deals[name].get("kind") == "forum"]
    if "cover" not in table and len(forums) > 1:
        yield Problem(
            here, f"several forums take part ({', '.join(forums)}); say which gives `cover`."
        )


def _taken(table: Mapping[str, Any], deals: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    names: dict[str, Path] = {}
    periods: dict[int, str] = {}
    for path, name, period in _steps(table.get("taken")):
        yield from _known(path, name, deals)
        if name in names:
            yield Problem(path, f"{name!r} is signed twice; name each deal once.")
        if period in periods:
            yield Problem(
                path,
                f"{periods[period]!r} and {name!r} are both signed in period {period}; one deal "
                "is signed a period (shorter periods: `months`).",
            )
        yield from _within(path, period, table)
        names[name], periods[period] = path, name


def _needed(raw: Mapping[str, Any], deals: Mapping[str, Any]) -> Iterator[Problem]:
    portfolio = raw.get("portfolio")
    needs = portfolio.get("needs") if isinstance(portfolio, Mapping) else None
    members = participants(raw)
    for name, others in needs.items() if isinstance(needs, Mapping) else ():
        missing = [other for other in _names(others) if other in deals and other not in members]
        if name in members and missing:
            yield Problem(
                ("portfolio", "needs", name),
                f"{name!r} takes part in the sequence, and {', '.join(missing)}, which it needs, "
                "does not; name it in `[sequence] deals` too.",
            )


def _within(path: Path, period: object, table: Mapping[str, Any]) -> Iterator[Problem]:
    last = table.get("periods", SequenceSpec.model_fields["periods"].default)
    if isinstance(period, int) and isinstance(last, int) and period > last:
        yield Problem(path, f"period {period} is beyond the last ({last}); see `periods`.")


def _steps(taken: object) -> Iterator[tuple[Path, str, int]]:
    """Every step of a plain `taken` that can be read: its path, deal and period."""
    period = 0
    if not isinstance(taken, Sequence) or isinstance(taken, str):
        return
    for position, step in enumerate(taken):
        path: Path = ("sequence", "taken", position)
        row = {"deal": step} if isinstance(step, str) else step
        if not isinstance(row, Mapping) or not isinstance(row.get("deal"), str):
            continue
        given = row.get("period", period + 1)
        if isinstance(given, int) and not isinstance(given, bool):
            period = given
            yield path, row["deal"], period


def _known(path: Path, name: str, deals: Mapping[str, Any]) -> Iterator[Problem]:
    if name.strip() and name not in deals:  # the schema says that a text is empty
        hint = nearest(name, deals) if deals else "Add a [[deal]] table with this id."
        yield Problem(path, f"there is no deal {name!r} in this file. {hint}")


def _names(names: object) -> list[str]:
    if isinstance(names, str):
        return [names]
    if isinstance(names, Sequence):
        return [name for name in names if isinstance(name, str)]
    return []
