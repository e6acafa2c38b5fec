"""What the brief says on deals, capital, routes and ties follows from the rows, losses too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief import terminal, text
from countervail.brief.figures import leverage_figures
from countervail.brief.html import report
from countervail.brief.questions import (
    deals,
    limits,
    pipeline,
    price,
    price_tables,
    routed,
    tied,
    whose,
)
from countervail.brief.results import Results
from countervail.brief.rows.channels import DealRow
from countervail.brief.rows.leverage import FrontierSectorRow

from . import channel_example
from .page import Page
from .test_findings_follow_the_figures import plain


def called(name: str, results: Results) -> DealRow:
    return next(row for row in results.deals if row.id == name)


def test_all_deals_at_once_are_the_finding(results: Results) -> None:
    assert plain(deals.finding(results)) == (
        "All nine deals at once, delivered in full, would add 0.20 % to Canada’s real income; at "
        "their odds of delivery 0.071 %"
    )
    loss = replace(results, deals_together_percent=-0.0031, deals_expected_percent=-0.0002)
    assert plain(deals.finding(loss)).endswith(
        "would take 0.0031 % from Canada’s real income; at their odds of delivery −0.00020 %"
    )
    assert plain(deals.finding(results)) in plain(report(results, []))


def test_without_a_total_the_largest_deal_is_named(results: Results) -> None:
    said = plain(deals.finding(replace(results, deals_together_percent=None)))
    assert said.startswith("The deal that changes most would add 0.12 % to Canada’s real income")
    assert "Investment pledge" in said


def test_a_withdrawn_deal_is_said_to_count_in_full_only(results: Results) -> None:
    assert deals.withdrawn_sentence(results) == ""
    first = deals.acting(results)[0]
    gone = replace(first, status="withdrawn", delivery=0.0)
    after = replace(results, deals=tuple(gone if d == first else d for d in results.deals))
    said = deals.withdrawn_sentence(after)
    assert said in deals.sentences(after)
    assert "was withdrawn: what is said of deals in full counts it as if it stood" in said


def test_deals_that_change_nothing_are_said_to(results: Results) -> None:
    idle = tuple(row for row in results.deals if row.id in ("visit", "defence"))
    calm = replace(results, deals=idle, deals_together_percent=0.0)
    assert plain(deals.finding(calm)) == (
        "Both deals at once would leave Canada’s real income as it is"
    )
    assert [row.id for row in deals.idle(results)] == ["defence", "visit"]
    assert "Talks on a defence framework; Joint statement" in deals.idle_sentence(results)
    assert deals.worth(called("visit", results), results) == ["It changes no figure here."]


def test_deals_without_figures_are_no_finding() -> None:
    none = channel_example.results(
        deals=(DealRow("x", "A deal", "forum"), DealRow("y", "Another", "forum")),
        deals_together_percent=None,
    )
    assert deals.finding(none) == "Two deals are on record; what they change was not computed"
    assert deals.summary(none) == ""
    assert "The deals listed above are not in any figure" in " ".join(limits.lines(none))


@pytest.mark.parametrize(
    ("threat", "said"),
    [
        (0.2312, "worth 0.23 %: the exposure to it falls by 0.032 percentage points."),
        (0.1234, "worth 0.12 %: the exposure to it rises by 0.075 percentage points."),
        (0.1987, "worth 0.20 %, as much as in peace: the exposure stays as it is."),
    ],
)
def test_the_exposure_follows_from_both_gains(results: Results, threat: float, said: str) -> None:
    sentence = plain(deals.exposure_sentence(replace(results, deals_threat_percent=threat)))
    assert sentence.startswith(
        "Under a full cut-off from the United States, which costs 6.2 % without them, they would be"
    )
    assert sentence.endswith(said)
    assert plain(deals.header(results)).count("cut-off") == 1
    apart = replace(results, deals_struck_percent=6.31)
    assert (
        "which costs 6.3 % without them (6.2 % in the base year, without what stands in their "
        "place), they would" in plain(deals.exposure_sentence(apart))
    )
    assert "takes 6.31 % where the ladder has 6.2" in plain(deals.apart(apart))
    cut = text.cut_off_row(results)
    assert cut is not None
    assert deals.apart(replace(results, deals_struck_percent=cut.harm_percent)) == ""


def test_money_and_futures_are_said(results: Results) -> None:
    said = [plain(sentence) for sentence in deals.sentences(results)]
    assert said[0] == (
        "In money all nine deals at once come to US$ 3.6 bn of 2014 a year in full, US$ 1.3 bn at "
        "their odds of delivery; one deal without figures is not in it."
    )
    assert said[1].startswith("Over 200 drawn futures")
    assert "between 0.017 % and 0.16 % of real income" in said[1]
    assert "; the median is 0.041 %." in said[1]
    for value, words in ((0.0, "nothing is gained in at"), (0.02, "the gain is 0.020 % in at")):
        same = replace(results, deals_drawn_low_percent=value, deals_drawn_high_percent=value)
        assert f"{words} least eight cases of ten." in plain(deals.drawn_sentence(same))
    assert "Tariffs on the same cells take the lowest, costs multiply." in said
    assert not deals.drawn_sentence(replace(results, deals_draws=0))


def test_sums_that_nobody_published_are_called_so(results: Results) -> None:
    assert deals.unsourced_sentences(results) == [
        "The sum of “Investment by Qatar” is only claimed, by a text that names no source.",
        "The sum of “Joint ventures of pension funds” is illustrative: nobody names one.",
    ]


def test_odds_show_their_range_and_source(results: Results) -> None:
    assert plain(deals.odds(called("uae", results))) == (
        "Odds of delivery 30 %, between 10 and 60 % (status ladder: judgement)."
    )
    assert plain(deals.odds(called("swap", results))) == (
        "Odds of delivery 50 % (status ladder: judgement)."
    )
    assert deals.odds(DealRow("x", "x", "forum")) == ""


def test_a_deal_says_what_it_is_worth_to_both(results: Results) -> None:
    said = [plain(words) for words in deals.worth(called("uae", results), results)]
    assert said == [
        "Delivered in full it would add 0.12 % to Canada’s real income (US$ 2.2 bn of 2014), at "
        "the expected delivery 0.037 %; under a full cut-off it would be worth 0.15 %.",
        "The United States would lose 0.0025 % by it.",
        "Of the gain, US$ 1.9 bn a year would go into replacing worn-out capital, which leaves "
        "US$ 0.31 bn.",
        "While it is built and the money comes in, real income is 0.21 % higher.",
    ]
    bound = deals.worth(called("qatar", results), results)
    assert "Read the figures as an upper bound." in bound
    assert "which leaves −US$ 0.20 bn." in plain(bound[-1])
    swap = plain(" ".join(deals.worth(called("swap", results), results)))
    assert "would take 0.012 % from" in swap
    assert "The United States would gain 0.00025 % by it." in swap
    assert deals.worth(called("routes", results), results) == ["No figures: No route is given."]


def test_every_deal_is_a_record_with_what_it_moves(page: Page, results: Results) -> None:
    for row in results.deals:
        assert text.typeset(row.title) in page.text
        for line in row.moves:
            assert text.sentence(line) in page.text
    assert "Returns that leave 3,000 million USD a year." in page.text
    [table] = [rows for name, rows in page.tables.items() if name.startswith("What each deal")]
    assert [row[0] for row in table[1:]][:2] == [
        called("uae", results).title,
        "Investment by Qatar (upper bound)",
    ]
    assert table[-1][3:] == [text.DASH] * 5


def test_a_threat_says_what_it_moves(page: Page) -> None:
    assert "Tariff of the United States on goods +100 points." in page.text
    assert "Tariff as stated." in page.text


def test_threats_without_figures_have_a_heading_only_if_there_are_any(results: Results) -> None:
    assert "1 threat not yet quantified" in report(results, [])
    known = tuple(t for t in results.threats if t.harm_percent is not None)
    assert "not yet quantified" not in report(replace(results, threats=known), [])


def test_whose_capital_it_is(results: Results) -> None:
    capital = results.capital
    assert capital is not None
    assert plain(whose.finding(capital, results)) == (
        "The United States holds 54 % of Canada’s inward direct investment; the Netherlands 12 %"
    )
    said = [plain(sentence) for sentence in whose.sentences(capital)]
    assert said[0].startswith(
        "Owners abroad hold US$ 840 bn of direct investment in Canada in 2014, 13 % of"
    )
    assert said[1].startswith("22 % of it by value is constructed")
    assert "3.1 equal owners" in said[2]
    assert said[3] == (
        "Canada holds US$ 320 bn more of direct investment abroad than owners abroad hold in it."
    )
    debtor = replace(capital, net_position_bn=-5.0)
    assert "US$ 5.0 bn less of direct" in plain(" ".join(whose.sentences(debtor)))


def test_the_coercer_is_named_where_it_is_not_the_largest(results: Results) -> None:
    capital = results.capital
    assert capital is not None
    rows = tuple(
        replace(r, stock_bn=1.0, share_percent=0.3) if r.origin == "USA" else r
        for r in capital.rows
    )
    said = plain(whose.finding(replace(capital, rows=rows), results))
    assert said.startswith("The Netherlands holds 12 %")
    assert said.endswith("; the United States 0.30 %")


def test_what_a_withdrawal_does(results: Results) -> None:
    capital = results.capital
    assert capital is not None
    assert plain(whose.withdrawal_sentence(capital, results)) == (
        "If 25 % of the direct investment of the United States left, Canada would lose 0.61 % of "
        "real income in the medium run, and the United States would lose 0.031 % at most."
    )
    gains = replace(capital, withdrawals=(replace(capital.withdrawals[0], harm_percent=-0.2),))
    assert "Canada would gain 0.20 %" in plain(whose.withdrawal_sentence(gains, results))
    assert len(whose.withdrawal_table(capital, results).rows) == 2
    first = capital.withdrawals[0]
    others = (
        replace(first, origin="NLD", origin_name="Netherlands", harm_percent=3.0),
        replace(first, horizon="short", harm_percent=2.0),
        first,
    )
    said = plain(whose.withdrawal_sentence(replace(capital, withdrawals=others), results))
    assert "Canada would lose 0.61 % of real income in the medium run" in said


def test_projects_later_or_never_are_counted(results: Results) -> None:
    page = results.pipeline
    assert page is not None
    assert plain(pipeline.finding(page, results)) == (
        "4 of 4 projects start by 2040 with all financiers; without the United States’ money two "
        "later and one not at all; without the money of new partners one later and one not at all"
    )
    same = tuple(
        replace(row, start_without_coercer=row.start_all, start_without_partners=row.start_all)
        for row in page.projects
    )
    assert pipeline.finding(replace(page, projects=same), results).endswith(
        "and as early without the money of either side"
    )
    rows = {row[0]: row for row in pipeline.project_table(page, results).rows}
    assert rows["Transmission line"][4] == "not by then"
    assert rows["A mine without a price"][3] == text.DASH
    said = " ".join(pipeline.sentences(page, results))
    assert "and so left out: A mine without a price." in said
    assert "by 0.41 % (US$ 7.3 bn of 2014 a year)" in plain(said)


def test_routes_say_what_is_left(results: Results) -> None:
    row = results.routes[0]
    assert plain(routed.finding(row, results)) == (
        "Ways out for oil: without US ground, 19 % of the flow is left"
    )
    other = replace(results, coercer="GBR", coercer_name="United Kingdom")
    assert "without the ground of the United Kingdom" in routed.finding(row, other)
    said = [plain(sentence) for sentence in routed.sentences(row, results)]
    assert said[:3] == [
        "At most 5,000 kb/d can flow, and 950 kb/d without US ground.",
        "The line that matters most is “Main line”: without it 46 % of the flow is lost.",
        "With one and two lines on US ground closed where that hurts most, 2,900 and 2,300 kb/d "
        "can still flow.",
    ]
    assert said[4] == (
        "Of the new lines on record “Northern line” would add most to what avoids US ground: "
        "1,000 kb/d, worth US$ 0.44 bn a year at fixed prices."
    )
    once = replace(row, interdiction=((0, 5000.0), (1, 2900.0), (2, 2900.0)))
    assert (
        "With one line on US ground closed where that hurts most, 2,900 kb/d can still flow; "
        "closing more takes no more." in [plain(s) for s in routed.sentences(once, results)]
    )
    none = replace(row, scope="abroad", interdiction=((0, 5000.0), (1, 5000.0), (2, 5000.0)))
    assert (
        "5,000 kb/d can still flow to all markets, those at home included, as much as with none "
        "closed." in plain(" ".join(routed.sentences(none, results)))
    )
    none = replace(row, planned=(replace(row.planned[0], adds_bypass=0.0),))
    assert "No new line on record" in routed.planned_sentence(none, results)
    assert routed.planned_sentence(replace(row, planned=()), results) == ""


def test_a_line_without_a_limit_is_called_so(results: Results) -> None:
    row = results.routes[1]
    cells = {line[0]: line for line in routed.edge_table(row, results).rows}
    assert cells["Across the ocean"][1] == "no limit"
    assert cells["Strait"][1] == "77.0"


def test_ties_say_what_is_reached(results: Results) -> None:
    page = results.ties
    assert page is not None
    assert plain(tied.finding(page)) == (
        "Without the United States, Canada’s ties reach 63 % of world GDP; before the deals it was "
        "61 %"
    )
    first = page.reach[0]
    same = replace(page, reach=(replace(first, before_percent=63.41), *page.reach[1:]))
    assert tied.finding(same).endswith("as before the deals")
    said = [plain(sentence) for sentence in tied.sentences(page)]
    assert said[0] == (
        "Of all mediators they reach 67 % (56 % before the deals), and with the United States 78 %."
    )
    assert "2.1 % of the shortest ways between two others, number 7 of all." in said[2]
    table = tied.new_tie_table(page)
    assert len(table.rows) == 10
    assert [row[0] for row in table.rows[:2]] == ["India", "Brazil"]


def test_withdrawn_capital_is_a_part_of_the_frontier(results: Results) -> None:
    row = price.asked(results)[0]
    taken = FrontierSectorRow(
        row.point, "capital", "Direct investment", "capital-withdrawal", 0.25, 1.1, 0.02
    )
    both = replace(results, frontier_sectors=(*results.frontier_sectors, taken))
    assert plain(price.carried(row, both)).startswith(
        "withdrawing 25 % of its direct investment (1.1 %)"
    )
    cells = price_tables.sector_tables(both)[0].rows[0]
    assert [plain(cell) for cell in cells[:2]] == ["Direct investment", "Withdrawn 25.0 %"]
    figure = leverage_figures.carriers_figure(both)
    assert figure is not None
    assert "Direct investment: by withdrawing it." in figure.note


def test_limits_follow_from_what_is_filled(results: Results) -> None:
    full = " ".join(limits.lines(results))
    assert "Withdrawn capital is counted" in full
    assert "not in any figure" not in full
    assert "One deal could not be computed." in full
    bare = replace(
        results, deals=(), capital=None, pipeline=None, routes=(), ties=None, exposures=()
    )
    assert limits.lines(bare) == [
        "Ladder, frontier and threats act on trade between countries. Withdrawn capital and closed "
        "routes are not in any figure."
    ]


def test_the_terminal_answers_in_short(results: Results) -> None:
    lines = terminal.headline(results).splitlines()
    starts = [line.split("?")[0] for line in lines if "?" in line][3:]
    assert starts == [
        "What do the deals change",
        "Whose capital is it",
        "Which projects would the money start",
        "By which routes",
        "Through whom",
    ]


def test_what_replacing_capital_leaves_is_said(results: Results) -> None:
    assert deals.net_sentence(replace(results, deals_net_bn=None)) == ""
    whole = results.deals_together_bn
    assert whole is not None
    said = plain(deals.net_sentence(replace(results, deals_net_bn=-0.01 * whole)))
    assert "net of it they come to" in said
    assert ", about nothing. At these parameters" in said
    assert "about nothing" not in deals.net_sentence(replace(results, deals_net_bn=0.9 * whole))
    capital = results.capital
    assert capital is not None
    first = replace(capital.withdrawals[0], harm_bn=5.9, net_bn=-1.4)
    said = plain(whose.withdrawal_sentence(replace(capital, withdrawals=(first,)), results))
    assert "there is a gain of US$ 1.4 bn" in said
    assert "US$ 7.3 bn a year need no longer" in said


def test_routes_say_whether_the_flow_is_that_abroad(results: Results) -> None:
    row = results.routes[0]
    assert "of the flow is left" in plain(routed.finding(row, results))
    abroad = replace(row, scope="abroad")
    assert "of the flow abroad is left" in plain(routed.finding(abroad, results))
    assert "to markets abroad" in plain(routed.sentences(abroad, results)[0])


def test_a_deal_that_carries_the_change_of_exposure_is_named_with_its_odds(
    results: Results,
) -> None:
    first, *others = results.deals
    carried = replace(first, full_percent=0.1, threat_percent=0.5, delivery=0.05)
    quiet = [replace(row, threat_percent=row.full_percent) for row in others]
    alone = replace(
        results,
        deals=(carried, *quiet),
        deals_together_percent=0.2,
        deals_threat_percent=0.6,
    )
    said = plain(deals.exposure_sentence(alone))
    assert f"nearly all by “{plain(text.typeset(first.title))}” (odds 5 %)" in said
    spread = replace(alone, deals_threat_percent=1.4)
    assert "nearly all by" not in plain(deals.exposure_sentence(spread))


def test_many_moves_are_folded_but_never_what_is_left_out() -> None:
    few = tuple(f"line {n}" for n in range(7))
    assert deals.unfolded(few) == (few, ())
    many = (*(f"line {n}" for n in range(50)), "Left out: Malta, which has no data")
    shown, folded = deals.unfolded(many)
    assert shown == (*many[:6], many[-1])
    assert folded == many[6:-1]


def test_small_sums_have_no_sentence_on_replacement(results: Results) -> None:
    row = replace(called("uae", results), full_bn=0.004, net_bn=0.001, coercer_percent=4e-7)
    said = " ".join(deals.beside(row, results.coercer_name))
    assert "worn-out" not in said
    assert "United States" not in said


def test_a_start_sooner_with_less_money_is_explained() -> None:
    starts = [("A mine", 2031, 2027), ("A plant", 2027, 2032), ("A line", 2026, 2026)]
    said = pipeline.out_of_turn(starts, "without partners", "without either")
    assert said.startswith("A mine starts sooner without either than without partners")
    assert said.endswith("goes to A plant instead.")
    assert pipeline.out_of_turn([("A mine", 2027, None)], "with all money", "without") == ""
    never = pipeline.out_of_turn([("A mine", None, 2030)], "with all money", "without partners")
    assert "serve equally well" in never


def test_no_start_at_all_is_said_and_not_praised(results: Results) -> None:
    assert results.pipeline is not None
    stuck = tuple(
        replace(row, start_all=None, start_without_coercer=None, start_without_partners=None)
        for row in results.pipeline.projects
    )
    said = pipeline.finding(replace(results.pipeline, projects=stuck), results)
    assert said.startswith("No project starts by")
    assert "as early" not in said
