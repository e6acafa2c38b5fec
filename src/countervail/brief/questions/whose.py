"""Whose capital works in the host, and what its leaving would do, in words and in tables."""

from __future__ import annotations

from countervail.brief import marks, text
from countervail.brief.questions import whom
from countervail.brief.results import Results
from countervail.brief.rows.channels import CapitalPage, CapitalRow, WithdrawalRow
from countervail.brief.views import Column, Table, dollar_unit

SHOWN = 12
"""How many owners are named; the others are added up."""

_ABOUT = 0.3  # of what replacing capital costs: what is left is then little beside it


def held(page: CapitalPage) -> list[CapitalRow]:
    """The owners with a figure, the largest stock first."""
    rows = [row for row in page.rows if row.stock_bn is not None]
    return sorted(rows, key=lambda row: (-(row.stock_bn or 0.0), row.origin))


def finding(page: CapitalPage, results: Results) -> str:
    """Who holds most of the host's inward direct investment, without its full stop."""
    rows = held(page)
    whose = text.possessive(page.host_name)
    if not rows:
        return f"Whose direct investment works in {text.the(page.host_name)}"
    first, *others = rows
    said = (
        f"{_called(first)} holds {text.percent(first.share_percent)} of {whose} inward direct "
        "investment"
    )
    coercers = whom.coercers(results)
    next_one = next((row for row in rows if row.origin in coercers), None)
    if first.origin in coercers or next_one is None:
        next_one = others[0] if others else None
    if next_one is not None:
        said += f"; {_called(next_one)} {text.percent(next_one.share_percent)}"
    return text.capital(said)


def of_coercer(row: CapitalRow, results: Results) -> bool:
    """Whether an owner is the coercer or a part of it."""
    return row.origin in whom.coercers(results)


def _called(row: CapitalRow) -> str:
    made = " (constructed)" if row.status == "constructed" else ""
    return f"{text.the(row.origin_name)}{made}"


def sentences(page: CapitalPage) -> list[str]:
    """How much foreign capital there is, how concentrated, and what stands against it."""
    return [said for make in (_total, _made, _spread, _net) if (said := make(page))]


def _total(page: CapitalPage) -> str:
    if page.total_bn is None:
        return ""
    of = f" in {page.year}" if page.year else ""
    said = (
        f"Owners abroad hold {text.dollars(page.total_bn)} of direct investment in "
        f"{text.the(page.host_name)}{of}"
    )
    if page.capital_bn:
        part = 100 * page.total_bn / page.capital_bn
        said += (
            f", {text.percent(part)} of its capital stock of {text.dollars(page.capital_bn)}, "
            "which is constructed from its product"
        )
    return f"{said}."


def _spread(page: CapitalPage) -> str:
    if not page.concentration:
        return ""
    owners = 1 / page.concentration
    return (
        f"It is spread as among {text.number(owners)} equal owners (sum of squared shares "
        f"{text.fixed(page.concentration)})."
    )


def _net(page: CapitalPage) -> str:
    if page.net_position_bn is None:
        return ""
    more = "more" if page.net_position_bn > 0 else "less"
    return (
        f"{text.capital(text.the(page.host_name))} holds {text.dollars(abs(page.net_position_bn))} "
        f"{more} of direct investment abroad than owners abroad hold in it."
    )


def _made(page: CapitalPage) -> str:
    made = sum(row.stock_bn or 0.0 for row in page.rows if row.status == "constructed")
    whole = sum(row.stock_bn or 0.0 for row in page.rows)
    if not made or not whole:
        return ""
    return (
        f"{text.percent(100 * made / whole)} of it by value is constructed: spread over owners by "
        "a rule, since no open source has the figure."
    )


