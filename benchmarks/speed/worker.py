"""The process of one engine: builds, updates, answers one query in a fresh process, or serves queries line by line.

    python -m benchmarks.speed.worker ENGINE build FOLDER JSONL
    python -m benchmarks.speed.worker ENGINE update FOLDER JSONL   ids to delete as a JSON list on stdin
    python -m benchmarks.speed.worker ENGINE first FOLDER          one query as JSON on stdin, one answer
    python -m benchmarks.speed.worker ENGINE serve FOLDER          queries as JSON lines until stdin ends

A query is {"method", "text", "k"}, its answer {"ns", "ids"}: CPU of the method alone, analysis included. {} asks for
the private memory instead: {"private"} in bytes, null where /proc does not tell it. `build` and `update` print
{"cpu_ns", "peak"} and what the engine tells of parts of it, `first` {"cpu_ns"} of the whole process, the interpreter's
start and all imports included.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.speed.entrants import ENTRANTS


def of_engine(name: str, function: str) -> Any:
    """`build`, `update` or `open_index` of an engine."""
    entrant = ENTRANTS[name]
    peer = importlib.import_module(f"benchmarks.speed.peers.{entrant.module}")
    return functools.partial(getattr(peer, function), **entrant.options)


def answer(engine: Any, query: dict[str, Any]) -> dict[str, Any]:
    """Answer one query, or tell the memory."""
    if not query:
        return {"private": private_memory()}
    method = getattr(engine, query["method"])
    began = time.process_time_ns()
    ids = method(query["text"], query["k"])
    return {"ns": time.process_time_ns() - began, "ids": ids}


def serve(engine: Any, lines: Iterable[str]) -> Iterator[str]:
    """An answer for every line."""
    for line in lines:
        yield json.dumps(answer(engine, json.loads(line)))


def private_memory() -> int | None:
    """Bytes of memory that this process alone holds; None where the system does not tell."""
    try:
        told = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    return private_of(told)


def private_of(told: str) -> int:
    """Bytes that cannot be shared, as `smaps_rollup` tells them."""
    # Private_Clean is what only one process happens to map just now: mapped files that the next one would share.
    return sum(int(size) for size in re.findall(r"^Private_Dirty: +(\d+) kB", told, re.MULTILINE)) * 1024


def peak_memory() -> int:
    """The most bytes that this process, or the largest of its children, had in memory."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, children = (
        resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    try:
        # What getrusage tells of a process begins with the size of the one that started it.
        told = Path("/proc/self/status").read_text(encoding="utf-8")
        own = int(re.findall(r"^VmHWM:\s+(\d+) kB", told, re.MULTILINE)[0]) * 1024
    except (OSError, IndexError):
        pass
    return max(own, children)


def cpu_with_children() -> int:
    """CPU in nanoseconds of this process since it began, and of its children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + round((used.ru_utime + used.ru_stime) * 1e9)


def main(argv: list[str]) -> int:
    """Run the process of an engine."""
    name, command, folder = argv[0], argv[1], Path(argv[2])
    if command == "build":
        parts = of_engine(name, "build")(Path(argv[3]), folder) or {}
        print(json.dumps({"cpu_ns": cpu_with_children(), "peak": peak_memory(), **parts}))
    elif command == "update":
        of_engine(name, "update")(Path(argv[3]), folder, json.loads(sys.stdin.readline()))
        print(json.dumps({"cpu_ns": cpu_with_children(), "peak": peak_memory()}))
    elif command == "first":
        answer(of_engine(name, "open_index")(folder), json.loads(sys.stdin.readline()))
        print(json.dumps({"cpu_ns": cpu_with_children()}))
    else:
        for line in serve(of_engine(name, "open_index")(folder), sys.stdin):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
