"""Rates by sector and partner collect what the cells they stand for collect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.world.store import load_world
from countervail.world.tariffs.rates import by_sector_and_partner
from tests.cp2015 import SHARED

SOURCE = SHARED / "data" / "wiod" / "wiod2014_44x50.npz"


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), zeros=st.booleans())
def test_revenue_by_sector_and_by_partner_is_kept(seed: int, zeros: bool) -> None:
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 2.0, (5, 4, 4))
    tariff = rng.uniform(0.0, 0.5, (5, 4, 4))
    if zeros:
        tariff[3] = 0.0  # a service
        tariff[:, 1, 2] = 0.0  # a free-trade agreement
        flows[0, 2, 1] = 0.0
    home = np.eye(4, dtype=bool)
    tariff[:, home] = 0.0
    found = by_sector_and_partner(tariff, flows)
    assert (found >= 0).all()
    assert (found[:, home] == 0).all()
    for axis in (0, 2):
        np.testing.assert_allclose(
            (flows * found).sum(axis=axis), (flows * tariff).sum(axis=axis), rtol=1e-9, atol=1e-12
        )
    # One rate by sector times one factor by partner: every 2 x 2 determinant vanishes.
    for n in range(4):
        part = np.delete(found[:, n], n, axis=1)
        assert np.linalg.matrix_rank(part, tol=1e-9) <= 1


def test_rates_of_that_form_are_left_alone() -> None:
    rng = np.random.default_rng(1)
    flows = rng.lognormal(0.0, 1.0, (5, 4, 4))
    tariff = np.einsum("sn,ni->sni", rng.uniform(0, 0.3, (5, 4)), rng.uniform(0, 1, (4, 4)))
    tariff[:, range(4), range(4)] = 0.0
    np.testing.assert_allclose(by_sector_and_partner(tariff, flows), tariff, atol=1e-11)


@pytest.mark.shared
@pytest.mark.skipif(not SOURCE.is_file(), reason="needs the background data beside the checkout")
def test_the_shipped_world_holds_the_means_of_its_source_and_not_its_cells() -> None:
    world = load_world("world-2014")
    with np.load(SOURCE, allow_pickle=False) as source:
        cells, flows = source["tau_jni"] - 1.0, source["Z_fob_jni"]
    abroad = ~np.eye(len(world.regions), dtype=bool)
    rates = world.arrays.tariff
    for axis in (0, 2):
        np.testing.assert_allclose(
            np.where(abroad, flows * rates, 0.0).sum(axis=axis),
            np.where(abroad, flows * cells, 0.0).sum(axis=axis),
            rtol=1e-8,
            atol=1e-9,
        )
    taxed = (cells > 1e-9) & abroad & (flows > 1.0)
    same = np.abs(rates[taxed] / cells[taxed] - 1.0) < 1e-6
    assert same.mean() < 0.01
