"""Who could hurt whom, in tables: pairs, poles, screens, coalitions."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.questions.whom import (
    against,
    by,
    by_share,
    label,
    mark_note,
    ordered,
    plain_name,
    shown_name,
)
from countervail.brief.results import Results
from countervail.brief.rows.leverage import PairRow
from countervail.brief.views import Column, Table

_TOP = 15


def top_table(results: Results) -> Table:
    """The pairs in which the target loses most."""
    pairs = ordered(results)[:_TOP]
    return Table(
        f"The {text.counted(len(pairs), 'pair')} that could be cornered most, in percent of their "
        "own real income",
        (
            Column("Target", "", False),
            Column("Coercer", "", False),
            *_heads("Target", "Coercer"),
        ),
        tuple(
            (*_both(pair, results), *figures)
            for pair, figures in zip(pairs, _figures(pairs), strict=True)
        ),
        notes=_notes(pairs, results),
        csv="power",
    )


def against_table(results: Results) -> Table:
    """Who could hurt the protagonist: its row of the matrix."""
    mine = results.protagonist_name
    pairs = against(results)[:_TOP]
    return Table(
        f"Who could hurt {text.the(mine)}, in percent of their own real income",
        (Column("Coercer", "", False), *_heads(mine, "Coercer")),
        tuple(
            (_both(pair, results)[1], *figures)
            for pair, figures in zip(pairs, _figures(pairs), strict=True)
        ),
        notes=_notes(pairs, results),
        csv="power",
    )


def by_table(results: Results) -> Table:
    """Whom the protagonist could hurt: its column of the matrix."""
    mine = results.protagonist_name
    pairs = by(results)[:_TOP]
    return Table(
        f"Whom {text.the(mine)} could hurt, in percent of their own real income",
        (Column("Target", "", False), *_heads("Target", mine)),
        tuple(
            (_both(pair, results)[0], *figures)
            for pair, figures in zip(pairs, _figures(pairs), strict=True)
        ),
        notes=_notes(pairs, results),
        csv="power",
    )


def _heads(target: str, coercer: str) -> tuple[Column, ...]:
    return (
        Column(f"{target} loses", "%"),
        Column(f"{coercer} loses", "%"),
        Column("Cost over harm", "ratio"),
    )


def _figures(pairs: list[PairRow]) -> list[tuple[str, ...]]:
    """Both losses and their ratio, for each pair."""
    percent = text.column([v for pair in pairs for v in (pair.loss_percent, pair.cost_percent)])
    return [
        (percent(pair.loss_percent), percent(pair.cost_percent), text.fixed(_ratio(pair)))
        for pair in pairs
    ]


def _both(pair: PairRow, results: Results) -> tuple[str, str]:
    return (
        shown_name(pair.target, pair.target_name, results),
        shown_name(pair.coercer, pair.coercer_name, results),
    )


def _notes(pairs: list[PairRow], results: Results) -> tuple[str, ...]:
    own = [f"{p.target_name} by {p.coercer_name}: {p.note}" for p in pairs if p.note]
    regions = [region for pair in pairs for region in (pair.target, pair.coercer)]
    return (*mark_note(regions, results), *own)


def _ratio(pair: PairRow) -> float | None:
    """What the coercer loses for each percent that the target loses; none without harm."""
    if pair.loss_percent is None or pair.cost_percent is None or pair.loss_percent < text.NOTHING:
        return None
    return pair.cost_percent / pair.loss_percent


def pole_table(results: Results) -> Table:
    """Among how many poles each measure is spread."""
    names = [name for row in results.poles for name in (row.first, row.second)]
    return Table(
        "Poles: how many equal powers would be as concentrated",
        (
            Column("Measure", "", False),
            Column("Poles", "1 / HHI"),
            Column("Poles", "entropy"),
            Column("Concentration", "0 to 1"),
            Column("First", "", False),
            Column("", "%"),
            Column("Second", "", False),
            Column("", "%"),
        ),
        tuple(
            (
                text.capital(row.measure),
                text.fixed(row.poles, 1),
                text.fixed(row.entropy_poles, 1),
                text.fixed(row.concentration),
                _marked(row.first, results),
                text.fixed(row.first_percent, 1),
                _marked(row.second, results),
                text.fixed(row.second_percent, 1),
            )
            for row in results.poles
        ),
        notes=tuple(mark_note([label(n, results) for n in names], results)),
        csv="poles",
    )


def _marked(name: str, results: Results) -> str:
    return shown_name(label(name, results), plain_name(name), results)


def screen_table(results: Results) -> Table:
    """The quick indicators beside how well they rank the exact losses, the best first."""
    rows = sorted(
        results.screens,
        key=lambda row: (
            row.rank_correlation is None,
            -(row.rank_correlation or 0.0),
            row.screen,
        ),
    )
    mine, theirs = text.the(results.protagonist_name), text.the(results.coercer_name)
    return Table(
        f"Quick indicators of the power of {theirs} over {mine}",
        (
            Column("Indicator", "", False),
            Column("Value"),
            Column("Unit", "", False),
            Column("Rank correlation", "all pairs"),
            Column("Rank correlation", f"those facing {mine}"),
        ),
        tuple(
            (
                row.title,
                text.DASH if row.value is None else text.number(row.value, 3),
                row.unit,
                text.fixed(row.rank_correlation),
                text.fixed(row.rank_correlation_target),
            )
            for row in rows
        ),
        notes=(
            "Rank correlation (Spearman): 1 where the indicator ranks as the exact losses do, "
            "0 where it says nothing of them.",
        ),
        csv="screens",
    )


def coalition_table(results: Results) -> Table:
    """What each member of a coalition could do alone, and its share in what they do together."""
    rows = by_share(results)
    columns = ([row.alone_percent for row in rows], [row.shapley_percent for row in rows])
    return Table(
        f"Loss of {text.the(results.protagonist_name)} by a coalition of suppliers, in percent of "
        "real income",
        (
            Column("Member", "", False),
            Column("Alone", "%"),
            Column("Share in the whole (Shapley value)", "%"),
        ),
        (
            *(
                (
                    shown_name(row.member, plain_name(row.member_name), results),
                    text.fixed(row.alone_percent),
                    text.fixed(row.shapley_percent),
                )
                for row in rows
            ),
            ("Sum", *(text.fixed(_sum(column)) for column in columns)),
        ),
        notes=tuple(mark_note([row.member for row in rows], results)),
        csv="coalition",
    )


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
