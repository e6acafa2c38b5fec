"""A case on the command line: who is cornered by whom, from a scenario or from flags alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.errors import OptionError, nearest

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions
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

Withdraw = Annotated[
    str | None,
    typer.Option(
        "--withdraw",
        help="For capital-withdrawal: part of the coercer's direct investment that leaves: 25%. "
        "Default: the scenario's, or the parameter capital.divestible.",
    ),
]
ConfirmUnits = Annotated[bool, typer.Option("--confirm-units", help="Accept rates above 400 %.")]
Seed = Annotated[int, typer.Option(min=0, help="For the starts of the fresh searches.")]

HORIZONS = ("short", "medium", "long")
VARY = ("uniform", "sector", "partner", "both")

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
    def rests_on(self) -> str:
        """The world, its base year and the closure, as a sentence below figures."""
        year = self.world.base_year
        based = f", base year {year}, US dollars of {year}" if year else ""
        return f"World {self.world.name}{based}; closure: {self.closure.describe()}."

    @property
    def elasticities(self) -> str:
        """The trade elasticities in use, in words."""
        from countervail.world.elasticity.elasticities import in_use

        return in_use(self.world).describe()

    def positions(self) -> Positions | None:
        """Who has invested what where, if the scenario brings its own; None: the package's."""
        if self.scenario is None or self.scenario.positions is None:
            return None
        from countervail.channels.case import Layers

        return Layers.of(self.world, self.scenario).positions

    def withdrawal(self, asked: str | None) -> float | None:
        """The part of direct investment that leaves: as asked, else the scenario's, else None."""
        if asked is not None:
            return fraction(asked, "--withdraw")
        rung = False if self.scenario is None else self.scenario.ladder.withdrawal
        return None if rung is False else rung

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
    from countervail.leverage.coercion.sides import two_sides
    from countervail.sheets.worlds import side_name

    one_of(horizon, "--horizon", HORIZONS)
    named = some_names(coercer, "--coercer", "Name a region or a group: --coercer USA.") or []
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
    _one_target(base, target, named)
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


def _one_target(world: World, target: str, coercer: Sequence[str]) -> None:
    """Refuse a target of several regions, and one inside a coercer that is a group."""
    found = world.labels.resolve_regions(target)
    if len(found) != 1:
        raise OptionError(
            f"--target {target}: that means {len(found)} regions of {world.name}.",
            f"Name one. {as_one(target)}",
        )
    for name in coercer:
        if found[0] in world.labels.resolve_regions(name) and name in world.region_groups:
            raise OptionError(
                f"--target {found[0]} is in {name}, which is the coercer.",
                "Name a target outside it, or list the coercers one by one: --coercer USA,MEX.",
            )


def as_one(group: str) -> str:
    """How to let a group act as one region."""
    return (
        f"To let {group} act as one region: countervail power --bloc {group}, or World.aggregate "
        "in Python."
    )


def names_in(words: str | Sequence[str] | None) -> list[str]:
    """The names in one text with commas, or in several of them."""
    listed = [words] if isinstance(words, str) else words or []
    return [name.strip() for text in listed for name in text.split(",") if name.strip()]


def some_names(words: str | Sequence[str] | None, option: str, remedy: str) -> list[str] | None:
    """The names in ``words``, None where the option was not given; one that is empty is refused."""
    if words is None:
        return None
    found = names_in(words)
    if not found:
        raise OptionError(f"{option} names nothing.", remedy)
    return found


def one_of(value: str | None, option: str, offered: Sequence[str]) -> None:
    """Refuse a value that is not offered; None is the default and always fine."""
    if value is not None and value not in offered:
        close = nearest(value, offered)
        raise OptionError(
            f"{option} {value!r} is not offered; {', '.join(offered)} are.",
            close if close.startswith("Nearest") else "",
        )


def fraction(text: str, option: str) -> float:
    """The number that ``25%`` or ``0.25`` means; ``OptionError`` names ``option`` otherwise."""
    value, sign = _figure(text, option, "Write 25% or 0.25.")
    return value / 100.0 if sign else value


def percents(text: str, option: str, remedy: str) -> tuple[float, ...]:
    """Numbers in percent, as a list with commas; a percent sign behind one changes nothing."""
    listed = some_names(text, option, remedy) or []
    return tuple(_figure(one, option, remedy)[0] for one in listed)


def _figure(text: str, option: str, remedy: str) -> tuple[float, str]:
    import re

    found = re.fullmatch(r"\s*\+?(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)\s*", text)
    if found is None:
        raise OptionError(f"{option} {text!r} is not a number.", remedy)
    return float(found[1]), found[2]


def bounds_of(text: str, confirm_units: bool) -> tuple[float, float]:
    """The two rates that ``0..400%`` means: a percent sign at the end holds for both.

    ``OptionError`` where they cross or mean nothing; above the largest usual rate ``UnitError``
    asks, unless ``confirm_units``.
    """
    left, dots, right = text.partition("..")
    if not dots:
        raise OptionError(f"--bounds {text!r} cannot be read.", "Write 0..400% or 0..4.")
    if right.strip().endswith("%") and not left.strip().endswith("%"):
        left += "%"
    low, high = fraction(left, "--bounds"), fraction(right, "--bounds")
    if low > high:
        raise OptionError(f"--bounds {text}: they cross.", "Write the lower one first: 0..400%.")
    if low <= -1:
        raise OptionError(
            f"--bounds {text}: a rate of -100 % or less has no meaning.",
            "A subsidy of half the price is -50%.",
        )
    asked_units(high, f"--bounds {text}", confirm_units)
    return low, high


def asked_units(rate: float, given: str, confirm_units: bool) -> None:
    """Ask (``UnitError``) about a rate so high that a percent sign may have been forgotten."""
    from countervail.errors import UnitError
    from countervail.parameters import parameter

    if rate > parameter("units.largest_tariff").value and not confirm_units:
        raise UnitError(
            f"{given}: {rate:g} is {100 * rate:g} %. Is {rate:g} % meant?",
            f"Write {rate:g}% or {rate / 100:g} for that, or add --confirm-units.",
        )


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
