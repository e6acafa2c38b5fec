"""Who borders on whom: known neighbours, both ways, merged regions, and rests."""

from __future__ import annotations

from countervail.world.borders import share_a_border
from countervail.world.labels import make_labels, read_labels

LABELS = read_labels("world-2023")


def neighbours(region: str) -> set[str]:
    return {r for r in LABELS.regions if r != region and share_a_border(LABELS, region, r)}


def test_known_neighbours() -> None:
    assert neighbours("CAN") == {"USA"}
    assert neighbours("QAT") == {"SAU"}
    assert neighbours("JPN") == set()
    assert neighbours("DEU") == {"AUT", "BEL", "CHE", "CZE", "DNK", "FRA", "LUX", "NLD", "POL"}


def test_a_border_has_two_sides() -> None:
    for a in ("CAN", "DEU", "FRA", "RUS", "SAU", "MEX"):
        for b in neighbours(a):
            assert share_a_border(LABELS, b, a), (a, b)


def test_a_merged_region_has_the_borders_of_its_parts() -> None:
    made = make_labels(
        "merged",
        2023,
        ["WEST", "POL", "JPN", "ROW"],
        ["all-goods"],
        provenance={"aggregated_from": {"regions": {"WEST": ["DEU", "FRA"]}}},
    )
    assert share_a_border(made, "WEST", "POL")
    assert not share_a_border(made, "WEST", "JPN")


def test_the_rest_of_the_world_borders_on_nobody() -> None:
    assert neighbours("ROW") == set()
