"""``countervail routes``: ways of oil and gas to market, and what a coercer can stop of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countervail.cli import emit
from countervail.cli.options import Csv, Json, Quiet

if TYPE_CHECKING:
    from countervail.channels.routes.network import Routes
    from countervail.channels.routes.report import RouteReport

_BN = 1000.0


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
        str | None,
        typer.Option(
            help="canada-oil, canada-gas, world-lng, one of your own, or all; default: with a "
            "scenario those that its protagonist supplies, else all."
        ),
    ] = None,
    coercer: Annotated[
        str | None,
        typer.Option(help="Countries as ISO3 codes (USA,MEX); default: the scenario's, or USA."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="Count only what these countries supply (QAT); default: all, or the "
            "protagonist where the networks are its own by default."
        ),
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
    mine: list[str] = []
    if scenario is not None:
        from countervail.scenario.read import read_scenario

        found = read_scenario(scenario)
        against = against or _countries(found.coercer)
        file = file or found.file_named("routes")
        mine = _countries((found.protagonist,))
    known = read_routes(file)
    if network is None and sources is None:
        sources = _supplied(known, mine) or None
        if mine and sources is None:
            typer.echo(
                f"Note: {', '.join(mine)} supplies none of these networks; all are shown.", err=True
            )
    network = network or "all"
    chosen = list(known) if network == "all" else [known[network].id]
    reports = []
    with emit.progress(quiet) as progress:
        for n, name in enumerate(chosen):
            if progress is not None:
                progress("routes", n, len(chosen), shown=name)
            here = known[name]
            if network == "all" and sources and not set(sources) <= set(here.suppliers):
                continue
            alone = sources is not None and set(here.suppliers) == set(sources)
            reports.append(
                route_report(
                    here,
                    against or ("USA",),
                    sources=None if alone else sources,
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
        from countervail.cli.route_tables import show

        for report in reports:
            show(report, shut, built)


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


def _supplied(known: Routes, mine: list[str]) -> list[str]:
    """Those of ``mine`` that supply some network."""
    suppliers = {country for network in known.values() for country in network.suppliers}
    return [country for country in mine if country in suppliers]


def _countries(names: tuple[str, ...]) -> list[str]:
    """The ISO3 codes of countries and groups that a scenario names, by code or by name."""
    from countervail.errors import OptionError
    from countervail.world import registry

    known, other = registry.regions(), registry.aliases("region")
    codes: list[str] = []
    for name in names:
        label = name if name in known else other.get(name.lower(), "")
        found = [label] if label else [c for c, r in known.items() if name in r.groups]
        if not found:
            raise OptionError(
                f"the scenario's {name!r} is no country or group that routes know.",
                "Name countries by ISO3 codes: --coercer USA, --source CAN.",
            )
        codes += found
    return codes


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
