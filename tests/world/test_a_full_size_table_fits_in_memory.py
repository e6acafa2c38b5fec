"""A table as large as a year of OECD ICIO is read and closed in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from countervail.world.readers.codes import scheme
from countervail.world.registry import regions
from tests.world.tables import ICIO_FINALS

LIMIT = 3 * 1024**3

CHILD = """
import json, resource, sys
from countervail.world.checks import worst
from countervail.world.formats import builder
world = builder("icio").build(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"shape": world.arrays.flows.shape, "peak": peak, "worst": worst(world),
                  "moved": world.report.clipped_cells, "output": world.arrays.output.sum()}))
"""


def write_full_size(path: Path) -> float:
    """77 regions x 45 industries and 6 final uses: 3,465 x 3,928 numbers. Hands out output."""
    rng = np.random.default_rng(7)
    codes = [*[r for r in regions() if r != "ROW"][:76], "ROW"]
    industries = scheme("icio-2023").known
    n, j, f = len(codes), len(industries), len(ICIO_FINALS)
    cells = [f"{r}_{i}" for r in codes for i in industries]
    uses = [f"{r}_{u}" for r in codes for u in ICIO_FINALS]
    size = rng.lognormal(0.0, 1.2, n)
    buys = np.repeat(size, j) * rng.lognormal(0.0, 0.5, n * j)
    wants = np.repeat(size, f) * np.tile([40.0, 1.0, 10.0, 15.0, -0.3, 0.2], n)
    used = np.zeros(n * j)
    output = []
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(["V1", *cells, *uses, "OUT"]) + "\n")
        for k, cell in enumerate(cells):
            home = np.ones(n)
            home[k // j] = 100.0
            flow = 37.0 * size[k // j] * buys * np.repeat(home, j) * rng.lognormal(0.0, 1.0, n * j)
            final = 37.0 * size[k // j] * wants * np.repeat(home, f)
            if k % j == 2:  # one final demand below zero, so that the base must be solved
                final[3 * f : 4 * f] = 0.0
                final[3 * f + 4] = -0.2 * flow[3 * j : 4 * j].sum()
            total = float(flow.sum() + final.sum())
            used += flow
            output.append(total)
            row = [*flow, *final, total]
            stream.write(cell + "," + ",".join(map(repr, map(float, row))) + "\n")
        none = [0.0] * (n * f + 1)
        rows = (("TLS", 0.0 * used), ("VA", np.array(output) - used), ("OUT", np.array(output)))
        for name, values in rows:
            stream.write(name + "," + ",".join(map(repr, map(float, [*values, *none]))) + "\n")
    return float(sum(output))


@pytest.mark.slow
def test_reading_and_closing_it_stays_below_three_gibibytes(tmp_path: Path) -> None:
    path = tmp_path / "2020_SML.csv"
    total = write_full_size(path)
    assert path.stat().st_size > 200_000_000
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["shape"] == [45, 77, 77]
    assert found["worst"] < 1e-9
    assert found["moved"] > 0  # the base had to be solved, so that this is in the peak too
    assert found["output"] == pytest.approx(total, rel=0.05)
    assert found["peak"] < LIMIT
