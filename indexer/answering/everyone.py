"""Everyone's neighbours: those of every document, ranked at build in batches on all cores, and by an update anew.

Each worker is a process of its own that opens the generation that is being built, ranks its batches by the same calls
as `similar`, and fills its rows of arrays that the build has laid out. It ends when the build does, however that ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer, Boilerplate
from indexer.answering.neighbours import RAW, neighbourhood_of
from indexer.answering.weighing import weigh
from indexer.engines import Statistics, open_engine
from indexer.errors import SearchError
from indexer.ranking.compiled import kernels_for
from indexer.ranking.ids import Ids, segment_folders
from indexer.ranking.keys import Keys, Numbers, key_of, places, starts_of
from indexer.ranking.tables import ARRAYS, map_array
from indexer.ranking.words import StoredWords

# Documents of one batch, and how many are worth processes of their own, which take a second to start.
_BATCH = 512
_WORTH_PROCESSES = 4_000
_TODO = "todo.spool.npy"
# A worker finds this package where this process found it, and nothing in the folder that it happens to start in.
_ROOT = Path(__file__).resolve().parents[2]
_WORKER = "import sys; sys.path.insert(0, sys.argv[1]); from indexer.answering.everyone import main; main()"
# What is kept of each document: its neighbours, what they are measured by, and the score that a document needs to come
# into the second stage, by which an update knows the lists that it touches.
_ROWS: dict[str, tuple[tuple[int, ...], type]] = {
    "near": ((RAW,), np.int32),
    "near_scores": ((RAW,), np.float32),
    "near_least": ((), np.float64),
    "possible": ((), np.float64),
}


class Ranking(NamedTuple):
    """What a worker must know to open the generation that is being built."""

    folder: Path
    engine: str
    statistics: Statistics
    synonyms: str
    compiled: bool | None


class Asked(NamedTuple):
    """What documents ask by: where each one's terms begin, their keys, and their weights."""

    starts: Numbers
    keys: Keys
    weights: NDArray[np.float32]


def lay_out(arrays: Path, documents: int) -> None:
    """Make the rows of so many documents, without a neighbour."""
    for name, (shape, dtype) in _ROWS.items():
        (arrays / f"{name}.npy").unlink(missing_ok=True)  # it may be another generation's too
        rows = np.lib.format.open_memmap(arrays / f"{name}.npy", "w+", dtype, (documents, *shape))
        rows[...] = -1 if name == "near" else 0


def move_rows(old: Path, arrays: Path, moved: Numbers, documents: int) -> None:
    """Lay out the rows of so many documents, with those of an older generation where `moved` says: the new number of
    each old document, -1 for one that is gone.
    """
    lay_out(arrays, documents)
    kept = np.flatnonzero(moved >= 0)
    for name in _ROWS:
        rows = map_array(old, name)[kept]
        if name == "near":
            rows = np.where(rows >= 0, moved[rows], -1)
        np.lib.format.open_memmap(arrays / f"{name}.npy", "r+")[moved[kept]] = rows


