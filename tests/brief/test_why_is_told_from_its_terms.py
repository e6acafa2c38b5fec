"""The section on why real income changes says what its terms say, whichever way they point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countervail.brief.figures.charts import figures
from countervail.brief.html import report
from countervail.brief.questions import why
from countervail.brief.report import Brief
from countervail.brief.results import Results
from countervail.brief.rows.why import WhyPage, WhyRow
from countervail.errors import OptionError

from .test_findings_follow_the_figures import plain


def step(channel: str, side: str, percent: float) -> WhyRow:
    return WhyRow("step", channel=channel, side=side, percent=percent)


def page(*steps: WhyRow) -> WhyPage:
    rows = (
        *steps,
        WhyRow("partner", partner="USA", partner_name="United States", percent=-3.0),
        WhyRow("partner", partner="CHN", partner_name="China", percent=0.7),
        WhyRow("partner", partner="transfers", partner_name="transfers", percent=-0.1),
        WhyRow("sector", sector="mining", sector_name="Mining", percent=-2.0),
        WhyRow("term", "export earnings", "", "USA", "United States", "mining", "Mining", -2.4),
    )
    total = sum(row.percent for row in steps)
    return WhyPage("25 % tariff on goods, medium run", total, 1e-15, 5, rows=rows)


LOSS = page(
    step("export earnings", "coercer", -3.0),
    step("own tariffs", "coercer", -0.3),
    step("tariff revenue", "coercer", 0.004),
    step("home market", "home", 1.5),
    step("export earnings", "others", 0.7),
)
GAIN = page(
    step("productivity", "home", 0.28),
    step("export earnings", "others", 0.03),
    step("transfers", "", -0.2),
)


def test_a_loss_names_what_costs_and_what_gives_back(results: Results) -> None:
    assert plain(why.finding(LOSS, results)) == (
        "Lower export earnings from the United States would take 3.0 % from Canada’s real income; "
        "more work for the home market and higher export earnings from all others would give "
        "back 2.2 %"
    )


def test_a_gain_names_what_adds_and_what_takes(results: Results) -> None:
    assert plain(why.finding(GAIN, results)) == (
        "Higher productivity at home would add 0.28 % to Canada’s real income; money that goes "
        "abroad would take 0.20 %"
    )


def test_one_side_alone_needs_no_other(results: Results) -> None:
    alone = page(step("trade costs", "coercer", -2.0))
    assert plain(why.finding(alone, results)) == (
        "Higher costs of buying from the United States would take 2.0 % from Canada’s real income"
    )
    still = page(step("trade costs", "coercer", 0.0))
    assert "does not change" in why.finding(still, results)
    assert why.figure(replace(results, why=still)) is None


def test_the_table_keeps_the_sum(results: Results) -> None:
    rows = why.table(LOSS, results).rows
    assert rows[0][0] == "Lower export earnings from the United States"
    assert rows[-1] == ("All terms together", "−1.10")
    shown = [float(value.replace("−", "-")) for _, value in rows[:-1]]
    assert sum(shown) == pytest.approx(LOSS.percent, abs=0.02)


def test_the_bars_lead_from_nothing_to_the_change(results: Results) -> None:
    drawn = why.figure(replace(results, why=LOSS))
    assert drawn is not None
    assert drawn.finding == why.finding(LOSS, results)
    assert "sum to −1.1" in drawn.alt
    names = ("Lower export earnings", "Own tariffs", "More work", "All smaller terms")
    assert all(name in drawn.wide for name in names)
    assert [f.name for f in figures(replace(results, why=LOSS))].count("why") == 1


def test_partners_and_products_are_named_with_their_signs(results: Results) -> None:
    said = plain(" ".join(why.sentences(LOSS, results)))
    assert "mining (−2.0 %) weigh most" in said
    assert "trade with China (0.70 %) softens the loss most" in said
    assert "transfers (" not in said


def test_the_report_has_the_section_only_with_terms(results: Results) -> None:
    assert 'id="why"' not in report(replace(results, why=None), [])
    full = replace(results, why=LOSS)
    text = report(full)
    assert 'id="why"' in text
    assert plain(why.finding(LOSS, results)) in plain(text)
    assert len(Brief(full).tables["why"]) == len(LOSS.rows)
    assert Results.from_dict(full.to_dict()) == full


def test_a_row_of_no_kind_is_refused() -> None:
    with pytest.raises(OptionError, match="steps"):
        WhyRow("steps")
    with pytest.raises(OptionError, match="coercers"):
        WhyRow("step", side="coercers")
