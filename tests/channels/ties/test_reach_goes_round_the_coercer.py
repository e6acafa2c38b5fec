"""Reach never passes the coercer; a new tie adds what recomputing it from scratch says."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.channels.ties.graph import Ties
from countervail.channels.ties.measures import reach, standing, which_new_tie
from countervail.channels.ties.read import Mediator
from countervail.errors import OptionError, UnknownLabelError
from tests.channels.ties.small import graph, node

PAIRS = st.sets(st.sampled_from(list(combinations(range(9), 2))))


def lengths(pairs: set[tuple[int, int]], without: int | None) -> dict[int, int]:
    """Distances from node 0 by networkx, on the graph from which the coercer was cut out."""
    plain = nx.Graph(sorted(pairs))
    plain.add_nodes_from(range(9))
    if without is not None:
        plain.remove_node(without)
    return dict(nx.single_source_shortest_path_length(plain, 0))


def test_a_way_that_only_the_coercer_opens_is_lost() -> None:
    ties = graph([(0, 1), (1, 2)], nodes=3)
    assert reach(ties, node(0), node(1)).gdp_percent == 0.0
    assert set(reach(ties, node(0)).way) == {node(1), node(2)}


def test_the_detour_counts_by_its_own_length() -> None:
    ties = graph([(0, 1), (1, 2), (0, 3), (3, 4), (4, 2)], nodes=5)
    assert node(2) not in reach(ties, node(0), node(1), steps=2).way
    found = reach(ties, node(0), node(1), steps=3)
    assert found.way[node(2)] == (node(3), node(4), node(2))


def test_all_that_can_be_reached_is_the_most() -> None:
    ties = graph([(0, n) for n in range(2, 9)])
    found = reach(ties, node(0), node(1), steps=1)
    assert found.gdp_percent == found.most_percent < 100.0


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.none() | st.integers(1, 8), st.integers(1, 4))
def test_reach_equals_distances_without_the_coercer(
    pairs: set[tuple[int, int]], without: int | None, steps: int
) -> None:
    ties = graph(pairs)
    found = reach(ties, node(0), None if without is None else node(without), steps=steps)
    near = {n: d for n, d in lengths(pairs, without).items() if 0 < d <= steps}
    assert set(found.way) == {node(n) for n in near}
    assert all(len(found.way[node(n)]) == d for n, d in near.items())
    gdp = sum(ties.gdp[node(n)] for n in near)
    assert found.gdp_percent == pytest.approx(100 * gdp / ties.world_gdp)
    kept = set(range(9)) - {without}
    for n, d in near.items():
        last = [m for m in kept if near.get(m, 0 if m == 0 else -9) == d - 1]
        tied = [m for m in last if tuple(sorted((m, n))) in pairs]
        assert found.ways[node(n)] == len(tied)


@settings(max_examples=25, deadline=None)
@given(PAIRS, st.integers(1, 8), st.integers(1, 3))
def test_a_new_tie_adds_what_recomputing_says(
    pairs: set[tuple[int, int]], without: int, steps: int
) -> None:
    ties = graph(pairs)
    before = reach(ties, node(0), node(without), steps=steps)
    between = standing(ties, node(0), node(without)).betweenness
    found = which_new_tie(ties, node(0), node(without), steps=steps)
    absent = {n for n in range(1, 9) if n != without and (0, n) not in pairs}
    assert {row.partner for row in found.rows} == {node(n) for n in absent}
    for row in found.rows:
        more = graph({*pairs, (0, int(row.partner[1:]))})
        after = reach(more, node(0), node(without), steps=steps)
        assert row.adds_gdp == after.gdp_percent - before.gdp_percent
        gained = standing(more, node(0), node(without)).betweenness - between
        assert row.adds_betweenness == pytest.approx(gained, abs=1e-12)
    gains = [row.adds_gdp for row in found.rows]
    assert gains == pytest.approx(sorted(gains, reverse=True), abs=1e-9)


def with_mediators(ties: Ties, *numbers: int) -> Ties:
    deed = (Mediator("", "a war", "mediator", 2023, "", "read"),)
    return replace(ties, mediators={node(n): deed for n in numbers})


def test_equal_gains_share_a_rank() -> None:
    ties = graph([], nodes=5, even=True)
    assert [row.rank for row in which_new_tie(ties, node(0), node(1)).rows] == [1, 1, 1]
    ties = with_mediators(ties, 3)
    rows = which_new_tie(ties, node(0), node(1)).rows
    assert [(row.partner, row.rank) for row in rows] == [(node(3), 1), (node(2), 2), (node(4), 2)]


def test_the_actor_is_no_mediator_for_itself() -> None:
    ties = with_mediators(graph([(0, 2)], nodes=5), 0, 2, 3)
    assert reach(ties, node(0), node(1)).mediators_percent == 50.0


def test_the_same_question_has_the_same_answer() -> None:
    ties = graph([(0, 1), (1, 2), (0, 3), (3, 4), (4, 2), (5, 6)])
    first, again = (which_new_tie(ties, node(0), node(1)).table for _ in range(2))
    assert first.equals(again)


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_steps_are_whole_and_positive(steps: int) -> None:
    with pytest.raises(OptionError, match="1 tie or more"):
        reach(graph([]), node(0), node(1), steps=steps)


def test_bad_names_are_refused() -> None:
    ties = graph([(0, 1)])
    with pytest.raises(UnknownLabelError, match="R0O"):
        reach(ties, "R0O", node(1))
    with pytest.raises(OptionError, match="cannot do without itself"):
        reach(ties, node(0), [node(1), node(0)])
    with pytest.raises(OptionError, match="Nearest: alliance"):
        reach(ties, node(0), node(1), ["aliance"])
    with pytest.raises(OptionError, match="no layer of ties is chosen"):
        reach(ties, node(0), node(1), [])
