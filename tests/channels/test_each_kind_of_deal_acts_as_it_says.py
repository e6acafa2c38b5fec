"""Every channel against its closed form, at any chance of delivery, alone and with others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countervail.channels.case import Case, Layers
from countervail.channels.deals import CHANNELS, combined, move_of
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.shock import Shock
from countervail.equilibrium.solve import solve
from countervail.errors import InputError, UnknownLabelError
from countervail.parameters import parameter
from countervail.scenario.schema import Deal
from countervail.world.core import World
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(6), 4, 3)
CLOSURE = Closure.of_horizon("medium")
THETA = WORLD.arrays.elasticity


class Fixed(Layers):
    """Layers whose positions are a tenth of every host's capital, from every other region."""

    @property
    def positions(self) -> Any:  # type: ignore[override]
        return Tenth(self.world)


class Tenth:
    def __init__(self, world: World) -> None:
        self.world = world

    def stock(self, host: str, origin: str) -> float:
        n = self.world.regions.index(host)
        return 0.1 * 3.0 * float(self.world.arrays.factor_income[n])

    def status_of(self, host: str, origin: str) -> str:
        return "constructed"


CASE = Case(WORLD, "R00", CLOSURE, Fixed(WORLD))
ALL = ["good-00", "good-01", "good-02"]

DEALS: dict[str, dict[str, Any]] = {
    "trade-agreement": {"depth": "deep", "sectors": ALL},
    "tariff-quota": {
        "tariff": [
            {
                "product": "cars",
                "importer": "R00",
                "exporter": "R01",
                "sector": "good-01",
                "share": 0.3,
                "before": 0.9,
                "after": 0.05,
            }
        ]
    },
    "investment": {
        "amount": {"value": 3, "unit": "m USD", "basis": "published", "year": 2023},
    },
    "investment-treaty": {},
    "infrastructure": {
        "amount": {"value": 3, "unit": "m USD", "basis": "published", "year": 2023},
    },
    "energy-route": {
        "route": {
            "sector": "good-00",
            "markets": ["R01"],
            "gain": 5,
            "price": 70,
            "capacity": 1e6,
        }
    },
    "diplomatic-post": {"sectors": ALL},
    "defence-tie": {"effect": 0.02, "sectors": ALL},
    "forum": {"salience": 0.5},
}


def deal(kind: str, **options: Any) -> Deal:
    given = {"parties": ["R00", "R01"], "status": "signed", **DEALS[kind], **options}
    return Deal(id=kind, kind=kind, **given)


def test_every_kind_has_a_channel_and_a_case_here() -> None:
    assert set(CHANNELS) == set(DEALS)


@pytest.mark.parametrize("kind", DEALS)
def test_delivery_0_is_what_stands_and_the_base_never_changes(kind: str) -> None:
    before = WORLD.digest
    found = move_of(CASE, deal(kind), 0.0)
    alone = solve(WORLD, found.shock, CLOSURE).welfare_percent
    stands = solve(WORLD, found.standing, CLOSURE).welfare_percent
    assert np.abs(alone - stands).max() <= 1e-9
    if found.standing.is_empty:
        assert found.shock.is_empty
    assert WORLD.digest == before


@pytest.mark.parametrize("kind", DEALS)
def test_every_move_says_what_it_moves_and_why(kind: str) -> None:
    found = move_of(CASE, deal(kind))
    assert not found.not_quantified
    assert found.delivery == parameter("delivery.signed").value
    assert found.moves
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("kind", "effect", "ways"),
    [
        ("trade-agreement", parameter("pta.deep").value, 2),
        ("diplomatic-post", parameter("post.exports").value, 1),
        ("defence-tie", 0.02, 1),
    ],
)
@pytest.mark.parametrize("delivery", [1.0, 0.4])
def test_costs_fall_so_that_trade_rises_by_the_effect(
    kind: str, effect: float, ways: int, delivery: float
) -> None:
    cost = move_of(CASE, deal(kind), delivery).shock.array("trade_cost")
    moved = cost != 1
    assert moved.sum() == 3 * ways
    # R00 is the exporter of what R01 buys: trade at given prices moves as cost^-theta.
    assert cost[:, 1, 0] ** -THETA == pytest.approx(1 + delivery * effect)
    assert (cost[:, 0, 1] ** -THETA == pytest.approx(1 + delivery * effect)) == (ways == 2)


