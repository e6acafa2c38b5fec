"""Whether the tests of claims can be read, and name figures that a run has."""

from __future__ import annotations

from collections.abc import Iterator

from countervail.errors import ExpressionError
from countervail.scenario.expression import parse
from countervail.scenario.figures import catalogue
from countervail.scenario.problems import Problem
from countervail.scenario.schema import Scenario
from countervail.scenario.units import check_units


def claim_problems(scenario: Scenario) -> Iterator[Problem]:
    """Every test that is no test, names a figure that there is not, or compares unlike units."""
    tested = [(n, claim.test) for n, claim in enumerate(scenario.claims) if claim.test is not None]
    if not tested:
        return
    units = {name: figure.unit for name, figure in catalogue(scenario).items()}
    for position, test in tested:
        try:
            check_units(parse(test), units)
        except ExpressionError as error:
            said = f"{error.cause} {error.remedy}".strip()
            yield Problem(("claim", position, "test"), said)
