"""Results are plain data: JSON and back gives the same, and nothing unfit gets in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countervail.brief.html import results_text
from countervail.brief.results import LadderRow, Results
from countervail.errors import InputError, NotANumberError, OptionError


def test_json_and_back_is_the_same(results: Results) -> None:
    text = results_text(results)
    back = Results.from_dict(json.loads(text))
    assert back == results
    assert results_text(back) == text


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_none_names_its_cell(results: Results, bad: float) -> None:
    rows = (results.ladder[0], replace(results.ladder[1], harm_bn=bad))
    with pytest.raises(NotANumberError, match=r"Results\.ladder\[1\]\.harm_bn"):
        replace(results, ladder=rows)


def test_nan_in_the_manifest_is_found_too(results: Results) -> None:
    with pytest.raises(NotANumberError, match="seconds"):
        replace(results, manifest={"run": {"seconds": float("nan")}})


def test_an_unknown_field_is_named_with_the_nearest(results: Results) -> None:
    data = results.to_dict()
    data["ladder"][3]["harm_percnt"] = 1.0
    with pytest.raises(InputError, match=r"ladder\[3\].*harm_percnt") as caught:
        Results.from_dict(data)
    assert "harm_percent" in caught.value.remedy


def test_a_missing_field_is_named(results: Results) -> None:
    data = results.to_dict()
    del data["world"]["name"]
    with pytest.raises(InputError, match=r"Results\.world is incomplete.*'name'"):
        Results.from_dict(data)


@pytest.mark.parametrize(
    ("key", "value"), [("harm_percent", "1.0"), ("harm_percent", True), ("rung", 25)]
)
def test_a_wrong_type_is_named(results: Results, key: str, value: object) -> None:
    data = results.to_dict()
    data["ladder"][0][key] = value
    with pytest.raises(InputError, match=rf"ladder\[0\]\.{key}"):
        Results.from_dict(data)


def test_retaliation_and_energy_are_from_their_lists() -> None:
    with pytest.raises(OptionError, match="retaliation"):
        LadderRow("25%", 0.25, "medium", "proportionate", "included", 1, 1, 1, 1)
    with pytest.raises(OptionError, match="energy"):
        LadderRow("25%", 0.25, "medium", "none", "without", 1, 1, 1, 1)


def test_the_worst_certificate_is_found(results: Results) -> None:
    worst = max(r.certificate for r in results.ladder if r.certificate is not None)
    assert results.certificate_worst == worst
    assert "cut-off" in results.certificate_where
    threats = (replace(results.threats[0], certificate=1e-9), *results.threats[1:])
    again = replace(results, threats=threats, certificate_worst=None, certificate_where="")
    assert (again.certificate_worst, again.certificate_where) == (1e-9, "threat all-goods-100")


def test_rungs_are_ordered_by_size_with_the_cut_off_last(results: Results) -> None:
    mixed = replace(results, ladder=tuple(reversed(results.ladder)))
    assert mixed.rungs == ("10%", "25%", "35%", "50%", "100%", "cut-off")
    assert mixed.horizons == ("short", "medium", "long")
