"""Everything about one actor's ties against one coercer, before and after deals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countervail.channels import say
from countervail.channels.arguments import each_a
from countervail.channels.ties.graph import Tie, Ties
from countervail.channels.ties.measures import (
    STEPS,
    NewTies,
    Reach,
    Standing,
    reach,
    standing,
    which_new_tie,
)
from countervail.errors import require_kind
from countervail.scenario.deals import Deal
from countervail.world.labels import Spec


@dataclass(frozen=True, eq=False)
class ReachPair:
    """Reach within some steps: before and after the deals without the coercer, and with it.

    ``before`` is None where no deals were given.
    """

    before: Reach | None
    after: Reach
    with_coercer: Reach


@dataclass(frozen=True, eq=False, repr=False)
class TiesReport:
    """What an actor's ties are worth without a coercer.

    ``ties``: with those of the deals; ``made``: the ties that deals make; ``reach``: within
    ``steps``, then by direct ties alone; ``central``: the layers of ``standing``; ``new``: what
    each absent tie would add after the deals within ``steps``, or directly where none adds
    anything within them (``new.steps`` says which).
    """

    ties: Ties
    made: tuple[Tie, ...]
    actor: str
    coercer: tuple[str, ...]
    layers: tuple[str, ...]
    steps: int
    reach: tuple[ReachPair, ...]
    standing: Standing
    central: tuple[str, ...]
    new: NewTies

    def __repr__(self) -> str:
        return (
            f"<Ties of {self.actor} without {'+'.join(self.coercer)}: "
            f"{self.reach[0].after.gdp_percent:.1f} % of world GDP within {self.steps}>"
        )

    def layers_to(self, partner: str) -> tuple[str, ...]:
        """The chosen layers that join the actor to ``partner``."""
        held = {tie.layer for tie in self.ties.between(self.actor, partner, self.layers)}
        return tuple(layer for layer in self.layers if layer in held)

    def partners(self) -> tuple[str, ...]:
        """Whoever a tie of a chosen layer joins to the actor, the largest economy first."""
        near = self.ties.neighbours(self.layers)[self.actor]
        return tuple(sorted(near, key=lambda node: (-self.ties.gdp[node], node)))

    def how_reached(self, node: str) -> str:
        """How ``node`` is reached without the coercer: directly, through whom, or not."""
        return _how(self.ties, self.reach[0].after, node)


def ties_report(
    ties: Ties,
    actor: str,
    coercer: Spec,
    deals: Iterable[Deal] = (),
    layers: Sequence[str] | None = None,
    steps: int = STEPS,
) -> TiesReport:
    """Reach, standing and best new ties of ``actor`` without ``coercer``.

    ``deals``: each makes a tie between its parties if it is of a kind that does and has not
    ended; delivery in full is taken. ``layers``: by default all that hold ties, those of the deals
    included; betweenness, constraint and dependence by default on complete layers only. Errors as
    in ``reach``.

    Source: definition of this program (docs/ties.md).
    """
    require_kind(ties, "ties", Ties, "cv.read_ties(world)")
    given = each_a(deals, "deals", Deal, "cv.read_scenario('canada-2026').deals")
    after = ties.after(given)
    kept = after.chosen(layers)
    far = [steps] if steps == 1 else [steps, 1]
    return TiesReport(
        ties=after,
        made=after.ties[len(ties.ties) :],
        actor=after.node(actor),
        coercer=after.group(coercer),
        layers=kept,
        steps=steps,
        reach=tuple(
            ReachPair(
                before=reach(ties, actor, coercer, kept, n) if given else None,
                after=reach(after, actor, coercer, kept, n),
                with_coercer=reach(after, actor, None, kept, n),
            )
            for n in far
        ),
        standing=standing(after, actor, coercer, layers),
        central=after.complete if layers is None else kept,
        new=_new(after, actor, coercer, layers, steps),
    )


def _new(
    ties: Ties, actor: str, coercer: Spec, layers: Sequence[str] | None, steps: int
) -> NewTies:
    """What new ties add within ``steps``; directly, where whatever can be reached already is."""
    found = which_new_tie(ties, actor, coercer, layers, steps)
    if steps == 1 or any(row.adds_gdp > 0 or row.adds_mediators > 0 for row in found.rows):
        return found
    return which_new_tie(ties, actor, coercer, layers, 1)


def _how(ties: Ties, found: Reach, node: str) -> str:
    if node not in found.way:
        return "not reached"
    before = found.way[node][:-1]
    if not before:
        return "direct"
    others = found.ways[node] - 1
    more = f" or {others} other{'s' if others > 1 else ''}" if others else ""
    return f"through {', '.join(say.the(ties.names[n]) for n in before)}{more}"
