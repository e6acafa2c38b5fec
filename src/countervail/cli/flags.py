"""Shocks written as flags: ``USA:CAN:goods:+25%`` and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from countervail.errors import OptionError

if TYPE_CHECKING:
    from countervail.equilibrium.shock import Shock
    from countervail.world.core import World

_NUMBER = re.compile(r"^([+=]?)(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(%?)$")


def shock_of(
    world: World,
    tariffs: list[str],
    export_taxes: list[str],
    trade_costs: list[str],
    cut_offs: list[str],
    confirm_units: bool,
) -> Shock:
    """The shock that the flags of ``solve`` describe; ``OptionError`` shows the form expected."""
    import countervail as cv

    shock = cv.Shock(world)
    for flag in tariffs:
        importer, exporter, sectors, amount = _fields(
            flag, "--tariff IMPORTER:EXPORTER:SECTORS:RATE"
        )
        add, to = _rate(amount, flag)
        shock = shock.tariff(
            importer, exporter, sectors, add=add, to=to, confirm_units=confirm_units
        )
    for flag in export_taxes:
        exporter, importer, sectors, amount = _fields(
            flag, "--export-tax EXPORTER:IMPORTER:SECTORS:RATE"
        )
        add, to = _rate(amount, flag)
        shock = shock.export_tax(
            exporter, importer, sectors, add=add, to=to, confirm_units=confirm_units
        )
    for flag in trade_costs:
        importer, exporter, sectors, amount = _fields(
            flag, "--trade-cost IMPORTER:EXPORTER:SECTORS:FACTOR"
        )
        mark, value, percent = _parts(amount, flag)
        if mark or percent:
            raise OptionError(f"{flag!r}: a trade cost is a factor, such as 1.1.")
        shock = shock.trade_cost(importer, exporter, sectors, factor=value)
    for flag in cut_offs:
        parts = flag.split(":")
        if len(parts) not in (2, 3) or not all(parts):
            raise OptionError(f"{flag!r} cannot be read.", "Write --cut-off A:B or A:B:SECTORS.")
        shock = shock.cut_off(
            _names(parts[0]), _names(parts[1]), _names(parts[2]) if len(parts) == 3 else None
        )
    return shock


def dated(world: World, day: str) -> World:
    """``world`` with the tariffs of a day; what should be said of the day goes to stderr."""
    import typer

    import countervail as cv
    from countervail.world.tariffs.schedule_files import bundled_schedules, note_on, read_header
    from countervail.world.tariffs.schedules import as_date

    made = cv.with_tariffs(world, day)
    for name in bundled_schedules():
        note = note_on(read_header(name), as_date(day))
        if note:
            typer.echo(f"Note: tariffs as of {day}: {note}.", err=True)
    return made


def _fields(
    flag: str, form: str
) -> tuple[list[str] | None, list[str] | None, list[str] | None, str]:
    parts = flag.split(":")
    if len(parts) != 4 or not all(parts):
        raise OptionError(
            f"{flag!r} has {len(parts)} parts; four are needed.",
            f"Write {form}, for example USA:CAN:goods:+25%. Lists: USA,MEX. Everything: all.",
        )
    return _names(parts[0]), _names(parts[1]), _names(parts[2]), parts[3]


def _names(text: str) -> list[str] | None:
    return None if text == "all" else text.split(",")


def _parts(text: str, flag: str) -> tuple[str, float, str]:
    found = _NUMBER.match(text)
    if found is None:
        raise OptionError(
            f"{text!r} in {flag!r} is not a number.",
            "Write +0.25 or +25% to add, =0.25 or =25% to set.",
        )
    return found[1], float(found[2]), found[3]


def _rate(text: str, flag: str) -> tuple[float | None, float | None]:
    mark, value, percent = _parts(text, flag)
    if percent:
        value /= 100.0
    return (None, value) if mark == "=" else (value, None)
