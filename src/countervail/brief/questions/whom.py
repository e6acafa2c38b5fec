"""Who could hurt whom: the power matrix, poles, screens and coalitions in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from countervail.brief import marks, text
from countervail.brief.results import Results
from countervail.brief.rows.leverage import CoalitionRow, PairRow, PoleRow, PowerMatrix

_UNION = ("EU", "European Union")
_HURT = 1.0  # percent of real income from which a pair counts as one that can be cornered
_WELL, _POORLY = 0.9, 0.6  # rank correlations that are called close and loose


def computed(results: Results) -> bool:
    """Whether the run holds anything on who could hurt whom."""
    return bool(results.power or results.poles or results.screens or results.coalition)


def coercers(results: Results) -> list[str]:
    """The labels of the coercer, one for each region that it stands for."""
    placed = [place.region for place in results.places if place.role == "coercer"]
    return placed or [part.strip() for part in results.coercer.replace("+", ",").split(",")]


def actors(results: Results) -> list[str]:
    """The regions of the matrix that can act: a rest of the world is no actor."""
    rest = {place.region for place in results.places if place.role == "rest"}
    return [r for r in results.power.regions if r not in rest] if results.power else []


def whole(results: Results) -> PairRow | None:
    """The coercer as a whole, from the ladder's cut-off, where it is more than one region."""
    row = text.cut_off_row(results)
    if len(coercers(results)) < 2 or row is None or row.harm_percent is None:
        return None
    return PairRow(
        target=results.protagonist,
        target_name=results.protagonist_name,
        coercer=results.coercer,
        coercer_name=results.coercer_name,
        loss_percent=row.harm_percent,
        loss_bn=row.harm_bn,
        cost_percent=row.cost_percent,
        cost_bn=row.cost_bn,
    )


def called(region: str, name: str, results: Results) -> str:
    """A region's name inside a sentence, which says where its economy is constructed."""
    made = _statuses(results).get(region) == "constructed"
    return f"{text.the(name)}{' (constructed data)' if made else ''}"


def shown_name(region: str, name: str, results: Results) -> str:
    """A region's name, with a mark where its economy is constructed."""
    return marks.marked(name, _statuses(results).get(region, ""))


def mark_note(regions: Iterable[str], results: Results) -> list[str]:
    """What the mark means, where one of the regions has it."""
    known = _statuses(results)
    said = marks.legend(known.get(region, "") for region in regions)
    return [said] if said else []


def label(name: str, results: Results) -> str:
    """The label of the region that is shown as ``name``; the name itself where there is none."""
    return next((place.region for place in results.places if place.name == name), name)


def _statuses(results: Results) -> dict[str, str]:
    return {place.region: place.status for place in results.places}


def ordered(results: Results) -> list[PairRow]:
    """Every pair of actors with a figure, the largest loss first."""
    if results.power is None:
        return []
    able = set(actors(results))
    found = [
        pair
        for pair in results.power.pairs()
        if pair.loss_percent is not None and {pair.target, pair.coercer} <= able
    ]
    return sorted(found, key=lambda p: (-(p.loss_percent or 0.0), p.target, p.coercer))


def against(results: Results) -> list[PairRow]:
    """Who could hurt the protagonist: the coercer as a whole, then each, the largest loss first."""
    pairs = [pair for pair in ordered(results) if pair.target == results.protagonist]
    together = whole(results)
    return [together, *pairs] if together is not None and pairs else pairs


def by(results: Results) -> list[PairRow]:
    """Whom the protagonist could hurt, the largest loss first."""
    return [pair for pair in ordered(results) if pair.coercer == results.protagonist]


