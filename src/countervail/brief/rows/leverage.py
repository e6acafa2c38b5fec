"""Rows of a run that say who can hurt whom, at what cost, and what could be demanded.

Like all results they are plain frozen data. ``_percent`` is percent of real income unless the
row says otherwise, ``_bn`` billion US dollars of the world's base year; ``None`` is "not
computed", and the row's note says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from countervail.brief.rows.plain import one_of
from countervail.errors import InputError


@dataclass(frozen=True)
class ExposureRow:
    """What one instrument of the coercer puts at risk, at one horizon and with one answer.

    ``welfare_percent`` (W) is the protagonist's change of real income without the threat,
    ``disagreement_percent`` (d) with the threat carried out, ``exposure_percent`` is W - d.
    ``exposure_bn`` is the same as an equivalent variation. ``cost_percent`` and ``cost_bn``
    are what the coercer loses, negative where it gains. ``instrument`` is the name that
    the program uses, ``label`` what is shown ("25 % tariff on goods").
    """

    instrument: str
    label: str
    horizon: str
    retaliation: str
    welfare_percent: float | None
    disagreement_percent: float | None
    exposure_percent: float | None
    exposure_bn: float | None
    cost_percent: float | None
    cost_bn: float | None
    certificate: float | None = None
    note: str = ""

    RETALIATIONS: ClassVar[tuple[str, ...]] = ("none", "proportional", "best-response")

    def __post_init__(self) -> None:
        one_of("retaliation", self.retaliation, self.RETALIATIONS)


@dataclass(frozen=True)
class BypassRow:
    """How much of the protagonist's economy works without the coercer, at one horizon.

    ``bypass_percent`` is its real income with the coercer cut off, in percent of its real
    income with it.
    """

    horizon: str
    bypass_percent: float | None


@dataclass(frozen=True)
class FrontierRow:
    """One point of the coercion frontier: the largest harm that can be done at a cost.

    Points are numbered from cheap to dear. ``role`` is ``own-optimum`` (what the coercer would
    choose for its own good), ``asked`` (the largest harm at the price ``asked_percent``, in
    percent of the coercer's real income), ``traced`` (a point between) or ``largest`` (the most
    that these instruments can do; with ``asked_percent`` where a price above its cost was
    asked). Harm is what the protagonist loses, cost what the coercer loses, negative where it
    gains. ``gap_percent`` is how much more harm, in percent of the protagonist's real income, a
    fresh search from other starts found at this point; ``None`` where none was made.
    ``answered_cost_percent`` and ``answered_harm_percent`` are cost and harm of the same
    measures where the protagonist answers with the import tariffs that are best for it.
    """

    point: int
    role: str
    cost_percent: float | None
    cost_bn: float | None
    harm_percent: float | None
    harm_bn: float | None
    asked_percent: float | None = None
    certificate: float | None = None
    gap_percent: float | None = None
    note: str = ""
    answered_cost_percent: float | None = None
    answered_harm_percent: float | None = None

    ROLES: ClassVar[tuple[str, ...]] = ("own-optimum", "asked", "traced", "largest")

    def __post_init__(self) -> None:
        one_of("role", self.role, self.ROLES)


@dataclass(frozen=True)
class FrontierSectorRow:
    """What one sector's instrument carries at one point of the frontier.

    ``rate`` is the added rate as a fraction, for withdrawn capital the part that leaves. The
    parts of all rows of a point add up to the point's harm and cost: each is what its rate does
    along the way on which all rates rise together from nothing to the point.
    """

    point: int
    sector: str
    sector_name: str
    instrument: str
    rate: float
    harm_percent: float
    cost_percent: float

    INSTRUMENTS: ClassVar[tuple[str, ...]] = ("tariff", "export-tax", "capital-withdrawal")

    def __post_init__(self) -> None:
        one_of("instrument", self.instrument, self.INSTRUMENTS)


@dataclass(frozen=True)
class PairRow:
    """What it would cost one region (``target``) to be cut off from another (``coercer``).

    ``loss_percent`` is what the target loses, ``cost_percent`` what the same cut-off costs the
    coercer, in percent of their own real incomes.
    """

    target: str
    target_name: str
    coercer: str
    coercer_name: str
    loss_percent: float | None
    loss_bn: float | None
    cost_percent: float | None
    cost_bn: float | None
    note: str = ""


@dataclass(frozen=True)
class PowerMatrix:
    """What every region loses where all trade with one other region ends.

    ``loss_percent`` has the target as its row and the coercer as its column, both in the order
    of ``regions``; the diagonal is ``None``, as is a pair that has no certified equilibrium.
    A loss is positive. ``names`` and ``blocs`` (empty for a region in none) go with the
    regions, ``income_bn`` is their real income in the base, ``closure`` the closure in words;
    ``notes`` are (target, coercer, words) where a pair has something to say, such as no trade.

    Raises ``InputError`` where the parts do not fit together.
    """

    regions: tuple[str, ...]
    names: tuple[str, ...]
    blocs: tuple[str, ...]
    loss_percent: tuple[tuple[float | None, ...], ...]
    income_bn: tuple[float, ...]
    closure: str = ""
    notes: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        count = len(self.regions)
        lengths = {"names": self.names, "blocs": self.blocs, "income_bn": self.income_bn}
        lengths["loss_percent"] = self.loss_percent
        for name, part in lengths.items():
            if len(part) != count:
                raise InputError(f"{name} has {len(part)} entries for {count} regions.")
        if len(set(self.regions)) != count:
            twice = next(r for r in self.regions if self.regions.count(r) > 1)
            raise InputError(f"the power matrix holds region {twice!r} twice.")
        for n, (region, row) in enumerate(zip(self.regions, self.loss_percent, strict=True)):
            if len(row) != count:
                raise InputError(
                    f"the row of {region!r} in loss_percent has {len(row)} entries for "
                    f"{count} regions."
                )
            if row[n] is not None:
                raise InputError(f"loss_percent of {region!r} by itself is {row[n]}, not None.")
        for note in self.notes:
            if len(note) != 3 or not {*note[:2]} <= {*self.regions}:
                raise InputError(f"{note!r} is no note on a pair: target, coercer, words.")

    def pairs(self) -> tuple[PairRow, ...]:
        """Every ordered pair, row by row, with what the same cut-off costs the other side."""
        every = range(len(self.regions))
        said = {(note[0], note[1]): note[2] for note in self.notes}
        return tuple(self._pair(n, m, said) for n in every for m in every if n != m)

    def _pair(self, target: int, coercer: int, said: Mapping[tuple[str, str], str]) -> PairRow:
        loss, cost = self.loss_percent[target][coercer], self.loss_percent[coercer][target]
        return PairRow(
            target=self.regions[target],
            target_name=self.names[target],
            coercer=self.regions[coercer],
            coercer_name=self.names[coercer],
            loss_percent=loss,
            loss_bn=_of(loss, self.income_bn[target]),
            cost_percent=cost,
            cost_bn=_of(cost, self.income_bn[coercer]),
            note=said.get((self.regions[target], self.regions[coercer]), ""),
        )


def _of(percent: float | None, whole: float) -> float | None:
    return None if percent is None else percent / 100 * whole


@dataclass(frozen=True)
class PoleRow:
    """Among how many poles a measure is spread ("GDP", "trade", "coercive power").

    ``poles`` is one over the sum of squared shares, ``entropy_poles`` the exponential of
    their entropy, ``concentration`` runs from 0 (all equal) to 1 (one holds all). ``first``
    and ``second`` are the names of the largest, with their shares in percent of the total.
    """

    measure: str
    poles: float
    entropy_poles: float
    concentration: float
    first: str
    first_percent: float
    second: str
    second_percent: float


@dataclass(frozen=True)
class ScreenRow:
    """What a quick indicator says of the coercer and the protagonist, and how well it ranks.

    ``value`` is the indicator's figure in ``unit``; ``rank_correlation`` is Spearman's with
    the exact losses over all ordered pairs, ``rank_correlation_target`` that among those who
    could cut off the protagonist.
    """

    screen: str
    title: str
    value: float | None
    unit: str = ""
    rank_correlation: float | None = None
    rank_correlation_target: float | None = None


@dataclass(frozen=True)
class CoalitionRow:
    """What one member adds to what a group of suppliers could do to the protagonist.

    ``alone_percent`` is the loss where that member alone cuts off the protagonist,
    ``shapley_percent`` its Shapley value; these add up to the loss by all together.
    """

    member: str
    member_name: str
    alone_percent: float | None
    shapley_percent: float | None


@dataclass(frozen=True)
class DemandRow:
    """What the coercer could demand in one case, and how that could end. Judgement throughout.

    ``case`` says in words which case it is, ``noise_percent`` is the half-width of what the
    coercer does not know of the protagonist's loss, in percent of the exposure.
    ``demand_percent`` is in percent of the protagonist's real income; both are ``None`` where the
    threat is carried out whatever is offered, and 0 where nothing is demanded. Acceptance and
    rupture are probabilities in percent; ``regime`` says in words how the case stands.
    """

    case: str
    noise_percent: float
    exposure_bn: float
    cost_bn: float
    demand_bn: float | None
    demand_percent: float | None
    accept_percent: float
    rupture_percent: float
    regime: str = ""
