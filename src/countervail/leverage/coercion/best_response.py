"""The target's best answer to a threat that is carried out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import base_state, solve
from countervail.errors import SolveError
from countervail.leverage.coercion.threat_shocks import HARDLY
from countervail.leverage.games.optimal_tariff import BOUNDS, best_tested
from countervail.leverage.games.oracle import closed_form_tariff
from countervail.leverage.search.kept import Kept
from countervail.leverage.search.landscape import Goal, Landscape
from countervail.leverage.search.levers import LeverSet, bilateral_levers, lever_set
from countervail.world.labels import Spec

Array = npt.NDArray[np.float64]

NO_GAIN = 1e-6  # percent of real income: an answer that brings less is none, nor is one better
_SEARCHES = 2
_SEED = 0
_WORDS = {"tariff": "tariffs", "export-tax": "export taxes"}


def best_response(
    unanswered: Outcome, threat: Shock, target: str, coercer: Sequence[str], sectors: Spec
) -> tuple[Outcome | Failure, str]:
    """(what follows when ``target`` sets its best duties by sector on ``coercer``, a note on it).

    ``unanswered``: the outcome of deals in force and ``threat``, which stands alone. Duties are
    those of ``answering_duties`` on ``sectors``; they replace the rates in force, one rate for
    all coercers, between 0 and 400 %. The answer is ``unanswered`` itself where the target does
    not trade these goods with the coercer, where duties bring less than ``NO_GAIN``, and where
    those in force are better, which can be with several coercers, as they differ by partner.
    The note says what was found, and what fresh searches found on top. A search that
    meets no equilibrium is returned as a ``Failure``.
    """
    world, closure = unanswered.world, unanswered.closure
    names = world.labels.resolve_sectors(sectors)
    duties = answering_duties(threat)
    wanted = [
        lever
        for duty in duties
        for lever in bilateral_levers(world, (target,), coercer, duty, names)
    ]
    levers = lever_set(world, unanswered.shock, wanted, BOUNDS, adds=False)
    kinds = " and ".join(_WORDS[duty] for duty in duties)
    if not len(levers):
        return unanswered, f"No trade with the coercer in these goods that {kinds} could fall on."
    try:
        rates, gap = _best(unanswered, levers, target)
        found = solve(world, levers.shock(rates), closure)
    except SolveError as error:
        return Failure(world, unanswered.shock, closure, error), ""
    me = world.regions.index(target)
    gain = float(found.welfare_percent[me] - unanswered.welfare_percent[me])
    if gain < -NO_GAIN:
        return unanswered, f"The rates in force are better for the target than {kinds} by sector."
    if gain < NO_GAIN:
        return unanswered, f"Nothing left to answer with: {kinds} would bring next to nothing."
    better = "nothing better" if gap < NO_GAIN else f"{gap:.0e} % of real income more"
    return found, (
        f"Best answer: {_said(levers, rates, unanswered)} by sector; "
        f"{_SEARCHES} other searches found {better}."
    )


def answering_duties(threat: Shock) -> tuple[str, ...]:
    """The kinds of duty that answer a threat: those that it uses itself, and what they match.

    A threat of import tariffs alone is answered by import tariffs alone. One that bears on
    what the coercer sells (export taxes, a ban), or on trade in general, is answered by import
    tariffs and by export taxes on what the target sells to the coercer.
    """
    return ("tariff",) if set(threat.changed) <= {"tariff"} else ("tariff", "export-tax")


def _best(unanswered: Outcome, levers: LeverSet, target: str) -> tuple[Array, float]:
    """(rates that are best for ``target``, what fresh searches found on top in percent)."""
    world, closure = unanswered.world, unanswered.closure
    kept = Kept("best-response", levers, closure, target, _SEARCHES, _SEED)
    known = kept.read()
    if known is not None:
        rates, gap = kept.setting(known.get("rates")), known.get("gap")
        if rates is not None and isinstance(gap, float):
            return rates, gap
    land = Landscape(levers, closure)
    goal = Goal.of(world, closure, (target,))
    start = closed_form_tariff(world, (target,), base_state(world, closure))
    found, gap, _ = best_tested(land, goal, start, _SEARCHES, _SEED)
    assert gap is not None  # there were searches
    rates = land.setting(found.z)
    kept.write({"rates": rates.tolist(), "gap": gap})
    return rates, gap


def _said(levers: LeverSet, rates: Array, unanswered: Outcome) -> str:
    """The span of rates of each kind of duty; the rate of a sector without trade says nothing."""
    trade = unanswered.state.recomputed.trade
    left = np.array([sum(trade[cell[1:]] for cell in cells) for cells in levers.cells])
    spans = []
    for duty, words in _WORDS.items():
        of_kind = np.array([lever.instrument == duty for lever in levers.levers])
        here = rates[of_kind & (left > HARDLY * levers.value)]
        if here.size:
            spans.append(f"{words} of {100 * here.min():.0f} to {100 * here.max():.0f} %")
    return ", ".join(spans) or "duties on what little trade is left,"
