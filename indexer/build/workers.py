"""Runs a step of a build that takes each document by itself, in batches on all cores.

Each worker is a process of its own that opens the generation that is being built and fills its rows of arrays. It ends
when the build does, however that ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, NamedTuple

from indexer.errors import SearchError
from indexer.ranking.hashing import Numbers
from indexer.ranking.mapped import ARRAYS, map_array, save
from indexer.ranking.weighting import Statistics

# Documents of one batch, and how many are worth processes of their own, which take a second to start.
_BATCH = 512
_WORTH_PROCESSES = 4_000
_TODO = "todo.spool"
# A worker finds this package where this process found it, and nothing in the folder that it happens to start in.
_ROOT = Path(__file__).resolve().parents[2]
_WORKER = """
import sys; sys.path.insert(0, sys.argv[1])
from {0.__module__} import {0.__name__}; from indexer.build.workers import main; main({0.__name__})
"""


class Staged(NamedTuple):
    """What a worker must know to open the generation that is being built."""

    folder: Path
    statistics: Statistics
    synonyms: str
    compiled: bool | None


class Share(NamedTuple):
    """What one of some workers does, counted from 0: every so many-th batch of the numbers of documents `todo`."""

    todo: Numbers
    worker: int = 0
    workers: int = 1

    def batches(self) -> Iterator[list[int]]:
        """The numbers of one batch after the other."""
        for start in range(self.worker * _BATCH, len(self.todo), self.workers * _BATCH):
            yield self.todo[start : start + _BATCH].tolist()


# Does a step for some documents, and tells how many of them are done.
Work = Callable[[Staged, Share, Callable[[int], object]], object]


def batches_of(numbers: Numbers) -> int:
    """How many batches some documents are."""
    return -(-len(numbers) // _BATCH)


def on_all_cores(work: Work, staged: Staged, numbers: Numbers, tell: Callable[[int], object]) -> int:
    """Do a step for some documents, in this process where they are few; give the number of workers. `work` is a
    function that its module has under that name; `tell` hears how many documents are done.
    """
    arrays = staged.folder / ARRAYS
    workers = max(1, min(os.cpu_count() or 1, len(numbers) // _WORTH_PROCESSES))
    if workers == 1:
        work(staged, Share(numbers), tell)
        return workers
    save(arrays, **{_TODO: numbers})
    try:
        _in_processes(work, staged, workers, tell)
    finally:
        (arrays / f"{_TODO}.npy").unlink(missing_ok=True)
    return workers


def _in_processes(work: Work, staged: Staged, workers: int, tell: Callable[[int], object]) -> None:
    """Run the workers of a step and hear from them; a failure of one is the failure of all."""
    record = {**staged._asdict(), "folder": str(staged.folder), "statistics": asdict(staged.statistics)}
    told = [0] * workers
    running: list[subprocess.Popen[str]] = []

    def listen(worker: int, lines: IO[str]) -> None:
        for line in lines:
            told[worker] = int(line)
            tell(sum(told))

    try:
        for worker in range(workers):
            command = [sys.executable, "-P", "-c", _WORKER.format(work), str(_ROOT)]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            running.append(process)
            assert process.stdin is not None
            process.stdin.write(json.dumps({**record, "worker": worker, "workers": workers}) + "\n")
            process.stdin.flush()
        # The pipes stay open: a worker ends when its own closes, so none outlives the build.
        listeners = [
            threading.Thread(target=listen, args=(worker, process.stdout), daemon=True)
            for worker, process in enumerate(running)
        ]
        for listener in listeners:
            listener.start()
        for listener in listeners:
            listener.join()
        if failed := [process.wait() for process in running if process.wait()]:
            raise SearchError(*_ended(failed[0]))
    finally:
        for process in running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _ended(status: int) -> tuple[str, str, str]:
    """What to say of a worker that ended with a status; one below 0 is the signal that killed it."""
    if status >= 0:
        return f"a worker ended with status {status}", "build", "see what it wrote above"
    remedy = "the system may have run out of memory (its log says so): give the build more, or build again"
    return f"a worker was killed by signal {-status}", "build", remedy


def main(work: Work) -> None:
    """A worker: what to do comes as a line of JSON, how many documents are done goes out line by line."""
    record: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_build, daemon=True).start()
    worker, workers = record.pop("worker"), record.pop("workers")
    record["folder"], record["statistics"] = Path(record["folder"]), Statistics.from_record(record["statistics"])

    def tell(done: int) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()

    staged = Staged(**record)
    work(staged, Share(map_array(staged.folder / ARRAYS, _TODO), worker, workers), tell)


def _end_with_the_build() -> None:
    sys.stdin.read()
    os._exit(1)
