"""``countervail optimal-tariff``: the import tariffs that are best for one region or group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import (
    HORIZONS,
    VARY,
    CaseHorizon,
    CaseSectors,
    ConfirmUnits,
    Seed,
    asked_units,
    bounds_of,
    fraction,
    one_of,
    plain_world,
    some_names,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.leverage.games.optimal_tariff import OptimalTariff
    from countervail.world.core import World

_LISTED = 3  # labels that one cell can hold
_OTHERS = "all others"


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
    searches: Annotated[int, typer.Option(min=0, help="Fresh searches that test the answer.")] = 2,
    seed: Seed = 0,
    top: Annotated[int, typer.Option(min=0, help="Rates shown, most trade first; 0 for all.")] = 15,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: ConfirmUnits = False,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Which import tariffs serve a region best, if nobody answers."""
    form = emit.one_format(as_json, as_csv)
    between, weights = bounds_of(bounds, confirm_units), _weights(favour, confirm_units)
    one_of(vary, "--vary", VARY)
    one_of(horizon, "--horizon", HORIZONS)
    setters = some_names(by, "--by", "Name a region or a group: --by EU.") or []
    partners = some_names(against, "--against", "Name regions or groups, or leave it out: all.")
    taxed = some_names(sectors, "--sectors", "Name sectors or groups: food,mining.")
    import countervail as cv

    with emit.progress(quiet) as progress:
        if progress is not None:
            progress("search", 0, 1)
        found = cv.optimal_tariff(
            plain_world(world, elasticities, tariffs_as_of),
            setters,
            partners,
            vary=vary,  # type: ignore[arg-type]
            sectors=taxed,
            bounds=between,
            favour=weights,
            closure=cv.Closure.of_horizon(horizon or "medium"),
            searches=searches,
            seed=seed,
        )
        if progress is not None:
            progress("search", 1, 1)
    if form == "csv":
        head = _head(found)
        shown = {**head, "sectors": ",".join(found.sectors), "against": "+".join(found.against)}
        shown |= {"bounds": "..".join(f"{b:g}" for b in found.bounds)}
        shown |= {"favour": ",".join(f"{k}={v:g}" for k, v in found.favour.items())}
        emit.rows([{**shown, **row} for row in _rates(found, taxed, partners)], form)
    elif form == "json":
        rates = _rates(found, taxed, partners)
        emit.document({**_head(found), **_figures(found), "rates": rates})
    else:
        _show(found, setters, taxed, partners, top)


def _weights(favour: list[str] | None, confirm_units: bool) -> dict[str, float]:
    found = {}
    for text in favour or []:
        name, equals, weight = text.rpartition("=")
        if not equals or not name:
            raise OptionError(
                f"--favour {text!r} cannot be read.", "Write SECTORS=WEIGHT: food=50%."
            )
        found[name] = fraction(weight, "--favour")
        asked_units(found[name], f"--favour {text}", confirm_units)
    return found


def _head(found: OptimalTariff) -> dict[str, Any]:
    from countervail.world.elasticity.elasticities import in_use

    world = found.outcome.world
    return {
        "world": world.name,
        "base_year": world.base_year,
        "elasticities": in_use(world).name,
        "closure": found.outcome.closure.describe(),
        "horizon": found.outcome.closure.horizon,
        "by": "+".join(found.by),
        "against": list(found.against),
        "vary": found.vary,
        "sectors": list(found.sectors),
        "bounds": list(found.bounds),
        "favour": dict(found.favour),
    }


def _figures(found: OptimalTariff) -> dict[str, Any]:
    return {
        "gain_percent": found.gain_percent,
        "gain_bn": found.gain_bn,
        "weighted_gain_percent": found.weighted_gain_percent,
        "closed_form_tariff": found.closed_form,
        "gap_percent": found.gap,
        "searches": found.searches,
        "certificate": found.outcome.certificate.worst,
    }


def _rates(
    found: OptimalTariff, sectors: list[str] | None, partners: list[str] | None
) -> list[dict[str, Any]]:
    """The rates, each with the sectors and partners that it is for, by label."""
    from countervail.cli.columns import sectors_in_one

    every = {
        "sector": _few(found.sectors) or sectors_in_one(found.outcome.world, sectors),
        "partner": _few(found.against) or "+".join(partners or [_OTHERS]),
    }
    return [
        {**row, **{key: text for key, text in every.items() if row[key] == "all"}}
        for row in found.table.to_dict("records")
    ]


