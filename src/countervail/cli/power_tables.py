"""What ``countervail power`` shows: poles, pairs, screens, as tables and as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import typer

from countervail.brief import marks, numbers, terminal, text, views
from countervail.cli import columns
from countervail.leverage.power.matrix import Power
from countervail.leverage.power.multipolarity import Multipolarity, multipolarity
from countervail.leverage.power.screens import MATRICES, Screens, screens
from countervail.world.borders import is_rest
from countervail.world.elasticity.elasticities import in_use
from countervail.world.trust import region_status

_TITLES = {
    "cms": "Clayton-Maggiori-Schreger",
    "liu_yang": "Liu-Yang",
    "dependence": "Trade over GDP (Hirschman)",
    "asymmetry": "Asymmetry of trade over GDP",
    "first_order": "First order of the same model",
}


def head(found: Power) -> dict[str, Any]:
    """What every row and document carries: world, base year, closure, elasticities."""
    return {
        "world": found.world.name,
        "base_year": found.world.base_year,
        "closure": found.closure.describe(),
        "elasticities": in_use(found.world).name,
    }


def pair_rows(found: Power, target: str | None, coercer: str | None) -> list[dict[str, Any]]:
    """One row for every ordered pair (of ``target``, by ``coercer``), with the screens' figures.

    The largest loss first; a figure that is missing or not finite is None.
    """
    screen = screens(found.world, found.closure)
    place = {region: n for n, region in enumerate(found.world.regions)}
    rows = []
    for row in found.table.to_dict("records"):
        if target not in (None, row["target"]) or coercer not in (None, row["coercer"]):
            continue
        at = (place[row["target"]], place[row["coercer"]])
        extra = {name: float(screen.plain[name][at]) for name in MATRICES}
        sides = {
            f"{side}_name": columns.region(found.world, row[side]) for side in ("target", "coercer")
        }
        full = {**row, **extra}
        note = full.pop("note")
        rows.append({**{k: _plain(v) for k, v in full.items()}, **sides, "note": note})
    largest = "loss_percent" if found.exact else "first_order"
    rows.sort(key=lambda row: -np.inf if row[largest] is None else row[largest], reverse=True)
    return rows


def document(found: Power, target: str | None, coercer: str | None) -> dict[str, Any]:
    """Everything as one JSON document."""
    world, screen = found.world, screens(found.world, found.closure)
    count = multipolarity(world, found if found.exact else None)
    made: dict[str, Any] = {
        **head(found),
        "units": {
            "loss_percent, cost_percent": "percent of own real income; negative for a gain",
            "loss_bn, cost_bn": "billion USD of the base year (equivalent variation)",
            "first_order": "percent of the target's real income per 1 percent of trade cost",
            "cms": "percent (100 x log) of the price of all that is bought",
            "liu_yang, dependence, asymmetry": "percent of GDP",
        },
        "poles": [asdict(one) for one in _poles(count)],
        "core_periphery": count.core_periphery,
        "concentration": [
            {
                "region": region,
                "imports": float(screen.plain["import_concentration"][n]),
                "exports": float(screen.plain["export_concentration"][n]),
            }
            for n, region in enumerate(world.regions)
        ],
        "dependencies": [
            {key: _plain(value) for key, value in row.items()}
            for row in screen.dependencies.to_dict("records")
        ],
        "pairs": pair_rows(found, target, coercer),
    }
    if found.exact:
        made["certificate"] = found.certificate
        made["rank_correlations"] = _correlations(screen, found, target)
    return made


def show(
    found: Power, target: str | None, coercer: str | None, top: int, merged: Sequence[str] = ()
) -> None:
    """Print poles, pairs and screens, with what they hold for and how exact they are.

    ``merged``: the groups that were merged into one region before anything was solved.
    """
    count = multipolarity(found.world, found if found.exact else None)
    hidden = {r for r in found.regions if is_rest(r)} - {target, coercer}
    rows = [
        row
        for row in pair_rows(found, target, coercer)
        if not {row["target"], row["coercer"]} & hidden
    ]
    statuses = {region: region_status(found.world, region) for region in found.regions}
    tables = [_pole_table(found, count), _pair_table(found, rows, statuses, target, coercer, top)]
    if found.exact and len(found.regions) > 2:
        screen = screens(found.world, found.closure)
        tables.append(_screen_table(found, screen, target))
    terminal.show(tables)
    _say("")
    if count.core_periphery is not None:
        _say(
            "Correlation of trade with one core and its periphery: "
            f"{numbers.fixed(count.core_periphery)}."
        )
    _say(f"World {found.world.name}; closure: {found.closure.describe()}.")
    _say(f"Trade elasticities: {in_use(found.world).describe()}.")
    if found.exact:
        _say(f"Largest relative residual {found.certificate:.1e}.")
    for group in merged:
        _say(
            f"{columns.region(found.world, group)} was merged into one region first, so this "
            "world has coarser data: figures differ slightly from those of countervail exposure."
        )
    if hidden:
        _say(
            "The rest of the world (ROW) is no actor: it is left out of the poles, pairs and rank "
            "correlations above; --json and --csv hold its pairs."
        )
    made = marks.legend(statuses[side] for row in rows[: top or None] for side in _sides(row))
    if made:
        _say(made)
    if 0 < top < len(rows):
        _say(f"{len(rows) - top:,} pairs with smaller figures are not shown (--top 0: all).")
    unsolved = sorted({row["note"] for row in rows if row["note"].startswith("No certified")})
    for note in unsolved:
        _say(note)


def _say(line: str) -> None:
    typer.echo(terminal.printable(line))


def _sides(row: dict[str, Any]) -> tuple[str, str]:
    return row["target"], row["coercer"]


def _poles(count: Multipolarity) -> list[Any]:
    return [one for one in (count.gdp, count.trade, count.coercive_power) if one is not None]


def _pole_table(found: Power, count: Multipolarity) -> views.Table:
    world = found.world
    wide = not columns.narrow()
    notes = [] if wide else ["Entropy and concentration: in a wider terminal, or with --json."]
    if len(found.regions) < len(found.world.regions):
        notes.append(f"Shares are among the {count.gdp.count} regions asked for.")
    further = (views.Column("Poles", "by entropy"), views.Column("CON", "0 to 1"))
    return views.Table(
        f"Poles among {count.gdp.count} economies, world {found.world.name}",
        (
            views.Column("Measure", "", False),
            views.Column("Poles", "1 / HHI"),
            *(further if wide else ()),
            views.Column("First", "", False),
            views.Column("Share", "%"),
            views.Column("Second", "", False),
            views.Column("Share", "%"),
        ),
        tuple(
            (
                text.capital(one.what),
                numbers.fixed(one.poles, 1),
                *((numbers.fixed(one.entropy_poles, 1), numbers.fixed(one.con)) if wide else ()),
                columns.region(world, one.first),
                numbers.fixed(100 * one.first_share, 1),
                columns.region(world, one.second) if one.second else numbers.DASH,
                numbers.fixed(100 * one.second_share, 1),
            )
            for one in _poles(count)
        ),
        notes=tuple(notes),
    )


def _pair_table(
    found: Power,
    rows: list[dict[str, Any]],
    statuses: dict[str, str],
    target: str | None,
    coercer: str | None,
    top: int,
) -> views.Table:
    called = {s: columns.region(found.world, s) for s in (target, coercer) if s is not None}
    what = (
        "if all trade between the two ended"
        if found.exact
        else "if trade between the two cost 1 % more"
    )
    if target is not None and coercer is not None:
        caption = f"{called[target]} and {called[coercer]}, {what}"
    elif target is not None:
        caption = f"Who could corner {text.the(called[target])}, {what}"
    elif coercer is not None:
        caption = f"Whom {text.the(called[coercer])} could corner, {what}"
    else:
        caption = f"Who could be cornered by whom, {what}"
    year = f" of {found.world.base_year}" if found.world.base_year else ""
    heads = {"first_order": (views.Column("First order", "% per 1 % of cost"), 3)}
    if found.exact:
        heads = {
            "loss_percent": (views.Column("Target loses", "%"), 2),
            "loss_bn": (views.Column("", f"US$ bn{year}"), 1),
            "cost_percent": (views.Column("Coercer loses", "%"), 2),
            "cost_bn": (views.Column("", f"US$ bn{year}"), 1),
            "leverage_ratio": (views.Column("Ratio", "of losses"), 3),
            **heads,
        }
    if columns.narrow():
        heads = {key: value for key, value in heads.items() if not key.endswith("_bn")}
    shown = rows[: top if top > 0 else None]
    figures = [
        columns.figures((row[key] for row in shown), decimals)
        for key, (_, decimals) in heads.items()
    ]
    return views.Table(
        numbers.typeset(caption),
        (
            views.Column("Target", "", False),
            views.Column("Coercer", "", False),
            *(column for column, _ in heads.values()),
        ),
        tuple(
            (
                *(marks.marked(row[f"{s}_name"], statuses[row[s]]) for s in ("target", "coercer")),
                *(column[n] for column in figures),
            )
            for n, row in enumerate(shown)
        ),
        notes=columns.left_out() if found.exact else (),
    )


def _screen_table(found: Power, screen: Screens, target: str | None) -> views.Table:
    whom = "a target, median" if target is None else columns.region(found.world, target)
    return views.Table(
        "How well screens rank the exact losses (rank correlation, 1 is the same order)",
        (
            views.Column("Screen", "", False),
            views.Column("All pairs"),
            views.Column("Coercers of", whom),
        ),
        tuple(
            (
                _TITLES[one["screen"]],
                numbers.fixed(one["overall"]),
                numbers.fixed(one["within_target"]),
            )
            for one in _correlations(screen, found, target)
        ),
    )


def _correlations(screen: Screens, found: Power, target: str | None) -> list[dict[str, Any]]:
    frame = screen.rank_correlation(found, target)
    return [
        {"screen": name, **{key: _plain(value) for key, value in row.items()}}
        for name, row in frame.to_dict("index").items()
    ]


def _plain(value: Any) -> Any:
    """A number that is finite, or None; words as they are."""
    if value is None or isinstance(value, str):
        return value
    return float(value) if np.isfinite(value) else None
