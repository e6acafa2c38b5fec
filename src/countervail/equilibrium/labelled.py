"""Labels at the edges: from what a user hands in to plain arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from countervail.world.core import World
from countervail.world.inputs import read_array

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float64]


def to_array(world: World, values: Any, axes: tuple[str, ...], name: str) -> Array:
    """``values``, labelled or in axis order, as a plain array on ``axes`` of ``world``."""
    return read_array(values, name, {axis: _labels(world, axis) for axis in axes})


def labelled(
    world: World, values: Array, axes: tuple[str, ...], name: str, attrs: Mapping[str, object]
) -> xr.DataArray:
    """``values`` with the labels of ``world`` on ``axes``, and ``attrs`` (unit, year, closure)."""
    import xarray as xr

    coords = {axis: list(_labels(world, axis)) for axis in axes}
    # A copy: what a user does to a figure must not reach the solution behind it.
    own = np.array(values)
    return xr.DataArray(own, coords=coords, dims=axes, name=name, attrs=dict(attrs))


def _labels(world: World, axis: str) -> tuple[str, ...]:
    return world.sectors if axis == "sector" else world.regions
