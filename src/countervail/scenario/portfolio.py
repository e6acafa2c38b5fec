"""Which deals can be had together: what `[portfolio]` may say, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from countervail.errors import nearest
from countervail.scenario.problems import Path, Problem, entries
from countervail.scenario.words import Names, NotNegative, Number, Table, Text

Objective = Literal["least-exposure", "worst-case", "most-welfare"]


class PortfolioSpec(Table):
    """Which bundle of deals is sought, and what limits there are."""

    objective: Objective = Field(
        default="least-exposure",
        description="`least-exposure`: what a full cut-off takes away is smallest; `worst-case`: "
        "most real income under the worst of a full cut-off and every threat that is computed; "
        "`most-welfare`: most real income in peace, with exposure of at most `exposure_at_most`.",
        examples=["most-welfare"],
    )
    exposure_at_most: Number | None = Field(
        default=None,
        description="For `most-welfare`: the largest exposure that is allowed.",
        examples=[6.5],
        json_schema_extra={"unit": "% of real income"},
    )
    at_most: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        default=None,
        description="How many deals can be had.",
        examples=[4],
        json_schema_extra={"unit": "deals"},
    )
    limits: dict[Text, NotNegative] = Field(
        default_factory=dict,
        description="How much there is of each resource (a name of your own, such as `political`).",
        examples=[{"political": 6}],
        json_schema_extra={"unit": "the resource's own"},
    )
    uses: dict[Text, dict[Text, NotNegative]] = Field(
        default_factory=dict,
        description="What deals take of a resource; a deal that is not named takes nothing.",
        examples=[{"political": {"china-arrangement": 3}}],
        json_schema_extra={"unit": "the resource's own"},
    )
    exclusive: tuple[Names, ...] = Field(
        default=(),
        description="Groups of deals of which one at most can be had.",
        examples=[[["pact-a", "pact-b"]]],
    )
    needs: dict[Text, Names] = Field(
        default_factory=dict,
        description="What must be had for a deal: it is signed after these.",
        examples=[{"qatar-investment": ["qatar-treaty"]}],
    )


def portfolio_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between `[portfolio]` and the deals of a plain scenario."""
    table = raw.get("portfolio")
    if not isinstance(table, Mapping):
        return
    known = [row["id"] for _, row in entries(raw, "deal") if isinstance(row.get("id"), str)]
    for path, name in _named(table):
        if name not in known:
            hint = nearest(name, known) if known else "Add a [[deal]] table with this id."
            yield Problem(path, f"there is no deal {name!r} in this file. {hint}")
    limits = table.get("limits")
    for resource in _mapping(table.get("uses")):
        if resource not in _mapping(limits):
            yield Problem(
                ("portfolio", "uses", resource),
                f"how much there is of {resource!r} is not said; add it to `limits`.",
            )
    wants = table.get("objective") == "most-welfare"
    if wants != ("exposure_at_most" in table):
        yield Problem(
            ("portfolio", "exposure_at_most") if not wants else ("portfolio", "objective"),
            "`most-welfare` needs `exposure_at_most`, and no other objective takes it.",
        )
    needs = {name: _list(others) for name, others in _mapping(table.get("needs")).items()}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        chain = " needs ".join(reversed(error.args[1]))
        yield Problem(("portfolio", "needs"), f"deals that need each other: {chain}.")


def _named(table: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every id of a deal in the table, with its path."""
    for resource, used in _mapping(table.get("uses")).items():
        for name in _mapping(used):
            yield ("portfolio", "uses", resource, name), name
    groups = table.get("exclusive")
    for position, group in enumerate(groups if isinstance(groups, list | tuple) else ()):
        for name in _list(group):
            yield ("portfolio", "exclusive", position), name
    for name, others in _mapping(table.get("needs")).items():
        for one in (name, *_list(others)):
            yield ("portfolio", "needs", name), one


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []
