"""Cross-entropy balancing: the accounts nearest to a prior that meet known totals.

Given prior flows, intermediate use and final demand, find those that meet totals by
pair of regions, value added by region, external balances and every accounting
identity, at the least weighted Kullback-Leibler divergence from the prior

    sum_foreign KL(M|M0) + w [ sum_home KL(M|M0) + sum KL(Z|Z0) + sum KL(F|F0) ],
    KL(x|x0) = x log(x/x0) - x + x0,

which keeps every cell positive where the prior is (Golan, Judge & Robinson 1994 use
the same criterion to update input-output tables). Input shares are free to move:
with fixed ones the totals often cannot be met without negative home sales.

The dual is smooth, convex and unconstrained, with one multiplier per total. It is
minimised by Newton steps, each solved by conjugate gradients without a matrix, with
the exact blocks of each region as preconditioner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from countervail.errors import AccountingError, NotANumberError
from countervail.world.arrays import Array, Mask

HOME_WEIGHT = 0.2
"""Weight of home sales, intermediate use and final demand against foreign flows: judgement,
from the trials behind the 2023 world (observed trade is trusted more than what is implied)."""

_TOLERANCE = 1e-12
_NEWTON = 100
_RUNAWAY = 200.0  # cells e^200 times their prior are on the way to zero or infinity
_CONJUGATE = 600
_STEP = 5.0
_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Prior:
    """What the accounts are thought to be before the totals are imposed (million USD).

    ``flows`` and ``tariff`` (J,N,N) [sector, importer, exporter]; ``inputs`` (N,J,J)
    intermediate use [region, input, user]; ``final`` (J,N) final demand;
    ``value_added_share`` (J,N), kept as it is. Zeros stay zeros.
    """

    flows: Array
    tariff: Array
    inputs: Array
    final: Array
    value_added_share: Array


@dataclass(frozen=True, eq=False)
class Totals:
    """What the accounts must meet (million USD).

    ``pairs`` (N,N) [importer, exporter]: total over the sectors in ``goods`` (J,), NaN
    where not known; ``value_added`` (N,). ``deficit`` (N,): imports less exports over
    all sectors, NaN where not known; ``slack`` (N,): zero where the deficit must be
    met, else the scale of its quadratic penalty (deviation^2 / (2 slack)).
    """

    goods: Mask
    pairs: Array
    value_added: Array
    deficit: Array
    slack: Array


@dataclass(frozen=True, eq=False)
class Balanced:
    """The balanced accounts: ``flows`` (J,N,N), ``input_share`` (N,J,J), ``final`` (J,N).

    Final demand is what purchases leave after intermediate use. ``newton`` and
    ``conjugate`` count the steps taken, ``residual`` is the largest violation left
    as a fraction of mean value added.
    """

    flows: Array
    input_share: Array
    final: Array
    newton: int
    conjugate: int
    residual: float


def balance(
    prior: Prior,
    totals: Totals,
    regions: Sequence[str],
    *,
    home_weight: float = HOME_WEIGHT,
    progress: Callable[[float], None] | None = None,
) -> Balanced:
    """The accounts nearest to ``prior`` that meet ``totals`` and every identity.

    ``regions`` name the places in messages. Raises ``AccountingError`` where a pair
    with a total has no prior cell, or where the totals cannot be met together (the
    multipliers grow without bound): with the totals that fail most.
    """
    _require_numbers(prior, totals)
    _require_cells(prior, totals, regions)
    system = _System(prior, totals, home_weight)
    scale = float(totals.value_added.mean())
    point = system.zero
    cells = system.cells(point)
    value = system.value(point, cells)
    steps = 0
    for count in range(1, _NEWTON + 1):
        gradient = system.gradient(point, cells)
        worst = float(np.abs(gradient).max()) / scale
        if progress is not None:
            progress(min(0.99, np.log10(max(worst, 1e-12)) / -12.0))
        if worst <= _TOLERANCE:
            return _finish(prior, totals, cells, count - 1, steps, worst)
        curvature = system.curvature(cells)
        direction, used = _conjugate_gradients(
            lambda v, c=curvature: system.times(c, v),  # type: ignore[misc]
            -gradient,
            system.preconditioner(curvature),
            min(0.1, worst**0.5),
        )
        steps += used
        slope = float(gradient @ direction)
        length = min(1.0, _STEP / max(float(np.abs(system.exponents(direction)).max()), 1e-300))
        for _ in range(40):
            trial = point + length * direction
            cells = system.cells(trial)
            reached = system.value(trial, cells)
            # Near the optimum the decrease drowns in rounding; a full step is right there.
            if reached <= value + 1e-4 * length * slope + 1e-13 * abs(value):
                break
            length *= 0.5
        else:
            break
        point, value = trial, reached
        if np.abs(system.exponents(point)).max() > _RUNAWAY:
            break
    raise _cannot_be_met(system, point, cells, regions, scale)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Primal cells, or their curvature (cell over weight)."""

    flows: Array
    inputs: Array
    final: Array


