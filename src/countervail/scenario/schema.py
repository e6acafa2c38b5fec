"""What a scenario file may say, as one immutable object: the schema of the file.

The models are the schema in the strict sense: the reader, the writer, the JSON
Schema for editors and the documentation are all made from them, so every field
says in plain words what it means, in which unit, and gives an example. Keys are
those of the TOML file; the three lists are ``threat``, ``deal`` and ``claim``
there (``[[threat]]``) and ``threats``, ``deals`` and ``claims`` in Python. Their
tables are in ``threats`` and ``deals``, the words they allow in ``words``.

Checks that need more than one field are in ``checks``, those that need the
world's labels in ``names``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from countervail.scenario.checks import INCONSISTENT, inconsistencies
from countervail.scenario.deals import Claim as Claim
from countervail.scenario.deals import Deal as Deal
from countervail.scenario.deals import Evidence as Evidence
from countervail.scenario.observed import Observed as Observed
from countervail.scenario.origin import Origin
from countervail.scenario.pipeline import Capacity as Capacity
from countervail.scenario.pipeline import Financier as Financier
from countervail.scenario.pipeline import Project as Project
from countervail.scenario.portfolio import PortfolioSpec as PortfolioSpec
from countervail.scenario.sequence import SequenceSpec as SequenceSpec
from countervail.scenario.sequence import TakenStep as TakenStep
from countervail.scenario.terms import Amount as Amount
from countervail.scenario.terms import Quota as Quota
from countervail.scenario.terms import RouteTerm as RouteTerm
from countervail.scenario.terms import TariffTerm as TariffTerm
from countervail.scenario.threats import Detour as Detour
from countervail.scenario.threats import LadderSpec as LadderSpec
from countervail.scenario.threats import Threat as Threat
from countervail.scenario.variants import Variant as Variant
from countervail.scenario.words import Day, Horizon, Names, Table, Text


class Scenario(Table):
    """One case: who may be cornered by whom, by which threats, and which deals are claimed to help.

    Immutable. Labels are kept as they were written (a code, a name or a group);
    the world resolves them. Building one directly runs every check except those
    that need the world's labels; ``read_scenario`` runs these as well.
    """

    title: Text = Field(description="Title of the case.", examples=["Canada, 2026"])
    question: Text | None = Field(
        default=None,
        description="The question in one sentence.",
        examples=["Can Canada be cornered?"],
    )
    summary: Text | None = Field(
        default=None, description="The case in a few neutral sentences.", examples=["Between ..."]
    )
    as_of: Day | None = Field(
        default=None, description="Day on which the sources were read.", examples=["2026-11-22"]
    )
    latest_source: Day | None = Field(
        default=None,
        description="Date of the newest source that was found; what happened later is not known.",
        examples=["2026-07-25"],
    )
    world: Text = Field(
        description="The world it plays in: a bundled name, or the path of a world file.",
        examples=["world-2023"],
    )
    elasticities: Text | None = Field(
        default=None,
        description="Trade elasticities in place of the world's own: a set (`countervail explain "
        "elasticities` lists them), the path of a CSV file, relative to this one, or one number "
        "for all sectors in quotes.",
        examples=["three-sector"],
    )
    tariffs_as_of: Day | None = Field(
        default=None,
        description="Start from the tariffs in force on this day: dated schedules are solved into "
        "the base before any threat. Without it, the tariffs of the world.",
        examples=["2026-08-19"],
    )
    schedules: Names | None = Field(
        default=None,
        description="Tariff schedules for `tariffs_as_of`: bundled names, or paths of CSV files "
        "relative to this one; without it, all that ship with the package.",
        examples=[["us-2025-26"]],
    )
    protagonist: Text = Field(
        description="The one region whose room for manoeuvre is measured.", examples=["CAN"]
    )
    coercer: Names = Field(
        description="Region, group or list of them that does the cornering.",
        examples=[["USA"], "EU"],
    )
    horizon: Horizon = Field(
        default="medium",
        description="How much time buyers and workers have to adapt, where only one is shown.",
        examples=["medium"],
    )
    ladder: LadderSpec = Field(
        default_factory=LadderSpec, description="The threat ladder.", examples=[{"cut_off": True}]
    )
    positions: Text | None = Field(
        default=None,
        description="Direct investment by host and origin: the path of a CSV file, relative to "
        "this one; without it, what the package constructs (docs/capital.md).",
        examples=["positions.csv"],
    )
    routes: Text | None = Field(
        default=None,
        description="Networks of energy routes: the path of a folder or file, relative to this "
        "one; without it, those of the package (docs/routes.md).",
        examples=["routes"],
    )
    ties: Text | None = Field(
        default=None,
        description="Agreements, treaties and alliances: the path of a CSV file, relative to this "
        "one; without it, those of the package (docs/ties.md).",
        examples=["ties.csv"],
    )
    threats: tuple[Threat, ...] = Field(
        default=(), alias="threat", description="Threats, each by itself."
    )
    deals: tuple[Deal, ...] = Field(default=(), alias="deal", description="Deals, each by itself.")
    projects: tuple[Project, ...] = Field(
        default=(), alias="project", description="Projects that could be built."
    )
    financiers: tuple[Financier, ...] = Field(
        default=(), alias="financier", description="Who has money for the projects."
    )
    portfolio: PortfolioSpec | None = Field(
        default=None,
        description="Which bundle of deals is sought, under which limits (docs/strategy.md).",
        examples=[{"at_most": 3}],
    )
    sequence: SequenceSpec | None = Field(
        default=None,
        description="In which order deals are signed (docs/strategy.md).",
        examples=[{"retaliation": "tariff-100"}],
    )
    variants: tuple[Variant, ...] = Field(
        default=(),
        alias="variant",
        description="Other readings of which deals count; verdicts are given for each.",
    )
    observed: tuple[Observed, ...] = Field(
        default=(), description="What happened under the threats, to compare (docs/backtest.md)."
    )
    claims: tuple[Claim, ...] = Field(
        default=(), alias="claim", description="Claims of a narrative that are to be tested."
    )

    _folder: str = PrivateAttr(default="")
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def elasticity_choice(self) -> str | None:
        """What ``elasticities`` asks for, with a path as seen from the working folder."""
        from countervail.world.elasticity.elasticities import located

        return None if self.elasticities is None else located(self.elasticities, self._folder)

    @property
    def schedule_choice(self) -> list[str] | None:
        """What ``schedules`` asks for, with paths as seen from the working folder."""
        from countervail.world.tariffs.schedule_files import located_schedule

        if self.schedules is None:
            return None
        return [located_schedule(choice, self._folder) for choice in self.schedules]

    def file_named(self, key: Literal["positions", "routes", "ties"]) -> str | None:
        """The file that ``key`` names, as seen from the working folder; None: the package's own."""
        named: str | None = getattr(self, key)
        return named if named is None else os.path.join(self._folder, named)

    def place_of(self, table: str, name: str) -> str:
        """File and line of an entry, for messages; empty where it was not read from a file."""
        line = self._origin.line_of(table, name)
        return "" if line is None else f"{self._origin.file}, line {line}: {table}[{name}]"

    def read_from(self, file: str, text: str) -> Scenario:
        """The same scenario, which remembers that it was read from ``text``, called ``file``."""
        placed = self.model_copy()
        placed._origin = Origin(file, text)
        return placed

    def in_folder(self, folder: str) -> Scenario:
        """The same scenario, whose relative paths start from ``folder``."""
        if not self._has_relative_paths(folder):
            return self  # so that equal texts stay equal scenarios
        placed = self.model_copy()
        placed._folder = folder
        return placed

    def _has_relative_paths(self, folder: str) -> bool:
        if (self.positions, self.routes, self.ties) != (None, None, None):
            return True
        if self.elasticities is not None:
            from countervail.world.elasticity.elasticities import located

            if located(self.elasticities, folder) != self.elasticities:
                return True
        if self.schedules:
            from countervail.world.tariffs.schedule_files import located_schedule

            return any(located_schedule(name, folder) != name for name in self.schedules)
        return False

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        found = inconsistencies(plain(self))
        if found:
            text = " | ".join(f"{'.'.join(map(str, p.path))}: {p.text}" for p in found)
            # Braces would be read as places to fill in by pydantic's own formatter.
            raise PydanticCustomError(INCONSISTENT, "{found}", {"found": text})
        return self


