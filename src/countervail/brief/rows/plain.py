"""Frozen rows to plain JSON values and back, each value checked against its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from countervail.errors import InputError, OptionError, nearest


def one_of(key: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ``OptionError`` where ``value``, that of ``key``, is none of ``allowed``."""
    if value not in allowed:
        raise OptionError(
            f"{key} is {value!r}; it is one of {', '.join(allowed)}.", nearest(value, allowed)
        )


def leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every plain value inside ``value`` with the place where it stands, ``where`` first."""
    if is_dataclass(value):
        for part in fields(value):
            yield from leaves(getattr(value, part.name), f"{where}.{part.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{where}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from leaves(item, f"{where}[{index}]")
    else:
        yield where, value


def to_plain(value: Any) -> Any:
    """Frozen rows as plain dictionaries, lists, numbers and text, ready for JSON."""
    if is_dataclass(value):
        return {part.name: to_plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def from_plain(kind: Any, data: Any, where: str) -> Any:
    """The value of type ``kind`` that ``to_plain`` wrote as ``data``; ``where`` is its place.

    Raises ``InputError`` where a field is unknown, missing, or of another type.
    """
    origin = get_origin(kind)
    if origin in (UnionType, Union):
        if data is None and type(None) in get_args(kind):
            return None
        return from_plain(next(k for k in get_args(kind) if k is not type(None)), data, where)
    if origin is tuple:
        if not isinstance(data, (list, tuple)):
            raise InputError(f"{where} must be a list, not {type(data).__name__}.")
        items = get_args(kind)
        if items[-1] is Ellipsis:
            items = items[:1] * len(data)
        elif len(items) != len(data):
            raise InputError(f"{where} has {len(data)} entries; it must have {len(items)}.")
        return tuple(
            from_plain(item, entry, f"{where}[{i}]")
            for i, (item, entry) in enumerate(zip(items, data, strict=True))
        )
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(data, Mapping):
            raise InputError(f"{where} must be a table, not {type(data).__name__}.")
        known = [part.name for part in fields(kind)]
        for key in data:
            if key not in known:
                raise InputError(f"{where} has no field {key!r}.", nearest(str(key), known))
        hints = _hints(kind)
        parts = {k: from_plain(hints[k], v, f"{where}.{k}") for k, v in data.items()}
        try:
            return kind(**parts)
        except TypeError as error:
            raise InputError(f"{where} is incomplete: {error}.") from error
    if kind is float:
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            raise InputError(f"{where} must be a number, not {data!r}.")
        return float(data)
    if kind in (str, int) and (not isinstance(data, kind) or isinstance(data, bool)):
        raise InputError(f"{where} must be {kind.__name__}, not {data!r}.")
    return dict(data) if isinstance(data, Mapping) else data
