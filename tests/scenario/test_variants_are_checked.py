"""Other readings of which deals count: ids that exist, and what is delivered counts."""

from __future__ import annotations

import pytest

from countervail.scenario.read import parse_scenario
from countervail.scenario.variants import Variant

from .cases import DEAL, HEAD, errors_of

TWO = DEAL + DEAL.replace("pledge", "visit")
VARIANT = '\n[[variant]]\nid = "other"\nsays = "Read differently"\n'


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ("", ("pledge", "visit")),
        ('deals = ["visit"]\n', ("visit",)),
        ("deals = []\n", ()),
        ('without = ["visit"]\n', ("pledge",)),
        ('deals = ["visit", "pledge"]\nwithout = ["pledge"]\n', ("visit",)),
    ],
)
def test_which_deals_count(lines: str, counted: tuple[str, ...]) -> None:
    (variant,) = parse_scenario(HEAD + TWO + VARIANT + lines, "case.toml").variants
    assert variant.counted(("pledge", "visit")) == counted


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('deals = ["plege"]\n', ("no deal 'plege'", "pledge")),
        ('without = ["gone"]\n', ("no deal 'gone'",)),
        ('in_full = ["gone"]\n', ("no deal 'gone'",)),
        ('without = ["visit"]\nin_full = ["visit"]\n', ("'visit'", "does not count")),
        ('deals = ["visit"]\nin_full = ["pledge"]\n', ("'pledge'", "does not count")),
        ("dals = []\n", ("dals", "deals")),
        ('deals = "visit"\nin_full = [1]\n', ("in_full",)),
    ],
)
def test_wrong_variants_are_named(lines: str, said: tuple[str, ...]) -> None:
    found = errors_of(HEAD + TWO + VARIANT + lines)
    assert len(found) == 1, found
    assert all(word in found[0] for word in said), found


def test_two_variants_of_one_name_are_refused() -> None:
    found = errors_of(HEAD + TWO + VARIANT + VARIANT)
    assert "other" in found[0]


def test_the_order_of_deals_is_that_of_the_file() -> None:
    chosen = Variant(id="v", says="v", deals=("b", "a"))
    assert chosen.counted(("a", "b", "c")) == ("a", "b")
