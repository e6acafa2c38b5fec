"""What a deal says in numbers: sums of money, tariffs, quotas, routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from countervail.scenario.words import (
    CONFIRM,
    Basis,
    Day,
    Flag,
    Licences,
    Names,
    NotNegative,
    Positive,
    Share,
    Table,
    Text,
    Year,
)


class Amount(Table):
    """A sum of money, never without its currency, its year and who says so."""

    value: Positive = Field(
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
            "Who gives the number: `published` by a party to the deal, from the `press`, only "
            "`claimed` by a text that names no source, our own `judgement`, or `illustrative`: "
            "nobody names one, and what is shown is the effect of this much."
        ),
        examples=["published"],
    )
    year: Year | None = Field(
        default=None,
        description="Year of the prices; without it the year of the deal's `date` is taken.",
        examples=[2025],
        json_schema_extra={"unit": "year"},
    )
    usd: Positive | None = Field(
        default=None,
        description="What one unit of the currency was worth; needed where it is not the dollar.",
        examples=[0.74],
        json_schema_extra={"unit": "US dollars"},
    )


class Quota(Table):
    """A quantity up to which a lower tariff applies."""

    value: NotNegative = Field(
        description="The quantity, counted in `unit`.",
        examples=[49000],
        json_schema_extra={"unit": "see the key `unit`"},
    )
    unit: Text = Field(description="What is counted, per what.", examples=["cars a year"])
    unit_value: Amount | None = Field(
        default=None,
        description='Border value of one unit, in `unit` "m" of a currency; the quota is compared '
        "with trade in value.",
        examples=[{"value": 0.0367, "unit": "m USD", "basis": "press", "year": 2023}],
    )
    licences: Licences = Field(
        default="importer",
        description="Who holds the licences, and so keeps the rent where the quota binds.",
        examples=["importer"],
    )


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
    share: Share | None = Field(
        default=None,
        description="Part of the sector's trade between the two, in the base year, that the "
        "product is. Without it and without `trade` the whole sector is taken: an upper bound.",
        examples=[0.4],
        json_schema_extra={"unit": "fraction of trade value"},
    )
    trade: Amount | None = Field(
        default=None,
        description="Instead of `share`: the trade in the product, in or near the base year.",
        examples=[{"value": 2.2, "unit": "bn CAD", "usd": 0.74, "basis": "press", "year": 2023}],
    )
    before: NotNegative | None = Field(
        default=None,
        description="Tariff without the deal, where that is not the world's own.",
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


class RouteTerm(Table):
    """What a deal adds to the routes of energy: an edge of a network, or its figures."""

    edge: Text | None = Field(
        default=None,
        description="A planned edge of a network of routes (`countervail routes` lists them); the "
        "keys below then follow from it where they are left out.",
        examples=["alberta-pacific-pipeline"],
    )
    network: Text | None = Field(
        default=None, description="The network that holds the edge.", examples=["canada-oil"]
    )
    sector: Text = Field(
        default="mining",
        description="Sector of the world that the energy belongs to.",
        examples=["mining"],
    )
    markets: Names | None = Field(
        default=None, description="Regions that it reaches.", examples=[["CHN", "JPN", "KOR"]]
    )
    gain: NotNegative | None = Field(
        default=None,
        description="What a unit brings more at the new market than without the route.",
        examples=[6.5],
        json_schema_extra={"unit": "US dollars per unit (barrel, MMBtu)"},
    )
    price: Positive | None = Field(
        default=None,
        description="Price of a unit at the new market.",
        examples=[70],
        json_schema_extra={"unit": "US dollars per unit"},
    )
    capacity: Positive | None = Field(
        default=None,
        description="What it can carry, at that price.",
        examples=[25000],
        json_schema_extra={"unit": "million US dollars a year"},
    )