def _few(labels: Sequence[str]) -> str:
    return "+".join(labels) if len(labels) <= _LISTED else ""


def _partner(world: World, label: str) -> str:
    """The partners that a rate is for, by name: "China (CHN)", "European Union"."""
    from countervail.cli.columns import regions
    from countervail.sheets.worlds import side_name

    if label == _OTHERS:
        return label
    return ", ".join(
        regions(world, [one]) if one in world.regions else side_name(world, [one])
        for one in label.split("+")
    )


def _show(
    found: OptimalTariff,
    setters: list[str],
    sectors: list[str] | None,
    partners: list[str] | None,
    top: int,
) -> None:
    from countervail.brief import numbers, terminal, text
    from countervail.cli.columns import found_on_top
    from countervail.sheets.worlds import constructed_line, constructed_names, side_name
    from countervail.world.elasticity.elasticities import in_use

    world = found.outcome.world
    year = f" of {world.base_year}" if world.base_year else ""
    rows = sorted(_rates(found, sectors, partners), key=lambda row: -row["imports_bn"])
    who = text.the(side_name(world, setters))
    terminal.show([_table(found, rows, who, top)])
    low, high = (numbers.percent(100 * bound) for bound in found.bounds)
    typer.echo(
        f"\nChange of real income, if nobody answers: {numbers.percent(found.gain_percent)} "
        f"(US$ {numbers.number(found.gain_bn)} bn{year}); minus: a loss."
    )
    if found.favour:
        typer.echo(
            f"What was maximised counts {_favoured(found)}: it rises by "
            f"{numbers.percent(found.weighted_gain_percent)}."
        )
    typer.echo(
        f"Rates lie between {low} and {high}. One tariff for all by the formula for one factor: "
        f"{numbers.percent(100 * found.closed_form)}."
    )
    typer.echo(f"World {world.name}; closure: {found.outcome.closure.describe()}.")
    typer.echo(f"Trade elasticities: {in_use(world).describe()}.")
    if found.gap is None:
        said = "No fresh search tested this"
    else:
        tests = numbers.count(found.searches, "fresh search", "fresh searches")
        said = f"{tests} found at most {found_on_top(found.gap)} more"
    typer.echo(
        f"{said} ({found.solves} equilibria solved); largest relative residual "
        f"{found.outcome.certificate.worst:.1e}."
    )
    made = constructed_line(world, found.by[0], found.against) if len(found.by) == 1 else ""
    if len(found.by) > 1 and (constructed := constructed_names(world)):
        economies = numbers.count(len(constructed), "economy", "economies")
        made = f"{economies} of this world, with sectors that come from priors."
    if made:
        typer.echo(f"Constructed data: {made}")


def _favoured(found: OptimalTariff) -> str:
    """The political weights in words: "a dollar earned in food 1.5 times"."""
    return ", ".join(
        f"a dollar earned in {name.replace('-', ' ')} {1 + weight:g} times"
        for name, weight in found.favour.items()
    )


def _table(found: OptimalTariff, rows: list[dict[str, Any]], who: str, top: int) -> Any:
    from countervail.brief import numbers, text, views

    world = found.outcome.world
    year = f" of {world.base_year}" if world.base_year else ""
    shown = rows if top == 0 else rows[:top]
    more = len(rows) - len(shown)
    goal = f" (counting {_favoured(found)})" if found.favour else ""
    run = text.run_title(found.outcome.closure.horizon or "")
    return views.Table(
        f"{run}: the import tariffs that are best for {who}{goal}, most trade first",
        (
            views.Column("Sector", "", False),
            views.Column("Partner", "", False),
            views.Column("Tariff", "%"),
            views.Column("in the base", "%"),
            views.Column("Imports", f"US$ bn{year}"),
        ),
        tuple(
            (
                row["sector"].replace("-", " ").replace("+", ", "),
                _partner(world, row["partner"]),
                numbers.fixed(row["tariff_percent"], 1),
                numbers.fixed(row["base_tariff_percent"], 1),
                numbers.fixed(row["imports_bn"], 1),
            )
            for row in shown
        ),
        notes=(f"{more} more rates; --top 0 shows all.",) if more > 0 else (),
    )
