"""Cooperative and negotiated tariffs: best for all, better for each, and none where none can be."""

from __future__ import annotations

import numpy as np
import pytest

import countervail as cv
from countervail.errors import InputError, OptionError
from tests.worlds import random_world

OWN = cv.Closure()
WORLD = random_world(np.random.default_rng(11), 5, 4)
PAIR = ["R00", "R01"]
THREE = ["R00", "R01", "R03"]


def joint(outcome: cv.Outcome, weights: dict[str, float]) -> float:
    return sum(w * float(outcome.welfare.sel(region=r)) for r, w in weights.items())


@pytest.fixture(scope="module")
def war() -> cv.Nash:
    return cv.nash(WORLD, THREE, closure=OWN)


@pytest.fixture(scope="module")
def treaty() -> cv.Negotiated:
    return cv.negotiated(WORLD, THREE, closure=OWN)


def test_free_trade_is_best_for_all_where_nothing_else_stands_in_the_way() -> None:
    # Weighted by base income, every dollar counts alike at free trade (Negishi weights).
    world = random_world(np.random.default_rng(0), 4, 3, tariffs=False)
    for bounds in ((0.0, 4.0), (-0.3, 1.0)):
        found = cv.cooperative(world, closure=OWN, bounds=bounds)
        assert np.abs(found.rates).max() < 1e-4
        assert found.gap < 1e-6


def test_free_trade_is_not_best_where_weights_are_not_those_of_income() -> None:
    world = random_world(np.random.default_rng(0), 4, 3, tariffs=False)
    found = cv.cooperative(world, closure=OWN, weights=dict.fromkeys(world.regions, 1.0))
    free = cv.solve(world, cv.Shock(world).tariff(to=0.0), OWN)
    assert found.rates.max() > 0.1
    assert joint(found.outcome, dict(found.weights)) > joint(free, dict(found.weights)) + 0.1


@pytest.mark.parametrize("weights", [None, {"R00": 3.0, "R01": 1.0, "R03": 1.0}])
def test_cooperation_never_falls_below_the_war(
    war: cv.Nash, weights: dict[str, float] | None
) -> None:
    found = cv.cooperative(WORLD, THREE, weights=weights, closure=OWN)
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert found.joint_percent == pytest.approx(joint(found.outcome, dict(found.weights)))
    assert found.joint_percent > joint(war.outcome, dict(found.weights))
    rng = np.random.default_rng(1)
    for _ in range(5):
        near = np.clip(found.rates + rng.normal(0, 0.05, found.rates.size), 0, 4)
        other = cv.solve(WORLD, found.game.levers.shock(near), OWN)
        assert joint(other, dict(found.weights)) < found.joint_percent


def test_everybody_gains_by_an_agreement(war: cv.Nash, treaty: cv.Negotiated) -> None:
    assert treaty.agreed
    assert treaty.disagreement_is == "the tariff war among the parties"
    without = war.table.set_index("player").welfare_percent
    table = treaty.table.set_index("player")
    for party in THREE:
        assert table.without_percent[party] == pytest.approx(without[party], abs=1e-6)
        assert table.surplus_percent[party] > 0
        gain = float(treaty.outcome.welfare.sel(region=party))
        assert table.welfare_percent[party] == pytest.approx(gain)


def test_an_agreement_is_where_the_product_is_highest(treaty: cv.Negotiated) -> None:
    def product(outcome: cv.Outcome) -> float:
        gain = np.array([float(outcome.welfare.sel(region=party)) for party in THREE])
        return float(np.prod(gain - np.array(list(treaty.without_percent.values()))))

    rng = np.random.default_rng(2)
    best = product(treaty.outcome)
    for spread in (0.01, 0.01, 0.1, 0.1):
        near = np.clip(treaty.rates + rng.normal(0, spread, treaty.rates.size), 0, 4)
        assert product(cv.solve(WORLD, treaty.game.levers.shock(near), OWN)) < best


def test_equal_parties_share_alike() -> None:
    flows = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    world = cv.World.from_flows(flows, elasticity=4.0)
    found = cv.negotiated(world, ["r0", "r1"], closure=OWN)
    assert found.agreed
    assert found.gains_percent[0] == pytest.approx(found.gains_percent[1], abs=1e-4)
    assert found.rates.max() < 1e-3


