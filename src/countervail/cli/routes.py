"""``countervail routes``: ways of oil and gas to market, and what a coercer can stop of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.options import Csv, Json, Quiet

if TYPE_CHECKING:
    from countervail.brief import views
    from countervail.channels.routes.network import Routes
    from countervail.channels.routes.report import RouteReport

_BN = 1000.0
_MOST = 10


def routes(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A bundled scenario (canada-2026) or the path of a TOML file, which names the "
            "coercer and, where it has them, its own routes.",
        ),
    ] = None,
    network: Annotated[
        str, typer.Option(help="canada-oil, canada-gas, world-lng, one of your own, or all.")
    ] = "all",
    coercer: Annotated[
        str | None,
        typer.Option(help="Countries as ISO3 codes (USA,MEX); default: the scenario's, or USA."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Count only what these countries supply (QAT); default: all."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(help="Your own networks: a folder with nodes.csv and edges.csv."),
    ] = None,
    interdict: Annotated[
        int, typer.Option(min=0, max=6, help="Up to how many edges are taken out at once.")
    ] = 3,
    close: Annotated[
        str | None, typer.Option(help="Edges or passages that are shut, a list: hormuz.")
    ] = None,
    with_edges: Annotated[
        str | None,
        typer.Option("--with", help="Planned edges to take as built, a list: lng-canada-2."),
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Ways of oil and gas to market: what can flow, what a coercer can stop, what would help."""
    from countervail.channels.routes.network import read_routes
    from countervail.channels.routes.report import route_report
    from countervail.cli.case import some_names

    form = emit.one_format(as_json, as_csv)
    against = some_names(coercer, "--coercer", "Name countries: --coercer USA.")
    sources = some_names(source, "--source", "Name countries: --source QAT.")
    shut = some_names(close, "--close", "Name an edge or a passage: --close hormuz.") or []
    built = some_names(with_edges, "--with", "Name planned edges: --with lng-canada-2.") or []
    if scenario is not None:
        from countervail.scenario.read import read_scenario

        found = read_scenario(scenario)
        against = against or _countries(found.coercer)
        file = file or found.file_named("routes")
    known = read_routes(file)
    chosen = list(known) if network == "all" else [known[network].id]
    reports = []
    with emit.progress(quiet) as progress:
        for n, name in enumerate(chosen):
            if progress is not None:
                progress("routes", n, len(chosen), shown=name)
            here = known[name]
            if network == "all" and sources and not set(sources) <= set(here.suppliers):
                continue
            reports.append(
                route_report(
                    here,
                    against or ("USA",),
                    sources=sources,
                    added=_here(known, built, name, network),
                    closed=_here(known, shut, name, network),
                    budgets=range(interdict + 1),
                )
            )
    if not reports:
        from countervail.errors import OptionError

        raise OptionError(
            f"no network has supplies in {source}.",
            f"They are in: {', '.join(sorted({c for n in known.values() for c in n.suppliers}))}.",
        )
    if form == "json":
        emit.document([_document(report) for report in reports])
    elif form == "csv":
        emit.rows([row for report in reports for row in _edges(report)], form)
    else:
        for report in reports:
            _show(report, shut, built)


def _here(known: Routes, names: list[str], network: str, asked: str) -> list[str]:
    """Those of ``names`` that the network has; where one was asked for, all of them."""
    if asked != "all":
        return names
    from countervail.errors import UnknownLabelError, nearest

    everywhere = {n.id: {e.id for e in n.edges} | n.passages for n in known.values()}
    for name in names:
        if not any(name in held for held in everywhere.values()):
            labels = sorted(set().union(*everywhere.values()))
            raise UnknownLabelError(
                f"no network has an edge or passage {name!r}.", nearest(name, labels)
            )
    return [name for name in names if name in everywhere[network]]


def _countries(names: tuple[str, ...]) -> list[str]:
    """The ISO3 codes of countries and groups that a scenario names."""
    from countervail.world import registry

    known = registry.regions()
    return [
        code
        for name in names
        for code in ([name] if name in known else [c for c, r in known.items() if name in r.groups])
    ]


def _head(report: RouteReport) -> dict[str, Any]:
    return {
        "network": report.network.id,
        "unit": report.network.unit,
        "price_unit": report.network.price_unit,
        "coercer": "+".join(report.coercer),
        "sources": "all" if report.sources is None else "+".join(report.sources),
    }


