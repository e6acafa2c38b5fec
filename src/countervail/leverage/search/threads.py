"""Threads of the linear algebra behind SciPy's searches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One thread for every BLAS call inside: a search makes many tiny ones.

    Left to itself, BLAS spreads them over all cores, where its threads wait for each other and
    for the searches that run side by side: two to six times slower. The limit holds for the
    whole process while it lasts, so that it is set around a search, never inside its threads.
    """
    import scipy.optimize  # noqa: F401 (its BLAS must be loaded to be limited)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
