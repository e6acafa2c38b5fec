"""The tariffs that a bargain ends in, by all parties together or by each pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.errors import InputError, OptionError, nearest, require_kind
from countervail.leverage.games.bargain import Bargain, tested_agreement
from countervail.leverage.games.game import Game, Played, gains, game_of
from countervail.leverage.games.nash import fought
from countervail.leverage.games.optimal_tariff import BOUNDS, Vary
from countervail.leverage.games.pairs import pairwise
from countervail.leverage.games.players import Players, per_player
from countervail.leverage.games.store import Store
from countervail.leverage.search.checks import checked_run
from countervail.leverage.search.threads import one_blas_thread
from countervail.world.core import World
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Negotiated(Played):
    """Tariffs that parties agree on, and what each has without agreement.

    ``agreed``: False where no tariffs make every party better off than without; ``rates`` and
    ``outcome`` are then those of the disagreement. ``disagreement``: the outcome without any
    agreement, ``disagreement_is`` says which one that is. ``power``: by party, summing to 1.
    ``without_percent``: by party, its gain on the status quo without agreement. ``gap``: how
    much more (percent, geometric mean of surpluses) a fresh search found; ``pairs``: whether
    each pair bargained by itself; ``apart``: pairs that agree on nothing; ``sweeps``: rounds
    of all pairs until nothing moved.
    """

    agreed: bool
    disagreement: Outcome
    disagreement_is: str
    power: Mapping[str, float]
    gap: float
    pairs: bool
    apart: tuple[tuple[str, str], ...]
    sweeps: int

    def __repr__(self) -> str:
        found = (
            f"tariffs of {100 * self.rates.min():.3g} to {100 * self.rates.max():.3g} %"
            if self.agreed
            else "no gains from agreement"
        )
        return f"<Negotiated by {len(self.game.players)} in {self.game.world.name}: {found}>"

    @property
    def without_percent(self) -> dict[str, float]:
        """What each party gains on the status quo without agreement, percent."""
        found = gains(self.game, self.disagreement) - gains(self.game, self.before)
        names = (player.name for player in self.game.players)
        return dict(zip(names, found.tolist(), strict=True))

    def _row(self, k: int) -> dict[str, object]:
        row = super()._row(k)
        note = row.pop("note")
        without = self.without_percent[self.game.players[k].name]
        surplus = float(self.gains_percent[k]) - without
        return {**row, "without_percent": without, "surplus_percent": surplus, "note": note}


def negotiated(
    world: World,
    parties: Players,
    *,
    disagreement: str | Outcome | Shock = "nash",
    power: Mapping[str, float] | None = None,
    pairs: bool = False,
    sectors: Spec = None,
    vary: Vary = "both",
    bounds: tuple[float, float] = BOUNDS,
    given: Shock | None = None,
    closure: Closure | None = None,
    searches: int = 1,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Negotiated:
    """The tariffs on each other that parties would agree on, by Nash bargaining.

    What is highest is prod_p (gain_p − d_p)^power_p over the parties' tariffs on each other,
    where d_p is what p has without agreement: its outside option. ``disagreement``: ``nash``
    (the tariff war among the parties; default), ``base`` (the status quo goes on), or an
    ``Outcome`` or ``Shock`` of one's own. ``power``: bargaining weights by party (default:
    equal). Nothing is paid: tariffs are all there is to give.

    ``pairs=True``: Nash-in-Nash. Each pair bargains over its two sides' tariffs on each other,
    taking what all other pairs agreed as it is; a pair that fails goes back to its tariffs at
    the disagreement while the others stand. Sweeps of all pairs until no rate moves by more
    than 1e-6; ``progress(sweep, largest change)`` is called after each.

    ``searches``: fresh searches (``seed`` draws their starts) that test the answer; for pairs,
    in the last sweep. Everything else as in ``nash``.

    Returns a ``Negotiated``; where no tariffs make every party better off, it says so and
    stands at the disagreement. Raises as ``nash`` does, and ``OptionError`` for a power that
    is not of the parties.

    Source: Nash (1950), Econometrica 18(2); Horn & Wolinsky (1988), RAND Journal of
    Economics 19(3), for pairs.
    """
    checked_run(seed, workers, searches)
    game = game_of(
        world,
        parties,
        sectors=sectors,
        vary=vary,
        bounds=bounds,
        given=given,
        closure=closure,
    )
    if pairs and vary not in ("partner", "both"):
        raise OptionError(
            f"vary={vary!r}: pairs bargain over tariffs on each other.",
            "With pairs=True tariffs vary by partner, or by both.",
        )
    strength = per_player(game.players, "power", power, np.ones(len(game.players)))
    without, called, rates = _disagreement(game, disagreement, seed, workers)
    with one_blas_thread():
        if pairs:
            bargain = pairwise(game, rates, strength, searches, seed, progress)
        else:
            bargain = _together(game, without, rates, strength, searches, seed)
    outcome = without
    if bargain.rates is not None:
        rates = bargain.rates
        outcome = solve(world, game.levers.shock(rates), game.closure)
    names = [player.name for player in game.players]
    return Negotiated(
        game=game,
        rates=rates,
        outcome=outcome,
        before=solve(world, given, game.closure),
        agreed=bargain.rates is not None,
        disagreement=without,
        disagreement_is=called,
        power=dict(zip(names, strength.tolist(), strict=True)),
        gap=bargain.gap,
        pairs=pairs,
        apart=tuple((names[a], names[b]) for a, b in bargain.apart),
        sweeps=bargain.sweeps,
    )


def _together(
    game: Game, without: Outcome, rates: Array, power: Array, searches: int, seed: int
) -> Bargain:
    land = game.landscape()
    floor = gains(game, without)
    found, gap = tested_agreement(game, land, floor, power, land.clipped(rates), searches, seed)
    return Bargain(None if found is None else land.setting(found.z), gap)


def _disagreement(
    game: Game, wanted: str | Outcome | Shock, seed: int, workers: int | None
) -> tuple[Outcome, str, Array]:
    """(the outcome without agreement, what it is called, the parties' rates in it)."""
    if isinstance(wanted, str):
        if wanted not in ("nash", "base"):
            raise OptionError(
                f"disagreement={wanted!r}: it is 'nash', 'base', an Outcome or a Shock.",
                nearest(wanted, ("nash", "base")),
            )
        if wanted == "base":
            return solve(game.world, game.given, game.closure), "the status quo", game.rates_before
        war = fought(game, game.closed_form(), Store(None, {}), seed=seed, workers=workers)
        return war.outcome, "the tariff war among the parties", war.rates
    require_kind(wanted, "disagreement", (Outcome, Shock), "disagreement='nash'")
    if isinstance(wanted, Shock):
        wanted = solve(game.world, wanted, game.closure)
    if wanted.world != game.world or wanted.closure != game.closure:
        raise InputError(
            f"the disagreement holds for {wanted.world.name}, {wanted.closure.describe()}; the "
            f"bargain for {game.world.name}, {game.closure.describe()}.",
            "Solve it in the same world and closure, or hand in a Shock.",
        )
    shock = Shock(game.world) if wanted.shock is None else wanted.shock
    return wanted, "given", game.rates_in(shock.array("tariff"))
