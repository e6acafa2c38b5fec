"""The target's best answer to a threat that is carried out."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.equilibrium.outcome import Failure, Outcome
from countervail.errors import SolveError
from countervail.leverage.games.optimal_tariff import optimal_tariff
from countervail.world.labels import Spec

_EQUAL = 1e-8  # percent of real income: the solver stops at 1e-10 in logs


def best_response(
    unanswered: Outcome, target: str, coercer: Sequence[str], sectors: Spec
) -> tuple[Outcome | Failure, str]:
    """(what follows when ``target`` sets its best tariffs by sector on ``coercer``, a note on it).

    ``unanswered``: the outcome of the threat alone; it is also the answer where no tariff by
    sector does better, which can happen with several coercers: one tariff for all of them
    replaces those in force, which differ by partner. The note says which tariffs were
    found, and what fresh searches found on top. Raises ``InputError`` where the target buys
    none of ``sectors`` from the coercer.
    """
    world, closure = unanswered.world, unanswered.closure
    try:
        found = optimal_tariff(
            world,
            by=target,
            against=list(coercer),
            vary="sector",
            sectors=sectors,
            given=unanswered.shock,
            closure=closure,
        )
    except SolveError as error:
        return Failure(world, unanswered.shock, closure, error), ""
    me = world.regions.index(target)
    if found.outcome.welfare_percent[me] < unanswered.welfare_percent[me]:
        return unanswered, "No tariff by sector is better for the target than those in force."
    low, high = 100 * float(found.rates.min()), 100 * float(found.rates.max())
    better = "nothing better" if found.gap < _EQUAL else f"{found.gap:.0e} % of real income more"
    return found.outcome, (
        f"Best answer: tariffs of {low:.0f} to {high:.0f} % by sector; "
        f"{found.searches} other searches found {better}."
    )
