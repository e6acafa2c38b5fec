"""Strategy of one scenario: what each deal is worth, which to take, and in which order to sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
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
from countervail.strategy.contribution import AT_MOST, Contributions, contribution
from countervail.strategy.flips import Flip, flips
from countervail.strategy.futures import Masks, expected, mask_of, masks_of, variant_of
from countervail.strategy.hazard import saliences
from countervail.strategy.limits import Limits
from countervail.strategy.pairs import Pairs
from countervail.strategy.portfolio import Portfolio, portfolio
from countervail.strategy.sequence import Sequence as Order
from countervail.strategy.sequence import sequence
from countervail.strategy.signing import Signing
from countervail.strategy.worth import TableWorth, Worth
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Told = Callable[[int, int], None] | None

DRAWS = 1000
"""Futures of delivery over which worth is averaged; every bundle is solved once for all of them."""

SEED = 0
WHOLE = "a full cut-off"  # no id of a threat has spaces


@dataclass(frozen=True, eq=False, repr=False)
class Strategy:
    """What the deals of a scenario are worth, one by one, in bundles, and in which order.

    ``bundles``: the worth of any bundle of the deals that act, solved when it is asked for;
    ``table``: that of all bundles, beyond ten deals as single deals and pairs tell it, ``miss``
    being the most (percent of real income) by which a bundle that was solved differs from it.
    ``delivered`` (draw, deal): the futures that all odds are taken over; ``idle``: deals that act
    on nothing. ``contributions``: what each deal is worth; ``portfolio``: the best bundle, all
    delivered (``expected``: at their odds); ``sequence``, ``flips``: the order of signing, where
    the scenario asks for it.
    """

    world: World
    protagonist: str
    coercer: tuple[str, ...]
    closure: Closure
    bundles: Bundles
    table: TableWorth
    miss: float
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
        futures, place = np.unique(self._futures(deals, in_full), return_inverse=True)
        return self.table.of(futures.tolist())[place]

    def shares(self, deals: Sequence[str], *, in_full: Sequence[str] = ()) -> Array:
        """(draw, deal, measure): what each deal contributes in each future, as ``worth`` reads it.

        What does not count contributes nothing. Raises ``UnknownLabelError``.
        """
        bits = np.arange(len(self.bundles.deals))
        delivered = self._futures(deals, in_full)[:, None] >> bits & 1 == 1
        return contribution(self.table, delivered, seed=SEED).in_futures

    def _futures(self, deals: Sequence[str], in_full: Sequence[str]) -> Masks:
        """(draw,): the futures in which only ``deals`` count, ``in_full`` being delivered."""
        known = (*self.bundles.deals, *self.idle)
        for name in (*deals, *in_full):
            if name not in known:
                raise UnknownLabelError(f"there is no deal {name!r}.", nearest(name, known))
        among, certain = (mask_of(self.bundles.deals, names) for names in (deals, in_full))
        return variant_of(self.futures, among, certain)


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
    idle = tuple(one.deal.id for one in every if not one.acts)
    table, theirs, miss = _every(bundles)
    futures = masks_of(delivered)
    at_odds = replace(table, table=expected(table.table, futures))
    order = None
    if scenario.sequence is not None:
        order = _ordered(scenario, at_odds, expected(theirs, futures)[:, 0])
    return Strategy(
        world,
        target,
        tuple(coercer),
        closure,
        bundles,
        table,
        miss,
        delivered,
        found,
        _best(scenario, bundles, idle),
        _best(scenario, at_odds, idle, at_most=len(at_odds.table)),
        idle=idle,
        sequence=order,
        flips=() if order is None else _flips(scenario, order),
    )


def _every(bundles: Bundles) -> tuple[TableWorth, Array, float]:
    """What every bundle is worth, to the protagonist and (bundle, 1) to the coercer, and the miss.

    Up to ten deals every bundle is solved. Beyond, single deals and pairs tell of larger ones, and
    the miss is the most by which bundles that were solved for other questions differ from that.
    """

    def both(asked: Sequence[int]) -> Array:
        return np.hstack([bundles.of(asked), bundles.theirs(asked)[:, None]])

    count = len(bundles.deals)
    if 2**count <= AT_MOST:
        found, miss = both(range(2**count)), 0.0
    else:
        pairs = Pairs(count, both)
        found = pairs.of(range(2**count))
        miss = float(np.abs(pairs.missed(bundles.valued)).max())
    return TableWorth(bundles.deals, bundles.measures, found[:, :-1]), found[:, -1:], miss


def _menaces(
    world: World, scenario: Scenario, closure: Closure, coercer: tuple[str, ...], target: str
) -> dict[str, Menace]:
    """A full cut-off, and the threat that the sequence fears, where that is another.

    Where the best worst case is sought, every threat of the scenario that is computed.
    """
    found = {WHOLE: Menace(Shock(world).cut_off(coercer, target), cut=True)}
    feared = None if scenario.sequence is None else scenario.sequence.retaliation
    every = scenario.portfolio is not None and scenario.portfolio.objective == "worst-case"
    for threat in scenario.threats:
        if threat.id != feared and not every:
            continue
        positions = None
        if threat.instrument == "capital-withdrawal":
            positions = Layers.of(world, scenario).positions
        applied = apply_threat(world, threat, coercer, target, closure, positions)
        if applied.shock is not None:
            found[threat.id] = Menace(applied.shock, cut=threat.instrument == "cut-off")
        elif threat.id == feared:
            raise InputError(
                f"sequence.retaliation = {feared!r} has no figures: {applied.not_quantified}",
                "Name a threat that is computed.",
            )
    return found


def _best(
    scenario: Scenario, worth: Worth, idle: Sequence[str], at_most: int = AT_MOST
) -> Portfolio | None:
    """The best bundle as the scenario wants it; None where it asks for none, or no deal acts."""
    spec = scenario.portfolio
    if spec is None or not worth.deals:
        return None
    limits = Limits(spec.uses, spec.limits, spec.at_most, spec.exclusive, spec.needs)
    return portfolio(
        worth,
        limits,
        spec.objective,
        idle=idle,
        exposure_at_most=spec.exposure_at_most,
        at_most=at_most,
    )


def _ordered(scenario: Scenario, worth: TableWorth, theirs: Array) -> Order:
    """The order of signing. ``worth``, ``theirs`` (bundle,): means over futures of delivery."""
    spec = scenario.sequence
    assert spec is not None
    raw = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    names, cover = tuple(participants(raw)), covering(raw)
    deals = {deal.id: deal for deal in scenario.deals}
    # What is signed, as a bundle of the deals that act; the others change no table.
    signed = np.zeros(2 ** len(names), dtype=np.int64)
    for k, name in enumerate(names):
        signed[np.arange(len(signed)) >> k & 1 == 1] |= mask_of(worth.deals, (name,))
    struck_by = f"{THREAT}:{spec.retaliation}" if spec.retaliation else THREAT
    peace, hit = (worth.table[:, worth.measures.index(name)] for name in (PEACE, struck_by))
    signing = Signing(
        deals=names,
        peace=peace[signed],
        struck=hit[signed],
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
    for name, others in spec.needs.items():
        missing = [other for other in others if other not in names]
        if name in names and missing:
            raise InputError(
                f"{name} takes part in the sequence, and {', '.join(missing)}, which it needs, "
                "does not.",
                "Name it in `[sequence] deals`, or correct `[portfolio] needs`.",
            )
    groups = [[name for name in group if name in names] for group in spec.exclusive]
    needs = {name: others for name, others in spec.needs.items() if name in names}
    return {"needs": needs, "exclusive": groups}


def _flips(scenario: Scenario, order: Order) -> tuple[Flip, ...]:
    spec = scenario.sequence
    assert spec is not None
    return flips(order, order.signing.plan(spec.steps) if spec.taken else None)
