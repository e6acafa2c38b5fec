"""What every bundle of deals is worth, in peace and under threats: solved once, then looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from countervail.channels.deals import combined
from countervail.channels.move import Move
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state, solve
from countervail.equilibrium.threads import threads
from countervail.errors import InputError, SolveError
from countervail.leverage.effect import effect
from countervail.world.core import World

Array = npt.NDArray[np.float64]

PEACE, THREAT, EXPOSURE = "peace", "threat", "exposure"
"""Gain in peace; real income under the threat; what the threat takes away: peace less threat."""

_MOST = 16  # deals: tables over all bundles double with each
_MANY = 100  # bundles at once, from which on it pays to solve all pairs first


class _Solved(NamedTuple):
    loss: float
    theirs: float
    certificate: float


@dataclass(frozen=True, eq=False)
class Menace:
    """A threat as a shock; ``cut``: whether it ends all trade with the coercer."""

    shock: Shock
    cut: bool = False


@dataclass(eq=False)
class Bundles:
    """Every bundle of deals against the status quo, percent of the protagonist's real income.

    A bundle is an int: bit k of it is deal k, signed and delivered in full. ``measures``:
    ``peace`` (gain), ``threat`` (gain where the first of ``menaces`` is carried out, negative
    where it hurts), ``exposure`` (the first less the second: what that threat takes away), and
    ``threat:NAME`` for further ones. ``menaces`` may be empty: then ``peace`` alone.
    """

    world: World
    closure: Closure
    target: str
    coercer: tuple[str, ...]
    moves: tuple[Move, ...]
    menaces: Mapping[str, Menace]
    standing: tuple[Move, ...] = ()
    """Deals that are never in a bundle; what stands without them holds."""
    workers: int | None = None
    progress: Callable[[int, int], None] | None = None
    _certificate: float = field(default=0.0, repr=False)
    _known: dict[int, tuple[float, ...]] = field(default_factory=dict, repr=False)
    _states: dict[tuple[int, str], Array] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if len(self.moves) > _MOST:
            raise InputError(
                f"{len(self.moves)} deals act on the equilibrium; bundles of at most {_MOST} are "
                "looked at.",
                "Name the deals that matter (`[sequence] deals`, `--deals`).",
            )

    @property
    def deals(self) -> tuple[str, ...]:
        """The deals, in the order of their bits."""
        return tuple(move.id for move in self.moves)

    @property
    def measures(self) -> tuple[str, ...]:
        """What ``of`` gives for each bundle, in this order."""
        if not self.menaces:
            return (PEACE,)
        return (PEACE, THREAT, EXPOSURE, *(f"{THREAT}:{name}" for name in list(self.menaces)[1:]))

    @property
    def worst_certificate(self) -> float:
        """The largest relative residual of any equilibrium behind the table."""
        return self._certificate

    @property
    def valued(self) -> tuple[int, ...]:
        """The bundles that have been solved."""
        return tuple(self._known)

    def of(self, bundles: Sequence[int]) -> Array:
        """(bundle, measure): see the class. ``SolveError`` names what has no equilibrium."""
        self._solve([*bundles, 0])
        quo = self._known[0][0]
        rows = []
        for bundle in bundles:
            found = self._known[bundle]
            peace, *threats = (quo - loss for loss in found[: 1 + len(self.menaces)])
            row = [peace]
            if threats:
                row += [threats[0], peace - threats[0], *threats[1:]]
            rows.append(row)
        return np.array(rows).reshape(len(bundles), len(self.measures))

    def theirs(self, bundles: Sequence[int]) -> Array:
        """(bundle,): what the coercer gains in peace, percent of its real income."""
        self._solve([*bundles, 0])
        return np.array([self._known[0][-1] - self._known[bundle][-1] for bundle in bundles])

    def names(self, bundle: int) -> tuple[str, ...]:
        """The deals in ``bundle``."""
        return tuple(name for k, name in enumerate(self.deals) if bundle >> k & 1)

    def _shock(self, bundle: int, menace: Menace | None) -> Shock:
        cut = menace is not None and menace.cut
        shock = combined(self.world, (*self.moves, *self.standing), self.names(bundle), cut=cut)
        return shock if menace is None else shock.plus(menace.shock)

    def _solve(self, bundles: Sequence[int]) -> None:
        new = [b for b in dict.fromkeys(bundles) if b not in self._known]
        if len(new) > _MANY:
            # Pairs first: from them every larger bundle starts close to where it ends.
            size = len(self.moves)
            pairs = [1 << j | 1 << k for j in range(size) for k in range(j + 1)]
            new = [b for b in dict.fromkeys((0, *pairs, *new)) if b not in self._known]
        base_state(self.world, self.closure)  # once, before threads ask for it
        cases = [("", None), *self.menaces.items()]
        with ThreadPoolExecutor(max_workers=threads(self.workers)) as pool:
            jobs = pool.map(lambda bundle: [self._case(bundle, *case) for case in cases], new)
            for number, (bundle, found) in enumerate(zip(new, jobs, strict=True), 1):
                losses = tuple(one.loss for one in found)
                self._known[bundle] = (*losses, found[0].theirs)
                self._certificate = max(self._certificate, *(one.certificate for one in found))
                if self.progress is not None:
                    self.progress(number, len(new))

    def _case(self, bundle: int, name: str, menace: Menace | None) -> _Solved:
        """One bundle under one threat ("": in peace); shocks are large, so that none is kept."""
        start = self._start(bundle, name)
        try:
            outcome = solve(self.world, self._shock(bundle, menace), self.closure, start=start)
        except SolveError as error:
            what = ", ".join(self.names(bundle)) or "no deal"
            raise type(error)(
                f"{what}{f' under {name}' if name else ''}: {error.cause}",
                error.remedy,
                error.evidence,
            ) from None
        if bundle.bit_count() <= 2:
            self._states[bundle, name] = outcome.state.x
        return _Solved(
            effect(outcome, (self.target,))[0],
            effect(outcome, self.coercer)[0] if self.coercer else 0.0,
            outcome.certificate.worst,
        )

    def _start(self, bundle: int, name: str) -> Array | None:
        """A state near the solution: what deals do to it nearly adds up, pair by pair."""
        bits = [1 << k for k in range(len(self.moves)) if bundle >> k & 1]
        pairs = [a | b for n, a in enumerate(bits) for b in bits[:n]]
        known = [self._states.get((part, name)) for part in (0, *bits, *pairs)]
        if len(bits) <= 2 or any(state is None for state in known):
            return None
        m = len(bits)
        weights = [(m - 1) * (m - 2) / 2, *[-(m - 2.0)] * m, *[1.0] * len(pairs)]
        found: Array = np.tensordot(weights, np.stack(known), axes=1)  # type: ignore[arg-type]
        return found
