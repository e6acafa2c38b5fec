"""``countervail nash``: tariffs at which nobody gains by changing its own, or best for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import CaseHorizon, CaseSectors, bounds_of, names_in, plain_world
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from countervail.leverage.games.cooperative import Cooperative
    from countervail.leverage.games.nash import Nash

    Result = Nash | Cooperative


def nash(
    players: Annotated[
        list[str] | None,
        typer.Option(
            help="Regions or groups that set tariffs, as a list (USA,CAN,EU); a group acts as one "
            "customs union. Default: every region."
        ),
    ] = None,
    against: Annotated[
        str, typer.Option(help="Whose goods are taxed: those of the other players, or of all.")
    ] = "players",
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
    horizon: CaseHorizon = None,
    store: Annotated[
        Path | None,
        typer.Option(help="A file that keeps an interrupted search; the same command goes on."),
    ] = None,
    cooperative: Annotated[
        bool, typer.Option("--cooperative", help="The tariffs best for all together instead.")
    ] = False,
    seed: Annotated[int, typer.Option(help="For the starts of the fresh searches.")] = 0,
    rates: Annotated[
        bool, typer.Option("--rates", help="With --json or --csv: every rate, not the players.")
    ] = False,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The tariffs of a trade war that has gone as far as it pays anybody (Nash)."""
    form = emit.one_format(as_json, as_csv)
    _possible(form, rates, cooperative, store)
    between = bounds_of(bounds)
    import countervail as cv

    with emit.progress(quiet) as progress:
        asked: dict[str, Any] = {
            "vary": vary,
            "against": against,
            "sectors": None if sectors is None else names_in(sectors),
            "bounds": between,
            "closure": cv.Closure.of_horizon(horizon or "medium"),
            "seed": seed,
        }
        loaded = plain_world(world, elasticities, tariffs_as_of)
        named = names_in(players) or None
        found: Result
        if cooperative:
            found = cv.cooperative(loaded, named, **asked)
        else:
            found = cv.nash(loaded, named, store=store, progress=progress, **asked)
    if form == "table":
        _show(found, cooperative)
        return
    head = _head(found, cooperative)
    rows = _plain(found.rates_table if rates else found.table)
    if form == "csv":
        emit.rows([{**head, **row} for row in rows], form)
    else:
        emit.document({**head, **_figures(found), "rates" if rates else "players": rows})


def _possible(form: str, rates: bool, cooperative: bool, store: Path | None) -> None:
    if rates and form == "table":
        raise OptionError("--rates lists thousands of lines.", "Add --json or --csv.")
    if cooperative and store is not None:
        raise OptionError(
            "--store keeps a Nash search; --cooperative is another one.", "Leave one of them out."
        )


def _head(found: Result, cooperative: bool) -> dict[str, Any]:
    from countervail.world.elasticity.elasticities import in_use

    world = found.game.world
    return {
        "world": world.name,
        "base_year": world.base_year,
        "elasticities": in_use(world).name,
        "closure": found.game.closure.describe(),
        "tariffs": "cooperative" if cooperative else "nash",
    }


def _figures(found: Result) -> dict[str, Any]:
    return {
        "gap_percent": found.gap,
        "searches": found.searches,
        "solves": found.solves,
        "certificate": found.outcome.certificate.worst,
    }


def _show(found: Result, cooperative: bool) -> None:
    from countervail.brief import marks, terminal
    from countervail.world.elasticity.elasticities import in_use

    world = found.game.world
    terminal.show([_table(found, cooperative)])
    typer.echo("\n" + _said(found, cooperative))
    typer.echo(f"World {world.name}; closure: {found.game.closure.describe()}.")
    typer.echo(f"Trade elasticities: {in_use(world).describe()}.")
    typer.echo(
        f"{found.solves:,} equilibria solved; largest relative residual "
        f"{found.outcome.certificate.worst:.1e}."
    )
    made = marks.legend(_status(found))
    if made:
        typer.echo(made)


def _table(found: Result, cooperative: bool) -> Any:
    from countervail.brief import marks, numbers, views

    world = found.game.world
    names = world.labels.region_names
    year = f" of {world.base_year}" if world.base_year else ""
    status = _status(found)
    records = _plain(found.table)
    rows = sorted(zip(records, status, strict=True), key=lambda pair: pair[0]["welfare_percent"])
    return views.Table(
        "The tariffs best for all players together" if cooperative else "Nash tariffs",
        (
            views.Column("Player", "", False),
            views.Column("Tariff now", "mean, %"),
            views.Column("Tariff", "mean, %"),
            views.Column("from", "%"),
            views.Column("to", "%"),
            views.Column("Real income", "percent"),
            views.Column("", f"US$ bn{year}"),
        ),
        tuple(
            (
                marks.marked(names.get(row["player"], row["player"]), made),
                *(numbers.fixed(row[key], 1) for key in _RATES),
                numbers.fixed(row["welfare_percent"]),
                numbers.fixed(row["welfare_bn"], 1),
            )
            for row, made in rows
        ),
        notes=tuple(
            f"{row['player']} {row['note']}."
            for row in found.table.to_dict("records")
            if row["note"]
        ),
    )


_RESOLVED = 1e-8  # percent: searches say nothing below it
_RATES = ("tariff_before_percent", "tariff_percent", "lowest_percent", "highest_percent")


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, None for what it holds as missing (NaN)."""
    return [
        {key: None if value != value else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _status(found: Result) -> list[str]:
    """What most of a player's data are; a union's parts are not marked."""
    from countervail.world.trust import region_status

    return [
        region_status(found.game.world, player.regions[0]) if len(player.regions) == 1 else ""
        for player in found.game.players
    ]


def _said(found: Result, cooperative: bool) -> str:
    """How hard the answer was tested."""
    gap = max(found.gap or 0.0, 0.0)
    size = f"{gap:.0e} %" if gap > _RESOLVED else f"{_RESOLVED:.0e} %"
    if cooperative:
        return (
            f"{found.searches} fresh searches found at most {size} more joint real income. "
            "Nobody is compensated."
        )
    return (
        f"No player gains more than {size} of real income by any deviation that "
        f"{found.searches} fresh searches for each found."
    )
