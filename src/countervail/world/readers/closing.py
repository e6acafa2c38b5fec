"""From a table as it was read to a world: checked, cleaned, in US dollars, closed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from countervail.errors import OptionError
from countervail.version import VERSION
from countervail.world.arrays import Array, Mask
from countervail.world.calibrate import world_from_flows
from countervail.world.core import World
from countervail.world.elasticity.elasticities import Elasticities, for_sectors
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.accumulate import Negatives
from countervail.world.readers.balance import check_balance
from countervail.world.readers.codes import rows_of
from countervail.world.readers.table import USD, SourceTable, amount
from countervail.world.readers.tariffs import COLUMNS as TARIFF_COLUMNS
from countervail.world.readers.tariffs import read_tariffs
from countervail.world.status import CONSTRUCTED, OBSERVED, CellStatus

LEAST_VALUE_ADDED = 0.01
"""The part of output that stays value added where inputs exceed output: an industry that
earns nothing has no factor to move or to pay. Judgement."""

DUST = 1e-12
"""Flows below this part of their market are residues of balancing, not trade."""

_SHOWN = 5

Read = Callable[[Path, BuildOptions, Progress], SourceTable]


@dataclass(frozen=True, eq=False)
class _Clean:
    """Flows (J,N,N), input shares (N,J,J) and value-added shares (J,N), and what was done.

    ``scaled`` (J,N): the industries whose inputs were scaled down.
    """

    flows: Array
    input_share: Array
    value_added_share: Array
    scaled: Mask
    notes: tuple[str, ...]


def build(
    read: Read,
    path: str | os.PathLike[str],
    progress: Progress | None,
    options: BuildOptions,
    unit: str = USD,
) -> World:
    """The world made from the table at ``path`` by the reader ``read``.

    Options that are wrong whatever the table holds are refused before it is read; ``unit``
    is what its numbers will be in.
    """
    tell = progress or (lambda what, part: None)
    _rate_in(unit, options.usd_per_unit)
    choice = options.elasticities
    if isinstance(choice, float) or not os.path.isfile(choice):
        for_sectors(choice, ())  # a set that is not there is known before the table is read
    if options.tariff is not None:
        rows_of(options.tariff, TARIFF_COLUMNS)
    table = read(Path(path), options, lambda what, part: tell(what, 0.9 * part))
    tell("closing the accounts", 0.9)
    world = world_from_table(table, options)
    tell("done", 1.0)
    return world


def world_from_table(table: SourceTable, options: BuildOptions | None = None) -> World:
    """The world that ``table`` is an equilibrium of, after the cleaning that its report tells.

    ``options``: name, rate to US dollars, elasticities and tariffs; what the reader needed
    is in the table already. Totals that do not add up are refused (``balance``). Purchases
    and inputs below zero are set to zero, as are flows below 1e-12 of their market; inputs
    above 99 % of an industry's output are scaled down to that; taxes on products are part
    of value added and inventories part of final demand. Final demand below zero is met as
    in ``World.from_flows``.

    Raises ``TableError`` (totals), ``OptionError`` (a rate is missing), and
    what ``World.from_flows``, ``for_sectors`` and ``read_tariffs`` raise.
    """
    asked = options or BuildOptions()
    rate = _rate_in(table.about.unit, asked.usd_per_unit)
    currency = _currency(table.about.unit, rate, asked.usd_per_unit)
    notes = [*table.notes, *check_balance(table), *_negatives(table), *currency]
    clean = _cleaned(table, rate)
    labels = table.labels
    history = table.layout.merged()
    chosen = _elasticities(table, asked, history)
    tariff, assumed, duties = read_tariffs(asked.tariff, asked.tariff_default, labels)
    made = world_from_flows(
        clean.flows,
        tariff,
        clean.input_share,
        clean.value_added_share,
        chosen.values,
        labels.regions,
        labels.sectors,
        export_tax=None,
        name=asked.name or labels.name,
        base_year=labels.base_year,
        region_groups=labels.region_groups,
        sector_groups=labels.sector_groups,
        region_names=labels.region_names,
        sector_names=labels.sector_names,
        provenance=_provenance(table, asked, rate, chosen, history),
        confirm_units=asked.confirm_units,
        notes=[*notes, *clean.notes, *duties, *chosen.notes],
    )
    # How the arrays were read is of no interest where they were made here.
    report = replace(made.report, decisions=(_read_from(table),))
    status = CellStatus(
        flows=np.full(tariff.shape, OBSERVED, dtype=np.uint8),
        tariff=np.where(assumed, CONSTRUCTED, OBSERVED).astype(np.uint8),
        costs=np.where(clean.scaled, CONSTRUCTED, OBSERVED).astype(np.uint8),
    )
    return World(made.labels, made.arrays, report, status)


def _read_from(table: SourceTable) -> str:
    fine = table.layout.fine
    return (
        f"Read from {table.about.title}: {len(table.layout.cells):,} cells (an industry of a "
        f"region each), {len(fine.regions)} regions."
    )


def _rate_in(unit: str, given: float | None) -> float:
    """US dollars per unit of the table's currency; ``OptionError`` where it is not known."""
    if given is None and unit != USD:
        raise OptionError(
            f"the table is in {unit}; a world is in {USD}.",
            "Give the average rate of its year: --usd-per-unit RATE (US dollars per euro).",
        )
    rate = 1.0 if given is None else float(given)
    if not (np.isfinite(rate) and rate > 0):
        raise OptionError(f"--usd-per-unit {rate:g} is no rate.", "Give a number above zero.")
    return rate


def _currency(unit: str, rate: float, given: float | None) -> list[str]:
    if given is None:
        return []
    source = unit if unit != USD else "the unit of the file"
    return [f"Converted from {source} at {rate:g} US dollars per unit."]


