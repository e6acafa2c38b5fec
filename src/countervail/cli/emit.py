"""Showing results: progress on standard error, tables or JSON or CSV on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from countervail.errors import OptionError


class Advance(Protocol):
    """Moves the bar of one stage: ``done`` of ``total``, with a text where it has one."""

    def __call__(self, stage: str, done: int, total: int, shown: str = "") -> None:
        """Show that ``done`` of ``total`` of ``stage`` is done."""


def one_format(as_json: bool, as_csv: bool) -> str:
    """``json``, ``csv`` or ``table``; asking for two at once is an error."""
    if as_json and as_csv:
        raise OptionError("--json and --csv exclude each other.", "Ask for one of them.")
    return "json" if as_json else "csv" if as_csv else "table"


def rows(values: Sequence[Mapping[str, Any]], form: str) -> None:
    """Print rows as JSON or CSV."""
    from countervail.brief.terminal import rows_to_csv, rows_to_json

    sys.stdout.write(rows_to_json(values) if form == "json" else rows_to_csv(values))


def document(value: object) -> None:
    """Print one JSON document."""
    import json

    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def say(words: str, indent: str = "") -> None:
    """Print a sentence, broken between words where a terminal is narrow, lines below set in.

    Where the output is not a terminal it stays one line.
    """
    import textwrap

    import typer

    from countervail.brief.terminal import console, printable

    line = indent + printable(words)
    if sys.stdout.isatty():
        line = textwrap.fill(
            line,
            console().width,
            subsequent_indent=indent + "  " if indent else "",
            break_on_hyphens=False,
            break_long_words=False,
        )
    typer.echo(line)


@contextmanager
def progress(quiet: bool) -> Iterator[Advance | None]:
    """A progress bar on a terminal's standard error; nothing elsewhere or when quiet."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(stage: str, done: int, total: int, shown: str = "") -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total, description=shown or stage)

        yield update
