"""What every test starts from: searches are made, not looked up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def searches_are_made() -> Iterator[None]:
    """No rates of an earlier search are taken, unless a test asks for that."""
    from countervail.leverage.search import kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "cache_folder", lambda kind: None)
        yield
