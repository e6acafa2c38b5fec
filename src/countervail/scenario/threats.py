"""Threats: the ladder that is climbed step by step, and the measures that are on record."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from countervail.scenario.words import (
    CONFIRM,
    NOT_QUANTIFIED,
    SOURCES,
    AnyNames,
    Day,
    Flag,
    Horizon,
    Instrument,
    Names,
    NotNegative,
    Number,
    Retaliation,
    Share,
    Slug,
    Table,
    Text,
    ThreatStatus,
)


class LadderSpec(Table):
    """The threat ladder: which steps are computed, how hard, on what, with which answer."""

    rates: Annotated[tuple[Annotated[Number, Field(gt=0)], ...], Field(min_length=1)] = Field(
        default=(0.10, 0.25, 0.35, 0.50, 1.00),
        description="Tariff of each rung, a fraction of the border value, rising.",
        examples=[[0.10, 0.25, 0.50]],
        json_schema_extra={"unit": "fraction"},
    )
    cut_off: Flag = Field(
        default=True,
        description="Whether the last rung ends all trade between the two, both ways.",
        examples=[True],
    )
    sectors: Names = Field(
        default=("goods",),
        description="Sectors or groups of the world that the rungs tax.",
        examples=["goods", ["motor-vehicles", "basic-metals"]],
    )
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1)] = Field(
        default=("short", "medium", "long"),
        description="How much time buyers and workers have to adapt.",
        examples=[["short", "long"]],
    )
    retaliation: Annotated[tuple[Retaliation, ...], Field(min_length=1)] = Field(
        default=("none", "proportional"),
        description=(
            "What the protagonist does in return: nothing, or a tariff on the same goods that "
            "covers the same value of duty at base trade."
        ),
        examples=[["none"]],
    )
    withdrawal: Share | Literal[False] = Field(
        default=False,
        description=(
            "A further rung: the part of the coercer's direct investment in the protagonist that "
            "leaves; false for no such rung."
        ),
        examples=[0.25, False],
        json_schema_extra={"unit": "fraction"},
    )
    energy: Text | Literal[False] = Field(
        default="energy",
        description=(
            "Group that a second variant of the ladder leaves untaxed; false for no such variant."
        ),
        examples=["energy", False],
    )
    confirm_units: Flag = Field(default=False, description=CONFIRM, examples=[True])


class Detour(Table):
    """What a denial of transit does: how much has to go round the coercer, and at what cost."""

    share: Share = Field(
        description=(
            "Part of the protagonist's trade with third countries, both ways, that crosses the "
            "coercer, in the sectors that are hit."
        ),
        examples=[0.1],
        json_schema_extra={"unit": "fraction of trade value"},
    )
    factor: Annotated[Number, Field(ge=1)] = Field(
        description="Cost of the way round over the cost of the usual way.",
        examples=[1.2],
        json_schema_extra={"unit": "cost factor"},
    )


class Threat(Table):
    """One thing that the coercer threatens to do, or does, to the protagonist."""

    id: Slug = Field(
        description="Short name, unique in the file: lower-case letters, digits and hyphens.",
        examples=["s338-autos"],
    )
    title: Text | None = Field(
        default=None,
        description="The measure in a few words, as a heading.",
        examples=["50 % on motor vehicles under section 338"],
    )
    instrument: Instrument = Field(
        description="By what means the coercer acts.", examples=["import-tariff"]
    )
    rate: NotNegative | None = Field(
        default=None,
        description=(
            "How hard. For a tariff or an export tax the added fraction of the border value; for "
            "a capital withdrawal the fraction of the coercer's capital that leaves. Not given "
            "for a ban, a denial of transit or a cut-off."
        ),
        examples=[0.25],
        json_schema_extra={"unit": "fraction (0.25 = 25 %)"},
    )
    sectors: Names | None = Field(
        default=None,
        description=(
            "Sectors or groups of the world that are hit. Needed for tariffs, export taxes and "
            "bans; without it the other instruments hit the whole economy."
        ),
        examples=[["motor-vehicles"], "goods"],
    )
    exempt: AnyNames = Field(
        default=(),
        description="Sectors or groups that are left out of `sectors`.",
        examples=[["energy"]],
    )
    coverage: Share = Field(
        default=1.0,
        description=(
            "Fraction of the trade in those sectors that is really hit, where part of it is "
            "exempt; the rate acts on that fraction of each flow, and buyers may turn to the rest."
        ),
        examples=[0.125],
        json_schema_extra={"unit": "fraction of trade value"},
    )
    transit: Detour | None = Field(
        default=None,
        description=(
            "For a denial of transit: what has to go round. Without it the denial is listed as "
            "not quantified; without `sectors` it hits all goods."
        ),
        examples=[{"share": 0.1, "factor": 1.2}],
    )
    bound: Literal["point", "upper", "lower"] = Field(
        default="point",
        description=(
            "How to read the computed effect: as it stands, or as an upper or a lower bound "
            "because the sectors of the world are wider or narrower than the measure."
        ),
        examples=["upper"],
    )
    authority: Text | None = Field(
        default=None,
        description="The law that the measure rests on.",
        examples=["Section 338, Tariff Act of 1930"],
    )
    cap: NotNegative | None = Field(
        default=None,
        description="Highest rate that this law allows.",
        examples=[0.50],
        json_schema_extra={"unit": "fraction"},
    )
    duration_days: Annotated[int, Strict(), Field(gt=0)] | None = Field(
        default=None,
        description="How long the measure may last by law.",
        examples=[150],
        json_schema_extra={"unit": "days"},
    )
    announced: Day | None = Field(
        default=None,
        description="Day on which it was threatened or proclaimed.",
        examples=["2026-07-20"],
    )
    effective: Day | None = Field(
        default=None,
        description="Day from which it applies or was to apply.",
        examples=["2026-08-19"],
    )
    ended: Day | None = Field(
        default=None, description="Day on which it stopped applying.", examples=["2026-02-20"]
    )
    status: ThreatStatus = Field(
        default="hypothetical",
        description="How real it is; `hypothetical` is a what-if of the reader's own.",
        examples=["proclaimed"],
    )
    not_quantified: Text | None = Field(
        default=None,
        description=NOT_QUANTIFIED,
        examples=["The world has one food sector; the share of dairy in it was not found."],
    )
    note: Text | None = Field(
        default=None,
        description="What a reader should know to judge the entry.",
        examples=["439 codes."],
    )
    sources: AnyNames = Field(
        default=(), description=SOURCES, examples=[["Osler via mondaq 1749962"]]
    )
    confirm_units: Flag = Field(default=False, description=CONFIRM, examples=[True])
