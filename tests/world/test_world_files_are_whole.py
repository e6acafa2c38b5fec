"""Saving and loading is the identity; a damaged file is named and never half-read."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from countervail.errors import OutputError, WorldFileError
from countervail.world.arrays import same
from countervail.world.core import World
from countervail.world.labels import read_labels
from countervail.world.store import load_world, world_bytes
from tests.worlds import random_world


def example() -> World:
    return random_world(np.random.default_rng(4), 4, 3, zero_own=True, zero_output=True)


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    world = example()
    path = world.save(tmp_path / "deep" / "w.npz")
    again = load_world(path)
    assert again == world
    assert again.labels == world.labels
    assert again.report == world.report
    assert same(again.arrays, world.arrays)
    assert load_world(str(path)) == world


def test_the_same_world_gives_the_same_bytes(tmp_path: Path) -> None:
    assert world_bytes(example()) == world_bytes(example())
    path = example().save(tmp_path / "w.npz")
    assert world_bytes(load_world(path)) == path.read_bytes()


def test_any_numpy_opens_a_world_file(tmp_path: Path) -> None:
    world = example()
    with np.load(world.save(tmp_path / "w.npz"), allow_pickle=False) as members:
        assert np.array_equal(members["flows"], world.arrays.flows)


def rewrite(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The archive with members replaced, or dropped where None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = changes.get(info.filename, old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    return out.getvalue()


def meta_with(content: bytes, **changes: object) -> dict[str, bytes | None]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        meta = json.loads(archive.read("meta.json"))
    meta.update(changes)
    return {"meta.json": json.dumps(meta).encode()}


def npy(values: np.ndarray, allow_pickle: bool = False) -> bytes:
    member = io.BytesIO()
    np.save(member, values, allow_pickle=allow_pickle)
    return member.getvalue()


def flipped(content: bytes) -> bytes:
    middle = len(content) // 3
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


WHOLE = world_bytes(example())
ARRAYS = example().arrays
DAMAGE = [
    ("not a zip", b"flows,1,2,3\n" * 50, "not a whole zip"),
    ("empty", b"", "not a whole zip"),
    ("cut short", WHOLE[: len(WHOLE) // 2], "not a whole zip"),
    ("a flipped byte", flipped(WHOLE), ""),
    ("no meta", rewrite(WHOLE, {"meta.json": None}), "meta.json is missing"),
    ("meta is no JSON", rewrite(WHOLE, {"meta.json": b"{"}), "not JSON"),
    ("meta is a list", rewrite(WHOLE, {"meta.json": b"[]"}), "does not say"),
    ("another format", rewrite(WHOLE, meta_with(WHOLE, format="x")), "does not say"),
    ("newer", rewrite(WHOLE, meta_with(WHOLE, format_version=2)), "Update countervail"),
    ("no version", rewrite(WHOLE, meta_with(WHOLE, format_version=None)), "no format version"),
    ("labels are numbers", rewrite(WHOLE, meta_with(WHOLE, regions=[1, 2])), "'regions'"),
    ("labels renamed", rewrite(WHOLE, meta_with(WHOLE, sectors=["a", "b", "c"], sector_groups={})),
     "digest"),
    ("labels repeated", rewrite(WHOLE, meta_with(WHOLE, sectors=["a", "a", "c"])), "repeated"),
    ("fewer labels", rewrite(WHOLE, meta_with(WHOLE, sectors=["a", "b"], sector_groups={})),
     "shape"),
    ("report is a text", rewrite(WHOLE, meta_with(WHOLE, report="fine")), "'report'"),
    ("report of another kind", rewrite(WHOLE, meta_with(WHOLE, report={"flows": 3})), "report"),
    ("an array is missing", rewrite(WHOLE, {"tariff.npy": None}), "tariff.npy is missing"),
    ("another shape", rewrite(WHOLE, {"elasticity.npy": npy(np.ones(4))}), "shape (4,)"),
    ("another kind", rewrite(WHOLE, {"elasticity.npy": npy(np.ones(3, "i8"))}), "int64"),
    ("an array of objects", rewrite(WHOLE, {"elasticity.npy": npy(np.array([{}] * 3), True)}),
     "no array"),
    ("no array", rewrite(WHOLE, {"elasticity.npy": b"hello"}), "no array"),
    ("a number changed", rewrite(WHOLE, {"elasticity.npy": npy(ARRAYS.elasticity + 1)}), "digest"),
    ("a number missing", rewrite(WHOLE, {"elasticity.npy": npy(np.full(3, np.nan))}),
     "not numbers"),
    ("larger than it can be", rewrite(WHOLE, {"elasticity.npy": npy(np.ones(100_000))}), "claims"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_a_damaged_file_is_an_error_that_says_how(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    with pytest.raises(WorldFileError) as caught:
        load_world(path)
    assert said in str(caught.value)
    assert caught.value.remedy


def test_a_world_that_is_no_equilibrium_is_not_loaded(tmp_path: Path) -> None:
    # Even with a digest that fits, the numbers must be a world.
    from countervail.world.core import content_digest

    world = example()
    shares = np.roll(ARRAYS.final_share, 1, axis=0)
    broken = type(ARRAYS)(
        **{n: getattr(ARRAYS, n) for n in ARRAYS.__dataclass_fields__} | {"final_share": shares}
    )
    changes = meta_with(WHOLE, digest=content_digest(world.labels, broken, world.status))
    path = tmp_path / "w.npz"
    path.write_bytes(rewrite(WHOLE, {**changes, "final_share.npy": npy(shares)}))
    with pytest.raises(WorldFileError, match="identities fail"):
        load_world(path)


@pytest.mark.parametrize("name", ["wrld-2014", "nowhere/w.npz"])
def test_an_unknown_world_lists_the_bundled_ones(name: str) -> None:
    for read in (load_world, read_labels):
        with pytest.raises(WorldFileError) as caught:
            read(name)
        assert "world-2014" in str(caught.value)


def test_a_folder_is_no_world(tmp_path: Path) -> None:
    with pytest.raises(WorldFileError, match="folder"):
        load_world(tmp_path)


def test_nothing_is_left_where_a_world_cannot_be_saved(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        example().save(tmp_path / "file" / "w.npz")
    flows = np.full((1, 2, 2), 4.0)
    odd = World.from_flows(flows, provenance={"when": object()})
    with pytest.raises(WorldFileError, match="JSON"):
        odd.save(tmp_path / "w.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
