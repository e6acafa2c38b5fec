"""No figure is shown with a wrong sign, a false zero, or more digits than it deserves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countervail.brief import numbers as n

FINITE = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.0049, "0.0049"),
        (0.995, "1.0"),
        (-0.1349, "\u22120.13"),
        (1.6789, "1.7"),
        (9.96, "10"),
        (123.4, "120"),
        (1787.0, "1,800"),
        (99.6, "100"),
        (None, "not computed"),
    ],
)
def test_two_significant_digits(value: float | None, shown: str) -> None:
    assert n.number(value) == shown


@given(FINITE.filter(lambda x: abs(x) > 1e-9))
def test_rounding_keeps_sign_and_size(value: float) -> None:
    shown = n.number(value)
    back = float(shown.replace(n.MINUS, "-").replace(",", ""))
    assert back == pytest.approx(value, rel=0.0501)
    digits = shown.strip(n.MINUS).replace(",", "").replace(".", "").strip("0")
    assert 1 <= len(digits) <= 2


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0.0, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-0.0049, 2, "0.00"),
        (-0.0051, 2, "\u22120.01"),
        (123.4, 2, "123.40"),
        (-1234.56, 1, "\u22121,234.6"),
        (None, 2, "\u2013"),
    ],
)
def test_columns_have_fixed_decimals(value: float | None, decimals: int, shown: str) -> None:
    assert n.fixed(value, decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "nothing"),
        (-0.0, "nothing"),
        (4e-7, "nothing"),
        (0.0049, "less than 0.01 %"),
        (-0.0049, "less than 0.01 %"),
        (0.0101, "0.010 %"),
        (123.4, "120 %"),
        (None, "not computed"),
    ],
)
def test_sizes_in_words(value: float | None, shown: str) -> None:
    assert n.size(value) == shown.replace(" %", n.THIN + "%")


@pytest.mark.parametrize(
    ("value", "year", "shown"),
    [
        (30.04, 2014, "US$ 30 bn of 2014"),
        (-3.21, None, "\u2212US$ 3.2 bn"),
        (0.0, None, "US$ 0"),
        (0.1, None, "US$ 0.10 bn"),
        (0.0164, 2023, "US$ 16 m of 2023"),
        (-0.004, None, "\u2212US$ 4.0 m"),
        (0.000004, None, "less than US$ 0.01 m"),
        (None, 2014, "not computed"),
    ],
)
def test_dollars_name_their_year(value: float | None, year: int | None, shown: str) -> None:
    assert n.dollars(value, year).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.25, "25"), (0.125, "12.5"), (1.0, "100"), (0.1, "10")]
)
def test_a_tariff_is_shown_as_it_was_set(value: float, shown: str) -> None:
    assert n.rate(value) == f"{shown}{n.THIN}%"
    assert n.tariff_figure(value) == shown


def test_one_and_many() -> None:
    assert n.count(1, "region") == "1 region"
    assert n.count(44, "region") == "44 regions"
    assert n.count(2, "country", "countries") == "2 countries"
    assert n.counted(3, "horizon") == "three horizons"
    assert n.counted(1, "horizon") == "one horizon"
    assert n.counted(12, "horizon") == "12 horizons"


def test_lists_and_sentences() -> None:
    assert n.listed([]) == ""
    assert n.listed(["a"]) == "a"
    assert n.listed(["a", "b", "c"]) == "a, b and c"
    assert n.sentence("upper bound") == "Upper bound."
    assert n.sentence("Done.") == "Done."
    assert n.sentence("") == ""


def test_residuals_in_powers_of_ten() -> None:
    assert n.scientific(8.04e-12).replace("\u00a0", " ") == "8.0 × 10⁻¹²"
    assert n.scientific(0.0) == "0"
    assert n.scientific(None) == "not computed"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("moved -17.3 by 5 %", "moved \u221217.3 by 5\u202f%"),
        ("from 2025-11-20", "from 2025-11-20"),
        ("years 2025-26, C29-C30", "years 2025-26, C29-C30"),
        ("= -0.5", "= \u22120.5"),
    ],
)
def test_words_from_outside_are_set_with_care(words: str, shown: str) -> None:
    assert n.typeset(words) == shown


def test_dates_in_words() -> None:
    assert n.day("2026-08-09").replace("\u00a0", " ") == "9 August 2026"
    for other in ("", "summer 2026", "2026-13-01", "a-b-c"):
        assert n.day(other) == other
