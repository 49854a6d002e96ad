"""The application under gunicorn, as the operating guide starts it."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import indexer
from tests.documents import question

pytest.importorskip("gunicorn")

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0


def command() -> list[str]:
    """The command of the operating guide."""
    told = (ROOT / "docs" / "reference" / "operating.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^gunicorn .*$", told, re.MULTILINE)
    return shlex.split(line)


def answer(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=_PATIENCE) as response:
        return dict(json.load(response))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server over the index in `tmp_path`, started by the guide's command but for the port."""
    indexer.build(tmp_path / "index", [question("a", "Knee pain")])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    line = [host if part == "127.0.0.1:8000" else part for part in command()]
    assert host in line
    # A control socket, where this gunicorn has one, belongs into the home of who runs it.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEEALSO_INDEX": "index", "HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-m", *line], cwd=tmp_path, env=environment) as process:
        try:
            until = time.monotonic() + _PATIENCE
            while True:
                try:
                    answer(f"http://{host}/healthz")
                    break
                except urllib.error.URLError:
                    assert process.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.05)
            yield f"http://{host}"
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def test_each_worker_opens_an_index_of_its_own(server: str, tmp_path: Path) -> None:
    """Forked workers answer side by side by the environment's settings, and all from a new generation soon after."""
    assert {answer(f"{server}/readyz")["generation"] for _ in range(12)} == {1}
    indexer.build(tmp_path / "index", [question("b", "Hip pain")])
    until = time.monotonic() + _PATIENCE
    while {answer(f"{server}/readyz")["generation"] for _ in range(12)} != {2}:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert {answer(f"{server}/api/v1/search?q=hip")["total"] for _ in range(12)} == {1}
