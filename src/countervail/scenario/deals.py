"""Deals that are said to help, and the claims of a narrative about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from countervail.scenario.words import (
    CONFIRM,
    NOT_QUANTIFIED,
    SOURCES,
    AnyNames,
    Basis,
    Day,
    DealKind,
    DealStatus,
    Finding,
    Flag,
    Names,
    NotNegative,
    Share,
    Slug,
    Table,
    Text,
)


class Amount(Table):
    """A sum of money, never without its currency, its year and who says so."""

    value: NotNegative = Field(
        description="The number, counted in `unit`.",
        examples=[50],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    unit: Annotated[str, StringConstraints(pattern=r"^(tn|bn|m) [A-Z]{3}$")] = Field(
        description="Scale and currency: tn, bn or m, a space, and the three-letter currency.",
        examples=["bn USD"],
    )
    basis: Basis = Field(
        description=(
            "Who gives the number: `published` by a party to the deal, from the `press`, or only "
            "`claimed` by a text that names no source."
        ),
        examples=["published"],
    )
    year: Annotated[int, Strict(), Field(ge=1900, le=2200)] | None = Field(
        default=None,
        description="Year of the prices; without it the year of the deal's `date` is taken.",
        examples=[2025],
        json_schema_extra={"unit": "year"},
    )


class Quota(Table):
    """A quantity up to which a lower tariff applies."""

    value: NotNegative = Field(
        description="The quantity, counted in `unit`.",
        examples=[49000],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    unit: Text = Field(description="What is counted, per what.", examples=["cars a year"])


class TariffTerm(Table):
    """What a deal does to the tariff on one product."""

    product: Text = Field(description="The product in words.", examples=["canola seed"])
    importer: Text = Field(description="Who levies the tariff.", examples=["CHN"])
    exporter: Text = Field(description="Whose goods pay it.", examples=["CAN"])
    sector: Text | None = Field(
        default=None,
        description="Sector of the world that holds the product.",
        examples=["crops-animals"],
    )
    before: NotNegative | None = Field(
        default=None,
        description="Tariff before the deal.",
        examples=[0.84],
        json_schema_extra={"unit": "fraction"},
    )
    after: NotNegative = Field(
        description="Tariff under the deal; with a quota, inside it.",
        examples=[0.15],
        json_schema_extra={"unit": "fraction"},
    )
    beyond: NotNegative | None = Field(
        default=None,
        description="Tariff beyond the quota.",
        examples=[1.0],
        json_schema_extra={"unit": "fraction"},
    )
    quota: Quota | None = Field(
        default=None,
        description="Quantity to which `after` is limited.",
        examples=[{"value": 49000, "unit": "cars a year"}],
    )
    effective: Day | None = Field(default=None, description="First day.", examples=["2026-03-01"])
    until: Day | None = Field(default=None, description="Last day.", examples=["2026-12-31"])
    confirm_units: Flag = Field(default=False, description=CONFIRM, examples=[True])


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
    terms: Text | None = Field(
        default=None,
        description="What was agreed, in words.",
        examples=["To be concluded by summer."],
    )
    status: DealStatus = Field(
        description="How far it has come; the chance of delivery follows from it.",
        examples=["signed"],
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
        description="A comparison of named results. Kept as text; nothing evaluates it yet.",
        examples=["exposure.after <= 0.1 * exposure.before"],
    )
    evidence: Evidence | None = Field(default=None, description="What the sources say about it.")
