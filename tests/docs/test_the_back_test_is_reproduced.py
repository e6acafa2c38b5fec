"""The tables on trust in docs/world-2023.md are what the back-test computes today."""

import re
from pathlib import Path

import pytest
from bench.backtest import tables

from tests.cp2015 import SHARED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "world-2023.md"


@pytest.mark.shared
@pytest.mark.skipif(
    not (SHARED / "data" / "facts").is_dir(),
    reason="needs the background data beside the checkout",
)
def test_every_table_stands_as_computed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    written = dict(re.findall(r"<!-- ([\w-]+) -->\n(.*?)\n<!-- end -->", text, flags=re.DOTALL))
    found = {shown.name: shown.markdown() for shown in tables(SHARED / "data")}
    assert written == found
