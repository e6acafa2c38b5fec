"""Figures in the sentences that a channel says about what it moves."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percent(fraction: float) -> str:
    """A fraction as percent to two significant digits, with its sign: +0.39 %."""
    if fraction == 0:
        return "0 %"
    return f"{_rounded(100 * fraction, sign=True)} %"


def money(million_usd: float) -> str:
    """Million US dollars as US$ m or bn to two significant digits."""
    if abs(million_usd) >= 1000:
        return f"US$ {_rounded(million_usd / 1000)} bn"
    return f"US$ {_rounded(million_usd)} m"


def rate(fraction: float) -> str:
    """A tariff in percent, as it stands: 14.9 %."""
    return f"{float(f'{100 * fraction:.3g}'):g} %"


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    words = [word.replace("-", " ") for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def the(name: str) -> str:
    """A country's name inside a sentence: "the United States", "Canada"."""
    with_article = ("United ", "Netherlands", "Philippines", "Czech Republic", "European Union")
    return f"the {name}" if name.startswith(with_article) else name


def _rounded(value: float, sign: bool = False) -> str:
    digits = 1 - math.floor(math.log10(abs(value))) if value else 0
    number = round(value, digits) + 0.0  # never below zero by its sign alone
    text = f"{number:,.{max(digits, 0)}f}"
    return f"+{text}" if sign and number > 0 else text.replace("-", "\N{MINUS SIGN}")
