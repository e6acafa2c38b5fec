"""Checks of a scenario that need more than one of its fields.

They work on plain nested values as a TOML reader gives them, whether or not the
rest of the file is sound, so that one wrong field never hides another error.
A field that is missing or of the wrong kind is passed over here: the schema
reports it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

from countervail.parameters import parameter
from countervail.scenario.pipeline_checks import pipeline_problems
from countervail.scenario.problems import (
    Path,
    Problem,
    amount_problems,
    entries,
    is_number,
    share_problems,
)

INCONSISTENT = "inconsistent_scenario"
_RATED = ("import-tariff", "export-tax", "capital-withdrawal")
_UNRATED = ("export-ban", "transit-denial", "cut-off")
_ON_SECTORS = ("import-tariff", "export-tax", "export-ban")
_RUNNING = ("hypothetical", "threatened", "proclaimed", "in-force")


def inconsistencies(raw: Mapping[str, Any]) -> list[Problem]:
    """Every contradiction between fields of one scenario.

    ``raw`` holds the keys of the file (``threat``, ``deal``, ``claim``). Returns
    the problems in no promised order; none for a consistent scenario.
    """
    found = [*_duplicate_ids(raw), *_own_coercer(raw), *_ladder(raw), *_schedules(raw)]
    for path, threat in entries(raw, "threat"):
        found += _threat(path, threat)
    for path, deal in entries(raw, "deal"):
        found += _deal(path, deal)
    found += pipeline_problems(raw)
    for path, claim in entries(raw, "claim"):
        if "test" not in claim and "evidence" not in claim:
            found.append(Problem(path, "a claim needs a `test` on results or recorded `evidence`."))
    return found


def _duplicate_ids(raw: Mapping[str, Any]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for kind in ("threat", "deal", "project", "financier", "claim"):
        for path, row in entries(raw, kind):
            name = row.get("id")
            if not isinstance(name, str):
                continue
            if name in first:
                other, position = first[name][:2]
                yield Problem(
                    (*path, "id"),
                    f"{name!r} is already the id of {other} number {int(position) + 1}; "
                    "every id is used once in a file.",
                )
            else:
                first[name] = path


def _own_coercer(raw: Mapping[str, Any]) -> Iterator[Problem]:
    protagonist, coercer = raw.get("protagonist"), raw.get("coercer")
    names = [coercer] if isinstance(coercer, str) else coercer
    if isinstance(names, Sequence) and protagonist in names:
        yield Problem(
            ("coercer",),
            f"the protagonist {protagonist!r} is among the coercers; name only the others.",
        )


def _schedules(raw: Mapping[str, Any]) -> Iterator[Problem]:
    names = raw.get("schedules")
    if names is None:
        return
    if raw.get("tariffs_as_of") is None:
        yield Problem(("schedules",), "schedules need a day: say `tariffs_as_of = 2026-08-19`.")
    listed = [names] if isinstance(names, str) else names
    if isinstance(listed, Sequence) and len(set(map(str, listed))) != len(listed):
        yield Problem(("schedules",), f"given {list(listed)}; each schedule is named once.")


def _ladder(raw: Mapping[str, Any]) -> Iterator[Problem]:
    ladder = raw.get("ladder")
    if not isinstance(ladder, Mapping):
        return
    rates = ladder.get("rates")
    if isinstance(rates, Sequence) and not isinstance(rates, str):
        for position, rate in enumerate(rates):
            yield from _asked_about(("ladder", "rates", position), rate, ladder)
        numbers = [rate for rate in rates if is_number(rate)]
        if any(later <= earlier for earlier, later in itertools.pairwise(numbers)):
            yield Problem(("ladder", "rates"), f"given {list(rates)}; rungs rise, each once.")
    horizons, shown = ladder.get("horizons"), raw.get("horizon", "medium")
    if isinstance(horizons, Sequence) and not isinstance(horizons, str) and shown not in horizons:
        yield Problem(
            ("ladder", "horizons"),
            f"given {list(horizons)}; the scenario's own horizon ({shown}) must be among them.",
        )
    for key in ("horizons", "retaliation"):
        words = ladder.get(key)
        if isinstance(words, Sequence) and not isinstance(words, str):
            twice = sorted({str(word) for word in words if list(words).count(word) > 1})
            if twice:
                yield Problem(("ladder", key), f"named twice: {', '.join(twice)}; once is enough.")


def _threat(path: Path, threat: Mapping[str, Any]) -> Iterator[Problem]:
    instrument, rate, cap = threat.get("instrument"), threat.get("rate"), threat.get("cap")
    for key in ("rate", "cap"):
        yield from _asked_about((*path, key), threat.get(key), threat)
    if is_number(rate) and is_number(cap) and rate > cap:
        yield Problem(
            (*path, "rate"),
            f"given {rate:g}, above the cap {cap:g} that this entry states; correct one of them.",
        )
    if instrument in _RATED:
        if "rate" not in threat and "not_quantified" not in threat:
            yield Problem(
                path,
                f"an {instrument} needs a `rate` (0.25 = 25 %), or `not_quantified` with the "
                "reason why there is none."
                if instrument != "capital-withdrawal"
                else "a capital-withdrawal needs a `rate` (the fraction that leaves), or "
                "`not_quantified` with the reason why there is none.",
            )
        if instrument == "capital-withdrawal" and is_number(rate) and rate > 1:
            yield Problem((*path, "rate"), f"given {rate:g}; no more than 1 (all of it) can leave.")
    elif instrument in _UNRATED and "rate" in threat:
        yield Problem((*path, "rate"), f"{instrument!r} takes no rate; remove this line.")
    if "transit" in threat and instrument in (*_RATED, "export-ban", "cut-off"):
        yield Problem(
            (*path, "transit"), f"{instrument!r} takes no `transit`; that is for transit-denial."
        )
    if "coverage" in threat and instrument == "transit-denial":
        yield Problem(
            (*path, "coverage"), "say which part is hit as the `share` of `transit` instead."
        )
    if instrument in _ON_SECTORS and "sectors" not in threat and "not_quantified" not in threat:
        yield Problem(path, f'an {instrument} needs `sectors`, for example sectors = "goods".')
    yield from _in_order(path, threat, ("announced", "effective", "ended"))
    if "ended" in threat and threat.get("status", "hypothetical") in _RUNNING:
        yield Problem(
            (*path, "ended"),
            f"it has ended, yet its status is {threat.get('status', 'hypothetical')!r}; "
            "allowed then: suspended, expired, voided, withdrawn.",
        )


def _deal(path: Path, deal: Mapping[str, Any]) -> Iterator[Problem]:
    into = deal.get("into")
    if isinstance(into, Mapping):
        yield from share_problems((*path, "into"), into)
        if into and "amount" not in deal:
            yield Problem((*path, "into"), "shares of an amount, but the entry has no `amount`.")
    amount = deal.get("amount")
    if isinstance(amount, Mapping) and "year" not in amount and "date" not in deal:
        yield Problem(
            (*path, "amount"),
            "an amount needs the `year` of its prices (or the deal its `date`), "
            "for example year = 2025.",
        )
    yield from amount_problems((*path, "amount"), amount)
    terms = deal.get("tariff")
    if isinstance(terms, Sequence):
        for position, term in enumerate(terms):
            if isinstance(term, Mapping):
                yield from _tariff_term((*path, "tariff", position), term)
    route = deal.get("route")
    if isinstance(route, Mapping):
        gain, price = route.get("gain"), route.get("price")
        if is_number(gain) and is_number(price) and gain >= price:
            yield Problem(
                (*path, "route", "gain"),
                f"given {gain:g} on a price of {price:g}: what a unit brings more is less than all "
                "that it brings.",
            )
    yield from _in_order(path, deal, ("date", "ended"))


def _tariff_term(path: Path, term: Mapping[str, Any]) -> Iterator[Problem]:
    quota = term.get("quota")
    value = quota.get("unit_value") if isinstance(quota, Mapping) else None
    for here, amount in (((*path, "trade"), term.get("trade")), ((*path, "quota"), value)):
        yield from amount_problems(here, amount)
        if isinstance(amount, Mapping) and "year" not in amount:
            yield Problem(
                here, "an amount needs the `year` of its prices, for example year = 2025."
            )
    if isinstance(quota, Mapping) and "unit_value" not in quota and "sector" in term:
        counted = quota.get("unit")
        if isinstance(counted, str) and not counted.startswith("m USD"):
            yield Problem(
                (*path, "quota"),
                f"counted in {counted}: say what one is worth at the border (`unit_value`), or "
                "count it in `m USD a year`.",
            )
    if "share" in term and "trade" in term:
        yield Problem((*path, "trade"), "give `share` or `trade`, not both.")
    for key in ("before", "after", "beyond"):
        yield from _asked_about((*path, key), term.get(key), term)
    if "beyond" in term and "quota" not in term:
        yield Problem((*path, "beyond"), "a tariff beyond the quota, but there is no `quota`.")
    importer = term.get("importer")
    if importer is not None and importer == term.get("exporter"):
        yield Problem((*path, "exporter"), f"{importer!r} cannot levy a tariff on itself.")
    yield from _in_order(path, term, ("effective", "until"))


def _asked_about(path: Path, value: object, entry: Mapping[str, Any]) -> Iterator[Problem]:
    limit = parameter("units.largest_tariff").value
    if is_number(value) and value > limit and entry.get("confirm_units") is not True:
        yield Problem(
            path,
            f"given {value:g}, which is {100 * value:g} %; if {value:g} % is meant, write "
            f"{value / 100:g}, or add confirm_units = true to this table to keep it.",
        )


def _in_order(path: Path, entry: Mapping[str, Any], keys: Sequence[str]) -> Iterator[Problem]:
    days = [(key, entry[key]) for key in keys if _day(entry.get(key))]
    for (early, first), (late, second) in itertools.pairwise(days):
        if second < first:
            yield Problem(
                (*path, late), f"given {second}, before `{early}` ({first}); dates run forward."
            )


def _day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)
