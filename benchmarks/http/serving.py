"""An application served by waitress, as `serve` does it, on a free port of loopback, and wrk that asks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = 8
_PATIENCE = 60.0
_SCRIPT = Path(__file__).with_name("asking.lua")


class Figures(NamedTuple):
    """What one round of one load gave: requests a second, and milliseconds of the middle and the slow ones."""

    per_s: float
    p50_ms: float
    p99_ms: float


class Server:
    """A server written in Python, until the context ends; `{port}` in its arguments is a port that is free."""

    def __init__(self, *arguments: str, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, *(argument.format(port=port) for argument in arguments)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **settings}, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_for(self, path: str) -> None:
        """Return when a path is answered. Raises SystemExit where the server ends or is not there in time."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.address + path, timeout=_PATIENCE):  # noqa: S310 (it is http)
                    return
            except urllib.error.HTTPError as error:
                raise SystemExit(f"{path} is answered with {error.code}: {error.read().decode()}") from error
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not answer; its own words stand above")


def asking(address: str, requests: Path, *, connections: int, seconds: int, seed: int) -> subprocess.Popen[str]:
    """wrk, begun, which asks the requests of a file for so many seconds and then tells its figures on stdout."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    command = [shutil.which("wrk") or "wrk", *options, address, "--", str(requests), str(seed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def asked(address: str, requests: Path, *, seconds: int, seed: int) -> Figures:
    """Ask the requests of a file for so many seconds. Raises SystemExit where an answer is an error."""
    with asking(address, requests, connections=CONNECTIONS, seconds=seconds, seed=seed) as process:
        out, _ = process.communicate()
    told: Mapping[str, Any] = json.loads(out.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise SystemExit(f"{requests.stem}: {told['refused']} answers are errors, {told['broken']} came to no end")
    per_s = told["requests"] / (told["us"] / 1e6)
    return Figures(round(per_s, 1), round(told["p50_us"] / 1e3, 2), round(told["p99_us"] / 1e3, 2))


def missing() -> str:
    """What is not installed here that a run needs; nothing where all is."""
    if not shutil.which("wrk"):
        return "wrk is not installed: apt install wrk, or brew install wrk"
    return ""
