"""Labels, groups and aliases say what they mean, at once and without NumPy."""

import subprocess
import sys

import numpy as np
import pytest

from countervail.errors import LabelError, UnknownLabelError
from countervail.world.core import World
from countervail.world.labels import bundled_worlds, read_labels
from countervail.world.store import load_world


def test_labels_are_read_without_numpy() -> None:
    program = (
        "import sys; from countervail.world.labels import read_labels, bundled_worlds; "
        "labels = read_labels('world-2014'); labels.resolve_regions('EU'); bundled_worlds(); "
        "print(sorted({'numpy', 'pandas', 'xarray', 'jax', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_labels_are_those_of_the_world() -> None:
    assert read_labels("world-2014") == load_world("world-2014").labels


def test_the_bundled_worlds_are_listed_with_what_they_are() -> None:
    worlds = {w.name: w for w in bundled_worlds()}
    assert worlds["world-2014"].labels.base_year == 2014
    assert 0 < worlds["world-2014"].size_bytes < 3_000_000


@pytest.mark.parametrize(
    ("spec", "labels"),
    [
        ("CAN", ("CAN",)),
        ("Canada", ("CAN",)),
        ("south korea", ("KOR",)),
        (["USA", "CAN", "USMCA"], ("USA", "CAN", "MEX")),
        ("G7", ("CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "USA")),
    ],
)
def test_regions_by_label_name_group_and_list(spec: object, labels: tuple[str, ...]) -> None:
    assert read_labels("world-2014").resolve_regions(spec) == labels  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "labels"),
    [
        ("C29", ("motor-vehicles",)),
        ("motor-vehicles", ("motor-vehicles",)),
        ("C28", ("machinery",)),
        ("J62_J63", ("computing",)),
        ("metals", ("basic-metals", "metal-products")),
        ("energy", ("mining", "petroleum", "electricity-gas")),
        (["B", "energy"], ("mining", "petroleum", "electricity-gas")),
    ],
)
def test_sectors_by_slug_code_and_group(spec: object, labels: tuple[str, ...]) -> None:
    assert read_labels("world-2014").resolve_sectors(spec) == labels  # type: ignore[arg-type]


def test_positions_are_those_of_the_axes() -> None:
    world = load_world("world-2014")
    assert world.resolve_regions(None) == tuple(range(44))
    assert [world.regions[i] for i in world.resolve_regions(["USA", "CAN"])] == ["USA", "CAN"]
    assert len(world.resolve_sectors("goods")) == 22
    assert len(world.resolve_regions("EU")) == 27
    assert len(world.resolve_regions("EU28")) == 28


def test_the_tariff_bearing_sectors_are_goods() -> None:
    world = load_world("world-2014")
    taxed = np.flatnonzero(world.arrays.tariff.sum(axis=(1, 2)) > 0)
    assert set(taxed.tolist()) == set(world.resolve_sectors("goods"))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("Canda", "Canada"),
        ("can", "CAN"),
        ("QAT", "inside ROW"),
        ("Qatar", "inside ROW"),
        ("GCC", "Gulf Cooperation Council"),
        (["CAN", 3], "named by text"),
        (3, "named by text"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest(spec: object, said: str) -> None:
    with pytest.raises(UnknownLabelError) as caught:
        read_labels("world-2014").resolve_regions(spec)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_an_empty_list_is_not_everything() -> None:
    with pytest.raises(LabelError, match="empty"):
        read_labels("world-2014").resolve_sectors([])


def test_members_of_a_group_inside_the_rest_of_the_world_are_said() -> None:
    labels = read_labels("world-2014")
    assert set(labels.missing_members("BRICS")) == {"ZAF", "EGY", "ETH", "IRN", "ARE"}
    assert labels.missing_members("EU") == ()
    shown = labels.provenance["group_members_not_shown"]
    assert isinstance(shown, dict)
    assert "BRICS" in shown


def test_own_groups_replace_the_registry() -> None:
    world = World.from_flows(
        np.full((1, 3, 3), 5.0),
        regions=["CAN", "USA", "X"],
        sectors=["food"],
        region_groups={"pair": ["X", "CAN"]},
    )
    assert dict(world.region_groups) == {"all": ("CAN", "USA", "X"), "pair": ("CAN", "X")}
    assert world.sector_groups["goods"] == ("food",)


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("European Union", "write 'EU'"),
        ("asean", "write 'ASEAN'"),
        ("Europan Union", "European Union (EU)"),
    ],
)
def test_a_group_called_by_its_name_is_pointed_to_its_code(word: str, remedy: str) -> None:
    with pytest.raises(UnknownLabelError) as error:
        read_labels("world-2014").resolve_regions(word)
    assert remedy in str(error.value)
