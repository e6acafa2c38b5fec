"""Strategy of one scenario: what each deal is worth, which to take, and in which order to sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from countervail.channels.case import Layers
from countervail.channels.delivery import draw_deliveries
from countervail.channels.trade_policy import apply_threat
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError, UnknownLabelError, nearest
from countervail.scenario.schema import Scenario
from countervail.scenario.sequence_checks import covering, participants
from countervail.sheets.deals import Struck, protagonist_of, struck
from countervail.strategy.bundles import PEACE, THREAT, Bundles, Menace
from countervail.strategy.contribution import Contributions, contribution
from countervail.strategy.flips import Flip, flips
from countervail.strategy.futures import Masks, expected, mask_of, masks_of, variant_of
from countervail.strategy.hazard import saliences
from countervail.strategy.limits import Limits
from countervail.strategy.portfolio import Portfolio, portfolio
from countervail.strategy.sequence import Sequence as Order
from countervail.strategy.sequence import sequence
from countervail.strategy.signing import Signing
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Told = Callable[[int, int], None] | None

DRAWS = 1000
"""Futures of delivery over which worth is averaged; every bundle is solved once for all of them."""

SEED = 0
CUT_OFF = "cut-off"


@dataclass(frozen=True, eq=False, repr=False)
class Strategy:
    """What the deals of a scenario are worth, one by one, in bundles, and in which order.

    ``bundles``: the worth of every bundle of the deals that act; ``delivered`` (draw, deal): the
    futures that all odds are taken over; ``idle``: deals that act on nothing. ``contributions``:
    what each deal is worth; ``portfolio``: the best bundle, all delivered (``expected``: at their
    odds); ``sequence``, ``flips``: the order of signing, where the scenario asks for it.
    """

    world: World
    protagonist: str
    coercer: tuple[str, ...]
    closure: Closure
    bundles: Bundles
    delivered: npt.NDArray[np.bool_] = field(repr=False)
    contributions: Contributions
    portfolio: Portfolio | None
    expected: Portfolio | None
    idle: tuple[str, ...] = ()
    sequence: Order | None = None
    flips: tuple[Flip, ...] = ()

    def __repr__(self) -> str:
        deals = self.bundles.deals
        return f"<Strategy of {self.protagonist} in {self.world.name}: {len(deals)} deals act>"

    @property
    def futures(self) -> Masks:
        """(draw,): what is delivered in each future, as a bundle."""
        return masks_of(self.delivered)

    def worth(self, deals: Sequence[str], *, in_full: Sequence[str] = ()) -> Array:
        """(draw, measure): what ``deals`` are worth in each future, ``in_full`` being delivered.

        Deals that act on nothing may be among them. Raises ``UnknownLabelError``.
        """
        known = (*self.bundles.deals, *self.idle)
        for name in (*deals, *in_full):
            if name not in known:
                raise UnknownLabelError(f"there is no deal {name!r}.", nearest(name, known))
        among, certain = (mask_of(self.bundles.deals, names) for names in (deals, in_full))
        futures, place = np.unique(variant_of(self.futures, among, certain), return_inverse=True)
        found: Array = self.bundles.of(futures.tolist())[place]
        return found


def solved_strategy(
    world: World,
    scenario: Scenario,
    closure: Closure,
    coercer: Sequence[str],
    moves: Sequence[Struck] | None = None,
    workers: int | None = None,
    progress: Told = None,
) -> Strategy | None:
    """The strategy of a scenario; None where it has no deals. ``moves``: its deals, if known."""
    every = struck(world, scenario, closure, tuple(coercer)) if moves is None else tuple(moves)
    if not every:
        return None
    acting = [one for one in every if one.acts]
    target = protagonist_of(world, scenario)
    bundles = Bundles(
        world,
        closure,
        target,
        tuple(coercer),
        tuple(one.full for one in acting),
        _menaces(world, scenario, closure, tuple(coercer), target),
        workers=workers,
        progress=progress,
    )
    deals = [one.deal for one in acting]
    delivered = (
        draw_deliveries(deals, target, DRAWS, seed=SEED)
        if deals
        else np.zeros((DRAWS, 0), dtype=np.bool_)
    )
    found = contribution(bundles, delivered, seed=SEED)
    sure, likely = (_best(scenario, bundles, which) for which in (None, masks_of(delivered)))
    order = None if scenario.sequence is None else _ordered(scenario, bundles, masks_of(delivered))
    return Strategy(
        world,
        target,
        tuple(coercer),
        closure,
        bundles,
        delivered,
        found,
        sure,
        likely,
        idle=tuple(one.deal.id for one in every if not one.acts),
        sequence=order,
        flips=() if order is None else _flips(scenario, order),
    )


def _menaces(
    world: World, scenario: Scenario, closure: Closure, coercer: tuple[str, ...], target: str
) -> dict[str, Menace]:
    """A full cut-off, and the threat that the sequence fears, where that is another."""
    found = {CUT_OFF: Menace(Shock(world).cut_off(coercer, target), cut=True)}
    name = None if scenario.sequence is None else scenario.sequence.retaliation
    if name is None:
        return found
    threat = next(threat for threat in scenario.threats if threat.id == name)
    positions = None
    if threat.instrument == "capital-withdrawal":
        positions = Layers.of(world, scenario).positions
    applied = apply_threat(world, threat, coercer, target, closure, positions)
    if applied.shock is None:
        raise InputError(
            f"sequence.retaliation = {name!r} has no figures: {applied.not_quantified}",
            "Name a threat that is computed.",
        )
    return {**found, name: Menace(applied.shock, cut=threat.instrument == CUT_OFF)}


def _best(scenario: Scenario, bundles: Bundles, futures: Masks | None) -> Portfolio | None:
    """The best bundle as the scenario wants it; None where it asks for none, or no deal acts."""
    spec = scenario.portfolio
    if spec is None or not bundles.deals:
        return None
    acting = set(bundles.deals)
    limits = Limits(
        uses={
            resource: {deal: amount for deal, amount in used.items() if deal in acting}
            for resource, used in spec.uses.items()
        },
        capacity=spec.limits,
        at_most=spec.at_most,
        exclusive=[[deal for deal in group if deal in acting] for group in spec.exclusive],
        needs={
            deal: [other for other in others if other in acting]
            for deal, others in spec.needs.items()
            if deal in acting
        },
    )
    return portfolio(
        bundles,
        limits,
        spec.objective,
        futures=futures,
        exposure_at_most=spec.exposure_at_most,
    )


def _ordered(scenario: Scenario, bundles: Bundles, futures: Masks) -> Order:
    """The order of signing, on means over futures of delivery."""
    spec = scenario.sequence
    assert spec is not None
    raw = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    names, cover = tuple(participants(raw)), covering(raw)
    deals = {deal.id: deal for deal in scenario.deals}
    every = range(2 ** len(bundles.deals))
    worth = expected(bundles.of(every), futures)
    theirs = expected(bundles.theirs(every)[:, None], futures)[:, 0]
    # What is signed, as a bundle of the deals that act; the others change no table.
    signed = np.zeros(2 ** len(names), dtype=np.int64)
    for k, name in enumerate(names):
        signed[np.arange(len(signed)) >> k & 1 == 1] |= mask_of(bundles.deals, (name,))
    struck_by = f"{THREAT}:{spec.retaliation}" if spec.retaliation else THREAT
    peace, hit = (bundles.measures.index(name) for name in (PEACE, struck_by))
    signing = Signing(
        deals=names,
        peace=worth[signed, peace],
        struck=worth[signed, hit],
        cost=-theirs[signed],
        salience=np.array(saliences([deals[name] for name in names], cover)),
        cover=cover,
        periods=spec.periods,
        months=spec.months,
        earliest=spec.earliest,
        **_rules(scenario, names),
    )
    return sequence(signing, taken=spec.steps)


def _rules(scenario: Scenario, names: Sequence[str]) -> dict[str, Any]:
    """Needs and exclusions of the portfolio among the deals that take part."""
    spec = scenario.portfolio
    if spec is None:
        return {}
    groups = [[name for name in group if name in names] for group in spec.exclusive]
    needs = {
        name: [other for other in others if other in names]
        for name, others in spec.needs.items()
        if name in names
    }
    return {"needs": needs, "exclusive": groups}


def _flips(scenario: Scenario, order: Order) -> tuple[Flip, ...]:
    spec = scenario.sequence
    assert spec is not None
    return flips(order, order.signing.plan(spec.steps) if spec.taken else None)