def test_infrastructure_raises_value_added_of_every_sector() -> None:
    public = parameter("public_capital.output_ratio").value * WORLD.arrays.factor_income[0]
    hats = move_of(CASE, deal("infrastructure", parties=["R00"]), 1.0).shock.array("productivity")
    value_added = hats[:, 0] ** (1 / WORLD.arrays.value_added_share[:, 0])
    expected = (1 + 3 / public) ** parameter("public_capital.elasticity").value
    assert value_added == pytest.approx(expected)
    assert (hats[:, 1:] == 1).all()


def test_a_region_wide_gain_is_worth_what_more_labour_would_be() -> None:
    """The same rise of value added everywhere is a rise of the composite factor."""
    hats = move_of(CASE, deal("infrastructure", parties=["R00"]), 1.0).shock
    factor = float(
        (hats.array("productivity")[:, 0] ** (1 / WORLD.arrays.value_added_share[:, 0]))[0]
    )
    labour = solve(WORLD, Shock(WORLD).labour("R00", factor=factor), CLOSURE)
    assert solve(WORLD, hats, CLOSURE).welfare_percent == pytest.approx(
        labour.welfare_percent, abs=1e-8
    )


def test_own_money_for_infrastructure_leaves_nobody_a_return() -> None:
    assert "transfer" not in move_of(CASE, deal("infrastructure", parties=["R00"])).shock.changed
    shared = move_of(CASE, deal("infrastructure"), 1.0).shock
    moved = shared.array("transfer") - WORLD.arrays.transfer
    assert moved[:2] == pytest.approx([-0.18, 0.18])


def test_a_treaty_is_a_small_investment_both_ways() -> None:
    shock = move_of(CASE, deal("investment-treaty"), 1.0).shock
    hats = shock.array("productivity")
    a = parameter("capital.share").value
    capital = hats[:, 0] ** (1 / (a * WORLD.arrays.value_added_share[:, 0]))
    assert capital == pytest.approx(1 + 0.03 * 0.1)
    assert hats[:, 1].min() > 1


def test_a_route_lowers_costs_by_the_gain_or_to_its_capacity() -> None:
    wide = move_of(CASE, deal("energy-route"), 1.0).shock.array("trade_cost")
    assert wide[0, 1, 0] == pytest.approx(1 - 5 / 70)
    flow = float(WORLD.arrays.flows[0, 1, 0])
    route = {**DEALS["energy-route"]["route"], "capacity": 0.01 * flow}
    narrow = move_of(CASE, deal("energy-route", route=route), 1.0).shock.array("trade_cost")
    theta = THETA[0] * CLOSURE.elasticity_factor
    assert narrow[0, 1, 0] ** -theta == pytest.approx(1.01)
    assert (narrow != 1).sum() == 1


def test_a_forum_moves_nothing_but_says_how_long_cover_lasts() -> None:
    found = move_of(CASE, deal("forum"), 1.0)
    assert found.shock.is_empty
    hazard, survival = (i.value for i in found.indicators)
    assert survival == pytest.approx(100 * np.exp(-12 * (hazard or 0) / 100))
    hidden = move_of(CASE, deal("forum", salience=0.0), 1.0).indicators[0].value
    assert hidden == pytest.approx(100 * parameter("cover.base_revocation").value)


def test_moves_on_the_same_cells_combine_by_the_stated_rule() -> None:
    post, agreement = (move_of(CASE, deal(k), 1.0) for k in ("diplomatic-post", "trade-agreement"))
    both = combined(WORLD, [post, agreement]).array("trade_cost")
    expected = post.shock.array("trade_cost") * agreement.shock.array("trade_cost")
    np.testing.assert_array_equal(both, expected)
    money = [
        move_of(CASE, deal("investment").model_copy(update={"id": n}), 1.0) for n in ("a", "b")
    ]
    moved = combined(WORLD, money).array("transfer") - WORLD.arrays.transfer
    one = money[0].shock.array("transfer") - WORLD.arrays.transfer
    assert moved == pytest.approx(2 * one)


