"""Closures: what is held fixed while the world economy adjusts. Values, never global options."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, cast, get_args

from countervail.errors import OptionError, nearest
from countervail.parameters import parameter

Balance = Literal["fixed", "share", "balanced"]
Labour = Literal["mobile", "specific"]
Horizon = Literal["short", "medium", "long"]

_ALLOWED: dict[str, tuple[str | None, ...]] = {
    "balance": get_args(Balance),
    "labour": get_args(Labour),
    "horizon": (*get_args(Horizon), None),
}


@dataclass(frozen=True)
class Closure:
    """What is held fixed while the world economy adjusts to a shock.

    ``balance``
        ``fixed``: each region's transfer from abroad stays as it is, in units of
        the numeraire (world factor income). ``share``: it stays a fixed share of
        world factor income; since world factor income *is* the numeraire, the
        figures coincide with ``fixed``. ``balanced``: transfers are removed
        first; base and counterfactual are both solved without them.
    ``labour``
        ``mobile``: one wage per region. ``specific``: the composite factor
        cannot leave its sector, one wage per region and sector.
    ``horizon``
        scales trade elasticities: ``short``, ``medium``, ``long``; None keeps
        the world's own. See ``elasticity_factor``.

    Raises ``OptionError`` for a value that is not offered.
    """

    balance: Balance = "fixed"
    labour: Labour = "mobile"
    horizon: Horizon | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value, allowed = getattr(self, field.name), _ALLOWED[field.name]
            if value not in allowed:
                offered = ", ".join(repr(option) for option in allowed)
                raise OptionError(
                    f"Closure({field.name}={value!r}): allowed values are {offered}.",
                    nearest(str(value), [option for option in allowed if option]),
                )

    @classmethod
    def of_horizon(cls, horizon: str, balance: Balance = "fixed") -> Closure:
        """The documented bundle that a scenario means by ``short``, ``medium`` or ``long``.

        short: elasticities of the first year, labour specific to its sector.
        medium: elasticities after three years, labour mobile.
        long: the sectors' own long-run elasticities, labour mobile.
        """
        labour: Labour = "specific" if horizon == "short" else "mobile"
        return cls(balance=balance, labour=labour, horizon=cast(Horizon, horizon))

    @property
    def elasticity_factor(self) -> float:
        """Factor on every sector's trade elasticity at this horizon.

        theta(h) = long - (long - short) exp(-h / tau), divided by long, at
        h = 0 (short), h = tau (medium) and h = infinity (long): aggregate
        values of Boehm, Levchenko & Pandalai-Nayar (2023) give the shape, each
        sector keeps its own long-run value.
        """
        if self.horizon in (None, "long"):
            return 1.0
        short = parameter("theta.one_year").value
        long = parameter("theta.ten_year").value
        years = 0.0 if self.horizon == "short" else MEDIUM_YEARS
        decay = math.exp(-years / parameter("theta.convergence_years").value)
        return (long - (long - short) * decay) / long

    def describe(self) -> str:
        """One line for reports: the closure in words, with the elasticity factor."""
        horizon = "the world's own elasticities"
        if self.horizon is not None:
            horizon = f"{self.horizon} horizon (trade elasticities × {self.elasticity_factor:.3g})"
        balance = {
            "fixed": "transfers fixed in the numeraire",
            "share": "transfers a fixed share of world factor income",
            "balanced": "no transfers, base re-solved without them",
        }[self.balance]
        labour = {
            "mobile": "labour mobile between sectors",
            "specific": "labour specific to its sector",
        }[self.labour]
        return f"{balance}; {labour}; {horizon}"


MEDIUM_YEARS = 3.0
