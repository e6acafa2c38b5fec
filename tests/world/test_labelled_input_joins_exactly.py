"""Labels decide where a number goes; order never does, and nothing is joined by guess."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from countervail.errors import LabelError, ShapeError
from countervail.world.core import World
from tests.worlds import random_flows

REGIONS, SECTORS = ["CAN", "MEX", "USA"], ["food", "mining"]
PAIR = ("sector", "importer", "exporter")
COORDS = {
    "sector": SECTORS,
    "importer": REGIONS,
    "exporter": REGIONS,
    "region": REGIONS,
    "input": SECTORS,
    "user": SECTORS,
}


def plain() -> dict[str, np.ndarray]:
    return random_flows(np.random.default_rng(5), 3, 2)


def labelled(values: np.ndarray, dims: tuple[str, ...]) -> xr.DataArray:
    return xr.DataArray(values, coords={d: COORDS[d] for d in dims}, dims=dims)


def reference() -> World:
    return World.from_flows(
        **plain(), elasticity=[3.0, 5.0], regions=REGIONS, sectors=SECTORS, name="x"
    )


def long(array: xr.DataArray) -> pd.Series:
    return array.to_series().sample(frac=1.0, random_state=1)


def test_arrays_of_any_order_give_the_same_world() -> None:
    p = plain()
    world = World.from_flows(
        labelled(p["flows"], PAIR).transpose("exporter", "sector", "importer"),
        labelled(p["tariff"], PAIR).isel(importer=[2, 0, 1], sector=[1, 0]),
        labelled(p["inputs"], ("region", "input", "user")).transpose("user", "region", "input"),
        labelled(p["value_added"], ("sector", "region")).isel(region=[1, 2, 0]),
        {"mining": 5.0, "food": 3.0},
        name="x",
    )
    assert world.regions == tuple(REGIONS)
    assert world == reference()


def test_long_and_wide_tables_give_the_same_world() -> None:
    p = plain()
    value_added = labelled(p["value_added"], ("sector", "region")).to_pandas()
    for table in (
        value_added,
        value_added.T,
        value_added.rename_axis(None).rename_axis(None, axis=1),
    ):
        world = World.from_flows(
            long(labelled(p["flows"], PAIR)),
            long(labelled(p["tariff"], PAIR)).rename("rate").reset_index(),
            long(labelled(p["inputs"], ("region", "input", "user"))),
            table,
            pd.Series({"mining": 5.0, "food": 3.0}),
            regions=REGIONS,
            sectors=SECTORS,
            name="x",
        )
        assert world == reference()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.isel(importer=[0, 1]), "missing USA"),
        (lambda a: a.assign_coords(exporter=["CAN", "MEX", "US"]), "not in this world: US"),
        (lambda a: a.assign_coords(exporter=["CAN", "MEX", "MEX"]), "repeats"),
        (lambda a: a.drop_vars("exporter"), "no labels"),
        (lambda a: a.rename(exporter="origin"), "origin"),
        (lambda a: long(a).iloc[1:], "lacks 1"),
        (lambda a: pd.concat([long(a), long(a).iloc[:2]]), "repeats 2"),
        (lambda a: long(a).rename(index={"USA": "US"}), "'US'"),
    ],
)
def test_labels_that_do_not_match_are_an_error(change: object, said: str) -> None:
    tariff = labelled(plain()["tariff"], PAIR)
    with pytest.raises(LabelError, match=said):
        World.from_flows(
            plain()["flows"],
            change(tariff),
            regions=REGIONS,
            sectors=SECTORS,  # type: ignore[operator]
        )


def test_plain_flows_do_not_take_labels_from_other_inputs() -> None:
    with pytest.raises(LabelError, match="not guessed"):
        World.from_flows(plain()["flows"], labelled(plain()["tariff"], PAIR))


def test_a_wide_table_cannot_hold_three_axes() -> None:
    with pytest.raises(ShapeError, match="long table"):
        World.from_flows(
            plain()["flows"], pd.DataFrame(np.zeros((6, 3))), regions=REGIONS, sectors=SECTORS
        )


def test_permuting_labels_permutes_the_world() -> None:
    p = plain()
    r, s = [2, 0, 1], [1, 0]
    world = World.from_flows(
        p["flows"][np.ix_(s, r, r)],
        p["tariff"][np.ix_(s, r, r)],
        p["inputs"][np.ix_(r, s, s)],
        p["value_added"][np.ix_(s, r)],
        [5.0, 3.0],
        [REGIONS[i] for i in r],
        [SECTORS[i] for i in s],
    )
    for name in ("flows", "tariff", "share", "input_share", "final_share", "income", "transfer"):
        ours = getattr(world, name).reindex_like(getattr(reference(), name))
        np.testing.assert_allclose(
            ours, getattr(reference(), name), rtol=1e-12, atol=1e-9, err_msg=name
        )
