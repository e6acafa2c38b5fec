"""The allowed words of a scenario file, and the kinds of values that its keys take."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    StringConstraints,
)
from pydantic_core import CoreSchema

Horizon = Literal["short", "medium", "long"]
Retaliation = Literal["none", "proportional"]
Instrument = Literal[
    "import-tariff",
    "import-ban",
    "export-tax",
    "export-ban",
    "capital-withdrawal",
    "transit-denial",
    "cut-off",
]
ThreatStatus = Literal[
    "hypothetical",
    "threatened",
    "proclaimed",
    "in-force",
    "suspended",
    "expired",
    "voided",
    "withdrawn",
]
DealKind = Literal[
    "trade-agreement",
    "tariff-quota",
    "investment",
    "investment-treaty",
    "infrastructure",
    "energy-route",
    "diplomatic-post",
    "defence-tie",
    "forum",
]
DealStatus = Literal[
    "claimed", "announced", "memorandum", "signed", "in-force", "delivered", "withdrawn"
]
Basis = Literal["published", "press", "claimed", "judgement", "illustrative"]
Depth = Literal["deep", "shallow"]
Licences = Literal["importer", "exporter"]
Finding = Literal["supported", "contradicted", "unsourced"]


def _listed(value: Any) -> Any:
    """One name stands for a list of one, so that ``coercer = "USA"`` is as good as a list."""
    return [value] if isinstance(value, str) else value


class _OneOrMany:
    """Tells editors too that a single name may stand for a list of one."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler(core)
        return {"anyOf": [many["items"], many]}


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
NotNegative = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
Duration = Annotated[Number, Field(gt=0, le=100)]
Share = Annotated[Number, Field(gt=0, le=1)]
Odds = Annotated[Number, Field(ge=0, le=1)]
Year = Annotated[int, Strict(), Field(ge=1900, le=2100)]
Flag = Annotated[bool, Strict()]
Day = Annotated[Date, Strict(), Field(ge=Date(1900, 1, 1), le=Date(2100, 12, 31))]
Names = Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1), _OneOrMany()]
AnyNames = Annotated[tuple[Text, ...], BeforeValidator(_listed), _OneOrMany()]

SOURCES = "Where this was read: outlet with date or identifier, or an address."
NOT_QUANTIFIED = (
    "Why no number is computed for this entry. An entry with this text is shown with its "
    "reason and never enters a computation."
)
CONFIRM = (
    "Set to true to say that the numbers above 4 (400 %) in this table are meant as they stand; "
    "without it they are asked about, since 25 usually means 25 %, which is written 0.25."
)
CONFIRM_RANGE = (
    "Set to true to say that `{key}` is meant as it stands where it is above the range of the "
    "parameter that it replaces; without it, it is asked about."
)


class Table(BaseModel):
    """A table of the file: immutable, and without keys that the schema does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
