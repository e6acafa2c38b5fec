"""The report: one HTML file that needs no network and no script.

The template holds the words that never change; everything composed from figures
comes from ``text``, everything tabular from ``views``.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from countervail.brief import text, views
from countervail.brief.drawing.figure import Figure
from countervail.brief.figures.charts import figures
from countervail.brief.manifest import manifest_text
from countervail.brief.questions import (
    backtest,
    choice,
    deals,
    demanded,
    exposed,
    limits,
    order,
    pipeline,
    price,
    price_tables,
    routed,
    tied,
    trust,
    verdicts,
    whom,
    whom_tables,
    whose,
    why,
    worth,
)
from countervail.brief.results import Results
from countervail.brief.tables import csv_tables

SECTIONS: tuple[tuple[str, str], ...] = (
    ("answer", "The answer"),
    ("claims", "Which claims hold?"),
    ("cornered", "How far can {protagonist} be cornered?"),
    ("price", "At what price?"),
    ("power", "Who could hurt whom?"),
    ("demand", "What could be demanded?"),
    ("threats", "Named threats"),
    ("observed", "Did it come to pass?"),
    ("deals", "What do the deals change?"),
    ("worth", "What is each deal worth?"),
    ("order", "In which order?"),
    ("capital", "Whose capital is it?"),
    ("routes", "By which routes?"),
    ("ties", "Through whom?"),
    ("others", "Who else is hit"),
    ("rests", "What this rests on"),
    ("parameters", "Parameters and sources"),
    ("sure", "How sure?"),
    ("reading", "How to read this"),
    ("again", "Do it again"),
)
"""Every section of the report: its anchor and its heading, in order."""


def sections(results: Results) -> tuple[tuple[str, str], ...]:
    """The sections that the results fill, with the protagonist's name where a heading holds it."""
    name = text.the(results.protagonist_name)
    empty = {
        anchor
        for anchor, filled in (
            ("price", bool(results.frontier)),
            ("power", whom.computed(results)),
            ("demand", bool(results.demands)),
            ("claims", bool(results.claims)),
            ("observed", results.observed is not None),
            ("worth", results.worth is not None),
            ("order", results.sequence is not None),
            ("capital", capital_shown(results)),
            ("routes", bool(results.routes)),
            ("ties", results.ties is not None),
        )
        if not filled
    }
    return tuple(
        (anchor, title.replace("{protagonist}", name))
        for anchor, title in SECTIONS
        if anchor not in empty
    )


def capital_shown(results: Results) -> bool:
    """Whether the results hold anything on whose capital there is or which projects it starts."""
    pipeline_shown = results.pipeline is not None and bool(results.pipeline.projects)
    return results.capital is not None or pipeline_shown


def report(results: Results, drawn: list[Figure] | None = None) -> str:
    """The whole report as HTML text; equal results give equal bytes.

    ``drawn`` are the figures where they have been made already.
    """
    shown = {figure.name: figure for figure in (figures(results) if drawn is None else drawn)}
    csv = {name: data_uri(content, "text/csv") for name, content in csv_tables(results).items()}
    return page(
        "report.html",
        shown.values(),
        csv,
        r=results,
        base=results.world,
        t=text,
        v=views,
        sections=sections(results),
        heading=dict(sections(results)),
        figures=shown,
        trust=trust,
        exposed=exposed,
        price=price,
        price_tables=price_tables,
        whom=whom,
        whom_tables=whom_tables,
        demanded=demanded,
        deals=deals,
        backtest=backtest,
        order=order,
        whose=whose,
        why=why,
        worth=worth,
        choice=choice,
        whose_filled=capital_shown(results),
        pipeline=pipeline,
        routed=routed,
        tied=tied,
        limits=limits,
        constructed=constructed(results),
        verdicts=verdicts,
        manifest=results.manifest,
        manifest_uri=data_uri(manifest_text(results.manifest), "application/json"),
        results_uri=data_uri(results_text(results), "application/json"),
        cite=citation(results),
    )


def page(template: str, shown: Iterable[Figure], csv: Mapping[str, str], **parts: object) -> str:
    """A whole HTML page from a template of the brief's folder, its figures drawn inside.

    ``csv`` maps the names of tables to ``data:`` addresses; ``parts`` are what else the
    template speaks of.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made = environment.get_template(template).render(
        **parts,
        svg={f.name: (Markup(f.wide), Markup(f.narrow)) for f in shown},
        csv=csv,
        style=Markup(_template("brief.css")),
        is_link=is_link,
    )
    return re.sub(r"\n\s*\n+", "\n", made).strip() + "\n"


def results_text(results: Results) -> str:
    """The results as JSON text, two blanks deep, with a newline at its end."""
    return json.dumps(results.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def data_uri(content: str, kind: str) -> str:
    """Text as a ``data:`` address, so that a link in the page can hand it out as a file."""
    coded = base64.b64encode(content.encode("utf-8")).decode("ascii")
    return f"data:{kind};charset=utf-8;base64,{coded}"


def is_link(source: str) -> bool:
    """Whether a source is a web address that may become a link; scripts and the like may not."""
    return re.fullmatch(r"https?://[^\s<>\"]+", source) is not None


def constructed(results: Results) -> list[str]:
    """What the head says of constructed data: how much there is, then which parts."""
    parts = []
    for line in results.world.status:
        kind, colon, rest = line.partition(":")
        if colon and kind.strip().lower() == "constructed":
            parts.append(rest.strip())
    said = trust.of_results(results)
    return [
        *([said] if said else []),
        *([f"Constructed parts: {text.typeset('; '.join(parts))}."] if parts else []),
    ]


def citation(results: Results) -> str:
    """How to cite this result: program, version, scenario, base data."""
    versions = results.manifest.get("versions", {})
    version = versions.get("countervail", "") if isinstance(versions, Mapping) else ""
    created = str(_inside(results.manifest, "run", "created"))[:10]
    digest = str(_inside(results.manifest, "scenario", "hash"))
    parts = [
        f"countervail{f' {version}' if version else ''}",
        f"\u201c{results.title}\u201d",
        f"base data {results.world.name}",
        *([f"scenario {digest[:19]}"] if digest else []),
        *([f"computed {created}"] if created else []),
    ]
    return ", ".join(parts) + "."


def _inside(manifest: Mapping[str, Any], *keys: str) -> Any:
    value: Any = manifest
    for key in keys:
        value = value.get(key, "") if isinstance(value, Mapping) else ""
    return value


def _template(name: str) -> str:
    return files("countervail.brief").joinpath("templates", name).read_text(encoding="utf-8")
