"""Numbers as they are shown: two significant digits in running text, columns that line up.

A true minus sign, a narrow space before the percent sign, US dollars of the base
year. Where a figure is missing or nothing, the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal

THIN = "\u202f"  # narrow and unbreakable, so that "25 %" never parts at a line's end
MINUS = "\u2212"
MISSING = "not computed"
DASH = "\u2013"

NOTHING = 5e-7
"""Percent (or US$ bn) below which a figure is nothing: the certificate resolves no more."""

TINY = 0.01
"""Percent (or US$ m) below which running text says "less than"."""

_SMALL_BN = 0.1  # US$ bn below which running text counts in millions

_SMALL = 0.05  # below which fixed decimals hide what a table is about


def number(value: float | None, digits: int = 2) -> str:
    """``value`` to ``digits`` significant digits: 1.7, −0.13, 120, 1,200; never −0."""
    if value is None:
        return MISSING
    exact = Decimal(repr(float(value)))
    if exact == 0:
        return "0"
    rounded = exact
    for _ in range(2):  # the second pass catches 0.995 -> 1.00 -> 1.0
        rounded = rounded.quantize(
            Decimal(1).scaleb(rounded.adjusted() - digits + 1), ROUND_HALF_EVEN
        )
    text = f"{abs(rounded):,f}"
    return (MINUS if rounded < 0 else "") + text


def fixed(value: float | None, decimals: int = 2) -> str:
    """``value`` for a table's column, with ``decimals`` decimals; a dash where there is none."""
    if value is None:
        return DASH
    text = f"{abs(value):,.{decimals}f}"
    vanished = not text.strip("0.,")
    return MINUS + text if value < 0 and not vanished else text


def column(values: Iterable[float | None], decimals: int = 2) -> Callable[[float | None], str]:
    """How to show the figures of one kind in a table: with fixed decimals, or with three
    significant digits where all are so small that fixed decimals would hide them."""
    sizes = [abs(value) for value in values if value is not None]
    least = max(_SMALL, 5 * 10.0**-decimals)
    if max(sizes, default=0.0) >= least or not any(size >= NOTHING for size in sizes):
        return lambda value: fixed(value, decimals)
    return lambda value: (
        DASH if value is None else number(value if abs(value) >= NOTHING else 0.0, 3)
    )


def percent(value: float | None, digits: int = 2) -> str:
    """``value``, already in percent, with its sign: "1.7 %", "−0.13 %"."""
    return MISSING if value is None else f"{number(value, digits)}{THIN}%"


def rate(value: float | None) -> str:
    """A tariff given as a fraction, as it was set: 0.25 -> "25 %", 0.125 -> "12.5 %"."""
    if value is None:
        return DASH
    return f"{round(value * 100, 4):g}".replace("-", MINUS) + f"{THIN}%"


def tariff_figure(value: float | None) -> str:
    """A tariff that was set, as a fraction, for a column in percent: 0.25 -> "25"."""
    return DASH if value is None else f"{round(value * 100, 4):g}".replace("-", MINUS)


def dollars(value: float | None, year: int | None = None) -> str:
    """Billion US dollars in words, with the year of their prices where given: "US$ 29 bn of
    2014"; in millions where a small economy's figure would begin with 0.0."""
    if value is None:
        return MISSING
    of = f" of {year}" if year is not None else ""
    if abs(value) < NOTHING:
        return f"US$\u00a00{of}"
    amount, unit = (abs(value), "bn") if abs(value) >= _SMALL_BN else (1e3 * abs(value), "m")
    if amount < TINY:
        return f"less than US$\u00a0{TINY}\u00a0{unit}{of}"
    sign = MINUS if value < 0 else ""
    return f"{sign}US$\u00a0{number(amount)}\u00a0{unit}{of}"


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def day(date: str) -> str:
    """An ISO date in words, "22 November 2026"; anything else as it is."""
    parts = date.split("-")
    if len(parts) != 3 or not all(p.isdigit() for p in parts) or not 1 <= int(parts[1]) <= 12:
        return date
    return f"{int(parts[2])}\u00a0{_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def scientific(value: float | None) -> str:
    """A very small number in powers of ten: "9.0 × 10⁻¹²"."""
    if value is None:
        return MISSING
    if value == 0:
        return "0"
    digits, power = f"{value:.1e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.replace('-', MINUS)}\u00a0×\u00a010{raised}"


def size(value: float | None) -> str:
    """How large a percentage is, in words that hold for small ones: "1.7 %", "nothing"."""
    if value is None:
        return MISSING
    if abs(value) < NOTHING:
        return "nothing"
    if abs(value) < TINY:
        return f"less than {TINY}{THIN}%"
    return percent(abs(value))


def effect(harm: float | None) -> str:
    """A harm in percent as a noun: "a loss of 1.7 %", "a gain of 0.12 %", "no change"."""
    if harm is None:
        return "a change that was not computed"
    if abs(harm) < NOTHING:
        return "no change"
    return f"{'a loss' if harm > 0 else 'a gain'} of {size(harm)}"


def count(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 region", "44 regions"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def counted(n: int, one: str, many: str | None = None) -> str:
    """A small number in a word with its noun: "three horizons"; from ten on in figures."""
    figure = count(n, one, many)
    return f"{_WORDS[n]} {figure.split(' ', 1)[1]}" if 0 <= n < len(_WORDS) else figure


def typeset(words: str) -> str:
    """Words from outside with a true minus before figures, a narrow space before "%", and
    apostrophes like those of the words around them."""
    words = re.sub(r"(?<=\w)'", "\u2019", words)
    return re.sub(r"(?<=\d) %", f"{THIN}%", re.sub(r"(?<![\w.,)-])-(?=\d)", MINUS, words))


def sentence(words: str) -> str:
    """Words from a scenario as a sentence: first letter large, a full stop at the end."""
    words = typeset(words.strip())
    return capital(words) + ("" if words.endswith((".", "!", "?", "\u2026")) or not words else ".")


def listed(items: list[str] | tuple[str, ...]) -> str:
    """Items in a sentence: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(sentence: str) -> str:
    """The sentence with its first letter large, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]
