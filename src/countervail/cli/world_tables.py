"""What ``worlds show`` prints: regions by income, sectors by output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countervail.brief import text, views
from countervail.world.totals import foreign_flows

if TYPE_CHECKING:
    from countervail.world.core import World


def summary(world: World) -> dict[str, Any]:
    """The world as plain JSON values: labels, key figures, provenance, report."""
    return {
        "name": world.name,
        "base_year": world.base_year,
        "digest": world.digest,
        "unit": "million USD",
        "regions": _regions(world),
        "sectors": _sectors(world),
        "provenance": dict(world.provenance),
        "report": world.report.lines(),
    }


def world_tables(world: World) -> list[views.Table]:
    """Regions and sectors of a world, largest first."""
    year = f" of {world.base_year}" if world.base_year else ""
    regions = views.Table(
        f"{world.name}: {len(world.regions)} regions, by income",
        (
            views.Column("Region", "", False),
            views.Column("Income", f"US$ bn{year}"),
            views.Column("Imports", "percent of income"),
            views.Column("Transfer from abroad", "percent of income"),
        ),
        tuple(
            (
                f"{row['region']} {row['name']}",
                text.number(row["income"] / 1e3, 3),
                text.number(row["imports_percent"], 3),
                text.number(row["transfer_percent"], 2),
            )
            for row in _regions(world)
        ),
    )
    sectors = views.Table(
        f"{len(world.sectors)} sectors, by output",
        (
            views.Column("Sector", "", False),
            views.Column("Name", "", False),
            views.Column("Output", f"US$ bn{year}"),
            views.Column("Traded", "percent of output"),
            views.Column("Trade elasticity"),
        ),
        tuple(
            (
                row["sector"],
                row["name"],
                text.number(row["output"] / 1e3, 3),
                text.number(row["traded_percent"], 2),
                f"{row['elasticity']:g}",
            )
            for row in _sectors(world)
        ),
    )
    return [regions, sectors]


def _regions(world: World) -> list[dict[str, Any]]:
    a, names = world.arrays, world.labels.region_names
    abroad = foreign_flows(world)
    rows = [
        {
            "region": r,
            "name": names.get(r, r),
            "income": float(a.income[n]),
            "imports_percent": float(100 * abroad[:, n, :].sum() / a.income[n]),
            "transfer_percent": float(100 * a.transfer[n] / a.income[n]),
        }
        for n, r in enumerate(world.regions)
    ]
    return sorted(rows, key=lambda row: -float(str(row["income"])))


def _sectors(world: World) -> list[dict[str, Any]]:
    a, names = world.arrays, world.labels.sector_names
    abroad = foreign_flows(world)
    output = a.output.sum(1)
    rows = [
        {
            "sector": s,
            "name": names.get(s, s),
            "output": float(output[k]),
            "traded_percent": float(100 * abroad[k].sum() / output[k]) if output[k] > 0 else None,
            "elasticity": float(a.elasticity[k]),
        }
        for k, s in enumerate(world.sectors)
    ]
    return sorted(rows, key=lambda row: -float(str(row["output"])))
