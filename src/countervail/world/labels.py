"""The names of a world: its regions, sectors and groups, read without NumPy.

Whatever only needs to know whether a name is right (checking a scenario, listing
worlds) reads a world's labels from here and never opens its numbers.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from countervail.errors import LabelError, UnknownLabelError, nearest
from countervail.world import container, registry, schemes

Spec = str | Iterable[str] | None
"""How regions or sectors are named: None (all), a label, a group, an alias, or a list of those."""


@dataclass(frozen=True)
class WorldLabels:
    """The labels of one world, in axis order, with names, groups and provenance.

    ``regions`` are ISO3 codes (``ROW`` for the rest), ``sectors`` slugs such as
    ``motor-vehicles``. A group holds the members that this world shows by
    themselves; members inside ``ROW`` are listed by ``missing_members``.
    """

    name: str
    base_year: int | None
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    region_names: Mapping[str, str]
    sector_names: Mapping[str, str]
    region_groups: Mapping[str, tuple[str, ...]]
    sector_groups: Mapping[str, tuple[str, ...]]
    provenance: Mapping[str, object]

    def resolve_regions(self, spec: Spec = None) -> tuple[str, ...]:
        """The region labels that ``spec`` stands for, each once, in the order of mention.

        ``spec``: None (all), a label, a group (``EU``), a name (``Canada``), or a
        list of those. ``UnknownLabelError`` names the nearest for an unknown name,
        ``LabelError`` answers an empty list.
        """
        return _resolve(
            "region", spec, self.name, self.regions, self.region_groups, self.region_names
        )

    def resolve_sectors(self, spec: Spec = None) -> tuple[str, ...]:
        """The sector labels that ``spec`` stands for; ISIC codes (``C29``) are names too."""
        return _resolve(
            "sector", spec, self.name, self.sectors, self.sector_groups, self.sector_names
        )

    def region_that_holds(self, code: str) -> str | None:
        """The region of this world that ``code`` is or was merged into, else ``ROW``, else None."""
        merges: list[Mapping[str, object]] = []
        history = self.provenance.get("aggregated_from")
        while isinstance(history, Mapping):
            merges.append(history)
            history = history.get("aggregated_from")
        label = code
        for merge in reversed(merges):
            regions = merge.get("regions")
            for region, parts in regions.items() if isinstance(regions, Mapping) else ():
                if label in parts:
                    label = str(region)
                    break
        if label in self.regions:
            return label
        return "ROW" if "ROW" in self.regions else None

    def missing_members(self, group: str) -> tuple[str, ...]:
        """The members of a registry group that this world does not show by themselves."""
        return registry.missing_members("region", self.regions).get(group, ())


def make_labels(
    name: str,
    base_year: int | None,
    regions: Sequence[str],
    sectors: Sequence[str],
    region_groups: Mapping[str, Sequence[str]] | None = None,
    sector_groups: Mapping[str, Sequence[str]] | None = None,
    region_names: Mapping[str, str] | None = None,
    sector_names: Mapping[str, str] | None = None,
    provenance: Mapping[str, object] | None = None,
) -> WorldLabels:
    """Labels that are checked: no repeats, groups of known members, ``all`` among them.

    Groups and names that are not given come from the registry. ``LabelError``
    where a label is repeated, empty, or also the name of a group.
    """
    if not isinstance(name, str) or not name.strip():
        raise LabelError(f"name={name!r}: a world needs a name.", "Give it a word.")
    if base_year is not None:
        try:
            base_year = operator.index(base_year)
        except TypeError as error:
            raise LabelError(
                f"base_year={base_year!r} is not a whole number.", "Write 2014, or None."
            ) from error
    labels = {"region": tuple(regions), "sector": tuple(sectors)}
    for kind, values in labels.items():
        _distinct(kind, values)
    return WorldLabels(
        name=name,
        base_year=base_year,
        regions=labels["region"],
        sectors=labels["sector"],
        region_names=_names("region", labels["region"], region_names),
        sector_names=_names("sector", labels["sector"], sector_names),
        region_groups=_groups("region", labels["region"], region_groups),
        sector_groups=_groups("sector", labels["sector"], sector_groups),
        provenance=MappingProxyType(dict(provenance or {})),
    )


def read_labels(name_or_path: str | os.PathLike[str]) -> WorldLabels:
    """The labels of a bundled world (by name) or of a world file (by path), without NumPy.

    ``WorldFileError`` where there is no such world, or the file is damaged.
    """
    return labels_from_meta(container.read_meta(container.find_world(name_or_path)))


def labels_from_meta(meta: Mapping[str, object]) -> WorldLabels:
    """The labels written in a world file's ``meta.json``; ``WorldFileError`` where they are not."""
    read = container.MetaReader(meta)
    try:
        return make_labels(
            read.text("name"),
            read.year("base_year"),
            read.texts("regions"),
            read.texts("sectors"),
            read.groups("region_groups"),
            read.groups("sector_groups"),
            read.names("region_names"),
            read.names("sector_names"),
            read.mapping("provenance"),
        )
    except LabelError as error:
        raise container.damaged("meta.json", str(error)) from error


@dataclass(frozen=True)
class BundledWorld:
    """One world that ships with the package: its name, labels, and what it is."""

    name: str
    labels: WorldLabels
    size_bytes: int


