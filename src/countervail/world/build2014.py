"""The 2014 world from the World Input-Output Database in the Caliendo-Parro arrangement.

The source file holds trade at border values, 1 + tariff, input shares of
materials and value-added shares for 43 countries, the rest of the world and 50
sectors. Inventories are folded into final demand; the base is then closed by
``World.from_flows``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from countervail.errors import WorldFileError
from countervail.version import VERSION
from countervail.world import registry
from countervail.world.arrays import Array
from countervail.world.calibrate import world_from_flows
from countervail.world.core import World
from countervail.world.formats import Progress
from countervail.world.npz import read_arrays
from countervail.world.status import OBSERVED, UPDATED, CellStatus
from countervail.world.tariffs.rates import by_sector_and_partner

NAME = "world-2014"
YEAR = 2014
_KEYS = {
    "Z_fob_jni": ("sector", "region", "region"),
    "tau_jni": ("sector", "region", "region"),
    "gamma_n_in_out": ("region", "sector", "sector"),
    "beta_jn": ("sector", "region"),
    "inventory_jn": ("sector", "region"),
}
_LARGEST = 64 * 1024 * 1024
_HIGH_TARIFF = 1.0

_SOURCES = (
    {
        "part": "trade, output, input and value-added shares",
        "source": "Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015), Review of International "
        "Economics 23(3), 575-605: World Input-Output Database, 2016 release, year 2014",
        "licence": "Creative Commons Attribution 4.0 (known of the source, not re-read)",
        "status": "observed",
    },
    {
        "part": "arrangement for Caliendo-Parro models",
        "source": "Felbermayr, Groeschl & Heiland (2022)",
        "licence": "none stated; what is used are the tables that it arranges",
        "status": "observed, re-oriented: the published tariff matrix was found transposed",
    },
    {
        "part": "applied tariffs 2014, goods sectors",
        "source": "means by importer and sector and by importer and partner, computed from the "
        "arrangement above, which derives from UNCTAD TRAINS; no cell of it is in this world",
        "licence": "own computation (TRAINS asks for acknowledgement and does not allow its data "
        "to be passed on)",
        "status": "updated: computed from observed rates",
    },
    {
        "part": "final demand",
        "source": "what purchases leave after intermediate use, inventories included",
        "licence": "own computation",
        "status": "adjusted",
    },
    {
        "part": "trade elasticities",
        "source": "Caliendo & Parro (2015), Review of Economic Studies 82(1), 1-44; mapping to "
        "sectors and caps are judgement, said row by row in data/elasticities.csv",
        "licence": "figures from a published article",
        "status": "read, partly judgement",
    },
)


_DUST = 1e-12


def build_wiod2014(path: str | os.PathLike[str], progress: Progress | None = None) -> World:
    """The 2014 world (44 regions x 50 sectors) from the ``.npz`` source file at ``path``.

    ``progress`` is told each step. Raises ``WorldFileError`` where the file is
    missing, is not the source, lacks an array or has one of another shape, and what
    ``World.from_flows`` raises. The report says what moved and which oddities of the
    source were kept.
    """
    tell = progress or (lambda what, done: None)
    tell("reading the source", 0.0)
    source = read_arrays(
        Path(path), (*_KEYS, "iso", "isic4"), _LARGEST, partial(_not_the_source, path)
    )
    regions = [str(x) for x in source["iso"]]
    sectors = _slugs([str(x) for x in source["isic4"]])
    shape = {"region": len(regions), "sector": len(sectors)}
    for key, dims in _KEYS.items():
        wanted = tuple(shape[d] for d in dims)
        if source[key].shape != wanted:
            raise _not_the_source(path, f"{key} has shape {source[key].shape}, not {wanted}")
    tariff: Array = source["tau_jni"] - 1.0
    elasticity = {label: row.value for label, row in registry.elasticities().items()}

    flows, dust = _without_dust(source["Z_fob_jni"])
    rates = by_sector_and_partner(tariff, flows)
    home = range(len(regions))
    rates[:, home, home] = tariff[:, home, home]  # counted, then set to zero, on the way in
    notes = _oddities(source, tariff, rates, flows, regions, sectors)
    if dust:
        notes.append(f"{dust:,} flows below {_DUST:g} of their market were set to zero.")

    tell("closing the accounts", 0.3)
    world = world_from_flows(
        flows,
        rates,
        source["gamma_n_in_out"],
        source["beta_jn"],
        elasticity,
        regions,
        sectors,
        export_tax=None,
        name=NAME,
        base_year=YEAR,
        region_groups=None,
        sector_groups=None,
        region_names=None,
        sector_names=None,
        provenance=_provenance(Path(path), regions),
        confirm_units=False,
        notes=notes,
    )
    tell("done", 1.0)
    return World(world.labels, world.arrays, world.report, _status(world))


def _status(world: World) -> CellStatus:
    """Flows and costs are observed; rates of goods are computed from observed ones."""
    goods = world.arrays.tariff.any(axis=(1, 2))
    seen = CellStatus.observed(len(world.sectors), len(world.regions))
    tariff = np.zeros_like(seen.tariff)
    tariff[goods] = UPDATED
    tariff[:, range(len(world.regions)), range(len(world.regions))] = OBSERVED
    return CellStatus(seen.flows, tariff, seen.costs)


def _without_dust(flows: Array) -> tuple[Array, int]:
    """The flows without residues of the source's own balancing, and how many there were."""
    market = flows.sum(axis=2, keepdims=True)
    dust = (flows > 0) & (flows < _DUST * market)
    return np.where(dust, 0.0, flows), int(dust.sum())


