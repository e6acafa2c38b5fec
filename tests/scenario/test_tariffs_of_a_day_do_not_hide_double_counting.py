"""A threat that the starting tariffs may hold already is pointed out, and no other."""

from datetime import date

from countervail.scenario.read import read_scenario, scenario_notices


def test_measures_in_force_by_the_day_are_named() -> None:
    case = read_scenario("canada-2026")
    assert not scenario_notices(case)
    for day, named in (
        ("2026-08-19", {"s232-metals", "s338-autos", "s338-alcohol", "s338-dairy"}),
        ("2026-05-01", {"s232-metals"}),
        ("2026-01-01", set()),
    ):
        dated = case.model_copy(update={"tariffs_as_of": date.fromisoformat(day)})
        said = " ".join(scenario_notices(dated))
        found = {threat.id for threat in case.threats if f"the threat {threat.id}," in said}
        assert found == named, day
