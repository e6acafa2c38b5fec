"""Which labels are merged into which: the names and groups of a coarser world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.errors import LabelError
from countervail.world import registry
from countervail.world.arrays import Array
from countervail.world.labels import Spec

Merge = Mapping[str, str | Sequence[str]]
"""New label -> the old labels or groups that it is made of."""


@dataclass(frozen=True)
class Axis:
    """How one axis is merged: new labels, their parts, and the new position of every old one."""

    labels: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    place: tuple[int, ...]

    @property
    def matrix(self) -> Array:
        """Ones where an old label (row) is part of a new one (column)."""
        return np.eye(len(self.labels))[list(self.place)]

    @property
    def first(self) -> list[int]:
        """The old position of the first part of each new label."""
        return [self.place.index(k) for k in range(len(self.labels))]

    @property
    def single(self) -> list[int]:
        """The new positions that have one part only."""
        return [k for k, parts in enumerate(self.parts) if len(parts) == 1]


def merge_axis(
    kind: str,
    labels: Sequence[str],
    merge: Merge | None,
    resolve: Callable[[Spec], tuple[str, ...]],
) -> Axis:
    """How the labels of one axis (``kind`` region or sector) go into those of ``merge``.

    ``resolve`` reads the parts that ``merge`` names (labels, groups, aliases). Raises what it
    raises, and ``LabelError`` where a label would go into two, or a new label is that of
    one that is kept.
    """
    into: dict[str, str] = {}
    for new, spec in (merge or {}).items():
        for part in resolve(spec):
            if part in into:
                raise LabelError(
                    f"the {kind} {part} would go into both {into[part]!r} and {new!r}.",
                    f"Every {kind} goes into exactly one; take it out of one of them.",
                )
            into[part] = new
    clash = [x for x in labels if x not in into and x in (merge or {})]
    if clash:
        raise LabelError(
            f"the new {kind} {clash[0]!r} has the name of a {kind} that is kept.",
            "Make it one of the parts, or choose another name.",
        )
    parts: dict[str, list[str]] = {}
    for label in labels:
        parts.setdefault(into.get(label, label), []).append(label)
    position = {new: k for k, new in enumerate(parts)}
    return Axis(
        tuple(parts),
        tuple(tuple(old) for old in parts.values()),
        tuple(position[into.get(label, label)] for label in labels),
    )


def merged_groups(old: Mapping[str, Sequence[str]], axis: Axis) -> dict[str, tuple[str, ...]]:
    """The groups of the new labels: a new one belongs where all its parts do."""
    found: dict[str, tuple[str, ...]] = {}
    for group, members in old.items():
        inside = tuple(
            new
            for new, parts in zip(axis.labels, axis.parts, strict=True)
            if set(parts) <= set(members)
        )
        if inside and group not in axis.labels:
            found[group] = inside
    return found


def merged_names(kind: str, axis: Axis, old: Mapping[str, str]) -> dict[str, str]:
    """The names of the new labels: the old one, that of a group, or the label itself."""
    known = registry.groups(kind)
    found: dict[str, str] = {}
    for new, parts in zip(axis.labels, axis.parts, strict=True):
        if parts == (new,):
            found[new] = old[new]
        else:
            found[new] = known[new].name if new in known else new
    return found


def merged_parts(axis: Axis) -> dict[str, list[str]]:
    """The parts of every label that is new."""
    return {
        new: list(parts)
        for new, parts in zip(axis.labels, axis.parts, strict=True)
        if parts != (new,)
    }
