"""The report stands alone: every section, every figure, no network, nothing unescaped."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest

from countervail.brief import numbers, text, views
from countervail.brief.figures.charts import Figure
from countervail.brief.html import report, sections
from countervail.brief.results import ClaimRow, DealRow, Results, SectorRow, Spill

from . import channel_example, example
from .page import Page


def decoded(page: Page, name: str) -> str:
    found = {href for href, download, _ in page.links if download == name}
    assert len(found) == 1, f"{name} is linked as {len(found)} different files"
    head, coded = found.pop().split(",", 1)
    assert head.startswith("data:")
    return base64.b64decode(coded).decode("utf-8")


def test_every_section_is_there_and_linked(results: Results, page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids)), "an identifier is used twice"
    for anchor, title in sections(results):
        assert anchor in ids
        assert any(href == f"#{anchor}" for href, _, _ in page.links)
        if anchor != "answer":
            assert (2, title) in page.headings


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_nothing_is_fetched(page: Page, html: str) -> None:
    assert page.values("src") == []
    for tag, known in page.tags:
        href = known.get("href") or known.get("xlink:href") or "#"
        allowed = ("#", "data:", "https://") if tag == "a" else ("#", "data:")
        assert href.startswith(allowed), f"<{tag}> points to {href}"
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    assert not {"script", "iframe", "img", "object"} & {tag for tag, _ in page.tags}


def test_every_figure_of_the_ladder_is_in_its_table(results: Results, page: Page) -> None:
    assert len(results.ladder) > 50
    for row in results.ladder:
        left_out = ", energy left out" if row.energy == "exempt" else ""
        caption = f"{text.run_title(row.horizon)}{left_out}: loss of real income in percent"
        [lines] = [rows for title, rows in page.tables.items() if title.startswith(caption)]
        [line] = [cells for cells in lines if cells[0] == text.rung(row)]
        start = 1 if row.retaliation == "none" else 6
        assert line[start : start + 4] == [
            numbers.fixed(row.harm_percent),
            numbers.fixed(row.harm_bn, 1),
            numbers.fixed(row.cost_percent),
            numbers.fixed(row.cost_bn, 1),
        ]


def test_a_failed_cell_shows_its_reason(page: Page) -> None:
    assert "35\u202f%, retaliation proportional: the solver stopped" in page.text
    assert "1 of the 63 cells of the ladder has no figure" in page.text


def test_the_csv_behind_a_link_holds_the_same_numbers(results: Results, page: Page) -> None:
    rows = list(csv.DictReader(io.StringIO(decoded(page, "ladder.csv"))))
    assert len(rows) == len(results.ladder)
    for row, cell in zip(rows, results.ladder, strict=True):
        for name in ("harm_percent", "harm_bn", "cost_percent", "cost_bn", "certificate"):
            value = getattr(cell, name)
            assert row[name] == ("" if value is None else repr(value))
    spill = list(csv.DictReader(io.StringIO(decoded(page, "spill.csv"))))
    assert [float(row["welfare_percent"]) for row in spill] == [
        s.welfare_percent for s in results.spill
    ]


def test_results_and_manifest_come_with_the_page(results: Results, page: Page) -> None:
    assert Results.from_dict(json.loads(decoded(page, "results.json"))) == results
    assert json.loads(decoded(page, "manifest.json")) == results.manifest


def test_tables_can_be_read_aloud(page: Page, html: str) -> None:
    assert html.count("<table") == html.count("<caption") == len(page.tables)
    assert all(known.get("scope") for tag, known in page.tags if tag == "th")
    for rows in page.tables.values():
        widths = {len(cells) for cells in rows[-2:]}
        assert len(widths) == 1


def test_figures_have_words_for_those_who_do_not_see_them(page: Page, drawn: list[Figure]) -> None:
    labels = [known.get("aria-label") for _, known in page.tags if known.get("role") == "img"]
    assert labels == [figure.alt for figure in drawn]
    assert all(figure.finding in figure.alt for figure in drawn)


def test_named_threats_deals_and_claims_are_never_dropped(results: Results, page: Page) -> None:
    for threat in results.threats:
        assert numbers.typeset(threat.title) in page.text
    for deal in results.deals:
        assert deal.title in page.text
    for claim in results.claims:
        assert claim.says in page.text
        assert claim.verdict in page.text
    assert "The world has one food sector" in page.text
    assert [t.id for t in views.quantified(results)] == ["all-goods-100", "autos"]


def test_many_sectors_are_folded_but_all_there(results: Results) -> None:
    rows = tuple(
        SectorRow(f"sector-{i}", float(i), 1.0, 1.0, 2.0, "Source A" if i % 2 else "Source B")
        for i in range(30)
    )
    page = Page(report(replace(results, world=replace(results.world, sector_rows=rows))))
    short, full = (cells for title, cells in page.tables.items() if "by sector" in title)
    assert [row[0] for row in short[1:]] == [f"Sector {i}" for i in range(29, 17, -1)]
    assert [row[0] for row in full[1:]] == [f"Sector {i}" for i in range(29, -1, -1)]
    assert full[1][-1] == "[1]"
    assert full[2][-1] == "[2]"
    assert "[1] Source A" in page.text
    assert "[2] Source B" in page.text


def test_constructed_data_is_called_so_at_the_top(page: Page) -> None:
    top = page.text.split("How far can Canada be cornered?")[1]
    assert "Constructed data" in top
    assert "service tariffs are set to zero" in top


EVIL = '<script>alert("x")</script>'


def test_nothing_from_a_scenario_acts_as_markup() -> None:
    page = Page(
        report(
            example.results(
                title=EVIL,
                question=EVIL,
                protagonist_name=EVIL,
                notices=(EVIL,),
                closure=EVIL,
                deals=(DealRow("x", EVIL, EVIL, (EVIL,), EVIL, EVIL, EVIL, EVIL, EVIL, (EVIL,)),),
                claims=(
                    ClaimRow("x", EVIL, EVIL, evidence=EVIL, sources=("javascript:alert(1)",)),
                ),
                spill=(Spill("X", -0.1, name=EVIL),),
                spill_at=EVIL,
            )
        )
    )
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [href for href, _, _ in page.links if href.startswith("javascript")]
    assert EVIL in page.text


def test_an_almost_empty_result_is_still_a_page() -> None:
    bare = example.results(
        ladder=(),
        threats=(),
        deals=(),
        claims=(),
        parameters=(),
        spill=(),
        manifest={},
        notices=(),
        closure="",
        data_date="",
    )
    page = Page(report(bare))
    for anchor, _ in sections(bare):
        assert anchor in page.values("id")
    assert "No rung of the ladder" in page.text
    assert "No certificate came with these results" in page.text


def test_equal_results_give_equal_bytes(html: str) -> None:
    assert report(channel_example.results()) == html


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def contrast(a: str, b: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    css = files("countervail.brief").joinpath("templates", "brief.css").read_text("utf-8")
    light, rest = css.split("@media (prefers-color-scheme: dark)")
    dark, printed = rest.split("@media print")
    known = {"light": colours(light), "dark": colours(dark), "print": colours(printed)}[scheme]
    for name in ("ink", "muted", "mine", "theirs", "link"):
        for ground in ("paper", "raised"):
            assert contrast(known[name], known[ground]) >= 4.5, (name, ground)
    assert contrast(known["notice-ink"], known["notice"]) >= 4.5
    assert contrast(known["rest"], known["paper"]) >= 3
