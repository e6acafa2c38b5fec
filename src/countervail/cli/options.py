"""Options that many commands share, written once."""

from __future__ import annotations

from typing import Annotated

import typer

ScenarioName = Annotated[
    str, typer.Argument(help="A bundled scenario (canada-2026) or the path of a TOML file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
ElasticityChoice = Annotated[
    str | None,
    typer.Option(
        "--elasticities",
        help="Trade elasticities: a set (countervail explain elasticities), a CSV file, or a "
        "number; default: the scenario's, or the world's own.",
    ),
]
TariffsAsOf = Annotated[
    str | None,
    typer.Option(
        "--tariffs-as-of",
        help="Start from the tariffs of a day (2026-08-19), by the bundled schedules.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, no headline.")]
