"""`serve` under fire: generation after generation under load with few file descriptors, and clients that dawdle."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

import corpus
import indexer
from tests.documents import question
from tests.search_app.serving import Running, serving, status

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counting open files needs /proc (Linux)")
# Publishes in a test, and in `./seealso test --long`.
FEW, MANY = 8, 500
DESCRIPTORS = 256
PAGE = question("zorgon", "What is a zorgon?", "A zorgon stood in my kitchen.")


def held(process: Path) -> tuple[int, int, int]:
    """The open files of a process, its maps of index files, and its memory in kB."""
    maps = (process / "maps").read_text().count("/generations/")
    memory = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS"))
    return len(list((process / "fd").iterdir())), maps, int(memory.split()[1])


def test_publishing_under_load_costs_no_descriptor_and_shows_no_deleted_page(
    tmp_path: Path, sample: list[corpus.Document]
) -> None:
    """A page is deleted and added again and again: the request after each deletion does not find it, nobody meets an
    error, and open files, maps and memory are at the end what they were.
    """
    indexer.build(tmp_path, [*sample, PAGE])
    with serving(tmp_path, DESCRIPTORS) as (address, server):
        process = Path(f"/proc/{server.pid}")
        publishes, done = MANY if os.environ.get("SEEALSO_LONG") else FEW, threading.Event()
        met: Counter[int] = Counter()

        def visit() -> None:
            while not done.is_set():
                for path in ("", "search?q=cement+leak", "questions/q-0039", "api/v1/related/q-0001", "readyz"):
                    met[status(address + path)] += 1

        visitors = [threading.Thread(target=visit) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        try:
            sizes = []
            for publish in range(publishes):
                indexer.update(tmp_path, delete=["zorgon"], purge=publish % 4 == 0)
                assert status(f"{address}questions/zorgon") == 404
                indexer.update(tmp_path, [PAGE])
                sizes.append(held(process))
        finally:
            done.set()
            for visitor in visitors:
                visitor.join(60)
        assert set(met) == {200}, met
        early, late = sizes[publishes // 4], sizes[-1]
        assert max(files for files, _, _ in sizes) < DESCRIPTORS
        assert late[0] <= early[0] + 30  # connections and a generation that is being opened
        assert late[1] <= early[1] + 30
        assert late[2] <= 1.25 * early[2]


def test_clients_that_dawdle_do_not_stop_the_site(sample_path: Path) -> None:
    """Hundreds of connections that say nothing, or send a head or a body byte by byte: others are answered at once."""
    slow = b"POST /api/v1/similar HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
    with serving(sample_path, 1_024) as server, ExitStack() as open_ones:
        wait_for(server)
        dawdling = [open_ones.enter_context(socket.create_connection(server.host)) for _ in range(300)]
        for connection in dawdling[100:200]:
            connection.send(slow)
        for sent in b"POST /api/v1":
            for connection in dawdling[100:]:
                connection.send(bytes([sent]))
            began = time.monotonic()
            assert status(f"{server.address}search?q=cement") == 200
            assert time.monotonic() - began < 5


def test_a_stop_answers_what_was_asked(sample_path: Path) -> None:
    """Requests that were taken in before SIGTERM are answered whole, idle connections closed, new ones refused."""
    request = b"GET /search?q=cement+leak HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with serving(sample_path, 1_024) as server, ExitStack() as open_ones:
        wait_for(server)
        idle, *asking = [open_ones.enter_context(socket.create_connection(server.host)) for _ in range(7)]
        for connection in asking:
            connection.settimeout(60)
            connection.send(request[:-2])
        idle.settimeout(60)
        assert status(f"{server.address}healthz") == 200  # by now they are taken in
        server.process.terminate()
        for connection in asking:
            connection.send(request[-2:])
        answers = [b"".join(iter(lambda: connection.recv(65_536), b"")) for connection in asking]  # noqa: B023 (used at once)
        assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 6
        assert all(answer.rstrip().endswith(b"</html>") for answer in answers)
        assert idle.recv(1) == b""
        assert server.process.wait(timeout=60) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.host)


def wait_for(server: Running) -> None:
    """Return when the index is open."""
    assert status(f"{server.address}readyz") == 200


def test_clients_that_go_away_do_not_end_the_server(sample_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends many requests at once, reads nothing and resets the connection while some of them are refused."""
    monkeypatch.setitem(os.environ, "SEEALSO_WAITING", "1")
    several = b"GET /search?q=cement HTTP/1.1\r\nHost: a\r\n\r\n" * 60
    with serving(sample_path, 1_024) as server:
        wait_for(server)
        for _ in range(5):
            gone = [socket.create_connection(server.host) for _ in range(20)]
            for connection in gone:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.send(several)
            for connection in gone:
                connection.close()
            assert status(f"{server.address}healthz") == 200
        time.sleep(1.5)  # refusals are told after a second
        assert server.process.poll() is None
        assert status(f"{server.address}search?q=cement") == 200


def test_a_client_that_reads_nothing_holds_up_nobody(tmp_path: Path) -> None:
    """Hundreds of requests in one packet, for the largest page, and nothing read of the answers."""
    indexer.build(tmp_path, [question("large", "A long story", "It hurts here and there. " * 4_000)])
    many = b"GET /questions/large HTTP/1.1\r\nHost: a\r\n\r\n" * 200
    with serving(tmp_path, 1_024) as server, ExitStack() as open_ones:
        wait_for(server)
        for _ in range(4):
            connection = socket.socket()
            open_ones.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            connection.connect(server.host)
            connection.send(many)
        time.sleep(1)
        began = time.monotonic()
        assert status(f"{server.address}healthz") == 200
        assert status(f"{server.address}questions/large") == 200
        assert time.monotonic() - began < 5


def test_a_stop_answers_who_connected_before(sample_path: Path) -> None:
    """Connections that were not even taken when SIGTERM came are answered."""
    with serving(sample_path, 1_024) as server, ExitStack() as open_ones:
        wait_for(server)
        asking = [open_ones.enter_context(socket.create_connection(server.host)) for _ in range(30)]
        for connection in asking:
            connection.settimeout(60)
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        server.process.terminate()
        assert [connection.recv(15) for connection in asking] == [b"HTTP/1.1 200 OK"] * 30
        assert server.process.wait(timeout=60) == 0
