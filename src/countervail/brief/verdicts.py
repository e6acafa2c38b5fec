"""Which claims hold: in words, as the table that opens the report, and as plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from countervail.brief import numbers, text
from countervail.brief.claim_rows import ClaimRow, SideRow
from countervail.brief.results import Results

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
        every = "The one claim is" if len(claims) == 1 else f"All {whole} are"
        return f"{every} {next(iter(_counts(claims)))[0]}"
    return f"Of {whole}, {numbers.listed(parts)}"


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
        made.append(f"{one.says}: {one.verdict}{f' ({sides})' if sides else ''}.")
    return made


def _comparison(left: SideRow, sign: str, right: SideRow) -> str:
    held = _holds(left.value, sign, right.value)
    words = _WORDS.get(sign, "other than") if held else _NOT[sign]
    first = f"{left.said}: {_value(left)}" if left.said else _value(left)
    second = f"{_value(right)} ({right.said})" if right.said else _value(right)
    return f"{first}, {words} {second}"


def _holds(left: float, sign: str, right: float) -> bool:
    near = abs(left - right) <= 1e-7 * max(1.0, abs(left), abs(right))
    return {
        "<": left < right and not near,
        "<=": left < right or near,
        ">": left > right and not near,
        ">=": left > right or near,
        "==": near,
        "!=": not near,
    }[sign]


def _value(side: SideRow) -> str:
    """A value with its unit, and its range where futures move it visibly."""
    shown = _figure(side.value, side.unit)
    low, high = _figure(side.low, side.unit), _figure(side.high, side.unit)
    if low == high:
        return shown
    return f"{shown} ({_figure(side.low, '')} to {high})"


def _figure(value: float, unit: str) -> str:
    if unit == "year":
        return f"{value:.0f}"
    # Two sides that differ in the third digit must not look the same.
    said = f"{value:.0f}" if not unit and value == round(value) else numbers.number(value, 3)
    if unit == "percent":
        return f"{said}{numbers.THIN}%"
    return f"{unit} {said}" if unit.startswith("US$") else f"{said} {unit}".strip()


def _futures(holds: float) -> str:
    share = round(100 * holds)
    if share == 100:
        return "It holds in every future of delivery that was drawn."
    if share == 0:
        return "It holds in no future of delivery that was drawn."
    return f"It holds in {share}{numbers.THIN}% of the futures of delivery."


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
