"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from countervail.errors import OutputError


def write_atomic(path: str | os.PathLike[str], content: bytes | str) -> Path:
    """Write ``content`` to ``path`` whole or not at all, and return the path.

    The bytes go to a temporary file in the same folder, are flushed to disk and
    then take the final name in one step; an interruption (Ctrl-C included)
    leaves the old file, or none, and no temporary file. Text is UTF-8.

    Raises ``OutputError`` where the folder cannot be made or written to.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except OSError as error:
        _forget(temporary)
        raise OutputError(
            f"cannot write {target}: {error.strerror or error}",
            "Choose a folder that exists and that you may write to (--out FOLDER).",
        ) from error
    except BaseException:
        _forget(temporary)
        raise
    return target


def _forget(temporary: str | None) -> None:
    if temporary is not None:
        Path(temporary).unlink(missing_ok=True)
