"""The brief as a value: its tables, its verdicts, and the folder that it can become."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.brief import text
from countervail.brief.manifest import manifest_text
from countervail.brief.questions.routed import MAPS
from countervail.brief.results import Results
from countervail.brief.tables import ROW_TYPES, columns, csv_tables, tables
from countervail.errors import OutputError
from countervail.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

_replace = os.replace
_CHARTS = (
    "ladder",
    "energy",
    "why",
    "frontier",
    "carriers",
    "power",
    "demand",
    "deals",
    "worth",
    "bundles",
    "observed",
    "order",
    "capital",
    "projects",
    *(f"routes-{number}" for number in range(1, MAPS + 1)),
    "reach",
    "felt",
    "spill",
    "partners",
)


@dataclass(frozen=True)
class Brief:
    """What a run hands back: results that can be looked at, or saved as a folder.

    ``results`` are the plain results. Nothing is drawn before it is asked for.
    """

    results: Results

    def __repr__(self) -> str:
        return f"<Brief {self.results.title!r}: {text.answer(self.results)}>"

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table as a pandas frame by name: ladder, threats, deals, claims, spill,
        parameters, key_figures, sectors, places, statuses, exposures, bypass, frontier,
        frontier_sectors, frontier_tariffs, power (one row for each ordered pair), poles, screens,
        coalition, demands, capital, withdrawals, projects, financiers, routes, planned_routes,
        ties, new_ties, reach, why, contributions, ranks, bundles, sequence, sequence_odds,
        sequence_flips, observed, agreement, forecasts. Percent is of real income, ``bn`` is billion
        US dollars of the base year; what was not computed is NaN."""
        import pandas as pd

        return {
            name: pd.DataFrame(rows, columns=columns(name))
            for name, rows in tables(self.results).items()
        }

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each claim by its id, "not yet tested" where there is none yet."""
        return {claim.id: claim.verdict for claim in self.results.claims}

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it takes to run this again: versions, hashes, closure, parameters, timings."""
        return self.results.manifest

    def html(self) -> str:
        """The report as one self-contained HTML text."""
        from countervail.brief.html import report

        return report(self.results)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the brief to ``folder`` and return the path of its ``report.html``.

        The folder gets ``report.html`` (self-contained), ``results.json``, ``manifest.json``,
        ``scenario.toml`` (where the results hold it), ``tables/*.csv``, ``charts/*.svg`` and
        ``charts/*.png``. Everything is made first and put in a hidden folder beside its place, then
        moved file by file, the manifest last: an interruption before the move
        leaves the folder as it was, one during it leaves whole files only and no
        manifest. Tables and charts of an earlier brief are replaced; other files
        stay.

        Raises ``OutputError`` before any work where the folder cannot be written.
        """
        target = Path(folder)
        staging = _staging(target)
        try:
            content = self._content()
            for name, data in content.items():
                write_atomic(staging / name, data)
            _move(staging, target, list(content))
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return target / "report.html"

    def _content(self) -> dict[str, bytes | str]:
        """Every file by its path in the folder, in the order of writing."""
        from countervail.brief.figures.charts import figures
        from countervail.brief.html import report, results_text

        drawn = figures(self.results)
        content: dict[str, bytes | str] = {
            f"tables/{name}.csv": table for name, table in csv_tables(self.results).items()
        }
        for figure in drawn:
            content[f"charts/{figure.name}.svg"] = figure.svg()
            content[f"charts/{figure.name}.png"] = figure.png()
        if self.results.scenario:
            content["scenario.toml"] = self.results.scenario
        content["results.json"] = results_text(self.results)
        content["report.html"] = report(self.results, drawn)
        content["manifest.json"] = manifest_text(self.results.manifest)
        return content


def ensure_writable(folder: str | os.PathLike[str]) -> None:
    """Raise ``OutputError`` now where a brief could not be saved to ``folder`` later.

    Folders that had to be made to find out are removed again.
    """
    target = Path(folder)
    made = [part for part in (target, *target.parents) if not part.exists()]
    shutil.rmtree(_staging(target), ignore_errors=True)
    for part in made:
        with contextlib.suppress(OSError):  # another run may have put something there
            part.rmdir()


def _staging(target: Path) -> Path:
    """A hidden folder inside ``target``, which proves that ``target`` can be written."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".unfinished-", dir=target))
    except OSError as error:
        raise _unwritable(target, error) from error


def _ours() -> list[str]:
    """Every file that a brief can make, by its path in the folder; no other is ever removed."""
    charts = [f"charts/{name}.{kind}" for name in _CHARTS for kind in ("svg", "png")]
    return [*(f"tables/{name}.csv" for name in ROW_TYPES), *charts, "scenario.toml"]


def _move(staging: Path, target: Path, names: list[str]) -> None:
    try:
        (target / "manifest.json").unlink(missing_ok=True)
        for stale in set(_ours()) - set(names):
            (target / stale).unlink(missing_ok=True)
        for name in names:
            (target / name).parent.mkdir(exist_ok=True)
            _replace(staging / name, target / name)
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write the brief to {target}: {error.strerror or error}",
        "Choose a folder that you may write to (--out FOLDER).",
    )
