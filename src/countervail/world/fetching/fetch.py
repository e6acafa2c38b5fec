"""Fetching source files: compared with their checksum, moved into place whole, kept in a folder.

pooch keeps the folder and compares checksums; ``download`` brings the bytes. Where a
publisher states no checksum, the one seen on the first download is written to
``checksums.json`` in the folder and compared from then on.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from countervail.errors import CountervailError, FetchError, OutputError
from countervail.files import write_atomic
from countervail.world.fetching.download import (
    BEGINNING,
    Download,
    Pace,
    Progress,
    is_whole_zip,
    other_than,
)
from countervail.world.fetching.sources import Source, SourceFile, source

_CACHE_VARIABLE = "COUNTERVAIL_CACHE"
_RECORD = "checksums.json"
_ROOM = 3.0  # a file may be this many times what the registry says that it is about
_LARGEST = 8_000_000_000


@dataclass(frozen=True)
class Fetched:
    """A source file that is here: where, its SHA-256 and size, and whether it came just now.

    ``checked`` says against what its checksum was compared.
    """

    source: Source
    file: SourceFile
    path: Path
    sha256: str
    size: int
    fresh: bool
    checked: str

    def next_steps(self, year: int | None = None) -> tuple[str, ...]:
        """What makes a world of it, the command last; empty where nothing does."""
        return self.source.next_steps(self.file, shlex.quote(str(self.path)), year)


def fetch(
    which: str | Source,
    year: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
    again: bool = False,
    pace: Pace | None = None,
) -> Fetched:
    """The file of a source with ``year`` (the newest without one), fetched where it is not here.

    ``which``: an id of the registry. ``folder``: where it is kept (default: the user's
    cache folder, see ``default_folder``). ``progress`` is told bytes here and in all.
    ``again``: forget the file and the checksum that were seen before. ``pace``: time-outs
    and attempts. A file that is here and has the right checksum is not fetched.

    Raises ``UnknownLabelError`` and ``OptionError`` for a source or year that is not in the
    registry, ``FetchError`` where the file does not come or is not the one promised, with
    how to bring it by hand, and ``OutputError`` where it cannot be written.
    """
    chosen = source(which) if isinstance(which, str) else which
    file = chosen.file(year)
    kept = Path(folder) if folder is not None else default_folder()
    record = _read_record(kept)
    if again:
        record.pop(file.name, None)
    known = file.checksum or _recorded(record, file)
    with _set_aside(kept / file.name, again):
        here = (kept / file.name).is_file()
        if here:
            _refuse_another(chosen, kept / file.name, known)
        path = _bring(chosen, file, kept, known, progress, pace or Pace())
    return _entered(chosen, file, path, record, fresh=not here)


def default_folder() -> Path:
    """Where source files are kept: ``sources`` in the user's cache folder.

    The environment variable COUNTERVAIL_CACHE names another cache folder; where it is
    ``off`` there is no default and ``FetchError`` asks for a folder.
    """
    wanted = os.environ.get(_CACHE_VARIABLE, "")
    if wanted.lower() == "off":
        raise FetchError(
            f"{_CACHE_VARIABLE} is off, so that there is no folder for source files.",
            "Name one: countervail worlds fetch ID --out FOLDER",
        )
    if wanted:
        return Path(wanted) / "sources"
    import platformdirs

    return Path(platformdirs.user_cache_dir("countervail")) / "sources"


def present(chosen: Source, folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """The names of the files of a source that are in ``folder``."""
    return tuple(file.name for file in chosen.files if (Path(folder) / file.name).is_file())


def by_hand(chosen: Source, file: SourceFile, folder: Path) -> str:
    """How to bring a file oneself, and what to do with it then."""
    choose = chosen.by_hand.replace("{year}", str(file.years[1]))
    lines = [f"To bring it by hand: open {chosen.landing} in a browser. {choose}"]
    path = folder / file.name
    lines += [f"Then: {step}" for step in chosen.next_steps(file, "FILE")]
    lines.append(f"Saved as {path}, it will be found here the next time.")
    return "\n".join(lines)


def _bring(
    chosen: Source,
    file: SourceFile,
    folder: Path,
    known: str,
    progress: Progress | None,
    pace: Pace,
) -> Path:
    """The path of the file, after trying its addresses in turn where it is not here."""
    remedy = by_hand(chosen, file, folder)
    if not file.addresses and not (folder / file.name).is_file():
        raise FetchError(f"no direct address of {file.name} ({chosen.id}) is known.", remedy)
    causes: list[str] = []
    for address in file.addresses or ("",):
        download = Download(
            part=folder / f"{file.name}.part",
            kind=chosen.kind,
            size=file.size,
            checksum=known,
            largest=_largest(file),
            pace=pace,
            progress=progress,
        )
        try:
            return _through_pooch(file, address, folder, known, download)
        except FetchError as error:
            causes.append(error.cause)
    cause = causes[0] if len(causes) == 1 else f"{file.name} ({chosen.id}) could not be fetched."
    raise FetchError(cause, remedy, causes if len(causes) > 1 else ())


def _through_pooch(
    file: SourceFile, address: str, folder: Path, known: str, download: Download
) -> Path:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    keeper = pooch.create(
        path=folder,
        base_url="",
        registry={file.name: known or None},
        urls={file.name: address},
        retry_if_failed=0,
    )
    try:
        return Path(keeper.fetch(file.name, downloader=download))
    except CountervailError:
        raise
    except ValueError as error:  # the checksum, had the file changed between two looks at it
        raise FetchError(f"{address}: {error}") from error
    except OSError as error:
        raise OutputError(
            f"cannot write {folder / file.name}: {error.strerror or error}.",
            "Choose a folder that you may write to with --out.",
        ) from error


def _largest(file: SourceFile) -> int:
    if file.size is not None:
        return file.size
    return int(file.about_mb * _ROOM * 1e6) if file.about_mb else _LARGEST


def _refuse_another(chosen: Source, path: Path, known: str) -> None:
    """A file that is here already must have the checksum that is known, or at least be its kind."""
    import pooch

    if known:
        algorithm = pooch.hashes.hash_algorithm(known)
        found = f"{algorithm}:{pooch.file_hash(str(path), alg=algorithm)}"
        wrong = "" if found.lower() == known.lower() else f"has the checksum {found}, not {known}"
    else:
        with path.open("rb") as stream:
            other = other_than(chosen.kind, stream.read(BEGINNING))
        wrong = f"is {other}, not a {chosen.kind} file" if other else ""
        if not wrong and chosen.kind == "zip" and not is_whole_zip(path):
            wrong = "is not a whole zip archive"
    if wrong:
        raise FetchError(
            f"{path} is here, but {wrong}.",
            f"Remove it, or fetch it anew: countervail worlds fetch {chosen.id} --again",
        )


@contextmanager
def _set_aside(path: Path, again: bool) -> Iterator[None]:
    """Where a file is fetched anew, the old one is out of the way, and back if that fails."""
    aside = path.with_name(f".{path.name}.before")
    if not again or not path.is_file():
        yield
        return
    os.replace(path, aside)
    try:
        yield
    except BaseException:
        os.replace(aside, path)
        raise
    aside.unlink(missing_ok=True)


def _entered(
    chosen: Source, file: SourceFile, path: Path, record: dict[str, Any], *, fresh: bool
) -> Fetched:
    """What is here now, its checksum written down where it was not known."""
    import pooch

    sha256 = pooch.file_hash(str(path), alg="sha256")
    if file.checksum:
        checked = "the publisher's checksum"
    elif _recorded(record, file):
        checked = "the checksum of the first download"
    else:
        checked = "nothing: the publisher states no checksum; this one is compared from now on"
        record[file.name] = {
            "sha256": sha256,
            "bytes": path.stat().st_size,
            "source": chosen.id,
            "seen": datetime.now(UTC).date().isoformat(),
        }
        write_atomic(path.parent / _RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")
    return Fetched(chosen, file, path, sha256, path.stat().st_size, fresh, checked)


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / _RECORD
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise FetchError(
            f"{path} cannot be read ({error}).", "Remove it: checksums are then taken anew."
        ) from error
    return dict(found) if isinstance(found, dict) else {}


def _recorded(record: Mapping[str, Any], file: SourceFile) -> str:
    entry = record.get(file.name)
    value = entry.get("sha256") if isinstance(entry, Mapping) else None
    return f"sha256:{value}" if isinstance(value, str) and value else ""
