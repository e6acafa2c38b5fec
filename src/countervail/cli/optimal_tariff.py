"""``countervail optimal-tariff``: the import tariffs that are best for one region or group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import (
    CaseHorizon,
    CaseSectors,
    bounds_of,
    fraction,
    names_in,
    plain_world,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.leverage.games.optimal_tariff import OptimalTariff


def optimal_tariff(
    by: Annotated[str, typer.Option(help="The region or group that sets the tariffs.")],
    against: Annotated[
        str | None, typer.Option(help="Partners that are taxed; default: everybody else.")
    ] = None,
    vary: Annotated[
        str, typer.Option(help="uniform, sector, partner, or both (by sector and partner).")
    ] = "both",
    world: Annotated[str, typer.Option(help="A bundled world or the path of a world file.")] = (
        "world-2023"
    ),
    sectors: CaseSectors = None,
    bounds: Annotated[str, typer.Option(help="Between which each rate lies: 0..400%.")] = (
        "0..400%"
    ),
    favour: Annotated[
        list[str] | None,
        typer.Option(
            help="SECTORS=WEIGHT: their income counts that much more (food=50%). Repeatable."
        ),
    ] = None,
    horizon: CaseHorizon = None,
    searches: Annotated[int, typer.Option(help="Fresh searches that test the answer.")] = 2,
    seed: Annotated[int, typer.Option(help="For the starts of the fresh searches.")] = 0,
    top: Annotated[int, typer.Option(help="Rates shown, most trade first; 0 for all.")] = 15,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Which import tariffs serve a region best, if nobody answers."""
    form = emit.one_format(as_json, as_csv)
    between, weights = bounds_of(bounds), _weights(favour)
    import countervail as cv

    found = cv.optimal_tariff(
        plain_world(world, elasticities, tariffs_as_of),
        names_in(by),
        None if against is None else names_in(against),
        vary=vary,  # type: ignore[arg-type]
        sectors=None if sectors is None else names_in(sectors),
        bounds=between,
        favour=weights,
        closure=cv.Closure.of_horizon(horizon or "medium"),
        searches=searches,
        seed=seed,
    )
    if form == "csv":
        head = _head(found)
        emit.rows([{**head, **row} for row in found.table.to_dict("records")], form)
    elif form == "json":
        emit.document({**_head(found), **_figures(found), "rates": found.table.to_dict("records")})
    else:
        _show(found, top)


def _weights(favour: list[str] | None) -> dict[str, float]:
    found = {}
    for text in favour or []:
        name, equals, weight = text.rpartition("=")
        if not equals or not name:
            raise OptionError(
                f"--favour {text!r} cannot be read.", "Write SECTORS=WEIGHT: food=50%."
            )
        found[name] = fraction(weight, "--favour")
    return found


def _head(found: OptimalTariff) -> dict[str, Any]:
    from countervail.world.elasticity.elasticities import in_use

    world = found.outcome.world
    return {
        "world": world.name,
        "base_year": world.base_year,
        "elasticities": in_use(world).name,
        "closure": found.outcome.closure.describe(),
        "by": "+".join(found.by),
    }


def _figures(found: OptimalTariff) -> dict[str, Any]:
    return {
        "gain_percent": found.gain_percent,
        "gain_bn": found.gain_bn,
        "closed_form_tariff": found.closed_form,
        "gap_percent": found.gap,
        "searches": found.searches,
        "certificate": found.outcome.certificate.worst,
    }


def _show(found: OptimalTariff, top: int) -> None:
    from countervail.brief import numbers, terminal, views
    from countervail.world.elasticity.elasticities import in_use

    world = found.outcome.world
    table = found.table.sort_values("imports_bn", ascending=False, kind="stable")
    shown = table if top <= 0 else table.head(top)
    year = f" of {world.base_year}" if world.base_year else ""
    more = len(table) - len(shown)
    terminal.show(
        [
            views.Table(
                f"The import tariffs that are best for {'+'.join(found.by)}, most trade first",
                (
                    views.Column("Sector", "", False),
                    views.Column("Partner", "", False),
                    views.Column("Tariff", "%"),
                    views.Column("in the base", "%"),
                    views.Column("Imports", f"US$ bn{year}"),
                ),
                tuple(
                    (
                        str(row["sector"]).replace("-", " "),
                        row["partner"],
                        numbers.fixed(row["tariff_percent"], 1),
                        numbers.fixed(row["base_tariff_percent"], 1),
                        numbers.fixed(row["imports_bn"], 1),
                    )
                    for row in shown.to_dict("records")
                ),
                notes=(f"{more} more rates; --top 0 shows all.",) if more > 0 else (),
            )
        ]
    )
    typer.echo(
        f"\nGain, if nobody answers: {numbers.percent(found.gain_percent)} of real income "
        f"(US$ {numbers.number(found.gain_bn)} bn{year}). One tariff for all by the formula for "
        f"one factor: {numbers.percent(100 * found.closed_form)}."
    )
    typer.echo(f"World {world.name}; closure: {found.outcome.closure.describe()}.")
    typer.echo(f"Trade elasticities: {in_use(world).describe()}.")
    if found.searches:
        said = f"{found.searches} fresh searches found at most {found.gap:.0e} % more"
    else:
        said = "No fresh search tested this"
    typer.echo(
        f"{said} ({found.solves} equilibria solved); largest relative residual "
        f"{found.outcome.certificate.worst:.1e}."
    )
