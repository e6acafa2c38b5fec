"""What the brief says on price, power and demand follows from the rows, gains and gaps too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief import terminal, text
from countervail.brief.drawing.figure import Figure
from countervail.brief.figures import leverage_figures
from countervail.brief.html import report
from countervail.brief.questions import (
    beyond,
    demanded,
    exposed,
    limits,
    price,
    price_tables,
    whom,
    whom_tables,
)
from countervail.brief.results import Results
from countervail.brief.rows.leverage import BypassRow, CoalitionRow, FrontierRow, PowerMatrix

from . import leverage_example
from .page import Page
from .test_findings_follow_the_figures import plain


def test_each_asked_price_is_answered(results: Results) -> None:
    assert plain(price.finding(results)) == (
        "If Canada does not answer, the United States can cost it 2.3 % of real income at no cost "
        "to itself, "
        "3.9 % for 0.1 % of its own and 5.6 % for 0.5 % of its own"
    )
    said = [plain(sentence) for sentence in price.sentences(results)]
    assert said[0].startswith("The United States gains by some of it: at its own optimum 0.023 %")
    assert "(US$ 4.1 bn of 2014), which costs Canada 1.3 %" in said[0]
    assert said[1].startswith("At no cost to itself, the United States can cost Canada 2.3 %")
    assert "a 15 % tariff on mining and quarrying (0.37 %)" in said[1]
    assert said[2].startswith("For 0.1 % of its own real income, the United States")
    assert said[4] == (
        "At most with these instruments the harm reaches 5.9 %, at a cost of 0.91 % to the United "
        "States. A full cut-off is none of them: it costs Canada 6.2 % and costs the United States "
        "0.68 %."
    )


def test_the_far_end_says_how_many_rates_are_at_their_bound(results: Results) -> None:
    note = "36 of 44 rates are at their upper bound."
    for asked in (None, 2.0):
        dearest = replace(results.frontier[-1], asked_percent=asked, note=note)
        bound = replace(results, frontier=(*results.frontier[:-1], dearest))
        [sentence] = [s for s in price.sentences(bound) if "At most" in s]
        assert note in sentence


def test_a_most_by_which_the_coercer_gains_is_called_a_gain(results: Results) -> None:
    gains = replace(
        results.frontier[0], role="largest", cost_percent=-0.05, harm_percent=2.0, asked_percent=0.0
    )
    alone = replace(results, frontier=(gains,), frontier_sectors=())
    assert plain(price.finding(priced(alone, 0.4, 6.0))).endswith(
        "2.0 % of real income at most with these instruments, at a gain of 0.050 % of its own"
    )
    assert plain(price.finding(priced(alone, -0.01, 6.0))).endswith(
        "6.0 % of real income at no cost to itself (by a full cut-off, which brings it 0.010 %)"
    )
    figure = leverage_figures.frontier_figure(
        replace(alone, frontier=(replace(gains, point=0, role="traced", cost_percent=-0.06), gains))
    )
    assert figure is not None
    words = [w["words"] for side in ("left", "right") for w in _words(figure, side)]
    assert "at most: 2.0 % at a gain of 0.050 %" in map(plain, words)


def _words(figure: Figure, side: str) -> list[dict[str, str]]:
    held: list[dict[str, str]] = figure.alone["datasets"].get(f"words-{side}", [])
    return held


@pytest.mark.parametrize(
    ("percent", "said"),
    [(0.0, "at no cost"), (0.1, "for 0.1 %"), (-0.05, "at a gain of 0.05 %")],
)
def test_an_asked_price_is_said_in_few_words(percent: float, said: str) -> None:
    row = FrontierRow(1, "asked", percent, 1.0, 1.0, 1.0, percent)
    assert plain(price.tag(row)) == said


def priced(results: Results, cost: float, harm: float) -> Results:
    """The results with a cut-off at the brief's horizon that costs and harms so much."""
    ladder = tuple(
        replace(row, cost_percent=cost, harm_percent=harm, harm_bn=100.0)
        if row is text.cut_off_row(results)
        else row
        for row in results.ladder
    )
    return replace(results, ladder=ladder)


