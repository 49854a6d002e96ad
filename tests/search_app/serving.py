"""`serve` as a process of its own, for tests that meet it as clients do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Running(NamedTuple):
    """A server that runs: its address, and its process."""

    address: str
    process: subprocess.Popen[str]

    @property
    def host(self) -> tuple[str, int]:
        """Where to connect to."""
        host, port = self.address.removeprefix("http://").strip("/").split(":")
        return host, int(port)


@contextmanager
def serving(index: Path, descriptors: int = 1_024, *, logged: bool = False) -> Iterator[Running]:
    """`serve` over an index, with so many files at most; where it is `logged`, its log can be read from the process."""
    options = ["--json", "--port", "0", "--index", str(index), *([] if logged else ["--quiet"])]
    started = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", sys.executable, "-m", "search_app", "serve"]
    errors = subprocess.PIPE if logged else None
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*started, *options], stdout=subprocess.PIPE, stderr=errors, env=environment, text=True
    ) as process:
        assert process.stdout
        try:
            yield Running(json.loads(process.stdout.readline())["address"], process)
        finally:
            process.kill()


def status(address: str) -> int:
    """The status of the answer to a request."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
