"""What every channel needs besides the deal: whose deal it is, the closure, the layers behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from countervail.channels import say
from countervail.equilibrium.closure import Closure
from countervail.errors import UnknownLabelError
from countervail.scenario.deals import Deal
from countervail.scenario.schema import Scenario
from countervail.world import registry
from countervail.world.core import World

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions
    from countervail.channels.routes.network import Routes
    from countervail.channels.ties.graph import Ties


@dataclass(frozen=True)
class Layers:
    """Direct investment, energy routes and ties behind a world, each read when first asked for.

    ``positions_file``, ``routes_file``, ``ties_file``: paths; None: what the package ships.
    """

    world: World
    positions_file: str | None = None
    routes_file: str | None = None
    ties_file: str | None = None

    @classmethod
    def of(cls, world: World, scenario: Scenario) -> Layers:
        """The layers that a scenario names."""
        return cls(
            world,
            scenario.file_named("positions"),
            scenario.file_named("routes"),
            scenario.file_named("ties"),
        )

    @cached_property
    def positions(self) -> Positions:
        """Direct investment by host and origin."""
        from countervail.channels.capital.positions import positions

        return positions(self.world, self.positions_file)

    @cached_property
    def routes(self) -> Routes:
        """Networks of energy routes."""
        from countervail.channels.routes.network import read_routes

        return read_routes(self.routes_file)

    @cached_property
    def ties(self) -> Ties:
        """Agreements, treaties, alliances, affinities."""
        from countervail.channels.ties.graph import read_ties

        return read_ties(self.world, self.ties_file)


@dataclass(frozen=True)
class Case:
    """One protagonist's deals in one world under one closure."""

    world: World
    protagonist: str
    closure: Closure
    layers: Layers = field(repr=False)
    coercer: tuple[str, ...] = ()

    def name(self, region: str) -> str:
        """What to call a region inside a sentence; a group that was merged by its short name."""
        name = self.world.labels.region_names.get(region, region)
        return say.the(name if region in registry.regions() else name.split(",")[0])

    def sectors(self, names: Sequence[str]) -> str:
        """Sectors and groups as words inside a sentence."""
        return say.listed([self.world.labels.sector_names.get(n, n).lower() for n in names])


@dataclass(frozen=True)
class Sides:
    """The parties of a deal that the world shows by themselves.

    ``ours``: the protagonist where it is a party, else the first party (empty where that is a
    group); ``partners``: the other parties' regions, each once; a group that holds our side gives
    its other members. ``reason``: why there are no partners; ``left_out``: parties that are no
    region of the world.
    """

    ours: str
    partners: tuple[str, ...]
    reason: str = ""
    left_out: tuple[str, ...] = ()


def sides_of(case: Case, deal: Deal) -> Sides:
    """Who is on which side of ``deal``."""
    world = case.world
    shown: list[tuple[str, ...]] = []
    for party in deal.parties:
        try:
            shown.append(world.labels.resolve_regions(party))
        except UnknownLabelError:
            shown.append(())
    ours = case.protagonist
    if not any(ours in group for group in shown):
        if len(shown[0]) != 1:
            reason = (
                f"The protagonist is no party, and the first party, {deal.parties[0]}, is not one "
                f"region of {world.name}."
            )
            return Sides("", (), reason)
        ours = shown[0][0]
    partners = tuple(dict.fromkeys(r for group in shown for r in group if r != ours))
    missing = tuple(p for p, group in zip(deal.parties, shown, strict=True) if not group)
    reason = "" if partners else f"No other party is a region of {world.name}."
    return Sides(ours, partners, reason, missing)