def plain(scenario: Scenario) -> dict[str, Any]:
    """The scenario as nested plain values with the keys of the file; defaults are left out.

    This is what is written, compared and hashed: two scenarios are the same if
    and only if their plain forms are.
    """
    values: dict[str, Any] = _plain(scenario.model_dump(by_alias=True, exclude_defaults=True))
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def schema_json() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file, for editors that check and complete.

    Returns a JSON-able dictionary; every key carries its description, and its
    unit where it is a number.
    """
    schema: dict[str, Any] = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "countervail scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_tables() -> str:
    """The schema as Markdown tables, for the documentation: key, kind, default, meaning.

    One section per table of the file, in the order in which a reader meets them.
    """
    headings: dict[type[Table], str] = {
        Scenario: "The file",
        LadderSpec: "`[ladder]`",
        Threat: "`[[threat]]`",
        Detour: "`transit` of a threat",
        Deal: "`[[deal]]`",
        Amount: "`amount` of a deal",
        TariffTerm: "`[[deal.tariff]]`",
        Quota: "`quota` of a tariff",
        RouteTerm: "`route` of a deal",
        Project: "`[[project]]`",
        Capacity: "`capacity` of a project",
        Financier: "`[[financier]]`",
        PortfolioSpec: "`[portfolio]`",
        SequenceSpec: "`[sequence]`",
        TakenStep: "`taken` of a sequence",
        Variant: "`[[variant]]`",
        Observed: "`[[observed]]`",
        Claim: "`[[claim]]`",
        Evidence: "`[claim.evidence]`",
    }
    sections = []
    for model, heading in headings.items():
        first = (model.__doc__ or "").strip().splitlines()[0]
        rows = "\n".join(_rows(model))
        sections.append(
            f"### {heading}\n\n{first}\n\n"
            f"| key | unit | default | meaning | example |\n|---|---|---|---|---|\n{rows}\n"
        )
    return "\n".join(sections)


def _rows(model: type[Table]) -> Iterator[str]:
    properties = model.model_json_schema(by_alias=True)["properties"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        said = properties[key]
        default = "required" if field.is_required() else _shown(said.get("default"))
        example = _shown(field.examples[0]) if field.examples else ""
        meaning = field.description or ""
        allowed = [word for part in (said, *said.get("anyOf", ())) for word in part.get("enum", ())]
        if allowed:
            meaning += f" One of: {', '.join(f'`{word}`' for word in allowed)}."
        yield f"| `{key}` | {said.get('unit', '')} | {default} | {meaning} | {example} |"


def _shown(value: Any) -> str:
    """A value as TOML would write it, in code marks; nothing for an absent one."""
    if value in (None, [], {}):
        return ""
    if isinstance(value, dict):
        inner = ", ".join(f"{k} = {_shown(v).strip('`')}" for k, v in value.items())
        return f"`{{ {inner} }}`"
    if isinstance(value, (list, tuple)):
        return f"`[{', '.join(_shown(item).strip('`') for item in value)}]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    bare = isinstance(value, (int, float)) or (value[:2].isdigit() and value[4:5] == "-")
    return f"`{value}`" if bare else f'`"{value}"`'
