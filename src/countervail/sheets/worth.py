"""What each deal is worth and which to take, as the plain rows of a brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from countervail.brief.rows.strategy import (
    MEASURES,
    BundleRow,
    ChoiceRow,
    ContributionRow,
    RankRow,
    WorthPage,
)

if TYPE_CHECKING:
    from countervail.scenario.portfolio import PortfolioSpec
    from countervail.strategy.contribution import Contributions
    from countervail.strategy.portfolio import Bundle, Portfolio


def worth_rows(
    found: Contributions,
    titles: Mapping[str, str],
    odds: Mapping[str, float],
    *,
    threat: str = "a full cut-off",
    idle: Sequence[str] = (),
    miss: float = 0.0,
    wanted: PortfolioSpec | None = None,
    full: Portfolio | None = None,
    at_odds: Portfolio | None = None,
    taken: Mapping[str, Bundle] | None = None,
) -> WorthPage:
    """What ``found`` and the best bundles say, as the page of a brief.

    ``titles``, ``odds``: of each deal (its id, or None, where it is missing); ``threat``: the one
    behind ``threat`` and ``exposure``, in words; ``idle``: deals that act on nothing; ``miss``: as
    of a ``Strategy``; ``wanted``: the table of the scenario that ``full`` (all delivered) and
    ``at_odds`` (mean over futures) answer; ``taken``: the bundle that was taken, by basis
    (``full``, ``odds``).
    """
    chosen = [(b, p) for b, p in (("full", full), ("odds", at_odds)) if p is not None]
    return WorthPage(
        method=found.method,
        valued=found.valued,
        draws=len(found.in_futures),
        threat=threat,
        rows=_contributions(found, titles, odds),
        ranks=_ranks(found, titles),
        idle=tuple(_title(name, titles) for name in idle),
        miss_percent=miss,
        objective=chosen[0][1].objective if chosen else "",
        exposure_at_most_percent=None if wanted is None else wanted.exposure_at_most,
        rules=() if wanted is None else tuple(rules(wanted, titles)),
        choices=tuple(
            ChoiceRow(basis, p.proof, p.valued, p.allowed, p.allowance, p.breach, p.gap)
            for basis, p in chosen
        ),
        bundles=tuple(
            row for basis, p in chosen for row in _bundles(basis, p, titles, taken or {})
        ),
    )


def rules(wanted: PortfolioSpec, titles: Mapping[str, str]) -> list[str]:
    """The limits of a choice in words, one clause each, without full stops."""

    def named(deals: Sequence[str], last: str) -> str:
        quoted = [f"\u201c{_title(deal, titles)}\u201d" for deal in deals]
        return f" {last} ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)

    said = []
    if wanted.at_most is not None:
        said.append(f"at most {wanted.at_most} deal{'' if wanted.at_most == 1 else 's'}")
    for resource, most in wanted.limits.items():
        uses = wanted.uses.get(resource, {})
        parts = ", ".join(f"{_title(deal, titles)} {amount:g}" for deal, amount in uses.items())
        said.append(f"{resource.replace('_', ' ')} of at most {most:g} ({parts or 'used by none'})")
    said += [f"no more than one of {named(group, 'and')}" for group in wanted.exclusive]
    said += [
        f"{named((deal,), 'and')} only with {named(others, 'and')}"
        for deal, others in wanted.needs.items()
    ]
    return said


def _title(deal: str, titles: Mapping[str, str]) -> str:
    return titles.get(deal) or deal


def _contributions(
    found: Contributions, titles: Mapping[str, str], odds: Mapping[str, float]
) -> tuple[ContributionRow, ...]:
    return tuple(
        ContributionRow(
            row.deal,
            _title(row.deal, titles),
            row.measure,
            row.alone,
            row.last,
            row.shapley,
            row.standard_error,
            row.mean,
            row.low,
            row.median,
            row.high,
            odds.get(row.deal),
        )
        for row in found.rows
    )


def _ranks(found: Contributions, titles: Mapping[str, str]) -> tuple[RankRow, ...]:
    rows = []
    for measure in found.measures:
        if measure not in MEASURES:
            continue
        above = found.above(measure)
        rows += [
            RankRow(
                measure,
                deal,
                _title(deal, titles),
                other,
                _title(other, titles),
                100.0 * float(above[j, k]),
            )
            for j, deal in enumerate(found.deals)
            for k, other in enumerate(found.deals)
            if j != k
        ]
    return tuple(rows)


def _bundles(
    basis: str, found: Portfolio, titles: Mapping[str, str], taken: Mapping[str, Bundle]
) -> list[BundleRow]:
    listed = [
        ("best", found.best),
        ("greedy", found.greedy),
        ("nothing", found.nothing),
        ("everything", found.everything),
        *([("taken", taken[basis])] if basis in taken else []),
        *(("frontier", bundle) for bundle in found.frontier),
    ]
    return [_bundle(basis, role, bundle, titles) for role, bundle in listed]


def _bundle(basis: str, role: str, bundle: Bundle, titles: Mapping[str, str]) -> BundleRow:
    values = bundle.values
    threats = [value for name, value in values.items() if name.split(":")[0] == "threat"]
    return BundleRow(
        basis,
        role,
        tuple(_title(deal, titles) for deal in bundle.deals),
        values["peace"],
        values["threat"],
        values["exposure"],
        min(threats),
    )
