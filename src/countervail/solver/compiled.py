"""Compile discipline: float64 always, one executable per shape, kept on disk between runs.

Only shapes and three flags are static (mobile or specific labour; whether sales
abroad bear export taxes; log domain); every shock of a world runs through the same code.
Nothing here changes JAX's global precision: the executables are built and called
inside a float64 context of their own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import jax
import numpy as np

from countervail.solver import iteration
from countervail.solver.problem import Problem

_LOCK = threading.Lock()
_CACHE_VARIABLE = "COUNTERVAIL_CACHE"


def solver(
    problem: Problem, *, specific: bool, taxed_exports: bool, careful: bool = False
) -> Callable[..., Any]:
    """``(x0, problem, tolerance, max_passes) -> (x, residual, passes, restarts)``, compiled."""
    flags = {"specific": specific, "taxed_exports": taxed_exports, "careful": careful}
    return executable(iteration.iterate, problem, **flags)


def executable(function: Any, problem: Problem, **flags: bool) -> Callable[..., Any]:
    """``function(x, problem, *rest)`` with its flags set, compiled once per shape."""
    return _call(function, problem.spending.shape, tuple(sorted(flags.items())))


@cache
def _call(
    function: Any, shape: tuple[int, int], flags: tuple[tuple[str, bool], ...]
) -> Callable[..., Any]:
    compiled: Any = None
    jitted = jax.jit(partial(function, **dict(flags)))

    def run(*arguments: Any) -> Any:
        nonlocal compiled
        with jax.enable_x64(True):
            if compiled is None:
                with _LOCK:
                    if compiled is None:
                        _use_disk_cache()
                        compiled = jitted.lower(*arguments).compile()
            return jax.tree.map(np.asarray, compiled(*arguments))

    return run


@cache
def _use_disk_cache() -> None:
    """Keep compiled code in the user's cache folder, unless a cache was already chosen.

    The environment variable COUNTERVAIL_CACHE names another folder, or ``off``.
    """
    wanted = os.environ.get(_CACHE_VARIABLE, "")
    config: Any = jax.config
    if config.jax_compilation_cache_dir or wanted.lower() == "off":
        return
    if wanted:
        folder = Path(wanted)
    else:
        import platformdirs

        folder = Path(platformdirs.user_cache_dir("countervail")) / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a read-only home costs compile time, nothing else
    config.update("jax_compilation_cache_dir", str(folder))
    config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    config.update("jax_persistent_cache_min_entry_size_bytes", -1)