class _System:
    """The dual problem: multipliers of pairs, markets, cost columns, value added, deficits.

    Row by row, with the multiplier that it carries in brackets:
    pairs      sum_goods M = total                              [pair, N x N]
    markets    sum_i M (1+t) - sum_s Z - F = 0                  [market, J x N]
    columns    sum_k Z - (1 - va) sum_n M = 0                   [column, J x N]
    income     sum_s va sum_n M = value added                   [income, N]
    deficits   imports - exports - slack * multiplier = deficit [deficit, N]
    """

    def __init__(self, prior: Prior, totals: Totals, home_weight: float) -> None:
        sectors, count = prior.final.shape
        self.shape = (sectors, count)
        self.prior = prior
        self.paid = 1.0 + prior.tariff
        self.va = prior.value_added_share
        self.home = np.eye(count, dtype=bool)
        self.weight = np.where(self.home, home_weight, 1.0)
        self.inner = home_weight
        self.goods = totals.goods.astype(np.float64)
        self.known = ~np.isnan(totals.pairs) & ~self.home
        self.pairs = np.where(self.known, totals.pairs, 0.0)
        self.income = totals.value_added
        self.pinned = ~np.isnan(totals.deficit)
        self.deficit = np.where(self.pinned, totals.deficit, 0.0)
        self.slack = np.where(self.pinned, totals.slack, 0.0)
        sizes = (count * count, sectors * count, sectors * count, count, count)
        self.ends = np.cumsum(sizes)
        self.zero = np.zeros(self.ends[-1])

    def split(self, x: Array) -> tuple[Array, Array, Array, Array, Array]:
        pair, market, column, income, deficit = np.split(x, self.ends[:-1])
        count = self.shape[1]
        return (
            pair.reshape(count, count),
            market.reshape(self.shape),
            column.reshape(self.shape),
            income,
            deficit,
        )

    def _lift(self, x: Array) -> _Cells:
        """The transposed constraints: what each multiplier adds to the exponent of each cell."""
        pair, market, column, income, deficit = self.split(x)
        seller = self.va * income - (1.0 - self.va) * column
        between = np.where(self.home, 0.0, deficit[:, None] - deficit[None, :])
        flows = market[:, :, None] * self.paid
        flows += seller[:, None, :]
        flows += between
        flows += self.goods[:, None, None] * np.where(self.known, pair, 0.0)
        inputs = column.T[:, None, :] - market.T[:, :, None]
        return _Cells(flows, inputs, -market)

    def exponents(self, x: Array) -> Array:
        """The exponents of the flows under multipliers ``x`` (to bound a step)."""
        return np.asarray(self._lift(x).flows / self.weight)

    def cells(self, x: Array) -> _Cells:
        """Primal cells at multipliers ``x``."""
        up = self._lift(x)
        with np.errstate(over="ignore"):
            return _Cells(
                self.prior.flows * np.exp(up.flows / self.weight),
                self.prior.inputs * np.exp(up.inputs / self.inner),
                self.prior.final * np.exp(up.final / self.inner),
            )

    def value(self, x: Array, cells: _Cells) -> float:
        """The dual objective, to be minimised; infinite where cells overflow."""
        pair, _, _, income, deficit = self.split(x)
        total = (
            (self.weight * cells.flows).sum()
            + self.inner * (cells.inputs.sum() + cells.final.sum())
            - (self.pairs * pair).sum()
            - self.income @ income
            - self.deficit @ deficit
            + 0.5 * (self.slack * deficit) @ deficit
        )
        return float(total) if np.isfinite(total) else np.inf

    def _sums(self, c: _Cells) -> list[Array]:
        """The constraints' left sides for cells ``c``."""
        sold = c.flows.sum(axis=1)
        bilateral = c.flows.sum(axis=0)
        abroad = np.where(self.home, 0.0, bilateral)
        pair = np.where(self.known, np.tensordot(self.goods, c.flows, axes=1), 0.0)
        market = (c.flows * self.paid).sum(axis=2) - c.inputs.sum(axis=2).T - c.final
        column = c.inputs.sum(axis=1).T - (1.0 - self.va) * sold
        income = (self.va * sold).sum(axis=0)
        deficit = np.where(self.pinned, abroad.sum(axis=1) - abroad.sum(axis=0), 0.0)
        return [pair, market, column, income, deficit]

    def gradient(self, x: Array, cells: _Cells) -> Array:
        """Left side less total of every constraint."""
        pair, market, column, income, deficit = self._sums(cells)
        pair = pair - self.pairs
        income = income - self.income
        deficit = deficit - self.deficit + self.slack * self.split(x)[4]
        return _pack(pair, market, column, income, deficit)

    def curvature(self, cells: _Cells) -> _Cells:
        """Cell over weight: the diagonal between the constraints and their transpose."""
        return _Cells(
            cells.flows / self.weight, cells.inputs / self.inner, cells.final / self.inner
        )

    def times(self, curvature: _Cells, v: Array) -> Array:
        """The Hessian times ``v``."""
        held = v.copy()
        held[self.ends[3] :] *= self.pinned
        up = self._lift(held)
        moved = _Cells(
            curvature.flows * up.flows, curvature.inputs * up.inputs, curvature.final * up.final
        )
        pair, market, column, income, deficit = self._sums(moved)
        own = self.split(v)
        pair = pair + np.where(self.known, 0.0, own[0])
        deficit = deficit + np.where(self.pinned, self.slack * own[4], own[4])
        return _pack(pair, market, column, income, deficit)

    def preconditioner(self, curvature: _Cells) -> Callable[[Array], Array]:
        """Solves with the exact block of each region, and the diagonal of the pairs."""
        sectors, count = self.shape
        flows, paid, va = curvature.flows, self.paid, self.va
        at_home = np.einsum("snn->sn", flows)
        abroad = np.where(self.home, 0.0, flows)
        size = 2 * sectors + 2
        block = np.zeros((count, size, size))
        s = np.arange(sectors)
        m, c, inc, dft = s, sectors + s, 2 * sectors, 2 * sectors + 1
        sold = flows.sum(axis=1)
        block[:, m, m] = (
            (flows * paid**2).sum(axis=2) + curvature.inputs.sum(axis=2).T + curvature.final
        ).T
        block[:, c, c] = (curvature.inputs.sum(axis=1).T + (1 - va) ** 2 * sold).T
        block[:, :sectors, sectors : 2 * sectors] = -curvature.inputs
        block[:, m, c] -= ((1 - va) * at_home).T
        block[:, m, inc] = (va * at_home).T
        block[:, c, inc] = -((1 - va) * va * sold).T
        block[:, inc, inc] = (va**2 * sold).sum(axis=0)
        sent = abroad.sum(axis=1)
        block[:, m, dft] = (abroad * paid).sum(axis=2).T
        block[:, c, dft] = ((1 - va) * sent).T
        block[:, inc, dft] = -(va * sent).sum(axis=0)
        block[:, dft, dft] = abroad.sum(axis=(0, 2)) + sent.sum(axis=0) + self.slack
        block[~self.pinned, :, dft] = 0.0
        block[~self.pinned, dft, dft] = 1.0
        upper = np.triu(block)
        block = upper + np.triu(block, 1).transpose(0, 2, 1)
        diagonal = np.einsum("nii->ni", block)
        # A market or column without any cell has an empty row.
        empty = diagonal <= 0
        block[:, range(size), range(size)] += np.where(empty, 1.0, 1e-12 * diagonal)
        inverse = np.linalg.inv(block)
        pair = np.tensordot(self.goods, flows, axes=1)
        pair = np.where(self.known & (pair > 0), pair, 1.0)

        def solve(r: Array) -> Array:
            one, market, column, income, deficit = self.split(r)
            rows = np.concatenate([market, column, income[None], deficit[None]]).T
            found = (inverse @ rows[:, :, None])[:, :, 0].T
            return _pack(one / pair, found[:sectors], found[sectors:-2], found[-2], found[-1])

        return solve


