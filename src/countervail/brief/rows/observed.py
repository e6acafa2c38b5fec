"""Rows of a run that lay what the model predicts beside what happened.

Figures are in the row's own ``unit``: percent, points of a share, or US$ bn of the base year.
"""

from __future__ import annotations

from dataclasses import dataclass

from countervail.brief.rows.plain import one_of

FIGURES = (
    "exports-to-coercer",
    "exports-elsewhere",
    "rerouted-share",
    "net-export-loss",
    "output",
    "real-income",
    "gdp",
    "share-in-exports",
    "share-in-imports",
    "import-price",
)


@dataclass(frozen=True)
class ObservedRow:
    """One figure: what was observed (``low`` and ``high``: where sources differ) and predicted.

    ``predicted`` is at the scenario's own horizon, ``short``, ``medium`` and ``long`` at the
    horizons of its ladder; None: not asked for, or not computed for the reason in ``reason``.
    ``ratio``: predicted over observed; ``within``: whether ``predicted`` lies in the observed
    range, None where sources give one value; ``spanned``: whether the predictions of the horizons
    reach over the observed range. ``as_given``: the observed figure as its source counts it.
    """

    id: str
    says: str
    threats: tuple[str, ...]
    figure: str
    unit: str
    observed: float
    low: float | None = None
    high: float | None = None
    as_given: str = ""
    predicted: float | None = None
    short: float | None = None
    medium: float | None = None
    long: float | None = None
    ratio: float | None = None
    within: bool | None = None
    spanned: bool | None = None
    like_for_like: bool = True
    why_not: str = ""
    period: str = ""
    status: str = "read"
    note: str = ""
    reason: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        one_of("figure", self.figure, FIGURES)

    @property
    def horizons(self) -> dict[str, float]:
        """What is predicted by horizon, the short run first."""
        every = {"short": self.short, "medium": self.medium, "long": self.long}
        return {name: value for name, value in every.items() if value is not None}


@dataclass(frozen=True)
class AgreementRow:
    """How well one kind of figure on single threats is predicted, at the scenario's own horizon.

    ``rank``: Spearman's rank correlation over the rows, None below three rows or where all are
    equal; ``error``: mean absolute difference, in ``unit``; ``signs``: rows whose sign is right;
    ``predicted_mean``, ``observed_mean``: averages, for a bias.
    """

    figure: str
    unit: str
    rows: int
    signs: int
    rank: float | None
    error: float
    predicted_mean: float
    observed_mean: float

    def __post_init__(self) -> None:
        one_of("figure", self.figure, FIGURES)


@dataclass(frozen=True)
class ForecastRow:
    """What the model says of one threat alone, and of all together (``id`` is "all").

    ``loss_bn``: exports to the coercer that are lost; ``rerouted_percent``: what of it is made up
    by sales of the same sectors to others, ``rerouted_in_all_percent``: by those of all sectors;
    ``harm_percent``: of real income. At ``horizon``.
    """

    id: str
    title: str
    horizon: str
    base_bn: float
    loss_bn: float
    rerouted_percent: float | None
    rerouted_in_all_percent: float | None
    harm_percent: float
    certificate: float


@dataclass(frozen=True)
class ObservedPage:
    """Predicted against observed: every figure, how well each kind fares, each threat by itself."""

    rows: tuple[ObservedRow, ...]
    agreement: tuple[AgreementRow, ...] = ()
    forecasts: tuple[ForecastRow, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    def compared(self) -> list[ObservedRow]:
        """The rows that have a prediction."""
        return [row for row in self.rows if row.predicted is not None]
