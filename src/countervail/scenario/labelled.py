"""Names in a plain scenario against the labels of a world: the parts that several tables share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from countervail.errors import UnknownLabelError
from countervail.scenario.problems import Path, Problem
from countervail.world import registry

if TYPE_CHECKING:
    from countervail.world.labels import WorldLabels

Resolve = Callable[[str], tuple[str, ...]]


def region_problems(path: Path, names: object, labels: WorldLabels) -> Iterator[Problem]:
    """Names that are no region or group of the world."""
    yield from _unknown(path, names, labels.resolve_regions)


def sector_problems(path: Path, names: object, labels: WorldLabels) -> Iterator[Problem]:
    """Names that are no sector or group of the world."""
    yield from _unknown(path, names, labels.resolve_sectors)


def party_problems(path: Path, names: object, labels: WorldLabels) -> Iterator[Problem]:
    """Names that are neither in the world nor countries or groups of the registry."""

    def resolve(name: str) -> tuple[str, ...]:
        known = name in registry.regions() or name in registry.groups("region")
        if known or name.lower() in registry.aliases("region"):
            return (name,)
        return labels.resolve_regions(name)

    yield from _unknown(path, names, resolve)


def one_country_problems(path: Path, name: object, labels: WorldLabels) -> Iterator[Problem]:
    """As ``party_problems`` for one name, which may not be a group either."""
    yield from party_problems(path, name, labels)
    many = members_of(name, labels) if isinstance(name, str) else frozenset()
    if len(many) > 1:
        yield Problem(path, f"given {name!r}, a group of {len(many)} countries; name one of them.")


def members_of(name: str, labels: WorldLabels) -> frozenset[str]:
    """The countries that a party stands for, whether the world shows them by themselves or not.

    A country that the world counts inside another region is that region, but for rests of the
    world, whose members stay apart. Empty for a name that nobody knows.
    """
    known = registry.regions()
    code = name if name in known else registry.aliases("region").get(name.lower())
    found = {country for country, entry in known.items() if name in entry.groups}
    found |= {code} if code else set()
    found |= set(resolved(name, labels.resolve_regions))
    return frozenset(_shown(country, labels) for country in found)


def resolved(name: str, resolve: Resolve) -> tuple[str, ...]:
    """The labels that ``name`` stands for; none where the world does not know it."""
    try:
        return resolve(name)
    except UnknownLabelError:
        return ()


def listed(names: object) -> list[str]:
    """One name or a list of them as a list; what is no text is passed over."""
    if isinstance(names, str):
        return [names]
    if isinstance(names, Sequence):
        return [name for name in names if isinstance(name, str)]
    return []


def _shown(country: str, labels: WorldLabels) -> str:
    holder = labels.region_that_holds(country)
    # Rests are told by their name: importing more of the world would cost start-up time.
    return country if holder is None or holder.split("-")[0] == "ROW" else holder


def _unknown(path: Path, names: object, resolve: Resolve) -> Iterator[Problem]:
    for position, name in enumerate(listed(names)):
        try:
            resolve(name)
        except UnknownLabelError as error:
            here = path if isinstance(names, str) else (*path, position)
            yield Problem(here, f"{error.cause} {error.remedy}")