def finding(results: Results) -> str:
    """Who could hurt the protagonist most, and who comes next, without its full stop."""
    pairs = against(results)
    if not pairs:
        return "Who could hurt whom if all trade between two ended"
    first, *others = pairs
    if first.coercer not in actors(results):
        others = [pair for pair in others if pair.coercer not in coercers(results)]
    mine = text.the(results.protagonist_name)
    said = (
        f"{_coercer(first, results)} could cost {mine} {text.size(first.loss_percent)} of real "
        "income by ending all trade with it"
    )
    if others:
        said += f"; {_coercer(others[0], results)}, the next, {text.size(others[0].loss_percent)}"
    return text.capital(said)


def _coercer(pair: PairRow, results: Results) -> str:
    return called(pair.coercer, pair.coercer_name, results)


def _target(pair: PairRow, results: Results) -> str:
    return called(pair.target, pair.target_name, results)


def standing_sentence(results: Results) -> str:
    """Where the pair of the brief stands among all pairs, by what the target loses."""
    pairs = ordered(results)
    mine = [
        (rank, pair)
        for rank, pair in enumerate(pairs, 1)
        if pair.target == results.protagonist and pair.coercer in coercers(results)
    ]
    if not mine or len(pairs) < 3:
        return ""
    rank, pair = mine[0]
    hurt = sum((p.loss_percent or 0.0) >= _HURT for p in pairs)
    return (
        f"Of {text.count(len(pairs), 'ordered pair')} of economies, "
        f"{_target(pair, results)} cut off from {_coercer(pair, results)} is number "
        f"{rank:,} by the loss; in {text.count(hurt, 'pair')} the target loses "
        f"{text.rate(_HURT / 100)} of real income or more."
    )


def others_sentence(results: Results) -> str:
    """Who else can be cornered by whom: the largest losses of all, the brief's own left out."""
    pairs = [
        pair
        for pair in ordered(results)
        if not (pair.target == results.protagonist and pair.coercer in coercers(results))
    ]
    if not pairs or (pairs[0].loss_percent or 0.0) < text.NOTHING:
        return ""
    named = [
        f"{_target(p, results)} by {_coercer(p, results)} ({text.size(p.loss_percent)})"
        for p in pairs[:3]
    ]
    return f"Who else could be cornered most: {text.listed(named)}."


def own_power_sentence(results: Results) -> str:
    """Whom the protagonist could hurt in its turn."""
    pairs = by(results)
    if not pairs:
        return ""
    first = pairs[0]
    mine = text.the(results.protagonist_name)
    if (first.loss_percent or 0.0) < text.NOTHING:
        return text.capital(f"{mine} could hurt nobody in its turn.")
    return text.capital(
        f"{mine} in its turn could hurt {_target(first, results)} most "
        f"({text.size(first.loss_percent)}, and lose {text.size(first.cost_percent)} itself)."
    )


def poles_sentence(results: Results) -> str:
    """Among how many poles each measure is spread, and who leads; then with blocs as one."""
    singly: dict[str, list[PoleRow]] = {}
    for row in results.poles:
        singly.setdefault(row.measure.partition(", ")[2], []).append(row)
    said = [
        _poles(rows, f"With the {how}" if how else "Counted as equal poles", results)
        for how, rows in singly.items()
    ]
    members = [bloc for bloc in (results.power.blocs if results.power else ()) if bloc in _UNION]
    if list(singly) == [""] and len(members) > 1:
        said.append(
            "Members of the European Union are counted singly, and what they trade with each "
            "other as foreign trade."
        )
    return " ".join(said)


def _poles(rows: Sequence[PoleRow], lead: str, results: Results) -> str:
    parts = [f"{text.number(row.poles)} by {_measure(row)}" for row in rows]
    last = rows[-1]
    return (
        f"{lead}, the world has {text.listed(parts)}: by {_measure(last)} "
        f"{_pole(last.first, results)} holds {text.percent(last.first_percent)} and "
        f"{_pole(last.second, results)} {text.percent(last.second_percent)}."
    )


def _pole(name: str, results: Results) -> str:
    """A pole in a sentence; its row holds a name, or a label where a bloc counts as one."""
    return "the EU" if name == "EU" else called(label(name, results), plain_name(name), results)


