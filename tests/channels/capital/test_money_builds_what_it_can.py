"""Plans of finance: by hand, within every limit, and refused where none can be made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.channels.capital.allocation import Allocation, allocate, compare
from countervail.channels.capital.pipeline import Financier, Project
from countervail.errors import InputError, LabelError, OptionError, UnknownLabelError


def project(name: Any, cost: Any = 100.0, years: Any = 1, **more: Any) -> Project:
    return Project(name, "CAN", cost, years, **more)


def payer(name: str, total: float, per_year: float | None = None, **more: object) -> Financier:
    return Financier(name, "CAN", total, total if per_year is None else per_year, **more)  # type: ignore[arg-type]


def test_money_for_one_a_year_builds_the_dearer_first() -> None:
    """100 a year for four years: b (two years of 100), then a; the other order serves less."""
    found = allocate(
        [project("a"), project("b", 200, 2)], [payer("f", 1000, 100)], first_year=2026, horizon=4
    )
    # b first: 200 x (4 - 0 - 2 + 1) + 100 x (4 - 2 - 1 + 1); a first: 100 x 4 + 200 x 2.
    assert (found.starts, found.service) == ({"a": 2028, "b": 2026}, 800)
    assert found.finished("b") == 2028
    assert found.gap == 0
    np.testing.assert_allclose(found.finance[:, 0], [[0, 0, 100, 0], [100, 100, 0, 0]])


def test_what_it_needs_is_finished_first() -> None:
    found = allocate(
        [project("plant", 900), project("line", 10, 2)], [payer("f", 1e4)], first_year=2026
    )
    assert found.starts == {"plant": 2026, "line": 2026}
    found = allocate(
        [project("plant", 900, needs=("line",)), project("line", 10, 2)],
        [payer("f", 1e4)],
        first_year=2026,
    )
    assert found.starts == {"plant": 2028, "line": 2026}


def test_the_cheaper_money_pays_up_to_its_largest_share() -> None:
    found = allocate(
        [project("a")],
        [payer("dear", 500, return_rate=0.09), payer("cheap", 500, return_rate=0.03)],
        first_year=2026,
    )
    assert found.used == pytest.approx({"dear": 0, "cheap": 100})
    found = allocate(
        [project("a")],
        [
            payer("dear", 500, return_rate=0.09),
            payer("cheap", 500, return_rate=0.03, largest_share=0.3),
        ],
        first_year=2026,
    )
    assert found.paid_for("a") == pytest.approx({"dear": 70, "cheap": 30})


def test_years_in_which_nobody_pays_build_nothing() -> None:
    found = allocate(
        [project("a", years=2)],
        [payer("f", 500, first_year=2028, last_year=2030)],
        first_year=2026,
    )
    assert found.starts == {"a": 2028}
    found = allocate(
        [project("a", years=2)],
        [payer("f", 500, first_year=2028, last_year=2028)],
        first_year=2026,
    )
    assert found.starts == {"a": None}


def test_a_project_without_a_cost_does_not_start() -> None:
    found = allocate([project("a", None)], [payer("f", 500)], first_year=2026)
    assert found.starts == {"a": None}
    assert not found.finance.any()
    assert found.table.empty


def test_years_gained_by_a_partner() -> None:
    """100 a year at home, 100 of the coercer, 100 of a partner for two projects of 200."""
    projects = [project("a", 200), project("b", 200), project("own", 100, financiers=("usa",))]
    money = [payer("home", 1e4, 100), payer("usa", 1e4, 100), payer("new", 1e4, 100)]
    found = compare(projects, money, ["usa"], first_year=2026, horizon=3)
    assert found.without.starts["own"] is None
    assert found.without.used["usa"] == 0
    # Alone home and partner pay 200 a year: one project each year, as with everybody's money.
    assert sorted(found.without.starts[k] or 0 for k in "ab") == [2026, 2027]
    alone = compare(projects[:2], money[:1] + money[2:], ["new"], first_year=2026, horizon=3)
    assert set(alone.without.starts.values()) == {None}
    assert sorted(alone.years_gained.values()) == [2, 3]
    assert alone.earlier == ("a", "b")


def within_limits(found: Allocation) -> None:
    paid = found.finance
    assert (paid >= 0).all()
    for f, money in enumerate(found.financiers):
        assert paid[:, f].sum() <= money.total + 1e-6
        assert paid[:, f].sum(0).max() <= money.per_year + 1e-6
        for k, p in enumerate(found.projects):
            if p.financiers and money.id not in p.financiers:
                assert paid[k, f].sum() == 0
            assert paid[k, f].sum() <= money.largest_share * (p.cost or 0) + 1e-6
    for k, p in enumerate(found.projects):
        start = found.starts[p.id]
        due = np.zeros(found.horizon)
        if start is not None:
            assert p.cost is not None
            assert start >= (p.earliest or found.first_year)
            due[start - found.first_year :][: p.years] = p.cost / p.years
            for need in p.needs:
                assert found.finished(need) is not None
                assert (found.finished(need) or 0) <= start
        np.testing.assert_allclose(paid[k].sum(0), due, atol=1e-6)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_money_never_exceeds_a_limit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"f{n}" for n in range(4)]
    projects = [
        project(
            f"p{n}",
            float(rng.uniform(10, 200)),
            int(rng.integers(1, 5)),
            needs=(f"p{n - 3}",) if n in (4, 7) else (),
            financiers=tuple(sorted(set(rng.choice(names, 3)))) if n % 2 else (),
        )
        for n in range(8)
    ]
    money = [
        payer(
            n, float(rng.uniform(20, 300)), float(rng.uniform(10, 80)), largest_share=rng.uniform()
        )
        for n in names
    ]
    found = allocate(projects, money, first_year=2026, horizon=8)
    within_limits(found)
    less = compare(projects, money, ["f0", "f1"], first_year=2026, horizon=8)
    within_limits(less.without)
    assert less.without.finance[:, :2].sum() == 0
    assert less.without.service <= found.service * (1 + 1e-3) + 1e-6


@pytest.mark.parametrize(
    ("projects", "money", "error", "said"),
    [
        (
            [
                project("a", needs=("b",)),
                project("b", needs=("c",)),
                project("c", needs=("a",)),
            ],
            [payer("f", 1)],
            InputError,
            "wait for each other: .* needs .* needs .* needs",
        ),
        ([project("a", needs=("line",))], [payer("f", 1)], UnknownLabelError, "project a.*'line'"),
        ([project("a", financiers=("g",))], [payer("f", 1)], UnknownLabelError, "financier 'g'"),
        ([project("a"), project("a")], [payer("f", 1)], LabelError, "two projects.*'a'"),
        ([project("a")], [payer("f", 1), payer("f", 2)], LabelError, "two financiers"),
        ([project("a", -5.0)], [payer("f", 1)], InputError, "project a: a cost of -5"),
        ([project("a", float("nan"))], [payer("f", 1)], InputError, "project a: cost=nan"),
        ([project("a", years=0)], [payer("f", 1)], InputError, "project a: years=0"),
        ([project("a", years=2.5)], [payer("f", 1)], OptionError, "project a: years=2.5"),
        ([project("a", earliest="soon")], [payer("f", 1)], OptionError, "earliest='soon'"),
        ([project("a", "1")], [payer("f", 1)], OptionError, "project a: cost='1'"),
        ([project(None)], [payer("f", 1)], OptionError, "the id of a project is a NoneType"),
        (project("a"), [payer("f", 1)], OptionError, "projects is a Project, not a list"),
        ([project("a")], ["f"], OptionError, "number 1 of financiers is a str"),
        ([project("a")], [payer("f", 1, return_rate="x")], OptionError, "return_rate='x'"),
        (
            [project("a")],
            [payer("f", 1, first_year=2030, last_year=2020)],
            InputError,
            "pays from 2030 to 2020",
        ),
        ([project("a")], [payer("f", -1.0)], InputError, "financier f: total is -1"),
        ([project("a")], [payer("f", float("inf"))], InputError, "financier f: total=inf"),
        ([project("a")], [payer("f", 1, largest_share=49)], InputError, "largest share of 49"),
    ],
)
def test_what_no_plan_can_be_made_of_is_refused(
    projects: Any, money: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        allocate(projects, money, first_year=2026)


@pytest.mark.parametrize(
    "plan",
    [
        {"first_year": 2026.5},
        {"first_year": None},
        {"first_year": 2026, "horizon": "a"},
        {"first_year": 2026, "horizon": 10**6},
        {"first_year": 2026, "horizon": True},
        {"first_year": 2026, "horizon": 0},
    ],
)
def test_years_of_a_plan_are_whole_and_few(plan: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="is no whole number from 1 to"):
        allocate([project("a")], [payer("f", 1)], **plan)


def test_a_bare_name_is_one_name() -> None:
    found = allocate(
        [project("bb"), project("a", needs="bb", financiers="ff")],
        [payer("ff", 500.0)],
        first_year=2026,
    )
    assert found.projects[1].needs == ("bb",)
    assert found.projects[1].financiers == ("ff",)
    with pytest.raises(UnknownLabelError, match="no project 'c' in this plan"):
        found.finished("c")
    with pytest.raises(UnknownLabelError, match="no financier 'fg'"):
        compare(found.projects, found.financiers, "fg", first_year=2026)


def test_a_plan_needs_a_year() -> None:
    with pytest.raises(InputError, match="horizon=0"):
        allocate([project("a")], [payer("f", 1)], first_year=2026, horizon=0)
