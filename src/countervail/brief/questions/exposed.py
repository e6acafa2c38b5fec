"""What is at risk with each instrument, and how much works without the coercer."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.results import Results
from countervail.brief.rows.leverage import ExposureRow
from countervail.brief.views import Column, Table, dollar_unit

RETALIATIONS = {
    "none": "none",
    "proportional": "in proportion",
    "best-response": "best duties",
}


def bypass_sentence(results: Results) -> str:
    """Which part of the economy works without the coercer, at the brief's horizon first."""
    found = {
        row.horizon: row.bypass_percent for row in results.bypass if row.bypass_percent is not None
    }
    if not found:
        return ""
    order = sorted(found, key=lambda horizon: horizon != results.horizon)
    said = (
        f"Without {text.the(results.coercer_name)}, {text.the(results.protagonist_name)} keeps "
        f"{_share(found[order[0]])} of its real income {text.run(order[0])}"
    )
    others = [f"{_share(found[horizon])} {text.run(horizon)}" for horizon in order[1:]]
    return f"{said}{f' ({text.listed(others)})' if others else ''}."


def _share(percent: float) -> str:
    # A tenth of a percent, since what is missing to 100 is the news.
    return f"{text.fixed(percent, 1)}{text.THIN}%"


def horizons(results: Results) -> list[str]:
    """The horizons of the exposures, that of the brief first."""
    seen = dict.fromkeys(row.horizon for row in results.exposures)
    return sorted(seen, key=lambda horizon: horizon != results.horizon)


def exposure_sentence(results: Results) -> str:
    """Which instrument puts most at risk and which least, where the protagonist does not answer."""
    rows = [
        row
        for row in results.exposures
        if (row.horizon, row.retaliation) == (results.horizon, "none")
        and row.exposure_percent is not None
    ]
    if len(rows) < 2:
        return ""
    rows.sort(key=lambda row: (-(row.exposure_percent or 0.0), row.instrument))
    most, least = rows[0], rows[-1]
    return (
        f"Of {text.counted(len(rows), 'instrument')} it is \u201c{most.label}\u201d that puts most "
        f"of {possessive(results)} real income at risk {text.run(results.horizon)} "
        f"({text.size(most.exposure_percent)}), and \u201c{least.label}\u201d that puts least "
        f"({text.size(least.exposure_percent)})."
    )


def possessive(results: Results) -> str:
    """The protagonist in the genitive."""
    return text.possessive(results.protagonist_name)


def exposure_table(results: Results, horizon: str) -> Table:
    """Welfare without and with the threat and what lies between, the largest exposure first."""
    rows, unmoved = _listed([row for row in results.exposures if row.horizon == horizon])
    mine, theirs = results.protagonist_name, results.coercer_name
    percent = text.column([v for row in rows for v in (row.exposure_percent, row.cost_percent)])
    amount = text.column([v for row in rows for v in (row.exposure_bn, row.cost_bn)], 1)
    return Table(
        f"{text.run_title(horizon)}: real income without and with the threat, in percent of the "
        f"base, and in {dollar_unit(results)}",
        (
            Column("Instrument", "", False),
            Column("Answer", "", False),
            Column("Exposure (W \u2212 d)", "%"),
            Column("", "US$ bn"),
            Column(f"{theirs} loses", "%"),
            Column("", "US$ bn"),
            Column("Without (W)", "%"),
            Column("With (d)", "%"),
        ),
        tuple(
            (
                text.typeset(row.label),
                RETALIATIONS[row.retaliation],
                percent(row.exposure_percent),
                amount(row.exposure_bn),
                percent(row.cost_percent),
                amount(row.cost_bn),
                percent(row.welfare_percent),
                percent(row.disagreement_percent),
            )
            for row in rows
        ),
        notes=(
            f"Answer: what {text.the(mine)} does in return. \u201cBest duties\u201d: those by "
            "sector that serve it best, import tariffs against a tariff, import tariffs and "
            f"export taxes against anything else.{_worse_than_in_kind(rows)}",
            *(
                [
                    "Answers that change nothing are left out; the CSV file has them: "
                    f"{text.listed(unmoved)}."
                ]
                if unmoved
                else []
            ),
            *(
                [
                    "An exposure below zero: the duties of the answer serve it so well that it "
                    "ends above where it began; it could have had them without the threat."
                ]
                if any((row.exposure_percent or 0.0) < -_UNMOVED for row in rows)
                else []
            ),
            *_notes(rows),
        ),
        csv="exposures",
    )


def _listed(rows: list[ExposureRow]) -> tuple[list[ExposureRow], list[str]]:
    """(rows to show, answers that change nothing): the largest exposure without answer first."""
    plain = {row.instrument: row for row in rows if row.retaliation == "none"}

    def rank(row: ExposureRow) -> tuple[bool, float, str, int]:
        first = plain.get(row.instrument, row).exposure_percent
        return first is None, -(first or 0.0), row.label, list(RETALIATIONS).index(row.retaliation)

    shown, unmoved = [], []
    for row in sorted(rows, key=rank):
        first = plain.get(row.instrument, row)
        if row is not first and _same(row, first):
            unmoved.append(f"{row.label} ({RETALIATIONS[row.retaliation]})")
        else:
            shown.append(row)
    return shown, unmoved


def _worse_than_in_kind(rows: list[ExposureRow]) -> str:
    """Where the best duties serve less well than a proportional answer, in a sentence."""
    exposed = {(row.instrument, row.retaliation): row.exposure_percent for row in rows}
    worse = []
    for row in rows:
        kind = exposed.get((row.instrument, "proportional"))
        best = row.exposure_percent if row.retaliation == "best-response" else None
        if kind is not None and best is not None and kind < best - _UNMOVED:
            worse.append(f"\u201c{text.typeset(row.label)}\u201d")
    if not worse:
        return ""
    return (
        " They are one rate for each sector and kind of duty: an answer in proportion, which they "
        f"do not hold, serves it better against {text.listed(worse)}."
    )


def _same(a: ExposureRow, b: ExposureRow) -> bool:
    figures = ("exposure_percent", "cost_percent")
    pairs = [(getattr(a, name), getattr(b, name)) for name in figures]
    return all(
        x == y or (x is not None and y is not None and abs(x - y) < _UNMOVED) for x, y in pairs
    )


_UNMOVED = 1e-6  # percent: what two solutions of the same equilibrium may differ by


def _notes(rows: list[ExposureRow]) -> list[str]:
    return list(dict.fromkeys(f"{row.label}: {row.note}" for row in rows if row.note))


def transit_counted(results: Results) -> bool:
    """Whether closed routes are among the instruments, as a cost of the detour."""
    return any(row.instrument == "transit-denial" for row in results.exposures)
