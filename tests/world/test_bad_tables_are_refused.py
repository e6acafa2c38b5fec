"""A file that is not what it should be is refused with its place and a remedy, never guessed at."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from countervail.errors import (
    InputError,
    LabelError,
    NotANumberError,
    OptionError,
    TableError,
    UnknownLabelError,
)
from countervail.world.formats import FORMATS, BuildOptions, builder
from tests.world import tables
from tests.world.tables import known

ICIO = known(("CAN", "USA"), ("A01_02", "C29", "G"), tables.ICIO_FINALS)
EXIO = known(("AT", "US"), ("Cultivation of wheat", "Education (80)"), tables.EXIOBASE_FINALS)
FIGARO = known(("AT", "US"), ("A01", "C29"), tables.FIGARO_FINALS)
PLAIN = known(("CAN", "USA"), ("motor-vehicles", "banking"), ("households", "stocks"))
OPTIONS = BuildOptions(year=2020)
EURO = BuildOptions(year=2020, usd_per_unit=1.1)

Lines = list[list[str]]


def icio(path: Path, change: Callable[[Lines], Lines | None]) -> Path:
    lines = tables.icio_lines(ICIO)
    return tables.write_csv(path / "2020.csv", change(lines) or lines)


def refused(name: str, path: Path, options: BuildOptions = OPTIONS) -> InputError:
    with pytest.raises(InputError) as caught:
        builder(name).build(path, options=options)
    assert caught.value.remedy
    return caught.value


def setting(row: int, column: int, value: str) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        lines[row][column] = value

    return change


def renaming(old: str, new: str) -> Callable[[Lines], Lines]:
    return lambda lines: [[x.replace(old, new) for x in line] for line in lines]


def doubling_a_column(lines: Lines) -> Lines:
    return [[*line[:3], line[2], *line[3:]] for line in lines]


ICIO_FAULTS: list[tuple[str, Callable[[Lines], Lines | None], type[InputError], list[str]]] = [
    ("text in a number", setting(3, 5, "12.3x"), NotANumberError, ["line 4", "USA_C29", "12.3x"]),
    ("empty cell", setting(2, 4, ""), NotANumberError, ["line 3", "USA_A01_02"]),
    ("NaN", setting(2, 4, "nan"), NotANumberError, ["line 3", "USA_A01_02", "CAN_C29"]),
    ("infinite", setting(2, 4, "inf"), NotANumberError, ["line 3", "USA_A01_02"]),
    ("thousands separator", setting(2, 4, "1,234.5"), TableError, ["line 3", "fields"]),
    ("line cut short", lambda t: [*t[:4], t[4][:6]], NotANumberError, ["line 5"]),
    ("rows missing", lambda t: t[:5], TableError, ["lacks 2 rows", "USA C29"]),
    ("row twice", lambda t: [*t, t[2]], TableError, ["CAN_C29", "lines 3 and 11"]),
    ("column twice", doubling_a_column, TableError, ["CAN_C29", "more than once"]),
    ("unknown region", renaming("USA_", "USX_"), TableError, ["USX", "USA"]),
    ("unknown industry", renaming("_C29", "_C99"), TableError, ["C99"]),
    (
        "unknown row",
        lambda t: [*t, ["CAN_C30", *t[2][1:]]],
        TableError,
        ["line 11", "CAN_C30", "CAN_C29"],
    ),
    ("final use without industries", renaming("USA_HFCE", "MEX_HFCE"), TableError, ["MEX"]),
    ("one flow changed", setting(1, 1, "9999"), TableError, ["do not add up", "CAN A01_02"]),
    ("output changed", setting(2, 19, "1"), TableError, ["do not add up", "CAN C29"]),
    ("value added changed", setting(8, 1, "5"), TableError, ["do not add up", "CAN A01_02"]),
    ("semicolons", lambda t: [[";".join(line)] for line in t], TableError, ["semicolons"]),
]


@pytest.mark.parametrize(
    ("change", "kind", "words"), [f[1:] for f in ICIO_FAULTS], ids=[f[0] for f in ICIO_FAULTS]
)
def test_faults_of_an_icio_file(
    change: Callable[[Lines], Lines | None],
    kind: type[InputError],
    words: list[str],
    tmp_path: Path,
) -> None:
    error = refused("icio", icio(tmp_path, change))
    assert isinstance(error, kind), error
    for word in words:
        assert word in str(error), str(error)


def test_the_sound_file_is_accepted(tmp_path: Path) -> None:
    """Without this the faults above would prove nothing."""
    assert builder("icio").build(icio(tmp_path, lambda t: None), options=OPTIONS).regions == (
        "CAN",
        "USA",
    )


def test_a_file_that_is_missing_a_folder_or_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    for name in (
        "icio",
        "figaro",
        "table",
        "wiod-2013",
        "wiod-2016",
        "wiod-2011-npz",
        "exiobase-3",
    ):
        assert "cannot be opened" in str(refused(name, tmp_path / "absent.csv", EURO_OR(name)))
        if name != "wiod-2011-npz":
            assert "is empty" in str(refused(name, tmp_path / "empty.csv", EURO_OR(name)))
        if name not in ("exiobase-3", "wiod-2011-npz"):
            assert "is a folder" in str(refused(name, tmp_path, EURO_OR(name)))


def EURO_OR(name: str) -> BuildOptions:
    return EURO if name in ("figaro", "exiobase-3") else OPTIONS


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    content = tables.csv_text(tables.icio_lines(ICIO))
    path = tmp_path / "2020.csv"
    path.write_bytes(content.replace("V1", "Année").encode("latin-1"))
    assert "UTF-8" in str(refused("icio", path))
    path.write_bytes(
        content.replace("CAN_G,", "CAN_é,", 2).replace("CAN_é,", "CAN_G,", 1).encode("latin-1")
    )
    assert "UTF-8" in str(refused("icio", path))
    path.write_bytes(content.encode("utf-16"))
    assert "UTF-8" in str(refused("icio", path))


def test_a_zip_that_is_cut_short(tmp_path: Path) -> None:
    whole = tables.write_zip(
        tmp_path / "w.zip", {"2020.csv": tables.csv_text(tables.icio_lines(ICIO))}
    )
    for part in (0.3, 0.6, 0.98):
        path = tmp_path / "cut.zip"
        path.write_bytes(whole.read_bytes()[: int(part * whole.stat().st_size)])
        assert "damaged or cut short" in str(refused("icio", path))


def test_a_zip_whose_content_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "w.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("2020.csv", tables.csv_text(tables.icio_lines(ICIO)))
    data = bytearray(path.read_bytes())
    at = data.index(b"OUT,", data.index(b"VA,"))
    data[at + 6 : at + 8] = b"77"
    path.write_bytes(bytes(data))
    assert "damaged" in str(refused("icio", path))


def test_a_zip_bomb_says_too_much(tmp_path: Path) -> None:
    """Two million lines of zeros after a sound header: more than that header can announce."""
    header = ",".join(tables.icio_lines(ICIO)[0])
    row = "CAN_C29" + ",0" * 19 + "\n"
    path = tables.write_zip(tmp_path / "bomb.zip", {"2020.csv": header + "\n" + row * 200_000})
    assert path.stat().st_size < 200_000
    error = refused("icio", path)
    assert "comes twice" in str(error) or "at most" in str(error)


def test_a_zip_bomb_in_one_line(tmp_path: Path) -> None:
    header = ",".join(tables.icio_lines(ICIO)[0])
    path = tables.write_zip(
        tmp_path / "bomb.zip", {"2020.csv": header + "\nCAN_C29" + ",0" * 3_000_000}
    )
    assert "a line of more than" in str(refused("icio", path))
    path = tables.write_zip(tmp_path / "first.zip", {"2020.csv": "V1" + ",CAN_C29" * 1_000_000})
    assert "begins with a line of more than" in str(refused("icio", path))


def test_a_workbook_that_claims_too_much(tmp_path: Path) -> None:
    path = tables.write_zip(tmp_path / "2020.xlsx", {"xl/worksheets/sheet1.xml": "x" * 1000})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 3_000_000_000)
    path.write_bytes(bytes(data))
    assert "at most" in str(refused("wiod-2016", path))


def test_several_tables_in_a_zip_are_listed(tmp_path: Path) -> None:
    path = tables.write_zip(tmp_path / "w.zip", {"a.csv": "x", "b.csv": "y"})
    error = refused("icio", path)
    assert error.evidence == ("a.csv", "b.csv")
    assert "--member" in str(error)
    assert "b.csv" in str(refused("icio", path, BuildOptions(year=2020, member="c.csv")))
    assert "no zip" in str(
        refused("icio", icio(tmp_path, lambda t: None), BuildOptions(member="a.csv"))
    )


def test_a_region_that_is_there_twice(tmp_path: Path) -> None:
    made = known(("CN1", "CN2", "CHN", "USA"), ("A01_02",), tables.ICIO_FINALS)
    made.flow[2], made.final[2] = made.flow[:2].sum(axis=0), made.final[:2].sum(axis=0)
    made.flow[:, 2] = made.flow[:, :2].sum(axis=1)
    made.flow[2, 2] = made.flow[:2, :2].sum()
    made.flow[2, :2] = made.flow[:2, :2].sum(axis=0)
    made.final[:2, 5] += made.flow[:2, :2].sum(axis=1)
    made.final[2] = made.final[:2].sum(axis=0)
    made.final[2, 5] += made.flow[:2].sum() - made.flow[2].sum()
    path = tables.write_csv(tmp_path / "2020.csv", tables.icio_lines(made))
    assert "in the table twice" in str(refused("icio", path))


def test_the_wrong_edition_or_source(tmp_path: Path) -> None:
    table = icio(tmp_path, lambda t: None)
    assert "lacks the column" in str(refused("table", table))
    assert "no spreadsheet" in str(refused("wiod-2016", table))
    assert "no Stata file" in str(
        refused("wiod-2016", icio(tmp_path, lambda t: None).rename(tmp_path / "x.dta"))
    )
    figaro = tables.write_csv(tmp_path / "f.csv", tables.figaro_matrix(FIGARO))
    assert "no OECD ICIO table" in str(refused("icio", figaro))
    mixed = known(("CAN", "USA"), ("A01", "A01_02"), tables.ICIO_FINALS)
    path = tables.write_csv(tmp_path / "m.csv", tables.icio_lines(mixed))
    assert "not known are" in str(refused("icio", path))
    codes = {"a": ("AtB", 1), "m": ("C", 2)}
    made = known(("AUS", "RoW"), tuple(codes), ("h", "n", "g", "f", "i"))
    older = tables.write_xlsx(
        tmp_path / "2007.xlsx", tables.wiod_rows(made, codes, (37, 38, 39, 41, 42))
    )
    assert "wiod-2013 and wiod-2016" in str(refused("wiod-2016", older, BuildOptions(year=2007)))
    other = tables.write_xlsx(tmp_path / "o.xlsx", [["a", 1.0], ["b", 2.0]])
    assert "no sheet with column numbers" in str(refused("wiod-2016", other))


def test_a_cell_of_a_workbook_that_is_no_number(tmp_path: Path) -> None:
    codes = {"a": ("A01", 1), "b": ("B", 4)}
    made = known(("AUS", "USA"), tuple(codes), ("h", "n", "g", "f", "i"))
    rows = tables.wiod_rows(made, codes, (57, 58, 59, 60, 61))
    for value in ("n.a.", ""):
        rows[7][5] = value
        path = tables.write_xlsx(tmp_path / "2014.xlsx", rows)
        error = refused("wiod-2016", path, BuildOptions(year=2014))
        assert isinstance(error, NotANumberError)
        assert "row 8 (AUS r4 B), column AUS c4 B" in str(error)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"Y.txt": "x"}, ["lacks Z.txt"]),
        ({"A.txt": "x", "Y.txt": "x"}, ["coefficients"]),
        ({"Z.txt": "x\ty\nz\tw\n", "Y.txt": "x"}, ["no columns of numbers"]),
        ({"a/Z.txt": "x", "b/Z.txt": "y", "Y.txt": "x"}, ["more than once"]),
    ],
)
def test_an_exiobase_that_is_none(
    content: dict[str, str], words: list[str], tmp_path: Path
) -> None:
    error = refused("exiobase-3", tables.write_zip(tmp_path / "IOT_2020_ixi.zip", content), EURO)
    for word in words:
        assert word in str(error)


def test_an_exiobase_with_other_industries_or_files_of_two_tables(tmp_path: Path) -> None:
    files = tables.exiobase_files(EXIO)
    renamed = {k: v.replace("Education (80)", "Educaton (80)") for k, v in files.items()}
    error = refused("exiobase-3", tables.write_zip(tmp_path / "a.zip", renamed), EURO)
    assert "Educaton" in str(error)
    files["x.txt"] = files["x.txt"].replace("US\tEducation (80)", "FR\tEducation (80)")
    error = refused("exiobase-3", tables.write_zip(tmp_path / "b.zip", files), EURO)
    assert "different tables" in str(error)
    error = refused("exiobase-3", tables.write_zip(tmp_path / "c.zip", tables.exiobase_files(EXIO)))
    assert "--usd-per-unit" in str(error)


PLAIN_FAULTS: list[tuple[str, Callable[[Lines], Lines | None], list[str]]] = [
    ("text in a number", setting(3, 4, "abc"), ["line 4", "value", "abc"]),
    ("empty value", setting(3, 4, ""), ["line 4", "value"]),
    ("no label", setting(3, 1, ""), ["line 4", "sector"]),
    ("a line twice", lambda t: [*t, t[1]], ["line 38", "CAN, motor-vehicles, CAN, motor-vehicles"]),
    ("fields too many", setting(3, 4, "1,2"), ["line 4", "fields"]),
    ("column missing", lambda t: [line[:4] for line in t], ["'value'"]),
    ("column unknown", setting(0, 4, "values"), ["'value'", "values"]),
    (
        "a buyer without industries",
        lambda t: [*t, ["CAN", "banking", "MEX", "final", "3"]],
        ["MEX"],
    ),
    ("value added changed", setting(-1, 4, "1"), ["do not add up"]),
    ("an unknown sector", renaming("banking", "bankin"), ["bankin", "elasticity"]),
    ("semicolons", lambda t: [[";".join(line)] for line in t], ["semicolons"]),
    ("header only", lambda t: t[:1], ["no lines"]),
]


@pytest.mark.parametrize(
    ("change", "words"), [f[1:] for f in PLAIN_FAULTS], ids=[f[0] for f in PLAIN_FAULTS]
)
def test_faults_of_a_plain_table(
    change: Callable[[Lines], Lines | None], words: list[str], tmp_path: Path
) -> None:
    lines = tables.plain_lines(PLAIN)
    error = refused("table", tables.write_csv(tmp_path / "t.csv", change(lines) or lines))
    for word in words:
        assert word in str(error), str(error)


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    path.write_text("not parquet")
    assert "no Parquet file" in str(refused("table", path))
    lines = tables.plain_lines(PLAIN)
    pandas.DataFrame(lines[1:], columns=lines[0]).drop(columns="user").to_parquet(path)
    assert "'user'" in str(refused("table", path))
    frame = pandas.DataFrame(lines[1:], columns=lines[0])
    frame.loc[2, "value"] = "many"
    frame.to_parquet(path)
    assert "not all are numbers" in str(refused("table", path))


MAPS = [
    ("kind,from\nregion,CAN\n", TableError, "'to'"),
    ("kind,from,to\ncountry,CAN,NAM\n", TableError, "line 2"),
    ("kind,from,to\nregion,,NAM\n", TableError, "line 2"),
    ("kind,from,to\nregion,CNA,NAM\n", UnknownLabelError, "CNA"),
    ("kind,from,to\nregion,CAN,A\nregion,CAN,B\n", LabelError, "both"),
    ("kind,from,to\nregion,CAN,USA\n", LabelError, "USA"),
    ("", TableError, "empty"),
    ("kind;from;to\n", TableError, "semicolons"),
    ("kind,from,to\nregion,CAN,A,B\n", TableError, "line 2"),
]


@pytest.mark.parametrize(("content", "kind", "word"), MAPS)
def test_maps_that_do_not_fit(
    content: str, kind: type[InputError], word: str, tmp_path: Path
) -> None:
    path = tmp_path / "map.csv"
    path.write_text(content)
    error = refused("icio", icio(tmp_path, lambda t: None), BuildOptions(year=2020, aggregate=path))
    assert isinstance(error, kind)
    assert word in str(error)


TARIFFS = [
    ("sector,importer,exporter\n", TableError, "'tariff'"),
    ("sector,importer,exporter,tariff\nmotor-vehicles,USA,CNA,0.1\n", TableError, "CAN"),
    ("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,ten\n", NotANumberError, "line 2"),
    ("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,0.1\n", TableError, "lacks 5"),
    (
        "sector,importer,exporter,tariff\n" + "motor-vehicles,USA,CAN,0.1\n" * 2,
        TableError,
        "line 3",
    ),
    ("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,25\n", TableError, "lacks"),
]


@pytest.mark.parametrize(("content", "kind", "word"), TARIFFS)
def test_tariff_files_that_do_not_fit(
    content: str, kind: type[InputError], word: str, tmp_path: Path
) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_text(content)
    error = refused("icio", icio(tmp_path, lambda t: None), BuildOptions(year=2020, tariff=path))
    assert isinstance(error, kind)
    assert word in str(error)


def test_percent_instead_of_fractions(tmp_path: Path) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_text("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,25\n")
    options = BuildOptions(year=2020, tariff=path, tariff_default=0.0)
    assert "percent" in str(refused("icio", icio(tmp_path, lambda t: None), options))


def test_options_that_a_format_does_not_take(tmp_path: Path) -> None:
    table = icio(tmp_path, lambda t: None)
    for name, options, word in (
        ("wiod-2014", BuildOptions(year=2014), "--year"),
        ("icio", BuildOptions(year=2020, usd_per_unit=1.1), "--usd-per-unit"),
        ("icio", BuildOptions(year=2020, tariff_default=0.0), "--tariff"),
        ("icio", BuildOptions(year=2020, elasticities="caliendo"), "caliendo-parro"),
    ):
        error = refused(name, table, options)
        assert isinstance(error, OptionError | UnknownLabelError)
        assert word in str(error)
    error = refused("figaro", table, BuildOptions(year=2020, usd_per_unit=-1.0))
    assert "above zero" in str(error) or "region" in str(error)


def test_a_year_that_no_name_holds(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "table.csv", tables.icio_lines(ICIO))
    assert "--year" in str(refused("icio", path, BuildOptions()))
    path = tables.write_csv(tmp_path / "ICIO2025_2022.csv", tables.icio_lines(ICIO))
    assert "--year" in str(refused("icio", path, BuildOptions()))


def test_every_format_says_what_it_reads_and_is_there() -> None:
    from importlib import import_module

    for entry in FORMATS.values():
        assert entry.reads
        assert entry.licence
        assert callable(getattr(import_module(entry.module), entry.function))


def test_a_zip_of_workbooks(tmp_path: Path) -> None:
    path = tables.write_zip(tmp_path / "w.zip", {"WIOT2013.xlsb": "x", "WIOT2014.xlsb": "y"})
    error = refused("wiod-2016", path)
    assert "zip of 2 workbooks" in str(error)
    assert "Unpack it" in error.remedy


def every_number(lines: Lines, change: Callable[[str], str]) -> Lines:
    return [lines[0], *([*line[:-1], change(line[-1])] for line in lines[1:])]


@pytest.mark.parametrize("shape", ["{},500", "{},234,567", "{},,5"])
def test_a_comma_in_every_number_is_refused_like_one_in_the_first(
    shape: str, tmp_path: Path
) -> None:
    """pandas drops fields that all lines have beyond the first; that changed every figure."""
    plain, matrix = tables.plain_lines(PLAIN), tables.icio_lines(ICIO)
    flat = tables.figaro_flat(FIGARO)
    for name, lines in (("table", plain), ("icio", matrix), ("figaro", flat)):
        first = [lines[0], [*lines[1][:-1], shape.format(lines[1][-1])], *lines[2:]]
        for changed in (first, every_number(lines, shape.format)):
            path = tables.write_csv(tmp_path / "2020.csv", changed)
            error = refused(name, path, EURO_OR(name))
            assert "line 2" in str(error), str(error)
            assert "fields" in str(error)


def wiod_2016(tmp_path: Path, row: int, column: int, value: object) -> Path:
    codes = {"a": ("A01", 1), "b": ("B", 4)}
    made = known(("AUS", "USA"), tuple(codes), ("h", "n", "g", "f", "i"))
    rows = tables.wiod_rows(made, codes, (57, 58, 59, 60, 61))
    rows[row][column] = value
    return tables.write_xlsx(tmp_path / "2014.xlsx", rows)


@pytest.mark.parametrize("value", ["12.5", True])
def test_text_and_truth_values_in_a_workbook_are_no_numbers(value: object, tmp_path: Path) -> None:
    error = refused("wiod-2016", wiod_2016(tmp_path, 7, 5, value), BuildOptions(year=2014))
    assert isinstance(error, NotANumberError)
    assert "row 8 (AUS r4 B), column AUS c4 B" in str(error)


@pytest.mark.parametrize("cell", ["XFD9", "E1048576", "DAA1", "A3000"])
def test_a_workbook_with_a_cell_far_away_is_refused_before_it_is_opened(
    cell: str, tmp_path: Path
) -> None:
    path = wiod_2016(tmp_path, 0, 0, "World")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    far = f'<row r="1"><c r="{cell}"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace("</sheetData>", far)
    error = refused("wiod-2016", tables.write_zip(path, parts))
    assert cell in str(error)
    assert "column CZZ" in str(error)


def test_a_binary_workbook_that_is_too_small_for_a_table(tmp_path: Path) -> None:
    path = tables.write_zip(tmp_path / "2014.xlsb", {"xl/workbook.bin": "x"})
    assert "too few" in str(refused("wiod-2016", path))


def test_a_plain_file_with_labels_of_its_own_in_every_line(tmp_path: Path) -> None:
    lines = [[f"r{k}", f"s{k}", f"r{k}", "final", "1"] for k in range(3000)]
    path = tables.write_csv(tmp_path / "t.csv", [tables.plain_lines(PLAIN)[0], *lines])
    error = refused("table", path, BuildOptions(year=2020, elasticities=4.0))
    assert "3,000 regions and 3,000 sectors" in str(error)


def test_carriage_returns_alone(tmp_path: Path) -> None:
    path = tmp_path / "2020.csv"
    path.write_bytes(tables.csv_text(tables.icio_lines(ICIO)).replace("\n", "\r").encode())
    assert "carriage returns" in str(refused("icio", path))


@pytest.mark.parametrize("kept", [100, 1000, 2000])
def test_a_stata_file_that_is_cut_short(kept: int, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "2014.dta"
    columns = {f"vAUS{k}": [1.0] for k in range(1, 50)}
    frame = pandas.DataFrame({"IndustryCode": ["A01"], "Country": ["AUS"], "RNr": [1], **columns})
    frame.assign(TOT=1.0).to_stata(path, write_index=False, version=118)
    path.write_bytes(path.read_bytes()[:kept])
    assert "Stata" in str(refused("wiod-2016", path))


def test_a_year_that_the_name_contradicts(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "2019.csv", tables.icio_lines(ICIO))
    assert "--year 2020 contradicts '2019.csv'" in str(refused("icio", path))
    inside = {"2019_SML.csv": tables.csv_text(tables.icio_lines(ICIO))}
    assert "contradicts" in str(refused("icio", tables.write_zip(tmp_path / "a.zip", inside)))
    edition = path.rename(tmp_path / "ICIO2023_SML.csv")
    assert builder("icio").build(edition, options=OPTIONS).base_year == 2020


def test_a_tariff_above_400_percent_is_taken_where_it_is_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_text("sector,importer,exporter,tariff\nmotor-vehicles,USA,CAN,5\n")
    options = BuildOptions(year=2020, tariff=path, tariff_default=0.0, confirm_units=True)
    world = builder("icio").build(icio(tmp_path, lambda t: None), options=options)
    assert world.arrays.tariff.max() == 5.0
