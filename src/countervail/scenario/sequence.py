"""In which order deals are signed: what `[sequence]` may say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Strict,
    model_serializer,
)
from pydantic_core import CoreSchema

from countervail.scenario.words import Names, Number, Table, Text

Period = Annotated[int, Strict(), Field(ge=1, le=120)]


class TakenStep(Table):
    """One deal of the order that was taken; its id alone says the same without a period."""

    deal: Text = Field(description="Id of the deal.", examples=["china-arrangement"])
    period: Period | None = Field(
        default=None,
        description="The period in which it was signed, from 1; without it, the one after the "
        "deal before.",
        examples=[3],
        json_schema_extra={"unit": "number of a period"},
    )

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.deal if self.period is None else handler(self)


def _table(value: Any) -> Any:
    return {"deal": value} if isinstance(value, str) else value


class _IdOrTable:
    """Tells editors too that an id may stand for a table with nothing else."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}


Step = Annotated[TakenStep, BeforeValidator(_table), _IdOrTable()]


class SequenceSpec(Table):
    """In which order to sign, while signing may provoke the coercer and cover may protect."""

    periods: Period = Field(
        default=8,
        description="How many periods are looked at; one deal is signed in each at most.",
        examples=[8],
        json_schema_extra={"unit": "periods"},
    )
    months: Annotated[Number, Field(ge=0.03, le=120)] = Field(
        default=1.0,
        description="How long a period lasts; a day (0.03) at least.",
        examples=[0.25],
        json_schema_extra={"unit": "months"},
    )
    retaliation: Text | None = Field(
        default=None,
        description="Id of the threat that the coercer carries out when it strikes; without it, a "
        "full cut-off.",
        examples=["tariff-100"],
    )
    cover: Text | None = Field(
        default=None,
        description="Id of the deal of kind `forum` that gives cover; without it, the only one "
        "that takes part.",
        examples=["board-of-peace"],
    )
    taken: tuple[Step, ...] = Field(
        default=(),
        description="The order that was taken: ids in order, one a period, or tables that "
        "name a period too.",
        examples=[["china-arrangement", "qatar-investment"]],
    )
    deals: Names | None = Field(
        default=None,
        description="Ids of the deals that take part, at most 12; without it, all but those that "
        "were withdrawn, and those in `taken` and `cover`.",
        examples=[["china-arrangement", "qatar-investment"]],
    )
    earliest: dict[Text, Period] = Field(
        default_factory=dict,
        description="First period in which a deal could be signed.",
        examples=[{"china-arrangement": 2}],
        json_schema_extra={"unit": "number of a period"},
    )

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """The order taken as (deal, period)."""
        made: list[tuple[str, int]] = []
        for step in self.taken:
            after = made[-1][1] + 1 if made else 1
            made.append((step.deal, after if step.period is None else step.period))
        return tuple(made)
