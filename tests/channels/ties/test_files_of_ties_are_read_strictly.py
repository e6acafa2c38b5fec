"""A user's ties are read as written; every error names its line; deals make ties."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import countervail as cv
from countervail.channels.ties.graph import Ties
from countervail.channels.ties.voting import mean_positions
from countervail.cli import call
from countervail.errors import OptionError, TiesFileError
from countervail.scenario.deals import Deal

WORLD = cv.load_world("world-2023")
HEAD = "a,b,layer,since,until,value,source,status\n"


def read(tmp_path: Path, text: str, year: int | None = None, name: str = "own.csv") -> Ties:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return cv.read_ties(WORLD, tmp_path / name, year)


def layers(ties: Ties, a: str, b: str) -> set[str]:
    return {tie.layer for tie in ties.between(a, b)}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("CNA,QAT,alliance,,,,,", "line 2, a: 'CNA' is no country. Nearest: CAN"),
        ("CAN,,alliance,,,,,", "line 2, b: is empty."),
        ("CAN,QAT,aliance,,,,,", "line 2, layer: 'aliance' is none. Nearest: alliance"),
        ("CAN,CAN,alliance,,,,,", "line 2: 'CAN' cannot be tied to itself."),
        ("CAN,QAT,alliance,soon,,,,", "line 2, since: 'soon' is no year."),
        ("CAN,QAT,alliance,2020,2019,,,", "line 2, until: 2019 is before 2020."),
        ("CAN,QAT,alliance,,,nan,,", "line 2, value: 'nan' is not a finite number."),
        ("CAN,QAT,alliance,,,much,,", "line 2, value: 'much' is not a number."),
        ("CAN,QAT,alliance,,,-1,,", "line 2, value: -1 is not above 0."),
        ("CAN,QAT,voting,,,,,", "line 2, value: is empty; voting needs a number."),
        ("CAN,QAT,voting,,,1.2,,", "line 2, value: 1.2 is not between 0 and 1"),
        ("CAN,QAT,alliance", "line 2: not as many cells as the header has."),
        ("CAN,QAT,alliance,,,,,,more", "line 2: not as many cells as the header has."),
    ],
)
def test_errors_name_the_line(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(TiesFileError) as caught:
        read(tmp_path, f"{HEAD}{line}\nXX1,QAT,alliance,,,,,\n")
    assert says in str(caught.value)
    assert "line 3, a: 'XX1' is no country." in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "column 'a' is missing"),
        ("a,b,layers\n", "column 'layers' is not known. Nearest: layer."),
        ("a,b,layer,a\n", "column 'a' comes twice."),
        (HEAD, "holds no ties"),
    ],
)
def test_errors_of_the_header(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TiesFileError, match=says):
        read(tmp_path, text)


def test_a_file_replaces_the_layers_that_it_holds(tmp_path: Path) -> None:
    ties = read(tmp_path, HEAD + "Canada,GCC,alliance,2020,,2,mine,known\n")
    assert layers(ties, "CAN", "QAT") == {"alliance"}
    assert layers(ties, "CAN", "SAU") == {"alliance"}
    assert layers(ties, "CAN", "USA") == {"trade-agreement", "investment-treaty"}
    (tie,) = ties.between("CAN", "QAT")
    assert (tie.since, tie.value, tie.source, tie.status) == (2020, 2.0, "mine", "known")
    assert ties.complete == ("trade-agreement", "alliance")


def test_years_say_what_was_in_force(tmp_path: Path) -> None:
    text = HEAD + "CAN,QAT,forum,2010,2015,,,\nCAN,KWT,forum,2012,,,,\nCAN,OMN,forum,,,,,\n"

    def tied(year: int | None) -> set[str]:
        ties = read(tmp_path, text, year)
        return {b for b in ("QAT", "KWT", "OMN") if layers(ties, "CAN", b) & {"forum"}}

    assert tied(None) == {"KWT", "OMN"}
    assert tied(2011) == {"QAT", "OMN"}
    assert tied(2015) == {"QAT", "KWT", "OMN"}
    with pytest.raises(OptionError, match="is no year"):
        read(tmp_path, text, "2015")  # type: ignore[arg-type]


def test_values_of_pairs_take_the_place_of_the_packages(tmp_path: Path) -> None:
    ties = read(tmp_path, HEAD + "CAN,QAT,voting,,,0.25,,\nQAT,CAN,distance,,,10500,,\n")
    assert ties.affinity("QAT", "CAN") == 0.25
    assert ties.distance("CAN", "QAT") == 10500
    plain = cv.read_ties(WORLD)
    assert ties.affinity("CAN", "USA") == plain.affinity("CAN", "USA")
    assert ties.ties == plain.ties


def test_desta_is_read_as_published(tmp_path: Path) -> None:
    text = (
        '"number";"name";"entry_type";"entryforceyear";"c1";"c2";"c3"\n'
        '"1";"Cañada Qatar";"base_treaty";"2010";124;634;NA\n'
        '"2";"three";"accession";"2012";124;784;999\n'
        '"3";"talks";"negotiation";"2012";124;414;NA\n'
        '"4";"left";"withdrawal";"2012";124;414;NA\n'
        '"5";"signed";"base_treaty";"NA";124;512;NA\n'
    )
    place = tmp_path / "desta.csv"
    place.write_bytes(text.encode("latin-1"))
    ties = cv.read_ties(WORLD, place)
    agreed = {(t.a, t.b, t.since) for t in ties.ties if t.layer == "trade-agreement"}
    assert agreed == {("CAN", "QAT", 2010), ("ARE", "CAN", 2012)}
    assert "2 lines of negotiations and withdrawals and 1 without a year" in ties.notes[0]
    assert "1 codes" in ties.notes[1]
    place.write_bytes(text.replace("2010", "MMX").encode("latin-1"))
    with pytest.raises(TiesFileError, match="line 2, entryforceyear: 'MMX' is not a number"):
        cv.read_ties(WORLD, place)


def test_unctads_list_is_read_as_published(tmp_path: Path) -> None:
    rows = [
        ("Canada - Qatar BIT", "Canada; Qatar;", "02feb2008", ""),
        ("BLEU - Qatar BIT", "BLEU (Belgium-Luxembourg Economic Union); Qatar;", "01jan2001", ""),
        ("ended", "Canada; Kuwait;", "02feb2008", "01dec2011"),
        ("signed", "Canada; Oman;", "", ""),
        ("unknown", "Canada; Nowhere;", "02feb2008", ""),
    ]
    columns = ["Shorttitle", "Parties", "Dateofentryintoforce", "Dateoftermination"]
    place = tmp_path / "treaties.dta"
    pd.DataFrame(rows, columns=columns).astype(object).to_stata(place, write_index=False)
    ties = cv.read_ties(WORLD, place)
    treaties = {(t.a, t.b, t.since) for t in ties.ties if t.layer == "investment-treaty"}
    assert treaties == {("CAN", "QAT", 2008), ("BEL", "QAT", 2001), ("LUX", "QAT", 2001)}
    assert "1 treaties that were ended and 1 that are not in force" in ties.notes[0]
    assert "Nowhere" in ties.notes[1]
    pd.DataFrame(rows, columns=["x", *columns[1:]]).astype(object).to_stata(
        place, write_index=False
    )
    with pytest.raises(TiesFileError, match="'Shorttitle' is missing"):
        cv.read_ties(WORLD, place)


def test_files_that_are_none_of_these_are_refused(tmp_path: Path) -> None:
    for name, says in (("x.rda", "file of R"), ("x.dta", "no file of Stata"), ("x.csv", "UTF-8")):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")
        with pytest.raises(TiesFileError, match=says):
            cv.read_ties(WORLD, tmp_path / name)
        with pytest.raises(TiesFileError, match="cannot be read"):
            cv.read_ties(WORLD, tmp_path / f"no-{name.replace('rda', 'csv')}")


def test_votes_are_means_of_their_sessions(tmp_path: Path) -> None:
    place = tmp_path / "votes.csv"
    lines = ["CAN,69,9", "CAN,70,1", "CAN,74,2", "CAN,75,9", "XXX,70,5"]
    text = "iso3c,session,IdealPoint\n" + "\n".join(lines) + "\n"
    place.write_text(text)
    assert mean_positions(place) == {"CAN": (1.5, 2)}
    place.write_text(text.replace("74,2", "74,nan"))
    with pytest.raises(TiesFileError, match="line 4, IdealPoint"):
        mean_positions(place)
    place.write_text("a,b\n")
    with pytest.raises(TiesFileError, match="lacks the columns session"):
        mean_positions(place)


def deal(kind: str, *parties: str, **more: object) -> Deal:
    values = {"id": "x", "kind": kind, "parties": parties, "status": "signed", **more}
    return Deal.model_validate(values)


def test_deals_make_ties_of_their_kind() -> None:
    ties = cv.read_ties(WORLD)
    made = ties.after([deal("defence-tie", "CAN", "QAT"), deal("forum", "CAN", "USA", "CHN")])
    added = {(t.a, t.b, t.layer) for t in made.ties[len(ties.ties) :]}
    assert added == {
        ("CAN", "QAT", "defence-tie"),
        ("CAN", "USA", "forum"),
        ("CAN", "CHN", "forum"),
        ("CHN", "USA", "forum"),
    }
    for other in (
        deal("investment", "CAN", "QAT"),
        deal("forum", "CAN", "KEN"),
        deal("forum", "CAN", "USA", ended=date(2026, 1, 22)),
        deal("forum", "CAN", "USA", status="withdrawn"),
    ):
        assert ties.after([other]).ties == ties.ties


def test_the_command_line_shows_the_error_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "own.csv"
    place.write_text(HEAD + "CNA,QAT,alliance,,,,,\n")
    assert call(["ties", "--of", "CAN", "--without", "USA", "--file", str(place)]) == 2
    assert "own.csv has errors" in capsys.readouterr().err
    for wrong in (["--of", "CAN"], ["--without", "USA"], ["--of", "CAN", "--without", ","]):
        assert call(["ties", *wrong]) == 2
        assert "countervail: " in capsys.readouterr().err
