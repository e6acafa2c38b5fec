"""How the target answers in proportion: duties on the same goods, of the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.equilibrium.shock import Shock
from countervail.world.totals import foreign_flows

_NOTHING_TO_TAX = {
    "tariff": "No imports of these sectors from the coercer to retaliate on.",
    "export_tax": "No exports of these sectors to the coercer to retaliate on.",
}


@dataclass(frozen=True)
class Answer:
    """Threat and answer together: the shock, the rates added by field, and what to say of it."""

    shock: Shock
    rates: Mapping[str, float]
    note: str = ""


def proportional(
    threat: Shock, target: str, coercer: Sequence[str], onto: Shock | None = None
) -> Answer:
    """``threat`` with the answer that covers, at base trade, the same value of duty.

    Import tariffs of the coercer are answered by tariffs of the target on the same
    sectors of its imports from the coercer; export taxes by export taxes on the same
    sectors of what it sells to the coercer. One rate for all these sectors. What levies
    no duty (a ban, a denial of transit, a cut-off) has no proportional answer; ``note`` says so.
    The answer is added to ``onto`` (default: the threat itself).
    """
    world = threat.world
    them, me = [world.regions.index(r) for r in coercer], world.regions.index(target)
    flows = foreign_flows(world)
    produced = flows / (1.0 + world.arrays.export_tax)  # what export taxes are levied on
    shock, rates, notes = threat if onto is None else onto, {}, []
    for field, base, hit, answered in (
        ("tariff", flows, np.s_[:, them, me], np.s_[:, me, them]),
        ("export_tax", produced, np.s_[:, me, them], np.s_[:, them, me]),
    ):
        added = (threat.array(field) - getattr(world.arrays, field))[hit]
        sectors = [world.sectors[s] for s in np.flatnonzero((added > 0).any(axis=1))]
        if not sectors:
            continue
        duty = float((added * base[hit]).sum())
        taxed = float(base[answered][[world.sectors.index(s) for s in sectors]].sum())
        if taxed <= 0:
            notes.append(_NOTHING_TO_TAX[field])
            continue
        rates[field] = duty / taxed
        tax = shock.tariff if field == "tariff" else shock.export_tax
        shock = tax(target, list(coercer), sectors, add=rates[field], confirm_units=True)
    if len(rates) > 1:
        notes.append(
            f"Answered by a tariff of {rates['tariff']:.1%} and an export tax of "
            f"{rates['export_tax']:.1%}."
        )
    if not rates and not notes:
        notes.append("It levies no duty that could be matched: as without an answer.")
    return Answer(shock, rates, " ".join(notes))