def _negatives(table: SourceTable) -> list[str]:
    """Which cells of the file were negative, before anything was set to zero."""
    return [
        f"{found.count:,} {what} cells of the file are negative, {amount(found.total)} "
        f"{table.about.unit} in all; the worst is {amount(found.worst)} ({found.worst_at})."
        for what, found in _kinds(table)
        if found.count
    ]


def _kinds(table: SourceTable) -> tuple[tuple[str, Negatives], ...]:
    return (("intermediate", table.intermediate), ("final-use", table.final))


def _cleaned(table: SourceTable, rate: float) -> _Clean:
    notes: list[str] = []
    unit, labels = USD, table.labels
    flows = table.flows * rate
    below = flows < 0
    if below.any():
        s, n, i = np.unravel_index(int(flows.argmin()), flows.shape)
        notes.append(
            f"{int(below.sum()):,} purchases (all users together) were negative, "
            f"{amount(flows[below].sum())} {unit} in all, and were set to zero; the worst: "
            f"{labels.regions[n]} of {labels.sectors[s]} from {labels.regions[i]}, "
            f"{amount(flows[s, n, i])}."
        )
        flows[below] = 0.0
    dust = (flows > 0) & (flows < DUST * flows.sum(axis=2, keepdims=True))
    if dust.any():
        flows[dust] = 0.0
        notes.append(f"{int(dust.sum()):,} flows below {DUST:g} of their market were set to zero.")
    inputs = table.inputs * rate
    short = inputs < 0
    if short.any():
        notes.append(
            f"{int(short.sum()):,} inputs (all origins together) were negative, "
            f"{amount(inputs[short].sum())} {unit} in all, and were set to zero."
        )
        inputs[short] = 0.0
    share, value_added, scaled, said = _cost_shares(inputs, flows.sum(axis=1), table)
    notes += said
    notes.append("Taxes on products that industries pay are part of their value added.")
    return _Clean(flows, share, value_added, scaled, tuple(notes))


def _cost_shares(
    inputs: Array, output: Array, table: SourceTable
) -> tuple[Array, Array, Mask, list[str]]:
    """Input shares (N,J,J), value-added shares (J,N), and which (J,N) were scaled down."""
    notes = []
    used = inputs.sum(axis=1).T
    made = output > 0
    most = (1.0 - LEAST_VALUE_ADDED) * output
    over = made & (used > most)
    idle = ~made & (used > 0)
    if over.any():
        gap = np.where(over, used - output, -np.inf)
        order = np.argsort(-gap, axis=None)[:_SHOWN]
        at = [np.unravel_index(int(k), gap.shape) for k in order]
        worst = ", ".join(
            f"{table.labels.regions[n]} {table.labels.sectors[s]} "
            f"{100 * used[s, n] / output[s, n]:,.4g} %"
            for s, n in at
            if over[s, n]
        )
        notes.append(
            f"{int(over.sum()):,} industries use inputs of more than "
            f"{100 * (1 - LEAST_VALUE_ADDED):g} % of their output; these were scaled down to it, "
            f"so that {amount((used - most)[over].sum())} {USD} went to final demand. "
            f"Worst: {worst}."
        )
    if idle.any():
        notes.append(
            f"{int(idle.sum()):,} industries sell nothing but use inputs, "
            f"{amount(used[idle].sum())} {USD}; these went to final demand."
        )
    scale = np.where(over, most / np.where(used > 0, used, 1.0), 1.0) * made
    per_output = scale / np.where(made, output, 1.0)
    share: Array = inputs * per_output.T[:, None, :]
    return share, 1.0 - share.sum(axis=1).T, over, notes


def _elasticities(
    table: SourceTable, asked: BuildOptions, history: dict[str, dict[str, list[str]]]
) -> Elasticities:
    """The elasticities of the labels; merged ones are means by foreign trade of their parts."""
    labels = table.labels
    if history:
        record = {"aggregated_from": {**history, "foreign_trade": dict(table.foreign)}}
        labels = replace(labels, provenance=MappingProxyType(record))
    return for_sectors(asked.elasticities, labels)


def _provenance(
    table: SourceTable,
    asked: BuildOptions,
    rate: float,
    chosen: Elasticities,
    history: dict[str, dict[str, list[str]]],
) -> dict[str, object]:
    about = table.about
    found: dict[str, object] = {
        "sources": [
            {
                "part": "trade, output, input and value-added shares",
                "source": about.title,
                "licence": about.licence,
                "status": "observed",
            },
            {
                "part": "import tariffs",
                "source": f"file {Path(asked.tariff).name}" if asked.tariff else "none",
                "licence": "given by the user" if asked.tariff else "",
                "status": "given" if asked.tariff else "zero: the table holds no tariffs",
            },
            {
                "part": "trade elasticities",
                "source": chosen.source,
                "licence": "figures from the sources named row by row",
                "status": chosen.describe(),
            },
        ],
        "elasticities": chosen.record(),
        "source_files": dict(table.files),
        "unit_of_source": about.unit,
        "usd_per_unit": rate,
        "made_by": f"countervail {VERSION}",
        "steps": [
            "purchases by sector, importer and exporter added up over all users",
            "inputs by region added up over all origins",
            "negative purchases and inputs set to zero, inputs kept below output",
            "value added = output less inputs; final demand = purchases less intermediate use",
        ],
        "limits": list(about.limits),
    }
    if history:
        found["aggregated_from"] = {
            "name": f"{about.title}, while it was read",
            **history,
            "foreign_trade": {
                part: table.foreign[part] for parts in history["sectors"].values() for part in parts
            },
        }
    return found
