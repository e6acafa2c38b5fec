"""Reading what a user hands in: plain arrays by position, labelled ones by exact label.

Nothing is aligned by guess: labels that are extra, missing or repeated are an
error, and a cell that is not a number is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from countervail.errors import LabelError, NotANumberError, ShapeError
from countervail.world.arrays import DIMS, Array

_SHOWN = 8


def labels_of(values: Any, dims: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The labels that ``values`` carries on each of ``dims``; empty for a plain array.

    DataArrays by their coordinates, long pandas Series by their index levels, long
    frames by their columns, wide frames by the names of their two axes.
    """
    if _is(values, "xarray", "DataArray"):
        return {d: _words(values.coords[d].values) for d in dims if d in values.coords}
    if _is(values, "pandas", "Series"):
        index = values.index
        return {d: _words(index.get_level_values(d).unique()) for d in dims if d in index.names}
    if _is(values, "pandas", "DataFrame"):
        if set(dims) < set(values.columns):
            return {d: _words(values[d].unique()) for d in dims}
        named = {values.index.name: values.index, values.columns.name: values.columns}
        return {d: _words(named[d]) for d in dims if d in named}
    return {}


def is_labelled(values: Any) -> bool:
    """Whether ``values`` carries labels of its own (xarray, pandas, or a mapping)."""
    return (
        _is(values, "xarray", "DataArray")
        or _is(values, "pandas", "Series")
        or _is(values, "pandas", "DataFrame")
        or isinstance(values, Mapping)
    )


def read_array(values: Any, what: str, axes: Mapping[str, Sequence[str]]) -> Array:
    """``values`` as a float array on ``axes`` (dimension -> labels), labels joined exactly.

    ``what`` names the array in messages. Raises ``ShapeError`` for a plain array of
    another shape, ``LabelError`` where labels do not match, ``NotANumberError`` with
    the cells that are not finite numbers.
    """
    dims = tuple(axes)
    shape = tuple(len(labels) for labels in axes.values())
    if isinstance(values, Mapping):
        if len(dims) != 1:
            raise ShapeError(f"{what} cannot be a mapping.", f"Give an array on {_show(dims)}.")
        found = _from_cells([(k,) for k in values], list(values.values()), what, axes)
    elif _is(values, "xarray", "DataArray"):
        found = _from_xarray(values, what, axes)
    elif _is(values, "pandas", "Series"):
        found = _from_series(values, what, axes)
    elif _is(values, "pandas", "DataFrame"):
        found = _from_frame(values, what, axes)
    else:
        found = _numbers(values, what)
        if found.shape != shape:
            raise ShapeError(
                f"{what} has shape {found.shape}; it must be {shape}.",
                f"The axis order is {_show(dims)}.",
            )
    wrong = ~np.isfinite(found)
    if wrong.any():
        raise NotANumberError(
            f"{what} holds {int(wrong.sum()):,} cells that are not finite numbers.",
            "Fill or remove them before they come in.",
            cells(found, wrong, axes),
        )
    return np.ascontiguousarray(found, dtype=np.float64)


def cells(values: Array, mask: Any, axes: Mapping[str, Sequence[str]]) -> list[str]:
    """The cells of ``mask`` in words, the largest absolute value first, at most eight."""
    at = np.argwhere(mask)
    size = np.nan_to_num(np.abs(values[tuple(at.T)]), nan=np.inf)
    order = np.argsort(-size, kind="stable")[:_SHOWN]
    return [f"{cell_name(tuple(at[i]), axes)} = {values[tuple(at[i])]:.6g}" for i in order]


def cell_name(at: Sequence[int], axes: Mapping[str, Sequence[str]]) -> str:
    """One cell in words: ``sector food, importer CAN, exporter USA``."""
    return ", ".join(
        f"{dim} {labels[int(i)]}" for (dim, labels), i in zip(axes.items(), at, strict=True)
    )


