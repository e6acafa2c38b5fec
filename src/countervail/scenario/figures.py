"""The figures that the test of a claim may name, with unit and meaning; known without solving."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countervail.scenario.schema import Scenario

PERCENT, COUNT, YEAR, BILLION, CHANCE = "percent", "count", "year", "US$ bn", "probability"


@dataclass(frozen=True)
class FigureName:
    """One figure: its name, unit, what it is, and the measure of a run that it comes from.

    ``measure``: one of ``run --measures``; empty where every run has it. ``of_deals``: whether it
    changes with which deals count, or are delivered, so that variants differ in it.
    """

    name: str
    unit: str
    about: str
    measure: str = ""
    of_deals: bool = False


def catalogue(scenario: Scenario) -> dict[str, FigureName]:
    """Every figure that a claim of ``scenario`` may name, by name."""
    ladder, deals, threats = scenario.ladder, scenario.deals, scenario.threats
    found = [*_exposure(), *_rungs(ladder.rates, ladder.cut_off, ladder.withdrawal)]
    for threat in threats:
        said = threat.title or threat.id
        found += [
            FigureName(f"threat.{threat.id}.harm", PERCENT, f"loss of real income by: {said}"),
            FigureName(f"threat.{threat.id}.cost", PERCENT, f"loss of the coercer by: {said}"),
        ]
    found += _observed(scenario)
    for deal in deals:
        found += _deal(deal.id, deal.title or deal.id)
    if deals:
        found += _strategy(scenario)
    found += _layers([project.id for project in scenario.projects])
    found += _routes(scenario.file_named("routes"))
    return {figure.name: figure for figure in found}


def rung_name(rate: float) -> str:
    """What a rung of the ladder is called in a test: ``tariff_25``."""
    return f"tariff_{100 * rate:g}".replace(".", "_")


def _exposure() -> Iterable[FigureName]:
    cut = "what a full cut-off takes of real income"
    yield FigureName("exposure.before", PERCENT, f"{cut}, without the deals")
    yield FigureName("exposure.after", PERCENT, f"{cut}, with the deals at their odds", "", True)
    yield FigureName(
        "bypass_share.before", PERCENT, "real income that is left in a full cut-off, without deals"
    )
    yield FigureName(
        "bypass_share.after",
        PERCENT,
        "real income that is left in a full cut-off, with the deals at their odds",
        "",
        True,
    )
    yield FigureName("frontier.free", PERCENT, "most harm at no cost to the coercer", "frontier")


def _rungs(rates: Iterable[float], cut_off: bool, withdrawal: float | bool) -> Iterable[FigureName]:
    named = [(rung_name(rate), f"an added tariff of {100 * rate:g} %") for rate in rates]
    if cut_off:
        named.append(("cut_off", "a full cut-off"))
    if withdrawal is not False:
        named.append(("withdrawal", "a withdrawal of the coercer's capital"))
    for name, said in named:
        told = f"{said}, at the scenario's own horizon and without retaliation"
        yield FigureName(f"harm.{name}", PERCENT, f"loss of real income by {told}")
        yield FigureName(f"cost.{name}", PERCENT, f"loss of the coercer by {told}")
    yield FigureName("harm.cut_off.before", PERCENT, "loss by a full cut-off, without the deals")
    yield FigureName(
        "harm.cut_off.after",
        PERCENT,
        "loss by a full cut-off, with the deals at their odds",
        "",
        True,
    )


def _observed(scenario: Scenario) -> Iterable[FigureName]:
    """What the scenario's `[[observed]]` entries are compared with; none without entries."""
    if scenario.observed:
        yield FigureName("threats.harm", PERCENT, "loss of real income by all threats at once")
    for entry in scenario.observed:
        unit = BILLION if " " in entry.unit else entry.unit
        at = f"observed.{entry.id}"
        yield FigureName(f"{at}.value", unit, f"{entry.says}: as observed")
        yield FigureName(f"{at}.predicted", unit, f"{entry.says}: as predicted")


