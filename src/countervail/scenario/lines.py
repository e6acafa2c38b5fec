"""On which line of a TOML text each key and each element stands.

TOML readers forget where a value came from, and an error message without its
line sends the reader searching. The text has already been read without error
when this runs, so the scanner only keeps track of structure: headers, keys,
strings, brackets. It knows no values.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_VOID = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def line_index(text: str) -> dict[Path, int]:
    """The line (from 1) of every key, table header and array element of a valid TOML ``text``.

    A path holds keys and, inside arrays and arrays of tables, positions from 0:
    ``("threat", 1, "rate")`` is the rate of the second ``[[threat]]``. A table
    stands on the line of its first header or key.
    """
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # arrays of tables: how many elements so far

    def run(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(_VOID)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_VOID)
        return self.lines

    def header(self) -> Path:
        line = self.line()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self.key()
        self.at += 2 if many else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self.last((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, keys[-1])
        self.lines.setdefault(path, line)
        if many:
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.last(path)
        self.lines.setdefault(path, line)
        return path

    def last(self, path: Path) -> Path:
        """Inside an array of tables a header speaks of its latest element."""
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def pair(self, table: Path) -> None:
        line = self.line()
        path = table
        for key in self.key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.value(path)

    def key(self) -> list[str]:
        keys = []
        while True:
            self.skip(_BLANK)
            if self.text[self.at] in "\"'":
                keys.append(self.string())
            else:
                match = _BARE_KEY.match(self.text, self.at)
                if match is None:  # cannot happen in a text that has been read
                    raise ValueError(f"no key on line {self.line()}")
                keys.append(match.group())
                self.at = match.end()
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def value(self, path: Path) -> None:
        start = self.text[self.at]
        if start in "\"'":
            self.string()
        elif start == "[":
            self.array(path)
        elif start == "{":
            self.inline_table(path)
        else:
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        position = 0
        self.skip(_VOID)
        while self.text[self.at] != "]":
            self.lines[(*path, position)] = self.line()
            self.value((*path, position))
            position += 1
            self.skip(_VOID)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_VOID)
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        self.skip(_VOID)
        while self.text[self.at] != "}":
            self.pair(path)
            self.skip(_VOID)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_VOID)
        self.at += 1

    def string(self) -> str:
        quote = self.text[self.at]
        fence = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(fence)
        begin = self.at
        while not self.text.startswith(fence, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        end = self.at
        if len(fence) == 3:  # up to two further quotes belong to the string itself
            while self.text.startswith(quote, end + 3):
                end += 1
        self.at = end + len(fence)
        body = self.text[begin:end]
        return _ESCAPE.sub(_unescape, body) if quote == '"' else body

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, "")
