"""The 2014 world is an exact equilibrium and comes from its source by the shipped code."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from countervail.errors import UnknownLabelError, WorldFileError
from countervail.world.arrays import GIVEN
from countervail.world.checks import worst
from countervail.world.formats import FORMATS, builder
from countervail.world.registry import elasticities
from countervail.world.store import load_world
from tests.cp2015 import SHARED

SOURCE = SHARED / "data" / "wiod" / "wiod2014_44x50.npz"


def test_the_shipped_world_is_an_equilibrium() -> None:
    world = load_world("world-2014")
    assert world.arrays.flows.shape == (50, 44, 44)
    assert worst(world) < 1e-12


def test_the_importer_comes_before_the_exporter() -> None:
    world = load_world("world-2014")
    oil = world.flows.sel(sector="mining")
    north = oil.sel(importer="USA", exporter="CAN").item()
    assert north > 3 * oil.sel(importer="CAN", exporter="USA").item()
    crops = world.tariff.sel(sector="crops-animals")
    assert crops.sel(importer="KOR", exporter="USA") > crops.sel(importer="USA", exporter="KOR")


def test_its_report_says_what_moved() -> None:
    report = load_world("world-2014").report
    assert report.clipped_cells == 12
    assert report.home_tariffs_reset == 22
    assert report.zero_own_shares == 47 + 2  # two of them are residues in the source
    assert report.zero_outputs == 46
    assert report.clipped_value == pytest.approx(-17032, abs=1)
    assert max(report.region_moves.values()) < 0.04
    assert any("above 100 %: KOR on crops-animals from RUS 343 %" in x for x in report.notes)


def test_its_provenance_names_sources_and_licences() -> None:
    provenance = load_world("world-2014").provenance
    sources = provenance["sources"]
    assert isinstance(sources, list)
    assert all({"part", "source", "licence", "status"} == set(s) for s in sources)
    assert "Timmer" in sources[0]["source"]


def test_its_elasticities_are_those_of_the_table() -> None:
    world = load_world("world-2014")
    rows = elasticities()
    assert world.elasticity.to_series().to_dict() == {k: rows[k].value for k in world.sectors}


@pytest.mark.shared
def test_building_it_again_gives_the_same_world() -> None:
    if not SOURCE.is_file():
        pytest.skip("the source of the 2014 world is not beside the checkout")
    told: list[tuple[str, float]] = []
    built = FORMATS["wiod-2014"].build(SOURCE, lambda what, done: told.append((what, done)))
    shipped = load_world("world-2014")
    assert (built.regions, built.sectors) == (shipped.regions, shipped.sectors)
    for name in GIVEN:
        # Other processors round powers differently; no more than that may differ.
        given, found = getattr(shipped.arrays, name), getattr(built.arrays, name)
        np.testing.assert_allclose(found, given, rtol=1e-9, atol=1e-9 * np.abs(given).max())
    # The version that built it may be older than this one.
    assert {**built.provenance, "made_by": ""} == {**shipped.provenance, "made_by": ""}
    assert built.report.clipped_cells == shipped.report.clipped_cells
    assert told[0][1] == 0.0
    assert told[-1][1] == 1.0
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    source_file = shipped.provenance["source_file"]
    assert source_file == {"name": SOURCE.name, "sha256": digest}


@pytest.mark.shared
def test_it_is_near_its_source() -> None:
    if not SOURCE.is_file():
        pytest.skip("the source of the 2014 world is not beside the checkout")
    world = load_world("world-2014")
    with np.load(SOURCE, allow_pickle=False) as source:
        flows = source["Z_fob_jni"]
        order = [str(x) for x in source["iso"]]
    assert list(world.regions) == order
    moved = np.abs(world.arrays.flows - flows)
    assert moved.sum() / flows.sum() < 0.001


@pytest.mark.parametrize("content", ["absent", "text", "empty archive", "other shape"])
def test_a_file_that_is_not_the_source_is_an_error(content: str, tmp_path: Path) -> None:
    path = tmp_path / "source.npz"
    if content == "text":
        path.write_text("not an archive")
    elif content == "empty archive":
        np.savez(path, other=np.ones(3))
    elif content == "other shape":
        cube, square = np.ones((1, 2, 2)), np.ones((1, 2))
        np.savez(
            path,
            Z_fob_jni=cube,
            tau_jni=cube,
            gamma_n_in_out=np.ones((1, 2, 2)),
            beta_jn=square,
            inventory_jn=square,
            iso=np.array(["CAN", "USA"]),
            isic4=np.array(["C29"]),
        )
    with pytest.raises(WorldFileError) as caught:
        builder("wiod-2014").build(path)
    assert caught.value.remedy


def test_an_unknown_format_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UnknownLabelError, match="wiod-2014"):
        builder("wiod2014")
