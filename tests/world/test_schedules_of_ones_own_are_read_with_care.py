"""A user's own schedule is a CSV file; whatever is wrong in it is named with line and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from countervail.errors import InputError, ScheduleError, UnknownLabelError
from countervail.world.tariffs.schedule_files import read_header
from countervail.world.tariffs.schedules import as_date, read_schedule

GOOD = """\
importer,exporter,sector,imports,2026-01-01,2026-07-01
USA,CAN,food,100,0.1,0.25
USA,CAN,C24,300,0,0.5
USA,CAN,unresolved,100,0.05,0.05
"""


def own(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text, "utf-8")
    return path


def test_rates_hold_from_their_date_on(tmp_path: Path) -> None:
    schedule = read_schedule(own(tmp_path, GOOD))
    cell = ("USA", "CAN", "food")
    assert schedule.at("2026-01-01").rates[cell] == 0.1
    assert schedule.at(date(2026, 6, 30)).rates[cell] == 0.1
    assert schedule.at("2026-07-01").rates[cell] == 0.25
    assert schedule.at("2026-07-01").note == ""
    assert ("USA", "CAN", "basic-metals") in schedule.cells


def test_days_outside_are_said(tmp_path: Path) -> None:
    schedule = read_schedule(own(tmp_path, GOOD))
    before = schedule.at("2025-12-31")
    assert before.rates == {}
    assert before.since is None
    assert "before the first entry" in before.note
    after = schedule.at("2026-07-11")
    assert after.since == date(2026, 7, 1)
    assert "10 days" in after.note
    shipped = read_schedule("us-2025-26")
    assert "not verified" in shipped.at("2026-08-19").note
    assert shipped.at("2026-04-06").note == ""


def test_means_and_bounds(tmp_path: Path) -> None:
    found = read_schedule(own(tmp_path, GOOD)).bounds("CAN", "2026-07-01")
    assert found.unresolved == pytest.approx(0.2)
    assert found.mean == pytest.approx((25 + 150 + 5) / 500)
    assert found.low == pytest.approx((25 + 150 + 25) / 500)
    assert found.high == pytest.approx((25 + 150 + 50) / 500)
    with pytest.raises(UnknownLabelError, match="MEX"):
        read_schedule(own(tmp_path, GOOD)).bounds("MEX", "2026-07-01")


def test_groups_and_names_stand_for_their_members(tmp_path: Path) -> None:
    text = "importer,exporter,sector,imports,2026-01-01\nUnited States,GCC,metals,12,0.1\n"
    schedule = read_schedule(own(tmp_path, text))
    assert {cell[1] for cell in schedule.cells} == {"ARE", "BHR", "KWT", "OMN", "QAT", "SAU"}
    assert sum(w or 0 for w in schedule.imports.values()) == pytest.approx(12)
    assert schedule.importers == ("USA",)


def test_a_description_beside_it_is_used(tmp_path: Path) -> None:
    path = own(tmp_path, GOOD)
    assert read_header(path).title == "mine"
    path.with_suffix(".toml").write_text('title = "Mine"\nsource = "a law"\n', "utf-8")
    header = read_header(path)
    assert (header.title, header.source) == ("Mine", "a law")
    path.with_suffix(".toml").write_text("title = ", "utf-8")
    with pytest.raises(ScheduleError, match=r"mine\.toml"):
        read_header(path)
    path.with_suffix(".toml").write_text('unknown_partners_million_usd = "x"\n', "utf-8")
    with pytest.raises(ScheduleError, match="million USD"):
        read_header(path)


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        ("0.25", "a quarter", ScheduleError, ["line 2", "2026-07-01", "a quarter"]),
        ("0.25", "25", ScheduleError, ["line 2", "2500 %", "0.25"]),
        ("0.25", "-0.1", ScheduleError, ["line 2", "-0.1"]),
        ("0.25", "nan", ScheduleError, ["line 2", "nan"]),
        ("0.25", "", ScheduleError, ["line 2", "write 0"]),
        (",0.1,0.25", ",0.1", ScheduleError, ["line 2", "fewer fields"]),
        (",0.1,0.25", ",0.1,0,25", ScheduleError, ["line 2", "more fields", "point"]),
        ("100,0.1", "much,0.1", ScheduleError, ["line 2", "imports"]),
        ("CAN,food", "CNA,food", UnknownLabelError, ["line 2", "exporter", "Nearest"]),
        ("CAN,food", "CAN,fodo", UnknownLabelError, ["line 2", "sector", "food"]),
        ("USA,CAN,food", "UAS,CAN,food", UnknownLabelError, ["line 2", "importer"]),
        ("C24", "food", ScheduleError, ["line 3", "line 2", "USA, CAN, food"]),
        ("2026-07-01", "July", ScheduleError, ["July", "2026-08-19"]),
        ("2026-07-01", "2025-07-01", ScheduleError, ["order"]),
        ("2026-07-01", "2026-01-01", ScheduleError, ["repeated"]),
        (",imports", ",import", ScheduleError, ["imports"]),
    ],
)
def test_what_is_wrong_is_named(
    old: str, new: str, kind: type[InputError], words: list[str], tmp_path: Path
) -> None:
    assert old in GOOD
    path = own(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(kind) as caught:
        read_schedule(path)
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["importer"]),
        (b"importer,exporter,sector,imports\nUSA,CAN,food,1\n", ["date"]),
        (b"importer,exporter,sector,imports,2026-01-01\n", ["no rows"]),
        (b"\xff\xfe\x00", ["UTF-8"]),
        (b'importer,exporter,sector,imports,2026-01-01\nUSA,"CAN\n', ["CSV"]),
    ],
)
def test_files_that_are_none(content: bytes, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(ScheduleError) as caught:
        read_schedule(path)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_a_schedule_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="us-2025-26"):
        read_schedule("us-2025-27")
    with pytest.raises(ScheduleError, match="no such file"):
        read_schedule(tmp_path)


def test_dates_are_dates() -> None:
    assert as_date("2026-08-19") == date(2026, 8, 19)
    for wrong in ("19 August", "2026-13-01", 20260819, None):
        with pytest.raises(ScheduleError, match="2026-08-19"):
            as_date(wrong)  # type: ignore[arg-type]
