"""Rates that a long search found before, kept in the user's cache folder; solved anew on return.

What is kept are settings, never figures: whoever takes them solves and certifies them again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.errors import OutputError
from countervail.files import write_atomic
from countervail.leverage.search.levers import LeverSet
from countervail.solver.find import TOLERANCE
from countervail.version import VERSION


def cache_folder(kind: str) -> Path | None:
    """Where finished work of one kind lies, or None where nothing is to be kept.

    The environment variable COUNTERVAIL_CACHE names another folder, or ``off``.
    """
    wanted = os.environ.get("COUNTERVAIL_CACHE", "")
    if wanted.lower() == "off":
        return None
    if wanted:
        return Path(wanted) / kind
    import platformdirs

    return Path(platformdirs.user_cache_dir("countervail")) / kind


class Kept:
    """One search's place in the cache, by everything that its result depends on.

    ``COUNTERVAIL_CACHE=off`` and a folder that cannot be written to mean that nothing is kept:
    that costs time and changes no figure.
    """

    def __init__(self, kind: str, levers: LeverSet, closure: Closure, *asked: object) -> None:
        folder = cache_folder(kind)
        self._path = None if folder is None else folder / f"{_key(levers, closure, asked)}.json"
        self._levers = levers

    def read(self) -> dict[str, Any] | None:
        """What was kept; None where there is nothing, or the file is damaged."""
        if self._path is None:
            return None
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, found: Mapping[str, Any]) -> None:
        """Keep ``found``, whole or not at all; where that is not possible, do without."""
        if self._path is None:
            return
        try:
            write_atomic(self._path, json.dumps(found).encode("utf-8"))
        except OutputError:
            self._path = None

    def setting(self, value: object) -> np.ndarray[Any, np.dtype[np.float64]] | None:
        """A kept setting as an array; None where it is none of these levers, or out of bounds."""
        try:
            rates = np.array(value, dtype=np.float64)
        except (TypeError, ValueError):
            return None
        levers = self._levers
        whole = rates.shape == levers.lower.shape and bool(
            ((rates >= levers.lower) & (rates <= levers.upper)).all()
        )
        return rates if whole else None


def _key(levers: LeverSet, closure: Closure, asked: tuple[object, ...]) -> str:
    mark = hashlib.sha256()
    for part in (levers.world.digest, closure, levers, *asked, TOLERANCE, VERSION):
        _add(mark, part)
    return mark.hexdigest()


def _add(mark: Any, part: object) -> None:
    """Feed one part to the digest: arrays by their bytes, shocks by what they change."""
    if isinstance(part, np.ndarray):
        mark.update(repr((part.shape, part.dtype.str)).encode())
        mark.update(np.ascontiguousarray(part).tobytes())
    elif isinstance(part, Shock):
        for name in part.changed:
            _add(mark, name)
            _add(mark, part.array(name))
    elif is_dataclass(part) and not isinstance(part, type):
        for one in fields(part):
            if one.name != "world":
                _add(mark, one.name)
                _add(mark, getattr(part, one.name))
    else:
        mark.update(f"{part!r}\n".encode())
