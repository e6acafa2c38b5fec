"""``countervail capital --projects``: which projects start when, with and without whose money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from countervail.cli import emit
from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.brief import views
    from countervail.cli.case import Case

_PLANS = (
    ("start_all", "with all money"),
    ("start_without_coercer", "without the coercer"),
    ("start_without_partners", "without new partners"),
    ("start_without_both", "without either"),
)
_MORE_AND_LESS = ((0, 1), (0, 2), (1, 3), (2, 3))


def projects_of(case: Case, form: str, quiet: bool) -> None:
    """Show when the projects of the case's scenario start, with and without whose money."""
    from countervail.channels.capital.pipeline_rows import pipeline_page
    from countervail.channels.capital.plans import plans_of

    assert case.scenario is not None
    with emit.progress(quiet) as progress:
        if progress is not None:
            progress("projects", 0, 1)
        page = pipeline_page(case.world, case.scenario, case.closure)
    if page is None:
        raise OptionError(
            f"the scenario {case.scenario.title!r} names no projects.",
            "Add [[project]] and [[financier]] tables (docs/scenario.md).",
        )
    # The page of a report has no place for the fourth plan, which says what partners replace.
    neither = plans_of(case.world, case.scenario).without_both.starts
    projects = [{**row, "start_without_both": neither[row["id"]]} for row in page["projects"]]
    page, head = {**page, "projects": projects}, case.head()
    if form == "json":
        emit.document({**head, **page})
    elif form == "csv":
        rows = [
            {
                **row,
                "sectors": "; ".join(row["sectors"]),
                "financed": "; ".join(f"{who}: {bn:.3f}" for who, bn in row["financed"]),
                "sources": "; ".join(row["sources"]),
            }
            for row in projects
        ]
        emit.rows([{**head, **row} for row in rows], form)
    else:
        _show_projects(case, page)


def _show_projects(case: Case, page: dict[str, Any]) -> None:
    from countervail.brief import numbers, terminal, text

    terminal.show([_project_table(case, page), _money_table(case, page)])
    typer.echo("")
    for line in _out_of_turn(page["projects"]):
        emit.say(line)
    if page["added_percent"] is not None:
        emit.say(
            f"All started projects in place change {text.possessive(case.target_name)} real income "
            f"by {numbers.percent(page['added_percent'])} "
            f"({numbers.dollars(page['added_bn'], case.world.base_year)} a year), returns to "
            "owners abroad paid."
        )
    if page["gap"] > 0:
        gap = numbers.percent(100 * page["gap"])
        emit.say(f"The plan with all money may lie {gap} below the best.")
    emit.say(case.rests_on)


def _project_table(case: Case, page: dict[str, Any]) -> views.Table:
    from countervail.brief import numbers, text, views

    end = page["first_year"] + page["horizon_years"] - 1
    rows = page["projects"]
    held = [f"{row['title']}: {row['stalled_by']}" for row in rows if row["stalled_by"]]
    out = [f"{row['title']}: no plan. {row['not_quantified']}" for row in rows if _unknown(row)]
    return views.Table(
        f"First year of building, plan of {page['first_year']} to {end}; cost in {case.unit}",
        (
            views.Column("Project", "", False),
            views.Column("Cost", "US$ bn"),
            views.Column("Could", "start"),
            views.Column("All", "money"),
            views.Column("Without", "coercer"),
            views.Column("Without", "partners"),
            views.Column("Without", "either"),
        ),
        tuple(
            (
                row["title"],
                numbers.fixed(row["cost_bn"], 1),
                _year(row["earliest"]),
                *(_year(row[plan], "" if _unknown(row) else "never") for plan, _ in _PLANS),
            )
            for row in rows
        ),
        notes=(
            f"Coercer: {text.the(case.coercer_name)}. Partners: financiers whom a deal brings. "
            f"Never: not by {end}.",
            *held,
            *out,
            page["rule"],
            page["note"],
        ),
    )


def _unknown(row: dict[str, Any]) -> bool:
    """Whether a project lacks what a plan needs to know of it."""
    return bool(row["not_quantified"])


def _out_of_turn(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Why a project starts sooner in a plan with less money than in one with more."""
    from countervail.brief.questions.pipeline import out_of_turn

    said = []
    for more, less in _MORE_AND_LESS:
        (with_more, named), (with_less, other) = _PLANS[more], _PLANS[less]
        starts = [(row["title"], row[with_more], row[with_less]) for row in rows]
        said.append(out_of_turn(starts, named, other))
    return [line for line in said if line]


def _money_table(case: Case, page: dict[str, Any]) -> views.Table:
    from countervail.brief import numbers, views
    from countervail.cli import columns

    narrow = columns.narrow()
    made = []
    for row in page["financiers"]:
        cells = {views.Column("Financier", "", False): row["title"]}
        if not narrow:
            to = columns.region(case.world, row["region"])
            cells[views.Column("Returns go to", "", False)] = to
        cells[views.Column("Has", "US$ bn")] = numbers.fixed(row["total_bn"], 1)
        cells[views.Column("Pays", "US$ bn")] = numbers.fixed(row["used_bn"], 1)
        cells[views.Column("Deal", "", False)] = row["status"] or numbers.DASH
        cells[views.Column("Amount", "", False)] = row["basis"]
        made.append(cells)
    return views.Table(
        f"Who pays in the plan with all money, {case.unit}",
        tuple(made[0]) if made else (views.Column("Financier", "", False),),
        tuple(tuple(cells.values()) for cells in made),
    )


def _year(year: int | None, none: str = "\u2013") -> str:
    return none if year is None else str(year)