def withdrawal_sentence(page: CapitalPage, results: Results) -> str:
    """What the coercer's withdrawal does to both sides at the horizon of the brief."""
    rows = [row for row in page.withdrawals if row.harm_percent is not None]
    if not rows:
        return ""
    theirs = {results.coercer, "+".join(whom.coercers(results))}

    def order(row: WithdrawalRow) -> tuple[bool, bool, float]:
        return (
            row.origin not in theirs,
            row.horizon != results.horizon,
            -(row.harm_percent or 0.0),
        )

    row = min(rows, key=order)
    said = (
        f"If {text.rate(row.share_percent / 100)} of the direct investment of "
        f"{text.the(row.origin_name)} left, {text.the(page.host_name)} would "
        f"{_do(row.harm_percent)} of real income {text.run(row.horizon)}"
    )
    if row.cost_percent is not None:
        most = " at most" if row.cost_percent >= text.TINY else ""
        said += f", and {text.the(row.origin_name)} would {_do(row.cost_percent)}{most}"
    if row.net_bn is not None and row.harm_bn is not None:
        spared = row.harm_bn - row.net_bn
        turned = "a gain" if row.net_bn < 0 else "a loss"
        said += (
            f". Real income does not count that {text.dollars(spared)} a year need no longer be "
            f"spent on replacing that capital; with it there is {turned} of "
            f"{text.dollars(abs(row.net_bn))}"
        )
        if abs(row.net_bn) < _ABOUT * abs(spared):
            said += ": capital at the margin costs about what it brings"
    return f"{said}."


def _do(loss: float | None) -> str:
    return f"{'gain' if (loss or 0.0) < -text.NOTHING else 'lose'} {text.size(loss)}"


def summary(results: Results) -> str:
    """Whose capital it is in one line for a terminal; empty without figures."""
    page = results.capital
    if page is None or not held(page):
        return ""
    said = f"Whose capital is it? {finding(page, results)}. {withdrawal_sentence(page, results)}"
    return said.strip()


def owner_table(page: CapitalPage, results: Results) -> Table:
    """Every owner, the largest stock first."""
    rows = held(page)
    sourced = any(row.source for row in rows)
    return Table(
        f"Direct investment in {text.the(page.host_name)} by owner, {dollar_unit(results)}",
        (
            Column("Owner", "", False),
            Column("Stock", "US$ bn"),
            Column("Part of inward investment", "%"),
            Column("Part of the capital stock", "%"),
            Column("Data", "", False),
            *([Column("Source", "", False)] if sourced else []),
        ),
        tuple(
            (
                marks.marked(row.origin_name, row.status),
                text.fixed(row.stock_bn, 1),
                text.fixed(row.share_percent, 1),
                text.fixed(row.capital_percent, 2),
                row.status or text.DASH,
                *([row.source or text.DASH] if sourced else []),
            )
            for row in rows
        ),
        notes=_legend(rows),
        csv="capital",
    )


def _legend(rows: list[CapitalRow]) -> tuple[str, ...]:
    said = mark_note(rows)
    return (said,) if said else ()


def mark_note(rows: list[CapitalRow]) -> str:
    """What the mark of constructed figures means here, where any has it."""
    if all(row.status != "constructed" for row in rows):
        return ""
    return f"{marks.MARK}: constructed, spread over owners by a rule."


def withdrawal_table(page: CapitalPage, results: Results) -> Table:
    """What leaves, and what that does to both sides."""
    rows = sorted(page.withdrawals, key=lambda row: -(row.harm_percent or 0.0))
    percent = text.column([v for row in rows for v in (row.harm_percent, row.cost_percent)])
    amount = text.column([v for row in rows for v in (row.harm_bn, row.cost_bn)], 1)
    return Table(
        f"If a part of the capital left: loss of real income in percent and in "
        f"{dollar_unit(results)}",
        (
            Column("Owner", "", False),
            Column("Leaves", "%"),
            Column("Stock", "US$ bn"),
            Column("Horizon", "", False),
            Column(f"{page.host_name} loses", "%"),
            Column("", "US$ bn"),
            Column("net of replacement", "US$ bn"),
            Column("Owner loses", "%"),
            Column("", "US$ bn"),
        ),
        tuple(
            (
                row.origin_name,
                text.number(row.share_percent),
                text.fixed(row.stock_bn, 1),
                text.run_title(row.horizon),
                percent(row.harm_percent),
                amount(row.harm_bn),
                amount(row.net_bn),
                percent(row.cost_percent),
                amount(row.cost_bn),
            )
            for row in rows
        ),
        notes=(
            "What the owners earn with the money elsewhere is not counted, so their loss is an "
            "upper bound.",
            *(f"{row.origin_name}: {row.note}" for row in rows if row.note),
        ),
        csv="withdrawals",
    )
