"""Which claims hold: in words, as the table that opens the report, and as plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from countervail.brief import numbers, text
from countervail.brief.results import Results
from countervail.brief.rows.claims import ClaimRow, SideRow

MARKS = {
    "supported": "✓",
    "contradicted": "✗",
    "undecided": "≈",
    "unsourced": "?",
    "not testable": "–",
    "not yet tested": "○",
}
"""A mark for each verdict, beside its word: never colour alone."""

COLUMNS = (
    "id",
    "says",
    "verdict",
    "test",
    "left",
    "left_low",
    "left_high",
    "sign",
    "right",
    "right_low",
    "right_high",
    "unit",
    "holds",
    "evidence",
    "reason",
    "sources",
    "variants",
)
"""The columns of the table of claims as CSV."""

_DIGITS = 3
_UNSAID = ("", "count", "probability")  # units that what a figure is called says already
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "equal to"}
_NOT = {
    "<": "not below",
    "<=": "above",
    ">": "not above",
    ">=": "below",
    "==": "not equal to",
    "!=": "equal to",
}


def finding(results: Results) -> str:
    """How the claims stand, in one sentence without a full stop."""
    claims = results.claims
    if not claims:
        return "The scenario holds no claims"
    parts = [f"{count} {'is' if count == 1 else 'are'} {word}" for word, count in _counts(claims)]
    whole = text.count(len(claims), "claim")
    if len(parts) == 1:
        every = {1: "The one claim is", 2: "Both claims are"}.get(len(claims), f"All {whole} are")
        return f"{every} {next(iter(_counts(claims)))[0]}"
    return f"Of {whole}, {numbers.listed(parts)}"


def by_figures(results: Results) -> str:
    """How many verdicts rest on figures of the run, in one sentence; empty where none does."""
    tested = [claim for claim in results.claims if claim.sides]
    if not tested:
        return ""
    if len(results.claims) == 1:
        return "It was tested on figures of this run."
    counts = numbers.listed([f"{count} {word}" for word, count in _counts(tested)])
    read = sum(not claim.sides and bool(claim.evidence) for claim in results.claims)
    rest = f"; sources decide {read}" if read else ""
    told = f" ({counts})" if len(tested) > 1 else ""
    return f"Figures of this run test {len(tested)} of them{told}{rest}."


def ranges_said(results: Results) -> str:
    """What the figures in parentheses are; empty where no verdict shows any."""
    sides = [
        (side, _digits(left, right))
        for claim in results.claims
        for left, _, right in claim.sides
        for side in (left, right)
    ]
    if all(_bare(s.low, s.unit, n) == _bare(s.high, s.unit, n) for s, n in sides):
        return ""
    return (
        "In parentheses: where eight futures of ten lie, or the range of a figure. The mean can "
        "lie outside, where one that seldom comes about weighs much."
    )


def summary(results: Results) -> str:
    """How the claims stand, for the terminal; empty where there are none."""
    return f"{finding(results)}. {by_figures(results)}".strip() if results.claims else ""


def _counts(claims: Sequence[ClaimRow]) -> list[tuple[str, int]]:
    found = {word: sum(claim.verdict == word for claim in claims) for word in MARKS}
    return [(word, count) for word, count in found.items() if count]


def ordered(claims: Iterable[ClaimRow]) -> list[ClaimRow]:
    """The claims that figures decide first, then those that sources decide; else as they stand."""
    return sorted(claims, key=lambda claim: not claim.sides and not claim.reason)


def rests_on(claim: ClaimRow) -> str:
    """The numbers that a verdict rests on, or what the sources say, as sentences."""
    if claim.reason:
        said = f"Not testable here: {claim.reason}."
        return f"{said} {numbers.sentence(claim.evidence)}".strip() if claim.evidence else said
    parts = [_comparison(*side) for side in claim.sides]
    said = numbers.sentence("; ".join(parts)) if parts else ""
    if claim.holds is not None and parts:
        said += f" {_futures(claim.holds)}"
    return " ".join(part for part in (said, numbers.sentence(claim.evidence)) if part)


def meaning(claim: ClaimRow) -> str:
    """What the figures of the test are, as one line."""
    return "; ".join(f"{name}: {about}" for name, about in claim.figures)


def variants(claim: ClaimRow) -> list[str]:
    """How other readings of which deals count come out, a sentence each."""
    made = []
    for one in claim.variants:
        sides = "; ".join(
            _comparison(replace(left, said=""), sign, replace(right, said=""))
            for left, sign, right in one.sides
        )
        said = sides or one.reason
        made.append(f"{one.says}: {one.verdict}{f' ({said})' if said else ''}.")
    return made


def _comparison(left: SideRow, sign: str, right: SideRow) -> str:
    held = _holds(left.value, sign, right.value)
    words = _WORDS.get(sign, "other than") if held else _NOT[sign]
    if not held and _near(left.value, right.value):
        words = "equal to"
    digits = _digits(left, right)
    first, second = _value(left, digits), _value(right, digits)
    first = f"{left.said}: {first}" if left.said else first
    second = f"{second} ({right.said})" if right.said else second
    return f"{first}, {words} {second}"


def _digits(left: SideRow, right: SideRow) -> int:
    """As many digits, 3 at least, as tell two sides apart that are not equal."""
    if _near(left.value, right.value):
        return _DIGITS
    shown = ({numbers.number(side.value, n) for side in (left, right)} for n in range(_DIGITS, 9))
    return next((n for n, two in enumerate(shown, _DIGITS) if len(two) == 2), 9)


def _near(left: float, right: float) -> bool:
    """Whether the test itself counts two values as equal."""
    return abs(left - right) <= 1e-7 * max(1.0, abs(left), abs(right))


def _holds(left: float, sign: str, right: float) -> bool:
    near = _near(left, right)
    return {
        "<": left < right and not near,
        "<=": left < right or near,
        ">": left > right and not near,
        ">=": left > right or near,
        "==": near,
        "!=": not near,
    }[sign]


def _value(side: SideRow, digits: int) -> str:
    """A value with its unit, and its range where that shows."""
    value, low, high = (_bare(v, side.unit, digits) for v in (side.value, side.low, side.high))
    shown = _with_unit(value, side.unit)
    return shown if low == high else f"{shown} ({low} to {_with_unit(high, side.unit)})"


def _bare(value: float, unit: str, digits: int) -> str:
    whole = unit == "year" or (unit in _UNSAID and value == round(value))
    return f"{value:.0f}" if whole else numbers.number(value, digits)


def _with_unit(said: str, unit: str) -> str:
    if unit == "percent":
        return f"{said}{numbers.THIN}%"
    if unit.startswith("US$ "):
        return f"US$ {said} {unit.removeprefix('US$ ')}"
    return said if unit in (*_UNSAID, "year") else f"{said} {unit}"


def _futures(holds: float) -> str:
    if holds in (0.0, 1.0):
        return f"It holds in {'every' if holds else 'no'} future of delivery that was drawn."
    said = {0: "less than 1", 100: "more than 99"}
    share = round(100 * holds)
    return f"It holds in {said.get(share, share)}{numbers.THIN}% of the futures of delivery."


def plain_rows(claims: Iterable[ClaimRow]) -> list[dict[str, Any]]:
    """The claims as plain rows for CSV and JSON: the first comparison in numbers."""
    rows = []
    for claim in claims:
        left, sign, right = claim.sides[0] if claim.sides else (None, "", None)
        rows.append(
            {
                "id": claim.id,
                "says": claim.says,
                "verdict": claim.verdict,
                "test": claim.test,
                "left": left and left.value,
                "left_low": left and left.low,
                "left_high": left and left.high,
                "sign": sign,
                "right": right and right.value,
                "right_low": right and right.low,
                "right_high": right and right.high,
                "unit": left.unit if left else "",
                "holds": claim.holds,
                "evidence": claim.evidence,
                "reason": claim.reason,
                "sources": "; ".join(claim.sources),
                "variants": "; ".join(f"{one.id}: {one.verdict}" for one in claim.variants),
            }
        )
    return rows