def test_power_shifts_the_surplus(treaty: cv.Negotiated) -> None:
    power = {"R00": 4.0, "R01": 1.0, "R03": 1.0}
    strong = cv.negotiated(WORLD, THREE, power=power, closure=OWN)
    assert strong.power["R00"] == pytest.approx(4 / 6)
    assert strong.gains_percent[0] > treaty.gains_percent[0] + 0.01


def test_no_gains_from_agreement_are_said() -> None:
    # Free trade among all is efficient: whatever one gains there, another loses.
    world = random_world(np.random.default_rng(0), 4, 3, tariffs=False)
    found = cv.negotiated(world, None, disagreement="base", closure=OWN)
    assert not found.agreed
    assert "no gains from agreement" in repr(found)
    assert found.disagreement_is == "the status quo"
    assert np.array_equal(found.gains_percent, np.zeros(4))
    assert found.tariff.equals(world.tariff)


def test_a_disagreement_can_be_handed_in() -> None:
    threat = cv.Shock(WORLD).tariff("R00", "R01", add=0.5)
    by_shock = cv.negotiated(WORLD, PAIR, disagreement=threat, closure=OWN)
    by_outcome = cv.negotiated(WORLD, PAIR, disagreement=cv.solve(WORLD, threat, OWN), closure=OWN)
    assert np.array_equal(by_shock.rates, by_outcome.rates)
    without = cv.solve(WORLD, threat, OWN).welfare
    assert by_shock.without_percent["R01"] == pytest.approx(float(without.sel(region="R01")))


def test_two_parties_are_one_pair() -> None:
    together = cv.negotiated(WORLD, PAIR, closure=OWN)
    apart = cv.negotiated(WORLD, PAIR, pairs=True, closure=OWN)
    assert apart.gains_percent == pytest.approx(together.gains_percent, abs=1e-4)


def test_each_pair_is_best_given_the_others() -> None:
    seen: list[float] = []
    found = cv.negotiated(
        WORLD, THREE, pairs=True, closure=OWN, progress=lambda sweep, moved: seen.append(moved)
    )
    assert found.agreed
    assert not found.apart
    assert found.sweeps == len(seen)
    assert seen[-1] <= 1e-6
    # The pair R00-R03 again, with what R01 agreed as the status quo and its own war rates held.
    levers = found.game.levers
    names = [THREE[k] for k in found.game.owner]
    between = [
        k for k, own in enumerate(names) if {own, levers.levers[k].partner} == {"R00", "R03"}
    ]
    war = cv.nash(WORLD, THREE, closure=OWN).rates
    failed = found.rates.copy()
    failed[between] = war[between]
    again = cv.negotiated(
        WORLD,
        ["R00", "R03"],
        disagreement=levers.shock(failed),
        given=levers.shock(found.rates),
        closure=OWN,
    )
    assert again.gains_percent == pytest.approx([0.0, 0.0], abs=1e-4)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"vary": "sector", "pairs": True}, OptionError, "pairs bargain"),
        ({"power": {"R00": 1.0}}, OptionError, "R01, R03 has none"),
        ({"power": {"R00": 1.0, "R01": -1.0, "R03": 1.0}}, OptionError, "zero or more"),
        ({"power": {"R09": 1.0}}, OptionError, "R09"),
        ({"disagreement": "war"}, OptionError, "disagreement='war'"),
        ({"disagreement": 3}, OptionError, "disagreement"),
        ({"seed": 0.5}, OptionError, "seed"),
    ],
)
def test_bad_input_is_named(options: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        cv.negotiated(WORLD, THREE, **{"closure": OWN, **options})  # type: ignore[arg-type]


def test_a_disagreement_of_another_closure_is_refused() -> None:
    other = cv.solve(WORLD, None, cv.Closure.of_horizon("short"))
    with pytest.raises(InputError, match="the disagreement holds for"):
        cv.negotiated(WORLD, PAIR, disagreement=other, closure=OWN)