def test_a_cut_off_that_does_more_for_less_answers_the_price(results: Results) -> None:
    said = plain(price.finding(priced(results, 0.41, 6.85)))
    assert said.endswith(
        "and 6.8 % for 0.5 % of its own (by a full cut-off, which costs it 0.41 %)"
    )
    assert "3.9 % for 0.1 % of its own" in said
    assert said in plain(terminal.headline(priced(results, 0.41, 6.85)))
    [sentence] = [s for s in price.sentences(priced(results, 0.41, 6.85)) if "do more" in s]
    assert plain(sentence).endswith(
        "For 0.5 % of its own it can do more by a full cut-off, which costs it 0.41 %: Canada "
        "loses 6.8 % (US$ 100 bn of 2014)."
    )
    for cost, harm in ((0.51, 6.85), (0.41, 5.62)):
        assert "cut-off" not in price.finding(priced(results, cost, harm))


def test_what_tariffs_alone_can_do_is_said(results: Results) -> None:
    said = [plain(sentence) for sentence in price.sentences(results)]
    assert (
        "With import tariffs alone the United States can cost Canada 1.5 % at no cost, 1.9 % for "
        "0.1 % and 2.0 % at most."
    ) in said
    assert len(price_tables.tariffs_table(results).rows) == 4
    without = replace(results, frontier_tariffs=())
    assert not any("tariffs alone" in sentence for sentence in price.sentences(without))


def test_what_an_answer_changes_is_said_where_it_is_known(results: Results) -> None:
    assert beyond.answered_sentence(price.asked(results), results) == ""
    figures = {0.0: (0.0351, 2.2), 0.1: (-0.02, 3.7)}
    rows = [
        replace(row, answered_cost_percent=cost, answered_harm_percent=harm)
        for row in price.asked(results)
        if (row.asked_percent or 0.0) in figures
        for cost, harm in [figures[row.asked_percent or 0.0]]
    ]
    assert plain(beyond.answered_sentence(rows, results)) == (
        "If Canada answers with the import tariffs that are best for it, the measures that cost "
        "the United States nothing cost it 0.035 % and Canada 2.2 %; those for 0.1 % bring it "
        "0.020 % and cost Canada 3.7 %."
    )


def test_the_law_is_said_to_be_unchecked(results: Results) -> None:
    assert "forbid taxes on exports" in price.sentences(results)[-1]
    tariffs = tuple(p for p in results.frontier_sectors if p.instrument == "tariff")
    said = price.sentences(replace(results, frontier_sectors=tariffs))[-1]
    assert said.endswith("is not checked.")


def test_points_that_no_fresh_search_tested_are_counted(results: Results) -> None:
    rows = tuple(
        replace(row, gap_percent=None if row.point <= 3 else 0.0) for row in results.frontier
    )
    assert plain(price.certificate(replace(results, frontier=rows))) == (
        "At seven points a fresh search from other starts found no more harm at the same price; "
        "no fresh search tested the other 3 points."
    )


def test_a_price_above_the_dearest_point_buys_the_most(results: Results) -> None:
    dearest = replace(results.frontier[-1], asked_percent=2.0, note="asked at 2 %")
    above = replace(results, frontier=(*results.frontier[:-1], dearest))
    said = plain(price.finding(above))
    assert "2.0 %" not in said
    assert said.endswith("of its own (by a full cut-off, which costs it 0.68 %)")
    above = replace(above, ladder=priced(results, 2.5, 6.2).ladder)
    said = plain(price.finding(above))
    assert said.endswith("and 5.9 % at most with these instruments, at a cost of 0.91 % of its own")
    sentences = price.sentences(above)
    assert sum(sentence.startswith("At most") for sentence in sentences) == 1
    table = price_tables.frontier_table(above)
    assert plain(table.rows[-1][0]) == "10: at most with these instruments (asked: 2 %)"
    assert table.notes == ("Point 10: asked at 2 %",)
    alone = replace(dearest, role="asked")
    assert price.finding(replace(above, frontier=(*results.frontier[:-1], alone))) == (
        price.finding(above)
    )


