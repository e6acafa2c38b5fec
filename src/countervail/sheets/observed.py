"""What happened against what the model says of the same threats, as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from countervail.brief.rows.observed import AgreementRow, ForecastRow, ObservedPage, ObservedRow
from countervail.channels.amounts import million_usd
from countervail.channels.case import Layers
from countervail.channels.threats_together import Together, together
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure
from countervail.equilibrium.solve import solve_batch
from countervail.errors import InputError
from countervail.leverage.coercion.episode import (
    Episode,
    predicted,
    rerouted_in_all,
    rerouted_share,
)
from countervail.leverage.coercion.ladder import sides
from countervail.leverage.effect import effect
from countervail.scenario.observed import Observed
from countervail.scenario.schema import Scenario
from countervail.scenario.terms import Amount
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Ids = tuple[str, ...]
Progress = Callable[[int, int], None] | None

ALL = "all"
_LEAST = 3  # rows that a rank correlation needs
_EVEN = 1e-12  # of base trade: below it nothing moved


def observed_page(
    world: World,
    scenario: Scenario,
    workers: int | None = None,
    progress: Progress = None,
) -> ObservedPage | None:
    """What the scenario's threats do by the model, beside what its `[[observed]]` entries say.

    Each threat alone, all together and each set of threats that an entry names is solved at every
    horizon of the ladder, from ``world`` and with its elasticities: nothing is fitted. Money is
    turned into US$ bn of the world's base year. Returns None for a scenario without such entries;
    threats that cannot be at once, and what has no certified equilibrium, give rows with the
    reason.
    """
    if not scenario.observed:
        return None
    quantified = tuple(t.id for t in scenario.threats if not t.not_quantified)
    horizons = dict.fromkeys((scenario.horizon, *scenario.ladder.horizons))
    asked = dict.fromkeys(
        [(name,) for name in quantified]
        + [quantified]
        + [tuple(entry.threats) for entry in scenario.observed if entry.threats]
    )
    solved: dict[str, dict[Ids, Episode | str]] = {}
    for done, horizon in enumerate(horizons, 1):
        solved[horizon] = _episodes(world, scenario, horizon, list(asked), workers)
        if progress is not None:
            progress(done, len(horizons))
    rows = observed_rows(world, scenario, solved, quantified)
    return ObservedPage(
        rows=rows,
        agreement=tuple(agreement(rows)),
        forecasts=tuple(_forecasts(scenario, solved, quantified)),
        left_out=tuple(
            (t.title or t.id, t.not_quantified) for t in scenario.threats if t.not_quantified
        ),
    )


def observed_rows(
    world: World,
    scenario: Scenario,
    solved: Mapping[str, Mapping[Ids, Episode | str]],
    every: Ids,
) -> tuple[ObservedRow, ...]:
    """Every entry as a row, from what was ``solved`` by horizon and set of threats."""
    return tuple(
        observed_row(
            entry,
            world,
            scenario.horizon,
            {horizon: found[entry.threats or every] for horizon, found in solved.items()},
        )
        for entry in scenario.observed
    )


def observed_row(
    entry: Observed, world: World, horizon: str, found: Mapping[str, Episode | str]
) -> ObservedRow:
    """One entry beside what the model says at each horizon; ``horizon`` is the scenario's own."""
    observed, low, high, unit = _observed(entry, world)
    told = {
        name: predicted(episode, entry.figure, entry.sectors, " " in entry.unit)
        for name, episode in found.items()
        if isinstance(episode, Episode)
    }
    own, episode = told.get(horizon), found[horizon]
    reason = episode if isinstance(episode, str) else ""
    if own is None and isinstance(episode, Episode):
        reasons = [episode.both.left_out.get(name, "") for name in entry.threats or ()]
        reason = " ".join(filter(None, reasons)) or "There is no such trade in this world."
    ends = (observed if low is None else low, observed if high is None else high)
    ranged = low is not None or high is not None
    values = [value for value in told.values() if value is not None]
    return ObservedRow(
        id=entry.id,
        says=entry.says,
        threats=tuple(entry.threats or ()),
        figure=entry.figure,
        unit=unit,
        observed=observed,
        low=low,
        high=high,
        as_given=_as_given(entry),
        predicted=own,
        short=told.get("short"),
        medium=told.get("medium"),
        long=told.get("long"),
        ratio=None if own is None or not observed else own / observed,
        within=None if own is None or not ranged else bool(ends[0] <= own <= ends[1]),
        spanned=bool(min(values) <= ends[1] and max(values) >= ends[0]) if values else None,
        like_for_like=entry.like_for_like,
        why_not=entry.why_not or "",
        period=entry.period,
        status=entry.status,
        note=entry.note or "",
        reason=reason,
        sources=entry.sources,
    )


