"""``countervail capital``: who owns it, what its leaving costs, which projects wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.case import (
    CaseHorizon,
    CaseScenario,
    CaseWorld,
    case_of,
    fraction,
    plain_world,
    some_names,
)
from countervail.cli.options import Csv, ElasticityChoice, Json, Quiet, TariffsAsOf
from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.brief import views
    from countervail.channels.capital.positions import Positions
    from countervail.cli.case import Case

_BN = 1000.0
_WORLD = "world-2023"
_SHOWN = 12


@dataclass(frozen=True)
class _Left:
    """What it does to both sides when a part of what the origin owns leaves the host."""

    part: float
    stock_bn: float
    harm_percent: float
    harm_bn: float
    cost_percent: float
    cost_bn: float
    certificate: float


def capital(
    scenario: CaseScenario = None,
    world: CaseWorld = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", "--target", help="Whose capital it is; default: the scenario's protagonist."
        ),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            "--origin",
            "--coercer",
            help="Who withdraws: a region, group or list (USA,MEX); default: the scenario's "
            "coercer, or the largest owner.",
        ),
    ] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(help="The part that leaves, or a list: 10%,25%; default: 25 % (judgement)."),
    ] = None,
    positions: Annotated[
        str | None,
        typer.Option(
            help="Your own stocks: a CSV file with host, origin, year, value_musd "
            "(docs/capital.md); default: the scenario's, or the constructed ones."
        ),
    ] = None,
    projects: Annotated[
        bool,
        typer.Option(
            "--projects", help="Instead: the scenario's projects, and who can pay for them."
        ),
    ] = False,
    horizon: CaseHorizon = None,
    elasticities: ElasticityChoice = None,
    tariffs_as_of: TariffsAsOf = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Who owns a country's capital, what a withdrawal would cost, which projects wait for money."""
    form = emit.one_format(as_json, as_csv)
    owners = some_names(origin, "--origin", "Name a region or a group: --origin USA.")
    asked = some_names(withdraw, "--withdraw", "Name a part: --withdraw 25%.")
    parts = None if asked is None else [fraction(text, "--withdraw") for text in asked]
    if projects and scenario is None:
        raise OptionError(
            "--projects needs a scenario that names some.", "countervail capital canada-2026 ..."
        )
    if scenario is None and host is None:
        raise OptionError(
            "neither a scenario nor --host is given.",
            "Name a scenario (canada-2026), or whose capital it is: --host CAN.",
        )
    if scenario is None and owners is None and host is not None:
        owners = [_largest_owner(world or _WORLD, host, positions)]
    case = case_of(
        scenario,
        world=world,
        target=host,
        coercer=owners,
        horizon=horizon,
        elasticities=elasticities,
        tariffs_as_of=tariffs_as_of,
    )
    if projects:
        from countervail.cli.projects import projects_of

        projects_of(case, form, quiet)
    else:
        _owners(case, positions, parts, form, quiet)


def _largest_owner(world: str, host: str, file: str | None) -> str:
    """The region that has most in ``host``; the rest of the world is no owner that acts."""
    from countervail.channels.capital.positions import positions

    loaded = plain_world(world, None, None)
    region = loaded.labels.resolve_regions(host)[0]
    table = positions(loaded, file).table(region)
    named = [o for o in table.get("origin", []) if o != "ROW"]
    if not named:
        raise OptionError(
            f"no region of {loaded.name} has direct investment in {region}.",
            "Name who would withdraw: --origin USA, or bring stocks: --positions FILE.",
        )
    return str(named[0])


def _owners(
    case: Case, file: str | None, parts: list[float] | None, form: str, quiet: bool
) -> None:
    from countervail.channels.capital.positions import positions
    from countervail.channels.capital_withdrawal import divested

    if file is None and case.scenario is not None:
        file = case.scenario.file_named("positions")
    owned = positions(case.world, file)
    given = case.scenario.ladder.withdrawal if case.scenario is not None else None
    leaving = [divested(part) for part in parts] if parts else [divested(given or None)]
    with emit.progress(quiet) as progress:
        left = []
        for n, part in enumerate(leaving):
            if progress is not None:
                progress("withdrawal", n, len(leaving))
            left.append(_withdrawn(case, owned, part))
    if form == "json":
        emit.document(_document(case, owned, left))
    elif form == "csv":
        emit.rows([{**_head(case, owned), **row} for row in _holders(case, owned)], form)
    else:
        _show(case, owned, left)


def _withdrawn(case: Case, owned: Positions, part: float) -> _Left:
    from countervail.channels.capital_withdrawal import withdrawal_of
    from countervail.equilibrium.solve import solve
    from countervail.leverage.effect import effect

    taken = withdrawal_of(case.world, case.target, case.coercer, part, owned)
    outcome = solve(case.world, taken.shock, case.closure)
    harm, cost = effect(outcome, (case.target,)), effect(outcome, case.coercer)
    stock = sum(owned.stock(case.target, o) for o in case.coercer)
    return _Left(part, part * stock / _BN, *harm, *cost, outcome.certificate.worst)


