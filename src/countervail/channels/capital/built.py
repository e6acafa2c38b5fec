"""What the projects of a plan do to the economy once built: capital, and returns that leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from countervail.channels.capital.allocation import Allocation
from countervail.channels.capital.investment import capital_in
from countervail.channels.capital.pipeline import Financier, Project
from countervail.channels.investment import shock_of
from countervail.equilibrium.shock import Shock
from countervail.errors import LabelError
from countervail.world.core import World


def built(
    world: World,
    allocation: Allocation,
    projects: Sequence[Project],
    financiers: Sequence[Financier],
) -> Shock:
    """All started projects in place at once, million USD of capital by region and sector.

    Whoever pays, the whole cost becomes capital where the project stands; of what payers from
    other regions put in, their own ``return_rate`` leaves every year for theirs. Empty where
    nothing starts. Raises ``LabelError`` where projects or financiers are not those of
    ``allocation``, and as ``capital_in``.

    Source: definition of this program (docs/capital.md).
    """
    _same("projects", projects, allocation.projects)
    _same("financiers", financiers, allocation.financiers)
    paid = allocation.finance.sum(2)
    shock = Shock(world)
    for host in dict.fromkeys(p.region for p in projects):
        here = [k for k, p in enumerate(projects) if p.region == host]
        total = float(paid[here].sum())
        if total <= 0:
            continue
        # Together, since capital of one sector from two projects adds up before the power is taken.
        into: dict[str, float] = {}
        for k in here:
            for sector, share in projects[k].into.items():
                into[sector] = into.get(sector, 0.0) + share * float(paid[k].sum()) / total
        whole = capital_in(world, host, host, total, into)
        transfer = np.zeros(len(world.regions))
        for f, payer in enumerate(financiers):
            leaves = payer.return_rate * float(paid[here, f].sum())
            if payer.region != host:
                transfer[world.regions.index(payer.region)] += leaves
                transfer[world.regions.index(host)] -= leaves
        shock = shock.plus(shock_of(world, replace(whole, transfer=transfer)))
    return shock


def _same(
    kind: str,
    given: Sequence[Project] | Sequence[Financier],
    planned: Sequence[Project] | Sequence[Financier],
) -> None:
    ids, known = [one.id for one in given], [one.id for one in planned]
    if ids != known:
        raise LabelError(
            f"{kind} {', '.join(ids) or 'none'} are not those of the plan, "
            f"{', '.join(known) or 'none'}.",
            "Hand in what the plan was made of, in its order.",
        )