def test_a_coercer_that_cannot_gain_or_hurt_is_said_so(results: Results) -> None:
    loses = replace(
        results, frontier=(replace(results.frontier[0], cost_percent=0.0), *results.frontier[1:])
    )
    assert price.sentences(loses)[0] == (
        "The United States cannot gain by any of these instruments."
    )
    idle = replace(results.frontier[0], cost_percent=0.0, harm_percent=0.0)
    small = replace(results, frontier=(idle, *results.frontier[1:]))
    assert price.sentences(small)[0].endswith(", and at no cost to itself it can do no harm.")
    none = replace(
        results, frontier=tuple(replace(row, harm_percent=0.0) for row in results.frontier)
    )
    assert price.finding(none) == (
        "The United States cannot hurt Canada with these instruments, whatever it pays"
    )
    page = report(none, [])
    assert "cannot hurt Canada" in page


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.0, "found no more harm at the same price."),
        (3e-5, "found nothing better than 3.0 × 10⁻⁵ % of real income."),
        (0.02, "the curve is a lower bound there."),
        (None, "No fresh search was made to certify these points."),
    ],
)
def test_the_certificate_says_what_a_fresh_search_found(
    results: Results, gap: float | None, said: str
) -> None:
    rows = tuple(replace(row, gap_percent=gap) for row in results.frontier)
    assert plain(price.certificate(replace(results, frontier=rows))).endswith(said)


def test_parts_of_a_point_add_up_in_its_table(results: Results) -> None:
    for row, table in zip(price.shown(results), price_tables.sector_tables(results), strict=True):
        parts = price.carriers(row, results)
        assert sum(part.harm_percent for part in parts) == pytest.approx(row.harm_percent)
        assert len(table.rows) == len(parts)
        shown = [float(cells[2]) for cells in table.rows]
        assert shown == sorted(shown, reverse=True)


def test_who_can_hurt_the_protagonist_leads(results: Results) -> None:
    assert plain(whom.finding(results)) == (
        "The United States could cost Canada 7.0 % of real income by ending all trade with it; "
        "Mexico, the next, 0.80 %"
    )
    losses = [pair.loss_percent or 0.0 for pair in whom.ordered(results)]
    assert losses == sorted(losses, reverse=True)
    actors = len(leverage_example.REGIONS) - 1  # the rest of the world is none
    assert len(losses) == actors * (actors - 1) - 2
    others = plain(whom.others_sentence(results))
    assert others.startswith("Who else could be cornered most: Korea by China (6.0 %)")
    assert "Canada" not in others


def test_ranks_are_counted_over_all_pairs() -> None:
    matrix = PowerMatrix(
        ("CAN", "USA", "MEX"),
        ("Canada", "United States", "Mexico"),
        ("", "", ""),
        ((None, 2.0, 0.1), (0.5, None, 3.0), (0.2, 4.0, None)),
        (1.0, 2.0, 3.0),
    )
    said = plain(whom.standing_sentence(leverage_example.results(power=matrix)))
    assert said.startswith("Of 6 ordered pairs of economies, Canada cut off from the United States")
    assert "is number 3 by the loss; in 3 pairs the target loses 1 % of real income or more" in said
    one_way = leverage_example.results(power=matrix, protagonist="MEX", protagonist_name="Mexico")
    assert "hurt the United States most (3.0 %, and lose 4.0 % itself)" in plain(
        whom.own_power_sentence(one_way)
    )


def test_a_harmless_pair_has_no_ratio() -> None:
    matrix = PowerMatrix(
        ("CAN", "USA"),
        ("Canada", "United States"),
        ("", ""),
        ((None, 0.0), (0.2, None)),
        (1.0, 2.0),
    )
    results = leverage_example.results(power=matrix)
    assert whom_tables.against_table(results).rows == (
        ("United States", "0.00", "0.20", text.DASH),
    )


def test_coalitions_add_more_than_their_members(results: Results) -> None:
    said = plain(whom.coalition_sentence(results))
    assert said.startswith("Together the United States, China and Mexico could cost Canada 8.8 %")
    assert "0.67 percentage points more than the sum" in said
    assert whom_tables.coalition_table(results).rows[-1] == ("Sum", "8.10", "8.77")
    unknown = replace(results, coalition=(*results.coalition, CoalitionRow("X", "X", None, None)))
    assert "more" not in whom.coalition_sentence(unknown)
    assert whom_tables.coalition_table(unknown).rows[-1] == ("Sum", text.DASH, text.DASH)