def _deal(name: str, said: str) -> Iterable[FigureName]:
    for part, unit, about in (
        ("full", PERCENT, "gain of real income, delivered in full"),
        ("expected", PERCENT, "gain of real income, at its odds"),
        ("threat", PERCENT, "gain of real income in a full cut-off, delivered in full"),
        ("coercer", PERCENT, "loss of the coercer, delivered in full (minus: it gains)"),
        ("full_bn", BILLION, "gain of real income, delivered in full"),
        ("net_bn", BILLION, "gain of real income, in full, less what replaces worn-out capital"),
        ("delivery", CHANCE, "chance of delivery (judgement)"),
    ):
        read_anew = part in ("expected", "delivery")
        yield FigureName(f"deal.{name}.{part}", unit, f"{said}: {about}", "", read_anew)
    for part in ("peace", "threat", "exposure"):
        yield FigureName(
            f"contribution.{name}.{part}",
            PERCENT,
            f"{said}: its share in what all deals do ({part}), at their odds",
            "",
            True,
        )


def _strategy(scenario: Scenario) -> Iterable[FigureName]:
    yield FigureName(
        "welfare.after", PERCENT, "gain of real income by the deals at their odds", "", True
    )
    for name, about in (
        ("welfare.all_delivered", "gain by all deals, delivered in full"),
        ("exposure.all_delivered", "exposure with all deals in full"),
    ):
        yield FigureName(name, PERCENT, about, "", True)
    if scenario.portfolio is not None:
        for name, about in (
            ("portfolio.exposure", "exposure with the best bundle in full"),
            ("portfolio.welfare", "gain by the best bundle in full"),
        ):
            yield FigureName(name, PERCENT, about, "", True)
    if scenario.sequence is not None:
        for part, about in (
            ("best", "worth of the best order of signing"),
            ("waiting", "worth of signing nothing"),
            ("taken", "worth of the order taken"),
            ("cover", "what cover added to the order taken"),
        ):
            said = f"{about} (of a year's real income)"
            yield FigureName(f"sequence.{part}", PERCENT, said, "", True)


def _layers(projects: Iterable[str]) -> Iterable[FigureName]:
    capital, ties = "capital", "ties"
    yield FigureName(
        "capital.share", PERCENT, "the coercer's part of inward direct investment", capital
    )
    yield FigureName(
        "capital.withdrawal", PERCENT, "loss of real income if part of it leaves", capital
    )
    yield FigureName(
        "projects.started_earlier",
        COUNT,
        "projects that start earlier with the new partners' money (all of it counted) than without",
        capital,
        True,
    )
    for name in projects:
        yield FigureName(
            f"projects.{name}.start", YEAR, f"{name}: year of start with all money", capital, True
        )
        yield FigureName(
            f"projects.{name}.start_without_partners",
            YEAR,
            f"{name}: year of start without the new partners' money",
            capital,
        )
    for what, said in (("mediators", "mediators"), ("gdp", "world GDP")):
        for when in ("before", "after"):
            yield FigureName(
                f"reach.{what}.{when}",
                PERCENT,
                f"part of {said} within two ties without the coercer, {when} the deals",
                ties,
                when == "after",
            )
            yield FigureName(
                f"reach.{what}.direct.{when}",
                PERCENT,
                f"part of {said} tied directly, {when} the deals",
                ties,
                when == "after",
            )


def _routes(folder: str | None) -> Iterable[FigureName]:
    """By network of the user's folder, or of those that ship; none where it cannot be read."""
    try:
        if folder is None:
            shipped = resources.files("countervail.data").joinpath("routes", "networks.csv")
            text = shipped.read_text("utf-8")
        else:
            text = (Path(folder) / "networks.csv").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return
    for row in csv.DictReader(text.splitlines()):
        name = (row.get("network") or "").strip()
        if name:
            yield FigureName(
                f"routes.{name}.bypass",
                PERCENT,
                f"part of the flow of {name} that is left without the coercer's ground",
                "routes",
            )


def measures_of(used: Iterable[str], known: Mapping[str, FigureName]) -> tuple[str, ...]:
    """The measures of a run that the figures ``used`` need, each once."""
    wanted = (known[name].measure for name in used if name in known)
    return tuple(dict.fromkeys(measure for measure in wanted if measure))
