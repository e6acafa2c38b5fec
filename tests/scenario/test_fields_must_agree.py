"""Contradictions between fields are found, whether a file or a program made them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from countervail.scenario.read import parse_scenario
from countervail.scenario.schema import Scenario

from .cases import CLAIM, DEAL, HEAD, MONEY, TARIFFS, THREAT, errors_of, only_error

INTO = 'amount = { value = 1, unit = "bn USD", basis = "press" }\n'
# In binary these shares add up to a little more than 1.
WHOLE = "construction = 0.2, computing = 0.4, banking = 0.3, mining = 0.1"
TERM = (
    "\n[[deal.tariff]]\nproduct = 'x'\nimporter = 'CHN'\nexporter = 'CAN'\nafter = 0.1\n"
    "sector = 'food'\n"
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + THREAT + THREAT, 13, ["threat[cars].id", "already the id of threat number 1"]),
        (HEAD + THREAT + DEAL.replace("pledge", "cars"), 13, ["deal[cars].id", "threat number 1"]),
        (HEAD.replace('["USA"]', '["USA", "CAN"]'), 4, ["coercer", "among the coercers"]),
        (HEAD + THREAT.replace("0.25", "25"), 9, ["2500 %", "write 0.25", "confirm_units"]),
        (HEAD + THREAT + "cap = 15\n", 11, ["cap", "write 0.15"]),
        (HEAD + THREAT + "cap = 0.15\n", 9, ["given 0.25", "above the cap 0.15"]),
        (HEAD + "[ladder]\nrates = [0.1, 25]\n", 6, ["ladder.rates[2]", "write 0.25"]),
        (HEAD + "[ladder]\nrates = [0.5, 0.1]\n", 6, ["rungs rise"]),
        (HEAD + "[ladder]\nrates = [0.1, 0.1]\n", 6, ["rungs rise, each once"]),
        (HEAD + "[ladder]\nhorizons = ['medium', 'medium']\n", 6, ["named twice: medium"]),
        (HEAD + THREAT.replace("rate = 0.25\n", ""), 6, ["needs a `rate`", "not_quantified"]),
        (HEAD + THREAT.replace('sectors = ["motor-vehicles"]\n', ""), 6, ["needs `sectors`"]),
        (HEAD + THREAT.replace("import-tariff", "cut-off"), 9, ["takes no rate"]),
        (
            HEAD + THREAT.replace("import-tariff", "capital-withdrawal").replace("0.25", "2"),
            9,
            ["no more than 1"],
        ),
        (
            HEAD + THREAT + "announced = 2026-02-01\neffective = 2026-01-01\n",
            12,
            ["effective", "before `announced` (2026-02-01)"],
        ),
        (HEAD + THREAT + "ended = 2026-01-01\nstatus = 'in-force'\n", 11, ["ended", "expired"]),
        (HEAD + DEAL + "ended = 2025-01-01\n", 12, ["before `date`"]),
        (
            HEAD + MONEY + INTO + "into = { construction = 0.7, computing = 0.4 }\n",
            13,
            ["add up to 1.1"],
        ),
        (HEAD + MONEY + "into = { construction = 0.7 }\n", 6, ["needs its `amount`"]),
        (HEAD + MONEY.replace("date = 2025-11-20\n", INTO), 11, ["needs the `year`"]),
        (HEAD + TARIFFS + TERM.replace("0.1", "15"), 17, ["tariff[1].after", "write 0.15"]),
        (HEAD + TARIFFS + TERM + "beyond = 1.0\n", 19, ["no `quota`"]),
        (HEAD + TARIFFS + TERM.replace("'CHN'", "'CAN'"), 16, ["cannot levy a tariff on itself"]),
        (
            HEAD + TARIFFS + TERM + "effective = 2026-02-01\nuntil = 2026-01-01\n",
            20,
            ["before `effective`"],
        ),
        (HEAD + CLAIM.replace('test = "exposure.before > 1"\n', ""), 6, ["`evidence`"]),
    ],
)
def test_contradiction(text: str, line: int, words: list[str]) -> None:
    only_error(text, line, *words)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + THREAT.replace("0.25", "25") + "confirm_units = true\n",
        HEAD + "[ladder]\nrates = [25]\nconfirm_units = true\n",
        HEAD + TARIFFS + TERM.replace("0.1", "15") + "confirm_units = true\n",
        HEAD + THREAT.replace("0.25", "4.0"),
        HEAD + THREAT.replace("0.25", "0.5") + "cap = 0.5\n",
        HEAD + THREAT + "announced = 2026-01-01\neffective = 2026-01-01\n",
        HEAD + MONEY + INTO + f"into = {{ {WHOLE} }}\n",
        HEAD + THREAT.replace("rate = 0.25\n", "not_quantified = 'No rate was named.'\n"),
        HEAD + THREAT.replace("import-tariff", "cut-off").replace("rate = 0.25\n", ""),
        HEAD.replace('["USA"]', '"USA"'),
    ],
)
def test_what_does_agree_is_let_through(text: str) -> None:
    assert parse_scenario(text).protagonist == "CAN"


def test_an_error_of_kind_never_hides_an_error_of_sense() -> None:
    text = HEAD + THREAT.replace("0.25", "25") + "coverage = 'half'\n" + THREAT
    assert len(errors_of(text)) == 3


def test_a_scenario_made_by_a_program_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="among the coercers"):
        Scenario(title="x", world="world-2014", protagonist="CAN", coercer=("CAN",))


def test_a_scenario_cannot_be_changed_in_place() -> None:
    scenario = parse_scenario(HEAD + THREAT)
    with pytest.raises(ValidationError, match="frozen"):
        scenario.threats[0].rate = 0.5
