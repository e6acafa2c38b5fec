"""From an economy and the levels of a counterfactual to the arrays that the solver iterates on.

Done in NumPy, once per shock, and only where a cost has changed: the powers of
the cost ratios would otherwise be a large part of a solve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from countervail.errors import AccountingError

Array = npt.NDArray[np.float64]


class Economy(Protocol):
    """The benchmark numbers that the system starts from (axes and units: docs/notation.md).

    They need not be an equilibrium: at no shock the solver then finds the nearest
    one in hats, which is how a cleaned world is re-solved.
    """

    @property
    def tariff(self) -> Array: ...
    @property
    def export_tax(self) -> Array: ...
    @property
    def input_share(self) -> Array: ...
    @property
    def value_added_share(self) -> Array: ...
    @property
    def final_share(self) -> Array: ...
    @property
    def flows(self) -> Array: ...
    @property
    def share(self) -> Array: ...
    @property
    def spending(self) -> Array: ...
    @property
    def output(self) -> Array: ...
    @property
    def transfer(self) -> Array: ...
    @property
    def factor_income(self) -> Array: ...
    @property
    def income(self) -> Array: ...


class Problem(NamedTuple):
    """Everything one solve needs, as arrays of float64 (J sectors, N regions).

    The home entries of the three kernels are zero and live in ``home_kernel``:
    near autarky, foreign terms would otherwise be lost by cancellation. In a
    ``careful`` problem ``kernel`` is the log of the whole, home included, and the other
    two are 1 / (1 + tariff) and 1 / (1 + export tax).
    """

    kernel: Any  # (J,N,N) share x cost ratio^-theta, foreign part: tariff-inclusive spending
    border_kernel: Any  # (J,N,N) kernel / (1 + tariff): value at the border
    producer_kernel: Any  # (J,N,N) border_kernel / (1 + export tax): producers' receipts
    home_kernel: Any  # (J,N)
    log_scale: Any  # (J,N) log of what each market's kernels were divided by
    value_added_share: Any  # (J,N)
    input_share: Any  # (N,J,J)
    final_share: Any  # (J,N)
    elasticity: Any  # (J,)
    spending: Any  # (J,N) benchmark spending, the unit of log spending
    factor_income: Any  # (N,) or, with specific labour, (J,N): benchmark x supply hat
    transfer: Any  # (N,)
    log_productivity: Any  # (J,N)
    numeraire: Any  # () world factor income
    wage_response: Any  # (N,) dw step = wage residual x this
    sector_response: Any  # (J,N) the same for sectoral wages (specific labour)
    own_price_response: Any  # (J,N) d log P / d log own wage at foreign prices fixed


_NEVER = -1e30  # log of a zero share, finite so that nothing becomes inf - inf


@dataclass(frozen=True)
class Levels:
    """The counterfactual levels that a problem was set up from, for the certificate."""

    tariff: Array
    export_tax: Array
    trade_cost: Array | None
    productivity: Array | None
    labour: Array | None
    transfer: Array
    elasticity: Array

    @property
    def taxed_exports(self) -> bool:
        """Whether any sale abroad bears an export tax."""
        return bool(self.export_tax.any())


class Benchmark:
    """What depends on the economy, its elasticities and labour alone; kept for all its shocks."""

    def __init__(self, arrays: Economy, elasticity: Array, specific: bool) -> None:
        self.arrays = arrays
        self.specific = specific
        self.elasticity = elasticity
        n = arrays.flows.shape[1]
        self._home = np.arange(n)
        self.own_share: Array = np.ascontiguousarray(arrays.share[:, self._home, self._home])
        self.sector_income: Array = arrays.value_added_share * arrays.output
        self.numeraire = np.asarray(arrays.factor_income.sum())

    @cached_property
    def trades(self) -> npt.NDArray[np.bool_]:
        """Which regions sell or buy anything abroad in the benchmark."""
        abroad = self.arrays.flows.sum(0)
        np.fill_diagonal(abroad, 0.0)
        found: npt.NDArray[np.bool_] = (abroad.sum(0) + abroad.sum(1)) > 0
        return found

    @cached_property
    def responses(self) -> tuple[Array, Array, Array]:
        """How wages must move per unit of residual: (regional, sectoral, own prices).

        With foreign prices fixed, a one per cent rise of region n's wage raises
        its prices by B_n (own share x value-added share), where
        B_n = (I - diag(own share) G_n')^-1, and so its unit costs; the trade
        balance then reacts with the trade-weighted elasticities.
        """
        a, theta, own = self.arrays, self.elasticity, self.own_share
        j = own.shape[0]
        own_inputs = own.T[:, :, None] * np.swapaxes(a.input_share, 1, 2)
        right = (own * a.value_added_share).T[:, :, None]
        try:
            solved = np.linalg.solve(np.eye(j) - own_inputs, right)[:, :, 0].T
        except np.linalg.LinAlgError as error:
            raise AccountingError(
                "the input-output loops do not die out: some industries are made of each other "
                "alone.",
                "Check industries whose value-added share is zero.",
            ) from error
        own_price: Array = np.ascontiguousarray(solved, dtype=np.float64)
        cost = a.value_added_share + np.einsum("nks,kn->sn", a.input_share, own_price)
        foreign = a.flows.copy()
        foreign[:, self._home, self._home] = 0.0
        exports, imports = foreign.sum(1), foreign.sum(2)
        slope = _mean(theta[:, None] * cost, exports) + _mean(theta[:, None] * own_price, imports)
        sales = np.where(a.output > 0, a.output, 1.0)
        # At producer prices: with export taxes, flows at the border exceed output.
        competed = 1.0 - (a.flows / (1.0 + a.export_tax) * a.share).sum(1) / sales
        sector: Array = 1.0 / (1.0 + theta[:, None] * a.value_added_share * competed)
        regional: Array = 1.0 / (0.5 + slope)
        return regional, sector, own_price

    def problem(self, levels: Levels, careful: bool = False) -> Problem:
        """The arrays of one solve at ``levels``; ``careful`` sets them up for the log domain."""
        a, theta = self.arrays, self.elasticity
        kernels = self._log_kernels(levels) if careful else self._kernels(levels)
        kernel, border, producer, home_kernel, log_scale = kernels
        income = self.sector_income if self.specific else a.factor_income
        if levels.labour is not None:
            income = income * levels.labour
        productivity = levels.productivity
        wage, sector, own_price = self.responses
        return Problem(
            kernel=kernel,
            border_kernel=border,
            producer_kernel=producer,
            home_kernel=home_kernel,
            log_scale=log_scale,
            value_added_share=a.value_added_share,
            input_share=a.input_share,
            final_share=a.final_share,
            elasticity=theta,
            spending=a.spending,
            factor_income=income,
            transfer=levels.transfer,
            log_productivity=(
                np.zeros_like(a.spending) if productivity is None else np.log(productivity)
            ),
            numeraire=self.numeraire,
            wage_response=wage,
            sector_response=sector,
            own_price_response=own_price,
        )

    def _kernels(self, levels: Levels) -> tuple[Array, Array, Array, Array, Array]:
        """Share times cost ratio to the power of -theta: abroad (three values), home, and scale."""
        a, theta, home = self.arrays, self.elasticity, self._home
        kernel = a.share.copy()
        log_scale = np.zeros_like(a.spending)
        ratio = cost_ratio(a, levels)
        if ratio is not None:
            moved = np.nonzero(ratio != 1.0)
            power = -theta[moved[0]] * np.log(ratio[moved])
            log_scale = _market_scale(kernel, moved, power)
            kernel[moved] *= np.exp(power)
            rows = np.nonzero(log_scale)
            power = -theta[rows[0], None] * np.log(ratio[rows]) - log_scale[rows][:, None]
            kernel[rows] = a.share[rows] * np.exp(np.where(a.share[rows] > 0, power, 0.0))
        home_kernel = np.ascontiguousarray(kernel[:, home, home])
        kernel[:, home, home] = 0.0
        border = kernel / (1.0 + levels.tariff)
        producer = border / (1.0 + levels.export_tax) if levels.taxed_exports else border
        return kernel, border, producer, home_kernel, log_scale

    def _log_kernels(self, levels: Levels) -> tuple[Array, Array, Array, Array, Array]:
        """Log of share times cost ratio to the power of -theta, home included, and the taxes."""
        a = self.arrays
        ratio = cost_ratio(a, levels)
        supplied = a.share > 0
        kernel = np.where(supplied, np.log(np.where(supplied, a.share, 1.0)), _NEVER)
        if ratio is not None:
            kernel -= self.elasticity[:, None, None] * np.log(ratio)
        none = np.zeros_like(a.spending)
        return kernel, 1.0 / (1.0 + levels.tariff), 1.0 / (1.0 + levels.export_tax), none, none

    @property
    def unchanged(self) -> Levels:
        """The benchmark's own levels."""
        a = self.arrays
        return Levels(
            tariff=a.tariff,
            export_tax=a.export_tax,
            trade_cost=None,
            productivity=None,
            labour=None,
            transfer=a.transfer,
            elasticity=self.elasticity,
        )

    def blend(self, levels: Levels, step: float) -> Levels:
        """Levels a fraction ``step`` of the way, in logs, from the benchmark; transfers whole."""
        a = self.arrays

        def tax(new: Array, old: Array) -> Array:
            return np.expm1((1 - step) * np.log1p(old) + step * np.log1p(new))

        def hat(new: Array | None) -> Array | None:
            return None if new is None else new**step

        return replace(
            levels,
            tariff=tax(levels.tariff, a.tariff),
            export_tax=tax(levels.export_tax, a.export_tax),
            trade_cost=hat(levels.trade_cost),
            productivity=hat(levels.productivity),
            labour=hat(levels.labour),
        )

    def transfers_only(self, levels: Levels, step: float) -> Levels:
        """The benchmark with transfers a fraction ``step`` of the way to those of ``levels``."""
        transfer = (1 - step) * self.arrays.transfer + step * levels.transfer
        return replace(self.unchanged, transfer=transfer)


def cost_ratio(arrays: Economy, levels: Levels) -> Array | None:
    """Delivered-cost ratio kappa (1+t')(1+e')/((1+t)(1+e)), or None where nothing changed."""
    ratio: Array | None = None
    if levels.tariff is not arrays.tariff:
        ratio = (1.0 + levels.tariff) / (1.0 + arrays.tariff)
    if levels.export_tax is not arrays.export_tax:
        tax = (1.0 + levels.export_tax) / (1.0 + arrays.export_tax)
        ratio = tax if ratio is None else ratio * tax
    if levels.trade_cost is not None:
        ratio = levels.trade_cost if ratio is None else ratio * levels.trade_cost
    return ratio


def _market_scale(share: Array, moved: tuple[Any, ...], power: Array) -> Array:
    """Log of the largest kernel factor in each market where *every* supplier's cost moved.

    Dividing by it keeps a market that is cut off from all its suppliers (a zero
    own share in autarky) away from underflow; elsewhere it is 0.
    """
    supplied = share[moved] > 0
    markets = (moved[0][supplied], moved[1][supplied])
    shape = share.shape[:2]
    count = np.zeros(shape)
    np.add.at(count, markets, 1.0)
    largest = np.full(shape, -np.inf)
    np.maximum.at(largest, markets, power[supplied])
    whole = (count > 0) & (count == (share > 0).sum(2))
    return np.where(whole, largest, 0.0)


def _mean(values: Array, weights: Array) -> Array:
    """Weighted mean over sectors; 0 where a region does not trade."""
    total = weights.sum(0)
    return np.where(total > 0, (values * weights).sum(0) / np.where(total > 0, total, 1.0), 0.0)
