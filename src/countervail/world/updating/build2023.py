"""The 2023 world: the table of 2014 moved to the totals of 2023, with economies carved out.

The structure is that of the World Input-Output Database, 2014. Goods totals by pair of
economies, GDP and external balances are of 2023; what no source has comes from the
tables of priors (``data/priors``), each row with its source and status.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from countervail.world import registry
from countervail.world.arrays import Mask
from countervail.world.build2014 import build_wiod2014
from countervail.world.calibrate import world_from_flows
from countervail.world.core import World
from countervail.world.formats import Progress
from countervail.world.labels import WorldLabels, make_labels
from countervail.world.status import CONSTRUCTED, OBSERVED, UPDATED, CellStatus
from countervail.world.updating import priors
from countervail.world.updating.balance import HOME_WEIGHT, Totals
from countervail.world.updating.carve import Parts, biproportional, carve
from countervail.world.updating.economies import holders, read_economies
from countervail.world.updating.facts2023 import (
    CARVED,
    NEW,
    OLD,
    REST,
    US,
    Collected,
    Facts,
    Frame,
    collected,
    composition,
    facts,
    nearness,
    value_added,
)
from countervail.world.updating.provenance2023 import limits, notes, sources
from countervail.world.updating.update import Table, Updated, update

NAME = "world-2023"

_HOME_RANGE = (0.05, 5.0)
_SOURCE = Path("wiod") / "wiod2014_44x50.npz"


def build_world2023(path: str | os.PathLike[str], progress: Progress | None = None) -> World:
    """The 2023 world from the folder ``path`` with the source files.

    The folder holds ``wiod/``, ``trade2023/``, ``macro/`` and ``gravity/``. Raises
    ``WorldFileError`` where one is missing or is not the source, and ``AccountingError``
    where the totals cannot be met.
    """
    tell = progress or (lambda what, done: None)
    tell("reading the sources", 0.0)
    frame = _frame(Path(path))
    labels = make_labels(NAME, NEW, frame.regions, frame.old.sectors)
    paid = collected(frame)
    known = facts(frame)
    tell("carving economies out of the rest of the world", 0.25)
    table = _with_composition(Table.of(frame.old.arrays, frame.old.regions), frame, paid)
    table = carve(table, frame.goods, REST, _parts(frame, known, paid))
    table, ruled = _with_tariffs(table, labels, paid)
    table = _with_services(table, known, frame)
    table = _with_structure(table, known, labels)
    tell("balancing", 0.3)
    updated = update(
        table,
        Totals(frame.goods, known.pairs, known.value_added, known.deficit, known.slack),
        growth=known.growth,
        reexports=known.reexports,
        home_weight=HOME_WEIGHT,
        progress=lambda part: tell("balancing", 0.3 + 0.6 * part),
    )
    tell("closing the accounts", 0.9)
    made = _world(frame, table, updated, _doubts(table, set(paid), ruled, known))
    tell("done", 1.0)
    return made


def _frame(folder: Path) -> Frame:
    old = build_wiod2014(folder / _SOURCE)
    given = priors.economies()
    extra = {
        year: {code: row.value for code, row in given[name].items()}
        for year, name in ((OLD, "gdp_2014"), (NEW, "gdp"))
    }
    economies = read_economies(folder, (OLD, NEW), extra)
    regions = (*(r for r in old.regions if r != REST), *CARVED, REST)
    goods = np.zeros(len(old.sectors), dtype=bool)
    goods[list(old.resolve_sectors("goods"))] = True
    return Frame(old, economies, regions, holders(economies.codes, regions, REST), goods)


def _parts(frame: Frame, known: Facts, paid: Mapping[str, Collected]) -> Parts:
    goods = [frame.old.sectors[k] for k in np.flatnonzero(frame.goods)]
    mining = frame.old.sectors.index("mining")
    shares = priors.economies()["mining_value_added_share"]
    inside = frame.regions[frame.first :]
    return Parts(
        regions=inside,
        pairs=known.pairs,
        composition=np.column_stack([composition(c, goods) for c in CARVED]),
        value_added=value_added(frame)[0][frame.first :],
        nearness=nearness(frame)[:, frame.first :],
        value_added_share={(mining, c): row.value for c, row in shares.items()},
        fixed={
            (frame.regions.index(US), frame.first + k): paid[r].imports / paid[r].imports.sum()
            for k, r in enumerate(inside)
            if r in paid
        },
    )


def _with_composition(table: Table, frame: Frame, paid: Mapping[str, Collected]) -> Table:
    """``table`` with better compositions of goods imports, of what the exporter makes.

    US imports have that of 2024; a few pairs have that of the priors.
    """
    sectors = [frame.old.sectors[k] for k in np.flatnonzero(frame.goods)]
    mixes = {(US, exporter): us.imports for exporter, us in paid.items()}
    for pair, rows in priors.pair_composition().items():
        mixes[pair] = np.array([rows[s].value if s in rows else 0.0 for s in sectors])
    flows = table.flows.copy()
    makes = table.output[frame.goods] > 0
    for (importer, exporter), wanted in mixes.items():
        if {importer, exporter} <= set(table.regions) - {REST}:
            n, i = table.regions.index(importer), table.regions.index(exporter)
            mix = np.where(makes[:, i], wanted, 0.0)
            flows[frame.goods, n, i] = mix / mix.sum() * flows[frame.goods, n, i].sum()
    return replace(table, flows=flows)


def _with_tariffs(
    table: Table, labels: WorldLabels, paid: Mapping[str, Collected]
) -> tuple[Table, Mask]:
    """Tariffs of 2014, those of the priors where they have a rule, US rates as paid in 2024.

    The mask (J,N,N) marks cells that a rule set.
    """
    tariff = table.tariff.copy()
    ruled = np.zeros(tariff.shape, dtype=bool)
    place = {r: k for k, r in enumerate(table.regions)}
    sector = {s: k for k, s in enumerate(labels.sectors)}

    def named(words: Sequence[str]) -> list[str]:
        found = [r for w in words for r in labels.resolve_regions(w)]
        return list(dict.fromkeys(found))

    for rule in priors.tariff_rules():
        chosen = [x for w in rule.sectors if w[0] != "-" for x in labels.resolve_sectors(w)]
        left_out = {x for w in rule.sectors if w[0] == "-" for x in labels.resolve_sectors(w[1:])}
        rows = [sector[x] for x in chosen if x not in left_out]
        for importer in named(rule.importers):
            for exporter in named(rule.exporters):
                if importer != exporter:
                    tariff[rows, place[importer], place[exporter]] = rule.rate.value
                    ruled[rows, place[importer], place[exporter]] = True
    goods = [sector[x] for x in labels.resolve_sectors("goods")]
    for exporter, us in paid.items():
        before = tariff[goods, place[US], place[exporter]]
        tariff[goods, place[US], place[exporter]] = np.where(np.isnan(us.rate), before, us.rate)
        ruled[goods, place[US], place[exporter]] = False
    return replace(table, tariff=tariff), ruled


def _with_services(table: Table, known: Facts, frame: Frame) -> Table:
    """Services trade without the gap of the old table, carved economies at their priors.

    The old table has 1.3 tn more services imports of the rest of the world than its
    members report. Carved economies start from the priors, the remainder is cut like
    them and balanced, and the gap that is left is shared equally: the old regions export
    less and import more than the pattern grown to the new year.
    """
    services = ~frame.goods
    growth = known.growth / (known.value_added.sum() / (known.value_added / known.growth).sum())
    guess = table.flows[services].sum(axis=0) * known.growth[:, None] * growth[None, :]
    np.fill_diagonal(guess, 0.0)
    given = priors.economies()
    old, carved = slice(0, frame.first), slice(frame.first, -1)
    sold, bought = guess.sum(axis=0), guess.sum(axis=1)
    for totals, name in ((sold, "services_exports"), (bought, "services_imports")):
        wanted = np.array([1e3 * given[name][c].value for c in CARVED])
        totals[-1] *= wanted.sum() / totals[carved].sum()
        totals[carved] = wanted
    bought[-1] = sold[-1]
    gap = sold.sum() - bought.sum()
    sold[old] *= 1.0 - 0.5 * gap / sold[old].sum()
    bought[old] *= 1.0 + 0.5 * gap / bought[old].sum()
    flows = table.flows.copy()
    flows[services] *= biproportional(guess, bought, sold)
    return replace(table, flows=flows)


def _with_structure(table: Table, known: Facts, labels: WorldLabels) -> Table:
    """Home sales of carved economies scaled towards their shares of farming, mining, manufacture.

    The factor makes up what exports leave of the sector's value added; a start for the
    balancing, not a target. Services take the rest.
    """
    given = priors.economies()
    rows_of = {
        name: [labels.sectors.index(x) for x in labels.resolve_sectors(name)]
        for name in ("agriculture", "mining", "manufacturing", "services")
    }
    services = rows_of.pop("services")
    flows = table.flows.copy()
    for economy in CARVED:
        k = table.regions.index(economy)
        exports = flows[:, :, k].sum(axis=1) - flows[:, k, k]
        passed = min(known.reexports[k] / np.nansum(known.pairs[:, k]), 1.0)
        abroad = table.value_added_share[:, k] * exports * (1.0 - passed)
        home = table.value_added_share[:, k] * flows[:, k, k] * known.growth[k]
        for name, rows in rows_of.items():
            if economy not in given[f"{name}_share"]:
                continue
            wanted = given[f"{name}_share"][economy].value * known.value_added[k]
            factor = np.clip((wanted - abroad[rows].sum()) / home[rows].sum(), *_HOME_RANGE)
            flows[rows, k, k] *= factor
            home[rows] *= factor
        others = known.value_added[k] - abroad.sum() - home.sum() + home[services].sum()
        flows[services, k, k] *= np.clip(others / home[services].sum(), *_HOME_RANGE)
    return replace(table, flows=flows)


def _world(frame: Frame, table: Table, updated: Updated, status: CellStatus) -> World:
    rest = len(frame.regions) - 1
    order = [*sorted(range(rest), key=lambda k: frame.regions[k]), rest]
    regions = [frame.regions[k] for k in order]
    pick = np.ix_(range(len(frame.old.sectors)), order, order)
    codes = frame.economies.codes
    world = world_from_flows(
        updated.balanced.flows[pick],
        table.tariff[pick],
        updated.balanced.input_share[order],
        updated.value_added_share[:, order],
        {label: row.value for label, row in registry.elasticities().items()},
        regions,
        frame.old.sectors,
        export_tax=None,
        name=NAME,
        base_year=NEW,
        region_groups=None,
        sector_groups=None,
        region_names=None,
        sector_names=None,
        provenance={
            "sources": sources(),
            "limits": limits(updated),
            "carved": list(CARVED),
            "aggregated_from": {
                "name": "single economies of the trade file",
                "regions": {
                    r: [c for c, h in zip(codes, frame.holder, strict=True) if h == r]
                    for r in regions
                    if frame.holder.count(r) > 1 and r != REST
                },
            },
        },
        confirm_units=False,
        notes=notes(
            updated,
            {c: y for c, y in frame.economies.dated.items() if c in codes},
            frame.regions,
        ),
    )
    ordered = CellStatus(status.flows[pick], status.tariff[pick], status.costs[:, order])
    return World(world.labels, world.arrays, world.report, ordered)


def _doubts(table: Table, paid: set[str], ruled: Mask, known: Facts) -> CellStatus:
    """The status of every cell, in the table's order.

    Constructed: flows with a carved economy or the remainder on a side, pairs of an
    economy that the trade file lacks where the priors hold no total, pairs whose
    composition is a prior; tariffs that a rule set or a constructed region levies; cost
    columns of those regions and, for goods, of exporters that pass goods on. Updated elsewhere: US
    imports from carved economies too, whose totals and composition are data.
    """
    regions = table.regions
    place = {r: k for k, r in enumerate(regions)}
    made = np.isin(regions, [*CARVED, REST])
    either = made[:, None] | made[None, :]
    given = priors.pair_totals()
    lacking = {exporter for importer, exporter in given if importer == "WLD"}
    for pair in ((n, i) for n in regions for i in regions):
        if lacking & set(pair) and pair not in given and pair[0] != pair[1]:
            either[place[pair[0]], place[pair[1]]] = True
    flows = np.broadcast_to(np.where(either, CONSTRUCTED, UPDATED), table.flows.shape).copy()
    goods = known.goods
    for exporter in paid - {REST}:
        flows[goods, place[US], place[exporter]] = UPDATED
    for importer, exporter in priors.pair_composition():
        flows[goods, place[importer], place[exporter]] = CONSTRUCTED
    levied = np.broadcast_to(made[:, None], flows.shape) & goods[:, None, None]
    tariff = np.where(ruled | levied, CONSTRUCTED, UPDATED)
    tariff[:, place[US], :] = UPDATED
    home = range(len(regions))
    tariff[:, home, home] = OBSERVED
    passing = goods[:, None] & (known.reexports > 0)
    costs = np.where(made | passing, CONSTRUCTED, UPDATED)
    return CellStatus(*(x.astype(np.uint8) for x in (flows, tariff, costs)))
