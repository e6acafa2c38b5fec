"""A game that is not finished, kept in a file so that an interrupted search goes on."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.shock import Shock
from countervail.errors import InputError, StoreError
from countervail.files import write_atomic
from countervail.leverage.games.game import Game, Played
from countervail.leverage.games.players import Favour
from countervail.leverage.games.sweeps import Place
from countervail.version import VERSION
from countervail.world.npz import read_arrays

Array = npt.NDArray[np.float64]

_LARGEST = 2**30  # bytes that a file may have
_ARRAYS = ("z", "places", "steps", "largest", "counts", "gains", "better")


@dataclass(frozen=True, eq=False)
class Stand:
    """How far a game is: the place of all players, and what those tested so far found.

    ``gains`` (P,): percent, NaN for a player that is not tested at this place yet;
    ``better`` (K,): where those tested would go. ``rounds``: tests of all players that ended
    in somebody moving. ``solves``: equilibria solved.
    """

    place: Place
    gains: Array
    better: Array
    rounds: int = 0
    solves: int = 0

    @classmethod
    def at(cls, z: Array, players: int, rounds: int = 0, solves: int = 0) -> Stand:
        """A place that nobody has swept or tested."""
        return cls(Place.at(z), np.full(players, np.nan), z.copy(), rounds, solves)


class Store:
    """One file with one game; ``path=None`` keeps nothing.

    ``question``: everything that the answer depends on, as plain text by name.
    """

    def __init__(self, path: str | os.PathLike[str] | None, question: Mapping[str, str]) -> None:
        self.path = None if path is None else Path(path)
        self.question = dict(question)

    def read(self, levers: int, players: int) -> Stand | None:
        """What is kept of a game of this size, or None where there is no file yet.

        Raises ``StoreError`` for a file of another question, with every difference, and
        for one that is damaged or something else.
        """
        if self.path is None or not self.path.exists():
            return None
        found = read_arrays(self.path, ("question", *_ARRAYS), _LARGEST, self._refuse)
        self._same(found["question"])
        try:
            place = Place(
                z=found["z"],
                places=found["places"],
                steps=found["steps"],
                count=int(found["counts"][0]),
                largest=float(found["largest"]),
            )
            stand = Stand(
                place, found["gains"], found["better"], *(int(n) for n in found["counts"][1:])
            )
        except (TypeError, ValueError, IndexError) as error:
            raise self._refuse(f"its arrays are not those of a game ({error})") from error
        sizes = (place.z.shape, stand.better.shape, stand.gains.shape, place.places.shape[1:])
        if sizes != ((levers,), (levers,), (players,), (levers,)):
            raise self._refuse("its arrays do not fit the game")
        held = (place.z, place.places, place.steps, stand.better)
        if place.steps.shape != place.places.shape or not all(np.isfinite(a).all() for a in held):
            raise self._refuse("it holds rates that are not numbers")
        return stand

    def write(self, stand: Stand) -> None:
        """Keep ``stand``, whole or not at all."""
        if self.path is None:
            return
        place, buffer = stand.place, io.BytesIO()
        np.savez(
            buffer,
            question=np.array(json.dumps(self.question)),
            z=place.z,
            places=place.places,
            steps=place.steps,
            largest=np.array(place.largest),
            counts=np.array([place.count, stand.rounds, stand.solves], dtype=np.int64),
            gains=stand.gains,
            better=stand.better,
        )
        write_atomic(self.path, buffer.getvalue())

    def _same(self, kept: object) -> None:
        try:
            other = json.loads(str(kept))
            names = list(dict.fromkeys([*other, *self.question]))
        except (ValueError, TypeError) as error:
            raise self._refuse("it does not say which game it holds") from error
        differences = [
            f"{name}: kept {_short(other.get(name))}, now {_short(self.question.get(name))}"
            for name in names
            if other.get(name) != self.question.get(name)
        ]
        if differences:
            raise StoreError(
                f"{self.path} holds another game.",
                "Name another file, or ask for the game that this one holds.",
                differences,
            )

    def _refuse(self, why: str) -> InputError:
        return StoreError(
            f"{self.path} cannot be used as the file of a game: {why}.",
            "Name another file, or remove this one to start anew.",
        )


def _short(text: object) -> str:
    shown = "nothing" if text is None else str(text)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def question(
    game: Game, vary: str, against: str, favour: Favour, start: str | float | Played, seed: int
) -> dict[str, str]:
    """Everything that the answer of a game depends on, by name, as text."""
    levers = game.levers
    lower, upper = float(levers.lower.min()), float(levers.upper.max())
    taxed = dict.fromkeys(game.world.sectors[c[1]] for cells in levers.cells for c in cells)
    return {
        "program": VERSION,
        "world": f"{game.world.name} {game.world.digest[:16]}",
        "closure": repr(game.closure),
        "players": ", ".join(f"{p.name} ({'+'.join(p.regions)})" for p in game.players),
        "sectors": ", ".join(taxed),
        "vary": vary,
        "bounds": f"{lower!r} to {upper!r}",
        "against": against,
        "favour": repr({name: dict(weights) for name, weights in (favour or {}).items()}),
        "given": _digest(game.given),
        "start": _digest(start.shock) if isinstance(start, Played) else str(start),
        "seed": str(seed),
    }


def _digest(shock: Shock | None) -> str:
    if shock is None:
        return "the base"
    total = hashlib.sha256()
    for field in shock.changed:
        total.update(field.encode() + shock.array(field).tobytes())
    return total.hexdigest()[:16]
