"""Checks of a scenario that need more than one of its fields.

They work on plain nested values as a TOML reader gives them, whether or not the
rest of the file is sound, so that one wrong field never hides another error.
A field that is missing or of the wrong kind is passed over here: the schema
reports it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countervail.scenario.deal_checks import deal_problems
from countervail.scenario.observed import observed_problems
from countervail.scenario.pipeline_checks import pipeline_problems
from countervail.scenario.portfolio import portfolio_problems
from countervail.scenario.problems import (
    Path,
    Problem,
    entries,
    is_number,
    order_problems,
    tariff_problems,
)
from countervail.scenario.sequence_checks import sequence_problems
from countervail.scenario.variants import variant_problems

INCONSISTENT = "inconsistent_scenario"
_RATED = ("import-tariff", "export-tax", "capital-withdrawal")
_UNRATED = ("import-ban", "export-ban", "transit-denial", "cut-off")
_ON_SECTORS = ("import-tariff", "import-ban", "export-tax", "export-ban")
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
        found += deal_problems(path, deal)
    found += pipeline_problems(raw)
    found += portfolio_problems(raw)
    found += sequence_problems(raw)
    found += variant_problems(raw)
    found += observed_problems(raw)
    for path, claim in entries(raw, "claim"):
        if "test" not in claim and "evidence" not in claim:
            found.append(Problem(path, "a claim needs a `test` on results or recorded `evidence`."))
    return found


def _duplicate_ids(raw: Mapping[str, Any]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for kind in ("threat", "deal", "project", "financier", "variant", "observed", "claim"):
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
            yield from tariff_problems(("ladder", "rates", position), rate, ladder)
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
        yield from tariff_problems((*path, key), threat.get(key), threat)
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
    if "transit" in threat and instrument in (*_RATED, "import-ban", "export-ban", "cut-off"):
        yield Problem(
            (*path, "transit"), f"{instrument!r} takes no `transit`; that is for transit-denial."
        )
    if "coverage" in threat and instrument == "transit-denial":
        yield Problem(
            (*path, "coverage"), "say which part is hit as the `share` of `transit` instead."
        )
    if instrument in _ON_SECTORS and "sectors" not in threat and "not_quantified" not in threat:
        yield Problem(path, f'an {instrument} needs `sectors`, for example sectors = "goods".')
    yield from order_problems(path, threat, ("announced", "effective", "ended"))
    if "ended" in threat and threat.get("status", "hypothetical") in _RUNNING:
        yield Problem(
            (*path, "ended"),
            f"it has ended, yet its status is {threat.get('status', 'hypothetical')!r}; "
            "allowed then: suspended, expired, voided, withdrawn.",
        )
