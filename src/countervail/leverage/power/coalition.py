"""What suppliers can do together: cut-offs by coalitions, and who in them matters how much."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.channels.arguments import names_in
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve_batch
from countervail.errors import InputError, LabelError, require_kind
from countervail.leverage.effect import effect
from countervail.world.core import World
from countervail.world.labels import Spec

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Array = npt.NDArray[np.float64]
Members = frozenset[str]

MOST_MEMBERS = 8
"""Members of a coalition at most: every subset is solved, 256 of them at this number."""


@dataclass(frozen=True)
class CoalitionEffect:
    """What one subset of the coalition does: the target's loss and its own cost.

    Percent of real income and billion USD (equivalent variation); negative for a gain.
    """

    members: tuple[str, ...]
    loss_percent: float
    loss_bn: float
    cost_percent: float
    cost_bn: float
    certificate: float


@dataclass(frozen=True, eq=False, repr=False)
class CoalitionPower:
    """The losses of one target by every subset of a coalition, and what follows from them.

    ``members``: the names given; ``acting``: the regions that each stands for.
    """

    world: World
    closure: Closure
    target: tuple[str, ...]
    members: tuple[str, ...]
    acting: Mapping[str, tuple[str, ...]]
    effects: tuple[CoalitionEffect, ...]

    def __repr__(self) -> str:
        return (
            f"<CoalitionPower of {'+'.join(self.members)} over {'+'.join(self.target)} in "
            f"{self.world.name}: {self.whole:.3g} % together, {self.sum_of_members:.3g} % one by "
            "one>"
        )

    @property
    def whole(self) -> float:
        """The target's loss if all members cut it off together, percent of real income."""
        return self._losses()[frozenset(self.members)]

    @property
    def sum_of_members(self) -> float:
        """The sum of its losses if each member cut it off alone, percent of real income."""
        losses = self._losses()
        return sum(losses[frozenset((member,))] for member in self.members)

    @property
    def superadditivity(self) -> float:
        """``whole`` less ``sum_of_members``, percentage points: above 0 unity is strength."""
        return self.whole - self.sum_of_members

    @property
    def shapley(self) -> xr.DataArray:
        """What each member adds on average over all orders of joining, percent of real income.

        Sums to ``whole`` (Shapley 1953).
        """
        import xarray as xr

        values = shapley_values(self.members, self._losses())
        return xr.DataArray(
            [values[member] for member in self.members],
            coords={"member": list(self.members)},
            dims=("member",),
            name="shapley",
            attrs=self._attrs("percent of real income of the target"),
        )

    @property
    def certificate(self) -> float:
        """The largest relative residual of any equation in any of the equilibria."""
        return max(one.certificate for one in self.effects)

    @property
    def table(self) -> pd.DataFrame:
        """One row for every subset, small ones first; units are in the column names."""
        import pandas as pd

        frame = pd.DataFrame(
            [{**vars(one), "members": "+".join(one.members)} for one in self.effects]
        )
        frame.attrs.update(self._attrs("see the column names"))
        return frame

    def _losses(self) -> dict[Members, float]:
        return {frozenset(): 0.0} | {frozenset(e.members): e.loss_percent for e in self.effects}

    def _attrs(self, unit: str) -> dict[str, object]:
        return {
            "unit": unit,
            "base_year": self.world.base_year,
            "world": self.world.name,
            "closure": self.closure.describe(),
            "certificate": self.certificate,
        }


def coalition_power(
    world: World,
    target: Spec,
    coalition: Spec,
    closure: Closure | None = None,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CoalitionPower:
    """What a coalition can do to a target that its members cannot do alone.

    Every subset of the members (at most eight) ends all trade with ``target``, exactly
    solved; the losses give the coalition's power, the sum of its members' own, and by
    how much each matters (Shapley value). ``target``: a region, or a group that is hit
    and loses as one. ``coalition``: a list, in which each entry (region or group) acts
    as one member; a group by itself stands for its members, one by one.

    ``closure``: default ``Closure.of_horizon("medium")``. Raises ``InputError`` where a
    region is on two sides or twice on one, or where there are more than eight members,
    ``UnknownLabelError``, and what ``solve`` raises: without every subset there is no
    Shapley value.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    closure = Closure.of_horizon("medium") if closure is None else closure
    require_kind(closure, "closure", Closure, "cv.Closure.of_horizon('medium')")
    hit = world.labels.resolve_regions(target)
    acting = _acting(world, coalition)
    _distinct(acting, hit)
    members = tuple(acting)
    subsets = [s for size in range(1, len(members) + 1) for s in combinations(members, size)]
    regions = [[r for member in subset for r in acting[member]] for subset in subsets]
    outcomes = solve_batch(
        world,
        [Shock(world).cut_off(together, hit) for together in regions],
        closure,
        workers=workers,
        on_failure="record",
        progress=None if progress is None else lambda done: progress(done, len(subsets)),
    )
    effects = []
    for subset, own, outcome in zip(subsets, regions, outcomes, strict=True):
        if isinstance(outcome, Failure):
            error = outcome.error
            raise type(error)(
                f"{'+'.join(subset)} against {'+'.join(hit)}: {error.cause}",
                error.remedy,
                error.evidence,
            )
        worst = outcome.certificate.worst
        effects.append(CoalitionEffect(subset, *effect(outcome, hit), *effect(outcome, own), worst))
    return CoalitionPower(world, closure, hit, members, acting, tuple(effects))


def shapley_values(members: Sequence[str], values: Mapping[Members, float]) -> dict[str, float]:
    """The Shapley value of each member, from the value of every subset (the empty one is 0).

    The mean of what a member adds, over all orders in which the coalition can form;
    sums to the value of the whole. Source: Shapley (1953).
    """
    size = len(members)
    shares = dict.fromkeys(members, 0.0)
    for member in members:
        others = [m for m in members if m != member]
        for count in range(size):
            weight = 1.0 / (size * math.comb(size - 1, count))
            for subset in combinations(others, count):
                before = frozenset(subset)
                shares[member] += weight * (values[before | {member}] - values[before])
    return shares


def _acting(world: World, coalition: Spec) -> dict[str, tuple[str, ...]]:
    """The members by name, with the regions that each stands for."""
    if coalition is None or isinstance(coalition, str):
        return {region: (region,) for region in world.labels.resolve_regions(coalition)}
    names = names_in(coalition, "coalition", "['USA', 'EU']")
    if not names:
        raise LabelError("the coalition has no members.", "Name at least one region or group.")
    if len(set(names)) != len(names):
        raise InputError(
            f"the coalition {', '.join(names)} names a member twice.", "Name each once."
        )
    return {name: world.labels.resolve_regions(name) for name in names}


def _distinct(acting: Mapping[str, tuple[str, ...]], target: Sequence[str]) -> None:
    owner: dict[str, str] = dict.fromkeys(target, "the target")
    for member, regions in acting.items():
        for region in regions:
            if region in owner:
                raise InputError(
                    f"{region} is in {owner[region]} and in {member}.",
                    "A region takes one side, once; leave it out of one of them.",
                )
            owner[region] = member
    if len(acting) > MOST_MEMBERS:
        raise InputError(
            f"the coalition has {len(acting)} members ({', '.join(list(acting)[:10])}, ...); every "
            f"subset is solved, so that {MOST_MEMBERS} are the most.",
            "Put several into one group, or take the closed form for all suppliers "
            "(countervail.leverage.power.suppliers).",
        )
