"""`serve` under fire: generation after generation under load with few file descriptors, and clients that dawdle."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import corpus
import indexer
from tests.documents import question

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counting open files needs /proc (Linux)")
ROOT = Path(__file__).parents[2]
# Publishes in a test, and in `./seealso test --long`.
FEW, MANY = 12, 500
DESCRIPTORS = 256
PAGE = question("zorgon", "What is a zorgon?", "A zorgon stood in my kitchen.")


@pytest.fixture
def server(tmp_path: Path, sample: list[corpus.Document]) -> Iterator[tuple[str, Path]]:
    """The address of `serve` over the sample in `tmp_path`, and its folder under /proc."""
    indexer.build(tmp_path, [*sample, PAGE])
    command = f'ulimit -n {DESCRIPTORS}; exec "$0" -m search_app serve --json --quiet --port 0 --index "$1"'
    started = ["sh", "-c", command, sys.executable, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(started, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["address"], Path(f"/proc/{process.pid}")
        finally:
            process.terminate()


def status(address: str) -> int:
    """The status of the answer to a request."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def held(process: Path) -> tuple[int, int, int]:
    """The open files of a process, its maps of index files, and its memory in kB."""
    maps = (process / "maps").read_text().count("/generations/")
    memory = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS"))
    return len(list((process / "fd").iterdir())), maps, int(memory.split()[1])


def test_publishing_under_load_costs_no_descriptor_and_shows_no_deleted_page(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    """A page is deleted and added again and again: the request after each deletion does not find it, nobody meets an
    error, and open files, maps and memory are at the end what they were.
    """
    address, process = server
    publishes, done = MANY if os.environ.get("SEEALSO_LONG") else FEW, threading.Event()
    met: Counter[int] = Counter()

    def visit() -> None:
        while not done.is_set():
            for path in ("/", "/search?q=cement+leak", "/questions/q-0039", "/api/v1/related/q-0001", "/readyz"):
                met[status(address + path)] += 1

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    try:
        sizes = []
        for publish in range(publishes):
            indexer.update(tmp_path, delete=["zorgon"], purge=publish % 4 == 0)
            assert status(f"{address}/questions/zorgon") == 404
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


def test_clients_that_dawdle_do_not_stop_the_site(server: tuple[str, Path]) -> None:
    """A hundred connections that say nothing and a hundred that send a byte now and then: others are answered."""
    address, _ = server
    host, port = address.removeprefix("http://").strip("/").split(":")
    with ExitStack() as open_ones:
        dawdling = [open_ones.enter_context(socket.create_connection((host, int(port)))) for _ in range(200)]
        for sent in b"POST /api/v1":
            for connection in dawdling[::2]:
                connection.send(bytes([sent]))
            assert status(f"{address}/search?q=cement") == 200
