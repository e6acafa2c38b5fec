"""Betweenness, Burt's constraint and dependence on graphs where they are known by hand."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.channels.ties.graph import Tie, Ties
from countervail.channels.ties.measures import standing
from tests.channels.ties.small import BARE, graph, node

PATH = graph([(0, 1), (1, 2)], nodes=3)
STAR = graph([(0, 1), (0, 2), (0, 3), (0, 4)], nodes=5)
TRIANGLE = graph([(0, 1), (1, 2), (0, 2)], nodes=3)


@pytest.mark.parametrize(
    ("ties", "who", "betweenness", "rank", "constraint"),
    [
        (PATH, 1, 1.0, 1, 0.5),
        (PATH, 0, 0.0, 2, 1.0),
        (STAR, 0, 1.0, 1, 0.25),
        (STAR, 3, 0.0, 2, 1.0),
        (TRIANGLE, 0, 0.0, 1, 2 * (0.5 + 0.25) ** 2),
    ],
)
def test_path_star_and_triangle(
    ties: Ties, who: int, betweenness: float, rank: int, constraint: float
) -> None:
    other = node(2) if who != 2 else node(0)
    found = standing(ties, node(who), other)
    assert found.betweenness == pytest.approx(betweenness, abs=1e-12)
    assert found.betweenness_rank == rank
    assert found.constraint == pytest.approx(constraint, rel=1e-12)


def test_a_pair_tied_in_two_layers_weighs_twice() -> None:
    ties = PATH.plus([Tie(node(1), node(0), "trade-agreement")])
    found = standing(ties, node(1), node(0))
    assert found.constraint == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2, rel=1e-12)


def test_the_same_layer_twice_weighs_once() -> None:
    ties = PATH.plus([Tie(node(1), node(0), "alliance")])
    assert standing(ties, node(1), node(0)) == standing(PATH, node(1), node(0))


def test_without_ties_there_is_no_constraint() -> None:
    found = standing(BARE, node(0), node(1))
    assert found.constraint is None
    assert found.partners == ()
    assert found.unreached == 7


def test_a_layer_known_for_some_only_is_left_out_unless_asked_for() -> None:
    ties = graph([(0, 1), (1, 2)], layer="investment-treaty")
    assert standing(ties, node(1), node(2)).betweenness == 0.0
    assert standing(ties, node(1), node(2), ["investment-treaty"]).betweenness > 0.0


def test_dependence_counts_the_part_of_the_ways_over_the_coercer() -> None:
    # From 0 to 3 one way leads over 1 and one over 2; to 4 all lead over 1; to 2 none does.
    ties = graph([(0, 1), (0, 2), (1, 3), (2, 3), (1, 4)], nodes=5)
    found = standing(ties, node(0), node(1))
    assert found.dependence == pytest.approx((0.5 + 1.0 + 0.0) / 3)


PAIRS = st.sets(st.sampled_from(list(combinations(range(9), 2))))


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.sets(st.integers(1, 8), min_size=1, max_size=3))
def test_dependence_equals_counting_every_shortest_way(
    pairs: set[tuple[int, int]], against: set[int]
) -> None:
    found = standing(graph(pairs), node(0), [node(n) for n in sorted(against)])
    plain = nx.Graph(sorted(pairs))
    plain.add_nodes_from(range(9))
    parts = []
    for other in set(range(1, 9)) - against:
        if nx.has_path(plain, 0, other):
            ways = list(nx.all_shortest_paths(plain, 0, other))
            parts.append(sum(bool(against & set(way)) for way in ways) / len(ways))
    assert found.dependence == pytest.approx(sum(parts) / len(parts) if parts else 0.0)
    assert found.unreached == 8 - len(against) - len(parts)
