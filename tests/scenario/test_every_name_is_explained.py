"""The glossary covers every word that a scenario or a result uses, with a source for each."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import get_args

import pytest

from countervail.errors import UnknownLabelError
from countervail.glossary import all_names, entries, explain, render
from countervail.parameters import parameters
from countervail.scenario import words
from countervail.world import registry

FIGURES = (
    *("welfare", "equivalent-variation", "real-wage", "wages", "prices", "trade", "output"),
    *("revenue", "terms-of-trade", "volume-of-trade", "first-order-welfare", "harm", "cost"),
    *("exposure", "certificate", "transfer", "ladder", "energy-exempt", "cut-off"),
)


@pytest.mark.parametrize("name", [*FIGURES, *parameters()])
def test_every_figure_and_parameter(name: str) -> None:
    assert explain(name).name == name


@pytest.mark.parametrize(
    "allowed",
    [words.Instrument, words.ThreatStatus, words.DealStatus, words.DealKind, words.Finding],
)
def test_every_word_of_the_schema(allowed: object) -> None:
    for word in get_args(allowed):
        assert explain(word).name == word


def test_every_closure_horizon_and_answer() -> None:
    for horizon in get_args(words.Horizon):
        assert explain(f"horizon.{horizon}").kind == "horizon"
    for answer in get_args(words.Retaliation):
        assert explain(f"retaliation.{answer}").kind == "retaliation"
    for closure in ("closure.fixed", "closure.share", "closure.balanced"):
        assert explain(closure).kind == "closure"
    for labour in ("labour.mobile", "labour.specific"):
        assert explain(labour).kind == "closure"


def test_every_sector_has_its_elasticity_explained() -> None:
    for sector, row in registry.elasticities().items():
        assert f"{row.value:g}" in explain(f"elasticity.{sector}").title


@pytest.mark.parametrize("entry", list(entries().values()), ids=lambda entry: entry.name)
def test_every_entry_is_whole(entry: object) -> None:
    found = explain(entry.name)  # type: ignore[attr-defined]
    assert found.title
    assert found.what.endswith(".")
    assert found.source
    assert found.kind != "figure" or found.unit
    for other in found.see:
        assert explain(other) != found


def test_spelling_is_forgiven_and_an_unknown_name_gets_the_nearest() -> None:
    assert explain(" Real_Wage ") == explain("real wage") == explain("real-wage")
    assert explain("EV").name == "equivalent-variation"
    with pytest.raises(UnknownLabelError, match="Nearest: welfare"):
        explain("wellfare")


def test_a_parameter_shows_value_range_unit_and_source() -> None:
    text = render(explain("theta.one_year"))
    for word in ("0.76", "0.6 to 1", "Boehm", "trade elasticity"):
        assert word in text


def test_text_keeps_its_width_and_its_formula_lines() -> None:
    for name in all_names():
        text = render(explain(name), width=72)
        formula = explain(name).formula.splitlines()
        assert all(len(line) <= 72 or line.strip() in formula for line in text.splitlines()), name
        assert all(f"    {line}" in text for line in formula)


@pytest.mark.parametrize(
    ("tried", "name"),
    [
        ("quota", "tariff-quota"),
        ("depth", "trade-agreement"),
        ("sovereign fund", "investment"),
        ("additionality", "investment"),
        ("constraint", "betweenness"),
        ("chance of delivery", "delivery"),
        ("cover", "forum"),
        ("withdrawal", "capital-withdrawal"),
    ],
)
def test_what_users_try_is_found(tried: str, name: str) -> None:
    assert explain(tried).name == name


def test_no_name_is_given_twice() -> None:
    rows = tomllib.loads(files("countervail.data").joinpath("glossary.toml").read_text("utf-8"))
    names = [name for row in rows["entry"] for name in (row["name"], *row.get("also", ()))]
    assert sorted(set(names)) == sorted(names)
    assert not set(names) & set(parameters())