def test_screens_are_ranked_by_how_well_they_rank(results: Results) -> None:
    assert [row[0] for row in whom_tables.screen_table(results).rows] == [
        "Convex import dependence",
        "Share of trade",
        "Antisymmetric dependence",
    ]
    assert "(0.55)" in whom.screens_sentence(results)


def test_what_works_without_the_coercer_is_said(results: Results) -> None:
    assert plain(exposed.bypass_sentence(results)) == (
        "Without the United States, Canada keeps 93.6 % of its real income in the medium run "
        "(88.4 % in the short run and 94.7 % in the long run)."
    )
    unknown = replace(results, bypass=(BypassRow("medium", None),))
    assert exposed.bypass_sentence(unknown) == ""


def test_without_and_with_the_threat_are_shown_apart(results: Results) -> None:
    for horizon in exposed.horizons(results):
        table = exposed.exposure_table(results, horizon)
        rows = [row for row in results.exposures if row.horizon == horizon]
        assert len(table.rows) == len(rows)
        for row in rows:
            cells = (text.fixed(row.welfare_percent), text.fixed(row.disagreement_percent))
            label = text.typeset(row.label)
            found = [
                line
                for line in table.rows
                if line[:2] == (label, exposed.RETALIATIONS[row.retaliation])
            ]
            assert [line[6:8] for line in found] == [cells]
    assert exposed.horizons(results)[0] == "medium"
    assert "Denial of transit: share of trade in transit is judgement" in table.notes


def test_demand_and_risk_are_said_together_and_called_judgement(results: Results) -> None:
    assert plain(demanded.finding(results)) == (
        "Threatening a 25 % tariff on goods, the United States could demand of Canada US$ 20 bn of "
        "2014 (1.1 % of its real income), with a risk of rupture of 18 %, if half of the exposure "
        "is unknown to it (judgement)"
    )
    bound, fall, noise = (plain(sentence) for sentence in demanded.sentences(results))
    assert "assumed to be bound to carry the threat out if Canada refuses" in bound
    assert fall == (
        "If the exposure falls by 50 %, the demand goes from US$ 20 bn to US$ 13 bn and the risk "
        "of rupture from 18 % to 43 %; what is unknown is held at the same amount in dollars."
    )
    assert noise == (
        "With 20, 50 and 100 % of the exposure unknown, to either side, the demand is US$ 24 bn, "
        "US$ 20 bn and US$ 28 bn, the risk of rupture 0 %, 18 % and 47 %."
    )


def test_cases_say_of_what_a_part_is_unknown(results: Results) -> None:
    table = demanded.demand_table(results)
    assert [plain(row[0]) for row in table.rows[:4]] == [
        "25 % tariff on goods",
        "20 % of exposure unknown",
        "100 % of exposure unknown",
        "Exposure 10 % lower",
    ]
    assert "Accepted for certain: 20 % of exposure unknown." in map(plain, table.notes)


def test_another_threat_has_a_sentence_of_its_own(results: Results) -> None:
    other = replace(
        results.demands[0],
        case="Cut-off",
        exposure_bn=90.0,
        cost_bn=70.0,
        demand_bn=95.0,
        rupture_percent=12.0,
    )
    said = [
        plain(sentence)
        for sentence in demanded.sentences(replace(results, demands=(*results.demands, other)))
    ]
    assert said[-1] == (
        "Threatening a cut-off instead, it could demand US$ 95 bn, with a risk of rupture of "
        "12 %; carrying it out would cost it US$ 70 bn."
    )
    assert said[1].startswith("In some cases the demand is larger than the exposure as computed")


def test_a_coercer_that_gains_by_acting_is_said_so(results: Results) -> None:
    first = replace(
        results.demands[0],
        cost_bn=-60.0,
        demand_bn=None,
        demand_percent=None,
        accept_percent=0.0,
        rupture_percent=100.0,
        regime="carried out",
    )
    gains = replace(results, demands=(first, *results.demands[1:]))
    assert "would carry out a 25 % tariff on goods whatever Canada offers" in plain(
        demanded.finding(gains)
    )
    said = plain(demanded.sentences(gains)[1])
    assert "gains US$ 60 bn by carrying the threat out" in said
    assert said.endswith("carrying it out costs it nothing beyond the demand forgone.")
    assert demanded.demand_table(gains).rows[0][2:4] == (text.DASH, text.DASH)
    nothing = replace(results, demands=(replace(first, cost_bn=5.0, demand_bn=0.0),))
    assert "could make no demand of Canada that is worth its risk" in demanded.finding(nothing)
    figure = leverage_figures.demand_figure(replace(results, demands=(first,)))
    assert figure is not None
    assert "whatever Canada offers" in figure.alt


