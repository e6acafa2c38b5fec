"""Random worlds for tests: plausible economies in which final demand is positive by construction.

Shares, technology and tastes are drawn; then the incomes that clear every market
are solved for by dense linear algebra (independent of the package), and the
flows that follow go through ``World.from_flows``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countervail.world.core import World

Array = NDArray[np.float64]


def random_world(
    rng: np.random.Generator,
    regions: int,
    sectors: int,
    io: bool = True,
    tariffs: bool = True,
    deficits: bool = True,
    zero_own: bool = False,
    zero_output: bool = False,
    export_taxes: bool = False,
    elasticity: float | Array | None = None,
) -> World:
    """A random world of ``regions`` x ``sectors`` (million USD).

    ``io``: with input-output links; ``tariffs``: import tariffs of 0 to 30 %;
    ``deficits``: trade deficits of a few percent of income (else balanced to rounding);
    ``zero_own``: one market in three sectors buys nothing at home; ``zero_output``:
    some industries make nothing; ``export_taxes``: export taxes of 0 to 20 %;
    ``elasticity``: one or one per sector (default: drawn from 2 to 9).
    """
    return World.from_flows(
        **random_flows(
            rng, regions, sectors, io, tariffs, deficits, zero_own, zero_output, export_taxes
        ),
        elasticity=rng.uniform(2.0, 9.0, sectors) if elasticity is None else elasticity,
        regions=[f"R{n:02d}" for n in range(regions)],
        sectors=[f"good-{s:02d}" for s in range(sectors)],
        name="random",
    )


def random_flows(
    rng: np.random.Generator,
    regions: int,
    sectors: int,
    io: bool = True,
    tariffs: bool = True,
    deficits: bool = True,
    zero_own: bool = False,
    zero_output: bool = False,
    export_taxes: bool = False,
) -> dict[str, Array]:
    """The plain arrays behind ``random_world``: flows, tariff, export_tax, inputs, value_added."""
    shape = (sectors, regions, regions)
    off = 1.0 - np.eye(regions)
    size = rng.lognormal(0.0, 1.0, regions)
    pull = rng.lognormal(0.0, 0.7, (sectors, 1, regions)) * size
    friction = rng.lognormal(-1.5, 0.7, shape)
    paid = pull * np.where(off > 0, friction, 1.0)
    if zero_output and regions > 1 and sectors > 1:
        for s in range(0, sectors, 2):
            paid[s, :, rng.integers(regions)] = 0.0
    if zero_own and regions > 1:
        for s in range(0, sectors, 3):
            n = rng.integers(regions)
            if paid[s, n].sum() > paid[s, n, n]:
                paid[s, n, n] = 0.0
    share = paid / paid.sum(axis=2, keepdims=True)
    tariff = (rng.uniform(0.0, 0.3, shape) if tariffs else np.zeros(shape)) * off
    export_tax = (rng.uniform(0.0, 0.2, shape) if export_taxes else np.zeros(shape)) * off

    value_added = rng.uniform(0.35, 0.7, (sectors, regions)) if io else np.ones((sectors, regions))
    inputs = rng.dirichlet(np.ones(sectors), (regions, sectors)).transpose(0, 2, 1)
    inputs = inputs * (1.0 - value_added).T[:, None, :]
    taste = rng.dirichlet(np.full(sectors, 2.0), regions).T

    spending = _clear(rng, share, tariff, export_tax, inputs, value_added, taste, size, deficits)
    flows = share * spending[:, :, None] / (1.0 + tariff)
    return {
        "flows": flows,
        "tariff": tariff,
        "export_tax": export_tax,
        "inputs": inputs,
        "value_added": value_added,
    }


def _clear(
    rng: np.random.Generator,
    share: Array,
    tariff: Array,
    export_tax: Array,
    inputs: Array,
    value_added: Array,
    taste: Array,
    size: Array,
    deficits: bool,
) -> Array:
    count, regions = taste.shape
    border = share / (1.0 + tariff)
    sold = border / (1.0 + export_tax)
    cells = count * regions
    sells = np.zeros((count, regions, count, regions))
    for s in range(count):
        sells[s, :, s, :] = sold[s].T
    uses = np.zeros((count, regions, count, regions))
    for n in range(regions):
        uses[:, n, :, n] = inputs[n]
    sells, uses = sells.reshape(cells, cells), uses.reshape(cells, cells)
    income = np.zeros((count, regions, regions))
    income[:, np.arange(regions), np.arange(regions)] = taste
    spending = np.linalg.solve(np.eye(cells) - uses @ sells, income.reshape(cells, regions))
    made = (sells @ spending).reshape(count, regions, regions)
    spending = spending.reshape(count, regions, regions)
    earned = (value_added[:, :, None] * made).sum(axis=0)
    earned += np.einsum("sni,snm->nm", border * tariff, spending)
    earned += np.einsum("sni,snm->im", border - sold, spending)
    # Balanced incomes: the eigenvector of what each region's income lets the others earn.
    rows = np.vstack([np.eye(regions) - earned, np.ones(regions)])
    target = np.append(np.zeros(regions), 1e6)
    balanced = np.linalg.lstsq(rows, target, rcond=None)[0]
    incomes = balanced
    if deficits and regions > 1:
        for most in (0.08, 0.02, 0.005, 0.0):
            wish = rng.uniform(-most, most, regions) * balanced
            target[:regions] = wish - wish.sum() * balanced / balanced.sum()
            incomes = np.linalg.lstsq(rows, target, rcond=None)[0]
            if (incomes > 0.3 * balanced).all():
                break
    out: Array = spending @ incomes
    return out
