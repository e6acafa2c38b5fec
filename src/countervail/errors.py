"""Every way in which countervail refuses to go on.

One class per kind of failure. Each carries a *cause* (what is wrong, with its
evidence: the cell, file, line, key, value or residual) and a *remedy* (what to
do about it); ``str(error)`` shows both. The command line prints exactly that,
never a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class CountervailError(Exception):
    """Anything that countervail reports by itself.

    ``cause`` says what is wrong with the evidence in it, ``remedy`` what to do,
    ``evidence`` holds further lines, one finding each.
    """

    exit_code = 1

    def __init__(self, cause: str, remedy: str = "", evidence: Sequence[str] = ()) -> None:
        self.cause = cause
        self.remedy = remedy
        self.evidence = tuple(evidence)
        super().__init__(cause)

    def __str__(self) -> str:
        lines = [self.cause, *(f"  - {line}" for line in self.evidence)]
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines)


class InputError(CountervailError):
    """What was handed in cannot be used as it is."""

    exit_code = 2


class UnknownLabelError(InputError):
    """A region, sector or group is not in this world; correct the name or pick a listed one."""


class LabelError(InputError):
    """Labels are missing, repeated or do not match exactly; nothing is aligned by guess."""


class ShapeError(InputError):
    """An array has the wrong shape; the axis order is (sector, importer, exporter)."""


class NotANumberError(InputError):
    """A cell is NaN, infinite or not a number; fill or remove it before it comes in."""


class NegativeValueError(InputError):
    """A cell that cannot be negative is negative; correct the source or state its treatment."""


class ShareError(InputError):
    """Shares do not sum to what they must; check the columns named."""


class UnitError(InputError):
    """A value looks as if it were in another unit (25 for 25 %); state it in the unit asked for."""


class AccountingError(InputError):
    """An accounting identity of the world does not hold in the cells named."""


class WorldFileError(InputError):
    """A world file is missing, damaged, or not a world file."""


class TableError(InputError):
    """An input-output table, or a file that goes with one, is damaged, incomplete or another."""


class ElasticityFileError(InputError):
    """A file of elasticities is missing, or cannot be read as one; the line is named."""


class ScenarioError(InputError):
    """A scenario file has errors; all of them are listed with their lines."""


class ExpressionError(InputError):
    """A claim's test that cannot be read, or compares what does not fit."""


class ScheduleError(InputError):
    """A tariff schedule, or a source of one, has an error; the file, line and column are named."""


class RouteFileError(InputError):
    """A file of energy routes has errors; all of them are listed with their lines."""


class PositionsFileError(InputError):
    """A file of direct investment has errors; all of them are listed with their lines."""


class TiesFileError(InputError):
    """A file of ties between countries has errors; all of them are listed with their lines."""


class StoreError(InputError):
    """A file of an unfinished computation is damaged, or holds another one; both are named."""


class OptionError(InputError):
    """An option has a value that is not offered; the allowed values are listed."""


class OutputError(CountervailError):
    """A result could not be written; nothing half-written was left behind."""


class FetchError(CountervailError):
    """A source file could not be fetched, or is not the one promised; bring it by hand instead."""


class FlowError(CountervailError):
    """A flow on a network could not be computed, or two ways of computing it disagree."""


class SolveError(CountervailError):
    """No certified equilibrium was reached; nothing is returned as if it had been."""


class NotConvergedError(SolveError):
    """The solver stopped before the equations held; the worst markets are named."""


class NoEquilibriumError(SolveError):
    """Under fixed transfers some region's income would not be positive.

    The transfer that is held fixed exceeds what the region can earn under this
    shock. Use the ``balanced`` closure, or a smaller shock.
    """


class DecompositionError(SolveError):
    """The terms of a change do not sum to it; both sums are named."""


class NoNashError(SolveError):
    """No tariffs were found at which no player gains by others; who still does is named."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known names are closest to ``name``, or list some where none is close."""
    names = sorted(set(known))
    lowered = {n.lower(): n for n in names}
    close = [lowered[m] for m in get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.6)]
    # Letters in another order (CNA for CAN) are the likeliest slip in a code.
    swapped = [lowered[m] for m in lowered if sorted(m) == sorted(name.lower())]
    close = list(dict.fromkeys([*swapped, *close]))[:3]
    if close:
        return "Nearest: " + ", ".join(close) + "."
    shown = ", ".join(names[:12])
    return f"Known: {shown}{', ...' if len(names) > 12 else ''}."


def require_kind(value: object, name: str, kind: type | tuple[type, ...], example: str) -> None:
    """Raise ``OptionError`` where the argument ``name`` is not of ``kind``; say what would be."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        raise OptionError(
            f"{name} is a {type(value).__name__} ({repr(value)[:80]}), not a "
            f"{' or '.join(one.__name__ for one in kinds)}.",
            f"For example: {example}.",
        )
