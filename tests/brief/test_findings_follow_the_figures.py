"""A title says what its numbers say: who loses, who gains, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief import text
from countervail.brief.results import LadderRow, Results, Spill

from . import example


def plain(words: str) -> str:
    return words.replace(text.THIN, " ").replace("\u00a0", " ")


def cell(harm: float | None, cost: float | None, rate: float | None = 0.25) -> LadderRow:
    rung = "cut-off" if rate is None else f"{rate:.0%}"
    return LadderRow(rung, rate, "medium", "none", "included", harm, None, cost, None)


@pytest.mark.parametrize(
    ("harm", "cost", "said"),
    [
        (1.68, 0.13, "costs Canada 1.7 % of real income and the United States 0.13 %"),
        (1.68, -0.12, "costs Canada 1.7 % of real income, and the United States gains 0.12 %"),
        (1.68, 0.0, "costs Canada 1.7 % of real income and the United States nothing"),
        (
            1.68,
            0.004,
            "costs Canada 1.7 % of real income and the United States less than 0.01 %",
        ),
        (0.0, 0.13, "costs Canada nothing and the United States 0.13 %"),
        (-0.0, -0.0, "costs Canada nothing and the United States nothing"),
        (
            -0.2,
            0.13,
            "leaves Canada 0.20 % of real income better off and costs the United States 0.13 %",
        ),
        (None, 0.13, "was not computed for Canada and costs the United States 0.13 %"),
        (
            1.68,
            None,
            "costs Canada 1.7 % of real income, and was not computed for the United States",
        ),
    ],
)
def test_harm_and_cost_in_words(
    results: Results, harm: float | None, cost: float | None, said: str
) -> None:
    finding = plain(text.finding(cell(harm, cost), results))
    assert finding == f"A 25 % US tariff {said}"


@pytest.mark.parametrize(
    ("rate", "start"),
    [(0.1, "A 10 % US"), (0.08, "An 8 % US"), (0.11, "An 11 % US"), (0.8, "An 80 % US")],
)
def test_the_article_follows_the_number(results: Results, rate: float, start: str) -> None:
    assert plain(text.subject(cell(1, 1, rate), results)).startswith(start)


def test_a_cut_off_is_not_called_a_tariff(results: Results) -> None:
    assert text.subject(cell(6, 1, None), results) == "A full cut-off from the United States"


def test_several_coercers_take_the_plural() -> None:
    several = example.results(coercer="CHN+RUS", coercer_name="China and Russia")
    assert "China and Russia gain 0.12" in text.finding(cell(1.0, -0.12), several)
    assert "China and Russia gain " in text.gains_sentence(several)


def test_the_answer_holds_percent_dollars_year_and_range(results: Results) -> None:
    answer = plain(text.answer(results))
    assert answer.startswith(
        "In the medium run and if Canada does not answer, a 25 % US tariff costs Canada 1.7 %"
    )
    assert "(US$ 30 bn of 2014)" in answer
    assert "between 1.4 % and 2.7 %" in answer
    assert answer.count(".") == len(["1.7", "0.046", "1.4", "2.7", "."])


def test_no_ladder_no_answer() -> None:
    empty = example.results(ladder=())
    assert text.answer(empty) == "No rung of the ladder was computed at this horizon."
    for said in (text.gains_sentence, text.horizons_sentence, text.retaliation_sentence):
        assert said(empty) == ""


def test_where_the_coercer_gains_is_said(results: Results) -> None:
    said = plain(text.gains_sentence(results))
    assert said == (
        "Without retaliation the United States gains at 10 % and 25 % at every horizon "
        "(at most 0.17 %, in the short run)."
    )
    never = replace(results, ladder=tuple(replace(r, cost_percent=0.5) for r in results.ladder))
    assert "gains at no rung" in text.gains_sentence(never)
    once = replace(
        results,
        ladder=tuple(
            replace(r, cost_percent=-0.5 if (r.rate, r.horizon) == (0.1, "long") else 0.5)
            for r in results.ladder
        ),
    )
    assert "gains at 10 % in the long run (0.50 %)" in plain(text.gains_sentence(once))


def test_retaliation_may_turn_a_gain_into_a_loss(results: Results) -> None:
    said = plain(text.retaliation_sentence(results))
    assert "from a loss of 1.7 % to a loss of 1.9 %" in said
    assert "the United States from a gain of 0.046 % to a loss of 0.37 %" in said


def test_lopsidedness_is_the_ratio_at_cut_off(results: Results) -> None:
    row = text.cut_off_row(results)
    assert row is not None
    assert row.harm_percent is not None
    assert row.cost_percent is not None
    ratio = text.percent(row.cost_percent / row.harm_percent)
    assert f"the United States loses {ratio}" in text.cut_off_sentence(results)


def test_energy_that_changes_nothing_is_said_so(results: Results) -> None:
    assert "from a loss of 1.7 % to a loss of 1.4 %" in plain(text.energy_finding(results))
    same = replace(results, ladder=tuple(replace(r, harm_percent=1.0) for r in results.ladder))
    assert "changes little" in text.energy_finding(same)
    without = replace(results, ladder=tuple(r for r in results.ladder if r.energy == "included"))
    assert text.energy_finding(without) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MEX": -0.3, "CHN": 0.04}, "Among the others MEX loses most (0.30 %) and CHN gains"),
        ({"MEX": -0.3, "CHN": -0.1}, "No other country gains; MEX loses most"),
        ({"MEX": 0.3, "CHN": 0.0}, "No other country loses; MEX gains most"),
        ({"MEX": 0.0, "CHN": -0.0}, "No other country is touched"),
        ({"MEX": None}, "not computed"),
    ],
)
def test_who_else_is_hit(results: Results, changes: dict[str, float | None], said: str) -> None:
    spill = tuple(Spill(region, value) for region, value in changes.items())
    assert said in plain(text.spill_finding(replace(results, spill=spill)))