def plain_name(name: str) -> str:
    """A name without the words that say who belongs to a bloc."""
    return _UNION[1] if name.startswith(f"{_UNION[1]},") else name


def _measure(row: PoleRow) -> str:
    name = row.measure.partition(", ")[0]
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def screens_sentence(results: Results) -> str:
    """How well the quick indicators rank the exact losses."""
    rows = [row for row in results.screens if row.rank_correlation is not None]
    if not rows:
        return ""
    rows.sort(key=lambda row: (-(row.rank_correlation or 0.0), row.screen))
    best, worst = rows[0], rows[-1]
    said = (
        f"Of the quick indicators \u201c{best.title}\u201d ranks pairs most as the exact losses do "
        f"(rank correlation {text.fixed(best.rank_correlation)}, "
        f"{_how(best.rank_correlation or 0.0)})"
    )
    if worst is not best:
        said += f", \u201c{worst.title}\u201d least ({text.fixed(worst.rank_correlation)})"
    return f"{said}."


def _how(correlation: float) -> str:
    return "close" if correlation >= _WELL else "loose" if correlation < _POORLY else "fairly close"


def coalition_sentence(results: Results) -> str:
    """What the suppliers could do together, and how much more that is than one by one."""
    whole, rows = results.coalition_percent, results.coalition
    alone = [row.alone_percent for row in rows if row.alone_percent is not None]
    if whole is None or len(rows) < 2:
        return ""
    who = text.listed(
        [called(r.member, plain_name(r.member_name), results) for r in by_share(results)]
    )
    said = (
        f"Together {who} could cost {text.the(results.protagonist_name)} {text.size(whole)} of "
        "real income"
    )
    if len(alone) < len(rows):
        return f"{said}."
    extra = whole - sum(alone)
    if abs(extra) < text.NOTHING:
        return f"{said}, as much as one by one."
    return (
        f"{said}, {text.size(extra).replace(text.THIN + '%', '')} percentage points "
        f"{'more' if extra > 0 else 'less'} than the sum of what each could alone."
    )


def by_share(results: Results) -> list[CoalitionRow]:
    """The members of the coalition, the largest share first."""
    return sorted(results.coalition, key=lambda row: (-(row.shapley_percent or 0.0), row.member))


def sentences(results: Results) -> list[str]:
    """What the matrix says beside its title."""
    said = (standing_sentence, others_sentence, own_power_sentence)
    return [sentence for make in said if (sentence := make(results))]


def summary(results: Results) -> str:
    """The question "who else?" answered in one line for a terminal; empty without a matrix."""
    others = others_sentence(results)
    return f"Who could hurt whom? {finding(results)}. {others}".strip() if ordered(results) else ""


def picture(
    matrix: PowerMatrix, at_most: int, always: Sequence[str], able: Sequence[str]
) -> list[int]:
    """Which regions a picture shows and in which order: the largest, by bloc, then by size.

    ``able`` are the labels it may show, ``always`` those that are shown whatever their size, the
    first of them before the others. Blocs stand by what they hold together, regions in none last.
    """
    may = [n for n, region in enumerate(matrix.regions) if region in able]
    by_size = sorted(may, key=lambda n: (-matrix.income_bn[n], n))
    needed = [matrix.regions.index(r) for r in always if r in matrix.regions][:at_most]
    rest = [n for n in by_size if n not in needed]
    shown = {*needed, *rest[: at_most - len(needed)]}
    held: dict[str, float] = {}
    for n in by_size:
        held[matrix.blocs[n]] = held.get(matrix.blocs[n], 0.0) + matrix.income_bn[n]
    return sorted(
        shown,
        key=lambda n: (
            not matrix.blocs[n],
            -held[matrix.blocs[n]],
            matrix.blocs[n],
            -matrix.income_bn[n],
        ),
    )
