"""A source file comes whole, resumed where a connection broke, or not at all; all offline."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from countervail.cli import call
from countervail.errors import FetchError, OptionError, OutputError, UnknownLabelError
from countervail.world.fetching import fetch as fetching
from countervail.world.fetching import sources as registry
from countervail.world.fetching.fetch import Pace, fetch, present
from countervail.world.fetching.sources import Source, SourceFile, source, sources
from countervail.world.formats import FORMATS

PACE = Pace(connect=2.0, read=0.4, tries=4, wait=0.01)
ALGORITHMS = {"md5": 32, "sha1": 40, "sha256": 64}


def archive(seed: int = 0, size: int = 300_000) -> bytes:
    """A zip that does not compress, so that it has about ``size`` bytes."""
    noise = hashlib.shake_256(str(seed).encode()).digest(size)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(zipfile.ZipInfo("table.csv", (1980, 1, 1, 0, 0, 0)), noise)
    return buffer.getvalue()


BODY = archive()
CHUNK = 65_536
SHA1 = "sha1:" + hashlib.sha1(BODY).hexdigest()
Behaviour = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """A web server on this machine that behaves as told; ``asked`` are the ranges asked for."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.asked: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.headers.get("Range"))
                behaviour(self, len(outer.asked))

            def log_message(self, *arguments: object) -> None: ...

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.httpd.server_port}/table.zip"
        threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    started: list[Server] = []

    def start(behaviour: Behaviour) -> Server:
        started.append(Server(behaviour))
        return started[-1]

    yield start
    for server in started:
        server.close()


def send(
    to: BaseHTTPRequestHandler,
    body: bytes = BODY,
    *,
    upto: int | None = None,
    code: int = 200,
    length: int | None = None,
    tag: str | None = '"one"',
    kind: str = "application/zip",
    start: int = 0,
) -> None:
    """Send ``body`` from ``start``, cut off after ``upto`` bytes."""
    to.send_response(code)
    to.send_header("Content-Type", kind)
    to.send_header("Content-Length", str(len(body) - start if length is None else length))
    if tag:
        to.send_header("ETag", tag)
    if code == 206:
        to.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    to.end_headers()
    to.wfile.write(body[start:upto])
    to.close_connection = True


def whole(to: BaseHTTPRequestHandler, count: int) -> None:
    """A server that knows ranges and versions."""
    if to.headers.get("Range") and to.headers.get("If-Range") == '"one"':
        send(to, code=206, start=first_byte(to))
    else:
        send(to)


def first_byte(to: BaseHTTPRequestHandler) -> int:
    return int(to.headers["Range"].removeprefix("bytes=").removesuffix("-"))


def a_source(
    *addresses: str, kind: str = "zip", checksum: str = SHA1, size: int | None = None
) -> Source:
    file = SourceFile("table.zip", (2000, 2014), addresses, size, None if size else 1, checksum)
    return Source(
        *("test", "A table", "first edition", (file,), "https://example.org/table"),
        *("read in documentation", "CC BY 4.0", "read", kind, "icio", "{path} --out x"),
        *("Choose the zip.", ""),
    )


