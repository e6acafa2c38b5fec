"""In a browser the report fits wide and narrow screens, and asks the network for nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    missing = ""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed"
    if not CHROMIUM.exists():
        missing = f"{CHROMIUM} is not there"
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"the browser tests must run here, but {missing}")
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(html: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html, "utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_stays_offline(browser: Any, address: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide, narrow = page.locator(".drawing .wide").first, page.locator(".drawing .narrow").first
    assert (wide.is_visible(), narrow.is_visible()) == (width > 700, width < 700)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[scheme]
    page.close()


def test_no_label_of_a_drawing_is_cut_off(browser: Any, address: str) -> None:
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(address)
        cut = page.evaluate(
            """() => [...document.querySelectorAll('.drawing svg')]
                .filter(svg => svg.getBoundingClientRect().width > 0)
                .flatMap(svg => { const box = svg.getBoundingClientRect();
                  return [...svg.querySelectorAll('text')].filter(t => {
                    const b = t.getBoundingClientRect();
                    return b.width > 0 && (b.left < box.left - 1 || b.right > box.right + 1
                      || b.top < box.top - 1 || b.bottom > box.bottom + 1);
                  }).map(t => t.textContent); })"""
        )
        assert cut == []
        page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_words_of_a_drawing_stand_on_others(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    for name in ("deals", "capital", "projects", "routes-1", "routes-2", "reach"):
        shown = "wide" if width > 700 else "narrow"
        on_others = page.evaluate(
            """selector => { const seen = new Map();
              for (const t of document.querySelectorAll(selector + ' text')) {
                const b = t.getBoundingClientRect();
                seen.set([t.textContent, b.left, b.top].join('|'), [t.textContent, b]); }
              const all = [...seen.values()], found = [];
              all.forEach(([one, a], i) => all.slice(i + 1).forEach(([two, b]) => {
                const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (across > 1 && down > 0.35 * Math.min(a.height, b.height))
                  found.push([one, two]); }));
              return found; }""",
            f"#figure-{name} .{shown}",
        )
        assert on_others == [], name
    page.close()


def test_the_contents_list_leads_to_its_sections(browser: Any, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.get_by_role("link", name="How sure?").click()
    expect(page.get_by_role("heading", name="How sure?")).to_be_in_viewport()
    assert page.url.endswith("#sure")
    page.close()


def test_a_csv_link_hands_out_a_file(browser: Any, address: str, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="All figures as CSV, unrounded").click()
    target = tmp_path / "ladder.csv"
    waiting.value.save_as(target)
    assert target.read_text("utf-8").startswith("rung,rate,horizon,")
    page.close()


@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (400, "screen"), (794, "print")])
def test_the_maps_can_be_seen(browser: Any, address: str, width: int, media: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.emulate_media(media=media)
    page.goto(address)
    for name in ("felt", "partners", "routes-1", "routes-2"):
        shown = "wide" if width > 700 or media == "print" else "narrow"
        drawing = page.locator(f"#figure-{name} .{shown} svg")
        assert drawing.is_visible()
        box = drawing.bounding_box()
        assert box["width"] > 0.4 * min(width, 700)
        assert box["x"] + box["width"] <= width
        assert page.locator(f"#figure-{name} svg path").count() > (40 if "-" in name else 300)
        assert page.get_by_text("no opinion on status").first.is_visible()
    assert said == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_colour_of_a_map_is_left_without_a_value(
    browser: Any, address: str, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(address)
    fills = page.evaluate(
        """() => [...document.querySelectorAll('#figure-felt .wide path')]
            .filter(p => (p.getAttribute('fill') || '').startsWith('var('))
            .map(p => [p.getAttribute('fill'), getComputedStyle(p).fill])"""
    )
    seen = dict(fills)
    assert len(seen) > 3
    black = {name for name, colour in seen.items() if colour == "rgb(0, 0, 0)"}
    assert black == set()
    assert len(set(seen.values())) == len(seen), "two steps look the same"
    page.close()


def test_the_page_of_a_world_fits(browser: Any, tmp_path: Path) -> None:
    from countervail.brief.world_page import world_page
    from countervail.sheets.worlds import world_sheet
    from countervail.world.store import load_world

    path = tmp_path / "world.html"
    path.write_text(world_page(world_sheet(load_world("world-2014"))), "utf-8")
    for width, scheme in ((1280, "light"), (400, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        assert said == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = "wide" if width > 700 else "narrow"
        for name in ("gdp", "trade", "openness", "status"):
            assert page.locator(f"#figure-{name} .{shown} svg").is_visible()
        page.close()
