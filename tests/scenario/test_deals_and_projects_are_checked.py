"""What a file says of deals, projects and money is checked before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from countervail.errors import ScenarioError
from countervail.scenario.read import parse_scenario, read_scenario

HEAD = """
title = "t"
world = "world-2014"
protagonist = "CAN"
coercer = ["USA"]
"""
DEAL = """
[[deal]]
id = "d"
kind = "{kind}"
parties = ["CAN", "CHN"]
status = "signed"
sources = ["x"]
{more}
"""
TERM = """
[[deal.tariff]]
product = "cars"
importer = "CAN"
exporter = "CHN"
sector = "motor-vehicles"
after = 0.1
{more}
"""
COST = 'cost = { value = 1, unit = "bn USD", basis = "press", year = 2024 }'
MONEY = 'amount = { value = 1, unit = "bn USD", basis = "press", year = 2024 }'


def deal(kind: str, more: str = "", term: str | None = None) -> str:
    return DEAL.format(kind=kind, more=more) + ("" if term is None else TERM.format(more=term))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (deal("investment", MONEY.replace("USD", "CAD")), "needs `usd`"),
        (deal("investment", MONEY.replace(", year = 2024", "")), "needs the `year`"),
        (deal("investment", MONEY.replace("bn USD", "bn")), "three-letter currency"),
        (deal("investment", MONEY + "\ninto = { shipz = 1.0 }"), "'shipz'"),
        (deal("investment", MONEY + '\nhost = "Narnia"'), "'Narnia'"),
        (deal("investment").replace('"CHN"', '"QQQ"'), "'QQQ'"),
        (deal("tariff-quota", term='quota = { value = -1, unit = "m USD a year" }'), "above 0"),
        (deal("tariff-quota", term='quota = { value = 9, unit = "cars a year" }'), "`unit_value`"),
        (
            deal("tariff-quota", term="share = 0.5\n" + COST.replace("cost", "trade")),
            "`share` or `trade`, not both",
        ),
        (
            deal(
                "energy-route", 'route = { markets = ["CHN"], gain = 1, price = 9, capacity = -5 }'
            ),
            "given -5",
        ),
        (
            deal(
                "energy-route", 'route = { markets = ["CHN"], gain = 9, price = 9, capacity = 5 }'
            ),
            "given 9 on a price of 9",
        ),
        (deal("forum", "salience = 2"), "given 2"),
        (deal("forum", "delivery = -0.1"), "given -0.1"),
        (deal("trade-agreement", 'depth = "medium"'), "allowed: deep, shallow"),
        (
            f'[[project]]\nid = "a"\n{COST}\nneeds = ["b"]\n'
            f'[[project]]\nid = "b"\n{COST}\nneeds = ["a"]\n',
            "a needs b needs a",
        ),
        (f'[[project]]\nid = "a"\n{COST}\nneeds = ["z"]\n', "no project 'z'"),
        (f'[[project]]\nid = "a"\n{COST}\nfinanciers = ["z"]\n', "no financier 'z'"),
        (f'[[project]]\nid = "a"\n{COST}\ninto = {{ shipz = 1.0 }}\n', "'shipz'"),
        ('[[project]]\nid = "a"\n', "needs its `cost`"),
        (f'[[financier]]\nid = "f"\nregion = "USA"\n{MONEY}\ndeal = "z"\n', "no deal 'z'"),
        (
            f'[[financier]]\nid = "f"\nregion = "USA"\n{MONEY}\n'
            "from_year = 2030\nuntil_year = 2020\n",
            "before `from_year`",
        ),
        (deal("forum") + f'[[project]]\nid = "d"\n{COST}\n', "already the id of deal"),
        ("[ladder]\nwithdrawal = 1.5\n", "withdrawal"),
    ],
)
def test_each_mistake_is_named_with_its_entry(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(HEAD + text)
    assert said in str(caught.value)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'positions = "none.csv"\nties = "none.csv"\nroutes = "none"\n')
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    for key in ("positions", "ties", "routes"):
        assert f"{key}: given 'none" in str(caught.value)


def test_a_file_is_seen_from_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("host,origin,year,value_musd\nCAN,USA,2014,5\n")
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'positions = "own.csv"\n')
    assert read_scenario(path).file_named("positions") == str(tmp_path / "own.csv")
    assert read_scenario(path).file_named("ties") is None
