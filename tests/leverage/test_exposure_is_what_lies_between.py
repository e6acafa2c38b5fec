"""W, d and W - d against solves written out by hand; answers, coalitions, deals in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import countervail as cv
from countervail.channels.capital.positions import positions
from countervail.errors import (
    InputError,
    NegativeValueError,
    NotANumberError,
    NotConvergedError,
    OptionError,
    UnitError,
    UnknownLabelError,
)
from countervail.leverage.coercion import best_response
from countervail.leverage.coercion.exposure import Exposure, ExposureCell
from countervail.leverage.coercion.threat_shocks import INSTRUMENTS
from tests.worlds import random_flows, random_world

WORLD = random_world(np.random.default_rng(11), 5, 4, deficits=True)
ME, THEM = "R00", "R01"
CLOSURE = cv.Closure.of_horizon("medium")
ROUTE = cv.Transit(share=0.2, factor=1.5)


def measured(**options: Any) -> Exposure:
    given: dict[str, Any] = {
        "instruments": INSTRUMENTS,
        "horizons": ("medium",),
        "retaliation": ("none", "proportional"),
        "sectors": "all",
        "transit": ROUTE,
    }
    return cv.exposure(WORLD, ME, options.pop("coercer", THEM), **{**given, **options})


@pytest.fixture(scope="module")
def found() -> Exposure:
    return measured()


def welfare(shock: cv.Shock, region: str = ME) -> float:
    return float(cv.solve(WORLD, shock, CLOSURE).welfare.sel(region=region))


def by_hand(instrument: str) -> cv.Shock:
    nothing = cv.Shock(WORLD)
    taxed = nothing.tariff(THEM, ME, add=0.25)
    third = [r for r in WORLD.regions if r not in (ME, THEM)]
    theta = WORLD.arrays.elasticity * CLOSURE.elasticity_factor
    detour = nothing
    for s, sector in enumerate(WORLD.sectors):
        factor = float((0.8 + 0.2 * 1.5 ** -theta[s]) ** (-1 / theta[s]))
        detour = detour.trade_cost(ME, third, sector, factor=factor)
        detour = detour.trade_cost(third, ME, sector, factor=factor)
    if instrument == "capital-withdrawal":
        return leaving()
    return {
        "tariff": taxed,
        "export-tax": nothing.export_tax(THEM, ME, add=0.25),
        "tariff+export-tax": taxed.export_tax(THEM, ME, add=0.25),
        "export-ban": nothing.trade_cost(ME, THEM, factor=1000.0),
        "transit-denial": detour,
        "cut-off": nothing.cut_off(ME, THEM),
    }[instrument]


def leaving() -> cv.Shock:
    """A quarter of what the coercer holds of three years of product leaves, all sectors alike."""
    n, m = WORLD.regions.index(ME), WORLD.regions.index(THEM)
    stock = positions(WORLD).stock(ME, THEM) / 4
    part = 1 - stock / (3.0 * WORLD.arrays.factor_income[n])
    hats = np.ones((len(WORLD.sectors), len(WORLD.regions)))
    hats[:, n] = part ** (0.35 * WORLD.arrays.value_added_share[:, n])
    transfer = np.array(WORLD.arrays.transfer)
    transfer[n] += 0.06 * stock
    transfer[m] -= 0.06 * stock
    return cv.Shock(WORLD, productivity=hats, transfer=transfer)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_each_instrument_is_the_shock_that_it_names(found: Exposure, instrument: str) -> None:
    cell, outcome = found.cell(instrument, "medium"), cv.solve(WORLD, by_hand(instrument), CLOSURE)
    assert cell.welfare_percent == 0.0
    assert cell.disagreement_percent == pytest.approx(
        float(outcome.welfare.sel(region=ME)), abs=1e-7
    )
    assert cell.cost_percent == pytest.approx(-float(outcome.welfare.sel(region=THEM)), abs=1e-7)
    assert cell.cost_bn == pytest.approx(
        -float(outcome.equivalent_variation.sel(region=THEM)) / 1000, abs=1e-7
    )
    assert cell.certificate is not None
    assert cell.certificate < 1e-9


def test_exposure_is_the_difference_in_every_unit(found: Exposure) -> None:
    deal = cv.Shock(WORLD).trade_cost(ME, ["R02", "R03"], factor=0.9)
    for held in (found, measured(given=deal)):
        for cell in held.cells:
            w, d = cell.welfare_percent, cell.disagreement_percent
            assert w is not None
            assert d is not None
            assert cell.exposure_percent == pytest.approx(w - d, abs=1e-12)
            ratio = (1 + w / 100) / (1 + d / 100)
            assert cell.exposure_log_points == pytest.approx(100 * np.log(ratio), abs=1e-10)
            income = float(WORLD.income.sel(region=ME)) / 1000
            assert cell.exposure_bn == pytest.approx(income * (w - d) / 100, rel=1e-9)
            assert cell.leverage_ratio == pytest.approx(
                (cell.cost_percent or 0.0) / (cell.exposure_percent or 1.0), rel=1e-12
            )


def test_without_deals_the_status_quo_is_the_base_to_the_bit(found: Exposure) -> None:
    again = measured(given=cv.Shock(WORLD).tariff(ME, THEM, add=0.0))
    assert {cell.welfare_percent for cell in (*found.cells, *again.cells)} == {0.0}
    assert again.cells == found.cells


def test_deals_in_force_are_in_both_w_and_d() -> None:
    deal = cv.Shock(WORLD).trade_cost(ME, ["R02", "R03"], factor=0.9).tariff(THEM, ME, add=-0.02)
    cell = measured(given=deal).cell("tariff", "medium")
    assert cell.welfare_percent == pytest.approx(welfare(deal), abs=1e-9)
    both = deal.tariff(THEM, ME, add=0.25)
    assert cell.disagreement_percent == pytest.approx(welfare(both), abs=1e-7)
    cost = welfare(deal, THEM) - welfare(both, THEM)
    assert cell.cost_percent == pytest.approx(cost, abs=1e-7)


def test_the_bypass_is_what_a_cut_off_leaves(found: Exposure) -> None:
    assert found.bypass_percent["medium"] == pytest.approx(
        100 + welfare(by_hand("cut-off")), abs=1e-7
    )
    deal = cv.Shock(WORLD).trade_cost(ME, "R02", factor=0.8)
    left = 1 + welfare(deal.cut_off(ME, THEM)) / 100
    with_deal = measured(given=deal, instruments=("tariff",)).bypass_percent["medium"]
    assert with_deal == pytest.approx(100 * left / (1 + welfare(deal) / 100), abs=1e-7)


def test_an_export_tax_is_answered_by_an_export_tax_of_the_same_value(found: Exposure) -> None:
    a = WORLD.arrays
    produced = a.flows / (1 + a.export_tax)
    rate = found.cell("export-tax", "medium", "proportional").retaliation_rate
    assert rate is not None
    assert rate * produced[:, 1, 0].sum() == pytest.approx(0.25 * produced[:, 0, 1].sum())
    shock = by_hand("export-tax").export_tax(ME, THEM, add=rate)
    cell = found.cell("export-tax", "medium", "proportional")
    assert cell.disagreement_percent == pytest.approx(welfare(shock), abs=1e-7)


@pytest.mark.parametrize("instrument", ["export-ban", "transit-denial"])
def test_what_levies_no_duty_is_not_answered_in_proportion(
    found: Exposure, instrument: str
) -> None:
    plain, answered = (found.cell(instrument, "medium", r) for r in ("none", "proportional"))
    assert answered.exposure_percent == plain.exposure_percent
    assert "no duty" in answered.note


def test_a_cut_off_leaves_nothing_to_answer() -> None:
    held = measured(instruments="cut-off", retaliation=("none", "proportional", "best-response"))
    figures = {replace(cell, retaliation="", note="") for cell in held.cells}
    assert len(figures) == 1
    assert "adds nothing" in held.cell("cut-off", "medium", "best-response").note


def test_the_best_response_is_no_worse_than_none() -> None:
    held = measured(
        instruments=("tariff", "export-ban"),
        retaliation=("none", "best-response"),
        coercer=[THEM, "R02"],
    )
    for instrument in ("tariff", "export-ban"):
        none, best = (held.cell(instrument, "medium", r) for r in ("none", "best-response"))
        assert best.exposure_percent is not None
        assert none.exposure_percent is not None
        assert best.exposure_percent <= none.exposure_percent
        assert best.note
    tariff = held.cell("tariff", "medium", "best-response")
    assert tariff.exposure_percent != held.cell("tariff", "medium").exposure_percent


@pytest.fixture(scope="module")
def answered() -> Exposure:
    return measured(
        instruments=("tariff", "export-tax", "export-ban", "transit-denial", "cut-off"),
        retaliation=("none", "proportional", "best-response"),
    )


def exposed(cell: ExposureCell) -> float:
    assert cell.exposure_percent is not None
    return cell.exposure_percent


@pytest.mark.parametrize("instrument", ["tariff", "export-tax", "export-ban", "transit-denial"])
def test_the_best_response_beats_every_answer_of_its_kinds(
    answered: Exposure, instrument: str
) -> None:
    best = exposed(answered.cell(instrument, "medium", "best-response"))
    for other in ("none", "proportional"):
        assert best <= exposed(answered.cell(instrument, "medium", other)) + 1e-9
    shock = by_hand(instrument)
    rng = np.random.default_rng(5)
    for rate in rng.uniform(0, 0.6, 6):
        rival = shock.tariff(ME, THEM, to=float(rate))
        if instrument != "tariff":
            rival = rival.export_tax(ME, THEM, to=float(rng.uniform(0, 0.6)))
        assert best <= -welfare(rival) + 1e-7


@pytest.mark.parametrize(
    ("instrument", "export_taxes"),
    [("tariff", False), ("export-tax", True), ("export-ban", True), ("transit-denial", True)],
)
def test_the_note_names_the_duties_that_answer(
    answered: Exposure, instrument: str, export_taxes: bool
) -> None:
    note = answered.cell(instrument, "medium", "best-response").note
    assert ("export taxes of" in note) == export_taxes
    # After a ban nothing is bought that a tariff could fall on.
    assert ("tariffs of" in note) == (instrument != "export-ban")


def test_an_answer_that_brings_nothing_is_no_answer() -> None:
    ban = cv.Shock(WORLD).trade_cost(ME, THEM, factor=1e9).trade_cost(THEM, ME, factor=1e9)
    plain, best = measured(
        instruments=(), threats={"all": ban}, retaliation=("none", "best-response")
    ).cells
    assert best.exposure_percent == plain.exposure_percent
    assert "Nothing left to answer with" in best.note
    assert "searches" not in best.note


def test_a_best_answer_that_gains_says_that_it_needs_no_threat() -> None:
    mild = cv.Shock(WORLD).tariff(THEM, ME, add=0.001)
    plain, best = measured(
        instruments=(), threats={"mild": mild}, retaliation=("none", "best-response")
    ).cells
    assert exposed(plain) > 0 > exposed(best)
    assert "without the threat" in best.note
    assert "without the threat" not in plain.note


def test_a_threat_to_trade_that_deals_have_ended_is_said_to_be_empty(found: Exposure) -> None:
    ended = cv.Shock(WORLD).cut_off(ME, THEM)
    held = measured(given=ended, retaliation="none")
    for cell in held.cells:
        empty = cell.instrument not in ("transit-denial", "capital-withdrawal")
        assert ("Hardly any trade is left" in cell.note) == empty
        assert "Hardly any trade" not in found.cell(cell.instrument, "medium").note


def test_ratios_of_rounding_noise_are_not_shown() -> None:
    whisper = cv.Shock(WORLD).trade_cost(ME, THEM, factor=1 + 1e-9)
    (cell,) = measured(instruments=(), threats={"whisper": whisper}, retaliation="none").cells
    assert abs(exposed(cell)) < 1e-6
    assert cell.leverage_ratio is None
    assert "Neither side loses" in cell.note


def test_a_cut_off_says_that_transit_stays_open(answered: Exposure) -> None:
    assert "Transit" in answered.cell("cut-off", "medium").note
    alone = measured(instruments="cut-off", retaliation="none").cell("cut-off", "medium")
    assert alone.note == ""


def test_trade_can_be_balanced() -> None:
    closure = cv.Closure.of_horizon("medium", "balanced")
    held = measured(instruments="tariff", retaliation="none", balance="balanced")
    outcome = cv.solve(WORLD, by_hand("tariff"), closure)
    assert held.closures["medium"] == closure
    assert held.cell("tariff", "medium").disagreement_percent == pytest.approx(
        float(outcome.welfare.sel(region=ME)), abs=1e-7
    )
    with pytest.raises(OptionError, match="balanced"):
        measured(balance="floating")


def test_a_search_that_fails_is_recorded_and_spares_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, calls = best_response.best_tested, []

    def fails_first(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise NotConvergedError("made to fail.", "None.")
        return real(*given)

    monkeypatch.setattr(best_response, "best_tested", fails_first)
    held = measured(
        instruments=("tariff", "export-tax"), retaliation=("none", "best-response"), workers=1
    )
    failed, rest = (held.cell(i, "medium", "best-response") for i in ("tariff", "export-tax"))
    assert failed.exposure_percent is None
    assert "No certified equilibrium: made to fail." in failed.note
    assert exposed(rest) < exposed(held.cell("export-tax", "medium"))
    assert held.cell("tariff", "medium").exposure_percent is not None


def test_a_coalition_hurts_at_least_as_much_as_each_member() -> None:
    def loss(coercer: list[str]) -> float:
        cell = measured(instruments="cut-off", coercer=coercer).cell("cut-off", "medium")
        assert cell.exposure_percent is not None
        return cell.exposure_percent

    assert loss([THEM, "R02"]) > max(loss([THEM]), loss(["R02"]))


def test_a_threat_of_ones_own_is_taken_as_it_is() -> None:
    shock = cv.Shock(WORLD).tariff(THEM, ME, "good-01", add=0.5)
    held = measured(instruments=(), threats={"one good": shock})
    assert [cell.instrument for cell in held.cells] == ["one good"] * 2
    assert held.cells[0].disagreement_percent == pytest.approx(welfare(shock), abs=1e-9)
    flows = WORLD.arrays.flows
    rate = held.cells[1].retaliation_rate
    assert rate == pytest.approx(0.5 * flows[1, 1, 0] / flows[1, 0, 1])


def test_partners_without_trade_have_no_exposure() -> None:
    parts = random_flows(np.random.default_rng(11), 5, 4)
    for a, b in ((0, 1), (1, 0)):
        parts["flows"][:, a, 2] += parts["flows"][:, a, b]
        parts["flows"][:, a, b] = 0.0
    world = cv.World.from_flows(
        **parts, elasticity=WORLD.arrays.elasticity, regions=WORLD.regions, sectors=WORLD.sectors
    )
    held = cv.exposure(
        world, ME, THEM, instruments=("tariff", "cut-off"), horizons="medium", sectors="all"
    )
    for cell in held.cells:
        assert (cell.exposure_percent, cell.exposure_bn, cell.cost_bn) == (0.0, 0.0, 0.0)
        assert cell.leverage_ratio is None
        assert "no trade" in cell.note
    assert held.bypass_percent["medium"] == pytest.approx(100.0, abs=1e-8)


def test_a_threat_without_equilibrium_is_recorded() -> None:
    income = float(WORLD.income.sel(region=ME))
    drained = cv.Shock(WORLD).transfer(ME, THEM, amount=2 * income)
    held = measured(instruments=("tariff",), threats={"tribute": drained})
    assert held.cell("tribute", "medium").exposure_percent is None
    assert "No certified equilibrium" in held.cell("tribute", "medium").note
    assert held.cell("tariff", "medium").exposure_percent is not None


def test_transit_needs_a_border_or_figures() -> None:
    cell = measured(instruments="transit-denial", transit=None).cell("transit-denial", "medium")
    assert cell.exposure_percent is None
    assert "no land border" in cell.note


def test_progress_counts_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    measured(retaliation=("none", "best-response"), progress=lambda n, of: seen.append((n, of)))
    assert [n for n, _ in seen] == list(range(1, seen[0][1] + 1))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"coercer": ["R01", "R00"]}, InputError, "both target and coercer"),
        ({"coercer": "R09"}, UnknownLabelError, "R09"),
        ({"instruments": ()}, OptionError, "export-ban"),
        ({"instruments": ("tarif",)}, OptionError, "Nearest: tariff"),
        ({"retaliation": ("nash",)}, OptionError, "best-response"),
        ({"horizons": ()}, OptionError, "medium"),
        ({"rate": float("nan")}, NotANumberError, "0.25"),
        ({"rate": -0.1}, NegativeValueError, "above 0"),
        ({"rate": 25}, UnitError, "0.25"),
        ({"sectors": "good-99"}, UnknownLabelError, "good-99"),
        ({"threats": {"tariff": cv.Shock(WORLD)}}, OptionError, "Rename"),
        ({"given": 3}, OptionError, "given"),
    ],
    ids=str,
)
def test_bad_input_is_named(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        measured(**options)
    assert words in str(caught.value)


def test_cells_that_are_not_there_are_named(found: Exposure) -> None:
    with pytest.raises(OptionError, match=r"(?s)no cell has the retaliation.*proportional"):
        found.cell("tariff", "medium", "best-response")
