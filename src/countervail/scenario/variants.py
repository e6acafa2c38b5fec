"""Other readings of which deals count, beside which every verdict is given again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from countervail.errors import nearest
from countervail.scenario.problems import Problem, entries
from countervail.scenario.words import AnyNames, Slug, Table, Text


class Variant(Table):
    """One other reading: which deals count, and which of them as delivered for certain."""

    id: Slug = Field(description="Short name, used in results.", examples=["published-only"])
    says: Text = Field(
        description="What is read differently.",
        examples=["Only sums that somebody published"],
    )
    deals: AnyNames | None = Field(
        default=None,
        description="Ids of the deals that count; without it, all.",
        examples=[["uae-pledge"]],
    )
    without: AnyNames = Field(
        default=(),
        description="Ids of deals that do not count.",
        examples=[["qatar-investment"]],
    )
    in_full: AnyNames = Field(
        default=(),
        description="Ids of deals that count as delivered, whatever their odds.",
        examples=[["uae-pledge"]],
    )

    def counted(self, every: tuple[str, ...]) -> tuple[str, ...]:
        """The deals of ``every`` that count."""
        chosen = every if self.deals is None else self.deals
        return tuple(name for name in every if name in chosen and name not in self.without)


def variant_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Ids in `[[variant]]` that are no deals, and deals in full that do not count."""
    known = [row["id"] for _, row in entries(raw, "deal") if isinstance(row.get("id"), str)]
    for path, row in entries(raw, "variant"):
        lists = {key: _names(row.get(key)) for key in ("deals", "without", "in_full")}
        for key, names in lists.items():
            for name in names:
                if name not in known:
                    hint = nearest(name, known) if known else "Add a [[deal]] table with this id."
                    yield Problem((*path, key), f"there is no deal {name!r} in this file. {hint}")
        counted = set(lists["deals"] if "deals" in row else known) - set(lists["without"])
        for name in lists["in_full"]:
            if name in known and name not in counted:
                yield Problem((*path, "in_full"), f"{name!r} is delivered, and does not count.")


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []
