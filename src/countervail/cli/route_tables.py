"""What ``countervail routes`` prints of one network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from countervail.brief import numbers, terminal, text, views
from countervail.channels.routes.report import SCOPES, RouteReport
from countervail.cli import columns
from countervail.cli.emit import say
from countervail.world import registry

_BN = 1000.0
_MOST = 10
_CENT = 0.005  # USD per unit: markets that differ by less pay the same


def show(report: RouteReport, shut: list[str], built: list[str]) -> None:
    """Reach and bypass, weak points, worth of new edges, netbacks, and what all that rests on."""
    tables = [_reach(report)]
    if any(found.budget for found in report.interdiction):
        tables.append(_interdiction(report))
    if report.worth:
        tables.append(_planned(report))
    if report.market_netbacks:
        tables.append(_netbacks(report))
    terminal.show(tables)
    typer.echo("")
    say(_worst(report))
    mine = {e.id for e in report.network.edges} | report.network.passages
    if any(name in mine for name in built):
        say(f"Taken as built: {_named(report, [n for n in built if n in mine])}.")
    if any(name in mine for name in shut):
        say(_shut(report, [n for n in shut if n in mine]))
    say(
        "Maximum flow, minimum cut and linear programme agree to "
        f"{numbers.scientific(max(report.certificate, 1e-16))}. Prices are held fixed."
    )
    bases = [e.basis for e in report.edges]
    counted = ", ".join(f"{bases.count(b)} {b}" for b in dict.fromkeys(bases))
    edges = numbers.count(len(bases), "edge")
    say(f"Capacities of {edges}: {counted}. {report.network.note}".strip())
    typer.echo("")


def _shut(report: RouteReport, names: list[str]) -> str:
    lost = report.unclosed - report.flow.value
    part = numbers.percent(100.0 * lost / report.unclosed if report.unclosed else 0.0, 3)
    return (
        f"Shut: {_named(report, names)}. That takes {part} of the "
        f"{numbers.number(report.unclosed, 3)} {report.network.unit} that flow to all markets else."
    )


def _worst(report: RouteReport) -> str:
    worst = report.worst
    if worst is None:
        return (
            "No single edge is missed: the others carry all that flows."
            if report.flow.value
            else "Nothing can flow."
        )
    part = numbers.percent(report.loss_percent(worst.id), 3)
    lost = numbers.number(report.losses[worst.id], 3)
    return (
        f"Worst single edge: {worst.name} ({worst.id}); without it {part} less flows to all "
        f"markets ({lost} {report.network.unit})."
    )


def _caption(report: RouteReport, what: str) -> str:
    of = "" if report.sources is None else f", supplies of {_names(report.sources)}"
    return f"{report.network.title}{of}: {what}"


def _names(codes: Iterable[str]) -> str:
    """Countries inside a sentence: "the United States and Mexico"."""
    return numbers.listed([text.the(name) for name in _countries(codes)])


def _countries(codes: Iterable[str]) -> list[str]:
    known = registry.regions()
    return [known[code].name if code in known else code for code in codes]


def _named(report: RouteReport, ids: Iterable[str]) -> str:
    """Edges by name, each with a comma of its own in the name kept apart by a semicolon."""
    edges = {edge.id: edge.name for edge in report.network.edges}
    return "; ".join(edges.get(name, name) for name in ids)


def _flow(report: RouteReport, value: float) -> str:
    return numbers.fixed(value, 0 if report.network.unit == "kb/d" else 2)


def _reach(report: RouteReport) -> views.Table:
    unit, who = report.network.unit, _names(report.coercer)
    return views.Table(
        _caption(report, f"what can flow, and what can without {who}"),
        (
            views.Column("To", "", False),
            views.Column("Can flow", unit),
            views.Column("Can without", unit),
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
    rows = [
        (found.budget, where, found)
        for theirs, any_ in zip(report.controlled, report.interdiction, strict=True)
        for where, found in (("coercer's ground", theirs), ("anywhere", any_))
        if found.budget
    ]
    return views.Table(
        _caption(report, "what is left when edges are taken out"),
        (
            views.Column("Edges", "at most"),
            views.Column("Where", "", False),
            views.Column("Left", report.network.unit),
            views.Column("Which", "", False),
        ),
        tuple(
            (
                f"{budget:g}",
                where,
                _flow(report, found.remaining),
                _named(report, found.removed) or "none is missed",
            )
            for budget, where, found in rows
        ),
        notes=(
            f"Coercer: {_names(report.coercer)}. Sea lanes, and deliveries that stand for many "
            "lines, are not taken out. Ids of edges, for --close and --with: --csv.",
        ),
    )


def _planned(report: RouteReport) -> views.Table:
    unit, who = report.network.unit, _names(report.coercer)
    narrow = columns.narrow()
    rows: list[dict[views.Column, str]] = []
    for w in report.worth:
        row = {views.Column("New edge", "", False): f"{w.edge.name} ({w.edge.id})"}
        if not narrow:
            row[views.Column("Status", "", False)] = w.edge.status
        row |= {
            views.Column("Capacity", unit): _flow(report, report.network.amount(w.edge)),
            views.Column("Adds", unit): _flow(report, w.adds_flow),
            views.Column("Off ground", unit): _flow(report, w.adds_bypass),
        }
        if w.adds_bypass_abroad is not None and not narrow:
            row[views.Column("of it abroad", unit)] = _flow(report, w.adds_bypass_abroad)
        worth = numbers.fixed(w.adds_million_usd / _BN, 2)
        row[views.Column("Worth", "US$ bn a year")] = worth
        rows.append(row)
    return views.Table(
        _caption(report, "worth of edges that are planned or being built, each alone"),
        tuple(rows[0]),
        tuple(tuple(row.values()) for row in rows),
        notes=(
            f"Off ground: what it adds to the flow that needs no ground of {who}. Worth: at the "
            "prices of the network, held fixed.",
        ),
    )


def _netbacks(report: RouteReport) -> views.Table:
    network = report.network
    best = sorted(report.market_netbacks.items(), key=lambda one: (-one[1], one[0]))
    left_out = len(best) - _MOST
    more = numbers.count(left_out, "market")
    pays, are = ("pays", "is") if left_out == 1 else ("pay", "are")
    return views.Table(
        _caption(report, f"what is earned at the supply ({network.price_unit}), by market"),
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
            *_ties(report, best),
            *(
                (f"{more} that {pays} no more {are} not shown (--json has all).",)
                if left_out > 0
                else ()
            ),
        ),
    )


def _ties(report: RouteReport, best: Sequence[tuple[str, float]]) -> list[str]:
    """Which of the markets shown pay the same, so that what each of them is sold says nothing."""
    groups: list[list[tuple[str, float]]] = []
    for name, left in best:
        if groups and groups[-1][0][1] - left < _CENT:
            groups[-1].append((name, left))
        else:
            groups.append([(name, left)])
    said = []
    shown = {name for name, _ in best[:_MOST]}
    for group in groups:
        tied = [name for name, _ in group]
        sold = sum(report.netback.sold.get(name, 0.0) for name in tied)
        if len(tied) > 1 and sold > 0 and shown & set(tied):
            names = [text.the(report.network.node(name).name) for name in tied if name in shown]
            others = len(tied) - len(names)
            if others:
                names.append(numbers.count(others, "market") + " not shown")
            said.append(
                f"A tie: {numbers.listed(names)} pay the same, so that the "
                f"{_flow(report, sold)} {report.network.unit} sold to them may be shared among "
                "them in other ways too, as far as lines and markets have room."
            )
    return said
