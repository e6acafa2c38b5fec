"""Maximum flow, its cut and a linear programme agree, on random networks and by hand."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countervail.channels.routes.flows import certified_flow, cut_capacity, losses, max_flow
from countervail.channels.routes.interdict import interdict, protect
from countervail.channels.routes.network import RouteEdge, RouteNode, read_routes
from countervail.errors import OptionError
from tests.channels.routes.small import edge, network

NODES = ("s", "a", "b", "c", "t")
ARCS = [(u, v) for u in NODES for v in NODES if u != v and v != "s" and u != "t"]
CAPACITIES = st.one_of(st.just(0.0), st.floats(0.01, 1000.0))


@st.composite
def random_edges(draw: st.DrawFn, most: int = 12) -> list[RouteEdge]:
    picked = draw(st.lists(st.sampled_from(ARCS), min_size=1, max_size=most))
    return [edge(f"e{n}", u, v, draw(CAPACITIES)) for n, (u, v) in enumerate(picked)]


@given(random_edges())
@settings(max_examples=80, deadline=None)
def test_on_random_networks(edges: list[RouteEdge]) -> None:
    found = network([*edges, edge("last", "s", "t", 1.0)])
    flow, gap = certified_flow(found, found.edges)
    assert gap <= 1e-9
    assert cut_capacity(found, flow) == pytest.approx(flow.value, rel=1e-12)
    for e in found.edges:
        assert -1e-12 <= flow.flows[e.id] <= e.capacity * (1 + 1e-12)


@given(random_edges(8), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_interdiction_is_what_trying_everything_finds(edges: list[RouteEdge], budget: int) -> None:
    found = network([*edges, edge("last", "s", "t", 1.0)])
    all_edges = found.edges
    tried = min(
        max_flow(found, [e for e in all_edges if e not in gone]).value
        for gone in combinations(all_edges, min(budget, len(all_edges)))
    )
    worst = interdict(found, all_edges, budget)
    assert worst.remaining == pytest.approx(tried, abs=1e-9 * 1000)
    assert len(worst.removed) <= budget


@pytest.mark.parametrize("name", ["canada-oil", "canada-gas", "world-lng"])
def test_no_budget_leaves_the_maximum_flow(name: str) -> None:
    found = read_routes()[name]
    edges = found.open_edges()
    flow, gap = certified_flow(found, edges)
    assert gap <= 1e-9
    assert interdict(found, edges, 0).remaining == flow.value
    left = [interdict(found, edges, budget).remaining for budget in range(4)]
    assert left == sorted(left, reverse=True)
    # One edge is the worst single edge.
    assert left[1] == pytest.approx(flow.value - max(losses(found, edges, flow).values()))


def test_limits_of_nodes_can_be_the_cut() -> None:
    nodes = (
        RouteNode("s", "S", "supply", "CAN", volume=3.0),
        RouteNode("t", "T", "market", "JPN", volume=5.0, price_usd=1.0),
    )
    found = network([edge("wide", "s", "t", 9.0)], nodes)
    flow, gap = certified_flow(found, found.edges)
    assert (flow.value, flow.cut, flow.cut_nodes, gap) == (3.0, (), ("s",), 0.0)


def test_parallel_lines_are_told_apart() -> None:
    found = network([edge("one", "s", "t", 2.0), edge("two", "s", "t", 3.0)])
    flow = max_flow(found, found.edges)
    assert flow.value == 5.0
    assert losses(found, found.edges, flow) == {"one": 2.0, "two": 3.0}


def test_a_line_with_a_way_round_is_missed_less() -> None:
    found = network(
        [edge("big", "s", "t", 6.0), edge("way", "s", "a", 9.0), edge("round", "a", "t", 4.0)],
        (
            RouteNode("s", "S", "supply", "CAN", volume=7.0),
            RouteNode("a", "A", "junction"),
            RouteNode("t", "T", "market", "JPN", price_usd=1.0),
        ),
    )
    flow = max_flow(found, found.edges)
    assert flow.value == 7.0
    assert losses(found, found.edges, flow)["big"] == 3.0


def test_a_dearer_edge_is_left_alone() -> None:
    found = network([edge("one", "s", "t", 5.0), edge("two", "s", "t", 3.0)])
    assert interdict(found, found.edges, 1).removed == ("one",)
    assert interdict(found, found.edges, 1, prices={"one": 2.0}).removed == ("two",)
    assert interdict(found, found.edges, 3, within=["two"]).remaining == 5.0


def test_removing_more_than_helps_is_not_told() -> None:
    found = network([edge("one", "s", "a", 5.0), edge("two", "a", "t", 5.0)])
    assert len(interdict(found, found.edges, 2).removed) == 1


def test_protection_saves_what_it_protects() -> None:
    found = network([edge("one", "s", "t", 5.0), edge("two", "s", "t", 3.0)])
    (best,) = protect(found, found.edges, 1)
    assert (best.edge, best.remaining, best.saved) == ("one", 5.0, 2.0)


def test_what_cannot_be_asked() -> None:
    found = network([edge(f"e{n}", "s", "t", 1.0) for n in range(31)])
    with pytest.raises(OptionError, match="31 edges could be removed"):
        protect(found, found.edges, 1)
    with pytest.raises(OptionError, match="a budget of -1"):
        interdict(found, found.edges, -1)
    with pytest.raises(OptionError, match="removing e0 costs 0"):
        interdict(found, found.edges, 1, prices={"e0": 0.0})
