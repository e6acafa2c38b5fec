"""The numbers of a world: seven given arrays, and what follows from them by definition."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DIMS: dict[str, tuple[str, ...]] = {
    "flows": ("sector", "importer", "exporter"),
    "tariff": ("sector", "importer", "exporter"),
    "export_tax": ("sector", "importer", "exporter"),
    "share": ("sector", "importer", "exporter"),
    "input_share": ("region", "input", "user"),
    "value_added_share": ("sector", "region"),
    "final_share": ("sector", "region"),
    "spending": ("sector", "region"),
    "output": ("sector", "region"),
    "final_demand": ("sector", "region"),
    "elasticity": ("sector",),
    "transfer": ("region",),
    "factor_income": ("region",),
    "income": ("region",),
}
"""The axes of every array of a world, in order."""

UNITS: dict[str, str] = {
    **dict.fromkeys(
        ("flows", "spending", "output", "final_demand", "transfer", "factor_income", "income"),
        "million USD",
    ),
    **dict.fromkeys(
        ("tariff", "export_tax", "share", "input_share", "value_added_share", "final_share"),
        "fraction",
    ),
    "elasticity": "trade elasticity",
}
"""The unit of every array of a world."""

GIVEN = (
    "flows",
    "tariff",
    "export_tax",
    "input_share",
    "value_added_share",
    "final_share",
    "elasticity",
)
"""The arrays that define a world; the others follow from them."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """Read-only, C-contiguous float64 arrays of one world (J sectors, N regions).

    Given: ``flows`` (J,N,N) at the border, before import tariff and with export
    tax, home sales included, million USD; ``tariff`` and ``export_tax`` (J,N,N)
    fractions, zero at home; ``input_share`` (N,J,J) cost share [region, input,
    user]; ``value_added_share`` and ``final_share`` (J,N) fractions;
    ``elasticity`` (J,).

    Implied: ``share`` (J,N,N) of tariff-inclusive spending (1 at home in a market
    without spending), ``spending`` and ``output`` (J,N), ``transfer`` (imports less
    exports at border values), ``factor_income`` and ``income`` (N,), million USD.
    """

    flows: Array
    tariff: Array
    export_tax: Array
    input_share: Array
    value_added_share: Array
    final_share: Array
    elasticity: Array
    share: Array
    spending: Array
    output: Array
    transfer: Array
    factor_income: Array
    income: Array

    def __reduce__(self) -> tuple[object, ...]:
        return derive, tuple(getattr(self, name) for name in GIVEN)


def derive(
    flows: Array,
    tariff: Array,
    export_tax: Array,
    input_share: Array,
    value_added_share: Array,
    final_share: Array,
    elasticity: Array,
) -> Arrays:
    """All arrays of the world that the seven given ones define (shapes as in ``Arrays``).

    Nothing is checked here (see ``checks``) and nothing is adjusted; the given
    values are copied. Equations of ``docs/model``: spending, output, transfers
    and income by definition.
    """
    paid = flows * (1.0 + tariff)
    spending = paid.sum(axis=2)
    sold = flows / (1.0 + export_tax)
    output = sold.sum(axis=1)
    factor_income = (value_added_share * output).sum(axis=0)
    revenue = (paid - flows).sum(axis=(0, 2)) + (flows - sold).sum(axis=(0, 1))
    transfer = trade_deficit(flows)
    return Arrays(
        flows=_frozen(flows),
        tariff=_frozen(tariff),
        export_tax=_frozen(export_tax),
        input_share=_frozen(input_share),
        value_added_share=_frozen(value_added_share),
        final_share=_frozen(final_share),
        elasticity=_frozen(elasticity),
        share=_frozen(expenditure_share(paid, spending)),
        spending=_frozen(spending),
        output=_frozen(output),
        transfer=_frozen(transfer),
        factor_income=_frozen(factor_income),
        income=_frozen(factor_income + revenue + transfer),
    )


def expenditure_share(paid: Array, spending: Array) -> Array:
    """Share of each market's spending by exporter (J,N,N); a market without spending buys at home.

    ``paid`` (J,N,N) tariff-inclusive purchases, ``spending`` (J,N) their sums.
    """
    empty = spending <= 0.0
    share: Array = paid / np.where(empty, 1.0, spending)[:, :, None]
    if empty.any():
        sector, region = np.nonzero(empty)
        share[sector, region, :] = 0.0
        share[sector, region, region] = 1.0
    return share


def trade_deficit(flows: Array) -> Array:
    """Imports less exports of each region at border values (N,), million USD; home sales left out.

    Sums to zero over the world up to rounding.
    """
    bilateral = flows.sum(axis=0)
    np.fill_diagonal(bilateral, 0.0)
    deficit: Array = bilateral.sum(axis=1) - bilateral.sum(axis=0)
    return deficit


def intermediate_use(input_share: Array, output: Array) -> Array:
    """Spending on each good as an input (J,N): the sum over users of input share times output."""
    used: Array = np.matmul(input_share, output.T[:, :, None])[:, :, 0].T
    return used


def same(left: Arrays, right: Arrays) -> bool:
    """Whether two worlds' given arrays are equal to the last bit."""
    return all(np.array_equal(getattr(left, n), getattr(right, n)) for n in GIVEN)


def names() -> tuple[str, ...]:
    """The names of all arrays, given and implied."""
    return tuple(f.name for f in fields(Arrays))


def _frozen(values: Array) -> Array:
    # Adding 0.0 turns minus zero into zero, so that equal worlds have equal bytes.
    fixed = np.array(values, dtype=np.float64, order="C", copy=True) + 0.0
    fixed.setflags(write=False)
    return fixed
