"""The best bundle of deals under limits: exactly, with a greedy choice and a frontier beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, OptionError, nearest
from countervail.strategy.contribution import AT_MOST
from countervail.strategy.futures import Masks
from countervail.strategy.limits import Limits, Rules
from countervail.strategy.worth import Worth

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Objective = Literal["least-exposure", "worst-case", "most-welfare"]
_OBJECTIVES = get_args(Objective)
_TIE = 1e-9  # percent of real income: less than what certificates leave open

MOST = 4 * AT_MOST
"""Bundles that branch and bound values at most."""


@dataclass(frozen=True)
class Bundle:
    """One bundle of deals: its members, and its worth by measure, percent of real income.

    Deals that change nothing are among the members where others need them.
    """

    deals: tuple[str, ...]
    values: dict[str, float]


@dataclass(frozen=True, eq=False, repr=False)
class Portfolio:
    """The best bundle for ``objective`` under the limits, and what stands beside it.

    ``best``, ``greedy`` (deals added one by one, the best first, while that helps), ``nothing``
    and ``everything`` (whether allowed or not); ``frontier``: allowed bundles that no other beats
    in both welfare in peace and exposure, from the least exposed on. ``proof``: ``enumerated``
    (every bundle valued), or ``bounded``: the rest cannot be better, or by no more than ``gap``
    where the search was cut short (0 elsewhere), if no interaction of three or more deals adds
    more than ``allowance`` (percent) a deal, ``breach`` being the largest excess over its bound of
    any bundle that was valued; the frontier is then that of the bundles that were valued.
    ``allowed``: bundles that keep the limits (None: not counted).
    """

    objective: str
    best: Bundle
    greedy: Bundle
    nothing: Bundle
    everything: Bundle
    frontier: tuple[Bundle, ...]
    proof: Literal["enumerated", "bounded"]
    valued: int
    allowed: int | None
    allowance: float = 0.0
    breach: float = 0.0
    gap: float = 0.0

    def __repr__(self) -> str:
        return f"<Portfolio: {', '.join(self.best.deals) or 'no deal'} ({self.objective})>"

    @property
    def table(self) -> pd.DataFrame:
        """The frontier with the best, the greedy, the empty and the full bundle, by role."""
        import pandas as pd

        listed = [
            *(("frontier", b) for b in self.frontier),
            ("best", self.best),
            ("greedy", self.greedy),
            ("nothing", self.nothing),
            ("everything", self.everything),
        ]
        rows = [{"role": role, "deals": ", ".join(b.deals), **b.values} for role, b in listed]
        frame = pd.DataFrame(rows)
        frame.attrs.update(unit="percent of real income", objective=self.objective)
        return frame


def portfolio(
    worth: Worth,
    limits: Limits | None = None,
    objective: Objective = "least-exposure",
    *,
    idle: Sequence[str] = (),
    futures: Masks | None = None,
    exposure_at_most: float | None = None,
    at_most: int = AT_MOST,
    most: int = MOST,
) -> Portfolio:
    """The bundle that serves ``objective`` best among those that keep ``limits``.

    ``objective``: ``least-exposure``; ``worst-case``: the most real income under the worst of all
    threats of ``worth``; ``most-welfare``: in peace, with exposure of at most
    ``exposure_at_most`` (percent of real income). ``idle``: deals besides those of ``worth`` that
    change nothing; they count in the limits where a deal needs them. ``futures``: bundles that are
    delivered, over which a bundle's worth is averaged (None: all is delivered). ``at_most``:
    bundles up to which all are valued; beyond that by branch and bound, which stops at ``most``
    and then says in ``gap`` how much better another bundle could be. Of equals the bundle with
    fewer deals is taken. Raises ``OptionError``, ``UnknownLabelError``, and ``InputError`` where
    limits exclude everything.

    Source: branch and bound after Land and Doig (1960); bounds: definition of this program.
    """
    _check(worth, objective, exposure_at_most)
    rules = (limits or Limits()).on(worth.deals, idle)
    goal = _Goal(worth, rules, objective, exposure_at_most, futures)
    n, gap = len(worth.deals), 0.0
    if 2**n <= at_most:
        known = [bundle for bundle in range(2**n) if rules.allow(bundle)]
        goal.value(range(2**n))
        best, proof, allowance, breach = goal.best(known), "enumerated", 0.0, 0.0
        allowed: int | None = len(known)
    else:
        search = _Search(goal, rules, n, most)
        best, known = search.run()
        proof, allowed, breach = "bounded", None, search.breach
        allowance, gap = float(search.allowance[goal.sought].max()), search.gap
    if n and not any(known):
        raise InputError(
            "the limits exclude every deal.",
            "Allow at least one: a larger `at_most`, or more of what the deals use.",
        )
    if best is None:
        least = min(goal.column("exposure", known))
        among = "" if not gap else f", among {len(goal.known):,} bundles that were looked at"
        raise InputError(
            f"no bundle keeps the limits with an exposure of at most {exposure_at_most:g} %: the "
            f"least is {least:.3g} %{among}.",
            "Allow more exposure, or more deals.",
        )
    return Portfolio(
        objective=objective,
        best=goal.bundle(best),
        greedy=goal.bundle(_greedy(goal, rules, n)),
        nothing=goal.bundle(0),
        everything=goal.bundle(2**n - 1),
        frontier=tuple(goal.bundle(b) for b in _frontier(goal, known)),
        proof="enumerated" if proof == "enumerated" else "bounded",
        valued=len(goal.known),
        allowed=allowed,
        allowance=allowance,
        breach=breach,
        gap=gap,
    )


def _check(worth: Worth, objective: str, exposure_at_most: float | None) -> None:
    if objective not in _OBJECTIVES:
        raise OptionError(
            f"objective={objective!r} is not offered; {', '.join(_OBJECTIVES)} are.",
            nearest(str(objective), _OBJECTIVES),
        )
    if "exposure" not in worth.measures:
        raise OptionError(
            "the worth of bundles is known in peace only.", "Name a threat that they are held to."
        )
    if (objective == "most-welfare") != (exposure_at_most is not None):
        raise OptionError(
            f"objective={objective!r} with exposure_at_most={exposure_at_most!r}.",
            "`most-welfare` needs `exposure_at_most` (percent), and no other objective has it.",
        )


class _Goal:
    """What a bundle is worth for an objective: ``score``, the more the better."""

    def __init__(
        self,
        worth: Worth,
        rules: Rules,
        objective: str,
        most: float | None,
        futures: Masks | None,
    ) -> None:
        self.worth, self.rules, self.most = worth, rules, most
        self.futures = None if futures is None else np.unique(futures, return_counts=True)
        self.known: dict[int, Array] = {}
        names = list(worth.measures)
        self.exposure = names.index("exposure")
        self.sought = {
            "least-exposure": [self.exposure],
            "most-welfare": [names.index("peace")],
            "worst-case": [k for k, m in enumerate(names) if m.split(":")[0] == "threat"],
        }[objective]
        self.sign = -1.0 if objective == "least-exposure" else 1.0

    def value(self, bundles: Iterable[int]) -> Array:
        """(bundle, measure): worth, averaged over futures."""
        asked = list(bundles)
        new = [b for b in dict.fromkeys(asked) if b not in self.known]
        if new and self.futures is None:
            self.known |= dict(zip(new, self.worth.of(new), strict=True))
        elif new:
            futures, counts = self.futures  # type: ignore[misc]
            parts = np.array(new)[:, None] & futures[None, :]
            distinct, place = np.unique(parts, return_inverse=True)
            table = self.worth.of(distinct.tolist())[place.reshape(parts.shape)]
            means = np.einsum("bfm,f->bm", table, counts / counts.sum())
            self.known |= dict(zip(new, means, strict=True))
        return np.array([self.known[b] for b in asked]).reshape(len(asked), -1)

    def column(self, measure: str, bundles: Iterable[int]) -> list[float]:
        found = self.value(bundles)[:, self.worth.measures.index(measure)]
        return [float(v) for v in found]

    def score(self, values: Array) -> Array:
        """(bundle,): what is sought; minus infinity where exposure is too large."""
        found: Array = (self.sign * values[:, self.sought]).min(1)
        if self.most is not None:
            found = np.where(values[:, self.exposure] <= self.most + _TIE, found, -np.inf)
        return found

    def best(self, bundles: Sequence[int]) -> int | None:
        """The best of ``bundles``; of equals the one with fewer deals, then the first."""
        scores = self.score(self.value(bundles))
        top = float(scores.max())
        if top == -np.inf:
            return None
        equal = [b for b, score in zip(bundles, scores, strict=True) if score >= top - _TIE]
        return min(equal, key=lambda b: (self.rules.whole(b).bit_count(), b))

    def bundle(self, bundle: int) -> Bundle:
        values = self.value([bundle])[0].tolist()
        return Bundle(self.rules.names(bundle), dict(zip(self.worth.measures, values, strict=True)))


class _Search:
    """Branch and bound over bundles, by what pairs of deals say of all larger bundles.

    From a bundle I a deal k of the open ones U can add at most its gain at I, what pairs with
    other deals of U can raise that by, and an allowance for interactions of three and more. The
    allowance is twice what all deals together have beyond what pairs say of them, by deal. Once
    ``most`` bundles are valued only the greedy choice is followed to its end; ``gap`` is what the
    bounds of the branches that were left leave open.
    """

    def __init__(self, goal: _Goal, rules: Rules, n: int, most: int) -> None:
        self.goal, self.rules, self.n, self.most = goal, rules, n, most
        bits = [1 << k for k in range(n)]
        nothing = goal.value([0])[0]
        single = goal.value(bits) - nothing
        pairs = [(j, k) for k in range(n) for j in range(k)]
        both = goal.value([bits[j] | bits[k] for j, k in pairs]) - nothing
        self.pair = np.zeros((n, n, len(nothing)))
        for (j, k), value in zip(pairs, both, strict=True):
            self.pair[j, k] = self.pair[k, j] = value - single[j] - single[k]
        # Branch on what matters most first.
        self.order = sorted(range(n), key=lambda k: -float(np.abs(single[k]).max()))
        self.allowance = self._allowance(nothing, single)
        self.breach = 0.0
        self.top = self.left = -np.inf
        self.visited: dict[int, float] = {}

    def _allowance(self, nothing: Array, single: Array) -> Array:
        """(measure,): twice the largest interaction of all deals beyond pairs, by deal."""
        whole = self.goal.value([2**self.n - 1])[0]
        guess = nothing + single.sum(0) + self.pair.sum((0, 1)) / 2
        found: Array = 2.0 * np.abs(whole - guess) / self.n
        return found

    def run(self) -> tuple[int | None, list[int]]:
        """The best bundle, and all allowed ones that were valued."""
        self._visit(0, 0, np.inf)
        if self.left > -np.inf:  # cut short: what is found one by one may be better
            greedy = _greedy(self.goal, self.rules, self.n)
            self.visited[greedy] = float(self.goal.score(self.goal.value([greedy]))[0])
            self.top = max(self.top, self.visited[greedy])
        found = list(self.visited)
        return (self.goal.best(found) if found else None), found

    @property
    def gap(self) -> float:
        """How much better than the best a bundle of the branches that were left could be."""
        return max(0.0, self.left - self.top) if self.left > -np.inf else 0.0

    @property
    def _full(self) -> bool:
        return len(self.goal.known) >= self.most

    def _visit(self, depth: int, inside: int, bound: float) -> None:
        """``bound``: what no bundle from here on can exceed, as seen one step before."""
        if not self.rules.may_grow(inside):
            return
        if self._full and inside not in self.goal.known:
            self.left = max(self.left, bound)
            return
        values = self.goal.value([inside])
        if inside not in self.visited and self.rules.allow(inside):
            self.visited[inside] = float(self.goal.score(values)[0])
            self.top = max(self.top, self.visited[inside])
        open_ones = [k for k in self.order[depth:] if self.rules.may_grow(inside | 1 << k)]
        if not open_ones:
            return
        if depth and self._full:
            self.left = max(self.left, bound)
            return
        bound = self._bound(inside, values[0], open_ones)
        if bound < self.top - _TIE:
            return
        self._visit(depth + 1, inside | 1 << self.order[depth], bound)
        self._visit(depth + 1, inside, bound)

    def _bound(self, inside: int, here: Array, open_ones: Sequence[int]) -> float:
        """The most that any bundle between ``inside`` and all open deals can score."""
        gains = self.goal.value([inside | 1 << k for k in open_ones]) - here
        among = self.pair[np.ix_(open_ones, open_ones)]
        # A pair's interaction is shared by its two deals.
        rise = gains + np.maximum(among, 0).sum(1) / 2 + self.allowance
        fall = gains + np.minimum(among, 0).sum(1) / 2 - self.allowance
        slots = max(0, self.rules.at_most - self.rules.whole(inside).bit_count())
        high = here + _largest(np.maximum(rise, 0), slots)
        low = here - _largest(np.maximum(-fall, 0), slots)
        all_open = inside | sum(1 << k for k in open_ones)
        reached = self.goal.value([all_open])[0] if slots >= len(open_ones) else here
        self.breach = max(self.breach, *(reached - high).tolist(), *(low - reached).tolist())
        goal = self.goal
        if goal.most is not None and low[goal.exposure] > goal.most + _TIE:
            return -np.inf
        edge = low if goal.sign < 0 else high
        return float((goal.sign * edge[goal.sought]).min())


def _largest(values: Array, count: int) -> Array:
    """(measure,): the sum of the ``count`` largest of each column."""
    found: Array = np.sort(values, axis=0)[::-1][:count].sum(0)
    return found


def _greedy(goal: _Goal, rules: Rules, n: int) -> int:
    """Deals added one by one, always the one that helps most, while one helps."""
    here = 0
    while True:
        steps = [rules.whole(here | 1 << k) & rules.acting for k in range(n) if not here >> k & 1]
        steps = [b for b in steps if rules.allow(b)]
        if not steps:
            return here
        scores = _unlimited(goal, [here, *steps])
        if scores[1:].max() <= scores[0] + _TIE:
            return here
        here = steps[int(np.argmax(scores[1:]))]


def _unlimited(goal: _Goal, bundles: Sequence[int]) -> Array:
    """Scores; where exposure is too large, how far it is from what is allowed, below all others."""
    values = goal.value(bundles)
    scores = goal.score(values)
    if goal.most is None:
        return scores
    over = values[:, goal.exposure] - goal.most
    found: Array = np.where(np.isfinite(scores), scores, -1e6 - over)
    return found


def _frontier(goal: _Goal, bundles: Sequence[int]) -> list[int]:
    """Bundles that no other beats in both welfare and exposure, the least exposed first."""
    peace, exposure = (goal.column(m, bundles) for m in ("peace", "exposure"))
    order = sorted(
        range(len(bundles)), key=lambda k: (exposure[k], -peace[k], bundles[k].bit_count())
    )
    found: list[int] = []
    for k in order:
        if found and peace[k] <= peace[found[-1]] + _TIE:
            continue
        if found and exposure[k] <= exposure[found[-1]] + _TIE:  # as exposed, and better off
            found.pop()
        found.append(k)
    return [bundles[k] for k in found]
