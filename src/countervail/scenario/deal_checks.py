"""Checks of a deal that need more than one of its fields: what its kind needs and takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countervail.scenario.problems import (
    Path,
    Problem,
    amount_problems,
    in_words,
    is_number,
    order_problems,
    range_problems,
    share_problems,
    tables,
    tariff_problems,
)

TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    "amount": ("investment", "infrastructure"),
    "into": ("investment",),
    "host": ("investment", "infrastructure"),
    "years": ("investment", "infrastructure"),
    "depth": ("trade-agreement",),
    "effect": ("trade-agreement", "investment-treaty", "diplomatic-post", "defence-tie"),
    "sectors": ("trade-agreement", "diplomatic-post", "defence-tie"),
    "tariff": ("trade-agreement", "tariff-quota"),
    "route": ("energy-route",),
}
"""The kinds of deals that a key acts in; keys that are not here may stand in every deal."""

PRIORS: Mapping[str, str] = {
    "trade-agreement": "pta.deep",
    "investment-treaty": "bit.fdi",
    "diplomatic-post": "post.exports",
    "defence-tie": "attache.exports",
}
"""The parameter that `effect` replaces, by kind."""

_TERMS = "[[deal.tariff]] tables that name a `sector`"
_NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "trade-agreement": (("depth", "effect", "tariff"), f"its `depth`, its `effect` or {_TERMS}"),
    "tariff-quota": (("tariff",), _TERMS),
    "investment": (("amount",), "its `amount`"),
    "infrastructure": (("amount",), "its `amount`"),
    "energy-route": (("route",), "its `route`"),
}
_ROUTE_FIGURES = ("markets", "gain", "price", "capacity")


def deal_problems(path: Path, deal: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between the fields of one deal of a plain scenario."""
    kind = deal.get("kind")
    if isinstance(kind, str):
        yield from _of_kind(path, deal, kind)
    into = deal.get("into")
    if isinstance(into, Mapping):
        yield from share_problems((*path, "into"), into)
    yield from amount_problems((*path, "amount"), deal.get("amount"), "date" not in deal)
    for position, term in tables(deal.get("tariff")):
        yield from _tariff_term((*path, "tariff", position), term)
    route = deal.get("route")
    if isinstance(route, Mapping):
        yield from _route((*path, "route"), route)
    yield from order_problems(path, deal, ("date", "ended"))


def _of_kind(path: Path, deal: Mapping[str, Any], kind: str) -> Iterator[Problem]:
    """Keys that the kind does nothing with, what it needs, and an effect beyond its range."""
    for key, kinds in TAKEN_BY.items():
        if key in deal and kind not in kinds:
            yield Problem(
                (*path, key),
                f"{kind!r} does nothing with `{key}`; that is for {in_words(kinds)}. Remove it, or "
                "say it in `terms` or `note`.",
            )
    keys, words = _NEEDS.get(kind, ((), ""))
    if keys and "not_quantified" not in deal and not any(_is_given(deal, key) for key in keys):
        yield Problem(
            path,
            f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} needs {words}, or `not_quantified` "
            "with the reason why there are no figures.",
        )
    if kind in PRIORS:
        depth = deal.get("depth")
        graded = kind == "trade-agreement" and depth in ("deep", "shallow")
        prior = f"pta.{depth}" if graded else PRIORS[kind]
        yield from range_problems((*path, "effect"), deal.get("effect"), prior, deal)


def _is_given(deal: Mapping[str, Any], key: str) -> bool:
    if key == "tariff":
        return any("sector" in term for _, term in tables(deal.get(key)))
    return key in deal


def _route(path: Path, route: Mapping[str, Any]) -> Iterator[Problem]:
    gain, price = route.get("gain"), route.get("price")
    if is_number(gain) and is_number(price) and gain >= price:
        yield Problem(
            (*path, "gain"),
            f"given {gain:g} on a price of {price:g}: what a unit brings more is less than all "
            "that it brings.",
        )
    absent = [key for key in _ROUTE_FIGURES if key not in route]
    if "edge" not in route and absent:
        yield Problem(
            path,
            "a route is a planned `edge` of a network, or has all of `markets`, `gain`, `price` "
            f"and `capacity`; missing: {', '.join(absent)}.",
        )


def _tariff_term(path: Path, term: Mapping[str, Any]) -> Iterator[Problem]:
    yield from amount_problems((*path, "trade"), term.get("trade"))
    quota = term.get("quota")
    if isinstance(quota, Mapping):
        yield from amount_problems((*path, "quota", "unit_value"), quota.get("unit_value"))
        counted = quota.get("unit")
        uncounted = isinstance(counted, str) and counted.split()[:2] != ["m", "USD"]
        if "unit_value" not in quota and "sector" in term and uncounted:
            yield Problem(
                (*path, "quota"),
                f"counted in {counted}: say what one is worth at the border (`unit_value`), or "
                "count it in `m USD a year`.",
            )
    if "share" in term and "trade" in term:
        yield Problem((*path, "trade"), "give `share` or `trade`, not both.")
    for key in ("before", "after", "beyond"):
        yield from tariff_problems((*path, key), term.get(key), term)
    after, beyond = term.get("after"), term.get("beyond")
    if "beyond" in term and "quota" not in term:
        yield Problem((*path, "beyond"), "a tariff beyond the quota, but there is no `quota`.")
    elif is_number(after) and is_number(beyond) and beyond < after:
        yield Problem(
            (*path, "beyond"),
            f"given {beyond:g}, below `after` ({after:g}): what exceeds the quota pays at least "
            "the rate inside it.",
        )
    importer = term.get("importer")
    if importer is not None and importer == term.get("exporter"):
        yield Problem((*path, "exporter"), f"{importer!r} cannot levy a tariff on itself.")
    yield from order_problems(path, term, ("effective", "until"))
