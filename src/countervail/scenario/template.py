"""The scenario that a newcomer starts from; by itself, so that printing it loads nothing."""

from __future__ import annotations

from importlib.resources import files


def new_scenario_text() -> str:
    """A commented scenario to start from; it is valid as it stands."""
    return files("countervail.data").joinpath("new-scenario.toml").read_text(encoding="utf-8")
