"""Small networks written by hand, and files of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from countervail.channels.routes.network import RouteEdge, RouteNetwork, RouteNode

NODES = (
    "network,id,name,kind,country,volume,price_usd,regions\n"
    "own,well,Well,supply,CAN,10,,\n"
    "own,port,Port,junction,CAN,,,\n"
    "own,south,South,market,USA,,50,USA=1\n"
    "own,sea,Overseas,market,JPN,,60,JPN=0.75 KOR=0.25\n"
)
EDGES = (
    "network,id,name,from,to,commodity,capacity,unit,jurisdictions,cost_usd,status\n"
    "own,line,Line,well,south,oil,8,kb/d,CAN USA,5,operating\n"
    "own,west,West,well,port,oil,3,kb/d,CAN,4,operating\n"
    "own,ships,Ships,port,sea,oil,9,kb/d,CAN,2,operating\n"
    "own,wider,Wider,well,port,oil,4,kb/d,CAN,6,planned\n"
)


def files(folder: Path, nodes: str = NODES, edges: str = EDGES) -> str:
    """A folder with the two files; its path."""
    (folder / "nodes.csv").write_text(nodes, encoding="utf-8")
    (folder / "edges.csv").write_text(edges, encoding="utf-8")
    return str(folder)


def edge(name: str, start: str, end: str, capacity: float, cost: float = 0.0) -> RouteEdge:
    return RouteEdge(name, name, start, end, "oil", capacity, "kb/d", cost_usd=cost)


def network(edges: Iterable[RouteEdge], nodes: Sequence[RouteNode] | None = None) -> RouteNetwork:
    """A network from "s" to "t" over whatever nodes the edges name."""
    kept = tuple(edges)
    names = dict.fromkeys(n for e in kept for n in (e.start, e.end) if n not in ("s", "t"))
    found = nodes or (
        RouteNode("s", "Source", "supply", "CAN"),
        *(RouteNode(n, n, "junction") for n in names),
        RouteNode("t", "Market", "market", "JPN", price_usd=10.0),
    )
    return RouteNetwork("small", "Small", "kb/d", tuple(found), kept)