def _head(case: Case, owned: Positions) -> dict[str, Any]:
    head = case.head()
    return {
        **{key: head[key] for key in ("world", "base_year", "elasticities", "closure")},
        "host": case.target,
        "origin_asked": "+".join(case.coercer),
        "stocks_of": owned.year,
    }


def _holders(case: Case, owned: Positions) -> list[dict[str, Any]]:
    return [
        {**row, "source": owned.source_of(case.target, str(row["origin"]))}
        for row in owned.table(case.target).to_dict("records")
    ]


def _document(case: Case, owned: Positions, left: list[_Left]) -> dict[str, Any]:
    from dataclasses import asdict

    n = case.world.regions.index(case.target)
    return {
        **_head(case, owned),
        "inward_bn": float(owned.inward[n]) / _BN,
        "outward_bn": float(owned.outward[n]) / _BN,
        "capital_bn": _capital_bn(case),
        "concentration": owned.concentration(case.target),
        "owners": _holders(case, owned),
        "withdrawals": [asdict(row) for row in left],
        "notes": list(owned.notes),
        "sources": list(owned.sources),
    }


def _capital_bn(case: Case) -> float:
    from countervail.channels.capital.investment import capital_stock

    n = case.world.regions.index(case.target)
    return float(capital_stock(case.world)[:, n].sum()) / _BN


def _show(case: Case, owned: Positions, left: list[_Left]) -> None:
    from countervail.brief import numbers, terminal, text

    rows = _holders(case, owned)
    terminal.show([_owner_table(case, owned, rows), _withdrawal_table(case, left)])
    n = case.world.regions.index(case.target)
    typer.echo("")
    emit.say(
        f"{numbers.capital(text.the(case.target_name))}: US$ {owned.inward[n] / _BN:,.0f} bn of "
        f"direct investment from abroad, US$ {owned.outward[n] / _BN:,.0f} bn abroad; capital "
        f"US$ {_capital_bn(case):,.0f} bn (constructed: years of product). Concentration of "
        f"owners {owned.concentration(case.target):.2f} (1: all from one)."
    )
    for note in owned.notes:
        emit.say(f"Note: {note}")
    emit.say(case.rests_on)
    emit.say(f"Trade elasticities: {case.elasticities}.")
    if left:
        worst = numbers.scientific(max(row.certificate for row in left))
        emit.say(f"Largest relative residual {worst}.")


def _owner_table(case: Case, owned: Positions, rows: list[dict[str, Any]]) -> views.Table:
    from countervail.brief import numbers, text, views
    from countervail.cli import columns

    shown = rows[:_SHOWN]
    year = f"end of {owned.year}" if owned.year else "year not said"
    stocks = columns.figures([row["stock_bn"] for row in shown], 1)
    shares = columns.figures([row["share_percent"] for row in shown], 1)
    parts = columns.figures([row["capital_percent"] for row in shown], 2)
    hidden = len(rows) - len(shown)
    are = "is" if hidden == 1 else "are"
    more = numbers.count(hidden, "smaller owner")
    notes = [f"{more} {are} not shown (--csv has all)."] if hidden else []
    return views.Table(
        f"Who has invested in {text.the(case.target_name)}, {year}",
        (
            views.Column("Owner", "", False),
            views.Column("Stock", "US$ bn"),
            views.Column("Of the inward stock", "%"),
            views.Column("Of its capital", "%"),
            views.Column("Status", "", False),
        ),
        tuple(
            (columns.region(case.world, str(row["origin"])), *figures, str(row["status"]))
            for row, *figures in zip(shown, stocks, shares, parts, strict=True)
        ),
        notes=tuple(notes),
    )


def _withdrawal_table(case: Case, left: list[_Left]) -> views.Table:
    from countervail.brief import numbers, text, views
    from countervail.cli import columns

    keys = ("harm_percent", "harm_bn", "cost_percent", "cost_bn")
    figures = [columns.figures([getattr(row, key) for row in left]) for key in keys]
    mine, theirs = case.target_name, case.coercer_name
    return views.Table(
        f"If a part of what {text.the(theirs)} owns leaves, {case.horizon} run",
        (
            views.Column("Part", "%"),
            views.Column("Leaves", "US$ bn"),
            views.Column(f"{mine} loses", "%"),
            views.Column("", case.unit),
            views.Column(f"{theirs} loses", "%"),
            views.Column("", case.unit),
        ),
        tuple(
            (numbers.number(100 * row.part), numbers.fixed(row.stock_bn, 1), *values)
            for row, *values in zip(left, *figures, strict=True)
        ),
        notes=(
            "What the owners earn elsewhere with what they take out is not counted: their loss "
            "is an upper bound. See: countervail explain capital-withdrawal.",
        ),
    )
