"""What the United States collected in 2024: duty over imports by sector and exporter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from countervail.world.tariffs.schedule_files import number, table

FILE = "us-collected-2024.csv"
COLUMNS = ("sector", "exporter", "rate", "imports_million_usd")


@dataclass(frozen=True)
class CollectedRate:
    """US duty over US imports in 2024 for one sector and exporter.

    ``rate`` a fraction, ``imports`` million USD. The sector ``unresolved`` holds what
    the source files under no goods (chapters 97 to 99).
    """

    sector: str
    exporter: str
    rate: float
    imports: float


@cache
def collected_2024() -> tuple[CollectedRate, ...]:
    """US collected duty rates of 2024, one row for each sector and exporter with imports.

    Sectors and exporters are those of the registry. Rates are fractions of the customs
    value. Duties on goods of chapters that spread over several sectors are split as
    ``docs/tariffs.md`` says. The rates are those paid, preferences used, so they lie below the
    tariffs in force. Source: US Census trade data by chapter in the public tracker
    tradewartracker/trade-war-redux-2025 (MIT), brought to sectors by our own code.
    """
    source = files("countervail.data").joinpath("schedules", FILE)
    return tuple(
        CollectedRate(
            row["sector"],
            row["exporter"],
            number(source, line, row, "rate"),
            number(source, line, row, "imports_million_usd"),
        )
        for line, row in enumerate(table(source, COLUMNS), start=2)
    )