def _pack(*parts: Array) -> Array:
    return np.concatenate([part.ravel() for part in parts])


def _conjugate_gradients(
    times: Callable[[Array], Array],
    right: Array,
    precondition: Callable[[Array], Array],
    tolerance: float,
) -> tuple[Array, int]:
    """A solution of ``times(x) = right`` to a relative ``tolerance``, and the steps it took."""
    found = np.zeros_like(right)
    left = right.copy()
    solved = precondition(left)
    direction = solved
    product = float(left @ solved)
    target = tolerance * float(np.sqrt(abs(product)))
    used = 0
    while used < _CONJUGATE:
        used += 1
        image = times(direction)
        bend = float(direction @ image)
        if bend <= 0:
            break
        length = product / bend
        found += length * direction
        left -= length * image
        solved = precondition(left)
        following = float(left @ solved)
        if np.sqrt(abs(following)) <= target:
            break
        direction = solved + following / product * direction
        product = following
    return found, used


def _finish(
    prior: Prior, totals: Totals, cells: _Cells, newton: int, conjugate: int, residual: float
) -> Balanced:
    """Pair totals to the last digit; then everything else follows by definition."""
    known = ~np.isnan(totals.pairs) & ~np.eye(len(totals.value_added), dtype=bool)
    flows = cells.flows.copy()
    have = flows[totals.goods].sum(axis=0)
    factor = np.where(known & (have > 0), totals.pairs / np.where(have > 0, have, 1.0), 1.0)
    flows[totals.goods] *= factor
    output = flows.sum(axis=1)
    made = output > 0
    used = cells.inputs.sum(axis=1).T
    going = made & (used > 0)
    share = np.where(
        going.T[:, None, :],
        cells.inputs * ((1.0 - prior.value_added_share) / np.where(going, used, 1.0)).T[:, None, :],
        _prior_share(prior),
    )
    demand = (flows * (1.0 + prior.tariff)).sum(axis=2)
    final = demand - np.einsum("nks,sn->kn", share, output)
    # What should be zero can come out a rounding below it.
    final = np.where((final < 0) & (final > -1e-9 * (demand + 1.0)), 0.0, final)
    return Balanced(flows, share, final, newton, conjugate, residual)


