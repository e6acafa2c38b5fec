"""The rows of a brief about energy routes, as plain mappings: a brief knows no networks."""

from __future__ import annotations

from typing import Any

from countervail.channels.routes.network import RouteEdge, Routes
from countervail.channels.routes.report import EdgeWorth, RouteReport, route_report

_BN = 1000.0


def brief_routes(
    routes: Routes, coercer: tuple[str, ...], protagonist: str | None = None
) -> list[dict[str, Any]]:
    """One mapping per network with the fields of ``RouteNetworkRow``; parts are mappings too.

    ``coercer``: ISO3 codes; ``protagonist``: an ISO3 code; networks that it does not supply
    are counted whole, those that it shares with others too (the note says whose flows are
    meant). Flows in the unit of the network, ratios 0 to 1, money in US$ bn a year.
    """
    return [
        _network_row(route_report(network, coercer), protagonist) for network in routes.values()
    ]


def _network_row(report: RouteReport, protagonist: str | None) -> dict[str, Any]:
    network = report.network
    worst = report.worst
    whole = report.reach[0]
    abroad = next((r for r in report.reach if r.scope == "abroad"), None)
    shown = whole if abroad is None or abroad.ratio is None else abroad
    return {
        "id": network.id,
        "title": network.title,
        "commodity": network.commodity,
        "unit": network.unit,
        "nodes": tuple(
            {
                "id": n.id,
                "name": n.name,
                "kind": n.kind,
                "country": n.country,
                "latitude": n.latitude,
                "longitude": n.longitude,
            }
            for n in network.nodes
        ),
        "edges": tuple(_edge_row(report, e) for e in network.edges),
        "scope": shown.scope if shown is abroad else "all",
        "max_flow": shown.flow,
        "bypass_flow": shown.bypass,
        "bypass_ratio": shown.ratio,
        "worst_edge": worst.id if worst else "",
        "worst_edge_name": worst.name if worst else "",
        "worst_loss_percent": report.loss_percent(worst.id) if worst else None,
        "interdiction": tuple((int(i.budget), i.remaining) for i in report.controlled),
        "planned": tuple(_planned_row(report, w) for w in report.worth),
        "netback_usd_per_unit": report.netback.per_unit,
        "note": _note(report, protagonist),
        "sources": _sources(report),
    }


def _edge_row(report: RouteReport, edge: RouteEdge) -> dict[str, Any]:
    network = report.network
    return {
        "id": edge.id,
        "name": edge.name,
        "start": edge.start,
        "end": edge.end,
        "commodity": edge.commodity,
        "capacity": network.amount(edge),
        "unit": network.unit,
        "jurisdictions": edge.jurisdictions,
        "status": edge.status,
        "controlled": network.crosses(edge, report.coercer),
        "used": report.netback.flows.get(edge.id),
        "loss_percent": report.loss_percent(edge.id),
        "cost_usd": edge.cost_usd,
        "basis": edge.basis,
        "source": edge.source,
    }


def _planned_row(report: RouteReport, worth: EdgeWorth) -> dict[str, Any]:
    return {
        "id": worth.edge.id,
        "name": worth.edge.name,
        "capacity": report.network.amount(worth.edge),
        "unit": report.network.unit,
        "adds_flow": worth.adds_flow,
        "adds_bypass": worth.adds_bypass,
        "adds_bn": worth.adds_million_usd / _BN,
        "status": worth.edge.status,
        "source": worth.edge.source,
    }


def _note(report: RouteReport, protagonist: str | None) -> str:
    """What the figures mean: whose flows, which markets abroad, what prices."""
    network = report.network
    parts = [network.note]
    abroad = next((r for r in report.reach if r.scope == "abroad"), None)
    whole = report.reach[0]
    if abroad is not None and abroad.ratio is not None and whole.ratio is not None:
        parts.append(
            f"To all markets, those at home included, {_amount(whole.flow)} {network.unit} can "
            f"flow, {100 * whole.ratio:.0f} % of it without the coercer's ground."
        )
    elif protagonist is not None:
        parts.append("Flows are those of all suppliers together.")
    parts.append("Edges taken out: only those on the coercer's ground. Prices are held fixed.")
    return " ".join(part for part in parts if part)


def _amount(flow: float) -> str:
    """A flow to three digits, large ones in full: 5,550 and 17.7."""
    return f"{flow:,.0f}" if flow >= 100 else f"{flow:.3g}"


def _sources(report: RouteReport) -> tuple[str, ...]:
    """Where observed and reported figures come from, each once."""
    named = (e.source for e in report.network.edges if e.basis in ("observed", "press"))
    return tuple(dict.fromkeys(text for text in named if text))
