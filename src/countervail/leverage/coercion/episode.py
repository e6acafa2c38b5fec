"""Threats carried out at once: what becomes of the goods that they hit, figure by figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.channels.threats_together import Together
from countervail.channels.trade_policy import hit_sectors
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.volumes import (
    import_price_percent,
    output_volume,
    real_product_percent,
)
from countervail.leverage.effect import effect
from countervail.scenario.schema import Threat
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Named = Sequence[str] | None

_EVEN = 1e-12  # of base trade: below it nothing moved


@dataclass(frozen=True, eq=False)
class Episode:
    """Some threats carried out at one horizon: which goods they hit, and what follows."""

    target: str
    coercer: tuple[str, ...]
    threats: tuple[Threat, ...]
    both: Together
    outcome: Outcome

    @property
    def world(self) -> World:
        """The world before them."""
        return self.outcome.world

    @property
    def mine(self) -> int:
        """Place of the protagonist."""
        return self.world.regions.index(self.target)

    @property
    def theirs(self) -> npt.NDArray[np.bool_]:
        """Which regions are the coercer (N,)."""
        return np.isin(self.world.regions, self.coercer)

    def sectors(self, named: Named) -> list[int]:
        """Places of the sectors ``named``, or of those that the threats hit."""
        if named is not None:
            labels = self.world.labels.resolve_sectors(list(named))
        else:
            hit = {s for t in self.threats for s in hit_sectors(self.world, t)}
            labels = tuple(s for s in self.world.sectors if s in hit)
        return [self.world.sectors.index(s) for s in labels]

    def to_coercer(self, named: Named = None) -> tuple[float, float]:
        """Exports of the goods that are hit to the coercer: (base, change), million USD.

        Goods that are a part of a flow are followed as that part; what other instruments hit is
        the whole flow of its sectors.
        """
        inside = set(self.sectors(named))
        base = change = 0.0
        for threat in self.threats:
            found = self.both.places.get(threat.id)
            if found is None and threat.id not in self.both.left_out:
                flows = self.exports(sorted(inside & set(self._of(threat))))[:, self.theirs]
                base, change = base + flows[0].sum(), change + (flows[1] - flows[0]).sum()
                continue
            for cell in found or ():
                if cell[0] in inside and cell[2] == self.mine:
                    before, after = self.both.product(self.outcome, threat.id, cell)
                    base, change = base + before, change + after - before
        return float(base), float(change)

    def elsewhere(self, named: Named = None) -> tuple[float, float]:
        """Exports of the sectors to all others: (base, change), million USD."""
        others = ~self.theirs
        others[self.mine] = False
        flows = self.exports(self.sectors(named))[:, others]
        return float(flows[0].sum()), float((flows[1] - flows[0]).sum())

    def _of(self, threat: Threat) -> list[int]:
        return [self.world.sectors.index(s) for s in hit_sectors(self.world, threat)]

    def exports(self, sectors: Sequence[int]) -> Array:
        """(base and after, importer): what the protagonist sells of ``sectors``, million USD."""
        states = (self.outcome.base, self.outcome.state)
        return np.array([s.recomputed.trade[sectors, :, self.mine].sum(0) for s in states])


def predicted(
    episode: Episode, figure: str, sectors: Named = None, money: bool = False
) -> float | None:
    """One figure of an episode, by the names of a scenario's `[[observed]]` entries.

    ``sectors``: those that it is about (None: those that are hit); ``money``: in US$ bn of the base
    year rather than percent. None where there is no such trade in the base.
    """
    if figure in ("exports-to-coercer", "exports-elsewhere"):
        sold = episode.to_coercer if figure == "exports-to-coercer" else episode.elsewhere
        base, change = sold(sectors)
        if money:
            return change / 1000
        return 100 * change / base if base else None
    return _FIGURES[figure](episode, sectors)


def _net_export_loss(episode: Episode, named: Named) -> float:
    return -(episode.to_coercer(named)[1] + episode.elsewhere(named)[1]) / 1000


def rerouted_in_all(episode: Episode) -> float | None:
    """What of the lost exports is made up by sales of all goods and services to others, percent."""
    base, change = episode.to_coercer()
    if not base:
        return None
    return -100 * episode.elsewhere(("all",))[1] / change if abs(change) > _EVEN * base else 0.0


def rerouted_share(episode: Episode, named: Named = None) -> float | None:
    """What of the lost exports is made up by sales of the same sectors to others, percent."""
    base, change = episode.to_coercer(named)
    gained = episode.elsewhere(named)[1]
    if not base:
        return None
    return -100 * gained / change if abs(change) > _EVEN * base else 0.0


def _output(episode: Episode, named: Named) -> float:
    at = episode.sectors(named)
    before = episode.outcome.base.recomputed.output[at, episode.mine].sum()
    after = output_volume(episode.outcome)[at, episode.mine].sum()
    return float(100 * (after / before - 1))


def _real_income(episode: Episode, named: Named) -> float:
    return -effect(episode.outcome, (episode.target,))[0]


def _gdp(episode: Episode, named: Named) -> float:
    return float(real_product_percent(episode.outcome)[episode.mine])


def _share_in_exports(episode: Episode, named: Named) -> float | None:
    at = episode.sectors(named or ("all",))
    sold = episode.exports(at)
    sold[:, episode.mine] = 0.0
    return _points(sold[:, episode.theirs].sum(1), sold.sum(1))


def _share_in_imports(episode: Episode, named: Named) -> float | None:
    at = episode.sectors(named)
    states = (episode.outcome.base, episode.outcome.state)
    bought = np.array([s.recomputed.trade[at][:, episode.theirs].sum((0, 1)) for s in states])
    bought[:, episode.theirs] = 0.0
    return _points(bought[:, episode.mine], bought.sum(1))


def _import_price(episode: Episode, named: Named) -> float:
    """Average over the coercer's regions and the sectors, weighted by base imports."""
    at, outcome = episode.sectors(named), episode.outcome
    where = np.flatnonzero(episode.theirs)
    trade = outcome.base.recomputed.trade
    weight = np.array([trade[at, n].sum(1) - trade[at, n, n] for n in where])
    moved = np.array([import_price_percent(outcome, int(n))[at] for n in where])
    return float((weight * moved).sum() / weight.sum()) if weight.any() else 0.0


def _points(part: Array, whole: Array) -> float | None:
    """Change of a share in points, from (base, after) pairs."""
    if not whole.all():
        return None
    share = 100 * part / whole
    return float(share[1] - share[0])


_FIGURES: Mapping[str, Callable[[Episode, Named], float | None]] = {
    "rerouted-share": rerouted_share,
    "net-export-loss": _net_export_loss,
    "output": _output,
    "real-income": _real_income,
    "gdp": _gdp,
    "share-in-exports": _share_in_exports,
    "share-in-imports": _share_in_imports,
    "import-price": _import_price,
}
