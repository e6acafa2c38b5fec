"""A schedule in registry codes becomes tariffs of a world: merged by trade, never by guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countervail.errors import ScheduleError, UnknownLabelError
from countervail.world.core import World
from countervail.world.tariffs.schedules import TariffSchedule, read_schedule
from tests.worlds import random_flows

DAY = "2026-01-01"
HEAD = f"importer,exporter,sector,imports,{DAY}\n"


def world(
    regions: tuple[str, ...] = ("USA", "CAN", "MEX", "ROW"),
    sectors: tuple[str, ...] = ("food", "textiles", "construction"),
) -> World:
    flows = random_flows(np.random.default_rng(7), len(regions), len(sectors))
    return World.from_flows(**flows, elasticity=4.0, regions=regions, sectors=sectors, name="w")


def schedule(folder: Path, rows: str, complete: bool = True) -> TariffSchedule:
    path = folder / "mine.csv"
    path.write_text(HEAD + rows, "utf-8")
    path.with_suffix(".toml").write_text(f"complete = {str(complete).lower()}\n", "utf-8")
    return read_schedule(path)


def test_single_cells_go_where_they_belong(tmp_path: Path) -> None:
    found = schedule(tmp_path, "USA,CAN,food,10,0.1\nUSA,MEX,textiles,10,0.2\n").array(world(), DAY)
    expected = np.zeros((3, 4, 4))
    expected[0, 0, 1], expected[1, 0, 2] = 0.1, 0.2
    np.testing.assert_array_equal(found, expected)


def test_partners_inside_the_rest_are_averaged_by_imports(tmp_path: Path) -> None:
    rows = "USA,QAT,food,10,0.1\nUSA,KEN,food,30,0.5\nUSA,CAN,unresolved,99,0.9\n"
    found = schedule(tmp_path, rows).array(world(), DAY)
    assert found[0, 0, 3] == pytest.approx(0.4)
    assert found.sum() == pytest.approx(0.4)


def test_a_partial_schedule_is_weighed_against_the_worlds_trade(tmp_path: Path) -> None:
    base = world()
    imports = float(base.arrays.flows[0, 0, 3])
    rows = f"USA,QAT,food,{imports / 4},0.4\n"
    found = schedule(tmp_path, rows, complete=False).array(base, DAY)
    assert found[0, 0, 3] == pytest.approx(0.1)
    with pytest.raises(ScheduleError, match="imports"):
        schedule(tmp_path, "USA,QAT,food,,0.4\n", complete=False).array(base, DAY)
    # A partner that stands by itself needs no weight.
    own = schedule(tmp_path, "USA,CAN,food,,0.4\n", complete=False).array(base, DAY)
    assert own[0, 0, 1] == 0.4


def test_merged_sectors_and_regions_are_averaged_by_imports(tmp_path: Path) -> None:
    base = world()
    merged = base.aggregate({"NOR": ["CAN", "MEX"]}, {"things": ["food", "textiles"]})
    rows = (
        "USA,CAN,food,10,0.1\nUSA,MEX,food,20,0.2\nUSA,CAN,textiles,30,0.3\nUSA,MEX,textiles,0,9e-1"
    )
    found = schedule(tmp_path, rows).array(merged, DAY)
    at = merged.sectors.index("things"), merged.regions.index("USA"), merged.regions.index("NOR")
    assert found[at] == pytest.approx((1 + 4 + 9) / 60)
    assert np.count_nonzero(found) == 1


def test_hong_kong_is_inside_china_where_the_world_says_so() -> None:
    import countervail as cv

    base = cv.load_world("world-2023")
    usa, china = base.regions.index("USA"), base.regions.index("CHN")
    shipped = read_schedule("us-2025-26")
    food = ("USA", "CHN", "food"), ("USA", "HKG", "food"), ("USA", "MAC", "food")
    rates = shipped.at("2025-08-07").rates
    weights = [shipped.imports[cell] or 0.0 for cell in food]
    mean = sum(w * rates[cell] for w, cell in zip(weights, food, strict=True)) / sum(weights)
    found = shipped.array(base, "2025-08-07")
    assert found[base.sectors.index("food"), usa, china] == pytest.approx(mean)


def test_only_goods_abroad_bear_a_tariff() -> None:
    import countervail as cv

    base = cv.load_world("world-2014")
    found = read_schedule("us-2025-26").array(base, "2026-08-19")
    usa = base.regions.index("USA")
    assert found.shape == base.arrays.flows.shape
    assert not found[:, usa, usa].any()
    assert not np.delete(found, usa, axis=1).any()
    goods = set(base.resolve_sectors("goods"))
    assert {int(s) for s in np.flatnonzero(found.any(axis=(1, 2)))} <= goods
    assert not read_schedule("us-2025-26").array(base, "2024-12-31").any()


def test_rows_in_another_order_change_nothing(tmp_path: Path) -> None:
    rows = ["USA,QAT,food,10,0.1", "USA,KEN,food,30,0.5", "USA,CAN,food,7,0.3"]
    forward = schedule(tmp_path, "\n".join(rows)).array(world(), DAY)
    backward = schedule(tmp_path, "\n".join(reversed(rows))).array(world(), DAY)
    np.testing.assert_allclose(forward, backward, rtol=1e-14)


def test_what_does_not_fit_the_world_is_an_error(tmp_path: Path) -> None:
    one = schedule(tmp_path, "USA,CAN,food,10,0.1\n")
    with pytest.raises(ScheduleError, match=r"USA.*not a region"):
        one.array(world(("FRA", "CAN", "ROW")), DAY)
    with pytest.raises(ScheduleError, match=r"USA.*not a region"):
        one.array(world().aggregate({"NAM": ["USA", "CAN"]}), DAY)
    with pytest.raises(ScheduleError, match=r"CAN.*in no region"):
        one.array(world(("USA", "MEX")), DAY)
    with pytest.raises(UnknownLabelError, match="'food'"):
        one.array(world(sectors=("things", "other")), DAY)
