"""Worlds, shocks and checks that the tests of the equilibrium share.

Shapes are few on purpose: every new one is compiled anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import countervail as cv
from tests.worlds import random_flows, random_world

Array = NDArray[np.float64]

SHAPES = ((4, 3), (3, 3), (2, 3))  # (regions, sectors); (4, 4) and (1, 2) where a test needs them
FIELDS = ("tariff", "export_tax", "trade_cost", "productivity", "labour", "transfer")

# The same examples everywhere and every time; explore with other seeds by hand.
few = settings(max_examples=12, derandomize=True, deadline=None, database=None)
more = settings(few, max_examples=30)


@lru_cache(maxsize=64)
def world_of(seed: int, regions: int, sectors: int, **options: Any) -> cv.World:
    """A random world, made once."""
    return random_world(np.random.default_rng(seed), regions, sectors, **options)


@st.composite
def worlds(draw: st.DrawFn, shapes: Any = SHAPES, **options: Any) -> cv.World:
    """Random worlds of the shared shapes, with and without every complication."""
    regions, sectors = draw(st.sampled_from(shapes))
    chosen = {
        name: options[name] if name in options else draw(st.booleans())
        for name in ("io", "tariffs", "deficits", "zero_own", "zero_output", "export_taxes")
    }
    seed = draw(st.integers(0, 10_000))
    return world_of(seed, regions, sectors, **chosen, elasticity=options.get("elasticity"))


closures = st.builds(
    cv.Closure,
    balance=st.sampled_from(("fixed", "balanced")),
    labour=st.sampled_from(("mobile", "specific")),
)


def random_levels(
    seed: int, world: cv.World, fields: Iterable[str] = FIELDS, size: float = 1.0
) -> dict[str, Array]:
    """Random policy and technology for ``Shock(world, **levels)``; ``size`` 1 is large."""
    rng = np.random.default_rng([seed, 77])
    a, n = world.arrays, len(world.regions)
    off = 1.0 - np.eye(n)
    drawn = {
        "tariff": a.tariff + size * off * rng.uniform(0.0, 0.6, a.tariff.shape),
        "export_tax": a.export_tax + size * off * rng.uniform(0.0, 0.4, a.tariff.shape),
        "trade_cost": np.exp(size * rng.normal(0.0, 0.15, a.tariff.shape)),
        "productivity": np.exp(size * rng.normal(0.0, 0.15, a.output.shape)),
        "labour": np.exp(size * rng.normal(0.0, 0.15, n)),
    }
    gift = size * 0.02 * rng.uniform(0.0, 1.0, n) * a.factor_income
    drawn["transfer"] = a.transfer + gift - gift.sum() * a.factor_income / a.factor_income.sum()
    return {name: drawn[name] for name in fields}


def random_shock(
    seed: int, world: cv.World, fields: Iterable[str] = FIELDS, size: float = 1.0, **more: bool
) -> cv.Shock:
    """``random_levels`` as a shock."""
    return cv.Shock(world, **random_levels(seed, world, fields, size), **more)


def everywhere(world: cv.World, rate: float) -> cv.Shock:
    """An import tariff of ``rate`` on all trade, whatever it was before."""
    return cv.Shock(world).tariff(to=rate)


def autarky(world: cv.World, factor: float = 1e3) -> cv.Shock:
    """Iceberg costs times ``factor`` on all trade between regions."""
    return cv.Shock(world).trade_cost(factor=factor)


def blocks(seed: int, *sizes: int, sectors: int = 3, **options: Any) -> cv.World:
    """A world in blocks of regions; blocks do not trade with each other at all."""
    rng = np.random.default_rng([seed, 5])
    parts = [random_flows(rng, size, sectors, **options) for size in sizes]
    n = sum(sizes)
    joined: dict[str, Array] = {}
    for name in ("flows", "tariff", "export_tax"):
        joined[name] = np.zeros((sectors, n, n))
        start = 0
        for part, size in zip(parts, sizes, strict=True):
            joined[name][:, start : start + size, start : start + size] = part[name]
            start += size
    joined["inputs"] = np.concatenate([part["inputs"] for part in parts], axis=0)
    joined["value_added"] = np.concatenate([part["value_added"] for part in parts], axis=1)
    return cv.World.from_flows(
        **joined,
        elasticity=rng.uniform(2.0, 9.0, sectors),
        regions=[f"R{k:02d}" for k in range(n)],
        sectors=[f"good-{s:02d}" for s in range(sectors)],
        name="blocks",
    )


def rebuilt(world: cv.World, **changed: Any) -> cv.World:
    """``world`` made again from its own arrays, some of them replaced."""
    a = world.arrays
    given = {
        "flows": a.flows,
        "tariff": a.tariff,
        "export_tax": a.export_tax,
        "inputs": a.input_share,
        "value_added": a.value_added_share,
        "elasticity": a.elasticity,
        "regions": world.regions,
        "sectors": world.sectors,
        "name": world.name,
    }
    return cv.World.from_flows(**{**given, **changed})
