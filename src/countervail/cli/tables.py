"""Tables that the command line shows for one outcome and one world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from countervail.brief import marks, terminal, text, views
from countervail.world.elasticity.elasticities import in_use
from countervail.world.trust import region_status

if TYPE_CHECKING:
    from countervail.equilibrium.outcome import Outcome


def outcome_rows(outcome: Outcome, top: int = 0) -> list[dict[str, Any]]:
    """One row per region, the most affected first; ``top`` rows, or all for 0."""
    names = outcome.world.labels.region_names
    frame = outcome.decomposition
    value = outcome.equivalent_variation.to_series()
    rows: list[dict[str, Any]] = [
        {
            "region": region,
            "name": names.get(region, region),
            "welfare_percent": float(frame.at[region, "welfare"]),
            "equivalent_variation_bn_usd": float(value[region] / 1000.0),
            "real_wage_percent": float(frame.at[region, "real_wage"]),
            "status": region_status(outcome.world, region),
        }
        for region in outcome.world.regions
    ]
    rows.sort(key=lambda row: -abs(row["welfare_percent"]))
    return rows[:top] if top > 0 else rows


def show_outcome(outcome: Outcome, top: int) -> None:
    """Print an outcome with what it holds for and how exact it is."""
    year = f" of {outcome.world.base_year}" if outcome.world.base_year else ""
    rows = outcome_rows(outcome, top)
    table = views.Table(
        f"Change of real income, world {outcome.world.name}",
        (
            views.Column("Region", "", False),
            views.Column("Real income", "percent"),
            views.Column("Worth", f"US$ bn{year}"),
            views.Column("Real wage", "percent"),
        ),
        tuple(
            (
                marks.marked(row["name"], row["status"]),
                text.number(row["welfare_percent"]),
                text.number(row["equivalent_variation_bn_usd"]),
                text.number(row["real_wage_percent"]),
            )
            for row in rows
        ),
    )
    terminal.show([table])
    typer.echo(f"\nClosure: {outcome.closure.describe()}.")
    typer.echo(f"Trade elasticities: {in_use(outcome.world).describe()}.")
    typer.echo(f"Certificate: {outcome.certificate}.")
    made = marks.legend(row["status"] for row in rows)
    if made:
        typer.echo(made)
    hidden = len(outcome.world.regions) - len(table.rows)
    if hidden > 0:
        are = "region is" if hidden == 1 else "regions are"
        typer.echo(f"{hidden} less affected {are} not shown (--top 0 shows all).")
