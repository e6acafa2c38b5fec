"""A case on the command line: who is cornered by whom, from a scenario or from flags alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.equilibrium.closure import Closure
    from countervail.scenario.schema import Scenario
    from countervail.world.core import World

CaseScenario = Annotated[
    str | None,
    typer.Argument(
        metavar="SCENARIO",
        help="A bundled scenario (canada-2026) or the path of a TOML file; without it, name "
        "--target and --coercer.",
    ),
]
CaseWorld = Annotated[
    str | None,
    typer.Option(
        "--world",
        help="A bundled world or the path of a world file; default: the scenario's, or world-2023.",
    ),
]
CaseTarget = Annotated[
    str | None,
    typer.Option("--target", help="The region that is cornered; default: the scenario's."),
]
CaseCoercer = Annotated[
    list[str] | None,
    typer.Option(
        "--coercer",
        help="Region or group that acts; a list (USA,MEX) acts together. Default: the scenario's.",
    ),
]
CaseHorizon = Annotated[
    str | None,
    typer.Option("--horizon", help="short, medium or long; default: the scenario's, or medium."),
]
CaseSectors = Annotated[
    str | None,
    typer.Option(
        "--sectors",
        help="Sectors or groups, as a list (food,mining); default: goods, where the world says "
        "which.",
    ),
]

_WORLD = "world-2023"
_HORIZON = "medium"


@dataclass(frozen=True)
class Case:
    """Who is cornered by whom, in which world, at which horizon.

    ``target`` and ``coercer`` are labels of ``world``, the names are to be shown;
    ``scenario`` is the one that was read, None where flags alone made the case.
    """

    world: World
    target: str
    coercer: tuple[str, ...]
    target_name: str
    coercer_name: str
    horizon: str
    scenario: Scenario | None = field(repr=False)

    @property
    def closure(self) -> Closure:
        """What is held fixed at the horizon of the case."""
        from countervail.equilibrium.closure import Closure

        return Closure.of_horizon(self.horizon)

    @property
    def unit(self) -> str:
        """The unit of amounts: billion US dollars of the base year."""
        year = self.world.base_year
        return f"US$ bn of {year}" if year else "US$ bn"

    @property
    def elasticities(self) -> str:
        """The trade elasticities in use, in words."""
        from countervail.world.elasticity.elasticities import in_use

        return in_use(self.world).describe()

    def head(self) -> dict[str, Any]:
        """What every row and document carries: world, base year, closure and the two sides."""
        from countervail.world.elasticity.elasticities import in_use

        return {
            "world": self.world.name,
            "base_year": self.world.base_year,
            "elasticities": in_use(self.world).name,
            "closure": self.closure.describe(),
            "target": self.target,
            "coercer": "+".join(self.coercer),
        }


def case_of(
    scenario: str | None,
    *,
    world: str | None = None,
    target: str | None = None,
    coercer: Sequence[str] | None = None,
    horizon: str | None = None,
    elasticities: str | None = None,
    tariffs_as_of: str | None = None,
) -> Case:
    """The case that a scenario, flags, or both describe; a flag wins over the scenario.

    ``scenario``: a bundled name or a path; without one ``target`` and ``coercer`` must
    be given, the world is world-2023 and the horizon medium unless named. ``coercer``:
    regions or groups, each entry may itself be a list with commas. Raises
    ``OptionError`` for what is missing or not offered, and what ``read_scenario``,
    ``load_world``, ``with_elasticities`` and ``with_tariffs`` raise.
    """
    from countervail.api import side_name
    from countervail.equilibrium.closure import Closure
    from countervail.leverage.coercion.sides import two_sides

    if horizon is not None:
        Closure.of_horizon(horizon)  # refuses an unknown one before anything is loaded
    named = names_in(coercer)
    if scenario is None:
        if target is None or not named:
            missing = "--target" if target is None else "--coercer"
            raise OptionError(
                f"neither a scenario nor {missing} is given.",
                "Name a scenario (canada-2026), or both sides: --target CAN --coercer USA.",
            )
        found, base = None, plain_world(world or _WORLD, elasticities, tariffs_as_of)
    else:
        found, base = _of_scenario(scenario, world, elasticities, tariffs_as_of)
        target = target or found.protagonist
        named = named or list(found.coercer)
    region, against = two_sides(base, target, named)
    return Case(
        world=base,
        target=region,
        coercer=against,
        target_name=base.labels.region_names.get(region, region),
        coercer_name=side_name(base, named),
        horizon=horizon or (_HORIZON if found is None else found.horizon),
        scenario=found,
    )


def names_in(words: str | Sequence[str] | None) -> list[str]:
    """The names in one text with commas, or in several of them."""
    listed = [words] if isinstance(words, str) else words or []
    return [name.strip() for text in listed for name in text.split(",") if name.strip()]


def fraction(text: str, option: str) -> float:
    """The number that ``25%`` or ``0.25`` means; ``OptionError`` names ``option`` otherwise."""
    import re

    found = re.fullmatch(r"\s*\+?(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)\s*", text)
    if found is None:
        raise OptionError(f"{option} {text!r} is not a number.", "Write 25% or 0.25.")
    return float(found[1]) / (100.0 if found[2] else 1.0)


def bounds_of(text: str) -> tuple[float, float]:
    """The two rates that ``0..400%`` means: a percent sign at the end holds for both."""
    low, dots, high = text.partition("..")
    if not dots:
        raise OptionError(f"--bounds {text!r} cannot be read.", "Write 0..400% or 0..4.")
    if high.strip().endswith("%") and not low.strip().endswith("%"):
        low += "%"
    return fraction(low, "--bounds"), fraction(high, "--bounds")


def plain_world(world: str, elasticities: str | None, day: str | None) -> World:
    """A world by name or path, with other elasticities and the tariffs of a day where asked."""
    from countervail.cli.flags import dated
    from countervail.world.store import load_world

    loaded = load_world(world)
    if elasticities is not None:
        loaded = loaded.with_elasticities(elasticities)
    return loaded if day is None else dated(loaded, day)


def _of_scenario(
    name: str, world: str | None, elasticities: str | None, day: str | None
) -> tuple[Scenario, World]:
    from countervail.api import base_world
    from countervail.scenario.read import read_scenario, scenario_notices
    from countervail.world.store import load_world
    from countervail.world.tariffs.schedules import as_date

    loaded = None if world is None else load_world(world)
    labels = None if loaded is None else loaded.labels
    found = read_scenario(name, labels)
    if day is not None:
        found = found.model_copy(update={"tariffs_as_of": as_date(day)})
    if found.tariffs_as_of is not None:
        for line in scenario_notices(found, labels):
            if "tariffs" in line:
                typer.echo(f"Note: {line}", err=True)
    return found, base_world(found, loaded, elasticities)