def left_over(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_file_comes_whole_and_is_not_fetched_twice(serve, tmp_path: Path) -> None:
    server = serve(whole)
    told: list[tuple[int, int]] = []
    chosen = a_source(server.address, size=len(BODY))
    found = fetch(chosen, folder=tmp_path, pace=PACE, progress=lambda n, of: told.append((n, of)))
    assert found.path.read_bytes() == BODY
    assert (found.fresh, found.size) == (True, len(BODY))
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    assert told[-1] == (len(BODY), len(BODY))
    assert left_over(tmp_path) == {"table.zip"}
    assert not fetch(chosen, folder=tmp_path, pace=PACE).fresh
    assert len(server.asked) == 1
    assert present(chosen, tmp_path) == ("table.zip",)


def test_what_broke_off_is_resumed(serve, tmp_path: Path) -> None:
    def breaks_twice(to: BaseHTTPRequestHandler, count: int) -> None:
        if count == 1:
            send(to, upto=100_000)
        elif count == 2:
            send(to, code=206, start=first_byte(to), upto=200_000)
        else:
            whole(to, count)

    server = serve(breaks_twice)
    found = fetch(a_source(server.address), folder=tmp_path, pace=PACE)
    assert found.path.read_bytes() == BODY
    # A chunk that was not complete is asked for again.
    assert server.asked == [None, f"bytes={CHUNK}-", f"bytes={3 * CHUNK}-"]


def test_a_later_command_goes_on_where_the_first_ended(serve, tmp_path: Path) -> None:
    def breaks(to: BaseHTTPRequestHandler, count: int) -> None:
        send(to, upto=150_000) if count == 1 else whole(to, count)

    server = serve(breaks)
    once = Pace(connect=2.0, read=0.4, tries=1, wait=0.01)
    with pytest.raises(FetchError, match="broke off"):
        fetch(a_source(server.address), folder=tmp_path, pace=once)
    assert left_over(tmp_path) == {"table.zip.part", "table.zip.part.json"}
    assert fetch(a_source(server.address), folder=tmp_path, pace=once).path.read_bytes() == BODY
    assert server.asked[1] == f"bytes={2 * CHUNK}-"
    assert left_over(tmp_path) == {"table.zip"}


def test_another_version_is_not_glued_to_the_first(serve, tmp_path: Path) -> None:
    other = archive(1)

    def changes(to: BaseHTTPRequestHandler, count: int) -> None:
        send(to, upto=150_000) if count == 1 else send(to, other, tag='"two"')

    found = fetch(a_source(serve(changes).address, checksum=""), folder=tmp_path, pace=PACE)
    assert found.path.read_bytes() == other


@pytest.mark.parametrize("tag", ['"one"', 'W/"weak"', None])
def test_a_server_that_ignores_ranges(serve, tmp_path: Path, tag: str | None) -> None:
    def ignores(to: BaseHTTPRequestHandler, count: int) -> None:
        send(to, upto=150_000 if count == 1 else None, tag=tag)

    server = serve(ignores)
    assert fetch(a_source(server.address), folder=tmp_path, pace=PACE).path.read_bytes() == BODY
    assert (server.asked[1] is not None) == (tag == '"one"')


def test_a_server_that_cannot_go_on_is_asked_for_all_of_it(serve, tmp_path: Path) -> None:
    def refuses(to: BaseHTTPRequestHandler, count: int) -> None:
        if count == 1:
            send(to, upto=150_000)
        elif to.headers.get("Range"):
            to.send_error(416)
        else:
            send(to)

    server = serve(refuses)
    assert fetch(a_source(server.address), folder=tmp_path, pace=PACE).path.read_bytes() == BODY
    assert server.asked[-1] is None


def test_another_part_than_asked_for_is_not_taken(serve, tmp_path: Path) -> None:
    def shifted(to: BaseHTTPRequestHandler, count: int) -> None:
        if count == 1:
            send(to, upto=150_000)
        elif count == 2:
            send(to, code=206, start=100_000)
        else:
            whole(to, count)

    found = fetch(a_source(serve(shifted).address, checksum=""), folder=tmp_path, pace=PACE)
    assert found.path.read_bytes() == BODY


@pytest.mark.parametrize("code", [500, 503, 429])
def test_trouble_that_passes(serve, tmp_path: Path, code: int) -> None:
    def recovers(to: BaseHTTPRequestHandler, count: int) -> None:
        to.send_error(code) if count < 3 else send(to)

    server = serve(recovers)
    assert fetch(a_source(server.address), folder=tmp_path, pace=PACE).fresh
    assert len(server.asked) == 3


def test_a_slow_server_is_waited_for(serve, tmp_path: Path) -> None:
    def slow(to: BaseHTTPRequestHandler, count: int) -> None:
        to.send_response(200)
        to.send_header("Content-Length", str(len(BODY)))
        to.end_headers()
        for at in range(0, len(BODY), 50_000):
            to.wfile.write(BODY[at : at + 50_000])
            time.sleep(0.1)

    started = time.monotonic()
    assert fetch(a_source(serve(slow).address), folder=tmp_path, pace=PACE).fresh
    assert time.monotonic() - started > PACE.read


def test_a_body_without_a_length(serve, tmp_path: Path) -> None:
    def endless(to: BaseHTTPRequestHandler, count: int) -> None:
        to.send_response(200)
        to.end_headers()
        to.wfile.write(BODY)

    assert fetch(a_source(serve(endless).address), folder=tmp_path, pace=PACE).fresh


# ------------------------------------------------- what is refused


def page(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, b"<!DOCTYPE html><title>Are you a browser?</title>", kind="text/html; charset=utf-8")


def disguised_page(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, b"\n <HTML>moved</HTML>")


def other_file(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, archive(7))


def cut_zip(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, BODY[:200_000])


def text(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, b'{"error": "none"}')


def nothing(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, b"")


def absent(to: BaseHTTPRequestHandler, count: int) -> None:
    to.send_error(404)


def forbidden(to: BaseHTTPRequestHandler, count: int) -> None:
    to.send_error(403)


def always_failing(to: BaseHTTPRequestHandler, count: int) -> None:
    to.send_error(500)


def hangs(to: BaseHTTPRequestHandler, count: int) -> None:
    time.sleep(0.8)


def promises_more(to: BaseHTTPRequestHandler, count: int) -> None:
    send(to, length=len(BODY) + 1_000, tag=None)


def floods(to: BaseHTTPRequestHandler, count: int) -> None:
    to.send_response(200)
    to.end_headers()
    try:
        for _ in range(100):
            to.wfile.write(b"PK" + b"x" * 100_000)
    except OSError:
        pass  # the other side has had enough


REFUSED = [
    (page, SHA1, "web page.*browser"),
    (disguised_page, SHA1, "web page"),
    (other_file, SHA1, f"has the checksum sha1:[0-9a-f]{{40}}, not {SHA1}"),
    (cut_zip, "", "not a whole zip"),
    (text, "", "something else, not a zip"),
    (nothing, "", "is empty"),
    (absent, SHA1, "404"),
    (forbidden, SHA1, "403"),
    (always_failing, SHA1, r"500.*4 attempts"),
    (hangs, SHA1, "did not answer in time"),
    (promises_more, SHA1, "broke off|ended after"),
    (floods, SHA1, "more than 3,000,000 bytes"),
]


@pytest.mark.parametrize(
    ("behaviour", "checksum", "says"), REFUSED, ids=lambda v: getattr(v, "__name__", "")
)
def test_what_is_not_the_file_is_refused(
    behaviour: Behaviour, checksum: str, says: str, serve, tmp_path: Path
) -> None:
    pace = Pace(connect=2.0, read=0.15, tries=4, wait=0.01)
    chosen = a_source(serve(behaviour).address, checksum=checksum)
    with pytest.raises(FetchError, match=says) as caught:
        fetch(chosen, folder=tmp_path, pace=pace)
    remedy = caught.value.remedy
    for word in ("by hand", chosen.landing, "Choose the zip.", "countervail worlds build icio"):
        assert word in remedy
    assert str(tmp_path / "table.zip") in remedy
    assert "table.zip" not in left_over(tmp_path)
    if behaviour is not promises_more:
        assert not left_over(tmp_path), "nothing is kept of what is not the file"


def test_another_size_than_promised_is_refused_before_it_comes(serve, tmp_path: Path) -> None:
    server = serve(whole)
    with pytest.raises(FetchError, match=f"offers {len(BODY):,} bytes; the file has 12,345"):
        fetch(a_source(server.address, size=12_345), folder=tmp_path, pace=PACE)
    assert not left_over(tmp_path)


def test_a_csv_is_no_zip(serve, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="a zip archive, not a csv"):
        fetch(a_source(serve(whole).address, kind="csv"), folder=tmp_path, pace=PACE)


def test_the_second_address_is_tried(serve, tmp_path: Path) -> None:
    first, second = serve(absent), serve(whole)
    assert fetch(a_source(first.address, second.address), folder=tmp_path, pace=PACE).fresh
    with pytest.raises(FetchError) as caught:
        fetch(a_source(first.address, first.address), folder=tmp_path / "x", pace=PACE)
    assert len(caught.value.evidence) == 2


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached; is there a network"):
        fetch(a_source(f"http://127.0.0.1:{port}/x"), folder=tmp_path, pace=PACE)
    assert not left_over(tmp_path)


def test_a_source_without_an_address_says_how_to_bring_it(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no direct address") as caught:
        fetch(a_source(), folder=tmp_path)
    assert "by hand" in caught.value.remedy


# ------------------------------------------------- checksums and files that are here


def test_a_checksum_that_nobody_published_is_kept(serve, tmp_path: Path) -> None:
    chosen = a_source(serve(whole).address, checksum="")
    first = fetch(chosen, folder=tmp_path, pace=PACE)
    assert "states no checksum" in first.checked
    record = json.loads((tmp_path / "checksums.json").read_text())
    assert record["table.zip"]["sha256"] == first.sha256
    assert "first download" in fetch(chosen, folder=tmp_path, pace=PACE).checked
    (tmp_path / "table.zip").unlink()
    changed = a_source(serve(other_file).address, checksum="")
    with pytest.raises(FetchError, match=first.sha256):
        fetch(changed, folder=tmp_path, pace=PACE)
    again = fetch(changed, folder=tmp_path, pace=PACE, again=True)
    assert again.path.read_bytes() == archive(7)


@pytest.mark.parametrize("checksum", [SHA1, ""])
def test_a_file_that_was_brought_by_hand_is_taken_if_it_is_it(
    checksum: str, tmp_path: Path
) -> None:
    (tmp_path / "table.zip").write_bytes(BODY)
    found = fetch(a_source(checksum=checksum), folder=tmp_path)
    assert not found.fresh
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize(
    ("content", "checksum", "says"),
    [(archive(7), SHA1, "not sha1"), (b"<html></html>", "", "web page"), (b"x", "", "something")],
    ids=["another zip", "a web page", "no zip"],
)
def test_a_file_that_is_here_but_is_another_is_left_and_named(
    content: bytes, checksum: str, says: str, serve, tmp_path: Path
) -> None:
    path = tmp_path / "table.zip"
    path.write_bytes(content)
    server = serve(whole)
    chosen = a_source(server.address, checksum=checksum)
    with pytest.raises(FetchError, match=says) as caught:
        fetch(chosen, folder=tmp_path, pace=PACE)
    assert "--again" in caught.value.remedy
    assert path.read_bytes() == content
    assert not server.asked
    assert fetch(chosen, folder=tmp_path, pace=PACE, again=True).path.read_bytes() == BODY
    assert left_over(tmp_path) <= {"table.zip", "checksums.json"}


def test_fetching_anew_keeps_the_old_file_where_it_fails(serve, tmp_path: Path) -> None:
    (tmp_path / "table.zip").write_bytes(BODY)
    with pytest.raises(FetchError, match="404"):
        fetch(a_source(serve(absent).address), folder=tmp_path, pace=PACE, again=True)
    assert left_over(tmp_path) == {"table.zip"}


# ------------------------------------------------- interruption and the disk


def test_an_interruption_keeps_the_part_and_leaves_no_file(serve, tmp_path: Path) -> None:
    server = serve(whole)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    chosen = a_source(server.address)
    with pytest.raises(KeyboardInterrupt):
        fetch(chosen, folder=tmp_path, pace=PACE, progress=stop)
    assert left_over(tmp_path) == {"table.zip.part", "table.zip.part.json"}
    had = (tmp_path / "table.zip.part").stat().st_size
    assert 0 < had < len(BODY)
    assert fetch(chosen, folder=tmp_path, pace=PACE).path.read_bytes() == BODY
    assert server.asked == [None, f"bytes={had}-"]


def test_two_downloads_of_one_file_do_not_mix(serve, tmp_path: Path) -> None:
    inside: list[str] = []
    chosen = a_source(serve(whole).address)

    def second(done: int, total: int) -> None:
        if not inside:
            inside.append("tried")
            with pytest.raises(FetchError, match="another countervail"):
                fetch(chosen, folder=tmp_path, pace=PACE)

    assert fetch(chosen, folder=tmp_path, pace=PACE, progress=second).path.read_bytes() == BODY
    assert inside


def test_a_folder_that_cannot_be_written(serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        fetch(a_source(serve(whole).address), folder=tmp_path / "file" / "x", pace=PACE)


def test_a_damaged_record_of_checksums_is_named(tmp_path: Path) -> None:
    (tmp_path / "checksums.json").write_text("{")
    with pytest.raises(FetchError, match=r"checksums\.json"):
        fetch(a_source(), folder=tmp_path)


# ------------------------------------------------- the registry and the command


@pytest.mark.parametrize("name", sources())
def test_every_source_says_where_it_is_and_under_which_licence(name: str) -> None:
    found = source(name)
    for words in (found.title, found.edition, found.licence, found.licence_status, found.by_hand):
        assert words
    assert found.address_status in (
        "read in documentation",
        "from general knowledge, not checked",
        "no direct address of the Excel files was found",
    )
    assert found.landing.startswith("https://")
    assert found.kind in ("zip", "csv")
    assert bool(found.format) == bool(found.build)
    assert len({file.name for file in found.files}) == len(found.files)
    for file in found.files:
        assert all(address.startswith("https://") for address in file.addresses)
        assert "{" not in file.name + "".join(file.addresses)
        assert file.addresses or "no direct address" in found.address_status
        assert file.years[0] <= file.years[1]
        if file.checksum:
            algorithm, digits = file.checksum.split(":")
            assert ALGORITHMS[algorithm] == len(digits)
        assert found.file(file.years[0]) == file


@pytest.mark.parametrize("name", [s.id for s in sources().values() if s.format])
def test_the_command_that_comes_next_is_one_that_exists(name: str) -> None:
    found = source(name)
    *_, command = found.next_steps(found.file(), "FILE", 2014)
    words = command.split()
    assert words[:4] == ["countervail", "worlds", "build", found.format]
    assert "2014" in command
    takes = FORMATS[found.format].takes
    assert {w for w in words if w.startswith("--")} <= {*takes, "--out"}


def test_names_are_checked() -> None:
    with pytest.raises(UnknownLabelError, match="icio-2025"):
        source("icio-2052")
    with pytest.raises(OptionError, match="1995 to 2022"):
        source("icio-2025").file(1990)


def test_the_cache_folder_follows_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path))
    assert fetching.default_folder() == tmp_path / "sources"
    monkeypatch.setenv("COUNTERVAIL_CACHE", "off")
    with pytest.raises(FetchError, match="--out"):
        fetching.default_folder()


@pytest.fixture
def registered(serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Source:
    chosen = a_source(serve(whole).address)
    monkeypatch.setattr(registry, "sources", lambda: {"test": chosen})
    monkeypatch.setenv("COUNTERVAIL_CACHE", str(tmp_path / "cache"))
    return chosen


def test_the_command_fetches_and_says_what_comes_next(
    registered: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["worlds", "fetch", "test", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for words in (
        "Fetched:",
        "sha256",
        "Licence: CC BY 4.0",
        "Next: countervail worlds build icio",
    ):
        assert words in shown
    assert call(["worlds", "fetch", "test", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["fetched"], told["path"]) == (False, str(tmp_path / "table.zip"))
    assert call(["worlds", "fetch", "test", "--quiet"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "cache" / "sources" / "table.zip")


def test_the_list_shows_what_is_here(
    registered: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["worlds", "fetch"]) == 0
    assert "CC BY 4.0" in capsys.readouterr().out
    assert call(["worlds", "fetch", "test", "--quiet"]) == 0
    capsys.readouterr()
    assert call(["worlds", "fetch", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["here"]) == ("test", ["table.zip"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["tset"], 2, "Nearest: test"),
        (["test", "--year", "1990"], 2, "2000 to 2014"),
        (["--again"], 2, "need a source"),
        (["test", "--out", "/dev/null/x"], 1, "cannot write"),
    ],
)
def test_bad_commands_are_answered_with_a_sentence(
    arguments: list[str],
    code: int,
    says: str,
    registered: Source,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(["worlds", "fetch", *arguments]) == code
    assert says in capsys.readouterr().err
