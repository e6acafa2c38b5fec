"""The maps of a brief: where a rung is felt, and where the protagonist sells."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.brief import marks, text
from countervail.brief.drawing import scales
from countervail.brief.drawing.draw import PAPER
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.figures import maps
from countervail.brief.results import Place, Results

_SHARES = (0.1, 0.3, 1, 3, 10)  # percent of exports
_FAR = 0.2  # others moved by less than this part of the protagonist's change are "nobody else"
_LABELLED = 3


def felt_figure(results: Results) -> Figure | None:
    """The change of real income of every region; ``None`` without figures or without a map."""
    known = {p.region: p.welfare_percent for p in results.places if p.welfare_percent is not None}
    if not known or not maps.has_map(results.places):
        return None
    shown = {p.region: known[p.region] for p in results.places if p.numeric and p.region in known}
    scale = scales.around_nothing(shown.values(), scales.PERCENT)
    said = felt_finding(results)
    drawing = maps.choropleth(
        "felt",
        results.places,
        {region: scale.label(value) for region, value in shown.items()},
        scale.steps,
        "change of real income",
        {p.region: f"{p.name} {text.percent(p.welfare_percent)}" for p in _parties(results)},
        maps.outside(bool(_rests(results))),
    )
    note = _note(
        f"Change of real income in percent; {results.spill_at}.",
        _as_a_whole([(p, p.welfare_percent) for p in _rests(results)]),
        results,
    )
    return figure_of(
        drawing,
        finding=said,
        alt=f"World map of the change of real income by region. {said}. "
        "All values are in the table below.",
        unit="change of real income, percent",
        subtitle=note,
        csv="places",
        note=note,
    )


def partners_figure(results: Results) -> Figure | None:
    """Which part of the protagonist's exports goes where; ``None`` without exports or map."""
    sold = {p.region: p.exports_percent for p in results.places if p.exports_percent is not None}
    if not sold or not maps.has_map(results.places):
        return None
    scale = scales.growing(_SHARES, scales.PERCENT)
    said = partners_finding(results)
    what = f"share of {text.possessive(results.protagonist_name)} {_exports(results)}"
    mine = [p for p in results.places if p.role == "protagonist"]
    itself = f"{results.protagonist_name} itself"
    drawing = maps.choropleth(
        "partners",
        results.places,
        {p.region: scale.label(sold[p.region]) for p in results.places if p.region in sold}
        | {p.region: itself for p in mine},
        {**scale.steps, itself: PAPER},
        what,
        {p.region: p.name for p in mine}
        | {
            p.region: f"{p.name} {text.percent(p.exports_percent)}"
            for p in _largest(results)[:_LABELLED]
        },
        maps.outside(bool(_rests(results))),
    )
    note = _note(
        f"{text.capital(what)}, percent; {text.dollars(_all_sold(results))} in all.",
        _as_a_whole([(p, p.exports_percent) for p in _rests(results)]),
        results,
    )
    return figure_of(
        drawing,
        finding=said,
        alt=f"World map of the {what}. {said}. All values are in the table below.",
        unit=f"{what}, percent",
        subtitle=note,
        csv="places",
        note=note,
    )


def felt_finding(results: Results) -> str:
    """Where the rung is felt, in one sentence without its full stop."""
    mine = next((p for p in results.places if p.role == "protagonist"), None)
    others = _by_reach(results)
    if mine is None or mine.welfare_percent is None or not others:
        return "Where the change of real income falls"
    far, own = others[0], abs(mine.welfare_percent)
    reach = abs(far.welfare_percent or 0.0)
    name = text.the(mine.name)
    if own > text.NOTHING and reach <= _FAR * own:
        return (
            f"It is {name} that {'is hit' if mine.welfare_percent < 0 else 'gains'} "
            f"({text.percent(mine.welfare_percent)}): no other region "
            f"moves by more than {text.size(reach)} ({text.the(far.name)})"
        )
    return (
        f"Not only {name} is moved ({text.percent(mine.welfare_percent)}): "
        f"{text.the(far.name)} moves by {text.percent(far.welfare_percent)}"
    )


def partners_finding(results: Results) -> str:
    """Who takes most of what the protagonist sells, in one sentence without its full stop."""
    taken = sum(p.exports_percent or 0.0 for p in results.places if p.role == "coercer")
    others = [p for p in _largest(results) if p.role == "other"]
    what = f"{text.possessive(results.protagonist_name)} {_exports(results)}"
    theirs = text.the(results.coercer_name)
    first = f"{theirs} {text.verb('take', results)} {text.percent(taken)} of {what}"
    if not others:
        return text.capital(first)
    next_one = others[0]
    share = next_one.exports_percent or 0.0
    if taken >= share:
        return text.capital(
            f"{first}; the next largest buyer, {text.the(next_one.name)}, "
            f"takes {text.percent(share)}"
        )
    return text.capital(
        f"{text.the(next_one.name)} takes {text.percent(share)} of {what}, {theirs} "
        f"{text.percent(taken)}"
    )


def _rests(results: Results) -> list[Place]:
    """The regions that hold the countries without one of their own."""
    return [p for p in results.places if p.role == "rest"]


def _as_a_whole(percents: Sequence[tuple[Place, float | None]]) -> str:
    """What the map cannot show: each rest of the world in figures."""
    said = [
        f"{text.capital(text.the(p.name))} as a whole: {text.percent(value)}."
        for p, value in percents
        if value is not None
    ]
    return " ".join(said)


def _note(first: str, rest: str, results: Results) -> str:
    made = marks.legend((p.status for p in results.places if p.numeric), on_map=True)
    return " ".join(part for part in (first, rest, made, maps.BORDERS) if part)


def _exports(results: Results) -> str:
    return f"{results.places_trade} exports".strip()


def _all_sold(results: Results) -> float:
    return sum(p.exports_bn or 0.0 for p in results.places)


def _parties(results: Results) -> list[Place]:
    sides = [p for p in results.places if p.role in ("protagonist", "coercer")]
    return [p for p in sides if p.welfare_percent is not None][:_LABELLED]


def _by_reach(results: Results) -> list[Place]:
    """All but the protagonist, those first whose real income moves farthest."""
    found = [p for p in results.places if p.role != "protagonist" and p.welfare_percent is not None]
    return sorted(found, key=lambda p: (-abs(p.welfare_percent or 0.0), p.region))


def _largest(results: Results) -> list[Place]:
    found = [p for p in results.places if p.role in ("other", "coercer")]
    return sorted(found, key=lambda p: (-(p.exports_percent or 0.0), p.region))
