"""Volumes after a shock: output and product at base prices, and what imports cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.outcome import Outcome

Array = npt.NDArray[np.float64]


def output_volume(outcome: Outcome) -> Array:
    """Gross output after the shock at base producer prices, million USD, (sector, region)."""
    found: Array = outcome.state.recomputed.output / _cost(outcome)
    return found


def real_product_percent(outcome: Outcome) -> Array:
    """Change of gross domestic product at base market prices by region, percent (N,).

    Output less inputs, each at the prices of the base, and the import tariffs and export taxes of
    the base on the new volumes of trade: a Laspeyres volume, as product at constant prices is.
    Where only taxes and costs abroad change, it moves by what resources lose in their new places,
    far less than real income, which also buys less where export prices fall.
    """
    old, new = outcome.base, outcome.state
    price = np.exp(new.log_price - old.log_price)
    before = old.recomputed.output.sum(0) - _inputs(outcome, old.recomputed.output).sum(0)
    after = output_volume(outcome).sum(0) - (_inputs(outcome, new.recomputed.output) / price).sum(0)
    before = before + _taxes(outcome, old.recomputed.trade)
    after = after + _taxes(outcome, _trade_volume(outcome))
    return np.asarray(100.0 * (after / before - 1.0), dtype=np.float64)


def import_price_percent(outcome: Outcome, importer: int) -> Array:
    """Change of the price index of foreign goods in one region, duties included, percent (S,).

    From the equilibrium's own index: foreign goods cost the composite's price times what their
    share in it has become, to the power of minus one over the trade elasticity.
    """
    theta = outcome.state.levels.elasticity
    old, new = outcome.base, outcome.state
    foreign = np.arange(len(outcome.world.regions)) != importer
    before = old.recomputed.share[:, importer][:, foreign].sum(1)
    after = new.recomputed.share[:, importer][:, foreign].sum(1)
    kept = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    price = np.exp(new.log_price[:, importer] - old.log_price[:, importer])
    return np.asarray(100.0 * (price * kept ** (-1.0 / theta) - 1.0), dtype=np.float64)


def _cost(outcome: Outcome) -> Array:
    ratio: Array = outcome.state.recomputed.cost / outcome.base.recomputed.cost
    return ratio


def _inputs(outcome: Outcome, output: Array) -> Array:
    """What sectors spend on inputs, (input, region)."""
    found: Array = np.einsum("nks,sn->kn", outcome.world.arrays.input_share, output)
    return found


def _trade_volume(outcome: Outcome) -> Array:
    """Flows (sector, importer, exporter) at base prices before import tariff, million USD."""
    new, old = outcome.state, outcome.base
    price = _cost(outcome)[:, None, :] * (1.0 + new.levels.export_tax)
    price = price / (1.0 + old.levels.export_tax)
    if new.levels.trade_cost is not None:
        price = price * new.levels.trade_cost
    return np.asarray(new.recomputed.trade / price, dtype=np.float64)


def _taxes(outcome: Outcome, trade: Array) -> Array:
    """Import tariffs and export taxes at base rates on ``trade``, by region."""
    levels = outcome.base.levels
    duty = (trade * levels.tariff).sum((0, 2))
    exports = trade - trade / (1.0 + levels.export_tax)
    return np.asarray(duty + exports.sum((0, 1)), dtype=np.float64)
