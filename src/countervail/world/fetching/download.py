"""One file from one address: resumed where it broke off, tried again, and refused if it is not it.

What comes is appended to ``NAME.part`` beside the final file, with a small note
(``NAME.part.json``) of the version that it belongs to. A connection that breaks, or a
Ctrl-C, leaves both; the next attempt asks for the rest of the same version (``Range`` with
``If-Range``) and starts anew where the server knows neither.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from countervail.errors import FetchError, OutputError
from countervail.version import VERSION

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int], None]
"""Told how many bytes are here and how many there will be (0 where that is not known)."""

_CHUNK = 1 << 16  # what is lost of a connection that breaks
BEGINNING = 200
"""Bytes that it takes to see what a file is."""

_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Pace:
    """How patient a download is: seconds to connect and between bytes, tries, first wait."""

    connect: float = 15.0
    read: float = 60.0
    tries: int = 4
    wait: float = 0.5


class _TryAgainError(Exception):
    """The attempt failed in a way that the next one may not."""


@dataclass
class Download:
    """A download as pooch takes one: called with address, file to write, and the pooch.

    ``part``: where what has come is kept; ``kind``: what the file must be (``zip`` or
    ``csv``); ``size`` in bytes where it is known; ``checksum`` (``algorithm:hex``) or
    empty; ``largest``: more bytes than this are refused.
    """

    part: Path
    kind: str
    size: int | None = None
    checksum: str = ""
    largest: int = 8_000_000_000
    pace: Pace = field(default_factory=Pace)
    progress: Progress | None = None

    def __call__(self, url: str, output_file: object, pooch: object) -> None:
        """Download ``url`` and move it to ``output_file``.

        Raises ``FetchError`` with the cause where it does not come or is not what was
        promised (what came is then deleted), ``OutputError`` where it cannot be written.
        """
        with _own(self.part):
            self._until_whole(url)
            self._check_whole(url)
            os.replace(self.part, os.fspath(str(output_file)))
            self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.part.with_name(self.part.name + ".json")

    def _until_whole(self, url: str) -> None:
        import requests

        told = ""
        for attempt in range(self.pace.tries):
            if attempt:
                time.sleep(self.pace.wait * 2 ** (attempt - 1))
            try:
                with requests.Session() as session:
                    self._attempt(session, url)
                return
            except _TryAgainError as error:
                told = str(error)
            except requests.RequestException as error:
                told = _reason(error)
        raise FetchError(f"{url}: {told} ({self.pace.tries} attempts).")

    def _attempt(self, session: requests.Session, url: str) -> None:
        have, version = self._kept(url)
        headers = {"User-Agent": f"countervail/{VERSION}", "Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": version}
        answer = session.get(
            url, headers=headers, stream=True, timeout=(self.pace.connect, self.pace.read)
        )
        with contextlib.closing(answer):
            code = answer.status_code
            if code in _TRANSIENT:
                raise _TryAgainError(f"the server answered {code} {answer.reason}")
            if code == 416 and have:
                self.forget()
                raise _TryAgainError("the server could not go on where the last attempt ended")
            if code not in (200, 206):
                raise FetchError(f"{url}: the server answered {code} {answer.reason}.")
            start = have if code == 206 and _starts_at(answer, have) else 0
            if code == 206 and start != have:
                self.forget()
                raise _TryAgainError("the server sent another part than the one asked for")
            # A server that ignores If-Range may send the rest of another version.
            if code == 206 and _version(answer) not in ("", version):
                self.forget()
                raise _TryAgainError("the server has another version than the part that is here")
            self._receive(url, answer, start)

    def _receive(self, url: str, answer: requests.Response, start: int) -> None:
        """Append the body to the part (from ``start`` on), and see that it is all of it."""
        total = _total(answer, start)
        self._check_promise(url, answer, total)
        if not start:
            self.forget()
            self._keep_version(url, answer)
        done = start
        with _writing(self.part), self.part.open("ab" if start else "wb") as stream:
            for chunk in answer.iter_content(_CHUNK):
                if not done:
                    self._check_beginning(url, chunk)
                done += len(chunk)
                if done > self.largest:
                    self.forget()
                    raise FetchError(
                        f"{url}: more than {self.largest:,} bytes came; the file should be smaller."
                    )
                stream.write(chunk)
                if self.progress is not None:
                    self.progress(done, total or self.size or 0)
        if total is not None and done != total:
            raise _TryAgainError(f"the connection ended after {done:,} of {total:,} bytes")

    def _check_promise(self, url: str, answer: requests.Response, total: int | None) -> None:
        """Refuse what the headers already show to be something else."""
        if "html" in answer.headers.get("Content-Type", "").lower():
            self.forget()
            raise FetchError(
                f"{url}: the server answered with a web page, not with a {self.kind} file. It "
                "may ask for a browser, or the file may have moved."
            )
        if self.size is not None and total is not None and total != self.size:
            self.forget()
            raise FetchError(
                f"{url}: the server offers {total:,} bytes; the file has {self.size:,}."
            )

    def _check_beginning(self, url: str, chunk: bytes) -> None:
        """Refuse a body that does not begin like a file of its kind."""
        other = other_than(self.kind, chunk)
        if other:
            self.forget()
            raise FetchError(f"{url}: what came is {other}, not a {self.kind} file.")

    def _check_whole(self, url: str) -> None:
        """Refuse, and delete, a whole body that is not the file that was promised."""
        cause = self._wrong()
        if cause:
            self.forget()
            raise FetchError(f"{url}: {cause} What came was deleted.")

    def _wrong(self) -> str:
        import pooch

        size = self.part.stat().st_size
        if not size:
            return "the file that came is empty."
        if self.size is not None and size != self.size:
            return f"the file that came has {size:,} bytes; it should have {self.size:,}."
        if self.checksum:
            algorithm = pooch.hashes.hash_algorithm(self.checksum)
            found = f"{algorithm}:{pooch.file_hash(str(self.part), alg=algorithm)}"
            if found.lower() != self.checksum.lower():
                return f"the file that came has the checksum {found}, not {self.checksum}."
        if self.kind == "zip" and not is_whole_zip(self.part):
            return "the file that came is not a whole zip archive."
        return ""

    def _kept(self, url: str) -> tuple[int, str]:
        """How many bytes of ``url`` are here, and the version that they belong to."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            size = self.part.stat().st_size
        except (OSError, ValueError):
            return 0, ""
        if not isinstance(note, dict) or note.get("address") != url or not note.get("version"):
            return 0, ""
        return size, str(note["version"])

    def _keep_version(self, url: str, answer: requests.Response) -> None:
        from countervail.files import write_atomic

        note = {"address": url, "version": _version(answer)}
        write_atomic(self._note, json.dumps(note) + "\n")

    def forget(self) -> None:
        """Delete what has come so far."""
        self.part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def other_than(kind: str, beginning: bytes) -> str:
    """What a file that begins so is, if it is no ``kind`` (zip or csv); empty if it may be one."""
    start = beginning[:BEGINNING].lstrip().lower()
    if start.startswith(b"<"):
        return "a web page"
    zipped = beginning.startswith(b"PK")
    if zipped != (kind == "zip") or start.startswith(b"{"):
        return "a zip archive" if zipped else "something else"
    return ""


