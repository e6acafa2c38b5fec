"""What happened: figures on record that the prediction for threats is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from countervail.errors import nearest
from countervail.scenario.problems import Path, Problem, entries, is_number
from countervail.scenario.words import (
    SOURCES,
    AnyNames,
    Flag,
    Names,
    Number,
    Positive,
    Slug,
    Table,
    Text,
    Year,
)

ObservedFigure = Literal[
    "exports-to-coercer",
    "exports-elsewhere",
    "rerouted-share",
    "net-export-loss",
    "output",
    "real-income",
    "gdp",
    "share-in-exports",
    "share-in-imports",
    "import-price",
]
ObservedStatus = Literal["read", "derived", "general-knowledge"]

MONEY = "money"
UNITS: Mapping[str, tuple[str, ...]] = {
    "exports-to-coercer": ("percent", MONEY),
    "exports-elsewhere": ("percent", MONEY),
    "rerouted-share": ("percent",),
    "net-export-loss": (MONEY,),
    "output": ("percent",),
    "real-income": ("percent",),
    "gdp": ("percent",),
    "share-in-exports": ("points",),
    "share-in-imports": ("points",),
    "import-price": ("percent",),
}
"""The units that each figure can be given in; ``money``: bn or m of a currency."""


class Observed(Table):
    """One figure of what happened under threats that were carried out."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["wine-rerouted"],
    )
    says: Text = Field(
        description="What happened, in a few words, as a heading.",
        examples=["Wine sold elsewhere in place of what China no longer bought"],
    )
    threats: Names | None = Field(
        default=None,
        description="Ids of the threats that were in force; without it, all that have figures.",
        examples=[["wine"]],
    )
    figure: ObservedFigure = Field(
        description="Which figure it is. `exports-to-coercer`: change of the protagonist's exports "
        "of the goods that are hit; `exports-elsewhere`: change of its exports of their sectors to "
        "all others; `rerouted-share`: the second over what is lost of the first; "
        "`net-export-loss`: what is lost less what is made up elsewhere; `output`: volume, of the "
        "sectors; `real-income` and `gdp` (volume): of the protagonist; `share-in-exports`: of the "
        "coercer in its exports; `share-in-imports`: of the protagonist in the coercer's imports; "
        "`import-price`: what foreign goods cost the coercer, duties included.",
        examples=["rerouted-share"],
    )
    sectors: Names | None = Field(
        default=None,
        description="Sectors or groups of the world that the figure is about; without it, those "
        "that the threats hit (for `share-in-exports`, all).",
        examples=["agriculture"],
    )
    value: Number = Field(
        description="What was observed, counted in `unit`.",
        examples=[15],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    low: Number | None = Field(
        default=None,
        description="The lowest of the values that sources give.",
        examples=[15],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    high: Number | None = Field(
        default=None,
        description="The highest of the values that sources give.",
        examples=[18],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    unit: Annotated[str, StringConstraints(pattern=r"^(percent|points|(bn|m) [A-Z]{3})$")] = Field(
        description="`percent`, `points` (of a share), or bn or m, a space and a currency.",
        examples=["percent"],
    )
    usd: Positive | None = Field(
        default=None,
        description="For money in another currency: what one unit was worth.",
        examples=[0.695],
        json_schema_extra={"unit": "US dollars"},
    )
    year: Year | None = Field(
        default=None,
        description="For money: the year of the prices.",
        examples=[2019],
        json_schema_extra={"unit": "year"},
    )
    period: Text = Field(
        description="From when to when it was observed.", examples=["year to March 2022"]
    )
    like_for_like: Flag = Field(
        default=True,
        description="Whether it measures what the model computes; with false, `why_not` says what "
        "else is in it.",
        examples=[False],
    )
    why_not: Text | None = Field(
        default=None,
        description="What else is in the observed figure.",
        examples=["The crop of that year was the second largest on record."],
    )
    status: ObservedStatus = Field(
        default="read",
        description="Whether the figure was read, derived from what was read (`note` says how), or "
        "is general knowledge.",
        examples=["derived"],
    )
    note: Text | None = Field(
        default=None,
        description="What a reader should know to judge the entry.",
        examples=["129 over 844 million Australian dollars."],
    )
    sources: AnyNames = Field(
        default=(), description=SOURCES, examples=[["scmp.com 3176453 (wine exporters)"]]
    )


def observed_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every contradiction between fields of the `[[observed]]` entries of a plain scenario."""
    known = [row["id"] for _, row in entries(raw, "threat") if isinstance(row.get("id"), str)]
    for path, row in entries(raw, "observed"):
        yield from _threats(path, row, known)
        yield from _unit(path, row)
        yield from _range(path, row)
        if row.get("like_for_like", True) is False and "why_not" not in row:
            yield Problem(path, "`like_for_like = false` needs `why_not`: what else is in it.")
        if row.get("like_for_like", True) is True and "why_not" in row:
            yield Problem(
                (*path, "why_not"),
                "this goes with `like_for_like = false`; add that, or remove it.",
            )
        if row.get("status", "read") != "general-knowledge" and not row.get("sources"):
            yield Problem(path, "a figure that was read or derived needs `sources`.")


def _threats(path: Path, row: Mapping[str, Any], known: list[str]) -> Iterator[Problem]:
    if not known:
        yield Problem(path, "there is no [[threat]] in this file whose effect could be observed.")
        return
    names = row.get("threats")
    listed = [names] if isinstance(names, str) else names
    listed = list(listed) if isinstance(listed, list | tuple) else []
    for position, name in enumerate(listed):
        if isinstance(name, str) and name not in known:
            yield Problem(
                (*path, "threats", position) if not isinstance(names, str) else (*path, "threats"),
                f"there is no threat {name!r} in this file. {nearest(name, known)}",
            )
        elif listed.index(name) != position:
            yield Problem((*path, "threats", position), f"{name!r} is named twice.")


def _unit(path: Path, row: Mapping[str, Any]) -> Iterator[Problem]:
    figure, unit = row.get("figure"), row.get("unit")
    if not isinstance(figure, str) or figure not in UNITS or not isinstance(unit, str):
        return
    money = " " in unit
    if (MONEY if money else unit) not in UNITS[figure]:
        offered = " or ".join("bn USD" if u == MONEY else u for u in UNITS[figure])
        yield Problem((*path, "unit"), f"given {unit!r}; {figure} is counted in {offered}.")
    if money and not unit.endswith(" USD") and "usd" not in row:
        currency = unit.rpartition(" ")[2]
        yield Problem(
            path,
            f"a figure in {currency} needs `usd`, what one {currency} was worth in US dollars, for "
            "example usd = 0.74.",
        )
    if money and "year" not in row:
        yield Problem(
            path, "a sum of money needs the `year` of its prices, for example year = 2019."
        )
    for key in ("usd", "year"):
        if key in row and not money:
            yield Problem((*path, key), f"`{key}` goes with money only; the unit is {unit!r}.")


def _range(path: Path, row: Mapping[str, Any]) -> Iterator[Problem]:
    value, low, high = (row.get(key) for key in ("value", "low", "high"))
    if is_number(low) and is_number(value) and low > value:
        yield Problem((*path, "low"), f"given {low:g}, above the value {value:g}.")
    if is_number(high) and is_number(value) and high < value:
        yield Problem((*path, "high"), f"given {high:g}, below the value {value:g}.")
