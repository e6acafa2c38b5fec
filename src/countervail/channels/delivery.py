"""How likely it is that a deal is delivered: the status ladder, and draws that go together.

The chances are judgement, shown as such. Deals with partners of one region share a common
factor, since one crisis there hits them all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countervail.channels.arguments import each_a, finite, whole
from countervail.errors import OptionError, UnknownLabelError, nearest, require_kind
from countervail.parameters import parameter
from countervail.scenario.deals import Deal
from countervail.world import registry

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BLOCS = ("GCC", "EU", "EFTA", "ASEAN", "MERCOSUR", "USMCA")
"""Groups of countries that one crisis would hit together, the first that holds a partner."""
_MOST_DRAWS = 10_000_000


@dataclass(frozen=True)
class Delivery:
    """The chance that a deal is delivered, with the range of its prior and where it is from."""

    expected: float
    low: float
    high: float
    source: str


def delivery_of(deal: Deal) -> Delivery:
    """The deal's own chance where it states one, else that of its rung of the status ladder."""
    if deal.delivery is not None:
        return Delivery(deal.delivery, deal.delivery, deal.delivery, "as the entry says")
    if deal.status == "withdrawn":
        return Delivery(0.0, 0.0, 0.0, "withdrawn")
    if deal.status == "delivered":
        return Delivery(1.0, 1.0, 1.0, "delivered")
    found = parameter(f"delivery.{deal.status.replace('-', '_')}")
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    return Delivery(found.value, low, high, f"status ladder: {found.status}")


def bloc_of(deal: Deal, protagonist: str) -> str:
    """The group of countries whose crisis would hit the deal: that of its first partner."""
    own = _code(protagonist)
    parties = [_code(party) for party in deal.parties]
    partners = [party for party in parties if party != own] or parties
    known = registry.regions().get(partners[0])
    mine = () if known is None else known.groups
    return next((bloc for bloc in BLOCS if bloc in mine), partners[0])


def _code(name: str) -> str:
    """The ISO3 code of a country by any of its names; another name as it is."""
    known = name in registry.regions()
    return name if known else registry.aliases("region").get(name.lower(), name)


def draw_deliveries(
    deals: Sequence[Deal],
    protagonist: str,
    draws: int,
    *,
    seed: int = 0,
    correlation: float | None = None,
) -> npt.NDArray[np.bool_]:
    """Whether each deal is delivered in each of ``draws`` futures, (draws, deals).

    Each future draws a chance for every deal from its prior (uniform on either side of the
    expected value, so that the mean is that value) and a state of every region; a deal is
    delivered where sqrt(r) x region + sqrt(1 - r) x own, both standard normal, lies below the
    quantile of its chance, r being ``correlation`` (default: ``delivery.correlation``). The same
    seed gives each deal the same futures whichever others are asked about. No deals give no
    columns. Raises ``OptionError`` for draws that are no number from 1 to 10 million, a seed that
    is no whole number, a correlation outside 0 to 1, and what is no list of deals;
    ``UnknownLabelError`` for a protagonist that nobody knows.

    Source: Gaussian copula with one factor by region; definition of this program.
    """
    import numpy as np
    from scipy.special import ndtri

    deals = each_a(deals, "deals", Deal, "cv.read_scenario('canada-2026').deals")
    require_kind(protagonist, "protagonist", str, "'CAN'")
    parties = {_code(party) for deal in deals for party in deal.parties}
    if _code(protagonist) not in {*registry.regions(), *parties}:
        raise UnknownLabelError(
            f"{protagonist!r} is no country, and no party of these deals.",
            nearest(protagonist, {*registry.regions(), *parties}),
        )
    draws = whole(draws, "draws", 1, _MOST_DRAWS, "draws=1000")
    seed = whole(seed, "seed", 0, 2**63 - 1, "seed=0")
    r = parameter("delivery.correlation").value
    if correlation is not None:
        r = finite(correlation, "correlation", "correlation=0.5")
    if not 0 <= r <= 1:
        raise OptionError(
            f"correlation={r:g}: deals go together by a fraction from 0 to 1.",
            "For example: correlation=0.5.",
        )
    if not deals:
        return np.zeros((draws, 0), dtype=np.bool_)
    chances = [delivery_of(deal) for deal in deals]
    blocs = [bloc_of(deal, protagonist) for deal in deals]
    named = sorted(set(blocs))
    # A stream of its own for every deal and region: others' draws do not depend on who is asked.
    states = np.stack([_stream(seed, bloc).standard_normal(draws) for bloc in named], axis=1)
    streams = [_stream(seed, f"deal {deal.id}") for deal in deals]
    own = np.stack([stream.standard_normal(draws) for stream in streams], axis=1)
    level = np.stack([stream.random(draws) for stream in streams], axis=1)
    shared = states[:, [named.index(bloc) for bloc in blocs]]
    latent = np.sqrt(r) * shared + np.sqrt(1 - r) * own
    odds = np.stack([_drawn(c, level[:, k]) for k, c in enumerate(chances)], axis=1)
    found: npt.NDArray[np.bool_] = latent < ndtri(odds)
    return found


def _stream(seed: int, name: str) -> np.random.Generator:
    import numpy as np

    return np.random.default_rng([seed, *name.encode()])


def _drawn(chance: Delivery, level: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Quantiles of a density uniform below and uniform above the expected value, with that mean."""
    import numpy as np

    low, mid, high = chance.low, chance.expected, chance.high
    if high == low:
        return np.full_like(level, mid)
    below = (high - mid) / (high - low)
    down = low + (mid - low) * level / (below if below > 0 else 1.0)
    up = mid + (high - mid) * (level - below) / (1.0 - below if below < 1 else 1.0)
    return np.where(level < below, down, up)