def _version(answer: requests.Response) -> str:
    """What the server calls this version of the file; empty where a part of it cannot be joined."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    tag = answer.headers.get("ETag", "")
    # A weak tag does not promise the same bytes, and If-Range may not carry it.
    strong = tag if tag and not tag.startswith("W/") else ""
    return strong or answer.headers.get("Last-Modified", "")


def _starts_at(answer: requests.Response, start: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _total(answer: requests.Response, start: int) -> int | None:
    """Bytes of the whole file as the server says, or None where it does not."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        return None
    length = answer.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def is_whole_zip(path: Path) -> bool:
    """Whether the file at ``path`` is a zip archive whose directory can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _reason(error: requests.RequestException) -> str:
    """What a failed connection means, in plain words."""
    import requests

    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate could not be verified"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy of this network refused the connection"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.ConnectionError):
        if "IncompleteRead" in str(error) or "Connection broken" in str(error):
            return "the connection broke off"
        return "the server cannot be reached; is there a network?"
    return f"the request failed ({type(error).__name__})"


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Errors of the disk become ``OutputError``; those of the network pass through."""
    import requests

    try:
        yield
    except requests.RequestException:
        raise
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}.",
            "Free some space, or choose another folder with --out.",
        ) from error


@contextlib.contextmanager
def _own(part: Path) -> Iterator[None]:
    """Keep a second download of the same file out while this one runs."""
    lock = part.with_name(part.name + ".lock")
    with _writing(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("w")
    with handle:
        if not _locked(handle):
            raise FetchError(f"{part.name} is being downloaded by another countervail just now.")
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _locked(handle: IO[Any]) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - other systems go without a lock
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
