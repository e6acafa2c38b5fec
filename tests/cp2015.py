"""The inputs of Caliendo & Parro (2015) for replication tests; never part of the package.

The data lie beside the checkout (``shared/data/cp2015``); where they are absent
tests that need them are skipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
FOLDER = SHARED / "data" / "cp2015"

REGIONS = [
    "ARG",
    "AUS",
    "AUT",
    "BRA",
    "CAN",
    "CHL",
    "CHN",
    "DNK",
    "FIN",
    "FRA",
    "DEU",
    "GRC",
    "HUN",
    "IND",
    "IDN",
    "IRL",
    "ITA",
    "JPN",
    "KOR",
    "MEX",
    "NLD",
    "NZL",
    "NOR",
    "PRT",
    "ZAF",
    "ESP",
    "SWE",
    "TUR",
    "GBR",
    "USA",
    "ROW",
]
TRADED = [
    "agriculture",
    "mining",
    "food",
    "textile",
    "wood",
    "paper",
    "petroleum",
    "chemicals",
    "plastic",
    "minerals",
    "basic-metals",
    "metal-products",
    "machinery",
    "office",
    "electrical",
    "communication",
    "medical",
    "auto",
    "other-transport",
    "other",
]
SERVICES = [f"service-{k:02d}" for k in range(1, 21)]
SERVICE_ELASTICITY = 8.22


def load_cp2015() -> dict[str, Any]:
    """The 1993 benchmark: 31 regions x 40 sectors, the first 20 traded.

    Keys: ``flows`` (J,N,N) million USD before tariff, home sales = gross output less
    exports (gross output raised to exports where it is below them, as the source
    does); ``tariff1993``, ``tariff2005`` (J,N,N) fractions; ``inputs`` (N,J,J) shares of
    materials (the source's one negative cell, Canada's input of other manufacturing into
    basic metals, -0.0008, set to zero; columns scaled to sum to 1 exactly, the source
    has them to 4e-7); ``value_added`` (J,N) shares; ``elasticity`` (J,); ``regions``,
    ``sectors``; ``output_raised``: how many gross outputs were below exports;
    ``inputs_zeroed``. Skips the calling test where the data are not beside the checkout.
    """
    if not FOLDER.is_dir():
        pytest.skip("the data of Caliendo & Parro (2015) are not beside the checkout")
    n, traded, sectors = len(REGIONS), len(TRADED), TRADED + SERVICES

    def blocks(name: str, count: int, rows: int) -> np.ndarray:
        return np.loadtxt(FOLDER / name).reshape(count, rows, -1)

    flows = np.zeros((len(sectors), n, n))
    flows[:traded] = blocks("xbilat1993.txt", traded, n) / 1e3
    home = np.arange(n)
    flows[:, home, home] = 0.0
    exports = flows.sum(axis=1)
    output = np.loadtxt(FOLDER / "GO.txt") / 1e6
    raised = int((output < exports).sum())
    flows[:, home, home] = np.maximum(output - exports, 0.0)

    def tariff(name: str) -> np.ndarray:
        rates = np.zeros((len(sectors), n, n))
        rates[:traded] = blocks(name, traded, n) / 100.0
        return rates

    inputs = blocks("IO.txt", n, len(sectors))
    negative = inputs < 0
    inputs = np.where(negative, 0.0, inputs)
    total = inputs.sum(axis=1, keepdims=True)
    inputs /= np.where(total > 0, total, 1.0)  # private households buy no materials

    return {
        "flows": flows,
        "tariff1993": tariff("tariffs1993.txt"),
        "tariff2005": tariff("tariffs2005.txt"),
        "inputs": inputs,
        "value_added": np.loadtxt(FOLDER / "B.txt"),
        "elasticity": np.append(
            np.loadtxt(FOLDER / "T.txt"), np.full(len(SERVICES), SERVICE_ELASTICITY)
        ),
        "regions": list(REGIONS),
        "sectors": sectors,
        "output_raised": raised,
        "inputs_zeroed": int(negative.sum()),
    }


def balanced_cp2015() -> dict[str, Any]:
    """The 1993 benchmark with deficits removed the way the source does, ready for ``from_flows``.

    The source sets negative final shares to zero and solves for the equilibrium
    without deficits at the value added it observes, so that wages, prices and shares
    move. Done here by a plain damped fixed point in NumPy, independent of the
    package's solver. Keys as ``load_cp2015`` (``flows`` are the balanced ones; no final
    demand is negative any more), and ``wage`` (N,), the hats from data to balance.
    """
    data = load_cp2015()
    flows, tariff, theta = data["flows"], data["tariff1993"], data["elasticity"]
    value_added = data["value_added"]
    inputs = data["inputs"] * (1.0 - value_added.T)[:, None, :]
    inputs *= (1.0 - value_added.T)[:, None, :] / np.maximum(
        inputs.sum(axis=1, keepdims=True), 1e-300
    )
    output = flows.sum(axis=1)
    spending = (flows * (1.0 + tariff)).sum(axis=2)
    share = flows * (1.0 + tariff) / spending[:, :, None]
    final = np.maximum(spending - np.einsum("nks,sn->kn", inputs, output), 0.0)
    final /= final.sum(axis=0)
    labour = (value_added * output).sum(axis=0)

    wage, price = np.zeros(len(labour)), np.zeros_like(spending)
    for _ in range(2000):
        cost = value_added * wage + np.einsum("nks,kn->sn", inputs, price)
        pull = share * np.exp(-theta[:, None] * cost)[:, None, :]
        total = pull.sum(axis=2)
        price = -np.log(total) / theta[:, None]
        flows = pull / total[:, :, None] * spending[:, :, None] / (1.0 + tariff)
        output = flows.sum(axis=1)
        earned = (value_added * output).sum(axis=0)
        income = np.exp(wage) * labour + (flows * tariff).sum(axis=(0, 2))
        again = np.einsum("nks,sn->kn", inputs, output) + final * income
        gap = np.log(earned / (np.exp(wage) * labour))
        step = max(np.abs(gap).max(), np.abs(again - spending).max() / spending.max())
        wage = wage + 0.3 * gap
        wage -= np.log((np.exp(wage) * labour).sum() / labour.sum())
        spending = again
        if step < 1e-14:
            break
    else:
        raise AssertionError(f"the balanced base did not settle: {step:.1e}")
    return {**data, "flows": flows, "wage": np.exp(wage)}