def test_a_deal_that_is_not_struck_leaves_what_stands() -> None:
    quota = move_of(CASE, deal("tariff-quota"), 1.0)
    off = combined(WORLD, [quota], on=())
    np.testing.assert_array_equal(off.array("tariff"), quota.standing.array("tariff"))
    worth = [solve(WORLD, s, CLOSURE).welfare_percent[0] for s in (off, quota.shock)]
    assert worth[0] != pytest.approx(worth[1], abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("investment", {"amount": None}, "No amount"),
        ("trade-agreement", {"depth": None}, "depth"),
        ("energy-route", {"route": None}, "No route"),
        ("tariff-quota", {"tariff": []}, "No tariff"),
        ("trade-agreement", {"parties": ["R00"]}, "No other party"),
    ],
)
def test_what_is_not_said_is_listed_with_the_reason(
    kind: str, options: dict[str, Any], reason: str
) -> None:
    found = move_of(CASE, deal(kind, **options))
    assert reason in found.not_quantified
    assert found.shock.is_empty


@pytest.mark.parametrize(
    ("kind", "options", "error", "said"),
    [
        ("investment", {"into": {"ships": 1.0}}, UnknownLabelError, "ships"),
        (
            "investment",
            {"amount": {"value": 1, "unit": "bn CAD", "basis": "press", "year": 2023}},
            InputError,
            "usd",
        ),
        (
            "investment",
            {"amount": {"value": 1, "unit": "bn USD", "basis": "press", "year": 2023, "usd": 0.7}},
            InputError,
            "one was worth 0.7",
        ),
        (
            "investment",
            {"amount": {"value": 1, "unit": "bn USD", "basis": "press"}},
            InputError,
            "year",
        ),
        (
            "energy-route",
            {"route": {"edge": "nowhere", "network": "canada-oil"}},
            UnknownLabelError,
            "nowhere",
        ),
        (
            "energy-route",
            {"route": {**DEALS["energy-route"]["route"], "gain": 80}},
            InputError,
            "80 on a price of 70",
        ),
    ],
)
def test_bad_deals_are_refused_by_name(
    kind: str, options: dict[str, Any], error: type, said: str
) -> None:
    with pytest.raises(error, match=said):
        move_of(CASE, deal(kind, **options), 1.0)


def quota(name: str, share: float, after: float) -> Deal:
    term = {**DEALS["tariff-quota"]["tariff"][0], "product": name, "share": share, "after": after}
    return deal("tariff-quota", tariff=[term]).model_copy(update={"id": name})


def test_products_of_two_deals_in_one_flow_are_those_of_one_deal() -> None:
    apart = [move_of(CASE, quota("a", 0.3, 0.05), 1.0), move_of(CASE, quota("b", 0.5, 0.2), 1.0)]
    terms = [*quota("a", 0.3, 0.05).tariff, *quota("b", 0.5, 0.2).tariff]
    whole = move_of(CASE, deal("tariff-quota").model_copy(update={"tariff": tuple(terms)}), 1.0)
    for on, one in ((None, whole.shock), ((), whole.standing)):
        pooled = combined(WORLD, apart, on=on)
        for field in ("tariff", "trade_cost"):
            assert pooled.array(field) == pytest.approx(one.array(field), rel=1e-12)


def test_products_of_several_deals_cannot_exceed_their_flow() -> None:
    moves = [move_of(CASE, quota(name, 0.6, 0.05), 1.0) for name in ("a", "b")]
    with pytest.raises(InputError, match=r"products of the deals are 1\.2 times"):
        combined(WORLD, moves)


