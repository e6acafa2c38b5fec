"""Where the entries of a scenario stand, so that an error found while computing can say so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countervail.errors import InputError
from countervail.scenario.lines import line_index
from countervail.scenario.problems import entries

if TYPE_CHECKING:
    from countervail.scenario.schema import Scenario


@dataclass(frozen=True)
class Origin:
    """The file that a scenario was read from: what messages call it, and its text.

    Any two are equal: where a scenario was written down is no part of what it says.
    """

    file: str = field(default="", compare=False)
    text: str = field(default="", compare=False)

    def line_of(self, table: str, name: str) -> int | None:
        """The line of the entry ``name`` of ``table``; None where the file has none."""
        # Only an error asks, so that what goes well need not wait for it.
        lines = line_index(self.text)
        for path, row in entries(tomllib.loads(self.text), table):
            if row.get("id") == name:
                return lines.get(path)
        return None


@contextmanager
def found_in(scenario: Scenario, table: str, name: str) -> Iterator[None]:
    """Add file and line of the entry ``name`` of ``table`` (deal, project) to errors raised inside.

    Only ``InputError`` and its kinds; of scenarios that come from no file they stay as they are.
    """
    try:
        yield
    except InputError as error:
        place = scenario.place_of(table, name)
        if not place:
            raise
        raise type(error)(error.cause, error.remedy, (*error.evidence, place)) from error
