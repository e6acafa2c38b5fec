"""What each deal is worth and which to take: the words, figures and tables say what rows say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief.figures import worth_figures
from countervail.brief.figures.charts import figures
from countervail.brief.html import report
from countervail.brief.questions import choice, worth
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows.strategy import BundleRow, ChoiceRow, ContributionRow, WorthPage
from countervail.brief.tables import csv_tables
from countervail.errors import OptionError

from .page import Page
from .test_findings_follow_the_figures import plain
from .worth_example import PAGE, bundle


@pytest.fixture(scope="module")
def told(results: Results) -> Results:
    return replace(results, worth=PAGE)


def scaled(page: WorthPage, measure: str, factor: float) -> WorthPage:
    """The page with all that is said of one measure multiplied."""

    def times(row: ContributionRow) -> ContributionRow:
        names = [name for name in vars(row) if name.endswith("_percent")]
        return replace(row, **{name: factor * getattr(row, name) for name in names})

    return replace(
        page, rows=tuple(times(row) if row.measure == measure else row for row in page.rows)
    )


def words(page: WorthPage, results: Results) -> str:
    return plain(" ".join(worth.sentences(page, results)))


def chosen(page: WorthPage) -> str:
    return plain(" ".join(choice.sentences(page)))


def test_the_finding_names_who_adds_most_and_who_relieves_most() -> None:
    assert plain(worth.finding(PAGE)) == (
        "Counted with all others, “Fund” adds most: 0.12 % of real income in peace; “Port” lowers "
        "the exposure most, by 0.30 percentage points"
    )
    turned = scaled(PAGE, "exposure", -1)
    assert "it also lowers the exposure most, by 0.030 percentage points" in plain(
        worth.finding(turned)
    )
    assert worth.finding(scaled(PAGE, "exposure", 0)).endswith("no deal lowers the exposure")
    assert plain(worth.finding(scaled(PAGE, "peace", -1))).startswith(
        "Counted with all others, “Fund” changes most: −0.12 %"
    )


def test_the_parts_are_said_to_sum_to_the_total(results: Results) -> None:
    said = words(PAGE, replace(results, deals_expected_percent=0.067))
    for part in (
        "sum to what all do together: 0.17 % in peace, 0.46 % under a full cut-off; they lower "
        "the exposure by 0.29 percentage points.",
        "“Fund” (by 0.030 percentage points) raises the exposure: it adds more in peace than under",
        "Some deals get in each other’s way: “Fund” adds 0.13 % alone and 0.11 % once all",
        "On average over 1,000 drawn futures of delivery they come to 0.067 % in peace, most of it "
        "by “Pact” (0.037 %, "
        "odds 90 %); the exposure then changes by −0.026 percentage points, with “Pact” lowering "
        "it most (0.019 percentage points, odds 90 %).",
        "“Pact” above “Fund” in 71 % and “Fund” above “Port” in 60 %",
        "worth nothing here: Declaration.",
        "Exact: all 16 bundles of these deals were solved",
    ):
        assert part in said, part
    assert "Seat” adds" not in said
    apart = words(PAGE, replace(results, deals_expected_percent=0.072))
    assert "0.067 % in peace (0.072 % above, where each deal is counted in part, by its" in apart


def test_one_deal_is_told_without_others(results: Results) -> None:
    first = PAGE.rows[0].deal
    one = replace(PAGE, rows=tuple(r for r in PAGE.rows if r.deal == first), ranks=(), valued=2)
    said = words(one, replace(results, deals_expected_percent=None))
    assert "over all orders" not in said
    assert "it comes to 0.030 % in peace." in said
    assert "Exact: solved with the deal and without it" in said
    assert plain(worth.finding(one)).startswith("“Fund” adds 0.12 % of real income in peace; ")


def test_deals_that_add_up_are_said_to(results: Results) -> None:
    rows = tuple(
        replace(row, alone_percent=row.shapley_percent, last_percent=row.shapley_percent)
        for row in PAGE.rows
    )
    assert "The deals do not act on each other" in words(replace(PAGE, rows=rows), results)
    near = tuple(replace(row, last_percent=row.last_percent + 0.001) for row in rows)
    said = words(replace(PAGE, rows=near), results)
    assert "none adds in peace as the last one more or less than alone by over 0.0010" in said
    more = tuple(replace(row, last_percent=row.last_percent + 0.05) for row in rows)
    assert "Some deals help each other" in words(replace(PAGE, rows=more), results)


def test_a_sample_says_its_standard_error(results: Results) -> None:
    rows = tuple(replace(row, error_percent=0.0021) for row in PAGE.rows)
    said = words(replace(PAGE, rows=rows, method="sampled", valued=900), results)
    assert "900 bundles solved; the largest standard error is 0.0021 %" in said


def test_deals_without_any_threat_are_told_in_peace_alone(results: Results) -> None:
    page = replace(PAGE, rows=tuple(PAGE.of("peace")), choices=(), bundles=(), ranks=())
    assert plain(worth.finding(page)).endswith("0.12 % of real income in peace")
    assert "under" not in words(page, results).split("Exact")[0]
    assert "exposure" not in words(page, results)
    assert {row[1] for row in worth.table(page).rows} == {"in peace"}
    assert 'id="worth"' in report(replace(results, worth=page))


def test_deals_that_do_nothing_leave_no_figure(results: Results) -> None:
    page = replace(PAGE, rows=(), choices=(), bundles=(), ranks=())
    assert worth.finding(page) == "No deal on record changes real income"
    told = replace(results, worth=page)
    assert worth_figures.worth_figure(told) is None
    assert worth_figures.frontier_figure(told) is None
    assert "No deal on record changes real income." in report(told)


def test_the_best_bundle_is_named_with_what_it_does(results: Results) -> None:
    assert plain(choice.finding(PAGE, results)) == (
        "The least exposure comes with “Pact” and “Port”: exposure to the United States goes from "
        "6.5 % to 6.2 % of Canada’s real income; at the odds of delivery another bundle is best"
    )
    same = [
        replace(row, deals=("Pact", "Port")) if row.role == "best" else row for row in PAGE.bundles
    ]
    assert plain(choice.finding(replace(PAGE, bundles=tuple(same)), results)).endswith(
        "Canada’s real income, at the odds of delivery to 6.45 %"
    )
    none = [replace(row, deals=()) if row.role == "best" else row for row in PAGE.bundles]
    assert choice.finding(replace(PAGE, bundles=tuple(none)), results) == (
        "For the least exposure it is best to sign nothing"
    )


def test_each_objective_has_its_words(results: Results) -> None:
    worst = replace(PAGE, objective="worst-case")
    assert "real income then changes by −6.1 %, not −6.5 %" in plain(choice.finding(worst, results))
    most = replace(PAGE, objective="most-welfare", exposure_at_most_percent=6.2)
    assert plain(choice.finding(most, results)).startswith(
        "The most real income in peace with exposure of at most 6.20 % comes with “Pact” and "
        "“Port”: it adds 0.052 % to Canada’s real income"
    )


def test_a_bundle_is_named_as_shortly_as_it_can_be() -> None:
    every = PAGE.bundle("everything", "full")
    assert every is not None
    many = tuple(f"Deal {k}" for k in range(9))
    page = replace(PAGE, bundles=(replace(every, deals=many),))

    def said(deals: tuple[str, ...]) -> str:
        return choice.members(bundle("full", "best", deals, 0.0, 0.0), page)

    assert said(()) == "no deal"
    assert said(many) == "all nine deals"
    assert said(many[:2]) == "“Deal 0” and “Deal 1”"
    assert said(many[:8]) == "all deals but “Deal 8”"
    assert said(many[:4]) == "four of nine deals"


def test_limits_greedy_taken_and_proof_are_said() -> None:
    said = chosen(PAGE)
    for part in (
        "Limits: at most 2 deals.",
        "Best delivered in full: “Pact” and “Port” (real income +0.052 % in peace and −6.1 % under "
        "a full cut-off, exposure 6.15 %).",
        "Taking deals one by one, the best first, ends with “Port”, 0.021 percentage points short "
        "of the best.",
        "What was taken (“Fund” and “Pact”) is 0.0075 percentage points worse than the best "
        "within the limits, at the odds of delivery, in exposure.",
        "Exact: every one of 16 bundles was valued; 11 keep the limits.",
    ):
        assert part in said, part
    assert said.count("one by one") == 1
    assert "No limits are set" in chosen(replace(PAGE, rules=()))
    bounded = ChoiceRow("full", "bounded", 61, None, 0.00002, 0.0)
    assert "no bundle that was valued exceeded its bound" in chosen(
        replace(PAGE, choices=(bounded,))
    )
    broken = replace(bounded, breach_percent=0.01)
    assert "exceeded its bound by 0.010 %" in chosen(replace(PAGE, choices=(broken,)))


def test_the_tables_hold_every_figure() -> None:
    rows = [tuple(map(plain, row)) for row in worth.table(PAGE).rows]
    assert rows[:3] == [
        ("Fund", "in peace", "0.130", "0.110", "0.120", "0.030", "0.000", "0.120"),
        ("", "threatened", "0.100", "0.080", "0.090", "0.022", "0.000", "0.090"),
        ("", "exposure", "0.040", "0.020", "0.030", "0.007", "0.000", "0.030"),
    ]
    assert [row[0] for row in rows if row[0]] == ["Fund", "Pact", "Port"]
    lines = [tuple(map(plain, row)) for row in choice.table(PAGE).rows]
    assert ("Best", "delivered in full", "Pact; Port", "0.052", "−6.100", "6.152") in lines
    assert [line[0] for line in lines].count("Nothing signed") == 1
    assert [line[0] for line in lines].count("Greedy: one by one, the best first") == 1
    assert ("All deals that act", "at the odds of delivery", "All four deals") in [
        line[:3] for line in lines
    ]


def test_the_figure_has_three_bars_for_each_deal(told: Results) -> None:
    drawn = worth_figures.worth_figure(told)
    assert drawn is not None
    for part in (
        "Fund (odds 25 %)",
        "0.12 % in peace",
        "0.090 % under the threat",
        "0.030 points of exposure",
        "−0.30 points of exposure",
    ):
        assert part in plain(drawn.wide), part
    spec = drawn.alone["datasets"]
    assert [bar["opacity"] for bar in spec["bars"]][::3] == pytest.approx([0.385, 0.918, 0.221])
    assert {(span["x"], span["x2"]) for span in spec["spans"]} >= {(0.0, 0.12)}
    assert drawn.finding in drawn.alt
    small = PAGE
    for measure in ("peace", "threat", "exposure"):
        small = scaled(small, measure, 0.01)
    pairs = zip(PAGE.rows, small.rows, strict=True)
    tiny = replace(PAGE, rows=tuple(low if high.deal == "pact" else high for high, low in pairs))
    less = worth_figures.worth_figure(replace(told, worth=tiny))
    assert less is not None
    assert "Much smaller, and in the CSV file only: Pact." in less.note
    assert "Pact" not in {row[0] for row in worth.table(tiny).rows}
    assert any("Pact" in note for note in worth.table(tiny).notes)


def test_the_frontier_marks_nothing_all_best_and_taken(told: Results) -> None:
    drawn = worth_figures.frontier_figure(told)
    assert drawn is not None
    for part in ("nothing signed", "best, in full", "best, at the odds", "taken, at the odds"):
        assert part in plain(drawn.wide), part
    data = drawn.alone["datasets"]
    path = [value for point in data["path-0"] for value in (point["x"], point["y"])]
    assert path == pytest.approx([0.052, 6.152, 0.131, 6.201])
    words = [w["words"] for w in data["words"]]
    assert len(words) == len(set(words)) == 6
    for k, one in enumerate(data["words"]):
        for other in data["words"][k + 1 :]:
            apart = one["px"] > other["px"] + other["long"] or other["px"] > one["px"] + one["long"]
            assert apart or abs(one["py"] - other["py"]) > 10


def test_the_report_has_the_section_only_where_there_is_one(
    told: Results, results: Results
) -> None:
    html = report(told)
    page = Page(html)
    assert "What is each deal worth?" in [words for _, words in page.headings]
    assert plain(choice.finding(PAGE, told)) in plain(html)
    assert 'id="worth"' not in report(results)
    names = [figure.name for figure in figures(told)]
    assert names.index("deals") < names.index("worth") < names.index("bundles")


def test_rows_go_to_json_and_csv_and_back(told: Results) -> None:
    assert Results.from_dict(told.to_dict()).worth == PAGE
    tables = csv_tables(told)
    assert tables["contributions"].splitlines()[1].startswith("fund,Fund,peace,0.13,0.11,0.12,")
    assert "peace,pact,Pact,fund,Fund,71.0" in tables["ranks"]
    assert "full,best,Pact; Port,0.052,-6.1," in tables["bundles"]
    assert len(Brief(told).tables["bundles"]) == len(PAGE.bundles)


def test_words_that_do_not_exist_are_refused() -> None:
    with pytest.raises(OptionError, match="Nearest: greedy"):
        BundleRow("full", "gredy", (), 0, 0, 0, 0)
    with pytest.raises(OptionError):
        BundleRow("half", "best", (), 0, 0, 0, 0)
    with pytest.raises(OptionError):
        ChoiceRow("full", "guessed", 1)
    with pytest.raises(OptionError):
        WorthPage("felt", 1, 1)
    with pytest.raises(KeyError):
        PAGE.row("fund", "peas")
