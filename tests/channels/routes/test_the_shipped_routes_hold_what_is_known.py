"""What ships: known facts come out, every row has a source, and the files give it again."""

from __future__ import annotations

from importlib.resources import files

import pytest

import countervail as cv
from countervail.channels.routes.build import not_in, read_terminals, refreshed
from countervail.channels.routes.flows import max_flow
from countervail.errors import TableError
from countervail.parameters import parameter
from tests.cp2015 import SHARED

ENERGY = SHARED / "data" / "energy"
needs_energy = pytest.mark.skipif(
    not ENERGY.is_dir(), reason="needs the background data beside the checkout"
)
EDGES = files("countervail.data").joinpath("routes/edges.csv").read_text("utf-8")


@pytest.fixture(scope="module")
def routes() -> cv.Routes:
    return cv.read_routes()


def test_every_row_says_where_it_comes_from(routes: cv.Routes) -> None:
    for network in routes.values():
        for edge in network.edges:
            assert edge.source or edge.note, edge.id
            assert edge.cost_usd == 0.0 or edge.cost_source, edge.id
            assert edge.measure or edge.basis != "observed", edge.id
            low, high = edge.cost_low, edge.cost_high
            assert low is None or high is None or low <= edge.cost_usd <= high, edge.id
        for node in network.nodes:
            assert node.kind == "junction" or node.source, node.id
            assert not node.sells or node.regions, node.id


def test_a_closed_strait_takes_all_lng_of_qatar(routes: cv.Routes) -> None:
    found = cv.route_report(routes["world-lng"], ("IRN",), sources=["QAT"])
    assert found.flow.value == pytest.approx(77.4)
    assert found.loss_percent("hormuz-out") == 100.0
    assert found.bypass_ratio == 0.0
    shut = cv.route_report(routes["world-lng"], ("IRN",), sources=["QAT"], closed=["hormuz"])
    assert (shut.flow.value, shut.unclosed) == (0.0, pytest.approx(77.4))


def test_no_strait_but_hormuz_stops_lng_altogether(routes: cv.Routes) -> None:
    """Whatever else is shut, there is a way round: the Cape, or the other strait."""
    network = routes["world-lng"]
    whole = max_flow(network, network.open_edges()).value
    for passage in network.passages - {"hormuz"}:
        left = max_flow(network, network.open_edges(closed=[passage])).value
        assert left == pytest.approx(whole), passage


def test_how_much_of_canadas_oil_goes_round_the_us(routes: cv.Routes) -> None:
    """Home refineries in the west and the Westridge dock; abroad only the dock."""
    found = cv.route_report(routes["canada-oil"])
    whole, abroad, _ = found.reach
    network = routes["canada-oil"]
    home = sum(network.edge(e).capacity for e in ("prairie-refining", "burnaby-delivery"))
    dock = network.edge("westridge-loading").capacity
    assert whole.bypass == pytest.approx(home + dock)
    assert abroad.bypass == pytest.approx(dock)
    assert dock < network.edge("trans-mountain").capacity
    assert found.worst is not None
    assert found.worst.id == "mainline"


def test_canadas_gas_leaves_for_others_as_lng_only(routes: cv.Routes) -> None:
    network = routes["canada-gas"]
    found = cv.route_report(network)
    abroad = found.reach[1]
    assert abroad.bypass == pytest.approx(network.amount(network.edge("lng-canada")))
    # The lines together have room to spare, so that none is missed.
    assert found.worst is None
    assert cv.route_effect(routes, "lng-canada-2", network="canada-gas").gain > 0


def test_carriage_by_sea_costs_what_the_parameter_says(routes: cv.Routes) -> None:
    rate = parameter("lng.shipping").value
    crossing = routes["world-lng"].edge("pacific-out")
    assert crossing.cost_usd == pytest.approx(4 * rate)


@pytest.mark.shared
@needs_energy
def test_the_published_files_give_what_ships() -> None:
    assert refreshed(EDGES, ENERGY) == EDGES


@pytest.mark.shared
@needs_energy
def test_no_terminal_of_the_tracker_is_left_out_unsaid() -> None:
    found = read_terminals(ENERGY)
    assert found.without_capacity == 1315
    inside_the_gulf = (
        "gem-lng:import:ARE:persian-gulf:operating",
        "gem-lng:import:KWT:persian-gulf:operating",
    )
    # LNG Canada operates since; its rows and Woodfibre's are plants of their own.
    canada = "gem-lng:export:CAN:american-pacific:construction"
    missing = not_in(EDGES, found, besides=(*inside_the_gulf, canada))
    assert [m for m in missing if not m.startswith("gem-lng:import") or "operating" in m] == []


@pytest.mark.shared
@needs_energy
@pytest.mark.parametrize(
    "measure",
    ["cer-oil:Keystone:KP9999:capacity", "gem-lng:export:QTA:persian-gulf:operating", "guess:1"],
)
def test_a_measure_that_no_file_holds_is_named(measure: str) -> None:
    text = EDGES.replace("cer-oil:Keystone:KP0020:capacity", measure, 1)
    with pytest.raises(TableError, match=measure.rpartition(":")[2]):
        refreshed(text, ENERGY)
