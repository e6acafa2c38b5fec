"""One scenario's projects with everybody's money and without some; the page that a brief shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countervail.channels.capital.allocation import allocate
from countervail.channels.capital.built import built
from countervail.channels.capital.pipeline import Financier, Project, pipeline_of
from countervail.channels.capital.pipeline_rows import pipeline_page
from countervail.channels.capital.plans import plans_of, stalled_by
from countervail.equilibrium.closure import Closure
from countervail.equilibrium.solve import solve
from countervail.errors import InputError, UnknownLabelError
from countervail.scenario.schema import Scenario
from tests.worlds import random_world

WORLD = random_world(np.random.default_rng(4), 4, 3)
CLOSURE = Closure.of_horizon("medium")


def usd(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "m USD", "basis": "judgement", "year": 2023}


MINE = {"id": "mine", "cost": usd(80), "years": 2, "into": {"good-01": 1.0}, "earliest": 2031}
LINE = {"id": "line", "cost": usd(40), "years": 2}
PORT = {"id": "port", "title": "The port", "not_quantified": "The cost was not found."}
OWN = {"id": "home", "region": "R00", "amount": usd(60), "per_year": usd(20)}
THEIRS = {"id": "coercer", "region": "R01", "amount": usd(80), "per_year": usd(40)}
NEW = {"id": "partner", "region": "R02", "amount": usd(80), "per_year": usd(40), "deal": "pledge"}
PLEDGE = {
    "id": "pledge",
    "kind": "investment",
    "parties": ["R00", "R02"],
    "status": "announced",
    "amount": usd(80),
}


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "title": "x",
            "world": "random",
            "protagonist": "R00",
            "coercer": ["R01"],
            "project": [MINE, LINE, PORT],
            "financier": [OWN, THEIRS, NEW],
            "deal": [PLEDGE],
            **changes,
        }
    )


def test_the_four_plans_are_those_by_hand() -> None:
    """40 a year for the mine, 20 for the line; home has 20 a year, the others 40 each."""
    plans = plans_of(WORLD, scenario(), first_year=2030, horizon=6)
    assert (plans.coercer, plans.partners) == (("coercer",), ("partner",))
    assert plans.everybody.starts == {"mine": 2031, "line": 2030, "port": None}
    assert plans.without_coercer.starts == {"mine": 2031, "line": 2030, "port": None}
    assert plans.without_partners.starts == {"mine": 2031, "line": 2030, "port": None}
    assert plans.without_both.starts == {"mine": None, "line": 2030, "port": None}
    # Where the coercer stays away, the partner's money starts the mine: 2031 to the end, 2036.
    assert plans.instead.years_gained == {"mine": 5, "line": 0, "port": 0}
    assert plans.instead.earlier == ("mine",)


def test_a_withdrawn_deal_brings_no_money() -> None:
    gone = scenario(deal=[{**PLEDGE, "status": "withdrawn"}])
    plans = plans_of(WORLD, gone, first_year=2030, horizon=6)
    assert plans.without_coercer.starts["mine"] is None
    assert plans.everybody.used["partner"] == 0


def test_the_plan_starts_with_the_case() -> None:
    import datetime

    dated = scenario(as_of=datetime.date(2028, 3, 1))
    assert plans_of(WORLD, dated, horizon=6).everybody.first_year == 2028
    assert plans_of(WORLD, scenario(), horizon=6).everybody.first_year == 2031


def test_the_page_shows_the_plans() -> None:
    page = pipeline_page(WORLD, scenario(), horizon=6)
    assert page is not None
    mine, line, port = page["projects"]
    assert (mine["start_all"], mine["start_without_coercer"]) == (2031, 2031)
    assert mine["cost_bn"] == pytest.approx(0.08)
    assert mine["sectors"] == ("good-01",)
    assert sum(bn for _, bn in mine["financed"]) == pytest.approx(0.08)
    assert (port["cost_bn"], port["stalled_by"]) == (None, "")
    assert port["not_quantified"] == "The cost was not found."
    used = {row["id"]: row["used_bn"] for row in page["financiers"]}
    assert sum(used.values()) == pytest.approx(0.12)
    assert [row["status"] for row in page["financiers"]] == ["", "", "announced"]
    assert page["added_percent"] is None
    assert "2 start with all money, 2 without the coercer's" in page["note"]
    assert line["financed"]


def test_what_is_added_is_the_solved_income_of_the_protagonist() -> None:
    page = pipeline_page(WORLD, scenario(), CLOSURE, horizon=6)
    assert page is not None
    projects, payers = pipeline_of(WORLD, scenario())
    found = allocate(projects, payers, first_year=2031, horizon=6)
    outcome = solve(WORLD, built(WORLD, found, projects, payers), CLOSURE)
    worth = float(outcome.equivalent_variation_million[0])
    assert worth > 0
    assert page["added_bn"] == pytest.approx(worth / 1000)
    income = float(outcome.base.recomputed.income[0])
    assert page["added_percent"] == pytest.approx(100 * worth / income)


def test_nothing_started_adds_nothing_and_no_projects_make_no_page() -> None:
    poor = pipeline_page(WORLD, scenario(financier=[]), CLOSURE, horizon=6)
    assert poor is not None
    assert (poor["added_percent"], poor["added_bn"]) == (0.0, 0.0)
    assert pipeline_page(WORLD, scenario(project=[])) is None


def test_a_page_of_rows_fits_the_report() -> None:
    from countervail.brief.rows.channels import PipelinePage
    from countervail.brief.rows.plain import from_plain

    page = from_plain(PipelinePage, pipeline_page(WORLD, scenario(), CLOSURE, horizon=6), "page")
    assert [row.id for row in page.projects] == ["mine", "line", "port"]


RICH = [Financier("f", "R01", 1000, 1000)]


@pytest.mark.parametrize(
    ("projects", "payers", "said"),
    [
        ([Project("a", "R00", 100, 2)], RICH, ""),
        ([Project("a", "R00", None, 2)], RICH, "its cost is not known"),
        ([Project("a", "R00", 100, 9)], RICH, "built from 2030, it would not be finished by 2035"),
        (
            [Project("a", "R00", 100, 2, needs=("b",)), Project("b", "R00", None, 2, "The line")],
            RICH,
            "it needs The line, which is not built within the plan",
        ),
        (
            [Project("a", "R00", 100, 2, needs=("b",)), Project("b", "R00", 10, 2, "The line")],
            RICH,
            "it waits for The line",
        ),
        ([Project("a", "R00", 100, 2)], [], "nobody who may pay for it has money"),
        (
            [Project("a", "R00", 100, 2)],
            [Financier("f", "R01", 1000, 1000, largest_share=0.4)],
            "those who may pay for it have 40 % of its cost",
        ),
        (
            [Project("a", "R00", 100, 2)],
            [Financier("f", "R01", 1000, 10)],
            "money: what there is builds more elsewhere, or comes too slowly",
        ),
        (
            [Project("a", "R00", 100, 2)],
            [Financier("f", "R01", 1000, 1000, first_year=2032)],
            "money: it could start in 2030",
        ),
    ],
)
def test_what_holds_a_project_up(
    projects: list[Project], payers: list[Financier], said: str
) -> None:
    found = allocate(projects, payers, first_year=2030, horizon=6)
    assert stalled_by(found, projects[0]) == said


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"project": [{**MINE, "region": "XYZ"}]}, UnknownLabelError, "project mine.*XYZ"),
        ({"project": [{**MINE, "into": {"ships": 1.0}}]}, UnknownLabelError, "project mine.*ships"),
        ({"financier": [{**OWN, "region": "XYZ"}]}, UnknownLabelError, "financier home.*XYZ"),
    ],
)
def test_entries_that_the_world_lacks_are_named(
    changes: dict[str, Any], error: type[InputError], said: str
) -> None:
    with pytest.raises(error, match=said):
        plans_of(WORLD, scenario(**changes))
