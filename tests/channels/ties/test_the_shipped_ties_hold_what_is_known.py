"""The package's own ties: rows are whole, known facts are in, and lists that others keep agree."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest

import countervail as cv
from countervail.brief.rows.channels import TiesPage
from countervail.brief.rows.plain import from_plain
from countervail.channels.ties.graph import Ties
from countervail.channels.ties.rows import ties_page
from countervail.channels.ties.voting import mean_positions
from countervail.cli import call
from countervail.world import registry

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data" / "ties"
needs_lists = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is absent")
WORLD = cv.load_world("world-2023")
TIES = cv.read_ties(WORLD)
TABLES = ("agreements.csv", "alliances.csv", "investment-treaties.csv")


def rows(name: str) -> list[dict[str, str]]:
    text = files("countervail.data").joinpath("ties", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_whole(table: str) -> None:
    found = rows(table)
    assert len({row["id"] for row in found}) == len(found)
    known = {*registry.regions(), *registry.groups("region")}
    for row in found:
        assert None not in row, row
        assert None not in row.values(), row
        assert set(row["members"].split(";")) <= known, row
        assert set(row["partners"].split(";")) - {""} <= known, row
        assert row["depth"] in (("deep", "shallow") if table == TABLES[0] else ("",)), row
        assert not row["since"] or 1940 < int(row["since"]) <= 2026, row
        assert row["status"] in ("read", "general knowledge"), row
        assert row["source"].startswith("http") == (row["status"] == "read"), row


def test_every_mediator_has_a_conflict_and_a_source() -> None:
    for row in rows("mediators.csv"):
        assert row["country"] in registry.regions(), row
        assert row["role"] in ("mediator", "host", "guarantor"), row
        assert 2020 <= int(row["year"]) <= 2026, row
        assert row["conflict"], row
        assert row["source"].startswith("http") == (row["status"] == "read"), row


@pytest.mark.parametrize(
    ("a", "b", "layer", "tied"),
    [
        ("CAN", "USA", "trade-agreement", True),
        ("CAN", "DEU", "trade-agreement", True),
        ("CAN", "JPN", "trade-agreement", True),
        ("CAN", "CHN", "trade-agreement", False),
        ("CAN", "QAT", "trade-agreement", False),
        ("USA", "CHN", "trade-agreement", False),
        ("USA", "DEU", "trade-agreement", False),
        ("QAT", "ARE", "trade-agreement", True),
        ("CHE", "CHN", "trade-agreement", True),
        ("CAN", "DEU", "alliance", True),
        ("USA", "JPN", "alliance", True),
        ("USA", "NZL", "alliance", False),
        ("CAN", "MEX", "alliance", False),
        ("CAN", "CHN", "investment-treaty", True),
        ("USA", "CHN", "investment-treaty", False),
        ("CAN", "ARE", "investment-treaty", False),
        ("CAN", "QAT", "investment-treaty", False),
    ],
)
def test_known_pairs(a: str, b: str, layer: str, tied: bool) -> None:
    assert bool(TIES.between(a, b, [layer])) is tied


def test_votes_and_distances_are_plausible() -> None:
    assert TIES.affinity("USA", "CAN") > TIES.affinity("USA", "CHN")  # type: ignore[operator]
    assert TIES.affinity("CAN", "TWN") is None
    assert TIES.affinity("QAT", "ARE") > 0.9  # type: ignore[operator]
    assert 10_000 < TIES.distance("CAN", "QAT") < 12_000  # type: ignore[operator]


def test_a_region_of_several_countries_is_tied_as_any_of_them() -> None:
    merged = WORLD.aggregate(regions={"BLOC": ["DEU", "FRA"], "ROW": ["ROW", "CAN"]})
    found = cv.read_ties(merged)
    assert "CAN" not in found.nodes
    assert found.between("BLOC", "JPN", ["trade-agreement"])
    assert not [tie for tie in found.ties if tie.a == tie.b]
    assert found.gdp["BLOC"] == pytest.approx(TIES.gdp["DEU"] + TIES.gdp["FRA"])


def test_the_founding_case_fills_its_page() -> None:
    deals = cv.read_scenario("canada-2026").deals
    report = cv.ties_report(TIES, "CAN", "USA", deals)
    page = from_plain(TiesPage, ties_page(report, "United States"), "ties")
    assert page.actor_name == "Canada"
    assert [row.what for row in page.reach][:2] == ["world GDP", "mediators"]
    first, direct = page.reach[0], page.reach[2]
    assert first.before_percent == first.after_percent == report.reach[0].after.most_percent
    gained = direct.after_percent - direct.before_percent  # type: ignore[operator]
    own = 100 * (TIES.gdp["QAT"] + TIES.gdp["ARE"]) / TIES.world_gdp
    assert gained == pytest.approx(own)
    assert ("Qatar", "direct") in page.mediators
    assert "if delivered (announced)" in {t.partner: t.status for t in page.ties}["QAT"]
    assert {t.partner for t in page.ties}.isdisjoint(t.partner for t in page.new_ties)


def test_shown_rows_agree_with_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["ties", "--of", "QAT", "--without", "SAU", "--steps", "1", "--quiet"]
    report = cv.ties_report(TIES, "QAT", "SAU", steps=1)
    assert call([*flags, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reach"][0]["after_percent"] == report.reach[0].after.gdp_percent
    assert found["reach"][0]["before_percent"] is None
    assert [row["partner"] for row in found["new_ties"]] == [r.partner for r in report.new.rows]
    assert call([*flags, "--csv"]) == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(lines) == len(TIES.nodes) - 2 + bool(TIES.between("QAT", "SAU"))
    assert call(flags) == 0
    assert "how they are reached without Saudi Arabia" in capsys.readouterr().out


@pytest.mark.shared
@needs_lists
def test_the_published_votes_give_what_ships() -> None:
    made = mean_positions(SHARED / "unga_idealpoints_all_2020.csv")
    shipped = {row["country"]: (row["position"], row["sessions"]) for row in rows("voting.csv")}
    assert shipped == {code: (f"{x:.4f}", f"{n}") for code, (x, n) in made.items()}


def agreeing(mine: Ties, theirs: Ties, layer: str, who: str | None) -> float:
    """The part of pairs (of ``who``) on which two sets of ties say the same."""
    pairs = [
        {pair for pair in ties.strengths([layer]) if who is None or who in pair}
        for ties in (mine, theirs)
    ]
    size = len(mine.nodes)
    return 1 - len(pairs[0] ^ pairs[1]) / (size * (size - 1) / 2 if who is None else size - 1)


@pytest.mark.shared
@needs_lists
def test_agreements_agree_with_desta_as_the_page_says() -> None:
    mine = cv.read_ties(WORLD, year=2020)
    theirs = cv.read_ties(WORLD, SHARED / "desta_list_members.csv", year=2020)
    page = " ".join((ROOT / "docs" / "ties.md").read_text("utf-8").split())
    for who in (None, "CAN", "USA", "CHN"):
        share = agreeing(mine, theirs, "trade-agreement", who)
        assert share > 0.88, who
        assert f"{100 * share:.1f} %" in page, who


@pytest.mark.shared
@needs_lists
def test_no_treaty_in_force_of_the_three_is_missing() -> None:
    theirs = cv.read_ties(WORLD, SHARED / "unctad_BIT-origin_2017.dta")
    for who in ("CAN", "USA", "CHN"):
        listed = {p for p in theirs.strengths(["investment-treaty"]) if who in p}
        assert listed
        assert listed <= set(TIES.strengths(["investment-treaty"])), who