def rank_everyone(ranking: Ranking, numbers: Numbers, tell: Callable[[int], object]) -> Asked:
    """Rank the neighbours of documents and fill their rows; give what each of them asks by."""
    arrays = ranking.folder / ARRAYS
    workers = min(os.cpu_count() or 1, len(numbers) // _WORTH_PROCESSES)
    batches = -(-len(numbers) // _BATCH)
    np.save(arrays / _TODO, numbers)
    spools = [arrays / f"asked.{worker}.spool" for worker in range(max(workers, 1))]
    try:
        if workers < 2:
            _work(ranking, 0, 1, tell)
        else:
            _in_processes(ranking, workers, tell)
        return _gather_asked(spools, batches)
    finally:
        for spool in (arrays / _TODO, *spools):
            spool.unlink(missing_ok=True)


def asked_of(arrays: Path, numbers: Numbers) -> Asked:
    """What documents of a generation ask by, as their segments keep it."""
    parts = [
        Asked(*(map_array(folder, f"asked_{name}") for name in Asked._fields)) for folder in segment_folders(arrays)
    ]
    firsts = np.cumsum([0, *(len(part.starts) - 1 for part in parts)])
    rows = [
        _rows(part, numbers[(numbers >= first) & (numbers < first + len(part.starts) - 1)] - first)
        for part, first in zip(parts, firsts, strict=False)
    ]
    return _joined(rows)


def write_asked(folder: Path, first: int, parts: Sequence[tuple[Numbers, Asked]]) -> None:
    """Write what the documents of a segment ask by; `first` is the number of its first one, and each part has the
    numbers of its documents.
    """
    together = _joined([asked for _, asked in parts])
    order = np.argsort(np.concatenate([numbers for numbers, _ in parts]) - first)
    for name, values in _rows(together, order)._asdict().items():
        np.save(folder / f"asked_{name}.npy", values)


def _rows(asked: Asked, rows: Numbers) -> Asked:
    place = places(asked.starts, rows)
    starts = starts_of(asked.starts[rows + 1] - asked.starts[rows])
    return Asked(starts, asked.keys[place], asked.weights[place])


def _joined(parts: Sequence[Asked]) -> Asked:
    sizes = np.concatenate([np.diff(part.starts) for part in parts])
    starts = starts_of(sizes)
    return Asked(starts, np.concatenate([p.keys for p in parts]), np.concatenate([p.weights for p in parts]))


def _work(ranking: Ranking, worker: int, workers: int, tell: Callable[[int], object]) -> None:
    """Rank every so many-th batch; `tell` hears how many documents are done."""
    arrays = ranking.folder / ARRAYS
    analyzer = Analyzer(ranking.synonyms, boilerplate=Boilerplate.read(arrays))
    todo: list[int] = np.load(arrays / _TODO).tolist()
    ids, own = Ids(arrays), StoredWords(arrays)
    named = ids.all()
    number = {named[n]: n for n in ids.numbers().tolist()}
    rows = {name: np.lib.format.open_memmap(arrays / f"{name}.npy", "r+") for name in _ROWS}
    done = 0
    with ExitStack() as stack:
        kernels = kernels_for(ranking.compiled, len(todo))
        opened = open_engine(ranking.engine, ranking.folder, ranking.statistics, analyzer, kernels)
        engine = stack.enter_context(closing(opened))
        spool = stack.enter_context((arrays / f"asked.{worker}.spool").open("wb"))
        for start in range(worker * _BATCH, len(todo), workers * _BATCH):
            sizes, keys, weights = array("q"), array("Q"), array("f")
            for n in todo[start : start + _BATCH]:
                weighed = weigh(engine, analyzer.analyse_words(own.own(n)))
                found, rows["near_least"][n] = neighbourhood_of(engine, weighed, without=named[n])
                rows["possible"][n] = found.possible
                near = [number[ranked.id] for ranked in found.ranked]
                rows["near"][n] = near + [-1] * (RAW - len(near))
                rows["near_scores"][n] = [ranked.score for ranked in found.ranked] + [0.0] * (RAW - len(near))
                sizes.append(len(weighed.first))
                keys.extend(map(key_of, weighed.first))
                weights.extend(weighed.first.values())
            for part in (sizes, keys, weights):
                np.save(spool, np.array(part))
            done += len(sizes)
            tell(done)


def _gather_asked(spools: Sequence[Path], batches: int) -> Asked:
    """What the documents of all batches ask by; batch after batch, the workers took turns."""
    with ExitStack() as stack:
        files: list[IO[bytes]] = [stack.enter_context(spool.open("rb")) for spool in spools]
        parts = [[np.load(files[batch % len(files)]) for _ in range(3)] for batch in range(batches)]
    sizes, keys, weights = (
        np.concatenate([*(part[place] for part in parts), np.empty(0, dtype)])
        for place, dtype in enumerate((np.int64, np.uint64, np.float32))
    )
    starts = starts_of(sizes)
    return Asked(starts, keys, weights)


def _in_processes(ranking: Ranking, workers: int, tell: Callable[[int], object]) -> None:
    """Run the workers and hear from them; a failure of one is the failure of all."""
    record = {**ranking._asdict(), "folder": str(ranking.folder), "statistics": asdict(ranking.statistics)}
    told = [0] * workers
    running: list[subprocess.Popen[str]] = []

    def listen(worker: int, lines: IO[str]) -> None:
        for line in lines:
            told[worker] = int(line)
            tell(sum(told))

    try:
        for worker in range(workers):
            command = [sys.executable, "-P", "-c", _WORKER, str(_ROOT)]
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
            raise SearchError(f"a worker ended with status {failed[0]}", "neighbours", "see what it wrote above")
    finally:
        for process in running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def main() -> None:
    """A worker: what to do comes as a line of JSON, how many documents are done goes out line by line."""
    record: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_build, daemon=True).start()
    worker, workers = record.pop("worker"), record.pop("workers")
    record["folder"], record["statistics"] = Path(record["folder"]), Statistics.from_record(record["statistics"])

    def tell(done: int) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()

    _work(Ranking(**record), worker, workers, tell)


def _end_with_the_build() -> None:
    sys.stdin.read()
    os._exit(1)
