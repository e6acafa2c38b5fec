from __future__ import annotations

import pytest

from countervail.brief.figures.charts import Figure, figures
from countervail.brief.html import report
from countervail.brief.results import Results

from . import channel_example
from .page import Page


@pytest.fixture(scope="session")
def results() -> Results:
    return channel_example.results()


@pytest.fixture(scope="session")
def drawn(results: Results) -> list[Figure]:
    return figures(results)


@pytest.fixture(scope="session")
def html(results: Results, drawn: list[Figure]) -> str:
    return report(results, drawn)


@pytest.fixture(scope="session")
def page(html: str) -> Page:
    return Page(html)
