"""The manifest: what it takes to run a result again, made from parts that are handed in.

Nothing is read from a clock or from the machine here. Everything that may change
between two runs of the same thing stands under ``run``; the rest is a function
of scenario, world and code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from countervail.brief.results import ParameterRow

FORMAT = 1
"""Version of the manifest's own layout."""


def digest(content: bytes | str) -> str:
    """The SHA-256 of ``content`` as ``"sha256:..."``; text counts as UTF-8."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return "sha256:" + hashlib.sha256(data).hexdigest()


def build_manifest(
    *,
    command: str,
    versions: Mapping[str, str],
    world: Mapping[str, Any],
    scenario: Mapping[str, Any],
    closure: Mapping[str, Any],
    tolerance: float,
    parameters: Iterable[ParameterRow] = (),
    seed: int | None = None,
    device: str = "",
    created: str = "",
    timings: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The manifest of one run as a plain dictionary, ready for JSON.

    ``command`` is the line that runs it again; ``versions`` maps program parts
    (python, countervail, numpy, jax) to versions; ``world`` and ``scenario`` hold
    at least ``name`` and ``hash`` (see ``digest``); ``closure`` the closure's values;
    ``tolerance`` the relative residual asked for; ``seed`` is ``None`` where nothing
    is random; ``timings`` are seconds by stage. ``device``, ``created`` and
    ``timings`` go under ``run``.
    """
    return {
        "format": FORMAT,
        "command": command,
        "versions": dict(sorted(versions.items())),
        "world": dict(world),
        "scenario": dict(scenario),
        "closure": dict(closure),
        "tolerance": tolerance,
        "seed": seed,
        "parameters": {
            row.name: {
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "unit": row.unit,
                "source": row.source,
                "status": row.status,
            }
            for row in parameters
        },
        "run": {
            "created": created,
            "device": device,
            "timings_seconds": dict(timings or {}),
        },
    }


def lasting(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest without ``run``: equal for two runs of the same scenario, world and code."""
    return {key: value for key, value in manifest.items() if key != "run"}


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as JSON text, two blanks deep, with a newline at its end."""
    return json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