@pytest.mark.parametrize("kind", ["investment", "infrastructure"])
def test_money_of_two_deals_adds_up_before_it_acts(kind: str) -> None:
    amount = {"value": 5000, "unit": "m USD", "basis": "published", "year": 2023}
    whole = move_of(CASE, deal(kind, amount={**amount, "value": 10_000}), 1.0)
    halves = [
        move_of(CASE, deal(kind, amount=amount).model_copy(update={"id": name}), 1.0)
        for name in ("a", "b")
    ]
    both = combined(WORLD, halves)
    for field in ("productivity", "transfer"):
        assert both.array(field) == pytest.approx(whole.shock.array(field), rel=1e-12)
    assert halves[0].replacement == pytest.approx(0.06 * 5000)


def test_what_wears_out_elsewhere_is_not_charged_here() -> None:
    abroad = move_of(CASE, deal("investment", host="R01"), 1.0)
    assert abroad.replacement == 0.0
    assert abroad.shock.array("transfer")[0] > WORLD.arrays.transfer[0]


def test_a_quota_in_an_agreement_is_a_quota() -> None:
    term = {
        **DEALS["tariff-quota"]["tariff"][0],
        "quota": {"value": 0.01 * float(WORLD.arrays.flows[1, 0, 1]), "unit": "m USD a year"},
    }
    quotas, agreed = (
        move_of(CASE, deal(kind, tariff=[term], depth=None), 1.0).shock.array("tariff")
        for kind in ("tariff-quota", "trade-agreement")
    )
    np.testing.assert_array_equal(quotas, agreed)


def test_money_of_several_comes_by_their_size() -> None:
    amount = {"value": 1000, "unit": "m USD", "basis": "published", "year": 2023}
    found = move_of(CASE, deal("investment", amount=amount, parties=["R00", "R01", "R02"]), 1.0)
    left = found.shock.array("transfer") - WORLD.arrays.transfer
    size = WORLD.arrays.factor_income
    assert left[1] / left[2] == pytest.approx(size[1] / size[2])
    assert left.sum() == pytest.approx(0.0, abs=1e-9)
    assert found.building is not None
    coming = found.building.array("transfer") - WORLD.arrays.transfer
    assert coming[0] == pytest.approx(200.0)
    assert coming[1] / coming[2] == pytest.approx(size[1] / size[2])


def test_a_group_that_holds_us_gives_its_others() -> None:
    world = WORLD.aggregate()
    assert world.regions == WORLD.regions
    from countervail.channels.case import sides_of

    every = deal("trade-agreement", parties=["R00", "all"])
    found = sides_of(CASE, every)
    assert (found.ours, found.partners) == ("R00", ("R01", "R02", "R03"))
    crowd = deal("trade-agreement", parties=["R01", "R02"])
    assert sides_of(CASE, crowd).ours == "R01"


def test_a_route_is_worth_more_where_the_coercer_has_shut_its_own() -> None:
    import countervail as cv

    world, closure = cv.load_world("world-2023"), Closure.of_horizon("medium")
    layers = Layers(world)
    given = {
        "parties": ["CAN"],
        "route": {"network": "canada-oil", "edge": "alberta-pacific-pipeline"},
    }
    one = deal("energy-route", **given)
    plain = move_of(Case(world, "CAN", closure, layers), one, 1.0)
    threatened = move_of(Case(world, "CAN", closure, layers, ("USA",)), one, 1.0)
    assert plain.cut is None
    assert threatened.cut is not None
    np.testing.assert_array_equal(
        plain.shock.array("trade_cost"), threatened.shock.array("trade_cost")
    )
    peace, shut = (
        combined(world, [threatened], cut=cut).array("trade_cost").min() for cut in (False, True)
    )
    assert shut < peace < 1.0


def test_a_treaty_with_many_says_two_lines_and_who_is_left_out() -> None:
    few = move_of(CASE, deal("investment-treaty", parties=["R00", "all"]), 1.0)
    assert len(few.moves) == 6
    world = random_world(np.random.default_rng(6), 6, 3)
    case = Case(world, "R00", CLOSURE, Fixed(world))
    many = move_of(case, deal("investment-treaty", parties=["R00", "all", "Atlantis"]), 1.0)
    assert len(many.moves) == 3
    assert many.moves[0].startswith("Direct investment of 5 partners in")
    assert many.moves[2] == f"Left out: Atlantis, no region of {world.name}"
