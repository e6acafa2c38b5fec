"""Reading arrays from an ``.npz`` source file: bounded, without pickle, every key there."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from countervail.errors import InputError

_UNPACKED = 4


def read_arrays(
    path: Path, keys: Sequence[str], largest: int, refuse: Callable[[str], InputError]
) -> dict[str, Any]:
    """The arrays called ``keys`` of the file at ``path``.

    ``largest``: bytes that the file may have; it may unpack to four times that.
    ``refuse`` makes the error for what is wrong, which is raised.
    """
    try:
        if path.stat().st_size > largest:
            raise refuse(f"it is larger than {largest:,} bytes")
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _UNPACKED * largest:
                raise refuse("it unpacks to more than the source holds")
        with np.load(path, allow_pickle=False) as archive:
            missing = [key for key in keys if key not in archive]
            if missing:
                raise refuse(f"it lacks {', '.join(missing)}")
            return {key: archive[key] for key in keys}
    except OSError as error:
        raise refuse(f"it cannot be opened ({error.strerror or error})") from error
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise refuse(f"it is no .npz file ({error})") from error
