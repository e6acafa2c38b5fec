"""What a deal does, as a value: its shock, what stands without it, and what can be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from countervail.equilibrium.shock import Shock


@dataclass(frozen=True)
class Indicator:
    """One figure that a channel reports besides the equilibrium, with its unit."""

    label: str
    value: float | None
    unit: str


@dataclass(frozen=True, eq=False)
class Move:
    """One deal at one chance of delivery.

    ``shock``: from the world as it stands to the world with the deal; ``standing``: to the world
    without it, where measures hold by now that the base year did not know (a duty that the deal
    lifts); the deal's worth is the difference. ``building``: while it is built, money comes in
    that earns nothing yet; None where nothing is built. ``moves``: what it moves, in words with
    figures; ``why``: formula and source. ``not_quantified``: why there is no shock; it is then
    empty, as it is where there is no evidence of an effect.
    """

    id: str
    kind: str
    delivery: float
    shock: Shock
    standing: Shock
    building: Shock | None = None
    moves: tuple[str, ...] = ()
    why: str = ""
    indicators: tuple[Indicator, ...] = ()
    not_quantified: str = ""
