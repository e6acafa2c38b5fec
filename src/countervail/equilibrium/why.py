"""Why real income changed: terms by channel, sector and partner that sum to the exact change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.unfold import Basket, embodied, unfold
from countervail.errors import DecompositionError, InputError, require_kind

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

CHANNELS: Mapping[str, str] = {
    "export earnings": "own work in what each partner buys, at what it pays in terms of imports",
    "home market": "own work for own use, less what it costs the own consumer",
    "import prices": "suppliers that became dearer (cheaper) than imports on average",
    "own tariffs": "import tariffs that the own consumer pays",
    "tariff revenue": "what import tariffs bring in",
    "export taxes abroad": "export taxes of partners that the own consumer pays",
    "export tax revenue": "what own export taxes bring in",
    "trade costs": "costs of crossing the border, bans and cut-offs among them",
    "lost suppliers": "suppliers that sell nothing at all any more (or did before)",
    "productivity": "own productivity",
    "factor supply": "own supply of the composite factor",
    "transfers": "money from and to abroad, at what it buys of imports",
}
"""The channels of ``why`` in the order shown, each with what it holds."""

EXACT = 1e-9
"""The terms sum to the change within this, in percent, or nothing is handed out."""


@dataclass(frozen=True, eq=False, repr=False)
class Why:
    """The change of real income of ``region`` in ``outcome``, taken apart exactly.

    ``terms`` holds, by channel (see ``CHANNELS``), percent of real income by (sector, partner)
    in the order of the world; what happens at home stands in the region's own column.
    ``transfers`` has neither sector nor partner. ``residual`` is the change less the sum of
    all terms, in percent, below 1e-9.
    """

    outcome: Outcome
    region: str
    terms: Mapping[str, Array]
    transfers: float

    def __repr__(self) -> str:
        most = self.by_channel.abs().idxmax()
        return (
            f"<Why of {self.region} in {self.outcome.world.name}: {self.percent:+.3g} % of real "
            f"income, most by {most} ({self.by_channel[most]:+.3g} %)>"
        )

    @property
    def percent(self) -> float:
        """The change that is taken apart: ``outcome.welfare`` of the region, percent."""
        index = self.outcome.world.regions.index(self.region)
        return float(self.outcome.welfare_percent[index])

    @property
    def residual(self) -> float:
        """The change less the sum of all terms, percent of real income."""
        total = sum(float(values.sum()) for values in self.terms.values())
        return self.percent - total - self.transfers

    @cached_property
    def by_channel(self) -> pd.Series[float]:
        """Percent of real income by channel, in the order of ``CHANNELS``; sums to the change."""
        found = {name: float(values.sum()) for name, values in self.terms.items()}
        found["transfers"] = self.transfers
        return self._series({name: found[name] for name in CHANNELS}, "channel")

    @cached_property
    def by_sector(self) -> pd.Series[float]:
        """Percent of real income by sector; ``transfers``, which have none, come last."""
        world = self.outcome.world
        values = _total(self.terms).sum(1)
        found = {s: float(values[i]) for i, s in enumerate(world.sectors)}
        return self._series({**found, "transfers": self.transfers}, "sector")

    @cached_property
    def by_partner(self) -> pd.Series[float]:
        """Percent of real income by partner; the region's own name is what happens at home."""
        world = self.outcome.world
        values = _total(self.terms).sum(0)
        found = {r: float(values[i]) for i, r in enumerate(world.regions)}
        return self._series({**found, "transfers": self.transfers}, "partner")

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every term that is not zero: channel, sector, partner, percent; largest first.

        Transfers have neither sector nor partner (empty text). Units, base year, world, closure
        and residual are in ``attrs``.
        """
        import pandas as pd

        world = self.outcome.world
        rows = [
            (name, world.sectors[s], world.regions[i], float(values[s, i]))
            for name, values in self.terms.items()
            for s, i in zip(*np.nonzero(values), strict=True)
        ]
        if self.transfers:
            rows.append(("transfers", "", "", self.transfers))
        rows.sort(key=lambda row: -abs(row[3]))
        frame = pd.DataFrame(rows, columns=["channel", "sector", "partner", "percent"])
        frame.attrs.update(self._attrs())
        return frame

    def _series(self, values: Mapping[str, float], axis: str) -> pd.Series[float]:
        import pandas as pd

        found = pd.Series(dict(values), name="percent", dtype=float)
        found.index.name = axis
        found.attrs.update(self._attrs())
        return found

    def _attrs(self) -> dict[str, object]:
        return {
            "unit": "percent of real income",
            "region": self.region,
            "change": self.percent,
            "residual": self.residual,
            "base_year": self.outcome.world.base_year,
            "world": self.outcome.world.name,
            "closure": self.outcome.closure.describe(),
        }


def why(outcome: Outcome, region: str, against: Outcome | None = None) -> Why:
    """Why the real income of ``region`` changed: by channel, sector and partner, summing exactly.

    ``outcome``: of ``solve``; ``region``: one label or alias of its world; ``against``: the
    outcome that it is compared with (default: the base of its closure). Returns a ``Why``:
    ``.by_channel``, ``.by_sector``, ``.by_partner`` (percent of real income), ``.table`` (every
    term) and ``.residual`` (percent, below 1e-9).

    Real income is what exports buy abroad plus what is made at home for own use. So each
    partner's purchases are counted by the own work (value added) in them, in units of what
    imports cost on average; what suppliers' prices do beyond that average, taxes, trade costs and
    productivity are counted at the weight that they have in the final basket once home
    production is unfolded. No term depends on the numeraire. That a change of *relative*
    prices between exports and imports stands on the side of exports is a convention.

    Raises ``InputError`` where ``region`` is not one region or ``against`` is of another world or
    closure, ``UnknownLabelError``, and ``DecompositionError`` where the terms do not sum to the
    change within 1e-9 percent.

    Weights: Sato (1976) and Vartia (1976), exact for constant elasticity; suppliers that
    vanish: Feenstra (1994); incomes: logarithmic means (Montgomery). Formulas: docs/notation.md.
    """
    require_kind(outcome, "outcome", Outcome, "cv.why(cv.solve(world, shock), 'CAN')")
    world = outcome.world
    found = world.resolve_regions(region)
    if len(found) != 1:
        raise InputError(
            f"{region!r} means {len(found)} regions; real income is taken apart for one.",
            "Name one region.",
        )
    n = found[0]
    if against is not None:
        outcome = _compared(outcome, against)
    before, after = outcome.base.recomputed, outcome.state.recomputed
    shares = before.share[:, n, :], after.share[:, n, :]
    basket = unfold(world.arrays, n, shares, outcome.state.levels.elasticity)
    own, average = _prices(outcome, n, basket)
    terms = _price_terms(outcome, n, basket, own, average)
    earned, transfers = _income_terms(outcome, n, average)
    for name, values in earned.items():
        terms[name] = terms.get(name, 0.0) + values
    change = float(outcome.welfare_percent[n])
    log_change = np.log1p(change / 100.0)
    scale = change / log_change if log_change else 100.0
    done = Why(
        outcome=outcome,
        region=world.regions[n],
        terms={name: terms[name] * scale for name in CHANNELS if name != "transfers"},
        transfers=transfers * scale,
    )
    if not abs(done.residual) <= EXACT:
        raise DecompositionError(
            f"the terms for {done.region} sum to {change - done.residual:.12g} %, the change of "
            f"real income is {change:.12g} %.",
            "Solve with a smaller tolerance; please report the case if it persists.",
        )
    return done


def _compared(outcome: Outcome, against: Outcome) -> Outcome:
    """``outcome`` with its changes measured from ``against``."""
    require_kind(against, "against", Outcome, "cv.solve(world, other_shock)")
    if against.world is not outcome.world and against.world != outcome.world:
        raise InputError(
            f"the outcomes belong to the worlds {outcome.world.name!r} and {against.world.name!r}.",
            "Solve both on one world.",
        )
    if against.closure != outcome.closure:
        raise InputError(
            f"the outcomes have different closures: {outcome.closure.describe()}; and "
            f"{against.closure.describe()}.",
            "Solve both under one closure.",
        )
    return replace(outcome, base=against.state)


def _prices(outcome: Outcome, n: int, basket: Basket) -> tuple[Array, float]:
    """Log changes: of own factor prices (sector), and of what imports cost on average.

    The average is at producer prices abroad, before any tax or cost of trade. A region that
    imports nothing has none; its own factors stand in.
    """
    log_wage = outcome.state.log_wage - outcome.base.log_wage
    own: Array = np.broadcast_to(log_wage[..., n], basket.factors.shape)
    cost = np.log(outcome.state.recomputed.cost / outcome.base.recomputed.cost)
    if basket.imported > 0:
        weights = _abroad(basket.bought, n)
        return own, float((weights * cost).sum() / weights.sum())
    return own, float(basket.factors @ own / basket.factors.sum())


def _price_terms(
    outcome: Outcome, n: int, basket: Basket, own: Array, average: float
) -> dict[str, Array]:
    """Minus what the final basket costs more, in logs, by channel and (sector, supplier)."""
    before, after = outcome.base.levels, outcome.state.levels
    bought, shape = basket.bought, basket.bought.shape
    cost = np.log(outcome.state.recomputed.cost / outcome.base.recomputed.cost)

    def at_home(values: Array | float) -> Array:
        column = np.zeros(shape)
        column[:, n] = values
        return column

    def taxes(new: Array, old: Array) -> Array:
        dearer: Array = np.log1p(new[:, n, :]) - np.log1p(old[:, n, :])
        return -bought * dearer

    def change(field: str, cells: Any) -> Any:
        new, old = getattr(after, field), getattr(before, field)
        return _log(new, cells) - _log(old, cells)

    supply = change("labour", n)
    # The own wage falls where more is supplied: that part belongs to the supply.
    factors = basket.factors * (own - average + supply)
    return {
        "home market": at_home(-factors - basket.rounding),
        "factor supply": at_home(basket.factors * supply),
        "import prices": -_abroad(bought, n) * (cost - average),
        "own tariffs": taxes(after.tariff, before.tariff),
        "export taxes abroad": taxes(after.export_tax, before.export_tax),
        "trade costs": -bought * change("trade_cost", np.s_[:, n, :]),
        "lost suppliers": -basket.lost,
        "productivity": at_home(basket.made * change("productivity", np.s_[:, n])),
    }


def _income_terms(outcome: Outcome, n: int, average: float) -> tuple[dict[str, Array], float]:
    """What each part of income adds to its log, in units of the average import, and transfers."""
    world = outcome.world
    totals, parts = [], []
    for state, unit in ((outcome.base, 1.0), (outcome.state, np.exp(average))):
        r, levels = state.recomputed, state.levels
        abroad, home = embodied(world.arrays, n, levels, r)
        kept = np.zeros_like(abroad)
        kept[:, n] = home
        sold, rate = r.trade[:, :, n], levels.export_tax[:, :, n]
        part = {
            "export earnings": abroad,
            "home market": kept,
            "tariff revenue": r.trade[:, n, :] * levels.tariff[:, n, :],
            "export tax revenue": sold * rate / (1.0 + rate),
            "transfers": levels.transfer[n],
        }
        parts.append({name: value / unit for name, value in part.items()})
        totals.append(r.income[n] / unit)
    old, new = totals
    gap = np.log(new / old)
    mean = old if abs(gap) < 1e-12 else (new - old) / gap
    terms = {name: (parts[1][name] - parts[0][name]) / mean for name in parts[0]}
    return terms, float(terms.pop("transfers"))


def _log(hats: Array | None, cells: Any) -> Any:
    """The logs of the hats in ``cells``; hats that were not touched are 1."""
    return 0.0 if hats is None else np.log(hats[cells])


def _abroad(values: Array, n: int) -> Array:
    """``values`` with nothing in the home column."""
    found = values.copy()
    found[:, n] = 0.0
    return found


def _total(terms: Mapping[str, Array]) -> Array:
    found: Array = np.sum(list(terms.values()), axis=0)
    return found
