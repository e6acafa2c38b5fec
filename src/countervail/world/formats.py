"""The source formats that a world can be built from, one builder each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from countervail.errors import UnknownLabelError, nearest
from countervail.world.core import World

Progress = Callable[[str, float], None]
"""Told what is being done and how much of the whole is (0 to 1)."""


@dataclass(frozen=True)
class Builder:
    """One source format: what it reads, under which licence, and the function that does."""

    name: str
    reads: str
    world: str
    licence: str
    module: str
    function: str

    def build(self, path: str | os.PathLike[str], progress: Progress | None = None) -> World:
        """The world made from the file at ``path``; ``WorldFileError`` where it cannot be read."""
        made: World = getattr(import_module(self.module), self.function)(path, progress)
        return made


FORMATS: Mapping[str, Builder] = MappingProxyType(
    {
        builder.name: builder
        for builder in (
            Builder(
                name="wiod-2014",
                reads="World Input-Output Database, 2016 release, year 2014, 44 regions x 50 "
                "sectors with applied tariffs, as one .npz file (keys Z_fob_jni, tau_jni, "
                "gamma_n_in_out, beta_jn, inventory_jn, iso, isic4)",
                world="world-2014",
                licence="CC BY 4.0 for the input-output tables",
                module="countervail.world.build2014",
                function="build_wiod2014",
            ),
            Builder(
                name="update-2023",
                reads="a folder with the sources of world-2023: wiod/ (the file above), trade2023/ "
                "(CEPII BACI totals), macro/ (World Development Indicators), gravity/ (CEPII "
                "distances)",
                world="world-2023",
                licence="see NOTICE; CC BY 4.0 and Etalab 2.0 for the main sources",
                module="countervail.world.build2023",
                function="build_world2023",
            ),
        )
    }
)
"""Every builder by the name that ``countervail worlds build`` takes."""


def builder(name: str) -> Builder:
    """The builder called ``name``; ``UnknownLabelError`` with the nearest where there is none."""
    if name not in FORMATS:
        raise UnknownLabelError(f"no source format is called {name!r}.", nearest(name, FORMATS))
    return FORMATS[name]