def bundled_worlds() -> tuple[BundledWorld, ...]:
    """Every world that ships with the package, by name, without reading its numbers."""
    return tuple(
        BundledWorld(name, labels_from_meta(container.read_meta(path)), path.stat().st_size)
        for name, path in sorted(container.bundled_paths().items())
    )


def _distinct(kind: str, labels: Sequence[str]) -> None:
    if not labels:
        raise LabelError(f"a world needs at least one {kind}; none is given.", f"Name the {kind}s.")
    wrong = [repr(x) for x in labels if not isinstance(x, str) or not x.strip()]
    if wrong:
        raise LabelError(
            f"{kind} labels must be words; found {', '.join(wrong[:5])}.", "Give each a name."
        )
    if "all" in labels and len(labels) > 1:
        raise LabelError(
            f"no {kind} can be called 'all': the word stands for all of them.", "Rename it."
        )
    if len(set(labels)) != len(labels):
        repeated = sorted({x for x in labels if list(labels).count(x) > 1})
        raise LabelError(
            f"{kind} labels are repeated: {', '.join(repeated[:8])}.",
            "Every label must occur once; merge or rename the repeated ones.",
        )


def _names(kind: str, labels: Sequence[str], given: Mapping[str, str] | None) -> Mapping[str, str]:
    known = registry.names_of(kind, labels)
    if given:
        known.update({label: str(given[label]) for label in labels if label in given})
    return MappingProxyType(known)


def _groups(
    kind: str, labels: Sequence[str], given: Mapping[str, Sequence[str]] | None
) -> Mapping[str, tuple[str, ...]]:
    if given is None:
        return MappingProxyType(registry.groups_of(kind, labels))
    known = set(labels)
    found: dict[str, tuple[str, ...]] = {"all": tuple(labels)}
    for group, members in given.items():
        if group == "all":
            continue
        if group in known:
            raise LabelError(
                f"{group!r} is both a {kind} and a group of {kind}s.", "Rename one of them."
            )
        unknown = [x for x in members if x not in known]
        if unknown:
            raise LabelError(
                f"group {group!r} has a member that is no {kind} here: {unknown[0]!r}.",
                nearest(str(unknown[0]), known),
            )
        if not members:
            raise LabelError(f"group {group!r} has no members.", "Leave the group out.")
        found[group] = tuple(x for x in labels if x in set(members))
    return MappingProxyType(found)


def _resolve(
    kind: str,
    spec: Spec,
    world: str,
    labels: tuple[str, ...],
    groups: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> tuple[str, ...]:
    if spec is None:
        return labels
    words = list(spec) if isinstance(spec, Iterable) and not isinstance(spec, str) else [spec]
    if not words:
        raise LabelError(f"an empty list of {kind}s was given.", "Name at least one, or say 'all'.")
    found: dict[str, None] = {}
    for word in words:
        found.update(dict.fromkeys(_one(kind, word, world, labels, groups, names)))
    return tuple(found)


def _group_titles(groups: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """What the registry calls the groups of regions that are here: "European Union" -> "EU"."""
    titles: dict[str, str] = {}
    for label, group in registry.groups("region").items():
        if label in groups:
            titles.setdefault(group.name.split(", ")[0], label)
    return titles


def _one(
    kind: str,
    word: str,
    world: str,
    labels: tuple[str, ...],
    groups: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> tuple[str, ...]:
    if not isinstance(word, str):
        raise UnknownLabelError(
            f"a {kind} is named by text, not by {word!r}.", f"Use a label such as {labels[0]!r}."
        )
    if word in labels:
        return (word,)
    if word in groups:
        return groups[word]
    meant = registry.aliases(kind).get(word.lower())
    if meant in labels:
        return (meant,)
    lowered = [label for label in labels if names[label].lower() == word.lower()]
    if len(lowered) == 1:
        return (lowered[0],)
    registered = registry.regions() if kind == "region" else registry.sectors()
    code = meant or (word if word in registered else None)
    if kind == "sector" and code is not None:
        # A finer scheme can hold a sector of the registry in several of its own.
        finer = tuple(label for label in labels if schemes.covered_by(label) == (code,))
        if finer:
            return finer
    if code is not None:
        inside = "It is inside ROW or a merged region." if "ROW" in labels else ""
        raise UnknownLabelError(
            f"{word!r} is not a {kind} of its own in the world {world}.",
            (inside + " " if kind == "region" and inside else "") + "Use another world, or a "
            f"{kind} that is in this one: {', '.join(labels[:12])}"
            f"{', ...' if len(labels) > 12 else ''}.",
        )
    absent = registry.groups(kind).get(word)
    if absent is not None:
        raise UnknownLabelError(
            f"no member of the group {word!r} ({absent.name}) is a {kind} of its own in "
            f"the world {world}.",
            nearest(word, [*labels, *groups]),
        )
    known = [*labels, *groups]
    # Groups of sectors go by plain words; those of regions have codes that may not be known.
    titles = _group_titles(groups) if kind == "region" else {}
    for title, group in titles.items():
        if word.lower() in (title.lower(), group.lower()):
            raise UnknownLabelError(
                f"no {kind} or group of {kind}s is called {word!r} in the world {world}.",
                f"Groups go by their codes: write {group!r}.",
            )
    close = nearest(word, [*known, *names.values(), *titles])
    for title, group in titles.items():
        close = close.replace(title, f"{title} ({group})")
    raise UnknownLabelError(
        f"no {kind} or group of {kind}s is called {word!r} in the world {world}.",
        close if close.startswith("Nearest") else nearest(word, known),
    )
