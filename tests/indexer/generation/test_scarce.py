"""What the system lacks is told as that, and not as a damage of the index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import indexer
from indexer.build import pipeline, workers
from indexer.build.all_neighbours import rank_share
from indexer.generation.local.reader import LocalGeneration
from indexer.ranking.weighting import Statistics
from tests.documents import question

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("files", [8, 12, 20])
def test_too_many_open_files_are_no_damage(tmp_path: Path, files: int) -> None:
    """With hardly a file left to open, an index says so; with more it opens."""
    indexer.build(tmp_path, [question("a", "Knee pain")])
    code = (
        "import resource, sys, indexer\n"
        "limit = len(__import__('os').listdir('/proc/self/fd')) + int(sys.argv[2]) - 8\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))\n"
        "try: indexer.open_index(sys.argv[1]); print('opened')\n"
        "except indexer.SearchError as error: print(type(error).__name__, error.next)\n"
    )
    if not Path("/proc/self/fd").exists():
        pytest.skip("counting open files needs /proc (Linux)")
    command = [sys.executable, "-c", code, str(tmp_path), str(files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(("opened", "SearchError let the process open more files")), done.stdout


def test_a_lack_of_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot be mapped for lack of memory, nobody is told to build the index again."""
    indexer.build(tmp_path, [question("a", "Knee pain")])

    def lacking(*_: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(LocalGeneration, "__init__", lacking)
    with pytest.raises(indexer.SearchError, match="memory") as caught:
        indexer.open_index(tmp_path)
    assert type(caught.value) is indexer.SearchError


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "more memory"),
        (OSError("41158 requested and 10240 written"), "make room"),
        (OSError(28, "No space left on device"), "make room"),
        (PermissionError(13, "Permission denied"), "let this user"),
    ],
)
def test_a_build_tells_what_the_system_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    """Whatever step of a build meets it, and in whatever words."""

    def lacking(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "write_segment", lacking)
    with pytest.raises(indexer.SearchError, match=told) as caught:
        indexer.build(tmp_path, [question("a", "Knee pain")])
    assert type(caught.value) is indexer.SearchError


def test_a_worker_that_was_killed_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system kills a process where memory is out; nothing was written above then."""
    monkeypatch.setattr(workers, "_WORKER", "import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 9)")
    statistics = Statistics(documents=1, average={}, concepts={}, median=1.0)
    with pytest.raises(indexer.SearchError, match=r"killed by signal 9.*memory"):
        workers._in_processes(rank_share, workers.Staged(tmp_path, statistics, "", False), 2, lambda _: None)