def _not_the_source(path: object, what: str) -> WorldFileError:
    return WorldFileError(
        f"{path} is not the wiod-2014 source: {what}.",
        "Give the .npz arrangement of WIOD 2014 (44 regions x 50 sectors) with the arrays "
        f"{', '.join(_KEYS)}, iso and isic4.",
    )


def _slugs(codes: list[str]) -> list[str]:
    by_code = {entry.isic4: label for label, entry in registry.sectors().items()}
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        raise WorldFileError(
            f"the source has sectors that the registry does not know: {', '.join(unknown[:8])}.",
            "Add them to data/sectors.csv.",
        )
    return [by_code[code] for code in codes]


def _provenance(path: Path, regions: list[str]) -> dict[str, object]:
    return {
        "sources": [dict(source) for source in _SOURCES],
        "source_file": {
            "name": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        },
        "made_by": f"countervail {VERSION}",
        "steps": [
            "flows below 1e-12 of their market (residues of balancing) set to zero",
            "tariff = source factor - 1; tariffs at home set to zero",
            "tariffs replaced by a rate per importer and sector times a factor per importer and "
            "partner, with the same revenue in every sector and from every partner",
            "input shares = shares of materials x (1 - value-added share)",
            "output implied by sales, so that changes in inventories are part of final demand",
            "negative final demand set to zero and the economy solved once with no shock",
        ],
        "limits": [
            "mining holds oil, gas, coal and metal ores together",
            "services bear no tariffs in the data",
            "the Gulf states and all countries not listed are inside ROW",
            "tariffs are applied rates of 2014, before USMCA and the measures from 2018 on",
        ],
        "regions_listed": len(regions) - 1,
    }


def _oddities(
    source: Mapping[str, Any],
    tariff: Array,
    rates: Array,
    flows: Array,
    regions: list[str],
    sectors: list[str],
) -> list[str]:
    abroad = ~np.eye(len(regions), dtype=bool)
    high = np.argwhere((rates > _HIGH_TARIFF) & abroad)
    order = sorted((tuple(int(i) for i in at) for at in high), key=lambda at: -rates[at])
    worst = ", ".join(
        f"{regions[n]} on {sectors[s]} from {regions[i]} {100 * rates[s, n, i]:.0f} %"
        for s, n, i in order[:5]
    )
    trade = np.where(abroad, flows, 0.0)[tariff.any(axis=(1, 2))]
    moved = np.abs(np.where(abroad, rates - tariff, 0.0))[tariff.any(axis=(1, 2))]
    stock = float(np.abs(source["inventory_jn"]).sum())
    return [
        "Tariffs are one rate per importer and sector times one factor per importer and partner: "
        f"{100 * (trade * moved).sum() / trade.sum():.2f} points from the source's cells on "
        "average, none in the mean of any pair or of any importer's sector.",
        f"{len(order):,} tariffs are above 100 %: {worst}.",
        f"Changes in inventories, {stock:,.0f} million USD in absolute terms, are part of final "
        "demand.",
    ]
