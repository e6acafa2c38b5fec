"""Screens: the published formulas, term by term, and their ranks against the exact losses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import spearmanr

import countervail as cv
from countervail.errors import InputError
from tests.equilibrium.cases import few, rebuilt, world_of, worlds

WORLD = world_of(7, 4, 3)
LONG = cv.Closure.of_horizon("long")


def test_clayton_maggiori_schreger_term_by_term() -> None:
    a = WORLD.arrays
    found = cv.screens(WORLD, LONG).cms
    for n, target in enumerate(WORLD.regions):
        for m, coercer in enumerate(WORLD.regions):
            value = 0.0
            if m != n:
                value = 100 * sum(
                    a.spending[s, n]
                    / a.spending[:, n].sum()
                    * -math.log(1 - a.share[s, n, m])
                    / a.elasticity[s]
                    for s in range(3)
                )
            assert float(found.sel(target=target, coercer=coercer)) == pytest.approx(value)


@few
@given(worlds(shapes=((4, 3), (3, 3))))
def test_liu_yang_and_asymmetry_are_antisymmetric(world: cv.World) -> None:
    found = cv.screens(world)
    for values in (found.liu_yang.values, found.asymmetry.values):
        np.testing.assert_array_equal(values, -values.T)
    a, theta = world.arrays, world.arrays.elasticity * found.closure.elasticity_factor
    value = 100 * sum(
        (a.flows[s, 0, 1] / a.factor_income[0] - a.flows[s, 1, 0] / a.factor_income[1]) / theta[s]
        for s in range(len(theta))
    )
    assert found.plain["liu_yang"][0, 1] == pytest.approx(value, abs=1e-12)


def test_the_horizon_sets_the_elasticities() -> None:
    long, short = cv.screens(WORLD, LONG), cv.screens(WORLD, cv.Closure.of_horizon("short"))
    factor = short.closure.elasticity_factor
    np.testing.assert_allclose(short.plain["cms"] * factor, long.plain["cms"])
    np.testing.assert_allclose(short.plain["liu_yang"] * factor, long.plain["liu_yang"])
    np.testing.assert_array_equal(short.plain["dependence"], long.plain["dependence"])


def test_concentration_is_one_over_the_number_of_equal_partners() -> None:
    flows = np.ones((1, 4, 4))
    flows[0, 0] = [1, 1, 0, 0]  # R0 buys abroad from R1 alone
    equal = cv.World.from_flows(flows, elasticity=4.0, regions=["A", "B", "C", "D"])
    found = cv.screens(equal)
    np.testing.assert_allclose(found.import_concentration, [1, 1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(found.export_concentration, [1 / 3, 1 / 3, 1 / 2, 1 / 2])
    rest = cv.World.from_flows(flows, elasticity=4.0, regions=["A", "B", "C", "ROW"])
    # The rest of the world is many small partners: its square adds nothing.
    np.testing.assert_allclose(cv.screens(rest).import_concentration[1:3], 2 / 9)


def test_dependencies_fail_all_three_tests() -> None:
    flows = np.full((2, 4, 4), 10.0)
    flows[0, :, 0] = 100.0  # everyone buys the first good from A
    flows[0, 1, 2:] = 1.0
    world = cv.World.from_flows(
        flows, elasticity=4.0, regions=list("ABCD"), sectors=["rare", "common"]
    )
    found = cv.screens(world).dependencies
    assert set(found["sector"]) == {"rare"}
    assert set(found["main_supplier"]) == {"A"}
    assert "A" not in set(found["importer"])
    row = found.set_index("importer").loc["B"]
    bought = [100.0, 1.0, 1.0]
    assert row["import_concentration"] == pytest.approx(sum((x / sum(bought)) ** 2 for x in bought))
    assert row["main_share"] == pytest.approx(100 / 102)
    assert row["imports_over_exports"] == pytest.approx(102 / 30)
    assert row["imports_million"] == pytest.approx(102)


def test_a_single_supplier_is_flagged() -> None:
    a = WORLD.arrays
    flows = np.array(a.flows)
    flows[1, 0, 2] += flows[1, 0, :].sum() - flows[1, 0, 2]
    flows[1, 0, [0, 1, 3]] = 0.0
    found = cv.screens(rebuilt(WORLD, flows=flows))
    assert found.unbounded == (("good-01", "R00", "R02"),)
    assert np.isinf(found.plain["cms"][0, 2])
    assert np.isfinite(np.delete(found.plain["cms"].ravel(), 2)).all()


def test_ranks_are_spearmans_over_the_pairs_and_within_a_row() -> None:
    power, screen = cv.power(WORLD, keep=False), cv.screens(WORLD)
    off = ~np.eye(4, dtype=bool)
    loss = power.plain["loss"]
    whole = screen.rank_correlation(power)
    row = screen.rank_correlation(power, "R01")
    for name in ("cms", "liu_yang", "dependence", "asymmetry"):
        values = screen.plain[name]
        assert whole.loc[name, "overall"] == pytest.approx(
            spearmanr(values[off], loss[off]).statistic
        )
        assert row.loc[name, "within_target"] == pytest.approx(
            spearmanr(values[1][off[1]], loss[1][off[1]]).statistic
        )
        within = [spearmanr(values[n][off[n]], loss[n][off[n]]).statistic for n in range(4)]
        assert whole.loc[name, "within_target"] == pytest.approx(np.median(within))
    slope = spearmanr(power.plain["first_order"][off], loss[off]).statistic
    assert whole.loc["first_order", "overall"] == pytest.approx(slope)


def test_matrices_of_other_worlds_and_missing_rows_are_refused() -> None:
    other = world_of(8, 4, 3)
    power = cv.power(other, exact=False)
    with pytest.raises(InputError, match="Make both from one world"):
        cv.screens(WORLD).rank_correlation(power)
    with pytest.raises(InputError, match="first order alone"):
        cv.screens(other).rank_correlation(power)
    part = cv.power(other, regions=["R00", "R01", "R02"], keep=False)
    with pytest.raises(InputError, match="no row for R03"):
        cv.screens(other).rank_correlation(part, "R03")
    with pytest.raises(InputError, match="means 4 regions"):
        cv.screens(other).rank_correlation(part, "all")
