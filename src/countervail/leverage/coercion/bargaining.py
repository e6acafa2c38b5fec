"""Coercive bargaining: what is demanded under a threat, and how often that ends in rupture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from countervail.errors import InputError, NegativeValueError, NotANumberError, OptionError
from countervail.parameters import parameter

Regime = Literal["accepted for certain", "accepted or rupture", "carried out", "no demand"]

FALLS = (0.0, 0.10, 0.25, 0.50)
"""By how much the exposure may have fallen in the sensitivity strip, fractions."""

_WORDS: dict[Regime, str] = {
    "accepted for certain": "The coercer asks for what even the most resolute target accepts.",
    "accepted or rupture": "The coercer asks for more and runs the risk of having to act.",
    "carried out": "Carrying out the threat is worth more to the coercer than any demand that "
    "could be accepted.",
    "no demand": "No demand is worth its risk: rupture would cost the coercer more than it "
    "could win.",
}
_GAINS = "The coercer gains by carrying the threat out, which makes it credible and cheap."


@dataclass(frozen=True)
class Demand:
    """The best demand of a coercer, and what comes of it; billion USD a year, transferable.

    ``exposure_bn`` (L): what refusal costs the target; ``cost_bn`` (c): what it costs the
    coercer, below zero where it gains; ``noise_bn`` (s): half-width of what the coercer
    does not know about the target's resolve. ``demand_bn``: None where the threat is
    carried out whatever is offered, 0 where nothing is demanded. ``accept``, ``rupture``:
    probabilities, together 1. ``expected_gain_bn``: what the coercer expects, over doing nothing.
    ``noise_share``: s as a fraction of the exposure before any fall; ``fall``: by which
    fraction the exposure has fallen. All of it rests on judgement about s.
    """

    exposure_bn: float
    cost_bn: float
    noise_bn: float
    demand_bn: float | None
    accept: float
    rupture: float
    expected_gain_bn: float
    regime: Regime
    noise_share: float | None = None
    fall: float = 0.0

    @property
    def words(self) -> str:
        """The regime in a sentence, and what it means where the coercer gains by the threat."""
        return f"{_WORDS[self.regime]} {_GAINS}" if self.cost_bn < 0 else _WORDS[self.regime]


def demand(exposure_bn: float, cost_bn: float, noise_bn: float) -> Demand:
    """The demand that is best for a coercer which is committed to act if it is refused.

    The coercer demands x. The target accepts where x <= L + e; it alone knows e, uniform on
    [-s, s]. Refusal costs the target L and the coercer c. So x is accepted with
    P(x) = clip((L + s - x) / 2s, 0, 1), and the coercer's gain is x P - c (1 - P). Its
    maximum over x >= 0, against 0 for demanding nothing:

    - x* = (L + s - c) / 2, accepted with (L + s + c) / 4s, where that lies between
      L - s and L + s and the gain is above 0;
    - L - s, accepted for certain, where x* lies below it and L > s;
    - no demand where no gain is above 0;
    - the threat is carried out whatever is offered where -c >= L + s, c < 0.

    The coercer is assumed bound to act: whether it would act when refused, at its cost c, is
    not asked. Nor does more doubt mean less demanded: for -L < c <= L the demand is L - s up to
    s = (L + c) / 3, where it is lowest at (2L - c) / 3, and (L + s - c) / 2 beyond, which rises
    with s as the coercer gambles. For c > L there is also a range of s where none is made.

    ``exposure_bn``, ``cost_bn``, ``noise_bn``: billion USD, the last 0 or more (0: L is
    known). Raises ``NotANumberError``, ``NegativeValueError``.

    Source: definition of this program; take-it-or-leave-it demands under one-sided
    uncertainty as in Fearon (1995), International Organization 49(3) (cited, not re-read).
    """
    for name, value in (("exposure", exposure_bn), ("cost", cost_bn), ("noise", noise_bn)):
        _number(f"{name}_bn", value)
    if noise_bn < 0:
        raise NegativeValueError(f"noise_bn={noise_bn:g}: a half-width is not negative.")
    x, accept, regime = _best(exposure_bn, cost_bn, noise_bn)
    gain = (0.0 if x is None else x * accept) - cost_bn * (1.0 - accept)
    if gain <= 0:
        x, accept, gain, regime = 0.0, 1.0, 0.0, "no demand"
    return Demand(exposure_bn, cost_bn, noise_bn, x, accept, 1.0 - accept, gain, regime)


def demands(
    exposure_bn: float,
    cost_bn: float,
    *,
    noise_share: Sequence[float] | None = None,
    falls: Sequence[float] = FALLS,
) -> tuple[Demand, ...]:
    """The sensitivity strip: demands over what is not known, and over a falling exposure.

    For each half-width s = ``noise_share`` x exposure (default: value, low and high of the
    parameter ``bargaining.noise_share``, judgement; the value first), the exposure as it is
    and lower by each fraction of ``falls``. The coercer's cost and s (in money) stay as they
    are, so that a row shows what the fall alone does: the demand falls and rupture becomes
    likelier, until no demand is worth making. That rupture becomes likelier hangs on s staying
    where it is. Were s to fall with the exposure (s = k L), the probability of acceptance would be
    (1 + k) / 4k + c / (4 k L): unmoved at c = 0, and higher after a fall at c > 0. Over s the
    demand has a minimum (see ``demand``), so that the rows for the lowest and the highest
    s need not enclose the others.
    An exposure of 0 or less gives rows without noise. Raises as ``demand``,
    ``InputError`` for a fall outside 0 to 1 or an empty list, and ``OptionError`` for no list.
    """
    _number("exposure_bn", exposure_bn)
    if noise_share is None:
        known = parameter("bargaining.noise_share")
        noise_share = [known.value, *(v for v in (known.low, known.high) if v is not None)]
    for name, values in (("noise_share", noise_share), ("falls", falls)):
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise OptionError(f"{name}={values!r} is no list of numbers.", "Write (0.5, 0.2).")
        if not values:
            raise InputError(f"{name} is empty.", "Name at least one fraction.")
        for value in values:
            _number(name, value)
    wrong = [fall for fall in falls if not 0 <= fall <= 1]
    if wrong:
        raise InputError(f"falls={wrong[0]:g}: a fall lies between 0 and 1.", "0.25 is a quarter.")
    rows = []
    for share in noise_share:
        noise = share * max(exposure_bn, 0.0)
        for fall in falls:
            row = demand((1.0 - fall) * exposure_bn, cost_bn, noise)
            rows.append(replace(row, noise_share=share, fall=fall))
    return tuple(rows)


def _best(harm: float, cost: float, noise: float) -> tuple[float | None, float, Regime]:
    """(demand, probability of acceptance, regime) of the best demand, whatever its gain."""
    certain, hopeless = harm - noise, harm + noise
    x = (harm + noise - cost) / 2.0
    if hopeless <= 0 or x >= hopeless:
        return None, 0.0, "carried out"
    if noise == 0 or x <= certain:
        return max(certain, 0.0), 1.0, "accepted for certain"
    return x, (hopeless - x) / (2.0 * noise), "accepted or rupture"


def _number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise NotANumberError(f"{name}={value!r} is not a finite number.", "Give one number.")