def agreement(rows: Sequence[ObservedRow]) -> list[AgreementRow]:
    """How well each kind of figure with at least two rows on single threats is predicted.

    Rows on several threats at once are left out: they hold the others.
    """
    kinds: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        if row.predicted is not None and len(row.threats) == 1:
            kinds.setdefault((row.figure, row.unit), []).append((row.predicted, row.observed))
    made = []
    for (figure, unit), pairs in kinds.items():
        if len(pairs) < 2:
            continue
        told, seen = np.array(pairs).T
        made.append(
            AgreementRow(
                figure=figure,
                unit=unit,
                rows=len(pairs),
                signs=int((np.sign(told) == np.sign(seen)).sum()),
                rank=rank_correlation(told, seen),
                error=float(np.abs(told - seen).mean()),
                predicted_mean=float(told.mean()),
                observed_mean=float(seen.mean()),
            )
        )
    return made


def rank_correlation(told: Array, seen: Array) -> float | None:
    """Spearman's rank correlation; None below three pairs or where one side does not vary."""
    if len(told) < _LEAST or np.ptp(told) < _EVEN or np.ptp(seen) < _EVEN:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(told, seen).statistic)


def _episodes(
    world: World, scenario: Scenario, horizon: str, asked: Sequence[Ids], workers: int | None
) -> dict[Ids, Episode | str]:
    """Each set of threats carried out at one horizon; where that cannot be, the reason."""
    target, coercer = sides(world, scenario)
    closure = Closure.of_horizon(horizon)
    known = {threat.id: threat for threat in scenario.threats}
    withdrawn = any(t.instrument == "capital-withdrawal" for t in scenario.threats)
    positions = Layers.of(world, scenario).positions if withdrawn else None
    found: dict[Ids, Episode | str] = {}
    made: dict[Ids, Together] = {}
    for ids in asked:
        threats = [known[name] for name in ids]
        try:
            made[ids] = together(world, threats, coercer, target, closure, positions)
        except InputError as error:
            found[ids] = f"{error.cause} {error.remedy}"
    shocks = [both.shock for both in made.values()]
    outcomes = solve_batch(world, shocks, closure, workers=workers, on_failure="record")
    for (ids, both), outcome in zip(made.items(), outcomes, strict=True):
        if isinstance(outcome, Failure):
            found[ids] = f"No certified equilibrium: {outcome.error.cause}"
        else:
            threats = [known[name] for name in ids]
            found[ids] = Episode(target, coercer, tuple(threats), both, outcome)
    return found


def _observed(entry: Observed, world: World) -> tuple[float, float | None, float | None, str]:
    """(value, low, high, unit) of an entry; money in US$ bn of the world's base year."""
    if " " not in entry.unit:
        return entry.value, entry.low, entry.high, entry.unit
    unit = Amount(value=1, unit=entry.unit, basis="press", year=entry.year, usd=entry.usd)
    worth = million_usd(world, unit) / 1000
    low, high = (None if v is None else v * worth for v in (entry.low, entry.high))
    return entry.value * worth, low, high, "bn USD"


def _as_given(entry: Observed) -> str:
    """The observed figure as its source counts it: "11 bn AUD of 2019"."""
    if " " not in entry.unit:
        return ""
    return f"{entry.value:g} {entry.unit} of {entry.year}"


def _forecasts(
    scenario: Scenario, solved: Mapping[str, Mapping[Ids, Episode | str]], every: Ids
) -> Iterator[ForecastRow]:
    """Each threat alone, then all at once, at each horizon."""
    titles = {threat.id: threat.title or threat.id for threat in scenario.threats}
    for horizon, found in solved.items():
        for ids in dict.fromkeys([*((name,) for name in every), every]):
            episode = found[ids]
            if isinstance(episode, str):
                continue
            base, change = episode.to_coercer()
            yield ForecastRow(
                id=ids[0] if len(ids) == 1 else ALL,
                title=titles[ids[0]] if len(ids) == 1 else "All together",
                horizon=horizon,
                base_bn=base / 1000,
                loss_bn=-change / 1000,
                rerouted_percent=rerouted_share(episode),
                rerouted_in_all_percent=rerouted_in_all(episode),
                harm_percent=effect(episode.outcome, (episode.target,))[0],
                certificate=episode.outcome.certificate.worst,
            )
