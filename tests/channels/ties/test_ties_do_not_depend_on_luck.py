"""The same question has the same answer in every process, and a file is never passed over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import countervail as cv
from countervail.errors import TiesFileError

WORLD = cv.load_world("world-2023")
TREATY = ["Shorttitle", "Parties", "Dateofentryintoforce", "Dateoftermination"]
DESTA = "number;name;entry_type;entryforceyear;c1;c2\n"
STANDING = (
    "import countervail as cv; from countervail.channels.ties.measures import standing;"
    "ties = cv.read_ties(cv.load_world('world-2023'));"
    "print(*(standing(ties, n, 'USA').constraint.hex() for n in ('CAN', 'QAT')))"
)


def read(tmp_path: Path, text: str, year: int | None = None) -> cv.Ties:
    place = tmp_path / "own.csv"
    place.write_text(text, encoding="utf-8")
    return cv.read_ties(WORLD, place, year)


def test_every_process_says_the_same_to_the_last_bit() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", STANDING],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "1;alone;base_treaty;2010;124\n",
        "1;talks;negotiation;2010;124;634\n",
        "1;nowhere;base_treaty;2010;124;999\n",
    ],
)
def test_an_empty_list_is_not_replaced_by_the_packages_ties(tmp_path: Path, rows: str) -> None:
    with pytest.raises(TiesFileError, match="holds no ties"):
        read(tmp_path, DESTA + rows)


def test_an_empty_list_of_treaties_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "none.dta"
    signed = pd.DataFrame([("x", "Canada; Oman;", "", "")], columns=TREATY).astype(object)
    signed.to_stata(place, write_index=False)
    with pytest.raises(TiesFileError, match=r"holds no ties.*1 lines left out"):
        cv.read_ties(WORLD, place)


@pytest.mark.parametrize("wrong", ["124.7", "-124", "inf", "1e2", "x"])
def test_codes_are_whole_numbers(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(TiesFileError, match=r"line 2, members: .* is not a number"):
        read(tmp_path, f"{DESTA}1;x;base_treaty;2010;{wrong};634\n")


@pytest.mark.parametrize("year", ["0000", "20", "\u00b2\u2070\u00b2\u2070", "-201", "20.1"])
def test_years_are_four_digits(tmp_path: Path, year: str) -> None:
    with pytest.raises(TiesFileError, match=r"line 2, since: .* is no year"):
        read(tmp_path, f"a,b,layer,since\nCAN,QAT,alliance,{year}\n")


def test_two_votes_of_one_pair_that_differ_are_refused(tmp_path: Path) -> None:
    text = "a,b,layer,value\nCAN,QAT,voting,0.5\nQAT,CAN,voting,{}\n"
    assert read(tmp_path, text.format(0.5)).affinity("CAN", "QAT") == 0.5
    with pytest.raises(TiesFileError, match="voting of QAT and CAN comes twice, and differs"):
        read(tmp_path, text.format(0.9))


def test_what_a_world_does_not_show_is_named(tmp_path: Path) -> None:
    ties = read(tmp_path, "a,b,layer\nVEN,QAT,alliance\nCAN,QAT,alliance\n")
    assert any(note.endswith("and left out: VEN.") for note in ties.notes)
    assert not any("left out" in note for note in cv.read_ties(WORLD).notes)


def test_ties_without_a_first_year_are_counted_where_a_year_is_asked(tmp_path: Path) -> None:
    text = "a,b,layer,since\nCAN,QAT,forum,\nCAN,KWT,forum,2001\n"
    notes = " ".join(read(tmp_path, text, 1990).notes)
    assert "have no first year and count as in force in 1990" in notes
    assert "forum" in notes
    assert "first year" not in " ".join(read(tmp_path, text).notes)
