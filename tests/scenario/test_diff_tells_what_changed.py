"""A difference names entries, gives both values, and passes over what means nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from countervail.errors import InputError
from countervail.scenario.diff import diff, diff_scenarios
from countervail.scenario.read import parse_scenario, scenario_text
from countervail.scenario.write import update

from .cases import CLAIM, DEAL, HEAD, THREAT

BASE = HEAD + THREAT + DEAL + CLAIM
REST = {"horizon": "long", "retaliation": "none", "energy": "included"}


def rows(before: str, after: str) -> list[str]:
    return [str(change) for change in diff_scenarios(parse_scenario(before), parse_scenario(after))]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"threat[cars].rate": 0.5}, "threat[cars].rate: 0.25 -> 0.5 (+0.25, +100 %)"),
        ({"horizon": "long"}, "horizon: medium -> long"),
        ({"coercer": ["USA", "MEX"]}, "coercer: USA -> USA, MEX"),
        ({"ladder": {"cut_off": False}}, "ladder.cut_off: true -> false"),
        ({"deal[pledge].terms": "Soon."}, "deal[pledge].terms added: Soon."),
        ({"deal[pledge].date": None}, "deal[pledge].date removed: 2025-11-20"),
        ({"claim[safe]": None}, "claim[safe] removed: It is safe."),
    ],
)
def test_one_change_gives_one_row(changes: dict[str, Any], said: str) -> None:
    assert rows(BASE, update(BASE, changes)) == [said]


def test_changes_can_be_written_as_json() -> None:
    changes = diff_scenarios(parse_scenario(HEAD), parse_scenario(BASE))
    assert json.loads(json.dumps([asdict(change) for change in changes]))[0]["kind"] == "added"
    (change,) = diff_scenarios(parse_scenario(BASE), parse_scenario(BASE.replace("11-20", "11-21")))
    assert (change.before, change.after) == ("2025-11-20", "2025-11-21")


def test_entries_are_matched_by_id_and_not_by_place() -> None:
    other = THREAT.replace("cars", "steel").replace("0.25", "0.5")
    assert rows(HEAD + THREAT + other, HEAD + other + THREAT) == []
    (said,) = rows(HEAD + THREAT, HEAD + other + THREAT)
    assert said.startswith("threat[steel] added")


def test_a_default_that_is_written_out_is_no_change() -> None:
    assert rows(BASE, BASE.replace("coercer", 'horizon = "medium"\ncoercer')) == []


def result(folder: Path, **changes: Any) -> Path:
    values = {
        "title": "Example data",
        "ladder": [
            {"rung": rung, **REST, "harm_percent": harm}
            for rung, harm in (("10 %", 0.5), ("25 %", 1.25))
        ],
        "threats": [{"id": "cars", "harm_bn": 2.0, "note": None}],
        "certificate_worst": 1e-12,
        "manifest": {
            "world": "aa",
            "command": "countervail run a",
            "run": {"created": "yesterday", "timings_seconds": {"solve": 1.0}},
        },
    }
    values.update(changes)
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(values["manifest"]))
    (folder / "results.json").write_text(json.dumps(values))
    return folder


def test_results_are_compared_figure_by_figure(tmp_path: Path) -> None:
    before = result(tmp_path / "a")
    after = result(
        tmp_path / "b",
        ladder=[{"rung": "25 %", **REST, "harm_percent": 1.5}],
        threats=[{"id": "cars", "harm_bn": 2.0 + 1e-9, "note": "new"}],
        certificate_worst=9e-12,
        manifest={
            "world": "bb",
            "command": "countervail run b",
            "run": {"created": "today", "timings_seconds": {"solve": 2.0}},
        },
    )
    found = diff(before, after)
    assert found.kind == "results"
    assert [str(change) for change in found.changes] == [
        "ladder[10 %, long, none, included] removed: rung 10 %, horizon long, retaliation none, "
        "energy included, harm_percent 0.5",
        "ladder[25 %, long, none, included].harm_percent: 1.25 -> 1.5 (+0.25, +20 %)",
        "threats[cars].note added: new",
        "manifest.world: aa -> bb",
    ]
    assert found.unseen == 2
    assert "2 figures differ by less" in found.rows()[-1]


def test_equal_things_have_no_difference(tmp_path: Path) -> None:
    before, after = result(tmp_path / "a"), result(tmp_path / "b")
    assert diff(before, after).rows() == ("no difference between the two results.",)
    assert not diff("canada-2026", "canada-2026").changes


def test_scenarios_are_compared_by_name_or_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(update(scenario_text("canada-2026")[0], {"threat[s338-autos].rate": 0.25}))
    found = diff("canada-2026", path)
    assert found.kind == "scenarios"
    assert found.rows() == ("threat[s338-autos].rate: 0.5 -> 0.25 (-0.25, -50 %)",)


def test_unlike_or_damaged_things_are_refused(tmp_path: Path) -> None:
    good = result(tmp_path / "a")
    with pytest.raises(InputError, match="cannot be compared"):
        diff(good, "canada-2026")
    with pytest.raises(InputError, match="cannot be compared"):
        diff("canada-2026", good)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no results"):
        diff(good, tmp_path / "empty")
    (good / "results.json").write_text("{")
    with pytest.raises(InputError, match="cannot read"):
        diff(good, good)
    (good / "results.json").write_text("[]")
    with pytest.raises(InputError, match="not a results file"):
        diff(good, good)
