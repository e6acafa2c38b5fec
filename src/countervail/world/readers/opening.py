"""Opening a source file with care: what it is, how large it may get, which part of a zip.

A file can be missing, a folder, empty, cut short, not text, or unpack to far more than
it should. Each is a ``TableError``; nothing is read into memory whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from countervail.errors import TableError

LONGEST_HEADER = 4 * 1024 * 1024
"""Bytes of a first line: 10,000 columns with long names are half of it."""

_PER_CELL = 64
"""Bytes that one number with its separator may take; the longest printed ones take 25."""

_SPARE_ROWS = 64
_LARGEST_LONG = 4 * 1024**3
_LONGEST_ROW = 4096
_LARGEST_BOOK = 2 * 1024**3
_SMALLEST_BINARY = 64 * 1024
_FAR = re.compile(
    rb"""(?:<(?:\w+:)?(?:c|row)(?:\s[^<>]*?)?\sr\s*=\s*["']"""
    rb"""|<(?:\w+:)?dimension\s[^<>]*:)"""
    rb"""(?:[D-Zd-z][A-Za-z]{2}|[A-Za-z]{4}|[A-Za-z]*0*(?:[3-9]\d{3}|[1-9]\d{4}))\w*"""
)
"""A cell beyond column CZZ (2,730) or row 2,999: a table of WIOD has at most 2,690 by 2,480."""

_LOOK = 8 * 1024 * 1024
_OVERLAP = 64 * 1024
_FETCH = "Fetch it again, or unpack it and check it by eye."
_SHOWN = 8


@dataclass(frozen=True)
class TextFile:
    """One text file, possibly inside a zip: ``path`` and the ``member`` of it."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return Path(self.member).name if self.member else self.path.name

    def __str__(self) -> str:
        return f"{self.path} ({self.member})" if self.member else str(self.path)

    @contextmanager
    def open(self, largest: int, longest_line: int) -> Iterator[Guard]:
        """The bytes of the file, no more than ``largest`` and ``longest_line`` at a time.

        ``TableError`` where it cannot be opened, is damaged, or is longer than that.
        """
        try:
            if self.member is None:
                with self.path.open("rb") as plain:
                    yield Guard(plain, str(self), largest, longest_line)
            else:
                with zipfile.ZipFile(self.path) as archive:
                    said = archive.getinfo(self.member).file_size
                    if said > largest:
                        raise _too_large(str(self), said, largest)
                    with archive.open(self.member) as packed:
                        yield Guard(packed, str(self), largest, longest_line)
        except OSError as error:
            raise _closed(self.path, error) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as e:
            raise TableError(f"{self} is damaged or cut short ({e}).", _FETCH) from e


class Guard(io.RawIOBase):
    """A stream that stops with a ``TableError`` where it gets longer than it may.

    ``failure`` keeps the error, since parsers tend to hide what their source raised.
    """

    def __init__(self, stream: IO[bytes], name: str, largest: int, longest_line: int) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._left = largest
        self._largest = largest
        self._longest_line = longest_line
        self._line = 0
        self.failure: Exception | None = None

    def readable(self) -> bool:
        """Always true: the stream is for reading."""
        return True

    def allow(self, largest: int, longest_line: int) -> None:
        """Set the limits anew, for what is still to be read."""
        self._left = self._largest = largest
        self._longest_line = longest_line
        self._line = 0

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer``; see ``io.RawIOBase``."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        """At most ``size`` bytes; the rest of a megabyte where it is negative."""
        wanted = 1024 * 1024 if size is None or size < 0 else size
        try:
            data = self._stream.read(wanted)
            self._count(data)
        except Exception as error:
            self.failure = error
            raise
        return data

    def header(self) -> str:
        """The next line as text, without its end; empty at the end of the file.

        ``TableError`` where it is too long, or no UTF-8.
        """
        data = self._stream.readline(LONGEST_HEADER)
        if len(data) >= LONGEST_HEADER and not data.endswith(b"\n"):
            raise TableError(
                f"{self._name} begins with a line of more than {LONGEST_HEADER:,} bytes.",
                "The first line must name the columns. Is it another file?",
            )
        try:
            text = data.decode("utf-8").lstrip("\ufeff").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise not_text(self._name, error) from error
        if "\r" in text:
            raise TableError(
                f"{self._name} ends its lines with carriage returns alone.",
                "Save it with the line ends of Unix or Windows.",
            )
        return text

    def _count(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._name, None, self._largest)
        last = data.rfind(b"\n")
        self._line = len(data) - last - 1 if last >= 0 else self._line + len(data)
        if self._line > self._longest_line:
            raise TableError(
                f"{self._name} holds a line of more than {self._longest_line:,} bytes.",
                "Its first line does not name that many columns. " + _FETCH,
            )


def limits(rows: int, columns: int) -> tuple[int, int]:
    """Bytes that a matrix of ``rows`` by ``columns`` may have, and one line of it."""
    line = _PER_CELL * (columns + _SPARE_ROWS)
    return line * (rows + _SPARE_ROWS), line


def long_limits() -> tuple[int, int]:
    """The same for a table with one cell a line: 4 GiB is ten times the longest published."""
    return _LARGEST_LONG, _LONGEST_ROW


def find_text(
    path: Path, suffixes: tuple[str, ...], member: str | None, year: int | None
) -> TextFile:
    """The text file at ``path``: itself, or the one in a zip that is meant.

    In a zip: ``member`` (its name or the end of it), else the only file with one of
    ``suffixes``, else the only one whose name holds ``year``. ``TableError`` where the file
    is missing, a folder, empty or damaged, or several members could be meant.
    """
    require_file(path)
    if not is_zip(path):
        if member is not None:
            raise TableError(f"{path} is no zip.", "Leave --member out.")
        return TextFile(path)
    names = [
        name
        for name in _names(path)
        if name.lower().endswith(suffixes) and not name.startswith("__MACOSX")
    ]
    if member is not None:
        meant = [n for n in names if n == member or Path(n).name == member]
        if len(meant) == 1:
            return TextFile(path, meant[0])
        raise TableError(f"{path} has no table {member!r}.", _list(names))
    if len(names) > 1 and year is not None:
        names = [n for n in names if str(year) in Path(n).name] or names
    if len(names) == 1:
        return TextFile(path, names[0])
    if not names:
        raise TableError(
            f"{path} holds no file that ends in {' or '.join(suffixes)}.", "Is it another source?"
        )
    raise TableError(
        f"{path} holds {len(names)} tables.",
        "Say which: --member NAME, or --year where names hold it.",
        names[:_SHOWN],
    )


def check_book(path: Path) -> None:
    """Refuse a spreadsheet that is missing, damaged, or larger than a table of WIOD.

    The library that reads it makes room for every cell up to the last one, so that a file of
    a few bytes could ask for all memory. The cells of .xlsx are looked through before; those of
    .xlsb are not, and only a file that is too small to be a table is refused.
    """
    require_file(path)
    if not is_zip(path):
        raise TableError(
            f"{path} is no spreadsheet of the formats .xlsx or .xlsb.",
            "Give the file as it was published, unpacked from the outer zip.",
        )
    inside = _names(path)
    tables = [name for name in inside if name.lower().endswith((".xlsx", ".xlsb"))]
    if tables and not any(name.startswith("xl/") for name in inside):
        raise TableError(
            f"{path} is a zip of {len(tables)} workbooks, not a workbook.",
            f"Unpack it (python -m zipfile -e {path.name} FOLDER) and give one of them.",
            tables[:_SHOWN],
        )
    if path.suffix.lower() not in (".xlsx", ".xlsb"):
        raise TableError(
            f"{path} does not end in .xlsx or .xlsb.", "Give the file its name as published."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            said = sum(info.file_size for info in archive.infolist())
            if said > _LARGEST_BOOK:
                raise _too_large(str(path), said, _LARGEST_BOOK)
            wrong = archive.testzip()
            if wrong is None and path.suffix.lower() == ".xlsx":
                _require_near(path, archive)
            elif wrong is None and said < _SMALLEST_BINARY:
                raise TableError(
                    f"{path} unpacks to {said:,} bytes: too few for a table of WIOD.",
                    "Give the file as it was published.",
                )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise TableError(f"{path} is damaged or cut short ({error}).", _FETCH) from error
    if wrong is not None:
        raise TableError(f"{path} is damaged: {wrong} does not match its checksum.", _FETCH)


def _require_near(path: Path, archive: zipfile.ZipFile) -> None:
    """``TableError`` where a part of the workbook has a cell beyond what a table of WIOD has."""
    for name in archive.namelist():
        tail = b""
        with archive.open(name) as part:
            while data := part.read(_LOOK):
                found = _FAR.search(tail + data)
                if found is not None:
                    shown = found[0].decode("ascii", "replace").strip()
                    raise TableError(
                        f"{path} ({name}) has cells beyond column CZZ or row 2,999 ({shown}...); "
                        "a table of WIOD has not.",
                        "Give the sheet as it was published, without cells beside the table.",
                    )
                tail = data[-_OVERLAP:]


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_zip(path: Path) -> bool:
    """Whether the file begins like a zip (also one that is cut short)."""
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def fields(line: str, separator: str = ",") -> list[str]:
    """The fields of one line of text, quotes removed, without outer blanks."""
    try:
        return [x.strip() for x in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error as error:
        raise TableError(
            f"the line that begins with {line[:40]!r} cannot be parted into fields ({error}).",
            "Is it another file?",
        ) from error


def frames(reader: Any) -> Iterator[Any]:
    """The frames of a pandas reader; its warning that fields were dropped is an error here.

    pandas passes over fields beyond the named columns where the first line has them too: a
    comma in each number would change every figure without a word.
    """
    from pandas.errors import ParserWarning

    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", ParserWarning)
                frame = next(reader)
        except StopIteration:
            return
        except ParserWarning as error:
            raise ValueError(str(error)) from error
        yield frame


def not_text(name: str, error: UnicodeDecodeError) -> TableError:
    """The error for bytes that are no UTF-8."""
    return TableError(
        f"{name} is no UTF-8 text (byte {error.object[error.start] if error.object else 0:#04x}).",
        "Save it as CSV in UTF-8.",
    )


def require_file(path: Path) -> None:
    """``TableError`` where there is no file at ``path``, or it is a folder, or empty."""
    try:
        if os.path.isdir(path):
            raise TableError(f"{path} is a folder, not a file.", "Name the file inside it.")
        if path.stat().st_size == 0:
            raise TableError(f"{path} is empty.", "Fetch it again.")
    except OSError as error:
        raise _closed(path, error) from error


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise TableError(f"{path} is damaged or cut short ({error}).", _FETCH) from error


def _closed(path: Path, error: OSError) -> TableError:
    return TableError(f"{path} cannot be opened: {error.strerror or error}.", "Check the path.")


def _too_large(name: str, said: int | None, largest: int) -> TableError:
    size = f"says that it holds {said:,}" if said is not None else "holds more than its"
    return TableError(
        f"{name} {size} bytes; a table of this format has at most {largest:,}.",
        "It is not what it claims to be; fetch it again from the official source.",
    )


def _list(names: list[str]) -> str:
    more = ", ..." if len(names) > _SHOWN else ""
    return f"It holds {', '.join(names[:_SHOWN]) or 'none'}{more}."
