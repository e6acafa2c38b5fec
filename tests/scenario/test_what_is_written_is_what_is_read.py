"""Any scenario survives being written and read, and any change being merged into a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countervail.scenario.diff import diff_scenarios
from countervail.scenario.read import parse_scenario, read_scenario
from countervail.scenario.schema import Scenario, plain
from countervail.scenario.write import scenario_toml, write_scenario

TESTS = st.sampled_from(["exposure.before > 1", "exposure.before <= 0.1 * harm.cut_off.before"])
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda text: text.strip() and text == text.strip()
)
RATES = st.floats(0.001, 4, allow_nan=False)
SECTORS = st.sampled_from(["goods", "energy", "motor-vehicles", "C10-C12", "basic-metals"])
SOURCES = st.lists(WORDS, max_size=2)
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda rows: {k: v for row in rows for k, v in row.items()})


THREATS = joined(
    st.fixed_dictionaries(
        {
            "instrument": st.sampled_from(["import-tariff", "export-tax"]),
            "rate": RATES,
            "sectors": st.lists(SECTORS, min_size=1, max_size=3),
        }
    ),
    optional(
        title=WORDS,
        coverage=st.floats(0.01, 1),
        authority=WORDS,
        duration_days=st.integers(1, 400),
        effective=DATES,
        status=st.sampled_from(["hypothetical", "threatened", "voided"]),
        note=WORDS,
        sources=SOURCES,
        bound=st.sampled_from(["point", "upper"]),
    ),
)
AMOUNTS = st.fixed_dictionaries(
    {
        "value": st.floats(0.01, 1e6),
        "unit": st.just("bn USD"),
        "basis": st.just("press"),
        "year": st.integers(1990, 2030),
    }
)
TERMS = st.lists(
    st.fixed_dictionaries(
        {
            "product": WORDS,
            "importer": st.just("CHN"),
            "exporter": st.just("CAN"),
            "after": RATES,
            "quota": st.fixed_dictionaries({"value": st.floats(0.01, 1e6), "unit": WORDS}),
        }
    ),
    max_size=2,
)
DEALS = joined(
    st.fixed_dictionaries({"kind": st.just("forum")})
    | st.fixed_dictionaries({"kind": st.just("investment"), "amount": AMOUNTS})
    | st.fixed_dictionaries(
        {"kind": st.just("trade-agreement"), "depth": st.just("deep"), "tariff": TERMS}
    ),
    st.fixed_dictionaries(
        {
            "parties": st.just(["CAN", "CHN"]),
            "status": st.sampled_from(["claimed", "signed"]),
        }
    ),
    optional(date=DATES, terms=WORDS, sources=SOURCES),
)
CLAIMS = joined(
    st.fixed_dictionaries({"says": WORDS, "test": TESTS}),
    optional(
        evidence=st.fixed_dictionaries(
            {"finding": st.just("unsourced"), "statement": WORDS, "sources": SOURCES}
        )
    ),
)


def numbered(kind: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"{kind}-{place}", **row} for place, row in enumerate(rows)]


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    raw = {
        "title": draw(WORDS),
        "world": "world-2014",
        "protagonist": "CAN",
        "coercer": draw(st.sampled_from([["USA"], ["EU", "CHN"]])),
        "threat": numbered("t", draw(st.lists(THREATS, max_size=3))),
        "deal": numbered("d", draw(st.lists(DEALS, max_size=2))),
        "claim": numbered("c", draw(st.lists(CLAIMS, max_size=2))),
        **draw(
            optional(
                summary=WORDS,
                horizon=st.sampled_from(["short", "long"]),
                ladder=optional(
                    rates=st.just([0.2, 0.4]),
                    energy=st.sampled_from([False, "energy"]),
                    cut_off=st.booleans(),
                ),
            )
        ),
    }
    return Scenario.model_validate(raw)


quick = settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@quick
@given(scenarios())
def test_write_then_read_is_identity(scenario: Scenario) -> None:
    assert parse_scenario(scenario_toml(scenario)) == scenario


@quick
@given(scenarios(), scenarios())
def test_any_scenario_can_be_written_over_any_other(
    tmp_path: Path, first: Scenario, second: Scenario
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(scenario_toml(first), encoding="utf-8", newline="")
    write_scenario(second, path)
    assert read_scenario(path) == second


@quick
@given(scenarios(), scenarios())
def test_the_difference_is_empty_exactly_for_equal_scenarios(
    first: Scenario, second: Scenario
) -> None:
    assert not diff_scenarios(first, first)
    assert bool(diff_scenarios(first, second)) == (plain(first) != plain(second))
