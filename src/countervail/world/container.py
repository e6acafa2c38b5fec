"""The outside of a world file: a zip of ``meta.json`` and ``.npy`` members, opened with care.

No NumPy here, so that labels can be read at once. Every way a file can be
wrong (missing, not a zip, cut short, too new, larger than it says) is a
``WorldFileError`` that says so.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from countervail.errors import WorldFileError, nearest, require_kind

FORMAT = "countervail-world"
FORMAT_VERSION = 1
SUFFIX = ".npz"
META = "meta.json"
LARGEST_META = 16 * 1024 * 1024
LARGEST_MEMBER = 4 * 1024**3

REBUILD = (
    "Save the world again with World.save, or rebuild it with `countervail worlds build`; "
    "`countervail worlds list` shows the bundled worlds."
)


def damaged(path: object, what: str) -> WorldFileError:
    """The error for a world file that cannot be trusted, with what is wrong in it."""
    return WorldFileError(f"{path} cannot be read as a world: {what}", REBUILD)


def bundled_paths() -> dict[str, Path]:
    """The bundled worlds by name, with the file of each."""
    folder = Path(str(files("countervail.data").joinpath("worlds")))
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def find_world(name_or_path: str | os.PathLike[str]) -> Path:
    """The file of a bundled world (by name), or the path itself where it is a file.

    ``WorldFileError`` with the bundled names, nearest first, where it is neither.
    """
    require_kind(name_or_path, "world", (str, os.PathLike), "'world-2023', or the path of a file")
    text = os.fspath(name_or_path)
    known = bundled_paths()
    if isinstance(name_or_path, str) and text in known:
        return known[text]
    path = Path(text)
    if os.path.isfile(path):
        return path
    if os.path.isdir(path):
        raise WorldFileError(f"{path} is a folder, not a world file.", "Name the file inside it.")
    listed = f"Bundled worlds: {', '.join(sorted(known)) or 'none'}."
    if path.suffix or path.parent != Path("."):
        raise WorldFileError(f"there is no world file {path}.", f"Check the path. {listed}")
    raise WorldFileError(
        f"no bundled world is called {text!r}, and no such file is here.",
        f"{nearest(text, known)} {listed}",
    )


@contextmanager
def open_world(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip archive of a world file; whatever is wrong with it is a ``WorldFileError``."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise damaged(path, f"it is not a whole zip archive ({error}).") from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise damaged(path, f"a member of it does not unpack ({error}).") from error
    except OSError as error:
        raise WorldFileError(
            f"{path} cannot be opened: {error.strerror or error}.", "Check the path and its rights."
        ) from error


def read_member(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """The bytes of one member; refused unread where it is larger than ``largest`` bytes."""
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise damaged(archive.filename, f"the member {name} is missing.") from error
    if info.file_size > largest:
        raise damaged(
            archive.filename,
            f"the member {name} claims {info.file_size:,} bytes where at most {largest:,} "
            "can be right.",
        )
    with archive.open(info) as stream:
        content = stream.read(largest + 1)
    if len(content) != info.file_size:
        raise damaged(archive.filename, f"the member {name} is not as long as it says.")
    return content


def read_meta(path: Path) -> dict[str, object]:
    """``meta.json`` of a world file, its format and version checked."""
    with open_world(path) as archive:
        return meta_of(archive)


def meta_of(archive: zipfile.ZipFile) -> dict[str, object]:
    """``meta.json`` of an open world file, its format and version checked."""
    path = archive.filename
    try:
        meta = json.loads(read_member(archive, META, LARGEST_META).decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise damaged(path, f"{META} is not JSON ({error}).") from error
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise damaged(path, f"{META} does not say that it is a {FORMAT!r} file.")
    version = meta.get("format_version")
    if not isinstance(version, int) or version < 1:
        raise damaged(path, f"{META} has no format version.")
    if version > FORMAT_VERSION:
        raise WorldFileError(
            f"{path} is of format version {version}; this countervail reads up to "
            f"{FORMAT_VERSION}.",
            "Update countervail, or save the world with the older format.",
        )
    return meta


class MetaReader:
    """Values of ``meta.json`` by key, each of the kind it must be, or ``WorldFileError``."""

    def __init__(self, meta: Mapping[str, object]) -> None:
        self._meta = meta

    def _wrong(self, key: str, wanted: str) -> WorldFileError:
        return damaged(META, f"{key!r} must be {wanted}; it is {self._meta.get(key)!r:.80}.")

    def text(self, key: str) -> str:
        """A text."""
        value = self._meta.get(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value

    def year(self, key: str) -> int | None:
        """A year, or None."""
        value = self._meta.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self._wrong(key, "a year or null")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._meta.get(key)
        if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
            raise self._wrong(key, "a list of texts")
        return tuple(value)

    def mapping(self, key: str) -> dict[str, object]:
        """A table."""
        value = self._meta.get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return value

    def names(self, key: str) -> dict[str, str]:
        """A table of texts."""
        value = self.mapping(key)
        if not all(isinstance(x, str) for x in value.values()):
            raise self._wrong(key, "a table of texts")
        return {k: str(v) for k, v in value.items()}

    def groups(self, key: str) -> dict[str, tuple[str, ...]]:
        """A table of lists of texts."""
        found: dict[str, tuple[str, ...]] = {}
        for group, members in self.mapping(key).items():
            if not isinstance(members, list) or not all(isinstance(x, str) for x in members):
                raise self._wrong(key, "a table of lists of texts")
            found[group] = tuple(members)
        return found
