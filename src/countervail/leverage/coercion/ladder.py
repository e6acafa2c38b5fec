"""The threat ladder: what each rung costs the protagonist and the coercer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from countervail.channels.capital_withdrawal import withdrawal_of
from countervail.channels.case import Layers
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Failure, Outcome
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve_batch
from countervail.leverage.coercion.retaliation import proportional
from countervail.leverage.coercion.sides import two_sides
from countervail.leverage.effect import effect
from countervail.scenario.schema import LadderSpec, Scenario
from countervail.world.core import World

if TYPE_CHECKING:
    import pandas as pd

CUT_OFF = "cut-off"
WITHDRAWAL = "capital withdrawal"


@dataclass(frozen=True)
class LadderCell:
    """One rung at one horizon, with or without retaliation and energy.

    Harm: the protagonist's loss, cost: the coercer's, both in percent of real
    income and in billion USD of the world's base year (equivalent variation);
    negative where the side gains. ``rate`` and ``retaliation_rate`` are fractions,
    None for a cut-off. Figures are None where no certified equilibrium was found;
    ``note`` then says why.
    """

    rung: str
    rate: float | None
    horizon: str
    retaliation: str
    energy: str
    harm_percent: float | None
    harm_bn: float | None
    cost_percent: float | None
    cost_bn: float | None
    retaliation_rate: float | None = None
    certificate: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Ladder:
    """All cells of a ladder, with the world, the two sides and the closures they hold in."""

    world: World
    protagonist: str
    coercer: tuple[str, ...]
    cells: tuple[LadderCell, ...]
    closures: dict[str, Closure]
    coercer_name: str = ""

    def __repr__(self) -> str:
        sides = f"{'+'.join(self.coercer)} against {self.protagonist}"
        return f"<Ladder of {sides} in {self.world.name}: {len(self.cells)} cells>"

    @property
    def table(self) -> pd.DataFrame:
        """The cells as a table, one row each; units are in the column names."""
        import pandas as pd

        frame = pd.DataFrame([asdict(cell) for cell in self.cells])
        frame.attrs.update(
            world=self.world.name,
            base_year=self.world.base_year,
            closures={name: closure.describe() for name, closure in self.closures.items()},
        )
        return frame


@dataclass(frozen=True)
class _Plan:
    rung: str
    rate: float | None
    retaliation: str
    energy: str
    shock: Shock | None
    retaliation_rate: float | None = None
    note: str = ""


def climb(
    world: World,
    scenario: Scenario,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ladder:
    """Every rung of the scenario's ladder, at every horizon, with every answer, exactly solved.

    A rung adds its tariff to the coercer's tariffs on the protagonist's goods; the
    last one ends all trade between the two; where the scenario says so, one more takes a part
    of the coercer's direct investment away. Proportional retaliation taxes the
    protagonist's imports of the same sectors from the coercer at the rate that
    covers, at base trade, the same value of duty. The energy variant leaves the
    energy group out on both sides. ``progress(done, total)`` is called as cells finish.

    Raises ``UnknownLabelError``, and ``InputError`` where the two sides overlap.
    """
    protagonist, coercer = sides(world, scenario)
    spec = scenario.ladder
    plans = _plans(world, spec, protagonist, coercer)
    if spec.withdrawal is not False:
        plans.append(_withdrawn(world, scenario, protagonist, coercer, spec.withdrawal))
    total = len(plans) * len(spec.horizons)
    cells: list[LadderCell] = []
    closures: dict[str, Closure] = {h: Closure.of_horizon(h) for h in spec.horizons}
    for done, (horizon, closure) in enumerate(closures.items()):
        report = None if progress is None else _offset(progress, done * len(plans), total)
        outcomes = solve_batch(
            world,
            [plan.shock for plan in plans],
            closure,
            workers=workers,
            on_failure="record",
            progress=report,
        )
        cells += [
            _cell(plan, horizon, outcome, protagonist, coercer)
            for plan, outcome in zip(plans, outcomes, strict=True)
        ]
    return Ladder(world, protagonist, coercer, tuple(cells), closures)


def sides(world: World, scenario: Scenario) -> tuple[str, tuple[str, ...]]:
    """(protagonist, coercer regions) as labels of ``world``; ``InputError`` where they overlap."""
    return two_sides(world, scenario.protagonist, list(scenario.coercer), "protagonist")


def _offset(progress: Callable[[int, int], None], before: int, total: int) -> Callable[[int], None]:
    return lambda n: progress(before + n, total)


def _plans(
    world: World, spec: LadderSpec, protagonist: str, coercer: tuple[str, ...]
) -> list[_Plan]:
    taxed = world.labels.resolve_sectors(list(spec.sectors))
    variants = [("included", taxed, world.sectors)]
    # The default group is left out where the world has none; one that was asked for is an error.
    absent = "energy" not in spec.model_fields_set and "energy" not in world.sector_groups
    if spec.energy is not False and not absent:
        exempt = set(world.labels.resolve_sectors(spec.energy))
        kept = tuple(s for s in taxed if s not in exempt)
        if kept and len(kept) < len(taxed):
            others = tuple(s for s in world.sectors if s not in exempt)
            variants.append(("exempt", kept, others))
    plans = []
    for energy, sectors, cut in variants:
        for rate in spec.rates:
            base = Shock(world).tariff(
                coercer, protagonist, sectors, add=rate, confirm_units=spec.confirm_units
            )
            for answer in spec.retaliation:
                shock, own, note = base, None, ""
                if answer == "proportional":
                    answered = proportional(base, protagonist, coercer)
                    shock, own, note = answered.shock, answered.rates.get("tariff"), answered.note
                plans.append(_Plan(f"{100 * rate:g} %", rate, answer, energy, shock, own, note))
        if spec.cut_off:
            shock = Shock(world).cut_off(coercer, protagonist, cut)
            plans += [
                _Plan(
                    CUT_OFF,
                    None,
                    answer,
                    energy,
                    shock,
                    note=""
                    if answer == "none"
                    else "Trade is closed both ways; retaliation adds nothing."
                    if energy == "included"
                    else "All but energy is closed both ways; retaliation adds nothing.",
                )
                for answer in spec.retaliation
            ]
    return plans


def _withdrawn(
    world: World, scenario: Scenario, protagonist: str, coercer: tuple[str, ...], part: float
) -> _Plan:
    owned = Layers.of(world, scenario).positions
    taken = withdrawal_of(world, protagonist, coercer, part, owned)
    return _Plan(WITHDRAWAL, None, "none", "included", taken.shock, note=taken.note)


def _cell(
    plan: _Plan,
    horizon: str,
    outcome: Outcome | Failure,
    protagonist: str,
    coercer: tuple[str, ...],
) -> LadderCell:
    harm: tuple[float | None, float | None] = (None, None)
    cost: tuple[float | None, float | None] = (None, None)
    certificate, note = None, plan.note
    if isinstance(outcome, Failure):
        note = f"No certified equilibrium: {outcome.error.cause}"
    else:
        harm, cost = effect(outcome, (protagonist,)), effect(outcome, coercer)
        certificate = outcome.certificate.worst
    return LadderCell(
        rung=plan.rung,
        rate=plan.rate,
        horizon=horizon,
        retaliation=plan.retaliation,
        energy=plan.energy,
        harm_percent=harm[0],
        harm_bn=harm[1],
        cost_percent=cost[0],
        cost_bn=cost[1],
        retaliation_rate=plan.retaliation_rate,
        certificate=certificate,
        note=note,
    )
