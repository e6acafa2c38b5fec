"""Names in the deals of a scenario: its parties, the flows of its tariffs, the edge it adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from countervail.errors import nearest
from countervail.scenario.labelled import (
    listed,
    members_of,
    one_country_problems,
    party_problems,
    resolved,
    sector_problems,
)
from countervail.scenario.problems import Path, Problem, in_words, is_number, tables
from countervail.scenario.route_names import Edges

if TYPE_CHECKING:
    from countervail.world.labels import WorldLabels

_BETWEEN_TWO = (
    "trade-agreement",
    "tariff-quota",
    "investment",
    "investment-treaty",
    "diplomatic-post",
    "defence-tie",
)
"""Kinds that act on what is between two parties or more; the others can be one country's own."""


def deal_name_problems(
    path: Path, deal: Mapping[str, Any], labels: WorldLabels, edges: Edges | None
) -> Iterator[Problem]:
    """Every name in one deal that is wrong in the world with these ``labels``.

    ``edges``: the networks of energy routes (None: they could not be read, and are not looked
    at). Unknown names, parties that are one country, a host or a tariff between countries that
    are no parties, products that exceed their flow, edges that cannot be built.
    """
    yield from party_problems((*path, "parties"), deal.get("parties"), labels)
    yield from _parties(path, deal, labels)
    into = deal.get("into")
    for sector in into if isinstance(into, Mapping) else ():
        yield from sector_problems((*path, "into", sector), sector, labels)
    yield from _host((*path, "host"), deal, labels)
    yield from sector_problems((*path, "sectors"), deal.get("sectors"), labels)
    for position, term in tables(deal.get("tariff")):
        here = (*path, "tariff", position)
        yield from sector_problems((*here, "sector"), term.get("sector"), labels)
        for key in ("importer", "exporter"):
            yield from _of_parties((*here, key), term.get(key), deal, labels)
        yield from _quota((*here, "quota"), term, labels)
    yield from _flows(path, deal, labels)
    route = deal.get("route")
    if isinstance(route, Mapping):
        yield from sector_problems((*path, "route", "sector"), route.get("sector"), labels)
        yield from party_problems((*path, "route", "markets"), route.get("markets"), labels)
        if edges is not None:
            yield from _edge((*path, "route"), route, edges)


def _parties(path: Path, deal: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    names = listed(deal.get("parties"))
    members = [members_of(name, labels) for name in names]
    if not all(members):
        return  # a name that nobody knows was reported
    first: dict[frozenset[str], str] = {}
    for position, (name, who) in enumerate(zip(names, members, strict=True)):
        if who in first:
            same = "" if name == first[who] else f", as {first[who]!r}"
            yield Problem(
                (*path, "parties", position), f"{name!r} is named already{same}; once is enough."
            )
        first.setdefault(who, name)
    kind = deal.get("kind")
    if kind in _BETWEEN_TWO and len(names) == 1 and len(members[0]) == 1:
        yield Problem(
            (*path, "parties"),
            f"only {names[0]!r} takes part; {kind} is a deal between two parties or more.",
        )


def _host(path: Path, deal: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    found = list(one_country_problems(path, deal.get("host"), labels))
    yield from found or _of_parties(path, deal.get("host"), deal, labels)


def _of_parties(
    path: Path, name: object, deal: Mapping[str, Any], labels: WorldLabels
) -> Iterator[Problem]:
    """A name that is unknown, or that is no party of the deal and in no group that is one."""
    if not isinstance(name, str):
        return
    unknown = list(party_problems(path, name, labels))
    yield from unknown
    names = listed(deal.get("parties"))
    parties = [members_of(party, labels) for party in names]
    who = members_of(name, labels)
    # In another name of the world the parties cannot be compared: their own error is enough.
    if unknown or not who or not names or not all(parties):
        return
    if not who <= frozenset().union(*parties):
        yield Problem(
            path,
            f"given {name!r}, which is no party of this deal ({in_words(names)}); name a party, "
            "or add it to `parties`.",
        )


def _quota(path: Path, term: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    pairs = {(n, i) for _, n, i in _cells({**term, "sector": "all"}, labels)}
    if "quota" in term and len(pairs) > 1:
        yield Problem(
            path,
            f"between {term['importer']} and {term['exporter']} are {len(pairs)} pairs of "
            "regions; a quota has one importer and one exporter: give each pair its own.",
        )


def _flows(path: Path, deal: Mapping[str, Any], labels: WorldLabels) -> Iterator[Problem]:
    """Products that together are more than all of a flow, as far as their shares are given."""
    whole: dict[tuple[str, str, str], float] = {}
    for position, term in tables(deal.get("tariff")):
        share = term.get("share", 0.0 if "trade" in term else 1.0)
        if not is_number(share):
            continue
        for cell in _cells(term, labels):
            before = whole.get(cell, 0.0)
            whole[cell] = before + share
            # 1e-9 leaves room for the rounding of shares such as 0.7 + 0.2 + 0.1.
            if before <= 1 + 1e-9 < whole[cell]:
                sector, importer, exporter = cell
                yield Problem(
                    (*path, "tariff", position),
                    f"with it the products of this deal are {whole[cell]:.3g} times all that "
                    f"{importer} buys of {sector} from {exporter} (one without `share` and "
                    "`trade` is the whole sector); give smaller shares.",
                )
                break


def _cells(term: Mapping[str, Any], labels: WorldLabels) -> Iterator[tuple[str, str, str]]:
    """The flows (sector, importer, exporter) of the world that a tariff is on."""
    found = []
    for key, resolve in (
        ("sector", labels.resolve_sectors),
        ("importer", labels.resolve_regions),
        ("exporter", labels.resolve_regions),
    ):
        name = term.get(key)
        found.append(resolved(name, resolve) if isinstance(name, str) else ())
    return ((s, n, i) for s, n, i in product(*found) if n != i)


def _edge(path: Path, route: Mapping[str, Any], edges: Edges) -> Iterator[Problem]:
    """A network or an edge that the networks of routes do not have, or that is there already."""
    network, edge = route.get("network"), route.get("edge")
    if isinstance(network, str) and network not in edges:
        yield Problem(
            (*path, "network"),
            f"there is no network of routes {network!r}. {nearest(network, edges)}",
        )
        return
    if not isinstance(edge, str):
        return
    within = edges if not isinstance(network, str) else {network: edges[network]}
    holders = [name for name, held in within.items() if edge in held]
    if not holders:
        known = [name for held in within.values() for name in held]
        absent = "no network has an" if network is None else f"the network {network} has no"
        yield Problem((*path, "edge"), f"{absent} edge {edge!r}. {nearest(edge, known)}")
    elif len(holders) > 1:
        yield Problem((*path, "edge"), f"{in_words(holders)} have it; name the `network` too.")
    elif within[holders[0]][edge] == "operating":
        planned = [name for name, status in within[holders[0]].items() if status != "operating"]
        yield Problem(
            (*path, "edge"),
            f"{edge!r} operates already; a deal adds one that is planned or being built: "
            f"{', '.join(planned) or 'there is none'}.",
        )
