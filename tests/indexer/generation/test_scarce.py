"""What the system lacks is told as that, and not as a damage of the index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import indexer
from indexer.generation.folder import store
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

    monkeypatch.setattr(store, "LocalGeneration", lacking)
    with pytest.raises(indexer.SearchError, match="memory") as caught:
        indexer.open_index(tmp_path)
    assert type(caught.value) is indexer.SearchError