def _edges(report: RouteReport) -> list[dict[str, Any]]:
    network = report.network
    return [
        {
            **_head(report),
            "edge": e.id,
            "name": e.name,
            "start": e.start,
            "end": e.end,
            "status": e.status,
            "capacity": network.amount(e),
            "used": report.netback.flows.get(e.id),
            "loss_percent": report.loss_percent(e.id),
            "shadow_usd_per_unit": report.netback.shadow.get(e.id),
            "cost_usd_per_unit": e.cost_usd,
            "controlled": network.crosses(e, report.coercer),
            "jurisdictions": " ".join(e.jurisdictions),
            "basis": e.basis,
            "source": e.source,
        }
        for e in network.edges
    ]


def _document(report: RouteReport) -> dict[str, Any]:
    from dataclasses import asdict

    worst = report.worst
    return {
        **_head(report),
        "title": report.network.title,
        "note": report.network.note,
        "certificate": report.certificate,
        "flow_with_nothing_shut": report.unclosed,
        "reach": [asdict(r) for r in report.reach],
        "worst_edge": worst.id if worst else None,
        "worst_loss_percent": report.loss_percent(worst.id) if worst else 0.0,
        "minimum_cut": [*report.flow.cut, *report.flow.cut_nodes],
        "interdiction_of_the_coercers_edges": [asdict(i) for i in report.controlled],
        "interdiction_of_any_edges": [asdict(i) for i in report.interdiction],
        "planned": [
            {
                "edge": w.edge.id,
                "name": w.edge.name,
                "status": w.edge.status,
                "capacity": report.network.amount(w.edge),
                "adds_flow": w.adds_flow,
                "adds_bypass": w.adds_bypass,
                "adds_bypass_abroad": w.adds_bypass_abroad,
                "adds_bn_usd": w.adds_million_usd / _BN,
            }
            for w in report.worth
        ],
        "sales_bn_usd": report.netback.million_usd / _BN,
        "netback_usd_per_unit": report.netback.per_unit,
        "market_netbacks_usd_per_unit": report.market_netbacks,
        "sold": dict(report.netback.sold),
        "edges": _edges(report),
    }


def _show(report: RouteReport, shut: list[str], built: list[str]) -> None:
    from countervail.brief import numbers, terminal

    tables = [_reach(report), _interdiction(report)]
    if report.worth:
        tables.append(_planned(report))
    if report.market_netbacks:
        tables.append(_netbacks(report))
    terminal.show(tables)
    typer.echo("")
    typer.echo(_worst(report))
    mine = {e.id for e in report.network.edges} | report.network.passages
    if any(name in mine for name in built):
        typer.echo(f"Taken as built: {', '.join(n for n in built if n in mine)}.")
    if any(name in mine for name in shut):
        typer.echo(_shut(report, [n for n in shut if n in mine]))
    typer.echo(
        "Maximum flow, minimum cut and linear programme agree to "
        f"{max(report.certificate, 1e-16):.0e}. Prices are held fixed."
    )
    bases = [e.basis for e in report.edges]
    counted = ", ".join(f"{bases.count(b)} {b}" for b in dict.fromkeys(bases))
    edges = numbers.count(len(bases), "edge")
    typer.echo(f"Capacities of {edges}: {counted}. {report.network.note}".strip())
    typer.echo("")


def _shut(report: RouteReport, names: list[str]) -> str:
    from countervail.brief import numbers

    lost = report.unclosed - report.flow.value
    part = 100.0 * lost / report.unclosed if report.unclosed else 0.0
    return (
        f"Shut: {', '.join(names)}. That takes {numbers.fixed(part, 1)} % of the "
        f"{numbers.number(report.unclosed, 3)} {report.network.unit} that flow to all markets else."
    )


def _worst(report: RouteReport) -> str:
    from countervail.brief import numbers

    worst = report.worst
    if worst is None:
        return (
            "No single edge is missed: the others carry all that flows."
            if report.flow.value
            else "Nothing can flow."
        )
    lost = report.losses[worst.id]
    return (
        f"Worst single edge: {worst.name} ({worst.id}); without it "
        f"{numbers.fixed(report.loss_percent(worst.id), 1)} % less flows to all markets "
        f"({numbers.number(lost, 3)} {report.network.unit})."
    )


