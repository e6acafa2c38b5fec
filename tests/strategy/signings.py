"""Signing problems drawn at random, and one small one by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from countervail.strategy.signing import Signing


def drawn(n: int, seed: int, **changes: Any) -> Signing:
    """``n`` deals with values, costs and salience from a seed; retaliation hurts by 3 percent."""
    draw = np.random.default_rng(seed)
    bits = np.arange(2**n)[:, None] >> np.arange(n) & 1
    peace = bits @ draw.uniform(-0.02, 0.2, n) + draw.uniform(-0.01, 0.01, 2**n) * (bits.sum(1) > 1)
    parts: dict[str, Any] = {
        "deals": tuple(f"deal-{k}" for k in range(n)),
        "peace": peace,
        "struck": 0.8 * peace - 3.0,
        "cost": bits @ draw.uniform(-0.001, 0.003, n),
        "salience": draw.uniform(0, 1, n),
        "periods": 4,
    }
    return Signing(**{**parts, **changes})
