"""``countervail nash``: tariffs at which nobody gains by changing its own, or best for all."""

from __future__ import annotations

from pathlib import Path
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
    bounds_of,
    one_of,
    plain_world,
    some_names,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError, OutputError

if TYPE_CHECKING:
    import pandas as pd

    from countervail.leverage.games.cooperative import Cooperative
    from countervail.leverage.games.nash import Nash
    from countervail.world.core import World

    Result = Nash | Cooperative


_AGAINST = ("players", "all")
_PLAYERS = "Name regions or groups: --players USA,CAN,EU"


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
    seed: Seed = 0,
    rates: Annotated[
        bool, typer.Option("--rates", help="With --json or --csv: every rate, not the players.")
    ] = False,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    confirm_units: ConfirmUnits = False,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The tariffs of a trade war that has gone as far as it pays anybody (Nash)."""
    form = emit.one_format(as_json, as_csv)
    _possible(form, rates, cooperative, store)
    between, named = bounds_of(bounds, confirm_units), _named(players)
    one_of(vary, "--vary", VARY)
    one_of(against, "--against", _AGAINST)
    one_of(horizon, "--horizon", HORIZONS)
    taxed = some_names(sectors, "--sectors", "Name sectors or groups: food,mining.")
    import countervail as cv

    with emit.progress(quiet) as progress:
        asked: dict[str, Any] = {
            "vary": vary,
            "against": against,
            "sectors": taxed,
            "bounds": between,
            "closure": cv.Closure.of_horizon(horizon or "medium"),
            "seed": seed,
        }
        loaded = plain_world(world, elasticities, tariffs_as_of)
        found: Result
        if cooperative:
            found = cv.cooperative(loaded, named, **asked)
        else:
            found = _fought(loaded, named, store, progress, asked)
    if form == "table":
        _show(found, cooperative, against)
        return
    head = _head(found, cooperative)
    rows = _rates(found, taxed, against) if rates else _plain(found.table)
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


def _named(players: list[str] | None) -> list[str] | None:
    found = some_names(players, "--players", f"{_PLAYERS}, or leave it out: every region plays.")
    if found is not None and len(found) == 1:
        raise OptionError(
            f"--players {found[0]}: a game needs two players; {found[0]} alone is named.",
            f"{_PLAYERS}. For one alone: countervail optimal-tariff --by {found[0]}.",
        )
    return found


def _fought(
    world: World,
    players: list[str] | None,
    store: Path | None,
    progress: emit.Advance | None,
    asked: dict[str, Any],
) -> Nash:
    import countervail as cv

    try:
        return cv.nash(world, players, store=store, progress=progress, **asked)
    except OutputError as error:  # the one file that a game writes
        raise OutputError(error.cause, "Name a file that you may write: --store FILE.") from error


def _head(found: Result, cooperative: bool) -> dict[str, Any]:
    from countervail.world.elasticity.elasticities import in_use

    world = found.game.world
    return {
        "world": world.name,
        "base_year": world.base_year,
        "elasticities": in_use(world).name,
        "closure": found.game.closure.describe(),
        "tariffs": "cooperative" if cooperative else "nash",
        "horizon": found.game.closure.horizon,
    }


def _figures(found: Result) -> dict[str, Any]:
    return {
        "gap_percent": found.gap,
        "searches": found.searches,
        "solves": found.solves,
        "certificate": found.outcome.certificate.worst,
    }


def _show(found: Result, cooperative: bool, against: str) -> None:
    from countervail.brief import marks, terminal
    from countervail.world.elasticity.elasticities import in_use

    world = found.game.world
    terminal.show([_table(found, cooperative, against)])
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


def _title(found: Result, cooperative: bool, against: str) -> str:
    """What the tariffs are, on what, within which bounds, at which horizon."""
    from countervail.brief import numbers, text

    levers = found.game.levers
    low, high = (
        numbers.percent(100 * float(bound)) for bound in (levers.lower.min(), levers.upper.max())
    )
    what = "the tariffs best for all players together" if cooperative else "Nash tariffs"
    whose = "the other players" if against == "players" else "all other regions"
    return (
        f"{text.run_title(found.game.closure.horizon or '')}: {what} on goods of {whose}, between "
        f"{low} and {high}, and the change of real income (minus: loss)"
    )


def _table(found: Result, cooperative: bool, against: str) -> Any:
    from countervail.brief import marks, numbers, views
    from countervail.cli import columns
    from countervail.sheets.worlds import side_name

    world = found.game.world
    wide = not columns.narrow()
    year = f" of {world.base_year}" if world.base_year else ""
    status = _status(found)
    records = _plain(found.table)
    rows = sorted(zip(records, status, strict=True), key=lambda pair: pair[0]["welfare_percent"])
    return views.Table(
        _title(found, cooperative, against),
        (
            views.Column("Player", "", False),
            views.Column("Tariff now", "mean, %"),
            views.Column("Tariff", "mean, %"),
            views.Column("from", "%"),
            views.Column("to", "%"),
            views.Column("Real income", "change, %"),
            *([views.Column("", f"US$ bn{year}")] if wide else []),
        ),
        tuple(
            (
                marks.marked(side_name(world, [row["player"]]), made),
                *(numbers.fixed(row[key], 1) for key in _RATES),
                percent,
                *([amount] if wide else []),
            )
            for (row, made), percent, amount in zip(
                rows,
                columns.figures(row["welfare_percent"] for row, _ in rows),
                columns.figures((row["welfare_bn"] for row, _ in rows), 1),
                strict=True,
            )
        ),
        notes=(
            *(
                f"{side_name(world, [row['player']])} {row['note']}."
                for row, _ in rows
                if row["note"]
            ),
            *columns.left_out(),
        ),
    )


_RATES = ("tariff_before_percent", "tariff_percent", "lowest_percent", "highest_percent")


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, None for what it holds as missing (NaN)."""
    return [
        {key: None if value != value else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _rates(found: Result, taxed: list[str] | None, against: str) -> list[dict[str, Any]]:
    """Every rate, each with the sectors and partners that it is for."""
    from countervail.cli.columns import sectors_in_one

    every = {
        "sector": sectors_in_one(found.game.world, taxed),
        "partner": "other players" if against == "players" else "all others",
    }
    return [
        {**row, **{key: text for key, text in every.items() if row[key] == "all"}}
        for row in _plain(found.rates_table)
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
    from countervail.cli.columns import found_on_top

    size = found_on_top(found.gap or 0.0)
    if cooperative:
        return (
            f"{found.searches} fresh searches found at most {size} more joint real income. "
            "Nobody is compensated."
        )
    return (
        f"No player gains more than {size} of real income by any deviation that "
        f"{found.searches} fresh searches for each found."
    )