def axes_for(
    name: str, regions: Sequence[str], sectors: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The labelled axes of the array called ``name`` (see ``DIMS``)."""
    of_sector = {"sector", "input", "user"}
    return {dim: tuple(sectors if dim in of_sector else regions) for dim in DIMS[name]}


def _is(values: Any, package: str, name: str) -> bool:
    # By name, so that neither xarray nor pandas is imported for plain arrays.
    return any(
        kind.__module__.split(".")[0] == package and kind.__name__ == name
        for kind in type(values).__mro__
    )


def _words(values: Any) -> tuple[str, ...]:
    return tuple(str(x) for x in values)


def _show(dims: Sequence[str]) -> str:
    return f"({', '.join(dims)})"


def _numbers(values: Any, what: str) -> Array:
    if np.ma.isMaskedArray(values):
        values = np.ma.filled(values.astype(np.float64), np.nan)  # what is masked is missing
    if np.iscomplexobj(values):
        raise NotANumberError(f"{what} holds complex numbers.", "Give real numbers only.")
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotANumberError(
            f"{what} cannot be read as numbers: {error}.", "Give numbers only."
        ) from error


def _match(given: Sequence[str], wanted: Sequence[str], what: str, dim: str) -> list[int]:
    if len(set(given)) != len(given):
        repeated = sorted({x for x in given if list(given).count(x) > 1})
        raise LabelError(
            f"{what} repeats labels on the axis {dim}: {', '.join(repeated[:_SHOWN])}.",
            "Every label must occur once.",
        )
    missing = [x for x in wanted if x not in set(given)]
    extra = [x for x in given if x not in set(wanted)]
    if missing or extra:
        parts = [f"missing {', '.join(missing[:_SHOWN])}"] if missing else []
        parts += [f"not in this world: {', '.join(extra[:_SHOWN])}"] if extra else []
        raise LabelError(
            f"the labels of {what} on the axis {dim} do not match: {'; '.join(parts)}.",
            "Labels are joined exactly; add, drop or rename them.",
        )
    place = {label: i for i, label in enumerate(given)}
    return [place[label] for label in wanted]


def _from_xarray(values: Any, what: str, axes: Mapping[str, Sequence[str]]) -> Array:
    dims = tuple(axes)
    if set(values.dims) != set(dims) or len(values.dims) != len(dims):
        raise LabelError(
            f"{what} has the dimensions {_show(values.dims)}.", f"They must be {_show(dims)}."
        )
    bare = [d for d in dims if d not in values.coords]
    if bare:
        raise LabelError(
            f"{what} has no labels on the axis {bare[0]}.",
            "Assign coordinates, or pass the plain array in the axis order.",
        )
    found = _numbers(values.transpose(*dims).values, what)
    for axis, dim in enumerate(dims):
        order = _match(_words(values.coords[dim].values), axes[dim], what, dim)
        found = found.take(order, axis=axis)
    return found


def _from_series(values: Any, what: str, axes: Mapping[str, Sequence[str]]) -> Array:
    dims = tuple(axes)
    names = list(values.index.names)
    if len(dims) == 1 and len(names) == 1 and names[0] in (None, dims[0]):
        keys = [(str(x),) for x in values.index]
    elif set(names) == set(dims) and len(names) == len(dims):
        levels = [_words(values.index.get_level_values(d)) for d in dims]
        keys = list(zip(*levels, strict=True))
    else:
        raise LabelError(
            f"the index of {what} has the levels {_show([str(n) for n in names])}.",
            f"They must be {_show(dims)}.",
        )
    return _from_cells(keys, list(values.to_numpy()), what, axes)


def _from_frame(values: Any, what: str, axes: Mapping[str, Sequence[str]]) -> Array:
    dims = tuple(axes)
    columns = list(values.columns)
    if set(dims) < set(columns):
        rest = [c for c in columns if c not in dims]
        if len(rest) != 1:
            raise LabelError(
                f"{what} has several value columns: {', '.join(map(str, rest[:_SHOWN]))}.",
                f"Keep {', '.join(dims)} and one column of values.",
            )
        return _from_series(values.set_index(list(dims))[rest[0]], what, axes)
    if len(dims) != 2:
        raise ShapeError(
            f"{what} is a wide table, but has {len(dims)} axes.",
            f"Give a long table with the columns {', '.join(dims)} and a value.",
        )
    index, header = _words(values.index), _words(values.columns)
    first, second = dims
    names = (values.index.name, values.columns.name)
    # Without names the labels decide; square tables of one set of labels need names.
    flipped = names == (second, first) or (
        set(names) != set(dims)
        and set(index) == set(axes[second])
        and set(axes[first]) != set(axes[second])
    )
    found = _numbers(values.to_numpy(), what)
    if flipped:
        found, index, header = found.T, header, index
    found = found.take(_match(index, axes[first], what, first), axis=0)
    return found.take(_match(header, axes[second], what, second), axis=1)


def _from_cells(
    keys: Sequence[tuple[Any, ...]], values: Sequence[Any], what: str, axes: Mapping[str, Any]
) -> Array:
    dims = tuple(axes)
    place = [{label: i for i, label in enumerate(axes[d])} for d in dims]
    found = np.zeros(tuple(len(axes[d]) for d in dims))
    seen = np.zeros(found.shape, dtype=np.int64)
    numbers = _numbers(values, what)
    for key, number in zip(keys, numbers, strict=True):
        words = tuple(str(x) for x in key)
        for dim, known, word in zip(dims, place, words, strict=True):
            if word not in known:
                raise LabelError(
                    f"{what} has the {dim} {word!r}, which is not in this world.",
                    "Labels are joined exactly; add, drop or rename them.",
                )
        at = tuple(known[word] for known, word in zip(place, words, strict=True))
        found[at] = number
        seen[at] += 1
    for wrong, how in ((seen > 1, "repeats"), (seen == 0, "lacks")):
        if wrong.any():
            named = [cell_name(tuple(at), axes) for at in np.argwhere(wrong)[:_SHOWN]]
            raise LabelError(
                f"{what} {how} {int(wrong.sum()):,} cells.",
                "Every cell must be there once; write zeros where nothing flows.",
                named,
            )
    return found