def test_the_terminal_answers_the_three_questions() -> None:
    results = leverage_example.results()
    lines = terminal.headline(results).splitlines()
    starts = [line.split("?")[0] for line in lines if "?" in line]
    assert starts == ["At what price", "Who could hurt whom", "What could be demanded"]
    bare = replace(results, frontier=(), frontier_sectors=(), power=None, demands=())
    assert "?" not in terminal.headline(bare)


def test_the_sections_stand_in_the_report(page: Page) -> None:
    headings = [title for _, title in page.headings]
    for title in (
        "At what price?",
        "Who could hurt whom?",
        "What could be demanded?",
        "How much of the economy works without the United States?",
    ):
        assert title in headings
    assert "a fresh search from other starts found nothing better than" in page.text
    assert "Closed routes are counted as the cost of a detour only" in page.text


def test_new_terms_are_explained_where_terms_are(html: str, results: Results) -> None:
    terms = html[html.index('id="reading"') : html.index('id="again"')]
    for term in ("Exposure", "Frontier", "Shapley value", "Poles", "Demand and rupture"):
        assert html.count(f"<dt>{term}</dt>") == terms.count(f"<dt>{term}</dt>") == 1
    bare = replace(results, frontier=(), frontier_sectors=(), demands=())
    page = report(bare, [])
    assert "<dt>Frontier</dt>" not in page
    assert "<dt>Demand and rupture</dt>" not in page


def test_parts_may_be_missing_one_by_one(results: Results) -> None:
    empty: tuple[dict[str, object], ...] = (
        {"frontier": (), "frontier_sectors": ()},
        {"frontier_sectors": ()},
        {"power": None},
        {"poles": ()},
        {"demands": ()},
    )
    for nothing in empty:
        less = replace(results, **nothing)  # type: ignore[arg-type]
        assert Page(report(less, [])).text
    points = tuple(FrontierRow(k, "traced", None, None, None, None, note="x") for k in (1, 2))
    failed = replace(results, frontier=points, frontier_sectors=())
    assert "The coercion frontier was not computed" in report(failed, [])


def test_regions_of_the_picture_stand_by_bloc(results: Results) -> None:
    assert results.power is not None
    shown = whom.picture(results.power, 12, ["QAT", "USA"], whom.actors(results))
    labels = [results.power.regions[n] for n in shown]
    assert len(labels) == 12
    assert {"QAT", "USA"} <= {*labels}
    assert "ROW" not in labels
    blocs = [results.power.blocs[n] for n in shown]
    assert len(dict.fromkeys(blocs)) == sum(
        a != b for a, b in zip(blocs, [None, *blocs], strict=False)
    )
    assert blocs[-1] == ""


def test_a_rest_of_the_world_is_no_actor(results: Results) -> None:
    assert results.power is not None
    every = results.power.pairs()
    assert any("ROW" in (pair.target, pair.coercer) for pair in every)
    assert not any("ROW" in (pair.target, pair.coercer) for pair in whom.ordered(results))
    assert all("Rest of" not in row[0] for row in whom_tables.against_table(results).rows)


def test_a_coercer_of_several_regions_leads_as_a_whole(results: Results) -> None:
    places = tuple(
        replace(place, role="coercer") if place.region == "MEX" else place
        for place in results.places
    )
    pair = replace(results, coercer="USA, MEX", coercer_name="US and Mexico", places=places)
    row = text.cut_off_row(pair)
    assert row is not None
    lines = whom_tables.against_table(pair).rows
    assert lines[0][:3] == (
        "US and Mexico",
        text.fixed(row.harm_percent),
        text.fixed(row.cost_percent),
    )
    assert lines[1][0] == "United States"
    said = plain(whom.finding(pair))
    assert said.startswith(f"US and Mexico could cost Canada {plain(text.size(row.harm_percent))}")
    assert "; China, the next" in said
    assert "Canada by" not in whom.others_sentence(pair)


