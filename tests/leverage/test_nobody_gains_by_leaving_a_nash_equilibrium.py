"""Nash tariffs are mutual best answers, whatever the start, the order of regions or a break."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

import countervail as cv
from countervail.errors import (
    InputError,
    NoNashError,
    OptionError,
    StoreError,
    UnknownLabelError,
)
from countervail.leverage.games import nash as nash_module
from countervail.leverage.games.deviations import Deviation, best_deviation
from countervail.leverage.games.oracle import closed_form_tariff
from tests.worlds import random_flows, random_world

OWN = cv.Closure()  # the world's own elasticities
WORLD = random_world(np.random.default_rng(11), 5, 4)


@pytest.fixture(scope="module")
def war() -> cv.Nash:
    return cv.nash(WORLD, closure=OWN)


def test_two_equal_regions_meet_their_closed_form() -> None:
    home, abroad, theta = 80.0, 20.0, 4.0
    flows = np.array([[[home, abroad], [abroad, home]]])
    world = cv.World.from_flows(flows, elasticity=theta)

    def own_share(t: float) -> float:
        return home / (home + abroad * (1 + t) ** -theta)

    def best(t: float) -> float:
        # One over the partner's export elasticity, theta own (1 + t) / (1 + t own), less t.
        own = own_share(t)
        return (1 + t * own) / (theta * own * (1 + t)) - t

    found = cv.nash(world, closure=OWN)
    assert found.rates == pytest.approx(brentq(best, 0.0, 2.0, xtol=1e-12), abs=1e-6)


def test_one_factor_worlds_meet_the_formula_of_lashkaripour() -> None:
    # It leaves out what a region does to third ones, so no region here is large.
    rng = np.random.default_rng(2)
    flows = 1e3 * (rng.uniform(0.5, 1.5, (4, 5, 5)) + 15.0 * np.eye(5))
    world = cv.World.from_flows(flows + flows.transpose(0, 2, 1), elasticity=[3.0, 8.0, 5.0, 4.0])
    found = cv.nash(world, vary="uniform", closure=OWN)
    for k, region in enumerate(world.regions):
        formula = closed_form_tariff(world, (region,), found.outcome.state, found.rates)
        assert found.rates[k] == pytest.approx(formula, abs=0.005)


def test_no_other_tariffs_of_a_player_do_better(war: cv.Nash) -> None:
    rng = np.random.default_rng(0)
    for k, region in enumerate(WORLD.regions):
        own = war.game.own[k]
        for spread in (0.02, 0.3, 1.0):
            other = war.rates.copy()
            other[own] *= np.exp(rng.normal(0.0, spread, own.stop - own.start))
            outcome = cv.solve(WORLD, war.game.levers.shock(other), OWN)
            change = outcome.welfare.sel(region=region) - war.outcome.welfare.sel(region=region)
            assert float(change) < 0


def test_the_certificate_says_what_was_found(war: cv.Nash) -> None:
    assert war.gap is not None
    assert war.gap < 1e-4
    assert war.gaps is not None
    assert set(war.gaps) == set(WORLD.regions)
    assert war.outcome.certificate.worst < 1e-9
    assert war.searches == 2
    untested = cv.nash(WORLD, closure=OWN, certify=False)
    assert untested.gap is None
    assert np.array_equal(untested.rates, war.rates)


@pytest.mark.parametrize("start", [0.0, 0.3])
def test_it_does_not_depend_on_the_start(war: cv.Nash, start: float) -> None:
    assert cv.nash(WORLD, closure=OWN, start=start).rates == pytest.approx(war.rates, abs=1e-5)


def test_it_can_start_from_an_earlier_result(war: cv.Nash) -> None:
    again = cv.nash(WORLD, closure=OWN, start=war, certify=False)
    assert again.sweeps == 1
    assert again.rates == pytest.approx(war.rates, abs=1e-12)


def test_it_does_not_depend_on_the_order_of_regions() -> None:
    flows = random_flows(np.random.default_rng(7), 5, 4)
    theta = np.array([3.0, 4.0, 5.0, 6.0])
    order = np.array([3, 0, 4, 2, 1])

    def world(turn: np.ndarray) -> cv.World:
        turned = {
            name: array[:, turn][:, :, turn]
            if name in ("flows", "tariff", "export_tax")
            else array[turn]
            if name == "inputs"
            else array[:, turn]
            for name, array in flows.items()
        }
        labels = [f"R{n}" for n in turn]
        return cv.World.from_flows(**turned, elasticity=theta, regions=labels)

    straight = cv.nash(world(np.arange(5)), closure=OWN).tariff
    turned = cv.nash(world(order), closure=OWN).tariff.reindex_like(straight)
    assert np.abs(turned - straight).max() < 1e-5


def test_a_better_answer_is_taken_up() -> None:
    # From no tariffs, all at once come to rest where one region gains 2 % by ending its imports.
    world = random_world(np.random.default_rng(6), 4, 3, io=False)
    found = cv.nash(world, vary="uniform", closure=OWN, start=0.0)
    assert found.rounds > 0
    assert found.rates.max() == pytest.approx(4.0)
    assert found.gap is not None
    assert found.gap < 1e-4


def test_who_still_gains_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def restless(game: object, player: int, z: np.ndarray, seed: int) -> Deviation:
        return Deviation(0.5 if player == 2 else 0.0, z[game.own[player]], 1)  # type: ignore[attr-defined]

    monkeypatch.setattr(nash_module, "best_deviation", restless)
    with pytest.raises(NoNashError, match=r"R02 still gains 0\.5 %"):
        cv.nash(WORLD, closure=OWN)


def test_favoured_sectors_get_higher_tariffs(war: cv.Nash) -> None:
    sector = WORLD.sectors[1]
    found = cv.nash(WORLD, closure=OWN, favour={"R01": {sector: 0.5}}, certify=False)

    def mean(one: cv.Nash, player: str) -> float:
        rows = one.rates_table
        mine = rows[(rows.player == player) & (rows.sector == sector)]
        return float(np.average(mine.tariff_percent, weights=mine.imports_bn))

    assert mean(found, "R01") > mean(war, "R01") + 1.0
    # Everybody else still sets what serves its plain real income, R01 does not.
    plain = replace(found.game, favour=None)
    gains = [best_deviation(plain, k, np.log1p(found.rates), 0).gain for k in range(5)]
    assert gains[1] > 0.01
    assert max(gains[:1] + gains[2:]) < 1e-6


def test_a_group_is_one_customs_union() -> None:
    found = cv.nash(WORLD, ["R00", ["R01", "R02"]], closure=OWN)
    tariff = found.tariff
    inside = {"importer": ["R01", "R02"], "exporter": ["R01", "R02"]}
    assert tariff.sel(inside).equals(WORLD.tariff.sel(inside))
    toward = tariff.sel(importer=["R01", "R02"], exporter="R00")
    assert np.array_equal(toward.sel(importer="R01"), toward.sel(importer="R02"))
    outside = {"importer": ["R03", "R04"]}
    assert tariff.sel(outside).equals(WORLD.tariff.sel(outside))
    assert list(found.table.player) == ["R00", "R01+R02"]
    income = WORLD.income.sel(region=["R01", "R02"])
    worth = found.outcome.equivalent_variation.sel(region=["R01", "R02"])
    assert found.gains_percent[1] == pytest.approx(float(100 * worth.sum() / income.sum()))


def test_only_what_is_named_is_taxed() -> None:
    sector = WORLD.sectors[2]
    players = ["R00", "R01"]
    narrow = cv.nash(WORLD, players, sectors=sector, closure=OWN, certify=False)
    moved = (narrow.tariff != WORLD.tariff).transpose("sector", "importer", "exporter")
    assert set(np.argwhere(moved.values)[:, 0]) == {2}
    assert int(moved.sum()) == 2
    wide = cv.nash(WORLD, players, sectors=sector, against="all", closure=OWN, certify=False)
    assert int((wide.tariff != WORLD.tariff).sum()) == 8


def test_bounds_hold_to_the_last_bit() -> None:
    found = cv.nash(WORLD, closure=OWN, bounds=(0.05, 0.2))
    assert found.rates.min() >= 0.05
    assert found.rates.max() == 0.2


def test_a_player_without_imports_sets_nothing() -> None:
    parts = random_flows(np.random.default_rng(3), 5, 4)
    flows = parts["flows"].copy()
    flows[0, 2, [0, 1, 3, 4]] = 0.0
    world = cv.World.from_flows(**{**parts, "flows": flows}, elasticity=4.0)
    found = cv.nash(world, sectors="s0", closure=OWN)
    row = found.table.set_index("player").loc["r2"]
    assert "sets no tariff" in row.note
    assert np.isnan(row.tariff_percent)
    assert row.deviation_percent == 0
    assert not found.rates_table.player.eq("r2").any()


def test_a_game_without_tariffs_is_refused() -> None:
    parts = random_flows(np.random.default_rng(3), 5, 4)
    flows = parts["flows"].copy()
    flows[0] *= np.eye(5)
    world = cv.World.from_flows(**{**parts, "flows": flows}, elasticity=4.0)
    with pytest.raises(InputError, match="no player buys any"):
        cv.nash(world, sectors="s0", closure=OWN)


def test_an_interrupted_game_goes_on_to_the_same_bits(war: cv.Nash, tmp_path: Path) -> None:
    path = tmp_path / "game.npz"
    # Twice during the sweeps, and after the second player's test.
    for last in (4, 9, war.sweeps - 13 + 2):
        with pytest.raises(_Stop):
            cv.nash(WORLD, closure=OWN, store=path, progress=_stop_after(last))
    resumed = cv.nash(WORLD, closure=OWN, store=path)
    assert np.array_equal(resumed.rates, war.rates)
    assert resumed.gaps == war.gaps
    assert (resumed.sweeps, resumed.solves) == (war.sweeps, war.solves)


class _Stop(Exception):
    pass


def _stop_after(last: int) -> Callable[[str, int, int, str], None]:
    """A progress that interrupts at its call number ``last``."""
    calls = itertools.count(1)

    def progress(stage: str, done: int, total: int, shown: str) -> None:
        if next(calls) == last:
            raise _Stop

    return progress


def test_a_file_of_another_game_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.npz"
    cv.nash(WORLD, ["R00", "R01"], closure=OWN, store=path, certify=False)
    kept = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        cv.nash(WORLD, ["R00", "R02"], closure=OWN, bounds=(0, 1), store=path)
    said = "\n".join(refused.value.evidence)
    assert "players: kept R00 (R00), R01 (R01), now R00 (R00), R02 (R02)" in said
    assert "bounds: kept 0.0 to 4.0, now 0.0 to 1.0" in said
    assert "vary" not in said
    assert path.read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"not a zip file", None])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "game.npz"
    if content is None:
        np.savez(path, question=np.array("{}"), z=np.zeros(3))
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        cv.nash(WORLD, ["R00", "R01"], closure=OWN, store=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"players": ["R00"]}, InputError, "R00 alone is named"),
        ({"players": []}, InputError, "nobody is named"),
        ({"players": ["R00", ["R01", "R00"]]}, InputError, "R00 is in two players"),
        ({"players": ["R00", "R0X"]}, UnknownLabelError, "R0X"),
        ({"vary": "all"}, OptionError, "vary='all'"),
        ({"bounds": (1, 0)}, OptionError, "cross"),
        ({"against": "some"}, OptionError, "against='some'"),
        ({"favour": {"R09": {"good-00": 1.0}}}, OptionError, "no player is called 'R09'"),
        ({"favour": {"R00": {"good-00": -1.0}}}, OptionError, "above −1"),
        ({"favour": {"R00": 0.5}}, OptionError, "favour"),
        ({"start": "nowhere"}, OptionError, "start='nowhere'"),
        ({"start": -1.0}, OptionError, "start=-1.0"),
        ({"start": True}, OptionError, "start=True"),
        ({"workers": 0}, OptionError, "workers=0"),
        ({"seed": -1}, OptionError, "seed=-1"),
    ],
)
def test_bad_input_is_named(options: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        cv.nash(WORLD, **{"closure": OWN, **options})  # type: ignore[arg-type]


def test_a_shock_of_another_world_is_refused() -> None:
    other = random_world(np.random.default_rng(3), 5, 4)
    with pytest.raises(InputError, match="given is a shock of"):
        cv.nash(WORLD, given=cv.Shock(other), closure=OWN)
