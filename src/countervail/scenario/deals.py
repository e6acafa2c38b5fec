"""Deals that are said to help, and the claims of a narrative about them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from countervail.scenario.terms import Amount, RouteTerm, TariffTerm
from countervail.scenario.words import (
    CONFIRM_RANGE,
    NOT_QUANTIFIED,
    SOURCES,
    AnyNames,
    Day,
    DealKind,
    DealStatus,
    Depth,
    Duration,
    Finding,
    Flag,
    Names,
    NotNegative,
    Odds,
    Share,
    Slug,
    Table,
    Text,
)


class Deal(Table):
    """One arrangement between the protagonist and others."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["qatar-investment"],
    )
    title: Text | None = Field(
        default=None,
        description="The deal in a few words, as a heading.",
        examples=["Pledge of the UAE"],
    )
    kind: DealKind = Field(
        description="The channel through which it acts on the economy.", examples=["investment"]
    )
    parties: Names = Field(
        description=(
            "Regions or groups that take part. A country that the world does not hold by itself "
            "may be named by its ISO3 code; the report then says where it is counted."
        ),
        examples=[["CAN", "QAT"]],
    )
    amount: Amount | None = Field(
        default=None,
        description="The money, where there is a number.",
        examples=[{"value": 50, "unit": "bn USD", "basis": "published", "year": 2025}],
    )
    into: dict[Text, Share] = Field(
        default_factory=dict,
        description="Sectors or groups of the world that the money goes to, with their shares.",
        examples=[{"construction": 0.5, "computing": 0.2}],
        json_schema_extra={"unit": "fractions of the amount, at most 1 together"},
    )
    tariff: tuple[TariffTerm, ...] = Field(
        default=(), description="What the deal does to tariffs, product by product."
    )
    host: Text | None = Field(
        default=None,
        description="For money: the region in which it is invested; without it, the protagonist "
        "where it is a party, else the first party. The other parties bring the money.",
        examples=["CAN"],
    )
    years: Duration | None = Field(
        default=None,
        description="How long it takes to build what the money is for.",
        examples=[5],
        json_schema_extra={"unit": "years"},
    )
    depth: Depth | None = Field(
        default=None,
        description="How far a trade agreement goes beyond tariffs; its effect on trade follows.",
        examples=["shallow"],
    )
    effect: NotNegative | None = Field(
        default=None,
        description="By how much trade (for an investment treaty: the stock of investment) rises, "
        "in place of the channel's own parameter.",
        examples=[0.08],
        json_schema_extra={"unit": "fraction"},
    )
    sectors: Names | None = Field(
        default=None,
        description="Sectors or groups whose trade an agreement or a post acts on; without it, all "
        "goods.",
        examples=["goods"],
    )
    route: RouteTerm | None = Field(
        default=None,
        description="What the deal adds to the routes of energy.",
        examples=[{"network": "canada-oil", "edge": "alberta-pacific-pipeline"}],
    )
    salience: Odds | None = Field(
        default=None,
        description="How much in view signing it is, for `[sequence]`. For a forum: how much in "
        "view what the protagonist does meanwhile is; the more, the sooner its cover ends.",
        examples=[0.5],
        json_schema_extra={"unit": "0 (unseen) to 1 (headline)"},
    )
    terms: Text | None = Field(
        default=None,
        description="What was agreed, in words.",
        examples=["To be concluded by summer."],
    )
    status: DealStatus = Field(
        description="How far it has come; the chance of delivery follows from it.",
        examples=["signed"],
    )
    delivery: Odds | None = Field(
        default=None,
        description="The chance that it is delivered, in place of that of its status.",
        examples=[0.5],
        json_schema_extra={"unit": "probability"},
    )
    bound: Literal["point", "upper", "lower"] = Field(
        default="point",
        description="How to read the computed effect: as it stands, or as an upper or lower bound.",
        examples=["upper"],
    )
    date: Day | None = Field(
        default=None, description="Day on which it reached a first status.", examples=["2025-11-20"]
    )
    ended: Day | None = Field(
        default=None,
        description="Day on which it was withdrawn or ran out.",
        examples=["2026-01-22"],
    )
    not_quantified: Text | None = Field(
        default=None, description=NOT_QUANTIFIED, examples=["No amount was published."]
    )
    confirm_units: Flag = Field(
        default=False, description=CONFIRM_RANGE.format(key="effect"), examples=[True]
    )
    note: Text | None = Field(
        default=None,
        description="What a reader should know to judge the entry.",
        examples=["A pledge, not a contract."],
    )
    sources: AnyNames = Field(default=(), description=SOURCES, examples=[["citynews 2026-01-16"]])


class Evidence(Table):
    """What sources say about a claim, recorded by hand."""

    finding: Finding = Field(
        description="Whether the sources support or contradict the claim, or say nothing of it.",
        examples=["unsourced"],
    )
    statement: Text = Field(
        description="What the sources say, in our words.", examples=["No amount was published."]
    )
    sources: AnyNames = Field(default=(), description=SOURCES, examples=[["globalnews 11618515"]])


class Claim(Table):
    """Something a narrative asserts, with a test on results or with recorded evidence."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["impossible-to-corner"],
    )
    says: Text = Field(
        description="The claim in our words.",
        examples=["After the deals the country can no longer be cornered."],
    )
    test: Text | None = Field(
        default=None,
        description="A comparison of named figures (docs/verdicts.md), true or false.",
        examples=["exposure.after <= 0.1 * exposure.before"],
    )
    evidence: Evidence | None = Field(default=None, description="What the sources say about it.")
