"""Projects that wait for money, and who has money for them."""

from __future__ import annotations

from pydantic import Field

from countervail.scenario.terms import Amount
from countervail.scenario.words import (
    CONFIRM_RANGE,
    NOT_QUANTIFIED,
    SOURCES,
    AnyNames,
    Duration,
    Flag,
    NotNegative,
    Positive,
    Share,
    Slug,
    Table,
    Text,
    Year,
)


class Capacity(Table):
    """What a project can do once it is built."""

    value: Positive = Field(
        description="The number, counted in `unit`.",
        examples=[14],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    unit: Text = Field(description="What is counted, per what.", examples=["Mt of LNG a year"])


class Project(Table):
    """One project that could be built, and what it waits for."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["north-coast-line"],
    )
    title: Text | None = Field(
        default=None,
        description="The project in a few words.",
        examples=["North Coast Transmission Line"],
    )
    cost: Amount | None = Field(
        default=None,
        description="What it costs to build.",
        examples=[{"value": 6, "unit": "bn CAD", "usd": 0.72, "basis": "press", "year": 2025}],
    )
    region: Text | None = Field(
        default=None,
        description="Region in which it is built; without it, the protagonist.",
        examples=["CAN"],
    )
    into: dict[Text, Share] = Field(
        default_factory=dict,
        description="Sectors or groups of the world whose capital it is, with their shares.",
        examples=[{"electricity-gas": 1.0}],
        json_schema_extra={"unit": "fractions of the cost, at most 1 together"},
    )
    capacity: Capacity | None = Field(
        default=None,
        description="What it can do once it is built.",
        examples=[{"value": 14, "unit": "Mt of LNG a year"}],
    )
    earliest: Year | None = Field(
        default=None,
        description="First year in which building could start.",
        examples=[2026],
        json_schema_extra={"unit": "year"},
    )
    years: Duration | None = Field(
        default=None,
        description="How long building takes.",
        examples=[5],
        json_schema_extra={"unit": "years"},
    )
    needs: AnyNames = Field(
        default=(), description="Ids of projects that must be built first.", examples=[["line"]]
    )
    financiers: AnyNames = Field(
        default=(),
        description="Ids of those who may pay for it; without it, all.",
        examples=[["domestic", "uae"]],
    )
    not_quantified: Text | None = Field(
        default=None, description=NOT_QUANTIFIED, examples=["The cost was not found."]
    )
    note: Text | None = Field(
        default=None, description="What a reader should know to judge the entry.", examples=["..."]
    )
    sources: AnyNames = Field(default=(), description=SOURCES, examples=[["newswire 2025-11-13"]])


class Financier(Table):
    """One source of money for projects."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["uae"],
    )
    title: Text | None = Field(
        default=None, description="Who it is.", examples=["Funds of the United Arab Emirates"]
    )
    region: Text = Field(description="Region to which returns go.", examples=["ARE"])
    amount: Amount = Field(
        description="All it would put into these projects.",
        examples=[{"value": 50, "unit": "bn USD", "basis": "published", "year": 2025}],
    )
    per_year: Amount | None = Field(
        default=None,
        description="The most in one year; without it, the whole amount at any time.",
        examples=[{"value": 5, "unit": "bn USD", "basis": "judgement", "year": 2025}],
    )
    from_year: Year | None = Field(
        default=None,
        description="First year in which it pays.",
        examples=[2026],
        json_schema_extra={"unit": "year"},
    )
    until_year: Year | None = Field(
        default=None,
        description="Last year in which it pays.",
        examples=[2035],
        json_schema_extra={"unit": "year"},
    )
    largest_share: Share | None = Field(
        default=None,
        description="The most it may pay of one project; without it, all.",
        examples=[0.49],
        json_schema_extra={"unit": "fraction"},
    )
    return_rate: NotNegative | None = Field(
        default=None,
        description="What it asks a year, in place of the parameter `capital.return`.",
        examples=[0.06],
        json_schema_extra={"unit": "fraction a year"},
    )
    confirm_units: Flag = Field(
        default=False, description=CONFIRM_RANGE.format(key="return_rate"), examples=[True]
    )
    deal: Text | None = Field(
        default=None,
        description="Id of the deal that brings it; without that deal it pays nothing.",
        examples=["uae-pledge"],
    )
    note: Text | None = Field(
        default=None, description="What a reader should know to judge the entry.", examples=["..."]
    )
    sources: AnyNames = Field(default=(), description=SOURCES, examples=[["newswire 2025-11-20"]])
