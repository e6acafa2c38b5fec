"""Who plays a tariff game, and what is given for each of them by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.channels.arguments import finite, names_in
from countervail.errors import InputError, OptionError, nearest, require_kind
from countervail.leverage.games.optimal_tariff import favour_array
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Players = Sequence[str | Sequence[str]] | None
Favour = Mapping[str, Mapping[str, float]] | None


@dataclass(frozen=True)
class Player:
    """One who sets tariffs: a region, or several that act as one customs union."""

    name: str
    regions: tuple[str, ...]


def players_of(world: World, players: Players) -> tuple[Player, ...]:
    """The players that ``players`` names; every region for itself where it is None."""
    if players is None:
        return tuple(Player(region, (region,)) for region in world.regions)
    if not isinstance(players, Iterable):
        raise OptionError(
            f"players={players!r} is no list of regions.", "For example: players=['USA', 'EU']."
        )
    named = [players] if isinstance(players, str) else list(players)
    found = [_player(world, one) for one in named]
    if len(found) < 2:
        whose = f"{found[0].name} alone is" if found else "nobody is"
        raise InputError(
            f"a game needs two players; {whose} named.",
            "For example: players=['USA', 'CAN', 'EU']. For one of them see optimal_tariff.",
        )
    taken: dict[str, str] = {}
    for player in found:
        for region in player.regions:
            if region in taken:
                raise InputError(
                    f"{region} is in two players, {taken[region]} and {player.name}.",
                    "Name every region once.",
                )
            taken[region] = player.name
    return tuple(found)


def _player(world: World, named: str | Sequence[str]) -> Player:
    called = names_in(named, "a player", "'USA', or ['USA', 'CAN'] for a union")
    regions = world.labels.resolve_regions(called)
    if len(regions) == 1:
        return Player(regions[0], regions)
    return Player("+".join(called), regions)


def favoured(world: World, players: Sequence[Player], favour: Favour) -> Array | None:
    """Every region's political weights are those of its own player."""
    if favour is not None:
        require_kind(favour, "favour", Mapping, "{'USA': {'steel': 0.5}}")
    if not favour:
        return None
    names = {player.name: player for player in players}
    found = np.zeros((len(world.sectors), len(world.regions)))
    for name, weights in favour.items():
        if name not in names:
            raise OptionError(
                f"favour: no player is called {name!r}.", nearest(str(name), list(names))
            )
        require_kind(weights, f"favour[{name!r}]", Mapping, "favour={'USA': {'steel': 0.5}}")
        own = favour_array(world, weights)
        where = [world.regions.index(r) for r in names[name].regions]
        if own is not None:
            found[:, where] = own[:, where]
    return found


def per_player(
    players: Sequence[Player], what: str, given: Mapping[str, float] | None, default: Array
) -> Array:
    """Weights of all players, summing to 1, (P,)."""
    names = [player.name for player in players]
    if given is None:
        return np.asarray(default / default.sum())
    require_kind(given, what, Mapping, "{'USA': 2.0, 'CAN': 1.0}")
    for name in given:
        if name not in names:
            raise OptionError(f"{what}: no player is called {name!r}.", nearest(str(name), names))
    missing = [name for name in names if name not in given]
    if missing:
        raise OptionError(f"{what}: {', '.join(missing)} has none.", "Give one to every player.")
    found = np.array([finite(given[name], f"{what}[{name!r}]", "2.0") for name in names])
    if not ((found >= 0).all() and found.sum() > 0):
        raise OptionError(
            f"{what}={dict(given)!r}: each must be a number of zero or more, one above zero.",
            "Only their ratios matter.",
        )
    return np.asarray(found / found.sum())