def _prior_share(prior: Prior) -> Array:
    """Cost shares of the prior, columns scaled to one less the value-added share."""
    used = prior.inputs.sum(axis=1).T
    scale = (1.0 - prior.value_added_share) / np.where(used > 0, used, 1.0)
    return np.asarray(prior.inputs * np.where(used > 0, scale, 0.0).T[:, None, :])


def _require_numbers(prior: Prior, totals: Totals) -> None:
    given = {
        **{f.name: getattr(prior, f.name) for f in fields(prior)},
        "value_added": totals.value_added,
        "slack": totals.slack,
    }
    for name, values in given.items():
        if not np.isfinite(values).all():
            raise NotANumberError(
                f"{name} of the prior holds {int((~np.isfinite(values)).sum()):,} cells that are "
                "not numbers.",
                "Correct what it was computed from.",
            )


def _require_cells(prior: Prior, totals: Totals, regions: Sequence[str]) -> None:
    have = prior.flows[totals.goods].sum(axis=0)
    home = np.eye(len(regions), dtype=bool)
    bare = ~np.isnan(totals.pairs) & ~home & (totals.pairs > 0) & (have <= 0)
    if bare.any():
        raise AccountingError(
            f"{int(bare.sum()):,} pairs have a total but no prior flow in any goods sector.",
            "Give the pair a prior in at least one sector; entropy cannot leave zero.",
            [
                f"{regions[n]} from {regions[i]}: {totals.pairs[n, i]:,.6g} million USD"
                for n, i in np.argwhere(bare)[:_SHOWN]
            ],
        )


def _cannot_be_met(
    system: _System, point: Array, cells: _Cells, regions: Sequence[str], scale: float
) -> AccountingError:
    pair, market, column, income, deficit = system.split(system.gradient(point, cells))
    found = [
        (abs(pair[n, i]), f"goods of {regions[n]} from {regions[i]}: off by {pair[n, i]:,.4g}")
        for n, i in np.argwhere(np.abs(pair) > _TOLERANCE * scale)
    ]
    for what, row in (("value added", income), ("trade deficit", deficit)):
        found += [
            (abs(x), f"{what} of {regions[n]}: off by {x:,.4g}") for n, x in enumerate(row) if x
        ]
    for what, table in (("market", market), ("cost column", column)):
        by_region = np.abs(table).max(axis=0)
        found += [
            (x, f"a {what} of {regions[n]}: off by {x:,.4g}") for n, x in enumerate(by_region)
        ]
    found.sort(key=lambda row: -row[0])
    return AccountingError(
        "the totals cannot be met together with the accounting identities.",
        "Look at the totals below: a value added too small for the exports, or a deficit that "
        "the services flows cannot supply. Give the deficit some slack, or correct the total.",
        [f"{text} million USD" for _, text in found[:_SHOWN]],
    )
