"""Processes of engines as the benchmark's run holds them: builds, first answers, and one that serves queries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.speed.changes import Changes
from benchmarks.speed.entrants import ENTRANTS

ROOT = Path(__file__).resolve().parents[2]
_COMPLETE = "complete"


class Asked(NamedTuple):
    """A method's answer and its CPU."""

    ns: int
    ids: list[str]


def _command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.speed.worker", name, *arguments]


def _environment() -> dict[str, str]:
    # As ./seealso does: no engine uses NumPy's algebra, and starting its threads takes as long as importing NumPy.
    return {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": str(ROOT)}


def _run(command: list[str], line: str = "") -> dict[str, Any]:
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), input=line, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{command[3]} failed with status {done.returncode}; its own words stand above")
    return dict(json.loads(done.stdout))


def is_built(folder: Path) -> bool:
    """Whether a build of this folder came to its end."""
    return (folder.parent / f"{folder.name}.{_COMPLETE}").exists()


def build(name: str, folder: Path, jsonl: Path) -> dict[str, float]:
    """Build an engine's index anew; what it cost and what it weighs."""
    marker = folder.parent / f"{folder.name}.{_COMPLETE}"
    marker.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told = _run(_command(name, "build", str(folder), str(jsonl)))
    marker.touch()
    return _cost(told) | {
        "disk_mb": _megabytes(folder, "*"),
        "searched_mb": _megabytes(folder, ENTRANTS[name].searched),
    }


def update(name: str, folder: Path, changes: Changes) -> dict[str, float]:
    """Update a copy of an engine's index; what it cost. The index stays as it was."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        copy, given = Path(temporary) / folder.name, Path(temporary) / "given.jsonl"
        shutil.copytree(folder, copy)
        given.write_text("".join(changes.lines), encoding="utf-8")
        return _cost(_run(_command(name, "update", str(copy), str(given)), json.dumps(changes.deleted)))


def _cost(told: Mapping[str, int]) -> dict[str, float]:
    cost = {"cpu_s": round(told["cpu_ns"] / 1e9, 2), "peak_mb": round(told["peak"] / 2**20, 1)}
    if "index_ns" in told:
        cost["index_cpu_s"] = round(told["index_ns"] / 1e9, 2)
    return cost


def _megabytes(folder: Path, pattern: str) -> float:
    size = sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
    return round(size / 2**20, 2)


def first_answer(name: str, folder: Path, method: str, text: str, k: int) -> int:
    """CPU in nanoseconds of a fresh process from its start to its first answer."""
    line = json.dumps({"method": method, "text": text, "k": k})
    return int(_run(_command(name, "first", str(folder)), line)["cpu_ns"])


class Worker:
    """A process that serves queries of one engine until the context ends."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            _command(name, "serve", str(folder)),
            cwd=ROOT, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error:
            self._process.kill()
        self._process.communicate()

    def ask(self, method: str, text: str, k: int) -> Asked:
        """One query."""
        told = self._told({"method": method, "text": text, "k": k})
        return Asked(told["ns"], told["ids"])

    def private_mb(self) -> float | None:
        """The memory that the process alone holds, where the system tells it."""
        private = self._told({})["private"]
        return None if private is None else round(private / 2**20, 1)

    def _told(self, query: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(query) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended while it was asked; its own words stand above")
        return dict(json.loads(line))
