"""World files: one compressed file per world, read with checks and without pickle.

A zip archive of ``meta.json`` (labels, groups, provenance, build report, digest)
and one ``.npy`` member per given array, so that any NumPy opens it
(``numpy.load(path)``). The same world gives the same bytes.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countervail.errors import CountervailError, WorldFileError
from countervail.files import write_atomic
from countervail.world import container
from countervail.world.arrays import DIMS, GIVEN, Array, derive
from countervail.world.core import World, content_digest
from countervail.world.labels import WorldLabels, labels_from_meta
from countervail.world.report import BuildReport
from countervail.world.status import MEMBERS, NAMES, CellStatus, Codes

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER = 4096
_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_world(world: World, path: str | os.PathLike[str]) -> Path:
    """Write ``world`` to ``path`` whole or not at all, and return the path.

    ``OutputError`` where the folder cannot be written to; ``WorldFileError`` where
    the provenance holds something that JSON cannot.
    """
    return write_atomic(path, world_bytes(world))


def world_bytes(world: World) -> bytes:
    """The bytes of a world file; equal for equal worlds with equal name, provenance and report."""
    labels = world.labels
    meta = {
        "format": container.FORMAT,
        "format_version": container.FORMAT_VERSION,
        "name": labels.name,
        "base_year": labels.base_year,
        "regions": list(labels.regions),
        "sectors": list(labels.sectors),
        "region_names": dict(labels.region_names),
        "sector_names": dict(labels.sector_names),
        "region_groups": {k: list(v) for k, v in labels.region_groups.items()},
        "sector_groups": {k: list(v) for k, v in labels.sector_groups.items()},
        "provenance": dict(labels.provenance),
        "report": world.report.to_dict(),
        "digest": world.digest,
        "arrays": {name: list(getattr(world.arrays, name).shape) for name in GIVEN},
    }
    try:
        text = json.dumps(meta, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise WorldFileError(
            f"the provenance of {labels.name} cannot be written as JSON: {error}.",
            "Use texts, numbers, lists and tables only.",
        ) from error
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, container.META, text.encode("utf-8"))
        for name in GIVEN:
            member = io.BytesIO()
            np.lib.format.write_array(member, getattr(world.arrays, name), (1, 0), False)
            _add(archive, f"{name}.npy", member.getvalue())
        if not world.status.all_observed:
            for name in MEMBERS:
                member = io.BytesIO()
                np.lib.format.write_array(member, getattr(world.status, name), (1, 0), False)
                _add(archive, f"status_{name}.npy", member.getvalue())
    return buffer.getvalue()


def load_world(name_or_path: str | os.PathLike[str]) -> World:
    """A bundled world by name (``world-2023``), or a world file by path.

    ``WorldFileError`` where there is none of that name (the bundled names are
    listed), or the file is no zip, is cut short, lacks a member, has a wrong shape,
    does not match its digest, is of a newer format, or breaks an identity.
    """
    path = container.find_world(name_or_path)
    with container.open_world(path) as archive:
        meta = container.meta_of(archive)
        labels = labels_from_meta(meta)
        arrays = {
            name: _read_array(archive, name, shape) for name, shape in _shapes(labels).items()
        }
        status = _read_status(archive, labels)
    try:
        report = BuildReport.from_dict(container.MetaReader(meta).mapping("report"))
    except (TypeError, ValueError) as error:
        raise container.damaged(path, f"its build report is not one ({error}).") from error
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise container.damaged(path, f"{name} holds cells that are not numbers.")
    implied = derive(**arrays)
    digest = content_digest(labels, implied, status)
    if digest != container.MetaReader(meta).text("digest"):
        raise container.damaged(path, "its content does not match the digest written in it.")
    try:
        return World(labels, implied, report, status)
    except CountervailError as error:
        raise WorldFileError(
            f"{path} holds numbers that are not a world. {error.cause}",
            container.REBUILD,
            error.evidence,
        ) from error


def _shapes(labels: WorldLabels) -> Mapping[str, tuple[int, ...]]:
    of_sector = {"sector", "input", "user"}
    size = {True: len(labels.sectors), False: len(labels.regions)}
    return {name: tuple(size[dim in of_sector] for dim in DIMS[name]) for name in GIVEN}


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, content, compresslevel=9)


def _read_status(archive: zipfile.ZipFile, labels: WorldLabels) -> CellStatus:
    """The statuses in the file; a file without any holds observed cells only."""
    count, regions = len(labels.sectors), len(labels.regions)
    if f"status_{MEMBERS[0]}.npy" not in archive.namelist():
        return CellStatus.observed(count, regions)
    pairs = (count, regions, regions)
    found: dict[str, Codes] = {}
    for name in MEMBERS:
        shape = (count, regions) if name == "costs" else pairs
        values = _member(archive, f"status_{name}", shape, np.dtype("u1"))
        if values.size and values.max() >= len(NAMES):
            raise container.damaged(archive.filename, f"status_{name}.npy holds unknown codes.")
        found[name] = values
    return CellStatus(**found)


def _read_array(archive: zipfile.ZipFile, name: str, shape: Sequence[int]) -> Array:
    values = _member(archive, name, shape, np.dtype("<f8"))
    return np.ascontiguousarray(values, dtype=np.float64)


def _member(
    archive: zipfile.ZipFile, name: str, shape: Sequence[int], dtype: np.dtype[Any]
) -> NDArray[Any]:
    size = min(dtype.itemsize * math.prod(shape) + _HEADER, container.LARGEST_MEMBER)
    content = container.read_member(archive, f"{name}.npy", size)
    try:
        values: NDArray[Any] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError) as error:
        raise container.damaged(archive.filename, f"{name}.npy is no array ({error}).") from error
    if values.dtype != dtype or values.shape != tuple(shape):
        raise container.damaged(
            archive.filename,
            f"{name}.npy is {values.dtype} of shape {values.shape}; it must be {dtype} of shape "
            f"{tuple(shape)}.",
        )
    return values
