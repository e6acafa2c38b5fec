"""What a file says of deals, projects and money is checked before anything is computed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import countervail as cv
from countervail.channels.capital.pipeline import pipeline_of
from countervail.errors import InputError, ScenarioError
from countervail.scenario.deal_checks import TAKEN_BY
from countervail.scenario.read import parse_scenario, read_scenario
from countervail.scenario.words import DealKind
from tests.channels.routes.small import files

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
UNIT = "unit_value = { value = 1, unit = 'm CAD', basis = 'press', year = 2024 }"
EDGE = "alberta-pacific-pipeline"
PROJECT = '[[project]]\nid = "p"\n'
PAYER = f'[[financier]]\nid = "f"\nregion = "USA"\n{MONEY}\n'
ROUTE = f'route = {{ edge = "{EDGE}" }}'
KEYS = {
    "amount": MONEY,
    "into": "into = { construction = 1.0 }",
    "host": 'host = "CAN"',
    "years": "years = 3",
    "depth": 'depth = "shallow"',
    "effect": "effect = 0.01",
    "sectors": 'sectors = "goods"',
    "route": ROUTE,
}
NEEDED = {
    "trade-agreement": KEYS["depth"],
    "investment": MONEY,
    "infrastructure": MONEY,
    "energy-route": ROUTE,
}


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
        (deal("tariff-quota", term='quota = { value = -1, unit = "m USD a year" }'), "at least 0"),
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
        (deal("forum", "date = 0001-01-01"), "at least 1900-01-01"),
        (deal("investment", MONEY.replace("2024", "20226")), "at most 2100"),
        (deal("investment", MONEY.replace("value = 1", "value = 0")), "it must be above 0"),
        (PROJECT + COST.replace("value = 1", "value = 0"), "project[p].cost.value: given 0"),
        (PROJECT + COST + "\nyears = 1e9\n", "at most 100"),
        (PROJECT + COST + '\nroute = "lng-canada-2"\n', "unknown key 'route'"),
        (deal("diplomatic-post", "effect = 8"), "range of the parameter post.exports, 0.06 to 0.1"),
        (deal("diplomatic-post", "effect = 8"), "if 8 % is meant, write 0.08"),
        (deal("defence-tie", "effect = 0.2"), "attache.exports"),
        (deal("investment-treaty", "effect = 0.3"), "bit.fdi"),
        (deal("trade-agreement", "effect = 0.6"), "pta.deep"),
        (deal("trade-agreement", 'depth = "shallow"\neffect = 0.3'), "pta.shallow"),
        (PAYER + "return_rate = 6\n", "range of the parameter capital.return"),
        (deal("investment", MONEY + '\nhost = "BRA"'), "'BRA', which is no party of this deal"),
        (
            deal("investment", MONEY + '\nhost = "EU"').replace('"CHN"', '"EU"'),
            "host: given 'EU', a group of 27 countries; name one of them",
        ),
        (PROJECT + COST + '\nregion = "EU"\n', "project[p].region: given 'EU', a group of 27"),
        (PAYER.replace('"USA"', '"EU"'), "financier[f].region: given 'EU', a group of 27"),
        (deal("forum").replace('"CHN"', '"Canada"'), "'Canada' is named already, as 'CAN'"),
        (deal("forum").replace('"CHN"', '"CAN"'), "'CAN' is named already; once is enough"),
        (
            deal("trade-agreement", 'depth = "deep"').replace(', "CHN"', ""),
            "only 'CAN' takes part; trade-agreement is a deal between two parties or more",
        ),
        (
            deal("trade-agreement", term="").replace('["CAN", "CHN"]', '["CAN", "BRA"]'),
            "tariff[1].exporter: given 'CHN', which is no party of this deal (CAN and BRA)",
        ),
        (
            deal(
                "tariff-quota", term='beyond = 0.01\nquota = { value = 9, unit = "m USD a year" }'
            ),
            "given 0.01, below `after` (0.1)",
        ),
        (
            deal("tariff-quota", term=f"quota = {{ value = 9, unit = 'cars', {UNIT} }}"),
            "tariff[1].quota.unit_value: an amount in CAD needs `usd`",
        ),
        (
            deal("tariff-quota", term="share = 0.7") + TERM.format(more="share = 0.7"),
            "tariff[2]: with it the products of this deal are 1.4 times all that CAN buys",
        ),
        (
            deal("tariff-quota", term='quota = { value = 9, unit = "m USD a year" }').replace(
                '"CHN"', '"EU"'
            ),
            "pairs of regions; a quota has one importer and one exporter",
        ),
        (deal("energy-route", 'route = { edge = "nope" }'), "no network has an edge 'nope'"),
        (
            deal("energy-route", f"route = {{ edge = '{EDGE}', network = 'canada-gas' }}"),
            "the network canada-gas has no edge",
        ),
        (
            deal("energy-route", f"route = {{ edge = '{EDGE}', network = 'canada-oli' }}"),
            "no network of routes 'canada-oli'. Nearest: canada-oil",
        ),
        (
            deal("energy-route", 'route = { edge = "trans-mountain" }'),
            "'trans-mountain' operates already",
        ),
        (
            deal("energy-route", 'route = { markets = ["CHN"], gain = 1 }'),
            "missing: price, capacity",
        ),
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


@pytest.mark.parametrize("kind", get_args(DealKind))
def test_a_kind_takes_the_keys_that_act_in_it_and_no_others(kind: str) -> None:
    for key, line in KEYS.items():
        lines = dict.fromkeys([NEEDED.get(kind, ""), line])
        text = HEAD + deal(kind, "\n".join(lines), "" if kind == "tariff-quota" else None)
        if kind in TAKEN_BY[key]:
            assert len(parse_scenario(text).deals) == 1, key
        else:
            with pytest.raises(ScenarioError) as caught:
                parse_scenario(text)
            (said,) = caught.value.evidence
            assert f"{kind!r} does nothing with `{key}`" in said


@pytest.mark.parametrize("kind", [*NEEDED, "tariff-quota"])
def test_what_a_kind_needs_is_given_or_its_absence_explained(kind: str) -> None:
    with pytest.raises(ScenarioError, match=f"an? {kind} needs .*`not_quantified` with the reason"):
        parse_scenario(HEAD + deal(kind))
    reason = 'not_quantified = "No figure was published."'
    assert parse_scenario(HEAD + deal(kind, reason)).deals[0].not_quantified


@pytest.mark.parametrize(
    "text",
    [
        deal("diplomatic-post", "effect = 8\nconfirm_units = true"),
        deal("diplomatic-post", "effect = 0"),
        PAYER + "return_rate = 0.5\nconfirm_units = true\n",
        deal("forum").replace(', "CHN"', ""),
        deal("infrastructure", MONEY).replace(', "CHN"', ""),
        deal("trade-agreement", 'depth = "deep"').replace('["CAN", "CHN"]', '"USMCA"'),
        deal("trade-agreement", term="").replace('["CAN", "CHN"]', '["CAN", "China"]'),
        # Germany is in the European Union, and Qatar in the Gulf though the world lacks it.
        deal("investment", MONEY + '\nhost = "DEU"').replace('"CHN"', '"EU"'),
        deal("investment", MONEY + '\nhost = "QAT"').replace('"CHN"', '"GCC"'),
        deal("tariff-quota", term="share = 0.5") + TERM.format(more="share = 0.5"),
        deal("energy-route", f"route = {{ edge = '{EDGE}', network = 'canada-oil' }}"),
    ],
)
def test_what_is_sound_is_let_through(text: str) -> None:
    assert parse_scenario(HEAD + text).protagonist == "CAN"


@pytest.mark.parametrize("value", ["false", "0", "0.0"])
def test_no_withdrawal_is_no_rung(value: str) -> None:
    assert parse_scenario(HEAD + f"[ladder]\nwithdrawal = {value}\n").ladder.withdrawal is False


def test_a_folder_is_no_file_and_routes_need_their_two(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'positions = "."\nties = "."\nroutes = "."\n')
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    said = "\n".join(caught.value.evidence)
    assert said.count("which is a folder; name the file inside it") == 2
    assert "routes: given '.': there is no nodes.csv and no edges.csv" in said


def test_edges_are_those_of_the_files_that_the_scenario_names(tmp_path: Path) -> None:
    files(tmp_path)
    path = tmp_path / "case.toml"
    path.write_text(HEAD + 'routes = "."\n' + deal("energy-route", "route = { edge = 'wider' }"))
    assert read_scenario(path).deals[0].route
    path.write_text(HEAD + 'routes = "."\n' + deal("energy-route", ROUTE))
    with pytest.raises(ScenarioError, match="Known: line, ships, west, wider"):
        read_scenario(path)


def test_an_error_found_while_computing_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(HEAD + PROJECT + COST + '\nregion = "QAT"\n')
    case = read_scenario(path)
    with pytest.raises(InputError, match="'QAT' is not a region of its own") as caught:
        pipeline_of(cv.load_world("world-2014"), case)
    assert f"{path}, line 6: project[p]" in caught.value.evidence
    moved = parse_scenario(path.read_text(), "elsewhere.toml")
    assert moved == parse_scenario(path.read_text()), "where it stands is no part of what it says"
    assert moved.place_of("project", "q") == ""