def test_constructed_economies_are_called_so_in_sentences() -> None:
    matrix = PowerMatrix(
        ("CAN", "USA", "QAT"),
        ("Canada", "United States", "Qatar"),
        ("", "", ""),
        ((None, 2.0, 0.1), (0.5, None, 3.0), (0.2, 4.0, None)),
        (1.0, 2.0, 3.0),
    )
    results = leverage_example.results(power=matrix)
    assert "Qatar (constructed data), the next" in whom.finding(results)
    assert "Qatar (constructed data) by the United States" in whom.others_sentence(results)
    assert "Qatar (constructed data)" in terminal.headline(results)


def test_poles_say_how_the_union_is_counted(results: Results) -> None:
    said = whom.poles_sentence(results)
    assert said.endswith("what they trade with each other as foreign trade.")
    one = tuple(
        replace(row, measure=f"{row.measure}, EU as one", poles=5.0, second="EU")
        for row in results.poles
    )
    both = plain(whom.poles_sentence(replace(results, poles=(*results.poles, *one))))
    assert "by GDP, 16 by trade and 9.3 by coercive power: by coercive power China" in both
    assert (
        "With the EU as one, the world has 5.0 by GDP, 5.0 by trade and 5.0 by coercive power: by "
        "coercive power China holds 21 % and the EU 20 %."
    ) in both
    assert "singly" not in both


def test_a_bloc_is_named_without_its_members(results: Results) -> None:
    row = replace(results.poles[0], first="European Union, today's 27 members")
    named = replace(results, poles=(row,))
    assert "by GDP the European Union holds 26 %" in plain(whom.poles_sentence(named))
    assert whom_tables.pole_table(named).rows[0][4] == "European Union"
    member = replace(results.coalition[0], member="EU", member_name=row.first)
    group = replace(results, coalition=(member, *results.coalition[1:]))
    assert "the United States, the European Union and Mexico could" in whom.coalition_sentence(
        group
    )
    assert "European Union" in {cells[0] for cells in whom_tables.coalition_table(group).rows}


def test_best_duties_say_what_they_are_and_where_they_are_not_best(results: Results) -> None:
    table = exposed.exposure_table(results, "medium")
    assert "best duties" in {row[1] for row in table.rows}
    assert table.notes[0].endswith("import tariffs and export taxes against anything else.")
    rows = tuple(
        replace(row, exposure_percent=0.5)
        if (row.instrument, row.retaliation) == ("export-tax", "proportional")
        else row
        for row in results.exposures
    )
    note = plain(exposed.exposure_table(replace(results, exposures=rows), "medium").notes[0])
    assert note.endswith("serves it better against \u201c25 % export tax on goods\u201d.")


def test_small_figures_are_not_hidden_by_fixed_decimals(results: Results) -> None:
    rows = tuple(
        replace(row, exposure_percent=0.0123456, cost_percent=-0.00045678)
        for row in results.exposures
    )
    table = exposed.exposure_table(replace(results, exposures=rows), "medium")
    assert {(row[2], row[4]) for row in table.rows} == {("0.0123", f"{text.MINUS}0.000457")}
    assert text.column([0.0, None])(0.0) == "0.00"
    assert text.column([0.049, 1e-9])(1e-9) == "0"
    assert text.column([0.05])(0.0123) == "0.01"


def test_what_random_numbers_are_for_is_said(results: Results) -> None:
    still = replace(results, deals_draws=0, worth=None)
    assert limits.random_numbers(still, None) == "none used"
    assert limits.random_numbers(still, 0) == "for starting points of searches alone, seed 0"
    drawn = replace(still, deals_draws=200)
    assert limits.random_numbers(drawn, None) == "for futures of delivery alone, seed 0"
    both = "for futures of delivery and starting points of searches alone, seed 0"
    assert both in report(replace(drawn, manifest={**drawn.manifest, "seed": 0}), [])
    assert "have no statistical interval" in limits.range_said(drawn)
    assert "No figure has" in limits.range_said(still)
