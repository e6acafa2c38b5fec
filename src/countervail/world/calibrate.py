"""From flows to a world: read, check units, read the cost side, clean, close every identity.

For any flows output is implied by sales, spending by purchases, final demand is
what intermediate use leaves, and income equals factor income + revenue + trade
deficit by algebra. The one thing that can fail is the sign of final demand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from countervail.errors import (
    AccountingError,
    LabelError,
    NegativeValueError,
    ShapeError,
    UnitError,
)
from countervail.parameters import parameter
from countervail.world.arrays import (
    Array,
    Arrays,
    derive,
    expenditure_share,
    intermediate_use,
    trade_deficit,
)
from countervail.world.core import World
from countervail.world.costs import read_costs
from countervail.world.inputs import axes_for, cell_name, cells, is_labelled, labels_of, read_array
from countervail.world.labels import WorldLabels, make_labels
from countervail.world.rebalance import Structure, resolve_spending
from countervail.world.registry import missing_members
from countervail.world.report import BuildReport, Move
from countervail.world.settle import settle

_ROUNDING = 1e-13
_SEEN = 1e-6
_SHOWN = 8
_HIGH_MEAN = 1.5  # no world taxes its trade at 150 % on average; 2.5 then means 2.5 %


def world_from_flows(
    flows: Any,
    tariff: Any,
    inputs: Any,
    value_added: Any,
    elasticity: Any,
    regions: Sequence[str] | None,
    sectors: Sequence[str] | None,
    *,
    export_tax: Any,
    name: str,
    base_year: int | None,
    region_groups: Mapping[str, Sequence[str]] | None,
    sector_groups: Mapping[str, Sequence[str]] | None,
    region_names: Mapping[str, str] | None,
    sector_names: Mapping[str, str] | None,
    provenance: Mapping[str, object] | None,
    confirm_units: bool,
    notes: Sequence[str] = (),
) -> World:
    """The work of ``World.from_flows``; arguments and errors are described there.

    ``notes`` are oddities of the source that the report repeats.
    """
    regions, sectors = _choose_labels(
        flows, regions, sectors, (tariff, inputs, value_added, export_tax)
    )
    labels = make_labels(
        name,
        base_year,
        regions,
        sectors,
        region_groups,
        sector_groups,
        region_names,
        sector_names,
        _provenance(provenance, regions),
    )
    axes = axes_for("flows", labels.regions, labels.sectors)
    trade = read_array(flows, "flows", axes)
    if (trade < 0).any():
        raise NegativeValueError(
            f"flows holds {int((trade < 0).sum()):,} negative cells.",
            "A flow cannot be negative: correct the source, or set them to zero and say so.",
            cells(trade, trade < 0, axes),
        )
    duty, reset = _tax(tariff, "tariff", axes, confirm_units)
    export_duty, export_reset = _tax(export_tax, "export_tax", axes, confirm_units)
    output = (trade / (1.0 + export_duty)).sum(axis=1)
    costs = read_costs(inputs, value_added, output, labels)
    theta, assumed = _elasticity(elasticity, labels)
    arrays, report = _close(
        labels,
        trade,
        duty,
        export_duty,
        costs.input_share,
        costs.value_added_share,
        theta,
    )
    report = replace(
        report,
        decisions=(*costs.decisions, *assumed),
        home_tariffs_reset=reset + export_reset,
        columns_renormalised=costs.renormalised,
        idle_columns_set=costs.idle_set,
        notes=tuple(notes),
    )
    return World(labels, arrays, report)


def _choose_labels(
    flows: Any,
    regions: Sequence[str] | None,
    sectors: Sequence[str] | None,
    others: Sequence[Any],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(regions, str) or isinstance(sectors, str):
        raise LabelError(
            "regions and sectors are lists of labels; one text was given.", "Put it in a list."
        )
    own = labels_of(flows, ("sector", "importer", "exporter"))
    if own:
        if regions is None and "importer" in own:
            regions = own["importer"]
        if sectors is None and "sector" in own:
            sectors = own["sector"]
    elif is_labelled(flows):
        raise LabelError(
            "flows carries none of the labels sector, importer, exporter.",
            "Name its dimensions, index levels or columns so.",
        )
    if regions is not None and sectors is not None:
        return tuple(regions), tuple(sectors)
    if not own and any(is_labelled(other) for other in others):
        raise LabelError(
            "flows is a plain array while other inputs carry labels.",
            "Pass regions= and sectors=: the order of the plain array is not guessed.",
        )
    shape = np.shape(flows)
    if len(shape) != 3 or shape[1] != shape[2] or not all(shape):
        raise ShapeError(
            f"flows has shape {shape}.",
            "It must be (sector, importer, exporter), with as many importers as exporters.",
        )
    return (
        tuple(regions) if regions is not None else tuple(f"r{i}" for i in range(shape[1])),
        tuple(sectors) if sectors is not None else tuple(f"s{i}" for i in range(shape[0])),
    )


def _provenance(given: Mapping[str, object] | None, regions: Sequence[str]) -> dict[str, object]:
    found = dict(given or {})
    absent = missing_members("region", regions)
    if absent:
        found.setdefault("group_members_not_shown", {k: list(v) for k, v in absent.items()})
    return found


def _tax(
    given: Any, what: str, axes: Mapping[str, Sequence[str]], confirmed: bool
) -> tuple[Array, int]:
    """A tax (J,N,N) as fractions with zeros at home, and how many home cells were not zero."""
    shape = tuple(len(labels) for labels in axes.values())
    if given is None:
        return np.zeros(shape), 0
    if np.ndim(given) == 0:
        raise ShapeError(
            f"{what} is a single number.", f"Give an array on ({', '.join(axes)}), zero at home."
        )
    tax = read_array(given, what, axes).copy()
    largest = parameter("units.largest_tariff").value
    if (tax <= -1).any():
        raise NegativeValueError(
            f"{what} holds {int((tax <= -1).sum()):,} cells of -100 % or less.",
            f"A {what} is a fraction above -1 (-0.1 is a subsidy of 10 %).",
            cells(tax, tax <= -1, axes),
        )
    if (tax >= 1).all() and tax.max() <= 1 + largest and not confirmed:
        raise UnitError(
            f"every cell of {what} is 1 or more, home included: this looks like 1 + tax.",
            f"Subtract 1 (0.25 means 25 %), or pass confirm_units=True if it is a {what}.",
            cells(tax, tax >= 1, axes)[:1],
        )
    if (tax > largest).any() and not confirmed:
        raise UnitError(
            f"{what} holds {int((tax > largest).sum()):,} cells above {largest:g} "
            f"({100 * largest:g} %): 25 looks like 25 % written as percent.",
            "Divide by 100 (0.25 means 25 %), or pass confirm_units=True if it is so high.",
            cells(tax, tax > largest, axes),
        )
    home = np.arange(shape[1])
    abroad = tax[:, ~np.eye(shape[1], dtype=bool)]
    if abroad.size and np.median(abroad) > 0 and abroad.mean() > _HIGH_MEAN and not confirmed:
        raise UnitError(
            f"the rates of {what} average {abroad.mean():.3g} ({100 * abroad.mean():.3g} %): "
            "they look like percent.",
            "Divide by 100 (0.25 means 25 %), or pass confirm_units=True if they are so high.",
            cells(tax, tax > 1, axes)[:3],
        )
    reset = int((tax[:, home, home] != 0).sum())
    tax[:, home, home] = 0.0
    return tax, reset


def _elasticity(given: Any, labels: WorldLabels) -> tuple[Array, tuple[str, ...]]:
    axes = {"sector": labels.sectors}
    said: tuple[str, ...] = ()
    if given is None:
        default = parameter("theta.aggregate_long")
        given = default.value
        said = (f"No elasticity was given: {given:g} in every sector ({default.name}).",)
    if np.ndim(given) == 0 and not isinstance(given, Mapping):
        given = np.full(len(labels.sectors), given)
    theta = read_array(given, "elasticity", axes)
    if (theta <= 0).any():
        raise NegativeValueError(
            f"elasticity holds {int((theta <= 0).sum()):,} cells that are not above zero.",
            "A trade elasticity is positive (4 means trade falls by about 4 % per 1 % of cost).",
            cells(theta, theta <= 0, axes),
        )
    return theta, said


def _close(
    labels: WorldLabels,
    flows: Array,
    tariff: Array,
    export_tax: Array,
    input_share: Array,
    value_added_share: Array,
    elasticity: Array,
) -> tuple[Arrays, BuildReport]:
    """Final demand from the identities, cleaned where negative; the arrays and what moved."""
    paid = flows * (1.0 + tariff)
    spending = paid.sum(axis=2)
    output = (flows / (1.0 + export_tax)).sum(axis=1)
    used = intermediate_use(input_share, output)
    final = spending - used
    slack = (final < 0) & (-final <= _ROUNDING * np.maximum(spending, used))
    final[slack] = 0.0
    clipped = final < 0
    income = final.sum(axis=0)
    factor_income = (value_added_share * output).sum(axis=0)
    _require_income(labels.regions, income, factor_income)

    kept = np.where(clipped, 0.0, final)
    final_share = kept / kept.sum(axis=0)
    axes = axes_for("output", labels.regions, labels.sectors)
    new_flows = flows
    if clipped.any():
        transfer = trade_deficit(flows)
        raw = Arrays(
            flows=flows,
            tariff=tariff,
            export_tax=export_tax,
            input_share=input_share,
            value_added_share=value_added_share,
            final_share=final_share,
            elasticity=elasticity,
            share=expenditure_share(paid, spending),
            spending=spending,
            output=output,
            transfer=transfer,
            factor_income=factor_income,
            income=income,
        )
        settled = settle(raw, labels)
        fixed = Structure(
            settled.share,
            tariff,
            export_tax,
            input_share,
            value_added_share,
            final_share,
            transfer,
        )
        solved = resolve_spending(fixed, settled.income, settled.factor_income, labels.regions)
        new_flows = settled.share * solved[:, :, None] / (1.0 + tariff)
    arrays = derive(
        new_flows, tariff, export_tax, input_share, value_added_share, final_share, elasticity
    )
    home = np.arange(len(labels.regions))
    report = BuildReport(
        zero_spending_markets=int((arrays.spending == 0).sum()),
        zero_outputs=int((arrays.output == 0).sum()),
        zero_own_shares=int((arrays.share[:, home, home] == 0).sum()),
        rounding_cells=int(slack.sum()),
        clipped_cells=int(clipped.sum()),
        clipped_value=float(final[clipped].sum()),
        clipped_worst=tuple(f"{text} million USD" for text in cells(final, clipped, axes)),
    )
    if clipped.any():
        report = replace(
            report,
            output=_move(output, arrays.output, axes),
            factor_income=_move(factor_income, arrays.factor_income, {"region": labels.regions}),
            flows=_move(flows, new_flows, axes_for("flows", labels.regions, labels.sectors)),
            **_moves_by_label(output, arrays.output, labels),
        )
    return arrays, report


def _require_income(regions: Sequence[str], income: Array, factor_income: Array) -> None:
    for what, values in (("income", income), ("factor income", factor_income)):
        poor = np.flatnonzero(~(values > 0))
        if poor.size:
            raise AccountingError(
                f"{poor.size:,} regions would have no positive {what}.",
                "Income is what purchases leave after intermediate use; give them home sales, "
                "less intermediate use, or merge them into another region.",
                [f"{regions[n]}: {values[n]:,.6g} million USD" for n in poor[:_SHOWN]],
            )


def _move(before: Array, after: Array, axes: Mapping[str, Sequence[str]]) -> Move:
    size = np.abs(after - before)
    relative = _relative(before, after)
    most = np.unravel_index(int(size.argmax()), size.shape)
    far = np.unravel_index(int(relative.argmax()), size.shape)
    return Move(
        absolute=float(size[most]),
        absolute_at=cell_name([int(i) for i in most], axes),
        relative=float(relative[far]),
        relative_at=cell_name([int(i) for i in far], axes),
    )


def _relative(before: Array, after: Array) -> Array:
    # Tiny cells can move by large fractions without meaning anything.
    seen = before > _SEEN * before.sum()
    moved: Array = np.where(seen, np.abs(after - before) / np.where(seen, before, 1.0), 0.0)
    return moved


def _moves_by_label(before: Array, after: Array, labels: WorldLabels) -> dict[str, Any]:
    relative = _relative(before, after)
    return {
        "region_moves": dict(zip(labels.regions, relative.max(axis=0).tolist(), strict=True)),
        "sector_moves": dict(zip(labels.sectors, relative.max(axis=1).tolist(), strict=True)),
    }
