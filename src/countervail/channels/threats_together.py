"""Several threats at once: products in one flow are parts of it side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countervail.channels.split_flow import Cell, Part, part_of_trade, split_shock
from countervail.channels.trade_policy import apply_threat, hit_sectors, taxed_by
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.outcome import Outcome
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError
from countervail.scenario.schema import Threat
from countervail.world.core import World

if TYPE_CHECKING:
    from countervail.channels.capital.positions import Positions

_BY_PARTS = ("import-tariff", "import-ban", "export-tax", "export-ban")


@dataclass(frozen=True, eq=False)
class Together:
    """What several threats do at once: one shock, and the part of each flow that each of them hits.

    ``parts``: by threat and by the rate that it changes, the flows (sector, importer, exporter)
    with the place of its part in ``pooled``; ``left_out``: threats without figures, with reasons.
    """

    shock: Shock
    pooled: Mapping[str, Mapping[Cell, Sequence[Part]]] = field(default_factory=dict)
    places: Mapping[str, Mapping[Cell, int]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    def product(self, outcome: Outcome, threat: str, cell: Cell) -> tuple[float, float]:
        """Trade in what ``threat`` hits of one flow: (base, after), million USD at the border.

        ``outcome`` is that of ``shock``. The base is the part's share of the flow; the rest
        follows from the split of the flow (``split_flow.part_of_trade``).
        """
        world, name = outcome.world, self.fields[threat]
        parts, which = self.pooled[name][cell], self.places[threat][cell]
        theta = float(outcome.state.levels.elasticity[cell[0]])
        old = float(getattr(world.arrays, name)[cell])
        before = parts[which].share * float(outcome.base.recomputed.trade[cell])
        share = part_of_trade(old, theta, parts, which)
        return before, share * float(outcome.state.recomputed.trade[cell])


def together(
    world: World,
    threats: Sequence[Threat],
    coercer: tuple[str, ...],
    protagonist: str,
    closure: Closure,
    positions: Positions | None = None,
) -> Together:
    """All of ``threats`` at once, on top of the base policies.

    Tariffs, export taxes and bans on parts of one flow (``coverage``) are taken as different
    products, side by side; what other instruments do adds up as in ``Shock.plus``. Raises
    ``InputError`` where the parts of a flow exceed it, since the same goods would be hit twice.
    """
    pooled: dict[str, dict[Cell, list[Part]]] = {}
    places: dict[str, dict[Cell, int]] = {}
    fields: dict[str, str] = {}
    left_out: dict[str, str] = {}
    whole = Shock(world)
    for threat in threats:
        full = threat.model_copy(update={"coverage": 1.0})
        by_parts = threat.instrument in _BY_PARTS
        asked = full if by_parts else threat
        applied = apply_threat(world, asked, coercer, protagonist, closure, positions)
        if applied.shock is None:
            left_out[threat.id] = applied.not_quantified
        elif by_parts:
            name = fields[threat.id] = taxed_by(threat)
            rate, cost = applied.shock.array(name), applied.shock.array("trade_cost")
            cells, places[threat.id] = pooled.setdefault(name, {}), {}
            for cell in _flows(world, threat, coercer, protagonist):
                found = cells.setdefault(cell, [])
                places[threat.id][cell] = len(found)
                found.append(Part(threat.coverage, float(rate[cell]), float(cost[cell])))
        else:
            whole = whole.plus(applied.shock)
    for cells in pooled.values():
        _fit(world, cells)
    split = [
        split_shock(world, name, cells, closure.elasticity_factor)
        for name, cells in pooled.items()
        if cells
    ]
    return Together(whole.plus(*split), pooled, places, fields, left_out)


def _flows(world: World, threat: Threat, coercer: tuple[str, ...], protagonist: str) -> list[Cell]:
    """The flows that a threat hits: what the coercer buys from the protagonist, or sells to it."""
    mine = world.regions.index(protagonist)
    buys = threat.instrument in ("import-tariff", "import-ban")
    return [
        (world.sectors.index(s), *((n, mine) if buys else (mine, n)))
        for s in hit_sectors(world, threat)
        for n in (world.regions.index(region) for region in coercer)
    ]


def _fit(world: World, cells: Mapping[Cell, Sequence[Part]]) -> None:
    for (s, n, i), parts in cells.items():
        total = sum(part.share for part in parts)
        if total > 1 + 1e-9:
            raise InputError(
                f"threats cover {total:.3g} times all that {world.regions[n]} buys of "
                f"{world.sectors[s]} from {world.regions[i]} in {world.name}.",
                "Threats at once are on different goods: give each its `coverage`, or take fewer.",
            )
