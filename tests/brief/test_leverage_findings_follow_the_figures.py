"""What the brief says on price, power and demand follows from the rows, gains and gaps too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief import (
    demanded,
    exposed,
    leverage_figures,
    price,
    terminal,
    text,
    whom,
    whom_tables,
)
from countervail.brief.html import report
from countervail.brief.leverage_rows import BypassRow, CoalitionRow, FrontierRow, PowerMatrix
from countervail.brief.results import Results

from . import leverage_example
from .page import Page
from .test_findings_follow_the_figures import plain


def test_each_asked_price_is_answered(results: Results) -> None:
    assert plain(price.finding(results)) == (
        "The United States can cost Canada 2.3 % of real income at no cost to itself, "
        "3.9 % for 0.1 % of its own and 5.6 % for 0.5 % of its own"
    )
    said = [plain(sentence) for sentence in price.sentences(results)]
    assert said[0].startswith("The United States gains by some of it: at its own optimum 0.023 %")
    assert "(US$ 4.1 bn of 2014), which costs Canada 1.3 %" in said[0]
    assert said[1].startswith("At no cost to itself, the United States can cost Canada 2.3 %")
    assert "a 15 % tariff on mining and quarrying (0.37 %)" in said[1]
    assert said[2].startswith("For 0.1 % of its own real income, the United States")
    assert (
        said[-1] == "At any price the harm reaches 5.9 %, at a cost of 0.91 % to the United States."
    )


def test_a_price_above_the_dearest_point_is_any_price(results: Results) -> None:
    dearest = replace(results.frontier[-1], asked_percent=2.0, note="asked at 2 %")
    above = replace(results, frontier=(*results.frontier[:-1], dearest))
    said = plain(price.finding(above))
    assert said.endswith("and 5.9 % at any price, which is 0.91 % of its own")
    sentences = price.sentences(above)
    assert sum(sentence.startswith("At any price") for sentence in sentences) == 1
    assert plain(price.frontier_table(above).rows[-1][1]) == "at any price (asked: 2 %)"
    assert price.frontier_table(above).notes == ("Point 10: asked at 2 %",)
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
        "The United States cannot hurt Canada with these instruments at any price"
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
    for row, table in zip(price.shown(results), price.sector_tables(results), strict=True):
        parts = price.carriers(row, results)
        assert sum(part.harm_percent for part in parts) == pytest.approx(row.harm_percent)
        assert len(table.rows) == len(parts)
        shown = [float(cells[4]) for cells in table.rows]
        assert shown == sorted(shown, reverse=True)


def test_who_can_hurt_the_protagonist_leads(results: Results) -> None:
    assert plain(whom.finding(results)) == (
        "The United States could cost Canada 7.0 % of real income by ending all trade with it; "
        "Mexico, the next, 0.80 %"
    )
    losses = [pair.loss_percent or 0.0 for pair in whom.ordered(results)]
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == len(leverage_example.REGIONS) * (len(leverage_example.REGIONS) - 1) - 2
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
    assert said.startswith("Of 6 ordered pairs of regions, Canada cut off from the United States")
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
    assert "0.67 % more than the sum" in said
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
            found = [
                line
                for line in table.rows
                if line[:2] == (row.label, exposed.RETALIATIONS[row.retaliation])
            ]
            assert [line[2:4] for line in found] == [cells]
    assert exposed.horizons(results)[0] == "medium"
    assert "Denial of transit: share of trade in transit is judgement" in table.notes


def test_demand_and_risk_are_said_together_and_called_judgement(results: Results) -> None:
    assert plain(demanded.finding(results)) == (
        "The United States could demand of Canada US$ 20 bn of 2014 (1.1 % of its real income), "
        "with a risk of rupture of 18 % (judgement)"
    )
    fall, noise = (plain(sentence) for sentence in demanded.sentences(results))
    assert fall == (
        "If the exposure falls by 50 %, the demand goes from US$ 20 bn to US$ 13 bn and the risk "
        "of rupture from 18 % to 43 %."
    )
    assert "(20 % to 100 % of the exposure to either side)" in noise
    assert "between 0 % and 47 %" in noise


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
    assert "would carry the threat out whatever Canada offers" in demanded.finding(gains)
    assert "gains US$ 60 bn by carrying the threat out" in plain(demanded.sentences(gains)[0])
    assert demanded.demand_table(gains).rows[0][4:6] == (text.DASH, text.DASH)
    nothing = replace(results, demands=(replace(first, cost_bn=5.0, demand_bn=0.0),))
    assert "No demand that the United States could make" in demanded.finding(nothing)
    figure = leverage_figures.demand_figure(replace(results, demands=(first,)))
    assert figure is not None
    assert "whatever Canada offers" in figure.alt


def test_the_terminal_answers_the_three_questions(results: Results) -> None:
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
    shown = whom.picture(results.power, 12, ["QAT", "USA"])
    labels = [results.power.regions[n] for n in shown]
    assert len(labels) == 12
    assert {"QAT", "USA"} <= {*labels}
    blocs = [results.power.blocs[n] for n in shown]
    assert len(dict.fromkeys(blocs)) == sum(
        a != b for a, b in zip(blocs, [None, *blocs], strict=False)
    )
    assert blocs[-1] == ""
