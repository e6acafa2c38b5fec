"""Commands and examples in the README and in docs/ are executed as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from textwrap import dedent

import pytest

from countervail.cli import call

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^( *)```(python|console)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"# → (.*)$", re.MULTILINE)
"""What an example says that it prints; where it says so, it must say all of it."""


def blocks(page: Path, language: str) -> list[str]:
    found = BLOCK.findall(page.read_text("utf-8"))
    return [dedent(body) for _, kind, body in found if kind == language]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_examples(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for body in blocks(page, "python"):
        capsys.readouterr()
        exec(compile(body, str(page), "exec"), namespace)
        promised = PRINTED.findall(body)
        if promised:
            assert capsys.readouterr().out.splitlines() == promised


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "console")], ids=lambda p: p.name)
def test_commands(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for body in blocks(page, "console"):
        for line in body.splitlines():
            if line.startswith("$ countervail "):
                code = call(shlex.split(line)[2:])
                shown = capsys.readouterr()
                assert code == 0, f"{line}\n{shown.err}"
                assert shown.out.strip(), line


def test_the_pages_hold_examples() -> None:
    assert any(blocks(p, "python") for p in PAGES)
    assert any(blocks(p, "console") for p in PAGES)


def test_every_command_is_in_the_readme() -> None:
    from countervail.cli.app import app

    text = (ROOT / "README.md").read_text("utf-8")
    named = [c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands]
    for command in [*named, "worlds"]:
        assert f"`{command}" in text, command


@pytest.mark.parametrize(
    ("name", "maker"), [("scenario.md", "page"), ("sources.md", "sources_page")]
)
def test_the_pages_made_from_code_are_what_it_says(name: str, maker: str) -> None:
    namespace: dict[str, object] = {
        "__file__": str(ROOT / "docs" / "pages.py"),
        "__name__": "pages",
    }
    exec(compile((ROOT / "docs" / "pages.py").read_text("utf-8"), "pages.py", "exec"), namespace)
    make = namespace[maker]
    assert callable(make)
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == make(), "run: python docs/pages.py"