def _caption(report: RouteReport, what: str) -> str:
    of = "" if report.sources is None else f", supplies of {'+'.join(report.sources)}"
    return f"{report.network.title}{of}: {what}"


def _flow(report: RouteReport, value: float) -> str:
    from countervail.brief import numbers

    return numbers.fixed(value, 0 if report.network.unit == "kb/d" else 2)


def _reach(report: RouteReport) -> views.Table:
    from countervail.brief import numbers, views
    from countervail.channels.routes.report import SCOPES

    unit, who = report.network.unit, "+".join(report.coercer)
    return views.Table(
        _caption(report, f"what can flow, and what can without {who}"),
        (
            views.Column("To", "", False),
            views.Column("Can flow", unit),
            views.Column(f"Without {who}", unit),
            views.Column("Bypass ratio", "%"),
        ),
        tuple(
            (
                SCOPES[r.scope],
                _flow(report, r.flow),
                _flow(report, r.bypass),
                numbers.DASH if r.ratio is None else numbers.fixed(100 * r.ratio, 1),
            )
            for r in report.reach
        ),
    )


def _interdiction(report: RouteReport) -> views.Table:
    from countervail.brief import views

    unit, who = report.network.unit, "+".join(report.coercer)
    return views.Table(
        _caption(report, "what is left when edges are taken out"),
        (
            views.Column("Edges", "at most"),
            views.Column(f"On ground of {who}", unit),
            views.Column("Which", "", False),
            views.Column("Anywhere", unit),
            views.Column("Which", "", False),
        ),
        tuple(
            (
                f"{theirs.budget:g}",
                _flow(report, theirs.remaining),
                ", ".join(theirs.removed),
                _flow(report, any_.remaining),
                ", ".join(any_.removed),
            )
            for theirs, any_ in zip(report.controlled, report.interdiction, strict=True)
        ),
        notes=(
            "Anywhere: sea lanes, and deliveries that stand for many lines, are not taken out.",
        ),
    )


def _planned(report: RouteReport) -> views.Table:
    from countervail.brief import numbers, views
    from countervail.cli import columns

    unit, who = report.network.unit, "+".join(report.coercer)
    narrow = columns.narrow()
    rows: list[dict[views.Column, str]] = []
    for w in report.worth:
        row = {
            views.Column("New edge", "", False): w.edge.id
            if narrow
            else f"{w.edge.name} ({w.edge.id})",
            views.Column("Status", "", False): w.edge.status,
            views.Column("Capacity", unit): _flow(report, report.network.amount(w.edge)),
            views.Column("Adds in all", unit): _flow(report, w.adds_flow),
            views.Column(f"Without {who}", unit): _flow(report, w.adds_bypass),
            views.Column("Adds", "US$ bn a year"): numbers.fixed(w.adds_million_usd / _BN, 2),
        }
        if w.adds_bypass_abroad is not None and not narrow:
            row[views.Column("of it abroad", unit)] = _flow(report, w.adds_bypass_abroad)
        if narrow:
            del row[views.Column("Status", "", False)]
        rows.append(row)
    return views.Table(
        _caption(report, "worth of edges that are planned or being built, each alone"),
        tuple(rows[0]),
        tuple(tuple(row.values()) for row in rows),
    )


def _netbacks(report: RouteReport) -> views.Table:
    from countervail.brief import numbers, views

    network = report.network
    best = sorted(report.market_netbacks.items(), key=lambda one: (-one[1], one[0]))
    left_out = len(best) - _MOST
    return views.Table(
        _caption(report, "what a unit earns at the supply, by market"),
        (
            views.Column("Market", "", False),
            views.Column("Price", network.price_unit),
            views.Column("Netback", network.price_unit),
            views.Column("Sold at best", network.unit),
        ),
        tuple(
            (
                network.node(name).name,
                numbers.fixed(network.node(name).price_usd, 2),
                numbers.fixed(left, 2),
                _flow(report, report.netback.sold.get(name, 0.0)),
            )
            for name, left in best[:_MOST]
        ),
        notes=(
            "Where markets pay the same, which of them is filled first says nothing.",
            *(
                (f"{left_out} markets that pay less are not shown (--json has all).",)
                if left_out > 0
                else ()
            ),
        ),
    )
