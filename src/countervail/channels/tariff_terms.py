"""What a deal does to tariffs, product by product: parts of a flow with rates of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countervail.channels import say
from countervail.channels.amounts import million_usd
from countervail.channels.case import Case
from countervail.channels.move import Pieces, joined
from countervail.channels.split_flow import Cell, Part
from countervail.equilibrium.shock import Shock
from countervail.errors import InputError, UnknownLabelError
from countervail.scenario.deals import Deal
from countervail.scenario.terms import TariffTerm
from countervail.world.core import World


@dataclass(frozen=True)
class Product:
    """One product of a deal in one flow of the world: its part of the flow, and its rates.

    ``share``: of the flow in the base; ``without``, ``inside``: rates without the deal and with it
    (inside the quota, where there is one); ``beyond``: rate beyond the quota; ``quota``: million
    USD a year at base prices; None: no limit.
    """

    name: str
    cell: Cell
    share: float
    base: float
    without: float
    inside: float
    beyond: float
    quota: float | None
    licences: str
    whole: bool


def products(world: World, deal: Deal) -> tuple[tuple[Product, ...], str]:
    """The products of a deal's tariff terms on the world's own flows; and what is left out.

    Raises ``InputError`` for a product whose trade exceeds that of its sector, and for parts of
    one flow that exceed it together.
    """
    found: list[Product] = []
    skipped: list[str] = []
    for term in deal.tariff:
        if term.sector is None:
            skipped.append(f"{term.product}: its sector is not given")
            continue
        importers, exporters = (_members(world, name) for name in (term.importer, term.exporter))
        if not importers or not exporters:
            name = term.exporter if importers else term.importer
            skipped.append(f"{term.product}: {name} is no region of {world.name}")
            continue
        cells = [
            (sector, n, i)
            for sector in world.resolve_sectors(term.sector)
            for n in importers
            for i in exporters
            if n != i
        ]
        found += _spread(world, deal, term, cells)
    for cell in {product.cell for product in found}:
        total = sum(p.share for p in found if p.cell == cell)
        if total > 1 + 1e-9:
            s, n, i = cell
            raise InputError(
                f"deal {deal.id}: its products are {total:.3g} times all that {world.regions[n]} "
                f"buys of {world.sectors[s]} from {world.regions[i]} in {world.name}.",
                "Give smaller `share` or `trade` of the products, or another sector.",
            )
    return tuple(found), "; ".join(skipped)


def parts_of(
    items: Sequence[Product], rates: Sequence[float], delivery: float = 1.0
) -> dict[Cell, list[Part]]:
    """The products by flow, each at its rate under the deal.

    At a chance of ``delivery`` below 1 that part of the product pays that rate, and the rest what
    it pays without the deal: trade, not the rate, is then expected, since trade is far from linear
    in the rate.
    """
    cells: dict[Cell, list[Part]] = {}
    for item, rate in zip(items, rates, strict=True):
        found = cells.setdefault(item.cell, [])
        if delivery > 0:
            found.append(Part(delivery * item.share, rate))
        if delivery < 1:
            found.append(Part((1.0 - delivery) * item.share, item.without))
    return cells


def pieces_of(
    world: World,
    items: Sequence[Product],
    rates: Sequence[float],
    factor: float,
    delivery: float = 1.0,
) -> Pieces:
    """The products at ``rates``, as parts that can be pooled with those of other deals."""
    cells = {cell: tuple(parts) for cell, parts in parts_of(items, rates, delivery).items()}
    return Pieces(Shock(world), cells, factor=factor)


def shock_at(
    world: World, items: Sequence[Product], rates: Sequence[float], factor: float
) -> Shock:
    """The shock under which the products pay ``rates``; empty where they pay what they did."""
    return joined([pieces_of(world, items, rates, factor)])


def without(world: World, items: Sequence[Product], factor: float) -> Pieces:
    """What stands without the deal: every product at the rate that it pays then."""
    return pieces_of(world, items, [item.without for item in items], factor)


def one_region(world: World, name: str) -> int | None:
    """The place of a region in the world; None where the world does not show it by itself."""
    try:
        members = world.resolve_regions(name)
    except UnknownLabelError:
        return None
    return members[0] if len(members) == 1 else None


def said(case: Case, item: Product) -> str:
    """One product's tariff without and with the deal, in words."""
    world = case.world
    s, n, i = item.cell
    part = (
        "taken as the whole sector, an upper bound"
        if item.whole
        else f"{100 * item.share:.2g} % of the sector's trade in the base"
    )
    return (
        f"Tariff of {case.name(world.regions[n])} on {item.name} of {case.name(world.regions[i])} "
        f"(in {case.sectors([world.sectors[s]])}, {part}): from {say.rate(item.without)} to "
        f"{say.rate(item.inside)}"
    )


def _members(world: World, name: str) -> tuple[int, ...]:
    """The places of a region, or of a group's members; none where the world shows none of them."""
    try:
        return tuple(world.resolve_regions(name))
    except UnknownLabelError:
        return ()


def _spread(world: World, deal: Deal, term: TariffTerm, cells: Sequence[Cell]) -> Iterator[Product]:
    """One term over its flows: what is given for a group goes to its members by their trade."""
    flow = sum(float(world.arrays.flows[cell]) for cell in cells)
    share = 1.0 if term.share is None else term.share
    if term.trade is not None:
        trade = million_usd(world, term.trade, deal.date.year if deal.date else None)
        if trade > flow:
            raise InputError(
                f"deal {deal.id}: trade in {term.product} of US$ {trade:,.0f} m is more than all "
                f"that {term.importer} buys of {term.sector} from {term.exporter} in "
                f"{world.name}, US$ {flow:,.0f} m.",
                "Correct `trade`, or give another sector.",
            )
        share = trade / flow if flow else 0.0
    pairs = {cell[1:] for cell in cells}
    if term.quota is not None and len(pairs) > 1:
        raise InputError(
            f"deal {deal.id}: the quota on {term.product} is between {term.importer} and "
            f"{term.exporter}, {len(pairs)} pairs of regions in {world.name}.",
            "A quota needs one importer and one exporter: give each pair its own.",
        )
    for cell in cells:
        yield _product(world, deal, term, cell, share)


def _product(world: World, deal: Deal, term: TariffTerm, cell: Cell, share: float) -> Product:
    base = float(world.arrays.tariff[cell])
    year = deal.date.year if deal.date else None
    without = base if term.before is None else term.before
    quota = None
    if term.quota is not None:
        each = 1.0
        if term.quota.unit_value is not None:
            each = million_usd(world, term.quota.unit_value, year)
        elif term.quota.unit.split()[:2] != ["m", "USD"]:
            raise InputError(
                f"deal {deal.id}: the quota on {term.product} counts {term.quota.unit}, and what "
                "one is worth is not given.",
                "Add `unit_value` to the quota, or count it in `m USD a year`.",
            )
        quota = term.quota.value * each
    return Product(
        name=term.product,
        cell=cell,
        share=share,
        base=base,
        without=without,
        inside=term.after,
        beyond=without if term.beyond is None else term.beyond,
        quota=quota,
        licences="importer" if term.quota is None else term.quota.licences,
        whole=term.share is None and term.trade is None,
    )
