"""The figures of the brief: which marks they show, drawn by Vega-Lite without a browser.

Each figure is drawn three times from the same marks: wide and narrow for the page
(colours become CSS variables, so that they follow light and dark), and alone with
its finding as title for the folder of charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from countervail.brief import marks, text
from countervail.brief.drawing import draw
from countervail.brief.drawing.draw import Block, Mark, Panel
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.figures import channel_figures, leverage_figures, map_figures, worth_figures
from countervail.brief.questions import backtest, order, why
from countervail.brief.results import LadderRow, Results

_OWN_SCALE = 2.5  # a cut-off this many times the largest tariff rung would flatten all others
_SPILL_ROWS = 14


def figures(results: Results) -> list[Figure]:
    """Every figure that the results have data for, in the order of the brief."""
    made = (
        ladder_figure(results),
        energy_figure(results),
        why.figure(results),
        leverage_figures.frontier_figure(results),
        leverage_figures.carriers_figure(results),
        leverage_figures.power_figure(results),
        leverage_figures.demand_figure(results),
        backtest.figure(results),
        channel_figures.deals_figure(results),
        worth_figures.worth_figure(results),
        worth_figures.frontier_figure(results),
        order.figure(results),
        channel_figures.capital_figure(results),
        channel_figures.projects_figure(results),
        *channel_figures.route_figures(results),
        channel_figures.reach_figure(results),
        map_figures.felt_figure(results),
        spill_figure(results),
        map_figures.partners_figure(results),
    )
    return [figure for figure in made if figure is not None]


def ladder_figure(results: Results) -> Figure | None:
    """Harm and cost at every rung, one panel for each horizon; ``None`` without any figure."""
    panels = [
        Panel(
            text.run_title(horizon),
            tuple(
                mark
                for row in results.ladder
                if row.horizon == horizon and row.energy == "included" and not _idle(row, results)
                for mark in _sides(row, row.retaliation, row.retaliation != "none")
            ),
        )
        for horizon in results.horizons
    ]
    panels = [panel for panel in panels if panel.marks]
    row = text.headline_row(results)
    if not panels:
        return None
    mine, theirs = results.protagonist_name, results.coercer_name
    finding = text.finding(row, results) if row else f"What each rung costs {text.the(mine)}"
    panels = _centred(panels)
    lanes = ["none", "only", "proportional"]
    if not any(mark.hollow for panel in panels for mark in panel.marks):
        lanes = ["only"]
    return _dumbbells(
        "ladder",
        finding,
        panels,
        results,
        lanes,
        alt=f"Dumbbell chart with {text.count(len(panels), 'panel')} "
        f"({text.listed([p.title.lower() for p in panels])}), one row for each rung of tariffs. "
        f"{finding}. {text.cut_off_sentence(results)} All values are in the tables below.",
        key=f"Circle, blue: {mine}; diamond, orange: {theirs}."
        + (" Hollow: with proportional retaliation." if len(lanes) > 1 else ""),
    )


def energy_figure(results: Results) -> Figure | None:
    """The same threat with energy in it and without, at the horizon of the brief."""
    finding = text.energy_finding(results)
    if not finding:
        return None
    rows = [
        row
        for row in results.ladder
        if row.horizon == results.horizon and row.retaliation == "none"
    ]
    both = {r.rung for r in rows if r.energy == "exempt"} & {
        r.rung for r in rows if r.energy == "included"
    }
    marks = [m for r in rows if r.rung in both for m in _sides(r, "only", r.energy == "exempt")]
    panels = [
        Panel(name, tuple(mark for mark in marks if mark.who == who))
        for name, who in ((results.protagonist_name, "mine"), (results.coercer_name, "theirs"))
    ]
    panels = [panel for panel in panels if panel.marks]
    if not panels:
        return None
    return _dumbbells(
        "energy",
        finding,
        panels,
        results,
        ["only"],
        alt=f"Dumbbell chart, one row for each rung, {text.run(results.horizon)}, no retaliation. "
        f"{finding}. All values are in the tables below.",
        key="Filled: energy included; hollow: energy left out.",
    )


def spill_figure(results: Results) -> Figure | None:
    """The change of real income of the other countries that are moved most."""
    known = [s for s in results.spill if s.welfare_percent is not None]
    known.sort(key=lambda s: (-abs(s.welfare_percent or 0.0), s.region))
    shown = sorted(known[:_SPILL_ROWS], key=lambda s: (s.welfare_percent or 0.0, s.region))
    if not shown:
        return None
    finding = text.spill_finding(results)
    bars = [(marks.marked(s.name or s.region, s.status), s.welfare_percent or 0.0) for s in shown]
    return figure_of(
        draw.bars("spill", bars, "change of real income, %"),
        finding=finding,
        alt=f"Bar chart of the {text.count(len(bars), 'region')} moved most. {finding}. "
        "All values are in the table below.",
        unit="change of real income, percent",
        subtitle=f"Change of real income, percent. {results.spill_at}",
        csv="spill",
        note=marks.legend(s.status for s in shown),
    )


def _idle(row: LadderRow, results: Results) -> bool:
    """Whether retaliation changes nothing, as at a cut-off: then one mark says it all."""
    plain = results.cell(row.rung, row.horizon, "none", row.energy)
    return (
        row.retaliation != "none"
        and plain is not None
        and (row.harm_percent, row.cost_percent) == (plain.harm_percent, plain.cost_percent)
    )


def _sides(row: LadderRow, lane: str, hollow: bool) -> list[Mark]:
    sides = (("mine", row.harm_percent), ("theirs", row.cost_percent))
    label = text.rung(row)
    return [Mark(label, lane, v, who, hollow) for who, v in sides if v is not None]


def _centred(panels: Sequence[Panel]) -> list[Panel]:
    """Put the rows that no panel shows with retaliation on the middle lane."""
    answered = {mark.row for panel in panels for mark in panel.marks if mark.hollow}
    return [
        Panel(
            panel.title,
            tuple(m if m.row in answered else replace(m, lane="only") for m in panel.marks),
        )
        for panel in panels
    ]


def _dumbbells(
    name: str,
    finding: str,
    panels: Sequence[Panel],
    results: Results,
    lanes: Sequence[str],
    *,
    alt: str,
    key: str,
) -> Figure:
    labels = {text.rung(row): row for row in results.ladder}
    drawn = {mark.row for panel in panels for mark in panel.marks}
    rows = [
        text.rung(results_row)
        for rung in results.rungs
        for results_row in [next(r for r in results.ladder if r.rung == rung)]
        if text.rung(results_row) in drawn
    ]
    blocks = _blocks(rows, {r for r in rows if labels[r].rate is None}, panels)
    world = results.world
    subtitle = (
        f"Loss in percent of real income; left of zero, a gain. {key} "
        f"Base data: {world.name}{f', year {world.base_year}' if world.base_year else ''}."
    )
    return figure_of(
        draw.dumbbells(name, panels, blocks, lanes),
        finding=finding,
        alt=alt,
        unit="loss, percent of real income",
        subtitle=subtitle,
        csv="ladder",
    )


def _blocks(rows: list[str], without_rate: set[str], panels: Sequence[Panel]) -> list[Block]:
    """The rows that share an axis: all, or the cut-off apart where it would flatten the rest."""

    def reach(names: set[str]) -> float:
        return max((abs(m.value) for p in panels for m in p.marks if m.row in names), default=0.0)

    tariffs = [row for row in rows if row not in without_rate]
    axis = "loss, % of real income"
    if tariffs and without_rate and reach(without_rate) > _OWN_SCALE * reach(set(tariffs)):
        apart = [row for row in rows if row in without_rate]
        return [Block(tuple(tariffs), axis), Block(tuple(apart), f"{axis} (own scale)")]
    return [Block(tuple(rows), axis)]
