"""The manifest depends on what was run, not on when or where, save for its run block."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from countervail.brief.manifest import build_manifest, digest, lasting, manifest_text

from . import example


def made(**changes: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "command": "countervail run x",
        "versions": {"python": "3.11", "countervail": "0.1.0"},
        "world": {"name": "w", "hash": digest(b"w")},
        "scenario": {"name": "s", "hash": digest("s")},
        "closure": {"balance": "fixed"},
        "tolerance": 1e-10,
        "parameters": example.parameters(),
    }
    return build_manifest(**{**parts, **changes})


def test_only_the_run_block_depends_on_the_moment() -> None:
    one = made(created="2026-01-01", timings={"solve": 1.0}, device="a")
    other = made(created="2026-01-02", timings={"solve": 2.0}, device="b")
    assert one != other
    assert lasting(one) == lasting(other)


def test_versions_come_in_one_order() -> None:
    turned = made(versions={"countervail": "0.1.0", "python": "3.11"})
    assert manifest_text(made()) == manifest_text(turned)


def test_parameters_keep_their_sources() -> None:
    assert made()["parameters"]["theta.one_year"]["source"] == "Made-up source B (2023)"
    assert json.loads(manifest_text(made())) == made()


def test_digests_say_their_method() -> None:
    assert digest("ü") == "sha256:" + hashlib.sha256("ü".encode()).hexdigest()
