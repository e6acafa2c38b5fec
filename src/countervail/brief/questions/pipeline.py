"""Which projects start with whose money, in words and in tables."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.channels import PipelinePage, ProjectRow
from countervail.brief.views import Column, Table, dollar_unit, status

WITHOUT_COERCER, WITHOUT_PARTNERS = "start_without_coercer", "start_without_partners"


def looked_at(page: PipelinePage) -> list[ProjectRow]:
    """The projects that could be placed in time, by when they start with all the money."""
    rows = [row for row in page.projects if not row.not_quantified]
    return sorted(rows, key=lambda row: (row.start_all or last_year(page) + 1, row.id))


def left_out(page: PipelinePage) -> list[ProjectRow]:
    """The projects without the figures that it takes."""
    return [row for row in page.projects if row.not_quantified]


def last_year(page: PipelinePage) -> int:
    """The last year that is looked at."""
    return page.first_year + page.horizon_years - 1


def finding(page: PipelinePage, results: Results) -> str:
    """How many projects start, and how many less or later without whose money."""
    rows = looked_at(page)
    started = [row for row in rows if row.start_all is not None]
    if not rows:
        return "Which projects the money would start"
    if not started:
        none = "The one project does not start" if len(rows) == 1 else "No project starts"
        return f"{none} by {last_year(page)}, even with all financiers"
    verb = "starts" if len(started) == 1 else "start"
    said = (
        f"{len(started)} of {text.count(len(rows), 'project')} {verb} by {last_year(page)} with "
        "all financiers"
    )
    parts = []
    for field, whose in _cases(results):
        late, never = _delayed(rows, field), _lost(rows, field)
        if late or never:
            parts.append(f"without {whose} {_changes(len(late), len(never))}")
    if not parts:
        return f"{said}, and as early without the money of either side"
    return f"{said}; {'; '.join(parts)}"


def _cases(results: Results) -> tuple[tuple[str, str], ...]:
    theirs = text.possessive(results.coercer_name)
    return ((WITHOUT_COERCER, f"{theirs} money"), (WITHOUT_PARTNERS, "the money of new partners"))


def _delayed(rows: Sequence[ProjectRow], field: str) -> list[ProjectRow]:
    return [
        row
        for row in rows
        if row.start_all is not None and (getattr(row, field) or 0) > row.start_all
    ]


def _lost(rows: Sequence[ProjectRow], field: str) -> list[ProjectRow]:
    return [row for row in rows if row.start_all is not None and getattr(row, field) is None]


def _changes(late: int, never: int) -> str:
    parts = [f"{text.counted(late, 'one', '').split(' ')[0]} later"] if late else []
    parts += [f"{text.counted(never, 'one', '').split(' ')[0]} not at all"] if never else []
    return text.listed(parts)


def out_of_turn(starts: Sequence[tuple[str, int | None, int | None]], more: str, less: str) -> str:
    """Why a project starts sooner with less money; empty where none does.

    ``starts``: (title, start with more money, start with less), None for never; ``more`` and
    ``less`` name the two plans, as in "with all money" and "without new partners".
    """
    never = 9999
    sooner = [title for title, a, b in starts if (b or never) < (a or never)]
    later = [title for title, a, b in starts if (a or never) < (b or never)]
    if not sooner:
        return ""
    verb = "starts" if len(sooner) == 1 else "start"
    said = f"{text.typeset(text.listed(sooner))} {verb} sooner {less} than {more}: "
    if not later:
        return f"{said}the two plans serve equally well, or the search stopped before the best one."
    return (
        f"{said}the plan weighs projects by cost, and {more} the money of those years goes to "
        f"{text.typeset(text.listed(later))} instead."
    )


def sentences(page: PipelinePage, results: Results) -> list[str]:
    """What the started projects add, by which rule they were chosen, and what is left out."""
    made = []
    if page.added_percent is not None:
        whose = text.possessive(results.protagonist_name)
        money = (
            ""
            if page.added_bn is None
            else f" ({text.dollars(page.added_bn, results.world.base_year)} a year)"
        )
        made.append(
            f"All started projects, once in place, change {whose} real income by "
            f"{text.percent(page.added_percent)}{money}, with returns to owners abroad paid."
        )
    if page.rule:
        made.append(text.sentence(page.rule))
    rows = looked_at(page)
    made += [
        said
        for field, whose in _cases(results)
        if (
            said := out_of_turn(
                [(row.title, row.start_all, getattr(row, field)) for row in rows],
                "with all money",
                f"without {whose}",
            )
        )
    ]
    out = left_out(page)
    if out:
        names = text.listed([text.typeset(row.title) for row in out])
        made.append(f"Without the figures that it takes, and so left out: {names}.")
    if page.note:
        made.append(text.sentence(page.note))
    return made


def summary(results: Results) -> str:
    """Which projects start in one line for a terminal; empty without any."""
    page = results.pipeline
    if page is None or not looked_at(page):
        return ""
    return f"Which projects would the money start? {finding(page, results)}."


def project_table(page: PipelinePage, results: Results) -> Table:
    """Every project with its cost, its start in each case, and who pays."""
    rows = [*looked_at(page), *left_out(page)]
    names = {f.id: f.title for f in page.financiers}
    return Table(
        f"Projects: cost in {dollar_unit(results)}, year of start, and who pays",
        (
            Column("Project", "", False),
            Column("Cost", "US$ bn"),
            Column("Earliest"),
            Column("With all"),
            Column(f"Without {text.the(results.coercer_name)}"),
            Column("Without new partners"),
            Column("Paid by", "US$ bn", False),
            Column("What", "", False),
        ),
        tuple(
            (
                text.typeset(row.title),
                text.fixed(row.cost_bn, 1),
                _year(row.earliest),
                *(
                    text.DASH if row.not_quantified else _year(year, "not by then")
                    for year in (
                        row.start_all,
                        row.start_without_coercer,
                        row.start_without_partners,
                    )
                ),
                _payers(row, names),
                row.capacity or text.listed([s.replace("-", " ") for s in row.sectors]),
            )
            for row in rows
        ),
        notes=(
            f"\u201cNot by then\u201d: not within {text.count(page.horizon_years, 'year')} from "
            f"{page.first_year}.",
            *(f"{row.title}: {row.stalled_by}" for row in rows if row.stalled_by),
            *(f"{row.title}: left out. {row.not_quantified}" for row in rows if row.not_quantified),
        ),
        csv="projects",
    )


def _year(year: int | None, none: str = text.DASH) -> str:
    return none if year is None else str(year)


def _payers(row: ProjectRow, names: dict[str, str]) -> str:
    parts = [f"{names.get(who, who)} {text.fixed(paid, 1)}" for who, paid in row.financed]
    return "; ".join(parts) or text.DASH


def financier_table(page: PipelinePage, results: Results) -> Table:
    """Who could pay, how much, and how much of it the projects use."""
    rows = sorted(page.financiers, key=lambda row: -(row.total_bn or 0.0))
    return Table(
        f"Who could pay, {dollar_unit(results)}",
        (
            Column("Financier", "", False),
            Column("In all", "US$ bn"),
            Column("Used", "US$ bn"),
            Column("Status", "", False),
            Column("Basis", "", False),
        ),
        tuple(
            (
                text.typeset(row.title),
                text.fixed(row.total_bn, 1),
                text.fixed(row.used_bn, 1),
                status(row.status) or text.DASH,
                row.basis or text.DASH,
            )
            for row in rows
        ),
        notes=tuple(f"{row.title}: {text.typeset(row.note)}" for row in rows if row.note),
        csv="financiers",
    )
