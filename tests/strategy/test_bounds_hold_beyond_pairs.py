"""Branch and bound against every bundle on games where deals crowd out, or lift, each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from countervail.strategy.limits import Limits
from countervail.strategy.portfolio import portfolio
from countervail.strategy.worth import TableWorth

Array = NDArray[np.float64]
N = 8
INSIDE: Array = (np.arange(2**N)[:, None] >> np.arange(N) & 1).astype(float)


def covered(rng: Generator) -> Array:
    """Each deal opens some markets; those that are open already count once: submodular."""
    found: Array = ((INSIDE @ (rng.random((N, 20)) < 0.25)) > 0) @ rng.random(20)
    return found


def lifted(rng: Generator) -> Array:
    """Each deal adds more the more there are: supermodular."""
    found: Array = 0.3 * (INSIDE @ rng.random(N)) ** 2
    return found


def flattening(rng: Generator) -> Array:
    found: Array = 3 * np.sqrt(INSIDE @ rng.random(N))
    return found


def both(rng: Generator) -> Array:
    return covered(rng) + lifted(rng)


def triples(rng: Generator) -> Array:
    """Deals that meet in threes only, strongly: what pairs say nothing of."""
    found = np.zeros(2**N)
    for _ in range(20):
        found += rng.normal() * INSIDE[:, rng.choice(N, 3, replace=False)].prod(1)
    return found


def game(shape: Callable[[Generator], Array], seed: int) -> TableWorth:
    rng = np.random.default_rng(seed)
    peace, threat = (shape(rng) - INSIDE @ rng.random(N) for _ in range(2))
    table = np.stack([peace, threat, peace - threat], axis=1)
    return TableWorth(tuple("abcdefgh"), ("peace", "threat", "exposure"), table)


@pytest.mark.parametrize("limits", [Limits(), Limits(at_most=3)], ids=["any", "three"])
@pytest.mark.parametrize("shape", [covered, lifted, flattening, both])
def test_the_best_is_found(shape: Callable[[Generator], Array], limits: Limits) -> None:
    for seed in range(12):
        worth = game(shape, seed)
        sought = ("least-exposure", "worst-case")
        for objective, measure, sign in zip(sought, ("exposure", "threat"), (1, -1), strict=True):
            bounded, every = (
                portfolio(worth, limits, objective, at_most=most)  # type: ignore[arg-type]
                for most in (10, 2**N)
            )
            assert (bounded.proof, every.proof) == ("bounded", "enumerated")
            best = sign * every.best.values[measure]
            assert sign * bounded.best.values[measure] == pytest.approx(best, abs=1e-8)


def test_where_threes_decide_a_miss_is_never_silent() -> None:
    missed = 0
    for seed in range(40):
        worth = game(triples, seed)
        bounded, every = (portfolio(worth, at_most=most) for most in (10, 2**N))
        if bounded.best.values["exposure"] > every.best.values["exposure"] + 1e-8:
            missed += 1
            assert bounded.breach > 1e-9
    assert missed  # else this shows nothing
