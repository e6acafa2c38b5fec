"""Direct investment from a user's file: added up to regions, every error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from countervail.channels.capital.positions import positions
from countervail.errors import PositionsFileError
from countervail.world.core import World
from countervail.world.store import load_world

HEAD = "host,origin,year,value_musd\n"


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("world-2023")


def read(world: World, folder: Path, text: str, encoding: str = "utf-8"):  # type: ignore[no-untyped-def]
    path = folder / "stocks.csv"
    path.write_bytes(text.encode(encoding))
    return positions(world, str(path))


def test_the_latest_year_is_taken_and_countries_are_added_up(world: World, tmp_path: Path) -> None:
    found = read(
        world,
        tmp_path,
        HEAD
        + "CAN,USA,2022,1\nCAN,USA,2023,480000\nCAN,CHN,2023,20\nCAN,Hong Kong,2023,5\n"
        + "CHN,HKG,2023,700\nCAN,CUB,2023,3\nCuba,CAN,2023,4\n",
    )
    assert found.year == 2023
    assert found.stock("CAN", "USA") == 480_000
    assert found.stock("CAN", "CHN") == 25
    assert found.stock("CAN", "ROW") == 3
    assert found.stock("ROW", "CAN") == 4
    assert found.stock("CHN", "CHN") == 0
    assert found.stock("MEX", "USA") == 0
    assert found.status_of("CAN", "USA") == "observed"
    assert found.status_of("MEX", "USA") == "not given"
    assert found.source_of("MEX", "USA").startswith("not in ")
    assert any("between economies of one region" in note for note in found.notes)
    assert any("2 of 68 hosts" in note for note in found.notes)


def test_another_year_than_the_base_year_is_said(world: World, tmp_path: Path) -> None:
    found = read(world, tmp_path, HEAD + "CAN,USA,2019,1\n")
    assert any("not moved to 2023" in note for note in found.notes)


def test_reported_tables_keep_economies_only(world: World, tmp_path: Path) -> None:
    table = '"Table 3. FDI stock in the host economy, by geographical orig"'
    found = read(
        world,
        tmp_path,
        "reporter,table,partner,year,musd\n"
        f"CAN,{table},World,2012,100\nCAN,{table},United States,2012,60\n"
        f'CAN,{table},"Korea, Republic of",2012,7\nCAN,{table},Japan,2012,-2\n'
        f"CAN,Table 2. FDI flows abroad,United States,2012,999\n",
    )
    assert found.stocks.sum() == 67
    assert found.stock("CAN", "KOR") == 7
    assert any("1 names in the file are no economies" in note for note in found.notes)
    assert any("1 positions below zero" in note for note in found.notes)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("CNA,USA,2023,1\n", r"line 2, host: 'CNA' is no economy. Nearest: CAN"),
        ("CAN,Untied States,2023,1\n", r"line 2, origin: .*United States"),
        ("CAN,USA,2023,-1\n", r"line 2, value_musd: -1 is below 0"),
        ("CAN,USA,2023,nan\n", r"line 2, value_musd: 'nan' is not a finite number"),
        ("CAN,USA,2023,inf\n", r"not a finite number"),
        ("CAN,USA,2023,\n", r"line 2, value_musd: '' is not a number"),
        ("CAN,USA,23,1\n", r"line 2, year: '23' is no year"),
        ("CAN,CAN,2023,1\n", r"line 2: CAN cannot be its own foreign owner"),
        ("CAN,USA,2023,1\nCAN,USA,2023,1\n", r"line 3: USA in CAN, 2023, stands in line 2"),
        ("CAN,USA,9999,1\n", r"line 2, year: '9999' is no year from 1900 to 2100"),
        ("CAN,USA\n", r"line 2: not as many cells as the header has"),
        ("CAN,USA,2023,1,000\n", r"line 2: not as many cells as the header has"),
        ("", r"holds no stock"),
    ],
)
def test_errors_name_their_line(world: World, tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(PositionsFileError) as caught:
        read(world, tmp_path, HEAD + rows)
    import re

    assert re.search(said, str(caught.value)), str(caught.value)


def test_all_errors_are_listed_at_once(world: World, tmp_path: Path) -> None:
    with pytest.raises(PositionsFileError) as caught:
        read(world, tmp_path, HEAD + "".join(f"CAN,X{n},2023,-1\n" for n in range(30)))
    assert len(caught.value.evidence) == 21
    assert caught.value.evidence[-1] == "and 40 more."


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("host,origin,year,value\n", "lacks the column value_musd"),
        ("reporter,partner,year,musd\n", "lacks the column table"),
        ("host,origin,year,value_musd,year\n", "column 'year' comes twice"),
        ("", "it has none"),
    ],
)
def test_amounts_without_currency_are_refused(
    world: World, tmp_path: Path, head: str, said: str
) -> None:
    with pytest.raises(PositionsFileError, match=said):
        read(world, tmp_path, head + "CAN,USA,2023,1\n" if head else "")


def test_what_is_no_text_or_not_there_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(PositionsFileError, match="UTF-8"):
        read(world, tmp_path, HEAD + "CAN,Türkiye,2023,1\n", "latin-1")
    with pytest.raises(PositionsFileError, match="cannot be read"):
        positions(world, str(tmp_path / "none.csv"))
