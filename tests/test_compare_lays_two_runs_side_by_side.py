"""``compare``: equal sides say so, one change shows as one, sides turn round, bad input named."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest

import countervail as cv
from countervail.brief import compared
from countervail.brief.named import named
from countervail.brief.results import ClaimRow, Results
from countervail.brief.rows.comparison import FigureChange
from countervail.cli import call
from countervail.comparison import compare_results, results_of
from countervail.errors import CountervailError, InputError
from tests.brief import sequence_example, worth_example

CASE = """
title = "Two neighbours"
world = "world-2014"
protagonist = "CAN"
coercer = ["USA"]

[ladder]
rates = [0.1]
horizons = ["medium"]
cut_off = false
energy = false

[[threat]]
id = "steel"
title = "Duty on metals"
instrument = "import-tariff"
rate = 0.25
sectors = ["basic-metals"]
status = "threatened"
sources = ["https://example.org/1"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios that differ in one rate, and the results of the first."""
    place = tmp_path_factory.mktemp("compare")
    (place / "a.toml").write_text(CASE, "utf-8")
    (place / "b.toml").write_text(CASE.replace("rate = 0.25", "rate = 0.5"), "utf-8")
    brief = cv.run(place / "a.toml", measures=[])
    brief.save(place / "result")
    return place


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return results_of(folder / "result")


def one(before: Results, after: Results) -> cv.Comparison:
    return compare_results(before, after, names=("a", "b"), inputs=())


def test_the_same_differs_in_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side in (folder / "a.toml", folder / "result"):
        assert cv.compare(side, side, measures=[]).same
    assert cv.compare(folder / "a.toml", folder / "result", measures=[]).same
    assert call(["compare", str(folder / "result"), str(folder / "result")]) == 0
    assert "Nothing differs" in capsys.readouterr().out


def test_one_rate_is_one_input_and_moves_its_own_figures(folder: Path) -> None:
    found = cv.compare(folder / "a.toml", folder / "b.toml", measures=[])
    assert found.inputs is not None
    (entry,) = found.inputs
    assert (entry.path, entry.before, entry.after) == ("threat[steel].rate", "0.25", "0.5")
    assert {row.key for row in found.moved} == {"threat|steel|harm", "threat|steel|cost"}
    world = cv.load_world("world-2014")
    shock = cv.Shock(world).tariff("USA", "CAN", "basic-metals", add=0.5)
    loss = -cv.solve(world, shock, cv.Closure.of_horizon("medium")).welfare.sel(region="CAN")
    harm = next(row for row in found.moved if row.key == "threat|steel|harm")
    assert harm.after == pytest.approx(float(loss), abs=1e-9)
    assert not found.warnings
    assert compared.finding(found).startswith("One input differs and 2 of ")


def test_no_two_figures_go_by_one_name(results: Results) -> None:
    full = replace(results, worth=worth_example.PAGE, sequence=sequence_example.PAGE)
    page = full.worth
    assert page is not None
    for k, row in enumerate(page.rows):
        changed = (*page.rows[:k], replace(row, alone_percent=9.0), *page.rows[k + 1 :])
        (moved,) = one(full, replace(full, worth=replace(page, rows=changed))).moved
        assert moved.label == f"{row.title}, {row.measure}: alone"
    labels = [(f.section, f.label) for f in one(full, full).figures]
    assert len(labels) == len(set(labels))


def test_turned_round_every_sign_turns(folder: Path) -> None:
    there = cv.compare(folder / "a.toml", folder / "b.toml", measures=[])
    back = cv.compare(folder / "b.toml", folder / "a.toml", measures=[])
    changes = {row.key: row.change for row in there.moved}
    assert changes
    assert {row.key: -(row.change or 0.0) for row in back.moved} == pytest.approx(changes)
    assert there.inputs is not None
    assert back.inputs is not None
    assert [(i.after, i.before) for i in back.inputs] == [(i.before, i.after) for i in there.inputs]


def test_a_result_that_holds_its_scenario_tells_its_inputs(folder: Path, results: Results) -> None:
    text = (folder / "a.toml").read_text("utf-8")
    held, other = (replace(results, scenario=t) for t in (text, text.replace("0.25", "0.5")))
    found = cv.compare(held, other)
    assert found.inputs is not None
    assert [i.path for i in found.inputs] == ["threat[steel].rate"]
    # Without one the digest still tells whether the scenario is the same.
    digest = {**results.manifest, "scenario": {"hash": "sha256:other"}}
    assert cv.compare(replace(results, scenario=""), replace(results, scenario="")).inputs == ()
    unknown = cv.compare(
        replace(results, scenario=""), replace(results, scenario="", manifest=digest)
    )
    assert unknown.inputs is None
    assert "not known" in compared.compare_page(unknown)


def test_a_saved_brief_holds_its_scenario(folder: Path, results: Results, tmp_path: Path) -> None:
    from countervail.brief.report import Brief

    Brief(replace(results, scenario=CASE)).save(tmp_path)
    assert (tmp_path / "scenario.toml").read_text("utf-8") == CASE
    assert cv.read_scenario(tmp_path / "scenario.toml").title == "Two neighbours"
    Brief(replace(results, scenario="")).save(tmp_path)
    assert not (tmp_path / "scenario.toml").exists()


def test_verdicts_are_laid_side_by_side(results: Results) -> None:
    claims = (ClaimRow("calm", "It is calm."), ClaimRow("safe", "It is safe.", verdict="supported"))
    before = replace(results, claims=claims)
    after = replace(results, claims=(replace(claims[0], verdict="undecided"), claims[1]))
    (turned,) = one(before, after).turned
    assert (turned.id, turned.before, turned.after) == ("calm", "not yet tested", "undecided")
    assert "one verdict differs" in compared.finding(one(before, after))
    gone = one(before, replace(results, claims=claims[:1]))
    assert [(v.id, v.after) for v in gone.turned] == [("safe", "")]


def test_other_worlds_years_and_closures_are_warned_of(results: Results) -> None:
    world = replace(results.world, name="other", base_year=2001)
    warned = " ".join(one(results, replace(results, world=world, closure="another")).warnings)
    for words in ("world-2014 and other", "2014 and 2001", "not subtracted", "different closures"):
        assert words in warned
    assert one(results, replace(results, horizon="long")).warnings
    assert not one(results, results).warnings


def test_dollars_of_other_years_are_not_subtracted() -> None:
    row = FigureChange("k", "Demand", "Demand", "US$ bn", 1.0, 2.0, comparable=False)
    assert row.change is None
    assert row.moved
    assert FigureChange("k", "Demand", "Demand", "US$ bn", 1.0, 2.0).change == 1.0


def test_noise_is_no_change() -> None:
    assert not FigureChange("k", "", "", "%", 1.0, 1.0 + 1e-8).moved
    assert FigureChange("k", "", "", "%", 1.0, 1.0 + 1e-5).moved
    assert FigureChange("k", "", "", "%", None, 1.0).moved
    assert not FigureChange("k", "", "", "%", None, None).moved


def test_every_figure_has_words_and_a_unit(results: Results) -> None:
    found = named(results)
    assert {"ladder|10 %|medium|none|included|harm", "threat|steel|harm"} <= set(found)
    for key, figure in found.items():
        assert all((figure.section, figure.label, figure.unit)), key


@dataclass(frozen=True)
class Row:
    id: str
    gain_percent: float | None
    rank: int = 1
    when_years: int = 3


@dataclass(frozen=True)
class More(Results):
    """Results with a part that ``named`` has never heard of."""

    worths: tuple[Row, ...] = ()


def test_a_part_that_is_new_is_compared_too(results: Results) -> None:
    parts = {f.name: getattr(results, f.name) for f in fields(results)}
    worths = More(**parts, worths=(Row("uae", 0.5), Row("qatar", None)))
    new = {key: f for key, f in named(worths).items() if key not in named(results)}
    assert set(new) == {
        *("worths|uae|gain_percent", "worths|uae|when_years", "worths|qatar|when_years"),
    }
    assert new["worths|uae|gain_percent"].value == 0.5
    assert new["worths|uae|gain_percent"].label == "Uae: gain"


def test_json_csv_and_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", str(folder / "a.toml"), str(folder / "b.toml"), "--measures", "none"]
    assert call([*asked, "--json", "--out", str(folder / "page.html")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["path"] for row in found["inputs"]] == ["threat[steel].rate"]
    moved = [row for row in found["figures"] if row["moved"]]
    assert {row["key"] for row in moved} == {"threat|steel|harm", "threat|steel|cost"}
    assert found["before"]["world"] == "world-2014"
    page = (folder / "page.html").read_text("utf-8")
    assert "What differs?" in page
    assert "Most moves harm, Duty on metals" in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert call([*asked, "--csv"]) == 0
    assert capsys.readouterr().out.startswith("key,section,label,unit,before,after")


@pytest.mark.parametrize(
    ("after", "options", "said"),
    [
        ("nothing.toml", [], "nothing.toml"),
        ("empty", [], "holds no results"),
        ("broken.json", [], "cannot read"),
        ("foreign.json", [], "not a results file"),
        ("old.json", [], "written by countervail 0.0.1"),
        ("a.toml", ["--measures", "many"], "'many' is not offered"),
        ("a.toml", ["--out", "."], "is a folder"),
        ("a.toml", ["--out", "no/such/page.html"], "no folder"),
        ("a.toml", ["--json", "--csv"], "exclude each other"),
    ],
)
def test_bad_input_is_named(
    folder: Path,
    after: str,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "empty").mkdir(exist_ok=True)
    (folder / "broken.json").write_text("{", "utf-8")
    (folder / "foreign.json").write_text('{"figures": 1}', "utf-8")
    old = {"unheard": 1, "manifest": {"versions": {"countervail": "0.0.1"}}}
    (folder / "old.json").write_text(json.dumps(old), "utf-8")
    code = call(["compare", str(folder / "a.toml"), str(folder / after), *options])
    out = capsys.readouterr()
    assert code in (1, 2)
    assert said in out.err
    assert not out.out


def test_what_cannot_be_read_raises_our_own_error(folder: Path) -> None:
    with pytest.raises(InputError):
        cv.compare(folder / "a.toml", folder, measures=[])
    with pytest.raises(CountervailError):
        cv.compare("no-such-case", folder / "result")
